//! Organizations, teams, and who has access to what.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{
    CursorPage, ListOrganizationMembers, ListOrganizations, ListUserExtendedAccess, ListUserOrganizations,
    ListUserProjectAccess, ListUserTeams, operations,
    wire::{
        ExtendedAccess, Organization, OrganizationMember, ProjectAccess, ProjectAccessGrant,
        ProjectPermission, Team,
    },
};

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
        self.call(operations::list_user_organizations(user_id, list)).await
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
        self.call(operations::list_user_teams(user_id, list)).await
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
        self.call(operations::list_user_project_access(user_id, list)).await
    }

    /// Gets a user's access to one project: `GET /users/{user_id}/project-access/{project_id}`.
    ///
    /// Source: OpenAPI document (`get-user-project-access`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user has none;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_user_project_access(&self, user_id: &str, project_id: &str) -> Result<ProjectAccess> {
        self.call(operations::get_user_project_access(user_id, project_id)).await
    }

    /// Gives a user access to projects: `POST /users/{user_id}/project-access`. The response says nothing of them.
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
        self.call(operations::grant_user_project_access(user_id, grants)).await
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
        self.call(operations::update_user_project_access(user_id, project_id, permissions)).await
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
        self.call(operations::remove_user_project_access(user_id, project_id)).await
    }

    /// Lists what a user has access to, projects and organizations, the user's own accesses and those through
    /// teams: `GET /users/{user_id}/extended-access`.
    ///
    /// The service documents no pages for it: all comes at once. Should a response name a next page, it can be
    /// followed. Source: OpenAPI document (`list-user-extended-access`).
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
    /// As [above](Self::list_user_organizations).
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
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for an empty
    /// id or name.
    pub async fn get_organization(&self, organization: &str) -> Result<Organization> {
        self.call(operations::get_organization(organization)).await
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
        self.call(operations::list_organization_members(organization_id, list)).await
    }
}
