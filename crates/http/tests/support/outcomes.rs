//! Failures of a write with an unknown outcome, and failures without an effect.

use anyprofile_core::{Error, ErrorKind, error::Retry};
use anyprofile_http::TransportErrorKind;

use super::{Step, json, response};

/// The failure of a write.
pub(crate) struct Meeting {
    pub(crate) step: fn() -> Step,
    kind: ErrorKind,
    may_have_taken_effect: bool,
}

/// All failures of a write that leave its outcome unknown, and those that had no effect.
pub(crate) fn meetings() -> impl Iterator<Item = Meeting> {
    let unknown: [(fn() -> Step, ErrorKind); 11] = [
        (|| response(503).header("retry-after", "1").into(), ErrorKind::Upstream),
        (|| response(500).header("x-should-retry", "true").into(), ErrorKind::Upstream),
        (|| response(529).into(), ErrorKind::Upstream),
        (|| response(504).into(), ErrorKind::Timeout),
        (|| response(408).into(), ErrorKind::Timeout),
        (|| response(499).into(), ErrorKind::Cancelled),
        (|| Step::Fail(TransportErrorKind::Interrupted), ErrorKind::Transport),
        (|| Step::Fail(TransportErrorKind::Timeout), ErrorKind::Timeout),
        (|| Step::Fail(TransportErrorKind::Redirected), ErrorKind::Config),
        (|| json(200, "").chunks(["{\"id\":"]).broken().into(), ErrorKind::Transport),
        (|| response(303).header("location", "https://elsewhere.example.com").into(), ErrorKind::Decode),
    ];
    let nothing_done: [(fn() -> Step, ErrorKind); 3] = [
        (|| Step::Fail(TransportErrorKind::Connect), ErrorKind::Transport),
        (|| Step::Fail(TransportErrorKind::Request), ErrorKind::Internal),
        (|| response(429).into(), ErrorKind::RateLimited),
    ];
    let meeting = |may_have_taken_effect| {
        move |(step, kind): (fn() -> Step, ErrorKind)| Meeting { step, kind, may_have_taken_effect }
    };
    unknown.into_iter().map(meeting(true)).chain(nothing_done.into_iter().map(meeting(false)))
}

impl Meeting {
    /// Checks that the error says whether the write may have taken effect, and whether the caller may send it again.
    pub(crate) fn check(&self, operation: &str, error: &Error) {
        assert_eq!((error.kind(), error.operation()), (self.kind, Some(operation)), "{error}");
        let hint = error.hint().unwrap_or_default();
        let known = !self.may_have_taken_effect;
        assert_eq!(error.may_have_taken_effect(), self.may_have_taken_effect, "{error}");
        assert_eq!(!hint.contains("not known whether"), known, "{error}");
        assert_eq!(error.retry() != Retry::No, known && error.kind() != ErrorKind::Internal, "{error}");
    }
}
