//! How a plan is executed that was shown and confirmed.

use std::time::{Duration, SystemTime};

use anyprofile::{
    Error, ExecuteOptions, Executed, Plan, ProfileProvider, ProfileProviderExt as _, Timestamp, Write,
    error::Retry,
};

use super::{look, outcome::WriteOutcome};
use crate::{diagnostics, interrupt::Interrupt};

/// How often a write is sent again that the service put off, and did not make.
const MOST_PUT_OFF: usize = 3;
/// How long is waited for that at the most.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// What came of a plan.
enum Ended {
    /// The run was to end before anything was sent.
    NotBegun,
    /// It did not end in time: nobody knows what became of it.
    Unanswered,
    /// Nothing was sent, for this reason.
    Refused(Error),
    /// It was executed, with an error or without.
    With(Box<Executed>),
}

/// Executes a plan, and says what came of it: what the service answered, and where it did not answer, or does not show what it
/// did, what it shows when it is asked. An error is told.
pub(crate) async fn execute(
    provider: &dyn ProfileProvider,
    plan: &Plan,
    interrupt: &Interrupt,
) -> (WriteOutcome, Option<Executed>) {
    if plan.is_settled() {
        return (WriteOutcome::Unchanged, None);
    }
    let sent = Timestamp::try_from(SystemTime::now()).ok();
    let executed = match send(provider, plan, interrupt).await {
        Ended::NotBegun => return (WriteOutcome::NotTried, None),
        Ended::Refused(error) => {
            diagnostics::error(&error);
            return (WriteOutcome::of_failure(&error), None);
        }
        Ended::Unanswered => None,
        Ended::With(executed) => Some(*executed),
    };
    if let Some(error) = executed.as_ref().and_then(|executed| executed.error.as_ref()) {
        diagnostics::error(error);
    }
    let outcome = match &executed {
        None => WriteOutcome::unknown(),
        Some(executed) => WriteOutcome::of_executed(plan.write(), executed),
    };
    let is_of_status = !plan.write().statuses().is_empty();
    let is_unknown = matches!(outcome, WriteOutcome::Failed { may_have_taken_effect: true, .. });
    let is_unseen = is_of_status && matches!(outcome, WriteOutcome::Done { .. });
    if !(is_unknown || is_unseen) {
        return (outcome, executed);
    }
    let looked = match (plan.write(), plan.write().id()) {
        (Write::Create { draft }, _) => {
            interrupt.look(look::for_created(provider, draft, sent, &outcome)).await
        }
        (Write::Update { .. }, _) => {
            interrupt.look(look::at_changed(provider, plan, executed.as_ref(), &outcome)).await
        }
        (_, Some(id)) if is_of_status => {
            interrupt.look(look::at_status(provider, id, plan.write(), executed.as_ref(), &outcome)).await
        }
        _ => Some(outcome.clone()),
    };
    (looked.unwrap_or(outcome), executed)
}

/// Sends the writes of a plan. What was shown is what is written: nothing is sent if somebody else has changed in the meantime
/// what it is about, and nothing is begun once the run is to end. What the service puts off is sent again when it says so.
async fn send(provider: &dyn ProfileProvider, plan: &Plan, interrupt: &Interrupt) -> Ended {
    let mut put_off = 0;
    loop {
        match interrupt.unless_raised(provider.check_unchanged(plan)).await {
            None => return Ended::NotBegun,
            Some(Ok(())) => {}
            Some(Err(error)) => return Ended::Refused(error),
        }
        let executed = match interrupt.finish(provider.execute(plan, &ExecuteOptions::new())).await {
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
        if interrupt.unless_raised(tokio::time::sleep(wait)).await.is_none() {
            return Ended::With(executed);
        }
    }
}
