//! The writes. Names and titles have their own records, so that one change may take three requests.

use std::sync::atomic::{AtomicU64, Ordering};

use anyprofile_conformance::{Disturbance, SentRequest};
use anyprofile_core::{
    Change, Email, Error, ErrorKind, Field, FieldPath, Profile, ProfileChange, ProfileId, Result, Status,
    Write,
    error::Effect,
    plan::{PlannedRequest, Receipt},
};
use serde_json::Value;

use super::{Flaw, person, provider::Memory};

/// A request and its effect.
pub(super) struct Step {
    pub(super) request: PlannedRequest,
    does: Does,
}

enum Does {
    Create(ProfileChange),
    Change(ProfileId, ProfileChange),
    Suspend(ProfileId),
}

/// The part of a change that belongs to one record.
fn part(change: &ProfileChange, is_of: impl Fn(&FieldPath) -> bool) -> ProfileChange {
    let fields = change.iter().filter(|(path, _)| is_of(path));
    fields.fold(ProfileChange::new(), |part, (path, change)| match change {
        Change::Set(value) => part.set(path.clone(), value.clone()),
        Change::Clear => part.clear(path.clone()),
        Change::Keep => part,
    })
}

fn request(method: &'static str, url: String, change: &ProfileChange) -> PlannedRequest {
    let body = change.iter().map(|(path, change)| match change {
        Change::Set(value) => (path.to_string(), value.clone()),
        _ => (path.to_string(), Value::Null),
    });
    let body = (!change.is_empty()).then(|| Value::Object(body.collect()));
    PlannedRequest::new(method, url, body).with_header("store-version", "2026")
}

/// Returns the request as it is sent.
fn sent(request: &PlannedRequest, flaw: Flaw) -> SentRequest {
    let mut sent = SentRequest::new(&*request.method, &request.url).with_header("host", "memory");
    for (name, value) in &request.headers {
        sent = sent.with_header(name, value);
    }
    if flaw == Flaw::HidesHeader {
        sent = sent.with_header("x-http-method-override", "DELETE");
    }
    match &request.body {
        Some(_) if flaw == Flaw::SendsAnotherBody => sent.with_body(r#"{"admin":true}"#),
        Some(body) => sent.with_body(body.to_string()),
        None => sent,
    }
}

impl Memory {
    /// Returns the requests of a write, in order.
    pub(super) fn steps(&self, write: &Write) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        match write {
            Write::Create { draft } => {
                let change = draft.fields().clone();
                let request = request("POST", "memory:people".to_owned(), &change);
                steps.push(Step { request, does: Does::Create(change) });
            }
            Write::Update { id, change } => {
                let own = [("names", FieldPath::NAME_DISPLAY), ("titles", FieldPath::TITLE)];
                let is_own = |path: &FieldPath| own.iter().any(|(_, own)| own == path);
                let mut records = vec![("people", part(change, |path| !is_own(path)))];
                records.extend(own.iter().map(|(record, own)| (*record, part(change, |path| path == own))));
                for (record, change) in records.into_iter().filter(|(_, change)| !change.is_empty()) {
                    let request = request("PATCH", format!("memory:{record}/{}", id.native()), &change);
                    steps.push(Step { request, does: Does::Change(id.clone(), change) });
                }
            }
            Write::Deactivate { id } => {
                let url = format!("memory:people/{}", id.native());
                let request = request("DELETE", url, &ProfileChange::new());
                steps.push(Step { request, does: Does::Suspend(id.clone()) });
            }
            other => return Err(other.unsupported(&self.info, &self.capabilities)),
        }
        if self.flaw == Flaw::PlansAnew {
            static NUMBER: AtomicU64 = AtomicU64::new(0);
            let number = NUMBER.fetch_add(1, Ordering::Relaxed).to_string();
            for step in &mut steps {
                step.request = step.request.clone().with_header("number", &number);
            }
        }
        Ok(steps)
    }

    /// Sends one request, without a retry.
    pub(super) fn send(&self, step: &Step) -> Result<Receipt> {
        let send = || self.store.write(sent(&step.request, self.flaw), |people| self.act(people, &step.does));
        match send() {
            Err(error) if error.effect() == Effect::Possible && self.flaw == Flaw::RepeatsLost => send(),
            Err(error) if self.flaw == Flaw::DeniesLost => Err(error.with_effect(Effect::None)),
            outcome => outcome,
        }
    }

    fn act(&self, people: &mut Vec<Profile>, does: &Does) -> Result<Receipt> {
        let shows = |profile| Ok(Receipt::Shows(Box::new(profile)));
        match does {
            Does::Create(change) => {
                let mut profile = person(people.len(), self.flaw);
                self.set(&mut profile, change);
                profile.status = Status::Active.into();
                people.push(profile.clone());
                shows(profile)
            }
            Does::Change(id, change) => {
                let place = self.place_of(people, id)?;
                self.set(&mut people[place], change);
                shows(self.record(id, people[place].clone()))
            }
            Does::Suspend(id) => {
                let found = people.iter_mut().find(|profile| profile.id == *id);
                let profile = found.ok_or_else(|| self.nobody())?;
                if self.flaw != Flaw::KeepsActive {
                    profile.status = Status::Suspended.into();
                }
                Ok(Receipt::Accepted)
            }
        }
    }

    fn set(&self, profile: &mut Profile, change: &ProfileChange) {
        for (path, change) in change.iter() {
            let text: Field<String> = match change {
                Change::Set(value) => value.as_str().map(str::to_owned).into(),
                Change::Clear => Field::Null,
                Change::Keep => continue,
            };
            match path.as_str() {
                "emails" => profile.emails = Email::login(text),
                "name.display" => profile.name.display = text,
                "title" if self.flaw != Flaw::IgnoresTitle => profile.title = text,
                _ => {}
            }
        }
    }

    /// A write that no plan shows.
    pub(super) fn send_something(&self) {
        let request = SentRequest::new("PATCH", "memory:people");
        let _ = self.store.write(request, |_| Ok(()));
    }

    /// Returns the position of the profile that the store uses for an id.
    pub(super) fn place_of(&self, people: &[Profile], id: &ProfileId) -> Result<usize> {
        let place = people.iter().position(|profile| profile.id == *id).ok_or_else(|| self.nobody())?;
        let is_mixed_up = self.store.is(Disturbance::AnotherRecord);
        Ok(if is_mixed_up { (place + 1) % people.len() } else { place })
    }

    fn nobody(&self) -> Error {
        Error::new(ErrorKind::NotFound, "no profile has this id").with_provider(&self.info)
    }
}
