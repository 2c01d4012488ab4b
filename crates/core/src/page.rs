//! One answer of a listing.

use std::time::Duration;

use serde::Serialize;

use crate::{
    IdKind, RequestStats, Timestamp,
    left_out::LeftOut,
    listing::{Cursor, RemainingPages},
};

/// One answer of a listing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The records, in the service's order. May be empty although there are more pages.
    pub items: Vec<T>,
    /// How to go on.
    pub next: Next,
    /// Whether it is one of numbered pages, which move when somebody is deleted or added: also where the service gives a link
    /// to the next one, and so [`next`](Self::next) is a cursor.
    pub is_numbered: bool,
    /// The collection that the records are of, where the service lists several one after the other.
    pub collection: Option<IdKind>,
    /// The first page of the collection that is listed after this one, for a caller who wants no more of this one.
    /// [`next`](Self::next) leads there too, in the end.
    pub next_collection: Option<Cursor>,
    /// Whether the service does not have this collection at all: the page is empty, and the listing goes on.
    pub is_not_offered: bool,
    /// Whether nothing but the page itself tells that its collection ends here, such as that it is shorter than it was asked
    /// for. With a cursor in [`next`](Self::next) the end is proven by the page there, which brings nobody or only who came
    /// before; without one it is not proven.
    pub is_end_claimed: bool,
    /// How many records the service says that the whole collection has.
    pub declared_total: Option<u64>,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The time of the page by the service's clock (the `Date` of its response), in whole seconds.
    pub date: Option<Timestamp>,
    /// When it was asked for, by the clock of this machine, where it comes from a [cache](crate::ListQuery::fresh): it is no news of
    /// the service then. `None` where the service has just sent it.
    pub cached_at: Option<Timestamp>,
    /// Records that did not decode.
    pub quarantined: Vec<Quarantined>,
    /// Fields around the records that have another type than was published, and whose meaning is plain all the same.
    pub changed_types: Vec<&'static str>,
    /// What it took to get the page.
    pub stats: RequestStats,
    /// What a layer left out of it.
    pub(crate) left_out: Option<Box<LeftOut>>,
}

/// How a listing goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// It is complete.
    End,
    /// With this one cursor.
    Cursor(Cursor),
    /// With numbered pages, which may be fetched side by side. Each page says anew what remains.
    Remaining(RemainingPages),
}

/// A record that did not decode. Its content is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Quarantined {
    /// Its place in the page, from 0.
    pub position: usize,
    /// What is wrong, in words that repeat nothing of the record.
    pub reason: String,
}

impl Quarantined {
    /// A record that was set aside.
    pub fn new(position: usize, reason: impl Into<String>) -> Self {
        Self { position, reason: reason.into() }
    }
}

impl<T> Page<T> {
    /// A page with these records that is the last one.
    pub fn last(items: Vec<T>) -> Self {
        Self {
            items,
            next: Next::End,
            is_numbered: false,
            collection: None,
            next_collection: None,
            is_not_offered: false,
            is_end_claimed: false,
            declared_total: None,
            request_id: None,
            date: None,
            cached_at: None,
            quarantined: Vec::new(),
            changed_types: Vec::new(),
            stats: RequestStats::new(1, Duration::ZERO),
            left_out: None,
        }
    }

    /// The page of a collection that the service does not have, as it says.
    pub fn not_offered(stats: RequestStats) -> Self {
        Self { is_not_offered: true, stats, ..Self::last(Vec::new()) }
    }

    /// The same page with another way on.
    pub fn with_next(mut self, next: Next) -> Self {
        self.next = next;
        self
    }

    /// Sets [`is_end_claimed`](Self::is_end_claimed).
    pub fn with_end_claimed(mut self, is_end_claimed: bool) -> Self {
        self.is_end_claimed = is_end_claimed;
        self
    }

    /// Sets [`is_numbered`](Self::is_numbered).
    pub fn with_numbered(mut self, is_numbered: bool) -> Self {
        self.is_numbered = is_numbered;
        self
    }

    /// The same page as one of a collection that others may follow: the end of this one leads to the first page
    /// of the next one.
    pub fn in_collection(mut self, collection: IdKind, next_collection: Option<Cursor>) -> Self {
        self.collection = Some(collection);
        if let (Next::End, Some(cursor)) = (&self.next, &next_collection) {
            self.next = Next::Cursor(cursor.clone());
        }
        self.next_collection = next_collection;
        self
    }

    /// The same page with a declared total.
    pub fn with_declared_total(mut self, total: Option<u64>) -> Self {
        self.declared_total = total;
        self
    }

    /// The same page with records that were set aside.
    pub fn with_quarantined(mut self, quarantined: Vec<Quarantined>) -> Self {
        self.quarantined = quarantined;
        self
    }

    /// The same page with fields around its records that have another type than was published.
    pub fn with_changed_types(mut self, names: Vec<&'static str>) -> Self {
        self.changed_types = names;
        self
    }

    /// The same page with the request id and stats of the response that it came in.
    pub fn with_request(mut self, request_id: Option<String>, stats: RequestStats) -> Self {
        self.request_id = request_id;
        self.stats = stats;
        self
    }

    /// The same page with the service's time.
    pub fn with_date(mut self, date: Option<Timestamp>) -> Self {
        self.date = date;
        self
    }

    /// The same page as one that was asked for at a time and kept: it takes no request.
    pub fn from_cache(mut self, asked: Timestamp) -> Self {
        self.cached_at = Some(self.cached_at.map_or(asked, |earlier| earlier.min(asked)));
        self.request_id = None;
        self.stats = RequestStats::default();
        self
    }

    /// The same page with its records converted; a record that cannot be converted is set aside.
    ///
    /// `convert` says in words that repeat nothing of the record why it cannot be.
    pub fn try_map<U>(mut self, mut convert: impl FnMut(T) -> Result<U, String>) -> Page<U> {
        let mut items = Vec::with_capacity(self.items.len());
        let mut gaps = self.quarantined.iter().map(|bad| bad.position).collect::<Vec<_>>();
        gaps.sort_unstable();
        let mut gaps = gaps.into_iter().peekable();
        let mut position = 0;
        for item in self.items {
            // The items' own positions, with those counted that were set aside while decoding.
            while gaps.next_if_eq(&position).is_some() {
                position += 1;
            }
            match convert(item) {
                Ok(item) => items.push(item),
                Err(reason) => self.quarantined.push(Quarantined { position, reason }),
            }
            position += 1;
        }
        Page {
            items,
            next: self.next,
            is_numbered: self.is_numbered,
            collection: self.collection,
            next_collection: self.next_collection,
            is_not_offered: self.is_not_offered,
            is_end_claimed: self.is_end_claimed,
            declared_total: self.declared_total,
            request_id: self.request_id,
            date: self.date,
            cached_at: self.cached_at,
            quarantined: self.quarantined,
            changed_types: self.changed_types,
            stats: self.stats,
            left_out: self.left_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_the_records_of_the_page_as_it_was_sent() {
        // Sent: bad, 1, bad, 2, 3; of the good ones, 2 cannot be converted.
        let page = Page::last(vec![1, 2, 3])
            .with_quarantined(vec![Quarantined::new(0, "a"), Quarantined::new(2, "b")])
            .try_map(|number| if number == 2 { Err("c".to_owned()) } else { Ok(number) });
        assert_eq!(page.items, [1, 3]);
        assert_eq!(page.quarantined.last(), Some(&Quarantined::new(3, "c")));
    }
}
