//! The organization and its users (Admin API).

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::AnthropicClient;
use crate::{
    ListOrganizationUsers, operations,
    wire::{Deleted, IdPage, Organization, OrganizationRole, OrganizationUser},
};

impl AnthropicClient {
    /// Gets the organization that the credential belongs to: `GET /v1/organizations/me`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// the organization.
    ///
    /// # Errors
    /// [`Unauthenticated`](anyprofile_core::ErrorKind::Unauthenticated) or
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) for another credential.
    pub async fn get_organization(&self) -> Result<Organization> {
        self.call(operations::get_organization()).await
    }

    /// Lists the users of the organization: one page of `GET /v1/organizations/users`. The service does not
    /// report the total. The users are the organization's own people, not end users of a platform.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// listing users.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is
    /// out of range, and from the service if it does not know an id or role. Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn list_organization_users(
        &self,
        list: &ListOrganizationUsers,
    ) -> Result<Listed<IdPage<OrganizationUser>>> {
        self.call(operations::list_organization_users(list)).await
    }

    /// Gets a user of the organization: `GET /v1/organizations/users/{user_id}`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// getting a user.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn get_organization_user(&self, user_id: &str) -> Result<OrganizationUser> {
        self.call(operations::get_organization_user(user_id)).await
    }

    /// Changes the role of a user of the organization and returns the user:
    /// `POST /v1/organizations/users/{user_id}`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// updating a user.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent, if the API is
    /// known not to grant the role (see [`OrganizationRole::SETTABLE`]);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn update_organization_user(
        &self,
        user_id: &str,
        role: &OrganizationRole,
    ) -> Result<OrganizationUser> {
        self.call(operations::update_organization_user(user_id, role)).await
    }

    /// Removes a user from the organization: `DELETE /v1/organizations/users/{user_id}`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// removing a user.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) for the last member, and for users who are managed
    /// elsewhere or are not to be removed by an API. Otherwise see [`get_organization`](Self::get_organization).
    pub async fn remove_organization_user(&self, user_id: &str) -> Result<Deleted> {
        self.call(operations::remove_organization_user(user_id)).await
    }

    /// Ends all sessions of a user, trusted devices and OAuth tokens:
    /// `POST /v1/organizations/users/{user_id}/sign_out`, without a body. It may take an hour until tokens end. API keys
    /// and the role stay. The operation is a beta; the beta that it needs is sent with the account's `other_betas`, and
    /// without its beta of user profiles.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: types of the official SDKs, and the service's
    /// documentation on signing users out.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) for the primary owner and for the credential's own
    /// user; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) for other owners, privileged members
    /// and managed ones; [`NotFound`](anyprofile_core::ErrorKind::NotFound). After a 503, send it again: what was
    /// ended stays ended.
    pub async fn sign_out_organization_user(&self, user_id: &str) -> Result<OrganizationUser> {
        self.call(operations::sign_out_organization_user(&self.beta, user_id)).await
    }
}
