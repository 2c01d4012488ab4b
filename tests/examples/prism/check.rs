//! Whether each call ends as the document says.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyprofile::{Error, ErrorKind, Field, Profile, Result, UnknownFields, http::HttpOptions};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Broken,
    document::{self, Operation},
    wire::{Exchange, Wire},
};

/// Parameters that are sent and not documented: `operation, key of the query`. They are from client code.
const UNDOCUMENTED: &[(&str, &str)] = &[
    ("list-profiles", "filter[username]"),
    ("list-profiles", "range"),
    ("list-profiles", "page"),
    ("get-current-user-verification-status", "force_refresh"),
    ("get-current-user-verification-status-full", "force_refresh"),
];

/// Parameters that are documented and not sent: the service ignores them.
const NOT_SENT: &[(&str, &str)] = &[("profile_list", "ordering"), ("profile_list", "search")];

/// A record that keeps what it does not know.
pub(crate) trait Record: Serialize {
    /// The keys that the type does not have.
    fn unknown(&self) -> &UnknownFields;
}

/// What a call gave.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The records, written again.
    records: Value,
    /// Where they are in the answer.
    at: &'static str,
    quarantined: usize,
    unknown: BTreeSet<String>,
}

impl Seen {
    /// One record, which is the whole answer.
    pub(crate) fn one<T: Record>(record: &T) -> Self {
        Self { at: "", records: written(record), quarantined: 0, unknown: unknown(record).collect() }
    }

    /// Records by name, null ones among them.
    pub(crate) fn named<T: Record>(records: &BTreeMap<String, Field<T>>, quarantined: usize) -> Self {
        let known = records.values().filter_map(Field::value);
        Self { at: "", records: written(records), quarantined, unknown: known.flat_map(unknown).collect() }
    }

    /// A list of records.
    pub(crate) fn many<T: Record>(at: &'static str, records: &[T], quarantined: usize) -> Self {
        Self {
            at,
            records: records.iter().map(written).collect(),
            quarantined,
            unknown: records.iter().flat_map(unknown).collect(),
        }
    }
}

fn written<T: Serialize>(record: &T) -> Value {
    serde_json::to_value(record).unwrap_or_else(|error| Value::from(format!("cannot be written: {error}")))
}

fn unknown<T: Record>(record: &T) -> impl Iterator<Item = String> {
    record.unknown().iter().map(|(key, _)| key.to_owned())
}

/// A run.
#[derive(Debug)]
pub(crate) struct Check {
    operations: BTreeMap<String, Operation>,
    wire: Arc<Wire>,
    /// What was called, and how it ended.
    lines: Vec<(String, Vec<String>)>,
    /// The parameters that were sent, by operation.
    sent: BTreeMap<String, BTreeSet<String>>,
    failures: Vec<String>,
}

impl Check {
    pub(crate) fn new(document: &str) -> Result<Self, Broken> {
        Ok(Self {
            operations: document::operations(document)?,
            wire: Arc::default(),
            lines: Vec::new(),
            sent: BTreeMap::new(),
            failures: Vec::new(),
        })
    }

    /// The settings of every client: requests go over this run's wire, and each once.
    pub(crate) fn http(&self) -> HttpOptions {
        HttpOptions::default().with_transport(Arc::clone(&self.wire) as _).with_max_attempts(1)
    }

    /// The named examples of an operation.
    pub(crate) fn examples(&self, id: &str) -> Vec<String> {
        self.operations.get(id).map(|operation| operation.examples.clone()).unwrap_or_default()
    }

    /// Calls an operation for each documented answer: as it is, for every named example, and for every failure.
    pub(crate) async fn operation(&mut self, id: &str, call: impl AsyncFn() -> Result<Seen>) {
        self.variant(id, &call).await;
        let Some(operation) = self.operations.get(id) else {
            return self.fail(id, "is not in the document");
        };
        let (examples, failures) = (operation.examples.clone(), operation.failures.clone());
        for example in examples {
            let result = self.send(&format!("example={example}"), &call).await;
            self.succeeded(id, &example, result);
        }
        for status in failures {
            let result = self.send(&format!("code={status}"), &call).await;
            self.failed_as(id, status, result);
        }
    }

