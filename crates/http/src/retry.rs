//! What a response says about retrying, and the retry budget. Pure functions: no clock, no network.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

use anyprofile_core::Timestamp;
use http::{HeaderMap, HeaderName};

/// Returns whether a status is transient: timeouts, too many requests, and 5xx. The exceptions say what the server never does
/// (501, 505, 506, 510), that it is misconfigured (508), or that the network requires a sign-in (511). All other 5xx count, since
/// proxies and CDNs use codes of their own for a failing server.
pub(crate) const fn may_pass(status: u16) -> bool {
    match status {
        408 | 425 | 429 => true,
        501 | 505 | 506 | 508 | 510 | 511 => false,
        _ => status >= 500 && status <= 599,
    }
}

/// The longest wait that is believed. A larger number has another unit or is a point in time.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the wait that the service asks for: `retry-after-ms`, else `Retry-After` in seconds or as a date. `None` if it is not
/// valid, zero or in the past. A date is compared with the response's own `Date` if it has one, since the service's clock may
/// differ from ours.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
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

/// Returns the time of a response by the server's clock.
pub(crate) fn response_date(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(http::header::DATE)?.to_str().ok()?;
    Timestamp::try_from(http_date(date)?).ok()
}

/// Parses a date in one of the three formats of RFC 9110 §5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, and two obsolete ones.
fn http_date(text: &str) -> Option<SystemTime> {
    const FORMS: [&str; 3] =
        ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let read = |form| jiff::civil::DateTime::strptime(form, text.trim()).ok();
    let timestamp = jiff::tz::Offset::UTC.to_timestamp(FORMS.into_iter().find_map(read)?).ok()?;
    Some(timestamp.into())
}

/// The retries that an account has left, in tenths.
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

    /// Withdraws one retry, and returns whether one was left.
    pub(crate) fn withdraw(&self) -> bool {
        self.tenths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tenths| tenths.checked_sub(10))
            .is_ok()
    }

    /// Deposits a tenth of a retry, for a success.
    pub(crate) fn deposit(&self) {
        let more = |tenths: u32| (tenths < self.most).then(|| tenths + 1);
        // A full budget is fine.
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

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_services_wait_is_read_in_all_its_forms_and_nonsense_is_not() {
        let wait = |pairs: &[(&'static str, &str)]| {
            retry_after(&headers(pairs), SystemTime::UNIX_EPOCH + NOW).map(|wait| wait.as_secs_f64())
        };
        for (value, expected) in [
            ("20", Some(20.0)),
            ("60", Some(60.0)),
            ("0.5", Some(0.5)),
            ("301", Some(301.0)),
            ("Fri, 29 Sep 2023 16:26:57 GMT", Some(20.0)),
            ("Fri, 29 Sep 2023 16:26:37 GMT", None),
            ("Fri, 29 Sep 2023 16:26:27 GMT", None),
            ("Zun, 29 Sep 2023 16:26:27 GMT", None),
            ("0", None),
            ("-10", None),
            ("NaN", None),
            ("inf", None),
            ("", None),
            ("99999999999999999999999999999999999", None),
            ("1696004817", None),
            ("1696004817000", None),
        ] {
            assert_eq!(wait(&[("retry-after", value)]), expected, "{value}");
        }
        assert_eq!(wait(&[]), None);
        for (clock, expected) in [
            ("Wed, 21 Oct 1998 07:28:00 GMT", Some(20.0)),
            ("Wed, 21 Oct 1998 07:28:30 GMT", None),
            ("of no use", None),
        ] {
            let until = "Wed, 21 Oct 1998 07:28:20 GMT";
            assert_eq!(wait(&[("retry-after", until), ("date", clock)]), expected, "{clock}");
        }
        assert_eq!(wait(&[("retry-after", "7"), ("retry-after-ms", "1500")]), Some(1.5));
        assert_eq!(wait(&[("retry-after", "7"), ("retry-after-ms", "soon")]), Some(7.0));
    }

    #[test]
    fn the_budget_runs_out_and_fills_up_again() {
        let budget = Budget::new(2);
        assert!(budget.withdraw() && budget.withdraw() && !budget.withdraw());
        (0..9).for_each(|_| budget.deposit());
        assert!(!budget.withdraw());
        budget.deposit();
        assert!(budget.withdraw());
        (0..100).for_each(|_| budget.deposit());
        assert!(budget.withdraw() && budget.withdraw() && !budget.withdraw());
    }
}
