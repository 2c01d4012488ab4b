//! Writes.

use anyprofile_core::{FieldPath, IdKind, Status};
use serde_json::Value;

use super::{ID, ID_AND_VALUE, Resolver};
use crate::{
    definition::{Answers, Clear, End, Format, Keep, WriteField},
    flaw::Key,
    operations::RequestPlan,
    record::is_around,
};

/// How profiles of some kinds are updated.
#[derive(Debug)]
pub(crate) struct UpdatePlan {
    pub(crate) kinds: Vec<IdKind>,
    pub(crate) request: Option<RequestPlan>,
    pub(crate) keep: Keep,
    pub(crate) answers: Answers,
    pub(crate) record: String,
    /// Where the id is in a response that shows no more.
    pub(crate) id: Option<String>,
    pub(crate) must_exist: bool,
    pub(crate) fields: Vec<FieldPlan>,
}

/// How a field is written.
#[derive(Debug)]
pub(crate) struct FieldPlan {
    pub(crate) path: FieldPath,
    pub(crate) at: Option<String>,
    pub(crate) values: Vec<(String, Value)>,
    pub(crate) actions: Vec<(String, String)>,
    pub(crate) request: Option<RequestPlan>,
    pub(crate) format: Option<Format>,
    pub(crate) max: Option<u32>,
    pub(crate) clear: Option<Clear>,
    pub(crate) warning: Option<String>,
    pub(crate) is_single: bool,
}

/// A request that a write refers to by name.
#[derive(Debug)]
pub(crate) struct ActionPlan {
    pub(crate) request: RequestPlan,
    pub(crate) answers: Answers,
    pub(crate) record: String,
    pub(crate) warning: Option<String>,
}

/// How a profile is deactivated or deleted.
#[derive(Debug)]
pub(crate) struct EndPlan {
    pub(crate) kinds: Vec<IdKind>,
    pub(crate) actions: Vec<String>,
    pub(crate) status: Option<String>,
    pub(crate) must_exist: bool,
}

impl UpdatePlan {
    /// Returns whether the record must be read before a write.
    pub(crate) fn needs_record(&self) -> bool {
        self.keep.whole
            || !self.keep.values.is_empty()
            || self.request.as_ref().is_some_and(RequestPlan::needs_record)
    }
}

