//! What a listing came to, on standard error.

use std::{collections::BTreeMap, time::Duration};

use anyprofile::{
    AccountReport, Timestamp,
    query::{FilterPart, FilterPlan},
};
use serde_json::{Value, json};

/// How far before the latest change the next listing should begin: clocks differ, and a service may show a change late.
const OVERLAP: Duration = Duration::from_secs(300);

/// Prints a line an account and one over all; `unusable` is how many accounts could not be listed at all. `may_enrich` says whether there are records that were not asked for;
/// `verbose` also names what is not known of what came.
pub(crate) fn print(
    reports: &[AccountReport],
    plans: &[FilterPlan],
    unusable: usize,
    may_enrich: bool,
    verbose: bool,
) {
    let width = reports.iter().map(|report| report.info.account.as_str().len()).max().unwrap_or(0);
    for (report, plan) in reports.iter().zip(plans) {
        for bad in &report.listing.quarantined_records {
            say!(
                "warning: {}: page {}, record {}: {}",
                report.info.account,
                bad.page,
                bad.position + 1,
                bad.reason
            );
        }
        say!("{:width$}  {}", report.info.account, line(report, plan));
    }
    for report in reports.iter().filter(|report| verbose && !report.listing.drift.is_empty()) {
        let drift = &report.listing.drift;
        let named = [
            ("fields", &drift.new_fields),
            ("words", &drift.new_words),
            ("fields of another type", &drift.changed_types),
        ];
        let named = named.iter().filter(|(_, found)| !found.is_empty());
        let named = named.map(|(what, found)| format!("{what}: {}", names(found)));
        let named = named.collect::<Vec<_>>().join("; ");
        say!("{}: the service sends what this version does not know: {named}", report.info.account);
    }
    let undetermined: u64 = reports.iter().map(|report| report.listing.undetermined).sum();
    if undetermined > 0 {
        let who = counted(undetermined, "profile was", "profiles were");
        let enrich = if may_enrich { "; --enrich reads further records, which may tell" } else { "" };
        say!("{who} left out since what the filter asks for is not known of them{enrich}");
    }
    if plans.iter().any(|plan| plan.asks_for(FilterPart::UpdatedSince))
        && let Some(time) = next_time(reports)
    {
        say!("list what is changed after this with --updated-since {time}");
    }
    let seen: u64 = reports.iter().map(|report| report.listing.seen).sum();
    let whole = reports.iter().filter(|report| report.is_complete()).count();
    let limited = reports.iter().any(|report| report.listing.limited && report.failure.is_none());
    let verdict = match (whole == reports.len() && unusable == 0, limited) {
        (true, _) => "complete",
        (false, true)
            if unusable == 0 && reports.iter().all(|report| report.is_complete() || is_limited(report)) =>
        {
            "stopped at the limit"
        }
        (false, _) => "INCOMPLETE",
    };
    let accounts = counted(reports.len() as u64, "account", "accounts");
    let others = match unusable {
        0 => String::new(),
        1 => " (1 further account could not be used)".to_owned(),
        count => format!(" ({count} further accounts could not be used)"),
    };
    say!("{} of {accounts}{others}: {verdict}", counted(seen, "profile", "profiles"));
}

