//! Writes.

use std::{borrow::Cow, sync::Arc};

use anyprofile_core::{
    Change, Error, ErrorKind, FieldPath, IdKind, Profile, ProfileChange, ProfileId, Result, Write,
    plan::Receipt,
};
use anyprofile_engine::{Action, Basis};
use anyprofile_http::{Caller, Operation, Request};
use serde_json::{Map, Value};

use super::{DeclaredConnector, record_of};
use crate::{
    definition::{Answers, Clear},
    operations::{Additions, RequestPlan},
    plan::{ActionPlan, EndPlan, FieldPlan, UpdatePlan},
    record::read_value,
    template::{Values, remove_each, set_at},
};

/// The name of the profile's record in the basis of a write.
const RECORD: &str = "record";

impl DeclaredConnector {
    fn update(&self, kind: &IdKind) -> Option<&UpdatePlan> {
        self.plan.updates.iter().find(|update| update.kinds.contains(kind))
    }

    fn end<'a>(ends: &'a [EndPlan], kind: &IdKind) -> Option<&'a EndPlan> {
        ends.iter().find(|end| end.kinds.contains(kind))
    }

    /// Returns whether a write must only be sent for a profile that is there.
    fn must_exist(&self, write: &Write) -> bool {
        match write {
            Write::Update { id, .. } => self.update(&id.kind).is_some_and(|update| update.must_exist),
            Write::Deactivate { id } => {
                Self::end(&self.plan.deactivate, &id.kind).is_some_and(|end| end.must_exist)
            }
            Write::Delete { id } => Self::end(&self.plan.delete, &id.kind).is_some_and(|end| end.must_exist),
            _ => false,
        }
    }

    /// Returns whether a write needs the profile's record.
    fn needs_record(&self, write: &Write) -> bool {
        let of_update = |kind: &IdKind, change: Option<&ProfileChange>| {
            self.update(kind).is_some_and(|update| {
                let changed = update
                    .fields
                    .iter()
                    .filter(|field| change.is_none_or(|change| !change.get(&field.path).is_keep()));
                let mut requests = changed.flat_map(|field| {
                    let actions = field.actions.iter().filter_map(|(_, name)| self.plan.actions.get(name));
                    field.request.iter().chain(actions.map(|action| &action.request))
                });
                update.needs_record() || requests.any(RequestPlan::needs_record)
            })
        };
        let of_end = |end: Option<&EndPlan>, kind: &IdKind| {
            end.is_some_and(|end| {
                let mut actions = end.actions.iter().filter_map(|name| self.plan.actions.get(name));
                actions.any(|action| action.request.needs_record())
                    || (end.status.is_some() && of_update(kind, None))
            })
        };
        match write {
            Write::Update { id, change } => of_update(&id.kind, Some(change)),
            Write::Deactivate { id } => of_end(Self::end(&self.plan.deactivate, &id.kind), &id.kind),
            Write::Delete { id } => of_end(Self::end(&self.plan.delete, &id.kind), &id.kind),
            _ => false,
        }
    }

    pub(super) async fn basis_of(&self, caller: &Caller, write: &Write, is_read: bool) -> Result<Basis> {
        // A profile that was read is there.
        let must_exist = !is_read && self.must_exist(write);
        let Some(id) = write.id().filter(|_| must_exist || self.needs_record(write)) else {
            return Ok(Basis::default());
        };
        let Some(get) = self.plan.get(&id.kind) else {
            return Err(Error::unsupported(
                caller.info(),
                write.operation(),
                "the write needs the profile's record, and the service reads no single one of this kind",
            ));
        };
        let pointer = get.record.clone();
        let request = self.addressed(&get.request, id);
        let operation = Operation::new(request, move |response| {
            let record = read_value(response, &pointer)?;
            if record.is_object() { Ok(record) } else { Err(super::nobody(response, &pointer)) }
        });
        Basis::default().with(RECORD, &caller.call(&operation).await?)
    }

    pub(super) fn actions(&self, caller: &Caller, write: &Write, basis: &Basis) -> Result<Vec<Action>> {
        let record: Option<Value> = if self.needs_record(write) { Some(basis.get(RECORD)?) } else { None };
        let record = record.as_ref();
        let unsupported = || write.unsupported(caller.info(), &self.capabilities);
        match write {
            Write::Update { id, change } => self.updated(caller, id, change, record),
            Write::Deactivate { id } => {
                let end = Self::end(&self.plan.deactivate, &id.kind).ok_or_else(unsupported)?;
                self.ended(caller, id, end, record)
            }
            Write::Delete { id } => {
                let end = Self::end(&self.plan.delete, &id.kind).ok_or_else(unsupported)?;
                self.ended(caller, id, end, record)
            }
            _ => Err(unsupported()),
        }
    }

    fn ended(
        &self,
        caller: &Caller,
        id: &ProfileId,
        end: &EndPlan,
        record: Option<&Value>,
    ) -> Result<Vec<Action>> {
        if let Some(status) = &end.status {
            let change = ProfileChange::new().set(FieldPath::STATUS, status.as_str());
            return self.updated(caller, id, &change, record);
        }
        let actions = end.actions.iter().filter_map(|name| self.plan.actions.get(name));
        // What the response shows of a profile that is gone is not its state.
        Ok(actions.map(|action| self.action(action, id, record, None, false)).collect())
    }

    fn updated(
        &self,
        caller: &Caller,
        id: &ProfileId,
        change: &ProfileChange,
        record: Option<&Value>,
    ) -> Result<Vec<Action>> {
        let Some(update) = self.update(&id.kind) else {
            return Err(self.capabilities.operations.update.missing(caller.info(), "update"));
        };
        let mut actions = Vec::new();
        let mut body = None;
        if let Some(request) = &update.request {
            let values = Values { id: Some(id.native()), record, ..self.values() };
            let of_template = request.body(&values).map_err(|name| {
                Error::new(ErrorKind::InvalidRequest, format!("the update needs {name}, which is not known"))
                    .with_provider(caller.info())
                    .with_operation("update")
                    .with_hint(
                        "read the profile, and look for the field that the definition names in the request",
                    )
            })?;
            body = Some(of_template.unwrap_or_else(|| Value::Object(Map::new())));
        }
        if let Some(body) = &mut body {
            keep(update, body, record);
        }
        let mut is_sent = false;
        for field in &update.fields {
            let value = value_of(field, change);
            let value = match value {
                Ok(Some(value)) => value,
                Ok(None) => continue,
                Err(message) => return Err(refused(caller, field, &message)),
            };
            match (&field.at, &field.request) {
                (Some(at), _) => {
                    is_sent = true;
                    if let Some(body) = &mut body {
                        set_at(body, at, value);
                    }
                }
                (None, Some(request)) => {
                    let values =
                        Values { id: Some(id.native()), value: Some(&value), record, ..self.values() };
                    let request = request.request(&values, self.writing());
                    actions.push(self.answered(
                        request,
                        id,
                        update.answers,
                        &update.record,
                        update.id.as_deref(),
                    ));
                }
                (None, None) => {
                    let name = value.as_str().unwrap_or_default();
                    let Some(action) = self.plan.actions.get(name) else { continue };
                    actions.push(self.action(action, id, record, None, true));
                }
            }
        }
        if is_sent && let (Some(request), Some(body)) = (&update.request, body) {
            let values = Values { id: Some(id.native()), record, ..self.values() };
            let request = request.request(&values, Additions { body: Some(body), ..self.writing() });
            actions
                .insert(0, self.answered(request, id, update.answers, &update.record, update.id.as_deref()));
        }
        Ok(actions)
    }

    fn action(
        &self,
        action: &ActionPlan,
        id: &ProfileId,
        record: Option<&Value>,
        value: Option<&Value>,
        shows: bool,
    ) -> Action {
        let values = Values { id: Some(id.native()), record, value, ..self.values() };
        let request = action.request.request(&values, self.writing());
        let answers = if shows { action.answers } else { Answers::Nothing };
        let planned = self.answered(request, id, answers, &action.record, None);
        match &action.warning {
            Some(warning) => planned.with_warning(warning.clone()),
            None => planned,
        }
    }

    /// Returns the step of a request with such a response.
    fn answered(
        &self,
        request: Request,
        id: &ProfileId,
        answers: Answers,
        pointer: &str,
        id_at: Option<&str>,
    ) -> Action {
        match answers {
            Answers::Nothing => {
                let (id, at) = (id.clone(), id_at.map(str::to_owned));
                Action::new(Operation::new(request, move |response| {
                    response.acknowledged()?;
                    if let Some(at) = at.as_ref().filter(|_| !response.is_empty()) {
                        let sent = read_value(response, at)?;
                        let sent = crate::template::text_of(&sent);
                        response.is_of(&id, Some(&anyprofile_core::wire::OpaqueId::from(&*sent)))?;
                    }
                    Ok(Receipt::Accepted)
                }))
            }
            Answers::Record => {
                let (plan, id, pointer) = (Arc::clone(&self.plan), id.clone(), pointer.to_owned());
                Action::new(Operation::new(request, move |response| {
                    // Nothing, where the record was expected: it is read afterwards.
                    if response.is_empty() {
                        return Ok(Receipt::Accepted);
                    }
                    let Some(records) = plan.get(&id.kind).and_then(|get| get.plan(&id.kind)) else {
                        return response.acknowledged().map(|()| Receipt::Accepted);
                    };
                    let record = record_of(response, &pointer, &records.shape)?;
                    let now = super::now();
                    let own = records.id_of(&record.captured, now);
                    let own = own.map(|id| anyprofile_core::wire::OpaqueId::from(id.as_str()));
                    response.is_of(&id, own.as_ref())?;
                    let profile: Profile = records
                        .profile(response.info(), record, now)
                        .map_err(|reason| response.error(ErrorKind::Decode, reason))?;
                    Ok(Receipt::Shows(Box::new(profile)))
                }))
            }
        }
    }
}

