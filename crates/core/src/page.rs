//! Pages of a listing.

use std::time::Duration;

use serde::Serialize;

use crate::{
    IdKind, RequestStats, Timestamp,
    left_out::LeftOut,
    listing::{Cursor, RemainingPages},
};

/// A page of a listing.
///
/// ```
/// use anyprofile_core::listing::{Next, Page, Quarantined};
///
/// // What a provider returns from `list_page`: two items, and a record that could not be read.
/// let page = Page::last(vec!["ada", "grace"]).with_declared_total(Some(3)).with_quarantined(vec![Quarantined::new(2, "no id")]);
/// assert!(matches!(page.next, Next::End));
/// assert_eq!(page.items.len() + page.quarantined.len(), 3);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The records, in the service's order. May be empty although more pages follow.
    pub items: Vec<T>,
    /// How the listing continues.
    pub next: Next,
    /// Whether the page is one of numbered pages, whose records move when profiles are added or deleted. Also true if
    /// the service links to the next page, so that [`next`](Self::next) is a cursor.
    pub is_numbered: bool,
    /// The collection of the records, if the service lists several one after the other.
    pub collection: Option<IdKind>,
    /// The first page of the next collection, for a caller that needs no more of this one. [`next`](Self::next) also
    /// leads there at the end of this collection.
    pub next_collection: Option<Cursor>,
    /// Whether the service does not have this collection. The page is then empty, and the listing continues.
    pub is_not_offered: bool,
    /// Whether only the page itself indicates that its collection ends here, for example because it is shorter than
    /// requested. If [`next`](Self::next) is a cursor, the page there proves the end by having no new profile.
    /// Without a cursor the end is not proven.
    pub is_end_claimed: bool,
    /// Whether the collection cannot be read beyond this page, although more may follow: not even a declared total proves its end
    /// then. The listing is not complete.
    pub is_end_doubted: bool,
    /// The number of records in the whole collection, as the service declares it.
    pub declared_total: Option<u64>,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The time of the page by the service's clock (the `Date` of the response), in whole seconds.
    pub date: Option<Timestamp>,
    /// When the page was requested, by the local clock, if it comes from a [cache](crate::ListQuery::fresh). `None`
    /// if the service has just sent it.
    pub cached_at: Option<Timestamp>,
    /// Records that could not be decoded.
    pub quarantined: Vec<Quarantined>,
    /// Fields outside the records that have another type than the service documents, and whose meaning is clear.
    pub changed_types: Vec<&'static str>,
    /// What fetching the page cost.
    pub stats: RequestStats,
    /// What a layer removed from the page.
    pub(crate) left_out: Option<Box<LeftOut>>,
}

/// How a listing continues.
///
/// ```
/// # let (service, account) = ("library".parse()?, "main".parse()?);
/// # let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com");
/// use anyprofile_core::{
///     ListQuery,
///     listing::{Cursor, CursorPosition, Next},
/// };
///
/// let query = ListQuery::new();
/// // The service sends a token as long as there is another page.
/// let next = |token: Option<&str>| match token {
///     Some(token) => Next::Cursor(Cursor::new(&info, &query, CursorPosition::Token(token.to_owned()))),
///     None => Next::End,
/// };
/// assert!(matches!(next(Some("9f2")), Next::Cursor(_)));
/// assert_eq!(next(None), Next::End);
/// # Ok::<(), anyprofile_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// The listing is complete.
    End,
    /// The next page is at this cursor.
    Cursor(Cursor),
    /// Numbered pages remain, which may be fetched concurrently. Each page states again what remains.
    Remaining(RemainingPages),
}

/// A record that could not be decoded. Its content is not kept.
///
/// ```
/// use anyprofile_core::listing::{Page, Quarantined};
///
/// // One record has no name. The others are delivered.
/// let page = Page::last(vec![Some("ada"), None, Some("grace")]).try_map(|name| name.ok_or("no name".to_owned()));
/// assert_eq!(page.items, ["ada", "grace"]);
/// assert_eq!(page.quarantined, [Quarantined::new(1, "no name")]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Quarantined {
    /// Its position in the page, from 0.
    pub position: usize,
    /// What is wrong with it. The text repeats nothing of the record.
    pub reason: String,
}

