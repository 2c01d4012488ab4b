//! People and API users.

use std::fmt;

use anyprofile_http::{Listed, Operation, Request, Response};

use super::list::result_list;
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
    /// Fields to leave out of the response.
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

pub(crate) fn list_users(list: &ListUsers) -> Operation<Listed<UserList>> {
    Operation::new(list.write(Request::get("users_list").path("/users/")), result_list)
}

pub(crate) fn get_user(id: &str) -> Operation<User> {
    let request = Request::get("users_retrieve").path("/users").segment(id).path("/");
    Operation::new(request, Response::decode_record)
}

pub(crate) fn list_api_users(list: &ListUsers) -> Operation<Listed<UserList>> {
    Operation::new(list.write(Request::get("api_users_list").path("/api-users/")), result_list)
}

pub(crate) fn get_api_user(id: &str) -> Operation<User> {
    let request = Request::get("api_users_retrieve").path("/api-users").segment(id).path("/");
    Operation::new(request, Response::decode_record)
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
