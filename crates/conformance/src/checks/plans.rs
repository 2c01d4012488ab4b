//! Plans: what they show is what is sent, and making one writes nothing.

use anyprofile_core::{
    ErrorKind, ExecuteOptions, Field, Plan, PlanOptions, ProfileChange, ProfileProviderExt as _, Result,
    Status, Write, plan::StepOutcome,
};

use super::{
    Checked, checks,
    comparison::{differs, headers_of_reads},
    ensure,
    fixtures::{removals, updatable, update, victim, writable, writes},
    require,
};
use crate::{
    report::{NOT_TOLD, Outcome},
    subject::Subject,
};

checks! { Writing:
    "plan.shown", "the writes that a plan shows are those that are sent, to the letter, and no others",
        "Nothing is written that was not shown." => shown;
    "plan.repeatable", "planning writes nothing, and the same write comes to the same requests each time",
        "What was looked at is what is executed later." => repeatable;
    "plan.given", "a plan for a profile that is given sends nothing, and comes to the same as one that reads it",
        "Thousands of changes are planned from one listing." => given;
    "plan.settled", "a plan for what is so already shows no request, and sends no write",
        "What has nothing to do does nothing." => settled;
}

pub(super) const NO_WRITES: &str = "nothing can be written";

/// How a write is named in a finding.
pub(super) fn name_of(write: &Write) -> String {
    match write {
        Write::Create { draft } => format!("create of {}", draft.kind()),
        other => {
            format!("{} of {}", other.operation(), other.id().map(|id| id.kind.as_str()).unwrap_or_default())
        }
    }
}

/// The plan of a write, with what it needs to read.
pub(super) async fn plan_of(subject: &Subject<'_>, write: &Write) -> Result<Plan> {
    subject.provider.plan(write, &PlanOptions::new()).await
}

async fn shown(subject: &Subject<'_>) -> Checked {
    let start = subject.server.requests();
    let writes = writes(subject).await?;
    let people = updatable(subject).await?;
    require(!writes.is_empty(), NO_WRITES)?;
    let Some(log) = subject.server.log(start) else { return Err(Outcome::not_applicable(NOT_TOLD)) };
    let usual = headers_of_reads(&log);
    let sent_as_shown = async |write: &Write| -> Result<Option<String>> {
        let before = subject.server.requests();
        let plan = plan_of(subject, write).await?;
        let executed = subject.provider.execute(&plan, &ExecuteOptions::new()).await?.into_result()?;
        let Some(log) = subject.server.log(before) else { return Ok(Some(NOT_TOLD.to_owned())) };
        let sent: Vec<_> = log.into_iter().filter(|request| request.is_write).collect();
        let all_made = vec![StepOutcome::Made; plan.requests().len().max(1)];
        let is_told = executed.steps == all_made;
        Ok(differs(plan.requests(), &sent, &usual)
            .or_else(|| (!is_told).then(|| "not every request is said to have been made".to_owned())))
    };
    for write in &writes {
        let wrong = sent_as_shown(write).await?;
        ensure(wrong.is_none(), format_args!("{}: {}", name_of(write), wrong.unwrap_or_default()))?;
    }
    for id in people {
        for (path, rule) in writable(subject, &id.kind) {
            let Some(write) = update(subject, &id, &[(path.clone(), rule)]).await? else { continue };
            let wrong = sent_as_shown(&write).await?;
            ensure(
                wrong.is_none(),
                format_args!("{}, {path}: {}", name_of(&write), wrong.unwrap_or_default()),
            )?;
        }
    }
    Ok(())
}

async fn repeatable(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    require(!writes.is_empty(), NO_WRITES)?;
    let another = subject.another()?;
    for write in &writes {
        let before = subject.server.writes();
        let first = plan_of(subject, write).await?;
        for provider in [&subject.provider, &another] {
            let again = provider.plan(write, &PlanOptions::new()).await?;
            let is_same = again.requests() == first.requests()
                && again.differences() == first.differences()
                && again.warnings() == first.warnings();
            ensure(is_same, format_args!("{}: it comes to something else the second time", name_of(write)))?;
        }
        ensure(subject.server.writes() == before, format_args!("{}: the plan writes", name_of(write)))?;
    }
    Ok(())
}

