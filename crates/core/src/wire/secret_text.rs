//! Texts that are secrets.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::profile::RawJson;

/// What is written in place of a secret.
pub const WITHHELD: &str = "[withheld]";

/// A text of a record that is a secret: a token, a seed, a link that lets in whoever has it. `Debug` shows nothing of it, and it
/// is serialized as [`WITHHELD`]; to write it down takes [`expose`](Self::expose). Its memory is cleared when it is dropped.
#[derive(Clone)]
pub struct SecretText(SecretString);

impl SecretText {
    /// A secret that came by another way than in a record.
    pub fn new(secret: impl Into<SecretString>) -> Self {
        Self(secret.into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretText(..)")
    }
}

impl PartialEq for SecretText {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for SecretText {}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Whatever it is, it is not to be kept among the fields that this version does not know.
        let raw = RawJson::deserialize(deserializer)?;
        Ok(Self(raw.decode::<String>().unwrap_or_else(|_| raw.get().to_owned()).into()))
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(WITHHELD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_to_those_alone_who_ask_for_it() {
        for (json, secret) in [(r#""a seed""#, "a seed"), ("7", "7"), (r#"{"seed":"x"}"#, r#"{"seed":"x"}"#)]
        {
            let text: SecretText = serde_json::from_str(json).unwrap();
            assert_eq!(text.expose(), secret);
            assert_eq!(serde_json::to_string(&text).unwrap(), r#""[withheld]""#);
            assert!(!format!("{text:?}").contains(secret));
        }
    }
}
