//! Services that respond with something other than what was requested.

use std::collections::BTreeSet;

use anyprofile_core::{
    Error, ErrorKind, ExecuteOptions, Executed, Expected, FieldPath, Filter, FindKey, IdKind, ListQuery,
    PlanOptions, Profile, ProfileChange, ProfileId, ProfileProviderExt as _, Status, Verdict, Write,
    capabilities::ValueFormat,
    find::FindMethod,
    query::{FilterPart, Order, OrderField},
};

use super::{Checked, checks, disturb, ensure, paged, prove, require};
use crate::{
    report::Outcome,
    subject::{Disturbance, Subject},
};

checks! { Behaviour:
        "identity.get", "another profile's record is not returned as the requested profile",
            "Reading the wrong record leads to changing the wrong profile." => get;
        "identity.find", "a search by id or e-mail address does not return another profile",
            "Off-boarding starts with finding the right profile." => find;
        "identity.plan", "no plan is created from another profile's record",
            "A plan is written as it is shown." => plan;
        "place.get", "a 404 that is not from the service does not mean that a profile does not exist",
            "A gateway or a wrong base URL returns 404 too." => place_get;
        "place.find", "a response that is not from the service does not mean that no profile was found",
            "A gateway or a wrong base URL returns 404 too." => place_find;
        "listing.empty-pages", "an endless series of empty pages ends, and the profiles before it are returned",
            "Progress means new profiles, not new cursors." => empty_pages;
        "listing.filter-inverted", "a filter that the service inverts is still applied, or the problem is reported",
            "Services misread and rename parameters." => filter_inverted;
        "listing.filter-ignored", "a filter that the service ignores is still applied, or the problem is reported",
            "Most services ignore unknown parameters." => filter_ignored;
        "listing.order-ignored", "a wrong order hides no profile that was updated since the given time",
            "A listing may stop early only if the order is proven." => order_ignored;
        "identity.update", "an update that returns another profile's record is reported as possibly made, not as done",
            "It is unknown which profile was changed." => update;
}

/// Returns whether an error says that another profile's record was returned.
fn is_refused(error: &Error) -> bool {
    error.kind() == ErrorKind::Decode || error.is_of_another_profile()
}

async fn get(subject: &Subject<'_>) -> Checked {
    let kinds = subject.capabilities().operations.get.kinds();
    let people: Vec<_> =
        kinds.iter().filter_map(|kind| Some(subject.some(kind).nth(1)?.id.clone())).collect();
    require(!kinds.is_empty(), "profiles cannot be read by id")?;
    prove(!people.is_empty(), "the test server must have two profiles of a kind that can be read")?;
    let mut truths = Vec::new();
    for id in people {
        truths.push(subject.provider.get(&id).await?);
    }
    disturb(subject, Disturbance::AnotherRecord)?;
    for truth in truths {
        let id = &truth.id;
        match subject.provider.get(id).await {
            // The server may mix up only other kinds of profiles.
            Ok(profile) => ensure(
                is_same(&truth, &profile),
                format_args!("the response for {id} is another profile's record"),
            )?,
            Err(error) => {
                ensure(is_refused(&error), format_args!("wrong error kind: {}", error.kind()))?;
            }
        }
    }
    Ok(())
}

/// Returns whether a profile is the same as before, by id, name and e-mail address.
fn is_same(before: &Profile, now: &Profile) -> bool {
    before.id == now.id && before.name.display == now.name.display && before.email() == now.email()
}

/// Returns keys of listed profiles: an id and an e-mail address.
fn keys(subject: &Subject<'_>) -> Vec<FindKey> {
    let user = || subject.some(&IdKind::USER);
    let by_id = user().nth(1).map(|it| FindKey::NativeId(it.id.native().to_owned()));
    let by_address = user().find_map(|it| Some(FindKey::Email(it.email()?.to_owned())));
    by_id.into_iter().chain(by_address).collect()
}

async fn find(subject: &Subject<'_>) -> Checked {
    let mut truths = Vec::new();
    for key in keys(subject) {
        let found = subject.provider.find_by(&key).await?;
        truths.push((key, found));
    }
    prove(!truths.is_empty(), "the test server must have two users, or one with an e-mail address")?;
    disturb(subject, Disturbance::AnotherRecord)?;
    for (key, truth) in truths {
        match subject.provider.find_by(&key).await {
            Ok(found) => {
                let is_known = |it: &&Profile| truth.profiles.iter().any(|known| is_same(known, it));
                let others = found.profiles.iter().filter(|it| !is_known(it)).count();
                ensure(others == 0, format_args!("{others} other profiles are found by {key:?}"))?;
                let is_denied = found.is_complete && found.profiles.len() < truth.profiles.len();
                ensure(!is_denied, format_args!("the profile is not found by {key:?}"))?;
            }
            Err(error) => {
                ensure(is_refused(&error), format_args!("wrong error kind: {}", error.kind()))?;
            }
        }
    }
    Ok(())
}

