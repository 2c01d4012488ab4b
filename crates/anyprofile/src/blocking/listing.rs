//! Listings that wait.

use std::{fmt, iter::FusedIterator, sync::Arc};

use anyprofile_core::{
    ListQuery, Profile, ProfileProvider, Result,
    listing::{Cursor, ListReport, Page, Pages as CorePages, ProfileStream},
};
use futures_util::StreamExt as _;

use super::Runtime;

/// A listing profile by profile, as an iterator. The next page may be on its way while one is handed out; dropping the iterator
/// ends that. It ends after its first error.
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

    /// What the listing has seen, counting the profiles that were handed out.
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

/// A listing page by page, as [`Pages`](crate::listing::Pages) is one.
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

    /// The next page, or `None` after the last one. After an error the same page can be asked for again.
    pub fn next_page(&mut self) -> Option<Result<Page<Profile>>> {
        self.runtime.wait(self.pages.next_page()).unwrap_or_else(|error| Some(Err(error)))
    }

    /// The cursor of the page that comes next: what to store to go on later. `None` before the first page and after the last.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.pages.cursor()
    }

    /// What was seen so far.
    pub fn report(&self) -> &ListReport {
        self.pages.report()
    }
}
