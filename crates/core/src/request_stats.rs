//! The cost of a response.

use std::{ops::AddAssign, time::Duration};

use serde::{Serialize, Serializer};

/// The cost of a response: requests, attempts and waiting time.
///
/// ```
/// use std::time::Duration;
///
/// use anyprofile_core::RequestStats;
///
/// let mut stats = RequestStats::new(1, Duration::ZERO);
/// // A second request, sent three times.
/// stats += RequestStats::new(3, Duration::from_secs(2));
/// assert_eq!((stats.requests, stats.attempts, stats.waited), (2, 4, Duration::from_secs(2)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestStats {
    /// The number of requests; a repeated request counts once.
    pub requests: u32,
    /// The number of attempts; each repetition counts.
    pub attempts: u32,
    /// The time spent waiting between attempts and for the rate limit of the service. If several requests of an
    /// account wait at the same time, that time counts for one of them, so that a sum is elapsed time. Serialized in
    /// milliseconds.
    #[serde(rename = "waited_milliseconds", serialize_with = "milliseconds")]
    pub waited: Duration,
}

impl RequestStats {
    /// Creates the stats of one request; of none if there was no attempt.
    pub const fn new(attempts: u32, waited: Duration) -> Self {
        Self { requests: if attempts > 0 { 1 } else { 0 }, attempts, waited }
    }
}

/// Adds the costs of several requests.
impl AddAssign for RequestStats {
    fn add_assign(&mut self, other: Self) {
        self.requests = self.requests.saturating_add(other.requests);
        self.attempts = self.attempts.saturating_add(other.attempts);
        self.waited = self.waited.saturating_add(other.waited);
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde requires a reference")]
pub(crate) fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
