//! What a listing makes of faults, and what must never come of it.

use std::{collections::BTreeSet, fmt::Write as _, io, sync::Arc, time::Duration};

use anyprofile::{
    Error, ErrorKind, ListQuery, ProfileProvider, ProfileProviderExt as _, listing::ListReport,
};
use anyprofile_sandbox::{Fault, NamedFault, Scene as Shown};

use super::{
    liar::{Liar, Lie},
    scene::{SERVICES, Scene, Setting},
};

/// Profiles on a page.
pub(super) const PAGE_SIZE: u32 = 10;

/// Longer than any of these listings may take, in seconds: an operation has five minutes.
const LONGEST: u64 = 310;

/// Faults that take records away without a sign.
///
/// Who asks behind the records that came does not get the one that another one came in place of.
const LOSES_RECORDS: [&str; 6] = [
    "empty-page-once",
    "record-left-out-once",
    "record-twice",
    "records-null",
    "pages-empty-for-ever",
    "list-cut",
];

/// Faults after which the number that the service declares says nothing of how many there are.
const HIDES_TOTAL: [&str; 5] =
    ["total-shrinking", "total-lying", "total-of-the-page", "numbers-negative", "list-cut"];

/// Faults that are no reason to lack anybody, or to call the listing incomplete.
pub const COSTS_NOBODY: [&str; 32] = [
    "refused-once",
    "closed-before-headers-once",
    "reset-mid-body-once",
    "stalled-before-headers-once",
    "status-503-once",
    "status-507-once",
    "status-520-once",
    "status-599-once",
    "retry-after-absurd-once",
    "clock-skew",
    "wrong-content-type",
    "byte-order-mark",
    "unknown-word",
    "unknown-fields",
    "changed-type",
    "number-out-of-range",
    "lone-surrogate",
    "lone-surrogate-unknown",
    "lone-surrogate-in-a-key",
    "nested-arrays",
    "rate-limit-reset-in-milliseconds",
    "rate-limit-reset-in-nanoseconds",
    "rate-limit-of-none",
    "numbers-as-text",
    "numbers-as-floats",
    "records-by-number",
    "lifetime-as-text",
    "json-as-html",
    "x-gzip",
    "opaque-cursor",
    "page-shorter-than-asked",
    "page-size-echoed",
];

/// Faults that show only where a list with cursors is read from one end.
const AT_ONE_END: [&str; 1] = ["pages-empty-behind-the-last"];

const NOT_AT_ONE_MOMENT: &str = "not at one moment";

/// Faults that make a listing wait, and how long at most, in seconds: advice that makes no sense is none.
const WAITS_AT_MOST: [(&str, u64); 3] = [
    ("rate-limit-reset-in-milliseconds", 5),
    ("rate-limit-reset-in-nanoseconds", 5),
    ("rate-limit-of-none", 5),
];

/// Whether somebody who lacks while these faults are in force can be missed at all.
pub(crate) fn could_be_known(faults: &[&str], declares_total: bool) -> bool {
    let is = |names: &[&str]| faults.iter().any(|fault| names.contains(fault));
    !is(&LOSES_RECORDS) || (declares_total && !is(&HIDES_TOTAL))
}

/// How a listing ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The service.
    pub service: &'static str,
    /// How it ended: the error, if it was one.
    pub error: Option<Error>,
    /// Whether the report calls it complete.
    pub is_complete: bool,
    /// What the report says is lacking or wrong.
    pub told: Vec<String>,
    /// How many different profiles came.
    pub delivered: usize,
    /// How many are there all the time, and are wanted.
    pub expected: usize,
    /// How many of those did not come.
    pub missing: usize,
    /// Whether only some were wanted.
    pub is_filtered: bool,
    /// Whether somebody came who is not there or not wanted, or came twice and it is not told.
    pub is_wrong: bool,
    /// Whether the service's words, as they are kept, show a credential.
    pub shows_credential: bool,
    /// How often each fault made a difference.
    pub strikes: Vec<u64>,
    /// Requests that were sent, tokens included; none where it is by chance how many are on their way at once.
    pub requests: Option<usize>,
    /// How long it took, by the clock of the runtime.
    pub took: Duration,
}

