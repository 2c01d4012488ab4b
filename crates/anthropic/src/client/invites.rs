//! Invites to the organization (Admin API).

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::AnthropicClient;
use crate::{
    ListInvites, operations,
    wire::{Deleted, IdPage, Invite, InviteCreate},
};

impl AnthropicClient {
    /// Lists the invites to the organization, including accepted and expired ones: one page of
    /// `GET /v1/organizations/invites`. Whether deleted ones are listed is not known. The service does not report the total.
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

    /// Invites a person to the organization: `POST /v1/organizations/invites`. The service sends an e-mail
    /// message. An invite cannot be changed, only deleted. Groups require the scope `write:rbac_groups` in addition.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// creating an invite.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent, if the e-mail
    /// address is invalid, or the API is known not to grant the role (see [`OrganizationRole::SETTABLE`](crate::wire::OrganizationRole::SETTABLE));
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the invite. The invite
    /// may have been created then. Otherwise see [`get_organization`](Self::get_organization).
    pub async fn create_invite(&self, create: &InviteCreate) -> Result<Invite> {
        self.call(operations::create_invite(create)).await
    }

    /// Withdraws a pending invite: `DELETE /v1/organizations/invites/{invite_id}`. It may
    /// stay in the list as deleted.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// deleting an invite.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) if the invite is not pending. Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn delete_invite(&self, invite_id: &str) -> Result<Deleted> {
        self.call(operations::delete_invite(invite_id)).await
    }
}
