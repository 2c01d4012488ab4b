//! The API, operation by operation. Every path ends with a slash: without it the service redirects.

mod account;
mod dialect;
mod list;
mod rules;
mod users;
mod writes;

use anyprofile_core::Result;
use anyprofile_http::HttpClient;

use crate::ProbelyConfig;

pub use self::{
    account::ListEntries,
    users::{ListUsers, LogicalOperator},
};
pub(crate) use self::{
    account::{own_profile, profile_request},
    dialect::DIALECT,
    list::remaining_pages,
    users::{api_user_list_request, api_user_request, list_request, user_list, user_request},
};

/// A client of Probely's API around users: one method an operation, records as they come.
///
/// Cheap to clone; clones share connections. An id is one segment of a path whatever it holds, and refused
/// before anything is sent if it is empty, `.` or `..`. So is a body that breaks a documented rule. No request that
/// writes is repeated when its outcome is not known. A page of a list says which pages remain; see
/// [`ResultList::remaining`](crate::wire::ResultList::remaining).
#[derive(Clone, Debug)]
pub struct ProbelyClient {
    pub(crate) http: HttpClient,
}

impl ProbelyClient {
    /// A client of an account.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config). No request is sent.
    pub fn new(config: ProbelyConfig) -> Result<Self> {
        config.connect().map(|http| Self { http })
    }
}
