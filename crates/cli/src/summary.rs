//! The summary of a listing, on standard error.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use anyprofile::{
    AccountReport, Capabilities, FieldPath, ListQuery, Timestamp,
    query::{FilterPart, FilterPlan},
};
use serde_json::{Value, json};

/// How long before the latest change the next listing should start. Clocks differ, and a service may show a change
/// late.
const OVERLAP: Duration = Duration::from_secs(300);

/// What there is to say about an account's listing, whatever came.
pub(crate) struct ListingNotes {
    plan: FilterPlan,
    /// The fields that are in further records.
    only_enriched: Vec<FieldPath>,
    /// What is not listed at all.
    hides: Vec<Cow<'static, str>>,
}

impl ListingNotes {
    pub(crate) fn of(query: &ListQuery, capabilities: &Capabilities) -> Self {
        Self {
            plan: query.filter_plan(capabilities),
            only_enriched: capabilities.only_enriched(query),
            hides: capabilities.listing_of(query).hides.clone(),
        }
    }
}

/// Prints one line for each account and one for all of them.
///
/// `notes` are those of each report's account. `unusable` is the number of accounts that could not be listed at all.
/// `may_enrich` says whether further records exist that were not read. `verbose` also prints the unknown fields and values
/// that were received.
pub(crate) fn print(
    reports: &[AccountReport],
    notes: &[ListingNotes],
    unusable: usize,
    may_enrich: bool,
    asked_since: Option<Timestamp>,
    verbose: bool,
) {
    let width = reports.iter().map(|report| report.info.account.as_str().len()).max().unwrap_or(0);
    for (report, notes) in reports.iter().zip(notes) {
        let plan = &notes.plan;
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
        for warning in warnings(report) {
            say!("warning: {}: {warning}", report.info.account);
        }
        if !notes.only_enriched.is_empty() {
            say!("{}: only --enrich reads {}", report.info.account, some_of(&notes.only_enriched));
        }
        for hidden in &notes.hides {
            say!("{}: not listed: {hidden}", report.info.account);
        }
        if let Some(caveat) = &plan.updated_caveat {
            say!("warning: {}: --updated-since may miss changes: {caveat}", report.info.account);
        }
    }
    for report in reports.iter().filter(|report| verbose && !report.listing.drift.is_empty()) {
        let drift = &report.listing.drift;
        let named = [
            ("fields", &drift.new_fields),
            ("values", &drift.new_words),
            ("fields of another type", &drift.changed_types),
        ];
        let named = named.iter().filter(|(_, found)| !found.is_empty());
        let named = named.map(|(what, found)| format!("{what}: {}", names(found)));
        let named = named.collect::<Vec<_>>().join("; ");
        say!("{}: the service sent data that this version does not know: {named}", report.info.account);
    }
    let undetermined: u64 = reports.iter().map(|report| report.listing.undetermined).sum();
    if undetermined > 0 {
        let who = counted(undetermined, "profile was", "profiles were");
        let enrich = if may_enrich { "; --enrich reads more records, which may contain it" } else { "" };
        say!("{who} left out, because a filtered field is not known{enrich}");
    }
    if notes.iter().any(|notes| notes.plan.asks_for(FilterPart::UpdatedSince))
        && let Some(time) = next_time(reports)
    {
        // Nobody has to go back behind what was asked for.
        let time = asked_since.map_or(time, |asked| time.max(asked));
        say!("next time, list only changes with --updated-since {time}");
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
        (false, _) => "incomplete",
    };
    let accounts = counted(reports.len() as u64, "account", "accounts");
    let others = match unusable {
        0 => String::new(),
        1 => " (1 further account could not be used)".to_owned(),
        count => format!(" ({count} further accounts could not be used)"),
    };
    say!("{} of {accounts}{others}: {verdict}", counted(seen, "profile", "profiles"));
}

/// Returns the first of several fields, and the number of the others.
fn some_of(fields: &[FieldPath]) -> String {
    const MOST: usize = 6;
    let named: Vec<_> = fields.iter().take(MOST).map(FieldPath::as_str).collect();
    match fields.len().saturating_sub(MOST) {
        0 => named.join(", "),
        1 => format!("{} and one more field", named.join(", ")),
        more => format!("{} and {more} more fields", named.join(", ")),
    }
}

