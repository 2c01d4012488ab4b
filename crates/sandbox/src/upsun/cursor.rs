//! Lists in the format of the users and organizations services: opaque cursors, filters with an operator, one
//! field to sort by, and links that do not repeat the whole query.

use std::cmp::Ordering;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Upsun;
use crate::exchange::Query;
use crate::rng::key_of_text;

/// The type of a field, which decides how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A list of texts: a filter matches if it matches one of them.
    Texts,
    Time,
}

const TEXT_OPERATORS: [&str; 8] = ["eq", "ne", "in", "nin", "between", "contains", "starts", "ends"];
const TIME_OPERATORS: [&str; 7] = ["eq", "ne", "between", "gt", "gte", "lt", "lte"];

/// The fields that a list can be filtered and sorted by.
#[derive(Debug)]
pub(super) struct Dialect {
    pub(super) filters: &'static [(&'static str, Kind)],
    pub(super) sort: &'static [(&'static str, Kind)],
}

impl Dialect {
    /// Returns the items that match the query's filters, in the requested order.
    pub(super) fn select(&self, mut items: Vec<Value>, query: &Query) -> Result<Vec<Value>, String> {
        let filters = self.filters(query)?;
        items.retain(|item| filters.iter().all(|filter| filter.accepts(item)));
        if let Some((field, kind, down)) = self.sort(query)? {
            items.sort_by(|left, right| {
                let order = compare(kind, &left[field], &right[field]);
                if down { order.reverse() } else { order }
            });
        }
        Ok(items)
    }

    fn filters(&self, query: &Query) -> Result<Vec<Filter>, String> {
        let mut filters = Vec::new();
        for (name, value) in query.pairs() {
            let Some(inner) = name.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']')) else {
                continue;
            };
            let (field, operator) = inner.split_once("][").unwrap_or((inner, "eq"));
            let Some((field, kind)) = self.filters.iter().find(|(known, _)| *known == field) else {
                return Err(format!("\"{field}\" cannot be filtered by."));
            };
            let known: &[&str] = if *kind == Kind::Time { &TIME_OPERATORS } else { &TEXT_OPERATORS };
            let Some(operator) = known.iter().find(|known| **known == operator) else {
                return Err(format!("\"{operator}\" is not an operator of \"{field}\"."));
            };
            let values: Vec<String> = match *operator {
                "in" | "nin" | "between" => value.split(',').map(|part| part.trim().to_owned()).collect(),
                _ => vec![value.to_owned()],
            };
            if *operator == "between" && values.len() != 2 {
                return Err(format!("\"{field}\" needs two values to be between."));
            }
            if *kind == Kind::Time && values.iter().any(|value| instant(value).is_none()) {
                return Err(format!("\"{field}\" needs a time."));
            }
            filters.push(Filter { field, kind: *kind, operator, values });
        }
        Ok(filters)
    }

    fn sort(&self, query: &Query) -> Result<Option<(&'static str, Kind, bool)>, String> {
        let Some(sort) = query.get("sort") else { return Ok(None) };
        let (field, down) = sort.strip_prefix('-').map_or((sort, false), |field| (field, true));
        match self.sort.iter().find(|(known, _)| *known == field) {
            Some((field, kind)) => Ok(Some((field, *kind, down))),
            None => Err(format!("\"{field}\" cannot be sorted by.")),
        }
    }
}

/// A condition on a field. It has at least one value.
#[derive(Debug)]
struct Filter {
    field: &'static str,
    kind: Kind,
    operator: &'static str,
    values: Vec<String>,
}

impl Filter {
    fn accepts(&self, item: &Value) -> bool {
        let actual = &item[self.field];
        match self.operator {
            "ne" | "nin" => !self.holds_for_one("in", actual),
            "eq" => self.holds_for_one("in", actual),
            operator => self.holds_for_one(operator, actual),
        }
    }

    fn holds_for_one(&self, operator: &str, actual: &Value) -> bool {
        match self.kind {
            Kind::Texts => {
                actual.as_array().is_some_and(|parts| parts.iter().any(|part| self.holds(operator, part)))
            }
            Kind::Text | Kind::Time => self.holds(operator, actual),
        }
    }

