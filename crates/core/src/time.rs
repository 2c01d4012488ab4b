//! Points in time.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

use jiff::{SignedDuration, civil::DateTime, fmt::temporal::DateTimeParser, tz::Offset};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time with nanosecond precision, up to the end of the year 9999.
///
/// Parses RFC 3339 with zero to nine fraction digits and any offset. Prints UTC with `Z` and as many digits as
/// needed, so that no precision is lost. `9999-12-31T23:59:59Z`, which some services send for "forever", is valid.
///
/// ```
/// use anyprofile_core::Timestamp;
///
/// let time: Timestamp = "2021-01-27T13:58:38.06968+00:00".parse()?;
/// assert_eq!(time.to_string(), "2021-01-27T13:58:38.06968Z");
/// # Ok::<(), anyprofile_core::time::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(
    /// In UTC. `jiff::Timestamp` ends one day earlier than the year 9999.
    DateTime,
);

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A time that was read from text, and whether its offset was assumed.
///
/// ```
/// use anyprofile_core::Timestamp;
///
/// let read = Timestamp::read("2026-01-31T12:00:00")?;
/// // The text names no zone.
/// assert!(read.assumed_utc);
/// assert_eq!(read.timestamp, "2026-01-31T12:00:00Z".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadTimestamp {
    /// The point in time.
    pub timestamp: Timestamp,
    /// Whether the text has no offset, so that UTC was assumed. Some services document such times.
    pub assumed_utc: bool,
}

/// The error for a text that is not an RFC 3339 time. The text is not kept: it may be anything.
///
/// ```
/// use anyprofile_core::{Timestamp, time::TimestampError};
///
/// assert_eq!("31 January 2026".parse::<Timestamp>(), Err(TimestampError));
/// // A date alone does not say which moment of the day is meant.
/// assert_eq!("2026-01-31".parse::<Timestamp>(), Err(TimestampError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampError;

impl fmt::Display for TimestampError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not an RFC 3339 time")
    }
}

impl std::error::Error for TimestampError {}

impl Timestamp {
    /// Reads a time whose offset may be missing. A missing offset is read as UTC and reported.
    ///
    /// # Errors
    /// [`TimestampError`] if the text is not a date and time.
    pub fn read(text: &str) -> Result<ReadTimestamp, TimestampError> {
        Self::read_bytes(text.as_bytes())
    }

    /// Reads a time from bytes; see [`read`](Self::read).
    pub(crate) fn read_bytes(text: &[u8]) -> Result<ReadTimestamp, TimestampError> {
        if let Some(time) = usual(text) {
            return Ok(ReadTimestamp { timestamp: Self(time), assumed_utc: false });
        }
        let text = std::str::from_utf8(text).map_err(|_| TimestampError)?;
        if let Ok(time) = text.parse() {
            return Ok(ReadTimestamp { timestamp: Self(Offset::UTC.to_datetime(time)), assumed_utc: false });
        }
        let chunks = DateTimeParser::new().parse_pieces(text).map_err(|_| TimestampError)?;
        // A date alone would be read as midnight, which it does not say.
        let local = DateTime::from_parts(chunks.date(), chunks.time().ok_or(TimestampError)?);
        let Some(offset) = chunks.to_numeric_offset() else {
            return Ok(ReadTimestamp { timestamp: Self(local), assumed_utc: true });
        };
        // jiff refuses some valid times in the first and the last year.
        if ![DateTime::MIN.year(), DateTime::MAX.year()].contains(&local.year()) {
            return Err(TimestampError);
        }
        let time = local.checked_sub(SignedDuration::from_secs(offset.seconds().into()));
        Ok(ReadTimestamp { timestamp: Self(time.map_err(|_| TimestampError)?), assumed_utc: false })
    }

    /// Returns the current time of the system clock, clamped to the supported range.
    pub fn now() -> Self {
        let now = SystemTime::now();
        let end = if now < SystemTime::UNIX_EPOCH { DateTime::MIN } else { DateTime::MAX };
        Self::try_from(now).unwrap_or(Self(end))
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z, rounded towards zero.
    pub fn unix_seconds(self) -> i64 {
        self.0.duration_since(EPOCH).as_secs()
    }

    /// Returns the nanoseconds since 1970-01-01T00:00:00Z.
    pub fn unix_nanoseconds(self) -> i128 {
        self.0.duration_since(EPOCH).as_nanos()
    }

    /// Returns the time at this many nanoseconds since 1970-01-01T00:00:00Z; `None` if it is out of range.
    ///
    /// ```
    /// use anyprofile_core::Timestamp;
    ///
    /// let time: Timestamp = "1969-12-31T23:59:59.999999999Z".parse()?;
    /// assert_eq!(Timestamp::from_unix_nanoseconds(-1), Some(time));
    /// assert_eq!(Timestamp::from_unix_nanoseconds(i128::MAX), None);
    /// # Ok::<(), anyprofile_core::time::TimestampError>(())
    /// ```
    pub fn from_unix_nanoseconds(nanoseconds: i128) -> Option<Self> {
        const SECOND: i128 = 1_000_000_000;
        let seconds = i64::try_from(nanoseconds.div_euclid(SECOND)).ok()?;
        let rest = i32::try_from(nanoseconds.rem_euclid(SECOND)).ok()?;
        EPOCH.checked_add(SignedDuration::new(seconds, rest)).ok().map(Self)
    }

    /// Returns the time earlier by a duration, or the earliest time if that is out of range.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration))
    }

    /// Returns whether this is the zero time of some languages (in year 1), which services send for "never".
    pub fn is_zero_time(self) -> bool {
        self.0 < DateTime::constant(2, 1, 1, 0, 0, 0, 0)
    }
}

