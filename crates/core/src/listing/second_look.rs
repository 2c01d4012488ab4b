//! Detecting changes of a numbered list while its pages are read.

use crate::{Profile, Timestamp, listing::Cursor};

/// A numbered list that is read page by page.
///
/// A deletion moves all later profiles up by one, and one of them may move from an unread page to a page that was
/// already read: it is then missed. The declared total shows this, unless another profile was added meanwhile. An
/// added profile has a time between that of the first page and that of its own page. In that case all pages are read
/// a second time, and only new profiles are delivered.
#[derive(Clone, Debug, Default)]
pub(super) struct SecondLook {
    /// The cursor of the first page; `None` for the start of the listing.
    first: Option<Cursor>,
    /// The service's time at the first page.
    began: Option<Timestamp>,
    /// The number of pages, in this reading and in the first one.
    pages: u64,
    pages_before: u64,
    is_numbered: bool,
    /// Whether a profile was added, or perhaps only changed, since the first page.
    has_changed: bool,
    /// Whether a record or the first page has no time.
    lacks_times: bool,
    /// The number of quarantined records, in this reading and in the first one.
    quarantined: u64,
    quarantined_before: u64,
    /// Whether this is the second reading.
    is_second: bool,
}

/// The result at the end of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AtEnd {
    /// The list did not change, as far as its records show.
    Unchanged,
    /// It cannot be known whether the list changed.
    Unknown,
    /// The list changed: it is read again from this cursor, or from its start.
    Again(Option<Cursor>),
    /// The list changed again during the second reading.
    KeepsChanging,
}

impl SecondLook {
    /// Creates the state for a collection. If the listing starts in its middle, the collection cannot be read again.
    pub(super) fn of(first: Option<Cursor>, is_amid: bool) -> Self {
        Self { first, lacks_times: is_amid, ..Self::default() }
    }

    /// Returns whether this is the second reading.
    pub(super) const fn is_second(&self) -> bool {
        self.is_second
    }

    /// Returns whether as many pages were read as the first time; later pages must have a new profile.
    pub(super) const fn is_at_first_end(&self) -> bool {
        self.pages >= self.pages_before
    }

    /// Adds a page. In the second reading, `profiles` are only those that did not come the first time: a new time of
    /// the others does not mean that a profile was added.
    pub(super) fn note<'p>(
        &mut self,
        profiles: impl IntoIterator<Item = &'p Profile>,
        quarantined: u64,
        date: Option<Timestamp>,
        is_numbered: bool,
    ) {
        if self.pages == 0 {
            self.began = date;
            self.lacks_times |= date.is_none();
        }
        self.pages += 1;
        self.is_numbered |= is_numbered;
        for profile in profiles {
            let times = &profile.times;
            match (times.created.value().or(times.updated.value()), self.began, date) {
                // A time in the future: records and pages have different clocks, so times prove nothing.
                (Some(time), _, Some(date)) if time.unix_seconds() > date.unix_seconds() => {
                    self.lacks_times = true;
                }
                (Some(time), Some(began), _) => self.has_changed |= *time >= began,
                _ => self.lacks_times = true,
            }
        }
        self.quarantined += quarantined;
    }

    /// Returns the result at the end. `remembers_all` says whether each profile can be compared with all others.
    pub(super) fn at_end(&mut self, remembers_all: bool) -> AtEnd {
        if !self.is_numbered || self.pages < 2 {
            return AtEnd::Unchanged;
        }
        if self.is_second {
            // A record that could not be read the first time may be another profile now.
            return if self.has_changed || self.quarantined > self.quarantined_before {
                AtEnd::KeepsChanging
            } else if self.lacks_times {
                AtEnd::Unknown
            } else {
                AtEnd::Unchanged
            };
        }
        if self.has_changed && remembers_all && self.began.is_some() {
            let first = self.first.take();
            *self = Self {
                first: first.clone(),
                is_second: true,
                pages_before: self.pages,
                quarantined_before: self.quarantined,
                ..Self::default()
            };
            return AtEnd::Again(first);
        }
        if self.has_changed || self.lacks_times || !remembers_all { AtEnd::Unknown } else { AtEnd::Unchanged }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;

    fn at(seconds: u64) -> Timestamp {
        let since_1970 = std::time::Duration::from_secs(1_700_000_000 + seconds);
        Timestamp::try_from(std::time::SystemTime::UNIX_EPOCH + since_1970).unwrap()
    }

    fn person(created: Option<u64>, updated: Option<u64>) -> Profile {
        let field = |time: Option<u64>| time.map_or(Field::Absent, |time| Field::Value(at(time)));
        let mut profile = Profile::new("probely:eu/user/u".parse().unwrap());
        (profile.times.created, profile.times.updated) = (field(created), field(updated));
        profile
    }

    /// Two pages, the first one at second 100, with this profile on the second one.
    fn read(date: Option<u64>, second: Profile) -> SecondLook {
        let mut look = SecondLook::of(None, false);
        look.note(&[person(Some(1), None)], 0, date.map(at), true);
        look.note(&[second], 0, date.map(at), true);
        look
    }

    #[test]
    fn a_list_is_read_again_where_somebody_was_added_since_its_first_page() {
        for (date, second, follows) in [
            (Some(100), person(Some(2), Some(500)), AtEnd::Unchanged),
            // A clock that is ahead of the service's.
            (Some(100), person(Some(9_000), None), AtEnd::Unknown),
            (Some(100), person(Some(100), None), AtEnd::Again(None)),
            (Some(100), person(None, Some(100)), AtEnd::Again(None)),
            (Some(100), person(None, None), AtEnd::Unknown),
            (None, person(Some(2), None), AtEnd::Unknown),
        ] {
            assert_eq!(read(date, second.clone()).at_end(true), follows, "{:?}", second.times);
        }
        assert_eq!(read(Some(100), person(Some(100), None)).at_end(false), AtEnd::Unknown);
    }

    #[test]
    fn pages_that_are_not_numbered_and_a_single_one_cannot_move() {
        let mut one = SecondLook::of(None, false);
        one.note(&[person(Some(100), None)], 0, Some(at(100)), true);
        assert_eq!(one.at_end(true), AtEnd::Unchanged);
        let mut linked = read(Some(100), person(Some(100), None));
        linked.is_numbered = false;
        assert_eq!(linked.at_end(true), AtEnd::Unchanged);
    }

    #[test]
    fn a_list_is_looked_at_twice_and_no_more() {
        let mut look = read(Some(100), person(Some(100), None));
        assert_eq!(look.at_end(true), AtEnd::Again(None));
        assert!(look.is_second());
        look.note(&[person(Some(101), None)], 0, Some(at(200)), true);
        look.note(&[], 0, Some(at(201)), true);
        assert_eq!(look.clone().at_end(true), AtEnd::Unchanged);
        look.note(&[person(Some(202), None)], 0, Some(at(202)), true);
        assert_eq!(look.at_end(true), AtEnd::KeepsChanging);
    }
}
