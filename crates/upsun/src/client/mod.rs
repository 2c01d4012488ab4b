//! The typed client.

mod access;
mod invitations;
mod members;
mod mfa;
mod phone;
mod picture;
mod profile;
mod security;
mod team_access;
mod teams;
mod user;

use anyprofile_core::{Error, ErrorKind, Result, wire::Tolerant};
use anyprofile_http::{HttpClient, Operation};

use crate::{CursorPage, PageLink, UpsunConfig};

/// A client of Upsun's profile APIs. It has a method for each operation and returns the records as the
/// service sends them.
///
/// Cheap to clone; clones share connections and access tokens. An id is always one path segment. An id that
/// is empty, `.` or `..` is refused before anything is sent.
///
/// Only reads are retried. A change is sent once; if its outcome is not known, the error says so.
#[derive(Clone, Debug)]
pub struct UpsunClient {
    http: HttpClient,
}

impl UpsunClient {
    /// Creates a client of an account. No request is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if a setting is invalid.
    pub fn new(config: UpsunConfig) -> Result<Self> {
        config.http_client().map(|http| Self { http })
    }

    /// Creates a client that shares the connections, limits and access tokens of a provider
    /// ([`Connection::http`](anyprofile_engine::Connection::http)).
    pub fn over(http: &HttpClient) -> Self {
        Self { http: http.clone() }
    }

    /// Gets another page of a list. Parameters of the original query that the link does not repeat are added
    /// to it.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] before anything is sent, if the link leads to another host or resource, has no
    /// URL, or leads to the page that it came from.
    pub async fn follow<T: Tolerant>(&self, link: &PageLink<T>) -> Result<CursorPage<T>> {
        let operation = link.operation();
        let request = operation.request();
        if self.http.url(request)?.as_str() == link.from() {
            let message = "the link to the next page leads to the same page";
            return Err(Error::new(ErrorKind::Decode, message)
                .with_provider(self.http.info())
                .with_operation(request.operation().clone())
                .with_hint("the records so far are valid; there may be more"));
        }
        self.call(operation).await
    }

    async fn call<T>(&self, operation: Operation<T>) -> Result<T> {
        self.http.call(&operation).await.map(|reply| reply.value)
    }
}
