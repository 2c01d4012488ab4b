//! Creating, updating, deactivating, deleting and enrolling. The checks do not undo their writes.

use std::collections::BTreeSet;

use anyprofile_core::{
    ErrorKind, ExecuteOptions, FieldPath, ListQuery, Plan, PlanOptions, ProfileChange, ProfileDraft,
    ProfileId, ProfileProviderExt as _, Result, Status, Write,
    capabilities::{Support, ValueFormat},
};

use super::{
    Checked, checks, ensure,
    fixtures::{draft, value, victim, writable},
    prove, require, some_updatable,
};
use crate::{
    report::Outcome,
    subject::{Subject, unique},
};

checks! { Writing:
        "write.refused", "a change against the declared rules is rejected with all violations, and nothing is sent",
            "The field table declares the rules." => refused;
        "write.unsupported", "an unsupported operation is rejected, and nothing is sent",
            "A provider does not pretend to support an operation." => unsupported;
        "update.plan", "a plan sends no write, and shows what would be sent",
            "Nothing is written that was not shown." => plan;
        "update.apply", "each field that is declared as writable is written, returned, and then unchanged",
            "The field table must be true for updates." => apply;
        "update.clear", "each field that is declared as clearable is cleared",
            "The field table must be true for clearing." => clear;
        "update.stale", "a plan is not applied if its profile has changed",
            "What was shown is what is written." => stale;
        "create", "a created profile exists with the values that were set",
            "The draft is the profile." => create;
        "create.while-listing", "an existing profile is listed while others are created and deleted, and duplicates are counted",
            "A listing takes minutes, and profiles change meanwhile." => while_listing;
        "deactivate", "a deactivated profile is no longer active",
            "Off-boarding relies on it." => deactivate;
        "delete", "a deleted profile no longer exists, or has the status deleted",
            "Deleting is not deactivating." => delete;
        "enroll", "an enrollment link is kept secret",
            "Anyone who has the link can enroll." => enroll;
}

/// Returns one listed profile of each kind that can be updated.
fn updatable(subject: &Subject<'_>) -> Vec<ProfileId> {
    let kinds = subject.capabilities().operations.update.kinds();
    kinds.iter().filter_map(|kind| subject.some(kind).last().map(|profile| profile.id.clone())).collect()
}

/// Returns the plan of an update.
async fn update_plan(subject: &Subject<'_>, id: &ProfileId, change: &ProfileChange) -> Result<Plan> {
    subject.provider.plan(&Write::update(id.clone(), change.clone()), &PlanOptions::new()).await
}

async fn refused(subject: &Subject<'_>) -> Checked {
    let people = updatable(subject);
    some_updatable(subject, &people)?;
    for id in people {
        let mut change = ProfileChange::new().set(FieldPath::ID, "x").set(FieldPath::STATUS_RAW, "x");
        let mut wrong = 2;
        for (path, rule) in writable(subject, &id.kind) {
            match &rule.format {
                ValueFormat::OneOf(_) | ValueFormat::Email | ValueFormat::Country | ValueFormat::Bool => {
                    change = change.set(path, "not one of these");
                    wrong += 1;
                }
                ValueFormat::Text { max_characters: Some(max) } => {
                    change = change.set(path, "ß".repeat(*max as usize + 1));
                    wrong += 1;
                }
                _ if !rule.clear => {
                    change = change.clear(path);
                    wrong += 1;
                }
                _ => {}
            }
        }
        let planned = update_plan(subject, &id, &change);
        let error = subject.refused("an invalid change", planned).await?;
        ensure(
            error.kind() == ErrorKind::InvalidRequest,
            format_args!("wrong error kind: {}", error.kind()),
        )?;
        let reported = error.field_errors().len();
        ensure(reported == wrong, format_args!("{reported} of {wrong} violations are reported"))?;
        subject.refused("an invalid change", subject.provider.update(&id, &change)).await?;
    }
    Ok(())
}

async fn unsupported(subject: &Subject<'_>) -> Checked {
    let info = subject.info();
    let text = format!("{}:{}/user/x", info.service, info.account);
    let Ok(id) = text.parse::<ProfileId>() else {
        return Err(Outcome::not_applicable("no test id can be created"));
    };
    let (operations, provider) = (&subject.capabilities().operations, &subject.provider);
    let is_not = |support: &Support| !support.kinds().contains(&id.kind);
    let mut errors = Vec::new();
    if is_not(&operations.create) {
        let draft = ProfileDraft::new(id.kind.clone());
        errors.push(("create", subject.refused("a creation", provider.create(&draft)).await?));
    }
    if is_not(&operations.update) {
        let change = ProfileChange::new().set(FieldPath::NAME_DISPLAY, "x");
        errors.push(("update", subject.refused("an update", provider.update(&id, &change)).await?));
    }
    if is_not(&operations.deactivate) {
        errors.push(("deactivate", subject.refused("a deactivation", provider.deactivate(&id)).await?));
    }
    if is_not(&operations.delete) {
        errors.push(("delete", subject.refused("a deletion", provider.delete(&id)).await?));
    }
    if is_not(&operations.enroll) {
        errors.push(("enroll", subject.refused("an enrollment", provider.enroll(&id)).await?));
    }
    require(!errors.is_empty(), "all operations are supported")?;
    for (operation, error) in errors {
        ensure(
            error.kind() == ErrorKind::Unsupported,
            format_args!("{operation}: wrong error kind: {}", error.kind()),
        )?;
    }
    Ok(())
}

