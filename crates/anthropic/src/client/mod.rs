//! The typed client.

mod groups;
mod invites;
mod service_accounts;
mod user_profiles;
mod users;
mod workspaces;

use anyprofile_core::Result;
use anyprofile_http::{HttpClient, Operation};

use crate::{AnthropicConfig, beta::Beta};

/// A client of Anthropic's user profiles and organization APIs. It has a method for each operation and
/// returns the records as the service sends them.
///
/// User profiles require an API key and the organization requires an admin key, so a program that reads both
/// needs two clients. Cheap to clone; clones share connections. An id is always one path segment. An id that
/// is empty, `.` or `..`, and a body that breaks a documented rule or contains a field that the account's
/// beta does not have, are refused before anything is sent. Requests that write are not retried if their
/// outcome is not known.
#[derive(Clone, Debug)]
pub struct AnthropicClient {
    http: HttpClient,
    beta: Beta,
}

impl AnthropicClient {
    /// Creates a client of an account. No request is sent.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a setting is invalid.
    pub fn new(config: AnthropicConfig) -> Result<Self> {
        let beta = config.spoken_beta();
        config.http_client().map(|http| Self { http, beta })
    }

    /// Creates a client that shares the connections, limits and credential of a provider
    /// ([`Connection::http`](anyprofile_engine::Connection::http)), with the beta of these settings.
    pub fn over(http: &HttpClient, config: &AnthropicConfig) -> Self {
        Self { http: http.clone(), beta: config.spoken_beta() }
    }

    async fn call<T>(&self, operation: Operation<T>) -> Result<T> {
        self.http.call(&operation).await.map(|reply| reply.value)
    }
}
