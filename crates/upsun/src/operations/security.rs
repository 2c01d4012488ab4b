//! A user's credentials: API tokens, logins through other services, the second factor.

use anyprofile_core::Result;
use anyprofile_http::{Operation, Request, Response};
use serde_json::json;

use super::user::of_user;
use crate::wire::{ApiToken, RecoveryCodes, SecretText, TotpEnrollment};

pub(crate) fn create_user_api_token(user_id: &str, name: &str) -> Operation<ApiToken> {
    let request = of_user(Request::post("create-api-token"), user_id)
        .path("/api-tokens")
        .json(&json!({ "name": name }))
        .refused_if(name.is_empty(), "the name of the token is required", None);
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the token was created: list the user's tokens, and delete it",
    )
}

pub(crate) fn delete_user_api_token(user_id: &str, token_id: &str) -> Operation<()> {
    let request = of_user(Request::delete("delete-api-token"), user_id).path("/api-tokens");
    Operation::new(request.segment(token_id), Response::acknowledged)
}

pub(crate) fn delete_user_connection(user_id: &str, provider: &str) -> Operation<()> {
    let request = of_user(Request::delete("delete-login-connection"), user_id).path("/connections");
    Operation::new(request.segment(provider), Response::acknowledged)
}

pub(crate) fn get_totp_enrollment(user_id: &str) -> Operation<TotpEnrollment> {
    let request = of_user(Request::get("get-totp-enrollment"), user_id).path("/totp");
    Operation::new(request, Response::decode_record)
}

pub(crate) fn confirm_totp_enrollment(
    user_id: &str,
    secret: &SecretText,
    passcode: &str,
) -> Operation<RecoveryCodes> {
    let secret = secret.expose();
    let request = of_user(Request::post("confirm-totp-enrollment"), user_id)
        .path("/totp")
        .json(&json!({ "secret": secret, "passcode": passcode }))
        .refused_if(
            secret.is_empty() || passcode.is_empty(),
            "the seed and the one-time password are required",
            None,
        );
    recovery_codes(request)
}

pub(crate) fn withdraw_totp_enrollment(user_id: &str) -> Operation<()> {
    let request = of_user(Request::delete("withdraw-totp-enrollment"), user_id).path("/totp");
    Operation::new(request, Response::acknowledged)
}

pub(crate) fn recreate_recovery_codes(user_id: &str) -> Operation<RecoveryCodes> {
    recovery_codes(of_user(Request::post("recreate-recovery-codes"), user_id).path("/codes"))
}

/// Creates an operation whose response contains recovery codes.
fn recovery_codes(request: Request) -> Operation<RecoveryCodes> {
    let codes =
        |response: &Response| -> Result<_> { Ok(response.decode_record_if_any()?.unwrap_or_default()) };
    Operation::new(request, codes).with_hint_if_made(
        "it is not known whether the change was made, and its recovery codes are lost: create new ones",
    )
}
