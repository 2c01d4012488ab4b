//! Users and API users.

use std::fmt;

use anyprofile_http::{Listed, Operation, Request, Response};

use super::list::result_list;
use crate::wire::{User, UserList};

/// The filters, order and page of a list of users (`GET /users/`, `GET /api-users/`). It has all sixteen
/// parameters: pages `users-list` and `api-users-list` of the reference describe eight of them; the meaning
/// of the others follows from their names. The fields that `ordering` accepts are not published.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUsers {
    /// Whether to list only users of the account itself.
    pub account: Option<bool>,
    /// Whether to list only active users, or only inactive ones.
    pub active: Option<bool>,
    /// The fields to omit from the response.
    pub exclude: Vec<String>,
    /// The targets whose users to exclude, by role.
    pub exclude_target: Vec<String>,
    /// The teams whose users to exclude, by role.
    pub exclude_team: Vec<String>,
    /// The ids of the labels that users must have.
    pub label: Vec<String>,
    /// Whether users must have all of the labels, or one of them. The service's default is `Or`.
    pub label_logical_operator: Option<LogicalOperator>,
    /// The page size. The service's default is 10; a maximum is not published.
    pub length: Option<u32>,
    /// Whether to list only users with a second factor, or only those without.
    pub mfa_enabled: Option<bool>,
    /// Whether to list only users without any access, or only those with access.
    pub no_access: Option<bool>,
    /// The field to order by. A leading `-` reverses the order.
    pub ordering: Option<String>,
    /// The page number, from 1.
    pub page: Option<u64>,
    /// The ids of the roles, one of which users must have.
    pub role: Vec<String>,
    /// The text to search for.
    pub search: Option<String>,
    /// The targets in which users must have a role.
    pub target: Vec<String>,
    /// The teams in which users must have a role.
    pub team: Vec<String>,
}

/// Shows only the page: the search text may be a person's name or address.
impl fmt::Debug for ListUsers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListUsers")
            .field("page", &self.page)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// How labels are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogicalOperator {
    /// All of them.
    And,
    /// One of them.
    Or,
}

impl LogicalOperator {
    /// Returns the word for the query.
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
