//! A page of profiles, and how its listing continues.

use std::ops::Range;

use anyprofile_core::{
    Profile,
    listing::{Page, Quarantined},
};

use crate::Position;

/// A page of profiles, as a connector returns it.
#[derive(Clone, Debug)]
pub struct RecordPage {
    pub(crate) page: Page<Profile>,
    pub(crate) onward: Onward,
}

/// How a list continues after a page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Onward {
    /// The list ends here: the service says so.
    End,
    /// The list seems to end here, but the service does not say so, for example because the page is shorter than requested.
    ///
    /// With a position, the engine requests the next page there: if the list has ended, it has no new profiles. Without a position,
    /// the end is not proven, and the listing is not complete.
    Claimed(Option<Position>),
    /// The list ends here because it cannot be read further, and nothing proves that this is its end: the listing is not complete.
    Unproven,
    /// The next page is at this position.
    At(Position),
    /// The next pages have these numbers, and may be fetched concurrently. An empty range is the end.
    Ahead(Range<u64>),
}

impl RecordPage {
    /// Creates a page from a decoded one ([`Listed::into_page`](anyprofile_http::Listed::into_page)), and how its list continues.
    /// The `next` of `page` is ignored.
    pub fn new(page: Page<Profile>, onward: Onward) -> Self {
        Self { page, onward }
    }

    /// Marks the page as one of a list with numbered pages, even if it continues by a link or token. Profiles move between such
    /// pages when others are created or deleted.
    pub fn numbered(mut self) -> Self {
        self.page.is_numbered = true;
        self
    }

    /// Sets how the list continues.
    pub fn with_onward(mut self, onward: Onward) -> Self {
        self.onward = onward;
        self
    }

    /// Returns the profiles.
    pub fn profiles(&self) -> &[Profile] {
        &self.page.items
    }

    /// Returns the number of profiles of all pages, if the service declares it.
    pub fn declared_total(&self) -> Option<u64> {
        self.page.declared_total
    }

    /// Returns how the list continues.
    pub fn onward(&self) -> &Onward {
        &self.onward
    }

    /// Returns the profiles for changing them.
    pub fn profiles_mut(&mut self) -> &mut Vec<Profile> {
        &mut self.page.items
    }

    /// Adds a quarantined record, which could not be read.
    pub fn quarantine(&mut self, quarantined: Quarantined) {
        self.page.quarantined.push(quarantined);
    }
}
