//! A transport out of a client of reqwest-middleware.

use anyprofile_core::async_trait;
use bytes::Bytes;
use reqwest_middleware::{ClientWithMiddleware, Error};

use crate::{
    HttpOptions, RequestContext, ResponseBody, Transport, TransportError, TransportErrorKind,
    builtin::received,
};

/// A [`Transport`] out of a [`ClientWithMiddleware`], for programs that have middleware of theirs.
///
/// The client's time-outs, TLS and proxies are its own. Middleware finds the [`RequestContext`] in its extensions. An error of
/// middleware that is a [`TransportError`] stays what it is; any other one counts as
/// [`Interrupted`](TransportErrorKind::Interrupted), which says that the request may have been sent.
///
/// What the client must not do:
/// - It must not follow redirects. reqwest does by default, and takes the credential along within a host.
/// - Its middleware must not change the URL of a request.
/// - Its middleware must not retry: [`RetryPolicy`](crate::RetryPolicy) is for that.
///
/// A response of another URL than was asked for is an error ([`Redirected`](TransportErrorKind::Redirected)), whatever its
/// status: which of the first two happened cannot be told apart.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use anyprofile_http::{HttpOptions, MiddlewareTransport};
/// use reqwest_middleware::{ClientBuilder, reqwest};
///
/// # fn main() -> Result<(), reqwest::Error> {
/// let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
/// let client = ClientBuilder::new(client).build();
/// let options = HttpOptions::default().with_transport(Arc::new(MiddlewareTransport::new(client)));
/// # let _ = options;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct MiddlewareTransport {
    client: ClientWithMiddleware,
    max_response_bytes: usize,
}

/// The host of a response that middleware made without one.
const NO_URL: &str = "no.url.provided.local";

impl MiddlewareTransport {
    /// Creates a transport that sends requests through a client.
    pub fn new(client: ClientWithMiddleware) -> Self {
        Self { client, max_response_bytes: HttpOptions::default().max_response_bytes }
    }

    /// Sets how large a response may be after decompression, where the client has not undone its encoding. Default: 32 MiB.
    pub fn with_max_response_bytes(mut self, max_response_bytes: usize) -> Self {
        self.max_response_bytes = max_response_bytes;
        self
    }
}

#[async_trait]
impl Transport for MiddlewareTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let mut extensions = http::Extensions::new();
        if let Some(context) = request.extensions().get::<RequestContext>() {
            extensions.insert(context.clone());
        }
        let request = reqwest::Request::try_from(request).map_err(TransportError::of_client)?;
        let url = request.url().clone();
        let response = self.client.execute_with_extensions(request, &mut extensions).await;
        let response = response.map_err(|error| match error {
            Error::Reqwest(error) => TransportError::of_client(error),
            // Its text may hold the URL.
            Error::Middleware(error) => error
                .downcast::<TransportError>()
                .unwrap_or_else(|_| TransportError::new(TransportErrorKind::Interrupted)),
        })?;
        if *response.url() != url && response.url().host_str() != Some(NO_URL) {
            return Err(TransportError::new(TransportErrorKind::Redirected));
        }
        Ok(received(response, self.max_response_bytes))
    }
}
