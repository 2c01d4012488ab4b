//! Writes of user profiles, and of the organization's users and invites.

use std::time::SystemTime;

use anyprofile_core::{Result, Timestamp};

use super::AnthropicClient;
use crate::{
    operations,
    wire::{
        ActionUrl, Deleted, EnrollmentUrl, Invite, InviteCreate, OrganizationRole, OrganizationUser,
        UserProfile, UserProfileAction, UserProfileCreate, UserProfileUpdate,
    },
};

impl AnthropicClient {
    /// Creates a user profile: `POST /v1/user_profiles`. If no field is set, the body is an empty object.
    ///
    /// **The operation is not idempotent**: sending the same body twice creates two profiles, whatever
    /// platform ids it contains. If the outcome is not known, look for the profile by its `external_id` or
    /// `reference_id` and its creation time before you try again.
    ///
    /// Source: page of the reference on creating user profiles, and the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, including fields that the account's beta does not have;
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the profile. The profile
    /// may have been created then.
    pub async fn create_user_profile(&self, create: &UserProfileCreate) -> Result<UserProfile> {
        self.call(operations::create_user_profile(&self.beta, create, now())).await
    }

    /// Updates a user profile and returns it: `POST /v1/user_profiles/{user_profile_id}`. Fields that are not
    /// set stay unchanged, also in the metadata and in the details.
    ///
    /// Source: page of the reference on updating user profiles, and the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, including fields that the account's beta does not have;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn update_user_profile(
        &self,
        user_profile_id: &str,
        update: &UserProfileUpdate,
    ) -> Result<UserProfile> {
        self.call(operations::update_user_profile(&self.beta, user_profile_id, update, now())).await
    }

    /// Creates a link for an end user to enroll with:
    /// `POST /v1/user_profiles/{user_profile_id}/enrollment_url`, without a body. **The link is a
    /// credential**: until it expires, anyone who has it can enroll as the end user. Each call may create
    /// another link.
    ///
    /// The reference has the operation for accounts with a beta. Without a beta, use
    /// [`create_action_url`](Self::create_action_url).
    ///
    /// Source: page of the reference on creating enrollment URLs, and the official SDKs. That a second link
    /// leaves the first one valid is inferred.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn create_enrollment_url(&self, user_profile_id: &str) -> Result<EnrollmentUrl> {
        self.call(operations::create_enrollment_url(&self.beta, user_profile_id)).await
    }

    /// Deletes a user profile: `DELETE /v1/user_profiles/{user_profile_id}`. The official clients have it with and without a
    /// beta.
    ///
    /// Source: page of the reference on deleting user profiles; types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn delete_user_profile(&self, user_profile_id: &str) -> Result<Deleted> {
        self.call(operations::delete_user_profile(&self.beta, user_profile_id)).await
    }

    /// Creates a link for an action of an end user: `POST /v1/user_profiles/{user_profile_id}/action_urls`.
    /// The official clients have it with and without a beta. **The link is a credential**: until it expires, anyone who has it
    /// can act as the end user.
    ///
    /// Source: page of the reference on creating action URLs; types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), also if the organization has no such links.
    pub async fn create_action_url(
        &self,
        user_profile_id: &str,
        action: &UserProfileAction,
    ) -> Result<ActionUrl> {
        self.call(operations::create_action_url(&self.beta, user_profile_id, action)).await
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
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn remove_organization_user(&self, user_id: &str) -> Result<Deleted> {
        self.call(operations::remove_organization_user(user_id)).await
    }

    /// Invites a person to the organization: `POST /v1/organizations/invites`. The service sends an e-mail
    /// message. An invite cannot be changed, only deleted.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// creating an invite.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent, if the e-mail
    /// address is invalid, or the API is known not to grant the role (see [`OrganizationRole::SETTABLE`]);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the invite. The invite
    /// may have been created then. Otherwise see [`get_organization`](Self::get_organization).
    pub async fn create_invite(&self, create: &InviteCreate) -> Result<Invite> {
        self.call(operations::create_invite(create)).await
    }

    /// Withdraws an invite that is not accepted yet: `DELETE /v1/organizations/invites/{invite_id}`. It may
    /// stay in the list as deleted.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// deleting an invite.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn delete_invite(&self, invite_id: &str) -> Result<Deleted> {
        self.call(operations::delete_invite(invite_id)).await
    }
}

/// Returns the current time, if the clock has a valid one.
fn now() -> Option<Timestamp> {
    SystemTime::now().try_into().ok()
}
