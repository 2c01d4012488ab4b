//! The organization: itself, its users and its invites (Admin API).

use std::fmt;

use anyprofile_core::{Error, ErrorKind, Result};
use anyprofile_http::{Listed, Operation, Request, Response};

use super::reading::id_page;
use crate::wire::{IdPage, Invite, Organization, OrganizationRole, OrganizationUser};

/// The maximum page size (pages of the reference on listing users and invites).
pub(crate) const MAX_LIMIT: u32 = 1_000;

/// The filters and page of a list of the organization's users (`GET /v1/organizations/users`).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOrganizationUsers {
    /// The page size, 1 to 1000. The service's default is 20.
    pub limit: Option<u32>,
    /// The id of the user after which the page begins; see [`IdPage::next_after_id`].
    pub after_id: Option<String>,
    /// The id of the user before which the page ends; see [`IdPage::next_before_id`].
    pub before_id: Option<String>,
    /// The e-mail address that users must have.
    pub email: Option<String>,
    /// The roles, one of which users must have (`roles[]`).
    pub roles: Vec<OrganizationRole>,
}

/// Shows which parameters are set, but no ids and no address.
impl fmt::Debug for ListOrganizationUsers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListOrganizationUsers")
            .field("limit", &self.limit)
            .field("after_id", &hidden(self.after_id.as_ref()))
            .field("before_id", &hidden(self.before_id.as_ref()))
            .field("email", &hidden(self.email.as_ref()))
            .field("roles", &self.roles)
            .finish()
    }
}

impl ListOrganizationUsers {
    /// Returns the query of the page that follows `page`, in the direction of this query: backward with a
    /// [`before_id`](Self::before_id), else forward. Returns `None` after the last page.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] as [`IdPage::next_after_id`], and if the next page is the same page: following
    /// it would never end.
    pub fn following<R>(&self, page: &IdPage<R>) -> Result<Option<Self>> {
        let mut next = self.clone();
        let has_next = go_on(page, &mut next.after_id, &mut next.before_id)?;
        Ok(has_next.then_some(next))
    }
}

/// The page of a list of invites (`GET /v1/organizations/invites`).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListInvites {
    /// The page size, 1 to 1000. The service's default is 20.
    pub limit: Option<u32>,
    /// The id of the invite after which the page begins; see [`IdPage::next_after_id`].
    pub after_id: Option<String>,
    /// The id of the invite before which the page ends; see [`IdPage::next_before_id`].
    pub before_id: Option<String>,
}

/// Shows which parameters are set, but no ids.
impl fmt::Debug for ListInvites {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListInvites")
            .field("limit", &self.limit)
            .field("after_id", &hidden(self.after_id.as_ref()))
            .field("before_id", &hidden(self.before_id.as_ref()))
            .finish()
    }
}

impl ListInvites {
    /// Returns the query of the page that follows `page`, in the direction of this query: backward with a
    /// [`before_id`](Self::before_id), else forward. Returns `None` after the last page.
    ///
    /// # Errors
    /// See [`ListOrganizationUsers::following`].
    pub fn following<R>(&self, page: &IdPage<R>) -> Result<Option<Self>> {
        let mut next = self.clone();
        let has_next = go_on(page, &mut next.after_id, &mut next.before_id)?;
        Ok(has_next.then_some(next))
    }
}

/// Moves the position after a page, or before it if the query goes backward. Returns whether another page
/// follows.
fn go_on<R>(page: &IdPage<R>, after: &mut Option<String>, before: &mut Option<String>) -> Result<bool> {
    let (position, id) = match before {
        Some(_) => (before, page.next_before_id()?),
        None => (after, page.next_after_id()?),
    };
    let Some(id) = id else { return Ok(false) };
    if position.as_deref() == Some(id) {
        return Err(Error::new(ErrorKind::Decode, "the next page is the same page")
            .with_hint("the records so far are valid; there may be more"));
    }
    *position = Some(id.to_owned());
    Ok(true)
}

fn hidden(text: Option<&String>) -> Option<&'static str> {
    text.map(|_| "..")
}

pub(crate) fn get_organization() -> Operation<Organization> {
    Operation::new(Request::get("AdminGetOrganization").path("/v1/organizations/me"), Response::decode_record)
}

pub(crate) fn list_organization_users(
    list: &ListOrganizationUsers,
) -> Operation<Listed<IdPage<OrganizationUser>>> {
    Operation::new(list.write(users(Request::get("AdminListUsers"))), id_page)
}

pub(crate) fn get_organization_user(user_id: &str) -> Operation<OrganizationUser> {
    Operation::new(users(Request::get("AdminGetUser")).segment(user_id), Response::decode_record)
}

pub(crate) fn list_invites(list: &ListInvites) -> Operation<Listed<IdPage<Invite>>> {
    Operation::new(list.write(invites(Request::get("AdminListInvites"))), id_page)
}

pub(crate) fn get_invite(invite_id: &str) -> Operation<Invite> {
    Operation::new(invites(Request::get("AdminGetInvite")).segment(invite_id), Response::decode_record)
}

/// Adds the path of the organization's users.
pub(crate) fn users(request: Request) -> Request {
    request.path("/v1/organizations/users")
}

/// Adds the path of the invites to the organization.
pub(crate) fn invites(request: Request) -> Request {
    request.path("/v1/organizations/invites")
}

impl ListOrganizationUsers {
    fn write(&self, request: Request) -> Request {
        limited(request, self.limit)
            .query("after_id", self.after_id.as_deref())
            .query("before_id", self.before_id.as_deref())
            .query("email", self.email.as_deref())
            .query_each("roles[]", &self.roles)
    }
}

impl ListInvites {
    fn write(&self, request: Request) -> Request {
        limited(request, self.limit)
            .query("after_id", self.after_id.as_deref())
            .query("before_id", self.before_id.as_deref())
    }
}

/// Sets the page size.
fn limited(request: Request, limit: Option<u32>) -> Request {
    let is_out_of_range = limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit));
    request
        .query("limit", limit)
        .refused_if(is_out_of_range, "the limit must be in the documented range", None)
        .asking_for(limit)
}
