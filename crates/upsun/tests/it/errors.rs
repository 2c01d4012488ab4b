//! Errors in every format of the service.

use std::fmt::Write as _;

use anyprofile_core::{Error, ErrorKind, FindKey, ListQuery, ProfileProvider, ProfileProviderExt};
use anyprofile_http::HttpOptions;
use anyprofile_upsun::UpsunConfig;

use crate::{
    ORGANIZATION, id, provider,
    support::{Response, Script, json, page, response},
};

const MOVED: &str = r#"{"title":"This organization profile has moved to the billing profile.","status":403,"detail":"Forbidden."}"#;

async fn organization_error(first: Response) -> Error {
    let second = json(404, r#"{"title":"Not Found","status":404,"detail":"No such organization."}"#);
    // The user of the token proves that the URL is right, and so that the profile does not exist.
    let own = json(200, r#"{"id":"u-1"}"#);
    provider(&Script::of([first, second, own])).get(&id(ORGANIZATION)).await.unwrap_err()
}

/// Formats an error with everything that its `Display` omits.
fn told(error: &Error) -> String {
    format!(
        "{}: {error}\n  said: {:?}\n  fields: {:?}",
        error.kind(),
        error.service_message(),
        error.field_errors()
    )
}

#[tokio::test]
async fn every_shape_keeps_its_status_and_says_what_to_do() {
    let problem = |status, body: &str| {
        response(status)
            .header("content-type", "application/problem+json")
            .header("x-request-id", "req-7")
            .body(body.to_owned())
    };
    let mut text = String::new();
    for response in [
        problem(403, r#"{"title":"Access denied","status":403,"detail":"Forbidden."}"#),
        problem(404, r#"{"title":"Not Found","status":404,"detail":"No such organization."}"#),
        problem(403, MOVED),
        json(
            400,
            r#"{"status":"Invalid input","message":"This field is required.","code":400,"detail":{"vat_number":["This field is required.","Too short."]},"title":"Bad Request"}"#,
        ),
        json(400, r#"{"title":"Bad Request","detail":{"billing_contact":"not an address"}}"#),
        json(400, r#"{"error":{"code":"wrong code"}}"#),
        json(400, r#"{"error":"bad request"}"#),
        json(401, r#"{"error":"invalid_token","error_description":"Invalid access token."}"#),
        json(422, r#"{"type":"about:blank","title":"Unprocessable","status":422,"detail":"x"}"#),
        page(403),
        page(502),
        response(404),
        response(500).body("upstream connect error"),
        json(503, "[1,2]"),
        json(429, r#"{"error":"slow down"}"#).header("retry-after", "9"),
    ] {
        writeln!(text, "{}", told(&organization_error(response).await)).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn only_what_has_one_of_the_services_forms_says_that_nobody_is_there() {
    for body in [
        r#"{"message":"no Route matched with those values"}"#,
        "default backend - 404",
        "",
        "{}",
        r#"{"statusCode":404,"message":"Resource not found"}"#,
        r#"{"detail":"Not Found"}"#,
    ] {
        let error = organization_error(json(404, body)).await;
        assert_eq!((error.kind(), error.is_from_service()), (ErrorKind::Upstream, false), "{error}");
    }
    for body in [
        r#"{"title":"Not Found","status":404,"detail":"No such organization."}"#,
        r#"{"status":"Not found","message":"No.","code":404,"detail":{},"title":"Not Found"}"#,
        r#"{"error":"not found"}"#,
    ] {
        let error = organization_error(json(404, body)).await;
        assert_eq!((error.kind(), error.is_from_service()), (ErrorKind::NotFound, true), "{error}");
    }
    // The users service sends no body, and nothing else.
    let user = |response: Response| async {
        crate::client(&Script::of([response])).get_user("u-1").await.unwrap_err()
    };
    assert_eq!(user(response(404)).await.kind(), ErrorKind::NotFound);
    assert_eq!(user(response(404).body("default backend - 404")).await.kind(), ErrorKind::Upstream);
}

#[tokio::test]
async fn a_token_endpoint_that_is_not_there_is_told_with_its_setting() {
    let script = Script::of([response(404)]);
    let http = anyprofile_http::HttpOptions::default().with_transport(script);
    let config = anyprofile_upsun::UpsunConfig::with_api_token("acme".parse().unwrap(), "t")
        .at("https://api.example.com")
        .with_auth_url("https://auth.example.com/oauth2")
        .with_http(http);
    let error = config.connect().unwrap().current().await.unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"upsun account 'acme', oauth2-token: the token endpoint https://auth.example.com/oauth2/oauth2/token does not exist [HTTP status 404]; check auth_url (UPSUN_AUTH_URL in the environment)");
}

#[tokio::test]
async fn a_moved_profile_is_told_from_a_missing_permission() {
    let moved = organization_error(json(403, MOVED)).await;
    assert_eq!((moved.kind(), moved.status()), (ErrorKind::Unsupported, Some(403)));
    assert!(moved.hint().unwrap().contains("not a permission problem"), "{moved}");
    let denied = organization_error(json(403, r#"{"title":"Forbidden","status":403,"detail":"No."}"#)).await;
    assert_eq!(denied.kind(), ErrorKind::PermissionDenied);
}

#[tokio::test]
async fn a_token_of_nobody_is_said_to_be_one() {
    let script = Script::of([json(403, r#"{"error":"forbidden"}"#)]);
    let error = provider(&script).current().await.unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"upsun account 'acme', get-current-user: the token belongs to no user [HTTP status 403, code forbidden]; use the API token of a user, or get profiles by id");
}

#[tokio::test]
async fn garbage_with_a_success_status_is_no_profile() {
    for body in [page(200), json(200, ""), json(200, "[]"), json(200, "\"x\""), json(200, "{"), response(204)]
    {
        let error = organization_error(body).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    }
    let script = Script::of([json(200, r#"{"username":"ada"}"#)]);
    let error = provider(&script).current().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(200)));
}

#[tokio::test]
async fn no_error_repeats_what_the_service_said_of_a_person() {
    for body in [
        r#"{"title":"ada@example.com","detail":{"ada@example.com":["ada@example.com"]},"error":"ada@example.com"}"#,
        r#"{"error":"ada@example.com","error_description":"ada@example.com"}"#,
    ] {
        let error = organization_error(json(400, body)).await;
        assert!(!format!("{error} {error:?} {error:#?}").contains("ada@"), "{error}");
        assert!(error.service_message().unwrap().contains("ada@example.com"));
    }
    let script = Script::of([json(200, r#"{"profiles":"ada@example.com"}"#)]);
    let error = provider(&script).list_page(&ListQuery::new(), None).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("ada@"), "{error}");
}

#[tokio::test]
async fn a_session_that_is_over_is_told_from_a_token_that_is_none() {
    for (description, message) in [
        ("The SSO session has expired.", "the single sign-on session behind the token has expired"),
        ("The API token is not valid.", "the service refuses the API token"),
    ] {
        let body = serde_json::json!({"error": "invalid_grant", "error_description": description});
        let script = Script::of([json(400, body.to_string())]);
        let config =
            UpsunConfig::with_api_token("acme".parse().unwrap(), "a-token").at("https://api.example.com");
        let config = config.with_auth_url("https://auth.example.com/oauth2/token");
        let http = HttpOptions::default().with_transport(script.clone());
        let provider = config.with_http(http).connect().unwrap();
        let error = provider.current().await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Unauthenticated, message));
        assert!(!format!("{error}").contains(description), "{error}");
    }
}

/// A gateway may send a 404 without a body, too: what was proven before it does not count.
#[tokio::test]
async fn nobody_is_there_only_if_the_place_is_proven_after_a_response_without_a_body() {
    let own = || json(200, r#"{"id":"u-1"}"#);
    let key = FindKey::Email("ada@example.org".to_owned());
    let script = Script::of([own(), response(404), own()]);
    let upsun = provider(&script);
    upsun.check().await.unwrap();
    assert!(upsun.find_by(&key).await.unwrap().profiles.is_empty());
    assert_eq!(script.sent().len(), 3);

    let upsun = provider(&Script::of([own(), response(404), response(404)]));
    upsun.check().await.unwrap();
    upsun.find_by(&key).await.unwrap_err();
}
