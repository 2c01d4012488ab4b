//! Making, changing and deleting user profiles, and the organization's users and invites.

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
    /// Makes a user profile: `POST /v1/user_profiles`. A profile of nothing is made with an empty body.
    ///
    /// **It is not idempotent**: the same body sent twice makes two profiles, whatever ids of the platform it holds. When
    /// the outcome is not known, look for what was made by its `external_id` or `reference_id` and by when it was
    /// made, before trying again.
    ///
    /// Source: page of the reference on creating user profiles, and the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent with every broken rule by
    /// field, a field that the account's beta does not know included;
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the profile, which may be there all the
    /// same.
    pub async fn create_user_profile(&self, create: &UserProfileCreate) -> Result<UserProfile> {
        self.call(operations::create_user_profile(&self.beta, create, now())).await
    }

    /// Changes a user profile, and gives it as it then is: `POST /v1/user_profiles/{user_profile_id}`. What is not set
    /// stays, also in the metadata and in the details.
    ///
    /// Source: page of the reference on updating user profiles, and the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent with every broken rule by
    /// field, a field that the account's beta does not know included;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn update_user_profile(
        &self,
        user_profile_id: &str,
        update: &UserProfileUpdate,
    ) -> Result<UserProfile> {
        self.call(operations::update_user_profile(&self.beta, user_profile_id, update, now())).await
    }

    /// Makes a link for an end user to enroll with:
    /// `POST /v1/user_profiles/{user_profile_id}/enrollment_url`, without a body. **The link is a credential**: whoever
    /// holds it can enroll as the end user until it expires. Each call may make another one.
    ///
    /// The reference has it for accounts with a beta; without one, there is
    /// [`create_action_url`](Self::create_action_url).
    ///
    /// Source: page of the reference on creating enrollment URLs, and the official SDKs. That a second link leaves the first
    /// one working is inferred.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn create_enrollment_url(&self, user_profile_id: &str) -> Result<EnrollmentUrl> {
        self.call(operations::create_enrollment_url(&self.beta, user_profile_id)).await
    }

    /// Deletes a user profile: `DELETE /v1/user_profiles/{user_profile_id}`. In the generally available API alone.
    ///
    /// Source: page of the reference on deleting user profiles.
    ///
    /// # Errors
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported), before anything is sent, for an account with one of
    /// the published betas; [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn delete_user_profile(&self, user_profile_id: &str) -> Result<Deleted> {
        self.call(operations::delete_user_profile(&self.beta, user_profile_id)).await
    }

    /// Makes a link for somebody to act with: `POST /v1/user_profiles/{user_profile_id}/action_urls`. In the generally
    /// available API alone. **The link is a credential**: until it expires it lets in whoever has it.
    ///
    /// Source: page of the reference on creating action URLs.
    ///
    /// # Errors
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported), before anything is sent, for an account with one of
    /// the published betas; [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn create_action_url(
        &self,
        user_profile_id: &str,
        action: &UserProfileAction,
    ) -> Result<ActionUrl> {
        self.call(operations::create_action_url(&self.beta, user_profile_id, action)).await
    }

    /// Gives a user of the organization another role, and gives the user as it then is:
    /// `POST /v1/organizations/users/{user_id}`.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on updating a
    /// user.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for a role that the API
    /// is known not to give (see [`OrganizationRole::SETTABLE`]); [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// else as with [reading](Self::get_organization).
    pub async fn update_organization_user(
        &self,
        user_id: &str,
        role: &OrganizationRole,
    ) -> Result<OrganizationUser> {
        self.call(operations::update_organization_user(user_id, role)).await
    }

    /// Removes a user from the organization: `DELETE /v1/organizations/users/{user_id}`.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on removing a
    /// user.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound); else as with [reading](Self::get_organization).
    pub async fn remove_organization_user(&self, user_id: &str) -> Result<Deleted> {
        self.call(operations::remove_organization_user(user_id)).await
    }

    /// Invites somebody to the organization: `POST /v1/organizations/invites`. It sends an e-mail message. An invite
    /// cannot be changed, only deleted.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on creating
    /// an invite.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for an address that is
    /// none and a role that the API is known not to give (see [`OrganizationRole::SETTABLE`]);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the invite, which may be there all
    /// the same; else as with [reading](Self::get_organization).
    pub async fn create_invite(&self, create: &InviteCreate) -> Result<Invite> {
        self.call(operations::create_invite(create)).await
    }

    /// Takes back an invite that is not accepted yet: `DELETE /v1/organizations/invites/{invite_id}`. It may stay
    /// in the list, as deleted.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on deleting
    /// an invite.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound); else as with [reading](Self::get_organization).
    pub async fn delete_invite(&self, invite_id: &str) -> Result<Deleted> {
        self.call(operations::delete_invite(invite_id)).await
    }
}

/// The time, if the clock shows one that can be.
fn now() -> Option<Timestamp> {
    SystemTime::now().try_into().ok()
}
