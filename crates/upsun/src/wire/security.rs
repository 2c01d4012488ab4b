//! How a user signs in with a second factor, and by phone.

use anyprofile_core::open_record;
use serde::Serialize;

use super::{OneOrMany, SecretText};

open_record! {
    /// What an app needs to make one-time passwords for a user (`GET /users/{id}/totp`).
    pub struct TotpEnrollment {
        /// Who the app shows that the passwords are for.
        issuer: String,
        /// Whose passwords the app shows that they are.
        account_name: String,
        /// The seed that the passwords are made from.
        secret: SecretText,
        /// The same for a camera: a PNG as a data URI, which holds the seed.
        qr_code: SecretText,
    }
}

open_record! {
    /// Codes that stand in for the second factor, each of them once (`POST /users/{id}/totp`, `/users/{id}/codes`).
    /// They are not shown again.
    pub struct RecoveryCodes {
        /// The codes; see [`codes`](Self::codes).
        recovery_codes: OneOrMany<SecretText>,
    }
}

impl RecoveryCodes {
    /// The codes. Empty if the response holds none.
    pub fn codes(&self) -> &[SecretText] {
        match self.recovery_codes.value() {
            Some(OneOrMany::Many(codes)) => codes,
            Some(OneOrMany::One(code)) => std::slice::from_ref(code),
            None => &[],
        }
    }
}

/// How a code reaches a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PhoneChannel {
    /// A text message.
    Sms,
    /// A message by the messenger of that name.
    WhatsApp,
    /// A call in which the code is said.
    Call,
}
