//! The operations that read users.

use std::sync::{Arc, PoisonError};

use serde_json::Value;

use super::catalogue::envelope;
use super::query::{SortKey, UsersQuery};
use super::store::{Group, Store};
use super::{Probely, detail, field_errors};
use crate::exchange::{Call, Reply};

/// The users that a listing selected, in order, and the number of writes before it.
pub(super) type LastOrder = (Group, u64, UsersQuery, Arc<[u64]>);

impl Probely {
    pub(super) fn profile(&self) -> Reply {
        Reply::json(200, &self.read_store().user(Group::People, 0).to_profile_json())
    }

    pub(super) fn retrieve_user(&self, id: &str, group: Group) -> Reply {
        let store = self.read_store();
        match store.index_of(group, id) {
            Some(index) => Reply::json(200, &store.user(group, index).to_json()),
            None => detail(404, "Not found."),
        }
    }

    pub(super) fn list_users(&self, call: &Call, group: Group) -> Reply {
        let query = match UsersQuery::parse(&call.query, self.max_page_size) {
            Ok(query) => query,
            Err(errors) => return field_errors(errors),
        };
        let first = (query.page - 1).saturating_mul(query.length);
        let store = self.read_store();
        let (count, indexes) = self.select(&store, &query, group, first);
        let results: Vec<Value> =
            indexes.into_iter().map(|index| query.show(&store.user(group, index))).collect();
        envelope(count, query.page, query.length, &results)
    }

    /// Returns the number of selected users, and the indexes of the page that begins at `first`.
    fn select(&self, store: &Store, query: &UsersQuery, group: Group, first: u64) -> (u64, Vec<u64>) {
        let (end, size) = (first.saturating_add(query.length), store.count(group));
        if query.is_ordered() {
            return self.select_ordered(store, query, group, first);
        }
        if query.takes_all() {
            return (size, (first..end.min(size)).map(|place| store.index_at(group, place)).collect());
        }
        let (mut count, mut page) = (0, Vec::new());
        for index in store.indexes(group) {
            if query.accepts(&store.user(group, index)) {
                if (first..end).contains(&count) {
                    page.push(index);
                }
                count += 1;
            }
        }
        (count, page)
    }

    fn select_ordered(&self, store: &Store, query: &UsersQuery, group: Group, first: u64) -> (u64, Vec<u64>) {
        let found = self.ordered(store, query, group);
        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let skip = usize::try_from(first).unwrap_or(usize::MAX);
        let take = usize::try_from(query.length).unwrap_or(usize::MAX);
        (count, found.iter().skip(skip).take(take).copied().collect())
    }

    /// Returns all users that a listing selects, in order. The last result is cached, with 8 bytes for each
    /// user, because its next page is likely to be requested next.
    fn ordered(&self, store: &Store, query: &UsersQuery, group: Group) -> Arc<[u64]> {
        let (selection, version) = (query.selection(), store.version);
        let mut last = self.last_order.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((group_of, after, of, found)) = last.as_ref()
            && (*group_of, *after, of) == (group, version, &selection)
        {
            return Arc::clone(found);
        }
        let users =
            store.indexes(group).map(|index| store.user(group, index)).filter(|user| query.accepts(user));
        let mut found: Vec<(Vec<SortKey>, u64)> =
            users.map(|user| (query.sort_keys(&user), user.index)).collect();
        // Stable: users that compare equal stay in the order of their indexes, on every page.
        found.sort_by(|(left, _), (right, _)| query.compare(left, right));
        let found: Arc<[u64]> = found.into_iter().map(|(_, index)| index).collect();
        *last = Some((group, version, selection, Arc::clone(&found)));
        found
    }
}
