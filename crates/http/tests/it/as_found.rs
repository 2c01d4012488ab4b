//! HTTP in practice: encodings, headers and responses that servers, proxies and gateways really send.

use std::{fmt::Write as _, io::Write as _, time::Duration};

use anyprofile_core::{ErrorKind, error::Retry};
use anyprofile_http::{HttpOptions, Proxy, TransportErrorKind};
use tokio::time::Instant;

use crate::{
    client_with, error_of,
    network::{client, raw_server},
    read, read_one,
    support::{Script, Step, json, response},
    write,
};

fn direct() -> HttpOptions {
    HttpOptions::default().with_proxy(Proxy::None)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn raw_response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn encodings_are_undone_by_any_of_their_names_and_one_over_the_other() {
    let once = gzip(b"[1,2,3]");
    let members = [gzip(b"[1,2"), gzip(b",3]")].concat();
    for (encoding, body) in [
        ("x-gzip", &once),
        ("GZIP", &once),
        ("gzip, gzip", &gzip(&once)),
        ("gzip\r\ncontent-encoding: gzip", &gzip(&once)),
        ("gzip", &members),
        ("identity", &b"[1,2,3]".to_vec()),
    ] {
        let base = raw_server(vec![(
            raw_response("200 OK", &format!("content-encoding: {encoding}\r\n"), body),
            true,
        )])
        .await;
        let response = client(&base, direct()).send(read()).await.unwrap();
        assert_eq!(response.decode::<Vec<u8>>().unwrap(), [1, 2, 3], "{encoding}");
    }
}

#[tokio::test]
async fn an_unknown_encoding_is_named_at_once_and_does_not_hide_a_status() {
    for (headers, message) in [
        ("content-encoding: dcb\r\n", "the content encoding 'dcb' is unknown"),
        ("transfer-encoding: banana\r\n", "the transfer encoding 'banana' is unknown"),
    ] {
        let began = Instant::now();
        let head = format!("HTTP/1.1 200 OK\r\n{headers}\r\n[1]");
        // The connection stays open: the client must not wait for a body without a known end.
        let base = raw_server(vec![(head.into_bytes(), false)]).await;
        let error = client(&base, direct()).send(read()).await.unwrap_err();
        assert_eq!((error.kind(), error.retry(), error.stats().attempts), (ErrorKind::Decode, Retry::No, 1));
        assert!(error.message().ends_with(message), "{error}");
        let head = format!("HTTP/1.1 403 Forbidden\r\n{headers}\r\n{{}}");
        let base = raw_server(vec![(head.into_bytes(), false)]).await;
        let error = client(&base, direct()).send(read()).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::PermissionDenied, Some(403)));
        assert!(began.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn a_response_may_have_many_headers_and_long_ones() {
    let mut many = String::new();
    for number in 0..600 {
        write!(many, "x-gateway-{number}: {number}\r\n").unwrap();
    }
    for headers in [many, format!("x-policy: {}\r\n", "a".repeat(64 * 1024))] {
        let base = raw_server(vec![(raw_response("200 OK", &headers, b"[7]"), true)]).await;
        let response = client(&base, direct()).send(read()).await.unwrap();
        assert_eq!(response.decode::<Vec<u8>>().unwrap(), [7]);
    }
}

#[tokio::test]
async fn what_is_not_http_is_no_broken_connection_and_not_asked_for_again() {
    let mut endless = String::new();
    for number in 0..1100 {
        write!(endless, "x-gateway-{number}: {number}\r\n").unwrap();
    }
    for response in [
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nbad header\x01: 1\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\ncontent-length: seven\r\n\r\n".to_vec(),
        b"HTTP/1.1 abc OK\r\n\r\n".to_vec(),
        raw_response("200 OK", &endless, b"[7]"),
    ] {
        let base = raw_server(vec![(response, false)]).await;
        let error = client(&base, direct()).send(read()).await.unwrap_err();
        assert_eq!((error.kind(), error.retry(), error.stats().attempts), (ErrorKind::Decode, Retry::No, 1));
        assert!(error.message().starts_with("the response is not valid HTTP: "), "{error}");
    }
}

#[tokio::test]
async fn json_that_is_declared_as_a_web_page_is_read() {
    let html = |body: &'static str| json(200, body).header("content-type", "text/html; charset=utf-8");
    assert_eq!(read_one(html(" [1,2]")).await.unwrap().decode::<Vec<u8>>().unwrap(), [1, 2]);
    let error = error_of(html("<html>[1,2]</html>")).await;
    assert!(error.message().contains("web page"), "{error}");
    let refused = json(404, r#"{"detail":"Not found."}"#).header("content-type", "text/html");
    assert_eq!(error_of(refused).await.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_redirect_to_an_address_that_is_not_ascii_is_told_as_such() {
    let head = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: /usér/\r\n\r\n";
    let base = raw_server(vec![(head.as_bytes().to_vec(), true)]).await;
    let error = client(&base, direct()).send(read()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(302)));
    assert!(error.message().contains("not ASCII"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_not_taken_is_sent_again_whatever_it_is_and_uses_no_attempt_up() {
    let refused = || Step::Fail(TransportErrorKind::Refused);
    for request in [read, write] {
        let script = Script::of([refused(), refused(), json(200, "[]").into()]);
        let response = client_with(&script, direct().with_max_attempts(1)).send(request()).await.unwrap();
        assert_eq!((response.stats.attempts, script.sent().len()), (1, 3));
    }
    let script = Script::of([refused(), response(503).into(), refused(), json(200, "[]").into()]);
    let response = client_with(&script, direct().with_max_attempts(2)).send(read()).await.unwrap();
    assert_eq!(response.stats.attempts, 2);
    // Not for ever.
    for request in [read, write] {
        let script = Script::by(|_| Step::Fail(TransportErrorKind::Refused));
        let error = client_with(&script, direct().with_max_attempts(1)).send(request()).await.unwrap_err();
        assert_eq!(script.sent().len(), 6);
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Upstream, Retry::Later));
        assert!(!error.may_have_taken_effect(), "{error}");
    }
}
