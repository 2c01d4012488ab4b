//! Errors of the service itself, and errors of proxies and other servers.

use anyprofile_core::{Error, ErrorKind};
use anyprofile_http::{HeaderMap, HttpClient, HttpOptions, StaticDialect, TokenExchange};

use crate::{
    BASE, exchanging_client, fixed_credential, info, read, read_one,
    support::{Response, Script, json, page, response},
    write,
};

/// A dialect whose errors are `{"detail": …}`.
const DETAIL: StaticDialect = StaticDialect::new(
    |failure| failure.text("/detail").is_some(),
    |failure, details| details.service_message = failure.text("/detail").map(str::to_owned),
)
.with_request_id_headers(&[std::borrow::Cow::Borrowed("x-request-id")]);

async fn failed(response: Response) -> Error {
    let options = HttpOptions::default().with_max_attempts(1).with_transport(Script::of([response]));
    let client = HttpClient::new(info(BASE), fixed_credential(), HeaderMap::new(), DETAIL, options).unwrap();
    client.send(read()).await.unwrap_err()
}

#[tokio::test]
async fn a_404_in_another_form_than_the_services_says_nothing_of_a_profile() {
    for response in [
        json(404, r#"{"message":"no Route matched with those values"}"#),
        response(404).header("content-type", "text/plain").body("default backend - 404"),
        json(404, "\"detail\""),
        json(404, r#"{"detail":7}"#),
        response(404),
        page(404),
        response(410),
        json(404, r#"{"detail":"cut"#),
    ] {
        let error = failed(response).await;
        assert_eq!((error.kind(), error.is_from_service()), (ErrorKind::Upstream, false), "{error}");
        assert!(error.hint().unwrap().contains("base URL"), "{error}");
    }
    let error = failed(json(404, r#"{"message":"no Route matched with those values"}"#)).await;
    assert!(error.hint().unwrap().contains(BASE), "{error}");
    for body in [r#"{"detail":"Not found."}"#, "\u{feff}{\"detail\":\"Not found.\"}"] {
        let error = failed(json(404, body)).await;
        assert_eq!((error.kind(), error.is_from_service()), (ErrorKind::NotFound, true), "{error}");
        assert_eq!(error.service_message(), Some("Not found."));
    }
}

#[tokio::test]
async fn a_404_of_the_service_to_a_request_that_names_nobody_is_about_the_base_url() {
    for status in [404, 410] {
        let script = Script::of([json(status, r#"{"detail":"Not found."}"#)]);
        let options = HttpOptions::default().with_transport(script);
        let client =
            HttpClient::new(info(BASE), fixed_credential(), HeaderMap::new(), DETAIL, options).unwrap();
        let error =
            client.send(anyprofile_http::Request::get("users_list").path("/users/")).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Config, Some(status)));
        assert!(error.hint().unwrap().contains(BASE), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_in_another_form_says_nothing_of_the_credential() {
    for status in [401, 403] {
        let error = failed(json(status, r#"{"message":"Unauthorized"}"#)).await;
        assert_eq!((error.kind(), error.is_from_service()), (ErrorKind::Upstream, false), "{error}");
        let error = failed(json(status, r#"{"detail":"No."}"#)).await;
        assert!(error.is_from_service() && error.kind() != ErrorKind::Upstream, "{error}");
        // The status keeps its meaning if the body is empty or incomplete.
        for response in [response(status), json(status, "").chunks(["{\"detail\":"]).broken()] {
            let error = failed(response).await;
            assert!(!error.is_from_service() && error.kind() != ErrorKind::Upstream, "{error}");
        }
    }
}

#[tokio::test]
async fn a_token_endpoint_that_is_not_there_is_a_wrong_configuration_and_nobody_is_not_found() {
    let error = |response: Response| async {
        let script = Script::of([response]);
        let url = "https://auth.example.com/oauth2/token".parse().unwrap();
        let exchange = TokenExchange::new(url, "client", vec![("api_token", "long-lived".into())]).unwrap();
        let credential = anyprofile_http::Credential::exchange(exchange.configured_by("auth_url"));
        let options = HttpOptions::default().with_max_attempts(1).with_transport(script);
        let client = HttpClient::new(info(BASE), credential, HeaderMap::new(), DETAIL, options).unwrap();
        client.send(read()).await.unwrap_err()
    };
    for response in [
        response(404),
        page(404),
        json(404, r#"{"error":"not_found"}"#),
        json(404, r#"{"message":"no Route matched with those values"}"#),
        response(405),
        response(410),
    ] {
        let error = error(response).await;
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Config, Some("oauth2-token")));
        assert_eq!(
            error.message(),
            "the token endpoint https://auth.example.com/oauth2/token does not exist"
        );
        assert_eq!(error.hint(), Some("check auth_url"));
    }
    for (response, kind) in [
        (json(400, r#"{"error":"invalid_grant"}"#), ErrorKind::Unauthenticated),
        (json(400, r#"{"message":"Bad request"}"#), ErrorKind::Config),
        (json(401, r#"{"message":"Unauthorized"}"#), ErrorKind::Upstream),
        (json(403, r#"{"message":"Forbidden"}"#), ErrorKind::Upstream),
        (page(403), ErrorKind::Upstream),
        (response(415), ErrorKind::Config),
        (response(422), ErrorKind::Config),
        (response(503), ErrorKind::Upstream),
    ] {
        let error = error(response).await;
        assert_eq!(error.kind(), kind, "{error}");
        if kind == ErrorKind::Upstream && error.status() != Some(503) {
            assert!(error.hint().unwrap().contains("auth_url"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_response_has_the_time_of_the_services_clock_and_so_has_its_error() {
    let dated = |response: Response| response.header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    let time = || "1994-11-06T08:49:37Z".parse().ok();
    assert_eq!(read_one(dated(json(200, "[]"))).await.unwrap().date(), time());
    assert_eq!(read_one(json(200, "[]").header("date", "soon")).await.unwrap().date(), None);
    let undecodable = read_one(dated(json(200, "{"))).await.unwrap().decode::<Vec<u8>>().unwrap_err();
    let too_large = dated(json(200, "0").header("content-length", "18446744073709551615"));
    let elsewhere = dated(response(302).header("location", "https://evil.example.com"));
    for error in
        [undecodable, failed(dated(response(503))).await, failed(too_large).await, failed(elsewhere).await]
    {
        assert_eq!(error.response_date(), time(), "{error}");
    }
    assert_eq!(failed(response(503)).await.response_date(), None);
    // The same for a write, which may have taken effect.
    let script = Script::of([dated(response(504))]);
    let error = crate::client(&script).send(write()).await.unwrap_err();
    assert!(error.may_have_taken_effect() && error.response_date() == time(), "{error}");
    let script = Script::of([dated(response(404))]);
    let error = exchanging_client(&script, HttpOptions::default()).send(read()).await.unwrap_err();
    assert_eq!(error.response_date(), time());
}

#[tokio::test]
async fn an_error_in_a_response_with_a_success_status_is_told_in_the_services_words() {
    let undecodable = |response: Response| async {
        let options = HttpOptions::default().with_transport(Script::of([response]));
        let client =
            HttpClient::new(info(BASE), fixed_credential(), HeaderMap::new(), DETAIL, options).unwrap();
        client.send(read()).await.unwrap().decode::<Vec<u8>>().unwrap_err()
    };
    for body in [r#"{"detail":"The quota is spent."}"#, "\u{feff}{\"detail\":\"The quota is spent.\"}"] {
        let error = undecodable(json(200, body)).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(200)));
        assert_eq!((error.service_message(), error.is_from_service()), (Some("The quota is spent."), true));
        assert!(!format!("{error} {error:?}").contains("quota"), "{error}");
    }
    for body in [r#"{"items":[]}"#, r#"{"message":"The quota is spent."}"#, "{", ""] {
        let error = undecodable(json(200, body)).await;
        assert_eq!((error.service_message(), error.is_from_service()), (None, false), "{body}");
    }
}

#[tokio::test]
async fn an_error_with_a_success_status_is_no_word_that_a_write_was_made() {
    for (body, is_error) in [
        ("", false),
        ("{}", false),
        ("\"done\"", false),
        // A record with such a field.
        (r#"{"id":"u1","detail":"On leave."}"#, false),
        (r#"{"detail":"Service temporarily unavailable."}"#, true),
        ("\u{feff}{\"detail\":\"No.\"}", true),
    ] {
        let options = HttpOptions::default().with_transport(Script::of([json(200, body)]));
        let client =
            HttpClient::new(info(BASE), fixed_credential(), HeaderMap::new(), DETAIL, options).unwrap();
        let written = client.send(write()).await.unwrap();
        match written.acknowledged() {
            Ok(()) => assert!(!is_error, "{body}"),
            Err(error) => {
                assert!(is_error, "{error}");
                assert_eq!((error.kind(), error.may_have_taken_effect()), (ErrorKind::Decode, true));
                assert!(error.is_from_service() && error.service_message().is_some(), "{error}");
            }
        }
    }
}
