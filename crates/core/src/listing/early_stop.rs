//! Ending a listing early if it is ordered by time.

use crate::{
    IdKind, ListQuery, Profile, Timestamp,
    query::{Order, OrderField},
};

/// The number of pages on which times must fall before the order is trusted; one page may fall by chance.
const PROVEN_BY: u32 = 2;

/// A collection that is ordered with the latest time first, and is needed only back to `since`.
///
/// A service may accept the order and ignore it: a wanted profile may then be on any page. So the order is trusted
/// only if times fell on several pages, and if the far end ([`is_far_end`](Self::is_far_end)), which is requested
/// once, confirms it.
#[derive(Clone, Debug)]
pub(super) struct NewestFirst {
    field: OrderField,
    since: Timestamp,
    /// The time of the last record with a time.
    last: Option<Timestamp>,
    is_kept: bool,
    falling_pages: u32,
    /// Whether a record older than `since` was seen.
    has_passed: bool,
    /// The number of records of the largest page.
    fullest: usize,
}

impl NewestFirst {
    pub(super) fn new(field: OrderField, since: Timestamp) -> Self {
        Self { field, since, last: None, is_kept: true, falling_pages: 0, has_passed: false, fullest: 0 }
    }

    /// Returns the state at the start of a collection, if a query selects what has changed in it since a time, with the latest change
    /// first.
    pub(super) fn of_changes(query: &ListQuery, collection: Option<&IdKind>) -> Option<Self> {
        let is_by_change = query.order == Some(Order::descending(OrderField::Updated));
        let filter = &query.filter;
        let since = collection.map_or(filter.updated_since, |kind| filter.updated_since_of(kind));
        since.filter(|_| is_by_change).map(|since| Self::new(OrderField::Updated, since))
    }

    /// Returns the state at the start of another collection of the same listing.
    pub(super) fn restarted(
        this: Option<&Self>,
        query: &ListQuery,
        collection: Option<&IdKind>,
    ) -> Option<Self> {
        match this {
            Some(Self { field: OrderField::Created, since, .. }) => {
                Some(Self::new(OrderField::Created, *since))
            }
            _ => Self::of_changes(query, collection),
        }
    }

    pub(super) fn field(&self) -> OrderField {
        self.field.clone()
    }

    fn time_of(&self, profile: &Profile) -> Option<Timestamp> {
        let times = &profile.times;
        let time = if self.field == OrderField::Created { &times.created } else { &times.updated };
        time.value().copied()
    }

