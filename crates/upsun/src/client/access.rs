//! Organizations, teams, and who has access to what.

use anyprofile_core::Result;
use anyprofile_http::Request;
use serde_json::json;

use super::{
    ArrayFilter, CursorPage, DateTimeFilter, OrganizationSort, PagePosition, ProjectAccessSort, Sort,
    StringFilter, TimeSort, UpsunClient, page::Listing,
};
use crate::wire::{
    ExtendedAccess, Organization, OrganizationMember, ProjectAccess, ProjectAccessGrant, ProjectPermission,
    Team,
};

/// The most organizations, teams or members a page (OpenAPI document).
pub(crate) const MAX_PAGE_SIZE: u32 = 100;

/// Which organizations of a user to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserOrganizations {
    /// On the id (`filter[id]`).
    pub id: StringFilter,
    /// On the type, `fixed` or `flexible` (`filter[type]`).
    pub organization_type: StringFilter,
    /// On the vendor (`filter[vendor]`).
    pub vendor: StringFilter,
    /// On the state (`filter[status]`). Without it the service lists active, restricted and suspended ones,
    /// and no deleted ones.
    pub status: StringFilter,
    /// On the time of the last change (`filter[updated_at]`).
    pub updated_at: DateTimeFilter,
    /// Organizations a page, 1 to 100 (`page[size]`). The default is the service's, and not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). The default is the service's.
    pub sort: Option<Sort<OrganizationSort>>,
    /// Goes on from another page of the same query; see [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

/// Which teams of a user to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserTeams {
    /// On the id of the organization (`filter[organization_id]`).
    pub organization_id: StringFilter,
    /// On the time of the last change (`filter[updated_at]`).
    pub updated_at: DateTimeFilter,
    /// Teams a page, 1 to 100 (`page[size]`). The default is the service's, and not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). The default is the service's.
    pub sort: Option<Sort<TimeSort>>,
    /// Goes on from another page of the same query; see [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

/// Which accesses of a user to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserProjectAccess {
    /// Only projects of the organization with this id (`filter[organization_id]`, without an operator).
    pub organization_id: Option<String>,
    /// Accesses a page, 1 to 200 (`page[size]`). The default is the service's, and not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). The default is the service's.
    pub sort: Option<Sort<ProjectAccessSort>>,
    /// Goes on from another page of the same query; see [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

/// Which accesses of a user to list, those through teams included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserExtendedAccess {
    /// On the kind of resource, `project` or `organization` (`filter[resource_type]`).
    pub resource_type: StringFilter,
    /// On the id of the organization (`filter[organization_id]`).
    pub organization_id: StringFilter,
    /// On the permissions (`filter[permissions]`).
    pub permissions: StringFilter,
}

/// Which organizations to list. The filters are from client code, not from the project's reduced OpenAPI
/// document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOrganizations {
    /// On the id (`filter[id]`).
    pub id: StringFilter,
    /// On the type (`filter[type]`).
    pub organization_type: StringFilter,
    /// On the id of the owner (`filter[owner_id]`).
    pub owner_id: StringFilter,
    /// On the machine name (`filter[name]`).
    pub name: StringFilter,
    /// On the name that is shown (`filter[label]`).
    pub label: StringFilter,
    /// On the vendor (`filter[vendor]`).
    pub vendor: StringFilter,
    /// On what the organization can do (`filter[capabilities]`).
    pub capabilities: ArrayFilter,
    /// On the state (`filter[status]`).
    pub status: StringFilter,
    /// On the time of the last change (`filter[updated_at]`).
    pub updated_at: DateTimeFilter,
    /// Organizations a page, 1 to 100 (`page[size]`).
    pub page_size: Option<u32>,
    /// The order (`sort`). The fields are those of a user's organizations.
    pub sort: Option<Sort<OrganizationSort>>,
    /// Goes on from another page of the same query; see [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

/// Which members of an organization to list. The parameters are from client code, not from the project's
/// reduced OpenAPI document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOrganizationMembers {
    /// On the permissions (`filter[permissions]`).
    pub permissions: ArrayFilter,
    /// Members a page, 1 to 100 (`page[size]`).
    pub page_size: Option<u32>,
    /// The order (`sort`). That the fields are those of teams is inferred.
    pub sort: Option<Sort<TimeSort>>,
    /// Goes on from another page of the same query; see [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

