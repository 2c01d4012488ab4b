//! A listing page by page, from one end to the other.

mod accept;
mod filter_proof;

use std::{
    fmt,
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::SystemTime,
};

use super::{
    early_stop::NewestFirst,
    pace::Pace,
    report::ListReport,
    second_look::SecondLook,
    stall::{self, Stall},
    window::{Urgency, Window},
};
use crate::{
    Error, ErrorKind, IdKind, ListQuery, Profile, ProfileId, ProfileProvider, Result, Timestamp,
    listing::{Cursor, CursorGuard, DuplicateCounter, Page, RemainingPages},
    query::{Order, OrderField},
};

/// How many profiles a page is taken to have where nobody says so.
const UNKNOWN_PAGE_SIZE: u32 = 100;

/// Where a listing stands.
#[derive(Clone, Debug)]
enum Position {
    Start,
    At(Cursor),
    /// The service gave a cursor that it had given before.
    Repeated,
    End,
}

/// A listing page by page, from one end to the other: the loop that acts on what the rest of this folder decides.
pub(super) struct OneEnd<'a, P> {
    provider: P,
    query: Arc<ListQuery>,
    position: Position,
    /// The numbered pages from `position` on, and the collection that comes behind them.
    remaining: Option<(RemainingPages, Option<Cursor>)>,
    /// How many profiles the last page had.
    last_received: u64,
    /// How many there were by the last page, in its collection.
    last_total: (Option<IdKind>, Option<u64>),
    /// What is on its way.
    window: Window<'a>,
    pace: Pace,
    guard: CursorGuard,
    duplicates: DuplicateCounter,
    /// Duplicates of which nothing is told: a layer left them out.
    untold_duplicates: u64,
    newest_first: Option<NewestFirst>,
    /// The first page of the opposite order, which is to prove that the rest need not be read, and where it goes on then.
    far_end: Option<(FarEnd<'a>, Option<Cursor>)>,
    /// Of a numbered collection.
    second_look: SecondLook,
    stall: Stall,
    /// Whether the first page is one amid a collection.
    skips: bool,
    report: ListReport,
}

type FarEnd<'a> = Pin<Box<dyn Future<Output = Result<Page<Profile>>> + Send + 'a>>;

