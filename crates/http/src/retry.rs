//! Whether and when to try again. Decisions are functions of values: no clock, no chance, no network.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

use anyprofile_core::Timestamp;
use http::{HeaderMap, HeaderName};

use crate::TransportErrorKind;

/// The first and the longest upper bound of a wait that the service does not name.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(8);

/// How an attempt ended that was not a success.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failed<'a> {
    /// With an answer.
    Status(u16, &'a HeaderMap),
    /// Without one.
    Transport(TransportErrorKind),
}

/// What a decision rests on besides the failure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances {
    /// Whether repeating the request has no further effect.
    pub(crate) idempotent: bool,
    /// Attempts made, this one included.
    pub(crate) attempts: u32,
    pub(crate) max_attempts: u32,
    /// Time that the operation has left.
    pub(crate) remaining: Duration,
    pub(crate) now: SystemTime,
    /// Chance, in `0.0..1.0`.
    pub(crate) random: f64,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    GiveUp,
    RetryAfter(Duration),
}

/// Decides.
pub(crate) fn decide(failed: Failed<'_>, circumstances: Circumstances) -> Decision {
    let Circumstances { idempotent, attempts, max_attempts, remaining, now, random } = circumstances;
    if !idempotent || attempts >= max_attempts || !is_retryable(failed) {
        return Decision::GiveUp;
    }
    let asked = match failed {
        Failed::Status(_, headers) => asked_wait(headers, now),
        Failed::Transport(_) => None,
    };
    let wait = asked.unwrap_or_else(|| backoff(attempts, random));
    // A wait beyond the deadline would only fail later; the caller is told how long it would have been.
    if wait >= remaining { Decision::GiveUp } else { Decision::RetryAfter(wait) }
}

/// Whether the same request may succeed later.
pub(crate) fn is_retryable(failed: Failed<'_>) -> bool {
    match failed {
        Failed::Status(status, headers) => {
            // Some services say it outright, and their SDKs let this win over the status.
            match headers.get("x-should-retry").map(http::HeaderValue::as_bytes) {
                Some(b"true") => true,
                Some(b"false") => false,
                _ => may_pass(status),
            }
        }
        Failed::Transport(kind) => matches!(
            kind,
            TransportErrorKind::Connect
                | TransportErrorKind::Timeout
                | TransportErrorKind::Slow
                | TransportErrorKind::Interrupted
                | TransportErrorKind::Refused
        ),
    }
}

/// Whether a status stands for something that may pass: time-outs, too many requests, and every server error but those
/// that say what the server will never do (501, 505, 506, 510), how it is set up (508), or that the network wants a person
/// to sign in (511). Proxies and CDNs have codes of their own for a server that fails, and invent more.
const fn may_pass(status: u16) -> bool {
    match status {
        408 | 425 | 429 => true,
        501 | 505 | 506 | 508 | 510 | 511 => false,
        _ => status >= 500 && status <= 599,
    }
}

/// No service asks for a longer wait: so large a number is one of another unit, or a point in time.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait that the service asks for: `retry-after-ms`, else `Retry-After` in seconds or as a date.
/// Nonsense, zero and the past count as not asked. A date is read against the answer's own `Date`, where it has one: the
/// service's clock may differ from ours.
pub(crate) fn asked_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(HeaderName::from_bytes(name.as_bytes()).ok()?)?.to_str().ok();
    let number = |text: &str, unit: f64| {
        let seconds = text.trim().parse::<f64>().ok()? * unit;
        // Refuses NaN, infinity and negatives, which would panic in `from_secs_f64`.
        Duration::try_from_secs_f64(seconds).ok().filter(|wait| !wait.is_zero() && *wait <= LONGEST_ASKED)
    };
    if let Some(wait) = text("retry-after-ms").and_then(|text| number(text, 0.001)) {
        return Some(wait);
    }
    let retry_after = text("retry-after")?;
    if let Some(wait) = number(retry_after, 1.0) {
        return Some(wait);
    }
    let now = text("date").and_then(http_date).unwrap_or(now);
    let wait = http_date(retry_after)?.duration_since(now).ok()?;
    (!wait.is_zero() && wait <= LONGEST_ASKED).then_some(wait)
}

