//! User profiles: the end users of a platform.

use std::fmt;

use anyprofile_http::{Listed, Operation, Request, Response};

use super::reading::user_profile_list;
use crate::{
    beta::Beta,
    wire::{EnforcementStatus, UserProfile, UserProfileList},
};

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

pub(crate) fn list_user_profiles(beta: &Beta, list: &ListUserProfiles) -> Operation<Listed<UserProfileList>> {
    Operation::new(list.write(all(beta, Request::get("BetaListUserProfiles"))), user_profile_list)
}

pub(crate) fn get_user_profile(beta: &Beta, user_profile_id: &str) -> Operation<UserProfile> {
    Operation::new(one(beta, Request::get("BetaGetUserProfile"), user_profile_id), Response::decode_record)
}

/// The request of all user profiles.
pub(crate) fn all(beta: &Beta, request: Request) -> Request {
    request.path("/v1/user_profiles").query("beta", beta.in_query())
}

/// The request of one user profile.
pub(crate) fn one(beta: &Beta, request: Request, user_profile_id: &str) -> Request {
    all(beta, request).segment(user_profile_id)
}

impl ListUserProfiles {
    fn write(&self, request: Request) -> Request {
        request
            .query_each("enforcement_status", &self.enforcement_status)
            .query("limit", self.limit)
            .query("order", self.order.map(SortDirection::as_str))
            .query("order_by", self.order_by.map(OrderBy::as_str))
            .query("page", self.page.as_deref())
            .asking_for(self.limit)
    }
}
