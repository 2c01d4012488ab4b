//! Closed enumerations with a word for each value.

/// Defines an enumeration whose values have words: `Display`, `FromStr`, serde and the schema all use them.
macro_rules! words {
    ($(#[$attribute:meta])* pub enum $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $value,)*
        }

        impl $name {
            /// All values.
            pub const ALL: &'static [Self] = &[$(Self::$value),*];

            /// Returns the word for the value, as it is serialized.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::word::WordError;

            fn from_str(text: &str) -> Result<Self, crate::word::WordError> {
                let found = Self::ALL.iter().find(|value| value.as_str() == text).copied();
                found.ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    crate::word::WordError(words.join(", "))
                })
            }
        }
    };
}

pub(crate) use words;

/// A text that is none of the words; the error names them all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordError(pub(crate) String);

impl std::fmt::Display for WordError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "it must be one of {}", self.0)
    }
}

impl std::error::Error for WordError {}
