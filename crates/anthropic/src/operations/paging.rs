//! The page parameters of both kinds of lists.

use std::fmt;

use anyprofile_core::{Error, ErrorKind, Result, wire::Tolerant};
use anyprofile_http::{Listed, Operation, Request};

use super::reading::cursor_page;
use crate::wire::{CursorPage, IdPage};

/// The largest page of a list whose cursors are ids, and of groups and roles.
pub(crate) const MAX_LIMIT: u32 = 1_000;

/// The page of a list whose cursors are the ids of its records: users, invites, workspaces and the members of a
/// workspace. `Debug` shows no ids.
///
/// ```no_run
/// # async fn users(client: anyprofile_anthropic::AnthropicClient) -> anyprofile_core::Result<()> {
/// use anyprofile_anthropic::ListOrganizationUsers;
///
/// let mut list = ListOrganizationUsers::default();
/// loop {
///     let page = client.list_organization_users(&list).await?.list;
///     println!("{} users", page.data.len());
///     let Some(next) = list.paging.following(&page)? else { break };
///     list.paging = next;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdPaging {
    /// The page size, 1 to 1000. The service's default is 20.
    pub limit: Option<u32>,
    /// The id of the record after which the page begins; see [`IdPage::next_after_id`].
    pub after_id: Option<String>,
    /// The id of the record before which the page ends; see [`IdPage::next_before_id`]. Never together with
    /// [`after_id`](Self::after_id).
    pub before_id: Option<String>,
}

impl IdPaging {
    /// Returns the page that follows `page`, in the direction of this one: backward with a
    /// [`before_id`](Self::before_id), else forward. Returns `None` after the last page.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] as [`IdPage::next_after_id`], and if the next page is the same page: following it
    /// would never end.
    pub fn following<R>(&self, page: &IdPage<R>) -> Result<Option<Self>> {
        let mut next = self.clone();
        let (position, id) = match next.before_id {
            Some(_) => (&mut next.before_id, page.next_before_id()?),
            None => (&mut next.after_id, page.next_after_id()?),
        };
        Ok(moved(position, id)?.then_some(next))
    }

    /// Adds the parameters.
    pub(super) fn write(&self, request: Request) -> Request {
        limited(request, self.limit, MAX_LIMIT)
            .query("after_id", self.after_id.as_deref())
            .query("before_id", self.before_id.as_deref())
    }
}

impl fmt::Debug for IdPaging {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IdPaging")
            .field("limit", &self.limit)
            .field("after_id", &hidden(self.after_id.as_ref()))
            .field("before_id", &hidden(self.before_id.as_ref()))
            .finish()
    }
}

/// The page of a list with cursors: user profiles, groups and their members, roles and their permissions, service
/// accounts and their workspaces. `Debug` shows whether there is a cursor, but not the cursor: in an order by
/// name, it may contain a name.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CursorPaging {
    /// The page size, from 1 to 100 for user profiles and service accounts, and to 1000 for groups and roles. The
    /// service's default is 20.
    pub limit: Option<u32>,
    /// The cursor of the page, from [`CursorPage::next_page`] of the previous page of the same list.
    pub page: Option<String>,
}

impl CursorPaging {
    /// Returns the page that follows `page`; `None` after the last page. A page without records may have another
    /// one behind it.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] as [`CursorPage::next_cursor`], and if the next page is the same page: following it would
    /// never end. A circle of several pages is not noticed: remember the cursors to notice it.
    pub fn following<R>(&self, page: &CursorPage<R>) -> Result<Option<Self>> {
        let mut next = self.clone();
        Ok(moved(&mut next.page, page.next_cursor()?)?.then_some(next))
    }

    /// Adds the parameters.
    pub(super) fn write(&self, request: Request, max_limit: u32) -> Request {
        limited(request, self.limit, max_limit).query("page", self.page.as_deref())
    }

    /// Returns the operation that reads this page of a list.
    pub(super) fn listed<T: Tolerant + 'static>(
        &self,
        request: Request,
        max_limit: u32,
    ) -> Operation<Listed<CursorPage<T>>> {
        Operation::new(self.write(request, max_limit), cursor_page)
    }
}

impl fmt::Debug for CursorPaging {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CursorPaging")
            .field("limit", &self.limit)
            .field("page", &hidden(self.page.as_ref()))
            .finish()
    }
}

/// Shows that a text is set, but not the text.
pub(super) fn hidden(text: Option<&String>) -> Option<&'static str> {
    text.map(|_| "..")
}

/// Moves a position to where the next page begins. Returns whether another page follows.
fn moved(position: &mut Option<String>, next: Option<&str>) -> Result<bool> {
    let Some(next) = next else { return Ok(false) };
    if position.as_deref() == Some(next) {
        return Err(Error::new(ErrorKind::Decode, "the next page is the same page")
            .with_hint("the records so far are valid; there may be more"));
    }
    *position = Some(next.to_owned());
    Ok(true)
}

/// Sets the page size.
fn limited(request: Request, limit: Option<u32>, max_limit: u32) -> Request {
    let is_out_of_range = limit.is_some_and(|limit| !(1..=max_limit).contains(&limit));
    request
        .query("limit", limit)
        .refused_if(is_out_of_range, "the limit must be in the documented range", None)
        .asking_for(limit)
}
