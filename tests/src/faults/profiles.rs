//! What reading, finding and writing one profile make of faults.

use std::{fmt::Write as _, io, sync::Arc};

use anyprofile::{
    Error, ErrorKind, ExecuteOptions, Executed, FieldPath, FindKey, Found, IdKind, PlanOptions,
    ProfileChange, ProfileDraft, ProfileId, ProfileProvider, ProfileProviderExt as _, Result, Write,
};
use anyprofile_sandbox::NamedFault;
use serde_json::Value;

use super::liar::Lie;
use super::listing::lied;
use super::scene::{SERVICES, Scene, Setting, connect, failed};
use crate::model::{Claim, Intent, Records, address, records};

/// The faults that are tried on one profile: those that come in place of any response.
pub const OF_ANY_REQUEST: [&str; 38] = [
    "refused-once",
    "refused",
    "closed-before-headers-once",
    "closed-before-headers",
    "reset-mid-body-once",
    "reset-mid-body",
    "closed-mid-body",
    "truncated-json",
    "stalled-before-headers-once",
    "stalled-before-headers",
    "stalled-mid-body",
    "status-408",
    "status-429",
    "status-500",
    "status-502",
    "status-503-once",
    "status-503",
    "status-504",
    "status-520",
    "status-599",
    "retry-after-absurd-once",
    "should-retry-once",
    "unauthorized-once",
    "unauthorized",
    "forbidden",
    "html-with-200",
    "html-with-403",
    "empty-200",
    "redirected-elsewhere",
    "credential-echoed",
    "gateway-404-json",
    "gateway-404-text",
    "gateway-404-empty",
    "gateway-401",
    "gateway-403",
    "error-with-200",
    "token-404",
    "another-profile",
];

/// The faults that are tried on a write alone: of SCIM, which can be changed in many ways.
pub const OF_WRITES: [&str; 5] =
    ["patch-without-effect", "patch-no-content", "patch-active-only", "patch-unsupported", "if-match-stale"];

/// Faults in which the service never answers, so that nothing is known of anybody. A refusal in its own form is its word.
pub(crate) fn is_silence(fault: &str) -> bool {
    !fault.ends_with("-once") && !matches!(fault, "another-profile" | "credential-echoed")
}

/// Faults of which nothing shows where a write is answered without a record.
pub(crate) const CANNOT_BE_KNOWN: [&str; 2] = ["empty-200", "another-profile"];

/// The faults, in the order of the schedule.
pub fn faults_of_profiles() -> impl Iterator<Item = &'static NamedFault> {
    NamedFault::all().filter(|fault| OF_ANY_REQUEST.contains(&fault.name))
}

/// The faults that are tried on a write.
pub fn faults_of_writes() -> impl Iterator<Item = &'static NamedFault> {
    let all = NamedFault::all();
    all.filter(|fault| OF_ANY_REQUEST.contains(&fault.name) || OF_WRITES.contains(&fault.name))
}

/// How the profiles of this table are set up.
pub fn setting(service: &'static str) -> Setting {
    Setting { profiles: 20, is_generally_available: true, ..Setting::of(service) }
}

/// What came of one operation, in a word, and what must not have come of it.
#[derive(Clone, Debug)]
pub struct Step {
    /// The operation.
    pub operation: &'static str,
    /// What came of it.
    pub word: String,
    /// What must not be, if it is so.
    pub violation: Option<String>,
    /// The error, if it was one.
    pub error: Option<Error>,
}

/// What came of the operations on one profile while a fault was in force.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The service.
    pub service: &'static str,
    /// What came of each.
    pub steps: Vec<Step>,
    /// How often the fault made a difference.
    pub strikes: u64,
}

impl Outcome {
    fn cell(&self) -> String {
        let mut words: Vec<(Vec<&str>, &str)> = Vec::new();
        for step in &self.steps {
            match words.iter_mut().find(|(_, word)| *word == step.word) {
                Some((operations, _)) => operations.push(step.operation),
                None => words.push((vec![step.operation], &step.word)),
            }
        }
        if let [(_, word)] = &words[..] {
            return format!("each: {word}");
        }
        let parts = words.iter().map(|(operations, word)| format!("{}: {word}", operations.join(", ")));
        parts.collect::<Vec<_>>().join("; ")
    }

