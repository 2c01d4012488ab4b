//! Over real connections on the loopback interface.

use std::{io::Write as _, time::Duration};

use anyprofile_core::ErrorKind;
use anyprofile_http::{HeaderMap, HttpClient, HttpOptions, Proxy};
use httpmock::prelude::*;

use crate::{DIALECT, fixed_credential, info, read};

pub(crate) fn client(base_url: &str, options: HttpOptions) -> HttpClient {
    HttpClient::new(info(base_url), fixed_credential(), HeaderMap::new(), DIALECT, options).unwrap()
}

fn direct() -> HttpOptions {
    HttpOptions::default().with_proxy(Proxy::None).with_max_attempts(1)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_compressed_response_is_decompressed_and_every_request_names_its_agent_and_encodings() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            let mut when = when
                .method(GET)
                .path("/users/")
                .query_param("search", "ada")
                .header("authorization", "JWT the-key")
                .header("user-agent", concat!("backup-job/1.4 anyprofile/", env!("CARGO_PKG_VERSION")))
                .header_includes("accept-encoding", "gzip")
                .header_includes("accept", "application/json");
            for (encoding, is_built_in) in
                [("br", cfg!(feature = "brotli")), ("zstd", cfg!(feature = "zstd"))]
            {
                if is_built_in {
                    when = when.header_includes("accept-encoding", encoding);
                }
            }
            drop(when);
            then.status(200)
                .header("content-type", "application/json")
                .header("content-encoding", "gzip")
                .body(gzip(b"[1,2,3]"));
        })
        .await;
    let client = client(&server.base_url(), direct().with_user_agent("backup-job/1.4"));
    let response = client.send(read()).await.unwrap();
    assert_eq!(response.decode::<Vec<u8>>().unwrap(), [1, 2, 3]);
    mock.assert_async().await;
}

#[tokio::test]
async fn a_response_is_capped_after_decompression() {
    let server = MockServer::start_async().await;
    let bomb = gzip(&vec![b' '; 1 << 20]);
    assert!(bomb.len() < 64 * 1024);
    server
        .mock_async(|when, then| {
            when.path("/users/");
            then.status(200).header("content-encoding", "gzip").body(bomb);
        })
        .await;
    let client = client(&server.base_url(), direct().with_max_response_bytes(64 * 1024));
    assert_eq!(client.send(read()).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn an_error_that_is_a_bomb_keeps_its_status() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.path("/users/");
            then.status(403).header("content-encoding", "gzip").body(gzip(&vec![b' '; 8 << 20]));
        })
        .await;
    let error = client(&server.base_url(), direct()).send(read()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::PermissionDenied, Some(403)));
}

#[tokio::test]
async fn a_body_that_does_not_decompress_is_no_success_and_is_not_asked_for_again() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.path("/users/");
            then.status(200).header("content-encoding", "gzip").body("[1,2,3]");
        })
        .await;
    let client = client(&server.base_url(), HttpOptions::default().with_proxy(Proxy::None));
    let error = client.send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}");
    assert_eq!(mock.calls_async().await, 1);
}

#[tokio::test]
async fn a_proxy_that_is_named_is_used() {
    let proxy = MockServer::start_async().await;
    let mock = proxy
        .mock_async(|when, then| {
            when.path("/users/");
            then.status(200).body("[7]");
        })
        .await;
    let options = HttpOptions::default()
        .with_proxy(Proxy::Url(proxy.base_url()))
        .with_allow_insecure_http(true)
        .with_max_attempts(1);
    // The name cannot be resolved, so only a proxy can respond.
    let response = client("http://api.invalid", options).send(read()).await.unwrap();
    assert_eq!(response.decode::<Vec<u8>>().unwrap(), [7]);
    mock.assert_async().await;
}

