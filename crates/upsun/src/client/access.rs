//! Organizations, teams and project access.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{
    CursorPage, ListOrganizations, ListUserExtendedAccess, ListUserOrganizations, ListUserProjectAccess,
    ListUserTeams, operations,
    wire::{ExtendedAccess, Organization, ProjectAccess, ProjectAccessGrant, ProjectPermission, Team},
};

impl UpsunClient {
    /// Lists the organizations that a user is a member of: `GET /users/{user_id}/organizations`.
    ///
    /// `user_id` is a UUID. Source: OpenAPI document (`list-user-orgs`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the page
    /// size or a filter is invalid, and if the service responds with 400;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) if the credential may not see them.
    pub async fn list_user_organizations(
        &self,
        user_id: &str,
        list: &ListUserOrganizations,
    ) -> Result<CursorPage<Organization>> {
        self.call(operations::list_user_organizations(user_id, list)).await
    }

    /// Lists the teams that a user is a member of: `GET /users/{user_id}/teams`. The page contains the total.
    ///
    /// `user_id` is a UUID. Source: OpenAPI document (`list-user-teams`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) and
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) from the service;
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the page
    /// size or a filter is invalid.
    pub async fn list_user_teams(&self, user_id: &str, list: &ListUserTeams) -> Result<CursorPage<Team>> {
        self.call(operations::list_user_teams(user_id, list)).await
    }

    /// Lists the projects that a user has access to, except access through teams:
    /// `GET /users/{user_id}/project-access`.
    ///
    /// `user_id` is a UUID. Source: OpenAPI document (`list-user-project-access`).
    ///
    /// # Errors
    /// See [`list_user_organizations`](Self::list_user_organizations).
    pub async fn list_user_project_access(
        &self,
        user_id: &str,
        list: &ListUserProjectAccess,
    ) -> Result<CursorPage<ProjectAccess>> {
        self.call(operations::list_user_project_access(user_id, list)).await
    }

    /// Gets a user's access to one project: `GET /users/{user_id}/project-access/{project_id}`.
    ///
    /// Source: OpenAPI document (`get-user-project-access`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user has no access;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_user_project_access(&self, user_id: &str, project_id: &str) -> Result<ProjectAccess> {
        self.call(operations::get_user_project_access(user_id, project_id)).await
    }

    /// Grants a user access to projects: `POST /users/{user_id}/project-access`. The response does not
    /// contain the grants.
    ///
    /// If some of several grants are invalid, it is not documented whether the service applies the others.
    /// Source: OpenAPI document (`grant-user-project-access`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if no project
    /// is named or a project has no id or no permission, and if the service refuses it;
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict), whose reasons are not documented (inferred: the
    /// user already has access to such a project);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn grant_user_project_access(
        &self,
        user_id: &str,
        grants: &[ProjectAccessGrant],
    ) -> Result<()> {
        self.call(operations::grant_user_project_access(user_id, grants)).await
    }

    /// Replaces the permissions of a user in a project: `PATCH /users/{user_id}/project-access/{project_id}`.
    ///
    /// To remove all permissions, use [`remove_user_project_access`](Self::remove_user_project_access): the
    /// effect of an empty list is not documented. Source: OpenAPI document (`update-user-project-access`);
    /// that the list replaces all permissions is inferred.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if
    /// `permissions` is empty, and if the service refuses it;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user has no access;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn update_user_project_access(
        &self,
        user_id: &str,
        project_id: &str,
        permissions: &[ProjectPermission],
    ) -> Result<()> {
        self.call(operations::update_user_project_access(user_id, project_id, permissions)).await
    }

    /// Removes a user's own access to a project: `DELETE /users/{user_id}/project-access/{project_id}`.
    /// Access through a team remains.
    ///
    /// Source: OpenAPI document (`remove-user-project-access`); what remains is inferred from
    /// [`list_user_extended_access`](Self::list_user_extended_access), which distinguishes the two.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) if the service refuses it;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user has no access;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn remove_user_project_access(&self, user_id: &str, project_id: &str) -> Result<()> {
        self.call(operations::remove_user_project_access(user_id, project_id)).await
    }

    /// Lists the projects and organizations that a user has access to, directly or through a team:
    /// `GET /users/{user_id}/extended-access`.
    ///
    /// The service documents no pages: everything is in one response. If a response does link a next page, it
    /// can be followed. Source: OpenAPI document (`list-user-extended-access`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn list_user_extended_access(
        &self,
        user_id: &str,
        list: &ListUserExtendedAccess,
    ) -> Result<CursorPage<ExtendedAccess>> {
        self.call(operations::list_user_extended_access(user_id, list)).await
    }

    /// Lists the organizations that the credential can see: `GET /organizations`.
    ///
    /// Source: client code (the service's SDKs for PHP and Node, `list-orgs`); the records are documented.
    ///
    /// # Errors
    /// See [`list_user_organizations`](Self::list_user_organizations).
    pub async fn list_organizations(&self, list: &ListOrganizations) -> Result<CursorPage<Organization>> {
        self.call(operations::list_organizations(list)).await
    }

    /// Gets an organization: `GET /organizations/{organization_id}`.
    ///
    /// `organization` is the id (a ULID), or `name=` and the machine name. Source: client code (the service's
    /// SDKs, `get-org`); the record and both forms of the id are documented.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the id or
    /// name is empty.
    pub async fn get_organization(&self, organization: &str) -> Result<Organization> {
        self.call(operations::get_organization(organization)).await
    }
}
