//! Organizations, teams, and who has access to what.

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};
use serde::Serialize;

use super::RecordLinks;

open_enum! {
    /// What an organization is.
    pub enum OrganizationType {
        /// A fixed one.
        Fixed = "fixed",
        /// A flexible one.
        Flexible = "flexible",
    }
}

open_enum! {
    /// The state of an organization.
    pub enum OrganizationStatus {
        /// In use.
        Active = "active",
        /// With limits.
        Restricted = "restricted",
        /// Out of use for now.
        Suspended = "suspended",
        /// Gone. Lists show it only to a filter that asks for it.
        Deleted = "deleted",
    }
}

open_record! {
    /// An organization (`GET /users/{id}/organizations`, `/organizations`, `/organizations/{id}`).
    pub struct Organization {
        /// The id, a ULID.
        id: OpaqueId,
        /// Fixed or flexible.
        organization_type: OrganizationType = "type",
        /// The id of the user who owns it.
        owner_id: OpaqueId,
        /// The namespace in which the name is unique.
        namespace: String,
        /// The machine name; `name=` and this is an address of the organization.
        name: String,
        /// The name that is shown.
        label: String,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// What the organization can do, in the service's words.
        capabilities: Vec<String>,
        /// The vendor.
        vendor: String,
        /// The id of its profile in the new billing system.
        billing_profile_id: OpaqueId,
        /// Whether it is billed by the old system, the one whose profile this API shows.
        billing_legacy: bool,
        /// Where notices about security go.
        security_contact: String,
        /// Which agents the organization agreed to.
        ai_agent_settings: AiAgentSettings,
        /// The state.
        status: OrganizationStatus,
        /// When it was made.
        created_at: TimeText,
        /// When it was last changed.
        updated_at: TimeText,
        /// What belongs to it and can be done with it: `self`, `members`, `profile`, `address`,
        /// `billing-profile`, `mfa-enforcement`, `sso` and more.
        links: RecordLinks = "_links",
    }
}

open_record! {
    /// Which agents an organization agreed to.
    pub struct AiAgentSettings {
        /// Whether any agent can be turned on.
        can_enable: bool,
        /// Whether the performance agent is on.
        performance_agent_enabled: bool,
        /// Whether the log analyzer is on.
        log_analyzer_agent_enabled: bool,
    }
}

open_enum! {
    /// What may be done with a project, or with its environments of one type.
    pub enum ProjectPermission {
        /// Everything.
        Admin = "admin",
        /// See the project.
        Viewer = "viewer",
        /// Everything in development environments.
        DevelopmentAdmin = "development:admin",
        /// Push to development environments.
        DevelopmentContributor = "development:contributor",
        /// See development environments.
        DevelopmentViewer = "development:viewer",
        /// Everything in staging environments.
        StagingAdmin = "staging:admin",
        /// Push to staging environments.
        StagingContributor = "staging:contributor",
        /// See staging environments.
        StagingViewer = "staging:viewer",
        /// Everything in the production environment.
        ProductionAdmin = "production:admin",
        /// Push to the production environment.
        ProductionContributor = "production:contributor",
        /// See the production environment.
        ProductionViewer = "production:viewer",
    }
}

open_record! {
    /// A team (`GET /users/{id}/teams`).
    pub struct Team {
        /// The id, a ULID.
        id: OpaqueId,
        /// The id of the organization, a ULID.
        organization_id: OpaqueId,
        /// The name that is shown.
        label: String,
        /// What its members may do with its projects.
        project_permissions: Vec<ProjectPermission>,
        /// How large it is.
        counts: TeamCounts,
        /// When it was made.
        created_at: TimeText,
        /// When it was last changed.
        updated_at: TimeText,
    }
}

open_record! {
    /// How large a team is.
    pub struct TeamCounts {
        /// How many members it has.
        member_count: u64,
        /// How many projects it has access to.
        project_count: u64,
    }
}

open_record! {
    /// A user's own access to a project (`GET /users/{id}/project-access`).
    pub struct ProjectAccess {
        /// The id of the user.
        user_id: OpaqueId,
        /// The id of the organization that has the project, a ULID.
        organization_id: OpaqueId,
        /// The id of the project.
        project_id: OpaqueId,
        /// The name of the project that is shown.
        project_title: String,
        /// What the user may do.
        permissions: Vec<ProjectPermission>,
        /// When the access was given.
        granted_at: String,
        /// When it was last changed.
        updated_at: TimeText,
        /// `self`, and `update` and `delete` if the credential may do that; else they are null or missing.
        links: RecordLinks = "_links",
    }
}

/// An access to a project that a user is to have (`POST /users/{id}/project-access`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProjectAccessGrant {
    /// The id of the project.
    pub project_id: String,
    /// What the user may do. Not empty.
    pub permissions: Vec<ProjectPermission>,
}

impl ProjectAccessGrant {
    /// An access to a project.
    pub fn new(
        project_id: impl Into<String>,
        permissions: impl IntoIterator<Item = ProjectPermission>,
    ) -> Self {
        Self { project_id: project_id.into(), permissions: permissions.into_iter().collect() }
    }
}

open_enum! {
    /// What an access is to.
    pub enum ResourceType {
        /// A project.
        Project = "project",
        /// An organization.
        Organization = "organization",
    }
}

open_record! {
    /// A user's access to a project or an organization, be it the user's own or through a team
    /// (`GET /users/{id}/extended-access`).
    pub struct ExtendedAccess {
        /// The id of the user.
        user_id: OpaqueId,
        /// The id of the project or organization.
        resource_id: OpaqueId,
        /// Which of the two it is.
        resource_type: ResourceType,
        /// The id of the organization that has it.
        organization_id: OpaqueId,
        /// What the user may do, in the words for the resource: see [`ProjectPermission`] for projects.
        permissions: Vec<String>,
        /// When the access was given.
        granted_at: String,
        /// When it was last changed.
        updated_at: TimeText,
    }
}

open_record! {
    /// A member of an organization (`GET /organizations/{id}/members`). The fields are from client code: the
    /// project's reduced OpenAPI document does not have the operation.
    pub struct OrganizationMember {
        /// The id of the membership; the user's id in what was seen.
        id: OpaqueId,
        /// The id of the organization, a ULID.
        organization_id: OpaqueId,
        /// The id of the user.
        user_id: OpaqueId,
        /// What the member may do, in the service's words, which are not published.
        permissions: Vec<String>,
        /// The member's level, in the service's word.
        level: String,
        /// Whether the member owns the organization.
        owner: bool,
        /// When the user became a member.
        created_at: TimeText,
        /// When the membership was last changed.
        updated_at: TimeText,
        /// What can be done with the membership.
        links: RecordLinks = "_links",
    }
}
