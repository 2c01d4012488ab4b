//! Answers that the sandbox gives instead of the right one, on purpose.

use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::delivery::Delivery;
use crate::server::is_operation;

/// Something that goes wrong with an operation, at certain requests to it.
///
/// A fault counts the requests to its operation from the moment it was added, so the same requests
/// always meet the same fault. What comes [instead](Self::respond) of the right answer comes before the
/// credential is looked at, as a gateway would answer, and the service never sees the request; but
/// [`after_effect`](Self::after_effect) lets the service act first. What becomes of the right answer
/// ([`edit`](Self::edit), [`rewrite`](Self::rewrite), [`reset_mid_body`](Self::reset_mid_body) and the like) always
/// comes after it, and only of a success.
///
/// ```
/// use std::time::Duration;
/// use anyprofile_sandbox::Fault;
///
/// let throttled = Fault::new("users_list").first(2).respond(429).header("Retry-After", "1");
/// let slow = Fault::new("oauth2-token").delay(Duration::from_millis(200));
/// let third_page = Fault::new("list-profiles").on_attempts(3..=3).respond(502).body("<html>");
/// // A user is made, and whoever asked for it never learns of it.
/// let lost = Fault::new("users_create").first(1).drop_connection().after_effect();
/// let lying = Fault::new("users_list").edit(|page, _| page["count"] = 7.into());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Fault {
    /// The prefix of the service, where only its requests are meant.
    pub(crate) service: Option<&'static str>,
    pub(crate) operation: String,
    /// Whether only requests that write are meant.
    pub(crate) of_writes: bool,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) delay: Duration,
    pub(crate) instead: Option<Instead>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) after_effect: bool,
    pub(crate) misreading: Misreading,
    pub(crate) change: ResponseChange,
}

/// Stands for every operation.
pub(crate) const EVERY_OPERATION: &str = "*";

/// What the service takes the request for, and what happens in front of it.
#[derive(Clone, Default)]
pub(crate) struct Misreading {
    /// What becomes of the query.
    pub(crate) query: Option<Arc<Reread>>,
    /// Whether another profile is read or written than the path names.
    pub(crate) is_for_another: bool,
    /// Whether somebody is deleted and somebody else made first.
    pub(crate) swaps_person: bool,
}

type Reread = dyn Fn(&str) -> String + Send + Sync;

impl fmt::Debug for Misreading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Misreading")
            .field("query", &self.query.is_some())
            .field("is_for_another", &self.is_for_another)
            .field("swaps_person", &self.swaps_person)
            .finish()
    }
}

/// What comes instead of the right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    Status(u16),
    Nothing,
    Refusal,
}

/// What becomes of the right answer.
#[derive(Clone, Default)]
pub(crate) struct ResponseChange {
    pub(crate) edit: Option<Arc<Edit>>,
    pub(crate) rewrite: Option<Arc<Rewrite>>,
    pub(crate) delivery: Delivery,
    pub(crate) headers: Vec<(String, String)>,
}

type Edit = dyn Fn(&mut Value, u64, &str) + Send + Sync;
type Rewrite = dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync;

impl fmt::Debug for ResponseChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ResponseChange")
            .field("edit", &self.edit.is_some())
            .field("rewrite", &self.rewrite.is_some())
            .field("delivery", &self.delivery)
            .field("headers", &self.headers)
            .finish()
    }
}

impl Fault {
    /// A fault of the operation with this id (`"*"` for every operation), on every request to it.
    /// It does nothing until it is told what.
    ///
    /// # Panics
    /// If no service of the sandbox has such an operation: the fault would never strike, and whatever it is to show would
    /// seem to be so.
    #[allow(clippy::panic, reason = "it is written by who writes a test, and wrong before anything runs")]
    pub fn new(operation: impl Into<String>) -> Self {
        let operation = operation.into();
        assert!(
            operation == EVERY_OPERATION || is_operation(&operation),
            "no service of the sandbox has an operation '{operation}'"
        );
        Self {
            service: None,
            operation,
            of_writes: false,
            first: 1,
            last: u64::MAX,
            delay: Duration::ZERO,
            instead: None,
            headers: Vec::new(),
            body: Vec::new(),
            after_effect: false,
            misreading: Misreading::default(),
            change: ResponseChange::default(),
        }
    }

    /// Acts only on requests to one service, by the prefix of its paths (`upsun`, `upsun-auth`, `probely`, `anthropic`):
    /// of use with the operation `"*"`.
    pub fn at_service(mut self, service: &'static str) -> Self {
        self.service = Some(service);
        self
    }

