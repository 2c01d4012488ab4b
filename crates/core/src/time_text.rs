//! Times as text, exactly as the service sent them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Field, Timestamp,
    time::{ReadTimestamp, TimestampError},
};

/// The longest text that is stored inline, in bytes: an RFC 3339 time with nine fraction digits and `Z`. Each record
/// has several times.
const SHORT: usize = 30;

/// A time as the service sent it. It may also be `""`, the zero time of some languages, or not a time.
///
/// `Debug` shows no text.
///
/// ```
/// use anyprofile_core::wire::TimeText;
///
/// let changed = TimeText::from("2021-01-27T13:58:38.06968Z");
/// assert_eq!(changed, "2021-01-27T13:58:38.06968Z");
/// assert_eq!(changed.timestamp().map(|time| time.unix_seconds()), Some(1_611_755_918));
/// assert_eq!(TimeText::from("0001-01-01T00:00:00Z").timestamp(), None);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TimeText(Spelling);

#[derive(Clone, PartialEq, Eq)]
enum Spelling {
    Short { length: u8, text: [u8; SHORT] },
    Long(Box<str>),
}

impl TimeText {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        // The bytes were a text when they were stored.
        std::str::from_utf8(self.bytes()).unwrap_or("")
    }

    fn bytes(&self) -> &[u8] {
        match &self.0 {
            Spelling::Short { length, text } => &text[..usize::from(*length)],
            Spelling::Long(text) => text.as_bytes(),
        }
    }

    /// Reads the time; see [`Timestamp::read`].
    ///
    /// # Errors
    /// [`TimestampError`] if the text is not a date and time.
    pub fn read(&self) -> Result<ReadTimestamp, TimestampError> {
        Timestamp::read_bytes(self.bytes())
    }

    /// Returns the point in time; `None` for `""`, for the zero time (in year 1), and for a text that is not a time.
    /// A time without an offset is read as UTC.
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self.meaning() {
            Meaning::Time(read) => Some(read.timestamp),
            Meaning::Empty | Meaning::Never | Meaning::NoTime => None,
        }
    }

    /// Returns the meaning of the text.
    pub(crate) fn meaning(&self) -> Meaning {
        match self.read() {
            _ if self.bytes().is_empty() => Meaning::Empty,
            Ok(read) if read.timestamp.is_zero_time() => Meaning::Never,
            Ok(read) => Meaning::Time(read),
            Err(_) => Meaning::NoTime,
        }
    }
}

/// The meaning of a time text.
pub(crate) enum Meaning {
    /// Empty: `""`.
    Empty,
    /// The zero time of some languages (in year 1), which means "never".
    Never,
    /// A time.
    Time(ReadTimestamp),
    /// Not a time.
    NoTime,
}

impl Field<TimeText> {
    /// Returns the point in time: null for `""`, absent for the zero time (in year 1) and for a text that is not a
    /// time. A time without an offset is read as UTC.
    pub fn timestamp(&self) -> Field<Timestamp> {
        self.as_ref().and_then(|text| match text.meaning() {
            Meaning::Time(read) => Field::Value(read.timestamp),
            Meaning::Empty => Field::Null,
            Meaning::Never | Meaning::NoTime => Field::Absent,
        })
    }
}

impl From<&str> for TimeText {
    fn from(text: &str) -> Self {
        let mut short = [0; SHORT];
        match (short.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(start), Ok(length)) => {
                start.copy_from_slice(text.as_bytes());
                Self(Spelling::Short { length, text: short })
            }
            _ => Self(Spelling::Long(text.into())),
        }
    }
}

impl From<&str> for Field<TimeText> {
    fn from(text: &str) -> Self {
        Self::Value(text.into())
    }
}

impl PartialEq<str> for TimeText {
    fn eq(&self, other: &str) -> bool {
        self.bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for TimeText {
    fn eq(&self, other: &&str) -> bool {
        self.bytes() == other.as_bytes()
    }
}

impl fmt::Display for TimeText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for TimeText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TimeText(..)")
    }
}

impl Serialize for TimeText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for TimeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::word::word(deserializer, |text| Self::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_text_is_kept(text in ".{0,40}") {
            let json = serde_json::to_string(&text).unwrap();
            let kept: TimeText = serde_json::from_str(&json).unwrap();
            proptest::prop_assert_eq!(kept.as_str(), &text);
            proptest::prop_assert_eq!(serde_json::to_string(&kept).unwrap(), json);
            proptest::prop_assert_eq!(format!("{kept:?}"), "TimeText(..)");
        }
    }
}
