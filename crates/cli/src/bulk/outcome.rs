//! What came of each profile of a file, and of all of them.

use std::fmt;

use anyprofile::{Applied, Error, FieldPath, ProfileId};

use super::State;
use crate::{diagnostics, exit::Exit};

/// What came of one profile.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It was written. These fields the service does not show.
    Written(Vec<FieldPath>),
    /// It was written, and the service shows something else for these fields.
    Ignored(Vec<FieldPath>),
    /// It was written in an earlier run.
    WrittenBefore,
    /// It was written in an earlier run, and the service showed something else.
    IgnoredBefore,
    /// There was nothing to write.
    SoAlready,
    /// There was nothing to write in an earlier run.
    SoBefore,
    /// It was not written, or nobody knows whether it was.
    Failed {
        /// In a word, with the kind of the error.
        words: String,
        may_have_taken_effect: bool,
        exit: Exit,
    },
    /// The run stopped before.
    NotTried,
}

impl Outcome {
    pub(crate) fn of_write(applied: Applied) -> Self {
        if applied.ignored.is_empty() {
            Self::Written(applied.unshown)
        } else {
            Self::Ignored(applied.ignored)
        }
    }

    pub(crate) fn of_failure(error: &Error) -> Self {
        Self::Failed {
            words: diagnostics::outcome(error),
            may_have_taken_effect: error.may_have_taken_effect(),
            exit: Exit::of(error),
        }
    }

    /// What is noted in the journal.
    pub(crate) fn state(&self) -> State {
        match self {
            Self::Ignored(_) | Self::IgnoredBefore => State::Ignored,
            Self::Failed { may_have_taken_effect: true, .. } => State::Unknown,
            Self::Failed { .. } | Self::NotTried => State::Failed,
            Self::Written(_) | Self::WrittenBefore => State::Written,
            Self::SoAlready | Self::SoBefore => State::SoAlready,
        }
    }

    /// What is said of a profile that the journal has.
    pub(crate) fn before(state: Option<State>) -> Option<Self> {
        match state? {
            State::Written => Some(Self::WrittenBefore),
            State::Ignored => Some(Self::IgnoredBefore),
            State::SoAlready => Some(Self::SoBefore),
            State::Sending | State::Failed | State::Unknown => None,
        }
    }

    /// In a word, for a program.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Written(_) => "written",
            Self::Ignored(_) => "ignored",
            Self::WrittenBefore => "written_before",
            Self::IgnoredBefore => "ignored_before",
            Self::SoAlready => "so_already",
            Self::SoBefore => "so_before",
            Self::Failed { may_have_taken_effect: true, .. } => "unknown",
            Self::Failed { .. } => "failed",
            Self::NotTried => "not_tried",
        }
    }

    pub(crate) fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names =
            |fields: &[FieldPath]| fields.iter().map(FieldPath::as_str).collect::<Vec<_>>().join(", ");
        match self {
            Self::Written(unshown) if unshown.is_empty() => formatter.write_str("written"),
            Self::Written(unshown) => {
                write!(formatter, "written, and the service does not show: {}", names(unshown))
            }
            Self::Ignored(fields) => {
                write!(formatter, "written, and the service shows something else for: {}", names(fields))
            }
            Self::WrittenBefore => formatter.write_str("written before"),
            Self::IgnoredBefore => {
                formatter.write_str("written before, and the service showed something else")
            }
            Self::SoAlready => formatter.write_str("so already"),
            Self::SoBefore => formatter.write_str("so already before"),
            Self::Failed { words, .. } => formatter.write_str(words),
            Self::NotTried => formatter.write_str("not tried"),
        }
    }
}

/// What came of all of them.
#[derive(Debug, Default)]
pub(crate) struct Outcomes(Vec<(ProfileId, Outcome)>);

impl Outcomes {
    pub(crate) fn push(&mut self, id: ProfileId, outcome: Outcome) {
        self.0.push((id, outcome));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(ProfileId, Outcome)> {
        self.0.iter()
    }

    fn count(&self, is: fn(&Outcome) -> bool) -> usize {
        self.0.iter().filter(|(_, outcome)| is(outcome)).count()
    }

    /// How the run ended: where nothing at all succeeded and all failed alike, with the code of that failure.
    pub(crate) fn exit(&self) -> Exit {
        let exits = self.0.iter().map(|(_, outcome)| match outcome {
            Outcome::Written(_) | Outcome::WrittenBefore | Outcome::SoAlready | Outcome::SoBefore => {
                Some(Exit::Complete)
            }
            Outcome::Ignored(_) | Outcome::IgnoredBefore => Some(Exit::Partial),
            Outcome::Failed { exit, .. } => Some(*exit),
            Outcome::NotTried => None,
        });
        let exit = Exit::of_all(exits.flatten());
        if self.count(|it| *it == Outcome::NotTried) == 0 { exit } else { exit.unless_complete() }
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = self.count(|it| matches!(it, Outcome::Written(_) | Outcome::Ignored(_)));
        let before = self.count(|it| matches!(it, Outcome::WrittenBefore | Outcome::IgnoredBefore));
        let already = self.count(|it| matches!(it, Outcome::SoAlready | Outcome::SoBefore));
        let (failed, untried) = (self.count(Outcome::is_failure), self.count(|it| *it == Outcome::NotTried));
        write!(
            formatter,
            "{} profiles: {written} written, {before} written before, {already} so already, {failed} failed, {untried} not tried",
            self.0.len()
        )
    }
}

/// How many failed of those that were tried.
pub(crate) struct FailureRate {
    tried: usize,
    failed: usize,
    /// In percent.
    max: u8,
}

/// A rate of failures is not judged from fewer profiles than these.
const FEWEST_FOR_A_RATE: usize = 20;

impl FailureRate {
    pub(crate) fn new(max: u8) -> Self {
        Self { tried: 0, failed: 0, max }
    }

    pub(crate) fn count(&mut self, has_failed: bool) {
        self.tried += 1;
        self.failed += usize::from(has_failed);
    }

    pub(crate) fn is_too_high(&self) -> bool {
        self.failed * 100 > usize::from(self.max) * self.tried.max(FEWEST_FOR_A_RATE)
    }
}

impl fmt::Display for FailureRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {} profiles failed, more than {} %", self.failed, self.tried, self.max)
    }
}
