//! Listings as blocking iterators.

use std::{fmt, iter::FusedIterator, sync::Arc};

use anyprofile_core::{
    ListQuery, Profile, ProfileProvider, Result,
    listing::{Cursor, ListReport, Page, Pages as CorePages, ProfileStream},
};

use super::Runtime;

/// An iterator over the profiles of a listing. It prefetches the next page; dropping it cancels the prefetch. It ends after its first
/// error.
#[must_use = "nothing is sent before the first profile is asked for"]
pub struct Profiles {
    stream: ProfileStream<'static>,
    is_over: bool,
    runtime: Runtime,
}

impl Profiles {
    pub(super) fn new(runtime: Runtime, stream: ProfileStream<'static>) -> Self {
        Self { stream, is_over: false, runtime }
    }

    /// Returns the report of the listing so far. It counts the profiles that the iterator has returned.
    pub fn report(&self) -> ListReport {
        self.stream.report()
    }
}

impl fmt::Debug for Profiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Profiles").field("report", &self.report()).finish_non_exhaustive()
    }
}

impl Iterator for Profiles {
    type Item = Result<Profile>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.runtime.wait(self.stream.next()).unwrap_or_else(|error| Some(Err(error)));
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}

impl FusedIterator for Profiles {}

/// A listing page by page: the blocking form of [`Pages`](crate::listing::Pages).
#[derive(Debug)]
#[must_use = "nothing is sent before the first page is asked for"]
pub struct Pages {
    pages: CorePages<'static, Arc<dyn ProfileProvider>>,
    runtime: Runtime,
}

impl Pages {
    pub(super) fn new(runtime: Runtime, provider: Arc<dyn ProfileProvider>, query: ListQuery) -> Self {
        Self { pages: CorePages::new(provider, query), runtime }
    }

    pub(super) fn resume(
        runtime: Runtime,
        provider: Arc<dyn ProfileProvider>,
        query: ListQuery,
        cursor: Cursor,
    ) -> Self {
        Self { pages: CorePages::resume(provider, query, cursor), runtime }
    }

    /// Returns the next page, or `None` after the last one. After an error, the next call requests the same page again.
    pub fn next_page(&mut self) -> Option<Result<Page<Profile>>> {
        self.runtime.wait(self.pages.next_page()).unwrap_or_else(|error| Some(Err(error)))
    }

    /// Returns the cursor of the next page. Store it to resume the listing later. `None` before the first page and after the last one.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.pages.cursor()
    }

    /// Returns the report of the listing so far.
    pub fn report(&self) -> &ListReport {
        self.pages.report()
    }
}
