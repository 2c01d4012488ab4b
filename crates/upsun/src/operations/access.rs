//! Organizations, teams and project access.

use anyprofile_http::{Operation, Request, Response};
use serde_json::json;

use super::{
    ArrayFilter, CursorPage, DateTimeFilter, OrganizationSort, PagePosition, ProjectAccessSort, Sort,
    StringFilter, TimeSort, page::Listing,
};
use crate::wire::{ExtendedAccess, Organization, ProjectAccess, ProjectAccessGrant, ProjectPermission, Team};

/// The maximum page size for organizations, teams and members (OpenAPI document).
pub(crate) const MAX_PAGE_SIZE: u32 = 100;
/// The maximum page size for project access (OpenAPI document).
pub(super) const MAX_ACCESS_PAGE_SIZE: u32 = 200;

/// The filters, order and page of a list of a user's organizations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserOrganizations {
    /// The filter on the id (`filter[id]`).
    pub id: StringFilter,
    /// The filter on the type, `fixed` or `flexible` (`filter[type]`).
    pub organization_type: StringFilter,
    /// The filter on the vendor (`filter[vendor]`).
    pub vendor: StringFilter,
    /// The filter on the status (`filter[status]`). Without it, the service lists active, restricted and
    /// suspended organizations, but no deleted ones.
    pub status: StringFilter,
    /// The filter on the time of the last change (`filter[updated_at]`).
    pub updated_at: DateTimeFilter,
    /// The page size, 1 to 100 (`page[size]`). The service's default is not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). Default: the service's.
    pub sort: Option<Sort<OrganizationSort>>,
    /// The position to continue from, taken from a page of the same query; see
    /// [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

/// The filters, order and page of a list of a user's teams.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserTeams {
    /// The filter on the id of the organization (`filter[organization_id]`).
    pub organization_id: StringFilter,
    /// The filter on the time of the last change (`filter[updated_at]`).
    pub updated_at: DateTimeFilter,
    /// The page size, 1 to 100 (`page[size]`). The service's default is not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). Default: the service's.
    pub sort: Option<Sort<TimeSort>>,
    /// The position to continue from, taken from a page of the same query; see
    /// [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

/// The filter, order and page of a list of a user's project access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserProjectAccess {
    /// The id of the organization to restrict the list to (`filter[organization_id]`, without an operator).
    pub organization_id: Option<String>,
    /// The page size, 1 to 200 (`page[size]`). The service's default is not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). Default: the service's.
    pub sort: Option<Sort<ProjectAccessSort>>,
    /// The position to continue from, taken from a page of the same query; see
    /// [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

/// The filters of a list of a user's access, including access through teams.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserExtendedAccess {
    /// The filter on the type of resource, `project` or `organization` (`filter[resource_type]`).
    pub resource_type: StringFilter,
    /// The filter on the id of the organization (`filter[organization_id]`).
    pub organization_id: StringFilter,
    /// The filter on the permissions (`filter[permissions]`).
    pub permissions: StringFilter,
}

/// The filters, order and page of a list of organizations. The filters are from client code, not from the
/// reduced OpenAPI document of this project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOrganizations {
    /// The filter on the id (`filter[id]`).
    pub id: StringFilter,
    /// The filter on the type (`filter[type]`).
    pub organization_type: StringFilter,
    /// The filter on the id of the owner (`filter[owner_id]`).
    pub owner_id: StringFilter,
    /// The filter on the machine name (`filter[name]`).
    pub name: StringFilter,
    /// The filter on the display name (`filter[label]`).
    pub label: StringFilter,
    /// The filter on the vendor (`filter[vendor]`).
    pub vendor: StringFilter,
    /// The filter on the capabilities of the organization (`filter[capabilities]`).
    pub capabilities: ArrayFilter,
    /// The filter on the status (`filter[status]`).
    pub status: StringFilter,
    /// The filter on the time of the last change (`filter[updated_at]`).
    pub updated_at: DateTimeFilter,
    /// The page size, 1 to 100 (`page[size]`).
    pub page_size: Option<u32>,
    /// The order (`sort`). The fields are those of a user's organizations.
    pub sort: Option<Sort<OrganizationSort>>,
    /// The position to continue from, taken from a page of the same query; see
    /// [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

