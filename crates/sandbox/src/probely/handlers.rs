//! The operations.

use std::sync::{Arc, PoisonError};

use serde_json::{Value, json};

use super::query::{SortKey, UsersQuery};
use super::{Probely, detail, field_errors};
use crate::exchange::{Call, Reply};

impl Probely {
    pub(super) fn profile(&self) -> Reply {
        Reply::json(200, &self.records.user(0).to_profile_json())
    }

    pub(super) fn retrieve_user(&self, id: &str) -> Reply {
        match self.records.index_of(id).filter(|index| *index < self.profiles) {
            Some(index) => Reply::json(200, &self.records.user(index).to_json()),
            None => detail(404, "Not found."),
        }
    }

    pub(super) fn list_users(&self, call: &Call) -> Reply {
        let query = match UsersQuery::parse(&call.query, self.max_page_size) {
            Ok(query) => query,
            Err(errors) => return field_errors(errors),
        };
        let first = (query.page - 1).saturating_mul(query.length);
        let (count, indexes) = self.select(&query, first);
        let page_total = count.div_ceil(query.length).max(1);
        if query.page > page_total {
            return detail(404, "Invalid page.");
        }
        let results: Vec<Value> =
            indexes.into_iter().map(|index| query.show(&self.records.user(index))).collect();
        Reply::json(
            200,
            &json!({
                "count": count,
                "page_total": page_total,
                "page": query.page,
                "length": query.length,
                "results": results,
            }),
        )
    }

    /// How many users are wanted, and the indexes of the page that begins at `first`.
    fn select(&self, query: &UsersQuery, first: u64) -> (u64, Vec<u64>) {
        let end = first.saturating_add(query.length);
        if query.is_ordered() {
            return self.select_ordered(query, first);
        }
        if query.takes_all() {
            return (self.profiles, (first..end.min(self.profiles)).collect());
        }
        let (mut count, mut page) = (0, Vec::new());
        for index in 0..self.profiles {
            if query.accepts(&self.records.user(index)) {
                if (first..end).contains(&count) {
                    page.push(index);
                }
                count += 1;
            }
        }
        (count, page)
    }

    fn select_ordered(&self, query: &UsersQuery, first: u64) -> (u64, Vec<u64>) {
        let found = self.ordered(query);
        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let skip = usize::try_from(first).unwrap_or(usize::MAX);
        let take = usize::try_from(query.length).unwrap_or(usize::MAX);
        (count, found.iter().skip(skip).take(take).copied().collect())
    }

    /// All that a listing selects, in its order. The last one is kept, 8 bytes a user, since its next page
    /// is likely to be asked for next.
    fn ordered(&self, query: &UsersQuery) -> Arc<[u64]> {
        let selection = query.selection();
        let mut last = self.last_order.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, found)) = last.as_ref()
            && *of == selection
        {
            return Arc::clone(found);
        }
        let users =
            (0..self.profiles).map(|index| self.records.user(index)).filter(|user| query.accepts(user));
        let mut found: Vec<(Vec<SortKey>, u64)> =
            users.map(|user| (query.sort_keys(&user), user.index)).collect();
        // Stable: users that compare equal stay in the order of their indexes, on every page.
        found.sort_by(|(left, _), (right, _)| query.compare(left, right));
        let found: Arc<[u64]> = found.into_iter().map(|(_, index)| index).collect();
        *last = Some((selection, Arc::clone(&found)));
        found
    }
}
