//! A listing profile by profile.

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

/// How many profiles are handed out between two looks at the pages that are on their way.
const LOOK_AHEAD_EVERY: usize = 16;

/// Pages whose provider is not named in their type.
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

/// A listing profile by profile.
///
/// Holds the page that is being handed out, and those that were fetched ahead of time: one, or of a list with numbered
/// pages as many as [`ListQuery::concurrency`] says. Ends after its first error. Dropping it drops the pages on their way.
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
        // Nothing is asked for before the first poll: the stream stays lazy.
        let source: Box<dyn PageSource + 'a> = Box::new(Pages::new(provider, query));
        Self { ready: Vec::new().into_iter(), report: source.report(), source: Some(source), delivered: 0 }
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

    /// Drives the pages that are on their way, without handing anything out. Whoever reads several streams in
    /// turn calls it for those whose turn it is not, so that no response is left waiting.
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
                        // Ahead of time, and at once.
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
