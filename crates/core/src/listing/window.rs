//! The pages that are on their way.

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

/// A page on its way, with the number of the request.
type Request<'a> = Pin<Box<dyn Future<Output = (u64, Result<PageResult, Aborted>)> + Send + 'a>>;

/// The next page and those behind it that were asked for ahead of time, in order.
#[derive(Default)]
pub(super) struct Window<'a> {
    places: VecDeque<Place>,
    requests: FuturesUnordered<Request<'a>>,
    /// How many requests there were so far.
    asked: u64,
}

/// The first page of the window.
pub(super) struct Fetched {
    pub(super) outcome: PageResult,
    pub(super) urgency: Urgency,
    /// Whether it was asked for before the page in front of it had come.
    pub(super) is_ahead: bool,
}

/// A page of the window.
struct Place {
    cursor: Option<Cursor>,
    state: State,
    /// Whether it was asked for before the page in front of it had come.
    is_ahead: bool,
}

enum State {
    /// It is to be asked for: anew, after a failure that was told.
    Idle,
    Asked {
        number: u64,
        urgency: Urgency,
        _request: GivenUpWhenDropped,
    },
    Fetched(Box<PageResult>, Urgency),
}

/// Ends a request that nobody wants any more.
struct GivenUpWhenDropped(AbortHandle);

impl Drop for GivenUpWhenDropped {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether somebody waits for a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
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
    pub(super) fn may_be_caller_stall(self, error: &Error) -> bool {
        // A status is the service's word.
        let is_of_time =
            error.status().is_none() && matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport);
        match self {
            Self::Wanted => false,
            Self::Early => is_of_time,
            // A later attempt was begun by a poll.
            Self::Awaited => is_of_time && error.stats().attempts < 2,
        }
    }
}

impl<'a> Window<'a> {
    /// Asks for the first page, unless it is on its way or there, and for those behind it.
    pub(super) fn ask<F: Future<Output = PageResult> + Send + 'a>(
        &mut self,
        first: Option<Cursor>,
        urgency: Urgency,
        behind: impl Iterator<Item = Cursor>,
        fetch: impl Fn(Option<Cursor>) -> F,
    ) {
        // The list may have ended before what was asked for ahead of time; what comes behind it stays.
        if let Some(index) = self.places.iter().position(|place| place.cursor == first) {
            self.places.drain(..index);
        }
        let cursors = std::iter::once((first, urgency)).chain(behind.map(|it| (Some(it), Urgency::Early)));
        for (index, (cursor, urgency)) in cursors.enumerate() {
            let is_known = self.places.get(index).is_some_and(|place| place.cursor == cursor);
            if is_known && !matches!(self.places[index].state, State::Idle) {
                continue;
            }
            if !is_known {
                self.places.truncate(index);
                self.places.push_back(Place { cursor: cursor.clone(), state: State::Idle, is_ahead: false });
            }
            self.asked += 1;
            let number = self.asked;
            let (fetching, handle) = abortable(fetch(cursor));
            self.requests.push(Box::pin(async move { (number, fetching.await) }));
            self.places[index].is_ahead = index > 0;
            self.places[index].state = State::Asked { number, urgency, _request: GivenUpWhenDropped(handle) };
        }
    }

    /// Drives what is on its way.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Some((number, outcome))) = self.requests.poll_next_unpin(context) {
            let Ok(outcome) = outcome else { continue };
            let is_its = |place: &&mut Place| matches!(place.state, State::Asked { number: asked, .. } if asked == number);
            if let Some(place) = self.places.iter_mut().find(is_its)
                && let State::Asked { urgency, .. } = place.state
            {
                place.state = State::Fetched(Box::new(outcome), urgency);
            }
        }
    }

    /// The first page. After an error it is asked for again, and so is all behind it that is not there: it was asked
    /// for when something was wrong.
    pub(super) fn poll_first(&mut self, context: &mut Context<'_>) -> Poll<Fetched> {
        self.poll(context);
        let Some(first) = self.places.front_mut() else { return Poll::Pending };
        match &mut first.state {
            State::Asked { urgency, .. } => {
                if *urgency == Urgency::Early {
                    *urgency = Urgency::Awaited;
                }
                return Poll::Pending;
            }
            State::Idle => return Poll::Pending,
            State::Fetched(..) => {}
        }
        let State::Fetched(outcome, urgency) = std::mem::replace(&mut first.state, State::Idle) else {
            return Poll::Pending;
        };
        let is_ahead = first.is_ahead;
        if outcome.is_ok() {
            self.places.pop_front();
        } else {
            for place in &mut self.places {
                if !matches!(&place.state, State::Fetched(outcome, _) if outcome.is_ok()) {
                    place.state = State::Idle;
                }
            }
        }
        Poll::Ready(Fetched { outcome: *outcome, urgency, is_ahead })
    }

    /// Gives up all that is on its way or there. Gives what that took, as far as it is known.
    pub(super) fn clear(&mut self) -> Vec<RequestStats> {
        self.requests.clear();
        let stats = |place: Place| match place.state {
            State::Idle => None,
            State::Asked { .. } => Some(RequestStats::new(1, Duration::ZERO)),
            State::Fetched(outcome, _) => Some(match *outcome {
                Ok(page) => page.stats,
                Err(error) => error.stats(),
            }),
        };
        self.places.drain(..).filter_map(stats).collect()
    }
}
