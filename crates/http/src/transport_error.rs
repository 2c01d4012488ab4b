//! Where an exchange failed.

use std::fmt;

/// An exchange that failed before its response was whole.
#[derive(Debug)]
#[non_exhaustive]
pub struct TransportError {
    /// Where it failed.
    pub kind: TransportErrorKind,
    /// The cause, in words without a URL, header or body.
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

/// Where an exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: nothing was sent.
    Connect,
    /// No connection, since the server's certificate was not accepted, or ours was not: nothing was sent.
    Certificate,
    /// No connection, since the proxy asks for credentials, or for other ones: nothing was sent.
    ProxyCredentials,
    /// It took too long.
    Timeout,
    /// The body came too slowly.
    Slow,
    /// The connection broke while the request was sent or the response was read.
    Interrupted,
    /// The body does not decompress, or has an encoding that is not known.
    Encoding,
    /// The response is not valid HTTP, or its header is larger than can be read.
    Protocol,
    /// The server took no notice of the request, and says so (HTTP/2: a refused stream, or a connection that ends): it may
    /// be sent again, whatever it is.
    Refused,
    /// The response is larger than allowed.
    TooLarge,
    /// The request cannot be sent at all.
    Request,
    /// The response is of another URL than was asked for: a client other than the built-in one followed a redirect, or its
    /// middleware changed the URL. A [`Transport`](crate::Transport) must do neither. The credential may have gone there.
    Redirected,
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "the connection could not be made",
            Self::Certificate => "no secure connection: a certificate was not accepted",
            Self::ProxyCredentials => "the proxy asks for credentials",
            Self::Timeout => "the service did not answer in time",
            Self::Slow => "the response came too slowly",
            Self::Interrupted => "the connection broke before the response was whole",
            Self::Encoding => "the response does not decompress",
            Self::Protocol => "the response is not valid HTTP",
            Self::Refused => "the server did not take the request",
            Self::TooLarge => "the response is larger than allowed",
            Self::Request => "the request cannot be sent",
            Self::Redirected => "the response is of another URL than was asked for",
        })
    }
}

impl TransportErrorKind {
    /// Whether nothing of the request was sent.
    pub(crate) const fn is_before_sending(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Certificate | Self::ProxyCredentials | Self::Refused | Self::Request
        )
    }
}

impl std::error::Error for TransportErrorKind {}

impl TransportError {
    /// A failure without a further cause.
    pub fn new(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// The same failure with its cause, in words without a URL, header or body.
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl TransportError {
    /// What an error of the built-in client means, without the URL, which may hold an e-mail address in its query.
    pub(crate) fn of_client(error: reqwest::Error) -> Self {
        let error = error.without_url();
        // A connection that takes too long is both: nothing was sent.
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

/// What kept a connection from being made, by the texts of its causes: their types are the TLS library's and the
/// proxy connector's own. Time mends neither a certificate nor credentials.
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

/// What went wrong once there was a connection.
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

/// What an error of HTTP/2 means, where it means something of its own (RFC 9113 §8.7): the other side took no notice of
/// the request.
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

/// The chain of causes as text, so that no type of the client is in ours.
pub(crate) fn plain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut causes: Vec<_> = causes.map(ToString::to_string).collect();
    // reqwest wraps an error of a body in one of its own that says the same.
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
