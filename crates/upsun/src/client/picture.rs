//! Pictures of users.

use anyprofile_core::Result;
use anyprofile_http::FormFile;

use super::UpsunClient;
use crate::{operations, wire::ProfilePicture};

impl UpsunClient {
    /// Uploads a picture for a user's profile: `POST /profile/{uuid}/picture`, singular unlike all other paths of
    /// profiles.
    ///
    /// `user_id` is a UUID. The service answers with a relative URL, which is made absolute below the account's base
    /// URL; without a body the URL is absent. Which media types and how many bytes it takes is not documented.
    /// Source: OpenAPI document (`create-profile-picture`), which names no error.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, if the picture has no
    /// content or no name, or its media type cannot be one, and if the service refuses it;
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response cannot be read, after which the picture may be
    /// there.
    pub async fn create_profile_picture(
        &self,
        user_id: &str,
        picture: &FormFile<'_>,
    ) -> Result<ProfilePicture> {
        self.call(operations::create_profile_picture(user_id, picture)).await
    }

    /// Deletes the picture of a user's profile: `DELETE /profile/{uuid}/picture`.
    ///
    /// `user_id` is a UUID. What becomes of a picture that is given by its URL is not documented. Source: OpenAPI
    /// document (`delete-profile-picture`), which names no error.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), which may also be the response where there is no picture.
    pub async fn delete_profile_picture(&self, user_id: &str) -> Result<()> {
        self.call(operations::delete_profile_picture(user_id)).await
    }
}
