//! Verification of a user's phone number.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{operations, wire::PhoneChannel};

impl UpsunClient {
    /// Begins to verify a user's phone number, and gives the id of the session, which
    /// [`confirm_phone_number`](Self::confirm_phone_number) takes: `POST /users/{user_id}/phonenumber`.
    ///
    /// A code is sent to the number each time; this is never repeated by the client. The form of a number is not
    /// documented; the service's own command writes it as E.164 has it (`+4712345678`). Source: OpenAPI document
    /// (`verify-phone-number`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, if the number is empty, and if the
    /// service refuses it; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied); [`Conflict`](anyprofile_core::ErrorKind::Conflict);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response names no session.
    pub async fn verify_phone_number(
        &self,
        user_id: &str,
        channel: PhoneChannel,
        phone_number: &str,
    ) -> Result<String> {
        self.call(operations::verify_phone_number(user_id, channel, phone_number)).await
    }

    /// Verifies a user's phone number by the code that was sent to it: `POST /users/{user_id}/phonenumber/{sid}`.
    ///
    /// `sid` is what [`verify_phone_number`](Self::verify_phone_number) gave. How long a code is good is not
    /// documented. Source: OpenAPI document (`confirm-phone-number`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, if the code is empty, and if the
    /// service refuses it; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied); [`Conflict`](anyprofile_core::ErrorKind::Conflict).
    pub async fn confirm_phone_number(&self, user_id: &str, sid: &str, code: &str) -> Result<()> {
        self.call(operations::confirm_phone_number(user_id, sid, code)).await
    }
}
