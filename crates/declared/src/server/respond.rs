//! Responses of a mock service.

use anyprofile_core::Timestamp;
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, header, request::Parts},
};
use serde_json::{Value, json};

use super::{
    people,
    state::{Matched, Purpose, State, filters, query_of},
};
use crate::{
    Service,
    definition::{AuthKind, Collection, Definition, Ending, Join, Map, PagingStyle, Place, Scalar},
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
fn passes(state: &State, person: &super::state::Person, name: &str, value: Option<&str>) -> bool {
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

fn size_of(template: &Value, sent: &Value) -> Option<usize> {
    match (template, sent) {
        (Value::Object(fields), Value::Object(sent)) => {
            fields.iter().find_map(|(key, value)| size_of(value, sent.get(key)?))
        }
        (Value::String(text), sent) if text.starts_with("{page_size") => text_of(sent).parse().ok(),
        _ => None,
    }
}

/// Returns a page of a list. Without a part, the filter is for all parts.
fn page(
    definition: &Definition,
    state: &State,
    uri: &Uri,
    body: &Value,
    place: usize,
    part: Option<usize>,
    headers: &HeaderMap,
) -> Response<Body> {
    let collection = &definition.collections[place];
    let query = query_of(uri);
    let filters = filters_of(collection, &query, body);
    let people: Vec<&super::state::Person> = state
        .people
        .iter()
        .filter(|person| person.collection == place && part.is_none_or(|part| part == person.part))
        .filter(|person| filters.iter().all(|(name, value)| passes(state, person, name, value.as_deref())))
        .collect();
    let own = part.and_then(|part| collection.parts.get(part));
    let request = own.and_then(|own| own.request.as_ref()).unwrap_or(&collection.request);
    let records = own.and_then(|own| own.records.as_ref()).unwrap_or(&collection.records);
    let of_query = request.query.iter().find(|(_, value)| text_of(value) == "{page_size}");
    let of_query =
        of_query.and_then(|(name, _)| query.iter().find(|(known, _)| known == name)?.1.parse().ok());
    let of_body = request.body.as_ref().and_then(|template| size_of(template, body));
    // In a header, the size comes with the first page, and is a part of the position then.
    let of_header = request.headers.iter().find_map(|(name, text)| {
        let sent = headers.get(name.to_ascii_lowercase())?.to_str().ok()?;
        let template = Template::parse(text).ok()?;
        let (before, after) = template.around()?;
        let size = sent.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        size.or_else(|| sent.split_once(':').map(|(_, size)| size))?.parse().ok()
    });
    let size: usize = of_query.or(of_body).or(of_header).unwrap_or(PAGE_SIZE).max(1);
    let items: Vec<(String, Value)> =
        people.iter().map(|person| (person.id.clone(), person.record.clone())).collect();
    let listing = Listing {
        paging: &collection.paging,
        items,
        records,
        is_keyed: collection.keyed,
        total: collection.total.as_ref().and_then(|total| total.at.as_deref()),
        total_header: collection.total.as_ref().and_then(|total| total.header.as_deref()),
    };
    let mut response = listing.page(uri, &query, body, headers, size);
    // Another list in the same response.
    for (number, other) in definition.collections.iter().enumerate() {
        let is_beside =
            number != place && other.request.path == collection.request.path && other.records != *records;
        if is_beside {
            let beside =
                state.people.iter().filter(|person| person.collection == number).map(|it| it.record.clone());
            let beside: Vec<Value> = beside.skip(listing.from(&query, body)).take(size).collect();
            set_at(&mut response.body, &other.records, beside.into());
        }
    }
    with_success(definition, response)
}

/// A list, whatever it is of.
struct Listing<'a> {
    paging: &'a crate::definition::Paging,
    items: Vec<(String, Value)>,
    records: &'a str,
    is_keyed: bool,
    total: Option<&'a str>,
    total_header: Option<&'a str>,
}

/// A page, before it is sent.
struct PageBody {
    body: Value,
    headers: Vec<(HeaderName, String)>,
}

fn with_success(definition: &Definition, mut page: PageBody) -> Response<Body> {
    if let Some(rule) = &definition.errors.in_success
        && let Some(is) = rule.is.first()
        && page.body.is_object()
    {
        set_at(&mut page.body, &rule.at, scalar(is));
    }
    let mut response = reply(200, &page.body);
    for (name, value) in page.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

impl Listing<'_> {
    /// Returns how many records are before a page with a cursor.
    fn from(&self, query: &[(String, String)], body: &Value) -> usize {
        let parameter = self.paging.parameter.as_deref().unwrap_or_default();
        let sent = query.iter().find(|(name, _)| name == parameter).map(|(_, value)| value.clone());
        let sent = sent.or_else(|| body.pointer(parameter).map(|value| text_of(value).into_owned()));
        sent.filter(|_| !parameter.is_empty()).map_or(0, |sent| cursor(&sent))
    }

    fn page(
        &self,
        uri: &Uri,
        query: &[(String, String)],
        body: &Value,
        headers: &HeaderMap,
        size: usize,
    ) -> PageBody {
        let paging = self.paging;
        let parameter = paging.parameter.as_deref().unwrap_or_default();
        let sent: Option<String> = match paging.place {
            Place::Query => query.iter().find(|(name, _)| name == parameter).map(|(_, value)| value.clone()),
            Place::Body => body.pointer(parameter).map(|value| text_of(value).into_owned()),
        };
        let number = sent.as_deref().and_then(|sent| sent.parse::<usize>().ok());
        let first = usize::try_from(paging.first.unwrap_or(1)).unwrap_or(1);
        let from = match paging.style {
            PagingStyle::None => 0,
            PagingStyle::Page => number.unwrap_or(first).saturating_sub(first) * size,
            PagingStyle::Offset => number.unwrap_or(0),
            PagingStyle::Cursor => sent.as_deref().map_or(0, cursor),
            PagingStyle::Link => query
                .iter()
                .find(|(name, _)| name == "mock_page")
                .map_or(0, |(_, value)| value.parse().unwrap_or(0)),
            PagingStyle::LastRecord => match (&sent, &paging.next) {
                (Some(sent), Some(next)) => {
                    let is_last =
                        |item: &Value| item.pointer(next).is_some_and(|value| text_of(value) == *sent);
                    self.items
                        .iter()
                        .position(|(_, item)| is_last(item))
                        .map_or(self.items.len(), |at| at + 1)
                }
                _ => 0,
            },
            PagingStyle::Header => {
                headers.get(parameter).and_then(|value| value.to_str().ok()).map_or(0, cursor)
            }
        };
        let size = if paging.style == PagingStyle::None { self.items.len().max(1) } else { size };
        let slice: Vec<&(String, Value)> = self.items.iter().skip(from).take(size).collect();
        let next = from + slice.len();
        let has_more = next < self.items.len();
        let mut page = PageBody { body: json!({}), headers: Vec::new() };
        let list = if self.is_keyed {
            let fields: serde_json::Map<String, Value> =
                slice.iter().map(|(id, item)| (id.clone(), item.clone())).collect();
            Value::Object(fields)
        } else {
            Value::from(slice.iter().map(|(_, item)| item.clone()).collect::<Vec<_>>())
        };
        if self.records.is_empty() {
            page.body = list;
        } else {
            set_at(&mut page.body, self.records, list);
        }
        if let Some(at) = self.total {
            set_at(&mut page.body, at, json!(self.items.len()));
        }
        if let Some(name) = self.total_header.and_then(|name| name.parse().ok()) {
            page.headers.push((name, self.items.len().to_string()));
        }
        if let Some(more) = &paging.more {
            set_at(&mut page.body, more, json!(has_more));
        }
        if let (Some(last), Some(Ending::Last)) = (&paging.last, paging.end) {
            set_at(&mut page.body, last, json!(self.items.len().div_ceil(size).max(1) + first - 1));
        }
        self.lead_on(&mut page, uri, (next, size), has_more);
        page
    }

    /// Adds what leads to the next page.
    fn lead_on(&self, page: &mut PageBody, uri: &Uri, (next, size): (usize, usize), has_more: bool) {
        let paging = self.paging;
        match (paging.style, &paging.next) {
            (PagingStyle::Cursor, Some(at)) if has_more => {
                set_at(&mut page.body, at, json!(next.to_string()));
            }
            (PagingStyle::Link, next_at) => {
                let kept = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
                let kept = kept.filter(|(name, _)| name != "mock_page");
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(kept)
                    .append_pair("mock_page", &next.to_string())
                    .finish();
                let link = format!("{}?{query}", uri.path());
                match (next_at, has_more) {
                    (Some(at), true) => set_at(&mut page.body, at, json!(link)),
                    (None, true) => {
                        let attribute = paging.unless.as_ref().map(|name| format!("; {name}=\"true\""));
                        let link = format!("<{link}>; rel=\"next\"{}", attribute.unwrap_or_default());
                        page.headers.push((header::LINK, link));
                    }
                    // The link is there, and an attribute says that nothing follows.
                    (None, false) => {
                        if let Some(name) = &paging.unless {
                            page.headers
                                .push((header::LINK, format!("<{link}>; rel=\"next\"; {name}=\"false\"")));
                        }
                    }
                    (Some(_), false) => {}
                }
            }
            (PagingStyle::Header, Some(name)) if has_more => {
                if let Ok(name) = name.parse() {
                    page.headers.push((name, format!("c{next}:{size}")));
                }
            }
            _ => {}
        }
    }
}

fn cursor(text: &str) -> usize {
    text.trim_start_matches('c').split(':').next().unwrap_or_default().parse().unwrap_or(0)
}

fn joined(state: &State, uri: &Uri, body: &Value, join: &Join) -> Response<Body> {
    let query = query_of(uri);
    let kinds = &join.kinds;
    let _ = kinds;
    let items: Vec<(String, Value)> = state
        .people
        .iter()
        .enumerate()
        // Half of the people are in the list.
        .filter(|(number, _)| number % 2 == 0)
        .map(|(number, person)| {
            let mut record =
                people::record(&join.map, u64::try_from(number).unwrap_or_default(), "j", ACTIVE);
            set_at(&mut record, &join.key, json!(person.id));
            (person.id.clone(), record)
        })
        .collect();
    let of_query = join.request.query.iter().find(|(_, value)| text_of(value) == "{page_size}");
    let size = of_query.and_then(|(name, _)| query.iter().find(|(known, _)| known == name)?.1.parse().ok());
    let listing = Listing {
        paging: &join.paging,
        items,
        records: &join.records,
        is_keyed: false,
        total: None,
        total_header: None,
    };
    let page = listing.page(uri, &query, body, &HeaderMap::new(), size.unwrap_or(PAGE_SIZE));
    let mut response = reply(200, &page.body);
    for (name, value) in page.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Sets a field of a person to one of our values, in everything that shows it.
fn change(state: &mut State, definition: &Definition, person: usize, path: &str, ours: &Value) {
    let (collection, part) = (state.people[person].collection, state.people[person].part);
    let map = state.maps[collection][part].clone();
    let of_get = state.gets.get(&definition.collections[collection].kind).cloned();
    let record = &mut state.people[person].record;
    people::set(record, &map, path, ours);
    if let Some(of_get) = of_get {
        people::set(record, &of_get, path, ours);
    }
}

fn acted(definition: &Definition, state: &mut State, name: &str, matched: &Matched) -> Response<Body> {
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

fn updated(
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

fn answer(definition: &Definition, state: &State, person: usize, update: usize) -> Response<Body> {
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
