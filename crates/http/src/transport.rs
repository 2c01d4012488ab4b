//! One exchange of a request and a response, without retries, redirects or meaning.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use anyprofile_core::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use http_body::Body as _;
use url::Url;

use crate::{encoding::Decoder, transport_error::TransportError};

/// What sends a request and gives the response as it comes.
///
/// Implement it to bring a client of your own. It must undo content encodings, of no more than the options allow; a timeout that
/// it has must end as [`Timeout`](crate::TransportErrorKind::Timeout). The request's extensions hold a
/// [`RequestContext`](crate::RequestContext).
///
/// It must repeat nothing and follow no redirect: a client that does so by itself repeats writes, carries the account's credential to
/// hosts that it is not for, and hides both from limits, observers and the [trusted origins](crate::HttpOptions::trusted_origins).
/// Redirects of reads are followed above it. Turn them off in a client of your own (`redirect::Policy::none()` in reqwest).
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

/// The body of a response, chunk by chunk.
///
/// With the feature `tower` it is an `http_body::Body` too.
pub struct ResponseBody {
    chunks: Chunks,
    /// How many bytes came, before they were decompressed.
    received: u64,
}

enum Chunks {
    Whole(Option<Bytes>),
    Stream(Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>),
    Client(reqwest::Body, Option<Box<Decoder>>),
    /// Nothing but a reason why not.
    Failed(Option<TransportError>),
}

impl ResponseBody {
    fn new(chunks: Chunks) -> Self {
        Self { chunks, received: 0 }
    }

    /// How many bytes came so far, before they were decompressed.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Creates a body that is there at once.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Chunks::Whole(Some(bytes.into())))
    }

    /// Creates a body that comes in chunks.
    pub fn from_stream(stream: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static) -> Self {
        Self::new(Chunks::Stream(Box::pin(stream)))
    }

    pub(crate) fn from_client(body: reqwest::Body, decoder: Option<Decoder>) -> Self {
        Self::new(Chunks::Client(body, decoder.map(Box::new)))
    }

    /// A body that cannot be read.
    pub(crate) fn failed(error: TransportError) -> Self {
        Self::new(Chunks::Failed(Some(error)))
    }

    /// Returns the next chunk, or `None` at the end. A chunk may be empty.
    ///
    /// # Errors
    /// If the body breaks off, comes too slowly or cannot be decompressed.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        std::future::poll_fn(|context| self.poll_chunk(context)).await.transpose()
    }

    pub(crate) fn poll_chunk(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        let received = &mut self.received;
        let mut count = |chunk: &Bytes| *received += chunk.len() as u64;
        Poll::Ready(match &mut self.chunks {
            Chunks::Whole(bytes) => bytes.take().inspect(count).map(Ok),
            Chunks::Stream(stream) => {
                let chunk = ready!(stream.as_mut().poll_next(context));
                chunk.map(|chunk| chunk.inspect(count))
            }
            Chunks::Failed(error) => error.take().map(Err),
            Chunks::Client(body, decoder) => match (ready!(poll_data(body, context)), decoder.as_mut()) {
                (Some(Err(error)), _) => Some(Err(TransportError::of_client(error))),
                (Some(Ok(chunk)), decoder) => {
                    count(&chunk);
                    Some(match decoder {
                        Some(undo) => undo.decode(chunk),
                        None => Ok(chunk),
                    })
                }
                (None, None) => None,
                (None, Some(undo)) => {
                    let rest = undo.finish();
                    *decoder = None;
                    rest.map(|rest| (!rest.is_empty()).then_some(rest)).transpose()
                }
            },
        })
    }
}

/// The next chunk of the built-in client's body, past trailers.
fn poll_data(
    body: &mut reqwest::Body,
    context: &mut Context<'_>,
) -> Poll<Option<Result<Bytes, reqwest::Error>>> {
    loop {
        let frame = match ready!(Pin::new(&mut *body).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        if let Ok(chunk) = frame.into_data() {
            return Poll::Ready(Some(Ok(chunk)));
        }
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ResponseBody(..)")
    }
}