    /// What must not be, if it is so.
    pub fn violations(&self) -> impl Iterator<Item = String> {
        let silent = (self.strikes == 0).then(|| "the fault did not strike".to_owned());
        let steps = self.steps.iter();
        steps
            .filter_map(|step| Some(format!("{}: {}", step.operation, step.violation.as_ref()?)))
            .chain(silent)
    }
}

/// What an error says, for the table.
fn word_of(error: &Error) -> String {
    let effect = if error.may_have_taken_effect() { ", may have been made" } else { "" };
    format!("**{}**{effect}", error.kind())
}

/// What must not be said of somebody who is there, or of nobody.
fn of_error(scene: &Scene, error: &Error) -> Option<String> {
    if error.kind() == ErrorKind::Internal {
        return Some("an internal error".to_owned());
    }
    let words = error.field_errors().values().flatten().map(String::as_str).chain(error.service_message());
    words.into_iter().any(|words| scene.shows_credential(words)).then(|| "the credential is shown".to_owned())
}

/// Judges what reading a profile gave.
pub fn judge_get(id: &ProfileId, truth: &Records, result: &Result<anyprofile::Profile>) -> Option<String> {
    match result {
        Ok(profile) if profile.id != *id => Some(format!("{id} was asked for, and {} came", profile.id)),
        Ok(profile) => {
            let record = truth.get(&id.to_string())?;
            let name =
                ["name", "display_name", "displayName"].iter().find_map(|key| record[*key].as_str())?;
            let is_same = profile.name.display.value().is_none_or(|shown| shown == name);
            (!is_same).then(|| "it has the name of somebody else".to_owned())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Some("somebody who is there is said not to be".to_owned())
        }
        Err(_) => None,
    }
}

/// Judges what finding somebody gave; without an id, somebody whom nobody has ever heard of.
pub fn judge_find(id: Option<&ProfileId>, is_silent: bool, result: &Result<Found>) -> Option<String> {
    let found = result.as_ref().ok()?;
    if found.method == anyprofile::find::FindMethod::Unanswerable {
        return None;
    }
    let is_wrong = |profile: &anyprofile::Profile| id != Some(&profile.id);
    if found.profiles.iter().any(is_wrong) {
        return Some("somebody else is found".to_owned());
    }
    if found.profiles.is_empty() && found.is_complete && (id.is_some() || is_silent) {
        return Some("nobody is said to be there, and nobody answered".to_owned());
    }
    None
}

/// Reads and finds somebody, and looks for nobody, while a fault is in force from the first request on.
///
/// # Errors
/// If no sandbox can be had.
pub async fn reading(setting: Setting, fault: &NamedFault, lie: Option<Lie>) -> io::Result<Option<Outcome>> {
    let service = setting.service;
    let mut steps = Vec::new();
    let mut strikes = 0;
    for operation in ["get", "find by id", "find by address", "find nobody"] {
        let Some(in_force) = fault.everywhere(service) else { return Ok(None) };
        let scene = Scene::new(setting).await?;
        let truth = records(&scene.sandbox, scene.setting).await?;
        let id = somebody(&truth)?;
        scene.provider.prepare().await.map_err(failed)?;
        let provider = lied(Arc::clone(&scene.provider), lie).await?;
        scene.sandbox.add_fault(in_force);
        let address = address(&truth[&id.to_string()]).map(str::to_owned);
        let (key, whom) = match operation {
            "get" => {
                let result = provider.get(&id).await;
                let word = result.as_ref().map_or_else(word_of, |_| "there".to_owned());
                let violation = judge_get(&id, &truth, &result);
                strikes += scene.sandbox.strikes().iter().sum::<u64>();
                steps.push(step(&scene, operation, word, violation, result.err()));
                continue;
            }
            "find by id" => (FindKey::NativeId(id.native().to_owned()), Some(&id)),
            "find by address" => match address {
                Some(address) => (FindKey::Email(address), Some(&id)),
                None => continue,
            },
            _ => (FindKey::NativeId("00000000-0000-4000-8000-000000000000".to_owned()), None),
        };
        let result = provider.find_by(&key).await;
        let word = match &result {
            Ok(found) if found.profiles.is_empty() => "nobody".to_owned(),
            Ok(_) => "there".to_owned(),
            Err(error) => word_of(error),
        };
        let violation = judge_find(whom, is_silence(fault.name), &result);
        strikes += scene.sandbox.strikes().iter().sum::<u64>();
        steps.push(step(&scene, operation, word, violation, result.err()));
    }
    Ok(Some(Outcome { service, steps, strikes }))
}

