//! The two kinds of pages: between ids, and after an opaque token.

use serde_json::{Value, json};

use crate::anthropic::cursor::Cursor;
use crate::anthropic::errors::Refusal;
use crate::exchange::Query;

const DEFAULT_LIMIT: u64 = 20;
/// The largest page of every list but those of service accounts.
pub(super) const LARGE: u64 = 1_000;
/// The largest page of service accounts and their workspaces.
pub(super) const SMALL: u64 = 100;

fn limit(query: &Query, most: u64) -> Result<usize, Refusal> {
    let limit = match query.get("limit").map(str::parse) {
        None => DEFAULT_LIMIT,
        Some(Ok(limit)) if (1..=most).contains(&limit) => limit,
        Some(_) => return Err(Refusal::invalid(format!("limit: must be between 1 and {most}"))),
    };
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}

/// Returns a parameter that is `true` or `false`, which is the default.
pub(super) fn flag(query: &Query, name: &str) -> Result<bool, Refusal> {
    match query.get(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Refusal::invalid(format!("{name}: must be `true` or `false`"))),
    }
}

/// Returns the values of a list. The clients write brackets, the reference does not.
pub(super) fn list<'a>(query: &'a Query, brackets: &'static str) -> Vec<&'a str> {
    query.all(brackets).chain(query.all(brackets.trim_end_matches("[]"))).collect()
}

/// A request for a page before or after an id.
pub(super) struct IdPaging {
    limit: usize,
    /// The index of the last item before the page.
    after: Option<u64>,
    /// The index of the first item after the page.
    before: Option<u64>,
}

impl IdPaging {
    pub(super) fn parse(query: &Query, index_of: impl Fn(&str) -> Option<u64>) -> Result<Self, Refusal> {
        let limit = limit(query, LARGE)?;
        let read = |name: &str| match query.get(name) {
            None => Ok(None),
            Some(id) => index_of(id).map(Some).ok_or_else(|| Refusal::invalid(format!("{name}: no such id"))),
        };
        let (after, before) = (read("after_id")?, read("before_id")?);
        if after.is_some() && before.is_some() {
            return Err(Refusal::invalid("after_id: must not be sent together with before_id"));
        }
        Ok(Self { limit, after, before })
    }

    /// Returns the indexes of the page, of those below `total` that are accepted, and whether more follow in
    /// its direction.
    pub(super) fn choose(&self, total: u64, accepts: impl Fn(u64) -> bool) -> (Vec<u64>, bool) {
        let wanted = |index: &u64| accepts(*index);
        if let Some(before) = self.before {
            let mut rest = (0..before.min(total)).rev().filter(wanted);
            let mut page: Vec<u64> = rest.by_ref().take(self.limit).collect();
            page.reverse();
            return (page, rest.next().is_some());
        }
        let first = self.after.map_or(0, |after| after.saturating_add(1));
        let mut rest = (first..total).filter(wanted);
        let page = rest.by_ref().take(self.limit).collect();
        (page, rest.next().is_some())
    }
}

/// Returns a page whose items are told apart by the field `id`.
pub(super) fn id_page(data: &[Value], id: &str, has_more: bool) -> Value {
    let of = |item: Option<&Value>| item.map_or(Value::Null, |item| item[id].clone());
    let (first, last) = (of(data.first()), of(data.last()));
    json!({"data": data, "first_id": first, "has_more": has_more, "last_id": last})
}

/// A request for a page after a token, in the order of the indexes or against it.
pub(super) struct TokenPaging {
    limit: usize,
    cursor: Option<Cursor>,
    /// What the token is bound to.
    listing: String,
    seed: u64,
    /// Whether an empty page comes after the first one.
    empty_page: bool,
}

impl TokenPaging {
    /// Reads a token only if it was written for this listing.
    pub(super) fn parse(
        query: &Query,
        most: u64,
        listing: &str,
        (seed, empty_page): (u64, bool),
    ) -> Result<Self, Refusal> {
        let cursor = match query.get("page") {
            None => None,
            Some(page) => {
                let cursor = Cursor::read(page, seed, listing);
                Some(cursor.ok_or_else(|| Refusal::invalid("page: not a token of this listing"))?)
            }
        };
        Ok(Self { limit: limit(query, most)?, cursor, listing: listing.to_owned(), seed, empty_page })
    }

    pub(super) fn is_first(&self) -> bool {
        self.cursor.is_none()
    }

    /// Returns a page with the lowest indexes first.
    pub(super) fn upwards(&self, total: u64, accepts: impl Fn(u64) -> bool) -> TokenPage {
        let first = self.cursor.map_or(0, |cursor| cursor.after.saturating_add(1));
        self.choose((first..total).filter(|index| accepts(*index)))
    }

    /// Returns a page with the highest indexes first.
    pub(super) fn downwards(&self, total: u64, accepts: impl Fn(u64) -> bool) -> TokenPage {
        let end = self.cursor.map_or(total, |cursor| cursor.after);
        self.choose((0..end).rev().filter(|index| accepts(*index)))
    }

    fn choose(&self, mut rest: impl Iterator<Item = u64>) -> TokenPage {
        if let Some(cursor) = self.cursor.filter(|cursor| cursor.empty_page_first) {
            let next = Cursor { empty_page_first: false, ..cursor };
            return TokenPage { indexes: Vec::new(), next: Some(next.write(self.seed, &self.listing)) };
        }
        let indexes: Vec<u64> = rest.by_ref().take(self.limit).collect();
        let more = rest.next().is_some();
        let empty_page_first = self.empty_page && self.is_first();
        let next = indexes.last().filter(|_| more).map(|after| Cursor { after: *after, empty_page_first });
        TokenPage { indexes, next: next.map(|cursor| cursor.write(self.seed, &self.listing)) }
    }
}

/// The items of a page, and the token of the next one.
pub(super) struct TokenPage {
    pub(super) indexes: Vec<u64>,
    next: Option<String>,
}

impl TokenPage {
    pub(super) fn show(self, item: impl FnMut(u64) -> Value) -> Value {
        let data: Vec<Value> = self.indexes.into_iter().map(item).collect();
        json!({"data": data, "next_page": self.next})
    }

    /// Does the same with `has_more`, which the lists of groups and roles have too.
    pub(super) fn show_with_has_more(self, item: impl FnMut(u64) -> Value) -> Value {
        let has_more = self.next.is_some();
        let mut page = self.show(item);
        page["has_more"] = has_more.into();
        page
    }
}
