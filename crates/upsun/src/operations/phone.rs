//! Verification of a user's phone number.

use anyprofile_core::{ErrorKind, Field, Result, wire::OpaqueId};
use anyprofile_http::{Operation, Request, Response};
use serde::Deserialize;
use serde_json::json;

use super::user::of_user;
use crate::wire::PhoneChannel;

/// The response to the start of a verification.
#[derive(Deserialize)]
struct Begun {
    #[serde(default)]
    sid: Field<OpaqueId>,
}

pub(crate) fn verify_phone_number(
    user_id: &str,
    channel: PhoneChannel,
    phone_number: &str,
) -> Operation<String> {
    let request = of_user(Request::post("verify-phone-number"), user_id)
        .path("/phonenumber")
        .json(&json!({ "channel": channel, "phone_number": phone_number }))
        .refused_if(phone_number.is_empty(), "the phone number is required", None);
    Operation::new(request, session).with_hint_if_made(
        "it is not known whether a code was sent, and it cannot be confirmed: request another one",
    )
}

/// Returns the id of the new session.
fn session(response: &Response) -> Result<String> {
    let sid = response.decode::<Begun>()?.sid.into_value().map(String::from).filter(|sid| !sid.is_empty());
    sid.ok_or_else(|| response.error(ErrorKind::Decode, "the response does not contain a session id"))
}

pub(crate) fn confirm_phone_number(user_id: &str, sid: &str, code: &str) -> Operation<()> {
    let request = of_user(Request::post("confirm-phone-number"), user_id)
        .path("/phonenumber")
        .segment(sid)
        .json(&json!({ "code": code }))
        .refused_if(code.is_empty(), "the code is required", None);
    Operation::new(request, Response::acknowledged)
}