/// The time of a response by the clock of the server that sent it.
pub(crate) fn response_date(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(http::header::DATE)?.to_str().ok()?;
    Timestamp::try_from(http_date(date)?).ok()
}

/// A date in one of the three forms of RFC 9110 §5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, and the two that are only read.
fn http_date(text: &str) -> Option<SystemTime> {
    const FORMS: [&str; 3] =
        ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let read = |form| jiff::civil::DateTime::strptime(form, text.trim()).ok();
    let timestamp = jiff::tz::Offset::UTC.to_timestamp(FORMS.into_iter().find_map(read)?).ok()?;
    Some(timestamp.into())
}

/// A number from 0 to 1 that nobody can foresee, from the keys of the standard library's hash tables.
pub(crate) fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    #[allow(clippy::cast_precision_loss, reason = "53 bits are what a number holds")]
    let number = (bits >> 11) as f64 / (1_u64 << 53) as f64;
    number
}

/// Exponential with full jitter: anything up to 0.5, 1, 2, 4, 8, 8, … seconds.
fn backoff(attempts: u32, random: f64) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST_BACKOFF.saturating_mul(1 << doublings).min(LONGEST_BACKOFF).mul_f64(random.clamp(0.0, 1.0))
}

/// What is left of the repetitions that an account may have, in tenths.
#[derive(Debug)]
pub(crate) struct Budget {
    tenths: AtomicU32,
    most: u32,
}

impl Budget {
    pub(crate) fn new(repetitions: u32) -> Self {
        let most = repetitions.saturating_mul(10);
        Self { tenths: AtomicU32::new(most), most }
    }

