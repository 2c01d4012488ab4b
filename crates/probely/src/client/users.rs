//! People and API users.

use std::fmt;

use anyprofile_core::{Result, wire::Tolerant};
use anyprofile_http::{Answer, Listed, Request};

use super::{ProbelyClient, list::result_list};
use crate::wire::{User, UserList};

/// What to list (`GET /users/`, `GET /api-users/`): all sixteen parameters. The pages `users-list` and
/// `api-users-list` of the reference describe eight of them; the rest have the meaning of their name. Which
/// fields `ordering` takes is not published.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUsers {
    /// Only users of the account itself.
    pub account: Option<bool>,
    /// Only users that may sign in, or only those that may not.
    pub active: Option<bool>,
    /// Fields to leave out of the answer.
    pub exclude: Vec<String>,
    /// Leave out users with a role at these targets.
    pub exclude_target: Vec<String>,
    /// Leave out users with a role in these teams.
    pub exclude_team: Vec<String>,
    /// Only users with these labels, by id.
    pub label: Vec<String>,
    /// Whether users need all of the labels or one of them. The service's default is `Or`.
    pub label_logical_operator: Option<LogicalOperator>,
    /// Users a page. The service's default is 10; a maximum is not published.
    pub length: Option<u32>,
    /// Only users with a second factor, or only those without.
    pub mfa_enabled: Option<bool>,
    /// Only users without any access, or only those with.
    pub no_access: Option<bool>,
    /// The field to order by; a `-` in front inverts.
    pub ordering: Option<String>,
    /// The page, from 1.
    pub page: Option<u64>,
    /// Only users with one of these roles, by id.
    pub role: Vec<String>,
    /// Text to search for.
    pub search: Option<String>,
    /// Only users with a role at these targets.
    pub target: Vec<String>,
    /// Only users with a role in these teams.
    pub team: Vec<String>,
}

/// Shows the page alone: what is searched for may be a person's name or address.
impl fmt::Debug for ListUsers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListUsers")
            .field("page", &self.page)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// How labels combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogicalOperator {
    /// All of them.
    And,
    /// One of them.
    Or,
}

impl LogicalOperator {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

impl ProbelyClient {
    /// Lists users, deactivated ones included: one page of `GET /users/`, which says how many there are.
    /// Whether API users are among them is not published; they have [a list of their own](Self::list_api_users).
    ///
    /// Source: page `users-list` of the reference.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's words by parameter. For
    /// a page past the end the service's error is not published;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) is what its framework answers.
    pub async fn list_users(&self, list: &ListUsers) -> Result<Listed<UserList>> {
        let answer = self.http.send(list_request(list)).await?;
        user_list(&answer)
    }

    /// Gets a user: `GET /users/{id}/`.
    ///
    /// Source: page `users-retrieve` of the reference.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_user(&self, id: &str) -> Result<User> {
        self.http.send(user_request(id)).await?.decode_record()
    }

    /// Lists API users, which are programs that act by keys of their own: one page of `GET /api-users/`, which
    /// says how many there are. The record is that of a user; the reference shows no `email` and no `title` here.
    ///
    /// Source: page `api-users-list` of the reference.
    ///
    /// # Errors
    /// As [above](Self::list_users).
    pub async fn list_api_users(&self, list: &ListUsers) -> Result<Listed<UserList>> {
        let answer = self.http.send(api_user_list_request(list)).await?;
        user_list(&answer)
    }

    /// Gets an API user: `GET /api-users/{id}/`.
    ///
    /// Source: page `api-users-retrieve` of the reference.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_api_user(&self, id: &str) -> Result<User> {
        self.http.send(api_user_request(id)).await?.decode_record()
    }
}

pub(crate) fn user_request(id: &str) -> Request {
    Request::get("users_retrieve").path("/users").segment(id).path("/")
}

pub(crate) fn api_user_request(id: &str) -> Request {
    Request::get("api_users_retrieve").path("/api-users").segment(id).path("/")
}

pub(crate) fn list_request(list: &ListUsers) -> Request {
    list.write(Request::get("users_list").path("/users/"))
}

pub(crate) fn api_user_list_request(list: &ListUsers) -> Request {
    list.write(Request::get("api_users_list").path("/api-users/"))
}

impl ListUsers {
    fn write(&self, request: Request) -> Request {
        request
            .query("account", self.account)
            .query("active", self.active)
            .query_each("exclude", &self.exclude)
            .query_each("exclude_target", &self.exclude_target)
            .query_each("exclude_team", &self.exclude_team)
            .query_each("label", &self.label)
            .query("label_logical_operator", self.label_logical_operator.map(LogicalOperator::as_str))
            .query("length", self.length)
            .query("mfa_enabled", self.mfa_enabled)
            .query("no_access", self.no_access)
            .query("ordering", self.ordering.as_deref())
            .query("page", self.page)
            .names_resource(self.page.is_some_and(|page| page > 1))
            .query_each("role", &self.role)
            .query("search", self.search.as_deref())
            .query_each("target", &self.target)
            .query_each("team", &self.team)
            .asking_for(self.length)
    }
}

/// A page of users.
pub(crate) fn user_list<T: Tolerant>(answer: &Answer) -> Result<Listed<UserList<T>>> {
    result_list(answer)
}