impl Resolver<'_> {
    pub(super) fn actions(&mut self) -> std::collections::BTreeMap<String, ActionPlan> {
        let definition = self.definition;
        let mut plans = std::collections::BTreeMap::new();
        for (name, action) in &definition.actions {
            let key = Key::default().then("actions").then(name.as_str());
            self.check_pointer(&key.then("record"), &action.record);
            let Some(request) = self.request(&key.then("request"), &action.request, ID) else { continue };
            if request.is_repeatable() {
                self.flaws
                    .add(&key.then("request").then("repeatable"), "a write is never repeated by itself");
            }
            let plan = ActionPlan {
                request,
                answers: action.answers,
                record: action.record.clone(),
                warning: action.warning.clone(),
            };
            plans.insert(name.clone(), plan);
        }
        plans
    }

    /// Checks that a place of a body is none in a list: what else the list has would be lost.
    fn check_place_in_body(&mut self, key: &Key, pointer: &str) {
        let is_index = |token: &str| {
            token == "-" || (!token.is_empty() && token.bytes().all(|digit| digit.is_ascii_digit()))
        };
        if pointer.split('/').skip(1).any(is_index) {
            self.flaws.add(
                key,
                "an element of a list cannot be written by itself, and a number is taken for one: name the list, or write the field with a `request` of its own",
            );
        }
    }

    fn check_action(&mut self, key: &Key, name: &str) {
        if !self.definition.actions.contains_key(name) {
            self.flaws.add(key, format!("there is no action named '{name}'"));
        }
    }

    pub(super) fn updates(&mut self) -> Vec<UpdatePlan> {
        let definition = self.definition;
        let mut plans: Vec<UpdatePlan> = Vec::new();
        for (number, update) in definition.update.iter().enumerate() {
            let key = Key::default().then("update").then(number);
            let kinds = self.kinds(&key.then("kinds"), &update.kinds);
            self.check_pointer(&key.then("record"), &update.record);
            if let Some(id) = &update.id {
                self.check_pointer(&key.then("id"), id);
                if update.answers == Answers::Record {
                    self.flaws.add(&key.then("id"), "a record has the id where `map` says it");
                }
            }
            for (name, pointers) in [
                ("values", update.keep.values.iter().flat_map(|(to, from)| [to, from]).collect::<Vec<_>>()),
                ("without", update.keep.without.iter().collect()),
            ] {
                for pointer in pointers {
                    self.check_pointer(&key.then("keep").then(name), pointer);
                }
            }
            for to in update.keep.values.keys() {
                self.check_place_in_body(&key.then("keep").then("values"), to);
            }
            for secret in &definition.secrets {
                let is_left_out = update.keep.without.iter().any(|place| is_around(place, secret));
                let is_named = update
                    .keep
                    .values
                    .values()
                    .any(|place| is_around(place, secret) || is_around(secret, place));
                if (update.keep.whole && !is_left_out) || is_named {
                    self.flaws.add(
                        &key.then("keep"),
                        format!("what is kept has the secret at '{secret}', which a plan would show: leave it out with `without`, or name what is kept in `values`"),
                    );
                }
            }
            let request =
                update.request.as_ref().and_then(|request| self.request(&key.then("request"), request, ID));
            let fields: Vec<FieldPlan> = update
                .fields
                .iter()
                .filter_map(|(path, field)| self.field(&key.then("fields").then(path.as_str()), path, field))
                .collect();
            if update.request.is_none() && fields.iter().any(|field| field.at.is_some()) {
                self.flaws
                    .add(&key.then("request"), "fields with `at` need the request whose body they are in");
            }
            let unread: Vec<&IdKind> = kinds.iter().filter(|kind| !self.has_get(kind)).collect();
            for kind in unread {
                self.flaws.add(
                    &key.then("kinds"),
                    format!("an update is read back with `get`, which there is not for ids of kind '{kind}'"),
                );
            }
            if request.as_ref().is_some_and(RequestPlan::is_repeatable) {
                self.flaws
                    .add(&key.then("request").then("repeatable"), "a write is never repeated by itself");
            }
            if kinds.iter().any(|kind| plans.iter().any(|known| known.kinds.contains(kind))) {
                self.flaws.add(&key.then("kinds"), "another `update` is for these ids, too");
            }
            plans.push(UpdatePlan {
                kinds,
                request,
                keep: update.keep.clone(),
                answers: update.answers,
                record: update.record.clone(),
                id: update.id.clone(),
                must_exist: update.must_exist,
                fields,
            });
        }
        plans
    }

    fn field(&mut self, key: &Key, path: &str, field: &WriteField) -> Option<FieldPlan> {
        let path = self.path(key, path)?;
        let ways = [field.at.is_some(), !field.actions.is_empty(), field.request.is_some()];
        if ways.iter().filter(|is_used| **is_used).count() != 1 {
            self.flaws.add(key, "a field is written in one way: exactly one of at, actions, request");
        }
        if let Some(at) = &field.at {
            self.check_pointer(&key.then("at"), at);
            self.check_place_in_body(&key.then("at"), at);
        }
        for (word, action) in &field.actions {
            self.check_action(&key.then("actions").then(word.as_str()), action);
        }
        if path == FieldPath::STATUS {
            for word in field.actions.keys().chain(field.values.keys()) {
                if !Status::WORDS.contains(&word.as_str()) {
                    self.flaws.add(key, format!("'{word}' is no status: {}", Status::WORDS.join(", ")));
                }
            }
            if field.clear.is_some() {
                self.flaws.add(&key.then("clear"), "a status is not cleared");
            }
            if field.actions.is_empty() && field.values.is_empty() {
                self.flaws
                    .add(key, "a status has `values` or `actions`: what the service has for each of ours");
            }
        }
        let request = field
            .request
            .as_ref()
            .and_then(|request| self.request(&key.then("request"), request, ID_AND_VALUE));
        let pairs = |map: &std::collections::BTreeMap<String, String>| {
            map.iter().map(|(word, action)| (word.clone(), action.clone())).collect()
        };
        Some(FieldPlan {
            path,
            at: field.at.clone(),
            values: field.values.iter().map(|(word, value)| (word.clone(), value.clone())).collect(),
            actions: pairs(&field.actions),
            request,
            format: field.format,
            max: field.max,
            clear: field.clear,
            warning: field.warning.clone(),
            is_single: field.single,
        })
    }

    pub(super) fn ends(&mut self, name: &str, ends: &[End]) -> Vec<EndPlan> {
        let mut plans = Vec::new();
        for (number, end) in ends.iter().enumerate() {
            let key = Key::default().then(name).then(number);
            let kinds = self.kinds(&key.then("kinds"), &end.kinds);
            for (place, action) in end.actions.iter().enumerate() {
                self.check_action(&key.then("actions").then(place), action);
            }
            match (&end.status, end.actions.is_empty()) {
                (Some(_), false) => self.flaws.add(&key, "either actions, or the status that an update sets"),
                (None, true) => self.flaws.add(&key, "say how: actions, or the status that an update sets"),
                (Some(status), true) => {
                    let sets = |update: &crate::definition::Update| {
                        let field = update.fields.get("status");
                        field.is_some_and(|field| {
                            field.values.contains_key(status) || field.actions.contains_key(status)
                        })
                    };
                    if !self.definition.update.iter().any(sets) {
                        self.flaws.add(&key.then("status"), "no `update` can set this status");
                    }
                }
                (None, false) => {}
            }
            plans.push(EndPlan {
                kinds,
                actions: end.actions.clone(),
                status: end.status.clone(),
                must_exist: end.must_exist,
            });
        }
        plans
    }
}
