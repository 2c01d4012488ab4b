//! A field of a record that a service sent, null included.

use std::{cmp::Ordering, fmt, ops::Deref, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Timestamp, Verdict,
    words::{WordError, value_of_word},
};

/// What one record of a service says of one field.
///
/// A service may send a value, send `null`, or leave the key out. An access review must not mix
/// these up: an absent `mfa_enabled` is not `false`. Two further states, *unsupported* and *withheld*,
/// belong to the service and not to the record; [`Profile::state`](crate::Profile::state) returns all five.
///
/// # Comparing
/// A `Field` is not compared with a plain value by `==` or `<`, because two results are not enough: a status that was not
/// sent is neither `Active` nor something else. Say which question you ask:
///
/// | question | method |
/// |---|---|
/// | Is it known to be this value? | [`is_known_to_be`](Self::is_known_to_be) |
/// | Is it known to be something else? | [`is_known_not_to_be`](Self::is_known_not_to_be) |
/// | Is it known, and does this hold of it? | [`is_known_and`](Self::is_known_and) |
/// | Yes, no or not known? | [`equals`](Self::equals), [`older_than`](Field::<Timestamp>::older_than), [`newer_than`](Field::<Timestamp>::newer_than) |
///
/// Two fields are equal if their states and values are. A field that has a value and one that has none are not ordered:
/// `partial_cmp` returns `None`, so that `<`, `<=`, `>` and `>=` are all false.
///
/// ```
/// use anyprofile_core::{Field, Verdict};
///
/// let mfa: Field<bool> = Field::Absent;
/// assert!(!mfa.is_known_to_be(&false));
/// assert_eq!(mfa.equals(&false), Verdict::Unknown);
/// let title: Field<String> = "cto".into();
/// assert!(title.is_known_to_be("cto"));
/// assert_eq!(Field::<u8>::from(None), Field::Null);
/// assert_eq!(Option::from(title.as_deref()), Some("cto"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
///
/// There are five, and there will be no sixth: a program may match them without a wildcard. "Could not be
/// read" is not a state. Such a field is [`Absent`](Self::Absent), and
/// [`Origin::missing`](crate::profile::Origin::missing) names the record and the reason, and the listing's report counts it.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldPath, FieldState, ProfileProvider, ProfileProviderExt};
///
/// let ada = provider.get(&ada.id).await?;
/// let capabilities = provider.prepare().await?;
/// assert_eq!(ada.state(&FieldPath::NAME_DISPLAY, capabilities), FieldState::Value);
/// // The service has titles, and this record has none. Whether there is one is not known.
/// assert_eq!(ada.state(&FieldPath::TITLE, capabilities), FieldState::Absent);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FieldState {
    /// There is a value.
    Value,
    /// The service says that there is none.
    Null,
    /// A record that was read can have the field, but does not; or the record that has it could not be read.
    Absent,
    /// None of the records that were read can have the field. The service has no such field; or it shows the field only in a
    /// further record, which [`enrich`](crate::GetOptions::enrich) reads:
    /// [`FieldTable::get`](crate::capabilities::FieldTable::get) names it.
    Unsupported,
    /// The service has the field, and this credential may not see it.
    Withheld,
}

impl FieldState {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Value, Self::Null, Self::Absent, Self::Unsupported, Self::Withheld];

    /// Returns the word for this state, as it is serialized: `value`, `null`, `absent`, `unsupported`, `withheld`.
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

impl fmt::Display for FieldState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for FieldState {
    type Err = WordError;

    fn from_str(word: &str) -> Result<Self, WordError> {
        value_of_word("a state", &Self::ALL, Self::as_str, word)
    }
}

