//! Invitations by e-mail, to organizations and to projects.

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};
use serde::Serialize;

use super::{OrganizationPermission, update::update};

open_enum! {
    /// The state of an invitation. A new one is not always pending.
    pub enum InvitationState {
        /// The invited person has not accepted it yet.
        Pending = "pending",
        /// The service is working on it.
        Processing = "processing",
        /// It was accepted: at once if the person has an account (from client code). Lists do not contain it.
        Accepted = "accepted",
        /// It was cancelled. Lists do not contain it.
        Cancelled = "cancelled",
        /// It failed. Lists contain it only if a filter asks for it.
        Error = "error",
    }
}

open_record! {
    /// The user who sent an invitation.
    pub struct Inviter {
        /// The id.
        id: OpaqueId,
        /// The full name.
        display_name: String,
    }
}

open_record! {
    /// An invitation to an organization (`GET /organizations/{id}/invitations`).
    pub struct OrganizationInvitation {
        /// The id.
        id: OpaqueId,
        /// The state.
        state: InvitationState,
        /// The id of the organization, a ULID.
        organization_id: OpaqueId,
        /// The e-mail address of the invited person.
        email: String,
        /// The user who sent it. It is not the owner of the organization.
        owner: Inviter,
        /// The time of creation.
        created_at: TimeText,
        /// The time of the last change.
        updated_at: TimeText,
        /// The time when it was accepted or cancelled, or failed. `null` before.
        finished_at: TimeText,
        /// The permissions that the person receives in the organization.
        permissions: Vec<OrganizationPermission>,
    }
}

update! {
    /// An invitation to an organization to create (`POST /organizations/{id}/invitations`).
    pub struct NewOrganizationInvitation {
        /// The e-mail address of the person to invite. It is required.
        email: String,
        /// The permissions that the person receives. They are required, and an empty list grants none. For
        /// creating projects, the service documents two words; see
        /// [`ProjectCreate`](OrganizationPermission::ProjectCreate).
        permissions: Vec<OrganizationPermission>,
        /// Whether a pending invitation for the address is cancelled and replaced, instead of refused.
        force: bool,
    }
}

impl NewOrganizationInvitation {
    /// Creates an invitation.
    pub fn new(
        email: impl Into<String>,
        permissions: impl IntoIterator<Item = OrganizationPermission>,
    ) -> Self {
        let permissions = permissions.into_iter().collect();
        Self { email: Some(email.into()), permissions: Some(permissions), force: None }
    }
}

open_enum! {
    /// The role of an invited person in a project.
    pub enum ProjectRole {
        /// All permissions.
        Admin = "admin",
        /// View the project.
        Viewer = "viewer",
    }
}

open_enum! {
    /// The type of an environment of a project.
    pub enum EnvironmentType {
        /// Production.
        Production = "production",
        /// Staging.
        Staging = "staging",
        /// Development.
        Development = "development",
    }
}

open_enum! {
    /// The role of an invited person in an environment.
    pub enum EnvironmentRole {
        /// All permissions.
        Admin = "admin",
        /// Push to the environment.
        Contributor = "contributor",
        /// View the environment.
        Viewer = "viewer",
    }
}

open_record! {
    /// An invitation to a project (`GET /projects/{id}/invitations`).
    pub struct ProjectInvitation {
        /// The id.
        id: OpaqueId,
        /// The state.
        state: InvitationState,
        /// The id of the project.
        project_id: OpaqueId,
        /// The role that the person receives in the project.
        role: ProjectRole,
        /// The e-mail address of the invited person.
        email: String,
        /// The user who sent it.
        owner: Inviter,
        /// The time of creation.
        created_at: TimeText,
        /// The time of the last change.
        updated_at: TimeText,
        /// The time when it was accepted or cancelled, or failed. `null` before.
        finished_at: TimeText,
        /// The roles that the person receives in environments.
        environments: Vec<InvitedEnvironment>,
    }
}

open_record! {
    /// An environment that an invitation is for.
    pub struct InvitedEnvironment {
        /// The id.
        id: OpaqueId,
        /// The type of the environment.
        environment_type: EnvironmentType = "type",
        /// The role that the person receives.
        role: EnvironmentRole,
        /// The display name.
        title: String,
    }
}

/// A role in all environments of a type, to grant with an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EnvironmentTypeGrant {
    /// The type of the environments.
    #[serde(rename = "type")]
    pub environment_type: EnvironmentType,
    /// The role.
    pub role: EnvironmentRole,
}

impl EnvironmentTypeGrant {
    /// Creates a grant.
    pub fn new(environment_type: EnvironmentType, role: EnvironmentRole) -> Self {
        Self { environment_type, role }
    }
}

/// A role in one environment, to grant with an invitation. The API has deprecated it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EnvironmentGrant {
    /// The id of the environment.
    pub id: String,
    /// The role.
    pub role: EnvironmentRole,
}

impl EnvironmentGrant {
    /// Creates a grant.
    pub fn new(id: impl Into<String>, role: EnvironmentRole) -> Self {
        Self { id: id.into(), role }
    }
}

update! {
    /// An invitation to a project to create (`POST /projects/{id}/invitations`).
    pub struct NewProjectInvitation {
        /// The role that the person receives in the project.
        role: ProjectRole,
        /// The e-mail address of the person to invite. It is required.
        email: String,
        /// The roles that the person receives, by type of environment.
        permissions: Vec<EnvironmentTypeGrant>,
        /// The roles that the person receives in single environments. The API has deprecated it in favor of
        /// `permissions`.
        environments: Vec<EnvironmentGrant>,
        /// Whether a pending invitation for the address is cancelled and replaced, instead of refused.
        force: bool,
    }
}

impl NewProjectInvitation {
    /// Creates an invitation.
    pub fn new(email: impl Into<String>) -> Self {
        Self { email: Some(email.into()), ..Self::default() }
    }
}
