//! Pictures of users.

use anyprofile_core::Result;
use anyprofile_http::{FormFile, Request, Url};

use super::UpsunClient;
use crate::wire::ProfilePicture;

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
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the answer cannot be read, after which the picture may be
    /// there.
    pub async fn create_profile_picture(
        &self,
        user_id: &str,
        picture: &FormFile<'_>,
    ) -> Result<ProfilePicture> {
        let operation = "create-profile-picture";
        self.check(operation, !picture.content.is_empty(), "the picture has no content")?;
        let request = Request::post(operation)
            .path("/profile")
            .segment(user_id)
            .path("/picture")
            .form_file("file", picture);
        let answer = self.http.send(request).await?;
        let picture: ProfilePicture = answer
            .decode_record_if_any()
            .map_err(|error| {
                error.with_hint("the picture may be there: read the profile before trying again")
            })?
            .unwrap_or_default();
        let url = picture.url.empty_as_null().map(|url| absolute(&self.http.info().base_url, url));
        Ok(ProfilePicture { url, ..picture })
    }

    /// Deletes the picture of a user's profile: `DELETE /profile/{uuid}/picture`.
    ///
    /// `user_id` is a UUID. What becomes of a picture that is given by its URL is not documented. Source: OpenAPI
    /// document (`delete-profile-picture`), which names no error.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), which may also be the answer where there is no picture.
    pub async fn delete_profile_picture(&self, user_id: &str) -> Result<()> {
        let request =
            Request::delete("delete-profile-picture").path("/profile").segment(user_id).path("/picture");
        self.make(request).await
    }
}

/// A URL of an answer, made absolute. A path alone is below the base URL with its path, as the service's own client
/// has it: behind a gateway the service does not know what the gateway puts in front. What is no URL stays as it
/// came.
fn absolute(base_url: &str, url: String) -> String {
    let below = match url.strip_prefix('/') {
        // Two slashes are in front of a host.
        Some(path) if !path.starts_with('/') => format!("./{path}"),
        _ => url.clone(),
    };
    let base = Url::parse(&format!("{}/", base_url.trim_end_matches('/')));
    base.and_then(|base| base.join(&below)).map_or(url, String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_url_is_below_the_base_url() {
        for (base, url, expected) in [
            ("https://api.example.com", "/files/a.png", "https://api.example.com/files/a.png"),
            ("https://api.example.com/", "files/a.png?b=c", "https://api.example.com/files/a.png?b=c"),
            ("https://api.example.com/v1", "/files/a.png", "https://api.example.com/v1/files/a.png"),
            ("https://api.example.com/v1/", "files/a.png", "https://api.example.com/v1/files/a.png"),
            ("https://api.example.com/v1", "/a:b.png", "https://api.example.com/v1/a:b.png"),
            ("https://api.example.com/v1", "//cdn.example.com/a.png", "https://cdn.example.com/a.png"),
            ("https://api.example.com/v1", "https://cdn.example.com/a.png", "https://cdn.example.com/a.png"),
            ("https://api.example.com", "https://", "https://"),
        ] {
            assert_eq!(absolute(base, url.to_owned()), expected, "{base} {url}");
        }
    }
}
