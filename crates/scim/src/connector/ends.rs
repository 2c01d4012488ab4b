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

/// The ids of the first page, by filter and order.
type FirstPages = Mutex<HashMap<String, Vec<Box<str>>>>;

const FIRST_PAGES: Fact<FirstPages> = Fact::new("first pages of lists").at_most(Duration::from_secs(600));

/// Returns whether a page behind the first one starts with the first user again.
///
/// The first page is remembered. Where it does not tell, because users were deleted or inserted meanwhile, or the list was resumed, the
/// first user is asked for once more if the page is behind the declared number, or is the second page and none is declared: it would be
/// users that the declared number leaves out otherwise.
pub(super) async fn is_first_again(
    caller: &Caller,
    list: &ListUsers,
    start: u64,
    page: &RecordPage,
) -> Result<bool> {
    let Some(first) = page.profiles().first().map(|first| first.id.native()) else { return Ok(false) };
    let known = first_pages(caller).await?;
    let key = key(list);
    if start == 1 {
        let ids = page.profiles().iter().map(|user| user.id.native().into()).collect();
        lock(&known).insert(key, ids);
        return Ok(false);
    }
    match lock(&known).get(&key).map(|ids| ids.iter().position(|id| **id == *first)) {
        Some(Some(0)) => return Ok(true),
        // Not even near the start.
        Some(None) => return Ok(false),
        // Users before it may have been deleted, or others inserted.
        Some(Some(_)) | None => {}
    }
    let is_doubtful = match page.declared_total() {
        Some(total) => start > total,
        None => list.count.is_some_and(|count| start <= u64::from(count) + 1),
    };
    Ok(is_doubtful && user_at(caller, list, 1).await?.is_some_and(|user| user.id.native() == first))
}

async fn first_pages(caller: &Caller) -> Result<Arc<FirstPages>> {
    caller.remember(FIRST_PAGES, async { Ok(Mutex::default()) }).await
}

fn lock(pages: &FirstPages) -> MutexGuard<'_, HashMap<String, Vec<Box<str>>>> {
    // Each change of the map is one step.
    pages.lock().unwrap_or_else(PoisonError::into_inner)
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
