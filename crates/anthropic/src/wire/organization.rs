//! The organization, its users and its invites (Admin API).

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};

open_enum! {
    /// The role of a user in the organization. The service's guide to the Admin API describes five of them;
    /// the others are listed without a description.
    pub enum OrganizationRole {
        /// All permissions of the other four, and managing users.
        Admin = "admin",
        /// Using the workbench, and managing billing.
        Billing = "billing",
        /// Using the workbench and Claude Code.
        ClaudeCodeUser = "claude_code_user",
        /// Using the workbench, and managing API keys.
        Developer = "developer",
        /// Listed without a description.
        Managed = "managed",
        /// Listed without a description.
        MembershipAdmin = "membership_admin",
        /// Listed without a description.
        Owner = "owner",
        /// Listed without a description.
        PrimaryOwner = "primary_owner",
        /// Using the workbench.
        User = "user",
    }
}

impl OrganizationRole {
    /// The roles that the API can grant. Which of them the service accepts depends on the type of the
    /// organization: `managed` and `user` in an enterprise, all except `managed` in any other.
    pub const SETTABLE: &'static [Self] =
        &[Self::Billing, Self::ClaudeCodeUser, Self::Developer, Self::Managed, Self::User];
}

open_enum! {
    /// The status of an invite.
    pub enum InviteStatus {
        /// The person has accepted it and is a user now.
        Accepted = "accepted",
        /// It was withdrawn.
        Deleted = "deleted",
        /// It was not accepted in time.
        Expired = "expired",
        /// It is pending.
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
    /// A user of the organization (`GET /v1/organizations/users`): one of the organization's own people, not
    /// an end user of a platform.
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
        /// The time when the user joined the organization.
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
        /// The role that the person gets.
        role: OrganizationRole,
        /// The status.
        status: InviteStatus,
        /// The time of creation.
        invited_at: TimeText,
        /// The time when it expires or expired.
        expires_at: String,
        /// The time when it was accepted; null before.
        accepted_at: String,
        /// The ids of the groups that the person joins.
        rbac_group_ids: Vec<String>,
    }
}
