//! Enumerations that a service may extend at any time.

/// Defines an enumeration of known words, with an `Other` variant that keeps an unknown word as it is.
///
/// Decoding never fails on a word, and an unknown word survives a round trip. The type serializes as a plain string.
///
/// ```
/// anyprofile_core::open_enum! {
///     /// The state of a door.
///     pub enum Door {
///         /// It stands open.
///         Open = "open",
///         /// It is shut.
///         Shut = "shut",
///     }
/// }
/// assert_eq!(Door::from("open"), Door::Open);
/// assert_eq!(Door::from("ajar").as_str(), "ajar");
/// assert_eq!(Door::WORDS, ["open", "shut"]);
/// ```
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $visibility enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A word that this version does not know, as the service sent it. Create it with `From`, which returns
            /// the variant of a known word.
            Other(::std::string::String),
        }

        impl $name {
            /// The words that this version knows.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// Returns the word, as the service writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }

            /// Returns the word if this version does not know it.
            #[allow(dead_code, reason = "not every enumeration needs it")]
            pub fn unknown_word(&self) -> ::std::option::Option<&str> {
                match self {
                    Self::Other(word) => ::std::option::Option::Some(word),
                    _ => ::std::option::Option::None,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(word: ::std::string::String) -> Self {
                match word.as_str() {
                    $($word => Self::$variant,)+
                    _ => Self::Other(word),
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(word: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(word))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl $crate::__private::FieldValue for $name {
            const TYPE: $crate::profile::ValueType = $crate::profile::ValueType::Text;

            fn value_ref(&self) -> $crate::profile::ValueRef<'_> {
                $crate::profile::ValueRef::Text(self.as_str())
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::word(deserializer, |word| Self::from(word))
            }
        }

        $crate::__open_enum_schema!($name);
    };
}

/// The schema of an open enumeration: any string, with the known words as examples.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum_schema {
    ($name:ident) => {
        impl $crate::__private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                _generator: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                $crate::__private::schemars::json_schema!({
                    "type": "string",
                    "description": "An open enumeration: the examples are the words known today.",
                    "examples": Self::WORDS,
                })
            }
        }
    };
}

#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum_schema {
    ($name:ident) => {};
}
