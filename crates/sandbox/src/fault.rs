//! Answers that the sandbox gives instead of the right one, on purpose.

use std::ops::{Bound, RangeBounds};
use std::time::Duration;

use serde_json::json;

use crate::exchange::Reply;

/// The operations that list: what the named faults act on.
const LISTINGS: [&str; 3] = ["list-profiles", "users-list", "BetaListUserProfiles"];
const NAMES: [&str; 3] = ["rate-limited-once", "unavailable-once", "html-with-200"];

/// Something that goes wrong with an operation, at certain requests to it.
///
/// A fault counts the requests to its operation from the moment it was added, so the same requests
/// always meet the same fault. It acts before the credential is looked at, as a gateway would.
///
/// ```
/// use std::time::Duration;
/// use anyprofile_sandbox::Fault;
///
/// let throttled = Fault::new("users-list").first(2).respond(429).header("Retry-After", "1");
/// let slow = Fault::new("oauth2-token").delay(Duration::from_millis(200));
/// let third_page = Fault::new("list-profiles").on_attempts(3..=3).respond(502).body("<html>");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Fault {
    operation: String,
    first: u64,
    last: u64,
    delay: Duration,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: String,
}

impl Fault {
    /// A fault of the operation with this id (`"*"` for every operation), on every request to it.
    /// It does nothing until it is told to [`respond`](Self::respond) or to [`delay`](Self::delay).
    pub fn new(operation: impl Into<String>) -> Self {
        Self {
            operation: operation.into(),
            first: 1,
            last: u64::MAX,
            delay: Duration::ZERO,
            status: None,
            headers: Vec::new(),
            body: String::new(),
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
        self.status = Some(status);
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

/// What the faults of one request come to.
#[derive(Debug, Default)]
pub(crate) struct Effect {
    pub(crate) delay: Duration,
    pub(crate) reply: Option<Reply>,
}

/// The faults in force, each with the number of requests it has seen.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(Fault, u64)>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push((fault, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a request. Delays add up; of several answers the fault that was added first gives it.
    pub(crate) fn strike(&mut self, operation: &str, request_id: &str) -> Effect {
        let mut effect = Effect::default();
        for (fault, seen) in &mut self.0 {
            if fault.operation != operation && fault.operation != "*" {
                continue;
            }
            *seen += 1;
            if !(fault.first..=fault.last).contains(seen) {
                continue;
            }
            effect.delay = effect.delay.saturating_add(fault.delay);
            if effect.reply.is_none()
                && let Some(status) = fault.status
            {
                let body = fault.body.replace("{request_id}", request_id).into_bytes();
                effect.reply = Some(Reply { status, headers: fault.headers.clone(), body });
            }
        }
        effect
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(faults: &mut Faults, operation: &str, requests: usize) -> Vec<Option<u16>> {
        (0..requests).map(|_| faults.strike(operation, "r").reply.map(|reply| reply.status)).collect()
    }

    #[test]
    fn a_fault_acts_on_its_attempts_only() {
        let mut faults = Faults::default();
        faults.add(Fault::new("a").on_attempts(2..4).respond(503));
        faults.add(Fault::new("a").first(1).respond(429));
        assert_eq!(statuses(&mut faults, "b", 2), [None, None]);
        assert_eq!(statuses(&mut faults, "a", 4), [Some(429), Some(503), Some(503), None]);
    }

    #[test]
    fn a_delay_alone_leaves_the_answer_as_it_is_and_delays_add_up() {
        let mut faults = Faults::default();
        faults.add(Fault::new("*").delay(Duration::from_millis(1)));
        faults.add(Fault::new("a").delay(Duration::from_millis(2)));
        let effect = faults.strike("a", "r");
        assert_eq!(effect.delay, Duration::from_millis(3));
        assert!(effect.reply.is_none());
    }

    #[test]
    fn every_name_stands_for_faults_of_all_listings() {
        for name in Fault::names() {
            let faults = Fault::named(name).expect("a known name");
            assert_eq!(faults.iter().map(|fault| fault.operation.as_str()).collect::<Vec<_>>(), LISTINGS);
        }
        assert!(Fault::named("nonesuch").is_none());
    }

    #[test]
    fn the_request_id_is_put_into_the_body() {
        let mut faults = Faults::default();
        faults.add(Fault::new("a").respond(500).body("id={request_id}"));
        let reply = faults.strike("a", "req_1").reply.expect("an answer");
        assert_eq!(reply.body, b"id=req_1");
    }
}
