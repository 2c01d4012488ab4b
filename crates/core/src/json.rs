//! Raw JSON values.

mod repair;

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

pub use self::repair::repaired;
use crate::path::is_identifier;

/// A JSON value in the exact text that the service sent: numbers keep all digits, and keys keep their order.
///
/// Parts that common JSON readers refuse, although the grammar allows them, are replaced when the value is created.
/// Half of a surrogate pair becomes U+FFFD. A number outside the range of a 64-bit float, and anything nested more
/// than 32 levels deep, become a string with their text. [`is_repaired`](Self::is_repaired) reports this. The value
/// can therefore always be written and read again.
///
/// `Debug` shows only the length, because the text may hold personal data.
///
/// ```
/// use anyprofile_core::profile::RawJson;
///
/// let raw: RawJson = serde_json::from_str(r#"{"balance": 1.10}"#)?;
/// // As the service sent it, to the last digit. A log has no content.
/// assert_eq!(raw.get(), r#"{"balance": 1.10}"#);
/// assert_eq!(format!("{raw:?}"), "RawJson(17 bytes)");
/// let value: serde_json::Value = raw.decode()?;
/// assert_eq!(value["balance"], 1.1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct RawJson {
    text: Box<RawValue>,
    is_repaired: bool,
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self::from)
    }
}

impl RawJson {
    /// Returns the JSON text.
    pub fn get(&self) -> &str {
        self.text.get()
    }

    /// Returns whether a part of the text was replaced because JSON readers refuse it.
    pub const fn is_repaired(&self) -> bool {
        self.is_repaired
    }

    /// Decodes the value.
    ///
    /// # Errors
    /// Returns an error if the text does not have the form of `T`.
    pub fn decode<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_str(self.get())
    }
}

impl RawJson {
    /// Encodes a value as JSON; `None` if that fails.
    pub fn encode(value: &impl Serialize) -> Option<Self> {
        serde_json::value::to_raw_value(value).ok().map(Self::from)
    }
}

impl From<Box<RawValue>> for RawJson {
    fn from(text: Box<RawValue>) -> Self {
        // The repaired text is valid JSON; if not, the original is kept.
        match repaired(text.get()).and_then(|repaired| RawValue::from_string(repaired).ok()) {
            Some(text) => Self { text, is_repaired: true },
            None => Self { text, is_repaired: false },
        }
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for RawJson {}

impl fmt::Debug for RawJson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RawJson({} bytes)", self.get().len())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for RawJson {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RawJson".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!(true)
    }
}

/// Fields that this version does not know, by name, as the service sent them.
///
/// ```
/// anyprofile_core::open_record! {
///     /// A user of some service.
///     pub struct User {
///         /// The user's name.
///         name: String,
///     }
/// }
///
/// // The service has begun to send a badge.
/// let user: User = serde_json::from_str(r#"{"name": "Ada", "badge": 7}"#)?;
/// let new: Vec<_> = user.unknown.iter().map(|(name, value)| (name, value.get())).collect();
/// assert_eq!(new, [("badge", "7")]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transparent))]
pub struct UnknownFields(BTreeMap<String, RawJson>);

impl UnknownFields {
    /// Returns whether there are no such fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of a field.
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.0.get(name)
    }

    /// Adds a field. It replaces an earlier one with the same name.
    pub fn insert(&mut self, name: impl Into<String>, value: RawJson) {
        self.0.insert(name.into(), value);
    }

    /// Removes a field.
    #[cfg(any(feature = "layers", feature = "memory"))]
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Returns all fields, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl IntoIterator for UnknownFields {
    type Item = (String, RawJson);
    type IntoIter = std::collections::btree_map::IntoIter<String, RawJson>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Shows no values, and only the names that are identifiers: names come from the service.
impl fmt::Debug for UnknownFields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |name: &String| if is_identifier(name) { name.clone() } else { "…".to_owned() };
        formatter.debug_set().entries(self.0.keys().map(shown)).finish()
    }
}
