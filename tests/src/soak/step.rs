//! One operation, and what must not come of it.

use std::{collections::BTreeSet, fmt};

use anyprofile::{
    Error, ErrorKind, ExecuteOptions, Executed, Expected, FieldPath, Filter, FindKey, ListQuery, Plan,
    PlanOptions, ProfileChange, ProfileId, ProfileProvider, ProfileProviderExt as _, Result, Status, Write,
    find::FindMethod,
    query::{Order, OrderField},
};
use serde_json::Value;

use super::life::Life;
use crate::{
    faults::{
        could_be_known,
        profiles::{CANNOT_BE_KNOWN, claim, draft, judge_find, judge_get, name_key, writes_of},
    },
    model::{Claim, Intent, Records, address},
};

/// An operation.
#[derive(Clone, Debug)]
pub(super) enum Step {
    List(Box<ListQuery>, Option<Wanted>),
    Get(ProfileId),
    /// By the id, or by the address.
    Find(FindKey, Option<ProfileId>),
    Update(ProfileId, String),
    Create(String),
    Deactivate(ProfileId),
    Delete(ProfileId),
}

/// Who is wanted, decided by the records themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Active,
    Suspended,
}

/// What came of an operation.
pub(super) struct Observation {
    pub(super) word: String,
    pub(super) is_error: bool,
    /// What is wrong with it by itself.
    wrong: Option<String>,
    /// Of a listing: who came, and whether it is called complete.
    listed: Option<Listed>,
    /// Of a write: what is said of it.
    claim: Option<Claim>,
}

struct Listed {
    ids: Vec<String>,
    is_complete: bool,
    is_told: bool,
    is_limited: bool,
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(query, wanted) => write!(formatter, "list {wanted:?} {query:?}"),
            Self::Get(id) => write!(formatter, "get {id}"),
            Self::Find(key, id) => write!(formatter, "find {key:?} of {id:?}"),
            Self::Update(id, name) => write!(formatter, "name {id} '{name}'"),
            Self::Create(name) => write!(formatter, "create '{name}'"),
            Self::Deactivate(id) => write!(formatter, "deactivate {id}"),
            Self::Delete(id) => write!(formatter, "delete {id}"),
        }
    }
}

impl Step {
    pub(super) fn choose(life: &mut Life) -> Self {
        let kinds = [0, 0, 0, 1, 2, 2, 3, 4, 5];
        let kind = kinds[life.random.below(kinds.len())];
        let users: Vec<_> = life.model.keys().filter(|id| id.contains("/user/")).cloned().collect();
        let somebody = life.random.pick(&users).and_then(|id| id.parse::<ProfileId>().ok());
        let writes = writes_of(life.scene.provider.as_ref());
        match (kind, somebody) {
            (0, _) | (_, None) => Self::list(life),
            (1, Some(id)) => Self::Get(id),
            (2, Some(id)) => {
                let address = address(&life.model[&id.to_string()]).map(str::to_owned);
                match address {
                    _ if life.random.once_in(4) => {
                        Self::Find(FindKey::NativeId("nobodysid0000".to_owned()), None)
                    }
                    Some(address) if life.random.once_in(2) => Self::Find(FindKey::Email(address), Some(id)),
                    _ => Self::Find(FindKey::NativeId(id.native().to_owned()), Some(id)),
                }
            }
            (3, Some(id)) => Self::Update(id, life.name()),
            (_, Some(id)) => match life.random.pick(&writes) {
                Some("create") => Self::Create(life.name()),
                Some("deactivate") => Self::Deactivate(id),
                Some("delete") => Self::Delete(id),
                _ => Self::Update(id, life.name()),
            },
        }
    }

    fn list(life: &mut Life) -> Self {
        let random = &mut life.random;
        let mut query = ListQuery::new();
        if !random.once_in(4) {
            query = query.with_page_size(u32::try_from(1 + random.below(20)).unwrap_or(1));
        }
        if random.once_in(2) {
            query = query.with_concurrency(u32::try_from(1 + random.below(9)).unwrap_or(1));
        }
        if random.once_in(6) {
            query = query.with_limit(u64::try_from(random.below(80)).unwrap_or_default());
        }
        if random.once_in(3) {
            query = query.with_max_empty_pages(u32::try_from(1 + random.below(4)).unwrap_or(1));
        }
        let listing = &life.scene.provider.capabilities().listing;
        if random.once_in(3)
            && let Some(field) = random.pick(&listing.orders)
        {
            let is_up = random.once_in(2);
            query = query.with_order(if is_up { Order::ascending(field) } else { Order::descending(field) });
        }
        let mut filter = Filter::default();
        let mut wanted = None;
        match random.below(6) {
            0 if listing.orders.contains(&OrderField::Updated) => {
                let month = 1 + random.below(12);
                filter.updated_since = format!("2024-{month:02}-01T00:00:00Z").parse().ok();
            }
            1 if !listing.filter_statuses.is_empty() => {
                let is_active = random.once_in(2);
                wanted = Some(if is_active { Wanted::Active } else { Wanted::Suspended });
                let status = if is_active { Status::Active } else { Status::Suspended };
                filter.status = vec![Expected::Is(status)];
            }
            _ => {}
        }
        Self::List(Box::new(query.with_filter(filter)), wanted)
    }

