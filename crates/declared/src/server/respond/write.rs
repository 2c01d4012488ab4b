//! Writes to a mock service.

use axum::{body::Body, http::Response};
use serde_json::{Value, json};

use super::{
    super::{changes, people, routes::Matched, state::State},
    error,
    page::{PageBody, with_success},
    reply, wrapped,
};
use crate::{definition::Definition, template::set_at};

/// Sets a field of a person to one of our values, in everything that shows it.
pub(super) fn change(state: &mut State, definition: &Definition, person: usize, path: &str, ours: &Value) {
    let (collection, part) = (state.people[person].collection, state.people[person].part);
    let map = state.maps[collection][part].clone();
    let of_get = state.gets.get(&definition.collections[collection].kind).cloned();
    let record = &mut state.people[person].record;
    changes::set(record, &map, path, ours);
    if let Some(of_get) = of_get {
        changes::set(record, &of_get, path, ours);
    }
}

pub(super) fn acted(
    definition: &Definition,
    state: &mut State,
    name: &str,
    matched: &Matched,
) -> Response<Body> {
    let Some(person) = matched.id.as_deref().and_then(|id| state.person(id)) else {
        return error(definition, 404);
    };
    let ends = |ends: &[crate::definition::End]| {
        ends.iter().any(|end| end.actions.iter().any(|known| known == name))
    };
    let status = definition.update.iter().find_map(|update| {
        let field = update.fields.get("status")?;
        field.actions.iter().find(|(_, action)| *action == name).map(|(word, _)| word.clone())
    });
    let action = &definition.actions[name];
    if let Some(status) = status {
        change(state, definition, person, "status", &json!(status));
    } else if ends(&definition.deactivate) {
        let map = &state.maps[state.people[person].collection][state.people[person].part];
        let word = ["suspended", "deleted"].into_iter().find(|word| {
            map.status
                .as_ref()
                .is_some_and(|rule| rule.0.constant.is_none() && people::can_say(rule, &json!(word)))
        });
        if let Some(word) = word {
            change(state, definition, person, "status", &json!(word));
        }
    } else if ends(&definition.delete) {
        state.people.remove(person);
        return reply(204, &Value::Null);
    }
    match (action.answers, state.people.get(person)) {
        (crate::definition::Answers::Record, Some(person)) => {
            reply(200, &wrapped(&action.record, &person.record))
        }
        _ => with_success(definition, PageBody { body: json!({}), headers: Vec::new() }),
    }
}

pub(super) fn updated(
    definition: &Definition,
    state: &mut State,
    update: usize,
    matched: &Matched,
    body: &Value,
) -> Response<Body> {
    let id = matched.id.clone().or_else(|| {
        // The profile is named in the body.
        let names = body.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str());
        names.map(str::to_owned).find(|id| state.person(id).is_some())
    });
    let Some(person) = id.as_deref().and_then(|id| state.person(id)) else { return error(definition, 404) };
    let plan = &definition.update[update];
    let keeps: Vec<&String> = plan.keep.values.keys().collect();
    for (path, field) in &plan.fields {
        let Some(at) = &field.at else { continue };
        let Some(sent) = body.pointer(at) else { continue };
        if keeps.contains(&at) && plan.keep.whole {
            continue;
        }
        let known = field.values.iter().find(|(_, theirs)| *theirs == sent);
        let ours = known.map_or_else(|| sent.clone(), |(word, _)| json!(word));
        let is_cleared = sent.is_null() || *sent == json!("");
        change(state, definition, person, path, if is_cleared { &Value::Null } else { &ours });
    }
    answer(definition, state, person, update)
}

pub(super) fn answer(definition: &Definition, state: &State, person: usize, update: usize) -> Response<Body> {
    let update = &definition.update[update];
    match update.answers {
        crate::definition::Answers::Record => {
            reply(200, &wrapped(&update.record, &state.people[person].record))
        }
        crate::definition::Answers::Nothing if definition.errors.in_success.is_some() => {
            with_success(definition, PageBody { body: json!({}), headers: Vec::new() })
        }
        crate::definition::Answers::Nothing => match &update.id {
            Some(at) => {
                let mut body = json!({});
                set_at(&mut body, at, json!(state.people[person].id));
                reply(200, &body)
            }
            None => reply(204, &Value::Null),
        },
    }
}
