//! Whether each call ends as the document says.

mod coverage;
mod seen;

use std::{collections::BTreeMap, sync::Arc};

use anyprofile::{
    Error, ErrorKind, ExecuteOptions, Executed, PlanOptions, Profile, ProfileProvider, Result, Write,
    http_client::HttpOptions,
};
use serde_json::Value;

pub(crate) use self::seen::{Record, Seen, records};
use self::{coverage::Coverage, seen::difference};
use crate::{
    Broken,
    document::{self, Operation},
    wire::{Exchange, Wire},
};

/// How many requests a listing may take before it sees that it is led in a circle: one for each collection, and two more.
const MOST_REQUESTS: usize = 4;

/// Keys that an example has and its schema does not: `operation, key`. They are kept as unknown.
const IN_EXAMPLES: &[(&str, &str)] = &[
    ("list-org-members", "deactivated"),
    ("create_user_profile", "display_locale"),
    ("list_user_profiles", "display_locale"),
    ("list_users", "seat_tier"),
    ("retrieve_user_profile", "display_locale"),
    ("update_user_profile", "display_locale"),
];

/// A run.
#[derive(Debug)]
pub(crate) struct Check {
    operations: BTreeMap<String, Operation>,
    wire: Arc<Wire>,
    /// What was called, and how it ended.
    lines: Vec<(String, Vec<String>)>,
    coverage: Coverage,
    /// Writes of the trait that the document does not have.
    undocumented: Vec<&'static str>,
    failures: Vec<String>,
}

impl Check {
    pub(crate) fn new(document: &str) -> Result<Self, Broken> {
        Ok(Self {
            operations: document::operations(document)?,
            wire: Arc::default(),
            lines: Vec::new(),
            coverage: Coverage::default(),
            undocumented: Vec::new(),
            failures: Vec::new(),
        })
    }

    /// The settings of every client: requests go over this run's wire, and each once.
    pub(crate) fn http(&self) -> HttpOptions {
        HttpOptions::default().with_transport(Arc::clone(&self.wire) as _).with_max_attempts(1)
    }

    /// From now on the record of each of these ids is answered with that id, whatever the document's example has.
    pub(crate) fn response_for(&self, ids: &[&str]) {
        self.wire.response_for(ids);
    }

