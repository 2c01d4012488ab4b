//! The members of an organization.

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};

use super::RecordLinks;

open_enum! {
    /// A permission in an organization.
    pub enum OrganizationPermission {
        /// All permissions. The service's documentation also calls it `owner`.
        Admin = "admin",
        /// Manage billing. It includes [`ProjectsList`](Self::ProjectsList), so a record may show both if only
        /// this one was sent (inferred).
        Billing = "billing",
        /// Manage members.
        Members = "members",
        /// Manage plans.
        Plans = "plans",
        /// Create projects.
        ProjectsCreate = "projects:create",
        /// Create projects: the word for invitations in the OpenAPI document. It is probably a typing error,
        /// because the official client sends `projects:create` there too. Both are read.
        ProjectCreate = "project:create",
        /// List projects.
        ProjectsList = "projects:list",
    }
}

open_enum! {
    /// The level of a member, which only billing depends on.
    pub enum MemberLevel {
        /// May have any permission.
        Admin = "admin",
        /// May view, list projects and manage billing, and may not be an admin or contributor of a project.
        Viewer = "viewer",
    }
}

open_record! {
    /// A member of an organization (`GET /organizations/{id}/members`). The name and the e-mail address are not
    /// in it, but in the user that the page links to.
    pub struct OrganizationMember {
        /// The id of the membership, equal to the user's id. The API has deprecated it.
        id: OpaqueId,
        /// The id of the organization, a ULID.
        organization_id: OpaqueId,
        /// The id of the user.
        user_id: OpaqueId,
        /// The member's permissions.
        permissions: Vec<OrganizationPermission>,
        /// The member's level. Requests cannot change it.
        level: MemberLevel,
        /// Whether the member owns the organization.
        owner: bool,
        /// The time when the user became a member.
        created_at: TimeText,
        /// The time of the last change of the membership.
        updated_at: TimeText,
        /// The link `self`, and `update` and `delete` if the credential may do that (inferred).
        links: RecordLinks = "_links",
    }
}