/// Adds to a body what is sent besides the changed fields.
fn keep(update: &UpdatePlan, body: &mut Value, record: Option<&Value>) {
    let Some(record) = record else { return };
    if update.keep.whole {
        keep_whole(body, record);
    }
    for pointer in &update.keep.without {
        remove_each(body, pointer);
    }
    for (to, from) in &update.keep.values {
        if let Some(value) = record.pointer(from) {
            set_at(body, to, value.clone());
        }
    }
}

/// Adds to a body what it does not have of a record, also inside of objects.
fn keep_whole(body: &mut Value, record: &Value) {
    let (Value::Object(body), Value::Object(fields)) = (body, record) else { return };
    for (key, value) in fields {
        match body.get_mut(key) {
            Some(own) => keep_whole(own, value),
            None => drop(body.insert(key.clone(), value.clone())),
        }
    }
}

/// Returns the value that a change sends for a field; `None` if it does not change the field. For a field with actions, it is the name of
/// the action.
fn value_of(field: &FieldPlan, change: &ProfileChange) -> Result<Option<Value>, Cow<'static, str>> {
    let value = match change.get(&field.path) {
        Change::Keep => return Ok(None),
        Change::Clear => {
            return match field.clear {
                Some(Clear::Null) => Ok(Some(Value::Null)),
                Some(Clear::Empty) => Ok(Some("".into())),
                Some(Clear::EmptyList) => Ok(Some(Value::Array(Vec::new()))),
                None => Err("the field cannot be cleared".into()),
            };
        }
        Change::Set(value) => value.clone(),
    };
    let value = match value {
        Value::Array(mut values) if field.is_single => {
            if values.len() != 1 {
                return Err("the service takes exactly one value".into());
            }
            values.remove(0)
        }
        value => value,
    };
    let word = crate::template::text_of(&value).into_owned();
    if let Some((_, action)) = field.actions.iter().find(|(known, _)| *known == word) {
        return Ok(Some(Value::from(action.as_str())));
    }
    let one_of = |known: &mut dyn Iterator<Item = &String>| -> Cow<'static, str> {
        format!("the service takes one of: {}", known.map(String::as_str).collect::<Vec<_>>().join(", "))
            .into()
    };
    if !field.actions.is_empty() {
        return Err(one_of(&mut field.actions.iter().map(|(word, _)| word)));
    }
    if field.values.is_empty() {
        return Ok(Some(value));
    }
    // A word that the definition does not have is none of the service's: it may take it for something else.
    let theirs = |value: &Value| {
        let word = crate::template::text_of(value);
        let found = field.values.iter().find(|(known, _)| **known == *word).map(|(_, theirs)| theirs.clone());
        found.ok_or_else(|| one_of(&mut field.values.iter().map(|(word, _)| word)))
    };
    match &value {
        Value::Array(values) => {
            values.iter().map(theirs).collect::<Result<_, _>>().map(|all| Some(Value::Array(all)))
        }
        value => theirs(value).map(Some),
    }
}

fn refused(caller: &Caller, field: &FieldPlan, message: &str) -> Error {
    Error::new(ErrorKind::InvalidRequest, format!("{}: {message}", field.path.as_str()))
        .with_provider(caller.info())
        .with_operation("update")
        .with_field_error(field.path.as_str(), message)
}
