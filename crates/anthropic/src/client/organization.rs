//! The organization: itself, its users and its invites (Admin API).

use std::fmt;

use anyprofile_core::{
    Error, ErrorKind, Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{Answer, Listed, Request};
use serde_json::value::RawValue;

use super::AnthropicClient;
use crate::wire::{IdPage, Invite, Organization, OrganizationRole, OrganizationUser};

/// The most records a page (pages of the reference on listing users and invites).
const MAX_LIMIT: u32 = 1_000;

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

impl AnthropicClient {
    /// Gets the organization that the credential belongs to: `GET /v1/organizations/me`.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on the
    /// organization.
    ///
    /// # Errors
    /// [`Unauthenticated`](ErrorKind::Unauthenticated) or [`PermissionDenied`](ErrorKind::PermissionDenied) for
    /// another credential.
    pub async fn get_organization(&self) -> Result<Organization> {
        self.http.send(organization_request()).await?.decode_record()
    }

    /// Lists the users of the organization: one page of `GET /v1/organizations/users`. How many there are is not
    /// said. They are the organization's own people, and no end users of a platform.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// listing users.
    ///
    /// # Errors
    /// [`InvalidRequest`](ErrorKind::InvalidRequest), before anything is sent, for a limit out of its range, and
    /// from the service for an id or role that it does not know; else as [above](Self::get_organization).
    pub async fn list_organization_users(
        &self,
        list: &ListOrganizationUsers,
    ) -> Result<Listed<IdPage<OrganizationUser>>> {
        self.check_limit("AdminListUsers", list.limit)?;
        let answer = self.http.send(organization_users_request(list)).await?;
        id_page(&answer)
    }

    /// Gets a user of the organization: `GET /v1/organizations/users/{user_id}`.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// getting a user.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound); else as [above](Self::get_organization).
    pub async fn get_organization_user(&self, user_id: &str) -> Result<OrganizationUser> {
        self.http.send(organization_user_request(user_id)).await?.decode_record()
    }

    /// Lists the invites to the organization, those that were accepted, deleted or have expired included: one page
    /// of `GET /v1/organizations/invites`. How many there are is not said.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// listing invites.
    ///
    /// # Errors
    /// As [above](Self::list_organization_users).
    pub async fn list_invites(&self, list: &ListInvites) -> Result<Listed<IdPage<Invite>>> {
        self.check_limit("AdminListInvites", list.limit)?;
        let answer = self.http.send(invites_request(list)).await?;
        id_page(&answer)
    }

    /// Gets an invite: `GET /v1/organizations/invites/{invite_id}`.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// getting an invite.
    ///
    /// # Errors
    /// As [above](Self::get_organization_user).
    pub async fn get_invite(&self, invite_id: &str) -> Result<Invite> {
        self.http.send(invite_request(invite_id)).await?.decode_record()
    }

    fn check_limit(&self, operation: &'static str, limit: Option<u32>) -> Result<()> {
        match limit {
            Some(limit) if !(1..=MAX_LIMIT).contains(&limit) => {
                Err(self.refusal(operation, "the limit is out of the documented range"))
            }
            _ => Ok(()),
        }
    }
}

pub(crate) fn organization_request() -> Request {
    Request::get("AdminGetOrganization").path("/v1/organizations/me")
}

pub(crate) fn organization_users_request(list: &ListOrganizationUsers) -> Request {
    Request::get("AdminListUsers")
        .path("/v1/organizations/users")
        .query("limit", list.limit)
        .query("after_id", list.after_id.as_deref())
        .query("before_id", list.before_id.as_deref())
        .query("email", list.email.as_deref())
        .query_each("roles[]", &list.roles)
        .asking_for(list.limit)
}

pub(crate) fn organization_user_request(user_id: &str) -> Request {
    Request::get("AdminGetUser").path("/v1/organizations/users").segment(user_id)
}

pub(crate) fn invites_request(list: &ListInvites) -> Request {
    Request::get("AdminListInvites")
        .path("/v1/organizations/invites")
        .query("limit", list.limit)
        .query("after_id", list.after_id.as_deref())
        .query("before_id", list.before_id.as_deref())
        .asking_for(list.limit)
}

pub(crate) fn invite_request(invite_id: &str) -> Request {
    Request::get("AdminGetInvite").path("/v1/organizations/invites").segment(invite_id)
}

/// A page of users or invites.
pub(crate) fn id_page<T: Tolerant>(answer: &Answer) -> Result<Listed<IdPage<T>>> {
    answer.decode_envelope::<IdPage<T>, IdPage<Box<RawValue>>>(|loose| {
        let IdPage { data, first_id, has_more, last_id } = loose;
        wire::decode_records(data, |data| IdPage { data, first_id, has_more, last_id })
    })
}
