//! Points in time, as services write them.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time with nanosecond precision.
///
/// Reads RFC 3339 with zero to nine fraction digits and any offset, and writes UTC with `Z` and as
/// many digits as are needed, so that no precision is lost.
///
/// ```
/// use anyprofile_core::Timestamp;
///
/// let time: Timestamp = "2021-01-27T13:58:38.06968+00:00".parse()?;
/// assert_eq!(time.to_string(), "2021-01-27T13:58:38.06968Z");
/// # Ok::<(), anyprofile_core::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(jiff::Timestamp);

/// A time that was read from text, and whether its offset had to be assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadTimestamp {
    /// The point in time.
    pub timestamp: Timestamp,
    /// The text named no offset, and UTC was assumed. Probely documents such times.
    pub assumed_utc: bool,
}

/// The text is not an RFC 3339 time. The text itself is not kept, since it may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time")]
pub struct TimestampError;

impl Timestamp {
    /// Reads a time whose offset may be missing; a missing one is taken as UTC and said so.
    ///
    /// # Errors
    /// [`TimestampError`] if the text is no date and time.
    pub fn read(text: &str) -> Result<ReadTimestamp, TimestampError> {
        if let Ok(timestamp) = text.parse() {
            return Ok(ReadTimestamp { timestamp: Self(timestamp), assumed_utc: false });
        }
        let naive: jiff::civil::DateTime = text.parse().map_err(|_| TimestampError)?;
        // A date alone would be read as midnight, which is more than it says.
        if !text.contains(['T', 't', ' ']) {
            return Err(TimestampError);
        }
        let zoned = naive.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| TimestampError)?;
        Ok(ReadTimestamp { timestamp: Self(zoned.timestamp()), assumed_utc: true })
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded towards it.
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub fn unix_nanoseconds(self) -> i128 {
        self.0.as_nanosecond()
    }

    /// The time so much earlier; the earliest there is where it would be before that.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        self.0.checked_sub(duration).map_or(Self(jiff::Timestamp::MIN), Self)
    }

    /// Whether this is the zero time of some languages (in year 1), which services send for "never".
    pub fn is_zero_time(self) -> bool {
        // 0002-01-01T00:00:00Z
        self.0.as_second() < -62_104_060_800
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        Self::read(text).map(|read| read.timestamp)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: SystemTime) -> Result<Self, TimestampError> {
        jiff::Timestamp::try_from(time).map(Self).map_err(|_| TimestampError)
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        time.0.into()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::wire::word(deserializer, str::parse)?.map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date-time"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_form_is_read_without_losing_precision() {
        for (text, written, assumed_utc) in [
            ("2010-04-19T10:00:00Z", "2010-04-19T10:00:00Z", false),
            ("2021-01-27T13:58:38.06968Z", "2021-01-27T13:58:38.06968Z", false),
            ("2021-05-24T07:20:35.683264Z", "2021-05-24T07:20:35.683264Z", false),
            ("2017-11-09T14:55:11.100865+00:00", "2017-11-09T14:55:11.100865Z", false),
            ("2024-01-01T02:00:00+02:00", "2024-01-01T00:00:00Z", false),
            ("2023-08-09T13:27:43.8208302", "2023-08-09T13:27:43.8208302Z", true),
            ("2023-08-09T13:27:43.123456789Z", "2023-08-09T13:27:43.123456789Z", false),
        ] {
            let read = Timestamp::read(text).unwrap();
            assert_eq!(read.timestamp.to_string(), written);
            assert_eq!(read.assumed_utc, assumed_utc, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_and_not_repeated() {
        for text in ["", "soon", "2023-08-09", "2023-13-09T13:27:43Z"] {
            assert_eq!(Timestamp::read(text), Err(TimestampError), "{text}");
        }
        assert_eq!(TimestampError.to_string(), "not an RFC 3339 time");
    }

    #[test]
    fn the_zero_time_is_recognized() {
        assert!("0001-01-01T00:00:00Z".parse::<Timestamp>().unwrap().is_zero_time());
        assert!(!"1970-01-01T00:00:00Z".parse::<Timestamp>().unwrap().is_zero_time());
    }

    proptest::proptest! {
        #[test]
        fn a_printed_time_reads_back_as_itself(nanoseconds in -60_000_000_000_000_000_000_i128..250_000_000_000_000_000_000) {
            let time = Timestamp(jiff::Timestamp::from_nanosecond(nanoseconds).unwrap());
            proptest::prop_assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
        }
    }
}
