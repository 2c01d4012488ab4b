//! The account: the credential's own profile, and the roles, labels and teams of its users.

use std::fmt;

use anyprofile_core::{ErrorKind, Result, wire::Tolerant};
use anyprofile_http::{Listed, Operation, Request, Response};

use super::list::result_list;
use crate::wire::{Label, ResultList, Role, Team, User, UserRoleAssignment};

type ListOf<T> = Operation<Listed<ResultList<T>>>;

/// The page, order and search of a list of roles, labels, teams or role assignments.
///
/// The reference shows these four parameters at every list of this API that was seen, such as
/// `labels-users-list`. The pages of these four lists were not seen.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListEntries {
    /// The page size. The service's default for users is 10; a maximum is not published.
    pub length: Option<u32>,
    /// The field to order by. A leading `-` reverses the order. The accepted fields are not published.
    pub ordering: Option<String>,
    /// The page number, from 1.
    pub page: Option<u64>,
    /// The text to search for.
    pub search: Option<String>,
}

/// Shows only the page: the search text may be a person's name or address.
impl fmt::Debug for ListEntries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListEntries")
            .field("page", &self.page)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl ListEntries {
    fn request(&self, operation: &'static str, path: &'static str) -> Request {
        Request::get(operation)
            .path(path)
            .query("length", self.length)
            .asking_for(self.length)
            .query("ordering", self.ordering.as_deref())
            .query("page", self.page)
            .names_resource(self.page.is_some_and(|page| page > 1))
            .query("search", self.search.as_deref())
    }
}

pub(crate) fn get_profile() -> Operation<User> {
    Operation::new(Request::get("profile_list").path("/profile/"), own_profile)
}

pub(crate) fn list_roles(list: &ListEntries) -> ListOf<Role> {
    Operation::new(list.request("roles_list", "/roles/"), result_list)
}

pub(crate) fn list_labels(list: &ListEntries) -> ListOf<Label> {
    Operation::new(list.request("labels_list", "/labels/"), result_list)
}

pub(crate) fn list_teams(list: &ListEntries) -> ListOf<Team> {
    Operation::new(list.request("teams_list", "/teams/"), result_list)
}

pub(crate) fn list_user_roles(list: &ListEntries) -> ListOf<UserRoleAssignment> {
    Operation::new(list.request("user_roles_list", "/user-roles/"), result_list)
}

/// Reads the own profile: documented as a list of one, sent as an object.
pub(crate) fn own_profile<T: Tolerant>(response: &Response) -> Result<T> {
    if response.json()?.trim_ascii_start().first() != Some(&b'[') {
        return response.decode_record();
    }
    let mut records = response.decode::<Vec<T>>()?.into_iter();
    match (records.next(), records.next()) {
        (Some(record), None) => Ok(record),
        _ => Err(response
            .error(ErrorKind::Decode, "the response must contain one profile, but contains none or several")),
    }
}
