//! Responses to writes that are none of the records that lists show.

use anyprofile_core::{open_record, wire::OpaqueId};

use super::SecretText;

open_record! {
    /// A link for an end user to enroll with (`POST /v1/user_profiles/{user_profile_id}/enrollment_url`).
    pub struct EnrollmentUrl {
        /// `enrollment_url`.
        record_type: String = "type",
        /// The link. Until it expires, anyone who has it can enroll as the end user.
        url: SecretText,
        /// The time when the link expires.
        expires_at: String,
    }
}

open_record! {
    /// A link for an action of an end user (`POST /v1/user_profiles/{user_profile_id}/action_urls`).
    pub struct ActionUrl {
        /// `user_profile_action_url`.
        record_type: String = "type",
        /// The link. Until it expires, anyone who has it can act as the end user.
        url: SecretText,
        /// The time when the link expires.
        expires_at: String,
    }
}

open_record! {
    /// The response to a deletion.
    pub struct Deleted {
        /// The id of the deleted record.
        id: OpaqueId,
        /// `user_profile_deleted`, `user_deleted`, `invite_deleted` or `rbac_group_deleted`.
        record_type: String = "type",
    }
}

open_record! {
    /// The response to the removal of a user or a service account from a workspace, or of a user from a group.
    pub struct DeletedMembership {
        /// `workspace_member_deleted`, `rbac_group_member_deleted` or `service_account_workspace_member_deleted`.
        record_type: String = "type",
        /// The id of the user who was removed.
        user_id: OpaqueId,
        /// The id of the service account that was removed.
        service_account_id: OpaqueId,
        /// The id of the workspace.
        workspace_id: OpaqueId,
        /// The id of the group.
        rbac_group_id: OpaqueId,
    }
}