/// The names of what is not known. What has none that can be shown is counted.
fn names(found: &BTreeMap<String, u64>) -> String {
    let name = |(name, times): (&String, &u64)| match name.as_str() {
        "…" => format!("others that are not shown ({})", counted(*times, "time", "times")),
        name => name.to_owned(),
    };
    found.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The same for a program.
pub(crate) fn document(reports: &[AccountReport], unusable: usize) -> Value {
    let accounts: Vec<_> = reports
        .iter()
        .map(|report| {
            let mut document = json!(report.listing);
            document["account"] = json!(report.info.account);
            document["service"] = json!(report.info.service);
            // Where no total is declared, nobody knows.
            let is_known = report.listing.declared_total.is_some();
            document["missing"] = json!(report.listing.missing().filter(|missing| is_known || *missing > 0));
            document["complete"] = json!(report.is_complete());
            document["failure"] = json!(report.failure.map(|kind| kind.to_string()));
            document
        })
        .collect();
    let is_complete = unusable == 0 && reports.iter().all(AccountReport::is_complete);
    json!({"complete": is_complete, "accounts": accounts, "unusable_accounts": unusable})
}

/// From when to list the changes the next time, over all accounts: none unless each account gives a time, or has no times.
fn next_time(reports: &[AccountReport]) -> Option<Timestamp> {
    let mut times = Vec::new();
    for report in reports {
        match report.listing.watermark() {
            Some(time) if report.failure.is_none() => times.push(time),
            None if report.is_complete() => {}
            _ => return None,
        }
    }
    times.into_iter().min().map(|time| time.saturating_sub(OVERLAP))
}

/// Whether an account's listing stopped because no more was wanted.
pub(crate) fn is_limited(report: &AccountReport) -> bool {
    report.failure.is_none() && report.listing.limited && report.listing.quarantined == 0
}

/// Which parts of the filter the service answered, and which were applied to what it sent.
fn filters(plan: &FilterPlan, misread: &[FilterPart]) -> Vec<String> {
    let words =
        |parts: &[FilterPart]| parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(" and ");
    let here =
        plan.applied.iter().copied().filter(|part| !plan.unanswerable.contains(part)).collect::<Vec<_>>();
    // What it misread was told, and answered here.
    let answered = plan.pushed.iter().copied().filter(|part| !misread.contains(part)).collect::<Vec<_>>();
    let told = [
        (&answered, "answered by the service"),
        (&here, "applied here"),
        (&plan.unanswerable, "NOT in this service's listing, so that nobody was found by it"),
    ];
    let told = told.iter().filter(|(parts, _)| !parts.is_empty());
    let mut told: Vec<_> = told.map(|(parts, what)| format!("{} {what}", words(parts))).collect();
    told.extend(
        plan.unanswerable_in
            .iter()
            .map(|gap| format!("{} NOT in the list of {}", gap.part.as_str(), gap.collection)),
    );
    told
}

fn line(report: &AccountReport, plan: &FilterPlan) -> String {
    let listing = &report.listing;
    // With a filter that is applied here, what the service declares is to be compared with what it sent.
    let seen = if listing.received == listing.seen {
        format!("{} seen", listing.seen)
    } else {
        format!("{} seen, {} received", listing.seen, listing.received)
    };
    let declared = match listing.declared_total {
        Some(total) => format!("{seen} of {total} declared"),
        None => format!("{seen}, no total declared"),
    };
    let requests = if listing.requests == listing.pages {
        String::new()
    } else {
        format!(" by {}", counted(listing.requests, "request", "requests"))
    };
    // Of more profiles than can be remembered.
    let unchecked = if listing.duplicates_unchecked { " (NOT ALL COMPARED)" } else { "" };
    let mut parts = vec![format!(
        "{declared}, {}{unchecked}, {} quarantined, {}{requests}, {}, waited {}",
        counted(listing.duplicates, "duplicate", "duplicates"),
        listing.quarantined,
        counted(listing.pages, "page", "pages"),
        counted(listing.retries(), "retry", "retries"),
        seconds(listing.waited),
    )];
    if listing.is_cut_at_unchanged() {
        parts.push("what is unchanged was not read".to_owned());
    }
    let not_offered = listing.collections.iter().filter(|it| it.is_not_offered);
    let not_offered = not_offered.filter_map(|it| it.collection.as_ref());
    parts.extend(not_offered.map(|it| format!("no {it}: the service does not have this list")));
    if listing.empty_pages > 0 {
        parts.push(format!("{} that led on", counted(listing.empty_pages, "EMPTY PAGE", "EMPTY PAGES")));
    }
    if listing.stopped_at_empty_pages {
        parts.push("STOPPED since page after page brought nobody".to_owned());
    }
    let words = |parts: &[FilterPart]| flags(parts.iter().map(|part| part.as_str()));
    if !listing.misread_filters.is_empty() {
        parts.push(misread(&words(&listing.misread_filters)));
    }
    if !listing.contradicted_filters.is_empty() {
        parts.push(contradicted(&words(&listing.contradicted_filters)));
    }
    if listing.changed_while_read {
        parts.push(CHANGED_WHILE_READ.to_owned());
    } else if listing.not_at_one_moment {
        parts.push(NOT_AT_ONE_MOMENT.to_owned());
    }
    if listing.end_unproven {
        parts.push(END_UNPROVEN.to_owned());
    }
    if listing.partial > 0 {
        parts.push(format!("{} WITHOUT a record that may not be seen or cannot be read", listing.partial));
    }
    if listing.undetermined > 0 {
        parts.push(format!("{} LEFT OUT since the filter's field is not known", listing.undetermined));
    }
    match (report.failure, listing.missing()) {
        (Some(kind), _) => parts.push(format!("FAILED ({kind})")),
        (None, Some(missing @ 1..)) => parts.push(format!("{missing} MISSING")),
        (None, _) if listing.limited => parts.push("stopped at the limit".to_owned()),
        (None, _) => {}
    }
    let filters = filters(plan, &listing.misread_filters);
    let filters = if filters.is_empty() { String::new() } else { format!("; {}", filters.join("; ")) };
    parts.join(", ") + &filters
}

/// What is said of a list that kept changing while it was read.
pub(crate) const CHANGED_WHILE_READ: &str =
    "the list CHANGED while it was read, and again the second time: somebody may be missing";

/// What is said of a list whose end nothing proves.
pub(crate) const END_UNPROVEN: &str = "the END IS NOT PROVEN: somebody may be missing";

/// What is said of a list of which nobody can tell whether it stayed as it was.
pub(crate) const NOT_AT_ONE_MOMENT: &str = "not taken at one moment";

/// The options of the command that parts of a filter come from.
pub(crate) fn flags<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let flag = |part| {
        if part == FilterPart::Condition.as_str() {
            "--where".to_owned()
        } else {
            format!("--{}", str::replace(part, "_", "-"))
        }
    };
    parts.map(flag).collect::<Vec<_>>().join(" and ")
}

/// What is said where the service's first page showed that it takes a filter for another one.
pub(crate) fn misread(flags: &str) -> String {
    format!("the service misread {flags}: everybody was asked for, and it was applied here")
}

/// What is said where that showed too late.
pub(crate) fn contradicted(flags: &str) -> String {
    format!("the service misread {flags} on a later page: it may have LEFT OUT somebody")
}

/// A number with its noun.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_filter_are_named_as_they_are_asked_for() {
        let parts = [FilterPart::Status, FilterPart::UpdatedSince, FilterPart::Condition];
        let flags = flags(parts.iter().map(|part| part.as_str()));
        assert_eq!(flags, "--status and --updated-since and --where");
    }

    #[test]
    fn what_is_not_known_is_named_where_it_has_a_name_to_show() {
        let found = [("new_field", 3), ("…", 150)].map(|(name, times)| (name.to_owned(), times)).into();
        assert_eq!(names(&found), "new_field, others that are not shown (150 times)");
    }
}