    pub(super) fn is_listing(&self) -> bool {
        matches!(self, Self::List(..))
    }

    pub(super) fn writes(&self) -> bool {
        self.intent("").is_some()
    }

    /// What a write is to do.
    fn intent(&self, service: &str) -> Option<Intent> {
        Some(match self {
            Self::List(..) | Self::Get(_) | Self::Find(..) => return None,
            Self::Update(id, name) => Intent::Set {
                id: id.to_string(),
                pointer: name_key(service),
                value: Value::from(name.as_str()),
            },
            Self::Create(name) => Intent::Create { name: name.clone() },
            Self::Deactivate(id) => {
                Intent::Set { id: id.to_string(), pointer: "/active", value: false.into() }
            }
            Self::Delete(id) => Intent::Remove { id: id.to_string() },
        })
    }

    /// The plan of an update that is made before anything goes wrong, so that it is the write that meets it.
    pub(super) async fn plan(&self, provider: &dyn ProfileProvider) -> Result<Option<Plan>> {
        let Self::Update(id, name) = self else { return Ok(None) };
        let write = Write::update(id.clone(), named(name));
        provider.plan(&write, &PlanOptions::new()).await.map(Some)
    }

    /// Does it; an update by a plan, if there is one.
    pub(super) async fn run(
        &self,
        provider: &dyn ProfileProvider,
        model: &Records,
        plan: Option<Plan>,
    ) -> Observation {
        match self {
            Self::List(query, _) => list(provider, query).await,
            Self::Get(id) => {
                let result = provider.get(id).await;
                let wrong = judge_get(id, model, &result);
                Observation { wrong, ..Observation::of(&result) }
            }
            Self::Find(key, id) => {
                let result = provider.find_by(key).await;
                let wrong = judge_find(id.as_ref(), false, &result);
                let mut outcome = Observation { wrong, ..Observation::of(&result) };
                if let Ok(found) = &result {
                    let responses = found.is_complete && found.method != FindMethod::Unanswerable;
                    outcome.word = format!("{} found, {responses}", found.profiles.len());
                    if found.profiles.is_empty() && responses {
                        NOBODY.clone_into(&mut outcome.word);
                    }
                }
                outcome
            }
            Self::Update(id, name) => {
                let executed = if let Some(plan) = plan {
                    provider.execute(&plan, &ExecuteOptions::new()).await
                } else {
                    let write = Write::update(id.clone(), named(name));
                    match provider.plan(&write, &PlanOptions::new()).await {
                        Ok(plan) => {
                            provider.execute(&plan, &ExecuteOptions::new().with_unchanged(true)).await
                        }
                        Err(error) => Err(error),
                    }
                };
                let applied = executed.and_then(Executed::into_result);
                let is_shown =
                    applied.as_ref().is_ok_and(|it| it.ignored.is_empty() && it.unshown.is_empty());
                let mut outcome = Observation::of_write(&applied);
                if applied.is_ok() && !is_shown {
                    outcome.claim = Some(Claim::Unknown);
                }
                outcome
            }
            Self::Create(name) => {
                let draft = draft(provider.info().service.as_str(), name);
                Observation::of_write(&provider.write(Write::create(draft)).await)
            }
            Self::Deactivate(id) => Observation::of_write(&provider.deactivate(id).await),
            Self::Delete(id) => Observation::of_write(&provider.delete(id).await),
        }
    }
}

fn named(name: &str) -> ProfileChange {
    ProfileChange::new().set(FieldPath::NAME_DISPLAY, name)
}

const NOBODY: &str = "nobody is there";

impl Observation {
    fn of<T>(result: &Result<T>) -> Self {
        let word = match result {
            Ok(_) => "done".to_owned(),
            Err(error) => format!("{error}"),
        };
        let is_ours = |error: &Error| error.kind() == ErrorKind::Internal;
        let wrong =
            result.as_ref().err().filter(|error| is_ours(error)).map(|_| "an internal error".to_owned());
        Self { word, is_error: result.is_err(), wrong, listed: None, claim: None }
    }

    fn of_write<T>(result: &Result<T>) -> Self {
        Self { claim: Some(claim(result)), ..Self::of(result) }
    }
}

