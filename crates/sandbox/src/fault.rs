//! Faults: responses that the sandbox returns instead of the right one, on purpose.

use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::delivery::Delivery;
use crate::schedule::Words;
use crate::server::is_operation;

/// A fault of an operation, for some or all requests to it.
///
/// A fault counts the requests to its operation from the moment it is added, so the same requests always get
/// the same fault. A [`respond`](Self::respond) replaces the right response before the credential is checked,
/// like a gateway, and the service does not see the request; with [`after_effect`](Self::after_effect) the
/// service acts first. A change of the right response ([`edit`](Self::edit), [`rewrite`](Self::rewrite),
/// [`reset_mid_body`](Self::reset_mid_body) and others) always happens after the service has acted, and only
/// to successful responses.
///
/// ```
/// use std::time::Duration;
/// use anyprofile_sandbox::Fault;
///
/// let throttled = Fault::new("users_list").first(2).respond(429).header("Retry-After", "1");
/// let slow = Fault::new("oauth2-token").delay(Duration::from_millis(200));
/// let third_page = Fault::new("list-profiles").on_attempts(3..=3).respond(502).body("<html>");
/// // The user is created, but the client never learns of it.
/// let lost = Fault::new("users_create").first(1).drop_connection().after_effect();
/// let lying = Fault::new("users_list").edit(|page, _| page["count"] = 7.into());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Fault {
    /// The name of the server, if the fault is limited to one.
    pub(crate) service: Option<&'static str>,
    pub(crate) operation: String,
    /// Whether only requests that write count.
    pub(crate) of_writes: bool,
    /// Which requests count, by what they say.
    pub(crate) condition: Option<Condition>,
    /// Whether the operation is the point of the fault, which therefore cannot be one of every operation.
    pub(crate) is_of_one_operation: bool,
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

/// A condition over a request.
pub(crate) type Condition = fn(&Words<'_>) -> bool;

/// How the service misreads the request, and what happens before the request.
#[derive(Clone, Default)]
pub(crate) struct Misreading {
    /// Changes the query.
    pub(crate) query: Option<Arc<Reread>>,
    /// Whether another profile is read or written than the path names.
    pub(crate) is_for_another: bool,
    /// Whether a write is read as the request for the record that it would change.
    pub(crate) is_read_only: bool,
    /// Whether one profile is deleted and another one created first.
    pub(crate) swaps_person: bool,
    /// Whether a profile is created first that is listed before all others.
    pub(crate) inserts_person: bool,
}

type Reread = dyn Fn(&str) -> String + Send + Sync;

impl fmt::Debug for Misreading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Misreading")
            .field("query", &self.query.is_some())
            .field("is_for_another", &self.is_for_another)
            .field("is_read_only", &self.is_read_only)
            .field("swaps_person", &self.swaps_person)
            .field("inserts_person", &self.inserts_person)
            .finish()
    }
}

/// The response that replaces the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    Status(u16),
    Nothing,
    Refusal,
}

/// A change of the right response.
#[derive(Clone, Default)]
pub(crate) struct ResponseChange {
    pub(crate) edit: Option<Arc<Edit>>,
    pub(crate) rewrite: Option<Arc<Rewrite>>,
    /// Whether the response becomes one without a body (204).
    pub(crate) is_without_content: bool,
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
            .field("is_without_content", &self.is_without_content)
            .field("delivery", &self.delivery)
            .field("headers", &self.headers)
            .finish()
    }
}

impl Fault {
    /// Creates a fault of the operation with this id (`"*"` for every operation), for every request to it. It
    /// has no effect until a response or change is added.
    ///
    /// # Panics
    /// Panics if no service of the sandbox has the operation: the fault would never occur, and a test would
    /// pass for the wrong reason.
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
            condition: None,
            is_of_one_operation: false,
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

    /// Limits the fault to requests to one service, by the name of its server (`upsun`, `upsun-auth`,
    /// `probely`, `anthropic`, `scim`). Useful with the operation `"*"`.
    pub fn at_service(mut self, service: &'static str) -> Self {
        self.service = Some(service);
        self
    }

    /// Limits the fault to requests that write, and counts only these. Useful with the operation `"*"`.
    pub fn of_writes(mut self) -> Self {
        self.of_writes = true;
        self
    }

