//! Verification of a user's phone number.

use anyprofile_core::{ErrorKind, Field, Result, wire::OpaqueId};
use anyprofile_http::Request;
use serde::Deserialize;
use serde_json::json;

use super::UpsunClient;
use crate::wire::PhoneChannel;

/// The answer to the beginning of a verification.
#[derive(Deserialize)]
struct Begun {
    #[serde(default)]
    sid: Field<OpaqueId>,
}

impl UpsunClient {
    /// Begins to verify a user's phone number, and gives the id of the session, which
    /// [`confirm_phone_number`](Self::confirm_phone_number) takes: `POST /users/{user_id}/phonenumber`.
    ///
    /// A code is sent to the number each time; this is never repeated by the client. The form of a number is not
    /// documented; the service's own command writes it as E.164 has it (`+4712345678`). Source: OpenAPI document
    /// (`verify-phone-number`).
    ///
    /// # Errors
    /// [`InvalidRequest`](ErrorKind::InvalidRequest), before anything is sent, if the number is empty, and if the
    /// service refuses it; [`PermissionDenied`](ErrorKind::PermissionDenied); [`Conflict`](ErrorKind::Conflict);
    /// [`Decode`](ErrorKind::Decode) if the answer names no session.
    pub async fn verify_phone_number(
        &self,
        user_id: &str,
        channel: PhoneChannel,
        phone_number: &str,
    ) -> Result<String> {
        let operation = "verify-phone-number";
        self.check(operation, !phone_number.is_empty(), "the phone number is empty")?;
        let request = Request::post(operation)
            .path("/users")
            .segment(user_id)
            .path("/phonenumber")
            .json(&json!({ "channel": channel, "phone_number": phone_number }));
        let answer = self.http.send(request).await?;
        let begun = answer.decode::<Begun>().and_then(|begun| {
            let nameless = || answer.error(ErrorKind::Decode, "the answer names no session");
            begun.sid.into_value().map(String::from).filter(|sid| !sid.is_empty()).ok_or_else(nameless)
        });
        begun.map_err(|error| {
            error.with_hint("a code may be on its way, which cannot be confirmed: ask for another one")
        })
    }

    /// Verifies a user's phone number by the code that was sent to it: `POST /users/{user_id}/phonenumber/{sid}`.
    ///
    /// `sid` is what [`verify_phone_number`](Self::verify_phone_number) gave. How long a code is good is not
    /// documented. Source: OpenAPI document (`confirm-phone-number`).
    ///
    /// # Errors
    /// [`InvalidRequest`](ErrorKind::InvalidRequest), before anything is sent, if the code is empty, and if the
    /// service refuses it; [`PermissionDenied`](ErrorKind::PermissionDenied); [`Conflict`](ErrorKind::Conflict).
    pub async fn confirm_phone_number(&self, user_id: &str, sid: &str, code: &str) -> Result<()> {
        let operation = "confirm-phone-number";
        self.check(operation, !code.is_empty(), "the code is empty")?;
        let request = Request::post(operation)
            .path("/users")
            .segment(user_id)
            .path("/phonenumber")
            .segment(sid)
            .json(&json!({ "code": code }));
        self.make(request).await
    }
}
