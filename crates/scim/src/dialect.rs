//! The format of SCIM's errors.

use anyprofile_core::ErrorKind;
use anyprofile_http::{ErrorDetails, Failure, StaticDialect};
use serde_json::Value;

use crate::operations::PATCH_USER;

/// The schema of an error (RFC 7644 §3.12).
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

const ONLY_ACTIVE: &str =
    r#"if the server changes `active` alone, set `quirks = { patch = "active" }`: users are replaced then"#;
const NO_PATCH: &str = r#"set `quirks = { patch = "none" }`: users are replaced then"#;

/// Reads errors as RFC 7644 §3.12 has them: `{"schemas", "status", "scimType", "detail"}`. Intermediaries send web pages
/// or empty bodies instead, and say nothing about a person.
pub(crate) const DIALECT: StaticDialect = StaticDialect::new(is_own_form, describe);

/// Returns whether a body is an error of SCIM: by its schema, or by a `status` that is the one of the response. Some
/// servers leave the schema out.
fn is_own_form(failure: &Failure<'_>) -> bool {
    let Some(json) = &failure.json else { return false };
    let has_schema = json["schemas"].as_array().is_some_and(|it| it.iter().any(|it| *it == ERROR));
    let status = match &json["status"] {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_u64(),
        _ => None,
    };
    has_schema || (status == Some(u64::from(failure.status)) && json["detail"].is_string())
}

fn describe(failure: &Failure<'_>, details: &mut ErrorDetails) {
    details.code = failure.text("/scimType").map(str::to_owned);
    details.service_message = failure.text("/detail").map(str::to_owned);
    match (failure.status, details.code.as_deref()) {
        (_, Some("uniqueness")) => {
            details.kind = Some(ErrorKind::Conflict);
            details.message = Some("the service has another user with one of these values".into());
            details.hint =
                Some("look for the user name and the e-mail addresses before you try again".into());
        }
        (_, Some("mutability")) => {
            details.message = Some("the service does not let one of the attributes be changed".into());
            if failure.operation == PATCH_USER {
                details.hint = Some(ONLY_ACTIVE.into());
            }
        }
        (_, Some("invalidFilter")) => {
            details.message = Some("the service does not apply this filter".into());
            details.hint = Some("set `quirks = { filter = false }`: filters are applied here then".into());
        }
        (_, Some("tooMany")) => {
            details.message = Some("the service finds more users than it returns".into());
            details.hint = Some("ask for smaller pages, or with a narrower filter".into());
        }
        (_, Some("invalidCursor" | "expiredCursor")) => {
            details.message = Some("the service does not know the cursor any more".into());
            details.hint = Some("list from the beginning".into());
        }
        (412, _) => {
            details.kind = Some(ErrorKind::Conflict);
            details.message = Some("the record has changed since it was read".into());
            details.hint = Some("read it again, and make a new plan".into());
        }
        (501, _) => {
            details.kind = Some(ErrorKind::Unsupported);
            details.message = Some("the service does not support the request".into());
            if failure.operation == PATCH_USER {
                details.hint = Some(NO_PATCH.into());
            }
        }
        (405, _) if failure.operation == PATCH_USER => {
            details.kind = Some(ErrorKind::Unsupported);
            details.message = Some("the service changes no single attributes".into());
            details.hint = Some(NO_PATCH.into());
        }
        (401, _) => details.hint = Some("check the account's credential".into()),
        _ => {}
    }
}