impl Outcome {
    /// What must never be, if it is so: a gap that is not told, somebody who is not there, a run that does not end, a fault
    /// that was scheduled and did not strike.
    pub fn violation(&self, faults: &[&str], declares_total: bool) -> Option<String> {
        // Nobody can tell whether somebody moved, and that is said.
        let is_told =
            faults.contains(&"person-swapped") && self.told.iter().any(|it| it == NOT_AT_ONE_MOMENT);
        if self.is_complete && self.missing > 0 && !is_told && could_be_known(faults, declares_total) {
            return Some(format!("called complete, and {} of {} lack", self.missing, self.expected));
        }
        if self.is_wrong {
            return Some("somebody came who is not there, or twice without a word".to_owned());
        }
        if self.error.is_none() && !self.is_complete && self.told.is_empty() {
            return Some("incomplete, and nothing says why".to_owned());
        }
        if self.took > Duration::from_secs(LONGEST) {
            return Some(format!("took {} s", self.took.as_secs()));
        }
        let is_waiting = |(fault, most): &&(&str, u64)| faults == [*fault] && self.took.as_secs() > *most;
        if let Some((_, most)) = WAITS_AT_MOST.iter().find(is_waiting) {
            return Some(format!("waited {} s, and {most} s would do", self.took.as_secs()));
        }
        // A defect of ours, not of the service.
        if self.error.as_ref().is_some_and(|error| error.kind() == ErrorKind::Internal) {
            return Some("an internal error".to_owned());
        }
        if self.shows_credential {
            return Some("the service's words show the credential".to_owned());
        }
        // What the filter asks for may not be known of some, who are left out and told of.
        let is_whole = self.error.is_none() && self.missing == 0 && (self.is_complete || self.is_filtered);
        if faults.iter().all(|fault| COSTS_NOBODY.contains(fault)) && !is_whole {
            return Some("not everybody came, and the fault is no reason for it".to_owned());
        }
        // Of several the first may keep the others from happening.
        let has_struck = self.strikes.iter().any(|strikes| *strikes > 0);
        (!self.strikes.is_empty() && !has_struck).then(|| "no fault struck".to_owned())
    }

    /// In a cell of a table.
    pub fn cell(&self) -> String {
        let mut cell = match &self.error {
            None if self.is_complete && self.missing == 0 => "all".to_owned(),
            None if self.is_complete => "all that the service tells of".to_owned(),
            None => format!("**{}**", self.told.join(", ")),
            Some(error) => format!("**{}**", error.kind()),
        };
        let _ = write!(cell, "; {} of {}", self.delivered, self.expected);
        if self.is_complete && !self.told.is_empty() {
            let _ = write!(cell, ", {}", self.told.join(", "));
        }
        if let Some(requests) = self.requests {
            let _ = write!(cell, "; {requests} requests, {} s", self.took.as_secs());
        }
        cell
    }
}

/// What the report says that is lacking, wrong, or otherwise than it was asked for.
pub(crate) fn told(report: &ListReport) -> Vec<String> {
    let mut told = Vec::new();
    let mut count = |number: u64, what: &str| {
        if number > 0 {
            told.push(format!("{number} {what}"));
        }
    };
    count(report.quarantined, "quarantined");
    count(report.missing().unwrap_or_default(), "missing");
    count(report.undetermined, "not known");
    count(
        report.empty_pages,
        if report.empty_pages == 1 { "empty page led on" } else { "empty pages led on" },
    );
    count(report.duplicates, "twice");
    let parts = |parts: &[anyprofile::query::FilterPart]| {
        parts.iter().map(|part| format!("{part:?}").to_lowercase()).collect::<Vec<_>>().join(", ")
    };
    if !report.misread_filters.is_empty() {
        told.push(format!("filter misread, applied here: {}", parts(&report.misread_filters)));
    }
    if !report.contradicted_filters.is_empty() {
        told.push(format!("filter contradicted: {}", parts(&report.contradicted_filters)));
    }
    for (is_so, what) in [
        (report.stopped_at_empty_pages, "stopped at empty pages"),
        (report.not_at_one_moment, NOT_AT_ONE_MOMENT),
        (report.changed_while_read, "changed while read"),
        (report.end_unproven, "end not proven"),
    ] {
        if is_so {
            told.push(what.to_owned());
        }
    }
    told
}

/// Who is wanted, of all that a scene has.
pub(super) type Wanted = BTreeSet<String>;

