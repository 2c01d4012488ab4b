//! The organization, its users and its invites (Admin API).

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};

open_enum! {
    /// The role of a user in the organization. What five of them may do is told by the service's guide to the
    /// Admin API; the others are listed without a meaning.
    pub enum OrganizationRole {
        /// All that the other four may, and manage users.
        Admin = "admin",
        /// Use the workbench, and manage billing.
        Billing = "billing",
        /// Use the workbench and Claude Code.
        ClaudeCodeUser = "claude_code_user",
        /// Use the workbench, and manage API keys.
        Developer = "developer",
        /// Listed without a meaning.
        Managed = "managed",
        /// Listed without a meaning.
        MembershipAdmin = "membership_admin",
        /// Listed without a meaning.
        Owner = "owner",
        /// Listed without a meaning.
        PrimaryOwner = "primary_owner",
        /// Use the workbench.
        User = "user",
    }
}

impl OrganizationRole {
    /// The roles that can be given through the API. Which of them the service takes depends on the kind of the
    /// organization: of an enterprise `managed` and `user`, of any other all but `managed`.
    pub const SETTABLE: &'static [Self] =
        &[Self::Billing, Self::ClaudeCodeUser, Self::Developer, Self::Managed, Self::User];
}

open_enum! {
    /// What became of an invite.
    pub enum InviteStatus {
        /// The person is a user now.
        Accepted = "accepted",
        /// It was taken back.
        Deleted = "deleted",
        /// It was not accepted in time.
        Expired = "expired",
        /// It is still open.
        Pending = "pending",
    }
}

open_record! {
    /// An organization (`GET /v1/organizations/me`).
    pub struct Organization {
        /// The id, a UUID.
        id: OpaqueId,
        /// The name.
        name: String,
        /// `organization`.
        record_type: String = "type",
    }
}

open_record! {
    /// A user of the organization (`GET /v1/organizations/users`): one of its own people, no end user of a
    /// platform.
    pub struct OrganizationUser {
        /// The id (`user_…`).
        id: OpaqueId,
        /// `user`.
        record_type: String = "type",
        /// The e-mail address.
        email: String,
        /// The name.
        name: String,
        /// The user's role.
        role: OrganizationRole,
        /// When the user came to the organization.
        added_at: TimeText,
    }
}

open_record! {
    /// An invite to the organization (`GET /v1/organizations/invites`).
    pub struct Invite {
        /// The id (`invite_…`).
        id: OpaqueId,
        /// `invite`.
        record_type: String = "type",
        /// The e-mail address that was invited.
        email: String,
        /// The role that the person is to have.
        role: OrganizationRole,
        /// What became of it.
        status: InviteStatus,
        /// When it was made.
        invited_at: TimeText,
        /// When it expires or did.
        expires_at: String,
        /// When it was accepted; null while it is not.
        accepted_at: String,
        /// The ids of the groups that the person is to be in.
        rbac_group_ids: Vec<String>,
    }
}
