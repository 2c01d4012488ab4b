//! Lists: the selected resources, in order, page after page.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::cursor::Cursor;
use super::filter::instant;
use super::parameters::{Page, Parameters, Selection};
use super::path::{AttributePath, Record};
use super::schema::{Data, Kind};
use super::store::Store;
use crate::server::lock;

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// The selected resources of the last list, because its next page is likely to be requested next. They take 8 bytes
/// each.
#[derive(Debug, Default)]
pub(super) struct LastSelection(Mutex<Option<Selected>>);

#[derive(Debug)]
struct Selected {
    kind: Kind,
    /// The number of writes before it.
    version: u64,
    text: String,
    indexes: Arc<[u64]>,
}

/// Returns a response with some resources.
pub(super) fn envelope(total: u64, resources: &[Value]) -> Value {
    json!({"schemas": [LIST], "totalResults": total, "itemsPerPage": resources.len(), "Resources": resources})
}

/// Returns a page of a list.
pub(super) fn page(store: &Store, kind: Kind, asked: &Parameters, last: &LastSelection) -> Value {
    let selected = (!asked.selection.takes_all()).then(|| last.get(store, kind, &asked.selection));
    let total = selected.as_ref().map_or_else(|| store.count(kind), |all| length(all));
    let first = match &asked.page {
        Page::Index(start) => start - 1,
        Page::Cursor(None) => 0,
        Page::Cursor(Some(cursor)) => behind(store, kind, selected.as_deref(), cursor),
    };
    let indexes = match &selected {
        None => store.indexes_at(kind, first, asked.count),
        Some(all) => {
            let take = usize::try_from(asked.count).unwrap_or(usize::MAX);
            all.iter().skip(usize::try_from(first).unwrap_or(usize::MAX)).take(take).copied().collect()
        }
    };
    let resources: Vec<Value> =
        indexes.iter().map(|index| asked.projection.show(store.shown(kind, *index))).collect();
    let mut page = envelope(total, &resources);
    match (&asked.page, indexes.last()) {
        (Page::Index(start), _) => page["startIndex"] = (*start).into(),
        (Page::Cursor(_), Some(last)) => {
            let passed = first.saturating_add(length(&indexes));
            if passed < total {
                let cursor = Cursor { last: *last, passed, deleted: store.deleted(kind) };
                page["nextCursor"] = cursor.to_text(kind, &asked.selection.text).into();
            }
        }
        (Page::Cursor(_), None) => {}
    }
    page
}

fn length(indexes: &[u64]) -> u64 {
    u64::try_from(indexes.len()).unwrap_or(u64::MAX)
}

/// Returns the place behind a cursor.
fn behind(store: &Store, kind: Kind, selected: Option<&[u64]>, cursor: &Cursor) -> u64 {
    let place = match selected {
        Some(all) => all.iter().position(|index| *index == cursor.last),
        None => store.indexes(kind).position(|index| index == cursor.last),
    };
    match place.and_then(|place| u64::try_from(place).ok()) {
        Some(place) => place + 1,
        // It was deleted, and perhaps others before it: somebody may come twice, and nobody is left out.
        None => cursor.passed.saturating_sub(store.deleted(kind).saturating_sub(cursor.deleted)),
    }
}

impl LastSelection {
    fn get(&self, store: &Store, kind: Kind, selection: &Selection) -> Arc<[u64]> {
        let mut last = lock(&self.0);
        if let Some(known) = last.as_ref()
            && (known.kind, known.version, &known.text) == (kind, store.version, &selection.text)
        {
            return Arc::clone(&known.indexes);
        }
        let indexes: Arc<[u64]> = select(store, kind, selection).into();
        let text = selection.text.clone();
        *last = Some(Selected { kind, version: store.version, text, indexes: Arc::clone(&indexes) });
        indexes
    }
}

fn select(store: &Store, kind: Kind, selection: &Selection) -> Vec<u64> {
    let accepted = store.indexes(kind).filter_map(|index| {
        let record = store.shown(kind, index);
        let is_accepted = selection.filter.as_ref().is_none_or(|filter| filter.accepts(&record));
        is_accepted.then(|| (selection.order.as_ref().and_then(|path| key(&record, path)), index))
    });
    let mut found: Vec<(Option<Key>, u64)> = accepted.collect();
    if selection.order.is_some() {
        // The sort is stable, also for a descending order.
        found.sort_by(|(one, _), (other, _)| {
            let order = compare(one.as_ref(), other.as_ref());
            if selection.is_descending { order.reverse() } else { order }
        });
    }
    found.into_iter().map(|(_, index)| index).collect()
}

/// What records are ordered by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Time(jiff::Timestamp),
    Text(String),
}

/// Returns the value of an attribute that counts: of several the main one, or else the first (RFC 7644 §3.4.2.3).
fn key(record: &Record, path: &AttributePath) -> Option<Key> {
    let attribute = path.last()?;
    let of_main = path.attributes().first().and_then(|first| record.get(first.name)?.as_array());
    let main = of_main.and_then(|all| all.iter().find(|value| value["primary"] == true));
    let value = match main {
        Some(main) => main.get(attribute.name),
        None => path.values(record).into_iter().next(),
    };
    match (attribute.data, value?) {
        (Data::Time, Value::String(text)) => instant(text).map(Key::Time),
        (_, Value::String(text)) if text.is_empty() => None,
        (Data::Flag, value) => Some(Key::Text(value.to_string().trim_matches('"').to_lowercase())),
        (_, Value::String(text)) if attribute.is_case_exact => Some(Key::Text(text.clone())),
        (_, Value::String(text)) => Some(Key::Text(text.to_lowercase())),
        _ => None,
    }
}

/// Records without a value come last in ascending order, and first in descending order.
fn compare(one: Option<&Key>, other: Option<&Key>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.cmp(other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}
