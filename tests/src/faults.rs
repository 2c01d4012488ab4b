//! Every fault that the sandbox knows, at every provider: what a listing makes of it.

use std::{collections::BTreeSet, fmt::Write as _, io, sync::Arc, time::Duration};

use anyprofile::{
    Error, ErrorKind, ListQuery, ProfileProvider, ProfileProviderExt as _,
    anthropic::{AnthropicConfig, AnthropicProvider},
    http::HttpOptions,
    probely::{ProbelyConfig, ProbelyProvider},
    upsun::{UpsunConfig, UpsunProvider},
};
use anyprofile_sandbox::{NamedFault, Sandbox, SandboxOptions};
use futures_util::TryStreamExt as _;

use crate::in_process::InProcess;

/// The services, as the sandbox names them.
pub const SERVICES: [&str; 3] = ["upsun", "probely", "anthropic"];

/// Profiles a service, and on a page.
const PROFILES: u64 = 60;
const PAGE_SIZE: u32 = 10;

/// Longer than any of these listings may take, in seconds: an operation has five minutes.
const LONGEST: u64 = 310;

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
    /// How many different profiles came, and how many there are.
    pub delivered: usize,
    /// How many there are.
    pub expected: usize,
    /// Whether somebody came who is not there, or came twice and it is not told.
    pub is_wrong: bool,
    /// Requests that were sent, tokens included.
    pub requests: usize,
    /// How long it took, by the clock of the runtime.
    pub took: Duration,
}

/// Faults that take a record away: where the service does not say how many there are, nobody can know.
const LOSES_RECORDS: [&str; 2] = ["empty-page-once", "record-left-out-once"];

