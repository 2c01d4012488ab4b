//! Errors in every format of the service and of intermediaries.

use std::fmt::Write as _;

use anyprofile_core::{Error, ErrorKind, GetOptions, ProfileProvider, ProfileProviderExt};
use anyprofile_http::HttpOptions;

use crate::{
    config, provider,
    support::{Response, Script, json, page, response},
};

async fn get_error(response: Response) -> Error {
    let asked = crate::id("probely:eu/user/x");
    provider(&Script::of([response])).get_opts(&asked, &GetOptions::default()).await.unwrap_err()
}

#[tokio::test]
async fn every_shape_keeps_its_status_and_says_what_to_do() {
    let mut text = String::new();
    for response in [
        json(400, r#"{"ordering":["Not a field.","Really not."],"non_field_errors":["Nor anything else."]}"#),
        json(400, r#"{"detail":"Bad input."}"#),
        json(400, r#"{"error":"The old password is wrong."}"#),
        json(400, r#"{"labels":[{"name":["Too long."]},{}]}"#),
        json(401, r#"{"detail":"Incorrect authentication credentials."}"#),
        json(403, r#"{"detail":"You do not have permission."}"#),
        json(404, r#"{"detail":"Not Found","is_id_404_validation":true,"invalid_ids":["x"]}"#),
        json(429, r#"{"detail":"Slow down."}"#).header("retry-after", "3"),
        json(500, r#"{"detail":"Unexpected error while handling your request."}"#)
            .header("cf-ray", "8a1b-OSL"),
        page(403).header("cf-ray", "8a1b-OSL"),
        json(403, r#"{"cloudflare_error":true,"error_code":1010}"#),
        response(400),
        response(502).body("error code: 502"),
        json(400, "[\"Bad input.\"]"),
    ] {
        let error = get_error(response).await;
        writeln!(
            text,
            "{}: {error}\n  said: {:?}\n  fields: {:?}",
            error.kind(),
            error.service_message(),
            error.field_errors()
        )
        .unwrap();
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn only_what_has_the_services_form_says_that_nobody_is_there() {
    for body in [
        r#"{"message":"no Route matched with those values"}"#,
        "default backend - 404",
        "",
        "{}",
        r#"{"title":"Not Found","status":404}"#,
    ] {
        let error = get_error(json(404, body)).await;
        assert_eq!((error.kind(), error.is_from_service()), (ErrorKind::Upstream, false), "{error}");
    }
    let error = get_error(json(404, r#"{"detail":"Not found."}"#)).await;
    assert_eq!((error.kind(), error.is_from_service()), (ErrorKind::NotFound, true));
    assert!(get_error(json(400, r#"{"name":["Too long."]}"#)).await.is_from_service());
    assert!(!get_error(json(400, r#"{"message":"Bad request"}"#)).await.is_from_service());
}

#[tokio::test]
async fn errors_are_read_in_any_form_that_their_detail_has() {
    for (status, body, said) in [
        (400, "\u{feff}{\"detail\":\"No.\"}", "No."),
        (400, r#"{"detail":["No.","Never."]}"#, "No.; Never."),
        (403, r#"{"detail":[{"message":"No."},{"message":"Never."}]}"#, "No.; Never."),
        (500, r#"{"detail":{"name":["Too long."],"email":"Taken."}}"#, "Taken.; Too long."),
        (200, r#"{"detail":"No."}"#, "No."),
        (200, r#"{"error":["No."]}"#, "No."),
    ] {
        let error = get_error(json(status, body)).await;
        assert_eq!((error.service_message(), error.is_from_service()), (Some(said), true), "{body}: {error}");
    }
    let error = get_error(json(400, r#"{"detail":{"name":["Too long."],"email":"Taken."}}"#)).await;
    assert_eq!(error.field_errors()["name"], ["Too long."]);
    assert_eq!(error.field_errors()["email"], ["Taken."]);
}

#[tokio::test]
async fn a_refused_key_is_not_sent_again() {
    let script = Script::of([json(401, r#"{"detail":"Incorrect authentication credentials."}"#)]);
    let http = HttpOptions::default().with_transport(script.clone());
    let provider = config(&script).with_http(http).connect().unwrap();
    let error = provider.check().await.unwrap_err();
    assert_eq!((error.kind(), script.sent().len()), (ErrorKind::Unauthenticated, 1));
    assert!(error.hint().unwrap().contains("region"), "{error}");
}

#[tokio::test]
async fn the_credential_is_checked_with_the_own_profile() {
    let script = Script::of([json(200, r#"{"id":"x"}"#)]);
    let report = provider(&script).check().await.unwrap();
    assert_eq!(report.profile.unwrap().native(), "x");
    assert_eq!(script.only().target(), "/profile/");
}

#[tokio::test]
async fn no_error_repeats_what_the_service_said_of_a_person() {
    for body in [
        r#"{"ada@example.com":["ada@example.com is taken"]}"#,
        r#"{"detail":"ada@example.com"}"#,
        r#"{"email":"ada@example.com"}"#,
    ] {
        let error = get_error(json(400, body)).await;
        assert!(!format!("{error} {error:?} {error:#?}").contains("ada@"), "{error}");
    }
}

#[tokio::test]
async fn a_web_page_with_a_success_status_is_no_list() {
    for body in [page(200), response(204), json(200, "")] {
        assert_eq!(get_error(body).await.kind(), ErrorKind::Decode);
    }
}
