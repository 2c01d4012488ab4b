//! Listings: page by page, and profile by profile.

use std::{
    fmt,
    future::Future,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
    vec,
};

use futures_core::Stream;
use serde::Serialize;

use crate::{
    Cursor, CursorGuard, DuplicateCounter, Effort, Error, ErrorKind, IdKind, ListQuery, MissingReason, Next,
    Order, OrderField, Page, Profile, ProfileProvider, Result, Timestamp,
};

/// What a listing has seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListReport {
    /// Pages that were read.
    pub pages: u64,
    /// Profiles that the service sent, before those were left out that the filter does not want.
    pub received: u64,
    /// Profiles that were delivered.
    pub seen: u64,
    /// How many profiles the service says that there are, as it last said; `None` if it does not say so for each
    /// collection that was read. Of those that meet the parts of the filter that were sent to it.
    pub declared_total: Option<u64>,
    /// The same for each collection, where the service lists several one after the other.
    pub collections: Vec<CollectionReport>,
    /// The latest change among the profiles that the service sent: the time to ask from the next time, with
    /// [`ListQuery::changed_since`].
    pub latest_change: Option<Timestamp>,
    /// Profiles that were left out although they may be wanted: the filter asks when they were made or changed, and
    /// the service does not say.
    pub undated: u64,
    /// Profiles that were delivered a second time: the service's pages overlapped.
    pub duplicates: u64,
    /// Whether there were more profiles than can be compared with each other in bounded memory (1,048,576), so
    /// that some duplicates may not be counted.
    pub duplicates_unchecked: bool,
    /// Records that did not decode, and were not delivered.
    pub quarantined: u64,
    /// Profiles that lack a record which this credential may not see; [`Origin::missing`](crate::Origin::missing)
    /// names it.
    pub withheld: u64,
    /// Requests for pages and for what belongs to them, those that failed included.
    pub requests: u64,
    /// Requests that were sent, the repeated ones included.
    pub attempts: u64,
    /// Time spent waiting between attempts. In JSON: milliseconds.
    #[serde(rename = "waited_milliseconds", serialize_with = "crate::page::milliseconds")]
    pub waited: Duration,
    /// Whether the service's last page was read.
    pub reached_end: bool,
    /// Whether the listing stopped because the caller wanted no more.
    pub limited: bool,
    /// Whether the listing went on at a stored cursor: what came before it is not counted here, so that the
    /// declared total says nothing of it.
    pub resumed: bool,
}

/// What a listing has seen of one collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CollectionReport {
    /// The collection; `None` where the service has but one.
    pub collection: Option<IdKind>,
    /// Profiles that the service sent.
    pub received: u64,
    /// Profiles that it sent a second time.
    pub duplicates: u64,
    /// How many profiles the service says that there are.
    pub declared_total: Option<u64>,
    /// Whether the rest was not asked for, since nothing in it was changed since the time that the query names.
    pub cut_at_unchanged: bool,
    /// Whether the service does not have this collection, as it says.
    pub is_not_offered: bool,
}

impl CollectionReport {
    fn missing(&self) -> u64 {
        let distinct = self.received.saturating_sub(self.duplicates);
        let declared = self.declared_total.filter(|_| !self.cut_at_unchanged);
        declared.unwrap_or(distinct).saturating_sub(distinct)
    }
}

impl ListReport {
    /// Whether every profile was delivered, as far as can be known: the last page was read, nothing was
    /// set aside, the declared total was met, and the caller did not stop early.
    pub fn is_complete(&self) -> bool {
        self.reached_end && !self.limited && self.quarantined == 0 && self.missing() == Some(0)
    }

    /// How many of the declared profiles did not come, set-aside ones included. 0 where the service
    /// declares none or the caller stopped early; `None` while the listing goes on.
    pub fn missing(&self) -> Option<u64> {
        if self.limited || (self.resumed && self.reached_end) {
            return Some(0);
        }
        self.reached_end.then(|| self.collections.iter().map(CollectionReport::missing).sum())
    }

    /// Whether part of a collection was not asked for, since nothing in it was changed since the time that the query
    /// names.
    pub fn is_cut_at_unchanged(&self) -> bool {
        self.collections.iter().any(|collection| collection.cut_at_unchanged)
    }

    /// How many requests were repeated.
    pub const fn retries(&self) -> u64 {
        self.attempts.saturating_sub(self.requests)
    }

    fn spend(&mut self, effort: Effort) {
        self.requests += u64::from(effort.requests);
        self.attempts += u64::from(effort.attempts);
        self.waited += effort.waited;
    }
}

