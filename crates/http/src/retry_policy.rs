//! Whether a failed attempt is retried, and when. Decisions are pure functions: no clock, no randomness, no network.

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderMap;

use crate::{TransportErrorKind, retry::may_pass};

/// The longest bound. Multiplying a duration near its maximum would panic.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Decides whether a failed attempt is retried, and when.
///
/// The default is [`ExponentialBackoff`] with an attempt limit. Some rules hold whatever a policy decides:
/// - A policy is called only for requests that may be repeated. A write whose outcome is unknown is never sent again.
/// - The account's [retry budget](crate::HttpOptions::retry_budget) applies, and a wait that would end after the operation's
///   deadline gives up.
/// - A request is sent again without calling the policy if a renewable token was refused (401), or if the server did not process it.
///
/// An implementation must not block. It is a function of its arguments, so a test can call it directly:
///
/// ```
/// use std::{sync::Arc, time::Duration};
///
/// use anyprofile_http::{
///     AttemptFailure, ExponentialBackoff, HeaderMap, HttpOptions, RetryContext, RetryDecision, RetryPolicy,
/// };
///
/// /// Retries like the default, except after 503.
/// #[derive(Debug)]
/// struct Considerate(ExponentialBackoff);
///
/// impl RetryPolicy for Considerate {
///     fn decide(&self, context: &RetryContext<'_>) -> RetryDecision {
///         match context.failure {
///             AttemptFailure::Status { status: 503, .. } => RetryDecision::GiveUp,
///             _ => self.0.decide(context),
///         }
///     }
/// }
///
/// let policy = Considerate(ExponentialBackoff::new())
///     .with_attempt_limit(5)
///     .with_time_limit(Duration::from_secs(30));
///
/// let headers = HeaderMap::new();
/// let failed = |status| RetryContext::new("users_list", AttemptFailure::Status { status, headers: &headers });
/// assert_eq!(policy.decide(&failed(503)), RetryDecision::GiveUp);
/// assert_eq!(policy.decide(&failed(502)), RetryDecision::RetryAfter(Duration::from_millis(250)));
/// assert_eq!(policy.decide(&failed(502).with_attempts(5)), RetryDecision::GiveUp);
///
/// let options = HttpOptions::default().with_retry_policy(Arc::new(policy));
/// # let _ = options;
/// ```
pub trait RetryPolicy: fmt::Debug + Send + Sync {
    /// Decides whether a failed attempt is retried, and when.
    fn decide(&self, context: &RetryContext<'_>) -> RetryDecision;

    /// Gives up after this many attempts, the first one included.
    fn with_attempt_limit(self, attempts: u32) -> AttemptLimit<Self>
    where
        Self: Sized,
    {
        AttemptLimit { policy: self, attempts }
    }

    /// Gives up if the next attempt would begin later than `limit` after the start of the operation.
    fn with_time_limit(self, limit: Duration) -> TimeLimit<Self>
    where
        Self: Sized,
    {
        TimeLimit { policy: self, limit }
    }
}

impl<P: RetryPolicy + ?Sized> RetryPolicy for Arc<P> {
    fn decide(&self, context: &RetryContext<'_>) -> RetryDecision {
        (**self).decide(context)
    }
}

/// The input of a retry decision.
///
/// ```
/// use std::time::Duration;
///
/// use anyprofile_http::{AttemptFailure, ExponentialBackoff, HeaderMap, RetryContext, RetryDecision, RetryPolicy};
///
/// // What would the policy do about a 429 with `Retry-After: 7`?
/// let headers = HeaderMap::new();
/// let failure = AttemptFailure::Status { status: 429, headers: &headers };
/// let context = RetryContext::new("users_list", failure).with_retry_after(Some(Duration::from_secs(7)));
/// assert!(context.failure.is_transient());
/// match ExponentialBackoff::new().decide(&context) {
///     RetryDecision::RetryAfter(wait) => assert!(wait >= Duration::from_secs(7)),
///     RetryDecision::GiveUp => unreachable!("it was the first attempt"),
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RetryContext<'a> {
    /// The service's name of the operation.
    pub operation: &'a str,
    /// How the attempt failed.
    pub failure: AttemptFailure<'a>,
    /// Attempts so far, this one included. A request that is sent again with a renewed token, or because the server did not process
    /// it, is not counted.
    pub attempts: u32,
    /// The wait that the service asks for: `retry-after-ms`, or `Retry-After` in seconds or as a date.
    pub retry_after: Option<Duration>,
    /// Time since the operation began.
    pub elapsed: Duration,
    /// Time until the operation's deadline.
    pub remaining: Duration,
    /// A random number in `0.0..1.0`, drawn for this decision.
    pub random: f64,
}