    /// Takes one repetition, if there is one.
    pub(crate) fn take(&self) -> bool {
        self.tenths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tenths| tenths.checked_sub(10))
            .is_ok()
    }

    /// A success earns a tenth.
    pub(crate) fn earn(&self) {
        let more = |tenths: u32| (tenths < self.most).then(|| tenths + 1);
        // Full is no failure.
        let _ = self.tenths.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_696_004_797);

    #[test]
    fn dates_are_read_in_the_three_forms_of_http() {
        let read = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777));
        for text in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", " Sun Nov  6 08:49:37 1994 "]
        {
            assert_eq!(http_date(text), read, "{text}");
        }
        for text in [
            "",
            "soon",
            "1994-11-06T08:49:37Z",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
        ] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn chance_is_spread_over_all_of_its_range() {
        let numbers: Vec<_> = (0..1000).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        let low = numbers.iter().filter(|number| **number < 0.5).count();
        assert!((300..700).contains(&low), "{low}");
    }

    fn circumstances() -> Circumstances {
        Circumstances {
            idempotent: true,
            attempts: 1,
            max_attempts: 3,
            remaining: Duration::from_secs(300),
            now: SystemTime::UNIX_EPOCH + NOW,
            random: 0.5,
        }
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn wait(pairs: &[(&'static str, &str)]) -> Decision {
        decide(Failed::Status(429, &headers(pairs)), circumstances())
    }

    #[test]
    fn the_services_wait_is_obeyed_in_all_its_forms_and_nonsense_is_not() {
        let seconds = |seconds| Decision::RetryAfter(Duration::from_secs(seconds));
        let backoff = Decision::RetryAfter(Duration::from_millis(250));
        for (value, expected) in [
            ("20", seconds(20)),
            ("60", seconds(60)),
            ("0.5", Decision::RetryAfter(Duration::from_millis(500))),
            ("Fri, 29 Sep 2023 16:26:57 GMT", seconds(20)),
            ("Fri, 29 Sep 2023 16:26:37 GMT", backoff),
            ("Fri, 29 Sep 2023 16:26:27 GMT", backoff),
            ("Zun, 29 Sep 2023 16:26:27 GMT", backoff),
            ("0", backoff),
            ("-10", backoff),
            ("NaN", backoff),
            ("inf", backoff),
            ("", backoff),
            ("301", Decision::GiveUp),
            ("99999999999999999999999999999999999", backoff),
            ("1696004817", backoff),
            ("1696004817000", backoff),
        ] {
            assert_eq!(wait(&[("retry-after", value)]), expected, "{value}");
        }
        assert_eq!(wait(&[]), backoff);
        for (clock, expected) in [
            ("Wed, 21 Oct 1998 07:28:00 GMT", seconds(20)),
            ("Wed, 21 Oct 1998 07:28:30 GMT", backoff),
            ("of no use", backoff),
        ] {
            let until = "Wed, 21 Oct 1998 07:28:20 GMT";
            assert_eq!(wait(&[("retry-after", until), ("date", clock)]), expected, "{clock}");
        }
        assert_eq!(
            wait(&[("retry-after", "7"), ("retry-after-ms", "1500")]),
            Decision::RetryAfter(Duration::from_millis(1500))
        );
        assert_eq!(wait(&[("retry-after", "7"), ("retry-after-ms", "soon")]), seconds(7));
    }

    #[test]
    fn only_what_may_be_repeated_is_repeated() {
        let again = |failed, change: fn(&mut Circumstances)| {
            let mut circumstances = circumstances();
            change(&mut circumstances);
            decide(failed, circumstances) != Decision::GiveUp
        };
        let none = HeaderMap::new();
        let may_pass = [408, 425, 429, 500, 502, 503, 504, 507, 509, 529, 530, 540, 561, 598, 599];
        for status in may_pass.into_iter().chain(520..=527) {
            assert!(again(Failed::Status(status, &none), |_| ()), "{status}");
            assert!(!again(Failed::Status(status, &none), |it| it.idempotent = false), "{status}");
            assert!(!again(Failed::Status(status, &none), |it| it.attempts = 3), "{status}");
        }
        for status in
            [301, 400, 401, 402, 403, 404, 409, 413, 422, 499, 501, 505, 506, 508, 510, 511, 600, 999]
        {
            assert!(!again(Failed::Status(status, &none), |_| ()), "{status}");
        }
        for kind in
            [TransportErrorKind::Connect, TransportErrorKind::Timeout, TransportErrorKind::Interrupted]
        {
            assert!(again(Failed::Transport(kind), |_| ()));
            assert!(!again(Failed::Transport(kind), |it| it.idempotent = false));
        }
        for kind in [
            TransportErrorKind::Encoding,
            TransportErrorKind::Protocol,
            TransportErrorKind::TooLarge,
            TransportErrorKind::Certificate,
            TransportErrorKind::ProxyCredentials,
            TransportErrorKind::Request,
        ] {
            assert!(!again(Failed::Transport(kind), |_| ()));
        }
        let yes = headers(&[("x-should-retry", "true")]);
        let no = headers(&[("x-should-retry", "false")]);
        assert!(again(Failed::Status(409, &yes), |_| ()));
        assert!(!again(Failed::Status(429, &no), |_| ()));
        assert!(!again(Failed::Status(409, &yes), |it| it.idempotent = false));
    }

    #[test]
    fn the_backoff_doubles_up_to_its_limit() {
        let upper: Vec<_> = (1..=7).map(|attempts| backoff(attempts, 1.0).as_millis()).collect();
        assert_eq!(upper, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(backoff(u32::MAX, 0.0), Duration::ZERO);
    }

    #[test]
    fn the_budget_runs_out_and_is_earned_back() {
        let budget = Budget::new(2);
        assert!(budget.take() && budget.take() && !budget.take());
        (0..9).for_each(|_| budget.earn());
        assert!(!budget.take());
        budget.earn();
        assert!(budget.take());
        (0..100).for_each(|_| budget.earn());
        assert!(budget.take() && budget.take() && !budget.take());
    }
}
