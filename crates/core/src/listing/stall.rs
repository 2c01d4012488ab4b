//! A listing whose pages bring nobody.

use crate::{Error, ErrorKind, ListQuery, ProviderInfo};

/// How many pages in a row brought nobody who had not come before.
///
/// A service may name a next page for ever, with a new cursor each time: no cursor that comes twice would show it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stall {
    pages: u32,
    /// Whether there were so many that the caller is told before the listing goes on.
    is_reached: bool,
}

impl Stall {
    /// Takes note of a page. The last page of a collection is none that leads nowhere.
    pub(super) fn note(&mut self, leads_on: bool, most: u32) {
        self.pages = if leads_on { 0 } else { self.pages.saturating_add(1) };
        self.is_reached = !leads_on && self.pages >= most;
    }

    /// Whether the last page brought nobody.
    pub(super) const fn is_possible(self) -> bool {
        self.pages > 0
    }

    pub(super) const fn is_reached(self) -> bool {
        self.is_reached
    }

    /// Whether it was reached; counts anew then, for who goes on.
    pub(super) fn end(&mut self) -> bool {
        self.is_reached && std::mem::take(self).is_reached
    }
}

/// The error of a listing that was stopped.
pub(super) fn error(info: &ProviderInfo, query: &ListQuery) -> Error {
    let pages = query.empty_pages_allowed();
    Error::new(
        ErrorKind::Decode,
        format!(
            "{pages} pages in a row brought nobody who had not come before, and the service always names a next one"
        ),
    )
    .with_provider(info)
    .with_operation("list")
    .with_hint(
        "the profiles that were delivered are good, and there may be more: go on from here, or allow more such pages",
    )
}
