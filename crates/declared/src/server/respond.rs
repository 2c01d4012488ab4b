//! Responses of a mock service.

mod page;
mod write;

use anyprofile_core::Timestamp;
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header, request::Parts},
};
use serde_json::{Value, json};

use self::{
    page::{joined, page},
    write::{acted, answer, change, updated},
};
use super::{
    people,
    routes::{Matched, Purpose},
    state::{Person, State, filters},
};
use crate::{
    Service,
    definition::{AuthKind, Collection, Definition, Map, Scalar},
    template::{Template, set_at, text_of},
};

/// The status of records that are not listed.
const ACTIVE: &[&str] = &["active"];

/// The size of a page without a size.
const PAGE_SIZE: usize = 10;

fn reply(status: u16, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(if body.is_null() && status == 204 {
        String::new()
    } else {
        body.to_string()
    }));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Returns the response of a token endpoint.
pub(super) fn token(service: &Service, token: &str) -> Response<Body> {
    let at = service.definition().auth.first().and_then(|auth| auth.token.clone());
    let mut body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 });
    if let Some(at) = at {
        set_at(&mut body, &at, json!(token));
    }
    reply(200, &body)
}

/// Returns an error in the service's own form.
fn error(definition: &Definition, status: u16) -> Response<Body> {
    let errors = &definition.errors;
    let mut body = json!({});
    for pointer in errors.form.iter().take(1) {
        set_at(&mut body, pointer, json!("error"));
    }
    for pointer in errors.message.iter().take(1) {
        set_at(&mut body, pointer, json!("the mock refuses the request"));
    }
    let code = errors.statuses.iter().find(|(_, means)| **means == status).map(|(code, _)| code.clone());
    for pointer in errors.code.iter().take(1) {
        set_at(&mut body, pointer, json!(code.clone().unwrap_or_else(|| "refused".to_owned())));
    }
    if let Some(rule) = &errors.in_success {
        let wrong = match rule.is.first() {
            Some(Scalar::Bool(value)) => json!(!value),
            Some(Scalar::Number(number)) => json!(number + 1),
            _ => json!("error"),
        };
        set_at(&mut body, &rule.at, wrong);
        if code.is_some() {
            return reply(200, &body);
        }
    }
    reply(status, &body)
}

/// Returns whether a request has the credential of the mock.
fn is_signed(definition: &Definition, headers: &HeaderMap) -> bool {
    let Some(auth) = definition.auth.first() else { return true };
    let has = |name: &str, wanted: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value == wanted)
    };
    match auth.kind {
        AuthKind::Bearer => auth
            .credentials
            .keys()
            .next()
            .is_some_and(|name| has("authorization", &format!("Bearer mock-{name}"))),
        AuthKind::Header => auth.headers.iter().all(|(name, text)| {
            let expected = auth.credentials.keys().fold(text.clone(), |text, credential| {
                text.replace(&format!("{{{credential}}}"), &format!("mock-{credential}"))
            });
            expected.contains('{') || has(&name.to_ascii_lowercase(), &expected)
        }),
        AuthKind::Basic => {
            headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"Basic "))
        }
        AuthKind::ClientCredentials | AuthKind::JwtBearer | AuthKind::TokenRequest => {
            has("authorization", &format!("Bearer {}", super::TOKEN))
        }
    }
}

/// Returns the response to a request.
pub(super) fn respond(service: &Service, state: &mut State, parts: &Parts, body: &Bytes) -> Response<Body> {
    let definition = service.definition();
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    if !is_signed(definition, &parts.headers) {
        return error(definition, 401);
    }
    let found = state.matches(&parts.method, &parts.uri, &body);
    if found.is_empty() {
        // A filter may have replaced a parameter that makes a part of a list.
        return match listed(definition, state, &parts.uri, &body) {
            Some(response) => response,
            None => error(definition, 404),
        };
    }
    let mut refused = None;
    for (place, matched) in found {
        let purpose = state.routes[place].purpose.clone();
        let response = act(definition, state, parts, &body, &purpose, &matched);
        if response.status() != StatusCode::NOT_FOUND {
            return response;
        }
        refused.get_or_insert(response);
    }
    refused.unwrap_or_else(|| error(definition, 404))
}