    /// From now on a write of the trait is not made: the document does not have it.
    pub(crate) fn leave_out(&mut self, what: &'static str) {
        self.undocumented.push(what);
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

    /// Calls an operation with the first body for each documented answer, and with each of the others once.
    pub(crate) async fn bodies<B>(&mut self, id: &str, bodies: &[B], call: impl AsyncFn(&B) -> Result<Seen>) {
        let mut bodies = bodies.iter();
        if let Some(first) = bodies.next() {
            self.operation(id, async || call(first).await).await;
        }
        for body in bodies {
            self.variant(id, async || call(body).await).await;
        }
    }

    /// Calls an operation once, for the response that the server chooses.
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
        let (result, exchanges) = self.send(&wish_for(example), &call).await;
        let (word, requests) = (example.unwrap_or("ok"), exchanges.len());
        match result {
            Ok(profiles) => {
                if !profiles.iter().all(is_complete) {
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
        let (result, exchanges) = self.send(&wish_for(example), &call).await;
        let (word, requests) = (example.unwrap_or("ok"), exchanges.len());
        match result {
            Err(error) if error.kind() == kind && requests <= MOST_REQUESTS => {
                self.note(what, format!("{word}: ends with '{}' after {requests} requests", error.message()));
            }
            Err(error) => self.fail(what, &format!("({word}) {} after {requests} requests", told(&error))),
            Ok(_) => self.fail(what, &format!("({word}) ends without an error after {requests} requests")),
        }
    }

    /// Makes a write through the trait, which has to send the writes that it plans, and no others. Nothing is known of the
    /// profile, so that all that is asked for is sent.
    pub(crate) async fn write(
        &mut self,
        what: &str,
        word: &str,
        example: Option<&str>,
        provider: &dyn ProfileProvider,
        write: Write,
    ) {
        if self.undocumented.contains(&what) {
            return self.note(what, "not in the document".to_owned());
        }
        let options = match write.id() {
            Some(id) => PlanOptions::given(Profile::new(id.clone())),
            None => PlanOptions::new(),
        };
        let plan = match provider.plan(&write, &options).await {
            Ok(plan) => plan,
            Err(error) => return self.fail(what, &format!("({word}) {}", told(&error))),
        };
        if let Some(failure) = crate::writes::forgotten(&plan) {
            self.fail(what, &format!("({word}) {failure}"));
        }
        // An example of a document is somebody else than who is created, which the provider says.
        let is_of_example = |executed: &Executed| {
            let error = executed.error.as_ref();
            matches!(write, Write::Create { .. }) && error.is_some_and(Error::is_of_another_profile)
        };
        let execute = async || {
            let executed = provider.execute(&plan, &ExecuteOptions::new()).await?;
            if is_of_example(&executed) { Ok(executed) } else { executed.into_result() }
        };
        self.wire.prefer_for_one_write(example.map(|_| wish_for(example)).as_deref());
        let result = execute().await;
        let exchanges = self.wire.take();
        match result {
            Ok(executed) if !executed.profile.as_ref().is_none_or(is_complete) => {
                self.fail(what, &format!("({word}) a record is said to be missing"));
            }
            Ok(_) => {
                let planned = plan.requests();
                let writes: Vec<_> = exchanges.iter().filter(|exchange| exchange.method != "GET").collect();
                if writes.len() == planned.len() && writes.iter().zip(planned).all(|(sent, it)| sent.is(it)) {
                    self.note(what, word.to_owned());
                } else {
                    self.fail(what, &format!("({word}) sends {writes:?} where {planned:?} is planned"));
                }
            }
            Err(error) => self.fail(what, &format!("({word}) {}", told(&error))),
        }
    }

    async fn send<T>(&self, wish: &str, call: &impl AsyncFn() -> Result<T>) -> (Result<T>, Vec<Exchange>) {
        self.wire.prefer(Some(wish).filter(|wish| !wish.is_empty()));
        let result = call().await;
        (result, self.wire.take())
    }

    fn succeeded(&mut self, id: &str, word: &str, (result, exchanges): (Result<Seen>, Vec<Exchange>)) {
        self.keep(id, &exchanges);
        let seen = match result {
            Ok(seen) => seen,
            Err(error) => return self.fail(id, &format!("({word}) {}", told(&error))),
        };
        if seen.quarantined > 0 {
            self.fail(id, &format!("({word}) {} records are quarantined", seen.quarantined));
        }
        let unknown: Vec<_> =
            seen.unknown.iter().filter(|key| !IN_EXAMPLES.contains(&(id, key.as_str()))).collect();
        if !unknown.is_empty() {
            self.fail(id, &format!("({word}) keys without a field: {unknown:?}"));
        }
        let response = exchanges.last().map(|exchange| exchange.response.clone()).unwrap_or_default();
        let response: Value = serde_json::from_slice(&response).unwrap_or_default();
        // One record may come as a list of one.
        let sent = response.pointer(seen.at).unwrap_or(&Value::Null);
        let sent = if seen.records.is_object() && sent.is_array() { &sent[0] } else { sent };
        match difference("", sent, &seen.records) {
            Some(place) => self.fail(id, &format!("({word}) is not kept as it came: {place}")),
            None => self.note(id, word.to_owned()),
        }
    }

    fn failed_as(&mut self, id: &str, status: u16, (result, exchanges): (Result<Seen>, Vec<Exchange>)) {
        self.keep(id, &exchanges);
        match result {
            Err(error)
                if error.status() == Some(status)
                    && error.kind() == kind_of(status, self.names_a_record(id)) =>
            {
                self.note(id, status.to_string());
            }
            Err(error) => self.fail(id, &format!("({status}) {}", told(&error))),
            Ok(_) => self.fail(id, &format!("({status}) ends without an error")),
        }
    }

    /// Whether the path of an operation has a variable.
    fn names_a_record(&self, id: &str) -> bool {
        self.operations.get(id).is_some_and(|operation| operation.names_a_record)
    }

    fn keep(&mut self, id: &str, exchanges: &[Exchange]) {
        let Some(operation) = self.operations.get(id) else { return };
        for pair in self.coverage.keep(id, operation, exchanges) {
            self.fail(id, &format!("sends {pair}, which is not documented"));
        }
    }

    fn note(&mut self, what: &str, outcome: String) {
        match self.lines.iter_mut().find(|(known, _)| known == what) {
            Some((_, outcomes)) => outcomes.push(outcome),
            None => self.lines.push((what.to_owned(), vec![outcome])),
        }
    }

    pub(crate) fn fail(&mut self, what: &str, failure: &str) {
        self.failures.push(format!("{what}: {failure}"));
    }

    /// Prints what was called. Whether all ended well, and every documented parameter and field was sent.
    pub(crate) fn finish(mut self) -> bool {
        for (id, failure) in self.coverage.missing(&self.operations) {
            self.fail(&id, &failure);
        }
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

/// How the server is asked for an example, or for its choice.
fn wish_for(example: Option<&str>) -> String {
    example.map(|example| format!("example={example}")).unwrap_or_default()
}

/// The kind that an error with this status is to have. Where no record is named, nothing can be missing but the place.
const fn kind_of(status: u16, names_a_record: bool) -> ErrorKind {
    match status {
        404 if !names_a_record => ErrorKind::Config,
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

/// Whether no record of those that a profile is made from is said to be missing.
pub(crate) fn is_complete(profile: &Profile) -> bool {
    profile.origin.as_ref().is_none_or(|origin| origin.missing.is_empty())
}
