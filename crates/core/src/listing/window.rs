//! The pages in flight.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{
    StreamExt as _,
    future::{AbortHandle, Aborted, abortable},
    stream::FuturesUnordered,
};

use crate::{
    Error, ErrorKind, Profile, RequestStats, Result,
    listing::{Cursor, Page},
};

type PageResult = Result<Page<Profile>>;

/// A page in flight, with the number of its request.
type PageRequest<'a> = Pin<Box<dyn Future<Output = (u64, Result<PageResult, Aborted>)> + Send + 'a>>;

/// The next page and the pages after it that were requested ahead of time, in order.
#[derive(Default)]
pub(super) struct Window<'a> {
    places: VecDeque<WindowPage>,
    requests: FuturesUnordered<PageRequest<'a>>,
    /// The number of requests so far.
    asked: u64,
}

/// The first page of the window.
pub(super) struct Fetched {
    pub(super) outcome: PageResult,
    pub(super) urgency: Urgency,
    /// Whether the page was requested before the page before it had arrived.
    pub(super) is_ahead: bool,
}

/// A page of the window.
struct WindowPage {
    cursor: Option<Cursor>,
    state: PageState,
    /// Whether the page was requested before the page before it had arrived.
    is_ahead: bool,
}

enum PageState {
    /// To be requested: for the first time, or again after a failure that was returned.
    Idle,
    Asked {
        number: u64,
        urgency: Urgency,
        _request: GivenUpWhenDropped,
    },
    Fetched(Box<PageResult>, Urgency),
}

/// Aborts the request when dropped.
struct GivenUpWhenDropped(AbortHandle);

impl Drop for GivenUpWhenDropped {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether the caller waits for a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// The page was requested when nothing else could be delivered.
    Wanted,
    /// The page was requested ahead of time. While the caller is busy, nothing polls the request, but its timeouts
    /// run. A failure that may come from that is not the service's.
    Early,
    /// The page was requested ahead of time, and the caller waits for it now: attempts from here on are polled.
    Awaited,
}

impl Urgency {
    /// Returns whether a failure may come from a time in which nothing polled the request.
    pub(super) fn may_be_caller_stall(self, error: &Error) -> bool {
        // A status comes from the service.
        let is_of_time =
            error.status().is_none() && matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport);
        match self {
            Self::Wanted => false,
            Self::Early => is_of_time,
            // A later attempt was started by a poll.
            Self::Awaited => is_of_time && error.stats().attempts < 2,
        }
    }
}

impl<'a> Window<'a> {
    /// Requests the first page, unless it is in flight or buffered, and the pages after it.
    pub(super) fn ask<F: Future<Output = PageResult> + Send + 'a>(
        &mut self,
        first: Option<Cursor>,
        urgency: Urgency,
        later: impl Iterator<Item = Cursor>,
        fetch: impl Fn(Option<Cursor>) -> F,
    ) {
        // The list may end before pages that were requested ahead of time; the pages after them stay.
        if let Some(index) = self.places.iter().position(|place| place.cursor == first) {
            self.places.drain(..index);
        }
        let cursors = std::iter::once((first, urgency)).chain(later.map(|it| (Some(it), Urgency::Early)));
        for (index, (cursor, urgency)) in cursors.enumerate() {
            let is_known = self.places.get(index).is_some_and(|place| place.cursor == cursor);
            if is_known && !matches!(self.places[index].state, PageState::Idle) {
                continue;
            }
            if !is_known {
                self.places.truncate(index);
                self.places.push_back(WindowPage {
                    cursor: cursor.clone(),
                    state: PageState::Idle,
                    is_ahead: false,
                });
            }
            self.asked += 1;
            let number = self.asked;
            let (fetching, handle) = abortable(fetch(cursor));
            self.requests.push(Box::pin(async move { (number, fetching.await) }));
            self.places[index].is_ahead = index > 0;
            self.places[index].state =
                PageState::Asked { number, urgency, _request: GivenUpWhenDropped(handle) };
        }
    }

    /// Drives the requests in flight.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Some((number, outcome))) = self.requests.poll_next_unpin(context) {
            let Ok(outcome) = outcome else { continue };
            let is_requested = |place: &&mut WindowPage| matches!(place.state, PageState::Asked { number: asked, .. } if asked == number);
            if let Some(place) = self.places.iter_mut().find(is_requested)
                && let PageState::Asked { urgency, .. } = place.state
            {
                place.state = PageState::Fetched(Box::new(outcome), urgency);
            }
        }
    }

    /// Polls for the first page. After an error it is requested again, together with all later pages that have not
    /// arrived: they were requested while something was wrong.
    pub(super) fn poll_first(&mut self, context: &mut Context<'_>) -> Poll<Fetched> {
        self.poll(context);
        let Some(first) = self.places.front_mut() else { return Poll::Pending };
        match &mut first.state {
            PageState::Asked { urgency, .. } => {
                if *urgency == Urgency::Early {
                    *urgency = Urgency::Awaited;
                }
                return Poll::Pending;
            }
            PageState::Idle => return Poll::Pending,
            PageState::Fetched(..) => {}
        }
        let PageState::Fetched(outcome, urgency) = std::mem::replace(&mut first.state, PageState::Idle)
        else {
            return Poll::Pending;
        };
        let is_ahead = first.is_ahead;
        if outcome.is_ok() {
            self.places.pop_front();
        } else {
            for place in &mut self.places {
                if !matches!(&place.state, PageState::Fetched(outcome, _) if outcome.is_ok()) {
                    place.state = PageState::Idle;
                }
            }
        }
        Poll::Ready(Fetched { outcome: *outcome, urgency, is_ahead })
    }

    /// Drops all pages that are in flight or buffered. Returns their cost, as far as it is known.
    pub(super) fn clear(&mut self) -> Vec<RequestStats> {
        self.requests.clear();
        let stats = |place: WindowPage| match place.state {
            PageState::Idle => None,
            PageState::Asked { .. } => Some(RequestStats::new(1, Duration::ZERO)),
            PageState::Fetched(outcome, _) => Some(match *outcome {
                Ok(page) => page.stats,
                Err(error) => error.stats(),
            }),
        };
        self.places.drain(..).filter_map(stats).collect()
    }
}