/// Returns a page of the first list at a path, whatever its parameters.
fn listed(definition: &Definition, state: &State, uri: &Uri, body: &Value) -> Option<Response<Body>> {
    let place = definition.collections.iter().position(|collection| {
        let paths = std::iter::once(&collection.request)
            .chain(collection.parts.iter().filter_map(|part| part.request.as_ref()));
        let mut paths = paths.map(|request| request.path.as_str());
        paths.any(|path| same_path(path, uri.path()))
    })?;
    Some(page(definition, state, uri, body, place, None, &HeaderMap::new()))
}

/// Returns whether a path is that of a template.
fn same_path(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(path).all(|(template, segment)| template.contains('{') || *template == segment)
}

fn act(
    definition: &Definition,
    state: &mut State,
    parts: &Parts,
    body: &Value,
    purpose: &Purpose,
    matched: &Matched,
) -> Response<Body> {
    let missing = || error(definition, 404);
    match purpose {
        Purpose::List { collection, part } => {
            page(definition, state, &parts.uri, body, *collection, Some(*part), &parts.headers)
        }
        Purpose::Filter { collection, name } => filtered(definition, state, *collection, name, matched),
        Purpose::Total { collection } => {
            let count = state.people.iter().filter(|person| person.collection == *collection).count();
            let total = definition.collections[*collection].total.as_ref();
            let mut body = json!({});
            match total.map(|total| total.of_response.as_str()) {
                Some("") | None => body = json!(count),
                Some(pointer) => set_at(&mut body, pointer, json!(count)),
            }
            reply(200, &body)
        }
        Purpose::Get { get } => {
            let get = &definition.get[*get];
            let Some(key) = &matched.id else { return missing() };
            let person = state.person(key).or_else(|| {
                // By another name, where the service accepts one.
                let kinds = &get.kinds;
                (get.by_email || get.by_username).then(|| by_name(definition, state, key, kinds)).flatten()
            });
            let Some(person) = person else { return missing() };
            let kind = &definition.collections[state.people[person].collection].kind;
            let is_for = get.kinds.contains(kind) || (get.kinds.is_empty() && kind == "user");
            if is_for { reply(200, &wrapped(&get.record, &state.people[person].record)) } else { missing() }
        }
        Purpose::Current => {
            let Some(current) = &definition.current else { return missing() };
            let kind = current.kind.as_deref().unwrap_or("user");
            let own =
                state.people.iter().find(|person| definition.collections[person.collection].kind == kind);
            let map = crate::mapping::merged(&[&definition.map, &current.map]);
            let invented = people::record(&map, 0, "own", ACTIVE);
            let record = match own {
                Some(own) if current.map.id.is_none() => own.record.clone(),
                // The own record has its id elsewhere, or is of a kind that is not listed.
                Some(own) => people::with_id(invented, &map, &own.id),
                None => invented,
            };
            match (&current.id, own) {
                (Some(id), Some(own)) => {
                    let mut body = json!({});
                    set_at(&mut body, id, json!(own.id));
                    reply(200, &body)
                }
                _ => reply(200, &wrapped(&current.record, &record)),
            }
        }
        Purpose::Find { key } => found(definition, state, key, matched),
        Purpose::Record { record } => {
            let record = &definition.records[*record];
            let Some(person) = matched.id.as_deref().and_then(|id| state.person(id)) else {
                return missing();
            };
            let number = state.people[person].id.chars().rev().take(5).collect::<Vec<_>>();
            let number: u64 = number.iter().rev().collect::<String>().parse().unwrap_or_default();
            let invented = people::record(&record.map, number, "r", ACTIVE);
            reply(200, &wrapped(&record.record, &bare(invented, &record.map)))
        }
        Purpose::Join { join } => joined(state, &parts.uri, body, &definition.joins[*join]),
        Purpose::Action { name } => acted(definition, state, name, matched),
        Purpose::Update { update } => updated(definition, state, *update, matched, body),
        Purpose::Field { update, path } => {
            let Some(person) = matched.id.as_deref().and_then(|id| state.person(id)) else {
                return missing();
            };
            let field = definition.update[*update].fields.get(path);
            let sent = matched.value.clone().unwrap_or_default();
            let known =
                field.and_then(|field| field.values.iter().find(|(_, theirs)| text_of(theirs) == sent));
            let ours = known.map_or_else(|| json!(sent), |(word, _)| json!(word));
            change(state, definition, person, path, &ours);
            answer(definition, state, person, *update)
        }
    }
}

