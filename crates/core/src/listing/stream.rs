//! A listing by profile.

use std::{
    fmt,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use futures_core::Stream;

use super::{Listing, pages::Pages, report::ListReport};
use crate::{
    ListQuery, Profile, ProfileProvider, Result,
    listing::{Cursor, Page},
};

/// The number of profiles that are delivered between two polls of the pages in flight.
const LOOK_AHEAD_EVERY: usize = 16;

/// Pages with the provider erased from the type.
trait PageSource: Send {
    fn poll_next_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<Profile>>>>;
    fn poll_ahead(&mut self, context: &mut Context<'_>);
    fn report(&self) -> ListReport;
}

impl<'a, P> PageSource for Pages<'a, P>
where
    P: Deref + Clone + Send + Sync + 'a,
    P::Target: ProfileProvider,
{
    fn poll_next_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<Profile>>>> {
        Pages::poll_next_page(self, context)
    }

    fn poll_ahead(&mut self, context: &mut Context<'_>) {
        Pages::poll_ahead(self, context);
    }

    fn report(&self) -> ListReport {
        Pages::report(self).clone()
    }
}

/// A stream of the profiles of a listing.
///
/// It buffers the current page and the pages that were fetched ahead: one, or up to [`ListQuery::concurrency`] for a
/// list with numbered pages. It ends after its first error. Dropping it cancels the requests in flight.
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
/// let mut profiles = provider.list(ListQuery::new());
/// while let Some(profile) = profiles.try_next().await? {
///     println!("{}", profile.label());
/// }
/// // The end of a stream is no proof that everybody was in it. The report says so.
/// profiles.report().require_complete()?;
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
pub struct ProfileStream<'a> {
    ready: vec::IntoIter<Profile>,
    /// `None` at the end.
    source: Option<Box<dyn PageSource + 'a>>,
    report: ListReport,
    delivered: u64,
    /// Whether an incomplete listing is an error.
    is_whole_required: bool,
}

impl<'a> ProfileStream<'a> {
    pub(crate) fn new<P>(provider: P, query: ListQuery) -> Self
    where
        P: Deref + Clone + Send + Sync + 'a,
        P::Target: ProfileProvider,
    {
        Self::of(Pages::new(provider, query))
    }

    pub(crate) fn resume<P>(provider: P, query: ListQuery, cursor: Cursor) -> Self
    where
        P: Deref + Clone + Send + Sync + 'a,
        P::Target: ProfileProvider,
    {
        Self::of(Pages::resume(provider, query, cursor))
    }

    fn of(pages: impl PageSource + 'a) -> Self {
        // The stream is lazy: nothing is requested before the first poll.
        let source: Box<dyn PageSource + 'a> = Box::new(pages);
        let report = source.report();
        Self {
            ready: Vec::new().into_iter(),
            report,
            source: Some(source),
            delivered: 0,
            is_whole_required: false,
        }
    }

    /// Returns the report of the listing, counting the profiles that were delivered.
    pub fn report(&self) -> ListReport {
        let mut report = self.report.clone();
        report.seen = self.delivered;
        report.reached_end &= self.ready.len() == 0;
        report
    }

    /// Returns the next profile; `None` at the end.
    ///
    /// It is cancel safe: if the future is dropped, no profile is lost.
    pub async fn next(&mut self) -> Option<Result<Profile>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns the next profile, for `?`: `while let Some(profile) = profiles.try_next().await? { … }`. It is cancel safe.
    ///
    /// # Errors
    /// That of the stream, which ends then.
    pub async fn try_next(&mut self) -> Result<Option<Profile>> {
        self.next().await.transpose()
    }

    /// Reads to the end.
    ///
    /// # Errors
    /// The first error of the stream. A listing that lacks somebody is no error here: its report says so, and
    /// [`require_complete`](Self::require_complete) makes it one.
    pub async fn read_all(mut self) -> Result<Listing> {
        let mut profiles = Vec::new();
        while let Some(profile) = self.next().await {
            profiles.push(profile?);
        }
        Ok(Listing::new(profiles, self.report()))
    }

    /// Makes it an error if the listing ends, and something lacks or is not proven
    /// ([`ListReport::require_complete`]). The error comes after the last profile.
    #[must_use]
    pub fn require_complete(mut self) -> Self {
        self.is_whole_required = true;
        self
    }

    /// Returns the number of profiles that can be delivered without waiting.
    pub fn buffered(&self) -> usize {
        self.ready.len()
    }

    /// Drives the requests in flight, without delivering a profile. A caller that reads several streams in turn calls
    /// it on the others, so that their responses are processed.
    pub fn poll_ahead(&mut self, context: &mut Context<'_>) {
        if let Some(source) = &mut self.source {
            source.poll_ahead(context);
        }
    }
}

impl Stream for ProfileStream<'_> {
    type Item = Result<Profile>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.ready.len() > 0 {
                if this.ready.len().is_multiple_of(LOOK_AHEAD_EVERY) {
                    this.poll_ahead(context);
                }
                this.delivered += 1;
                return Poll::Ready(this.ready.next().map(Ok));
            }
            let Some(source) = &mut this.source else { return Poll::Ready(None) };
            let Poll::Ready(page) = source.poll_next_page(context) else { return Poll::Pending };
            this.report = source.report();
            match page {
                Some(Ok(page)) => {
                    this.ready = page.items.into_iter();
                    if this.ready.len() > 0 {
                        // Requests the next pages before this one is delivered.
                        source.poll_ahead(context);
                    }
                }
                Some(Err(error)) => {
                    this.source = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    this.source = None;
                    let is_whole =
                        if this.is_whole_required { this.report().require_complete() } else { Ok(()) };
                    return Poll::Ready(is_whole.err().map(Err));
                }
            }
        }
    }
}

impl fmt::Debug for ProfileStream<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProfileStream").field("report", &self.report()).finish_non_exhaustive()
    }
}
