//! What a response took.

use std::{ops::AddAssign, time::Duration};

use serde::{Serialize, Serializer};

/// What it took to get a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestStats {
    /// Requests, each counted once however often it was repeated.
    pub requests: u32,
    /// Requests that were sent, the repeated ones included.
    pub attempts: u32,
    /// Time spent waiting between attempts, and for a pace that the service asks for. A moment in which several requests of
    /// an account wait is counted with one of them, so that a sum is time that passed. In JSON: milliseconds.
    #[serde(rename = "waited_milliseconds", serialize_with = "milliseconds")]
    pub waited: Duration,
}

impl RequestStats {
    /// One request with so many attempts and so much waiting between them; none if there was no attempt.
    pub const fn new(attempts: u32, waited: Duration) -> Self {
        Self { requests: if attempts > 0 { 1 } else { 0 }, attempts, waited }
    }
}

/// What one response took that needed several requests.
impl AddAssign for RequestStats {
    fn add_assign(&mut self, other: Self) {
        self.requests = self.requests.saturating_add(other.requests);
        self.attempts = self.attempts.saturating_add(other.attempts);
        self.waited = self.waited.saturating_add(other.waited);
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
pub(crate) fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