    fn holds(&self, operator: &str, actual: &Value) -> bool {
        let text = actual.as_str().unwrap_or_default();
        let first = self.values.first().map_or("", String::as_str);
        let to = |value: &str| compare(self.kind, actual, &json!(value));
        match operator {
            "in" => self.values.iter().any(|value| to(value).is_eq()),
            "between" => self.values.get(1).is_some_and(|last| to(first).is_ge() && to(last).is_le()),
            "contains" => text.contains(first),
            "starts" => text.starts_with(first),
            "ends" => text.ends_with(first),
            "gt" => to(first).is_gt(),
            "gte" => to(first).is_ge(),
            "lt" => to(first).is_lt(),
            "lte" => to(first).is_le(),
            _ => false,
        }
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn compare(kind: Kind, left: &Value, right: &Value) -> Ordering {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match kind {
        Kind::Time => instant(&text(left)).cmp(&instant(&text(right))),
        Kind::Text | Kind::Texts => text(left).cmp(&text(right)),
    }
}

/// The requested start of a page.
#[derive(Debug, Clone, Copy)]
enum Start {
    First,
    After(u64),
    Before(u64),
}

/// The requested page of a list.
#[derive(Debug)]
pub(super) struct RequestedPage {
    seed: u64,
    /// The list's path, which a cursor is bound to. The filters are not part of it, so a client that loses
    /// them gets wrong pages instead of an error, as with the real service.
    path: String,
    size: u64,
    start: Start,
}

impl RequestedPage {
    pub(super) fn parse(
        query: &Query,
        seed: u64,
        path: &str,
        default: u64,
        limit: u64,
    ) -> Result<Self, String> {
        let size = match query.get("page[size]").map(str::parse) {
            None => default.min(limit),
            Some(Ok(size)) if (1..=limit).contains(&size) => size,
            Some(_) => return Err(format!("\"page[size]\" should be from 1 to {limit}.")),
        };
        let read = |text: &str| {
            read_cursor(seed, path, text).ok_or_else(|| "The cursor is not one of this list.".to_owned())
        };
        let start = match (query.get("page[after]"), query.get("page[before]")) {
            (None, None) => Start::First,
            (Some(after), None) => Start::After(read(after)?),
            (None, Some(before)) => Start::Before(read(before)?),
            (Some(_), Some(_)) => return Err("A page is after or before a cursor, not both.".to_owned()),
        };
        Ok(Self { seed, path: path.to_owned(), size, start })
    }

    /// Returns the positions of the page's items, of `total` items.
    pub(super) fn range(&self, total: u64) -> std::ops::Range<u64> {
        match self.start {
            Start::First => 0..self.size.min(total),
            Start::After(last) => {
                let first = last.saturating_add(1).min(total);
                first..first.saturating_add(self.size).min(total)
            }
            Start::Before(first) => {
                let end = first.min(total);
                end.saturating_sub(self.size)..end
            }
        }
    }

    /// Returns the page's part of all items.
    pub(super) fn cut(&self, items: &[Value]) -> Vec<Value> {
        let range = self.range(count(items));
        let place = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
        items.get(place(range.start)..place(range.end)).unwrap_or_default().to_vec()
    }

    /// Returns the links to this page and its neighbors: URLs on the first page, paths on the others. They
    /// contain the cursor and the size, but no other parameters of the query.
    pub(super) fn links(&self, origin: &str, total: u64) -> Value {
        let origin = if matches!(self.start, Start::First) { origin } else { "" };
        let range = self.range(total);
        let base = format!("{origin}{}", self.path);
        let link = |name: &str, place: u64| {
            let cursor = write_cursor(self.seed, &self.path, place);
            json!({"href": format!("{base}?page%5B{name}%5D={cursor}&page%5Bsize%5D={}", self.size)})
        };
        let mut links = Map::new();
        links.insert("self".to_owned(), json!({"href": base}));
        if range.start > 0 {
            links.insert("previous".to_owned(), link("before", range.start));
        }
        if range.end < total {
            // A page that is not the last one is never empty.
            links.insert("next".to_owned(), link("after", range.end.saturating_sub(1)));
        }
        Value::Object(links)
    }
}

impl Upsun {
    /// Returns a page of the items that the query selects: the body of the response, and the number of all of them.
    pub(super) fn page(
        &self,
        query: &Query,
        dialect: &Dialect,
        (path, limit): (&str, u64),
        items: Vec<Value>,
    ) -> Result<(Value, u64), String> {
        let window = RequestedPage::parse(query, self.records.seed, path, self.page_size, limit)?;
        let selected = dialect.select(items, query)?;
        let total = count(&selected);
        let links = window.links(&self.origin, total);
        Ok((json!({"items": window.cut(&selected), "_links": links}), total))
    }
}

pub(super) fn count(items: &[Value]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

fn write_cursor(seed: u64, path: &str, place: u64) -> String {
    let check = key_of_text(key_of_text(seed, path), &place.to_string());
    BASE64_URL_SAFE_NO_PAD.encode(json!([place, format!("{check:016x}")]).to_string())
}

fn read_cursor(seed: u64, path: &str, text: &str) -> Option<u64> {
    let content: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let place = content.get(0)?.as_u64()?;
    (write_cursor(seed, path, place) == text).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIALECT: Dialect = Dialect {
        filters: &[("name", Kind::Text), ("at", Kind::Time), ("tags", Kind::Texts)],
        sort: &[("name", Kind::Text), ("at", Kind::Time)],
    };

    fn names(query: &str) -> Result<String, String> {
        let items = vec![
            json!({"name": "b", "at": "2024-01-01T00:00:00.5Z", "tags": ["x", "y"]}),
            json!({"name": "ab", "at": "2024-01-01T01:00:00+01:00", "tags": []}),
            json!({"name": "c", "at": "2023-01-01T00:00:00Z", "tags": ["y"]}),
        ];
        let items = DIALECT.select(items, &Query::parse(query))?;
        Ok(items.iter().filter_map(|item| item["name"].as_str()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn filters_have_operators_for_texts_lists_and_times() {
        for (query, expected) in [
            ("", "b ab c"),
            ("filter[name][eq]=b", "b"),
            ("filter[name]=b", "b"),
            ("filter[name][ne]=b", "ab c"),
            ("filter[name][in]=b,c", "b c"),
            ("filter[name][nin]=b,c", "ab"),
            ("filter[name][between]=b,c", "b c"),
            ("filter[name][contains]=b&filter[name][starts]=a", "ab"),
            ("filter[name][ends]=b", "b ab"),
            ("filter[tags][in]=x,z", "b"),
            ("filter[tags][ne]=x", "ab c"),
            ("filter[at][eq]=2024-01-01T00:00:00Z", "ab"),
            ("filter[at][gt]=2024-01-01T00:00:00Z", "b"),
            ("filter[at][gte]=2024-01-01T00:00:00Z", "b ab"),
            ("filter[at][lt]=2024-01-01T00:00:00Z", "c"),
            ("filter[at][between]=2023-01-01T00:00:00Z,2024-01-01T00:00:00Z", "ab c"),
            ("sort=name", "ab b c"),
            ("sort=-at", "b ab c"),
            ("sort=at", "c ab b"),
        ] {
            assert_eq!(names(query).as_deref(), Ok(expected), "{query}");
        }
        for wrong in [
            "filter[id][eq]=1",
            "filter[name][gt]=1",
            "filter[at][contains]=2",
            "filter[at][gt]=yesterday",
            "filter[name][between]=a",
            "sort=tags",
        ] {
            assert!(names(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cursor_belongs_to_one_list() {
        let cursor = write_cursor(1, "/a", 7);
        assert_eq!(read_cursor(1, "/a", &cursor), Some(7));
        for (seed, path, text) in
            [(2, "/a", cursor.as_str()), (1, "/b", &cursor), (1, "/a", "7"), (1, "/a", "")]
        {
            assert_eq!(read_cursor(seed, path, text), None);
        }
    }

    #[test]
    fn pages_meet_without_a_gap_in_both_directions() {
        let window = |start| RequestedPage { seed: 1, path: "/a".to_owned(), size: 3, start };
        assert_eq!(window(Start::First).range(7), 0..3);
        assert_eq!(window(Start::After(2)).range(7), 3..6);
        assert_eq!(window(Start::After(5)).range(7), 6..7);
        assert_eq!(window(Start::After(u64::MAX)).range(7), 7..7);
        assert_eq!(window(Start::Before(6)).range(7), 3..6);
        assert_eq!(window(Start::Before(2)).range(7), 0..2);
        assert_eq!(window(Start::First).links("", 0), json!({"self": {"href": "/a"}}));
    }
}
