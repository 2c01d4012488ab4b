//! Verification of a user's phone number.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{operations, wire::PhoneChannel};

impl UpsunClient {
    /// Starts the verification of a user's phone number: `POST /users/{user_id}/phonenumber`. Returns the id
    /// of the session, for [`confirm_phone_number`](Self::confirm_phone_number).
    ///
    /// Each call sends a code to the number, so the request is never retried. The format of a number is not
    /// documented; the service's own command uses E.164 (`+4712345678`). Source: OpenAPI document
    /// (`verify-phone-number`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the number
    /// is empty, and if the service refuses it;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict); [`Decode`](anyprofile_core::ErrorKind::Decode) if
    /// the response contains no session id.
    pub async fn verify_phone_number(
        &self,
        user_id: &str,
        channel: PhoneChannel,
        phone_number: &str,
    ) -> Result<String> {
        self.call(operations::verify_phone_number(user_id, channel, phone_number)).await
    }

    /// Confirms a user's phone number with the code that was sent to it:
    /// `POST /users/{user_id}/phonenumber/{sid}`.
    ///
    /// `sid` is the result of [`verify_phone_number`](Self::verify_phone_number). How long a code is valid is
    /// not documented. Source: OpenAPI document (`confirm-phone-number`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the code is
    /// empty, and if the service refuses it;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict).
    pub async fn confirm_phone_number(&self, user_id: &str, sid: &str, code: &str) -> Result<()> {
        self.call(operations::confirm_phone_number(user_id, sid, code)).await
    }
}
