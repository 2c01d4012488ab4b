//! Bodies that are too large, not JSON, cut or hostile, and what their status still means.

use std::fmt::Write as _;

use anyprofile_core::ErrorKind;
use anyprofile_http::HttpOptions;

use crate::{
    client_with, error_of, read, read_one,
    support::{Response, Script, json, page, response},
};

async fn capped(response: Response) -> anyprofile_core::Result<anyprofile_http::Response> {
    let options = HttpOptions::default().with_max_response_bytes(10);
    client_with(&Script::of([response]), options).send(read()).await
}

#[tokio::test]
async fn a_response_may_be_as_large_as_allowed_and_no_larger() {
    assert_eq!(capped(json(200, "0123456789")).await.unwrap().body.len(), 10);
    assert_eq!(capped(json(200, "").chunks(["01234", "", "56789"])).await.unwrap().body.len(), 10);
    for too_large in [
        json(200, "0123456789a"),
        json(200, "0").header("content-length", "11"),
        json(200, "").chunks(["0123456789a"]),
        json(200, "").chunks(["01234", "56789", "a"]),
        json(200, "").chunks(vec!["0"; 11]),
        json(200, "0").header("content-length", "18446744073709551615"),
    ] {
        let error = capped(too_large.header("x-request-id", "r-1")).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::TooLarge, Some(200)));
        assert_eq!((error.request_id(), error.stats().attempts), (Some("r-1"), 1));
    }
}

#[tokio::test]
async fn a_body_that_never_ends_is_left_at_the_limit() {
    let endless = json(200, "").chunks(vec![vec![b' '; 1 << 20]; 64]);
    assert_eq!(error_of(endless).await.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn what_is_no_json_is_never_a_success() {
    let deep = "[".repeat(100_000);
    for body in [
        page(200),
        json(200, "<html></html>"),
        json(200, "  \n <!doctype html>"),
        json(200, ""),
        json(200, " \r\n\t"),
        json(200, "\u{feff}"),
        response(204),
        json(200, "{"),
        json(200, "OK"),
        json(200, &b"[\"\xff\xfe\"]"[..]),
        json(200, &b"\xff\xfe\x00"[..]),
        json(200, deep.clone()),
        json(200, format!("{deep}{}", "]".repeat(100_000))),
        json(200, "[1] trailing"),
        json(200, "null"),
    ] {
        let error = error_of(body.header("x-request-id", "r-2")).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert!(matches!(error.status(), Some(200 | 204)));
        assert_eq!((error.request_id(), error.operation()), (Some("r-2"), Some("users_list")));
    }
}

#[tokio::test]
async fn a_byte_order_mark_is_no_matter() {
    let response = read_one(json(200, "\u{feff}[1,2]")).await.unwrap();
    assert_eq!(response.decode::<Vec<u8>>().unwrap(), [1, 2]);
}

#[tokio::test]
async fn any_success_status_is_a_success() {
    for status in [200, 201, 202, 203, 206] {
        assert_eq!(read_one(json(status, "[]")).await.unwrap().status, status);
    }
}

#[tokio::test]
async fn a_web_page_says_nothing_of_the_credential_and_the_status_stays() {
    for status in [400, 401, 403, 404] {
        let error = error_of(page(status).header("x-request-id", "ray-1")).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::Upstream, Some(status)));
        assert_eq!(error.request_id(), Some("ray-1"));
    }
    // A web page with these statuses means what the service would mean.
    assert_eq!(error_of(page(408)).await.kind(), ErrorKind::Timeout);
    assert_eq!(error_of(page(413)).await.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error_of(page(429)).await.kind(), ErrorKind::RateLimited);
    assert_eq!(error_of(page(502)).await.kind(), ErrorKind::Upstream);
    assert_eq!(error_of(page(504)).await.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn statuses_that_nobody_named_have_a_kind() {
    let mut told = String::new();
    for status in [400, 402, 405, 409, 410, 412, 413, 418, 422, 431, 451, 499, 500, 501, 505, 529, 599, 999] {
        let error = error_of(response(status)).await;
        assert_eq!(error.status(), Some(status));
        writeln!(told, "{status} {}", error.kind()).unwrap();
    }
    insta::assert_snapshot!(told, @r"
    400 invalid_request
    402 permission_denied
    405 invalid_request
    409 conflict
    410 not_found
    412 conflict
    413 invalid_request
    418 invalid_request
    422 invalid_request
    431 invalid_request
    451 invalid_request
    499 cancelled
    500 upstream
    501 upstream
    505 upstream
    529 upstream
    599 upstream
    999 invalid_request
    ");
}

#[tokio::test]
async fn an_error_whose_body_breaks_off_keeps_its_status() {
    let error = error_of(json(403, "").chunks(["{\"detail\":"]).broken()).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::PermissionDenied, Some(403)));
}

#[tokio::test]
async fn an_error_body_without_end_is_left_at_its_bound() {
    let chunks = (0..1_000_000).map(|_| "x");
    let error = error_of(json(500, "").chunks(chunks)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Upstream, Some(500)));
}

#[tokio::test]
async fn an_error_body_that_is_hostile_does_not_hide_the_status() {
    for body in ["[".repeat(60_000), "{\"detail\":".repeat(6_000), "\u{0}".repeat(9)] {
        let error = error_of(json(404, body)).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(404)));
    }
}

#[tokio::test]
async fn a_request_id_that_cannot_be_one_is_left_out() {
    for id in ["", "two words", &"x".repeat(200)] {
        assert_eq!(error_of(response(404).header("x-request-id", id)).await.request_id(), None, "{id}");
    }
}