impl<'a> RetryContext<'a> {
    /// Creates a context for testing a policy: the first attempt failed immediately, the service asks for no wait, five minutes
    /// remain, and the random number is 0.5.
    pub fn new(operation: &'a str, failure: AttemptFailure<'a>) -> Self {
        Self {
            operation,
            failure,
            attempts: 1,
            retry_after: None,
            elapsed: Duration::ZERO,
            remaining: Duration::from_secs(5 * 60),
            random: 0.5,
        }
    }

    /// Sets [`attempts`](Self::attempts).
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets [`retry_after`](Self::retry_after).
    pub fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.retry_after = retry_after;
        self
    }

    /// Sets [`elapsed`](Self::elapsed).
    pub fn with_elapsed(mut self, elapsed: Duration) -> Self {
        self.elapsed = elapsed;
        self
    }

    /// Sets [`remaining`](Self::remaining).
    pub fn with_remaining(mut self, remaining: Duration) -> Self {
        self.remaining = remaining;
        self
    }

    /// Sets [`random`](Self::random).
    pub fn with_random(mut self, random: f64) -> Self {
        self.random = random;
        self
    }
}

/// How an attempt failed. `Debug` shows no header.
///
/// ```
/// use anyprofile_http::{AttemptFailure, HeaderMap, TransportErrorKind};
///
/// let headers = HeaderMap::new();
/// let status = |status| AttemptFailure::Status { status, headers: &headers };
/// assert!(status(503).is_transient() && !status(404).is_transient());
/// // A timeout may pass. A certificate that is not accepted stays as it is.
/// assert!(AttemptFailure::Transport(TransportErrorKind::Timeout).is_transient());
/// assert!(!AttemptFailure::Transport(TransportErrorKind::Certificate).is_transient());
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum AttemptFailure<'a> {
    /// A response with an error status.
    Status {
        /// The status. If the service reports a failure with a success status, the status that the failure means.
        status: u16,
        /// The response's headers.
        headers: &'a HeaderMap,
    },
    /// No complete response.
    Transport(TransportErrorKind),
}

impl AttemptFailure<'_> {
    /// Returns whether the same request may succeed later: the connection failed, broke or was too slow, or the status is 408, 425,
    /// 429 or 5xx, except 501, 505, 506, 508, 510 and 511. A service's `x-should-retry` header overrides its status.
    pub fn is_transient(&self) -> bool {
        match self {
            // Some services send it, and their SDKs prefer it to the status.
            Self::Status { status, headers } => {
                match headers.get("x-should-retry").map(http::HeaderValue::as_bytes) {
                    Some(b"true") => true,
                    Some(b"false") => false,
                    _ => may_pass(*status),
                }
            }
            Self::Transport(kind) => matches!(
                kind,
                TransportErrorKind::Connect
                    | TransportErrorKind::Timeout
                    | TransportErrorKind::Slow
                    | TransportErrorKind::Interrupted
                    | TransportErrorKind::Refused
            ),
        }
    }
}

impl fmt::Debug for AttemptFailure<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, .. } => write!(formatter, "Status({status})"),
            Self::Transport(kind) => write!(formatter, "Transport({kind:?})"),
        }
    }
}

