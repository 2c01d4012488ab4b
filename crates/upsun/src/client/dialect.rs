//! How Upsun words its errors.

use anyprofile_core::ErrorKind;
use anyprofile_http::{Dialect, ErrorDetails, Failure};

/// Upsun's errors come in four shapes, two of them within one service: problem details with a number for
/// `status` and a text for `detail`, an older form with them the other way round, `{"error": …}` with or
/// without a description, and nothing that is JSON.
pub(crate) static DIALECT: Dialect =
    Dialect { request_id_headers: &["x-request-id", "x-amz-cf-id"], describe };

fn describe(failure: &Failure<'_>, details: &mut ErrorDetails) {
    let texts = ["/title", "/message", "/detail", "/error_description", "/error"];
    details.service_message = texts.iter().find_map(|pointer| failure.text(pointer)).map(str::to_owned);
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
            "the organization's profile has moved to the new billing system, which this API does not show"
                .into(),
        );
        details.hint = Some(
            "this is no matter of permission: look at the organization's billing profile in the console"
                .into(),
        );
    } else if failure.status == 403 && failure.operation == "get-current-user" {
        details.message = Some("the token belongs to no user".into());
        details.hint = Some("use the API token of a user, or get profiles by their ids".into());
    } else if failure.status == 403 && failure.operation == "list-org-members" {
        details.hint = Some("use the token of an owner, or of a member who may manage members".into());
    } else if failure.status == 400 && !details.field_errors.is_empty() {
        details.message = Some("the service refuses the values".into());
        details.hint = Some("correct the named fields".into());
    }
}
