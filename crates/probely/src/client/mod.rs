//! The API, operation by operation.

mod account;
mod users;
mod writes;

use anyprofile_core::Result;
use anyprofile_http::{HttpClient, Operation};

use crate::ProbelyConfig;

/// A client of Probely's API around users: one method an operation, records as they come.
///
/// Cheap to clone; clones share connections. An id is one segment of a path whatever it holds, and refused
/// before anything is sent if it is empty, `.` or `..`. So is a body that breaks a documented rule. No request that
/// writes is repeated when its outcome is not known. A page of a list says which pages remain; see
/// [`ResultList::remaining`](crate::wire::ResultList::remaining).
#[derive(Clone, Debug)]
pub struct ProbelyClient {
    http: HttpClient,
}

impl ProbelyClient {
    /// A client of an account.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config). No request is sent.
    pub fn new(config: ProbelyConfig) -> Result<Self> {
        config.http_client().map(|http| Self { http })
    }

    /// A client that shares the connections, limits and tokens of a provider
    /// ([`Connection::http`](anyprofile_engine::Connection::http)).
    pub fn over(http: &HttpClient) -> Self {
        Self { http: http.clone() }
    }

    async fn call<T>(&self, operation: Operation<T>) -> Result<T> {
        self.http.call(&operation).await.map(|reply| reply.value)
    }
}
