//! The members of an organization: a rule instead of a table, so that any page is generated at once.

/// Indexes from here on are users that no longer exist.
const DELETED: u64 = 1 << 48;
/// Indexes from here on are users that nobody may see.
const HIDDEN: u64 = 1 << 49;

/// Of eight positions, six are existing users; 5 is a deleted user and 7 a hidden one.
const BLOCK: u64 = 8;
const USERS_IN_BLOCK: u64 = 6;

/// An entry of a list of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// The user with this index.
    User(u64),
    /// A user that no longer exists.
    Deleted(u64),
    /// A user that references omit.
    Hidden(u64),
}

impl Entry {
    /// Returns the index of the entry's user id.
    pub(super) fn id_index(self) -> u64 {
        match self {
            Self::User(index) => index,
            Self::Deleted(place) => DELETED | place,
            Self::Hidden(place) => HIDDEN | place,
        }
    }

    pub(super) fn of_id_index(index: u64) -> Self {
        if index >= HIDDEN {
            Self::Hidden(index & !HIDDEN)
        } else if index >= DELETED {
            Self::Deleted(index & !DELETED)
        } else {
            Self::User(index)
        }
    }
}

/// The members of an organization to which every `step`-th user belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Roster {
    pub(super) profiles: u64,
    pub(super) step: u64,
}

impl Roster {
    /// Returns the index of the owner.
    pub(super) fn owner(&self) -> u64 {
        if self.step > 1 && self.step < self.profiles { self.step } else { 0 }
    }

    /// Returns the length of the list. The last entry is an existing user.
    pub(super) fn total(&self) -> u64 {
        match self.profiles.div_ceil(self.step) {
            0 => 0,
            users => {
                let last = users - 1;
                let (block, place) = (last / USERS_IN_BLOCK, last % USERS_IN_BLOCK);
                block * BLOCK + place + u64::from(place == 5) + 1
            }
        }
    }

    pub(super) fn at(&self, place: u64) -> Entry {
        let (block, within) = (place / BLOCK, place % BLOCK);
        match within {
            5 => Entry::Deleted(place),
            7 => Entry::Hidden(place),
            _ => {
                let number = block * USERS_IN_BLOCK + within - u64::from(within == 6);
                Entry::User(number.saturating_mul(self.step))
            }
        }
    }

    /// Returns the place of an entry, if it is in the list.
    pub(super) fn place_of(&self, entry: Entry) -> Option<u64> {
        let place = match entry {
            Entry::User(index) if index.is_multiple_of(self.step) => {
                let number = index / self.step;
                let within = number % USERS_IN_BLOCK;
                (number / USERS_IN_BLOCK).checked_mul(BLOCK)? + within + u64::from(within == 5)
            }
            Entry::User(_) => return None,
            Entry::Deleted(place) | Entry::Hidden(place) => place,
        };
        (place < self.total() && self.at(place) == entry).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_of_the_organization_has_one_place() {
        for (profiles, step) in [(0, 1), (1, 1), (5, 1), (6, 1), (7, 1), (20, 1), (100, 3), (97, 11)] {
            let roster = Roster { profiles, step };
            let users: Vec<u64> = (0..roster.total())
                .filter_map(|place| match roster.at(place) {
                    Entry::User(index) => Some(index),
                    _ => None,
                })
                .collect();
            let expected: Vec<u64> = (0..profiles).filter(|index| index % step == 0).collect();
            assert_eq!(users, expected, "{profiles} {step}");
            for place in 0..roster.total() {
                assert_eq!(roster.place_of(roster.at(place)), Some(place), "{profiles} {step} {place}");
            }
            for other in
                [profiles, step + 1].map(Entry::User).into_iter().filter(|other| *other != Entry::User(0))
            {
                let is_listed = matches!(other, Entry::User(index) if expected.contains(&index));
                assert_eq!(roster.place_of(other).is_some(), is_listed, "{profiles} {step} {other:?}");
            }
            assert_eq!(roster.place_of(Entry::Deleted(4)), None);
        }
    }

    #[test]
    fn an_entry_is_found_again_by_what_its_id_is_made_from() {
        for entry in [Entry::User(3), Entry::Deleted(5), Entry::Hidden(7)] {
            assert_eq!(Entry::of_id_index(entry.id_index()), entry);
        }
    }
}
