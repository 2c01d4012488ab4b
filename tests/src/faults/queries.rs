//! What listings of some profiles, or in an order, make of faults.

use std::{fmt::Write as _, io, sync::Arc};

use anyprofile::{
    Expected, Filter, ListQuery, Profile, ProfileProviderExt as _, Status, Timestamp,
    query::{Order, OrderField},
};
use anyprofile_sandbox::NamedFault;
use futures_util::TryStreamExt as _;

use super::{
    listing::{Outcome, PAGE_SIZE, Wanted, listed},
    scene::{SERVICES, Scene, Setting, failed},
};

/// The faults that are tried with queries, beside none: those of queries, and those that take somebody or something away.
pub const OF_QUERIES: [&str; 11] = [
    "order-ignored",
    "filter-ignored",
    "filter-ignored-later",
    "filter-inverted",
    "flags-as-text",
    "status-503-once",
    "empty-page-once",
    "record-left-out-once",
    "pages-empty-for-ever",
    "numbers-as-text",
    "person-swapped",
];

/// A query, and who is wanted by it: decided here, and not by the filter that is tested.
struct Case {
    name: &'static str,
    /// None where there is nobody to ask for so.
    query: fn(&[Profile]) -> Option<ListQuery>,
    is_wanted: fn(&Profile, &[Profile]) -> bool,
}

fn filtered(set: impl FnOnce(&mut Filter)) -> Option<ListQuery> {
    let mut filter = Filter::default();
    set(&mut filter);
    (!filter.is_empty()).then(|| ListQuery::new().with_filter(filter))
}

/// The time after which a fourth of all was changed.
fn recently(all: &[Profile]) -> Option<Timestamp> {
    let mut times: Vec<_> = all.iter().filter_map(|profile| profile.times.updated.value().copied()).collect();
    times.sort();
    times.get(times.len() * 3 / 4).copied()
}

fn somebody(all: &[Profile]) -> Option<String> {
    all.iter().filter_map(Profile::email).nth(3).map(str::to_owned)
}

const CASES: [Case; 7] = [
    Case {
        name: "changed since",
        query: |all| filtered(|filter| filter.updated_since = recently(all)),
        is_wanted: |profile, all| profile.times.updated.value().copied() >= recently(all),
    },
    Case {
        name: "active",
        query: |_| filtered(|filter| filter.status = vec![Expected::Is(Status::Active)]),
        is_wanted: |profile, _| profile.status.is_known_to_be(&Status::Active),
    },
    Case {
        name: "suspended",
        query: |_| filtered(|filter| filter.status = vec![Expected::Is(Status::Suspended)]),
        is_wanted: |profile, _| profile.status.is_known_to_be(&Status::Suspended),
    },
    Case {
        name: "with a second factor",
        query: |_| filtered(|filter| filter.mfa = Some(Expected::Is(true))),
        is_wanted: |profile, _| profile.security.mfa_enabled.is_known_to_be(&true),
    },
    Case {
        name: "without a second factor",
        query: |_| filtered(|filter| filter.mfa = Some(Expected::Is(false))),
        is_wanted: |profile, _| profile.security.mfa_enabled.is_known_to_be(&false),
    },
    Case {
        name: "by address",
        query: |all| filtered(|filter| filter.email = somebody(all)),
        is_wanted: |profile, all| profile.email().map(str::to_owned) == somebody(all),
    },
    Case {
        name: "oldest first",
        query: |_| Some(ListQuery::new().with_order(Order::ascending(OrderField::Created))),
        is_wanted: |_, _| true,
    },
];

/// What a query made of a fault at each service.
#[derive(Clone, Debug)]
pub struct Row {
    /// The query.
    pub query: &'static str,
    /// The fault; none for what is without one.
    pub fault: Option<&'static str>,
    /// What came of it; `None` where the service does not take the query, or the fault changes nothing of it.
    pub outcomes: Vec<Option<Outcome>>,
}

/// Every query with every one of these faults, and without.
///
/// # Errors
/// If no sandbox can be had.
pub async fn matrix() -> io::Result<Vec<Row>> {
    let faults = NamedFault::all().filter(|fault| OF_QUERIES.contains(&fault.name)).map(Some);
    let faults: Vec<_> = std::iter::once(None).chain(faults).collect();
    let mut rows = Vec::new();
    for case in &CASES {
        for fault in &faults {
            let mut outcomes = Vec::new();
            for service in SERVICES {
                outcomes.push(outcome(service, case, *fault).await?);
            }
            if outcomes.iter().any(Option::is_some) {
                rows.push(Row { query: case.name, fault: fault.map(|fault| fault.name), outcomes });
            }
        }
    }
    Ok(rows)
}

async fn outcome(
    service: &'static str,
    case: &Case,
    fault: Option<&NamedFault>,
) -> io::Result<Option<Outcome>> {
    let scene = Scene::new(Setting { is_generally_available: true, ..Setting::of(service) }).await?;
    let all: Vec<Profile> = scene.provider.list(ListQuery::new()).try_collect().await.map_err(failed)?;
    let Some(query) = (case.query)(&all) else { return Ok(None) };
    let query = query.with_page_size(PAGE_SIZE);
    let wanted = all.iter().filter(|profile| (case.is_wanted)(profile, &all));
    let wanted: Wanted = wanted.map(|profile| profile.id.to_string()).collect();
    let plan = query.filter_plan(scene.provider.capabilities());
    if query.check(scene.provider.info(), scene.provider.capabilities()).is_err()
        || !plan.unanswerable.is_empty()
    {
        return Ok(None);
    }
    let before = all.iter().map(|profile| profile.id.to_string()).collect();
    if let Some(fault) = fault {
        let Some(fault) = fault.of(service) else { return Ok(None) };
        scene.sandbox.add_fault(fault);
    }
    let outcome = listed(&scene, Arc::clone(&scene.provider), query, &before, Some(&wanted)).await?;
    // What was not asked for is not misread, and a list of one page has no second one.
    let is_touched = fault.is_none() || outcome.strikes.iter().any(|strikes| *strikes > 0);
    Ok(is_touched.then_some(outcome))
}

/// The table of these rows.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text =
        format!("| query | fault | {} |\n|---|---{}|\n", SERVICES.join(" | "), "|---".repeat(SERVICES.len()));
    for Row { query, fault, outcomes } in rows {
        let fault = fault.map_or_else(|| "none".to_owned(), |fault| format!("`{fault}`"));
        let cells =
            outcomes.iter().map(|outcome| outcome.as_ref().map_or_else(|| "–".to_owned(), Outcome::cell));
        let _ = writeln!(text, "| {query} | {fault} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    text
}
