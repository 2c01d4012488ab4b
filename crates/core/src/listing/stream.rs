//! A listing by profile.

use std::{
    fmt,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use futures_core::Stream;

use super::{pages::Pages, report::ListReport};
use crate::{ListQuery, Profile, ProfileProvider, Result, listing::Page};

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
pub struct ProfileStream<'a> {
    ready: vec::IntoIter<Profile>,
    /// `None` at the end.
    source: Option<Box<dyn PageSource + 'a>>,
    report: ListReport,
    delivered: u64,
}

impl<'a> ProfileStream<'a> {
    pub(crate) fn new<P>(provider: P, query: ListQuery) -> Self
    where
        P: Deref + Clone + Send + Sync + 'a,
        P::Target: ProfileProvider,
    {
        // The stream is lazy: nothing is requested before the first poll.
        let source: Box<dyn PageSource + 'a> = Box::new(Pages::new(provider, query));
        Self { ready: Vec::new().into_iter(), report: source.report(), source: Some(source), delivered: 0 }
    }

    /// Returns the report of the listing, counting the profiles that were delivered.
    pub fn report(&self) -> ListReport {
        let mut report = self.report.clone();
        report.seen = self.delivered;
        report.reached_end &= self.ready.len() == 0;
        report
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
                    return Poll::Ready(None);
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
