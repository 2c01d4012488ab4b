//! A listing profile by profile.

use std::{
    fmt,
    future::Future,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use futures_core::Stream;

use super::{ListReport, Pages};
use crate::{Error, ErrorKind, Page, Profile, ProfileProvider, Result};

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
        Pages::report(self)
    }

    fn is_at_end(&self) -> bool {
        self.is_done()
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
    Fetched(Box<Fetched<'a>>, Urgency),
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
    /// It was asked for ahead of time, and somebody waits for it now: what it tries from here on is polled.
    Awaited,
}

impl Urgency {
    /// Whether a failure may come from a time in which nobody polled.
    fn may_be_ours(self, error: &Error) -> bool {
        // A status is the service's word.
        let is_of_time =
            error.status().is_none() && matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport);
        match self {
            Self::Wanted => false,
            Self::Early => is_of_time,
            // A later attempt was begun by a poll.
            Self::Awaited => is_of_time && error.effort().attempts < 2,
        }
    }
}

impl<'a> ProfileStream<'a> {
    pub(crate) fn new<P>(pages: Pages<P>) -> Self
    where
        P: Deref + Send + Sync + 'a,
        P::Target: ProfileProvider,
    {
        let report = pages.report().clone();
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
                self.next = Ahead::Fetched(Box::new(fetched), urgency);
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
            if this.ready.len() > 0 {
                this.delivered += 1;
                return Poll::Ready(this.ready.next().map(Ok));
            }
            let ((source, page), urgency) = match std::mem::replace(&mut this.next, Ahead::End) {
                Ahead::Fetched(fetched, urgency) => (*fetched, urgency),
                Ahead::Fetching(fetching, urgency) => {
                    let urgency = if urgency == Urgency::Early { Urgency::Awaited } else { urgency };
                    this.next = Ahead::Fetching(fetching, urgency);
                    return Poll::Pending;
                }
                Ahead::End => return Poll::Ready(None),
            };
            this.report = source.report().clone();
            match page {
                None => return Poll::Ready(None),
                Some(Err(error)) if urgency.may_be_ours(&error) => {
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

impl fmt::Debug for ProfileStream<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProfileStream").field("report", &self.report()).finish_non_exhaustive()
    }
}
