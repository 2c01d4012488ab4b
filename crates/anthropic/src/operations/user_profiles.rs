//! User profiles: the end users of a platform.

use anyprofile_http::{Listed, Operation, Request, Response};

use super::{paging::CursorPaging, reading::cursor_page};
use crate::{
    beta::Beta,
    wire::{CursorPage, EnforcementStatus, UserProfile},
};

/// The maximum page size (list page of the reference, since the beta of 2026-09-04).
pub(crate) const MAX_USER_PROFILES: u32 = 100;

/// The filter, order and page of a list of user profiles (`GET /v1/user_profiles`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUserProfiles {
    /// The statuses, one of which profiles must have. Requires the generally available API: the betas refuse
    /// it as an invalid request. The service may filter after it has split the list into pages, so a page may
    /// be empty and have a next page.
    pub enforcement_status: Vec<EnforcementStatus>,
    /// The page; at most 100 profiles. A cursor is only valid with the same order.
    pub paging: CursorPaging,
    /// The direction. The service's default is newest first.
    pub order: Option<SortDirection>,
    /// The order. The service's default is the creation time. Requires the beta of 2026-09-04 or no beta.
    pub order_by: Option<OrderBy>,
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortDirection {
    /// Oldest or smallest first.
    Ascending,
    /// Newest or largest first.
    Descending,
}

/// The field to order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderBy {
    /// The time of creation.
    CreatedAt,
    /// The name, ignoring the case of ASCII letters. Profiles without a name are last in either direction.
    Name,
}

impl SortDirection {
    /// Returns the word for the query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }
}

impl OrderBy {
    /// Returns the word for the query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::Name => "name",
        }
    }
}

pub(crate) fn list_user_profiles(
    beta: &Beta,
    list: &ListUserProfiles,
) -> Operation<Listed<CursorPage<UserProfile>>> {
    Operation::new(list.write(at_user_profiles(beta, Request::get("BetaListUserProfiles"))), cursor_page)
}

pub(crate) fn get_user_profile(beta: &Beta, user_profile_id: &str) -> Operation<UserProfile> {
    Operation::new(
        at_user_profile(beta, Request::get("BetaGetUserProfile"), user_profile_id),
        Response::decode_record,
    )
}

/// Adds the path of user profiles.
pub(crate) fn at_user_profiles(beta: &Beta, request: Request) -> Request {
    request.path("/v1/user_profiles").query("beta", beta.in_query())
}

/// Adds the path of one user profile.
pub(crate) fn at_user_profile(beta: &Beta, request: Request, user_profile_id: &str) -> Request {
    at_user_profiles(beta, request).segment(user_profile_id)
}

impl ListUserProfiles {
    fn write(&self, request: Request) -> Request {
        // With brackets, as both official SDKs write it.
        let request = request.query_each("enforcement_status[]", &self.enforcement_status);
        self.paging
            .write(request, MAX_USER_PROFILES)
            .query("order", self.order.map(SortDirection::as_str))
            .query("order_by", self.order_by.map(OrderBy::as_str))
    }
}