/// Returns a profile that can be updated, and a change of one of its texts to a new value.
fn change(subject: &Subject<'_>) -> Checked<(ProfileId, ProfileChange)> {
    let update = &subject.capabilities().operations.update;
    require(update.is_supported(), "updating is not supported")?;
    let found = update.kinds().iter().find_map(|kind| {
        let id = subject.some(kind).nth(1)?.id.clone();
        let mut fields = subject.capabilities().fields.iter();
        let path = fields.find_map(|spec| {
            let rule = spec.write.as_ref().filter(|rule| rule.update && rule.id_kinds.contains(kind))?;
            matches!(rule.format, ValueFormat::Text { .. }).then(|| spec.path.clone())
        });
        let path = path.unwrap_or_else(|| FieldPath::metadata("conformance"));
        let change = ProfileChange::new().set(path, "Somebody Else");
        change.check(&id, subject.info(), subject.capabilities()).is_ok().then_some((id, change))
    });
    found.ok_or_else(|| {
        Outcome::not_proven("the test server must have two profiles with a text that can be changed")
    })
}

async fn plan(subject: &Subject<'_>) -> Checked {
    let (id, change) = change(subject)?;
    let write = Write::update(id, change);
    let before = subject.provider.plan(&write, &PlanOptions::new()).await?;
    disturb(subject, Disturbance::AnotherRecord)?;
    match subject.provider.plan(&write, &PlanOptions::new()).await {
        Ok(plan) => {
            let is_same = plan.differences() == before.differences() && plan.requests() == before.requests();
            ensure(is_same, format_args!("a plan is created for {:?}", plan.write()))?;
        }
        Err(error) => ensure(is_refused(&error), format_args!("wrong error kind: {}", error.kind()))?,
    }
    Ok(())
}

async fn update(subject: &Subject<'_>) -> Checked {
    let (id, change) = change(subject)?;
    let write = Write::update(id.clone(), change);
    let plan = subject.provider.plan(&write, &PlanOptions::new()).await?;
    prove(!plan.is_settled(), "the test server must have a profile with another text")?;
    disturb(subject, Disturbance::AnotherRecord)?;
    let before = subject.server.writes();
    let executed = subject.provider.execute(&plan, &ExecuteOptions::new()).await;
    let is_sent = subject.server.writes() > before;
    match executed.and_then(Executed::into_result) {
        Ok(executed) => {
            // The server may mix up only other kinds of profiles; the update is then correct.
            subject.server.calm();
            let shown = subject.provider.plan(&write, &PlanOptions::new()).await?;
            let is_of = executed.profile.is_some_and(|profile| profile.id == id);
            ensure(shown.is_settled() && is_of, "the update is reported as done, but is not")?;
        }
        Err(error) => {
            ensure(!is_sent || error.may_have_taken_effect(), "the update is reported as not made")?;
        }
    }
    Ok(())
}

async fn place_get(subject: &Subject<'_>) -> Checked {
    let Some(kind) = subject.capabilities().operations.get.kinds().first() else {
        return Err(Outcome::not_applicable("profiles cannot be read by id"));
    };
    let listed = subject.some(kind).next().map(|profile| profile.id.clone());
    let ids: Vec<_> = listed.into_iter().chain(subject.unused_id(kind)).collect();
    prove(!ids.is_empty(), "the test server must have a profile, or ids of another form")?;
    let provider = subject.another()?;
    disturb(subject, Disturbance::WrongPlace)?;
    for id in ids {
        let Err(error) = provider.get(&id).await else {
            return Err(Outcome::failed("a profile is returned"));
        };
        ensure(error.kind() != ErrorKind::NotFound, "the profile is reported as not found")?;
    }
    Ok(())
}

async fn place_find(subject: &Subject<'_>) -> Checked {
    let unused = FindKey::Email("nobody.at.all@conformance.example.com".to_owned());
    let keys: Vec<_> = keys(subject).into_iter().chain([unused]).collect();
    let provider = subject.another()?;
    disturb(subject, Disturbance::WrongPlace)?;
    for key in keys {
        match provider.find_by(&key).await {
            Ok(found) if found.method == FindMethod::Unanswerable => {}
            Ok(found) => {
                ensure(!found.is_complete, format_args!("the search by {key:?} is reported as complete"))?;
            }
            Err(error) => {
                ensure(error.kind() != ErrorKind::NotFound, "the profile is reported as not found")?;
            }
        }
    }
    Ok(())
}

/// Returns a query for small pages, one after the other, as far as the service has them.
fn small_pages(subject: &Subject<'_>) -> ListQuery {
    paged(subject, 6).unwrap_or_default().with_concurrency(1)
}

