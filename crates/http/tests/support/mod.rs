//! A transport that responds from a script and records requests. It uses no network and no clock.
//!
//! The service crates include this file by its path.

pub(crate) mod outcomes;
pub(crate) mod unread;

use std::{
    collections::VecDeque,
    fmt,
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyprofile_core::async_trait;
use anyprofile_http::{ResponseBody, Transport, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Serialize, de::DeserializeOwned};

/// What the transport does with a request.
pub(crate) enum Step {
    Response(Response),
    Fail(TransportErrorKind),
    /// Never responds.
    Hang,
}

/// A response that a test builds.
#[derive(Clone, Default)]
pub(crate) struct Response {
    status: u16,
    headers: HeaderMap,
    body: Vec<Bytes>,
    streamed: bool,
    broken: bool,
    delay: Duration,
    every: Duration,
}

pub(crate) fn response(status: u16) -> Response {
    Response { status, ..Response::default() }
}

/// Creates a response with a JSON text.
pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Response {
    response(status).header("content-type", "application/json").body(body)
}

/// Creates a response with a web page.
pub(crate) fn page(status: u16) -> Response {
    response(status)
        .header("content-type", "text/html; charset=UTF-8")
        .body("<!DOCTYPE html><html><title>Blocked</title></html>")
}

impl Response {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = vec![body.into()];
        self
    }

    /// Sets a body in chunks.
    pub(crate) fn chunks(mut self, chunks: impl IntoIterator<Item = impl Into<Bytes>>) -> Self {
        self.body = chunks.into_iter().map(Into::into).collect();
        self.streamed = true;
        self
    }

    /// Breaks the connection after the chunks.
    pub(crate) fn broken(mut self) -> Self {
        self.streamed = true;
        self.broken = true;
        self
    }

    /// Delays each chunk.
    pub(crate) fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// Delays the response.
    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

impl From<Response> for Step {
    fn from(response: Response) -> Self {
        Self::Response(response)
    }
}

/// A request that the transport received.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// The time since the transport was created, by Tokio's clock.
    pub(crate) at: Duration,
}

impl Sent {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Returns the path and query.
    pub(crate) fn target(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.find('/').map_or("/", |start| &rest[start..])
    }

    /// Returns the request as text, with its headers sorted by name.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.url);
        let mut headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        headers.sort_unstable();
        for (name, value) in headers {
            writeln!(text, "{name}: {value}").unwrap();
        }
        if !self.body.is_empty() {
            writeln!(text, "\n{}", self.body).unwrap();
        }
        text
    }
}

type Reply = dyn FnMut(&Sent) -> Step + Send;

/// A transport that responds from a script.
pub(crate) struct Script {
    reply: Mutex<Box<Reply>>,
    sent: Mutex<Vec<Sent>>,
    began: tokio::time::Instant,
}

impl Script {
    /// Creates a transport that responds with these in turn. A further request fails the test.
    pub(crate) fn of(steps: impl IntoIterator<Item = impl Into<Step>>) -> Arc<Self> {
        let mut steps: VecDeque<Step> = steps.into_iter().map(Into::into).collect();
        Self::by(move |sent| {
            steps.pop_front().unwrap_or_else(|| panic!("not expected: {} {}", sent.method, sent.url))
        })
    }

    /// Creates a transport on which every request fails the test.
    pub(crate) fn silent() -> Arc<Self> {
        Self::of(Vec::<Step>::new())
    }

    /// Creates a transport that responds as the function says.
    pub(crate) fn by(reply: impl FnMut(&Sent) -> Step + Send + 'static) -> Arc<Self> {
        Arc::new(Self {
            reply: Mutex::new(Box::new(reply)),
            sent: Mutex::new(Vec::new()),
            began: tokio::time::Instant::now(),
        })
    }

    /// Returns the requests so far.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// Returns the method and target of each request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.sent().iter().map(|sent| format!("{} {}", sent.method, sent.target())).collect()
    }

    /// Returns the only request that is not a GET.
    pub(crate) fn only_write(&self) -> Sent {
        let mut writes = self.sent();
        writes.retain(|sent| sent.method != "GET");
        assert_eq!(writes.len(), 1, "one write was expected");
        writes.remove(0)
    }

    /// Returns the only request.
    pub(crate) fn only(&self) -> Sent {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "one request was expected");
        sent.remove(0)
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Script(..)")
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let (parts, body) = request.into_parts();
        let sent = Sent {
            method: parts.method.to_string(),
            url: parts.uri.to_string(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
            at: self.began.elapsed(),
        };
        self.sent.lock().unwrap().push(sent.clone());
        let step = (self.reply.lock().unwrap())(&sent);
        let response = match step {
            Step::Response(response) => response,
            Step::Fail(kind) => return Err(TransportError::new(kind)),
            Step::Hang => std::future::pending().await,
        };
        if !response.delay.is_zero() {
            tokio::time::sleep(response.delay).await;
        }
        let body = if response.streamed {
            let end = response.broken.then(|| Err(TransportError::new(TransportErrorKind::Interrupted)));
            let chunks = response.body.into_iter().map(Ok).chain(end);
            let chunks = futures_util::stream::iter(chunks.collect::<Vec<_>>());
            ResponseBody::from_stream(futures_util::StreamExt::then(chunks, move |chunk| async move {
                if !response.every.is_zero() {
                    tokio::time::sleep(response.every).await;
                }
                chunk
            }))
        } else {
            ResponseBody::from_bytes(response.body.concat())
        };
        let mut sent = http::Response::new(body);
        *sent.status_mut() = http::StatusCode::from_u16(response.status).unwrap();
        *sent.headers_mut() = response.headers;
        Ok(sent)
    }
}

/// Decodes a record. Checks that it serializes to the same JSON, and that its `Debug` shows nothing of a person.
pub(crate) fn read<T: DeserializeOwned + Serialize + fmt::Debug>(text: &str) -> T {
    let record: T = serde_json::from_str(text).unwrap();
    let again = serde_json::to_value(&record).unwrap();
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).unwrap());
    assert!(!format!("{record:?}").contains("example.com"), "{record:?}");
    record
}