/// What to do after a failed attempt.
///
/// ```
/// use std::time::Duration;
///
/// use anyprofile_http::RetryDecision;
///
/// /// A person waits for the result, and will not wait for minutes.
/// fn impatient(decision: RetryDecision) -> RetryDecision {
///     match decision {
///         RetryDecision::RetryAfter(wait) if wait > Duration::from_secs(5) => RetryDecision::GiveUp,
///         decision => decision,
///     }
/// }
///
/// let in_a_minute = RetryDecision::RetryAfter(Duration::from_secs(60));
/// assert_eq!(impatient(in_a_minute), RetryDecision::GiveUp);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Fail the operation with the failure of this attempt.
    GiveUp,
    /// Send the request again after this time.
    RetryAfter(Duration),
}

/// Retries [transient](AttemptFailure::is_transient) failures with exponential backoff and full jitter.
///
/// It waits as long as the service asks for, or a random time up to a bound that doubles with each attempt: 0.5 s, 1 s, 2 s and so
/// on up to 8 s. Without [`with_attempt_limit`](RetryPolicy::with_attempt_limit), only the operation's deadline and the account's
/// retry budget end the retries.
///
/// ```
/// use std::{sync::Arc, time::Duration};
///
/// use anyprofile_http::{ExponentialBackoff, HttpOptions, RetryPolicy};
///
/// // A nightly job may wait longer.
/// let policy = ExponentialBackoff::new()
///     .with_first_bound(Duration::from_secs(5))
///     .with_longest_bound(Duration::from_secs(60))
///     .with_attempt_limit(6);
/// let options = HttpOptions::default().with_retry_policy(Arc::new(policy));
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ExponentialBackoff {
    first_bound: Duration,
    longest_bound: Duration,
    jitter: bool,
}

impl Default for ExponentialBackoff {
    fn default() -> Self {
        Self { first_bound: Duration::from_millis(500), longest_bound: Duration::from_secs(8), jitter: true }
    }
}

impl ExponentialBackoff {
    /// Creates the policy with its default bounds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the bound of the first wait. Default: 0.5 s.
    pub fn with_first_bound(mut self, bound: Duration) -> Self {
        self.first_bound = bound;
        self
    }

    /// Sets the largest bound. Only a wait that the service asks for may be longer. Default: 8 s.
    pub fn with_longest_bound(mut self, bound: Duration) -> Self {
        self.longest_bound = bound;
        self
    }

    /// Sets whether waits are random. Without jitter, a wait is half its bound, for tests that measure time. Default: yes.
    pub fn with_jitter(mut self, jitter: bool) -> Self {
        self.jitter = jitter;
        self
    }

    fn wait(&self, attempts: u32, random: f64) -> Duration {
        let random = if self.jitter { random.clamp(0.0, 1.0) } else { 0.5 };
        let doublings = attempts.saturating_sub(1).min(16);
        let bound = self.first_bound.saturating_mul(1 << doublings).min(self.longest_bound);
        bound.min(LONGEST_WAIT).mul_f64(random)
    }
}

impl RetryPolicy for ExponentialBackoff {
    fn decide(&self, context: &RetryContext<'_>) -> RetryDecision {
        if !context.failure.is_transient() {
            return RetryDecision::GiveUp;
        }
        let wait = context.retry_after.unwrap_or_else(|| self.wait(context.attempts, context.random));
        RetryDecision::RetryAfter(wait)
    }
}

/// A policy with an attempt limit; see [`RetryPolicy::with_attempt_limit`].
///
/// ```
/// use anyprofile_http::{
///     AttemptFailure, AttemptLimit, ExponentialBackoff, HeaderMap, RetryContext, RetryDecision, RetryPolicy,
/// };
///
/// let policy: AttemptLimit<ExponentialBackoff> = ExponentialBackoff::new().with_attempt_limit(2);
/// let headers = HeaderMap::new();
/// let failed = RetryContext::new("users_list", AttemptFailure::Status { status: 503, headers: &headers });
/// assert!(matches!(policy.decide(&failed), RetryDecision::RetryAfter(_)));
/// assert_eq!(policy.decide(&failed.with_attempts(2)), RetryDecision::GiveUp);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AttemptLimit<P> {
    policy: P,
    attempts: u32,
}

impl<P: RetryPolicy> RetryPolicy for AttemptLimit<P> {
    fn decide(&self, context: &RetryContext<'_>) -> RetryDecision {
        if context.attempts >= self.attempts { RetryDecision::GiveUp } else { self.policy.decide(context) }
    }
}

