//! A listing by page, from one end to the other.

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
    query::{FilterPart, Order, OrderField},
};

/// The assumed number of profiles in a page, if neither the query nor the service says it.
const UNKNOWN_PAGE_SIZE: u32 = 100;

/// The position of a listing.
#[derive(Clone, Debug)]
enum ListingPosition {
    Start,
    At(Cursor),
    /// The service sent a cursor that it had sent before.
    Repeated,
    End,
}

/// A listing by page, from one end to the other. This is the loop; the other modules make its decisions.
pub(super) struct OneEnd<'a, P> {
    provider: P,
    query: Arc<ListQuery>,
    position: ListingPosition,
    /// The numbered pages from `position` on, and the first page of the next collection.
    remaining: Option<(RemainingPages, Option<Cursor>)>,
    /// The number of profiles in the last page.
    last_received: u64,
    /// The total that the last page declared, and its collection.
    last_total: (Option<IdKind>, Option<u64>),
    /// The pages in flight.
    window: Window<'a>,
    pace: Pace,
    guard: CursorGuard,
    duplicates: DuplicateCounter,
    /// Duplicates that are not reported, because a layer removed them.
    unreported_duplicates: u64,
    newest_first: Option<NewestFirst>,
    /// The first page of the opposite order, which may prove that the rest is not needed, and where the listing then
    /// continues.
    far_end: Option<(FarEnd<'a>, Option<Cursor>)>,
    /// For a numbered collection.
    second_look: SecondLook,
    stall: Stall,
    /// Whether the listing starts in the middle of a collection.
    skips: bool,
    report: ListReport,
}

type FarEnd<'a> = Pin<Box<dyn Future<Output = Result<Page<Profile>>> + Send + 'a>>;

