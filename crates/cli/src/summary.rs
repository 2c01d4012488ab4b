//! What a listing came to, on standard error.

use std::time::Duration;

use anyprofile::{AccountReport, FilterPart, FilterPlan};

/// Prints a line an account and one over all.
pub(crate) fn print(reports: &[AccountReport], plans: &[FilterPlan]) {
    let width = reports.iter().map(|report| report.info.account.as_str().len()).max().unwrap_or(0);
    for (report, plan) in reports.iter().zip(plans) {
        say!("{:width$}  {}{}", report.info.account, line(report, plan), filters(plan));
    }
    let seen: u64 = reports.iter().map(|report| report.listing.seen).sum();
    let whole = reports.iter().filter(|report| report.is_complete()).count();
    let limited = reports.iter().any(|report| report.listing.limited && report.failure.is_none());
    let verdict = match (whole == reports.len(), limited) {
        (true, _) => "complete",
        (false, true) if reports.iter().all(|report| report.is_complete() || is_limited(report)) => {
            "stopped at the limit"
        }
        (false, _) => "INCOMPLETE",
    };
    let accounts = counted(reports.len() as u64, "account", "accounts");
    say!("{} of {accounts}: {verdict}", counted(seen, "profile", "profiles"));
}

/// Whether an account's listing stopped because no more was wanted.
pub(crate) fn is_limited(report: &AccountReport) -> bool {
    report.failure.is_none() && report.listing.limited && report.listing.quarantined == 0
}

/// Which parts of the filter the service answered, and which were applied to what it sent.
fn filters(plan: &FilterPlan) -> String {
    let words =
        |parts: &[FilterPart]| parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(" and ");
    let here =
        plan.applied.iter().copied().filter(|part| !plan.unanswerable.contains(part)).collect::<Vec<_>>();
    let told = [
        (&plan.pushed, "answered by the service"),
        (&here, "applied here"),
        (&plan.unanswerable, "NOT in this service's listing, so that nobody was found by it"),
    ];
    let told = told.iter().filter(|(parts, _)| !parts.is_empty());
    told.fold(String::new(), |text, (parts, what)| text + "; " + &words(parts) + " " + what)
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
    let line = format!(
        "{declared}, {}, {} quarantined, {}, {}, waited {}",
        counted(listing.duplicates, "duplicate", "duplicates"),
        listing.quarantined,
        counted(listing.pages, "page", "pages"),
        counted(listing.retries(), "retry", "retries"),
        seconds(listing.waited),
    );
    let line = match listing.latest_change {
        Some(time) if listing.is_cut_at_unchanged() => {
            line + &format!(", latest change {time}, unchanged not read")
        }
        Some(time) if plan.asks_for(FilterPart::UpdatedSince) => line + &format!(", latest change {time}"),
        _ => line,
    };
    let not_offered = listing.collections.iter().filter(|it| it.is_not_offered);
    let line = not_offered.filter_map(|it| it.collection.as_ref()).fold(line, |line, collection| {
        line + &format!(", no {collection}: the service does not have this list")
    });
    let line = match listing.withheld {
        0 => line,
        withheld => line + &format!(", {withheld} with a record that this credential may not see"),
    };
    let line = match listing.undated {
        0 => line,
        undated => line + &format!(", {undated} LEFT OUT since their time is not known"),
    };
    let verdict = match (report.failure, listing.missing()) {
        (Some(kind), _) => format!(", FAILED ({kind})"),
        (None, Some(missing @ 1..)) => format!(", {missing} MISSING"),
        (None, _) if listing.limited => ", stopped at the limit".to_owned(),
        (None, _) => String::new(),
    };
    line + &verdict
}

/// A number with its noun.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