async fn plan(subject: &Subject<'_>) -> Checked {
    let people = updatable(subject);
    some_updatable(subject, &people)?;
    for id in people {
        for (path, rule) in writable(subject, &id.kind) {
            let Some(value) = value(&rule.format, 1) else { continue };
            let before = subject.server.writes();
            let change = ProfileChange::new().set(path.clone(), value);
            let planned = update_plan(subject, &id, &change).await?;
            ensure(subject.server.writes() == before, format_args!("the plan for {path} writes"))?;
            let is_without = planned.requests().is_empty();
            ensure(
                planned.is_settled() == is_without,
                format_args!("{path}: the plan has a change without a request"),
            )?;
            let is_get = planned.requests().iter().any(|request| request.method == "GET");
            ensure(!is_get, format_args!("{path}: the plan contains a read request"))?;
        }
    }
    Ok(())
}

/// Applies a change, and describes what is wrong afterwards.
async fn changed(subject: &Subject<'_>, id: &ProfileId, change: &ProfileChange) -> Result<Option<String>> {
    let plan = update_plan(subject, id, change).await?;
    let before = subject.server.writes();
    let options = ExecuteOptions::new().with_unchanged(true);
    let applied = subject.provider.execute(&plan, &options).await?.into_result()?;
    let sent = usize::try_from(subject.server.writes() - before).unwrap_or(usize::MAX);
    if sent != plan.requests().len() {
        return Ok(Some(format!("{sent} writes were sent, but {} were shown", plan.requests().len())));
    }
    if !applied.ignored.is_empty() {
        return Ok(Some("the service shows another value".to_owned()));
    }
    let again = update_plan(subject, id, change).await?;
    if !again.is_settled() && applied.unshown.is_empty() {
        return Ok(Some("the same change is not unchanged afterwards".to_owned()));
    }
    Ok(None)
}

async fn apply(subject: &Subject<'_>) -> Checked {
    let people = updatable(subject);
    some_updatable(subject, &people)?;
    for id in people {
        for (path, rule) in writable(subject, &id.kind) {
            for number in [1, 2] {
                let Some(value) = value(&rule.format, number) else { continue };
                let wrong = changed(subject, &id, &ProfileChange::new().set(path.clone(), value)).await?;
                ensure(wrong.is_none(), format_args!("{}, {path}: {}", id.kind, wrong.unwrap_or_default()))?;
            }
        }
    }
    Ok(())
}

async fn clear(subject: &Subject<'_>) -> Checked {
    let mut count = 0;
    for id in updatable(subject) {
        for (path, _) in writable(subject, &id.kind).filter(|(_, rule)| rule.clear) {
            let wrong = changed(subject, &id, &ProfileChange::new().clear(path.clone())).await?;
            ensure(wrong.is_none(), format_args!("{}, {path}: {}", id.kind, wrong.unwrap_or_default()))?;
            count += 1;
        }
    }
    require(count > 0, "no field can be cleared")?;
    Ok(())
}

async fn stale(subject: &Subject<'_>) -> Checked {
    let Some(id) = updatable(subject).into_iter().next() else {
        return some_updatable::<ProfileId>(subject, &[]);
    };
    let text = writable(subject, &id.kind).find(|(_, rule)| matches!(rule.format, ValueFormat::Text { .. }));
    let Some((path, rule)) = text else {
        return Err(Outcome::not_applicable("no text can be written"));
    };
    let change =
        |number| ProfileChange::new().set(path.clone(), value(&rule.format, number).unwrap_or_default());
    let plan = update_plan(subject, &id, &change(3)).await?;
    subject.provider.update(&id, &change(4)).await?;
    let before = subject.server.writes();
    let applied = subject.provider.execute(&plan, &ExecuteOptions::new().with_unchanged(true)).await;
    let Err(error) = applied else { return Err(Outcome::failed("the outdated plan is written")) };
    ensure(error.kind() == ErrorKind::Conflict, format_args!("wrong error kind: {}", error.kind()))?;
    ensure(subject.server.writes() == before, "a write was sent")?;
    Ok(())
}

