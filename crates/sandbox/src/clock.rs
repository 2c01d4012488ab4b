//! The sandbox's clock, and the formats of times.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// 2023-01-01T00:00:00Z, in microseconds. No generated record is older, except for Upsun's year 1.
pub(crate) const EPOCH: i64 = 1_672_531_200_000_000;
pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;

/// A clock in microseconds since 1970. It can be moved forward.
#[derive(Debug)]
pub(crate) struct Clock {
    /// The time of a fixed clock; `None` for the machine's clock.
    fixed: Option<i64>,
    advanced: AtomicI64,
}

impl Clock {
    pub(crate) fn new(fixed_seconds: Option<i64>) -> Self {
        let fixed = fixed_seconds.map(|seconds| seconds.saturating_mul(SECOND));
        Self { fixed, advanced: AtomicI64::new(0) }
    }

    pub(crate) fn now(&self) -> i64 {
        let base = self.fixed.unwrap_or_else(|| Timestamp::now().as_microsecond());
        base.saturating_add(self.advanced.load(Ordering::SeqCst))
    }

    /// Moves a fixed clock forward by a second, so that later times differ from earlier ones.
    pub(crate) fn tick(&self) {
        if self.fixed.is_some() {
            self.advance(Duration::from_secs(1));
        }
    }

    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        // Saturating, so that a huge jump cannot wrap around into the past.
        let moved = |advanced: i64| Some(advanced.saturating_add(by));
        let _ = self.advanced.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }
}

/// Formats a time with a number of fraction digits (at most 6) and a zone (`Z`, `+00:00` or none).
pub(crate) fn stamp(micros: i64, digits: usize, zone: &str) -> String {
    let instant = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX);
    let text = format!("{instant:.digits$}");
    format!("{}{zone}", text.trim_end_matches('Z'))
}

/// Formats a time as an HTTP date (RFC 9110 §5.6.7).
pub(crate) fn http_date(micros: i64) -> String {
    let instant = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX);
    instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_with_the_digits_and_zone_asked_for() {
        let at = EPOCH + 69_681;
        assert_eq!(stamp(at, 0, "Z"), "2023-01-01T00:00:00Z");
        assert_eq!(stamp(at, 3, "Z"), "2023-01-01T00:00:00.069Z");
        assert_eq!(stamp(at, 5, "+00:00"), "2023-01-01T00:00:00.06968+00:00");
        assert_eq!(stamp(at, 6, ""), "2023-01-01T00:00:00.069681");
    }

    #[test]
    fn a_date_is_written_as_http_does() {
        assert_eq!(http_date(1_445_412_480 * SECOND), "Wed, 21 Oct 2015 07:28:00 GMT");
    }

    #[test]
    fn a_standing_clock_moves_only_when_it_is_told_to() {
        let clock = Clock::new(Some(10));
        assert_eq!(clock.now(), 10 * SECOND);
        clock.advance(Duration::from_millis(1_500));
        assert_eq!(clock.now(), 11_500_000);
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() > 11_500_000);
    }
}
