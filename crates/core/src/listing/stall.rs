//! Listings whose pages have no new profiles.

use crate::{Error, ErrorKind, ListQuery, ProviderInfo};

/// Counts consecutive pages without a new profile.
///
/// A service may name a next page forever, each with a new cursor, so that no repeated cursor reveals it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stall {
    pages: u32,
    /// Whether the limit was reached, so that the caller gets an error before the listing continues.
    is_reached: bool,
}

impl Stall {
    /// Adds a page. The last page of a collection never counts.
    pub(super) fn note(&mut self, leads_on: bool, most: u32) {
        self.pages = if leads_on { 0 } else { self.pages.saturating_add(1) };
        self.is_reached = !leads_on && self.pages >= most;
    }

    /// Returns whether the last page had no new profile.
    pub(super) const fn is_possible(self) -> bool {
        self.pages > 0
    }

    pub(super) const fn is_reached(self) -> bool {
        self.is_reached
    }

    /// Returns whether the limit was reached, and resets the count so that the listing can continue.
    pub(super) fn end(&mut self) -> bool {
        self.is_reached && std::mem::take(self).is_reached
    }
}

/// Creates the error of a stopped listing.
pub(super) fn error(info: &ProviderInfo, query: &ListQuery) -> Error {
    let pages = query.empty_pages_allowed();
    Error::new(
        ErrorKind::Decode,
        format!(
            "{pages} consecutive pages had no new profile, and the service still names a next page"
        ),
    )
    .with_provider(info)
    .with_operation("list")
    .with_hint(
        "the delivered profiles are valid, but some may be missing; continue from here, or raise the limit of empty pages",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_without_a_new_profile_are_counted_until_one_has_one() {
        let mut stall = Stall::default();
        assert!(!stall.is_possible() && !stall.is_reached());
        stall.note(false, 2);
        assert!(stall.is_possible() && !stall.is_reached());
        stall.note(false, 2);
        assert!(stall.is_reached() && stall.end(), "told once");
        assert!(!stall.is_possible() && !stall.end(), "and then it goes on");
        stall.note(false, 2);
        stall.note(true, 2);
        assert!(!stall.is_possible());
    }
}