/// Runs a listing in a scene, and compares it with who was there before, and of those with who is wanted; none for everybody.
/// The faults are out of force then.
///
/// # Errors
/// If the scene cannot be looked at without faults.
pub(super) async fn listed(
    scene: &Scene,
    provider: Arc<dyn ProfileProvider>,
    query: ListQuery,
    before: &BTreeSet<String>,
    wanted: Option<&Wanted>,
) -> io::Result<Outcome> {
    let sent = scene.sandbox.requests().len();
    let began = tokio::time::Instant::now();
    let mut delivered = BTreeSet::new();
    let mut twice = 0;
    let mut profiles = provider.list(query);
    let error = loop {
        match profiles.try_next().await {
            Ok(Some(profile)) => twice += u64::from(!delivered.insert(profile.id.to_string())),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let took = began.elapsed();
    let report = profiles.report();
    let requests = scene.sandbox.requests().len() - sent;
    let requests = (!scene.setting.is_connected).then_some(requests);
    let strikes = scene.sandbox.strikes();
    scene.sandbox.clear_faults();
    let after = scene.ids().await?;
    let there: BTreeSet<_> = before.union(&after).cloned().collect();
    let stayed = before.intersection(&after).filter(|id| wanted.is_none_or(|wanted| wanted.contains(*id)));
    let expected: BTreeSet<_> = stayed.cloned().collect();
    // Whether somebody new is wanted, nobody decided.
    let is_wanted = |id: &String| !before.contains(id) || wanted.is_none_or(|wanted| wanted.contains(id));
    let may_come = |id: &String| there.contains(id) && is_wanted(id);
    // Who came twice and is not wanted is counted, and not delivered.
    let is_untold = twice > report.duplicates || (wanted.is_none() && twice < report.duplicates);
    let words = error.as_ref().map(|error| {
        let fields = error.field_errors().values().flatten().map(String::as_str);
        fields.chain(error.service_message()).collect::<Vec<_>>().join(" ")
    });
    Ok(Outcome {
        service: scene.setting.service,
        is_complete: report.is_complete(),
        told: told(&report),
        delivered: delivered.len(),
        expected: expected.len(),
        is_filtered: wanted.is_some(),
        missing: expected.difference(&delivered).count(),
        is_wrong: !delivered.iter().all(may_come) || is_untold,
        shows_credential: words.is_some_and(|words| scene.shows_credential(&words)),
        error,
        strikes,
        requests,
        took,
    })
}

/// What a listing of everybody makes of faults that are in force at once; none where one cannot befall the service.
///
/// # Errors
/// If no sandbox can be had.
pub async fn listing(service: &'static str, faults: &[&NamedFault]) -> io::Result<Option<Outcome>> {
    let is_connected = faults.iter().any(|fault| fault.needs_connection);
    listing_by(Setting { is_connected, ..Setting::of(service) }, faults, None).await
}

/// The same with a provider that lies.
///
/// # Errors
/// If no sandbox can be had.
pub async fn listing_by(
    setting: Setting,
    faults: &[&NamedFault],
    lie: Option<Lie>,
) -> io::Result<Option<Outcome>> {
    let is_at_one_end = faults.iter().any(|fault| AT_ONE_END.contains(&fault.name));
    let Some(faults) = faults.iter().map(|fault| fault.of(setting.service)).collect::<Option<Vec<Fault>>>()
    else {
        return Ok(None);
    };
    let scene = Scene::new(setting).await?;
    let before = scene.ids().await?;
    let provider = lied(Arc::clone(&scene.provider), lie).await?;
    for fault in faults {
        scene.sandbox.add_fault(fault);
    }
    let mut query = ListQuery::new().with_page_size(PAGE_SIZE);
    if setting.service == "anthropic" && is_at_one_end {
        query = query.with_concurrency(1);
    }
    listed(&scene, provider, query, &before, None).await.map(Some)
}

/// The provider, or a liar around it.
pub(crate) async fn lied(
    provider: Arc<dyn ProfileProvider>,
    lie: Option<Lie>,
) -> io::Result<Arc<dyn ProfileProvider>> {
    match lie {
        Some(lie) => Liar::around(provider, lie).await,
        None => Ok(provider),
    }
}

/// What a listing made of a fault.
#[derive(Clone, Debug)]
pub struct Row {
    /// The name of the fault.
    pub fault: &'static str,
    /// What goes wrong.
    pub meaning: &'static str,
    /// What came of it, for each service; `None` where the fault cannot befall it.
    pub outcomes: Vec<Option<Outcome>>,
}

/// The faults that a listing of everybody shows.
pub fn faults_of_listings() -> impl Iterator<Item = &'static NamedFault> {
    NamedFault::all().filter(|fault| fault.scene == Shown::Listing)
}

/// Every fault of a listing at every service.
///
/// # Errors
/// If no sandbox can be had.
pub async fn matrix() -> io::Result<Vec<Row>> {
    rows(faults_of_listings().filter(|fault| !fault.needs_connection)).await
}

/// The faults that show over a connection alone: time must not be paused.
///
/// # Errors
/// If no sandbox can be had.
pub async fn connected_matrix() -> io::Result<Vec<Row>> {
    rows(faults_of_listings().filter(|fault| fault.needs_connection)).await
}

/// These faults at every service.
///
/// # Errors
/// If no sandbox can be had.
pub async fn rows(faults: impl Iterator<Item = &'static NamedFault>) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for fault in faults {
        let mut outcomes = Vec::new();
        for service in SERVICES {
            outcomes.push(listing(service, &[fault]).await?);
        }
        rows.push(Row { fault: fault.name, meaning: fault.meaning, outcomes });
    }
    Ok(rows)
}

/// The table of faults of a listing.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "| fault | what goes wrong | {} |\n|---|---{}|\n",
        SERVICES.join(" | "),
        "|---".repeat(SERVICES.len())
    );
    for Row { fault, meaning, outcomes } in rows {
        let cells =
            outcomes.iter().map(|outcome| outcome.as_ref().map_or_else(|| "–".to_owned(), Outcome::cell));
        let _ = writeln!(text, "| `{fault}` | {meaning} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    text
}