async fn empty_pages(subject: &Subject<'_>) -> Checked {
    let query = paged(subject, 6)?.with_concurrency(1);
    let provider = subject.another()?;
    disturb(subject, Disturbance::EmptyPages)?;
    let before = subject.server.requests();
    let mut listing = provider.list(query.with_max_empty_pages(5));
    let mut count = 0;
    let error = loop {
        match listing.try_next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
        // A repeated profile is not progress either.
        ensure(count <= 2 * subject.listed.len(), "the listing goes on with repeated profiles")?;
    };
    let sent = subject.server.requests() - before;
    ensure(sent < 60, format_args!("{sent} requests were sent for 5 empty pages"))?;
    ensure(count > 0, "the profiles before the empty pages are lost")?;
    let report = listing.report();
    ensure(error.is_some() || !report.is_complete(), "the report says that the listing is complete")?;
    Ok(())
}

/// Returns an exact filter that the service applies, and that matches some profiles but not all.
fn pushed_filter(subject: &Subject<'_>) -> Option<Filter> {
    let mut filters = Vec::new();
    for status in [Status::Active, Status::Suspended] {
        let mut filter = Filter::default();
        filter.status = vec![Expected::Is(status)];
        filters.push((FilterPart::Status, filter));
    }
    for is_on in [true, false] {
        let mut filter = Filter::default();
        filter.mfa = Some(Expected::Is(is_on));
        filters.push((FilterPart::Mfa, filter));
    }
    let (wanted, unwanted) = (Verdict::Yes, Verdict::No);
    filters.into_iter().find_map(|(part, filter)| {
        let query = ListQuery::new().with_filter(filter.clone());
        let is_pushed = query.filter_plan(subject.provider.capabilities()).pushed.contains(&part);
        let has =
            |verdict| subject.listed.iter().any(|it| filter.verdict(it, subject.capabilities()) == verdict);
        (is_pushed && has(wanted) && has(unwanted)).then_some(filter)
    })
}

async fn filter_inverted(subject: &Subject<'_>) -> Checked {
    misread(subject, Disturbance::FilterInverted).await
}

async fn filter_ignored(subject: &Subject<'_>) -> Checked {
    misread(subject, Disturbance::FilterIgnored).await
}

async fn misread(subject: &Subject<'_>, disturbance: Disturbance) -> Checked {
    let Some(filter) = pushed_filter(subject) else {
        let filters = &subject.capabilities().listing.filters;
        let is_sent = filters.contains(&FilterPart::Status) || filters.contains(&FilterPart::Mfa);
        require(is_sent, "no filter by status or second factor is sent to the service")?;
        return Err(Outcome::not_proven(
            "the test server must have profiles that differ in status or second factor",
        ));
    };
    let provider = subject.another()?;
    disturb(subject, disturbance)?;
    let verdict = |it: &Profile| filter.verdict(it, subject.capabilities());
    let wanted: BTreeSet<_> =
        subject.listed.iter().filter(|it| verdict(it) == Verdict::Yes).map(|it| it.id.clone()).collect();
    let mut listing = provider.list(small_pages(subject).with_filter(filter.clone()));
    let mut returned = BTreeSet::new();
    let error = loop {
        match listing.try_next().await {
            Ok(Some(profile)) => drop(returned.insert(profile.id)),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    ensure(returned.is_subset(&wanted), "a profile is returned that the filter excludes")?;
    let report = listing.report();
    let is_reported = error.is_some() || !report.is_complete() || !report.contradicted_filters.is_empty();
    ensure(
        returned == wanted || is_reported,
        format_args!(
            "{} of {} profiles are returned, and no problem is reported",
            returned.len(),
            wanted.len()
        ),
    )?;
    Ok(())
}

async fn order_ignored(subject: &Subject<'_>) -> Checked {
    let orders = &subject.capabilities().listing.orders;
    let mut times: Vec<_> =
        subject.listed.iter().filter_map(|it| it.times.updated.value().copied()).collect();
    times.sort();
    let since = times.len().checked_sub(1).and_then(|last| times.get(last * 3 / 4)).copied();
    require(orders.contains(&OrderField::Updated), "no order by the time of the update is declared")?;
    let Some(since) = since else {
        return Err(Outcome::not_proven("the test server must have profiles with the time of their update"));
    };
    let provider = subject.another()?;
    disturb(subject, Disturbance::OrderIgnored)?;
    let mut filter = Filter::default();
    filter.updated_since = Some(since);
    let wanted = subject.listed.iter().filter(|it| it.times.updated.value().is_some_and(|it| *it >= since));
    let wanted: BTreeSet<_> = wanted.map(|profile| profile.id.clone()).collect();
    let order = Order::descending(OrderField::Updated);
    let mut listing = provider.list(small_pages(subject).with_order(order).with_filter(filter));
    let mut returned = BTreeSet::new();
    while let Some(profile) = listing.try_next().await? {
        returned.insert(profile.id);
    }
    let missing = wanted.difference(&returned).count();
    ensure(
        missing == 0 || !listing.report().is_complete(),
        format_args!("{missing} of {} profiles are missing", wanted.len()),
    )?;
    Ok(())
}
