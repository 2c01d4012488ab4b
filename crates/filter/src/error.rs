//! The error of a text that is not a condition.

use std::{fmt, ops::Range};

/// The error of a text that is not a condition.
///
/// `Display` says what is wrong and at which character. It may repeat the name of a field, and repeats no value, which may hold
/// personal data.
/// [`marked`](Self::marked) shows the place in the text, for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// In bytes.
    pub(crate) span: Range<usize>,
    /// In characters, from 1.
    pub(crate) character: usize,
    pub(crate) message: String,
}

impl ParseError {
    /// Returns what is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the range of the mistake in the text, in bytes. The range is empty if something is missing there.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Returns two lines: the text, and a mark below the mistake with the message. `text` must be the text that was parsed. Its
    /// control characters are shown as `\u{fffd}`.
    pub fn marked(&self, text: &str) -> String {
        let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        let line: String = text.chars().map(shown).collect();
        let before = self.character.saturating_sub(1);
        let length = text.get(self.span.clone()).map_or(0, |part| part.chars().count());
        format!("{line}\n{}{} {}", " ".repeat(before), "^".repeat(length.max(1)), self.message)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the condition is wrong at character {}: {}", self.character, self.message)
    }
}

impl std::error::Error for ParseError {}
