//! The people of a mock service, and which request means what.

use std::collections::BTreeMap;

use anyprofile_core::IdKind;
use axum::http::{Method, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{
    people,
    places::put,
    routes::{Matched, Purpose, Route, query_of, split},
};
use crate::{
    Service,
    definition::{self, Map, RequestTemplate},
    mapping::merged,
    template::{Template, text_of},
};

/// A record of the mock.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) collection: usize,
    pub(super) part: usize,
    pub(super) id: String,
    pub(super) record: Value,
}

/// The people, and the definition.
#[derive(Debug)]
pub(super) struct State {
    pub(super) people: Vec<Person>,
    pub(super) routes: Vec<Route>,
    /// What a list shows of a field, by collection and part.
    pub(super) maps: Vec<Vec<Map>>,
    /// The map of the record of `get`, by kind.
    pub(super) gets: BTreeMap<String, Map>,
    /// The first list.
    first: Option<definition::Collection>,
}

/// The first digit of ids that are numbers.
const NUMBER: char = '9';

/// The digits of such an id.
const DIGITS: usize = 8;

/// Makes numbers of the ids in a response that are texts of digits.
pub(super) fn make_numbers(value: &mut Value) {
    match value {
        Value::String(text) => {
            let is_id = text.len() == DIGITS
                && text.starts_with(NUMBER)
                && text.bytes().all(|digit| digit.is_ascii_digit());
            if let (true, Ok(number)) = (is_id, text.parse::<u64>()) {
                *value = number.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_numbers),
        Value::Object(fields) => fields.values_mut().for_each(make_numbers),
        _ => {}
    }
}

impl State {
    pub(super) fn new(service: &Service, people: u64, has_numbers: bool) -> Self {
        let definition = service.definition();
        let mut state = Self {
            people: Vec::new(),
            routes: Vec::new(),
            maps: Vec::new(),
            gets: BTreeMap::new(),
            first: definition.collections.first().cloned(),
        };
        for (number, collection) in definition.collections.iter().enumerate() {
            let whole = [definition::Part::default()];
            let parts = if collection.parts.is_empty() { &whole[..] } else { &collection.parts };
            let maps: Vec<Map> =
                parts.iter().map(|part| merged(&[&definition.map, &collection.map, &part.map])).collect();
            let get = definition.get.iter().find(|get| is_for(&get.kinds, &collection.kind));
            // A record has what the list, the single record and the further records show of it.
            let of_get = get.map(|get| merged(&[&definition.map, &get.map]));
            for (part, map) in maps.iter().enumerate() {
                let prefix = format!("{}{}", short(&collection.kind, number), letter(part));
                // Most people are in the first list, so that it has several pages whatever the size of a page.
                let is_first = number == 0 && part == 0;
                let people = if is_first { people } else { people.div_ceil(6) };
                let statuses = statuses(collection, part);
                for place in 0..people {
                    let mut record = people::record(map, place, &prefix, &statuses);
                    if let Some(of_get) = &of_get {
                        let further = people::record(of_get, place, &prefix, &statuses);
                        complete(&mut record, further);
                    }
                    let id = if has_numbers {
                        format!("{NUMBER}{number}{part}{place:05}")
                    } else {
                        format!("{prefix}{place:05}")
                    };
                    if has_numbers {
                        record = people::with_id(record, map, &id);
                    }
                    for pointer in addressed_by(definition) {
                        if record.pointer(&pointer).is_none() {
                            put(&mut record, &pointer, Value::from(format!("{id}-own")));
                        }
                    }
                    state.people.push(Person { collection: number, part, id, record });
                }
            }
            state.maps.push(maps);
        }
        for get in &definition.get {
            let kinds = if get.kinds.is_empty() { vec!["user".to_owned()] } else { get.kinds.clone() };
            for kind in kinds {
                let collection = definition.collections.iter().find(|collection| collection.kind == kind);
                let own = collection.map(|it| it.view.clone().unwrap_or_else(|| it.kind.clone()));
                let nothing = Map::default();
                let of_collection = match (collection, &get.view) {
                    (Some(collection), None) => &collection.map,
                    (Some(collection), Some(view)) if own.as_ref() == Some(view) => &collection.map,
                    _ => &nothing,
                };
                state.gets.insert(kind, merged(&[&definition.map, of_collection, &get.map]));
            }
        }
        state.add_routes(service);
        state
    }

    fn add(&mut self, purpose: Purpose, template: &RequestTemplate) {
        let segments = split(&template.path).iter().filter_map(|text| Template::parse(text).ok()).collect();
        self.routes.push(Route { purpose, template: template.clone(), segments });
    }

    fn add_routes(&mut self, service: &Service) {
        let definition = service.definition();
        for (number, collection) in definition.collections.iter().enumerate() {
            let whole = [definition::Part::default()];
            let parts = if collection.parts.is_empty() { &whole[..] } else { &collection.parts };
            for (part, own) in parts.iter().enumerate() {
                let mut template = own.request.clone().unwrap_or_else(|| collection.request.clone());
                template.query.extend(own.query.clone());
                self.add(Purpose::List { collection: number, part }, &template);
            }
            if let Some(request) = collection.total.as_ref().and_then(|total| total.request.as_ref()) {
                self.add(Purpose::Total { collection: number }, request);
            }
            for (name, filter) in filters(&collection.filters) {
                if let Some(request) = &filter.request {
                    self.add(Purpose::Filter { collection: number, name }, request);
                }
            }
        }
        for (number, get) in definition.get.iter().enumerate() {
            self.add(Purpose::Get { get: number }, &get.request);
        }
        if let Some(current) = &definition.current {
            self.add(Purpose::Current, &current.request);
        }
        let finds = &definition.find;
        for (key, find) in
            [("email", &finds.email), ("username", &finds.username), ("external_id", &finds.external_id)]
        {
            if let Some(find) = find {
                self.add(Purpose::Find { key }, &find.request);
            }
        }
        for (number, record) in definition.records.iter().enumerate() {
            self.add(Purpose::Record { record: number }, &record.request);
        }
        for (number, join) in definition.joins.iter().enumerate() {
            self.add(Purpose::Join { join: number }, &join.request);
        }
        for (number, update) in definition.update.iter().enumerate() {
            if let Some(request) = &update.request {
                self.add(Purpose::Update { update: number }, request);
            }
            for (path, field) in &update.fields {
                if let Some(request) = &field.request {
                    self.add(Purpose::Field { update: number, path: path.clone() }, request);
                }
            }
        }
        for (name, action) in &definition.actions {
            self.add(Purpose::Action { name: name.clone() }, &action.request);
        }
    }

    /// Returns the routes that a request may be for, the most specific first.
    pub(super) fn matches(&self, method: &Method, uri: &Uri, body: &Value) -> Vec<(usize, Matched)> {
        let query = query_of(uri);
        let mut found: Vec<(usize, Matched)> = self
            .routes
            .iter()
            .enumerate()
            .filter_map(|(place, route)| Some((place, route.matched(method, uri.path(), &query, body)?)))
            .collect();
        found.sort_by_key(|(_, matched)| std::cmp::Reverse(matched.literals));
        found
    }

    pub(super) fn is_further_page(
        &self,
        method: &Method,
        uri: &Uri,
        body: &Value,
        headers: &[(String, String)],
    ) -> bool {
        let query = query_of(uri);
        // An offset or a number counts from the first page.
        let marks = ["mock_page", "mock_cursor"];
        let is_marked = query.iter().any(|(name, _)| marks.contains(&name.as_str()));
        let is_position = |collection: &definition::Collection| {
            let parameter = collection.paging.parameter.as_deref().unwrap_or_default();
            let first = collection.paging.first.unwrap_or(1).to_string();
            let is_later = |value: &str| !value.is_empty() && value != "0" && value != first;
            let in_body =
                body.pointer(parameter).filter(|_| collection.paging.place == definition::Place::Body);
            let is_header = collection.paging.style == definition::PagingStyle::Header;
            let mut in_headers =
                headers.iter().filter(|(name, _)| is_header && name.eq_ignore_ascii_case(parameter));
            in_headers.any(|(_, value)| value.starts_with('c'))
                || in_body.is_some_and(|value| is_later(&text_of(value)))
                || query.iter().any(|(name, value)| name == parameter && is_later(value))
        };
        let is_listed = self.routes.iter().any(|route| {
            matches!(route.purpose, Purpose::List { collection: 0, .. })
                && route.matched(method, uri.path(), &query, body).is_some()
        });
        is_listed && (is_marked || self.first_collection().is_some_and(is_position))
    }

    /// Returns whether a request is for one of the definition's requests that read.
    pub(super) fn is_read(&self, method: &Method, uri: &Uri, body: &str) -> bool {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let found = self.matches(method, uri, &body);
        let reads = |place: usize| {
            !matches!(
                self.routes[place].purpose,
                Purpose::Action { .. } | Purpose::Update { .. } | Purpose::Field { .. }
            )
        };
        found.first().is_some_and(|(place, _)| reads(*place))
    }

    fn first_collection(&self) -> Option<&definition::Collection> {
        self.first.as_ref()
    }

    pub(super) fn another_record(&self, path: &str) -> Option<String> {
        let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
        let mut is_found = false;
        for segment in &mut segments {
            let decoded = percent_decode_str(segment).decode_utf8_lossy().into_owned();
            let Some(person) = self.people.iter().find(|person| person.id == decoded) else { continue };
            let other = self
                .people
                .iter()
                .find(|other| other.collection == person.collection && other.id != person.id)?;
            segment.clone_from(&other.id);
            is_found = true;
        }
        is_found.then(|| segments.join("/"))
    }

    /// Returns the person with this id, or with this value in the record, for services that address a profile by something else.
    pub(super) fn person(&self, id: &str) -> Option<usize> {
        let has = |person: &Person| {
            let values = person.record.as_object().into_iter().flat_map(|fields| fields.values());
            values.filter_map(Value::as_str).any(|value| value == id)
        };
        let by_id = self.people.iter().position(|person| person.id == id);
        by_id.or_else(|| self.people.iter().position(has))
    }
}

/// Returns the filters of a list, by name.
pub(super) fn filters(filters: &definition::Filters) -> Vec<(String, &definition::FilterRequest)> {
    let single = [
        ("email", &filters.email),
        ("search", &filters.search),
        ("updated_since", &filters.updated_since),
        ("created_since", &filters.created_since),
        ("role", &filters.role),
    ];
    let mut all: Vec<(String, &definition::FilterRequest)> =
        single.into_iter().filter_map(|(name, filter)| Some((name.to_owned(), filter.as_ref()?))).collect();
    all.extend(filters.status.iter().map(|(word, filter)| (format!("status.{word}"), filter)));
    all.extend(filters.mfa.iter().map(|(word, filter)| (format!("mfa.{word}"), filter)));
    all
}

/// Returns the statuses of the people in a part of a list: those that its parameters ask for, or else all that no other part is for.
fn statuses(collection: &definition::Collection, part: usize) -> Vec<&'static str> {
    let all = ["active", "suspended", "pending", "deleted"];
    let of_part = |part: &definition::Part| -> Vec<&'static str> {
        let is_asked = |word: &&str| {
            collection.filters.status.get(*word).is_some_and(|filter| {
                !filter.query.is_empty()
                    && filter.query.iter().all(|(key, value)| part.query.get(key) == Some(value))
            })
        };
        all.iter().copied().filter(|word| is_asked(word)).collect()
    };
    let Some(own) = collection.parts.get(part) else { return all.to_vec() };
    let asked = of_part(own);
    if !asked.is_empty() {
        return asked;
    }
    let others: Vec<&str> = collection.parts.iter().flat_map(of_part).collect();
    all.iter().copied().filter(|word| !others.contains(word)).collect()
}

