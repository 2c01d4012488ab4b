//! What an export has of an account, over all its runs.

use std::collections::BTreeMap;

use anyprofile::{ErrorKind, ListReport};
use serde::{Deserialize, Serialize};

/// What an export has of an account. What can only be known within one run, such as a profile that comes twice, is of
/// that run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct AccountProgress {
    pub(crate) account: String,
    pub(crate) service: String,
    /// Where to go on; none before the first page and after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    /// Whether the last page was read.
    pub(crate) reached_end: bool,
    /// In how many runs.
    pub(crate) runs: u64,
    pub(crate) pages: u64,
    pub(crate) seen: u64,
    pub(crate) received: u64,
    pub(crate) duplicates: u64,
    pub(crate) quarantined: u64,
    pub(crate) undetermined: u64,
    /// Profiles without a record that may not be seen or could not be read.
    pub(crate) partial: u64,
    pub(crate) requests: u64,
    pub(crate) attempts: u64,
    pub(crate) waited_milliseconds: u64,
    /// For each collection: how many different profiles came, and how many the service says that there are.
    pub(crate) collections: BTreeMap<String, Collection>,
    /// What came that this version does not know.
    #[serde(default)]
    pub(crate) drift: serde_json::Value,
    /// The kind of the error that ended it early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
}

/// What an export has of a collection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Collection {
    pub(crate) seen: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) declared: Option<u64>,
}

impl AccountProgress {
    pub(crate) fn new(account: &str, service: &str) -> Self {
        Self { account: account.to_owned(), service: service.to_owned(), ..Self::default() }
    }

    /// This, and what a run has seen since.
    pub(crate) fn with(&self, report: &ListReport) -> Self {
        let mut all = self.clone();
        all.runs += 1;
        all.pages += report.pages;
        all.seen += report.seen;
        all.received += report.received;
        all.duplicates += report.duplicates;
        all.quarantined += report.quarantined;
        all.undetermined += report.undetermined;
        all.partial += report.partial;
        all.requests += report.requests;
        all.attempts += report.attempts;
        all.waited_milliseconds += u64::try_from(report.waited.as_millis()).unwrap_or(u64::MAX);
        all.reached_end = report.reached_end;
        for collection in &report.collections {
            let name = collection.collection.as_ref().map_or("", |kind| kind.as_str());
            let known = all.collections.entry(name.to_owned()).or_default();
            known.seen += collection.received.saturating_sub(collection.duplicates);
            known.declared = collection.declared_total.or(known.declared);
        }
        if !report.drift.is_empty() {
            all.drift = serde_json::to_value(&report.drift).unwrap_or_default();
        }
        all
    }

    pub(crate) fn failed(mut self, kind: ErrorKind) -> Self {
        self.failure = Some(kind.to_string());
        self
    }

    /// How many of the declared profiles did not come, set-aside ones included.
    pub(crate) fn missing(&self) -> u64 {
        let lacks = |it: &Collection| it.declared.unwrap_or(it.seen).saturating_sub(it.seen);
        self.collections.values().map(lacks).sum()
    }

    /// Whether every profile was delivered with all that was asked for, as far as can be known.
    pub(crate) fn is_complete(&self) -> bool {
        let nothing_lacks = self.quarantined == 0 && self.partial == 0 && self.undetermined == 0;
        self.reached_end && self.failure.is_none() && nothing_lacks && self.missing() == 0
    }
}
