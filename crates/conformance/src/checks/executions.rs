//! Executing plans: only once, only in their own account, and with correct reports of failures.

use anyprofile_core::{
    ErrorKind, ExecuteOptions, Executed, Plan, PlanOptions, Result, error::Effect, plan::StepOutcome,
};
use futures_util::future::join;

use super::{
    Checked, checks, disturb,
    elsewhere::{accounts, write_at},
    ensure,
    fixtures::{updatable, update_all, writes},
    plans::{name_of, plan_of},
    require, some_writes,
};
use crate::{
    report::Outcome,
    subject::{Disturbance, Subject},
};

checks! { Writing:
        "plan.spent", "an executed plan, or a clone of it, sends nothing a second time",
            "A second creation would create a second profile." => spent;
        "plan.elsewhere", "the plan of another account is rejected, and nothing is sent",
            "The same id may be another profile there." => elsewhere;
        "plan.refused", "a rejected write has no effect, and its plan can be executed again later",
            "A rejected write was not made." => refused;
        "plan.lost", "a write without a response is reported as unknown and not sent again",
            "The service may have made the write before the response was lost." => lost;
        "plan.partly", "if one of several requests fails, the outcome of each request is reported",
            "An update may belong to several records." => partly;
}

async fn execute(subject: &Subject<'_>, plan: &Plan) -> Result<Executed> {
    subject.provider.execute(plan, &ExecuteOptions::new()).await
}

/// Checks that a spent plan is rejected as a conflict, and that nothing is sent.
async fn refused_as_spent(subject: &Subject<'_>, plan: &Plan) -> Checked {
    if !plan.is_spent() {
        return Err(Outcome::failed(format!("{}: the plan is not spent", name_of(plan.write()))));
    }
    for plan in [plan, &plan.clone()] {
        let what = format!("{}: a spent plan", name_of(plan.write()));
        let error = subject.refused(&what, execute(subject, plan)).await?;
        if error.kind() != ErrorKind::Conflict {
            return Err(Outcome::failed(format!("{what}: wrong error kind: {}", error.kind())));
        }
    }
    Ok(())
}

async fn spent(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    some_writes(subject, &writes)?;
    for write in &writes {
        let plan = plan_of(subject, write).await?;
        ensure(
            !plan.is_spent(),
            format_args!("{}: the plan is spent before it is executed", name_of(write)),
        )?;
        // Two tasks execute a clone each; only one of them may write.
        let (clone, before) = (plan.clone(), subject.server.writes());
        let both = join(execute(subject, &plan), execute(subject, &clone)).await;
        let sent = subject.server.writes() - before;
        let ((Ok(executed), Err(refused)) | (Err(refused), Ok(executed))) = both else {
            return Err(Outcome::failed(format!(
                "{}: not exactly one of two concurrent executions is rejected",
                name_of(write)
            )));
        };
        executed.into_result()?;
        let shown = u64::try_from(plan.requests().len()).unwrap_or(u64::MAX);
        ensure(
            refused.kind() == ErrorKind::Conflict && sent == shown,
            format_args!("{}: two concurrent executions sent {sent} writes", name_of(write)),
        )?;
        refused_as_spent(subject, &plan).await?;
    }
    Ok(())
}

async fn elsewhere(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    some_writes(subject, &writes)?;
    let mut count = 0;
    for account in accounts(subject)? {
        for write in &writes {
            let there = write_at(account.info(), write)?;
            let plan = match account.plan(&there, &PlanOptions::new()).await {
                Ok(plan) => plan,
                // No profile has this id in the other account.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            let what = format!("{}: the plan of another account", name_of(write));
            let error = subject.refused(&what, execute(subject, &plan)).await?;
            ensure(
                error.kind() == ErrorKind::InvalidRequest,
                format_args!("{what}: wrong error kind: {}", error.kind()),
            )?;
            ensure(!plan.is_spent(), format_args!("{what} is spent by the rejected execution"))?;
            count += 1;
        }
    }
    require(count > 0, "no plan can be created for another account")?;
    Ok(())
}

/// The result of a plan that fails.
struct Failed {
    executed: Executed,
    /// The number of writes that were sent.
    sent: u64,
}

/// Executes a plan during a disturbance.
async fn failed(subject: &Subject<'_>, plan: &Plan, disturbance: Disturbance) -> Checked<Failed> {
    disturb(subject, disturbance)?;
    let before = subject.server.writes();
    let executed = execute(subject, plan).await;
    let sent = subject.server.writes() - before;
    subject.server.calm();
    match executed {
        Ok(executed) => Ok(Failed { executed, sent }),
        Err(error) => {
            let name = name_of(plan.write());
            Err(Outcome::failed(format!(
                "{name}: the outcomes of the requests are not reported: {}",
                error.kind()
            )))
        }
    }
}

impl Failed {
    /// Describes a wrong report. The first `made` requests succeeded, and the next one had this outcome.
    fn differs(&self, plan: &Plan, made: usize, outcome: StepOutcome, effect: Effect) -> Option<String> {
        let wanted = steps(plan.requests().len().max(1), made, outcome);
        let name = name_of(plan.write());
        let Some(error) = &self.executed.error else { return Some(format!("{name}: no error is reported")) };
        if self.sent != made as u64 + 1 {
            return Some(format!("{name}: {} writes were sent, but request {} failed", self.sent, made + 1));
        }
        if self.executed.steps != wanted {
            return Some(format!("{name}: the report is {:?}, but must be {wanted:?}", self.executed.steps));
        }
        (error.effect() != effect).then(|| {
            format!("{name}: the effect of the error is {:?}, but must be {effect:?}", error.effect())
        })
    }
}

/// Returns the expected outcome of each request, if one failed.
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
    some_writes(subject, &writes)?;
    for write in &writes {
        let plan = plan_of(subject, write).await?;
        let failed = failed(subject, &plan, Disturbance::WriteRefused { after: 0 }).await?;
        let wrong = failed.differs(&plan, 0, StepOutcome::NotMade, Effect::None);
        ensure(wrong.is_none(), format_args!("{}", wrong.unwrap_or_default()))?;
        ensure(!plan.is_spent(), format_args!("{}: the plan is spent", name_of(write)))?;
        let executed = execute(subject, &plan).await?.into_result()?;
        let is_made = executed.steps.iter().all(|step| *step == StepOutcome::Made);
        ensure(
            is_made,
            format_args!("{}: the plan does not succeed when it is executed again", name_of(write)),
        )?;
    }
    Ok(())
}

async fn lost(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    some_writes(subject, &writes)?;
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
