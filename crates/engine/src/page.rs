//! A page of records that have become profiles, and how its listing goes on.

use std::ops::Range;

use anyprofile_core::{
    Profile,
    listing::{Page, Quarantined},
};

use crate::Position;

/// A page of profiles, as a connector gives it.
#[derive(Clone, Debug)]
pub struct RecordPage {
    pub(crate) page: Page<Profile>,
    pub(crate) onward: Onward,
}

/// How a list goes on behind a page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Onward {
    /// It ends here: the service says so.
    End,
    /// It seems to end here, and the service does not say so, as where a page is shorter than it was asked for. The next page
    /// would be at this position, where it has one: it is asked for, and brings nobody or only who came before if the list
    /// has ended. Without a position the end is not proven, and the listing not complete.
    Claimed(Option<Position>),
    /// With the page at this position.
    At(Position),
    /// With pages of these numbers, which may be fetched side by side. None is the end.
    Ahead(Range<u64>),
}

impl RecordPage {
    /// A page as it was read ([`Listed::into_page`](anyprofile_http::Listed::into_page)), and how its list goes on. A way on
    /// that the page has by itself counts for nothing.
    pub fn new(page: Page<Profile>, onward: Onward) -> Self {
        Self { page, onward }
    }

    /// The same page as one of a list whose pages are numbered also where the way on is a link or token: they move when
    /// somebody is deleted or added.
    pub fn numbered(mut self) -> Self {
        self.page.is_numbered = true;
        self
    }

    /// The same page with another way on.
    pub fn with_onward(mut self, onward: Onward) -> Self {
        self.onward = onward;
        self
    }

    /// The profiles.
    pub fn profiles(&self) -> &[Profile] {
        &self.page.items
    }

    /// The profiles, to be added to.
    pub fn profiles_mut(&mut self) -> &mut Vec<Profile> {
        &mut self.page.items
    }

    /// Sets a record aside that cannot be read.
    pub fn quarantine(&mut self, quarantined: Quarantined) {
        self.page.quarantined.push(quarantined);
    }
}
