//! One exchange of a request and an answer, without retries, redirects or meaning.

use std::{fmt, pin::Pin};

use anyprofile_core::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use url::Url;

use crate::encoding::Decoder;

/// What sends a request and gives the answer as it comes.
///
/// Implement it to bring a client of your own. It must follow no redirect, repeat nothing, and undo
/// content encodings, of no more than the options allow; a timeout that it has must end as [`TransportErrorKind::Timeout`].
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// One exchange. Dropping the future gives it up.
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError>;

    /// The proxy that requests to a URL go through, as it is named in errors: its host and port and where it is
    /// configured, without credentials. Default: none is known.
    fn proxy_for(&self, url: &Url) -> Option<String> {
        let _ = url;
        None
    }

    /// Closes the connections that are open and not used. The next request opens another one. Default: none is kept open.
    fn close_idle(&self) {}
}

/// The body of an answer, piece by piece.
pub struct ResponseBody {
    pieces: Pieces,
    /// How many bytes came, before they were decompressed.
    received: u64,
}

enum Pieces {
    Whole(Option<Bytes>),
    Stream(Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>),
    Client(Box<reqwest::Response>, Option<Box<Decoder>>),
    /// Nothing but a reason why not.
    Failed(Option<TransportError>),
}

impl ResponseBody {
    fn new(pieces: Pieces) -> Self {
        Self { pieces, received: 0 }
    }

    /// How many bytes came so far, before they were decompressed.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// A body that is there at once.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Pieces::Whole(Some(bytes.into())))
    }

    /// A body that comes in pieces.
    pub fn from_stream(stream: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static) -> Self {
        Self::new(Pieces::Stream(Box::pin(stream)))
    }

    pub(crate) fn from_client(response: reqwest::Response, decoder: Option<Decoder>) -> Self {
        Self::new(Pieces::Client(Box::new(response), decoder.map(Box::new)))
    }

    /// A body that cannot be read.
    pub(crate) fn failed(error: TransportError) -> Self {
        Self::new(Pieces::Failed(Some(error)))
    }

    /// The next piece, or `None` at the end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, TransportError> {
        let received = &mut self.received;
        let mut count = |piece: Option<Bytes>| {
            *received += piece.as_ref().map_or(0, |piece| piece.len() as u64);
            piece
        };
        match &mut self.pieces {
            Pieces::Whole(bytes) => Ok(count(bytes.take())),
            Pieces::Stream(stream) => {
                let piece = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await;
                piece.transpose().map(count)
            }
            Pieces::Failed(error) => error.take().map_or(Ok(None), Err),
            Pieces::Client(response, decoder) => {
                let piece = count(response.chunk().await.map_err(crate::builtin::transport_error)?);
                match (piece, decoder.as_mut()) {
                    (Some(piece), Some(undo)) => undo.decode(piece).map(Some),
                    (piece, None) => Ok(piece),
                    (None, Some(undo)) => {
                        let rest = undo.finish()?;
                        *decoder = None;
                        Ok((!rest.is_empty()).then_some(rest))
                    }
                }
            }
        }
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ResponseBody(..)")
    }
}

/// An exchange that failed before its answer was whole.
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
    /// The connection broke while the request was sent or the answer was read.
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
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "the connection could not be made",
            Self::Certificate => "no secure connection: a certificate was not accepted",
            Self::ProxyCredentials => "the proxy asks for credentials",
            Self::Timeout => "the service did not answer in time",
            Self::Slow => "the response came too slowly",
            Self::Interrupted => "the connection broke before the answer was whole",
            Self::Encoding => "the answer does not decompress",
            Self::Protocol => "the response is not valid HTTP",
            Self::Refused => "the server did not take the request",
            Self::TooLarge => "the response is larger than allowed",
            Self::Request => "the request cannot be sent",
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
