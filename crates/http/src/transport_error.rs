//! Errors of a transport.

use std::fmt;

/// The failure of a request before its response was complete.
///
/// ```
/// use std::io;
///
/// use anyprofile_http::{TransportError, TransportErrorKind};
///
/// // What a transport of your own makes of its client's error.
/// fn of(error: io::Error) -> TransportError {
///     let kind = match error.kind() {
///         io::ErrorKind::ConnectionRefused => TransportErrorKind::Connect,
///         io::ErrorKind::TimedOut => TransportErrorKind::Timeout,
///         _ => TransportErrorKind::Interrupted,
///     };
///     TransportError::new(kind).with_source(error)
/// }
///
/// assert_eq!(of(io::ErrorKind::TimedOut.into()).kind, TransportErrorKind::Timeout);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct TransportError {
    /// Where the request failed.
    pub kind: TransportErrorKind,
    /// The cause. Its text must hold no URL, header or body.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl fmt::Display for TransportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(formatter)
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Where a request failed before its response was complete.
///
/// ```
/// use anyprofile_http::TransportErrorKind;
///
/// /// Whether somebody must change a setting before it can work.
/// fn needs_a_person(kind: TransportErrorKind) -> bool {
///     matches!(kind, TransportErrorKind::Certificate | TransportErrorKind::ProxyCredentials)
/// }
///
/// assert!(needs_a_person(TransportErrorKind::ProxyCredentials));
/// assert!(!needs_a_person(TransportErrorKind::Timeout));
/// assert_eq!(TransportErrorKind::Timeout.to_string(), "the service did not respond in time");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The connection could not be opened. Nothing was sent.
    Connect,
    /// The connection could not be opened, because one side did not accept the other's certificate. Nothing was sent.
    Certificate,
    /// The connection could not be opened, because the proxy requires credentials or refuses those that were sent. Nothing was
    /// sent to the service.
    ProxyCredentials,
    /// A timeout elapsed.
    Timeout,
    /// The body was slower than the minimum throughput.
    Slow,
    /// The connection broke while the request was sent or the response was read.
    Interrupted,
    /// The body cannot be decompressed, or has an unknown encoding.
    Encoding,
    /// The response is not valid HTTP, or its header is too large to be read.
    Protocol,
    /// The server says that it did not process the request (HTTP/2: a refused stream, or a graceful GOAWAY). Any request may be
    /// sent again, a write too.
    Refused,
    /// The response is larger than allowed.
    TooLarge,
    /// The request is not valid and cannot be sent.
    Request,
    /// The response came from a different URL than the requested one: a client other than the built-in one followed a redirect, or
    /// its middleware changed the URL. A [`Transport`](crate::Transport) must do neither. The credential may have been sent there.
    Redirected,
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "the connection could not be opened",
            Self::Certificate => "the connection could not be opened: a certificate was not accepted",
            Self::ProxyCredentials => "the proxy requires credentials",
            Self::Timeout => "the service did not respond in time",
            Self::Slow => "the response was too slow",
            Self::Interrupted => "the connection broke before the response was complete",
            Self::Encoding => "the response cannot be decompressed",
            Self::Protocol => "the response is not valid HTTP",
            Self::Refused => "the server did not process the request",
            Self::TooLarge => "the response is larger than allowed",
            Self::Request => "the request cannot be sent",
            Self::Redirected => "the response came from a different URL than the requested one",
        })
    }
}

impl TransportErrorKind {
    /// Returns whether the request had no effect: it was not sent, or the server did not process it.
    pub(crate) const fn is_before_sending(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Certificate | Self::ProxyCredentials | Self::Refused | Self::Request
        )
    }
}

impl std::error::Error for TransportErrorKind {}