/// Returns the places of a record that requests name.
fn addressed_by(definition: &definition::Definition) -> Vec<String> {
    let text = format!("{definition:?}");
    let found = text.split("{record:").skip(1).filter_map(|rest| rest.split_once('}'));
    let found = found.map(|(pointer, _)| pointer.trim_end_matches(":json").to_owned());
    // What an update keeps is there.
    found.chain(definition.update.iter().flat_map(|update| update.keep.values.values().cloned())).collect()
}

fn is_for(kinds: &[String], kind: &str) -> bool {
    kinds.iter().any(|known| known == kind) || (kinds.is_empty() && kind == IdKind::USER.as_str())
}

/// A letter for a kind, so that ids of different kinds differ.
fn short(kind: &str, number: usize) -> String {
    format!("{}{number}", kind.chars().next().unwrap_or('x'))
}

fn letter(part: usize) -> char {
    char::from(b'a' + u8::try_from(part % 26).unwrap_or_default())
}

/// Adds to a record what another one has more.
pub(super) fn complete(record: &mut Value, further: Value) {
    if let (Value::Object(fields), Value::Object(further)) = (record, further) {
        for (key, value) in further {
            match fields.get_mut(&key) {
                Some(known) => complete(known, value),
                None => drop(fields.insert(key, value)),
            }
        }
    }
}
