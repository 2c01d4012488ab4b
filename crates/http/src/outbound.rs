//! A request on its way, and what comes back.

use std::borrow::Cow;

use anyprofile_core::ProviderInfo;
use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use crate::{Request, TransportError};

/// How much of an error's body is read: enough for what it says, not for what a bad day brings.
pub(crate) const MAX_ERROR_BYTES: usize = 64 * 1024;

/// A request with all but its credential.
pub(crate) struct Outbound {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) idempotent: bool,
    pub(crate) place: Place,
    /// Whether a 404 is about what the request names, and not about the place.
    pub(crate) names_resource: bool,
    pub(crate) most_records: usize,
}

impl Outbound {
    /// A request that goes to this URL, with these headers besides its own.
    pub(crate) fn new(request: Request, url: Url, mut headers: HeaderMap, place: Place) -> Self {
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

/// Which of an account's servers a request goes to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// The service's API, below the base URL.
    Api,
    /// The token endpoint, which the setting of this name leads to.
    TokenEndpoint(&'static str),
}

impl Place {
    /// What to check where the place may be wrong.
    pub(crate) const fn setting(self) -> &'static str {
        match self {
            Self::Api => "the base URL",
            Self::TokenEndpoint(setting) => setting,
        }
    }

    /// The URL that was configured, or follows from it. It holds no credential and nothing of a profile.
    pub(crate) fn url<'a>(self, outbound: &'a Outbound, info: &'a ProviderInfo) -> &'a str {
        match self {
            Self::Api => &info.base_url,
            Self::TokenEndpoint(_) => outbound.url.as_str(),
        }
    }
}

/// A response as it came.
pub(crate) struct Received {
    /// The status; of a failure with a success status the one that it stands for.
    pub(crate) status: u16,
    /// The status as it came.
    pub(crate) sent_status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Whether the body is all that was sent. Of an error's body the start is enough.
    pub(crate) is_whole: bool,
}

/// An attempt without a whole response.
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
