//! The progress of an export in one account, over all runs.

use std::collections::{BTreeMap, BTreeSet};

use anyprofile_core::{
    ErrorKind, Timestamp,
    listing::{Drift, ListReport},
    query::FilterPart,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The maximum number of quarantined records that are described.
const MAX_QUARANTINED_RECORDS: usize = 16;

/// The progress of an export in one account, over all runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AccountExport {
    /// The account.
    pub account: String,
    /// Its service.
    pub service: String,
    /// When the first run began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// The position to resume at; `None` before the first page and after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Whether the service returned to an earlier page, so that the export cannot be resumed.
    pub is_stuck: bool,
    /// Whether the last page was read.
    pub reached_end: bool,
    /// Whether a list that changed is being read a second time. Profiles that are already in the file are skipped.
    pub reads_again: bool,
    /// Whether it stopped after too many pages without a new profile. It can be resumed.
    pub stopped_at_empty_pages: bool,
    /// The filters that the service misread. All profiles were requested then, and the filters were applied locally.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub misread_filters: BTreeSet<String>,
    /// The filters that the service misread after the first page. Profiles may be missing.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub contradicted_filters: BTreeSet<String>,
    /// Whether the list may have changed while it was read.
    pub not_at_one_moment: bool,
    /// Whether the list kept changing while it was read. Profiles may be missing.
    pub changed_while_read: bool,
    /// See [`ListReport::end_unproven`].
    pub end_unproven: bool,
    /// The number of runs.
    pub runs: u64,
    /// The number of pages.
    pub pages: u64,
    /// The number of profiles that were written.
    pub seen: u64,
    /// The number of records that were received.
    pub received: u64,
    /// The number of records that came again.
    pub duplicates: u64,
    /// Whether there were too many profiles to compare all of them in bounded memory.
    pub duplicates_unchecked: bool,
    /// The number of records that could not be read.
    pub quarantined: u64,
    /// The first quarantined records.
    pub quarantined_records: Vec<Value>,
    /// The number of profiles left out because a filtered field is not known of them.
    pub undetermined: u64,
    /// Pages without a record that were not the last page.
    pub empty_pages: u64,
    /// Profiles that lack a record that may not be seen or could not be read.
    pub partial: u64,
    /// The number of requests.
    pub requests: u64,
    /// The number of attempts of these requests.
    pub attempts: u64,
    /// How long the service made the export wait, in milliseconds.
    pub waited_milliseconds: u64,
    /// For each collection: the number of distinct profiles received, and the declared total.
    pub collections: BTreeMap<String, CollectionExport>,
    /// Fields and values that this version does not know.
    pub drift: Drift,
    /// The kind of the error that ended the listing early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// The progress of an export in one collection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CollectionExport {
    /// The number of profiles that were received.
    pub seen: u64,
    /// The number that the service declares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<u64>,
    /// Whether the rest was not requested, because it is unchanged.
    pub is_cut_at_unchanged: bool,
}

impl AccountExport {
    pub(crate) fn new(account: &str, service: &str) -> Self {
        Self { account: account.to_owned(), service: service.to_owned(), ..Self::default() }
    }

    /// Returns this progress plus that of another run.
    pub(crate) fn with(&self, report: &ListReport) -> Self {
        let mut all = self.clone();
        all.started = all.started.or(report.started);
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

    /// Returns this progress without profiles that were already in the file.
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

    /// Returns the number of declared profiles that were not received, including quarantined ones.
    pub fn missing(&self) -> u64 {
        let lacks = |it: &CollectionExport| it.declared.unwrap_or(it.seen).saturating_sub(it.seen);
        self.collections.values().filter(|it| !it.is_cut_at_unchanged).map(lacks).sum()
    }

    /// Returns whether the service declared a total for each requested collection.
    pub fn declares_totals(&self) -> bool {
        self.collections.values().all(|it| it.declared.is_some() || it.is_cut_at_unchanged)
    }

    /// Returns whether the number of missing profiles is known: the end was reached, and the service declares totals.
    pub fn is_counted(&self) -> bool {
        self.reached_end && self.declares_totals()
    }

    /// Returns what is not complete, one sentence each.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        let mut say = |is_so: bool, gap: String| {
            if is_so {
                gaps.push(gap);
            }
        };
        if let Some(kind) = &self.failure {
            say(true, format!("the listing failed ({kind})"));
        } else {
            say(!self.reached_end, "the listing was not read to its end".to_owned());
        }
        let missing = self.missing();
        let at_least = if self.reached_end { "" } else { "at least " };
        let profiles = if missing == 1 { "profile" } else { "profiles" };
        say(missing > 0, format!("not received, and counted by the service: {at_least}{missing} {profiles}"));
        say(self.quarantined > 0, format!("records that could not be read: {}", self.quarantined));
        say(
            self.undetermined > 0,
            format!(
                "{} profiles were left out because a filtered field is not known of them",
                self.undetermined
            ),
        );
        say(
            self.partial > 0,
            format!("of {} profiles, a record could not be read or may not be seen", self.partial),
        );
        say(self.changed_while_read, "the list kept changing while it was read".to_owned());
        say(self.end_unproven, "the service did not prove that the list ended".to_owned());
        let contradicted: Vec<_> = self.contradicted_filters.iter().map(String::as_str).collect();
        say(
            !contradicted.is_empty(),
            format!("the service misread a filter after the first page: {}", contradicted.join(", ")),
        );
        gaps
    }

    /// Returns whether every profile was exported with all requested data, as far as can be known.
    pub fn is_complete(&self) -> bool {
        let nothing_lacks = self.quarantined == 0 && self.partial == 0 && self.undetermined == 0;
        let is_proven =
            self.contradicted_filters.is_empty() && !self.changed_while_read && !self.end_unproven;
        self.reached_end && self.failure.is_none() && nothing_lacks && is_proven && self.missing() == 0
    }

    /// Returns the progress for programs. The cursor is omitted, since a service may put the query into it.
    pub fn document(&self) -> Value {
        let mut document = json!(self);
        if let Some(members) = document.as_object_mut() {
            members.remove("cursor");
            members.remove("reads_again");
        }
        // Without the end of the list or a total, only a minimum of missing profiles is known.
        document["missing"] = json!(self.is_counted().then(|| self.missing()));
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
        let before = AccountExport::new("eu", "probely");
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
            // A resumed run has passed the repeated page.
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
