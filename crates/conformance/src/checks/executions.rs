//! Executing plans: once, at the account that made them, and what is said where it fails.

use anyprofile_core::{
    ErrorKind, ExecuteOptions, Executed, Plan, PlanOptions, Result, error::Effect, plan::StepOutcome,
};
use futures_util::future::join;

use super::{
    Checked, checks,
    elsewhere::{accounts, write_at},
    ensure,
    fixtures::{updatable, update_all, writes},
    plans::{NO_WRITES, name_of, plan_of},
    require,
};
use crate::{
    report::{NOT_PROVOKED, Outcome},
    subject::{Disturbance, Subject},
};

checks! { Writing:
    "plan.spent", "a plan that was executed sends nothing a second time, nor does a clone of it",
        "A second creation makes a second person." => spent;
    "plan.elsewhere", "the plan of another account is refused, and nothing is sent",
        "The same id may be somebody else there." => elsewhere;
    "plan.refused", "a write that is refused was not made, and its plan can be executed when it is not refused any more",
        "Nothing came of it." => refused;
    "plan.lost", "a write without a response may have been made: it is not sent again",
        "A service acts before its response is lost." => lost;
    "plan.partly", "of several writes it is said which were made, which was not, which is not known and which were not begun",
        "A change may belong to several records." => partly;
}

async fn execute(subject: &Subject<'_>, plan: &Plan) -> Result<Executed> {
    subject.provider.execute(plan, &ExecuteOptions::new()).await
}

/// Checks that a plan is spent: it is refused as a conflict, and nothing is sent.
async fn refused_as_spent(subject: &Subject<'_>, plan: &Plan) -> Checked {
    if !plan.is_spent() {
        return Err(Outcome::failed(format!("{}: the plan is not spent", name_of(plan.write()))));
    }
    for plan in [plan, &plan.clone()] {
        let what = format!("{}: a spent plan", name_of(plan.write()));
        let error = subject.refused(&what, execute(subject, plan)).await?;
        if error.kind() != ErrorKind::Conflict {
            return Err(Outcome::failed(format!("{what}: the kind of the error is {}", error.kind())));
        }
    }
    Ok(())
}

async fn spent(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    require(!writes.is_empty(), NO_WRITES)?;
    for write in &writes {
        let plan = plan_of(subject, write).await?;
        ensure(!plan.is_spent(), format_args!("{}: the plan is spent before", name_of(write)))?;
        // Two at once, as of two tasks that have a clone each: one of them writes.
        let (clone, before) = (plan.clone(), subject.server.writes());
        let both = join(execute(subject, &plan), execute(subject, &clone)).await;
        let sent = subject.server.writes() - before;
        let ((Ok(executed), Err(refused)) | (Err(refused), Ok(executed))) = both else {
            return Err(Outcome::failed(format!("{}: of two at once not one is refused", name_of(write))));
        };
        executed.into_result()?;
        let shown = u64::try_from(plan.requests().len()).unwrap_or(u64::MAX);
        ensure(
            refused.kind() == ErrorKind::Conflict && sent == shown,
            format_args!("{}: of two at once {sent} writes are sent", name_of(write)),
        )?;
        refused_as_spent(subject, &plan).await?;
    }
    Ok(())
}

