//! Transports that use a tower service, and tower services that use a transport.

use std::{
    error::Error as StdError,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use anyprofile_core::async_trait;
use bytes::{Buf as _, Bytes};
use futures_util::stream;
use http_body::{Body, Frame};
use tower_service::Service;
use url::Url;

use crate::{ResponseBody, Transport, TransportError, TransportErrorKind};

type BoxError = Box<dyn StdError + Send + Sync>;

/// A [`Transport`] that sends requests through a tower [`Service`], such as a client of hyper-util, or a [`TransportService`] with
/// tower layers.
///
/// Each request uses a clone of the service: it waits until the clone is ready, and calls it once. State that clones share applies to
/// all requests (a concurrency limit, a buffer). State that they do not share has no effect (a rate limit without a buffer).
///
/// If the service returns a [`TransportError`], it is kept. Any other error becomes
/// [`Interrupted`](TransportErrorKind::Interrupted), since the request may have been sent, and loses its text, which may hold the URL;
/// [`with_error_map`](Self::with_error_map) changes that. As for every [`Transport`], the service must not retry and must not follow
/// redirects: use no layer such as tower-http's `FollowRedirect`.
///
/// ```
/// use std::{convert::Infallible, sync::Arc};
///
/// use anyprofile_http::{HttpOptions, ResponseBody, TowerTransport};
/// use bytes::Bytes;
/// # use std::{future::{Ready, ready}, task::{Context, Poll}};
/// # #[derive(Clone)]
/// # struct Client;
/// # impl tower_service::Service<http::Request<Bytes>> for Client {
/// #     type Response = http::Response<ResponseBody>;
/// #     type Error = Infallible;
/// #     type Future = Ready<Result<Self::Response, Infallible>>;
/// #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> { Poll::Ready(Ok(())) }
/// #     fn call(&mut self, _: http::Request<Bytes>) -> Self::Future {
/// #         ready(Ok(http::Response::new(ResponseBody::from_bytes("[]"))))
/// #     }
/// # }
///
/// // Your own client.
/// let options = HttpOptions::default().with_transport(Arc::new(TowerTransport::new(Client)));
///
/// // Layers around the built-in one: `ServiceBuilder::new().layer(...).service(service)` of tower.
/// let options = HttpOptions::default()
///     .with_transport_layer(|inner| Arc::new(TowerTransport::around(inner, |service| service)));
/// # let _ = options;
/// ```
pub struct TowerTransport<S> {
    /// A service may be `Send` and not `Sync`. The lock is held only to clone it.
    service: Mutex<S>,
    inner: Option<Arc<dyn Transport>>,
    map_error: fn(BoxError) -> TransportError,
}

impl<S> TowerTransport<S> {
    /// Creates a transport that sends requests through a service.
    pub fn new(service: S) -> Self {
        Self { service: Mutex::new(service), inner: None, map_error: unknown }
    }

    /// Creates a transport that puts layers around another one. `proxy_for` and `close_idle` are forwarded to the inner one.
    pub fn around(inner: Arc<dyn Transport>, layers: impl FnOnce(TransportService) -> S) -> Self {
        let service = layers(TransportService::new(Arc::clone(&inner)));
        Self { inner: Some(inner), ..Self::new(service) }
    }

    /// Sets how errors of the service and of its bodies that are not a [`TransportError`] are converted. The result must hold no URL,
    /// header or body.
    ///
    /// ```
    /// use std::io;
    ///
    /// use anyprofile_http::{TowerTransport, TransportError, TransportErrorKind};
    ///
    /// fn transport<S>(service: S) -> TowerTransport<S> {
    ///     TowerTransport::new(service).with_error_map(|error| {
    ///         TransportError::new(match error.downcast_ref::<io::Error>().map(io::Error::kind) {
    ///             Some(io::ErrorKind::ConnectionRefused) => TransportErrorKind::Connect,
    ///             Some(io::ErrorKind::TimedOut) => TransportErrorKind::Timeout,
    ///             _ => TransportErrorKind::Interrupted,
    ///         })
    ///     })
    /// }
    /// # let _ = transport(());
    /// ```
    pub fn with_error_map(mut self, map: fn(BoxError) -> TransportError) -> Self {
        self.map_error = map;
        self
    }
}

/// Converts an unknown error. The request may have been sent.
fn unknown(_: BoxError) -> TransportError {
    TransportError::new(TransportErrorKind::Interrupted)
}

fn transport_error(error: BoxError, map: fn(BoxError) -> TransportError) -> TransportError {
    match error.downcast::<TransportError>() {
        Ok(error) => *error,
        Err(error) => map(error),
    }
}

impl<S> fmt::Debug for TowerTransport<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TowerTransport").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[async_trait]
impl<S, B> Transport for TowerTransport<S>
where
    S: Service<http::Request<Bytes>, Response = http::Response<B>> + Clone + Send,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let map = self.map_error;
        let failed = |error: S::Error| transport_error(error.into(), map);
        // Readiness belongs to one clone: call the clone that became ready.
        let mut service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        std::future::poll_fn(|context| service.poll_ready(context)).await.map_err(failed)?;
        let response = service.call(request).await.map_err(failed)?;
        Ok(response.map(|body| chunks(body, map)))
    }

    fn proxy_for(&self, url: &Url) -> Option<String> {
        self.inner.as_ref()?.proxy_for(url)
    }

    fn close_idle(&self) {
        if let Some(inner) = &self.inner {
            inner.close_idle();
        }
    }
}

/// Returns the data of a body, without trailers.
fn chunks<B>(body: B, map: fn(BoxError) -> TransportError) -> ResponseBody
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    ResponseBody::from_stream(stream::unfold(Box::pin(body), move |mut body| async move {
        loop {
            let frame = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await?;
            match frame.map(Frame::into_data) {
                Ok(Ok(mut data)) => return Some((Ok(data.copy_to_bytes(data.remaining())), body)),
                Ok(Err(_)) => {}
                Err(error) => return Some((Err(transport_error(error.into(), map)), body)),
            }
        }
    }))
}

/// A tower [`Service`] that sends requests through a [`Transport`]. It is always ready, and clones share the transport.
///
/// See [`TowerTransport::around`].
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes("[]")))
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), TransportError> {
/// use anyprofile_http::TransportService;
/// use bytes::Bytes;
/// use tower_service::Service;
///
/// // A test calls a service with layers as tower does.
/// let mut service = TransportService::new(Arc::new(InMemory));
/// let response = service.call(http::Request::new(Bytes::new())).await?;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TransportService(Arc<dyn Transport>);

impl TransportService {
    /// Creates a service that sends requests through a transport.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }
}

impl Service<http::Request<Bytes>> for TransportService {
    type Response = http::Response<ResponseBody>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Bytes>) -> Self::Future {
        let transport = Arc::clone(&self.0);
        Box::pin(async move { transport.send(request).await })
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let chunk = self.get_mut().poll_chunk(context);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}
