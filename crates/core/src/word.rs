//! Deserializing a string without allocating it.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// Deserializes a string and converts it, without allocating it.
///
/// # Errors
/// Those of the deserializer, also if the value is not a string.
pub fn word<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    convert: impl FnOnce(&str) -> T,
) -> Result<T, D::Error> {
    struct WordVisitor<F, T>(F, PhantomData<T>);

    impl<T, F: FnOnce(&str) -> T> Visitor<'_> for WordVisitor<F, T> {
        type Value = T;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a string")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            Ok((self.0)(text))
        }
    }

    deserializer.deserialize_str(WordVisitor(convert, PhantomData))
}
