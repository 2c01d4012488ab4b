//! Executes a plan that was shown and confirmed.

use std::time::{Duration, SystemTime};

use anyprofile_core::{
    Error, ExecuteOptions, Executed, Plan, ProfileProvider, ProfileProviderExt as _, Timestamp, error::Retry,
};

use super::{
    interruption::{Interruption, unless, unless_raised},
    look::{self, Note},
    outcome::{FailedWrite, WriteOutcome},
};

/// The maximum number of retries of a write that the service asked to send later.
const MOST_PUT_OFF: usize = 3;
/// The maximum wait before such a retry.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// What became of a plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Written {
    /// The outcome.
    pub outcome: WriteOutcome,
    /// What the provider reported; `None` if nothing was sent, or the write did not finish in time.
    pub executed: Option<Executed>,
    /// What a person should know of the way there, in this order: errors, and what was seen when the profile was read back.
    pub notes: Vec<Note>,
}

impl Written {
    /// Creates the result of a plan that was not sent.
    pub fn of(outcome: WriteOutcome) -> Self {
        Self { outcome, executed: None, notes: Vec::new() }
    }
}

/// The result of sending a plan.
enum Ended {
    /// The run was interrupted before anything was sent.
    NotBegun,
    /// The write did not finish in time, so its result is unknown.
    Unanswered,
    /// Nothing was sent, because of this error.
    Refused(Error),
    /// The plan was executed, possibly with an error.
    With(Box<Executed>),
}

/// Executes a plan, and returns what became of it.
///
/// Nothing is sent if the profile has changed since the plan was made. A write that the service asks to send later is sent again, up to
/// three times, if it cannot have taken effect. If the service does not respond, or its response does not show the change, the profile
/// is read back. Dropping the future while a write is under way leaves its outcome unknown.
pub async fn execute(
    provider: &dyn ProfileProvider,
    plan: &Plan,
    interruption: &dyn Interruption,
) -> Written {
    if plan.is_settled() {
        return Written::of(WriteOutcome::Unchanged);
    }
    let sent = Timestamp::try_from(SystemTime::now()).ok();
    let mut notes = Vec::new();
    let executed = match send(provider, plan, interruption).await {
        Ended::NotBegun => return Written::of(WriteOutcome::NotTried),
        Ended::Refused(error) => {
            let outcome = WriteOutcome::of_failure(&error);
            return Written { notes: vec![Note::Error(error)], ..Written::of(outcome) };
        }
        Ended::Unanswered => {
            notes.push(Note::Unanswered);
            None
        }
        Ended::With(executed) => Some(*executed),
    };
    notes.extend(executed.as_ref().and_then(|executed| executed.error.clone()).map(Note::Error));
    let outcome = match &executed {
        None => WriteOutcome::unknown(),
        Some(executed) => WriteOutcome::of_executed(plan.write(), executed),
    };
    let is_of_status = !plan.write().statuses().is_empty();
    let is_unknown = matches!(outcome, WriteOutcome::Failed(FailedWrite { may_have_taken_effect: true, .. }));
    let is_unseen = is_of_status && matches!(outcome, WriteOutcome::Done { .. });
    if !(is_unknown || is_unseen) {
        return Written { outcome, executed, notes };
    }
    let look = look::verified(provider, plan, executed.as_ref(), sent, &outcome);
    let Some((outcome, seen)) = unless(interruption.look_takes_too_long(), look).await else {
        notes.push(Note::NotReadBack);
        return Written { outcome, executed, notes };
    };
    notes.extend(seen);
    Written { outcome, executed, notes }
}

/// Sends the requests of a plan.
async fn send(provider: &dyn ProfileProvider, plan: &Plan, interruption: &dyn Interruption) -> Ended {
    let mut put_off = 0;
    loop {
        match unless_raised(interruption, provider.check_unchanged(plan)).await {
            None => return Ended::NotBegun,
            Some(Ok(())) => {}
            Some(Err(error)) => return Ended::Refused(error),
        }
        let options = ExecuteOptions::new();
        let write = provider.execute(plan, &options);
        let executed = match unless(interruption.write_takes_too_long(), write).await {
            None => return Ended::Unanswered,
            Some(Err(error)) => return Ended::Refused(error),
            Some(Ok(executed)) => Box::new(executed),
        };
        let retry = executed.error.as_ref().map(Error::retry);
        let wait = match retry {
            Some(Retry::After(wait))
                if wait <= LONGEST_WAIT && put_off < MOST_PUT_OFF && !executed.may_have_taken_effect() =>
            {
                wait
            }
            _ => return Ended::With(executed),
        };
        put_off += 1;
        if unless_raised(interruption, interruption.wait(wait)).await != Some(true) {
            return Ended::With(executed);
        }
    }
}