/// A record that is a list has no further fields.
fn bare(record: Value, map: &Map) -> Value {
    let is_list = map
        .security
        .values()
        .chain(map.name.values())
        .any(|rule| rule.0.any.as_ref().is_some_and(|any| any.of.is_empty()));
    let is_list = is_list
        || map
            .roles
            .iter()
            .chain(&map.groups)
            .chain(&map.entitlements)
            .flatten()
            .any(|item| item.each.as_deref() == Some(""));
    let is_list = is_list || map.mfa_methods.as_ref().is_some_and(|item| item.each.as_deref() == Some(""));
    if is_list && record.is_object() { json!([]) } else { record }
}

fn wrapped(pointer: &str, record: &Value) -> Value {
    if pointer.is_empty() {
        return record.clone();
    }
    let mut body = json!({});
    if let Some(list) = pointer.strip_suffix("/0") {
        let items = json!([record]);
        if list.is_empty() {
            return items;
        }
        set_at(&mut body, list, items);
        return body;
    }
    set_at(&mut body, pointer, record.clone());
    body
}

fn by_name(definition: &Definition, state: &State, name: &str, kinds: &[String]) -> Option<usize> {
    state.people.iter().position(|person| {
        let collection = &definition.collections[person.collection];
        let is_for = kinds.contains(&collection.kind) || (kinds.is_empty() && collection.kind == "user");
        is_for && {
            let map = &state.maps[person.collection][person.part];
            has_address(map, &person.record, name) || is_named(map, "username", &person.record, name)
        }
    })
}

fn has_address(map: &Map, record: &Value, address: &str) -> bool {
    map.emails.iter().flatten().any(|rule| match &rule.each {
        Some(each) => record.pointer(each).and_then(Value::as_array).is_some_and(|items| {
            items.iter().any(|item| rule.at.0.iter().any(|at| is_text(item.pointer(at), address)))
        }),
        None => rule.at.0.iter().any(|at| is_text(record.pointer(at), address)),
    })
}

fn is_text(value: Option<&Value>, wanted: &str) -> bool {
    value.and_then(Value::as_str).is_some_and(|text| text.eq_ignore_ascii_case(wanted))
}

fn is_named(map: &Map, path: &str, record: &Value, name: &str) -> bool {
    let rule = people::rule_of(map, path);
    rule.is_some_and(|rule| rule.0.at.0.iter().any(|at| is_text(record.pointer(at), name)))
}

fn found(definition: &Definition, state: &State, key: &str, matched: &Matched) -> Response<Body> {
    let find = match key {
        "email" => &definition.find.email,
        "username" => &definition.find.username,
        _ => &definition.find.external_id,
    };
    let (Some(find), Some(value)) = (find, &matched.value) else { return error(definition, 404) };
    let kind = find.kind.as_deref().unwrap_or("user");
    let person = state.people.iter().find(|person| {
        let map = &state.maps[person.collection][person.part];
        let of_get = state.gets.get(kind);
        let maps = std::iter::once(map).chain(of_get);
        definition.collections[person.collection].kind == kind
            && maps.into_iter().any(|map| match key {
                "email" => has_address(map, &person.record, value),
                path => is_named(map, path, &person.record, value),
            })
    });
    match (person, &find.id) {
        (Some(person), Some(id)) => {
            let mut body = json!({});
            set_at(&mut body, id, json!(person.id));
            reply(200, &body)
        }
        (Some(person), None) => reply(200, &wrapped(&find.record, &person.record)),
        // Nobody: an empty list, where the record is in one.
        (None, _) => match find.record.strip_suffix("/0") {
            Some("") => reply(200, &json!([])),
            Some(list) => {
                let mut body = json!({});
                set_at(&mut body, list, json!([]));
                reply(200, &body)
            }
            None => error(definition, 404),
        },
    }
}

