//! User profiles: the end users of a platform.

use std::time::SystemTime;

use anyprofile_core::{Result, Timestamp};
use anyprofile_http::Listed;

use super::AnthropicClient;
use crate::{
    ListUserProfiles, operations,
    wire::{
        ActionUrl, CursorPage, DataControlsUpdate, Deleted, EnrollmentUrl, GoogleDataControls, UserProfile,
        UserProfileAction, UserProfileCreate, UserProfileUpdate,
    },
};

impl AnthropicClient {
    /// Lists user profiles: one page of `GET /v1/user_profiles`, with the cursor of the next page.
    ///
    /// Source: page of the reference on listing user profiles, and the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) from the service if the account's beta
    /// does not have a parameter, and if a cursor belongs to another order.
    pub async fn list_user_profiles(
        &self,
        list: &ListUserProfiles,
    ) -> Result<Listed<CursorPage<UserProfile>>> {
        self.call(operations::list_user_profiles(&self.beta, list)).await
    }

    /// Gets a user profile: `GET /v1/user_profiles/{user_profile_id}`.
    ///
    /// Source: page of the reference on getting a user profile.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_user_profile(&self, user_profile_id: &str) -> Result<UserProfile> {
        self.call(operations::get_user_profile(&self.beta, user_profile_id)).await
    }

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

    /// Gets the data controls of an end user:
    /// `GET /v1/user_profiles/{user_profile_id}/providers/google/data_controls`. The operation is a beta; the betas that
    /// it needs are sent with the account's `other_betas`, and without its beta of user profiles.
    ///
    /// Source: types of the official SDKs. No response was seen.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_data_controls(&self, user_profile_id: &str) -> Result<GoogleDataControls> {
        self.call(operations::get_data_controls(&self.beta, user_profile_id)).await
    }

    /// Changes the data controls of an end user and returns them:
    /// `POST /v1/user_profiles/{user_profile_id}/providers/google/data_controls`. The operation is a beta; the betas that
    /// it needs are sent with the account's `other_betas`, and without its beta of user profiles. A new key or bucket is pending until the service has
    /// checked it.
    ///
    /// Source: types of the official SDKs. No response was seen.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent, if nothing is set, and
    /// if the service cannot validate a key in time; [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn update_data_controls(
        &self,
        user_profile_id: &str,
        update: &DataControlsUpdate,
    ) -> Result<GoogleDataControls> {
        self.call(operations::update_data_controls(&self.beta, user_profile_id, update)).await
    }
}

/// Returns the current time, if the clock has a valid one.
fn now() -> Option<Timestamp> {
    SystemTime::now().try_into().ok()
}
