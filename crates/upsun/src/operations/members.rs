//! The members of an organization.

use anyprofile_http::{Operation, Request, Response};
use serde_json::json;

use super::{
    ArrayFilter, CursorPage, PagePosition, Sort, TimeSort,
    access::{MAX_PAGE_SIZE, of_organization},
    change,
    page::{Listing, by_id},
    shows,
};
use crate::wire::{OrganizationMember, OrganizationPermission};

const CHANGED_BY_ID: &str = "the organization must be named by its id to change its members";

/// The filter, order and page of a list of an organization's members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOrganizationMembers {
    /// The filter on the permissions (`filter[permissions]`).
    pub permissions: ArrayFilter,
    /// The page size, 1 to 100 (`page[size]`). The service's default is not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). Default: the service's.
    pub sort: Option<Sort<TimeSort>>,
    /// The position to continue from, taken from a page of the same query; see
    /// [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

pub(crate) fn list_organization_members(
    organization: &str,
    list: &ListOrganizationMembers,
) -> Operation<CursorPage<OrganizationMember>> {
    Listing::over(of_organization(Request::get("list-org-members"), organization).path("/members"))
        .filter("permissions", &list.permissions)
        .page_size(list.page_size, MAX_PAGE_SIZE)
        .parameter("sort", list.sort.as_ref())
        .at(list.position.as_ref())
        .operation()
}

pub(crate) fn get_organization_member(organization: &str, user_id: &str) -> Operation<OrganizationMember> {
    let request = member(Request::get("get-org-member"), organization, user_id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn create_organization_member(
    organization_id: &str,
    user_id: &str,
    permissions: &[OrganizationPermission],
) -> Operation<OrganizationMember> {
    let request = of_organization(Request::post("create-org-member"), organization_id)
        .path("/members")
        .json(&json!({ "user_id": user_id, "permissions": permissions }))
        .refused_if(user_id.is_empty(), "the id of the user is required", None);
    let read = get_organization_member(organization_id, user_id);
    change(by_id(request, organization_id, CHANGED_BY_ID), &read, shows_member)
}

pub(crate) fn update_organization_member(
    organization_id: &str,
    user_id: &str,
    permissions: &[OrganizationPermission],
) -> Operation<OrganizationMember> {
    let request = Request::patch("update-org-member", &json!({ "permissions": permissions }));
    let request = by_id(member(request, organization_id, user_id), organization_id, CHANGED_BY_ID);
    change(request, &get_organization_member(organization_id, user_id), shows_member)
}

pub(crate) fn delete_organization_member(organization_id: &str, user_id: &str) -> Operation<()> {
    let request = member(Request::delete("delete-org-member"), organization_id, user_id);
    Operation::new(by_id(request, organization_id, CHANGED_BY_ID), Response::acknowledged)
}

/// Adds the path of a member.
fn member(request: Request, organization: &str, user_id: &str) -> Request {
    of_organization(request, organization).path("/members").segment(user_id)
}

fn shows_member(response: &Response) -> bool {
    shows(response, OrganizationMember::KEYS)
}