/// Returns the names of what is not known. Names that cannot be shown are counted.
fn names(found: &BTreeMap<String, u64>) -> String {
    let name = |(name, times): (&String, &u64)| match name.as_str() {
        "…" => format!("others that cannot be shown ({})", counted(*times, "time", "times")),
        name => name.to_owned(),
    };
    found.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Returns the summary as a document for programs.
pub(crate) fn document(reports: &[AccountReport], unusable: usize) -> Value {
    let accounts: Vec<_> = reports
        .iter()
        .map(|report| {
            let mut document = json!(report.listing);
            document["account"] = json!(report.info.account);
            document["service"] = json!(report.info.service);
            // Without a declared total, zero missing profiles would be a guess.
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

/// Returns the time from which to list the next changes, over all accounts. Returns `None` unless each account has
/// such a time or has no times at all.
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

/// Returns whether an account's listing stopped only because of the limit.
pub(crate) fn is_limited(report: &AccountReport) -> bool {
    report.failure.is_none() && report.listing.limited && report.listing.quarantined == 0
}

/// Describes which parts of the filter the service applied, and which were applied locally.
fn filters(plan: &FilterPlan, misread: &[FilterPart]) -> Vec<String> {
    let words =
        |parts: &[FilterPart]| parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(" and ");
    let is_both = |part: &FilterPart| plan.pushed.contains(part) && plan.applied.contains(part);
    let parts = |of: &[FilterPart], but: &dyn Fn(&FilterPart) -> bool| -> Vec<_> {
        of.iter().copied().filter(|part| !but(part)).collect()
    };
    let here = parts(&plan.applied, &|part| plan.unanswerable.contains(part) || is_both(part));
    // A filter that the service misread was applied locally.
    let pushed = parts(&plan.pushed, &|part| misread.contains(part) || is_both(part));
    let both = parts(&plan.pushed, &|part| misread.contains(part) || !is_both(part));
    let described = [
        (&pushed, "applied by the service, which does not count profiles without a value"),
        (&both, "applied by the service where it does that, and locally"),
        (&here, "applied locally"),
        (&plan.unanswerable, "can never match in this listing"),
    ];
    let described = described.iter().filter(|(parts, _)| !parts.is_empty());
    let mut described: Vec<_> = described.map(|(parts, what)| format!("{} {what}", words(parts))).collect();
    described.extend(
        plan.unanswerable_in
            .iter()
            .map(|gap| format!("{} can never match in the list of {}", gap.part.as_str(), gap.collection)),
    );
    described
}

fn line(report: &AccountReport, plan: &FilterPlan) -> String {
    let listing = &report.listing;
    // With a locally applied filter, the declared total is compared with the number received.
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
        format!(" in {}", counted(listing.requests, "request", "requests"))
    };
    let mut parts = vec![format!(
        "{declared}, {}, {} quarantined, {}{requests}, {}, waited {}",
        counted(listing.duplicates, "duplicate", "duplicates"),
        listing.quarantined,
        counted(listing.pages, "page", "pages"),
        counted(listing.retries(), "retry", "retries"),
        seconds(listing.waited),
    )];
    if listing.is_cut_at_unchanged() {
        parts.push("unchanged profiles were not read".to_owned());
    }
    let not_offered = listing.collections.iter().filter(|it| it.is_not_offered);
    let not_offered = not_offered.filter_map(|it| it.collection.as_ref());
    parts.extend(not_offered.map(|it| format!("no {it}: the service does not have this list")));
    if listing.empty_pages > 0 {
        parts.push(format!("{} before the end", counted(listing.empty_pages, "empty page", "empty pages")));
    }
    if listing.not_at_one_moment && !listing.changed_while_read {
        parts.push(NOT_AT_ONE_MOMENT.to_owned());
    }
    if listing.undetermined > 0 {
        parts.push(format!("{} left out because a filtered field is not known", listing.undetermined));
    }
    match (report.failure, listing.missing()) {
        (Some(kind), _) => parts.push(format!("failed ({kind})")),
        (None, Some(missing @ 1..)) => parts.push(format!("{missing} missing")),
        (None, _) if listing.limited => parts.push("stopped at the limit".to_owned()),
        (None, _) => {}
    }
    let filters = filters(plan, &listing.misread_filters);
    let filters = if filters.is_empty() { String::new() } else { format!("; {}", filters.join("; ")) };
    parts.join(", ") + &filters
}

/// Returns what a reader of the listing must know, one sentence each.
fn warnings(report: &AccountReport) -> Vec<String> {
    let listing = &report.listing;
    let mut warnings = Vec::new();
    if listing.duplicates_unchecked {
        warnings.push(DUPLICATES_UNCHECKED.to_owned());
    }
    if listing.stopped_at_empty_pages {
        warnings.push("stopped after too many pages without a new profile (--max-empty-pages)".to_owned());
    }
    let words = |parts: &[FilterPart]| flags(parts.iter().map(|part| part.as_str()));
    if !listing.misread_filters.is_empty() {
        warnings.push(misread(&words(&listing.misread_filters)));
    }
    if !listing.contradicted_filters.is_empty() {
        warnings.push(contradicted(&words(&listing.contradicted_filters)));
    }
    if listing.changed_while_read {
        warnings.push(CHANGED_WHILE_READ.to_owned());
    }
    if listing.end_unproven {
        warnings.push(END_UNPROVEN.to_owned());
    }
    if listing.partial > 0 {
        warnings.push(partial(listing.partial));
    }
    warnings
}

/// The warning about more profiles than can be compared.
pub(crate) const DUPLICATES_UNCHECKED: &str =
    "there are too many profiles to compare all of them: some duplicates may not be counted";

/// The warning about a list that kept changing.
pub(crate) const CHANGED_WHILE_READ: &str =
    "the list changed while it was read, also on the second try: profiles may be missing";

/// The warning about a list whose end is not proven.
pub(crate) const END_UNPROVEN: &str =
    "the service does not prove that the list is complete: profiles may be missing";

/// What the summary says of a list that may have changed while it was read.
pub(crate) const NOT_AT_ONE_MOMENT: &str = "not a snapshot of one moment";

/// Returns the command's options for parts of a filter.
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

/// Returns the warning about a filter that the service misread, as its first page showed.
pub(crate) fn misread(flags: &str) -> String {
    format!("the service misread {flags}: all profiles were requested, and the filter was applied locally")
}

/// Returns the warning about a filter that the service misread, as a later page showed.
pub(crate) fn contradicted(flags: &str) -> String {
    format!("the service misread {flags} on a later page: profiles may be missing")
}

/// Returns the warning about profiles that lack a record.
pub(crate) fn partial(profiles: u64) -> String {
    let profiles = counted(profiles, "profile lacks", "profiles lack");
    format!("{profiles} a record that this credential may not see or that could not be read")
}

/// Returns a number with its noun.
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
        assert_eq!(names(&found), "new_field, others that cannot be shown (150 times)");
    }
}
