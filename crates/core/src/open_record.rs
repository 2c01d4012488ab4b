//! Records that a service may extend at any time.

/// Defines a record of a service: every key is a [`Field`](crate::Field), and unknown keys are kept.
///
/// The struct gets a field `unknown`, `Default`, `Clone`, `PartialEq`, serde in both directions, and a `Debug` that
/// shows the states of the fields but no content. Decoding requires no key, uses the last of duplicate keys, and does
/// not buffer values like serde's `flatten`. Errors name the field.
///
/// The key of a field is its name. Another key, or one that is a Rust keyword, follows the type.
///
/// ```
/// use anyprofile_core::Field;
///
/// anyprofile_core::open_record! {
///     /// A user of some service.
///     pub struct User {
///         /// The user's e-mail address.
///         email: String = "mail",
///         /// The user's name.
///         name: String,
///     }
/// }
/// let user: User = serde_json::from_str(r#"{"mail":"ada@example.com","name":"Ada","shoe":44}"#)?;
/// assert!(user.email.is_known_to_be("ada@example.com") && user.name.is_known_to_be("Ada"));
/// assert_eq!(user.unknown.get("shoe").map(|raw| raw.get()), Some("44"));
/// assert!(!format!("{user:?}").contains("ada"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! open_record {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty $(= $key:literal)?,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $crate::Field<$type>,)+
            /// Keys that this version does not know, with their values.
            pub unknown: $crate::profile::UnknownFields,
        }

        impl $crate::wire::Tolerant for $name {
            fn tolerant(text: &str) -> $crate::__private::serde_json::Result<Self> {
                let fields: ::std::collections::BTreeMap<::std::string::String, $crate::profile::RawJson> =
                    $crate::__private::serde_json::from_str(text)?;
                let mut record = Self::default();
                for (key, value) in fields {
                    let is_read = match key.as_str() {
                        $($crate::wire_key!($field $($key)?) => {
                            value.decode().map(|field| record.$field = field).is_ok()
                        })+
                        _ => false,
                    };
                    // A repaired value is also kept, so that the repair can be noted.
                    if !is_read || value.is_repaired() {
                        record.unknown.insert(key, value);
                    }
                }
                Ok(record)
            }
        }

        impl $name {
            /// The keys that this version knows.
            #[allow(dead_code, reason = "not every record needs it")]
            pub const KEYS: &'static [&'static str] = &[$($crate::wire_key!($field $($key)?)),+];

            /// Returns the state of a field by its key; `None` if there is no such key.
            #[allow(dead_code, reason = "not every record needs it")]
            pub fn state(&self, key: &str) -> ::std::option::Option<$crate::FieldState> {
                match key {
                    $($crate::wire_key!($field $($key)?) => {
                        ::std::option::Option::Some(self.$field.record_state())
                    })+
                    _ => self.unknown.get(key).map(|_| $crate::FieldState::Value),
                }
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let mut debug = formatter.debug_struct(stringify!($name));
                $(if !self.$field.is_absent() {
                    debug.field(stringify!($field), &::std::format_args!("{}", self.$field.record_state()));
                })+
                debug.field("unknown", &self.unknown).finish()
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use $crate::__private::serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(if !self.$field.is_absent() {
                    map.serialize_entry($crate::wire_key!($field $($key)?), &self.$field)?;
                })+
                for (key, value) in self.unknown.iter() {
                    // A repaired value of a known field is already written under its key.
                    let is_there = Self::KEYS.contains(&key)
                        && self.state(key).is_some_and(|state| state != $crate::FieldState::Absent);
                    if !is_there {
                        map.serialize_entry(key, value)?;
                    }
                }
                map.end()
            }
        }

        const _: () = {
            use $crate::__private::serde::de;

            #[allow(non_camel_case_types)]
            enum Key {
                $($field,)+
                Unknown(::std::string::String),
            }

            impl<'de> de::Deserialize<'de> for Key {
                fn deserialize<D: de::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<Self, D::Error> {
                    $crate::__private::word(deserializer, |key| match key {
                        $($crate::wire_key!($field $($key)?) => Key::$field,)+
                        _ => Key::Unknown(key.to_owned()),
                    })
                }
            }

            struct RecordVisitor;

            impl<'de> de::Visitor<'de> for RecordVisitor {
                type Value = $name;

                fn expecting(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    formatter.write_str(concat!("an object (", stringify!($name), ")"))
                }

                fn visit_map<A: de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> ::std::result::Result<$name, A::Error> {
                    let mut record = $name::default();
                    while let Some(key) = map.next_key::<Key>()? {
                        match key {
                            $(Key::$field => {
                                record.$field = map.next_value().map_err(|error| {
                                    let key = $crate::wire_key!($field $($key)?);
                                    de::Error::custom(::std::format_args!("{key}: {error}"))
                                })?;
                            })+
                            Key::Unknown(key) => record.unknown.insert(key, map.next_value()?),
                        }
                    }
                    Ok(record)
                }
            }

            impl<'de> de::Deserialize<'de> for $name {
                fn deserialize<D: de::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<Self, D::Error> {
                    deserializer.deserialize_map(RecordVisitor)
                }
            }
        };
    };
}

/// Returns the key of a field: the given one, or else its name.
#[doc(hidden)]
#[macro_export]
macro_rules! wire_key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}
