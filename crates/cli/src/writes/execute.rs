//! Executes a plan that was shown and confirmed.

use std::time::{Duration, SystemTime};

use anyprofile::{
    Error, ExecuteOptions, Executed, Plan, ProfileProvider, ProfileProviderExt as _, Timestamp, Write,
    error::Retry,
};

use super::{look, outcome::WriteOutcome};
use crate::{diagnostics, interrupt::Interrupt};

/// The maximum number of retries of a write that the service asked to send later.
const MOST_PUT_OFF: usize = 3;
/// The maximum wait before such a retry.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

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

/// Executes a plan, and returns its outcome. If the service did not respond, or its response does not show the
/// change, reads the profile to verify it. An error is printed.
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

/// Sends the requests of a plan. Nothing is sent if the profile has changed since the plan was shown, or if the run
/// was interrupted. A request that the service asks to send later is retried.
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
