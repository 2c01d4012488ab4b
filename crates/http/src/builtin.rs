//! The built-in transport. The only file that names reqwest's client.

use std::sync::{Mutex, PoisonError};

use anyprofile_core::{Error, Result, async_trait};
use bytes::Bytes;
use reqwest::redirect::Policy;
use url::Url;

use crate::{
    HttpOptions, Proxy, ResponseBody, Transport, TransportError, TransportErrorKind,
    encoding::{ACCEPTED, Decoder, check_transfer},
    origin::is_loopback,
    proxy::Proxies,
    tls::with_tls,
    transport_error::plain,
};

/// The default transport. It sends requests through reqwest, and decompresses responses.
///
/// It uses the options' settings for connections, TLS and proxies. Create one yourself to wrap it, or to share it between clients.
/// These share its connections, and `close_idle` of one closes the idle connections of all:
///
/// ```
/// use std::sync::Arc;
///
/// use anyprofile_http::{BuiltinTransport, HttpOptions, Url};
///
/// # fn main() -> anyprofile_core::Result<()> {
/// let options = HttpOptions::default();
/// let transport = BuiltinTransport::new(&options, &Url::parse("https://api.example.com/").unwrap())?;
/// let options = options.with_transport(Arc::new(transport));
/// # let _ = options;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct BuiltinTransport {
    /// `None` after `close_idle`. The connections of a client end with its last clone.
    client: Mutex<Option<reqwest::Client>>,
    options: HttpOptions,
    base: Url,
    /// The proxies of the environment or the account. Empty if reqwest uses the system's own settings.
    proxies: Proxies,
    max_response_bytes: usize,
}

/// The maximum number of header lines of a response. Gateways add some.
const MAX_HEADERS: usize = 1024;
/// The maximum size of the header of an HTTP/2 response, in bytes: the default of HTTP/1.
const MAX_HEADER_BYTES: u32 = 256 * 1024;

impl BuiltinTransport {
    /// Creates a transport for requests below a base URL. Ignores the options [`transport`](HttpOptions::transport) and
    /// [`transport_layers`](HttpOptions::transport_layers). Sends no request.
    ///
    /// The base URL decides two things for all requests of the transport, also to other hosts:
    /// - If its host is loopback, the proxies of the environment and of the system are neither read nor used.
    /// - If its scheme is `http`, TLS is not checked here: in a build without a TLS backend, a request to an `https` URL fails
    ///   only when it is sent.
    ///
    /// For a transport that several clients share, therefore pass the base URL of a service that is not on this machine.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](anyprofile_core::ErrorKind::Config) if TLS, a root certificate or a proxy cannot be set up.
    pub fn new(options: &HttpOptions, base: &Url) -> Result<Self> {
        let (client, proxies) = build(options, base)?;
        Ok(Self {
            client: Mutex::new(Some(client)),
            options: options.clone(),
            base: base.clone(),
            proxies,
            max_response_bytes: options.max_response_bytes,
        })
    }

    /// Returns the client, or creates a new one after its connections were closed.
    fn client(&self) -> Result<reqwest::Client> {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        match &*client {
            Some(client) => Ok(client.clone()),
            None => Ok(client.insert(build(&self.options, &self.base)?.0).clone()),
        }
    }
}

/// Builds a client for a base URL, and returns it with its proxies.
fn build(options: &HttpOptions, base: &Url) -> Result<(reqwest::Client, Proxies)> {
    let builder = reqwest::Client::builder()
        .connect_timeout(options.connect_timeout)
        .read_timeout(options.read_timeout)
        .redirect(Policy::none())
        .referer(false)
        // This crate decodes bodies, also if another crate of the program turns on reqwest's features.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .http1_max_headers(MAX_HEADERS)
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        // This crate decides what is retried; reqwest would also retry on its own.
        .retry(reqwest::retry::never());
    let mut builder = with_tls(builder, options, base.scheme() == "https")?;
    let proxies = match &options.proxy {
        // Loopback is allowed without TLS because it stays on this machine, so it must not use a proxy.
        Proxy::Environment if is_loopback(base) => Some(Proxies::default()),
        Proxy::Environment => {
            let with_http = base.scheme() == "http" || options.allow_insecure_http;
            Proxies::from_variables(|name| std::env::var_os(name), with_http)?
        }
        Proxy::None => Some(Proxies::default()),
        Proxy::Url(url) => Some(Proxies::one(url)?),
    };
    // Without a variable, reqwest asks the system (macOS and Windows).
    if let Some(proxies) = &proxies {
        builder = with_proxies(builder.no_proxy(), proxies);
    }
    let client = builder.build().map_err(|error| {
        Error::config("the HTTP client cannot be built").with_source(plain(&error.without_url()))
    })?;
    Ok((client, proxies.unwrap_or_default()))
}

/// Sends requests through these proxies. Each scheme has its own rule, since a rule has one `Proxy-Authorization` header.
fn with_proxies(mut builder: reqwest::ClientBuilder, proxies: &Proxies) -> reqwest::ClientBuilder {
    for scheme in ["http", "https"] {
        let Some(server) = proxies.of(scheme) else { continue };
        let authorization = server.authorization.clone();
        let proxies = proxies.clone();
        let mut rule = reqwest::Proxy::custom(move |target| {
            proxies.server(target).filter(|_| target.scheme() == scheme).map(|server| server.url.clone())
        });
        if let Some(authorization) = authorization {
            rule = rule.custom_http_auth(authorization);
        }
        builder = builder.proxy(rule);
    }
    builder
}

#[async_trait]
impl Transport for BuiltinTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let mut request = reqwest::Request::try_from(request).map_err(TransportError::of_client)?;
        request.headers_mut().entry(http::header::ACCEPT_ENCODING).or_insert(ACCEPTED);
        // It was built before with the same options, so this is not expected to fail.
        let client = self
            .client()
            .map_err(|error| TransportError::new(TransportErrorKind::Request).with_source(error))?;
        let response = client.execute(request).await.map_err(TransportError::of_client)?;
        Ok(received(response, self.max_response_bytes))
    }

    fn proxy_for(&self, url: &Url) -> Option<String> {
        self.proxies.server(url).map(ToString::to_string)
    }

    fn close_idle(&self) {
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Converts a response of reqwest, and decodes its body unless the client has done so.
pub(crate) fn received(
    response: reqwest::Response,
    max_response_bytes: usize,
) -> http::Response<ResponseBody> {
    let (mut parts, body) = http::Response::<reqwest::Body>::from(response).into_parts();
    let decoder =
        check_transfer(&parts.headers).and_then(|()| Decoder::of(&parts.headers, max_response_bytes));
    if matches!(decoder, Ok(Some(_))) {
        // These describe the encoded body.
        parts.headers.remove(http::header::CONTENT_LENGTH);
        parts.headers.remove(http::header::CONTENT_ENCODING);
    }
    // The status must reach the caller even if the body cannot be read.
    let body = match decoder {
        Ok(decoder) => ResponseBody::from_client(body, decoder),
        Err(error) => ResponseBody::failed(error),
    };
    http::Response::from_parts(parts, body)
}

#[cfg(test)]
mod tests {
    use anyprofile_core::ErrorKind;

    use super::*;

    #[test]
    fn a_bad_proxy_is_a_configuration_error_that_does_not_repeat_it() {
        let options = HttpOptions::default().with_proxy(Proxy::Url("http://user:secret@[".to_owned()));
        let error = BuiltinTransport::new(&options, &Url::parse("https://x").unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error} {error:?} {options:?}").contains("secret"));
    }
}
