//! What a further request proves about the end of a list.

use anyprofile_core::{Profile, Result};
use anyprofile_engine::RecordPage;
use anyprofile_http::Caller;

use super::listing::users;
use crate::operations::{ListUsers, Page};

/// Returns whether a page behind the declared number, or the second page where none is declared, is the first one again. It would be
/// users that the declared number leaves out otherwise, so the first user is asked for once more.
pub(super) async fn is_first_again(
    caller: &Caller,
    list: &ListUsers,
    start: u64,
    page: &RecordPage,
) -> Result<bool> {
    let Some(first) = page.profiles().first() else { return Ok(false) };
    let is_doubtful = match page.declared_total() {
        Some(total) => start > total,
        None => list.count.is_some_and(|count| start <= u64::from(count) + 1),
    };
    Ok(is_doubtful && user_at(caller, list, 1).await?.is_some_and(|user| user.id == first.id))
}

/// Returns whether the server counts from `startIndex`: whether the second user of a page is the second one. A page of one user is
/// that of a list of one.
pub(super) async fn is_counted(caller: &Caller, list: &ListUsers, page: &RecordPage) -> Result<bool> {
    match page.profiles().get(1) {
        Some(second) => Ok(user_at(caller, list, 2).await?.is_some_and(|user| user.id == second.id)),
        None => Ok(true),
    }
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