impl UpsunClient {
    /// Lists the organizations that a user is a member of: `GET /users/{user_id}/organizations`.
    ///
    /// `user_id` is a UUID. Source: OpenAPI document (`list-user-orgs`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for a page size
    /// or filter that cannot be, and for what the service refuses with 400;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) if the credential may not see them.
    pub async fn list_user_organizations(
        &self,
        user_id: &str,
        list: &ListUserOrganizations,
    ) -> Result<CursorPage<Organization>> {
        self.list(user_organizations(user_id, list), list.position.as_ref()).await
    }

    /// Lists the teams that a user is a member of, with their number: `GET /users/{user_id}/teams`.
    ///
    /// `user_id` is a UUID. Source: OpenAPI document (`list-user-teams`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) and
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) from the service;
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent.
    pub async fn list_user_teams(&self, user_id: &str, list: &ListUserTeams) -> Result<CursorPage<Team>> {
        let listing = Listing::of("list-user-teams", "/users", user_id, "/teams")
            .filter("organization_id", &list.organization_id)
            .filter("updated_at", &list.updated_at)
            .page_size(list.page_size, MAX_PAGE_SIZE)
            .parameter("sort", list.sort.as_ref());
        self.list(listing, list.position.as_ref()).await
    }

    /// Lists the projects that a user has access to, without those through teams:
    /// `GET /users/{user_id}/project-access`.
    ///
    /// `user_id` is a UUID. Source: OpenAPI document (`list-user-project-access`).
    ///
    /// # Errors
    /// As [above](Self::list_user_organizations).
    pub async fn list_user_project_access(
        &self,
        user_id: &str,
        list: &ListUserProjectAccess,
    ) -> Result<CursorPage<ProjectAccess>> {
        let listing = Listing::of("list-user-project-access", "/users", user_id, "/project-access")
            .parameter("filter[organization_id]", list.organization_id.as_ref())
            .page_size(list.page_size, 200)
            .parameter("sort", list.sort.as_ref());
        self.list(listing, list.position.as_ref()).await
    }

    /// Gets a user's access to one project: `GET /users/{user_id}/project-access/{project_id}`.
    ///
    /// Source: OpenAPI document (`get-user-project-access`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user has none;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_user_project_access(&self, user_id: &str, project_id: &str) -> Result<ProjectAccess> {
        let request = project_access(Request::get("get-user-project-access"), user_id).segment(project_id);
        self.http.send(request).await?.decode_record()
    }

    /// Gives a user access to projects: `POST /users/{user_id}/project-access`. The answer says nothing of them.
    ///
    /// Whether the service takes all or none of several is not documented. Source: OpenAPI document
    /// (`grant-user-project-access`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, if there is no project,
    /// or one without an id or permission, and if the service refuses it;
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict), whose reasons are not documented: that the user has access
    /// to such a project is inferred; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn grant_user_project_access(
        &self,
        user_id: &str,
        grants: &[ProjectAccessGrant],
    ) -> Result<()> {
        let operation = "grant-user-project-access";
        self.check(operation, !grants.is_empty(), "there is no project to give access to")?;
        let can_be = grants.iter().all(|grant| !grant.project_id.is_empty() && !grant.permissions.is_empty());
        self.check(operation, can_be, "a project has no id or no permission")?;
        self.make(project_access(Request::post(operation).json(&grants), user_id)).await
    }

    /// Changes what a user may do with a project: `PATCH /users/{user_id}/project-access/{project_id}`. The
    /// permissions take the place of those that the user has.
    ///
    /// To take all of them away, see [`remove_user_project_access`](Self::remove_user_project_access): what an empty
    /// list would do is not documented. Source: OpenAPI document (`update-user-project-access`); that the list is the
    /// whole one is inferred.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, if there is no
    /// permission, and if the service refuses it; [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user has no
    /// access; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn update_user_project_access(
        &self,
        user_id: &str,
        project_id: &str,
        permissions: &[ProjectPermission],
    ) -> Result<()> {
        let operation = "update-user-project-access";
        self.check(operation, !permissions.is_empty(), "there is no permission; remove the access instead")?;
        let request = Request::patch(operation, &json!({ "permissions": permissions }));
        self.make(project_access(request, user_id).segment(project_id)).await
    }

    /// Takes a user's own access to a project away: `DELETE /users/{user_id}/project-access/{project_id}`. An access
    /// through a team stays.
    ///
    /// Source: OpenAPI document (`remove-user-project-access`); what stays is inferred from the
    /// [list](Self::list_user_extended_access) that tells the two apart.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user has no access;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn remove_user_project_access(&self, user_id: &str, project_id: &str) -> Result<()> {
        let request = Request::delete("remove-user-project-access");
        self.make(project_access(request, user_id).segment(project_id)).await
    }

    /// Lists what a user has access to, projects and organizations, the user's own accesses and those through
    /// teams: `GET /users/{user_id}/extended-access`.
    ///
    /// The service documents no pages for it: all comes at once. Should an answer name a next page, it can be
    /// followed. Source: OpenAPI document (`list-user-extended-access`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn list_user_extended_access(
        &self,
        user_id: &str,
        list: &ListUserExtendedAccess,
    ) -> Result<CursorPage<ExtendedAccess>> {
        let listing = Listing::of("list-user-extended-access", "/users", user_id, "/extended-access")
            .filter("resource_type", &list.resource_type)
            .filter("organization_id", &list.organization_id)
            .filter("permissions", &list.permissions);
        self.list(listing, None).await
    }

    /// Lists the organizations that the credential can see: `GET /organizations`.
    ///
    /// Source: client code (the service's SDKs for PHP and Node, `list-orgs`); the records are documented.
    ///
    /// # Errors
    /// As [above](Self::list_user_organizations).
    pub async fn list_organizations(&self, list: &ListOrganizations) -> Result<CursorPage<Organization>> {
        let listing = Listing::new("list-orgs", "/organizations")
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
            .parameter("sort", list.sort.as_ref());
        self.list(listing, list.position.as_ref()).await
    }

    /// Gets an organization: `GET /organizations/{organization_id}`.
    ///
    /// `organization` is the id (a ULID), or `name=` and the machine name. Source: client code (the service's
    /// SDKs, `get-org`); the record and both forms of the id are documented.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for an empty
    /// id or name.
    pub async fn get_organization(&self, organization: &str) -> Result<Organization> {
        self.http.send(organization_record_request(organization)).await?.decode_record()
    }

    /// Lists the members of an organization: `GET /organizations/{organization_id}/members`. Their names and
    /// addresses are behind the page's [`users`](CursorPage::users).
    ///
    /// `organization_id` is the id (a ULID). Source: client code (the service's SDKs, `list-org-members`);
    /// only that the path is there is documented, by the link `members` of an organization.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) unless the credential is an owner's
    /// or a member's who may manage members; else as [above](Self::list_user_organizations).
    pub async fn list_organization_members(
        &self,
        organization_id: &str,
        list: &ListOrganizationMembers,
    ) -> Result<CursorPage<OrganizationMember>> {
        self.list(organization_members(organization_id, list), list.position.as_ref()).await
    }
}

