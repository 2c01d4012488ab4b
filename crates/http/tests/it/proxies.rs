//! Proxies over real connections on the loopback interface.

use anyprofile_core::{ErrorKind, error::Retry};
use anyprofile_http::{HeaderMap, HttpClient, HttpOptions, Proxy};

use crate::{
    DIALECT, fixed_credential, info,
    network::{client, raw_server},
    read, write,
};

fn through(proxy: &str) -> HttpOptions {
    HttpOptions::default().with_proxy(Proxy::Url(proxy.to_owned())).with_allow_insecure_http(true)
}

#[tokio::test]
async fn a_proxy_that_asks_for_credentials_is_named_and_the_services_are_not_concerned() {
    for body in ["", "<html>Proxy authentication required</html>", "{\"detail\":\"no\"}"] {
        let response = format!(
            "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let proxy = raw_server(vec![(response.into_bytes(), true)]).await;
        let with_password = proxy.replace("://", "://me:hunter2@");
        let error = client("http://api.invalid", through(&with_password)).send(read()).await.unwrap_err();
        assert_eq!((error.kind(), error.status(), error.retry()), (ErrorKind::Config, Some(407), Retry::No));
        let host_and_port = proxy.strip_prefix("http://").unwrap();
        let message = format!(
            "the proxy {host_and_port} (the account's proxy) requires credentials, or refuses those that were sent"
        );
        assert_eq!(error.message(), message);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_is_named_and_a_write_was_not_made() {
    let (_reserved, address) = crate::network::deaf_port();
    let options = through(&format!("http://me:hunter2@{address}")).with_max_attempts(1);
    let error = client("http://api.invalid", options).send(write()).await.unwrap_err();
    assert_eq!(
        error.message(),
        format!("could not connect to api.invalid through the proxy {address} (the account's proxy)")
    );
    assert!(error.hint().unwrap().starts_with("check the proxy"), "{error}");
    assert_eq!((error.kind(), error.may_have_taken_effect()), (ErrorKind::Transport, false));
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn credentials_of_a_proxy_are_shown_to_it_decoded() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://me:hun%23ter2@{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]").await.unwrap();
        String::from_utf8(request[..length].to_vec()).unwrap()
    });
    client("http://api.invalid", through(&proxy)).send(read()).await.unwrap();
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("GET http://api.invalid/users/?search=ada HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_lowercase().contains("proxy-authorization: basic bwu6ahvui3rlcji="), "{asked}");
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_before_anything_is_sent() {
    for (proxy, part) in [
        ("socks5://hunter2:1080", "the account's proxy must not be a SOCKS proxy"),
        ("htp://hunter2:1", "must be an http or https URL"),
        ("\"http://hunter2:1\"", "it holds a quote"),
        ("http://me:1#hunter2@proxy:1", "must have nothing after the host and port"),
    ] {
        let error = HttpClient::new(
            info("http://api.invalid"),
            fixed_credential(),
            HeaderMap::new(),
            DIALECT,
            through(proxy),
        )
        .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(part), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
