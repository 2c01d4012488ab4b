//! The API, operation by operation.

use anyprofile_core::{
    ErrorKind, Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{Answer, Dialect, ErrorDetails, Failure, HttpClient, Listed, Request};
use serde_json::value::RawValue;

use crate::{
    AnthropicConfig,
    wire::{UserProfile, UserProfileList},
};

/// A client of Anthropic's API of user profiles: one method an operation, records as they come.
///
/// Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct AnthropicClient {
    pub(crate) http: HttpClient,
    beta_query: bool,
}

/// What to list (`GET /v1/user_profiles`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserProfiles {
    /// Profiles a page, 1 to 100. The service's default is 20.
    pub limit: Option<u32>,
    /// The direction. The service's default is the newest first.
    pub order: Option<SortDirection>,
    /// What to order by. The service's default is the creation; needs the beta of 2026-09-04 or none.
    pub order_by: Option<OrderBy>,
    /// The cursor of the page, from the one before. It is only good with the same order.
    pub page: Option<String>,
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortDirection {
    /// The oldest or smallest first.
    Ascending,
    /// The newest or largest first.
    Descending,
}

/// What to order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderBy {
    /// When the profile was made.
    CreatedAt,
    /// The name, ASCII letters without regard to case; profiles without one come last in either direction.
    Name,
}

impl SortDirection {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }
}

impl OrderBy {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::Name => "name",
        }
    }
}

impl AnthropicClient {
    /// A client of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: AnthropicConfig) -> Result<Self> {
        let beta_query = config.beta_query && config.beta.is_some();
        config.connect().map(|http| Self { http, beta_query })
    }

    /// Lists user profiles: one page of `GET /v1/user_profiles`, with the cursor of the next one.
    pub async fn list_user_profiles(&self, list: &ListUserProfiles) -> Result<Listed<UserProfileList>> {
        let answer = self.http.send(self.list_request(list)).await?;
        user_profile_list(&answer)
    }

    /// Gets a user profile: `GET /v1/user_profiles/{user_profile_id}`.
    pub async fn get_user_profile(&self, user_profile_id: &str) -> Result<UserProfile> {
        self.http.send(self.get_request(user_profile_id)).await?.decode_record()
    }

    pub(crate) fn list_request(&self, list: &ListUserProfiles) -> Request {
        Request::get("BetaListUserProfiles")
            .path("/v1/user_profiles")
            .query("beta", self.beta_query.then_some(true))
            .query("limit", list.limit)
            .query("order", list.order.map(SortDirection::as_str))
            .query("order_by", list.order_by.map(OrderBy::as_str))
            .query("page", list.page.as_deref())
    }

    pub(crate) fn get_request(&self, user_profile_id: &str) -> Request {
        Request::get("BetaGetUserProfile")
            .path("/v1/user_profiles")
            .segment(user_profile_id)
            .query("beta", self.beta_query.then_some(true))
    }
}

/// A page of user profiles.
pub(crate) fn user_profile_list<T: Tolerant>(answer: &Answer) -> Result<Listed<UserProfileList<T>>> {
    answer.decode_list::<UserProfileList<T>, UserProfileList<Box<RawValue>>>(|loose| {
        let UserProfileList { data, next_page } = loose;
        wire::decode_records(data, |data| UserProfileList { data, next_page })
    })
}

/// Anthropic's errors: `{"type": "error", "error": {"type", "message"}, "request_id"}`, and pages or nothing
/// from what stands in front.
pub(crate) static DIALECT: Dialect = Dialect { request_id_headers: &["request-id"], describe };

fn describe(failure: &Failure<'_>, details: &mut ErrorDetails) {
    let code = failure.text("/error/type");
    let message = failure.text("/error/message");
    details.code = code.map(str::to_owned);
    details.service_message = message.map(str::to_owned);
    details.request_id = failure.text("/request_id").map(str::to_owned);
    match (failure.status, code) {
        (_, Some("overloaded_error")) => {
            details.kind = Some(ErrorKind::Upstream);
            details.message = Some("the service is overloaded".into());
        }
        (_, Some("billing_error")) => details.kind = Some(ErrorKind::PermissionDenied),
        (429, _)
            if !failure.headers.contains_key("retry-after")
                && !failure.headers.contains_key("retry-after-ms") =>
        {
            details.hint =
                Some("the service names no wait: if it goes on, a spend limit may be reached".into());
        }
        (400, _) if message.is_some_and(|message| message.contains("anthropic-beta")) => {
            details.message = Some("the service does not know a beta that was asked for".into());
            details.hint = Some("check the account's beta".into());
        }
        _ => {}
    }
}
