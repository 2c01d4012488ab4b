//! How many pages are requested at once.

/// The number of pages of a numbered list that are requested at once. It is lower while the list keeps changing,
/// because pages that were fetched ahead are then dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    at_once: usize,
    most: usize,
}

impl Pace {
    pub(super) const fn new(most: usize) -> Self {
        Self { at_once: most, most }
    }

    /// Adapts after a page: half as many if the list has changed, one more if not.
    pub(super) fn adapt(&mut self, has_changed: bool) {
        self.at_once = if has_changed {
            (self.at_once / 2).max(1)
        } else {
            self.at_once.saturating_add(1).min(self.most)
        };
    }

    /// Returns the number of pages to request now: `left` is what remains of the limit, and `last_page` the size of
    /// the last page. Returns 1 if the listing may end with the next page.
    pub(super) fn wanted(self, left: Option<u64>, last_page: u64, may_end_here: bool) -> usize {
        if may_end_here {
            return 1;
        }
        // With a local filter it is not known how many records remain of a page; assume all of them.
        let pages = left.map_or(u64::MAX, |left| left.div_ceil(last_page.max(1)));
        self.at_once.min(usize::try_from(pages).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_wanted_as_are_needed() {
        for (left, last_page, may_end_here, wanted) in [
            (None, 100, false, 8),
            (None, 100, true, 1),
            (Some(250), 100, false, 3),
            (Some(250), 100, true, 1),
            (Some(0), 100, false, 0),
            (Some(5), 0, false, 5),
            (Some(u64::MAX), 1, false, 8),
        ] {
            assert_eq!(Pace::new(8).wanted(left, last_page, may_end_here), wanted, "{left:?} {last_page}");
        }
    }

    #[test]
    fn a_list_that_changes_is_read_more_slowly_and_one_that_does_not_faster_again() {
        let mut pace = Pace::new(8);
        let mut seen = Vec::new();
        for has_changed in [false, true, true, true, true, false, false] {
            pace.adapt(has_changed);
            seen.push(pace.wanted(None, 1, false));
        }
        assert_eq!(seen, [8, 4, 2, 1, 1, 2, 3]);
    }
}
