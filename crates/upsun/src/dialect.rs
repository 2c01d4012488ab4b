//! The format of Upsun's errors.

use std::borrow::Cow;

use anyprofile_core::ErrorKind;
use anyprofile_http::{Dialect as _, ErrorDetails, Failure, StaticDialect, TOKEN_DIALECT};
use serde_json::Value;

/// Reads Upsun's errors. They have four forms, two of them within one service: problem details with a number
/// for `status` and a text for `detail`, an older form with the two types exchanged, `{"error": …}` with or
/// without a description, and bodies that are not JSON.
pub(crate) const DIALECT: StaticDialect = StaticDialect::new(is_own_form, describe)
    .with_request_id_headers(&[Cow::Borrowed("x-request-id"), Cow::Borrowed("x-amz-cf-id")]);

/// Reads the errors of Upsun's token endpoint: those of RFC 6749, and the one for an expired session of the
/// token.
pub(crate) const TOKENS: StaticDialect = TOKEN_DIALECT.with_description(|failure, details| {
    TOKEN_DIALECT.describe(failure, details);
    let description = failure.text("/error_description").unwrap_or_default();
    if description.contains("SSO session has expired") {
        details.message = Some("the single sign-on session behind the token has expired".into());
        details.hint = Some("sign in again in a browser, or use the API token of a machine user".into());
    }
});

/// The operations whose 404 has no body: those of the users service, and the cancellation of an invitation
/// (OpenAPI document, `get-user`, `cancel-org-invite` and others).
const WITHOUT_BODY: [&str; 22] = [
    "get-current-user",
    "get-user",
    "get-user-by-email-address",
    "get-user-by-username",
    "update-user",
    "reset-email-address",
    "reset-password",
    "verify-phone-number",
    "confirm-phone-number",
    "list-api-tokens",
    "get-api-token",
    "create-api-token",
    "delete-api-token",
    "list-login-connections",
    "get-login-connection",
    "delete-login-connection",
    "get-totp-enrollment",
    "confirm-totp-enrollment",
    "withdraw-totp-enrollment",
    "recreate-recovery-codes",
    "cancel-org-invite",
    "cancel-project-invite",
];

/// The operations that create an invitation.
const INVITING: [&str; 2] = ["create-org-invite", "create-project-invite"];

/// Returns whether a body has one of the JSON forms, or is missing where the service sends none.
fn is_own_form(failure: &Failure<'_>) -> bool {
    if failure.is_empty {
        return failure.status == 404 && WITHOUT_BODY.contains(&failure.operation);
    }
    let Some(Value::Object(fields)) = &failure.json else { return false };
    let has = |key: &str, is: fn(&Value) -> bool| fields.get(key).is_some_and(is);
    let is_problem = has("title", Value::is_string) && (has("status", is_status) || has("detail", is_detail));
    let is_older =
        has("status", is_status) && has("message", Value::is_string) && has("code", Value::is_number);
    is_problem || is_older || has("error", is_detail)
}

fn is_status(value: &Value) -> bool {
    value.is_number() || value.is_string()
}

fn is_detail(value: &Value) -> bool {
    value.is_string() || value.is_object() || value.is_array()
}

fn describe(failure: &Failure<'_>, details: &mut ErrorDetails) {
    let texts = ["/title", "/message", "/detail", "/error_description", "/error"];
    details.service_message = texts
        .iter()
        .find_map(|pointer| failure.text(pointer))
        .map(str::to_owned)
        .or_else(|| texts.iter().find_map(|pointer| failure.texts(pointer)));
    details.code = failure.text("/error").map(str::to_owned);
    for pointer in ["/detail", "/error"] {
        if let Some(fields) = failure.json.as_ref().and_then(|json| json.pointer(pointer)?.as_object()) {
            fields.iter().for_each(|(name, messages)| details.field(name, messages));
        }
    }
    let title = failure.text("/title").unwrap_or_default().to_ascii_lowercase();
    if failure.status == 403 && title.contains("billing profile") {
        details.kind = Some(ErrorKind::Unsupported);
        details.message = Some(
            "the organization's profile has moved to the new billing system, which this API does not cover"
                .into(),
        );
        details.hint = Some(
            "this is not a permission problem: see the organization's billing profile in the console".into(),
        );
    } else if failure.status == 403 && failure.operation == "get-current-user" {
        details.message = Some("the token belongs to no user".into());
        details.hint = Some("use the API token of a user, or get profiles by id".into());
    } else if failure.status == 403 && failure.operation == "list-org-members" {
        details.hint = Some("use the token of an owner, or of a member who may manage members".into());
    } else if failure.status == 409 && INVITING.contains(&failure.operation) {
        details.message = Some("an invitation for this e-mail address is pending".into());
        details.hint = Some("cancel it first, or replace it with `force`".into());
    } else if failure.status == 402 && INVITING.contains(&failure.operation) {
        details.message = Some("the plan allows no further user".into());
        details.hint = Some("remove a user, or change the plan in the console".into());
    } else if failure.status == 400 && !details.field_errors.is_empty() {
        details.message = Some("the service refused the values".into());
        details.hint = Some("correct the named fields".into());
    }
}
