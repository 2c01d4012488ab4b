//! Guards of a listing: cursors that come again, records that come twice.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use crate::{Cursor, ProfileId};

/// How many cursors are remembered one by one (8 bytes each).
const REMEMBERED_CURSORS: usize = 65_536;

/// How many ids are remembered one by one (8 bytes each).
const REMEMBERED_IDS: usize = 1 << 20;

/// Finds a cursor that was seen before, at any cycle length, in bounded memory.
///
/// The first 65,536 cursors are remembered, so that a cycle among them is found at its first
/// repetition. Beyond, Brent's method takes over: one remembered cursor that moves on at every power of two.
#[derive(Clone, Debug, Default)]
pub struct CursorGuard {
    seen: HashSet<u64>,
    steps: u64,
    anchor: Option<u64>,
    anchor_moves_at: u64,
}

impl CursorGuard {
    /// Notes a cursor. Gives `false` if it was seen before.
    pub fn admit(&mut self, cursor: &Cursor) -> bool {
        self.admit_digest(cursor.digest())
    }

    fn admit_digest(&mut self, digest: u64) -> bool {
        self.steps += 1;
        if self.seen.contains(&digest) || self.anchor == Some(digest) {
            return false;
        }
        if self.seen.len() < REMEMBERED_CURSORS {
            self.seen.insert(digest);
        } else if self.steps >= self.anchor_moves_at {
            self.anchor = Some(digest);
            self.anchor_moves_at = self.steps.saturating_mul(2);
        }
        true
    }
}

/// Counts records that come a second time, in bounded memory.
///
/// Remembers 64 bits of the first 1,048,576 ids; [`DuplicateCounter::is_exhaustive`] says whether that
/// was enough. That two ids share the 64 bits is a matter of one in millions of millions.
#[derive(Clone, Debug, Default)]
pub struct DuplicateCounter {
    seen: HashSet<u64>,
    duplicates: u64,
    overflowed: bool,
}

impl DuplicateCounter {
    /// Notes an id. Gives `true` if it was noted before.
    pub fn note(&mut self, id: &ProfileId) -> bool {
        let mut hasher = DefaultHasher::new();
        (id.kind.as_str(), id.native()).hash(&mut hasher);
        let digest = hasher.finish();
        if self.seen.contains(&digest) {
            self.duplicates += 1;
            return true;
        }
        if self.seen.len() < REMEMBERED_IDS {
            self.seen.insert(digest);
        } else {
            self.overflowed = true;
        }
        false
    }

    /// How many records came again.
    pub const fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Whether every record was checked against every other one.
    pub const fn is_exhaustive(&self) -> bool {
        !self.overflowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks a listing of `head` cursors that leads into a cycle of `length`; gives the steps until it is found.
    fn steps_until_found(head: u64, length: u64) -> u64 {
        let mut guard = CursorGuard::default();
        for step in 0.. {
            let cursor = if step < head { step } else { head + (step - head) % length };
            if !guard.admit_digest(cursor) {
                return step;
            }
        }
        unreachable!("the loop ends by returning")
    }

    #[test]
    fn cycles_of_any_length_are_found_at_their_first_repetition() {
        for (head, length) in [(0, 1), (0, 2), (5, 1), (3, 7), (100, 1000)] {
            assert_eq!(steps_until_found(head, length), head + length);
        }
    }

    #[test]
    fn cycles_beyond_what_is_remembered_are_found_too() {
        let steps = steps_until_found(70_000, 90_000);
        assert!(steps < 4 * 160_000, "{steps}");
    }

    #[test]
    fn a_listing_without_a_cycle_is_let_through() {
        let mut guard = CursorGuard::default();
        assert!((0..300_000).all(|cursor| guard.admit_digest(cursor)));
        assert_eq!(guard.seen.len(), REMEMBERED_CURSORS);
    }
}
