//! Values that the service sends in more than one type.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use anyprofile_core::{Field, profile::RawJson, wire::OpaqueId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

/// One value or a list of values: the document says object and describes a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OneOrMany<T> {
    /// A list.
    Many(Vec<T>),
    /// One value.
    One(T),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        let things = if raw.get().starts_with('[') {
            raw.decode().map(Self::Many)
        } else {
            raw.decode().map(Self::One)
        };
        things.map_err(serde::de::Error::custom)
    }
}

impl<T: Serialize> Serialize for OneOrMany<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Many(things) => things.serialize(serializer),
            Self::One(thing) => thing.serialize(serializer),
        }
    }
}

/// A decimal number, which the service sends as a number or as a text. All digits are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Decimal {
    text: String,
    quoted: bool,
}

impl Decimal {
    /// Returns the digits.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Decimal {
    /// Returns the same number, serialized as a text.
    pub(crate) fn quoted(self) -> Self {
        Self { quoted: true, ..self }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        match raw.get().as_bytes().first() {
            Some(b'"') => {
                raw.decode().map(|text| Self { text, quoted: true }).map_err(serde::de::Error::custom)
            }
            Some(b'0'..=b'9' | b'-') => Ok(Self { text: raw.get().to_owned(), quoted: false }),
            _ => Err(serde::de::Error::custom("expected a number, or a number in a string")),
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<RawJson>(&self.text) {
            Ok(number) if !self.quoted => number.serialize(serializer),
            _ => serializer.serialize_str(&self.text),
        }
    }
}

/// A text that some versions send as a number: a postal code was an integer in the document of 2020.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LooseText(OpaqueId);

impl LooseText {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<'de> Deserialize<'de> for LooseText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OpaqueId::deserialize(deserializer).map(Self)
    }
}

impl Serialize for LooseText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// An object whose keys the service chooses. The JSON is kept as the service sent it. An empty object may
/// come as `[]`, since the service behind `/profiles` and `/me` is written in PHP. A value that is not an
/// object has no entries.
///
/// `Debug` shows no content.
pub struct LooseMap<V> {
    raw: RawJson,
    of: PhantomData<fn() -> V>,
}

impl<V: DeserializeOwned> LooseMap<V> {
    /// Returns the value of a key. Also `Null` if the value has an unexpected type; see [`raw`](Self::raw).
    pub fn get(&self, key: &str) -> Field<V> {
        self.entries().remove(key).map_or(Field::Absent, |raw| value_or_null(&raw))
    }

    /// Returns all entries, ordered by key.
    pub fn iter(&self) -> impl Iterator<Item = (String, Field<V>)> + use<V> {
        self.entries().into_iter().map(|(key, raw)| (key, value_or_null(&raw)))
    }
}

impl<V> LooseMap<V> {
    /// Returns the JSON as the service sent it.
    pub fn raw(&self) -> &RawJson {
        &self.raw
    }

    /// Returns whether the service sent an object, rather than `[]` for an empty one, or another type.
    pub fn is_object(&self) -> bool {
        self.raw.get().starts_with('{')
    }

    fn entries(&self) -> BTreeMap<String, RawJson> {
        self.raw.decode().unwrap_or_default()
    }
}

fn value_or_null<V: DeserializeOwned>(raw: &RawJson) -> Field<V> {
    raw.decode::<Field<V>>().unwrap_or(Field::Null)
}

impl<V> Clone for LooseMap<V> {
    fn clone(&self) -> Self {
        Self { raw: self.raw.clone(), of: PhantomData }
    }
}

impl<V> PartialEq for LooseMap<V> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<V> fmt::Debug for LooseMap<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LooseMap({} entries)", self.entries().len())
    }
}

impl<'de, V> Deserialize<'de> for LooseMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RawJson::deserialize(deserializer).map(|raw| Self { raw, of: PhantomData })
    }
}

impl<V> Serialize for LooseMap<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}