/// Where a listing stands.
#[derive(Clone, Debug)]
enum Position {
    Start,
    At(Cursor),
    /// The service gave a cursor that it had given before.
    Repeated,
    End,
}

/// A listing page by page.
///
/// [`next_page`](Self::next_page) may be called again after an error and asks for the same page; dropping
/// its future changes nothing. `P` is a reference to a provider or an `Arc` of one.
pub struct Pages<P> {
    provider: P,
    query: ListQuery,
    position: Position,
    guard: CursorGuard,
    duplicates: DuplicateCounter,
    newest_first: Option<NewestFirst>,
    report: ListReport,
}

/// A collection that comes with the latest change first, of which no more is needed than was changed since a time.
#[derive(Clone, Debug)]
struct NewestFirst {
    since: Timestamp,
    last: Option<Timestamp>,
    /// Whether the service kept the order so far. If not, older ones may stand before newer ones, and all are read.
    is_kept: bool,
}

impl NewestFirst {
    fn new(since: Timestamp) -> Self {
        Self { since, last: None, is_kept: true }
    }

    /// Whether all that was changed since the time has come, after these profiles too.
    fn is_over(&mut self, profiles: &[Profile]) -> bool {
        let mut is_over = false;
        for time in profiles.iter().filter_map(|profile| profile.times.updated.value()) {
            self.is_kept &= self.last.is_none_or(|last| *time <= last);
            self.last = Some(*time);
            is_over |= *time < self.since;
        }
        is_over && self.is_kept
    }
}