impl<T> Field<T> {
    /// Returns the value, if there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null | Self::Absent => None,
        }
    }

    /// Returns the value by move, if there is one.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null | Self::Absent => None,
        }
    }

    /// Returns an iterator over the value: one item if there is a value, else none.
    pub fn iter(&self) -> std::option::IntoIter<&T> {
        self.value().into_iter()
    }

    /// Returns whether there is a value.
    pub const fn is_known(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Returns whether the service sent `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns whether the service did not send the key.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns whether there is a value and it is this one.
    ///
    /// `false` does not mean that it is another: ask [`is_known_not_to_be`](Self::is_known_not_to_be) for that.
    pub fn is_known_to_be<Q: ?Sized>(&self, value: &Q) -> bool
    where
        T: PartialEq<Q>,
    {
        self.is_known_and(|known| known == value)
    }

    /// Returns whether there is a value and it is another one.
    pub fn is_known_not_to_be<Q: ?Sized>(&self, value: &Q) -> bool
    where
        T: PartialEq<Q>,
    {
        self.is_known_and(|known| known != value)
    }

    /// Returns whether there is a value for which the condition holds.
    pub fn is_known_and(&self, condition: impl FnOnce(&T) -> bool) -> bool {
        self.value().is_some_and(condition)
    }

    /// Returns whether the field is this value; [`Verdict::Unknown`] if it has none, also if it is null.
    pub fn equals<Q: ?Sized>(&self, value: &Q) -> Verdict
    where
        T: PartialEq<Q>,
    {
        self.verdict(|known| known == value)
    }

    /// Returns whether the condition holds for the value; [`Verdict::Unknown`] if there is none.
    pub fn verdict(&self, condition: impl FnOnce(&T) -> bool) -> Verdict {
        self.value().map_or(Verdict::Unknown, |known| Verdict::from(condition(known)))
    }

    /// Returns the state of the field in this record: value, null or absent.
    pub const fn record_state(&self) -> FieldState {
        match self {
            Self::Value(_) => FieldState::Value,
            Self::Null => FieldState::Null,
            Self::Absent => FieldState::Absent,
        }
    }

    /// Converts from `&Field<T>` to `Field<&T>`.
    pub const fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Value(value) => Field::Value(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// Converts from `&mut Field<T>` to `Field<&mut T>`.
    pub const fn as_mut(&mut self) -> Field<&mut T> {
        match self {
            Self::Value(value) => Field::Value(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// Converts from `&Field<T>` to `Field<&T::Target>`: `Field<String>` becomes `Field<&str>`.
    pub fn as_deref(&self) -> Field<&T::Target>
    where
        T: Deref,
    {
        self.as_ref().map(Deref::deref)
    }

    /// Converts the value, and keeps null and absent.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Value(value) => Field::Value(convert(value)),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// Converts the value to another field, and keeps null and absent.
    pub fn and_then<U>(self, convert: impl FnOnce(T) -> Field<U>) -> Field<U> {
        match self {
            Self::Value(value) => convert(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// Returns this field if it was sent (also as null), else the other one.
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Absent => other,
            sent => sent,
        }
    }

    /// Returns the value, or `default` if there is none.
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

impl<T: Copy> Field<&T> {
    /// Converts from `Field<&T>` to `Field<T>` by copying the value.
    pub const fn copied(self) -> Field<T> {
        match self {
            Self::Value(value) => Field::Value(*value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }
}

impl<T: Clone> Field<&T> {
    /// Converts from `Field<&T>` to `Field<T>` by cloning the value.
    pub fn cloned(self) -> Field<T> {
        self.map(T::clone)
    }
}

impl Field<String> {
    /// Returns [`Field::Null`] for the empty string, which services send for "not set", and the field itself otherwise.
    pub fn empty_as_null(self) -> Self {
        match self {
            Self::Value(text) if text.is_empty() => Self::Null,
            other => other,
        }
    }
}

impl Field<Timestamp> {
    /// Returns whether the time is before `limit`; [`Verdict::Unknown`] if there is none.
    ///
    /// ```
    /// use anyprofile_core::{Field, Timestamp, Verdict};
    ///
    /// let last_login: Field<Timestamp> = Field::Null;
    /// // A user who never signed in has no last login, so the result is unknown.
    /// assert_eq!(last_login.older_than(Timestamp::now()), Verdict::Unknown);
    /// ```
    pub fn older_than(&self, limit: Timestamp) -> Verdict {
        self.verdict(|time| *time < limit)
    }

    /// Returns whether the time is after `limit`; [`Verdict::Unknown`] if there is none.
    pub fn newer_than(&self, limit: Timestamp) -> Verdict {
        self.verdict(|time| *time > limit)
    }
}

impl<T> Field<Vec<T>> {
    /// Returns the items; none if the list is null or absent. Ask [`Field::record_state`] which of these it is.
    pub fn items(&self) -> &[T] {
        self.value().map_or(&[], Vec::as_slice)
    }
}

/// Writes the value, or the state: `null` or `absent`.
impl<T: fmt::Display> fmt::Display for Field<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(formatter),
            Self::Null | Self::Absent => self.record_state().fmt(formatter),
        }
    }
}

/// Orders values. Between a field that has a value and one that has none there is no order: `None`.
impl<T: PartialOrd> PartialOrd for Field<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Value(one), Self::Value(two)) => one.partial_cmp(two),
            // Equal fields compare as equal, which the trait asks for.
            (Self::Null, Self::Null) | (Self::Absent, Self::Absent) => Some(Ordering::Equal),
            _ => None,
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// `None` becomes [`Field::Null`]: an `Option` says that there is no value.
impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

/// Null and absent both become `None`.
impl<T> From<Field<T>> for Option<T> {
    fn from(field: Field<T>) -> Self {
        field.into_value()
    }
}

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl<T> IntoIterator for Field<T> {
    type Item = T;
    type IntoIter = std::option::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_value().into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Field<T> {
    type Item = &'a T;
    type IntoIter = std::option::IntoIter<&'a T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
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
mod tests;
