//! Organizations and project access.

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};
use serde::Serialize;

use super::RecordLinks;

open_enum! {
    /// The type of an organization.
    pub enum OrganizationType {
        /// Fixed.
        Fixed = "fixed",
        /// Flexible.
        Flexible = "flexible",
    }
}

open_enum! {
    /// The status of an organization.
    pub enum OrganizationStatus {
        /// Active.
        Active = "active",
        /// Restricted.
        Restricted = "restricted",
        /// Suspended.
        Suspended = "suspended",
        /// Deleted. Lists contain it only if a filter asks for it.
        Deleted = "deleted",
    }
}

open_record! {
    /// An organization (`GET /users/{id}/organizations`, `/organizations`, `/organizations/{id}`).
    pub struct Organization {
        /// The id, a ULID.
        id: OpaqueId,
        /// The type, fixed or flexible.
        organization_type: OrganizationType = "type",
        /// The id of the owner, a user.
        owner_id: OpaqueId,
        /// The namespace in which the name is unique.
        namespace: String,
        /// The machine name. With the prefix `name=`, it addresses the organization.
        name: String,
        /// The display name.
        label: String,
        /// The country, ISO 3166-1 alpha-2.
        country: String,
        /// The capabilities of the organization, in the service's words.
        capabilities: Vec<String>,
        /// The vendor.
        vendor: String,
        /// The id of the profile in the new billing system.
        billing_profile_id: OpaqueId,
        /// Whether it uses the old billing system, whose profile this API shows.
        billing_legacy: bool,
        /// The contact for security notices.
        security_contact: String,
        /// The agents that the organization agreed to.
        ai_agent_settings: AiAgentSettings,
        /// The status.
        status: OrganizationStatus,
        /// The time of creation.
        created_at: TimeText,
        /// The time of the last change.
        updated_at: TimeText,
        /// The links to related resources and actions: `self`, `members`, `profile`, `address`,
        /// `billing-profile`, `mfa-enforcement`, `sso` and more.
        links: RecordLinks = "_links",
    }
}

open_record! {
    /// The agents that an organization agreed to.
    pub struct AiAgentSettings {
        /// Whether any agent can be enabled.
        can_enable: bool,
        /// Whether the performance agent is enabled.
        performance_agent_enabled: bool,
        /// Whether the log analyzer is enabled.
        log_analyzer_agent_enabled: bool,
    }
}

open_enum! {
    /// A permission in a project, or in its environments of one type.
    pub enum ProjectPermission {
        /// All permissions.
        Admin = "admin",
        /// View the project.
        Viewer = "viewer",
        /// All permissions in development environments.
        DevelopmentAdmin = "development:admin",
        /// Push to development environments.
        DevelopmentContributor = "development:contributor",
        /// View development environments.
        DevelopmentViewer = "development:viewer",
        /// All permissions in staging environments.
        StagingAdmin = "staging:admin",
        /// Push to staging environments.
        StagingContributor = "staging:contributor",
        /// View staging environments.
        StagingViewer = "staging:viewer",
        /// All permissions in the production environment.
        ProductionAdmin = "production:admin",
        /// Push to the production environment.
        ProductionContributor = "production:contributor",
        /// View the production environment.
        ProductionViewer = "production:viewer",
    }
}

open_record! {
    /// A user's own access to a project (`GET /users/{id}/project-access`).
    pub struct ProjectAccess {
        /// The id of the user.
        user_id: OpaqueId,
        /// The id of the organization of the project, a ULID.
        organization_id: OpaqueId,
        /// The id of the project.
        project_id: OpaqueId,
        /// The display name of the project.
        project_title: String,
        /// The user's permissions.
        permissions: Vec<ProjectPermission>,
        /// The time when the access was granted.
        granted_at: String,
        /// The time of the last change.
        updated_at: TimeText,
        /// The link `self`, and `update` and `delete` if the credential may do that; otherwise they are null
        /// or missing.
        links: RecordLinks = "_links",
    }
}

/// A project access to grant to a user (`POST /users/{id}/project-access`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProjectAccessGrant {
    /// The id of the project.
    pub project_id: String,
    /// The user's permissions. Must not be empty.
    pub permissions: Vec<ProjectPermission>,
}

impl ProjectAccessGrant {
    /// Creates a grant.
    pub fn new(
        project_id: impl Into<String>,
        permissions: impl IntoIterator<Item = ProjectPermission>,
    ) -> Self {
        Self { project_id: project_id.into(), permissions: permissions.into_iter().collect() }
    }
}

open_enum! {
    /// The type of a resource that a user has access to.
    pub enum ResourceType {
        /// A project.
        Project = "project",
        /// An organization.
        Organization = "organization",
    }
}

open_record! {
    /// A user's access to a project or an organization, directly or through a team
    /// (`GET /users/{id}/extended-access`).
    pub struct ExtendedAccess {
        /// The id of the user.
        user_id: OpaqueId,
        /// The id of the project or organization.
        resource_id: OpaqueId,
        /// The type of the resource.
        resource_type: ResourceType,
        /// The id of the organization of the resource.
        organization_id: OpaqueId,
        /// The user's permissions, in the words for the resource: see [`ProjectPermission`] for projects.
        permissions: Vec<String>,
        /// The time when the access was granted.
        granted_at: String,
        /// The time of the last change.
        updated_at: TimeText,
    }
}
