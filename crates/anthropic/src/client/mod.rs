//! The API, operation by operation.

mod dialect;
mod organization;
mod rules;
mod user_profiles;
mod writes;

use std::sync::Arc;

use anyprofile_core::{Error, ErrorKind, Result};
use anyprofile_http::{HttpClient, Request};

use crate::AnthropicConfig;

pub(crate) use self::{
    dialect::DIALECT,
    organization::{
        id_page, invite_request, invites_request, organization_request, organization_user_request,
        organization_users_request,
    },
    user_profiles::user_profile_list,
    writes::{delete_invite_request, remove_organization_user_request},
};
pub use self::{
    organization::{ListInvites, ListOrganizationUsers},
    user_profiles::{ListUserProfiles, OrderBy, SortDirection},
};

/// A client of Anthropic's APIs of user profiles and of the organization: one method an operation, records as
/// they come.
///
/// The two ask for different credentials: user profiles for an API key, the organization for an Admin key, so a
/// program that reads both has two clients. Cheap to clone; clones share connections. An id is one segment of a
/// path whatever it holds, and refused before anything is sent if it is empty, `.` or `..`. So is a body that breaks a
/// documented rule or holds a field that the account's beta does not know. No request that writes is repeated when its
/// outcome is not known.
#[derive(Clone, Debug)]
pub struct AnthropicClient {
    pub(crate) http: HttpClient,
    beta_query: bool,
    /// Decides which fields can be sent.
    beta: Option<Arc<str>>,
}

impl AnthropicClient {
    /// A client of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: AnthropicConfig) -> Result<Self> {
        let beta_query = config.beta_query && config.beta.is_some();
        let beta = config.beta.as_deref().map(Arc::from);
        config.connect().map(|http| Self { http, beta_query, beta })
    }

    /// The request with the parameter of the betas, where that is sent.
    fn in_beta(&self, request: Request) -> Request {
        request.query("beta", self.beta_query.then_some(true))
    }

    /// An error about a request that is not sent.
    fn refusal(&self, operation: &'static str, message: &'static str) -> Error {
        Error::new(ErrorKind::InvalidRequest, message)
            .with_provider(self.http.info())
            .with_operation(operation)
    }
}