/// A policy with a time limit; see [`RetryPolicy::with_time_limit`].
///
/// ```
/// use std::time::Duration;
///
/// use anyprofile_http::{
///     AttemptFailure, ExponentialBackoff, HeaderMap, RetryContext, RetryDecision, RetryPolicy, TimeLimit,
/// };
///
/// let policy: TimeLimit<ExponentialBackoff> = ExponentialBackoff::new().with_time_limit(Duration::from_secs(10));
/// let headers = HeaderMap::new();
/// let failed = RetryContext::new("users_list", AttemptFailure::Status { status: 503, headers: &headers });
/// assert!(matches!(policy.decide(&failed), RetryDecision::RetryAfter(_)));
/// assert_eq!(policy.decide(&failed.with_elapsed(Duration::from_secs(10))), RetryDecision::GiveUp);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TimeLimit<P> {
    policy: P,
    limit: Duration,
}

impl<P: RetryPolicy> RetryPolicy for TimeLimit<P> {
    fn decide(&self, context: &RetryContext<'_>) -> RetryDecision {
        match self.policy.decide(context) {
            RetryDecision::RetryAfter(wait) if context.elapsed.saturating_add(wait) > self.limit => {
                RetryDecision::GiveUp
            }
            decision => decision,
        }
    }
}