async fn list(provider: &dyn ProfileProvider, query: &ListQuery) -> Observation {
    let mut profiles = provider.list(query.clone());
    let mut ids = Vec::new();
    let result = loop {
        match profiles.try_next().await {
            Ok(Some(profile)) => ids.push(profile.id.to_string()),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    let report = profiles.report();
    let told = crate::faults::told(&report);
    let mut outcome = Observation::of(&result);
    let twice = ids.len() - ids.iter().collect::<BTreeSet<_>>().len();
    // Whom the filter or the limit then leaves out may have come twice too.
    if report.duplicates < twice as u64 {
        outcome.wrong = Some(format!("{twice} come twice, and {} are told of", report.duplicates));
    }
    if query.limit.is_some_and(|limit| ids.len() as u64 > limit) {
        outcome.wrong = Some(format!("{} come", ids.len()));
    }
    if result.is_ok() {
        outcome.word = format!("{} came, complete: {}, {}", ids.len(), report.is_complete(), told.join(", "));
    }
    outcome.listed = Some(Listed {
        ids,
        is_complete: result.is_ok() && report.is_complete(),
        is_told: result.is_err() || !told.is_empty(),
        is_limited: report.limited,
    });
    outcome
}

/// What a step is judged by.
pub(super) struct Judge<'a> {
    pub(super) faults: &'a [&'static str],
    pub(super) before: &'a Records,
    pub(super) after: &'a Records,
    pub(super) service: &'static str,
    /// Whether no request got the response that the service gave.
    pub(super) is_silent: bool,
}

impl Judge<'_> {
    /// What must not be, if it is so.
    pub(super) fn violation(&self, step: &Step, outcome: &Observation) -> Option<String> {
        // A 400 or 404 in the service's own form is its word that nobody has such a key, where it is known to be the service;
        // also where it looks for somebody else than it was asked for.
        let says_nobody = ["credential-echoed", "another-profile"].iter().any(|it| self.faults.contains(it));
        let is_refused = matches!(step, Step::Find(..)) && outcome.word == NOBODY && says_nobody;
        if let Some(wrong) = outcome.wrong.as_ref().filter(|_| !is_refused) {
            return Some(wrong.clone());
        }
        let is_about_nobody = matches!(step, Step::Find(_, None)) && outcome.word == NOBODY;
        if is_about_nobody && self.is_silent {
            return Some("nobody is said to be there, and nobody answered".to_owned());
        }
        if let (Some(claim), Some(intent)) = (outcome.claim, step.intent(self.service)) {
            // Of two faults the other one may hide whose record came.
            let is_mixed_up = self.faults.contains(&"another-profile");
            let claim = if is_mixed_up && claim == Claim::Unknown { Claim::UnknownToWhom } else { claim };
            let has_record = matches!(step, Step::Update(..) | Step::Create(_));
            let cannot_be_known = claim == Claim::Done
                && !has_record
                && self.faults.iter().any(|fault| CANNOT_BE_KNOWN.contains(fault));
            return intent.violation(claim, self.before, self.after).filter(|_| !cannot_be_known);
        }
        // A fault may swap somebody; nothing else changes by reading.
        let moves = ["person-swapped", "person-inserted"];
        if self.before != self.after && !self.faults.iter().any(|fault| moves.contains(fault)) {
            return Some("something was written by reading".to_owned());
        }
        match (step, &outcome.listed) {
            (Step::List(query, wanted), Some(listed)) => self.of_listing(query, *wanted, listed),
            _ => None,
        }
    }

    fn of_listing(&self, query: &ListQuery, wanted: Option<Wanted>, listed: &Listed) -> Option<String> {
        let came: BTreeSet<_> = listed.ids.iter().map(String::as_str).collect();
        let is_there = |id: &&&str| self.before.contains_key(**id) || self.after.contains_key(**id);
        if let Some(nobody) = came.iter().find(|id| !is_there(id)) {
            return Some(format!("{nobody} came, who is not there"));
        }
        let is = |record: &Value| match wanted {
            None => Some(true),
            Some(wanted) => {
                let is_active = is_active(self.service, record)?;
                Some(is_active == (wanted == Wanted::Active))
            }
        };
        let unwanted = came.iter().filter_map(|id| Some((id, self.before.get(*id)?)));
        if let Some((id, _)) = unwanted.into_iter().find(|(_, record)| is(record) == Some(false)) {
            return Some(format!("{id} came, who is not wanted"));
        }
        if !listed.is_complete {
            let is_silent = !listed.is_told && !listed.is_limited;
            return is_silent.then(|| "incomplete, and nothing says why".to_owned());
        }
        let declares_total = self.service != "anthropic";
        // Who was changed since is not in the records of the model: times are left out of them.
        if query.filter.updated_since.is_some() || !could_be_known(self.faults, declares_total) {
            return None;
        }
        let stayed = self.before.iter().filter(|(id, _)| self.after.contains_key(*id));
        let lacking = stayed.filter(|(id, record)| is(record) == Some(true) && !came.contains(id.as_str()));
        let lacking = lacking.count();
        (lacking > 0).then(|| format!("called complete, and {lacking} lack"))
    }
}

/// Whether somebody may act, by the record; none where it does not say so.
fn is_active(service: &str, record: &Value) -> Option<bool> {
    match service {
        "probely" => record["active"].as_bool(),
        "scim" => match &record["active"] {
            Value::String(text) => Some(text == "True"),
            other => other.as_bool(),
        },
        _ => match record["enforcement_status"].as_str()? {
            "unrestricted" => Some(true),
            "restricted" | "banned" => Some(false),
            _ => None,
        },
    }
}
