//! The outcomes of plans, and the exit codes that they lead to.

use std::fmt;

use anyprofile::writing::{Done, FailedWrite, WriteOutcome};

use crate::{exit::Exit, summary::counted};

/// Returns the exit code of a run with only this outcome, or `None` if it was not tried.
pub(crate) fn exit_of(outcome: &WriteOutcome) -> Option<Exit> {
    match outcome {
        WriteOutcome::Failed(FailedWrite { is_partial: false, error: Some(error), .. })
        | WriteOutcome::NotPossible(error) => Some(Exit::of(error)),
        WriteOutcome::Failed(_) | WriteOutcome::Ignored(_) | WriteOutcome::Accepted(_) => Some(Exit::Partial),
        WriteOutcome::NotTried => None,
        _ => Some(Exit::Complete),
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
        let exit = Exit::of_all(self.0.iter().filter_map(|(_, outcome)| exit_of(outcome)));
        match exit {
            _ if self.count(|it| matches!(it, WriteOutcome::NotTried)) == 0 => exit,
            Exit::Complete | Exit::NotFound | Exit::Usage => Exit::Partial,
            exit => exit,
        }
    }

    /// Returns the number of plans with the intended result.
    pub(crate) fn complete(&self) -> usize {
        self.count(|outcome| exit_of(outcome) == Some(Exit::Complete))
    }

    /// Returns the number of plans with nothing to write: the service had the intended result before.
    pub(crate) fn unchanged(&self) -> usize {
        self.count(|outcome| matches!(outcome, WriteOutcome::Unchanged))
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
        self.0
            .iter()
            .filter(|(_, outcome)| matches!(outcome, WriteOutcome::NotTried))
            .map(|(name, _)| name.as_str())
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
            (self.count(WriteOutcome::is_failure), self.count(|it| matches!(it, WriteOutcome::NotTried)));
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
    use anyprofile::{Error, ErrorKind};

    use super::*;

    fn planned() -> WriteOutcome {
        WriteOutcome::Planned(String::new())
    }

    fn failed(kind: ErrorKind) -> WriteOutcome {
        WriteOutcome::of_failure(&Error::new(kind, "failed"))
    }

    #[test]
    fn a_run_ends_with_the_code_of_a_failure_only_where_nothing_else_was_left() {
        for (outcomes, exit) in [
            (vec![failed(ErrorKind::NotFound), failed(ErrorKind::NotFound)], Exit::NotFound),
            (vec![failed(ErrorKind::NotFound), planned()], Exit::Partial),
            (vec![failed(ErrorKind::NotFound), WriteOutcome::NotTried], Exit::Partial),
            (vec![failed(ErrorKind::Upstream), WriteOutcome::NotTried], Exit::Service),
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
