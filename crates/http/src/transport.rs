//! Sends one request and receives its response, without retries or redirects.

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

/// Sends a request and returns the response as it arrives.
///
/// Implement it to bring your own HTTP client. The rules:
/// - It must not retry and must not follow redirects: that would repeat writes, send the account's credential to other hosts, and
///   bypass limits, observers and the [trusted origins](crate::HttpOptions::trusted_origins). Turn both off in your client
///   (`redirect::Policy::none()` in reqwest). [`HttpClient`](crate::HttpClient) follows the redirects of reads itself.
/// - It must undo content encodings, up to the size that the options allow.
/// - Its own timeouts must end as [`Timeout`](crate::TransportErrorKind::Timeout).
///
/// The request's extensions hold a [`RequestContext`](crate::RequestContext).
///
/// ```
/// use anyprofile_core::async_trait;
/// use anyprofile_http::{ResponseBody, Transport, TransportError, TransportErrorKind};
/// use bytes::Bytes;
///
/// /// Knows one page, and is down for everything else.
/// #[derive(Debug)]
/// struct OnePage;
///
/// #[async_trait]
/// impl Transport for OnePage {
///     async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
///         match request.uri().path() {
///             "/users" => Ok(http::Response::new(ResponseBody::from_bytes("[]"))),
///             _ => Err(TransportError::new(TransportErrorKind::Connect)),
///         }
///     }
/// }
/// ```
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends one request. Dropping the future cancels it.
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError>;

    /// Returns the proxy for requests to a URL, as errors name it: host, port and where it is configured, without credentials.
    /// Default: `None`.
    fn proxy_for(&self, url: &Url) -> Option<String> {
        let _ = url;
        None
    }

    /// Closes idle connections. The next request opens a new one. Default: does nothing.
    fn close_idle(&self) {}
}

/// The body of a response, chunk by chunk.
///
/// With the feature `tower` it is an `http_body::Body` too.
///
/// ```
/// use anyprofile_http::{ResponseBody, TransportError};
///
/// # async fn example() -> Result<(), TransportError> {
/// let mut body = ResponseBody::from_bytes("[]");
/// let mut received = 0;
/// while let Some(chunk) = body.chunk().await? {
///     received += chunk.len();
/// }
/// assert_eq!(received, 2);
/// # Ok(())
/// # }
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
pub struct ResponseBody {
    chunks: Chunks,
    /// Received bytes, before decompression.
    received: u64,
}

enum Chunks {
    Whole(Option<Bytes>),
    Stream(Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>),
    Client(reqwest::Body, Option<Box<Decoder>>),
    /// Cannot be read.
    Failed(Option<TransportError>),
}

impl ResponseBody {
    fn new(chunks: Chunks) -> Self {
        Self { chunks, received: 0 }
    }

    /// Returns the number of bytes received so far, before decompression.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Creates a body from bytes in memory.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Chunks::Whole(Some(bytes.into())))
    }

    /// Creates a body from a stream of chunks.
    pub fn from_stream(stream: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static) -> Self {
        Self::new(Chunks::Stream(Box::pin(stream)))
    }

    pub(crate) fn from_client(body: reqwest::Body, decoder: Option<Decoder>) -> Self {
        Self::new(Chunks::Client(body, decoder.map(Box::new)))
    }

    /// Creates a body that cannot be read.
    pub(crate) fn failed(error: TransportError) -> Self {
        Self::new(Chunks::Failed(Some(error)))
    }

    /// Returns the next chunk, or `None` at the end. A chunk may be empty.
    ///
    /// # Errors
    /// If the connection breaks, a timeout elapses, or the body cannot be decompressed.
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

/// Polls the next chunk of the built-in client's body and skips trailers.
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