    /// Limits the fault to requests that meet a condition, and counts only these.
    pub(crate) fn of_requests(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Keeps the fault one of its operation where others are widened to every operation.
    pub(crate) fn of_one_operation(mut self) -> Self {
        self.is_of_one_operation = true;
        self
    }

    /// Limits the fault to these requests. The first one has number 1.
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

    /// Limits the fault to the first `count` requests.
    pub fn first(self, count: u64) -> Self {
        self.on_attempts(1..=count)
    }

    /// Responds with this status instead of the right response. Statuses such as 204 should have no body.
    pub fn respond(mut self, status: u16) -> Self {
        self.instead = Some(Instead::Status(status));
        self
    }

    /// Closes the connection without a response. The status in the log of requests stays 0.
    pub fn drop_connection(mut self) -> Self {
        self.instead = Some(Instead::Nothing);
        self
    }

    /// Refuses the connection: nothing is sent over it. A socket is accepted and then closed, because the
    /// request is known only after that; [`Sandbox::call`](crate::Sandbox::call) distinguishes the two.
    pub fn refuse_connection(mut self) -> Self {
        self.instead = Some(Instead::Refusal);
        self
    }

    /// Never responds.
    pub fn stall(self) -> Self {
        // A century: long enough, and no overflow if delays add up.
        self.drop_connection().delay(Duration::from_secs(100 * 365 * 86_400))
    }

    /// Lets the service act before the fault does: a write fails or times out for the client although it was
    /// carried out. The response is always replaced, so a custom `body` can also show a success in another
    /// format.
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }

    /// Adds a header to the replacing response, or to the right response if there is none. A header that is
    /// invalid in HTTP is omitted.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body of the response, which is empty by default. `{request_id}` in it is replaced by the
    /// response's request id, and `{credential}` by the credential of the request.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Delays the response: the right one, if there is no [`respond`](Self::respond).
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Lets the service read another query than the one that was sent, like a service that does not know a
    /// parameter or misunderstands it. The query has no question mark and is percent-encoded.
    pub fn misread_query(mut self, read: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        self.misreading.query = Some(Arc::new(read));
        self
    }

    /// Lets the service read or write another profile than the one in the path, and respond as if that one
    /// had been requested, also if the request names a version. Requests without a profile in the path are
    /// unchanged.
    pub fn for_another_profile(mut self) -> Self {
        self.misreading.is_for_another = true;
        self
    }

    /// Lets the service carry out nothing, and respond as if the record had been requested: a write appears to
    /// succeed, and the response shows the old record.
    pub fn without_effect(mut self) -> Self {
        self.misreading.is_read_only = true;
        self
    }

    /// Deletes a profile that is listed early and creates another one that is listed last, before the service
    /// acts. Has no effect at a service whose lists do not move.
    pub fn swap_person(mut self) -> Self {
        self.misreading.swaps_person = true;
        self
    }

    /// Creates a profile that is listed first, before the service acts, so that all others move. Has no effect at
    /// a service whose lists do not move like this: all but SCIM.
    pub fn insert_person(mut self) -> Self {
        self.misreading.inserts_person = true;
        self
    }

    /// Changes the JSON of the right response. The number is that of the request to the operation, from 1.
    pub fn edit(self, edit: impl Fn(&mut Value, u64) + Send + Sync + 'static) -> Self {
        self.edit_by_query(move |value, number, _| edit(value, number))
    }

    /// Changes the JSON of the right response, with the query as it was sent.
    pub(crate) fn edit_by_query(
        mut self,
        edit: impl Fn(&mut Value, u64, &str) + Send + Sync + 'static,
    ) -> Self {
        self.change.edit = Some(Arc::new(edit));
        self
    }

    /// Changes the bytes of the right response.
    pub fn rewrite(mut self, rewrite: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        self.change.rewrite = Some(Arc::new(rewrite));
        self
    }

    /// Sends 204 without a body instead of the right response.
    pub fn without_content(mut self) -> Self {
        self.change.is_without_content = true;
        self
    }

    /// Resets the connection after half of the right response's body.
    pub fn reset_mid_body(self) -> Self {
        self.deliver(Delivery::Reset)
    }

    /// Closes the connection after half of the right response's body. The whole length was declared.
    pub fn close_mid_body(self) -> Self {
        self.deliver(Delivery::Short)
    }

    /// Sends half of the right response's body, and nothing more.
    pub fn stall_mid_body(self) -> Self {
        self.deliver(Delivery::Stalled)
    }

    /// Sends the right response's body in a number of chunks, with a delay before each.
    pub fn drip(self, chunks: usize, every: Duration) -> Self {
        self.deliver(Delivery::Dripping { chunks, every })
    }

    /// Returns whether the fault replaces the response by one that does not tell whether the service acted.
    pub(crate) fn can_follow_effect(&self) -> bool {
        self.operation != "oauth2-token"
            && match self.instead {
                // 501 says that the service cannot act.
                Some(Instead::Nothing | Instead::Status(200..=299 | 408 | 500 | 502..=599)) => true,
                Some(Instead::Refusal | Instead::Status(_)) | None => false,
            }
    }

    /// Widens the fault to every operation of a service, and a fault of the second request to the first.
    pub(crate) fn everywhere(mut self, service: &'static str) -> Self {
        if self.operation != "oauth2-token" && !self.is_of_one_operation {
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