impl<P> Pages<P>
where
    P: Deref + Send + Sync,
    P::Target: ProfileProvider,
{
    /// A listing from its start.
    pub fn new(provider: P, mut query: ListQuery) -> Self {
        let listing = provider.capabilities().listing_of(&query);
        let newest_first = Order::descending(OrderField::Updated);
        if query.filter.updated_since.is_some()
            && query.order.is_none()
            && listing.orders.contains(&newest_first.field)
        {
            query.order = Some(newest_first.clone());
        }
        let since = query.filter.updated_since.filter(|_| query.order == Some(newest_first));
        if let (true, Some(limit)) =
            (listing.page_size, query.limit.and_then(|limit| u32::try_from(limit).ok()))
        {
            // A page larger than the limit would be thrown away in part; of a page that is filtered here, nobody
            // knows how much is needed.
            let filters_here = !provider.filter_plan(&query).applied.is_empty();
            let usual = query.page_size.or(listing.default_page_size);
            if limit > 0 && !filters_here && usual.is_some_and(|usual| limit < usual) {
                query.page_size = Some(limit);
            }
        }
        Self {
            provider,
            query,
            position: Position::Start,
            guard: CursorGuard::default(),
            duplicates: DuplicateCounter::default(),
            newest_first: since.map(NewestFirst::new),
            report: ListReport::default(),
        }
    }

    /// A listing that goes on at a stored cursor, with the query that it was started with.
    pub fn resume(provider: P, query: ListQuery, cursor: Cursor) -> Self {
        let mut pages = Self::new(provider, query);
        pages.guard.admit(&cursor);
        pages.position = Position::At(cursor);
        pages.report.resumed = true;
        pages
    }

    /// The next page, or `None` after the last one.
    ///
    /// # Errors
    /// The provider's; and [`ErrorKind::Decode`] if the service gave a cursor that it had given before,
    /// in which case the listing would never end.
    pub async fn next_page(&mut self) -> Option<Result<Page<Profile>>> {
        // Met by the last page, the limit stopped nothing.
        let at_end = matches!(self.position, Position::End);
        if !at_end && self.query.limit.is_some_and(|limit| self.report.seen >= limit) {
            self.report.limited = true;
            self.position = Position::End;
        }
        let cursor = match &self.position {
            Position::Start => None,
            Position::At(cursor) => Some(cursor),
            Position::Repeated => return Some(Err(self.repeated())),
            Position::End => return None,
        };
        match self.provider.list_page(&self.query, cursor).await {
            Ok(page) => Some(Ok(self.accept(page))),
            Err(error) => {
                self.report.spend(error.effort());
                Some(Err(error))
            }
        }
    }

    /// The cursor of the page that comes next: what to store to go on later. `None` before the first
    /// page and after the last.
    pub fn cursor(&self) -> Option<&Cursor> {
        match &self.position {
            Position::At(cursor) => Some(cursor),
            Position::Start | Position::Repeated | Position::End => None,
        }
    }

    /// What was seen so far.
    pub fn report(&self) -> &ListReport {
        &self.report
    }

    fn accept(&mut self, mut page: Page<Profile>) -> Page<Profile> {
        let is_over = self.count(&page);
        if !self.query.filter.is_empty() {
            // Also what the service has filtered: its words may mean something else than ours.
            let (filter, capabilities) = (&self.query.filter, self.provider.capabilities());
            page.items.retain(|profile| filter.matches(profile, capabilities));
        }
        let next = match (&page.next, &page.next_collection) {
            (_, Some(cursor)) if is_over => Some(cursor.clone()),
            _ if is_over => None,
            (Next::End, _) => None,
            (Next::Cursor(cursor), _) => Some(cursor.clone()),
            (Next::Remaining(remaining), _) => remaining.cursors().next(),
        };
        self.position = next.map_or(Position::End, |cursor| self.admit(cursor));
        self.report.reached_end = matches!(self.position, Position::End);
        if let Some(limit) = self.query.limit {
            let left = usize::try_from(limit - self.report.seen).unwrap_or(usize::MAX);
            if page.items.len() > left {
                page.items.truncate(left);
                self.report.limited = true;
                self.report.reached_end = false;
                self.position = Position::End;
            }
        }
        self.report.pages += 1;
        self.report.seen += page.items.len() as u64;
        if self.query.limit == Some(self.report.seen) && !matches!(self.position, Position::End) {
            self.report.limited = true;
        }
        self.report.quarantined += page.quarantined.len() as u64;
        self.report.spend(page.effort);
        page
    }

    /// Counts what the service sent. Gives whether the rest of the collection is not needed.
    fn count(&mut self, page: &Page<Profile>) -> bool {
        let report = &mut self.report;
        let known = report.collections.iter().position(|it| it.collection == page.collection);
        let index = known.unwrap_or_else(|| {
            report.collections.push(CollectionReport {
                collection: page.collection.clone(),
                received: 0,
                duplicates: 0,
                declared_total: None,
                cut_at_unchanged: false,
                is_not_offered: page.is_not_offered,
            });
            self.newest_first = self.newest_first.as_ref().map(|it| NewestFirst::new(it.since));
            report.collections.len() - 1
        });
        let collection = &mut report.collections[index];
        let filter = &self.query.filter;
        for profile in &page.items {
            collection.duplicates += u64::from(self.duplicates.note(&profile.id));
            let (created, updated) = (&profile.times.created, &profile.times.updated);
            report.latest_change = report.latest_change.max(updated.value().copied());
            let is_undated = (filter.updated_since.is_some() && !updated.is_known())
                || (filter.created_since.is_some() && !created.is_known());
            report.undated += u64::from(is_undated);
            let mut missing = profile.origin.iter().flat_map(|origin| &origin.missing);
            report.withheld += u64::from(missing.any(|it| it.reason == MissingReason::Withheld));
        }
        let received = page.items.len() as u64;
        collection.received += received;
        collection.declared_total = page.declared_total.or(collection.declared_total);
        let is_over = self.newest_first.as_mut().is_some_and(|it| it.is_over(&page.items));
        // Of the last page there is no rest.
        let next_collection = page.next_collection.as_ref();
        let is_last = match &page.next {
            Next::End => true,
            Next::Cursor(cursor) => Some(cursor) == next_collection,
            Next::Remaining(remaining) => remaining.is_empty(),
        };
        collection.cut_at_unchanged |= is_over && !is_last;
        report.received += received;
        report.duplicates = self.duplicates.duplicates();
        report.duplicates_unchecked = !self.duplicates.is_exhaustive();
        let offered = report.collections.iter().filter(|it| !it.is_not_offered);
        report.declared_total = offered.map(|it| it.declared_total).sum();
        is_over
    }

    fn admit(&mut self, cursor: Cursor) -> Position {
        if self.guard.admit(&cursor) { Position::At(cursor) } else { Position::Repeated }
    }

    fn repeated(&self) -> Error {
        Error::new(
            ErrorKind::Decode,
            "the service points back to a page that was read before; the listing would never end",
        )
        .with_provider(self.provider.info())
        .with_operation("list")
        .with_hint(
            "the profiles that were delivered are good, and there may be more; report it to the service",
        )
    }
}

impl<P> fmt::Debug for Pages<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pages")
            .field("position", &self.position)
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

/// A source of pages whose provider is not named in its type.
trait PageSource: Send {
    fn fetch<'a>(self: Box<Self>) -> Fetching<'a>
    where
        Self: 'a;
    fn report(&self) -> &ListReport;
    fn is_at_end(&self) -> bool;
}

