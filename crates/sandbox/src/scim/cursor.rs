//! Cursors (RFC 9865): where a page ended, in a list that may move meanwhile.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::errors::{Refusal, Result};
use super::schema::Kind;
use crate::rng::key_of_text;

/// The end of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The index of the last resource.
    pub(super) last: u64,
    /// How many there were up to it, and how many were deleted before, in case it is deleted.
    pub(super) passed: u64,
    pub(super) deleted: u64,
}

/// Returns what tells the lists of other selections apart.
fn mark(kind: Kind, selection: &str) -> u64 {
    key_of_text(0x6375_7273, &format!("{} {selection}", kind.name()))
}

impl Cursor {
    pub(super) fn to_text(self, kind: Kind, selection: &str) -> String {
        let words = [self.last, self.passed, self.deleted, mark(kind, selection)];
        URL_SAFE_NO_PAD.encode(words.map(u64::to_be_bytes).concat())
    }

    /// Reads a cursor of this list; an empty one is the beginning.
    pub(super) fn parse(text: &str, kind: Kind, selection: &str) -> Result<Option<Self>> {
        if text.is_empty() {
            return Ok(None);
        }
        let unknown = || Refusal::invalid("invalidCursor", "The cursor is not one of this list.");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unknown())?;
        let words: Vec<u64> =
            bytes.chunks(8).filter_map(|word| Some(u64::from_be_bytes(word.try_into().ok()?))).collect();
        match words[..] {
            [last, passed, deleted, of] if bytes.len() == 32 && of == mark(kind, selection) => {
                Ok(Some(Self { last, passed, deleted }))
            }
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let cursor = Cursor { last: 7, passed: 8, deleted: 0 };
        let text = cursor.to_text(Kind::User, "all");
        assert_eq!(Cursor::parse(&text, Kind::User, "all"), Ok(Some(cursor)));
        assert_eq!(Cursor::parse("", Kind::User, "all"), Ok(None));
        for (text, kind, selection) in [
            (&*text, Kind::User, "some"),
            (&text, Kind::Group, "all"),
            (&text[1..], Kind::User, "all"),
            ("?", Kind::User, "all"),
        ] {
            assert!(Cursor::parse(text, kind, selection).is_err(), "{text}");
        }
    }
}
