//! How a plan is executed that was shown and confirmed.

use std::time::Duration;

use anyprofile::{
    Error, ErrorKind, ExecuteOptions, Executed, Plan, ProfileId, ProfileProvider, ProfileProviderExt as _,
    Retry, Write,
};

use super::Outcome;
use crate::{diagnostics, interrupt::Interrupt};

/// How often a write is sent again that the service put off, and did not make.
const MOST_PUT_OFF: usize = 3;
/// How long is waited for that at the most.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// What came of a plan.
pub(crate) enum Ended {
    /// The run was to end before anything was sent.
    NotBegun,
    /// It did not end in time: nobody knows what became of it.
    Unanswered,
    /// It was executed, or it failed: the error says with which effect.
    With(Result<Box<Executed>, Error>),
}

impl Ended {
    /// What went wrong, as far as that is known.
    pub(crate) fn error(&self) -> Option<&Error> {
        match self {
            Self::With(Err(error)) => Some(error),
            _ => None,
        }
    }
}

/// Executes a plan. What was shown is what is written: an update is not made if somebody else has changed in the meantime what
/// it is about, and nothing is begun once the run is to end. What the service puts off is sent again when it says so.
pub(crate) async fn execute(provider: &dyn ProfileProvider, plan: &Plan, interrupt: &Interrupt) -> Ended {
    let mut put_off = 0;
    loop {
        if matches!(plan.write(), Write::Update { .. }) {
            match interrupt.unless_raised(provider.check_unchanged(plan)).await {
                None => return Ended::NotBegun,
                Some(Ok(())) => {}
                Some(Err(error)) => return Ended::With(Err(error)),
            }
        } else if interrupt.is_raised() {
            return Ended::NotBegun;
        }
        let executed = interrupt.finish(provider.execute(plan, &ExecuteOptions::new())).await;
        let error = match executed.map(|executed| executed.and_then(Executed::into_result)) {
            None => return Ended::Unanswered,
            Some(Ok(executed)) => return Ended::With(Ok(Box::new(executed))),
            Some(Err(error)) => error,
        };
        let wait = match error.retry() {
            Retry::After(wait)
                if wait <= LONGEST_WAIT && put_off < MOST_PUT_OFF && !error.may_have_taken_effect() =>
            {
                wait
            }
            _ => return Ended::With(Err(error)),
        };
        put_off += 1;
        if interrupt.unless_raised(tokio::time::sleep(wait)).await.is_none() {
            return Ended::With(Err(error));
        }
    }
}

/// Executes a plan as one of several, and says what came of it. Who was deactivated or deleted is read back, also where no answer
/// came.
pub(crate) async fn execute_and_look(
    provider: &dyn ProfileProvider,
    plan: &Plan,
    interrupt: &Interrupt,
) -> Outcome {
    if plan.is_settled() {
        return Outcome::SoAlready;
    }
    let ended = execute(provider, plan, interrupt).await;
    if let Ended::With(Err(error)) = &ended {
        diagnostics::error(error);
    }
    let (id, is_of_status) = (plan.write().id(), !plan.write().statuses().is_empty());
    match (ended, id) {
        (Ended::NotBegun, _) => Outcome::NotTried,
        (Ended::With(Err(error)), _) if !error.may_have_taken_effect() => Outcome::of_failure(&error),
        (Ended::Unanswered, _) => Outcome::unknown(),
        (Ended::With(result), Some(id)) if is_of_status => {
            let looked = interrupt.look(look(provider, id, plan.write(), result)).await;
            looked.unwrap_or_else(Outcome::unknown)
        }
        (Ended::With(Ok(executed)), _) => Outcome::of_write(plan.write(), *executed),
        (Ended::With(Err(error)), _) => Outcome::of_failure(&error),
    }
}

/// Reads back who was to be deactivated or deleted.
async fn look(
    provider: &dyn ProfileProvider,
    id: &ProfileId,
    write: &Write,
    result: Result<Box<Executed>, Error>,
) -> Outcome {
    // Somebody else may have been written to.
    let is_of_another = result.as_ref().err().is_some_and(Error::is_of_another_profile);
    let shown = match provider.get(id).await {
        // Who is not found is gone only where the service has said so: what stands between may say both.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Ok(executed) = result {
                return Outcome::of_write(write, *executed);
            }
            "the profile is not found any more".to_owned()
        }
        Err(error) => {
            diagnostics::error(&error);
            format!("reading it back failed ({})", error.kind())
        }
        Ok(profile) => match profile.status.value() {
            Some(status) if write.statuses().contains(status) && !is_of_another => {
                return Outcome::done(write);
            }
            Some(status) => format!("the service shows it as {}", status.as_str()),
            None => "the service still shows it, without a status".to_owned(),
        },
    };
    match result {
        Ok(_) => Outcome::Accepted(shown),
        Err(error) => Outcome::of_failure(&error).with_look(&shown),
    }
}