impl TransportError {
    /// Creates an error without a cause.
    pub fn new(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Sets the cause. Its text must hold no URL, header or body.
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl TransportError {
    /// Converts an error of reqwest, without the URL, whose query may hold an e-mail address.
    pub(crate) fn of_client(error: reqwest::Error) -> Self {
        let error = error.without_url();
        // A connect timeout is both `is_connect` and `is_timeout`: nothing was sent.
        let kind = if error.is_connect() {
            connect_kind(&plain(&error))
        } else if error.is_timeout() {
            TransportErrorKind::Timeout
        } else if error.is_builder() {
            TransportErrorKind::Request
        } else {
            sent_kind(&error)
        };
        TransportError::new(kind).with_source(plain(&error))
    }
}

/// Returns why a connection could not be opened, read from the texts of its causes: their types are private to the TLS library
/// and the proxy connector. A retry helps with neither a certificate nor credentials.
fn connect_kind(causes: &str) -> TransportErrorKind {
    let causes = causes.to_ascii_lowercase();
    if causes.contains("proxy authorization required") {
        TransportErrorKind::ProxyCredentials
    } else if causes.contains("certificate") {
        TransportErrorKind::Certificate
    } else {
        TransportErrorKind::Connect
    }
}

/// Returns what failed after the connection was open.
fn sent_kind(error: &(dyn std::error::Error + 'static)) -> TransportErrorKind {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    let kind = causes.find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<h2::Error>() {
            return h2_kind(error.is_remote(), error.is_go_away(), error.is_reset(), error.reason());
        }
        let is_unreadable = cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
        is_unreadable.then_some(TransportErrorKind::Protocol)
    });
    kind.unwrap_or(TransportErrorKind::Interrupted)
}

/// Returns [`Refused`](TransportErrorKind::Refused) for an HTTP/2 error that says the server did not process the request
/// (RFC 9113 §8.7).
fn h2_kind(
    is_remote: bool,
    is_go_away: bool,
    is_reset: bool,
    reason: Option<h2::Reason>,
) -> Option<TransportErrorKind> {
    let took_no_notice = (is_go_away && reason == Some(h2::Reason::NO_ERROR))
        || (is_reset && reason == Some(h2::Reason::REFUSED_STREAM));
    (is_remote && took_no_notice).then_some(TransportErrorKind::Refused)
}

/// Returns the chain of causes as text, so that our errors hold no type of reqwest.
pub(crate) fn plain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut causes: Vec<_> = causes.map(ToString::to_string).collect();
    // reqwest wraps a body error in another one with the same text.
    causes.dedup();
    causes.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_time_does_not_mend_is_told_from_a_connection_that_fails() {
        use TransportErrorKind::{Certificate, Connect, ProxyCredentials};
        for (causes, kind) in [
            ("client error (Connect): invalid peer certificate: Expired", Certificate),
            ("client error (Connect): invalid peer certificate: UnknownIssuer", Certificate),
            (
                "client error (Connect): invalid peer certificate: certificate not valid for name \"x\"",
                Certificate,
            ),
            ("error:0A000086:SSL routines::certificate verify failed", Certificate),
            ("received fatal alert: CertificateRequired", Certificate),
            ("client error (Connect): tunnel error: proxy authorization required", ProxyCredentials),
            ("client error (Connect): tunnel error: unsuccessful", Connect),
            ("client error (Connect): tcp connect error: Connection refused (os error 111)", Connect),
            ("client error (Connect): received fatal alert: HandshakeFailure", Connect),
        ] {
            assert_eq!(connect_kind(causes), kind, "{causes}");
        }
    }

    #[test]
    fn what_the_other_side_took_no_notice_of_is_told_from_what_broke() {
        use h2::Reason;
        for (is_remote, is_go_away, is_reset, reason, took_no_notice) in [
            (true, true, false, Reason::NO_ERROR, true),
            (true, false, true, Reason::REFUSED_STREAM, true),
            (false, true, false, Reason::NO_ERROR, false),
            (true, false, true, Reason::NO_ERROR, false),
            (true, true, false, Reason::ENHANCE_YOUR_CALM, false),
            (true, false, true, Reason::INTERNAL_ERROR, false),
            (true, false, true, Reason::CANCEL, false),
        ] {
            let kind = h2_kind(is_remote, is_go_away, is_reset, Some(reason));
            assert_eq!(kind == Some(TransportErrorKind::Refused), took_no_notice, "{reason:?}");
        }
    }
}
