//! The typed client.

mod account;
mod assignments;
mod labels;
mod teams;
mod users;
mod writes;

use anyprofile_core::Result;
use anyprofile_http::{HttpClient, Operation};

use crate::ProbelyConfig;

/// A client of Probely's users API. It has a method for each operation and returns the records as the service
/// sends them.
///
/// Cheap to clone; clones share connections. An id is always one path segment. An id that is empty, `.` or
/// `..`, and a body that breaks a documented rule, are refused before anything is sent. Requests that write
/// are not retried if their outcome is not known. A page of a list tells which pages remain; see
/// [`ResultList::remaining`](crate::wire::ResultList::remaining).
#[derive(Clone, Debug)]
pub struct ProbelyClient {
    http: HttpClient,
}

impl ProbelyClient {
    /// Creates a client of an account. No request is sent.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a setting is invalid.
    pub fn new(config: ProbelyConfig) -> Result<Self> {
        config.http_client().map(|http| Self { http })
    }

    /// Creates a client that shares the connections, limits and tokens of a provider
    /// ([`Connection::http`](anyprofile_engine::Connection::http)).
    pub fn over(http: &HttpClient) -> Self {
        Self { http: http.clone() }
    }

    async fn call<T>(&self, operation: Operation<T>) -> Result<T> {
        self.http.call(&operation).await.map(|reply| reply.value)
    }
}
