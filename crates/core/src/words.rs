//! Enumerations that print and parse as one of a few words.

use std::fmt;

/// The error for a text that is not one of a type's words.
///
/// `Display` lists the words, and does not repeat the text.
///
/// ```
/// use anyprofile_core::ErrorKind;
///
/// // The message names the words that there are.
/// let error = "lost".parse::<ErrorKind>().unwrap_err();
/// assert!(error.to_string().contains("not_found"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordError {
    what: &'static str,
    words: Vec<&'static str>,
}

impl fmt::Display for WordError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} must be one of: {}", self.what, self.words.join(", "))
    }
}

impl std::error::Error for WordError {}

/// Returns the value of a word.
pub(crate) fn value_of_word<T: Copy>(
    what: &'static str,
    all: &[T],
    word_of: fn(T) -> &'static str,
    text: &str,
) -> Result<T, WordError> {
    let found = all.iter().copied().find(|value| word_of(*value) == text);
    found.ok_or_else(|| WordError { what, words: all.iter().copied().map(word_of).collect() })
}
