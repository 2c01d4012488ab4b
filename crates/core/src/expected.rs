//! Expected values in a filter.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Field;

/// A value that a filter expects in a field.
///
/// ```
/// use anyprofile_core::{Expected, Filter, Status};
///
/// // Whoever is suspended, and whoever's status is not known: both need somebody's eyes.
/// let mut filter = Filter::new();
/// filter.status = vec![Expected::Is(Status::Suspended), Expected::Unknown];
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected<T> {
    /// The field has this value.
    Is(T),
    /// The field has no known value, for any reason.
    Unknown,
}

impl<T: PartialEq> Expected<T> {
    /// Returns whether a field is as expected.
    pub fn holds(&self, field: &Field<T>) -> bool {
        match self {
            Self::Is(expected) => field.is_known_to_be(expected),
            Self::Unknown => !field.is_known(),
        }
    }
}

impl<T> From<T> for Expected<T> {
    fn from(value: T) -> Self {
        Self::Is(value)
    }
}

/// Parses the word `unknown` as [`Expected::Unknown`].
impl<T: FromStr> FromStr for Expected<T> {
    type Err = T::Err;

    fn from_str(word: &str) -> Result<Self, T::Err> {
        if word == "unknown" { Ok(Self::Unknown) } else { word.parse().map(Self::Is) }
    }
}

impl<T: fmt::Display> fmt::Display for Expected<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(value) => value.fmt(formatter),
            Self::Unknown => formatter.write_str("unknown"),
        }
    }
}

impl<T: fmt::Display> Serialize for Expected<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Expected<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::word::word(deserializer, str::parse)?
            .map_err(|_| de::Error::custom("not a value of this field"))
    }
}
