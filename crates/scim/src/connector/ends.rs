//! What a further request proves about the end of a list.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyprofile_core::{Profile, Result};
use anyprofile_engine::RecordPage;
use anyprofile_http::{Caller, Fact};

use super::listing::users;
use crate::operations::{ListUsers, Page};

/// The id of the first user, by filter and order.
type FirstIds = Mutex<HashMap<String, String>>;

const FIRST_IDS: Fact<FirstIds> = Fact::new("first users of lists").at_most(Duration::from_secs(600));

/// Returns whether a page behind the first one starts with the first user again.
///
/// The first user is remembered from page to page. A list that was resumed asks for the first user, where the page is behind the
/// declared number, or is the second page and none is declared: it would be users that the declared number leaves out otherwise.
pub(super) async fn is_first_again(
    caller: &Caller,
    list: &ListUsers,
    start: u64,
    page: &RecordPage,
) -> Result<bool> {
    let Some(first) = page.profiles().first().map(|first| first.id.native()) else { return Ok(false) };
    let known = first_ids(caller).await?;
    let key = key(list);
    if start == 1 {
        lock(&known).insert(key, first.to_owned());
        return Ok(false);
    }
    if let Some(known) = lock(&known).get(&key) {
        return Ok(known == first);
    }
    let is_doubtful = match page.declared_total() {
        Some(total) => start > total,
        None => list.count.is_some_and(|count| start <= u64::from(count) + 1),
    };
    Ok(is_doubtful && user_at(caller, list, 1).await?.is_some_and(|user| user.id.native() == first))
}

async fn first_ids(caller: &Caller) -> Result<Arc<FirstIds>> {
    caller.remember(FIRST_IDS, async { Ok(Mutex::default()) }).await
}

fn lock(ids: &FirstIds) -> MutexGuard<'_, HashMap<String, String>> {
    // Each change of the map is one step.
    ids.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns what tells one list from another.
fn key(list: &ListUsers) -> String {
    format!("{:?} {:?} {}", list.filter, list.sort_by, list.is_descending)
}

/// Returns whether the server counts from `startIndex`, where a page starts with the first user again: whether another user is the
/// second one.
pub(super) async fn is_counted(caller: &Caller, list: &ListUsers, page: &RecordPage) -> Result<bool> {
    let Some(first) = page.profiles().first() else { return Ok(true) };
    Ok(user_at(caller, list, 2).await?.is_none_or(|user| user.id != first.id))
}

/// Returns whether there is nobody behind the users of a page, by index.
pub(super) async fn is_all(caller: &Caller, list: &ListUsers, page: &RecordPage) -> bool {
    let behind = u64::try_from(page.profiles().len()).unwrap_or(u64::MAX).saturating_add(1);
    matches!(user_at(caller, list, behind).await, Ok(None))
}

/// Reads one user of a list.
async fn user_at(caller: &Caller, list: &ListUsers, index: u64) -> Result<Option<Profile>> {
    let list = ListUsers { page: Page::Index(index), count: Some(1), ..list.clone() };
    Ok(users(caller, list).await?.into_iter().next())
}