    /// Calls an operation once, for the answer that the server chooses.
    pub(crate) async fn variant(&mut self, id: &str, call: impl AsyncFn() -> Result<Seen>) {
        let result = self.send("", &call).await;
        self.succeeded(id, "ok", result);
    }

    /// Calls the trait, with and without a wish for an example.
    pub(crate) async fn profiles(
        &mut self,
        what: &str,
        example: Option<&str>,
        call: impl AsyncFn() -> Result<Vec<Profile>>,
    ) {
        let what = format!("trait: {what}");
        let wish = example.map(|example| format!("example={example}")).unwrap_or_default();
        let (result, exchanges) = self.send(&wish, &call).await;
        let (word, requests) = (example.unwrap_or("ok"), exchanges.len());
        match result {
            Ok(profiles) => {
                let missing = profiles.iter().filter_map(|profile| profile.origin.as_ref());
                if missing.flat_map(|origin| &origin.missing).count() > 0 {
                    self.fail(&what, &format!("({word}) a record is said to be missing"));
                }
                let count = profiles.len();
                self.note(&what, format!("{word}: {count} profiles of {requests} requests"));
            }
            Err(error) => self.fail(&what, &format!("({word}) {}", told(&error))),
        }
    }

    /// Makes a call that must end in an error, and not by sending ever more.
    pub(crate) async fn refused<T>(
        &mut self,
        what: &str,
        example: Option<&str>,
        kind: ErrorKind,
        call: impl AsyncFn() -> Result<T>,
    ) {
        let wish = example.map(|example| format!("example={example}")).unwrap_or_default();
        let (result, exchanges) = self.send(&wish, &call).await;
        let (word, requests) = (example.unwrap_or("ok"), exchanges.len());
        match result {
            Err(error) if error.kind() == kind && requests <= 3 => {
                self.note(what, format!("{word}: ends with '{}' after {requests} requests", error.message()));
            }
            Err(error) => self.fail(what, &format!("({word}) {} after {requests} requests", told(&error))),
            Ok(_) => self.fail(what, &format!("({word}) ends without an error after {requests} requests")),
        }
    }

    async fn send<T>(&self, wish: &str, call: &impl AsyncFn() -> Result<T>) -> (Result<T>, Vec<Exchange>) {
        self.wire.prefer(Some(wish).filter(|wish| !wish.is_empty()));
        let result = call().await;
        (result, self.wire.take())
    }

    fn succeeded(&mut self, id: &str, word: &str, (result, exchanges): (Result<Seen>, Vec<Exchange>)) {
        self.keep_parameters(id, &exchanges);
        let seen = match result {
            Ok(seen) => seen,
            Err(error) => return self.fail(id, &format!("({word}) {}", told(&error))),
        };
        if seen.quarantined > 0 {
            self.fail(id, &format!("({word}) {} records are set aside", seen.quarantined));
        }
        if !seen.unknown.is_empty() {
            self.fail(id, &format!("({word}) keys without a field: {:?}", seen.unknown));
        }
        let answer = exchanges.last().map(|exchange| exchange.answer.clone()).unwrap_or_default();
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        // One record may come as a list of one.
        let sent = answer.pointer(seen.at).unwrap_or(&Value::Null);
        let sent = if seen.records.is_object() && sent.is_array() { &sent[0] } else { sent };
        match difference("", sent, &seen.records) {
            Some(place) => self.fail(id, &format!("({word}) is not kept as it came: {place}")),
            None => self.note(id, word.to_owned()),
        }
    }

    fn failed_as(&mut self, id: &str, status: u16, (result, exchanges): (Result<Seen>, Vec<Exchange>)) {
        self.keep_parameters(id, &exchanges);
        match result {
            Err(error) if error.status() == Some(status) && error.kind() == kind_of(status) => {
                self.note(id, status.to_string());
            }
            Err(error) => self.fail(id, &format!("({status}) {}", told(&error))),
            Ok(_) => self.fail(id, &format!("({status}) ends without an error")),
        }
    }

