//! The log of what was asked and answered.

use std::collections::VecDeque;

use crate::exchange::{Call, Query};

const KEPT_REQUESTS: usize = 10_000;
const KEPT_BODY_BYTES: usize = 64 * 1024;
const HIDDEN: &str = "(hidden)";
const SECRET_HEADERS: [&str; 6] =
    ["authorization", "proxy-authorization", "x-api-key", "api-key", "cookie", "set-cookie"];
const SECRET_FORM_FIELDS: [&str; 6] =
    ["api_token", "refresh_token", "access_token", "token", "password", "client_secret"];

/// One request that the sandbox got, without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// `upsun`, `upsun-auth`, `probely`, `anthropic`, or `none` outside their prefixes.
    pub service: &'static str,
    /// The service's own operation id, or `unknown`.
    pub operation: &'static str,
    /// The method.
    pub method: String,
    /// The path after the service's prefix, as sent.
    pub path: String,
    /// The query without its question mark, as sent.
    pub query: String,
    /// The headers in the order sent, names in lower case; a credential's value is `(hidden)`.
    pub headers: Vec<(String, String)>,
    /// The body as text, cut at 64 KiB; a credential in a form is `(hidden)`.
    pub body: String,
    /// The status answered; 0 while there is no answer, or when the client did not wait for it.
    pub status: u16,
}

impl RecordedRequest {
    pub(crate) fn new(service: &'static str, operation: &'static str, call: &Call) -> Self {
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
            operation,
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
    let kept = &call.body[..call.body.len().min(KEPT_BODY_BYTES)];
    let text = String::from_utf8_lossy(kept).into_owned();
    if !call.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    {
        return text;
    }
    let fields = Query::parse(&text);
    let shown = fields.pairs().map(|(name, value)| {
        format!("{name}={}", if SECRET_FORM_FIELDS.contains(&name) { HIDDEN } else { value })
    });
    shown.collect::<Vec<_>>().join("&")
}

/// The newest requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    requests: VecDeque<RecordedRequest>,
    /// The number of the oldest request kept; numbers are never given twice.
    oldest: u64,
}

impl Recorder {
    /// Keeps a request and answers its number.
    pub(crate) fn push(&mut self, request: RecordedRequest) -> u64 {
        if self.requests.len() == KEPT_REQUESTS {
            self.requests.pop_front();
            self.oldest += 1;
        }
        self.requests.push_back(request);
        self.oldest + u64::try_from(self.requests.len()).unwrap_or(0) - 1
    }

    pub(crate) fn set_status(&mut self, number: u64, status: u16) {
        let place = number.checked_sub(self.oldest).and_then(|place| usize::try_from(place).ok());
        if let Some(request) = place.and_then(|place| self.requests.get_mut(place)) {
            request.status = status;
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.oldest += u64::try_from(self.requests.len()).unwrap_or(0);
        self.requests.clear();
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method};

    use super::*;

    fn request(path: &str) -> RecordedRequest {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "JWT secret".parse().expect("a header"));
        headers.insert("content-type", "application/x-www-form-urlencoded".parse().expect("a header"));
        let call = Call {
            method: Method::POST,
            path: path.to_owned(),
            raw_query: String::new(),
            query: Query::default(),
            headers,
            body: Bytes::from_static(b"grant_type=api_token&api_token=secret"),
            request_id: String::new(),
        };
        RecordedRequest::new("upsun-auth", "oauth2-token", &call)
    }

    #[test]
    fn no_credential_is_kept() {
        let kept = request("/oauth2/token");
        assert!(!format!("{kept:?}").contains("secret"), "{kept:?}");
        assert_eq!(kept.body, "grant_type=api_token&api_token=(hidden)");
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
        recorder.clear();
        let next = recorder.push(request("/next"));
        recorder.set_status(next, 204);
        assert_eq!(recorder.all()[0].status, 204);
    }
}
