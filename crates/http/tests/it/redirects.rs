//! Which URLs requests are sent to: base URLs, redirects, next links.

use anyprofile_core::ErrorKind;
use anyprofile_http::{HttpOptions, Request};

use crate::{
    client, client_with, read,
    support::{Script, json, response},
    write,
};

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_with_the_credential() {
    let script =
        Script::of([response(301).header("location", "/v1/users/?search=ada&moved=1"), json(200, "[]")]);
    client(&script).send(read()).await.unwrap();
    let sent = &script.sent()[1];
    assert_eq!(sent.url, "https://api.example.com/v1/users/?search=ada&moved=1");
    assert_eq!((sent.method.as_str(), sent.header("authorization")), ("GET", Some("JWT the-key")));
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_refused_and_sees_nothing() {
    for location in [
        "https://evil.example.com/users/",
        "http://api.example.com/v1/users/",
        "https://api.example.com:8443/v1/users/",
        "//evil.example.com/v1/users/",
        "https://api.example.com@evil.example.com/",
    ] {
        for status in [301, 302, 303, 307, 308] {
            let script =
                Script::of([response(status).header("location", location).header("x-request-id", "r-9")]);
            let error = client(&script).send(read()).await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(status)));
            assert_eq!(error.request_id(), Some("r-9"));
            assert_eq!(script.sent().len(), 1, "{location}");
            assert!(!format!("{error:?}").contains("evil"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_redirect_to_a_trusted_origin_is_followed() {
    let script =
        Script::of([response(307).header("location", "https://eu.example.com/v1/users/"), json(200, "[]")]);
    let trusted = vec!["https://eu.example.com".to_owned()];
    let options = HttpOptions::default().with_trusted_origins(trusted);
    client_with(&script, options).send(read()).await.unwrap();
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test]
async fn a_redirected_write_is_refused() {
    for status in [301, 302, 303, 307, 308] {
        let script = Script::of([response(status).header("location", "/v1/users/b")]);
        let error = client(&script).send(write()).await.unwrap_err();
        assert_eq!((error.kind(), script.sent().len()), (ErrorKind::Decode, 1));
    }
}

#[tokio::test]
async fn redirects_in_a_circle_end_and_the_status_is_one_that_was_sent() {
    let script = Script::by(|_| response(302).header("location", "/v1/users/").into());
    let error = client(&script).send(read()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(302)));
    assert!(script.sent().len() <= 6);
}

#[tokio::test]
async fn a_redirect_without_a_place_is_no_success() {
    for status in [300, 302, 304] {
        let error = crate::error_of(response(status)).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(status)));
    }
}

fn following(link: &str) -> Request {
    Request::get("list-profiles").path("/profiles").query("range", Some(5)).follow(Some(link))
}

#[tokio::test]
async fn a_next_link_is_merged_with_the_sent_query() {
    let link = "https://api.example.com/v1/profiles?page%5Bafter%5D=W%3D%3D";
    let script = Script::of([json(200, "[]"), json(200, "[]")]);
    client(&script).send(following(link)).await.unwrap();
    client(&script).send(following("?page=2&range=7")).await.unwrap();
    let targets: Vec<_> = script.sent().iter().map(|sent| sent.target().to_owned()).collect();
    assert_eq!(targets, ["/v1/profiles?range=5&page%5Bafter%5D=W%3D%3D", "/v1/profiles?page=2&range=7"]);
}

#[tokio::test]
async fn a_next_link_that_leads_elsewhere_is_refused_before_anything_is_sent() {
    for link in [
        "",
        "string",
        "https://evil.example.com/v1/profiles?page=2",
        "http://api.example.com/v1/profiles?page=2",
        "//evil.example.com/v1/profiles",
        "/v1/users/?page=2",
        "javascript:alert(1)",
        "https://[",
    ] {
        let script = Script::silent();
        let error = client(&script).send(following(link)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, None), "{link}");
    }
}

#[tokio::test]
async fn a_given_link_is_gone_to_as_it_is_and_only_at_this_service() {
    let given = |link: &str| Request::get("list-referenced-users").path("/ref/users").given_link(link);
    let script = Script::of([json(200, "{}")]);
    client(&script).send(given("/v1/ref/users?in=a,b&sig=x%2By")).await.unwrap();
    assert_eq!(script.only().target(), "/v1/ref/users?in=a,b&sig=x%2By");
    for link in ["", "https://evil.example.com/v1/ref/users?in=a", "//evil.example.com/ref/users", "/v1/me"] {
        let script = Script::silent();
        let error = client(&script).send(given(link)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{link}");
        assert!(!format!("{error:?}").contains("evil"), "{error}");
    }
}

#[tokio::test]
async fn a_base_url_with_and_without_a_trailing_slash_keeps_its_path() {
    for base in ["https://api.example.com/v1", "https://api.example.com/v1/"] {
        let script = Script::of([json(200, "[]")]);
        let options = HttpOptions::default().with_transport(script.clone());
        let client = anyprofile_http::HttpClient::new(
            crate::info(base),
            crate::fixed_credential(),
            anyprofile_http::HeaderMap::new(),
            crate::DIALECT,
            options,
        )
        .unwrap();
        client.send(read()).await.unwrap();
        assert_eq!(script.only().url, "https://api.example.com/v1/users/?search=ada");
    }
}

#[tokio::test]
async fn an_id_that_would_address_something_else_is_refused_before_anything_is_sent() {
    for id in ["", ".", ".."] {
        let script = Script::silent();
        let request = Request::get("get-profile").path("/profiles").segment(id);
        let error = client(&script).send(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    let script = Script::of([json(200, "{}")]);
    let request = Request::get("get-profile").path("/profiles").segment("a/../b?x=1#y");
    client(&script).send(request).await.unwrap();
    assert_eq!(script.only().target(), "/v1/profiles/a%2F..%2Fb%3Fx%3D1%23y");
}