async fn create(subject: &Subject<'_>) -> Checked {
    let kinds = subject.capabilities().operations.create.kinds();
    require(!kinds.is_empty(), "creating is not supported")?;
    for kind in kinds {
        let draft = draft(subject, kind, unique());
        let before = subject.server.writes();
        let planned = subject.provider.plan(&Write::create(draft.clone()), &PlanOptions::new()).await?;
        let is_shown = subject.server.writes() == before && !planned.requests().is_empty();
        ensure(is_shown, "the plan writes, or is empty")?;
        let created = subject.provider.create(&draft).await?;
        let ignored = draft.ignored(&created, subject.capabilities());
        ensure(ignored.is_empty(), format_args!("{kind}: the service shows other values for {ignored:?}"))?;
        let is_there = subject.list(ListQuery::new()).await?.iter().any(|profile| profile.id == created.id);
        ensure(is_there, format_args!("{} is not listed", created.id))?;
    }
    Ok(())
}

async fn while_listing(subject: &Subject<'_>) -> Checked {
    let operations = &subject.capabilities().operations;
    let Some(kind) = operations.create.kinds().first() else {
        return Err(Outcome::not_applicable("creating is not supported"));
    };
    let mut query = ListQuery::new();
    if subject.capabilities().listing.page_size {
        query = query.with_page_size(3);
    }
    let there = subject.list(query.clone().with_concurrency(1)).await?;
    let mut listing = subject.provider.list(query);
    let (mut returned, mut count) = (BTreeSet::new(), 0_usize);
    while let Some(profile) = listing.try_next().await? {
        returned.insert(profile.id);
        count += 1;
        if count % 5 == 1 && count < 50 {
            let made = subject.provider.create(&draft(subject, kind, unique())).await?.id;
            if operations.delete.kinds().contains(kind) && count % 2 == 0 {
                subject.provider.delete(&made).await?;
            }
        }
    }
    let lost = there.iter().filter(|profile| !returned.contains(&profile.id)).count();
    ensure(lost == 0, format_args!("{lost} of {} profiles are not listed", there.len()))?;
    let twice = (count - returned.len()) as u64;
    ensure(
        listing.report().duplicates == twice,
        format_args!("{twice} profiles are returned twice, but the report counts another number"),
    )?;
    Ok(())
}

async fn deactivate(subject: &Subject<'_>) -> Checked {
    let kinds = subject.capabilities().operations.deactivate.kinds();
    require(!kinds.is_empty(), "deactivating is not supported")?;
    let mut count = 0;
    for kind in kinds {
        let Some(id) = victim(subject, kind).await? else { continue };
        let write = Write::deactivate(id.clone());
        let planned = subject.provider.plan(&write, &PlanOptions::new()).await?;
        ensure(!planned.requests().is_empty(), "the plan is empty")?;
        subject.provider.deactivate(&id).await?;
        count += 1;
        if !subject.capabilities().operations.get.kinds().contains(kind) {
            continue;
        }
        match subject.provider.get(&id).await {
            Ok(profile) => ensure(
                matches!(profile.status.value(), Some(Status::Suspended | Status::Deleted)),
                format_args!("{id} is not returned as deactivated"),
            )?,
            Err(error) => {
                ensure(
                    error.kind() == ErrorKind::NotFound,
                    format_args!("{id} cannot be read: {}", error.kind()),
                )?;
            }
        }
    }
    prove(count > 0, "the test server must have a profile that can be deactivated")?;
    Ok(())
}

async fn delete(subject: &Subject<'_>) -> Checked {
    let kinds = subject.capabilities().operations.delete.kinds();
    require(!kinds.is_empty(), "deleting is not supported")?;
    let mut count = 0;
    for kind in kinds {
        let Some(id) = victim(subject, kind).await? else { continue };
        let planned = subject.provider.plan(&Write::delete(id.clone()), &PlanOptions::new()).await?;
        ensure(!planned.requests().is_empty(), "the plan is empty")?;
        subject.provider.delete(&id).await?;
        count += 1;
        if !subject.capabilities().operations.get.kinds().contains(kind) {
            continue;
        }
        match subject.provider.get(&id).await {
            Ok(profile) => {
                ensure(profile.status.is_known_to_be(&Status::Deleted), format_args!("{id} still exists"))?;
            }
            Err(error) => {
                ensure(
                    error.kind() == ErrorKind::NotFound,
                    format_args!("{id} cannot be read: {}", error.kind()),
                )?;
            }
        }
    }
    prove(count > 0, "the test server must have a profile that can be deleted")?;
    Ok(())
}

async fn enroll(subject: &Subject<'_>) -> Checked {
    let Some(kind) = subject.capabilities().operations.enroll.kinds().first() else {
        return Err(Outcome::not_applicable("enrolling is not supported"));
    };
    let Some(id) = subject.some(kind).next().map(|profile| profile.id.clone()) else {
        return Err(Outcome::not_proven("the test server must have a profile that can be enrolled"));
    };
    let planned = subject.provider.plan(&Write::enroll(id.clone()), &PlanOptions::new()).await?;
    ensure(!planned.requests().is_empty(), "the plan is empty")?;
    let enrollment = subject.provider.enroll(&id).await?;
    let link = enrollment.url.expose();
    ensure(link.contains("://"), "the link is not a URL")?;
    ensure(!format!("{enrollment:?}").contains(link), "`Debug` shows the link")?;
    Ok(())
}
