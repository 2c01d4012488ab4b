//! The parameters of a list, in the query or in a body (RFC 7644 §3.4.2, §3.4.3; RFC 9865 §2).

use serde_json::Value;

use super::cursor::Cursor;
use super::errors::{Refusal, Result};
use super::filter::Filter;
use super::input::named_value;
use super::path::{AttributePath, Record};
use super::projection::Projection;
use super::schema::Kind;
use crate::exchange::Query;

/// The most resources of a page.
pub(super) const MAX_RESULTS: u64 = 100;

/// What a list is to have.
#[derive(Debug)]
pub(super) struct Parameters {
    pub(super) selection: Selection,
    pub(super) projection: Projection,
    pub(super) page: Page,
    pub(super) count: u64,
}

/// Which resources, in which order.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub(super) filter: Option<Filter>,
    pub(super) order: Option<AttributePath>,
    pub(super) is_descending: bool,
    /// What the client wrote, which tells selections apart.
    pub(super) text: String,
}

impl Selection {
    /// Returns whether it is the list as it is.
    pub(super) fn takes_all(&self) -> bool {
        self.filter.is_none() && self.order.is_none()
    }
}

/// Where a page begins.
#[derive(Debug)]
pub(super) enum Page {
    /// At a number, from 1.
    Index(u64),
    /// Behind a cursor, or at the beginning.
    Cursor(Option<Cursor>),
}

impl Parameters {
    pub(super) fn of_query(kind: Kind, query: &Query, has_cursors: bool) -> Result<Self> {
        Self::read(kind, has_cursors, &|name| query.get(name).map(str::to_owned))
    }

    pub(super) fn of_body(kind: Kind, body: &Record, has_cursors: bool) -> Result<Self> {
        Self::read(kind, has_cursors, &|name| match named_value(body, name)? {
            Value::String(text) => Some(text.clone()),
            Value::Array(names) => Some(names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
            Value::Null => None,
            other => Some(other.to_string()),
        })
    }

    fn read(kind: Kind, has_cursors: bool, get: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let filter = get("filter");
        let order = get("sortBy").filter(|name| !name.is_empty());
        let is_descending = match get("sortOrder").map(|order| order.to_ascii_lowercase()).as_deref() {
            None | Some("ascending") => false,
            Some("descending") => true,
            Some(_) => return Err(invalid("`sortOrder` must be `ascending` or `descending`.")),
        };
        let selection = Selection {
            text: format!("{filter:?} {order:?} {is_descending}"),
            filter: filter.as_deref().map(|filter| Filter::parse(kind, filter)).transpose()?,
            order: order
                .map(|name| AttributePath::parse(kind, &name).map(AttributePath::into_value))
                .map(|path| path.ok_or_else(|| invalid("`sortBy` must name an attribute.")))
                .transpose()?,
            is_descending,
        };
        let (start, cursor) = (get("startIndex"), get("cursor"));
        let count = get("count").map(|count| number(&count, "count")).transpose()?;
        let page = match (cursor, start) {
            (Some(_), _) if !has_cursors => {
                return Err(Refusal::new(501, "The service has no cursors."));
            }
            (Some(cursor), _) => Page::Cursor(Cursor::parse(&cursor, kind, &selection.text)?),
            (None, None) if has_cursors => Page::Cursor(None),
            (None, start) => {
                let start = start.map(|start| number(&start, "startIndex")).transpose()?;
                Page::Index(start.and_then(|start| u64::try_from(start).ok()).unwrap_or(1).max(1))
            }
        };
        let is_too_many = count.is_some_and(|count| u64::try_from(count).is_ok_and(|it| it > MAX_RESULTS));
        if is_too_many && matches!(page, Page::Cursor(_)) {
            let rule = format!("`count` must not be larger than {MAX_RESULTS}.");
            return Err(Refusal::invalid("invalidCount", rule));
        }
        let count = count.map_or(MAX_RESULTS, |count| u64::try_from(count).unwrap_or(0).min(MAX_RESULTS));
        let projection =
            Projection::parse(kind, get("attributes").as_deref(), get("excludedAttributes").as_deref())?;
        Ok(Self { selection, projection, page, count })
    }
}

fn invalid(detail: &str) -> Refusal {
    Refusal::invalid("invalidValue", detail)
}

fn number(text: &str, name: &str) -> Result<i64> {
    text.parse().map_err(|_| invalid(&format!("`{name}` must be a number.")))
}
