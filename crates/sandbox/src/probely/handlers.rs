//! The operations.

use std::sync::{Arc, PoisonError};

use serde_json::Value;

use super::catalogue::envelope;
use super::query::{SortKey, UsersQuery};
use super::records::User;
use super::{Probely, detail, field_errors};
use crate::exchange::{Call, Reply};

/// The two lists of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    People,
    Services,
}

/// What a listing selected, in its order.
pub(super) type LastOrder = (Group, UsersQuery, Arc<[u64]>);

impl Probely {
    pub(super) fn profile(&self) -> Reply {
        Reply::json(200, &self.records.user(0).to_profile_json())
    }

    fn size_of(&self, group: Group) -> u64 {
        match group {
            Group::People => self.profiles,
            Group::Services => self.api_users,
        }
    }

    fn user(&self, group: Group, index: u64) -> User {
        match group {
            Group::People => self.records.user(index),
            Group::Services => self.records.api_user(index),
        }
    }

    pub(super) fn retrieve_user(&self, id: &str, group: Group) -> Reply {
        let index = match group {
            Group::People => self.records.index_of(id),
            Group::Services => self.records.index_of_api_user(id),
        };
        match index.filter(|index| *index < self.size_of(group)) {
            Some(index) => Reply::json(200, &self.user(group, index).to_json()),
            None => detail(404, "Not found."),
        }
    }

    pub(super) fn list_users(&self, call: &Call, group: Group) -> Reply {
        let query = match UsersQuery::parse(&call.query, self.max_page_size) {
            Ok(query) => query,
            Err(errors) => return field_errors(errors),
        };
        let first = (query.page - 1).saturating_mul(query.length);
        let (count, indexes) = self.select(&query, group, first);
        let results: Vec<Value> =
            indexes.into_iter().map(|index| query.show(&self.user(group, index))).collect();
        envelope(count, query.page, query.length, &results)
    }

    /// How many users are wanted, and the indexes of the page that begins at `first`.
    fn select(&self, query: &UsersQuery, group: Group, first: u64) -> (u64, Vec<u64>) {
        let (end, size) = (first.saturating_add(query.length), self.size_of(group));
        if query.is_ordered() {
            return self.select_ordered(query, group, first);
        }
        if query.takes_all() {
            return (size, (first..end.min(size)).collect());
        }
        let (mut count, mut page) = (0, Vec::new());
        for index in 0..size {
            if query.accepts(&self.user(group, index)) {
                if (first..end).contains(&count) {
                    page.push(index);
                }
                count += 1;
            }
        }
        (count, page)
    }

    fn select_ordered(&self, query: &UsersQuery, group: Group, first: u64) -> (u64, Vec<u64>) {
        let found = self.ordered(query, group);
        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let skip = usize::try_from(first).unwrap_or(usize::MAX);
        let take = usize::try_from(query.length).unwrap_or(usize::MAX);
        (count, found.iter().skip(skip).take(take).copied().collect())
    }

    /// All that a listing selects, in its order. The last one is kept, 8 bytes a user, since its next page
    /// is likely to be asked for next.
    fn ordered(&self, query: &UsersQuery, group: Group) -> Arc<[u64]> {
        let selection = query.selection();
        let mut last = self.last_order.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((group_of, of, found)) = last.as_ref()
            && (*group_of, of) == (group, &selection)
        {
            return Arc::clone(found);
        }
        let users =
            (0..self.size_of(group)).map(|index| self.user(group, index)).filter(|user| query.accepts(user));
        let mut found: Vec<(Vec<SortKey>, u64)> =
            users.map(|user| (query.sort_keys(&user), user.index)).collect();
        // Stable: users that compare equal stay in the order of their indexes, on every page.
        found.sort_by(|(left, _), (right, _)| query.compare(left, right));
        let found: Arc<[u64]> = found.into_iter().map(|(_, index)| index).collect();
        *last = Some((group, selection, Arc::clone(&found)));
        found
    }
}