/// Parses the most common form at a tenth of the cost: `2024-07-28T15:29:50Z`, with up to nine fraction digits.
/// Returns `None` for every other form, valid or not.
fn usual(text: &[u8]) -> Option<DateTime> {
    fn number(digits: &[u8]) -> Option<u32> {
        digits.iter().try_fold(0, |number, digit| {
            let digit = digit.wrapping_sub(b'0');
            (digit < 10).then(|| number * 10 + u32::from(digit))
        })
    }

    /// Returns the value of two digits; 100 for anything else.
    fn pair(time: &[u8; 19], place: usize) -> i8 {
        let (tens, ones) = (time[place].wrapping_sub(b'0'), time[place + 1].wrapping_sub(b'0'));
        if tens < 10 && ones < 10 { (tens * 10 + ones).cast_signed() } else { 100 }
    }

    let (time, fraction) = text.strip_suffix(b"Z")?.split_first_chunk::<19>()?;
    if [time[4], time[7], time[10], time[13], time[16]] != *b"--T::" {
        return None;
    }
    let nanoseconds = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
            number(digits)? * 10_u32.pow(9 - u32::try_from(digits.len()).ok()?)
        }
        _ => return None,
    };
    let (century, year) = (i16::from(pair(time, 0)), i16::from(pair(time, 2)));
    // The slow path handles year 0 and leap seconds.
    if century > 99 || year > 99 || century + year == 0 {
        return None;
    }
    let (month, day) = (pair(time, 5), pair(time, 8));
    let (hour, minute, second) = (pair(time, 11), pair(time, 14), pair(time, 17));
    let nanoseconds = nanoseconds.try_into().ok()?;
    DateTime::new(century * 100 + year, month, day, hour, minute, second, nanoseconds).ok()
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        Self::read(text).map(|read| read.timestamp)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}Z", self.0)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: SystemTime) -> Result<Self, TimestampError> {
        let time = jiff::Timestamp::try_from(time).map_err(|_| TimestampError)?;
        Ok(Self(Offset::UTC.to_datetime(time)))
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        let since = time.0.duration_since(EPOCH);
        let distance = since.unsigned_abs();
        if since.is_negative() { Self::UNIX_EPOCH - distance } else { Self::UNIX_EPOCH + distance }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::word::word(deserializer, str::parse)?.map_err(de::Error::custom)
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
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", false),
            ("9999-12-31T23:59:59.9999999+00:00", "9999-12-31T23:59:59.9999999Z", false),
            ("9999-12-31T23:59:59+02:00", "9999-12-31T21:59:59Z", false),
            ("9999-12-31T00:00:00", "9999-12-31T00:00:00Z", true),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", false),
        ] {
            let read = Timestamp::read(text).unwrap();
            assert_eq!(read.timestamp.to_string(), written);
            assert_eq!(read.assumed_utc, assumed_utc, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_and_not_repeated() {
        for text in [
            "",
            "soon",
            "2023-08-09",
            "2023-13-09T13:27:43Z",
            "2023-02-29T00:00:00Z",
            "2023-02-29T00:00:00+00:00",
            "9999-12-31T23:59:59-05:00",
            "10000-01-01T00:00:00Z",
        ] {
            assert_eq!(Timestamp::read(text), Err(TimestampError), "{text}");
        }
        assert_eq!(TimestampError.to_string(), "not an RFC 3339 time");
    }

    #[test]
    fn the_zero_time_is_recognized() {
        assert!("0001-01-01T00:00:00Z".parse::<Timestamp>().unwrap().is_zero_time());
        assert!(!"1970-01-01T00:00:00Z".parse::<Timestamp>().unwrap().is_zero_time());
    }

    #[test]
    fn the_last_moment_is_a_time_like_others() {
        let last: Timestamp = "9999-12-31T23:59:59.999999999Z".parse().unwrap();
        assert_eq!(last.unix_seconds(), 253_402_300_799);
        assert_eq!(
            last.saturating_sub(Duration::from_nanos(999_999_999)).to_string(),
            "9999-12-31T23:59:59Z"
        );
        let before: Timestamp = "1969-12-31T23:59:58.5Z".parse().unwrap();
        assert_eq!((before.unix_seconds(), before.unix_nanoseconds()), (-1, -1_500_000_000));
        for time in [last, before] {
            assert_eq!(SystemTime::from(time).duration_since(SystemTime::UNIX_EPOCH).is_ok(), time == last);
        }
        assert_eq!(Timestamp::try_from(SystemTime::from(before)), Ok(before));
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_reads_what_the_calendar_reads(text in "[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?Z?") {
            if let Some(read) = usual(text.as_bytes()) {
                let calendar = text.trim_end_matches('Z').parse::<DateTime>();
                proptest::prop_assert_eq!(Ok(read), calendar.map_err(|_| ()));
            }
        }

        #[test]
        fn the_short_way_is_taken_on_every_day(days in -700_000_i64..2_900_000, second in 0..86_400_i64) {
            let time = jiff::Timestamp::from_second(days * 86_400 + second).unwrap();
            proptest::prop_assert_eq!(usual(time.to_string().as_bytes()), Some(Offset::UTC.to_datetime(time)));
            proptest::prop_assert_eq!(Timestamp(Offset::UTC.to_datetime(time)).unix_seconds(), time.as_second());
        }

        #[test]
        fn a_printed_time_reads_back_as_itself(nanoseconds in -60_000_000_000_000_000_000_i128..250_000_000_000_000_000_000) {
            let time = jiff::Timestamp::from_nanosecond(nanoseconds).unwrap();
            let time = Timestamp(Offset::UTC.to_datetime(time));
            proptest::prop_assert_eq!(time.unix_nanoseconds(), nanoseconds);
            proptest::prop_assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
        }
    }
}