fn filtered(
    definition: &Definition,
    state: &State,
    place: usize,
    name: &str,
    matched: &Matched,
) -> Response<Body> {
    let collection = &definition.collections[place];
    let filter =
        filters(&collection.filters).into_iter().find(|(known, _)| known == name).map(|(_, filter)| filter);
    let records = filter.and_then(|filter| filter.records.as_ref()).unwrap_or(&collection.records);
    let people = state.people.iter().filter(|person| person.collection == place);
    let kept: Vec<&Value> = people
        .filter(|person| passes(state, person, name, matched.value.as_deref()))
        .map(|person| &person.record)
        .collect();
    let mut body = json!({});
    if records.is_empty() {
        body = json!(kept);
    } else if collection.keyed {
        let fields: serde_json::Map<String, Value> = state
            .people
            .iter()
            .filter(|person| {
                person.collection == place && passes(state, person, name, matched.value.as_deref())
            })
            .map(|person| (person.id.clone(), person.record.clone()))
            .collect();
        set_at(&mut body, records, fields.into());
    } else {
        set_at(&mut body, records, json!(kept));
    }
    if let Some(rule) = &definition.errors.in_success
        && let Some(is) = rule.is.first()
    {
        set_at(&mut body, &rule.at, scalar(is));
    }
    reply(200, &body)
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Bool(value) => json!(value),
        Scalar::Number(number) => json!(number),
        Scalar::Text(text) => json!(text),
    }
}

/// Returns whether a person passes a filter.
fn passes(state: &State, person: &Person, name: &str, value: Option<&str>) -> bool {
    let map = &state.maps[person.collection][person.part];
    let plan = crate::mapping::RecordPlan::new(
        &anyprofile_core::IdKind::USER,
        &anyprofile_core::profile::View::new("mock"),
        &[map],
        &[],
        &[],
        &[],
    );
    let text = person.record.to_string();
    let Some(profile) = plan.profile_of_text(&text) else { return false };
    let since = |time: &anyprofile_core::Field<Timestamp>| {
        let since: Option<Timestamp> = value.and_then(|value| value.parse().ok());
        since.is_some_and(|since| time.is_known_and(|time| *time >= since))
    };
    match name {
        "email" => value.is_some_and(|value| profile.has_email(value)),
        "search" => {
            value.is_some_and(|value| text.to_ascii_lowercase().contains(&value.to_ascii_lowercase()))
        }
        "updated_since" => since(&profile.times.updated),
        "created_since" => since(&profile.times.created),
        "role" => profile.roles.items().iter().any(|role| {
            role.role.is_known_and(|role| {
                value.is_some_and(|value| role.id.is_known_to_be(value) || role.name.is_known_to_be(value))
            })
        }),
        name => match name.split_once('.') {
            Some(("status", word)) => profile.status.is_known_and(|status| status.as_str() == word),
            Some((_, word)) => profile.security.mfa_enabled.is_known_and(|mfa| mfa.to_string() == word),
            None => true,
        },
    }
}

/// Returns the filters that a request has, with their values.
fn filters_of(
    collection: &Collection,
    query: &[(String, String)],
    body: &Value,
) -> Vec<(String, Option<String>)> {
    let mut all = Vec::new();
    for (name, filter) in filters(&collection.filters) {
        if filter.request.is_some() {
            continue;
        }
        let mut matched = Matched::default();
        let has_query = filter.query.iter().all(|(key, value)| {
            let texts = match value {
                Value::Array(values) => values.iter().map(text_of).collect(),
                value => vec![text_of(value)],
            };
            texts.iter().all(|text| {
                let Ok(template) = Template::parse(text) else { return false };
                query.iter().any(|(known, sent)| known == key && matched.take(&template, sent).is_some())
            })
        });
        let has_body = filter.body.iter().all(|(pointer, value)| {
            body.pointer(pointer).is_some_and(|sent| matched.take_value(value, sent))
        });
        if has_query && has_body && (!filter.query.is_empty() || !filter.body.is_empty()) {
            let is_any =
                filter.query.values().chain(filter.body.values()).any(|value| text_of(value) == "{value}");
            all.push((is_any, name, matched.value.map(|value| unescaped(&value))));
        }
    }
    // A text of any kind is what another filter wrote.
    if all.iter().any(|(is_any, _, _)| !is_any) {
        all.retain(|(is_any, _, _)| !is_any);
    }
    all.into_iter().map(|(_, name, value)| (name, value)).collect()
}

fn unescaped(value: &str) -> String {
    value.replace("\\\"", "\"").replace("''", "'").replace("\\\\", "\\")
}