    fn keep_parameters(&mut self, id: &str, exchanges: &[Exchange]) {
        let Some(operation) = self.operations.get(id) else { return };
        let mut undocumented = Vec::new();
        let sent = self.sent.entry(id.to_owned()).or_default();
        for exchange in exchanges {
            sent.extend(exchange.headers.iter().cloned());
            for (key, value) in &exchange.query {
                if let Some(parameter) = operation.parameter_of((key, value)) {
                    sent.insert(parameter.to_owned());
                } else if !UNDOCUMENTED.contains(&(id, key)) {
                    undocumented.push(format!("{key}={value}"));
                }
            }
        }
        for pair in undocumented {
            self.fail(id, &format!("sends {pair}, which is not documented"));
        }
    }

    fn note(&mut self, what: &str, outcome: String) {
        match self.lines.iter_mut().find(|(known, _)| known == what) {
            Some((_, outcomes)) => outcomes.push(outcome),
            None => self.lines.push((what.to_owned(), vec![outcome])),
        }
    }

    fn fail(&mut self, what: &str, failure: &str) {
        self.failures.push(format!("{what}: {failure}"));
    }

    /// Prints what was called. Whether all ended well, and every documented parameter was sent.
    pub(crate) fn finish(mut self) -> bool {
        let mut missing = Vec::new();
        for (id, sent) in &self.sent {
            let Some(operation) = self.operations.get(id) else { continue };
            for parameter in operation.query.keys().chain(&operation.headers) {
                if !sent.contains(parameter) && !NOT_SENT.contains(&(id, parameter)) {
                    missing.push(format!("{id}: never sends {parameter}"));
                }
            }
        }
        self.failures.extend(missing);
        for (what, outcomes) in &self.lines {
            println!("{what:<42} {:>3} calls: {}", outcomes.len(), counted(outcomes));
        }
        for failure in &self.failures {
            println!("failure: {failure}");
        }
        println!("{} failures", self.failures.len());
        self.failures.is_empty()
    }
}

/// `ok, ok, empty, 404` as `ok 2, empty, 404`.
fn counted(outcomes: &[String]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for outcome in outcomes {
        match counts.iter_mut().find(|(known, _)| known == outcome) {
            Some((_, count)) => *count += 1,
            None => counts.push((outcome, 1)),
        }
    }
    let told = counts.iter().map(|(outcome, count)| match count {
        1 => (*outcome).to_owned(),
        _ => format!("{outcome} {count}"),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// The kind that an error with this status is to have.
const fn kind_of(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthenticated,
        402 | 403 => ErrorKind::PermissionDenied,
        404 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::Timeout,
        409 | 412 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        499 => ErrorKind::Cancelled,
        500.. => ErrorKind::Upstream,
        _ => ErrorKind::InvalidRequest,
    }
}

fn told(error: &Error) -> String {
    format!("ends with {} ({error})", error.kind())
}

/// What a record writes in place of a secret.
const WITHHELD: &str = "[withheld]";

/// Where a record that was read and written again is not what was sent. An id may have become a text, and a secret is
/// not written.
fn difference(place: &str, sent: &Value, kept: &Value) -> Option<String> {
    match (sent, kept) {
        (Value::Object(sent), Value::Object(kept)) => {
            let keys: BTreeSet<_> = sent.keys().chain(kept.keys()).collect();
            keys.into_iter().find_map(|key| match (sent.get(key), kept.get(key)) {
                (Some(sent), Some(kept)) => difference(&format!("{place}/{key}"), sent, kept),
                (Some(_), None) => Some(format!("{place}/{key} is lost")),
                (None, _) => Some(format!("{place}/{key} is made up")),
            })
        }
        (Value::Array(sent), Value::Array(kept)) if sent.len() == kept.len() => sent
            .iter()
            .zip(kept)
            .enumerate()
            .find_map(|(index, (sent, kept))| difference(&format!("{place}/{index}"), sent, kept)),
        (Value::Number(sent), Value::String(kept)) if sent.to_string() == *kept => None,
        _ if sent == kept || kept == WITHHELD => None,
        _ => Some(format!("{place}/ is another")),
    }
}
