//! A listing page by page.

use std::{
    fmt,
    future::poll_fn,
    ops::Deref,
    task::{Context, Poll},
};

use super::{both_ends::BothEnds, one_end::OneEnd, report::ListReport};
use crate::{
    ListQuery, Profile, ProfileProvider, Result, Timestamp,
    listing::{Cursor, DuplicateCounter, Page},
};

/// A listing page by page.
///
/// [`next_page`](Self::next_page) may be called again after an error and asks for the same page; dropping
/// its future loses nothing. `P` is a reference to a provider or an `Arc` of one.
///
/// Pages that are numbered are fetched side by side, as many as [`ListQuery::concurrency`] says, and come in order. Those of a
/// list that is [read from both its ends](ListQuery::unordered) come from each end in turn.
pub struct Pages<'a, P>(Source<'a, P>);

enum Source<'a, P> {
    OneEnd(Box<OneEnd<'a, P>>),
    BothEnds(Box<BothEnds<'a, P>>),
}

impl<'a, P> Pages<'a, P>
where
    P: Deref + Clone + Send + Sync + 'a,
    P::Target: ProfileProvider,
{
    /// A listing from its start.
    pub fn new(provider: P, query: ListQuery) -> Self {
        Self(if BothEnds::<P>::are_open(&provider, &query) {
            Source::BothEnds(Box::new(BothEnds::new(provider, &query)))
        } else {
            Source::OneEnd(Box::new(OneEnd::new(provider, query)))
        })
    }

    /// A listing that goes on at a stored cursor, with the query that it was started with.
    pub fn resume(provider: P, query: ListQuery, cursor: Cursor) -> Self {
        Self(match cursor.into_ends() {
            Ok(ends) => Source::BothEnds(Box::new(BothEnds::resume(provider, &query, ends))),
            Err(cursor) => Source::OneEnd(Box::new(OneEnd::resume(provider, query, cursor))),
        })
    }

    /// A listing with the latest creation first, which ends where nobody is made since a time any more, if the service is
    /// seen to keep the order; else everything comes.
    pub(crate) fn created_since(provider: P, since: Timestamp) -> Self {
        Self(Source::OneEnd(Box::new(OneEnd::created_since(provider, since))))
    }

    /// The same listing, to which whoever is in the counter has come before: in an earlier run.
    pub fn with_noted(self, noted: DuplicateCounter) -> Self {
        Self(match self.0 {
            Source::OneEnd(pages) => Source::OneEnd(Box::new(pages.with_noted(noted))),
            Source::BothEnds(ends) => Source::BothEnds(Box::new(ends.with_noted(noted))),
        })
    }

    /// The next page, or `None` after the last one.
    ///
    /// # Errors
    /// The provider's; and [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the service gave a cursor that it had given
    /// before, in which case the listing would never end, or if as many pages in a row brought nobody as
    /// [`ListQuery::max_empty_pages`] allows, in which case the next call goes on.
    pub async fn next_page(&mut self) -> Option<Result<Page<Profile>>> {
        poll_fn(|context| self.poll_next_page(context)).await
    }

    /// [`next_page`](Self::next_page) for who polls by hand.
    pub fn poll_next_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<Profile>>>> {
        match &mut self.0 {
            Source::OneEnd(pages) => pages.poll_next_page(context),
            Source::BothEnds(ends) => ends.poll_next_page(context),
        }
    }

    /// Asks for the page that comes next and those behind it, and drives what is on its way, without handing anything
    /// out.
    pub fn poll_ahead(&mut self, context: &mut Context<'_>) {
        match &mut self.0 {
            Source::OneEnd(pages) => pages.poll_ahead(context),
            Source::BothEnds(ends) => ends.poll_ahead(context),
        }
    }
}

impl<P> Pages<'_, P> {
    /// The cursor of the page that comes next: what to store to go on later. `None` before the first
    /// page and after the last. Of a list that is read from both its ends it says where each is.
    pub fn cursor(&self) -> Option<&Cursor> {
        match &self.0 {
            Source::OneEnd(pages) => pages.cursor(),
            Source::BothEnds(ends) => ends.cursor(),
        }
    }

    /// Whether the service led back to a page that was read before: there is nowhere to go on.
    pub const fn leads_back(&self) -> bool {
        match &self.0 {
            Source::OneEnd(pages) => pages.leads_back(),
            Source::BothEnds(ends) => ends.leads_back(),
        }
    }

    /// Whether a list that changed while it was read is being read a second time, so that only who did not come before is
    /// delivered. A listing that goes on later at [`cursor`](Self::cursor), or from the start where there is none, does not
    /// know that: whoever stores the cursor has to leave out those who came before.
    pub const fn reads_again(&self) -> bool {
        match &self.0 {
            Source::OneEnd(pages) => pages.reads_again(),
            Source::BothEnds(ends) => ends.reads_again(),
        }
    }

    /// What was seen so far.
    pub fn report(&self) -> &ListReport {
        match &self.0 {
            Source::OneEnd(pages) => pages.report(),
            Source::BothEnds(ends) => ends.report(),
        }
    }
}

impl<P> fmt::Debug for Pages<'_, P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pages")
            .field("cursor", &self.cursor())
            .field("report", self.report())
            .finish_non_exhaustive()
    }
}
