//! What writes answer where it is no profile, user or invite.

use anyprofile_core::{RawJson, open_record, wire::OpaqueId};
use anyprofile_http::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

open_record! {
    /// A link for an end user to enroll with (`POST /v1/user_profiles/{user_profile_id}/enrollment_url`).
    pub struct EnrollmentUrl {
        /// `enrollment_url`.
        record_type: String = "type",
        /// The link. Whoever holds it can enroll as the end user until it expires.
        url: SecretUrl = "url",
        /// When the link stops working.
        expires_at: String = "expires_at",
    }
}

open_record! {
    /// A link for somebody to act with (`POST /v1/user_profiles/{user_profile_id}/action_urls`).
    pub struct ActionUrl {
        /// `user_profile_action_url`.
        record_type: String = "type",
        /// The link. Until it expires it lets in whoever has it.
        url: SecretUrl = "url",
        /// When the link stops working.
        expires_at: String = "expires_at",
    }
}

open_record! {
    /// What was deleted.
    pub struct Deleted {
        /// The id of what was deleted.
        id: OpaqueId = "id",
        /// `user_profile_deleted`, `user_deleted` or `invite_deleted`.
        record_type: String = "type",
    }
}

/// A link that is a credential. It prints as nothing, and is serialized as `[withheld]`; to hand it on takes
/// [`expose`](Self::expose).
#[derive(Clone, Debug)]
pub struct SecretUrl(SecretString);

impl SecretUrl {
    /// The link itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for SecretUrl {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl<'de> Deserialize<'de> for SecretUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Whatever it is, it is not to be kept among the fields that this version does not know.
        let raw = RawJson::deserialize(deserializer)?;
        Ok(Self(raw.decode::<String>().unwrap_or_else(|_| raw.get().to_owned()).into()))
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("[withheld]")
    }
}
