//! User profiles: the end users of a platform.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::AnthropicClient;
use crate::{
    ListUserProfiles, operations,
    wire::{UserProfile, UserProfileList},
};

impl AnthropicClient {
    /// Lists user profiles: one page of `GET /v1/user_profiles`, with the cursor of the next page.
    ///
    /// Source: page of the reference on listing user profiles, and the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) from the service if the account's beta
    /// does not have a parameter, and if a cursor belongs to another order.
    pub async fn list_user_profiles(&self, list: &ListUserProfiles) -> Result<Listed<UserProfileList>> {
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
}