impl<'a, P> OneEnd<'a, P>
where
    P: Deref + Clone + Send + Sync + 'a,
    P::Target: ProfileProvider,
{
    /// A listing from its start.
    pub(super) fn new(provider: P, mut query: ListQuery) -> Self {
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
            let applied = query.filter_plan(provider.capabilities()).applied;
            let filters_here = listing.is_scoped || !applied.is_empty();
            let usual = query.page_size.or(listing.default_page_size).unwrap_or(UNKNOWN_PAGE_SIZE);
            if limit > 0 && !filters_here && limit < usual {
                query.page_size = Some(limit);
            }
        }
        Self {
            provider,
            pace: Pace::new(query.pages_at_once()),
            query: Arc::new(query),
            position: Position::Start,
            remaining: None,
            last_received: 0,
            last_total: (None, None),
            window: Window::default(),
            guard: CursorGuard::default(),
            duplicates: DuplicateCounter::default(),
            untold_duplicates: 0,
            newest_first: since.map(|since| NewestFirst::new(OrderField::Updated, since)),
            far_end: None,
            second_look: SecondLook::default(),
            stall: Stall::default(),
            skips: false,
            report: ListReport::default(),
        }
    }

    /// A listing that goes on at a stored cursor, with the query that it was started with.
    pub(super) fn resume(provider: P, query: ListQuery, cursor: Cursor) -> Self {
        let mut pages = Self::new(provider, query);
        pages.guard.admit(&cursor);
        pages.skips = !cursor.is_start();
        pages.position = Position::At(cursor);
        pages.report.resumed = true;
        pages
    }

    /// A listing with the latest creation first, which ends where nobody is made since a time any more, if the service is
    /// seen to keep the order; else everything comes.
    pub(super) fn created_since(provider: P, since: Timestamp) -> Self {
        let newest_first = Order::descending(OrderField::Created);
        let mut pages = Self::new(provider, ListQuery::new().with_order(newest_first).with_fresh(true));
        pages.newest_first = Some(NewestFirst::new(OrderField::Created, since));
        pages
    }

    /// The same listing, to which whoever is in the counter has come before: in an earlier run.
    pub(super) fn with_noted(mut self, noted: DuplicateCounter) -> Self {
        self.duplicates = noted.counting_anew();
        self
    }

    /// The next page, or `None` after the last one.
    pub(super) fn poll_next_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Page<Profile>>>> {
        ready!(self.poll_far_end(context));
        // Met by the last page, the limit stopped nothing.
        let at_end = matches!(self.position, Position::End);
        if !at_end && self.query.limit.is_some_and(|limit| self.report.seen >= limit) {
            self.report.limited = true;
            self.position = Position::End;
        }
        match &self.position {
            Position::Start | Position::At(_) => {}
            Position::Repeated => return Poll::Ready(Some(Err(self.repeated()))),
            Position::End => {
                drop(self.window.clear());
                return Poll::Ready(None);
            }
        }
        if self.stall.end() {
            return Poll::Ready(Some(Err(stall::error(self.provider.info(), &self.query))));
        }
        if self.guard.is_full() {
            // Whoever goes on has been told, and the pages are counted anew.
            self.guard = CursorGuard::default();
            return Poll::Ready(Some(Err(self.too_many_pages())));
        }
        loop {
            self.ask(Urgency::Wanted);
            let Poll::Ready(fetched) = self.window.poll_first(context) else { return Poll::Pending };
            match fetched.outcome {
                // The list was longer or shorter when the page in front was made, and this one may be the older of the
                // two: who moved from it onto that one's place meanwhile would be on neither.
                Ok(page) if fetched.is_ahead && self.has_changed(&page) => {
                    self.report.spend(page.stats);
                    self.give_up_window();
                    self.ask_anew();
                    self.pace.adapt(true);
                }
                Ok(page) => {
                    let misread = self.misread_filters(&page);
                    if !misread.is_empty() && self.report.pages == 0 && !self.report.resumed {
                        // Nobody was delivered yet: everybody is asked for, and the filter is applied here.
                        self.report.spend(page.stats);
                        self.filter_locally();
                        self.report.misread_filters = misread;
                        continue;
                    }
                    let known = &mut self.report.contradicted_filters;
                    known
                        .extend(misread.into_iter().filter(|part| !known.contains(part)).collect::<Vec<_>>());
                    self.pace.adapt(self.has_changed(&page));
                    return Poll::Ready(Some(Ok(self.accept(page))));
                }
                Err(error) => {
                    self.report.spend(error.stats());
                    if self.is_of_local_filter(&error) {
                        self.filter_locally();
                        continue;
                    }
                    if !fetched.urgency.may_be_caller_stall(&error) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }

    /// Waits for the far end, where it is asked for, and leaves the collection if it proves that the rest is not needed. Where
    /// it cannot be had it proves nothing, and the rest is read.
    fn poll_far_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some((far_end, _)) = &mut self.far_end else { return Poll::Ready(()) };
        let outcome = ready!(far_end.as_mut().poll(context));
        let behind = self.far_end.take().and_then(|(_, behind)| behind);
        let is_proof = match outcome {
            Ok(page) => {
                self.report.spend(page.stats);
                page.quarantined.is_empty()
                    && self.newest_first.as_ref().is_some_and(|order| order.is_far_end(page.records()))
            }
            Err(error) => {
                self.report.spend(error.stats());
                false
            }
        };
        if !is_proof {
            if let Some(order) = &mut self.newest_first {
                order.give_up();
            }
            return Poll::Ready(());
        }
        if let Some(collection) = self.report.collections.last_mut() {
            collection.cut_at_unchanged = true;
        }
        self.remaining = None;
        self.position = behind.map_or(Position::End, |cursor| self.admit(cursor));
        self.report.reached_end = matches!(self.position, Position::End);
        Poll::Ready(())
    }

    /// Asks for the first page of the opposite order. `behind` is where the listing goes on if it proves the order.
    fn ask_far_end(&mut self, behind: Option<Cursor>) {
        let Some(order) = &self.newest_first else { return };
        let query = (*self.query).clone().with_order(Order::ascending(order.field()));
        let provider = self.provider.clone();
        let far_end = Box::pin(async move { provider.list_page(&query, None).await });
        self.far_end = Some((far_end, behind));
    }

    /// Gives up all pages that are on their way or there.
    fn give_up_window(&mut self) {
        for stats in self.window.clear() {
            self.report.spend(stats);
        }
    }

    /// Takes nothing from a cache from now on: the list has changed while it was read.
    fn ask_anew(&mut self) {
        if !self.query.fresh {
            self.query = Arc::new((*self.query).clone().with_fresh(true));
        }
    }

    /// Asks from the start, or at a stored cursor, without sending any part of the filter.
    fn filter_locally(&mut self) {
        self.give_up_window();
        self.query = Arc::new((*self.query).clone().with_local_filter(true));
    }

    /// Whether a stored cursor does not fit since the listing that gave it found that the service misreads the filter.
    fn is_of_local_filter(&self, error: &Error) -> bool {
        let is_first = self.report.resumed && self.report.pages == 0;
        let is_refused = error.kind() == ErrorKind::InvalidRequest && error.status().is_none();
        is_first
            && is_refused
            && !self.query.local_filter
            && !self.query.filter_plan(self.provider.capabilities()).pushed.is_empty()
    }

    /// Asks for the page that comes next and those behind it, and drives what is on its way, without handing anything
    /// out.
    pub(super) fn poll_ahead(&mut self, context: &mut Context<'_>) {
        if self.poll_far_end(context).is_ready() && !self.is_done() && !self.is_stopped() {
            self.ask(Urgency::Early);
            self.window.poll(context);
        }
    }

    /// Whether the service says another total than with the page before.
    fn has_changed(&self, page: &Page<Profile>) -> bool {
        let (collection, total) = &self.last_total;
        self.report.pages > 0 && *collection == page.collection && *total != page.total()
    }

    /// Asks for the next page, and ahead of time for the numbered ones behind it.
    fn ask(&mut self, urgency: Urgency) {
        let first = match &self.position {
            Position::Start => None,
            Position::At(cursor) => Some(cursor.clone()),
            Position::Repeated | Position::End => return,
        };
        if self.report.started.is_none() {
            self.report.started = Timestamp::try_from(SystemTime::now()).ok();
        }
        let left = self.query.limit.map(|limit| limit.saturating_sub(self.report.seen));
        // The list is left where nothing was changed any more, which may be on this page; and of pages that bring nobody,
        // those behind are hardly wanted.
        let may_end_here = self.newest_first.is_some() || self.stall.is_possible();
        let wanted = self.pace.wanted(left, self.last_received, may_end_here);
        let (provider, query) = (&self.provider, &self.query);
        let fetch = |cursor: Option<Cursor>| {
            let (provider, query) = (provider.clone(), Arc::clone(query));
            async move { provider.list_page(&query, cursor.as_ref()).await }
        };
        let behind =
            self.remaining.iter().flat_map(|(pages, next)| pages.cursors().chain(next.clone()).skip(1));
        self.window.ask(first, urgency, behind.take(wanted.saturating_sub(1)), fetch);
    }

    /// Whether a page has come, in this run or before.
    pub(super) fn has_begun(&self) -> bool {
        self.report.pages > 0 || self.report.resumed
    }

    /// Whether a profile was among the pages, as far as they are remembered.
    pub(super) fn has_noted(&self, id: &ProfileId) -> bool {
        self.duplicates.has_noted(id)
    }

    /// Whether the last page was read, or as many profiles as are wanted.
    fn is_done(&self) -> bool {
        let limited = self.query.limit.is_some_and(|limit| self.report.seen >= limit);
        limited || matches!(self.position, Position::End)
    }

    fn admit(&mut self, cursor: Cursor) -> Position {
        if self.guard.admit(&cursor) { Position::At(cursor) } else { Position::Repeated }
    }

    /// Whether an error comes before the next page.
    fn is_stopped(&self) -> bool {
        self.stall.is_reached() || self.guard.is_full()
    }

    fn too_many_pages(&self) -> Error {
        let message = format!("the listing has more than {} pages, which is the limit", CursorGuard::MOST);
        Error::new(ErrorKind::TooLarge, message)
            .with_provider(self.provider.info())
            .with_operation("list")
            .with_hint("ask for larger pages, or resume the listing at its cursor; the service may name pages for ever")
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

impl<P> OneEnd<'_, P> {
    /// The cursor of the page that comes next: what to store to go on later. `None` before the first
    /// page and after the last.
    pub(super) fn cursor(&self) -> Option<&Cursor> {
        match &self.position {
            Position::At(cursor) => Some(cursor),
            Position::Start | Position::Repeated | Position::End => None,
        }
    }

    /// Whether the service led back to a page that was read before: there is nowhere to go on.
    pub(super) const fn leads_back(&self) -> bool {
        matches!(self.position, Position::Repeated)
    }

    /// Whether a list that changed while it was read is being read a second time, so that only who did not come before is
    /// delivered. A listing that goes on later at [`cursor`](Self::cursor), or from the start where there is none, does not
    /// know that: whoever stores the cursor has to leave out those who came before.
    pub(super) const fn reads_again(&self) -> bool {
        self.second_look.is_second()
    }

    /// What was seen so far.
    pub(super) fn report(&self) -> &ListReport {
        &self.report
    }
}

impl<P> fmt::Debug for OneEnd<'_, P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OneEnd")
            .field("position", &self.position)
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}
