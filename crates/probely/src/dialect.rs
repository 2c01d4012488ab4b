//! The format of Probely's errors.

use std::borrow::Cow;

use anyprofile_core::ErrorKind;
use anyprofile_http::{ErrorDetails, Failure, StaticDialect};
use serde_json::Value;

/// Reads Probely's errors: messages by field for 400, `{"detail": …}` for other statuses, `{"error": …}` for
/// passwords.
pub(crate) const DIALECT: StaticDialect = StaticDialect::new(is_own_form, describe)
    .with_request_id_headers(&[Cow::Borrowed("x-request-id"), Cow::Borrowed("cf-ray")]);

/// Returns whether a body is in Probely's format: `detail` or `error`, or, with 400, messages by field.
fn is_own_form(failure: &Failure<'_>) -> bool {
    let Some(Value::Object(fields)) = &failure.json else { return false };
    let is_error = |value: &Value| matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_));
    ["detail", "error"].iter().any(|key| fields.get(*key).is_some_and(is_error))
        || (failure.status == 400
            && !fields.is_empty()
            && fields.values().all(|it| it.is_array() || it.is_object()))
}

fn describe(failure: &Failure<'_>, details: &mut ErrorDetails) {
    details.service_message = ["/detail", "/error"].iter().find_map(|pointer| failure.texts(pointer));
    for pointer in ["/detail", "/error"] {
        if let Some(fields) = failure.json.as_ref().and_then(|json| json.pointer(pointer)?.as_object()) {
            fields.iter().for_each(|(name, messages)| details.field(name, messages));
        }
    }
    if let (400, Some(Value::Object(fields))) = (failure.status, &failure.json) {
        for (name, messages) in fields.iter().filter(|(name, _)| !matches!(name.as_str(), "detail" | "error"))
        {
            details.field(name, messages);
        }
        if !details.field_errors.is_empty() {
            details.message = Some("the service refused the values".into());
            details.hint = Some("correct the named fields".into());
        }
    }
    if failure.status == 401 {
        details.hint =
            Some("check the API key, and that the account's region is the region of the key".into());
    }
    // Refusals by Cloudflare are a web page, or JSON with a code such as 1010.
    let is_cloudflare = failure
        .json
        .as_ref()
        .is_some_and(|json| json.get("cloudflare_error").is_some() || json.get("error_code").is_some());
    if failure.status == 403 && is_cloudflare {
        details.kind = Some(ErrorKind::Upstream);
        details.message = Some("an intermediary in front of the service refused the request".into());
        details.hint = Some(
            "check whether this IP address or user agent is blocked; this is not a permission problem of the key"
                .into(),
        );
    }
}
