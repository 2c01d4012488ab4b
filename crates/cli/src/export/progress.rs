//! What an export has of an account, over all its runs.

use std::collections::{BTreeMap, BTreeSet};

use anyprofile::{
    ErrorKind,
    listing::{Drift, ListReport},
    query::FilterPart,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How many records that were set aside are named.
const MAX_QUARANTINED_RECORDS: usize = 16;

/// What an export has of an account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AccountProgress {
    pub(crate) account: String,
    pub(crate) service: String,
    /// Where to go on; none before the first page and after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    /// Whether the service led back to a page that was there before: there is nowhere to go on.
    pub(crate) is_stuck: bool,
    /// Whether the last page was read.
    pub(crate) reached_end: bool,
    /// Whether a list that changed while it was read is being read a second time: who is in the file already is left out.
    pub(crate) reads_again: bool,
    /// Whether it stopped since too many pages in a row brought nobody; it can go on.
    pub(crate) stopped_at_empty_pages: bool,
    /// Parts of the filter that the service answered wrongly: everybody was asked for then, and they were applied here.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) misread_filters: BTreeSet<String>,
    /// Parts of the filter that the service answered wrongly after the first page: it may have left out somebody.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) contradicted_filters: BTreeSet<String>,
    /// Whether nobody can tell if the list stayed as it was while it was read.
    pub(crate) not_at_one_moment: bool,
    /// Whether the list kept changing while it was read: somebody may be missing.
    pub(crate) changed_while_read: bool,
    /// As [`ListReport::end_unproven`].
    pub(crate) end_unproven: bool,
    /// In how many runs.
    pub(crate) runs: u64,
    pub(crate) pages: u64,
    pub(crate) seen: u64,
    pub(crate) received: u64,
    pub(crate) duplicates: u64,
    /// Whether there were more profiles than can be compared with each other in bounded memory.
    pub(crate) duplicates_unchecked: bool,
    pub(crate) quarantined: u64,
    /// The first of the records that were set aside.
    pub(crate) quarantined_records: Vec<Value>,
    pub(crate) undetermined: u64,
    /// Pages without a record that were not the last one.
    pub(crate) empty_pages: u64,
    /// Profiles without a record that may not be seen or could not be read.
    pub(crate) partial: u64,
    pub(crate) requests: u64,
    pub(crate) attempts: u64,
    pub(crate) waited_milliseconds: u64,
    /// For each collection: how many different profiles came, and how many the service says that there are.
    pub(crate) collections: BTreeMap<String, Collection>,
    /// What came that this version does not know.
    pub(crate) drift: Drift,
    /// The kind of the error that ended it early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
}

