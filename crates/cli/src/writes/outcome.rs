//! The outcomes of plans.

use std::fmt;

use anyprofile::{Error, ErrorKind, Executed, FieldPath, Write, plan::StepOutcome};

use crate::{bulk::WriteState, diagnostics, exit::Exit, summary::counted};

/// The outcome of one plan.
#[derive(Clone, PartialEq)]
pub(crate) enum WriteOutcome {
    /// It was written.
    Done {
        /// The kind of the write.
        done: Done,
        /// The id of the new profile, or the link.
        made: Option<String>,
        unshown: Vec<FieldPath>,
    },
    /// It was written, but the service shows another value for these fields.
    Ignored(Vec<FieldPath>),
    /// The service accepted it, but shows this instead.
    Accepted(String),
    /// It was written in an earlier run, and the service shows it.
    AlreadyDone,
    /// There was nothing to write.
    Unchanged,
    /// It would be written, with these requests.
    Planned(String),
    /// It is not possible, for this reason.
    NotPossible(String, Exit),
    /// It was not written, or the result is unknown.
    Failed {
        /// The effect and the kind of the error.
        words: String,
        may_have_taken_effect: bool,
        /// Whether the plan is outdated, so that a retry would fail too.
        is_stale: bool,
        exit: Exit,
    },
    /// The run ended before it was sent.
    NotTried,
}

/// The effect of a write, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Created,
    Written,
    Deactivated,
    Deleted,
    Linked,
}

impl Done {
    /// Returns the effect of a write.
    pub(crate) fn of(write: &Write) -> Self {
        match write {
            Write::Create { .. } => Self::Created,
            Write::Deactivate { .. } => Self::Deactivated,
            Write::Delete { .. } => Self::Deleted,
            Write::Enroll { .. } => Self::Linked,
            _ => Self::Written,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Written => "written",
            Self::Deactivated => "deactivated",
            Self::Deleted => "deleted",
            Self::Linked => "link created",
        }
    }
}

impl WriteOutcome {
    pub(crate) fn done(write: &Write) -> Self {
        Self::Done { done: Done::of(write), made: None, unshown: Vec::new() }
    }

    /// Returns the outcome of an executed plan.
    pub(crate) fn of_executed(write: &Write, executed: &Executed) -> Self {
        if let Some(error) = &executed.error {
            return Self::of_failure(error).with_steps(&executed.steps);
        }
        if executed.is_settled() {
            return Self::Unchanged;
        }
        if !executed.ignored.is_empty() {
            return Self::Ignored(executed.ignored.clone());
        }
        let made = match (write, &executed.enrollment, &executed.profile) {
            (Write::Enroll { .. }, Some(enrollment), _) => Some(enrollment.url.expose().to_owned()),
            (Write::Create { .. }, _, Some(profile)) => Some(profile.id.to_string()),
            _ => None,
        };
        Self::Done { done: Done::of(write), made, unshown: executed.unshown.clone() }
    }

    /// Adds the results of the single requests, if there are several.
    fn with_steps(self, steps: &[StepOutcome]) -> Self {
        let count = |outcome| steps.iter().filter(|step| **step == outcome).count();
        if steps.len() < 2 {
            return self;
        }
        let counts = [
            (StepOutcome::Made, "succeeded"),
            (StepOutcome::NotMade, "failed"),
            (StepOutcome::Unknown, "unknown"),
            (StepOutcome::NotBegun, "not sent"),
        ];
        let counts = counts.map(|(outcome, word)| (count(outcome), word));
        let counts: Vec<_> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        match self {
            Self::Failed { words, may_have_taken_effect, is_stale, exit } => Self::Failed {
                words: format!("{words}: of {} requests {}", steps.len(), counts.join(", ")),
                may_have_taken_effect,
                is_stale,
                exit,
            },
            other => other,
        }
    }

    /// Replaces the exit code of a failure.
    pub(crate) fn with_exit(self, exit: Exit) -> Self {
        match self {
            Self::Failed { words, may_have_taken_effect, is_stale, .. } => {
                Self::Failed { words, may_have_taken_effect, is_stale, exit }
            }
            other => other,
        }
    }

    pub(crate) fn of_failure(error: &Error) -> Self {
        Self::Failed {
            words: diagnostics::outcome(error),
            may_have_taken_effect: error.may_have_taken_effect(),
            is_stale: error.kind() == ErrorKind::Conflict && error.status().is_none(),
            exit: Exit::of(error),
        }
    }

    /// Returns the outcome of a plan that is not possible because of an error.
    pub(crate) fn not_possible(error: &Error) -> Self {
        Self::NotPossible(error.message().to_owned(), Exit::of(error))
    }

