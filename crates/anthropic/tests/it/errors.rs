//! Errors of the service and of intermediaries.

use std::fmt::Write as _;

use anyprofile_core::{Error, ErrorKind, ListQuery, ProfileProvider, error::Retry};

use crate::{
    client, config, provider,
    support::{Response, Script, json, page, response},
};

async fn list_error(response: Response) -> Error {
    client(&Script::of([response])).get_user_profile("uprof_1").await.unwrap_err()
}

fn envelope(status: u16, code: &str, request_id: &str) -> Response {
    let body = format!(
        r#"{{"type":"error","error":{{"type":"{code}","message":"Said so."}},"request_id":{request_id}}}"#
    );
    json(status, body)
}

#[tokio::test]
async fn every_documented_failure_has_its_kind_code_and_request_id() {
    let mut text = String::new();
    for response in [
        envelope(400, "invalid_request_error", r#""req_1""#),
        envelope(401, "authentication_error", r#""req_1""#),
        envelope(402, "billing_error", r#""req_1""#),
        envelope(403, "permission_error", r#""req_1""#),
        envelope(404, "not_found_error", r#""req_1""#),
        envelope(408, "timeout_error", "null"),
        envelope(409, "conflict_error", "null"),
        envelope(412, "new_error", "null"),
        envelope(413, "request_too_large", "null"),
        envelope(429, "rate_limit_error", r#""req_1""#),
        envelope(429, "rate_limit_error", r#""req_1""#).header("retry-after", "5"),
        envelope(429, "rate_limit_error", r#""req_1""#).header("retry-after-ms", "500"),
        envelope(431, "invalid_request_error", "null"),
        envelope(499, "cancelled", "null"),
        envelope(500, "api_error", "null").header("request-id", "req_header"),
        envelope(501, "api_error", "null"),
        envelope(503, "api_error", r#""req_body""#).header("request-id", "req_header"),
        envelope(504, "timeout_error", "null"),
        envelope(529, "overloaded_error", "null"),
        envelope(503, "overloaded_error", "null"),
        json(
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Unexpected value(s) `x` for the `anthropic-beta` header."}}"#,
        ),
        page(413),
        page(403).header("request-id", "req_header"),
        response(529),
        json(400, "{}"),
        json(400, r#"{"error":"text"}"#),
    ] {
        let error = list_error(response).await;
        writeln!(text, "{}: {error}", error.kind()).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn only_what_has_the_services_form_says_that_nobody_is_there() {
    for body in [
        r#"{"message":"no Route matched with those values"}"#,
        "default backend - 404",
        "",
        r#"{"error":{"message":"Not found","code":404}}"#,
        r#"{"detail":"Not Found"}"#,
    ] {
        let error = list_error(json(404, body)).await;
        assert_eq!((error.kind(), error.is_from_service()), (ErrorKind::Upstream, false), "{error}");
    }
    let error = list_error(envelope(404, "not_found_error", "null")).await;
    assert_eq!((error.kind(), error.is_from_service()), (ErrorKind::NotFound, true));
}

#[tokio::test]
async fn an_unknown_beta_is_named_as_the_cause() {
    let error = list_error(json(400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"Unexpected value(s) `x` for the `anthropic-beta` header."}}"#)).await;
    assert!(error.hint().unwrap().contains("beta"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_overload_is_tried_again_and_a_limit_waited_for() {
    let list = r#"{"data":[],"next_page":null}"#;
    let script = Script::of([
        envelope(529, "overloaded_error", "null"),
        envelope(429, "rate_limit_error", "null").header("retry-after-ms", "2500"),
        json(200, list),
    ]);
    let http = anyprofile_http::HttpOptions::default().with_transport(script.clone());
    let provider = config(&script).with_http(http).connect().unwrap();
    let page = provider.list_page(&ListQuery::new(), None).await.unwrap();
    assert_eq!(page.stats.attempts, 3);
    let sent = script.sent();
    assert!(sent[2].at.abs_diff(sent[1].at).as_millis().abs_diff(2500) <= 2);
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_the_services_own_headers_show_as_spent_is_waited_for() {
    let list = r#"{"data":[],"next_page":null}"#;
    let spent = json(200, list)
        .header("anthropic-ratelimit-requests-remaining", "0")
        .header("anthropic-ratelimit-requests-reset", "7");
    let script = Script::of([spent, json(200, list)]);
    let http = anyprofile_http::HttpOptions::default().with_transport(script.clone());
    let provider = config(&script).with_http(http).connect().unwrap();
    for _ in 0..2 {
        provider.list_page(&ListQuery::new(), None).await.unwrap();
    }
    let at: Vec<_> = script.sent().iter().map(|sent| sent.at.as_secs()).collect();
    assert_eq!(at, [0, 7]);
}

#[tokio::test]
async fn a_limit_without_a_wait_says_what_else_it_may_be() {
    let error = list_error(envelope(429, "rate_limit_error", "null")).await;
    assert_eq!((error.kind(), error.retry()), (ErrorKind::RateLimited, Retry::Later));
    assert!(error.hint().unwrap().contains("spend limit"), "{error}");
    for header in ["retry-after", "retry-after-ms"] {
        let error = list_error(envelope(429, "rate_limit_error", "null").header(header, "5")).await;
        assert!(!error.hint().unwrap().contains("names no wait"), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_elsewhere_does_not_get_the_key() {
    let script = Script::of([response(307).header("location", "https://evil.example.com/v1/user_profiles")]);
    let error = provider(&script).list_page(&ListQuery::new(), None).await.unwrap_err();
    assert_eq!((error.kind(), script.sent().len()), (ErrorKind::Decode, 1));
}

#[tokio::test]
async fn no_error_repeats_what_the_service_said() {
    let body = r#"{"type":"error","error":{"type":"ada@example.com","message":"ada@example.com"},"request_id":"ada@example.com"}"#;
    let error = list_error(json(400, body)).await;
    assert!(!format!("{error} {error:?} {error:#?}").contains("ada@"), "{error}");
    assert_eq!(error.service_message(), Some("ada@example.com"));
}

#[tokio::test]
async fn garbage_with_a_success_status_is_no_list() {
    for body in [page(200), response(204), json(200, ""), json(200, "\"x\"")] {
        assert_eq!(list_error(body).await.kind(), ErrorKind::Decode);
    }
}

/// The official SDKs know more exact codes for some errors than their type.
#[tokio::test]
async fn the_more_exact_code_of_an_error_is_the_one_that_counts() {
    for (status, code, kind) in [
        (400, "user_profile_not_found", ErrorKind::NotFound),
        (403, "api_key_scope_missing", ErrorKind::PermissionDenied),
        (409, "concurrent_membership_change", ErrorKind::Conflict),
        (503, "change_outcome_unknown", ErrorKind::Upstream),
    ] {
        let body = format!(
            r#"{{"type":"error","error":{{"type":"invalid_request_error","message":"x","details":{{"error_code":"{code}"}}}},"request_id":"req_1"}}"#
        );
        let script = Script::by(move |_| json(status, body.clone()).into());
        let error = client(&script).delete_user_profile("uprof_1").await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, Some(code)), "{error}");
    }
}