async fn elsewhere(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    require(!writes.is_empty(), NO_WRITES)?;
    let mut count = 0;
    for account in accounts(subject)? {
        for write in &writes {
            let there = write_at(account.info(), write)?;
            let plan = match account.plan(&there, &PlanOptions::new()).await {
                Ok(plan) => plan,
                // Nobody has this id there.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            let what = format!("{}: the plan of another account", name_of(write));
            let error = subject.refused(&what, execute(subject, &plan)).await?;
            ensure(
                error.kind() == ErrorKind::InvalidRequest,
                format_args!("{what}: the kind of the error is {}", error.kind()),
            )?;
            ensure(!plan.is_spent(), format_args!("{what} is spent by that"))?;
            count += 1;
        }
    }
    require(count > 0, "no plan can be made elsewhere")?;
    Ok(())
}

/// What came of a plan that fails.
struct Failed {
    executed: Executed,
    /// How many writes were sent.
    sent: u64,
}

/// Executes a plan while something goes wrong.
async fn failed(subject: &Subject<'_>, plan: &Plan, disturbance: Disturbance) -> Checked<Failed> {
    if !subject.server.disturb(disturbance) {
        return Err(Outcome::not_applicable(NOT_PROVOKED));
    }
    let before = subject.server.writes();
    let executed = execute(subject, plan).await;
    let sent = subject.server.writes() - before;
    subject.server.calm();
    match executed {
        Ok(executed) => Ok(Failed { executed, sent }),
        Err(error) => {
            let name = name_of(plan.write());
            Err(Outcome::failed(format!(
                "{name}: it is not said what came of each request: {}",
                error.kind()
            )))
        }
    }
}

impl Failed {
    /// What is not told as it is, where all before a request were made, and that one came to this.
    fn differs(&self, plan: &Plan, made: usize, outcome: StepOutcome, effect: Effect) -> Option<String> {
        let wanted = steps(plan.requests().len().max(1), made, outcome);
        let name = name_of(plan.write());
        let Some(error) = &self.executed.error else { return Some(format!("{name}: no error is told")) };
        if self.sent != made as u64 + 1 {
            return Some(format!("{name}: {} writes are sent when request {} fails", self.sent, made + 1));
        }
        if self.executed.steps != wanted {
            return Some(format!("{name}: {:?} is told where it is {wanted:?}", self.executed.steps));
        }
        (error.effect() != effect).then(|| {
            format!("{name}: the effect of the error is {:?} where it is {effect:?}", error.effect())
        })
    }
}

/// What each request came to, where one failed.
fn steps(requests: usize, made: usize, failed: StepOutcome) -> Vec<StepOutcome> {
    let step = |place: usize| match place.cmp(&made) {
        std::cmp::Ordering::Less => StepOutcome::Made,
        std::cmp::Ordering::Equal => failed,
        std::cmp::Ordering::Greater => StepOutcome::NotBegun,
    };
    (0..requests).map(step).collect()
}

async fn refused(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    require(!writes.is_empty(), NO_WRITES)?;
    for write in &writes {
        let plan = plan_of(subject, write).await?;
        let failed = failed(subject, &plan, Disturbance::WriteRefused { after: 0 }).await?;
        let wrong = failed.differs(&plan, 0, StepOutcome::NotMade, Effect::None);
        ensure(wrong.is_none(), format_args!("{}", wrong.unwrap_or_default()))?;
        ensure(!plan.is_spent(), format_args!("{}: the plan is spent", name_of(write)))?;
        let executed = execute(subject, &plan).await?.into_result()?;
        let is_made = executed.steps.iter().all(|step| *step == StepOutcome::Made);
        ensure(is_made, format_args!("{}: it is not made when it is not refused any more", name_of(write)))?;
    }
    Ok(())
}

async fn lost(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    require(!writes.is_empty(), NO_WRITES)?;
    for write in &writes {
        let plan = plan_of(subject, write).await?;
        let failed = failed(subject, &plan, Disturbance::WriteLost { after: 0 }).await?;
        let wrong = failed.differs(&plan, 0, StepOutcome::Unknown, Effect::Possible);
        ensure(wrong.is_none(), format_args!("{}", wrong.unwrap_or_default()))?;
        refused_as_spent(subject, &plan).await?;
    }
    Ok(())
}

async fn partly(subject: &Subject<'_>) -> Checked {
    let mut count = 0;
    for id in updatable(subject).await? {
        for made in 1.. {
            let refused = (Disturbance::WriteRefused { after: made }, StepOutcome::NotMade);
            let lost = (Disturbance::WriteLost { after: made }, StepOutcome::Unknown);
            let made = made as usize;
            let before = count;
            for (disturbance, outcome) in [refused, lost] {
                let Some(write) = update_all(subject, &id).await? else { continue };
                let plan = plan_of(subject, &write).await?;
                if plan.requests().len() <= made {
                    continue;
                }
                let failed = failed(subject, &plan, disturbance).await?;
                let wrong = failed.differs(&plan, made, outcome, Effect::Partial);
                ensure(wrong.is_none(), format_args!("{}", wrong.unwrap_or_default()))?;
                refused_as_spent(subject, &plan).await?;
                count += 1;
            }
            if count == before {
                break;
            }
        }
    }
    require(count > 0, "no write takes several requests")?;
    Ok(())
}
