//! What a definition reads.

use std::{collections::BTreeMap, sync::Arc};

use anyprofile::{
    Error, FieldState, ListQuery, Profile, ProfileProvider, ProfileProviderExt as _, capabilities::Readable,
    listing::QuarantinedRecord,
};
use anyprofile_declared::{RecordedResponses, definition::Definition};
use anyprofile_terminal::printable;
use serde_json::{Value, json};

use crate::{
    args::Format,
    diagnostics,
    exit::{Exit, Failure},
    output::print_rows,
};

/// Profiles that were tried to be read one by one, at most.
const TRIED: usize = 50;

/// A listing, and what was read besides.
pub(super) struct DryRun {
    pub(super) profiles: Vec<Profile>,
    pub(super) error: Option<Error>,
    gaps: Vec<String>,
    /// The records that could not be read, the first ones of many.
    quarantined: Vec<QuarantinedRecord>,
    is_complete: bool,
    /// The reads of single profiles that failed.
    failed: Vec<Error>,
}

impl DryRun {
    pub(super) async fn list(provider: &Arc<dyn ProfileProvider>, query: ListQuery) -> Self {
        let mut stream = provider.list(query);
        let (mut profiles, mut error) = (Vec::new(), None);
        loop {
            match stream.try_next().await {
                Ok(Some(profile)) => profiles.push(profile),
                Ok(None) => break,
                Err(failed) => {
                    error = Some(failed);
                    break;
                }
            }
        }
        let report = stream.report();
        let (gaps, is_complete) = (report.gaps(), error.is_none() && report.is_complete());
        let quarantined = report.quarantined_records.clone();
        Self { profiles, error, gaps, quarantined, is_complete, failed: Vec::new() }
    }

    /// Reads single profiles, as far as responses are recorded for that.
    pub(super) async fn read_single(
        &mut self,
        provider: &Arc<dyn ProfileProvider>,
        responses: &RecordedResponses,
        definition: &Definition,
    ) {
        let recorded = responses.operations();
        let is_recorded = |operation: &str| recorded.contains(&operation);
        if definition.current.as_ref().is_some_and(|current| is_recorded(&current.request.operation)) {
            responses.rewind();
            match provider.current().await {
                Ok(_) => say!("the profile of the credential: read"),
                Err(error) => self.failed.push(error),
            }
        }
        if !definition.get.iter().any(|get| is_recorded(&get.request.operation)) {
            return;
        }
        // The record that was recorded is that of one of them.
        let mut last = None;
        for profile in self.profiles.iter().take(TRIED) {
            responses.rewind();
            match provider.get(&profile.id).await {
                Ok(_) => {
                    say!("one profile by its id: read");
                    return;
                }
                Err(error) => last = Some(error),
            }
        }
        self.failed.extend(last);
    }

    /// Prints which field has what, and says whether the listing is complete.
    ///
    /// `missing` are the responses that nobody recorded, which the caller tells.
    pub(super) fn print(
        &self,
        format: Format,
        provider: &dyn ProfileProvider,
        missing: &[String],
    ) -> Result<Exit, Failure> {
        let capabilities = provider.capabilities();
        let columns = ["field", "value", "null", "absent", "withheld", "unsupported"];
        let mut rows = Vec::new();
        for spec in capabilities.fields.iter().filter(|spec| spec.read != Readable::No) {
            let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
            for profile in &self.profiles {
                *counts.entry(profile.state(&spec.path, capabilities).as_str()).or_default() += 1;
            }
            let count = |state: FieldState| json!(counts.get(state.as_str()).copied().unwrap_or_default());
            let states = [
                FieldState::Value,
                FieldState::Null,
                FieldState::Absent,
                FieldState::Withheld,
                FieldState::Unsupported,
            ];
            rows.push(
                std::iter::once(json!(spec.path.as_str())).chain(states.map(count)).collect::<Vec<Value>>(),
            );
        }
        let mut unknown: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, _) in self.profiles.iter().flat_map(|profile| profile.unknown.iter()) {
            *unknown.entry(name).or_default() += 1;
        }
        for (name, number) in unknown {
            let mut row = vec![json!(format!("unknown.{name}")), json!(number)];
            row.resize(columns.len(), json!(""));
            rows.push(row);
        }
        print_rows(format, &columns, &rows)?;
        let notes: BTreeMap<String, u64> = self.profiles.iter().flat_map(|profile| &profile.notes).fold(
            BTreeMap::new(),
            |mut notes, note| {
                *notes.entry(format!("{}: {}", note.field, note.kind)).or_default() += 1;
                notes
            },
        );
        for (note, number) in notes {
            say!("note: {note} ({number} of {} profiles)", self.profiles.len());
        }
        // What nobody recorded is told by itself.
        let is_of_service = |error: &&Error| {
            let causes = std::iter::successors(std::error::Error::source(*error), |cause| cause.source());
            !causes.into_iter().any(|cause| missing.iter().any(|it| cause.to_string() == *it))
        };
        for error in self.error.iter().chain(&self.failed).filter(is_of_service) {
            diagnostics::error(error);
        }
        for record in &self.quarantined {
            let place = format!("page {}, record {}", record.page, record.position + 1);
            say!("warning: {place}: {}", printable(&record.reason));
        }
        for gap in &self.gaps {
            say!("warning: {gap}");
        }
        let number = self.profiles.len();
        match (self.is_complete, self.gaps.is_empty() && self.error.is_none()) {
            (true, _) => say!("listing: {number} profiles, complete"),
            // As many as were asked for.
            (false, true) => say!("listing: the first {number} profiles"),
            (false, false) => say!("listing: {number} profiles, not complete"),
        }
        Ok(match self.error.as_ref().or(self.failed.first()) {
            Some(error) if self.profiles.is_empty() => Exit::of(error),
            Some(_) => Exit::Partial,
            None if self.is_complete || self.gaps.is_empty() => Exit::Complete,
            None => Exit::Partial,
        })
    }
}

/// Returns the ids and the profiles as JSON, to compare two listings.
pub(super) fn ids_and_profiles(profiles: &[Profile]) -> Vec<(String, String)> {
    let text = |profile: &Profile| serde_json::to_string(profile).unwrap_or_default();
    profiles.iter().map(|profile| (profile.id.to_string(), text(profile))).collect()
}
