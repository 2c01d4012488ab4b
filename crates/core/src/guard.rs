//! Guards of a listing: repeated cursors and duplicate records.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState},
};

use crate::{ProfileId, listing::Cursor};

/// The number of ids in a generation: as many as a table of 2^17 slots of 9 bytes holds (1.1 MiB).
const GENERATION: usize = (1 << 17) / 8 * 7;

/// The number of ids from which the full table is allocated at once: a growing table briefly exists twice.
const FEW_IDS: usize = 3_584;

/// A set of digests, which need no further hashing.
type Digests = HashSet<u64, BuildHasherDefault<DigestHasher>>;

/// A hasher that returns a digest as its own hash.
#[derive(Clone, Copy, Debug, Default)]
struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Detects a cursor that was seen before, at any cycle length, in bounded memory.
///
/// It remembers 64 bits of each of 250,000 cursors, in at most 4.5 MiB. When [`CursorGuard::is_full`], further
/// cursors are not remembered, and a cycle of them would not be detected; a listing then ends with an error.
///
/// ```
/// # let (service, account) = ("library".parse()?, "main".parse()?);
/// # let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com");
/// use anyprofile_core::{
///     ListQuery,
///     listing::{Cursor, CursorGuard, CursorPosition},
/// };
///
/// let page = |number| Cursor::new(&info, &ListQuery::new(), CursorPosition::PageNumber(number));
/// let mut guard = CursorGuard::default();
/// assert!(guard.admit(&page(2)) && guard.admit(&page(3)));
/// // The service leads back to a page that was read: the list would never end.
/// assert!(!guard.admit(&page(2)));
/// # Ok::<(), anyprofile_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CursorGuard {
    seen: HashSet<u64>,
}

impl CursorGuard {
    /// The number of cursors that are remembered: as many as a hash table of 2^19 slots of 9 bytes holds.
    pub const MOST: usize = 250_000;

    /// Adds a cursor. Returns `false` if it was seen before.
    pub fn admit(&mut self, cursor: &Cursor) -> bool {
        self.admit_digest(cursor.digest())
    }

    /// Returns whether the guard is full and remembers no further cursors.
    pub fn is_full(&self) -> bool {
        self.seen.len() >= Self::MOST
    }

    fn admit_digest(&mut self, digest: u64) -> bool {
        if self.is_full() { !self.seen.contains(&digest) } else { self.seen.insert(digest) }
    }
}

/// Counts duplicate records, in bounded memory.
///
/// It remembers 64 bits of each of the latest 114,688 to 229,376 ids, in at most 2.25 MiB.
/// [`DuplicateCounter::is_exhaustive`] says whether that was enough. The chance that two ids share the 64 bits is
/// about one in 10^12.
///
/// ```
/// use anyprofile_core::{ProfileId, listing::DuplicateCounter};
///
/// let ada: ProfileId = "library:main/user/ada".parse()?;
/// let grace: ProfileId = "library:main/user/grace".parse()?;
/// let mut counter = DuplicateCounter::default();
/// assert_eq!(counter.note_page([&ada, &grace]), 0);
/// // Somebody was added meanwhile, and the next page begins with the last profile of this one.
/// assert!(counter.note(&grace));
/// assert_eq!((counter.duplicates(), counter.is_exhaustive()), (1, true));
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct DuplicateCounter {
    latest: Digests,
    /// The previous generation, which is dropped when the latest one is full.
    before: Digests,
    /// Differs between listings, so that a service cannot send ids with the same digest on purpose.
    key: RandomState,
    /// The digests of the page that is being added.
    digests: Vec<u64>,
    duplicates: u64,
    overflowed: bool,
}

impl DuplicateCounter {
    /// Adds an id. Returns `true` if it was added before.
    pub fn note(&mut self, id: &ProfileId) -> bool {
        let digest = self.digest(id);
        self.note_digest(digest)
    }

    /// Adds the ids of a page. Returns how many of them were added before.
    pub fn note_page<'a>(&mut self, ids: impl IntoIterator<Item = &'a ProfileId>) -> u64 {
        // The table is larger than the CPU caches: lookups that are close together overlap their memory accesses.
        let mut digests = std::mem::take(&mut self.digests);
        digests.extend(ids.into_iter().map(|id| self.digest(id)));
        let before = self.duplicates;
        for digest in digests.drain(..) {
            self.note_digest(digest);
        }
        self.digests = digests;
        self.duplicates - before
    }

    fn digest(&self, id: &ProfileId) -> u64 {
        let mut hasher = self.key.build_hasher();
        hasher.write(id.kind.as_str().as_bytes());
        hasher.write_u8(0);
        hasher.write(id.native().as_bytes());
        hasher.finish()
    }

    fn note_digest(&mut self, digest: u64) -> bool {
        let is_full = self.latest.len() == GENERATION;
        let is_noted = self.before.contains(&digest) || (is_full && self.latest.contains(&digest));
        if is_full && !is_noted {
            self.overflowed |= !self.before.is_empty();
            std::mem::swap(&mut self.latest, &mut self.before);
            self.latest.clear();
        } else if self.latest.len() == FEW_IDS && self.latest.capacity() < GENERATION {
            self.latest.reserve(GENERATION - FEW_IDS);
        }
        let is_noted = is_noted || !self.latest.insert(digest);
        self.duplicates += u64::from(is_noted);
        is_noted
    }

    /// Returns whether an id was added, as far as ids are remembered.
    pub(crate) fn has_noted(&self, id: &ProfileId) -> bool {
        let digest = self.digest(id);
        self.latest.contains(&digest) || self.before.contains(&digest)
    }

    /// Resets the number of duplicates and keeps the ids.
    pub(crate) fn with_count_reset(mut self) -> Self {
        self.duplicates = 0;
        self
    }

    /// Returns the number of duplicate records.
    pub const fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Returns whether every record was compared with all others.
    pub const fn is_exhaustive(&self) -> bool {
        !self.overflowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks a listing of `head` cursors that leads into a cycle of `length`; returns the steps until it is detected.
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
    fn a_cycle_is_found_however_long_it_is_until_the_guard_is_full() {
        let mut guard = CursorGuard::default();
        assert!((1..CursorGuard::MOST as u64).all(|cursor| guard.admit_digest(cursor)));
        assert!(!guard.is_full() && !guard.admit_digest(1));
        assert!(guard.admit_digest(0) && guard.is_full());
        assert!(guard.admit_digest(u64::MAX) && !guard.admit_digest(1));
        assert_eq!(guard.seen.len(), CursorGuard::MOST);
        assert!(guard.seen.capacity() <= (1 << 19) / 8 * 7);
    }

    #[test]
    fn duplicates_are_found_among_the_latest_ids_in_bounded_memory() {
        let mut counter = DuplicateCounter::default();
        let generation = GENERATION as u64;
        // Digests use all their bits.
        let mut note = |number: u64| counter.note_digest(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert!((1..=2 * generation).all(|number| !note(number)));
        assert!(note(1) && note(2 * generation), "so many are remembered exactly");
        assert!(counter.is_exhaustive(), "nothing was forgotten so far");
        let mut note = |number: u64| counter.note_digest(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert!((2 * generation + 1..=3 * generation).all(|number| !note(number)));
        assert!(note(2 * generation), "as many as a generation are always remembered");
        assert!(!note(1), "the oldest are forgotten");
        assert!(!counter.is_exhaustive());
        assert_eq!(counter.duplicates(), 3);
        assert_eq!(GENERATION, 114_688, "what the documentation says");
        assert!(counter.latest.capacity() <= GENERATION && counter.before.capacity() <= GENERATION);
    }
}
