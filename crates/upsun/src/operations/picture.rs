//! Pictures of users.

use anyprofile_core::Result;
use anyprofile_http::{FormFile, Operation, Request, Response, Url};

use crate::wire::ProfilePicture;

pub(crate) fn create_profile_picture(user_id: &str, picture: &FormFile<'_>) -> Operation<ProfilePicture> {
    let request = of_profile(Request::post("create-profile-picture"), user_id)
        .form_file("file", picture)
        .refused_if(picture.content.is_empty(), "the content of the picture is required", None);
    Operation::new(request, uploaded).with_hint_if_made(
        "it is not known whether the picture was uploaded: read the profile before you try again",
    )
}

fn uploaded(response: &Response) -> Result<ProfilePicture> {
    let picture: ProfilePicture = response.decode_record_if_any()?.unwrap_or_default();
    let url = picture.url.empty_as_null().map(|url| absolute(&response.info().base_url, url));
    Ok(ProfilePicture { url, ..picture })
}

pub(crate) fn delete_profile_picture(user_id: &str) -> Operation<()> {
    Operation::new(of_profile(Request::delete("delete-profile-picture"), user_id), Response::acknowledged)
}

fn of_profile(request: Request, user_id: &str) -> Request {
    request.path("/profile").segment(user_id).path("/picture")
}

/// Makes a URL of a response absolute. A path is resolved below the base URL including its path, as the
/// service's own client does it: a service behind a gateway does not know the path prefix of the gateway.
/// Text that is not a URL is returned unchanged.
fn absolute(base_url: &str, url: String) -> String {
    let below = match url.strip_prefix('/') {
        // Two slashes precede a host.
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
