//! The API, operation by operation.

mod organization;
mod user_profiles;
mod writes;

use anyprofile_core::Result;
use anyprofile_http::{HttpClient, Operation};

use crate::{AnthropicConfig, beta::Beta};

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
    http: HttpClient,
    beta: Beta,
}

impl AnthropicClient {
    /// A client of an account.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config). No request is sent.
    pub fn new(config: AnthropicConfig) -> Result<Self> {
        let beta = config.spoken_beta();
        config.http_client().map(|http| Self { http, beta })
    }

    /// A client that shares the connections, limits and credential of a provider
    /// ([`Connection::http`](anyprofile_engine::Connection::http)), with the beta of these settings.
    pub fn over(http: &HttpClient, config: &AnthropicConfig) -> Self {
        Self { http: http.clone(), beta: config.spoken_beta() }
    }

    async fn call<T>(&self, operation: Operation<T>) -> Result<T> {
        self.http.call(&operation).await.map(|reply| reply.value)
    }
}
