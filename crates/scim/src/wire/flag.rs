//! A Boolean that some servers send as text.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// True or false. Some servers send `"True"` and `"False"` as text (Entra ID does to others); both forms are read, and a
/// JSON Boolean is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flag(pub bool);

impl Serialize for Flag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(self.0)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;

        impl de::Visitor<'_> for FlagVisitor {
            type Value = Flag;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true or false")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Flag, E> {
                if text.eq_ignore_ascii_case("true") {
                    Ok(Flag(true))
                } else if text.eq_ignore_ascii_case("false") {
                    Ok(Flag(false))
                } else {
                    Err(E::invalid_value(de::Unexpected::Other("another text"), &self))
                }
            }
        }

        deserializer.deserialize_any(FlagVisitor)
    }
}
