//! A field of a record that a service sent, null included.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What one record of a service says of one field.
///
/// A service may send a value, send `null`, or leave the key out. An access review must not mix
/// these up: an absent `mfa_enabled` is not `false`. Two further states (not supported by the
/// service, withheld from this credential) belong to the service and not to the record; ask
/// [`Profile::state`](crate::Profile::state) for all five.
///
/// ```
/// use anyprofile_core::Field;
///
/// let mfa: Field<bool> = Field::Absent;
/// assert!(!mfa.is_known());
/// assert_ne!(mfa, false);
/// let name: Field<String> = "Ada".into();
/// assert_eq!(name, "Ada");
/// assert_eq!(Field::<u8>::from(None), Field::Null);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field<T> {
    /// The service sent a value.
    Value(T),
    /// The service sent `null`, or the empty string that it uses for "not set".
    Null,
    /// The service did not send the key.
    #[default]
    Absent,
}

/// The state of a field for one profile of one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FieldState {
    /// There is a value.
    Value,
    /// The service says that there is none.
    Null,
    /// The service knows the field, and did not send it in this record.
    Absent,
    /// The service has no such field, or none that its API shows.
    Unsupported,
    /// The service has the field, and this credential may not see it.
    Withheld,
}

impl FieldState {
    /// The word for this state, as it is serialized: `value`, `null`, `absent`, `unsupported`, `withheld`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Null => "null",
            Self::Absent => "absent",
            Self::Unsupported => "unsupported",
            Self::Withheld => "withheld",
        }
    }
}

impl std::fmt::Display for FieldState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null | Self::Absent => None,
        }
    }

    /// The value, if there is one, by move.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null | Self::Absent => None,
        }
    }

    /// Whether there is a value.
    pub const fn is_known(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Whether the service sent `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the service did not send the key.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The state of this record's field: value, null or absent.
    pub const fn state(&self) -> FieldState {
        match self {
            Self::Value(_) => FieldState::Value,
            Self::Null => FieldState::Null,
            Self::Absent => FieldState::Absent,
        }
    }

    /// The same state with a reference to the value.
    pub const fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Value(value) => Field::Value(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// The same state with a mutable reference to the value.
    pub const fn as_mut(&mut self) -> Field<&mut T> {
        match self {
            Self::Value(value) => Field::Value(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// The same state with the value's target: `Field<String>` gives `Field<&str>`.
    pub fn as_deref(&self) -> Field<&T::Target>
    where
        T: Deref,
    {
        self.as_ref().map(Deref::deref)
    }

    /// Converts the value and keeps the other two states.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Value(value) => Field::Value(convert(value)),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// Converts the value into a field of its own and keeps the other two states.
    pub fn and_then<U>(self, convert: impl FnOnce(T) -> Field<U>) -> Field<U> {
        match self {
            Self::Value(value) => convert(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// This field if it was sent (also as null), else the other one.
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Absent => other,
            sent => sent,
        }
    }

    /// The value, or `default` where there is none.
    ///
    /// Think twice before giving a default to a field that a review rests on.
    pub fn unwrap_or(self, default: T) -> T {
        self.into_value().unwrap_or(default)
    }

    /// Takes the field out and leaves [`Field::Absent`].
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }
}

impl Field<String> {
    /// The empty string as [`Field::Null`]: services send `""` for "not set".
    pub fn empty_as_null(self) -> Self {
        match self {
            Self::Value(text) if text.is_empty() => Self::Null,
            other => other,
        }
    }
}

impl<T> Field<Vec<T>> {
    /// The items; none where the list is null or absent. Ask [`Field::state`] which of these it is.
    pub fn items(&self) -> &[T] {
        self.value().map_or(&[], Vec::as_slice)
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// `None` is [`Field::Null`]: whoever has an `Option` was told that there is none.
impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl<T: PartialEq> PartialEq<T> for Field<T> {
    fn eq(&self, other: &T) -> bool {
        self.value() == Some(other)
    }
}

impl PartialEq<str> for Field<String> {
    fn eq(&self, other: &str) -> bool {
        self.value().is_some_and(|value| value == other)
    }
}

impl PartialEq<&str> for Field<String> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// [`Field::Absent`] has no form of its own in JSON: leave the key out with
/// `#[serde(default, skip_serializing_if = "Field::is_absent")]`. Where it is serialized all the
/// same, it is written as `null`.
impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.serialize_some(value),
            Self::Null | Self::Absent => serializer.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

/// A `Field<T>` in a schema is a `T` or null; that it may also be missing is said by its not being
/// required.
#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Option::<T>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Record {
        #[serde(default, skip_serializing_if = "Field::is_absent")]
        active: Field<bool>,
    }

    #[test]
    fn the_three_states_survive_json() {
        for (json, field) in [
            (r#"{"active":true}"#, Field::Value(true)),
            (r#"{"active":null}"#, Field::Null),
            ("{}", Field::Absent),
        ] {
            let record: Record = serde_json::from_str(json).unwrap();
            assert_eq!(record.active, field);
            assert_eq!(serde_json::to_string(&record).unwrap(), json);
        }
    }

    #[test]
    fn or_prefers_what_was_sent_even_when_it_is_null() {
        assert_eq!(Field::<u8>::Null.or(Field::Value(1)), Field::Null);
        assert_eq!(Field::<u8>::Absent.or(Field::Value(1)), 1);
    }

    #[test]
    fn an_empty_string_is_null_and_a_blank_one_is_not() {
        assert_eq!(Field::from("").empty_as_null(), Field::Null);
        assert_eq!(Field::from(" ").empty_as_null(), " ");
        assert_eq!(Field::<String>::Absent.empty_as_null(), Field::Absent);
    }

    #[test]
    fn items_of_an_unknown_list_are_none() {
        assert_eq!(Field::<Vec<u8>>::Absent.items(), &[] as &[u8]);
        assert_eq!(Field::from(vec![1, 2]).items(), &[1, 2]);
    }
}
