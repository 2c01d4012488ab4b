//! A listing by page.

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

/// A listing by page.
///
/// After an error, [`next_page`](Self::next_page) may be called again and fetches the same page. Dropping its future
/// loses nothing. `P` is a reference to a provider or an `Arc` of one.
///
/// Numbered pages are fetched concurrently, at most [`ListQuery::concurrency`] at once, and delivered in order. A
/// list that is [read from both ends](ListQuery::unordered) delivers pages from each end in turn.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ListQuery, ProfileProviderExt};
///
/// let mut pages = provider.pages(ListQuery::new());
/// while let Some(page) = pages.next_page().await {
///     // After an error, the next call asks for the same page again; `pages.cursor()` is where it is.
///     for profile in page?.items {
///         println!("{}", profile.id);
///     }
/// }
/// assert!(pages.report().is_complete());
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
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
    /// Creates a listing from its start.
    pub fn new(provider: P, query: ListQuery) -> Self {
        Self(if BothEnds::<P>::are_open(&provider, &query) {
            Source::BothEnds(Box::new(BothEnds::new(provider, &query)))
        } else {
            Source::OneEnd(Box::new(OneEnd::new(provider, query)))
        })
    }

    /// Creates a listing that continues at a stored cursor, with the query that it was started with.
    pub fn resume(provider: P, query: ListQuery, cursor: Cursor) -> Self {
        Self(match cursor.into_ends() {
            Ok(ends) => Source::BothEnds(Box::new(BothEnds::resume(provider, &query, ends))),
            Err(cursor) => Source::OneEnd(Box::new(OneEnd::resume(provider, query, cursor))),
        })
    }

    /// Creates a listing with the newest profiles first. It ends at profiles created before `since`, if the service
    /// is seen to keep the order; otherwise it reads everything.
    pub(crate) fn created_since(provider: P, since: Timestamp) -> Self {
        Self(Source::OneEnd(Box::new(OneEnd::created_since(provider, since))))
    }

    /// Marks the profiles in the counter as delivered by an earlier run.
    pub fn with_noted(self, noted: DuplicateCounter) -> Self {
        Self(match self.0 {
            Source::OneEnd(pages) => Source::OneEnd(Box::new(pages.with_noted(noted))),
            Source::BothEnds(ends) => Source::BothEnds(Box::new(ends.with_noted(noted))),
        })
    }

    /// Returns the next page, or `None` after the last one.
    ///
    /// # Errors
    /// Those of the provider. [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the service sent a cursor that it
    /// had sent before, because the listing would never end. The same kind if [`ListQuery::max_empty_pages`]
    /// consecutive pages had no new profile; the next call then continues.
    pub async fn next_page(&mut self) -> Option<Result<Page<Profile>>> {
        poll_fn(|context| self.poll_next_page(context)).await
    }

    /// Polls for the [`next_page`](Self::next_page).
    pub fn poll_next_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<Profile>>>> {
        match &mut self.0 {
            Source::OneEnd(pages) => pages.poll_next_page(context),
            Source::BothEnds(ends) => ends.poll_next_page(context),
        }
    }

    /// Requests the next page and those after it, and drives the requests, without returning a page.
    pub fn poll_ahead(&mut self, context: &mut Context<'_>) {
        match &mut self.0 {
            Source::OneEnd(pages) => pages.poll_ahead(context),
            Source::BothEnds(ends) => ends.poll_ahead(context),
        }
    }
}

impl<P> Pages<'_, P> {
    /// Returns the cursor of the next page, to be stored to continue later. `None` before the first page and after
    /// the last one. For a list that is read from both ends it contains both positions.
    pub fn cursor(&self) -> Option<&Cursor> {
        match &self.0 {
            Source::OneEnd(pages) => pages.cursor(),
            Source::BothEnds(ends) => ends.cursor(),
        }
    }

    /// Returns whether the service linked back to a page that was read before, so that the listing cannot continue.
    pub const fn leads_back(&self) -> bool {
        match &self.0 {
            Source::OneEnd(pages) => pages.leads_back(),
            Source::BothEnds(ends) => ends.leads_back(),
        }
    }

    /// Returns whether the list changed while it was read and is being read a second time, with only new profiles
    /// delivered. A listing that resumes at [`cursor`](Self::cursor), or restarts if there is none, does not know
    /// that: the caller must then drop the profiles that were delivered before.
    pub const fn reads_again(&self) -> bool {
        match &self.0 {
            Source::OneEnd(pages) => pages.reads_again(),
            Source::BothEnds(ends) => ends.reads_again(),
        }
    }

    /// Returns the report so far.
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