impl Quarantined {
    /// Creates the entry of a quarantined record.
    pub fn new(position: usize, reason: impl Into<String>) -> Self {
        Self { position, reason: reason.into() }
    }
}

impl<T> Page<T> {
    /// Creates a last page with these records.
    pub fn last(items: Vec<T>) -> Self {
        Self {
            items,
            next: Next::End,
            is_numbered: false,
            collection: None,
            next_collection: None,
            is_not_offered: false,
            is_end_claimed: false,
            is_end_doubted: false,
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

    /// Creates the page of a collection that the service says it does not have.
    pub fn not_offered(stats: RequestStats) -> Self {
        Self { is_not_offered: true, stats, ..Self::last(Vec::new()) }
    }

    /// Sets [`next`](Self::next).
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

    /// Sets the collection, and the first page of the next one. If this page is the last of its collection,
    /// [`next`](Self::next) becomes that page.
    pub fn in_collection(mut self, collection: IdKind, next_collection: Option<Cursor>) -> Self {
        self.collection = Some(collection);
        if let (Next::End, Some(cursor)) = (&self.next, &next_collection) {
            self.next = Next::Cursor(cursor.clone());
        }
        self.next_collection = next_collection;
        self
    }

    /// Sets [`declared_total`](Self::declared_total).
    pub fn with_declared_total(mut self, total: Option<u64>) -> Self {
        self.declared_total = total;
        self
    }

    /// Sets [`quarantined`](Self::quarantined).
    pub fn with_quarantined(mut self, quarantined: Vec<Quarantined>) -> Self {
        self.quarantined = quarantined;
        self
    }

    /// Sets [`changed_types`](Self::changed_types).
    pub fn with_changed_types(mut self, names: Vec<&'static str>) -> Self {
        self.changed_types = names;
        self
    }

    /// Sets [`request_id`](Self::request_id) and [`stats`](Self::stats).
    pub fn with_request(mut self, request_id: Option<String>, stats: RequestStats) -> Self {
        self.request_id = request_id;
        self.stats = stats;
        self
    }

    /// Sets [`date`](Self::date).
    pub fn with_date(mut self, date: Option<Timestamp>) -> Self {
        self.date = date;
        self
    }

    /// Marks the page as cached since a time: it costs no request.
    pub fn from_cache(mut self, asked: Timestamp) -> Self {
        self.cached_at = Some(self.cached_at.map_or(asked, |earlier| earlier.min(asked)));
        self.request_id = None;
        self.stats = RequestStats::default();
        self
    }

    /// Converts the records. A record that cannot be converted is quarantined.
    ///
    /// The error of `convert` says why, and must not repeat anything of the record.
    pub fn try_map<U>(mut self, mut convert: impl FnMut(T) -> Result<U, String>) -> Page<U> {
        let mut items = Vec::with_capacity(self.items.len());
        let mut gaps = self.quarantined.iter().map(|bad| bad.position).collect::<Vec<_>>();
        gaps.sort_unstable();
        let mut gaps = gaps.into_iter().peekable();
        let mut position = 0;
        for item in self.items {
            // Positions count the records that were quarantined while decoding.
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
            is_end_doubted: self.is_end_doubted,
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
        // Sent: bad, 1, bad, 2, 3. Of the valid ones, 2 cannot be converted.
        let page = Page::last(vec![1, 2, 3])
            .with_quarantined(vec![Quarantined::new(0, "a"), Quarantined::new(2, "b")])
            .try_map(|number| if number == 2 { Err("c".to_owned()) } else { Ok(number) });
        assert_eq!(page.items, [1, 3]);
        assert_eq!(page.quarantined.last(), Some(&Quarantined::new(3, "c")));
    }
}
