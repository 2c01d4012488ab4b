//! A request as it is sent, and the result of an attempt.

use std::borrow::Cow;

use anyprofile_core::ProviderInfo;
use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use crate::{Request, TransportError};

/// How much of an error's body is read, in bytes.
pub(crate) const MAX_ERROR_BYTES: usize = 64 * 1024;

/// A request that is complete except for its credential.
pub(crate) struct Outbound {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) idempotent: bool,
    pub(crate) place: TargetServer,
    /// Whether a 404 means that the named record does not exist, and not that the base URL is wrong.
    pub(crate) names_resource: bool,
    pub(crate) most_records: usize,
}

impl Outbound {
    /// Creates a request to a URL, with `headers` besides its own.
    pub(crate) fn new(request: Request, url: Url, mut headers: HeaderMap, place: TargetServer) -> Self {
        headers.extend(request.headers);
        Self {
            operation: request.operation,
            method: request.method,
            url,
            headers,
            body: request.body,
            idempotent: request.idempotent,
            place,
            names_resource: request.names_resource || request.link.is_some(),
            most_records: request.most_records,
        }
    }
}

/// The server of an account that a request is sent to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TargetServer {
    /// The service's API, below the base URL.
    Api,
    /// The token endpoint, with the name of its setting.
    TokenEndpoint(&'static str),
}

impl TargetServer {
    /// Returns the name of the setting to check if the URL may be wrong.
    pub(crate) const fn setting(self) -> &'static str {
        match self {
            Self::Api => "the base URL",
            Self::TokenEndpoint(setting) => setting,
        }
    }

    /// Returns the configured URL. It holds no credential and nothing of a profile.
    pub(crate) fn url<'a>(self, outbound: &'a Outbound, info: &'a ProviderInfo) -> &'a str {
        match self {
            Self::Api => &info.base_url,
            Self::TokenEndpoint(_) => outbound.url.as_str(),
        }
    }
}

/// A response of any status.
pub(crate) struct Received {
    /// The status. If a success status reports a failure, the status that the failure means.
    pub(crate) status: u16,
    /// The status that was sent.
    pub(crate) sent_status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Whether the body is complete. Of an error's body, only the start is read.
    pub(crate) is_whole: bool,
}

/// An attempt without a complete response.
pub(crate) enum Broken {
    Transport(TransportError),
    TooLarge(u16, HeaderMap),
    Redirect(u16, HeaderMap, &'static str),
}

impl From<TransportError> for Broken {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}