/// Calls the policy, and applies the rules that it cannot override.
pub(crate) fn decide(
    policy: &dyn RetryPolicy,
    idempotent: bool,
    context: &RetryContext<'_>,
) -> RetryDecision {
    if !idempotent {
        return RetryDecision::GiveUp;
    }
    match policy.decide(context) {
        // A wait past the deadline would only fail later. The error says how long the service asks to wait.
        RetryDecision::RetryAfter(wait) if wait >= context.remaining => RetryDecision::GiveUp,
        decision => decision,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn standard() -> AttemptLimit<ExponentialBackoff> {
        ExponentialBackoff::new().with_attempt_limit(3)
    }

    fn failed(failure: AttemptFailure<'_>) -> RetryContext<'_> {
        RetryContext::new("users_list", failure)
    }

    #[test]
    fn only_what_may_be_repeated_is_repeated() {
        let again = |failure, idempotent, attempts| {
            decide(&standard(), idempotent, &failed(failure).with_attempts(attempts)) != RetryDecision::GiveUp
        };
        let none = HeaderMap::new();
        let of = |status| AttemptFailure::Status { status, headers: &none };
        let transient = [408, 425, 429, 500, 502, 503, 504, 507, 509, 529, 530, 540, 561, 598, 599];
        for status in transient.into_iter().chain(520..=527) {
            assert!(again(of(status), true, 1), "{status}");
            assert!(!again(of(status), false, 1), "{status}");
            assert!(!again(of(status), true, 3), "{status}");
        }
        for status in
            [301, 400, 401, 402, 403, 404, 409, 413, 422, 499, 501, 505, 506, 508, 510, 511, 600, 999]
        {
            assert!(!again(of(status), true, 1), "{status}");
        }
        for kind in
            [TransportErrorKind::Connect, TransportErrorKind::Timeout, TransportErrorKind::Interrupted]
        {
            assert!(again(AttemptFailure::Transport(kind), true, 1));
            assert!(!again(AttemptFailure::Transport(kind), false, 1));
        }
        for kind in [
            TransportErrorKind::Encoding,
            TransportErrorKind::Protocol,
            TransportErrorKind::TooLarge,
            TransportErrorKind::Certificate,
            TransportErrorKind::ProxyCredentials,
            TransportErrorKind::Request,
        ] {
            assert!(!again(AttemptFailure::Transport(kind), true, 1));
        }
        let advice = |value: &str| {
            HeaderMap::from_iter([(HeaderName::from_static("x-should-retry"), value.parse().unwrap())])
        };
        let (yes, no) = (advice("true"), advice("false"));
        assert!(again(AttemptFailure::Status { status: 409, headers: &yes }, true, 1));
        assert!(!again(AttemptFailure::Status { status: 429, headers: &no }, true, 1));
        assert!(!again(AttemptFailure::Status { status: 409, headers: &yes }, false, 1));
    }

    #[test]
    fn no_policy_repeats_a_write_or_outlasts_the_deadline() {
        #[derive(Debug)]
        struct Stubborn(Duration);
        impl RetryPolicy for Stubborn {
            fn decide(&self, _: &RetryContext<'_>) -> RetryDecision {
                RetryDecision::RetryAfter(self.0)
            }
        }
        let context = failed(AttemptFailure::Transport(TransportErrorKind::Request)).with_remaining(SECOND);
        for (wait, idempotent, is_retried) in [
            (Duration::ZERO, true, true),
            (Duration::ZERO, false, false),
            (SECOND, true, false),
            (Duration::MAX, true, false),
        ] {
            let decision = decide(&Stubborn(wait), idempotent, &context);
            assert_eq!(decision != RetryDecision::GiveUp, is_retried, "{wait:?} {idempotent}");
        }
    }

    #[test]
    fn the_services_wait_is_obeyed_and_else_the_backoff_is_random_up_to_its_bound() {
        let timeout = failed(AttemptFailure::Transport(TransportErrorKind::Timeout));
        for (context, wait) in [
            (timeout, SECOND / 4),
            (timeout.with_random(0.0), Duration::ZERO),
            (timeout.with_random(0.5).with_attempts(2), SECOND / 2),
            (timeout.with_retry_after(Some(20 * SECOND)), 20 * SECOND),
        ] {
            assert_eq!(standard().decide(&context), RetryDecision::RetryAfter(wait), "{context:?}");
        }
        let fixed = ExponentialBackoff::new().with_jitter(false).with_first_bound(SECOND);
        let fixed = fixed.with_longest_bound(3 * SECOND);
        for (attempts, wait) in [(1, SECOND / 2), (2, SECOND), (3, 3 * SECOND / 2), (9, 3 * SECOND / 2)] {
            let context = timeout.with_attempts(attempts).with_random(0.9);
            assert_eq!(fixed.decide(&context), RetryDecision::RetryAfter(wait), "{attempts}");
        }
    }

    #[test]
    fn the_backoff_doubles_up_to_its_longest_bound() {
        let bounds: Vec<_> =
            (1..=7).map(|attempts| ExponentialBackoff::new().wait(attempts, 1.0).as_millis()).collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(ExponentialBackoff::new().wait(u32::MAX, 0.0), Duration::ZERO);
        let endless =
            ExponentialBackoff::new().with_first_bound(Duration::MAX).with_longest_bound(Duration::MAX);
        assert_eq!(endless.wait(u32::MAX, 1.0), LONGEST_WAIT);
    }

    #[test]
    fn limits_compose_and_the_strictest_counts() {
        let policy: Arc<dyn RetryPolicy> =
            Arc::new(ExponentialBackoff::new().with_jitter(false).with_attempt_limit(4));
        let policy = policy.with_time_limit(10 * SECOND).with_attempt_limit(3);
        let timeout = failed(AttemptFailure::Transport(TransportErrorKind::Timeout));
        for (attempts, elapsed, retry_after, is_retried) in [
            (1, SECOND, None, true),
            (2, SECOND, None, true),
            (3, SECOND, None, false),
            (1, 9 * SECOND, Some(SECOND), true),
            (1, 9 * SECOND, Some(2 * SECOND), false),
            (1, 11 * SECOND, None, false),
            (1, Duration::MAX, Some(Duration::MAX), false),
        ] {
            let context = timeout.with_attempts(attempts).with_elapsed(elapsed).with_retry_after(retry_after);
            assert_eq!(policy.decide(&context) != RetryDecision::GiveUp, is_retried, "{context:?}");
        }
    }

    #[test]
    fn no_header_is_shown() {
        let headers = HeaderMap::from_iter([(http::header::SET_COOKIE, "secret".parse().unwrap())]);
        let shown = format!("{:?}", failed(AttemptFailure::Status { status: 503, headers: &headers }));
        assert!(shown.contains("Status(503)") && !shown.contains("secret"), "{shown}");
    }
}
