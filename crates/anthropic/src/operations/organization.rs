//! The organization: itself, its users and its invites (Admin API).

use std::fmt;

use anyprofile_core::{Error, ErrorKind, Result};
use anyprofile_http::{Listed, Operation, Request, Response};

use super::reading::id_page;
use crate::wire::{IdPage, Invite, Organization, OrganizationRole, OrganizationUser};

/// The most records a page (pages of the reference on listing users and invites).
pub(crate) const MAX_LIMIT: u32 = 1_000;

/// Which users of the organization to list (`GET /v1/organizations/users`).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOrganizationUsers {
    /// Users a page, 1 to 1000. The service's default is 20.
    pub limit: Option<u32>,
    /// Goes on behind the user with this id; see [`IdPage::next_after_id`].
    pub after_id: Option<String>,
    /// Goes back to what is before the user with this id; see [`IdPage::next_before_id`].
    pub before_id: Option<String>,
    /// Only the user with this e-mail address.
    pub email: Option<String>,
    /// Only users with one of these roles (`roles[]`).
    pub roles: Vec<OrganizationRole>,
}

/// Shows which parameters there are, and no id and no address.
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
    /// The same query for the page that follows one of its pages, in the direction that it goes: back with a
    /// [`before_id`](Self::before_id), else on. `None` if there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] as with [`IdPage::next_after_id`], and if the next page is the very one that was
    /// asked for: following it would never end.
    pub fn following<R>(&self, page: &IdPage<R>) -> Result<Option<Self>> {
        let mut next = self.clone();
        let there_is_one = go_on(page, &mut next.after_id, &mut next.before_id)?;
        Ok(there_is_one.then_some(next))
    }
}

/// Which invites to list (`GET /v1/organizations/invites`).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListInvites {
    /// Invites a page, 1 to 1000. The service's default is 20.
    pub limit: Option<u32>,
    /// Goes on behind the invite with this id; see [`IdPage::next_after_id`].
    pub after_id: Option<String>,
    /// Goes back to what is before the invite with this id; see [`IdPage::next_before_id`].
    pub before_id: Option<String>,
}

/// Shows which parameters there are, and no id.
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
    /// The same query for the page that follows one of its pages, in the direction that it goes: back with a
    /// [`before_id`](Self::before_id), else on. `None` if there is none.
    ///
    /// # Errors
    /// As with [`ListOrganizationUsers::following`].
    pub fn following<R>(&self, page: &IdPage<R>) -> Result<Option<Self>> {
        let mut next = self.clone();
        let there_is_one = go_on(page, &mut next.after_id, &mut next.before_id)?;
        Ok(there_is_one.then_some(next))
    }
}

/// Moves a position behind a page, or before it where the query goes back. Whether there is another page.
fn go_on<R>(page: &IdPage<R>, after: &mut Option<String>, before: &mut Option<String>) -> Result<bool> {
    let (position, id) = match before {
        Some(_) => (before, page.next_before_id()?),
        None => (after, page.next_after_id()?),
    };
    let Some(id) = id else { return Ok(false) };
    if position.as_deref() == Some(id) {
        return Err(Error::new(ErrorKind::Decode, "the next page is the one that was asked for")
            .with_hint("what was delivered is good, and there may be more"));
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

/// The request of the organization's users.
pub(crate) fn users(request: Request) -> Request {
    request.path("/v1/organizations/users")
}

/// The request of the invites to the organization.
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

/// The request of a page of so many records.
fn limited(request: Request, limit: Option<u32>) -> Request {
    let is_out_of_range = limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit));
    request
        .query("limit", limit)
        .refused_if(is_out_of_range, "the limit is out of the documented range", None)
        .asking_for(limit)
}
