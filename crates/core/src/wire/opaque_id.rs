//! Ids of services.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Visitor},
};

/// An id from a service: a string, or in some places a number.
///
/// ```
/// use anyprofile_core::wire::OpaqueId;
///
/// let ids: Vec<OpaqueId> = serde_json::from_str(r#"["7Qx", 42]"#)?;
/// assert_eq!((ids[0].as_str(), ids[1].as_str()), ("7Qx", "42"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct OpaqueId(String);

impl OpaqueId {
    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for OpaqueId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<OpaqueId> for String {
    fn from(id: OpaqueId) -> Self {
        id.0
    }
}

impl From<OpaqueId> for Box<str> {
    fn from(id: OpaqueId) -> Self {
        id.0.into_boxed_str()
    }
}

impl<'de> Deserialize<'de> for OpaqueId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;

        impl Visitor<'_> for IdVisitor {
            type Value = OpaqueId;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an id, as a string or an integer")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OpaqueId, E> {
                Ok(OpaqueId(text.to_owned()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<OpaqueId, E> {
                Ok(OpaqueId(text))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<OpaqueId, E> {
                Ok(OpaqueId(number.to_string()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<OpaqueId, E> {
                Ok(OpaqueId(number.to_string()))
            }
        }

        deserializer.deserialize_any(IdVisitor)
    }
}
