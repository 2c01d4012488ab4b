//! User profiles: the end users of a platform.

use std::fmt;

use anyprofile_core::{
    Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{Answer, Listed, Request};
use serde_json::value::RawValue;

use super::AnthropicClient;
use crate::wire::{EnforcementStatus, UserProfile, UserProfileList};

/// What to list (`GET /v1/user_profiles`).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserProfiles {
    /// Only profiles with one of these statuses. Needs the generally available API: the betas refuse it as an
    /// invalid request. The service may filter after it has cut the pages, so that a page may be empty and have
    /// a next one.
    pub enforcement_status: Vec<EnforcementStatus>,
    /// Profiles a page, 1 to 100. The service's default is 20.
    pub limit: Option<u32>,
    /// The direction. The service's default is the newest first.
    pub order: Option<SortDirection>,
    /// What to order by. The service's default is the creation; needs the beta of 2026-09-04 or none.
    pub order_by: Option<OrderBy>,
    /// The cursor of the page, from the one before. It is only good with the same order.
    pub page: Option<String>,
}

/// Shows whether there is a cursor, and not which: it may hold where in an order of names the list is.
impl fmt::Debug for ListUserProfiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListUserProfiles")
            .field("enforcement_status", &self.enforcement_status)
            .field("limit", &self.limit)
            .field("order", &self.order)
            .field("order_by", &self.order_by)
            .field("page", &self.page.as_ref().map(|_| ".."))
            .finish()
    }
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
    /// Lists user profiles: one page of `GET /v1/user_profiles`, with the cursor of the next one.
    ///
    /// Source: page of the reference on listing user profiles, and the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), from the service, for a parameter that the
    /// account's beta does not have and for a cursor of another order.
    pub async fn list_user_profiles(&self, list: &ListUserProfiles) -> Result<Listed<UserProfileList>> {
        let answer = self.http.send(self.list_request(list)).await?;
        user_profile_list(&answer)
    }

    /// Gets a user profile: `GET /v1/user_profiles/{user_profile_id}`.
    ///
    /// Source: page of the reference on getting a user profile.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_user_profile(&self, user_profile_id: &str) -> Result<UserProfile> {
        self.http.send(self.get_request(user_profile_id)).await?.decode_record()
    }

    pub(crate) fn list_request(&self, list: &ListUserProfiles) -> Request {
        Request::get("BetaListUserProfiles")
            .path("/v1/user_profiles")
            .query("beta", self.beta_query.then_some(true))
            .query_each("enforcement_status", &list.enforcement_status)
            .query("limit", list.limit)
            .query("order", list.order.map(SortDirection::as_str))
            .query("order_by", list.order_by.map(OrderBy::as_str))
            .query("page", list.page.as_deref())
            .asking_for(list.limit)
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
    answer.decode_envelope::<UserProfileList<T>, UserProfileList<Box<RawValue>>>(|loose| {
        let UserProfileList { data, next_page } = loose;
        wire::decode_records(data, |data| UserProfileList { data, next_page })
    })
}
