//! The members of an organization.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{
    CursorPage, ListOrganizationMembers, operations,
    wire::{OrganizationMember, OrganizationPermission},
};

impl UpsunClient {
    /// Lists the members of an organization: `GET /organizations/{organization_id}/members`. Their names and
    /// addresses are in the linked [`users`](CursorPage::users) of the page, which also contains the total.
    ///
    /// `organization` is the id (a ULID), or `name=` and the organization's machine name. Members cannot be
    /// filtered by e-mail address. If the organization enforces a second factor and the credential's user has
    /// none, the service responds with 403 (inferred). Source: OpenAPI document (`list-org-members`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) unless the credential belongs to an
    /// owner, or to a member who may manage members;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the organization does not exist;
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the page
    /// size or a filter is invalid, and if the service responds with 400.
    pub async fn list_organization_members(
        &self,
        organization: &str,
        list: &ListOrganizationMembers,
    ) -> Result<CursorPage<OrganizationMember>> {
        self.call(operations::list_organization_members(organization, list)).await
    }

    /// Gets a member of an organization: `GET /organizations/{organization_id}/members/{user_id}`.
    ///
    /// `organization` is the id (a ULID), or `name=` and the organization's machine name. Source: OpenAPI
    /// document (`get-org-member`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user is not a member, or the organization does
    /// not exist; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if an id or the
    /// name is empty.
    pub async fn get_organization_member(
        &self,
        organization: &str,
        user_id: &str,
    ) -> Result<OrganizationMember> {
        self.call(operations::get_organization_member(organization, user_id)).await
    }

    /// Adds a user to an organization and returns the member: `POST /organizations/{organization_id}/members`.
    ///
    /// The user must exist; others are [invited](Self::create_organization_invitation) by e-mail. An empty
    /// `permissions` grants none. Whether the service notifies the user is not documented. Source: OpenAPI
    /// document (`create-org-member`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if `user_id` is
    /// empty or the organization is named by `name=`, which works only for reads, and if the service refuses
    /// the request; [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied), also for a permission that the
    /// caller does not have.
    pub async fn create_organization_member(
        &self,
        organization_id: &str,
        user_id: &str,
        permissions: &[OrganizationPermission],
    ) -> Result<OrganizationMember> {
        self.call(operations::create_organization_member(organization_id, user_id, permissions)).await
    }

    /// Replaces the permissions of a member and returns the member:
    /// `PATCH /organizations/{organization_id}/members/{user_id}`.
    ///
    /// An empty list removes all permissions. The service may add permissions that another one includes, so
    /// the result may show more than was sent (inferred). The level of a member cannot be changed. Access
    /// over SSH follows when the environments are deployed the next time. Source: OpenAPI document
    /// (`update-org-member`); that the list replaces all permissions is inferred.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) for the owner, for the caller's own
    /// permissions, and for a permission that the caller does not have;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user is not a member;
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) as in
    /// [`create_organization_member`](Self::create_organization_member).
    pub async fn update_organization_member(
        &self,
        organization_id: &str,
        user_id: &str,
        permissions: &[OrganizationPermission],
    ) -> Result<OrganizationMember> {
        self.call(operations::update_organization_member(organization_id, user_id, permissions)).await
    }

    /// Removes a user from an organization and from all its projects:
    /// `DELETE /organizations/{organization_id}/members/{user_id}`. The user's account is not affected.
    ///
    /// Source: OpenAPI document (`delete-org-member`); for the projects, the service's documentation.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) for the owner, whom only the
    /// service's support can replace, and if the caller may not manage members;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user is not a member;
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the
    /// organization is named by `name=`, which works only for reads.
    pub async fn delete_organization_member(&self, organization_id: &str, user_id: &str) -> Result<()> {
        self.call(operations::delete_organization_member(organization_id, user_id)).await
    }
}
