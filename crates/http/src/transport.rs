//! One exchange of a request and an answer, without retries, redirects or meaning.

use std::{fmt, pin::Pin};

use anyprofile_core::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use url::Url;

use crate::{encoding::Decoder, transport_error::TransportError};

/// What sends a request and gives the answer as it comes.
///
/// Implement it to bring a client of your own. It must follow no redirect, repeat nothing, and undo
/// content encodings, of no more than the options allow; a timeout that it has must end as [`Timeout`](crate::TransportErrorKind::Timeout).
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
                let piece = count(response.chunk().await.map_err(TransportError::of_client)?);
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
