//! Second factors, recovery codes and phone verification.

use anyprofile_core::open_record;
use serde::Serialize;

use super::{OneOrMany, SecretText};

open_record! {
    /// The data that an authenticator app needs for a user (`GET /users/{id}/totp`).
    pub struct TotpEnrollment {
        /// The issuer that the app shows.
        issuer: String,
        /// The account name that the app shows.
        account_name: String,
        /// The seed of the one-time passwords.
        secret: SecretText,
        /// A QR code with the seed: a PNG as a data URI.
        qr_code: SecretText,
    }
}

open_record! {
    /// Recovery codes, each of which replaces the second factor once (`POST /users/{id}/totp`,
    /// `/users/{id}/codes`). They are not shown again.
    pub struct RecoveryCodes {
        /// The codes; see [`codes`](Self::codes).
        recovery_codes: OneOrMany<SecretText>,
    }
}

impl RecoveryCodes {
    /// Returns the codes. Empty if the response contains none.
    pub fn codes(&self) -> &[SecretText] {
        match self.recovery_codes.value() {
            Some(OneOrMany::Many(codes)) => codes,
            Some(OneOrMany::One(code)) => std::slice::from_ref(code),
            None => &[],
        }
    }
}

/// The channel through which a code reaches a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PhoneChannel {
    /// A text message.
    Sms,
    /// A `WhatsApp` message.
    WhatsApp,
    /// A voice call.
    Call,
}