    /// Returns the outcome of a write that did not finish in time.
    pub(crate) fn unknown() -> Self {
        let words = "result unknown: it did not finish in time".to_owned();
        Self::Failed { words, may_have_taken_effect: true, is_stale: false, exit: Exit::Partial }
    }

    /// Adds what the verification showed.
    pub(crate) fn with_look(self, seen: &str) -> Self {
        match self {
            Self::Failed { words, may_have_taken_effect, is_stale, .. } => Self::Failed {
                words: format!("{words}, and {seen}"),
                may_have_taken_effect,
                is_stale,
                exit: Exit::Partial,
            },
            other => other,
        }
    }

    /// Returns the state to record in the journal.
    pub(crate) fn state(&self) -> WriteState {
        match self {
            Self::Ignored(_) | Self::Accepted(_) => WriteState::Ignored,
            Self::Failed { may_have_taken_effect: true, .. } => WriteState::Unknown,
            Self::Failed { .. } | Self::NotTried | Self::Planned(_) | Self::NotPossible(..) => {
                WriteState::Failed
            }
            Self::Done { .. } | Self::AlreadyDone | Self::Unchanged => WriteState::Written,
        }
    }

    /// Returns the outcome for a profile that already has all values. The journal tells whether an earlier run wrote
    /// them.
    pub(crate) fn unchanged(state: Option<WriteState>) -> Self {
        match state {
            Some(WriteState::Written) => Self::AlreadyDone,
            _ => Self::Unchanged,
        }
    }

    /// Returns the text for the output, including a created link.
    pub(crate) fn in_full(&self) -> String {
        match self {
            Self::Done { done: Done::Linked, made: Some(link), .. } => link.clone(),
            other => other.to_string(),
        }
    }

    /// Returns whether the write can be retried, because it was not made.
    pub(crate) fn is_left(&self) -> bool {
        matches!(self, Self::NotTried | Self::Failed { may_have_taken_effect: false, is_stale: false, .. })
    }

    /// Returns the word for programs.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Done { done: Done::Written, .. } => "written",
            Self::Done { .. } => "done",
            Self::Ignored(_) => "ignored",
            Self::Accepted(_) => "accepted",
            Self::AlreadyDone => "written_before",
            Self::Unchanged => "unchanged",
            Self::Planned(_) => "planned",
            Self::NotPossible(..) => "not_possible",
            Self::Failed { may_have_taken_effect: true, .. } => "unknown",
            Self::Failed { .. } => "failed",
            Self::NotTried => "not_tried",
        }
    }

    pub(crate) fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::NotPossible(..))
    }

    /// Returns the exit code of a run with only this outcome, or `None` if it was not tried.
    pub(crate) fn exit(&self) -> Option<Exit> {
        match self {
            Self::Done { .. } | Self::AlreadyDone | Self::Unchanged | Self::Planned(_) => {
                Some(Exit::Complete)
            }
            Self::Ignored(_) | Self::Accepted(_) => Some(Exit::Partial),
            Self::NotPossible(_, exit) | Self::Failed { exit, .. } => Some(*exit),
            Self::NotTried => None,
        }
    }
}

impl fmt::Display for WriteOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names =
            |fields: &[FieldPath]| fields.iter().map(FieldPath::as_str).collect::<Vec<_>>().join(", ");
        match self {
            Self::Done { done, made, unshown } => {
                formatter.write_str(done.as_str())?;
                // A link is a credential, so it is not part of a message.
                if let Some(made) = made.as_ref().filter(|_| *done != Done::Linked) {
                    write!(formatter, ": {made}")?;
                }
                if unshown.is_empty() {
                    return Ok(());
                }
                write!(formatter, ", but the service does not show: {}", names(unshown))
            }
            Self::Ignored(fields) => {
                write!(formatter, "written, but the service shows another value for: {}", names(fields))
            }
            Self::Accepted(shown) => write!(formatter, "accepted, but {shown}"),
            Self::AlreadyDone => formatter.write_str("written before"),
            Self::Unchanged => formatter.write_str("unchanged"),
            Self::Planned(requests) if requests.is_empty() => formatter.write_str("planned"),
            Self::Planned(requests) => formatter.write_str(requests),
            Self::NotPossible(reason, _) => formatter.write_str(reason),
            Self::Failed { words, .. } => formatter.write_str(words),
            Self::NotTried => formatter.write_str("not tried"),
        }
    }
}

/// The outcomes of all plans of a run.
#[derive(Default)]
pub(crate) struct Outcomes(Vec<(String, WriteOutcome)>);

