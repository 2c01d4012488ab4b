//! The organization: itself, its users and its invites (Admin API).

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::AnthropicClient;
use crate::{
    ListInvites, ListOrganizationUsers, operations,
    wire::{IdPage, Invite, Organization, OrganizationUser},
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

    /// Lists the invites to the organization, including accepted, deleted and expired ones: one page of
    /// `GET /v1/organizations/invites`. The service does not report the total.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// listing invites.
    ///
    /// # Errors
    /// See [`list_organization_users`](Self::list_organization_users).
    pub async fn list_invites(&self, list: &ListInvites) -> Result<Listed<IdPage<Invite>>> {
        self.call(operations::list_invites(list)).await
    }

    /// Gets an invite: `GET /v1/organizations/invites/{invite_id}`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// getting an invite.
    ///
    /// # Errors
    /// See [`get_organization_user`](Self::get_organization_user).
    pub async fn get_invite(&self, invite_id: &str) -> Result<Invite> {
        self.call(operations::get_invite(invite_id)).await
    }
}
