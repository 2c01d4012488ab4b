//! The API, operation by operation.

mod access;
mod phone;
mod picture;
mod profile;
mod security;
mod user;

use anyprofile_core::{Error, ErrorKind, Result, wire::Tolerant};
use anyprofile_http::{HttpClient, Operation};

use crate::{CursorPage, PageLink, UpsunConfig};

/// A client of Upsun's API around profiles: one method an operation, records as they come.
///
/// Cheap to clone; clones share connections and access tokens. An id is one segment of a path whatever it
/// holds, and refused before anything is sent if it is empty, `.` or `..`.
///
/// Only what reads is repeated by the client where that may help. A change is sent once: where its outcome is not
/// known, the error says so.
#[derive(Clone, Debug)]
pub struct UpsunClient {
    http: HttpClient,
}

impl UpsunClient {
    /// A client of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: UpsunConfig) -> Result<Self> {
        config.http_client().map(|http| Self { http })
    }

    /// A client that shares the connections, limits and access tokens of a provider
    /// ([`Connection::http`](anyprofile_engine::Connection::http)).
    pub fn over(http: &HttpClient) -> Self {
        Self { http: http.clone() }
    }

    /// Gets another page of a list. The link is merged with what was asked for, which the service does not
    /// always repeat in it.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], before anything is sent, if the link leads to another host or resource, has no
    /// address, or leads to the very page that it came from.
    pub async fn follow<T: Tolerant>(&self, link: &PageLink<T>) -> Result<CursorPage<T>> {
        let operation = link.operation();
        let request = operation.request();
        if self.http.url(request)?.as_str() == link.from() {
            let message = "the link to the next page leads to the page that it came from";
            return Err(Error::new(ErrorKind::Decode, message)
                .with_provider(self.http.info())
                .with_operation(request.operation().clone())
                .with_hint("what was delivered is good, and there may be more"));
        }
        self.call(operation).await
    }

    async fn call<T>(&self, operation: Operation<T>) -> Result<T> {
        self.http.call(&operation).await.map(|reply| reply.value)
    }
}
