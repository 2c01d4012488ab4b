//! The API, operation by operation.

use anyprofile_core::{ErrorKind, Page, Result, wire};
use anyprofile_http::{Answer, Dialect, ErrorDetails, Failure, HttpClient, Request};
use serde_json::value::RawValue;

use crate::{
    UpsunConfig,
    wire::{OrganizationProfileUpdate, Profile, ProfileList, User},
};

/// A client of Upsun's API around profiles: one method an operation, records as they come.
///
/// Cheap to clone; clones share connections and access tokens.
#[derive(Clone, Debug)]
pub struct UpsunClient {
    pub(crate) http: HttpClient,
}

/// What to list (`GET /profiles`). The reference names no parameter; these are the ones that clients of the
/// service behind it send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListProfiles {
    /// Only the profile with this user name (`filter[username]`).
    pub username: Option<String>,
    /// Profiles a page (`range`).
    pub range: Option<u32>,
    /// The page, from 1 (`page`).
    pub page: Option<u64>,
}

impl UpsunClient {
    /// A client of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: UpsunConfig) -> Result<Self> {
        config.connect().map(|http| Self { http })
    }

    /// Lists profiles of users and organizations: `GET /profiles`.
    pub async fn list_profiles(&self, list: &ListProfiles) -> Result<Page<Profile>> {
        let answer = self.http.send(list_request(list, None)).await?;
        profile_page(&answer).map(|(page, _)| page)
    }

    /// Gets the profile of a user: `GET /profiles/{userId}`.
    pub async fn get_profile(&self, user_id: &str) -> Result<Profile> {
        self.http.send(profile_request(user_id)).await?.decode()
    }

    /// Gets the user whom the token belongs to: `GET /users/me`.
    ///
    /// # Errors
    /// [`ErrorKind::PermissionDenied`] if the token belongs to no user.
    pub async fn get_current_user(&self) -> Result<User> {
        self.http.send(current_user_request()).await?.decode()
    }

    /// Gets the profile of an organization: `GET /organizations/{organization_id}/profile`. The API calls it
    /// deprecated since 2026-06-17.
    ///
    /// `organization` is the id (a ULID), or `name=` and the organization's machine name.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the organization has moved to the new billing system, which answers
    /// with a 403 that is no matter of permission.
    pub async fn get_organization_profile(&self, organization: &str) -> Result<Profile> {
        self.http.send(organization_request(organization)).await?.decode()
    }

    /// Changes the profile of an organization, and gives it as it then is:
    /// `PATCH /organizations/{organization_id}/profile`.
    ///
    /// `organization_id` is the id; `name=` is for reading only.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] with the service's words by field; [`ErrorKind::Unsupported`] as
    /// [above](Self::get_organization_profile).
    pub async fn update_organization_profile(
        &self,
        organization_id: &str,
        update: &OrganizationProfileUpdate,
    ) -> Result<Profile> {
        self.send_update(organization_id, update).await?.decode()
    }

    /// The answer to an update, which may also be empty (the API documents 200, has sent 201, and sends 204 elsewhere): then
    /// the profile is read.
    pub(crate) async fn send_update(&self, id: &str, update: &OrganizationProfileUpdate) -> Result<Answer> {
        let answer = self.http.send(update_request(id, update)).await?;
        if answer.body.trim_ascii().is_empty() {
            let read = self.http.send(organization_request(id)).await;
            return read.map_err(|error| error.with_hint("the change was made, and reading it back failed"));
        }
        Ok(answer)
    }
}

pub(crate) fn list_request(list: &ListProfiles, next_link: Option<&str>) -> Request {
    Request::get("list-profiles")
        .path("/profiles")
        .query("filter[username]", list.username.as_deref())
        .query("range", list.range)
        .query("page", list.page)
        .follow(next_link)
}

pub(crate) fn profile_request(user_id: &str) -> Request {
    Request::get("get-profile").path("/profiles").segment(user_id)
}

pub(crate) fn current_user_request() -> Request {
    Request::get("get-current-user").path("/users/me")
}

pub(crate) fn organization_request(organization: &str) -> Request {
    Request::get("get-org-profile").path("/organizations").segment(organization).path("/profile")
}

pub(crate) fn update_request(organization_id: &str, update: &OrganizationProfileUpdate) -> Request {
    Request::patch("update-org-profile", update)
        .path("/organizations")
        .segment(organization_id)
        .path("/profile")
}

/// A page, and the link to the next one. Its `next` is left at the end: a cursor is the provider's matter.
pub(crate) fn profile_page<T>(answer: &Answer) -> Result<(Page<T>, Option<crate::wire::Link>)>
where
    T: serde::de::DeserializeOwned,
{
    let decoded = answer.decode_page::<ProfileList<T>, ProfileList<Box<RawValue>>>(|loose| {
        let ProfileList { count, profiles, links } = loose;
        wire::decode_records(profiles, |profiles| ProfileList { count, profiles, links })
    })?;
    let ProfileList { count, profiles, links } = decoded.page;
    let page = Page::last(profiles)
        .with_declared_total(count.into_value())
        .with_quarantined(decoded.quarantined)
        .with_request(answer.request_id.clone(), answer.effort);
    Ok((page, links.next))
}

/// Upsun's errors come in four shapes, two of them within one service: problem details with a number for
/// `status` and a text for `detail`, an older form with them the other way round, `{"error": …}` with or
/// without a description, and nothing that is JSON.
pub(crate) static DIALECT: Dialect =
    Dialect { request_id_headers: &["x-request-id", "x-amz-cf-id"], describe };

fn describe(failure: &Failure<'_>, details: &mut ErrorDetails) {
    let texts = ["/title", "/message", "/detail", "/error_description", "/error"];
    details.service_message = texts.iter().find_map(|pointer| failure.text(pointer)).map(str::to_owned);
    details.code = failure.text("/error").map(str::to_owned);
    for pointer in ["/detail", "/error"] {
        if let Some(fields) = failure.json.as_ref().and_then(|json| json.pointer(pointer)?.as_object()) {
            fields.iter().for_each(|(name, messages)| details.field(name, messages));
        }
    }
    let title = failure.text("/title").unwrap_or_default().to_ascii_lowercase();
    if failure.status == 403 && title.contains("billing profile") {
        details.kind = Some(ErrorKind::Unsupported);
        details.message = Some(
            "the organization's profile has moved to the new billing system, which this API does not show"
                .into(),
        );
        details.hint = Some(
            "this is no matter of permission: look at the organization's billing profile in the console"
                .into(),
        );
    } else if failure.status == 403 && failure.operation == "get-current-user" {
        details.message = Some("the token belongs to no user".into());
        details.hint = Some("use the API token of a user, or get profiles by their ids".into());
    } else if failure.status == 400 && !details.field_errors.is_empty() {
        details.message = Some("the service refuses the values".into());
        details.hint = Some("correct the named fields".into());
    }
}
