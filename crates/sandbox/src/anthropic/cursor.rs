//! The opaque cursor: the position of a listing, bound to its order and filter.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use crate::rng::key_of_text;

const PREFIX: &str = "page_";

/// The end of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The index of the last returned profile. Unlike a position, it stays valid when profiles are created.
    pub(super) after: u64,
    /// Whether the empty page comes before the next full one.
    pub(super) empty_page_first: bool,
}

impl Cursor {
    /// Writes the cursor for a listing of this kind.
    pub(super) fn write(self, seed: u64, listing: &str) -> String {
        let content = format!("{}.{}", self.after, u8::from(self.empty_page_first));
        let check = key_of_text(key_of_text(seed, listing), &content);
        format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(format!("{content}.{check:016x}")))
    }

    /// Reads a cursor that was written for a listing of this kind.
    pub(super) fn read(text: &str, seed: u64, listing: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let inner = String::from_utf8(bytes).ok()?;
        let mut parts = inner.split('.');
        let (after, empty) = (parts.next()?.parse().ok()?, parts.next()? == "1");
        let cursor = Self { after, empty_page_first: empty };
        // Writing it again checks everything at once, also that nothing was appended.
        (cursor.write(seed, listing) == text).then_some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_only_by_the_listing_it_was_written_for() {
        let cursor = Cursor { after: 41, empty_page_first: true };
        let text = cursor.write(1, "desc created_at");
        assert_eq!(Cursor::read(&text, 1, "desc created_at"), Some(cursor));
        assert_eq!(Cursor::read(&text, 1, "asc created_at"), None);
        assert_eq!(Cursor::read(&text, 2, "desc created_at"), None);
        for garbage in ["", "page_", "page_%%", "41", "page_NDE"] {
            assert_eq!(Cursor::read(garbage, 1, "desc created_at"), None);
        }
    }
}
