//! Responses to writes that are not profiles, users or invites.

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
        /// `user_profile_deleted`, `user_deleted` or `invite_deleted`.
        record_type: String = "type",
    }
}
