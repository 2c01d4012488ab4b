//! A day.

use std::{fmt, str::FromStr, time::Duration};

use anyprofile_core::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A day of 24 hours.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A day of the calendar, in UTC: `2027-01-31`.
///
/// ```
/// use anyprofile_review::Date;
///
/// let day: Date = "2027-01-31".parse()?;
/// assert!(day < "2027-02-01".parse()?);
/// assert!("2027-02-30".parse::<Date>().is_err());
/// # Ok::<(), anyprofile_review::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(Timestamp);

/// A text that is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DateError;

impl fmt::Display for DateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a day must have the form 2027-01-31")
    }
}

impl std::error::Error for DateError {}

impl FromStr for Date {
    type Err = DateError;

    /// Reads `2027-01-31`. The time of day of an RFC 3339 time is left out.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let day = text.get(..10).ok_or(DateError)?;
        if text.len() > 10 && text.parse::<Timestamp>().is_err() {
            return Err(DateError);
        }
        format!("{day}T00:00:00Z").parse().map(Self).map_err(|_| DateError)
    }
}

impl Date {
    /// Returns whether the day is over at a time.
    pub fn is_over(self, now: Timestamp) -> bool {
        now.saturating_sub(DAY) >= self.0
    }
}

/// Returns the time that many days before another one.
pub(crate) fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.saturating_sub(DAY.saturating_mul(days))
}

/// Returns how many whole days lie between two times; 0 if the first is not the earlier one.
pub(crate) fn days_between(earlier: Timestamp, later: Timestamp) -> u64 {
    let seconds = later.unix_seconds().saturating_sub(earlier.unix_seconds());
    u64::try_from(seconds).unwrap_or_default() / DAY.as_secs()
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        formatter.write_str(text.get(..10).unwrap_or(&text))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Date {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lasts_to_its_end() {
        let day: Date = "2026-10-31".parse().unwrap();
        assert!(!day.is_over("2026-10-31T23:59:59Z".parse().unwrap()));
        assert!(day.is_over("2026-11-01T00:00:00Z".parse().unwrap()));
        assert_eq!(day, "2026-10-31T12:00:00Z".parse().unwrap());
        assert_eq!(day.to_string(), "2026-10-31");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["", "2026-10", "2026-02-30", "31.10.2026", "2026-10-31 or so", "2026-10-31T25:00:00Z"] {
            assert_eq!(text.parse::<Date>(), Err(DateError), "{text}");
        }
    }
}
