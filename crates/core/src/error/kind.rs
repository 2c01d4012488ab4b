//! What kind of failure an error is.

use std::{fmt, str::FromStr};

use crate::words::{WordError, value_of_word};

/// The kind of a failure, which says what a caller can do.
///
/// ```
/// use anyprofile_core::ErrorKind;
///
/// // The words are stable: a log or an exit code can depend on them.
/// assert_eq!(ErrorKind::PermissionDenied.as_str(), "permission_denied");
/// assert_eq!("not_found".parse::<ErrorKind>()?, ErrorKind::NotFound);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration is wrong; change it. If there is no status, nothing was sent.
    Config,
    /// The service does not accept the credential, or it has expired; renew it.
    Unauthenticated,
    /// The credential does not have the permission; request it.
    PermissionDenied,
    /// The profile does not exist, or this credential may not see it.
    NotFound,
    /// The request is invalid; see [`Error::field_errors`](super::Error::field_errors). If there is no status, it was not sent.
    InvalidRequest,
    /// The request conflicts with the current state of the profile; read the profile again. Also, with nothing sent: a plan that is
    /// outdated or was executed before, and a guard of an off-boarding that was not allowed.
    Conflict,
    /// There were too many requests; wait, see [`Error::retry`](super::Error::retry).
    RateLimited,
    /// The service does not support this. If there is no status, nothing was sent.
    Unsupported,
    /// The service did not respond in time. Try again later if [`Error::retry`](super::Error::retry) says so, or allow more time; after a
    /// write, see [`Error::effect`](super::Error::effect) first.
    Timeout,
    /// The connection failed. Check the URL, the proxy and the certificates; then as for [`Timeout`](Self::Timeout).
    Transport,
    /// The service failed, or did not do what it accepted; as for [`Timeout`](Self::Timeout).
    Upstream,
    /// The response does not have the documented form, or is the record of another profile. Check the base URL and what is on the way;
    /// the same request will have the same response.
    Decode,
    /// The response is larger than allowed; ask for smaller pages, or allow more (`HttpOptions::max_response_bytes`).
    TooLarge,
    /// A listing ended, and not everybody who should have come is proven to have come; see
    /// [`ListReport::gaps`](crate::listing::ListReport::gaps). List again, or take what came with `list(query).read_all()`.
    Incomplete,
    /// The operation was cancelled: the service says so, or the runtime was shut down. After a write, see
    /// [`Error::effect`](super::Error::effect).
    Cancelled,
    /// A bug in this library; please report it.
    Internal,
}

impl ErrorKind {
    /// All kinds that this version knows.
    pub const ALL: &'static [Self] = &[
        Self::Config,
        Self::Unauthenticated,
        Self::PermissionDenied,
        Self::NotFound,
        Self::InvalidRequest,
        Self::Conflict,
        Self::RateLimited,
        Self::Unsupported,
        Self::Timeout,
        Self::Transport,
        Self::Upstream,
        Self::Decode,
        Self::TooLarge,
        Self::Incomplete,
        Self::Cancelled,
        Self::Internal,
    ];

    /// Returns the kind as a word in snake case, for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Unauthenticated => "unauthenticated",
            Self::PermissionDenied => "permission_denied",
            Self::NotFound => "not_found",
            Self::InvalidRequest => "invalid_request",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::Unsupported => "unsupported",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::Upstream => "upstream",
            Self::Decode => "decode",
            Self::TooLarge => "too_large",
            Self::Incomplete => "incomplete",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }
}

impl FromStr for ErrorKind {
    type Err = WordError;

    fn from_str(word: &str) -> std::result::Result<Self, WordError> {
        value_of_word("a kind of error", Self::ALL, Self::as_str, word)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