/// What an export has of a collection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Collection {
    pub(crate) seen: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) declared: Option<u64>,
    /// Whether the rest was not asked for, since nothing in it was changed.
    pub(crate) is_cut_at_unchanged: bool,
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
        all.duplicates_unchecked |= report.duplicates_unchecked;
        all.quarantined += report.quarantined;
        let room = MAX_QUARANTINED_RECORDS.saturating_sub(all.quarantined_records.len());
        all.quarantined_records.extend(report.quarantined_records.iter().take(room).map(|it| json!(it)));
        all.undetermined += report.undetermined;
        all.empty_pages += report.empty_pages;
        all.partial += report.partial;
        all.requests += report.requests;
        all.attempts += report.attempts;
        all.waited_milliseconds += u64::try_from(report.waited.as_millis()).unwrap_or(u64::MAX);
        all.reached_end = report.reached_end;
        all.stopped_at_empty_pages = report.stopped_at_empty_pages;
        let words =
            |parts: &[FilterPart]| parts.iter().map(|part| part.as_str().to_owned()).collect::<Vec<_>>();
        all.misread_filters.extend(words(&report.misread_filters));
        all.contradicted_filters.extend(words(&report.contradicted_filters));
        all.not_at_one_moment |= report.not_at_one_moment;
        all.changed_while_read |= report.changed_while_read;
        all.end_unproven |= report.end_unproven;
        for collection in &report.collections {
            let name = collection.collection.as_ref().map_or("", |kind| kind.as_str());
            let known = all.collections.entry(name.to_owned()).or_default();
            known.seen += collection.received.saturating_sub(collection.duplicates);
            known.declared = known.declared.max(collection.declared_total);
            known.is_cut_at_unchanged |= collection.cut_at_unchanged;
        }
        all.drift.add(&report.drift);
        all
    }

    /// The same where so many profiles came that are in the file from an earlier run, and were left out.
    pub(crate) fn without(mut self, left_out: u64) -> Self {
        for count in [&mut self.seen, &mut self.received, &mut self.duplicates] {
            *count = count.saturating_sub(left_out);
        }
        self
    }

    pub(crate) fn failed(mut self, kind: ErrorKind) -> Self {
        self.failure = Some(kind.to_string());
        self
    }

    /// How many of the declared profiles did not come, set-aside ones included.
    pub(crate) fn missing(&self) -> u64 {
        let lacks = |it: &Collection| it.declared.unwrap_or(it.seen).saturating_sub(it.seen);
        self.collections.values().filter(|it| !it.is_cut_at_unchanged).map(lacks).sum()
    }

    /// Whether the service says of each collection that was asked for how many there are.
    pub(crate) fn declares_totals(&self) -> bool {
        self.collections.values().all(|it| it.declared.is_some() || it.is_cut_at_unchanged)
    }

    /// Whether every profile was delivered with all that was asked for, as far as can be known.
    pub(crate) fn is_complete(&self) -> bool {
        let nothing_lacks = self.quarantined == 0 && self.partial == 0 && self.undetermined == 0;
        let is_proven =
            self.contradicted_filters.is_empty() && !self.changed_while_read && !self.end_unproven;
        self.reached_end && self.failure.is_none() && nothing_lacks && is_proven && self.missing() == 0
    }

    /// For a program. Where to go on is nobody's matter: a service may put what was asked for into it.
    pub(crate) fn document(&self) -> Value {
        let mut document = json!(self);
        if let Some(members) = document.as_object_mut() {
            members.remove("cursor");
            members.remove("reads_again");
        }
        // Of what was not read to its end, or has no total, nobody knows how many lack: only how many at least.
        let is_known = self.reached_end && self.declares_totals();
        document["missing"] = json!(is_known.then(|| self.missing()));
        document["missing_at_least"] = self.missing().into();
        document["complete"] = self.is_complete().into();
        document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_listing_says_of_its_proof_is_kept_over_all_runs() {
        let before = AccountProgress::new("eu", "probely");
        let run = |set: fn(&mut ListReport)| {
            let mut report = ListReport::default();
            report.reached_end = true;
            set(&mut report);
            before.with(&report).with(&ListReport::default()).with(&{
                let mut last = ListReport::default();
                last.reached_end = true;
                last
            })
        };
        for (set, is_complete, told) in [
            ((|_| {}) as fn(&mut ListReport), true, ""),
            (|it| it.misread_filters = vec![FilterPart::Status], true, r#""misread_filters":["status"]"#),
            (
                |it| it.contradicted_filters = vec![FilterPart::Mfa],
                false,
                r#""contradicted_filters":["mfa"]"#,
            ),
            (|it| it.not_at_one_moment = true, true, r#""not_at_one_moment":true"#),
            (|it| it.changed_while_read = true, false, r#""changed_while_read":true"#),
            (|it| it.end_unproven = true, false, r#""end_unproven":true"#),
            // Whoever went on from there has passed it.
            (|it| it.stopped_at_empty_pages = true, true, r#""stopped_at_empty_pages":false"#),
        ] {
            let progress = run(set);
            assert_eq!(progress.is_complete(), is_complete, "{told}");
            assert!(progress.document().to_string().contains(told), "{}", progress.document());
        }
        let mut stopped = ListReport::default();
        stopped.stopped_at_empty_pages = true;
        assert!(before.with(&stopped).stopped_at_empty_pages);
    }
}
