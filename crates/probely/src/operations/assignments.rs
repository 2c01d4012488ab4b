//! Role assignments of users and of API users: two families of the same operations.

use std::{borrow::Cow, fmt};

use anyprofile_http::{Operation, Request, Response, Violations};

use super::{
    list::{ListOf, result_list},
    rules,
};
use crate::wire::{
    AssignmentChange, AssignmentIds, AssignmentOperations, AssignmentUpdate, AssignmentWrite,
    UserRoleAssignment,
};

/// Who holds the roles of a family of role assignments. Both families have the same operations and records.
///
/// The response to an API user's id among the users, or to a user's id among the API users, is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoleHolders {
    /// Users (`/user-roles/`).
    Users,
    /// API users (`/api-user-roles/`).
    ApiUsers,
}

impl RoleHolders {
    const fn path(self) -> &'static str {
        match self {
            Self::Users => "/user-roles",
            Self::ApiUsers => "/api-user-roles",
        }
    }

    /// Returns the service's name of an operation.
    fn operation(self, action: &str) -> Cow<'static, str> {
        match self {
            Self::Users => format!("user_roles_{action}"),
            Self::ApiUsers => format!("api_user_roles_{action}"),
        }
        .into()
    }

    fn all(self, request: Request) -> Request {
        request.path(self.path()).path("/")
    }

    fn one(self, request: Request, id: &str) -> Request {
        request.path(self.path()).segment(id).path("/")
    }

    fn bulk(self, action: &'static str) -> Request {
        let name = self.operation(&format!("bulk_{action}"));
        Request::post(name).path(self.path()).path("/bulk/").path(action).path("/")
    }
}

/// The filters, order and page of a list of role assignments (`GET /user-roles/`, `GET /api-user-roles/`).
///
/// Page `user-roles-list` of the reference has two filters that take ids; their names are inferred. The
/// filters of [`ListUsers`](crate::ListUsers) are documented by name.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListAssignments {
    /// The page size. The service's default is 10; a maximum is not published.
    pub length: Option<u32>,
    /// The field to order by. A leading `-` reverses the order. The accepted fields are not published.
    pub ordering: Option<String>,
    /// The page number, from 1.
    pub page: Option<u64>,
    /// The ids of the roles, one of which assignments must have.
    pub role: Vec<String>,
    /// The ids of the users, one of whom must hold the role.
    pub user: Vec<String>,
}

/// Shows only the page: the filters name persons.
impl fmt::Debug for ListAssignments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListAssignments")
            .field("page", &self.page)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

pub(crate) fn list_assignments(holders: RoleHolders, list: &ListAssignments) -> ListOf<UserRoleAssignment> {
    let request = holders
        .all(Request::get(holders.operation("list")))
        .query("length", list.length)
        .asking_for(list.length)
        .query("ordering", list.ordering.as_deref())
        .query("page", list.page)
        .names_resource(list.page.is_some_and(|page| page > 1))
        .query_each("role", &list.role)
        .query_each("user", &list.user);
    Operation::new(request, result_list)
}

pub(crate) fn create_assignment(
    holders: RoleHolders,
    create: &AssignmentWrite,
) -> Operation<UserRoleAssignment> {
    let request = holders
        .all(Request::post(holders.operation("create")))
        .json(create)
        .checked(rules::assignments("", [create]));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the role was assigned: look at the user's roles before you try again",
    )
}

pub(crate) fn get_assignment(holders: RoleHolders, id: &str) -> Operation<UserRoleAssignment> {
    let request = holders.one(Request::get(holders.operation("retrieve")), id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn replace_assignment(
    holders: RoleHolders,
    id: &str,
    replace: &AssignmentWrite,
) -> Operation<UserRoleAssignment> {
    let request = Request::put(holders.operation("update"), replace);
    let request = holders.one(request, id).checked(rules::assignments("", [replace]));
    Operation::new(request, Response::decode_record).reading_back(&get_assignment(holders, id))
}

pub(crate) fn update_assignment(
    holders: RoleHolders,
    id: &str,
    update: &AssignmentUpdate,
) -> Operation<UserRoleAssignment> {
    let request = Request::patch(holders.operation("partial_update"), update);
    let request = holders.one(request, id).checked(rules::assignment_update(update));
    Operation::new(request, Response::decode_record).reading_back(&get_assignment(holders, id))
}

pub(crate) fn delete_assignment(holders: RoleHolders, id: &str) -> Operation<()> {
    Operation::new(holders.one(Request::delete(holders.operation("destroy")), id), Response::acknowledged)
}

pub(crate) fn bulk_create_assignments(holders: RoleHolders, create: &[AssignmentWrite]) -> Operation<()> {
    let request = holders.bulk("create").json(&create).checked(rules::assignments("", create));
    bulk(request.checked(at_least_one("create", create)))
}

pub(crate) fn bulk_update_assignments(holders: RoleHolders, update: &[AssignmentChange]) -> Operation<()> {
    let request = holders.bulk("update").json(&update).checked(rules::assignment_changes("", update));
    bulk(request.checked(at_least_one("update", update)))
}

pub(crate) fn bulk_delete_assignments(holders: RoleHolders, ids: &[String]) -> Operation<()> {
    bulk(holders.bulk("delete").json(&AssignmentIds(ids)).checked(rules::ids(ids)))
}

pub(crate) fn bulk_change_assignments(
    holders: RoleHolders,
    operations: &AssignmentOperations,
) -> Operation<()> {
    let mut ids = Violations::new();
    if operations.delete.iter().any(String::is_empty) {
        ids.add("delete.id", "is required");
    }
    let request = holders
        .bulk("operations")
        .json(operations)
        .checked(rules::assignments("create.", &operations.create))
        .checked(rules::assignment_changes("update.", &operations.update))
        .checked(ids);
    bulk(request)
}

/// The response to a bulk change is not published: only that there is one counts.
fn bulk(request: Request) -> Operation<()> {
    Operation::new(request, Response::acknowledged).with_hint_if_made(
        "it is not known whether the role assignments were changed: list them before you try again",
    )
}

fn at_least_one<T>(field: &'static str, items: &[T]) -> Violations {
    let mut violations = Violations::new();
    if items.is_empty() {
        violations.add(field, "must contain at least one role assignment");
    }
    violations
}
