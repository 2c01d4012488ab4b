//! Secret texts.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Secret, profile::RawJson};

/// The text that is serialized in place of a secret.
pub const WITHHELD: &str = "[withheld]";

/// A secret text of a record, such as a token, a seed or a link that gives access. `Debug` does not show it, and it
/// serializes as [`WITHHELD`]; [`expose`](Self::expose) returns it. Its memory is cleared on drop.
///
/// ```
/// use anyprofile_core::wire::SecretText;
///
/// anyprofile_core::open_record! {
///     /// A token, which the service shows once.
///     pub struct Token {
///         name: String,
///         value: SecretText,
///     }
/// }
///
/// let token: Token = serde_json::from_str(r#"{"name":"ci","value":"9f2c"}"#)?;
/// assert_eq!(token.value.value().map(SecretText::expose), Some("9f2c"));
/// // What is written, to a file or to a log, has no token.
/// assert_eq!(serde_json::to_string(&token)?, r#"{"name":"ci","value":"[withheld]"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct SecretText(Secret);

impl SecretText {
    /// Creates a secret that does not come from a record.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self(secret.into())
    }

    /// Returns the secret itself.
    pub fn expose(&self) -> &str {
        self.0.expose()
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
        // A secret of any type must not end up among the unknown fields.
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