/// An organization's part of the path: by its id, or by `name=` and its machine name.
pub(super) fn organization(request: Request, address: &str) -> Request {
    let request = request.path("/organizations");
    match address.strip_prefix("name=") {
        Some(name) => request.named_segment("name", name),
        None => request.segment(address),
    }
}

/// The part of the path that accesses of a user to projects have in common.
fn project_access(request: Request, user_id: &str) -> Request {
    request.path("/users").segment(user_id).path("/project-access")
}

pub(crate) fn organization_record_request(address: &str) -> Request {
    organization(Request::get("get-org"), address)
}

pub(crate) fn user_organizations(user_id: &str, list: &ListUserOrganizations) -> Listing {
    Listing::of("list-user-orgs", "/users", user_id, "/organizations")
        .filter("id", &list.id)
        .filter("type", &list.organization_type)
        .filter("vendor", &list.vendor)
        .filter("status", &list.status)
        .filter("updated_at", &list.updated_at)
        .page_size(list.page_size, MAX_PAGE_SIZE)
        .parameter("sort", list.sort.as_ref())
}

pub(crate) fn organization_members(organization_id: &str, list: &ListOrganizationMembers) -> Listing {
    Listing::of("list-org-members", "/organizations", organization_id, "/members")
        .filter("permissions", &list.permissions)
        .page_size(list.page_size, MAX_PAGE_SIZE)
        .parameter("sort", list.sort.as_ref())
}