    /// Acts only on requests that write, and counts no others: of use with the operation `"*"`.
    pub fn of_writes(mut self) -> Self {
        self.of_writes = true;
        self
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

    /// Closes the connection without any response; the request's status in the log stays 0.
    pub fn drop_connection(mut self) -> Self {
        self.instead = Some(Instead::Nothing);
        self
    }

    /// Refuses the connection: nothing is sent by it. Over a socket it is closed, since what is asked for is known only when
    /// it was accepted; [`Sandbox::call`](crate::Sandbox::call) tells the two apart.
    pub fn refuse_connection(mut self) -> Self {
        self.instead = Some(Instead::Refusal);
        self
    }

    /// Never answers.
    pub fn stall(self) -> Self {
        // A century: long enough for anybody, and no overflow when delays add up.
        self.drop_connection().delay(Duration::from_secs(100 * 365 * 86_400))
    }

    /// Lets the service do what was asked, and acts then: whoever asked for a write sees it fail or time
    /// out although it was carried out. The response is replaced whatever it was, so a `body` of one's own
    /// also shows a success in another form.
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }

    /// Adds a header to the response: to the one that comes instead, and where there is none to the right one. One that
    /// HTTP cannot carry is left out.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The response's body, empty by default; `{request_id}` in it becomes the response's request id, and `{credential}` the
    /// credential that the request came with.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Waits before the response: before the right one, if there is no [`respond`](Self::respond).
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Lets the service read another query than was sent, as one does that does not know a parameter or takes it for
    /// something else. The query comes and goes without its question mark, percent-encoded.
    pub fn misread_query(mut self, read: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        self.misreading.query = Some(Arc::new(read));
        self
    }

    /// Lets the service read or write another profile than the one that the path names, and answer as if that one had been
    /// asked for. Requests whose path names no profile are as they were.
    pub fn for_another_profile(mut self) -> Self {
        self.misreading.is_for_another = true;
        self
    }

    /// Deletes somebody who is listed early and makes somebody else who is listed last, before the service acts. Nothing
    /// happens at a service whose lists cannot move thereby.
    pub fn swap_person(mut self) -> Self {
        self.misreading.swaps_person = true;
        self
    }

    /// Changes the right response's JSON; the number is that of the request to the operation, from 1.
    pub fn edit(self, edit: impl Fn(&mut Value, u64) + Send + Sync + 'static) -> Self {
        self.edit_by_query(move |value, number, _| edit(value, number))
    }

    /// The same, and told the query as it was sent.
    pub(crate) fn edit_by_query(
        mut self,
        edit: impl Fn(&mut Value, u64, &str) + Send + Sync + 'static,
    ) -> Self {
        self.change.edit = Some(Arc::new(edit));
        self
    }

    /// Changes the right response's bytes.
    pub fn rewrite(mut self, rewrite: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        self.change.rewrite = Some(Arc::new(rewrite));
        self
    }

    /// Resets the connection after half of the right response's body.
    pub fn reset_mid_body(self) -> Self {
        self.deliver(Delivery::Reset)
    }

    /// Closes the connection after half of the right response's body, whose whole length was declared.
    pub fn close_mid_body(self) -> Self {
        self.deliver(Delivery::Short)
    }

    /// Sends half of the right response's body, and nothing more.
    pub fn stall_mid_body(self) -> Self {
        self.deliver(Delivery::Stalled)
    }

    /// Sends the right response's body in so many chunks, and waits before each.
    pub fn drip(self, chunks: usize, every: Duration) -> Self {
        self.deliver(Delivery::Dripping { chunks, every })
    }

    /// Whether it replaces the response by one that is no word about what was done.
    pub(crate) fn can_follow_effect(&self) -> bool {
        self.operation != "oauth2-token"
            && match self.instead {
                Some(Instead::Nothing | Instead::Status(200..=299 | 408 | 500..=599)) => true,
                Some(Instead::Refusal | Instead::Status(_)) | None => false,
            }
    }

    /// The fault of every operation of a service in place of one, and of the first request where it was of the second.
    pub(crate) fn everywhere(mut self, service: &'static str) -> Self {
        if self.operation != "oauth2-token" {
            EVERY_OPERATION.clone_into(&mut self.operation);
            self.service = Some(service);
            self.last = self.last.saturating_sub(u64::from(self.last != u64::MAX && self.first == 2));
            self.first = self.first.min(1);
        }
        self
    }

    fn deliver(mut self, delivery: Delivery) -> Self {
        self.change.delivery = delivery;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "no service of the sandbox has an operation 'users-list'")]
    fn a_fault_of_an_operation_that_there_is_not_is_refused_at_once() {
        let _ = Fault::new("users-list");
    }
}
