//! The outcome of a plan.

use std::fmt;

use anyprofile_core::{Error, ErrorKind, Executed, FieldPath, Write, error::Effect, plan::StepOutcome};

use super::journal::WriteState;

/// The outcome of one plan. `Display` describes it without personal data; it omits a link, which is a credential.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum WriteOutcome {
    /// It was written.
    Done {
        /// The kind of the write.
        done: Done,
        /// The id of the new profile, or the link.
        made: Option<Made>,
        /// The fields that were written and that the service does not show.
        unshown: Vec<FieldPath>,
        /// The fields that were not written and of which the service shows something else than before.
        also_changed: Vec<FieldPath>,
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
    /// It is not possible. Nothing was sent.
    NotPossible(Error),
    /// It was not written, or the result is unknown.
    Failed(FailedWrite),
    /// The run ended before it was sent.
    NotTried,
}

/// What a write has made: an id or a link. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Made(String);

impl Made {
    /// Returns the id of the new profile, or the link.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Made {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Made(..)")
    }
}

/// A write that was not made, or whose result is unknown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FailedWrite {
    /// The effect and the kind of the error, and what the service showed afterwards.
    pub words: String,
    /// Whether the write may have taken effect.
    pub may_have_taken_effect: bool,
    /// Whether the plan is outdated, so that a retry would fail too.
    pub is_stale: bool,
    /// The error; `None` if the write did not finish in time.
    pub error: Option<Error>,
    /// Whether something was found afterwards that the write may have made.
    pub is_partial: bool,
}

/// The effect of a write, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Done {
    /// A profile was created.
    Created,
    /// A profile was updated.
    Written,
    /// A profile was deactivated.
    Deactivated,
    /// A profile was deleted.
    Deleted,
    /// A link was created.
    Linked,
}

impl Done {
    /// Returns the effect of a write.
    pub fn of(write: &Write) -> Self {
        match write {
            Write::Create { .. } => Self::Created,
            Write::Deactivate { .. } => Self::Deactivated,
            Write::Delete { .. } => Self::Deleted,
            Write::Enroll { .. } => Self::Linked,
            _ => Self::Written,
        }
    }

    /// Returns the word for it.
    pub const fn as_str(self) -> &'static str {
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
    /// Returns the outcome of a write that was made.
    pub(super) fn done(write: &Write) -> Self {
        Self::Done { done: Done::of(write), made: None, unshown: Vec::new(), also_changed: Vec::new() }
    }

