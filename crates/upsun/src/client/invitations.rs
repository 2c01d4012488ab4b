//! Invitations by e-mail, to organizations and to projects.

use anyprofile_core::{Result, listing::Page};

use super::UpsunClient;
use crate::{
    ListInvitations, operations,
    wire::{NewOrganizationInvitation, NewProjectInvitation, OrganizationInvitation, ProjectInvitation},
};

impl UpsunClient {
    /// Lists invitations to an organization: `GET /organizations/{organization_id}/invitations`. Without a
    /// filter, these are the pending ones.
    ///
    /// The response contains no total and no link to another page, so a list that has as many records as the
    /// page size may have more. Source: OpenAPI document (`list-org-invites`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the page
    /// size or the filter is invalid, or the organization is named by `name=` instead of its id.
    pub async fn list_organization_invitations(
        &self,
        organization_id: &str,
        list: &ListInvitations,
    ) -> Result<Page<OrganizationInvitation>> {
        self.call(operations::list_organization_invitations(organization_id, list)).await
    }

    /// Invites a person to an organization by e-mail: `POST /organizations/{organization_id}/invitations`.
    ///
    /// The [state](OrganizationInvitation::state) of the result must be checked: a person with an account may
    /// have accepted at once, and the invitation may have failed. The request is never retried. How long an
    /// invitation stays valid is not documented. Source: OpenAPI document (`create-org-invite`); for the
    /// states, client code.
    ///
    /// # Errors
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict) if an invitation for the address is pending, unless
    /// [`force`](NewOrganizationInvitation::force) replaces it;
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the address
    /// or the permissions are missing or the organization is named by `name=`, and if the service refuses the
    /// request; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn create_organization_invitation(
        &self,
        organization_id: &str,
        invitation: &NewOrganizationInvitation,
    ) -> Result<OrganizationInvitation> {
        self.call(operations::create_organization_invitation(organization_id, invitation)).await
    }

    /// Cancels a pending invitation to an organization:
    /// `DELETE /organizations/{organization_id}/invitations/{invitation_id}`.
    ///
    /// Source: OpenAPI document (`cancel-org-invite`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), with an empty response body;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the
    /// organization is named by `name=` instead of its id.
    pub async fn cancel_organization_invitation(
        &self,
        organization_id: &str,
        invitation_id: &str,
    ) -> Result<()> {
        self.call(operations::cancel_organization_invitation(organization_id, invitation_id)).await
    }

    /// Lists invitations to a project: `GET /projects/{project_id}/invitations`. Without a filter, these are
    /// the pending ones.
    ///
    /// The response contains no total and no link to another page, as in
    /// [`list_organization_invitations`](Self::list_organization_invitations). Source: OpenAPI document
    /// (`list-project-invites`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the project does not exist;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the page
    /// size or the filter is invalid.
    pub async fn list_project_invitations(
        &self,
        project_id: &str,
        list: &ListInvitations,
    ) -> Result<Page<ProjectInvitation>> {
        self.call(operations::list_project_invitations(project_id, list)).await
    }

    /// Invites a person to a project by e-mail: `POST /projects/{project_id}/invitations`. The person becomes
    /// a member of the project's organization, without permissions there.
    ///
    /// For the state of the result, see
    /// [`create_organization_invitation`](Self::create_organization_invitation). Source: OpenAPI document
    /// (`create-project-invite`); for the organization, the service's documentation.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied), with the status 402 if the plan
    /// allows no further user;
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict) if an invitation for the address is pending, unless
    /// [`force`](NewProjectInvitation::force) replaces it;
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the address
    /// is missing, and if the service refuses the request;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the project does not exist.
    pub async fn create_project_invitation(
        &self,
        project_id: &str,
        invitation: &NewProjectInvitation,
    ) -> Result<ProjectInvitation> {
        self.call(operations::create_project_invitation(project_id, invitation)).await
    }

    /// Cancels a pending invitation to a project:
    /// `DELETE /projects/{project_id}/invitations/{invitation_id}`.
    ///
    /// Source: OpenAPI document (`cancel-project-invite`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), with an empty response body;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn cancel_project_invitation(&self, project_id: &str, invitation_id: &str) -> Result<()> {
        self.call(operations::cancel_project_invitation(project_id, invitation_id)).await
    }
}
