//! Teams, their members and their projects.

use anyprofile_core::{
    open_record,
    wire::{OpaqueId, TimeText},
};

use super::{ProjectPermission, RecordLinks, update::update};

open_record! {
    /// A team (`GET /teams`, `/teams/{id}`, `/users/{id}/teams`, `/ref/teams`). A referenced team may have fewer
    /// fields.
    pub struct Team {
        /// The id, a ULID.
        id: OpaqueId,
        /// The id of the organization, a ULID.
        organization_id: OpaqueId,
        /// The display name.
        label: String,
        /// The permissions of its members in its projects.
        project_permissions: Vec<ProjectPermission>,
        /// The size of the team.
        counts: TeamCounts,
        /// The time of creation.
        created_at: TimeText,
        /// The time of the last change.
        updated_at: TimeText,
    }
}

open_record! {
    /// The size of a team.
    pub struct TeamCounts {
        /// The number of members.
        member_count: u64,
        /// The number of projects that it has access to.
        project_count: u64,
    }
}

update! {
    /// A team to create (`POST /teams`).
    pub struct NewTeam {
        /// The id of the organization, a ULID. It is required, and cannot be changed later.
        organization_id: String,
        /// The display name. It is required.
        label: String,
        /// The permissions of its members in its projects.
        project_permissions: Vec<ProjectPermission>,
    }
}

impl NewTeam {
    /// Creates a team without permissions.
    pub fn new(organization_id: impl Into<String>, label: impl Into<String>) -> Self {
        Self { organization_id: Some(organization_id.into()), label: Some(label.into()), ..Self::default() }
    }
}

update! {
    /// The fields of a team to change (`PATCH /teams/{id}`). Only the fields that are set are sent.
    pub struct TeamUpdate {
        /// The display name. It must not be empty.
        label: String,
        /// The permissions of its members in its projects. That the list replaces all permissions is inferred.
        project_permissions: Vec<ProjectPermission>,
    }
}

open_record! {
    /// A member of a team (`GET /teams/{id}/members`).
    pub struct TeamMember {
        /// The id of the team, a ULID.
        team_id: OpaqueId,
        /// The id of the user.
        user_id: OpaqueId,
        /// The time when the user was added.
        created_at: TimeText,
        /// The time of the last change.
        updated_at: TimeText,
    }
}

open_record! {
    /// A team's access to a project (`GET /teams/{id}/project-access`).
    pub struct TeamProjectAccess {
        /// The id of the team, a ULID.
        team_id: OpaqueId,
        /// The id of the organization of the project, a ULID.
        organization_id: OpaqueId,
        /// The id of the project.
        project_id: OpaqueId,
        /// The display name of the project.
        project_title: String,
        /// The time when the access was granted.
        granted_at: String,
        /// The time of the last change.
        updated_at: TimeText,
        /// The link `self`, and `update` and `delete` if the credential may do that; otherwise they are null or
        /// missing.
        links: RecordLinks = "_links",
    }
}