async fn given(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    require(!writes.is_empty(), NO_WRITES)?;
    for write in &writes {
        let read = subject.provider.plan(write, &PlanOptions::always()).await?;
        // Who is created is not there to be read, and who cannot be read is not given either.
        let options = match read.current() {
            Some(profile) => PlanOptions::given(profile.clone()),
            None if write.id().is_none() => PlanOptions::new(),
            None => continue,
        };
        let (plan, sent) = subject.counted(subject.provider.plan(write, &options)).await;
        ensure(sent == 0, format_args!("{}: {sent} requests are sent", name_of(write)))?;
        let plan = plan?;
        let is_same = plan.requests() == read.requests() && plan.differences() == read.differences();
        ensure(is_same, format_args!("{}: it comes to something else", name_of(write)))?;
        // Of a record of a listing less may be known, and nothing more is asked for.
        let listed = subject.listed.iter().find(|profile| Some(&profile.id) == write.id());
        if let Some(profile) = listed {
            let options = PlanOptions::given(profile.clone());
            let (plan, sent) = subject.counted(subject.provider.plan(write, &options)).await;
            ensure(
                plan.is_ok() && sent == 0,
                format_args!("{}: {sent} requests are sent for one of a listing", name_of(write)),
            )?;
        }
    }
    Ok(())
}

/// What is wrong with the plan for something that is so already.
async fn unsettled(subject: &Subject<'_>, plan: &Plan) -> Result<Option<&'static str>> {
    if !plan.is_settled() || !plan.requests().is_empty() || !plan.differences().is_empty() {
        return Ok(Some("there is something to do"));
    }
    let before = subject.server.writes();
    // Nothing is sent, and so nothing is spent.
    for _ in 0..2 {
        let executed = subject.provider.execute(plan, &ExecuteOptions::new()).await?;
        if subject.server.writes() != before {
            return Ok(Some("it writes"));
        }
        if !executed.is_settled() {
            return Ok(Some("something is said to have been done"));
        }
    }
    Ok(None)
}

async fn settled(subject: &Subject<'_>) -> Checked {
    let mut count = 0;
    for id in updatable(subject).await? {
        for (path, rule) in writable(subject, &id.kind) {
            let Some(other) = update(subject, &id, &[(path.clone(), rule)]).await? else { continue };
            let plan = plan_of(subject, &other).await?;
            // What the field is now.
            let now = plan.differences().iter().find(|difference| difference.field == path);
            let Some(Field::Value(now)) = now.map(|difference| &difference.now) else { continue };
            let change = ProfileChange::new().set(path.clone(), now.clone());
            let plan = match plan_of(subject, &Write::update(id.clone(), change)).await {
                Ok(plan) => plan,
                // What there is need not be what can be written.
                Err(error) if error.kind() == ErrorKind::InvalidRequest => continue,
                Err(error) => return Err(error.into()),
            };
            let wrong = unsettled(subject, &plan).await?;
            ensure(wrong.is_none(), format_args!("{}, {path}: {}", id.kind, wrong.unwrap_or_default()))?;
            count += 1;
        }
    }
    let operations = &subject.capabilities().operations;
    for (support, write) in removals(operations) {
        for kind in support.kinds().iter().filter(|kind| operations.get.kinds().contains(kind)) {
            let Some(id) = victim(subject, kind).await? else { continue };
            subject.provider.write(write(id.clone())).await?;
            let is_shown = match subject.provider.get(&id).await {
                Ok(profile) => matches!(profile.status.value(), Some(Status::Suspended | Status::Deleted)),
                Err(error) if error.kind() == ErrorKind::NotFound => false,
                Err(error) => return Err(error.into()),
            };
            // Who is not shown any more has no status that it could be seen by.
            if !is_shown {
                continue;
            }
            let plan = subject.provider.plan(&write(id), &PlanOptions::always()).await?;
            let wrong = unsettled(subject, &plan).await?;
            ensure(
                wrong.is_none(),
                format_args!("{}: {}", name_of(plan.write()), wrong.unwrap_or_default()),
            )?;
            count += 1;
        }
    }
    require(count > 0, "nothing is shown that can be written")?;
    Ok(())
}
