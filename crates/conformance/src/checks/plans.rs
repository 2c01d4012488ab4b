//! Plans: they show exactly what is sent, and planning writes nothing.

use anyprofile_core::{
    Change, ErrorKind, ExecuteOptions, Field, FieldPath, Plan, PlanOptions, ProfileChange,
    ProfileProviderExt as _, Result, Status, Write, plan::StepOutcome,
};

use super::{
    Checked, checks,
    comparison::{differs, headers_of_reads},
    ensure,
    fixtures::{removals, updatable, update, victim, writable, writes},
    prove, require, some_writes,
};
use crate::{
    report::{NOT_TOLD, Outcome},
    subject::Subject,
};

checks! { Writing:
        "plan.shown", "exactly the writes that a plan shows are sent, and no others",
            "Nothing is written that was not shown." => shown;
        "plan.repeatable", "planning writes nothing, and the same write results in the same requests each time",
            "The plan that was reviewed is the plan that is executed." => repeatable;
        "plan.given", "a plan for a given profile sends nothing, and equals a plan that reads the profile",
            "One listing is enough to plan thousands of updates." => given;
        "plan.settled", "a plan for values that are already set shows no request, and sends no write",
            "An unchanged profile is not written." => settled;
}

/// Returns the name of a write in messages.
pub(super) fn name_of(write: &Write) -> String {
    match write {
        Write::Create { draft } => format!("create of {}", draft.kind()),
        other => {
            format!("{} of {}", other.operation(), other.id().map(|id| id.kind.as_str()).unwrap_or_default())
        }
    }
}

/// Returns the plan of a write, with any reads that it needs.
pub(super) async fn plan_of(subject: &Subject<'_>, write: &Write) -> Result<Plan> {
    subject.provider.plan(write, &PlanOptions::new()).await
}

async fn shown(subject: &Subject<'_>) -> Checked {
    let start = subject.server.requests();
    // Before anybody is created whom these writes delete.
    let people = updatable(subject).await?;
    let writes = writes(subject).await?;
    some_writes(subject, &writes)?;
    let Some(log) = subject.server.log(start) else { return Err(Outcome::not_proven(NOT_TOLD)) };
    let usual = headers_of_reads(&log);
    let sent_as_shown = async |write: &Write| -> Result<Option<String>> {
        let before = subject.server.requests();
        let plan = plan_of(subject, write).await?;
        let executed = subject.provider.execute(&plan, &ExecuteOptions::new()).await?.into_result()?;
        let Some(log) = subject.server.log(before) else { return Ok(Some(NOT_TOLD.to_owned())) };
        let sent: Vec<_> = log.into_iter().filter(|request| request.is_write).collect();
        let all_made = vec![StepOutcome::Made; plan.requests().len().max(1)];
        let is_reported = executed.steps == all_made;
        Ok(differs(plan.requests(), &sent, &usual)
            .or_else(|| (!is_reported).then(|| "not every request is reported as made".to_owned())))
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
    some_writes(subject, &writes)?;
    let another = subject.another()?;
    for write in &writes {
        let before = subject.server.writes();
        let first = plan_of(subject, write).await?;
        for provider in [&subject.provider, &another] {
            let again = provider.plan(write, &PlanOptions::new()).await?;
            let is_same = again.requests() == first.requests()
                && again.differences() == first.differences()
                && again.warnings() == first.warnings();
            ensure(is_same, format_args!("{}: the second plan differs", name_of(write)))?;
        }
        ensure(subject.server.writes() == before, format_args!("{}: the plan writes", name_of(write)))?;
    }
    Ok(())
}

async fn given(subject: &Subject<'_>) -> Checked {
    let writes = writes(subject).await?;
    some_writes(subject, &writes)?;
    for write in &writes.into_iter().filter_map(|write| without_reads(subject, write)).collect::<Vec<_>>() {
        let read = subject.provider.plan(write, &PlanOptions::always()).await?;
        // A profile that does not exist yet, or cannot be read, cannot be given.
        let options = match read.current() {
            Some(profile) => PlanOptions::given(profile.clone()),
            None if write.id().is_none() => PlanOptions::new(),
            None => continue,
        };
        let (plan, sent) = subject.counted(subject.provider.plan(write, &options)).await;
        ensure(sent == 0, format_args!("{}: {sent} requests were sent", name_of(write)))?;
        let plan = plan?;
        let is_same = plan.requests() == read.requests() && plan.differences() == read.differences();
        ensure(is_same, format_args!("{}: the plan differs", name_of(write)))?;
        // A listed profile may have fewer fields, but nothing more may be requested.
        let listed = subject.listed.iter().find(|profile| Some(&profile.id) == write.id());
        if let Some(profile) = listed {
            let options = PlanOptions::given(profile.clone());
            let (plan, sent) = subject.counted(subject.provider.plan(write, &options)).await;
            ensure(
                plan.is_ok() && sent == 0,
                format_args!("{}: {sent} requests were sent for a listed profile", name_of(write)),
            )?;
        }
    }
    Ok(())
}

/// Returns the part of a write whose plan needs no record besides the profile.
fn without_reads(subject: &Subject<'_>, write: Write) -> Option<Write> {
    let needs_read = |path: &FieldPath| {
        let rule = subject.capabilities().fields.get(path).and_then(|spec| spec.write.as_ref());
        rule.is_some_and(|rule| rule.needs_read)
    };
    match write {
        Write::Update { id, change } => {
            let kept = change.iter().filter(|(path, _)| !needs_read(path));
            let change = kept.fold(ProfileChange::new(), |all, (path, change)| match change {
                Change::Set(value) => all.set(path.clone(), value.clone()),
                Change::Clear => all.clear(path.clone()),
                Change::Keep => all,
            });
            (!change.is_empty()).then(|| Write::update(id, change))
        }
        Write::Deactivate { .. } if needs_read(&FieldPath::STATUS) => None,
        other => Some(other),
    }
}

/// Describes what is wrong with a plan for values that are already set.
async fn unsettled(subject: &Subject<'_>, plan: &Plan) -> Result<Option<&'static str>> {
    if !plan.is_settled() || !plan.requests().is_empty() || !plan.differences().is_empty() {
        return Ok(Some("the plan is not empty"));
    }
    let before = subject.server.writes();
    // Nothing is sent, so the plan is not spent.
    for _ in 0..2 {
        let executed = subject.provider.execute(plan, &ExecuteOptions::new()).await?;
        if subject.server.writes() != before {
            return Ok(Some("the plan writes"));
        }
        if !executed.is_settled() {
            return Ok(Some("a write is reported as made"));
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
            // The current value of the field.
            let now = plan.differences().iter().find(|difference| difference.field == path);
            let Some(Field::Value(now)) = now.map(|difference| &difference.now) else { continue };
            let change = ProfileChange::new().set(path.clone(), now.clone());
            let plan = match plan_of(subject, &Write::update(id.clone(), change)).await {
                Ok(plan) => plan,
                // The current value may not be a value that can be written.
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
            // A profile that is no longer returned has no status to compare.
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
    require(count > 0 || operations.update.is_supported(), "no field of a listed profile can be written")?;
    prove(count > 0, "the test server must return a value that can be written")?;
    Ok(())
}
