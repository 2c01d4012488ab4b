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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampError;

impl fmt::Display for TimestampError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not an RFC 3339 time")
    }
}

impl std::error::Error for TimestampError {}

impl Timestamp {
    /// Reads a time whose offset may be missing; a missing one is taken as UTC and said so.
    ///
    /// # Errors
    /// [`TimestampError`] if the text is no date and time.
    pub fn read(text: &str) -> Result<ReadTimestamp, TimestampError> {
        Self::read_bytes(text.as_bytes())
    }

    /// As [`read`](Self::read).
    pub(crate) fn read_bytes(text: &[u8]) -> Result<ReadTimestamp, TimestampError> {
        if let Some(timestamp) = usual(text) {
            return Ok(ReadTimestamp { timestamp: Self(timestamp), assumed_utc: false });
        }
        let text = std::str::from_utf8(text).map_err(|_| TimestampError)?;
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

/// The form in which services send nearly all of their times, read at a tenth of the cost: `2024-07-28T15:29:50Z`, with
/// up to nine fraction digits. `None` for every other one, right or wrong.
fn usual(text: &[u8]) -> Option<jiff::Timestamp> {
    fn number(digits: &[u8]) -> Option<u32> {
        digits.iter().try_fold(0, |number, digit| {
            let digit = digit.wrapping_sub(b'0');
            (digit < 10).then(|| number * 10 + u32::from(digit))
        })
    }

    /// Two digits; 100 and more for anything else.
    fn pair(time: &[u8; 19], place: usize) -> u32 {
        let (tens, ones) = (time[place].wrapping_sub(b'0'), time[place + 1].wrapping_sub(b'0'));
        if tens < 10 && ones < 10 { u32::from(tens * 10 + ones) } else { 100 }
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
    let (century, year, month, day) = (pair(time, 0), pair(time, 2), pair(time, 5), pair(time, 8));
    let (hour, minute, second) = (pair(time, 11), pair(time, 14), pair(time, 17));
    // The days that every month has; the last ones of a month, leap seconds and year 0 are left to the calendar.
    if !(1..=12).contains(&month) || !(1..=28).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    if century > 99 || year > 99 || century + year == 0 {
        return None;
    }
    let year = century * 100 + year;
    let seconds = days_since_1970(year, month, day) * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    jiff::Timestamp::new(seconds, i32::try_from(nanoseconds).ok()?).ok()
}

/// The days from 1970-01-01 to a date of the Gregorian calendar, in years that begin with March: then the day that leap
/// years add is the last one.
fn days_since_1970(year: u32, month: u32, day: u32) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_years = year * 365 + year / 4 - year / 100 + year / 400;
    let of_months = (month * 153 + 2) / 5;
    i64::from(of_years + of_months + day) - 719_469
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
        fn the_short_way_reads_what_the_calendar_reads(text in "[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?Z?") {
            if let Some(read) = usual(text.as_bytes()) {
                proptest::prop_assert_eq!(Ok(read), text.parse::<jiff::Timestamp>().map_err(|_| ()));
            }
        }

        #[test]
        fn the_short_way_is_taken_on_every_day_but_the_last_ones_of_a_month(days in -700_000_i64..2_900_000, second in 0..86_400_i64) {
            let time = jiff::Timestamp::from_second(days * 86_400 + second).unwrap();
            let day = time.to_zoned(jiff::tz::TimeZone::UTC).day();
            proptest::prop_assert_eq!(usual(time.to_string().as_bytes()), (day <= 28).then_some(time));
        }

        #[test]
        fn a_printed_time_reads_back_as_itself(nanoseconds in -60_000_000_000_000_000_000_i128..250_000_000_000_000_000_000) {
            let time = Timestamp(jiff::Timestamp::from_nanosecond(nanoseconds).unwrap());
            proptest::prop_assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
        }
    }
}
