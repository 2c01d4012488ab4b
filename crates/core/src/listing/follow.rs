//! What follows from a page that came.

/// What is known of a page that came, and of the listing it belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Came {
    /// Whether the service says that it is the last one of its collection.
    pub(super) is_last: bool,
    /// Whether that rests on nothing but the page itself.
    pub(super) is_end_claimed: bool,
    /// Whether it brought somebody who had not come before.
    pub(super) is_progress: bool,
    /// Whether it had no record at all.
    pub(super) is_empty: bool,
    /// Whether as many have come as the service says that there are.
    pub(super) has_come: bool,
    /// Whether the list is read a second time.
    pub(super) is_second: bool,
    /// Whether as many pages were read the second time as the first.
    pub(super) is_at_first_end: bool,
    /// Whether each profile is compared with all others.
    pub(super) remembers_all: bool,
}

/// What follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Follows {
    /// Whether the rest of the collection is not needed, although the service names a next page.
    pub(super) is_over: bool,
    /// Whether it is none of the pages that bring nobody, which must not go on for ever.
    pub(super) leads_on: bool,
    /// Whether the collection ended with it and nothing proves that.
    pub(super) is_end_unproven: bool,
}

impl Came {
    pub(super) const fn follows(self) -> Follows {
        // The second time all have come before; the pages end where they ended the first time, or bring somebody.
        let is_known = self.is_second && !self.is_at_first_end;
        let has_come = if self.is_second { self.is_empty && !is_known } else { self.has_come };
        // A server that has no more pages may give the last one again.
        let is_repeated = self.is_end_claimed && !self.is_second && self.remembers_all;
        let is_over = !self.is_last && !self.is_progress && (has_come || is_repeated);
        Follows {
            is_over,
            leads_on: self.is_progress || self.is_last || is_known || is_over,
            is_end_unproven: self.is_last && self.is_end_claimed && !self.has_come,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_leads_on_or_ends_the_collection_or_brings_nobody() {
        const PAGE: Came = Came {
            is_last: false,
            is_end_claimed: false,
            is_progress: true,
            is_empty: false,
            has_come: false,
            is_second: false,
            is_at_first_end: false,
            remembers_all: true,
        };
        let nobody = Came { is_progress: false, ..PAGE };
        let second = Came { is_second: true, ..nobody };
        // Over, leads on, end not proven.
        for (came, expected, why) in [
            (PAGE, [false, true, false], "somebody came"),
            (Came { is_last: true, ..PAGE }, [false, true, false], "the service says that it is the end"),
            (nobody, [false, false, false], "nobody came, and there are to be more"),
            (Came { has_come: true, ..nobody }, [true, true, false], "all have come: the rest is not needed"),
            (Came { is_end_claimed: true, ..PAGE }, [false, true, false], "the page behind it will tell"),
            (Came { is_end_claimed: true, ..nobody }, [true, true, false], "the last page was given again"),
            (
                Came { is_end_claimed: true, remembers_all: false, ..nobody },
                [false, false, false],
                "whether it was given again is not known",
            ),
            (
                Came { is_last: true, is_end_claimed: true, ..PAGE },
                [false, true, true],
                "nothing proves that it is the end",
            ),
            (
                Came { is_last: true, is_end_claimed: true, has_come: true, ..PAGE },
                [false, true, false],
                "the total proves it",
            ),
            (second, [false, true, false], "read again, and not as far as the first time"),
            (Came { is_at_first_end: true, ..second }, [false, false, false], "read again, and further"),
            (
                Came { is_at_first_end: true, is_empty: true, ..second },
                [true, true, false],
                "read again, and there is no more",
            ),
        ] {
            let Follows { is_over, leads_on, is_end_unproven } = came.follows();
            assert_eq!([is_over, leads_on, is_end_unproven], expected, "{why}");
        }
    }
}
