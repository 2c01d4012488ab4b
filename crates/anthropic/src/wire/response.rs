//! What writes answer where it is no profile, user or invite.

use anyprofile_core::{open_record, wire::OpaqueId};

use super::SecretText;

open_record! {
    /// A link for an end user to enroll with (`POST /v1/user_profiles/{user_profile_id}/enrollment_url`).
    pub struct EnrollmentUrl {
        /// `enrollment_url`.
        record_type: String = "type",
        /// The link. Whoever holds it can enroll as the end user until it expires.
        url: SecretText,
        /// When the link stops working.
        expires_at: String,
    }
}

open_record! {
    /// A link for somebody to act with (`POST /v1/user_profiles/{user_profile_id}/action_urls`).
    pub struct ActionUrl {
        /// `user_profile_action_url`.
        record_type: String = "type",
        /// The link. Until it expires it lets in whoever has it.
        url: SecretText,
        /// When the link stops working.
        expires_at: String,
    }
}

open_record! {
    /// What was deleted.
    pub struct Deleted {
        /// The id of what was deleted.
        id: OpaqueId,
        /// `user_profile_deleted`, `user_deleted` or `invite_deleted`.
        record_type: String = "type",
    }
}