fn step(
    scene: &Scene,
    operation: &'static str,
    word: String,
    violation: Option<String>,
    error: Option<Error>,
) -> Step {
    let violation = violation.or_else(|| of_error(scene, error.as_ref()?));
    Step { operation, word, violation, error }
}

/// Somebody in the middle of the list who has a name.
fn somebody(truth: &Records) -> io::Result<ProfileId> {
    let keys = ["name", "display_name", "displayName"];
    let has_name = |record: &Value| keys.iter().any(|key| record[*key].is_string());
    let mut named = truth.iter().filter(|(id, record)| id.contains("/user/") && has_name(record));
    named.nth(5).ok_or_else(|| failed("nobody has a name"))?.0.parse().map_err(failed)
}

/// What a write says that became of it.
pub fn claim<T>(result: &Result<T>) -> Claim {
    match result {
        Ok(_) => Claim::Done,
        Err(error) if !error.may_have_taken_effect() => Claim::NotDone,
        Err(error) if error.is_of_another_profile() => Claim::UnknownToWhom,
        Err(_) => Claim::Unknown,
    }
}

/// The key of the display name in a service's records.
pub fn name_key(service: &str) -> &'static str {
    match service {
        "upsun" => "/display_name",
        "scim" => "/displayName",
        _ => "/name",
    }
}

/// The writes that a provider has.
pub fn writes_of(provider: &dyn ProfileProvider) -> Vec<&'static str> {
    let operations = &provider.capabilities().operations;
    let has = |support: &anyprofile::capabilities::Support| support.kinds().contains(&IdKind::USER);
    [
        ("update", &operations.update),
        ("create", &operations.create),
        ("deactivate", &operations.deactivate),
        ("delete", &operations.delete),
    ]
    .into_iter()
    .filter_map(|(name, support)| has(support).then_some(name))
    .collect()
}

/// A draft of somebody with a name that nobody else has.
pub fn draft(service: &str, name: &str) -> ProfileDraft {
    let draft = ProfileDraft::new(IdKind::USER).set(FieldPath::NAME_DISPLAY, name);
    let address = format!("{}@example.com", name.replace(' ', ".").to_lowercase());
    match service {
        "probely" => draft.set(FieldPath::EMAILS, address),
        "scim" => draft.set(FieldPath::USERNAME, address),
        _ => draft,
    }
}

