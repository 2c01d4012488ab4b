//! Answers that the sandbox gives instead of the right one, on purpose.

use std::ops::{Bound, RangeBounds};
use std::time::Duration;

use serde_json::json;

/// The operations that list: what the named faults act on.
const LISTINGS: [&str; 3] = ["list-profiles", "users-list", "BetaListUserProfiles"];
const NAMES: [&str; 3] = ["rate-limited-once", "unavailable-once", "html-with-200"];

/// Something that goes wrong with an operation, at certain requests to it.
///
/// A fault counts the requests to its operation from the moment it was added, so the same requests
/// always meet the same fault. It acts before the credential is looked at, as a gateway would, and the
/// service never sees the request; but [`after_effect`](Self::after_effect) lets the service act first.
///
/// ```
/// use std::time::Duration;
/// use anyprofile_sandbox::Fault;
///
/// let throttled = Fault::new("users-list").first(2).respond(429).header("Retry-After", "1");
/// let slow = Fault::new("oauth2-token").delay(Duration::from_millis(200));
/// let third_page = Fault::new("list-profiles").on_attempts(3..=3).respond(502).body("<html>");
/// // A user is made, and whoever asked for it never learns of it.
/// let lost = Fault::new("users-create").first(1).drop_connection().after_effect();
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Fault {
    pub(crate) operation: String,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) delay: Duration,
    pub(crate) instead: Option<Instead>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) after_effect: bool,
}

/// What comes instead of the right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    Status(u16),
    Nothing,
}

impl Fault {
    /// A fault of the operation with this id (`"*"` for every operation), on every request to it.
    /// It does nothing until it is told to [`respond`](Self::respond), to [`delay`](Self::delay) or to
    /// [`drop_connection`](Self::drop_connection).
    pub fn new(operation: impl Into<String>) -> Self {
        Self {
            operation: operation.into(),
            first: 1,
            last: u64::MAX,
            delay: Duration::ZERO,
            instead: None,
            headers: Vec::new(),
            body: String::new(),
            after_effect: false,
        }
    }

    /// Acts only on these requests; the first one is number 1.
    pub fn on_attempts(mut self, attempts: impl RangeBounds<u64>) -> Self {
        self.first = match attempts.start_bound() {
            Bound::Included(first) => *first,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 1,
        };
        self.last = match attempts.end_bound() {
            Bound::Included(last) => *last,
            Bound::Excluded(after) => after.saturating_sub(1),
            Bound::Unbounded => u64::MAX,
        };
        self
    }

    /// Acts only on the first `count` requests.
    pub fn first(self, count: u64) -> Self {
        self.on_attempts(1..=count)
    }

    /// Answers with this status instead of the right answer. 204 and the like should have no body.
    pub fn respond(mut self, status: u16) -> Self {
        self.instead = Some(Instead::Status(status));
        self
    }

    /// Closes the connection without any answer; the request's status in the log stays 0.
    pub fn drop_connection(mut self) -> Self {
        self.instead = Some(Instead::Nothing);
        self
    }

    /// Lets the service do what was asked, and acts then: whoever asked for a write sees it fail or time
    /// out although it was carried out. The answer is replaced whatever it was, so a `body` of one's own
    /// also shows a success in another form.
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }

    /// Adds a header to the answer. One that HTTP cannot carry is left out.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The answer's body, empty by default; `{request_id}` in it becomes the answer's request id.
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// Waits before the answer: before the right one, if there is no [`respond`](Self::respond).
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The names that [`named`](Self::named) knows.
    pub fn names() -> &'static [&'static str] {
        &NAMES
    }

    /// The faults behind a name, for all three services' listings:
    ///
    /// - `rate-limited-once`: the first request is answered 429 with `Retry-After: 1`
    /// - `unavailable-once`: the first request is answered 503
    /// - `html-with-200`: every request is answered 200 with a page of HTML
    pub fn named(name: &str) -> Option<Vec<Fault>> {
        let make: fn(&'static str) -> Fault = match name {
            "rate-limited-once" => |operation| {
                let body = error_body(operation, "rate_limit_error", "Request was throttled.");
                json_fault(operation, 429, body).first(1).header("retry-after", "1")
            },
            "unavailable-once" => |operation| {
                let body = error_body(operation, "api_error", "Service temporarily unavailable.");
                json_fault(operation, 503, body).first(1)
            },
            "html-with-200" => |operation| {
                Fault::new(operation)
                    .respond(200)
                    .header("content-type", "text/html; charset=utf-8")
                    .body("<!DOCTYPE html><html><head><title>One moment</title></head><body></body></html>")
            },
            _ => return None,
        };
        Some(LISTINGS.into_iter().map(make).collect())
    }
}

fn json_fault(operation: &str, status: u16, body: String) -> Fault {
    Fault::new(operation).respond(status).header("content-type", "application/json").body(body)
}

/// An error in the shape of the service that has this operation.
fn error_body(operation: &str, kind: &str, message: &str) -> String {
    let body = match operation {
        "users-list" => json!({"detail": message}),
        "list-profiles" => json!({"error": message}),
        _ => json!({
            "type": "error",
            "error": {"type": kind, "message": message},
            "request_id": "{request_id}",
        }),
    };
    body.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_for_faults_of_all_listings() {
        for name in Fault::names() {
            let faults = Fault::named(name).expect("a known name");
            assert_eq!(faults.iter().map(|fault| fault.operation.as_str()).collect::<Vec<_>>(), LISTINGS);
        }
        assert!(Fault::named("nonesuch").is_none());
    }
}