impl Outcome {
    /// What must never be, if it is so: a gap that is not told, or a run that does not end.
    pub fn violation(&self, fault: &str, declares_total: bool) -> Option<String> {
        let cannot_be_known = LOSES_RECORDS.contains(&fault) && !declares_total;
        if self.is_complete && self.delivered != self.expected && !cannot_be_known {
            return Some(format!("called complete with {} of {}", self.delivered, self.expected));
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
        // A defect of ours, not of the service.
        let is_ours = self.error.as_ref().is_some_and(|error| error.kind() == ErrorKind::Internal);
        is_ours.then(|| "an internal error".to_owned())
    }

    /// In a cell of the table.
    pub fn cell(&self) -> String {
        let mut cell = match &self.error {
            None if self.is_complete && self.delivered == self.expected => "all".to_owned(),
            None if self.is_complete => "all that the service tells of".to_owned(),
            None => format!("**{}**", self.told.join(", ")),
            Some(error) => format!("**{}**", error.kind()),
        };
        let _ = write!(cell, "; {} of {}", self.delivered, self.expected);
        if self.is_complete && !self.told.is_empty() {
            let _ = write!(cell, ", {}", self.told.join(", "));
        }
        let _ = write!(cell, "; {} requests, {} s", self.requests, self.took.as_secs());
        cell
    }
}

/// A sandbox and a provider of one of its services, without a socket between them.
async fn connect(service: &str) -> io::Result<(Arc<Sandbox>, Arc<dyn ProfileProvider>)> {
    let options = SandboxOptions::new().profiles(PROFILES).seed(7).fixed_clock(1_800_000_000);
    let sandbox = Arc::new(Sandbox::start(options).await?);
    // The same waits each time.
    let http =
        HttpOptions::default().with_jitter(false).with_transport(Arc::new(InProcess(Arc::clone(&sandbox))));
    let description = sandbox.description();
    let wrong = |error: Error| io::Error::other(error.to_string());
    let account = |name: &str| name.parse().map_err(|_| io::Error::other("not an account"));
    let provider: Arc<dyn ProfileProvider> = match service {
        "upsun" => {
            let config = UpsunConfig::with_api_token(account(service)?, description.upsun.api_token.clone())
                .at(&description.upsun.base_url)
                .with_auth_url(&description.upsun.auth_url)
                .with_http(http);
            Arc::new(UpsunProvider::new(config).map_err(wrong)?)
        }
        "probely" => {
            let config = ProbelyConfig::new(account(service)?, description.probely.api_key.clone())
                .at(&description.probely.base_url)
                .with_http(http);
            Arc::new(ProbelyProvider::new(config).map_err(wrong)?)
        }
        _ => {
            let config =
                AnthropicConfig::with_api_key(account(service)?, description.anthropic.api_key.clone())
                    .at(&description.anthropic.base_url)
                    .with_http(http);
            Arc::new(AnthropicProvider::new(config).map_err(wrong)?)
        }
    };
    Ok((sandbox, provider))
}

/// Lists everything of a service while a fault is in force; none for the set that there is.
///
/// # Errors
/// If no sandbox can be had.
pub async fn listing(service: &'static str, fault: Option<&NamedFault>) -> io::Result<Option<Outcome>> {
    let (sandbox, provider) = connect(service).await?;
    let query = ListQuery::new().with_page_size(PAGE_SIZE);
    let all: BTreeSet<_> = provider
        .list(query.clone())
        .map_ok(|profile| profile.id.to_string())
        .try_collect()
        .await
        .map_err(|error| io::Error::other(error.to_string()))?;
    let (sandbox, provider) = match fault {
        None => (sandbox, provider),
        Some(fault) => {
            let Some(fault) = fault.of(service) else { return Ok(None) };
            let fresh = connect(service).await?;
            fresh.0.add_fault(fault);
            fresh
        }
    };
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
    let report = profiles.report();
    let mut told = Vec::new();
    if report.quarantined > 0 {
        told.push(format!("{} set aside", report.quarantined));
    }
    if let Some(missing) = report.missing().filter(|missing| *missing > 0) {
        told.push(format!("{missing} missing"));
    }
    if report.empty_pages > 0 {
        told.push(format!("{} empty page led on", report.empty_pages));
    }
    if report.duplicates > 0 {
        told.push(format!("{} twice", report.duplicates));
    }
    Ok(Some(Outcome {
        service,
        error,
        is_complete: report.is_complete(),
        told,
        delivered: delivered.len(),
        is_wrong: !delivered.is_subset(&all) || twice != report.duplicates,
        expected: all.len(),
        requests: sandbox.requests().len(),
        took: began.elapsed(),
    }))
}

/// All that must be in no log line, no error and no `Debug`: what the profiles of a service hold of people, and its
/// credentials.
///
/// # Errors
/// If no sandbox can be had.
pub async fn secrets(service: &'static str) -> io::Result<Vec<String>> {
    let (sandbox, provider) = connect(service).await?;
    let profiles: Vec<_> = provider
        .list(ListQuery::new())
        .try_collect()
        .await
        .map_err(|error| io::Error::other(error.to_string()))?;
    let mut secrets = Vec::new();
    for profile in &profiles {
        secrets.extend(profile.email().map(str::to_owned));
        let names = [&profile.name.display, &profile.username, &profile.external_id];
        secrets.extend(names.into_iter().filter_map(|name| name.value().cloned()));
    }
    // What is as short as this may be anywhere.
    secrets.retain(|text| text.chars().count() > 5);
    secrets.extend(sandbox.description().credentials().map(ToOwned::to_owned));
    Ok(secrets)
}

/// Every fault at every service.
///
/// # Errors
/// If no sandbox can be had.
pub async fn matrix() -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for fault in NamedFault::all() {
        let mut outcomes = Vec::new();
        for service in SERVICES {
            outcomes.push(listing(service, Some(fault)).await?);
        }
        rows.push(Row { fault: fault.name, meaning: fault.meaning, outcomes });
    }
    Ok(rows)
}

/// The table of all faults, for a person.
pub fn document(rows: &[Row]) -> String {
    let mut text = String::from(include_str!("faults.md"));
    let _ = writeln!(text, "| fault | what goes wrong | {} |", SERVICES.join(" | "));
    text.push_str("|---|---|---|---|---|\n");
    for Row { fault, meaning, outcomes } in rows {
        let cells =
            outcomes.iter().map(|outcome| outcome.as_ref().map_or_else(|| "–".to_owned(), Outcome::cell));
        let _ = writeln!(text, "| `{fault}` | {meaning} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    text
}

/// Runs something in a runtime of one thread whose time is paused: waits cost nothing, and are counted.
///
/// # Errors
/// If there is no runtime to be had.
pub fn without_waiting<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?.block_on(work)
}