/// Makes each write that there is while a fault is in force, before the service acts or after.
///
/// # Errors
/// If no sandbox can be had.
pub async fn writing(
    setting: Setting,
    fault: &NamedFault,
    is_after_effect: bool,
    lie: Option<Lie>,
) -> io::Result<Option<Outcome>> {
    let service = setting.service;
    let mut steps = Vec::new();
    let mut strikes = 0;
    let operations = writes_of(Scene::new(setting).await?.provider.as_ref());
    for operation in operations {
        let Some(mut in_force) = fault.everywhere(service) else { return Ok(None) };
        if is_after_effect {
            in_force = in_force.after_effect();
        }
        let scene = Scene::new(setting).await?;
        let before = records(&scene.sandbox, scene.setting).await?;
        let id = somebody(&before)?;
        // Who writes has asked for nothing before, not even for a token, but for what the service can do.
        let provider = connect(&scene.sandbox, scene.setting)?;
        provider.prepare().await.map_err(failed)?;
        let provider = lied(provider, lie).await?;
        let name = "Somebody New";
        let (intent, write) = match operation {
            "update" => {
                let change = ProfileChange::new().set(FieldPath::NAME_DISPLAY, name);
                let value = Value::from(name);
                let intent = Intent::Set { id: id.to_string(), pointer: name_key(service), value };
                (intent, Write::update(id.clone(), change))
            }
            "create" => (Intent::Create { name: name.to_owned() }, Write::create(draft(service, name))),
            "deactivate" => {
                let intent = Intent::Set { id: id.to_string(), pointer: "/active", value: false.into() };
                (intent, Write::deactivate(id.clone()))
            }
            _ => (Intent::Remove { id: id.to_string() }, Write::delete(id.clone())),
        };
        // Planned by another one, so that the write is the first that it asks for.
        let plan = scene.provider.plan(&write, &PlanOptions::new()).await.map_err(failed)?;
        scene.sandbox.add_fault(in_force);
        let executed = provider.execute(&plan, &ExecuteOptions::new()).await;
        let result = executed.and_then(Executed::into_result);
        // It is said that the service shows something else.
        let is_ignored = result.as_ref().is_ok_and(|it| !it.ignored.is_empty());
        let result = result.map(drop);
        strikes += scene.sandbox.strikes().iter().sum::<u64>();
        scene.sandbox.clear_faults();
        let after = records(&scene.sandbox, scene.setting).await?;
        let has_record = matches!(operation, "update" | "create");
        let cannot_be_known = result.is_ok() && !has_record && CANNOT_BE_KNOWN.contains(&fault.name);
        let claim = if is_ignored { Claim::NotDone } else { claim(&result) };
        let violation = intent.violation(claim, &before, &after).filter(|_| !cannot_be_known);
        let made = if is_ignored { "**ignored**" } else { "made" };
        let word = result.as_ref().map_or_else(word_of, |()| made.to_owned());
        steps.push(step(&scene, operation, word, violation, result.err()));
    }
    Ok(Some(Outcome { service, steps, strikes }))
}

/// What came of a fault at each service.
#[derive(Clone, Debug)]
pub struct Row {
    /// The fault.
    pub fault: &'static str,
    /// Whether it strikes when the service has acted.
    pub is_after_effect: bool,
    /// What came of it; `None` where it cannot befall the service.
    pub outcomes: Vec<Option<Outcome>>,
}

/// Reading one profile with each fault.
///
/// # Errors
/// If no sandbox can be had.
pub async fn reading_matrix() -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for fault in faults_of_profiles() {
        let mut outcomes = Vec::new();
        for service in SERVICES {
            outcomes.push(reading(setting(service), fault, None).await?);
        }
        rows.push(Row { fault: fault.name, is_after_effect: false, outcomes });
    }
    Ok(rows)
}

/// Writing one profile with each fault, before the service acts and after.
///
/// # Errors
/// If no sandbox can be had.
pub async fn writing_matrix() -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for fault in faults_of_writes() {
        for is_after_effect in [false, true] {
            // What changes the right answer comes after the effect in any case.
            if is_after_effect && !fault.can_follow_effect() {
                continue;
            }
            let mut outcomes = Vec::new();
            for service in SERVICES {
                outcomes.push(writing(setting(service), fault, is_after_effect, None).await?);
            }
            rows.push(Row { fault: fault.name, is_after_effect, outcomes });
        }
    }
    Ok(rows)
}

/// The table of these rows.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = format!("| fault | {} |\n|---{}|\n", SERVICES.join(" | "), "|---".repeat(SERVICES.len()));
    for Row { fault, is_after_effect, outcomes } in rows {
        let when = if *is_after_effect { ", after the effect" } else { "" };
        let cells =
            outcomes.iter().map(|outcome| outcome.as_ref().map_or_else(|| "–".to_owned(), Outcome::cell));
        let _ = writeln!(text, "| `{fault}`{when} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    text
}
