//! The format of Anthropic's errors.

use std::borrow::Cow;

use anyprofile_core::ErrorKind;
use anyprofile_http::{ErrorDetails, Failure, StaticDialect};

/// Reads Anthropic's errors: `{"type": "error", "error": {"type", "message"}, "request_id"}`. Intermediaries
/// send web pages or empty bodies instead.
///
/// `x-should-retry` says whether to retry. It takes precedence over the status in Anthropic's SDKs, and here
/// too.
pub(crate) const DIALECT: StaticDialect = StaticDialect::new(is_own_form, describe)
    .with_request_id_headers(&[Cow::Borrowed("request-id")])
    .with_quota_headers(&[Cow::Borrowed("anthropic-ratelimit-requests")]);

/// Returns whether a body is the documented envelope.
fn is_own_form(failure: &Failure<'_>) -> bool {
    failure.text("/type") == Some("error") && failure.text("/error/type").is_some()
}

fn describe(failure: &Failure<'_>, details: &mut ErrorDetails) {
    let code = failure.text("/error/type");
    // The official SDKs know more exact codes for some errors.
    let error_code = failure.text("/error/details/error_code");
    let message = failure.text("/error/message");
    details.code = error_code.or(code).map(str::to_owned);
    details.service_message = message.map(str::to_owned);
    details.request_id = failure.text("/request_id").map(str::to_owned);
    match (failure.status, code) {
        (_, Some("overloaded_error")) => {
            details.kind = Some(ErrorKind::Upstream);
            details.message = Some("the service is overloaded".into());
        }
        // It is a 400 where a request names a profile that was deleted.
        (400, _)
            if error_code == Some("user_profile_not_found") && failure.operation.contains("UserProfile") =>
        {
            details.kind = Some(ErrorKind::NotFound);
            details.message = Some("the user profile does not exist".into());
        }
        (503, _) if error_code == Some("change_outcome_unknown") => {
            details.message = Some("the service does not know whether it made the change".into());
            details.hint = Some(match failure.operation {
                "AdminSignOutUser" => "send it again: what was ended stays ended".into(),
                _ => "read it before you try again".into(),
            });
        }
        (503, _) if error_code == Some("workspace_created_incomplete") => {
            details.message = Some("the workspace was created, and is not complete".into());
            details.hint =
                Some("look for it in the list of workspaces: creating it again makes a second one".into());
        }
        (409, _) if error_code == Some("concurrent_membership_change") => {
            details.hint = Some("somebody else changed the members at the same time: try again".into());
        }
        (400, _) if error_code == Some("rbac_group_owner_access_unconfirmed") => {
            details.hint = Some(
                "the service could not find out whether the group makes its members owners: do not try again"
                    .into(),
            );
        }
        (403, _) if error_code == Some("api_key_scope_missing") => {
            details.hint = Some("add the scope of the operation to the API key".into());
        }
        (_, Some("billing_error")) => details.kind = Some(ErrorKind::PermissionDenied),
        (429, _)
            if !failure.headers.contains_key("retry-after")
                && !failure.headers.contains_key("retry-after-ms") =>
        {
            details.hint = Some(
                "the service sent no Retry-After: if the error continues, a spend limit may be reached"
                    .into(),
            );
        }
        (400, _)
            if message
                .is_some_and(|it| it.starts_with("Unexpected value") && it.contains("anthropic-beta")) =>
        {
            // The cause is not the request: the configuration of the account is wrong.
            details.kind = Some(ErrorKind::Config);
            details.message = Some("the service does not know a beta of the account".into());
            details.hint = Some("check beta and other_betas of the account".into());
        }
        (403, _) if error_code.is_some_and(|code| code.starts_with("cannot_sign_out_")) => {
            details.hint = Some(
                "the service does not sign out users with this role, or whom a directory manages".into(),
            );
        }
        (401 | 403, _) if failure.operation.contains("ServiceAccount") => {
            details.hint = Some(
                "service accounts require an OAuth token with `org:admin`: the service refuses admin keys"
                    .into(),
            );
        }
        (401 | 403, _) if failure.operation.starts_with("Admin") => {
            details.hint = Some(
                "the organization requires an admin key or an OAuth token with `org:admin`: use an account that has one"
                    .into(),
            );
        }
        (401 | 403, _)
            if failure.operation.contains("UserProfile") || failure.operation.starts_with("Beta") =>
        {
            details.hint = Some(
                "check the account's credential: an admin key reads only the organization's people, and must be set as \
                 admin_key (or in ANTHROPIC_ADMIN_KEY)"
                    .into(),
            );
        }
        (400, Some("invalid_request_error")) if error_code.is_none() => {
            details.hint = refusal(failure.operation).map(Into::into);
        }
        _ => {}
    }
}

/// Returns what the service documents as the reasons of a refusal that has no code.
fn refusal(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "AdminRemoveUser" => {
            "the service does not remove admins, owners, membership admins, and users whom a directory manages"
        }
        "AdminUpdateGroup" | "AdminDeleteGroup" | "AdminAddGroupMember" | "AdminRemoveGroupMember" => {
            "a group that a directory provides over SCIM can only be read"
        }
        "AdminListWorkspaceServiceAccounts" => {
            "the service accounts of an archived workspace cannot be listed"
        }
        "AdminUpdateServiceAccount" => "an archived service account cannot be changed",
        "AdminDeleteInvite" => "only a pending invite can be deleted",
        _ => return None,
    })
}