    /// Adds a page, and the number of its quarantined records.
    ///
    /// A page in the middle that is shorter than others may lack a wanted profile. The total would show that at the
    /// end of the list, but not if the listing ends early.
    pub(super) fn note<'p>(&mut self, profiles: impl IntoIterator<Item = &'p Profile>, quarantined: usize) {
        let mut records = quarantined;
        let mut falls = false;
        for profile in profiles {
            records += 1;
            match (self.time_of(profile), self.last) {
                // Records without a time may come before all others, and nowhere else.
                (None, last) => self.is_kept &= last.is_none(),
                (Some(time), last) => {
                    self.is_kept &= last.is_none_or(|last| time <= last);
                    falls |= last.is_some_and(|last| time < last);
                    self.has_passed |= time < self.since;
                    self.last = Some(time);
                }
            }
        }
        self.is_kept &= records > 0 && records >= self.fullest;
        self.fullest = self.fullest.max(records);
        self.falling_pages += u32::from(falls);
    }

    /// Returns whether all wanted profiles were read, if the far end confirms the order.
    pub(super) fn may_stop(&self) -> bool {
        self.is_kept && self.has_passed && self.falling_pages >= PROVEN_BY
    }

    /// Returns whether the first page of the opposite order confirms the order: its times rise, starting from a time
    /// that is not newer than the last one seen. A service that ignores the order sends its first page again, whose
    /// times fall.
    pub(super) fn is_far_end<'p>(&self, oldest_first: impl IntoIterator<Item = &'p Profile>) -> bool {
        let times: Option<Vec<_>> = oldest_first.into_iter().map(|profile| self.time_of(profile)).collect();
        // If a record at this end has no time, more may follow, and nothing is known about them.
        let Some(times) = times else { return false };
        times.is_sorted() && times.first().is_some_and(|oldest| self.last.is_some_and(|last| *oldest <= last))
    }

    /// Stops trusting the order, so that everything is read.
    pub(super) fn give_up(&mut self) {
        self.is_kept = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;

    /// Profiles that were updated this many seconds after a time; `None` for an unknown time.
    fn page(seconds: &[Option<i64>]) -> Vec<Profile> {
        let profile = |seconds: &Option<i64>| {
            let mut profile = Profile::new("upsun:acme/user/u".parse().unwrap());
            profile.times.updated = seconds.map_or(Field::Absent, |seconds| Field::Value(at(seconds)));
            profile
        };
        seconds.iter().map(profile).collect()
    }

    fn at(seconds: i64) -> Timestamp {
        let instant = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        let offset = std::time::Duration::from_secs(seconds.unsigned_abs());
        let instant = if seconds < 0 { instant - offset } else { instant + offset };
        Timestamp::try_from(instant).unwrap()
    }

    fn after(pages: &[&[Option<i64>]]) -> NewestFirst {
        let mut order = NewestFirst::new(OrderField::Updated, at(0));
        for times in pages {
            order.note(&page(times), 0);
        }
        order
    }

    #[test]
    fn a_listing_may_stop_only_where_the_times_fell_on_several_pages_and_have_passed_the_limit() {
        for (pages, may_stop) in [
            (&[&[Some(3), Some(2)][..], &[Some(1), Some(-1)]][..], true),
            (&[&[Some(3), Some(-1)]], false),
            (&[&[Some(3), Some(2)], &[Some(1), Some(0)]], false),
            (&[&[Some(2), Some(3)], &[Some(1), Some(-1)]], false),
            (&[&[Some(3), Some(2)], &[Some(4), Some(-1)]], false),
            (&[&[Some(-1), Some(-1)], &[Some(-1), Some(-1)]], false),
            (&[&[None, Some(2), Some(1)], &[Some(0), Some(-1), Some(-2)]], true),
            // A page that is empty or shorter may lack a profile.
            (&[&[None, Some(2), Some(1)], &[Some(0), Some(-1)]], false),
            (&[&[Some(4), Some(3)], &[], &[Some(2), Some(-1)]], false),
            (&[&[Some(4), Some(3)], &[Some(2)], &[Some(1), Some(-1)]], false),
            (&[&[Some(2), None], &[Some(0), Some(-1)]], false),
            (&[&[Some(3), Some(2), None], &[Some(1), Some(0), Some(-1)]], false),
            (&[&[], &[Some(3), Some(2)], &[Some(1), Some(-1)]], false),
        ] {
            assert_eq!(after(pages).may_stop(), may_stop, "{pages:?}");
        }
        // Quarantined records are reported.
        let mut order = after(&[&[Some(4), Some(3)]]);
        order.note(&page(&[Some(2)]), 1);
        order.note(&page(&[Some(1), Some(-1)]), 0);
        assert!(order.may_stop());
    }

    #[test]
    fn an_order_that_is_given_up_is_not_trusted_again() {
        let mut order = after(&[&[Some(3), Some(2)], &[Some(1), Some(-1)]]);
        order.give_up();
        order.note(&page(&[Some(-2), Some(-3)]), 0);
        assert!(!order.may_stop());
    }

    #[test]
    fn another_collection_begins_with_the_same_time_of_creation_or_its_own_time_of_change() {
        let created = NewestFirst::new(OrderField::Created, at(7));
        let next = NewestFirst::restarted(Some(&created), &ListQuery::new(), None).unwrap();
        assert_eq!((next.field(), next.since, next.is_kept), (OrderField::Created, at(7), true));
        assert!(NewestFirst::restarted(None, &ListQuery::new(), None).is_none());
    }

    #[test]
    fn the_far_end_rises_from_what_is_older_and_has_a_time_in_every_record() {
        let order = after(&[&[Some(3), Some(2)], &[Some(1), Some(-1)]]);
        for (times, is_far_end) in [
            (&[Some(-9), Some(-8)][..], true),
            (&[Some(-1)], true),
            (&[Some(3), Some(2)], false),
            (&[Some(2), Some(3)], false),
            (&[None, Some(-9)], false),
            (&[], false),
        ] {
            assert_eq!(order.is_far_end(&page(times)), is_far_end, "{times:?}");
        }
    }
}