/// A page on its way, with the source that it comes back with.
type Fetching<'a> = Pin<Box<dyn Future<Output = Fetched<'a>> + Send + 'a>>;
type Fetched<'a> = (Box<dyn PageSource + 'a>, Option<Result<Page<Profile>>>);

impl<P> PageSource for Pages<P>
where
    P: Deref + Send + Sync,
    P::Target: ProfileProvider,
{
    fn fetch<'a>(mut self: Box<Self>) -> Fetching<'a>
    where
        Self: 'a,
    {
        Box::pin(async move {
            let page = self.next_page().await;
            (self as Box<dyn PageSource>, page)
        })
    }

    fn report(&self) -> &ListReport {
        &self.report
    }

    fn is_at_end(&self) -> bool {
        let limited = self.query.limit.is_some_and(|limit| self.report.seen >= limit);
        limited || matches!(self.position, Position::End)
    }
}

/// How many profiles are handed out between two looks at the page that is on its way.
const LOOK_AHEAD_EVERY: usize = 16;

/// A listing profile by profile.
///
/// Holds at most two pages. Ends after its first error. Dropping it drops the page on its way.
pub struct ProfileStream<'a> {
    ready: vec::IntoIter<Profile>,
    next: Ahead<'a>,
    report: ListReport,
    delivered: u64,
}

/// The page after the one that is being handed out.
enum Ahead<'a> {
    Fetching(Fetching<'a>, Urgency),
    Fetched(Box<Fetched<'a>>, Urgency),
    End,
}

/// Whether somebody waits for a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Urgency {
    /// It was asked for when there was nothing else to hand out.
    Wanted,
    /// It was asked for ahead of time. While its caller is busy nobody polls it, and its time-outs run all the
    /// same: a failure that may come from that is not the service's.
    Early,
}

impl<'a> ProfileStream<'a> {
    pub(crate) fn new<P>(pages: Pages<P>) -> Self
    where
        P: Deref + Send + Sync + 'a,
        P::Target: ProfileProvider,
    {
        let report = pages.report.clone();
        // A future does nothing before it is polled: the stream stays lazy.
        let next = Ahead::Fetching(Box::new(pages).fetch(), Urgency::Wanted);
        Self { ready: Vec::new().into_iter(), next, report, delivered: 0 }
    }

    /// What the listing has seen, counting the profiles that were handed out.
    pub fn report(&self) -> ListReport {
        let mut report = self.report.clone();
        report.seen = self.delivered;
        report.reached_end &= self.ready.len() == 0;
        report
    }

    /// How many profiles can be handed out without waiting.
    pub fn buffered(&self) -> usize {
        self.ready.len()
    }

    /// Drives the page that is on its way, without handing anything out. Whoever reads several streams in
    /// turn calls it for those whose turn it is not, so that no answer is left waiting.
    pub fn poll_ahead(&mut self, context: &mut Context<'_>) {
        if let Ahead::Fetching(fetching, urgency) = &mut self.next {
            let urgency = *urgency;
            if let Poll::Ready(fetched) = fetching.as_mut().poll(context) {
                self.next = Ahead::Fetched(Box::new(fetched), urgency);
            }
        }
    }
}

impl Stream for ProfileStream<'_> {
    type Item = Result<Profile>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.ready.len().is_multiple_of(LOOK_AHEAD_EVERY) {
                this.poll_ahead(context);
            }
            if let Some(profile) = this.ready.next() {
                this.delivered += 1;
                return Poll::Ready(Some(Ok(profile)));
            }
            let ((source, page), urgency) = match std::mem::replace(&mut this.next, Ahead::End) {
                Ahead::Fetched(fetched, urgency) => (*fetched, urgency),
                Ahead::Fetching(fetching, urgency) => {
                    this.next = Ahead::Fetching(fetching, urgency);
                    return Poll::Pending;
                }
                Ahead::End => return Poll::Ready(None),
            };
            this.report = source.report().clone();
            match page {
                None => return Poll::Ready(None),
                Some(Err(error)) if urgency == Urgency::Early && may_be_ours(&error) => {
                    this.next = Ahead::Fetching(source.fetch(), Urgency::Wanted);
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => {
                    let urgency = if page.items.is_empty() { Urgency::Wanted } else { Urgency::Early };
                    this.ready = page.items.into_iter();
                    if !source.is_at_end() {
                        this.next = Ahead::Fetching(source.fetch(), urgency);
                    }
                }
            }
        }
    }
}

/// Whether a failure may come from a request that was left unpolled.
fn may_be_ours(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport)
}

impl fmt::Debug for ProfileStream<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProfileStream").field("report", &self.report()).finish_non_exhaustive()
    }
}