#[tokio::test]
async fn the_real_client_follows_no_redirect_to_another_origin() {
    let (server, other) = (MockServer::start_async().await, MockServer::start_async().await);
    let elsewhere = other
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body("[]");
        })
        .await;
    server
        .mock_async(|when, then| {
            when.path("/users/");
            then.status(302).header("location", other.url("/users/"));
        })
        .await;
    let error = client(&server.base_url(), direct()).send(read()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(302)));
    assert_eq!(elsewhere.calls_async().await, 0);
}

/// Returns a port where nothing listens while the socket is held.
pub(crate) fn deaf_port() -> (tokio::net::TcpSocket, std::net::SocketAddr) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_a_transport_error_that_may_pass() {
    let (_reserved, address) = deaf_port();
    let error = client(&format!("http://{address}"), direct()).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.retry(), anyprofile_core::error::Retry::Later);
}

/// Responds to each connection with the next of these, and then closes it or not.
pub(crate) async fn raw_server(responses: Vec<(Vec<u8>, bool)>) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut silent = Vec::new();
        for (response, hangs_up) in responses {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            stream.write_all(&response).await.unwrap();
            if !hangs_up {
                silent.push(stream);
            }
        }
        std::future::pending::<()>().await;
    });
    base
}

fn raw(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes(), body].concat()
}

#[tokio::test]
async fn a_service_that_falls_silent_within_a_response_is_left() {
    let base = raw_server(vec![(raw("content-length: 9\r\n", b"[1,"), false)]).await;
    let options = direct().with_read_timeout(Duration::from_millis(100));
    let error = client(&base, options).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
}

#[tokio::test]
async fn a_response_that_is_cut_is_a_broken_connection_and_read_again() {
    let zipped = gzip(b"[1,2,3]");
    let half = &zipped[..zipped.len() / 2];
    let chunked = "transfer-encoding: chunked\r\n";
    let encoded = format!("content-encoding: gzip\r\ncontent-length: {}\r\n", zipped.len());
    for cut in [
        raw("content-length: 9\r\n", b"[1,"),
        raw(chunked, b"3\r\n[1,\r\n"),
        raw(&encoded, half),
        raw("", b"")[..10].to_vec(),
    ] {
        let base = raw_server(vec![(cut.clone(), true)]).await;
        let error = client(&base, direct()).send(read()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
        let base = raw_server(vec![(cut, true), (raw("content-length: 7\r\n", b"[1,2,3]"), true)]).await;
        let options = direct().with_max_attempts(2);
        let response = client(&base, options).send(read()).await.unwrap();
        assert_eq!((response.decode::<Vec<u8>>().unwrap(), response.stats.attempts), (vec![1, 2, 3], 2));
    }
}

#[cfg(not(any(
    feature = "rustls",
    feature = "rustls-aws-lc",
    feature = "rustls-no-provider",
    feature = "native-tls"
)))]
#[test]
fn https_without_tls_is_a_configuration_error_and_no_request() {
    let error = HttpClient::new(
        info("https://api.example.com"),
        fixed_credential(),
        HeaderMap::new(),
        DIALECT,
        HttpOptions::default(),
    )
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.hint().unwrap().contains("rustls"), "{error}");
}

#[tokio::test]
async fn connections_that_are_not_used_can_be_closed_and_the_next_request_opens_another() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(&format!("http://{}", listener.local_addr().unwrap()), direct());
    let (ended, mut ends) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let ended = ended.clone();
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let mut answered = 0;
                while connection.read(&mut buffer).await.is_ok_and(|length| length > 0) {
                    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]";
                    connection.write_all(response).await.unwrap();
                    answered += 1;
                }
                let _ = ended.send(answered);
            });
        }
    });
    for _ in 0..3 {
        client.send(read()).await.unwrap();
    }
    client.info().close_idle();
    assert_eq!(ends.recv().await, Some(3), "one connection for all of them, and it is closed");
    client.send(read()).await.unwrap();
    drop(client);
    assert_eq!(ends.recv().await, Some(1));
}
