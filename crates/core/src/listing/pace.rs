//! How many pages are asked for at once.

/// How many pages of a numbered list are asked for at once: fewer where the list keeps changing meanwhile, since what was
/// fetched ahead is then fetched in vain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    at_once: usize,
    most: usize,
}

impl Pace {
    pub(super) const fn new(most: usize) -> Self {
        Self { at_once: most, most }
    }

    /// Takes note of a page: asks for half as many where the list has changed, and for one more where it has not.
    pub(super) fn adapt(&mut self, has_changed: bool) {
        self.at_once = if has_changed {
            (self.at_once / 2).max(1)
        } else {
            self.at_once.saturating_add(1).min(self.most)
        };
    }

    /// How many pages are wanted now, where so many profiles are left of a limit, of which the last page had so many; one alone
    /// where the listing may end with it.
    pub(super) fn wanted(self, left: Option<u64>, last_page: u64, may_end_here: bool) -> usize {
        if may_end_here {
            return 1;
        }
        // Of a page that is filtered here, nobody knows how much of it is left: as if all of it were.
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
