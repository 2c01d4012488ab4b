//! The memory that a hostile page may take. Nothing else runs in this process.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails should fail its test")]

use std::io::Write as _;

use anyprofile_core::{Error, ErrorKind, ListQuery, ProfileProvider as _};
use anyprofile_http::{HttpOptions, Proxy};
use anyprofile_probely::ProbelyConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The maximum memory of the whole process.
const LIMIT: usize = 96 * 1024 * 1024;

/// Returns the peak memory of the process.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() * 1024
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Sends `start`, then `part` repeatedly until a number of megabytes is reached, then `end`. Each megabyte is
/// compressed separately.
fn packed(start: &str, part: &str, megabytes: usize, end: &str) -> Vec<u8> {
    let one = gzip(&format!("{part},").repeat((1 << 20) / (part.len() + 1)));
    [gzip(start), one.repeat(megabytes), gzip(part), gzip(end)].concat()
}

async fn list(body: Vec<u8>) -> Error {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serve = async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        // A client that refuses the response closes the connection.
        let _ = stream.write_all(&body).await;
    };
    let config = ProbelyConfig::new("eu".parse().unwrap(), "a key")
        .at(base)
        .with_http(HttpOptions::default().with_proxy(Proxy::None).with_max_attempts(1));
    let provider = config.connect().unwrap();
    let query = ListQuery::new();
    let ((), page) = tokio::join!(serve, provider.list_page(&query, None));
    page.unwrap_err()
}

#[tokio::test]
async fn a_small_page_that_unpacks_to_millions_of_values_takes_no_gigabytes() {
    let around = |inner: &str| {
        let (start, end) = inner.split_once('…').unwrap();
        (format!(r#"{{"count":1,"page_total":1,"page":1,"length":1,"results":[{start}"#), format!("{end}]}}"))
    };
    for (inner, part, megabytes) in [
        // Just within the limit of a response.
        ("…", r#"{"id":"a"}"#, 31),
        ("…", "{}", 8),
        // One record with all of the content.
        (r#"{"id":"a","user_roles":[…]}"#, "{}", 8),
        (r#"{"id":"a",…}"#, r#""b":0"#, 8),
    ] {
        let (start, end) = around(inner);
        let body = packed(&start, part, megabytes, &end);
        assert!(body.len() < 128 * 1024, "{} bytes on the wire", body.len());
        let error = list(body).await;
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{inner} {part}: {error}");
        assert!(peak() < LIMIT, "{inner} {part}: {} MiB", peak() / 1024 / 1024);
    }
}
