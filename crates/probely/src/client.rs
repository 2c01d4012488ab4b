//! The API, operation by operation. Every path ends with a slash: without it the service redirects.

use std::{fmt, ops::Range};

use anyprofile_core::{
    ErrorKind, Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{Answer, Dialect, ErrorDetails, Failure, HttpClient, Listed, Request};
use serde_json::{Value, value::RawValue};

use crate::{
    ProbelyConfig,
    wire::{User, UserList},
};

/// A client of Probely's API around users: one method an operation, records as they come.
///
/// Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct ProbelyClient {
    pub(crate) http: HttpClient,
}

/// What to list (`GET /users/`): all sixteen parameters. The reference describes eight of them; the rest
/// have the meaning of their name. Which fields `ordering` takes is not published.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUsers {
    /// Only users of the account itself.
    pub account: Option<bool>,
    /// Only users that may sign in, or only those that may not.
    pub active: Option<bool>,
    /// Fields to leave out of the answer.
    pub exclude: Vec<String>,
    /// Leave out users with a role at these targets.
    pub exclude_target: Vec<String>,
    /// Leave out users with a role in these teams.
    pub exclude_team: Vec<String>,
    /// Only users with these labels, by id.
    pub label: Vec<String>,
    /// Whether users need all of the labels or one of them. The service's default is `Or`.
    pub label_logical_operator: Option<LogicalOperator>,
    /// Users a page. The service's default is 10; a maximum is not published.
    pub length: Option<u32>,
    /// Only users with a second factor, or only those without.
    pub mfa_enabled: Option<bool>,
    /// Only users without any access, or only those with.
    pub no_access: Option<bool>,
    /// The field to order by; a `-` in front inverts.
    pub ordering: Option<String>,
    /// The page, from 1.
    pub page: Option<u64>,
    /// Only users with one of these roles, by id.
    pub role: Vec<String>,
    /// Text to search for.
    pub search: Option<String>,
    /// Only users with a role at these targets.
    pub target: Vec<String>,
    /// Only users with a role in these teams.
    pub team: Vec<String>,
}

/// Shows the page alone: what is searched for may be a person's name or address.
impl fmt::Debug for ListUsers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListUsers")
            .field("page", &self.page)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// How labels combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogicalOperator {
    /// All of them.
    And,
    /// One of them.
    Or,
}

impl LogicalOperator {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

impl ProbelyClient {
    /// A client of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: ProbelyConfig) -> Result<Self> {
        config.connect().map(|http| Self { http })
    }

    /// Gets the profile of the credential: `GET /profile/`. The parameters that the reference calls
    /// required are those of a list; the service wants none.
    pub async fn get_profile(&self) -> Result<User> {
        let answer = self.http.send(profile_request()).await?;
        own_profile(&answer)
    }

    /// Lists users, deactivated ones included: one page of `GET /users/`, which says how many there are.
    pub async fn list_users(&self, list: &ListUsers) -> Result<Listed<UserList>> {
        let answer = self.http.send(list_request(list)).await?;
        user_list(&answer)
    }

    /// Gets a user: `GET /users/{id}/`.
    pub async fn get_user(&self, id: &str) -> Result<User> {
        self.http.send(user_request(id)).await?.decode_record()
    }
}

pub(crate) fn profile_request() -> Request {
    Request::get("profile_list").path("/profile/")
}

pub(crate) fn user_request(id: &str) -> Request {
    Request::get("users_retrieve").path("/users").segment(id).path("/")
}

pub(crate) fn list_request(list: &ListUsers) -> Request {
    Request::get("users_list")
        .path("/users/")
        .query("account", list.account)
        .query("active", list.active)
        .query_each("exclude", &list.exclude)
        .query_each("exclude_target", &list.exclude_target)
        .query_each("exclude_team", &list.exclude_team)
        .query_each("label", &list.label)
        .query("label_logical_operator", list.label_logical_operator.map(LogicalOperator::as_str))
        .query("length", list.length)
        .query("mfa_enabled", list.mfa_enabled)
        .query("no_access", list.no_access)
        .query("ordering", list.ordering.as_deref())
        .query("page", list.page)
        .query_each("role", &list.role)
        .query("search", list.search.as_deref())
        .query_each("target", &list.target)
        .query_each("team", &list.team)
}

/// The own profile: documented as a list of one, sent as the object alone.
pub(crate) fn own_profile<T: Tolerant>(answer: &Answer) -> Result<T> {
    if answer.json()?.trim_ascii_start().first() != Some(&b'[') {
        return answer.decode_record();
    }
    let mut records = answer.decode::<Vec<T>>()?.into_iter();
    match (records.next(), records.next()) {
        (Some(record), None) => Ok(record),
        _ => Err(answer
            .error(ErrorKind::Decode, "the answer lists none or several profiles where one was expected")),
    }
}

/// A page of users.
pub(crate) fn user_list<T: Tolerant>(answer: &Answer) -> Result<Listed<UserList<T>>> {
    answer.decode_list::<UserList<T>, UserList<Box<RawValue>>>(|loose| {
        let UserList { count, page_total, page, length, results } = loose;
        wire::decode_records(results, |results| UserList { count, page_total, page, length, results })
    })
}

/// The numbers of the pages that remain after one.
pub(crate) fn remaining_pages<T>(answer: &Answer, list: &UserList<T>) -> Result<Range<u64>> {
    match (list.page.value(), list.page_total.value()) {
        // `page_total` alone tells the end: a page may be short, and the service may cut `length`.
        (Some(number), Some(total)) if number < total => Ok(number + 1..total.saturating_add(1)),
        (Some(_), Some(_)) => Ok(0..0),
        // Without numbers a listing would end after its first page and look whole.
        _ => Err(answer.error(
            ErrorKind::Decode,
            "the answer does not have the documented form: page or page_total is missing",
        )),
    }
}

/// Probely's errors: messages by field for 400, `{"detail": …}` for the rest, `{"error": …}` at passwords.
pub(crate) static DIALECT: Dialect = Dialect { request_id_headers: &["x-request-id", "cf-ray"], describe };

fn describe(failure: &Failure<'_>, details: &mut ErrorDetails) {
    details.service_message =
        ["/detail", "/error"].iter().find_map(|pointer| failure.text(pointer)).map(str::to_owned);
    if let (400, Some(Value::Object(fields))) = (failure.status, &failure.json) {
        for (name, messages) in fields.iter().filter(|(name, _)| !matches!(name.as_str(), "detail" | "error"))
        {
            details.field(name, messages);
        }
        if !details.field_errors.is_empty() {
            details.message = Some("the service refuses the values".into());
            details.hint = Some("correct the named fields".into());
        }
    }
    if failure.status == 401 {
        details.hint = Some("check the API key, and that the account's region is the key's".into());
    }
    // Cloudflare's own refusals come as a page or as JSON with a code such as 1010.
    let is_cloudflare = failure
        .json
        .as_ref()
        .is_some_and(|json| json.get("cloudflare_error").is_some() || json.get("error_code").is_some());
    if failure.status == 403 && is_cloudflare {
        details.kind = Some(ErrorKind::Upstream);
        details.message = Some("something in front of the service refused the request".into());
        details.hint = Some(
            "check whether this address or user agent is blocked; it is no matter of the key's permissions"
                .into(),
        );
    }
}
