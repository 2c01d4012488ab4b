//! Invitations by e-mail, to organizations and to projects.

use anyprofile_core::{listing::Page, wire::Tolerant};
use anyprofile_http::{Operation, Request, Response};

use super::{
    InvitationSort, Sort, StringFilter,
    access::MAX_PAGE_SIZE,
    page::{Listing, by_id},
};
use crate::wire::{
    NewOrganizationInvitation, NewProjectInvitation, OrganizationInvitation, ProjectInvitation, update::Body,
};

const BY_ID: &str = "the organization must be named by its id for its invitations";
const NO_ADDRESS: &str = "the e-mail address is required";
const MAY_BE_SENT: &str = "it is not known whether the invitation was created: list the invitations";

/// The filter, order and page of a list of invitations.
///
/// The service accepts cursors and documents no response that contains one. Request a large page instead, or
/// order by the time of the last change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListInvitations {
    /// The filter on the state (`filter[state]`). Without it, the service lists pending invitations. Failed
    /// ones can be listed too, but no accepted or cancelled ones.
    pub state: StringFilter,
    /// The page size, 1 to 100 (`page[size]`). The service's default is not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). Default: the service's.
    pub sort: Option<Sort<InvitationSort>>,
    /// The cursor before the page (`page[after]`).
    pub after: Option<String>,
    /// The cursor after the page (`page[before]`).
    pub before: Option<String>,
}

pub(crate) fn list_organization_invitations(
    organization_id: &str,
    list: &ListInvitations,
) -> Operation<Page<OrganizationInvitation>> {
    let request = of_organization(Request::get("list-org-invites"), organization_id);
    invitations(by_id(request, organization_id, BY_ID), list)
}

pub(crate) fn create_organization_invitation(
    organization_id: &str,
    invitation: &NewOrganizationInvitation,
) -> Operation<OrganizationInvitation> {
    let request = of_organization(Request::post("create-org-invite"), organization_id)
        .json(&Body(invitation))
        .refused_if(is_missing(invitation.email.as_deref()), NO_ADDRESS, None)
        .refused_if(
            invitation.permissions.is_none(),
            "the permissions are required; an empty list grants none",
            None,
        );
    let request = by_id(request, organization_id, BY_ID);
    Operation::new(request, Response::decode_record).with_hint_if_made(MAY_BE_SENT)
}

pub(crate) fn cancel_organization_invitation(organization_id: &str, invitation_id: &str) -> Operation<()> {
    let request = of_organization(Request::delete("cancel-org-invite"), organization_id);
    let request = by_id(request.segment(invitation_id), organization_id, BY_ID);
    Operation::new(request, Response::acknowledged)
}

pub(crate) fn list_project_invitations(
    project_id: &str,
    list: &ListInvitations,
) -> Operation<Page<ProjectInvitation>> {
    invitations(of_project(Request::get("list-project-invites"), project_id), list)
}

pub(crate) fn create_project_invitation(
    project_id: &str,
    invitation: &NewProjectInvitation,
) -> Operation<ProjectInvitation> {
    let request = of_project(Request::post("create-project-invite"), project_id)
        .json(&Body(invitation))
        .refused_if(is_missing(invitation.email.as_deref()), NO_ADDRESS, None);
    Operation::new(request, Response::decode_record).with_hint_if_made(MAY_BE_SENT)
}

pub(crate) fn cancel_project_invitation(project_id: &str, invitation_id: &str) -> Operation<()> {
    let request = of_project(Request::delete("cancel-project-invite"), project_id);
    Operation::new(request.segment(invitation_id), Response::acknowledged)
}

fn is_missing(email: Option<&str>) -> bool {
    email.is_none_or(str::is_empty)
}

/// Creates the operation of a list that is a bare array, without a total and without links.
fn invitations<T: Tolerant>(request: Request, list: &ListInvitations) -> Operation<Page<T>> {
    Listing::over(request)
        .filter("state", &list.state)
        .page_size(list.page_size, MAX_PAGE_SIZE)
        .parameter("page[after]", list.after.as_ref())
        .parameter("page[before]", list.before.as_ref())
        .parameter("sort", list.sort.as_ref())
        .bare()
}

/// Adds the path of an organization's invitations.
fn of_organization(request: Request, organization_id: &str) -> Request {
    super::access::of_organization(request, organization_id).path("/invitations")
}

/// Adds the path of a project's invitations.
fn of_project(request: Request, project_id: &str) -> Request {
    request.path("/projects").segment(project_id).path("/invitations")
}
