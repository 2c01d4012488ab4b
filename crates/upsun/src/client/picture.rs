//! Pictures of users.

use anyprofile_core::Result;
use anyprofile_http::FormFile;

use super::UpsunClient;
use crate::{operations, wire::ProfilePicture};

impl UpsunClient {
    /// Uploads a picture for a user's profile: `POST /profile/{uuid}/picture` (`profile` is singular here).
    ///
    /// `user_id` is a UUID. The service returns a relative URL, which is resolved against the account's base
    /// URL. If the response has no body, the URL is absent. The accepted media types and sizes are not
    /// documented. Source: OpenAPI document (`create-profile-picture`), which lists no errors.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the picture
    /// has no content or no name or its media type is invalid, and if the service refuses it;
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response cannot be read. The picture may have
    /// been uploaded then.
    pub async fn create_profile_picture(
        &self,
        user_id: &str,
        picture: &FormFile<'_>,
    ) -> Result<ProfilePicture> {
        self.call(operations::create_profile_picture(user_id, picture)).await
    }

    /// Deletes the picture of a user's profile: `DELETE /profile/{uuid}/picture`.
    ///
    /// `user_id` is a UUID. The effect on a picture that was set by URL is not documented. Source: OpenAPI
    /// document (`delete-profile-picture`), which lists no errors.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), possibly also if the profile has no picture.
    pub async fn delete_profile_picture(&self, user_id: &str) -> Result<()> {
        self.call(operations::delete_profile_picture(user_id)).await
    }
}
