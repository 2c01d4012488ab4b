//! A transport that uses a client of reqwest-middleware.

use anyprofile_core::async_trait;
use bytes::Bytes;
use reqwest_middleware::{ClientWithMiddleware, Error};

use crate::{
    HttpOptions, RequestContext, ResponseBody, Transport, TransportError, TransportErrorKind,
    builtin::received,
};

/// A [`Transport`] that sends requests through a [`ClientWithMiddleware`].
///
/// The client's own timeouts, TLS and proxies apply. Its middleware finds the [`RequestContext`] in the extensions. If middleware
/// returns a [`TransportError`], it is kept. Any other error of middleware becomes
/// [`Interrupted`](TransportErrorKind::Interrupted), since the request may have been sent.
///
/// # Rules
/// - The client must not follow redirects. reqwest follows them by default, and sends the credential again to the same host.
/// - Its middleware must not change the URL of a request.
/// - Its middleware must not retry: use a [`RetryPolicy`](crate::RetryPolicy).
///
/// A response from a different URL than the requested one is an error ([`Redirected`](TransportErrorKind::Redirected)), whatever its
/// status: it breaks one of the first two rules.
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

/// The host that reqwest sets for a response that middleware created without a URL.
const NO_URL: &str = "no.url.provided.local";

impl MiddlewareTransport {
    /// Creates a transport that sends requests through a client.
    pub fn new(client: ClientWithMiddleware) -> Self {
        Self { client, max_response_bytes: HttpOptions::default().max_response_bytes }
    }

    /// Sets the maximum size of a response after decompression, if the client has not decompressed it itself. Default: 32 MiB.
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
