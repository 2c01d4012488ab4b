//! The log of requests and responses.

use std::collections::VecDeque;

use crate::exchange::Call;
use crate::route::Operation;
use crate::secrets::{HIDDEN, without_secrets};

const KEPT_REQUESTS: usize = 10_000;
const KEPT_BODY_BYTES: usize = 64 * 1024;
const SECRET_HEADERS: [&str; 6] =
    ["authorization", "proxy-authorization", "x-api-key", "api-key", "cookie", "set-cookie"];

/// A request that the sandbox received, without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// `upsun`, `upsun-auth`, `probely`, `anthropic`, `scim`, or `none` at another port.
    pub service: &'static str,
    /// The service's own operation id, or `unknown`.
    pub operation: &'static str,
    /// Whether the operation is one that writes. A `POST` that only reads is not.
    pub write: bool,
    /// Whether it is a write that was carried out, regardless of the response that a fault made.
    pub took_effect: bool,
    /// The method.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// The query without its question mark, as sent.
    pub query: String,
    /// The headers in the order of the request, with names in lower case. The value of a credential is
    /// `(hidden)`.
    pub headers: Vec<(String, String)>,
    /// The body as text, truncated to 64 KiB. A password or token in it is `(hidden)`, and a file is replaced
    /// by its size.
    pub body: String,
    /// The status of the response; 0 while there is none, and if the client did not wait for it or a fault
    /// closed the connection.
    pub status: u16,
}

impl RecordedRequest {
    pub(crate) fn new(service: &'static str, operation: Operation, call: &Call) -> Self {
        let headers = call.headers.iter().map(|(name, value)| {
            let value = if SECRET_HEADERS.contains(&name.as_str()) {
                HIDDEN.to_owned()
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.as_str().to_owned(), value)
        });
        Self {
            service,
            operation: operation.id,
            write: operation.writes,
            took_effect: false,
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.raw_query.clone(),
            headers: headers.collect(),
            body: body_text(call),
            status: 0,
        }
    }
}

fn body_text(call: &Call) -> String {
    // Secrets are removed before the body is truncated: a truncated body might hide that it contains one.
    let mut text = without_secrets(call.header("content-type"), &call.body);
    if text.len() > KEPT_BODY_BYTES {
        let end = (0..=KEPT_BODY_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.shrink_to_fit();
    }
    text
}

/// The most recent requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    requests: VecDeque<RecordedRequest>,
    /// The number of the oldest recorded request. Numbers are unique.
    oldest: u64,
}

impl Recorder {
    /// Records a request and returns its number.
    pub(crate) fn push(&mut self, request: RecordedRequest) -> u64 {
        if self.requests.len() == KEPT_REQUESTS {
            self.requests.pop_front();
            self.oldest += 1;
        }
        self.requests.push_back(request);
        self.oldest + u64::try_from(self.requests.len()).unwrap_or(0) - 1
    }

    pub(crate) fn set_status(&mut self, number: u64, status: u16) {
        if let Some(request) = self.find(number) {
            request.status = status;
        }
    }

    /// Records that the service has carried out the request.
    pub(crate) fn set_effect(&mut self, number: u64) {
        if let Some(request) = self.find(number) {
            request.took_effect = request.write;
        }
    }

    fn find(&mut self, number: u64) -> Option<&mut RecordedRequest> {
        let place = number.checked_sub(self.oldest).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| self.requests.get_mut(place))
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn take(&mut self) -> Vec<RecordedRequest> {
        self.oldest += u64::try_from(self.requests.len()).unwrap_or(0);
        self.requests.drain(..).collect()
    }

    pub(crate) fn clear(&mut self) {
        drop(self.take());
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method};

    use crate::exchange::Query;

    use super::*;

    fn request(path: &str) -> RecordedRequest {
        request_with(path, "application/x-www-form-urlencoded", "grant_type=api_token&api_token=secret")
    }

    fn request_with(path: &str, content_type: &str, body: &str) -> RecordedRequest {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "JWT secret".parse().expect("a header"));
        headers.insert("content-type", content_type.parse().expect("a header"));
        let call = Call {
            method: Method::POST,
            path: path.to_owned(),
            raw_query: String::new(),
            query: Query::default(),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
            request_id: String::new(),
        };
        RecordedRequest::new("upsun-auth", Operation { id: "oauth2-token", writes: false }, &call)
    }

    #[test]
    fn no_credential_is_kept() {
        let recorded = request("/oauth2/token");
        assert!(!format!("{recorded:?}").contains("secret"), "{recorded:?}");
        assert_eq!(recorded.body, "grant_type=api_token&api_token=(hidden)");
    }

    #[test]
    fn a_long_body_is_cut_after_its_secrets_were_hidden() {
        let long = "ü".repeat(KEPT_BODY_BYTES);
        let recorded =
            request_with("/", "application/json", &format!("{{\"a\":\"x{long}\",\"password\":\"secret\"}}"));
        assert!(recorded.body.len() <= KEPT_BODY_BYTES && recorded.body.len() > KEPT_BODY_BYTES - 4);
        let recorded =
            request_with("/", "application/json", &format!("{{\"password\":\"secret\",\"z\":\"{long}"));
        assert_eq!(recorded.body, HIDDEN);
    }

    #[test]
    fn only_the_newest_are_kept_and_numbers_survive_it() {
        let mut recorder = Recorder::default();
        let first = recorder.push(request("/0"));
        for n in 1..=KEPT_REQUESTS {
            recorder.push(request(&format!("/{n}")));
        }
        recorder.set_status(first, 200);
        let all = recorder.all();
        assert_eq!((all.len(), all[0].path.as_str(), all[0].status), (KEPT_REQUESTS, "/1", 0));
        assert_eq!(recorder.take().len(), KEPT_REQUESTS);
        assert!(recorder.all().is_empty());
        let next = recorder.push(request("/next"));
        recorder.set_status(next, 204);
        assert_eq!(recorder.all()[0].status, 204);
    }
}