    /// Returns the outcome of an executed plan.
    pub(super) fn of_executed(write: &Write, executed: &Executed) -> Self {
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
            (Write::Enroll { .. }, Some(enrollment), _) => Some(Made(enrollment.url.expose().to_owned())),
            (Write::Create { .. }, _, Some(profile)) => Some(Made(profile.id.to_string())),
            _ => None,
        };
        let (unshown, also_changed) = (executed.unshown.clone(), executed.also_changed.clone());
        Self::Done { done: Done::of(write), made, unshown, also_changed }
    }

    /// Adds the results of the single requests, if there are several.
    fn with_steps(self, steps: &[StepOutcome]) -> Self {
        if steps.len() < 2 {
            return self;
        }
        let counts = [
            (StepOutcome::Made, "succeeded"),
            (StepOutcome::NotMade, "failed"),
            (StepOutcome::Unknown, "unknown"),
            (StepOutcome::NotBegun, "not sent"),
        ];
        let counts =
            counts.map(|(outcome, word)| (steps.iter().filter(|step| **step == outcome).count(), word));
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        self.failed_with(|failed| {
            failed.words = format!("{}: of {} requests {}", failed.words, steps.len(), counts.join(", "));
        })
    }

    fn failed_with(mut self, change: impl FnOnce(&mut FailedWrite)) -> Self {
        if let Self::Failed(failed) = &mut self {
            change(failed);
        }
        self
    }

    /// Records that something was found that a failed write may have made.
    pub(super) fn partial(self) -> Self {
        self.failed_with(|failed| failed.is_partial = true)
    }

    /// Returns the outcome of a write that ended with an error.
    pub fn of_failure(error: &Error) -> Self {
        let word = match error.effect() {
            Effect::None => "failed",
            Effect::Partial => "partly written",
            Effect::Whole => "written, but not verified",
            _ => "result unknown",
        };
        Self::Failed(FailedWrite {
            words: format!("{word} ({})", error.kind()),
            may_have_taken_effect: error.may_have_taken_effect(),
            is_stale: error.kind() == ErrorKind::Conflict && error.status().is_none(),
            error: Some(error.clone()),
            is_partial: false,
        })
    }

    /// Returns the outcome of a write that did not finish in time.
    pub(super) fn unknown() -> Self {
        Self::Failed(FailedWrite {
            words: "result unknown: it did not finish in time".to_owned(),
            may_have_taken_effect: true,
            is_stale: false,
            error: None,
            is_partial: true,
        })
    }

    /// Adds what the verification showed.
    pub(super) fn with_look(self, seen: &str) -> Self {
        self.partial().failed_with(|failed| failed.words = format!("{}, and {seen}", failed.words))
    }

    /// Returns the state to record in a journal.
    pub fn state(&self) -> WriteState {
        match self {
            Self::Ignored(_) | Self::Accepted(_) => WriteState::Ignored,
            Self::Failed(FailedWrite { may_have_taken_effect: true, .. }) => WriteState::Unknown,
            Self::Failed(_) | Self::NotTried | Self::Planned(_) | Self::NotPossible(_) => WriteState::Failed,
            Self::Done { .. } | Self::AlreadyDone | Self::Unchanged => WriteState::Written,
        }
    }

    /// Returns the outcome for a profile that already has all values. A journal tells whether an earlier run wrote them.
    pub fn unchanged(state: Option<WriteState>) -> Self {
        match state {
            Some(WriteState::Written) => Self::AlreadyDone,
            _ => Self::Unchanged,
        }
    }

    /// Returns the text for the output, including a created link.
    pub fn in_full(&self) -> String {
        match self {
            Self::Done { done: Done::Linked, made: Some(link), .. } => link.as_str().to_owned(),
            other => other.to_string(),
        }
    }

    /// Returns whether what was wanted is so, as far as the service shows it.
    pub const fn is_so(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::AlreadyDone | Self::Unchanged)
    }

    /// Returns whether the write can be tried again, because it was not made.
    pub const fn is_left(&self) -> bool {
        matches!(
            self,
            Self::NotTried | Self::Failed(FailedWrite { may_have_taken_effect: false, is_stale: false, .. })
        )
    }

    /// Returns whether the write failed or was not possible.
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::NotPossible(_))
    }

    /// Returns the word for programs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Done { done: Done::Written, .. } => "written",
            Self::Done { .. } => "done",
            Self::Ignored(_) => "ignored",
            Self::Accepted(_) => "accepted",
            Self::AlreadyDone => "written_before",
            Self::Unchanged => "unchanged",
            Self::Planned(_) => "planned",
            Self::NotPossible(_) => "not_possible",
            Self::Failed(FailedWrite { may_have_taken_effect: true, .. }) => "unknown",
            Self::Failed(_) => "failed",
            Self::NotTried => "not_tried",
        }
    }
}

impl fmt::Display for WriteOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names =
            |fields: &[FieldPath]| fields.iter().map(FieldPath::as_str).collect::<Vec<_>>().join(", ");
        match self {
            Self::Done { done, made, unshown, also_changed } => {
                formatter.write_str(done.as_str())?;
                // A link is a credential, so it is not part of a message.
                if let Some(made) = made.as_ref().filter(|_| *done != Done::Linked) {
                    write!(formatter, ": {}", made.as_str())?;
                }
                if !unshown.is_empty() {
                    write!(formatter, ", but the service does not show: {}", names(unshown))?;
                }
                if !also_changed.is_empty() {
                    write!(formatter, "; also changed: {}", names(also_changed))?;
                }
                Ok(())
            }
            Self::Ignored(fields) => {
                write!(formatter, "written, but the service shows another value for: {}", names(fields))
            }
            Self::Accepted(shown) => write!(formatter, "accepted, but {shown}"),
            Self::AlreadyDone => formatter.write_str("written before"),
            Self::Unchanged => formatter.write_str("unchanged"),
            Self::Planned(requests) if requests.is_empty() => formatter.write_str("planned"),
            Self::Planned(requests) => formatter.write_str(requests),
            Self::NotPossible(error) => formatter.write_str(error.message()),
            Self::Failed(failed) => formatter.write_str(&failed.words),
            Self::NotTried => formatter.write_str("not tried"),
        }
    }
}
