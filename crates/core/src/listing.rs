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
    Cursor, CursorGuard, DuplicateCounter, Effort, Error, ErrorKind, ListQuery, Next, Page, Profile,
    ProfileProvider, Result,
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
    /// How many profiles the service says that there are, as it last said. Of those that meet the parts of the
    /// filter that were sent to it.
    pub declared_total: Option<u64>,
    /// Profiles that were delivered a second time: the service's pages overlapped.
    pub duplicates: u64,
    /// Whether there were more profiles than can be compared with each other in bounded memory (1,048,576), so
    /// that some duplicates may not be counted.
    pub duplicates_unchecked: bool,
    /// Records that did not decode, and were not delivered.
    pub quarantined: u64,
    /// Pages that were asked for, those that failed included.
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
        let distinct = self.received.saturating_sub(self.duplicates);
        self.reached_end.then(|| self.declared_total.unwrap_or(distinct).saturating_sub(distinct))
    }

    /// How many requests were repeated.
    pub const fn retries(&self) -> u64 {
        self.attempts.saturating_sub(self.requests)
    }

    fn spend(&mut self, effort: Effort) {
        self.requests += u64::from(effort.attempts > 0);
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
    report: ListReport,
}

impl<P> Pages<P>
where
    P: Deref + Send + Sync,
    P::Target: ProfileProvider,
{
    /// A listing from its start.
    pub fn new(provider: P, mut query: ListQuery) -> Self {
        let listing = &provider.capabilities().listing;
        if let (true, Some(limit)) =
            (listing.page_size, query.limit.and_then(|limit| u32::try_from(limit).ok()))
        {
            // A page larger than the limit would be thrown away in part; of a page that is filtered here, nobody
            // knows how much is needed.
            let filters_here = !query.filter_plan(provider.capabilities()).applied.is_empty();
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
        for profile in &page.items {
            self.duplicates.note(&profile.id);
        }
        self.report.received += page.items.len() as u64;
        if !self.query.filter.is_empty() {
            // Also what the service has filtered: its words may mean something else than ours.
            let (filter, capabilities) = (&self.query.filter, self.provider.capabilities());
            page.items.retain(|profile| filter.matches(profile, capabilities));
        }
        self.position = match &page.next {
            Next::End => Position::End,
            Next::Cursor(cursor) => self.admit(cursor.clone()),
            Next::Remaining(remaining) => match remaining.cursors().next() {
                Some(cursor) => self.admit(cursor),
                None => Position::End,
            },
        };
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
        self.report.duplicates = self.duplicates.duplicates();
        self.report.duplicates_unchecked = !self.duplicates.is_exhaustive();
        self.report.declared_total = page.declared_total.or(self.report.declared_total);
        self.report.spend(page.effort);
        page
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
    Fetched(Fetched<'a>, Urgency),
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
                self.next = Ahead::Fetched(fetched, urgency);
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
            let (source, page, urgency) = match std::mem::replace(&mut this.next, Ahead::End) {
                Ahead::Fetched((source, page), urgency) => (source, page, urgency),
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