impl Outcomes {
    /// Adds the outcome of the plan with this name.
    pub(crate) fn push(&mut self, name: impl Into<String>, outcome: WriteOutcome) {
        self.0.push((name.into(), outcome));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(String, WriteOutcome)> {
        self.0.iter()
    }

    fn count(&self, is: fn(&WriteOutcome) -> bool) -> usize {
        self.0.iter().filter(|(_, outcome)| is(outcome)).count()
    }

    /// Returns the exit code of the run: that of the failure if all plans failed in the same way, else partial.
    /// Untried plans make a complete run partial.
    pub(crate) fn exit(&self) -> Exit {
        let exit = Exit::of_all(self.0.iter().filter_map(|(_, outcome)| outcome.exit()));
        match exit {
            _ if self.count(|it| *it == WriteOutcome::NotTried) == 0 => exit,
            Exit::Complete | Exit::NotFound | Exit::Usage => Exit::Partial,
            exit => exit,
        }
    }

    /// Returns the number of plans with the intended result.
    pub(crate) fn complete(&self) -> usize {
        self.count(|outcome| outcome.exit() == Some(Exit::Complete))
    }

    /// Returns whether some plans can be retried.
    pub(crate) fn has_left(&self) -> bool {
        self.count(WriteOutcome::is_left) > 0
    }

    /// Returns whether a link was created.
    pub(crate) fn has_link(&self) -> bool {
        self.count(|outcome| matches!(outcome, WriteOutcome::Done { done: Done::Linked, .. })) > 0
    }

    /// Returns the names of the plans that were not tried.
    pub(crate) fn left(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, outcome)| *outcome == WriteOutcome::NotTried).map(|(name, _)| name.as_str())
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = self.count(|it| {
            matches!(it, WriteOutcome::Done { .. } | WriteOutcome::Ignored(_) | WriteOutcome::Accepted(_))
        });
        let before = self.count(|it| matches!(it, WriteOutcome::AlreadyDone));
        let already = self.count(|it| matches!(it, WriteOutcome::Unchanged));
        let (failed, untried) =
            (self.count(WriteOutcome::is_failure), self.count(|it| *it == WriteOutcome::NotTried));
        write!(
            formatter,
            "{}: {written} written, {before} written before, {already} unchanged, {failed} failed, {untried} not tried",
            counted(self.0.len() as u64, "profile", "profiles")
        )
    }
}

/// The share of failures among all profiles of a run. The order of the profiles does not matter.
pub(crate) struct FailureRate {
    of: usize,
    failed: usize,
    /// The maximum, in percent.
    max: u8,
}

/// The minimum number of profiles that the rate is computed from.
const FEWEST_FOR_A_RATE: usize = 20;

impl FailureRate {
    /// Creates a rate for `of` profiles that allows `max` percent of failures.
    pub(crate) fn new(max: u8, of: usize) -> Self {
        Self { of, failed: 0, max }
    }

    pub(crate) fn count(&mut self, has_failed: bool) {
        self.failed += usize::from(has_failed);
    }

    pub(crate) fn is_too_high(&self) -> bool {
        self.failed * 100 > usize::from(self.max) * self.of.max(FEWEST_FOR_A_RATE)
    }
}

impl fmt::Display for FailureRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {} profiles failed, more than {} %", self.failed, self.of, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned() -> WriteOutcome {
        WriteOutcome::Planned(String::new())
    }

    fn failed(exit: Exit) -> WriteOutcome {
        WriteOutcome::Failed { words: String::new(), may_have_taken_effect: false, is_stale: false, exit }
    }

    #[test]
    fn a_run_ends_with_the_code_of_a_failure_only_where_nothing_else_was_left() {
        for (outcomes, exit) in [
            (vec![failed(Exit::NotFound), failed(Exit::NotFound)], Exit::NotFound),
            (vec![failed(Exit::NotFound), planned()], Exit::Partial),
            (vec![failed(Exit::NotFound), WriteOutcome::NotTried], Exit::Partial),
            (vec![failed(Exit::Service), WriteOutcome::NotTried], Exit::Service),
            (vec![WriteOutcome::Unchanged, WriteOutcome::AlreadyDone, planned()], Exit::Complete),
            (vec![WriteOutcome::NotTried], Exit::Partial),
        ] {
            let mut all = Outcomes::default();
            for outcome in outcomes {
                all.push("probely:eu/user/x", outcome);
            }
            assert_eq!(all.exit(), exit, "{all}");
        }
    }

    #[test]
    fn failures_are_judged_by_the_whole_and_not_by_where_they_stand() {
        let mut rate = FailureRate::new(10, 100);
        (0..10).for_each(|_| rate.count(true));
        assert!(!rate.is_too_high());
        rate.count(true);
        assert!(rate.is_too_high());
        let mut few = FailureRate::new(10, 3);
        few.count(true);
        few.count(true);
        assert!(!few.is_too_high());
    }
}
