//! What a fetched page means for the rest of its collection.

/// Facts about a fetched page and its listing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PageFacts {
    /// Whether the service says that the page is the last one of its collection.
    pub(super) is_last: bool,
    /// Whether only the page itself indicates that.
    pub(super) is_end_claimed: bool,
    /// Whether nothing proves it, a declared total either.
    pub(super) is_end_doubted: bool,
    /// Whether the page has a profile that did not come before.
    pub(super) is_progress: bool,
    /// Whether the page has no records.
    pub(super) is_empty: bool,
    /// Whether as many profiles came as the service declares.
    pub(super) has_come: bool,
    /// Whether the list is read a second time.
    pub(super) is_second: bool,
    /// Whether as many pages were read the second time as the first time.
    pub(super) is_at_first_end: bool,
    /// Whether each profile is compared with all others.
    pub(super) remembers_all: bool,
}

/// What the facts mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Follows {
    /// Whether the rest of the collection is not needed, although the service names a next page.
    pub(super) is_over: bool,
    /// Whether the page does not count as an empty page, of which only a limited number may follow each other.
    pub(super) leads_on: bool,
    /// Whether the collection ended with this page without proof.
    pub(super) is_end_unproven: bool,
}

impl PageFacts {
    pub(super) const fn follows(self) -> Follows {
        // The second time, all profiles have come before; the pages must end where they ended the first time, or have
        // a new profile.
        let is_known = self.is_second && !self.is_at_first_end;
        let has_come = if self.is_second { self.is_empty && !is_known } else { self.has_come };
        // A server without further pages may send the last one again.
        let is_repeated = self.is_end_claimed && !self.is_second && self.remembers_all;
        let is_over = !self.is_last && !self.is_progress && (has_come || is_repeated);
        Follows {
            is_over,
            leads_on: self.is_progress || self.is_last || is_known || is_over,
            is_end_unproven: self.is_last && (self.is_end_doubted || (self.is_end_claimed && !self.has_come)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_leads_on_or_ends_the_collection_or_brings_nobody() {
        const PAGE: PageFacts = PageFacts {
            is_last: false,
            is_end_claimed: false,
            is_end_doubted: false,
            is_progress: true,
            is_empty: false,
            has_come: false,
            is_second: false,
            is_at_first_end: false,
            remembers_all: true,
        };
        let no_progress = PageFacts { is_progress: false, ..PAGE };
        let second = PageFacts { is_second: true, ..no_progress };
        // Over, leads on, end not proven.
        for (facts, expected, why) in [
            (PAGE, [false, true, false], "a new profile came"),
            (
                PageFacts { is_last: true, ..PAGE },
                [false, true, false],
                "the service says that it is the end",
            ),
            (no_progress, [false, false, false], "no new profile came, and more must follow"),
            (
                PageFacts { has_come: true, ..no_progress },
                [true, true, false],
                "all have come: the rest is not needed",
            ),
            (PageFacts { is_end_claimed: true, ..PAGE }, [false, true, false], "the next page will show it"),
            (
                PageFacts { is_end_claimed: true, ..no_progress },
                [true, true, false],
                "the last page was given again",
            ),
            (
                PageFacts { is_end_claimed: true, remembers_all: false, ..no_progress },
                [false, false, false],
                "whether it was given again is not known",
            ),
            (
                PageFacts { is_last: true, is_end_claimed: true, ..PAGE },
                [false, true, true],
                "nothing proves that it is the end",
            ),
            (
                PageFacts { is_last: true, is_end_claimed: true, has_come: true, ..PAGE },
                [false, true, false],
                "the total proves it",
            ),
            (second, [false, true, false], "read again, and not as far as the first time"),
            (PageFacts { is_at_first_end: true, ..second }, [false, false, false], "read again, and further"),
            (
                PageFacts { is_at_first_end: true, is_empty: true, ..second },
                [true, true, false],
                "read again, and there is no more",
            ),
        ] {
            let Follows { is_over, leads_on, is_end_unproven } = facts.follows();
            assert_eq!([is_over, leads_on, is_end_unproven], expected, "{why}");
        }
    }
}