pub(crate) fn list_user_organizations(
    user_id: &str,
    list: &ListUserOrganizations,
) -> Operation<CursorPage<Organization>> {
    Listing::of("list-user-orgs", "/users", user_id, "/organizations")
        .filter("id", &list.id)
        .filter("type", &list.organization_type)
        .filter("vendor", &list.vendor)
        .filter("status", &list.status)
        .filter("updated_at", &list.updated_at)
        .page_size(list.page_size, MAX_PAGE_SIZE)
        .parameter("sort", list.sort.as_ref())
        .at(list.position.as_ref())
        .operation()
}

pub(crate) fn list_user_teams(user_id: &str, list: &ListUserTeams) -> Operation<CursorPage<Team>> {
    Listing::of("list-user-teams", "/users", user_id, "/teams")
        .filter("organization_id", &list.organization_id)
        .filter("updated_at", &list.updated_at)
        .page_size(list.page_size, MAX_PAGE_SIZE)
        .parameter("sort", list.sort.as_ref())
        .at(list.position.as_ref())
        .operation()
}

pub(crate) fn list_user_project_access(
    user_id: &str,
    list: &ListUserProjectAccess,
) -> Operation<CursorPage<ProjectAccess>> {
    Listing::of("list-user-project-access", "/users", user_id, "/project-access")
        .parameter("filter[organization_id]", list.organization_id.as_ref())
        .page_size(list.page_size, MAX_ACCESS_PAGE_SIZE)
        .parameter("sort", list.sort.as_ref())
        .at(list.position.as_ref())
        .operation()
}

pub(crate) fn get_user_project_access(user_id: &str, project_id: &str) -> Operation<ProjectAccess> {
    let request = project_access(Request::get("get-user-project-access"), user_id).segment(project_id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn grant_user_project_access(user_id: &str, grants: &[ProjectAccessGrant]) -> Operation<()> {
    let can_be = grants.iter().all(|grant| !grant.project_id.is_empty() && !grant.permissions.is_empty());
    let request = project_access(Request::post("grant-user-project-access").json(&grants), user_id)
        .refused_if(!can_be, "each project must have an id and at least one permission", None)
        .refused_if(grants.is_empty(), "at least one project is required", None);
    Operation::new(request, Response::acknowledged)
}

pub(crate) fn update_user_project_access(
    user_id: &str,
    project_id: &str,
    permissions: &[ProjectPermission],
) -> Operation<()> {
    let request = Request::patch("update-user-project-access", &json!({ "permissions": permissions }))
        .refused_if(
            permissions.is_empty(),
            "at least one permission is required; to remove the access, delete it",
            None,
        );
    Operation::new(project_access(request, user_id).segment(project_id), Response::acknowledged)
}

pub(crate) fn remove_user_project_access(user_id: &str, project_id: &str) -> Operation<()> {
    let request = project_access(Request::delete("remove-user-project-access"), user_id);
    Operation::new(request.segment(project_id), Response::acknowledged)
}

pub(crate) fn list_user_extended_access(
    user_id: &str,
    list: &ListUserExtendedAccess,
) -> Operation<CursorPage<ExtendedAccess>> {
    Listing::of("list-user-extended-access", "/users", user_id, "/extended-access")
        .filter("resource_type", &list.resource_type)
        .filter("organization_id", &list.organization_id)
        .filter("permissions", &list.permissions)
        .operation()
}

pub(crate) fn list_organizations(list: &ListOrganizations) -> Operation<CursorPage<Organization>> {
    Listing::new("list-orgs", "/organizations")
        .filter("id", &list.id)
        .filter("type", &list.organization_type)
        .filter("owner_id", &list.owner_id)
        .filter("name", &list.name)
        .filter("label", &list.label)
        .filter("vendor", &list.vendor)
        .filter("capabilities", &list.capabilities)
        .filter("status", &list.status)
        .filter("updated_at", &list.updated_at)
        .page_size(list.page_size, MAX_PAGE_SIZE)
        .parameter("sort", list.sort.as_ref())
        .at(list.position.as_ref())
        .operation()
}

pub(crate) fn get_organization(organization: &str) -> Operation<Organization> {
    Operation::new(of_organization(Request::get("get-org"), organization), Response::decode_record)
}

/// Adds the path of an organization, by its id, or by `name=` and its machine name. The `=` is not encoded.
pub(super) fn of_organization(request: Request, address: &str) -> Request {
    let request = request.path("/organizations");
    match address.strip_prefix("name=") {
        Some(name) => request.named_segment("name", name),
        None => request.segment(address),
    }
}

/// Adds the path that the operations on a user's project access have in common.
fn project_access(request: Request, user_id: &str) -> Request {
    request.path("/users").segment(user_id).path("/project-access")
}