impl<'a, P> OneEnd<'a, P>
where
    P: Deref + Clone + Send + Sync + 'a,
    P::Target: ProfileProvider,
{
    /// Creates a listing from its start.
    pub(super) fn new(provider: P, mut query: ListQuery) -> Self {
        let listing = provider.capabilities().listing_of(&query);
        let newest_first = Order::descending(OrderField::Updated);
        if query.filter.parts().contains(&FilterPart::UpdatedSince)
            && query.order.is_none()
            && listing.orders.contains(&newest_first.field)
        {
            query.order = Some(newest_first);
        }
        if let (true, Some(limit)) =
            (listing.page_size, query.limit.and_then(|limit| u32::try_from(limit).ok()))
        {
            // A page larger than the limit would be fetched in vain. With a local filter it is not known how many
            // records are needed.
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
            // Known with the first page, which tells its collection.
            newest_first: None,
            query: Arc::new(query),
            position: ListingPosition::Start,
            remaining: None,
            last_received: 0,
            last_total: (None, None),
            window: Window::default(),
            guard: CursorGuard::default(),
            duplicates: DuplicateCounter::default(),
            unreported_duplicates: 0,
            far_end: None,
            second_look: SecondLook::default(),
            stall: Stall::default(),
            skips: false,
            report: ListReport::default(),
        }
    }

    /// Creates a listing that continues at a stored cursor, with the query that it was started with.
    pub(super) fn resume(provider: P, query: ListQuery, cursor: Cursor) -> Self {
        let mut pages = Self::new(provider, query);
        pages.guard.admit(&cursor);
        pages.skips = !cursor.is_start();
        pages.position = ListingPosition::At(cursor);
        pages.report.resumed = true;
        pages
    }

    /// Creates a listing with the newest profiles first. It ends at profiles created before `since`, if the service
    /// is seen to keep the order; otherwise it reads everything.
    pub(super) fn created_since(provider: P, since: Timestamp) -> Self {
        let newest_first = Order::descending(OrderField::Created);
        let mut pages = Self::new(provider, ListQuery::new().with_order(newest_first).with_fresh(true));
        pages.newest_first = Some(NewestFirst::new(OrderField::Created, since));
        pages
    }

    /// Marks the profiles in the counter as delivered by an earlier run.
    pub(super) fn with_noted(mut self, noted: DuplicateCounter) -> Self {
        self.duplicates = noted.with_count_reset();
        self
    }

    /// Polls for the next page; `None` after the last one.
    pub(super) fn poll_next_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Page<Profile>>>> {
        ready!(self.poll_far_end(context));
        // If the last page reached the limit, the limit stopped nothing.
        let at_end = matches!(self.position, ListingPosition::End);
        if !at_end && self.query.limit.is_some_and(|limit| self.report.seen >= limit) {
            self.report.limited = true;
            self.position = ListingPosition::End;
        }
        match &self.position {
            ListingPosition::Start | ListingPosition::At(_) => {}
            ListingPosition::Repeated => return Poll::Ready(Some(Err(self.repeated()))),
            ListingPosition::End => {
                drop(self.window.clear());
                return Poll::Ready(None);
            }
        }
        if self.stall.end() {
            return Poll::Ready(Some(Err(stall::error(self.provider.info(), &self.query))));
        }
        if self.guard.is_full() {
            // The caller has seen the error and continues, so the count starts again.
            self.guard = CursorGuard::default();
            return Poll::Ready(Some(Err(self.too_many_pages())));
        }
        loop {
            self.ask(Urgency::Wanted);
            let Poll::Ready(fetched) = self.window.poll_first(context) else { return Poll::Pending };
            match fetched.outcome {
                // The list changed between this page and the one before it, and this one may be older. A profile that
                // moved between them would be on neither.
                Ok(page) if fetched.is_ahead && self.has_changed(&page) => {
                    self.report.spend(page.stats);
                    self.give_up_window();
                    self.bypass_cache();
                    self.pace.adapt(true);
                }
                Ok(page) => {
                    let misread = self.misread_filters(&page);
                    if !misread.is_empty() && self.report.pages == 0 && !self.report.resumed {
                        // No profile was delivered yet: request everything, and filter locally.
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

    /// Waits for the far end, if it was requested, and leaves the collection if it proves that the rest is not
    /// needed. If the far end cannot be fetched, the rest is read.
    fn poll_far_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some((far_end, _)) = &mut self.far_end else { return Poll::Ready(()) };
        let outcome = ready!(far_end.as_mut().poll(context));
        let resume_at = self.far_end.take().and_then(|(_, resume_at)| resume_at);
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
        self.position = resume_at.map_or(ListingPosition::End, |cursor| self.admit(cursor));
        self.report.reached_end = matches!(self.position, ListingPosition::End);
        Poll::Ready(())
    }

    /// Requests the first page of the opposite order. `resume_at` is where the listing continues if that page proves the
    /// order.
    fn ask_far_end(&mut self, resume_at: Option<Cursor>) {
        let Some(order) = &self.newest_first else { return };
        let query = (*self.query).clone().with_order(Order::ascending(order.field()));
        let provider = self.provider.clone();
        let far_end = Box::pin(async move { provider.list_page(&query, None).await });
        self.far_end = Some((far_end, resume_at));
    }

    /// Drops all pages that are in flight or buffered.
    fn give_up_window(&mut self) {
        for stats in self.window.clear() {
            self.report.spend(stats);
        }
    }

    /// Bypasses caches from now on: the list has changed while it was read.
    fn bypass_cache(&mut self) {
        if !self.query.fresh {
            self.query = Arc::new((*self.query).clone().with_fresh(true));
        }
    }

    /// Restarts, or restarts at a stored cursor, without sending the filter to the service.
    fn filter_locally(&mut self) {
        self.give_up_window();
        self.query = Arc::new((*self.query).clone().with_local_filter(true));
    }

    /// Returns whether a stored cursor is refused because its listing had switched to a local filter.
    fn is_of_local_filter(&self, error: &Error) -> bool {
        let is_first = self.report.resumed && self.report.pages == 0;
        let is_refused = error.kind() == ErrorKind::InvalidRequest && error.status().is_none();
        is_first
            && is_refused
            && !self.query.local_filter
            && !self.query.filter_plan(self.provider.capabilities()).pushed.is_empty()
    }

    /// Requests the next page and those after it, and drives the requests, without returning a page.
    pub(super) fn poll_ahead(&mut self, context: &mut Context<'_>) {
        if self.poll_far_end(context).is_ready() && !self.is_done() && !self.is_stopped() {
            self.ask(Urgency::Early);
            self.window.poll(context);
        }
    }

    /// Returns whether the declared total differs from that of the page before.
    fn has_changed(&self, page: &Page<Profile>) -> bool {
        let (collection, total) = &self.last_total;
        self.report.pages > 0 && *collection == page.collection && *total != page.total()
    }

    /// Requests the next page, and the numbered pages after it ahead of time.
    fn ask(&mut self, urgency: Urgency) {
        let first = match &self.position {
            ListingPosition::Start => None,
            ListingPosition::At(cursor) => Some(cursor.clone()),
            ListingPosition::Repeated | ListingPosition::End => return,
        };
        if self.report.started.is_none() {
            self.report.started = Timestamp::try_from(SystemTime::now()).ok();
        }
        let left = self.query.limit.map(|limit| limit.saturating_sub(self.report.seen));
        // The listing may end at the first unchanged profile, which may be on this page; and after an empty page, the
        // next ones are hardly needed.
        let may_end_here = self.newest_first.is_some() || self.stall.is_possible();
        let wanted = self.pace.wanted(left, self.last_received, may_end_here);
        let (provider, query) = (&self.provider, &self.query);
        let fetch = |cursor: Option<Cursor>| {
            let (provider, query) = (provider.clone(), Arc::clone(query));
            async move { provider.list_page(&query, cursor.as_ref()).await }
        };
        let later =
            self.remaining.iter().flat_map(|(pages, next)| pages.cursors().chain(next.clone()).skip(1));
        self.window.ask(first, urgency, later.take(wanted.saturating_sub(1)), fetch);
    }

    /// Returns whether a page was fetched, in this run or an earlier one.
    pub(super) fn has_begun(&self) -> bool {
        self.report.pages > 0 || self.report.resumed
    }

    /// Returns whether a profile was on a page, as far as ids are remembered.
    pub(super) fn has_noted(&self, id: &ProfileId) -> bool {
        self.duplicates.has_noted(id)
    }

    /// Returns whether the last page was read, or the limit reached.
    fn is_done(&self) -> bool {
        let limited = self.query.limit.is_some_and(|limit| self.report.seen >= limit);
        limited || matches!(self.position, ListingPosition::End)
    }

    fn admit(&mut self, cursor: Cursor) -> ListingPosition {
        if self.guard.admit(&cursor) { ListingPosition::At(cursor) } else { ListingPosition::Repeated }
    }

    /// Returns whether the next result is an error.
    fn is_stopped(&self) -> bool {
        self.stall.is_reached() || self.guard.is_full()
    }

    fn too_many_pages(&self) -> Error {
        let message = format!("the listing has more than {} pages, which is the limit", CursorGuard::MOST);
        Error::new(ErrorKind::TooLarge, message)
            .with_provider(self.provider.info())
            .with_operation("list")
            .with_hint("use larger pages, or resume the listing at its cursor; the service may never send a last page")
    }

    fn repeated(&self) -> Error {
        Error::new(
            ErrorKind::Decode,
            "the service links back to a page that was read before, so the listing would never end",
        )
        .with_provider(self.provider.info())
        .with_operation("list")
        .with_hint("the delivered profiles are valid, but some may be missing; report this to the service")
    }
}

impl<P> OneEnd<'_, P> {
    /// Returns the cursor of the next page, to be stored to continue later. `None` before the first page and after
    /// the last one.
    pub(super) fn cursor(&self) -> Option<&Cursor> {
        match &self.position {
            ListingPosition::At(cursor) => Some(cursor),
            ListingPosition::Start | ListingPosition::Repeated | ListingPosition::End => None,
        }
    }

    /// Returns whether the service linked back to a page that was read before, so that the listing cannot continue.
    pub(super) const fn leads_back(&self) -> bool {
        matches!(self.position, ListingPosition::Repeated)
    }

    /// Returns whether the list changed while it was read and is being read a second time, with only new profiles
    /// delivered. A listing that resumes at [`cursor`](Self::cursor), or restarts if there is none, does not know
    /// that: the caller must then drop the profiles that were delivered before.
    pub(super) const fn reads_again(&self) -> bool {
        self.second_look.is_second()
    }

    /// Returns the report so far.
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
