//! The settings of a client.

use std::{fmt, sync::Arc, time::Duration};

use crate::{ExponentialBackoff, Observer, RetryPolicy, Transport};

/// Settings of an [`HttpClient`](crate::HttpClient), the same for every service. The defaults suit a program that runs unattended.
///
/// ```
/// use std::time::Duration;
///
/// use anyprofile_http::{HttpOptions, Proxy};
///
/// let options = HttpOptions::default()
///     .with_operation_timeout(Duration::from_secs(120))
///     .with_max_attempts(5)
///     .with_max_requests_per_second(20)
///     .with_proxy(Proxy::Url("http://proxy.example.com:3128".to_owned()))
///     .with_user_agent("access-review/2.1");
/// assert_eq!(options.max_attempts, 5);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpOptions {
    /// The timeout of connecting, TLS included. Default: 5 s.
    pub connect_timeout: Duration,
    /// How long the service may be silent while a response is read. Default: 30 s.
    pub read_timeout: Duration,
    /// The minimum throughput of a response body, averaged over 20 s; 0 means no minimum. A slower attempt fails and may be
    /// retried. If no byte arrives at all, [`read_timeout`](Self::read_timeout) applies. Default: 128.
    pub min_bytes_per_second: u32,
    /// The timeout of one attempt, its whole body included. Default: 60 s.
    pub attempt_timeout: Duration,
    /// The timeout of an operation, with all attempts and waits. Default: 5 min.
    pub operation_timeout: Duration,
    /// The maximum number of attempts of an operation that may be repeated. Used by the default policy only, not by
    /// [another one](Self::retry_policy). Default: 3.
    pub max_attempts: u32,
    /// How many retries an account has over all its operations, so that retries do not amplify an outage. Each success restores a
    /// tenth of a retry. Default: 20.
    pub retry_budget: u32,
    /// Whether a wait is random between zero and its bound (0.5 s, then 1 s, 2 s and so on up to 8 s), so that many programs do not
    /// retry at the same moment. Without jitter, a wait is half its bound, for tests that measure time. A wait that the service asks
    /// for is never random. Used by the default policy only, not by [another one](Self::retry_policy). Default: yes.
    pub jitter: bool,
    /// Decides whether a failed attempt is retried, and when. Default: [`ExponentialBackoff`] with
    /// [`max_attempts`](Self::max_attempts) and [`jitter`](Self::jitter).
    pub retry_policy: Option<Arc<dyn RetryPolicy>>,
    /// The maximum number of concurrent requests of an account; 0 means no limit. A prefetched page of a listing counts. Default: 8.
    pub max_concurrency: u32,
    /// The maximum number of requests per second of an account; 0 means no limit. The rate slows down further when the service
    /// responds with 429 or reports that few requests are left, and recovers later. Default: 0.
    pub max_requests_per_second: u32,
    /// The maximum size of a response after decompression, in bytes. Default: 32 MiB.
    pub max_response_bytes: usize,
    /// A product token before the library's own in `User-Agent`.
    pub user_agent: Option<String>,
    /// Certificate authorities to trust besides the platform's, as PEM.
    pub root_certificates: Vec<Vec<u8>>,
    /// The proxy. Default: [`Proxy::Environment`].
    pub proxy: Proxy,
    /// Whether `http://` is allowed to hosts other than loopback. Credentials are then sent unencrypted. Default: no.
    pub allow_insecure_http: bool,
    /// Further origins (`https://host[:port]`) that redirects and next links may lead to. The credential may be sent to them.
    pub trusted_origins: Vec<String>,
    /// The TLS library. Default: [`TlsBackend::Default`].
    pub tls: TlsBackend,
    /// The transport that replaces the built-in client. The settings above about connections, TLS and proxies then have no effect.
    pub transport: Option<Arc<dyn Transport>>,
    /// The layers around the transport, the innermost first.
    pub transport_layers: Vec<TransportLayer>,
    /// The observers of each operation, called in this order.
    pub observers: Vec<Arc<dyn Observer>>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            min_bytes_per_second: 128,
            attempt_timeout: Duration::from_secs(60),
            operation_timeout: Duration::from_secs(5 * 60),
            max_attempts: 3,
            retry_budget: 20,
            jitter: true,
            retry_policy: None,
            max_concurrency: 8,
            max_requests_per_second: 0,
            max_response_bytes: 32 * 1024 * 1024,
            user_agent: None,
            root_certificates: Vec::new(),
            proxy: Proxy::Environment,
            allow_insecure_http: false,
            trusted_origins: Vec::new(),
            tls: TlsBackend::Default,
            transport: None,
            transport_layers: Vec::new(),
            observers: Vec::new(),
        }
    }
}

macro_rules! with {
    ($($(#[$meta:meta])* $method:ident($field:ident: $type:ty);)+) => {
        impl HttpOptions {
            $(
                $(#[$meta])*
                pub fn $method(mut self, $field: $type) -> Self {
                    self.$field = $field;
                    self
                }
            )+
        }
    };
}

with! {
    /// Sets [`connect_timeout`](Self::connect_timeout).
    with_connect_timeout(connect_timeout: Duration);
    /// Sets [`read_timeout`](Self::read_timeout).
    with_read_timeout(read_timeout: Duration);
    /// Sets [`min_bytes_per_second`](Self::min_bytes_per_second).
    with_min_bytes_per_second(min_bytes_per_second: u32);
    /// Sets [`attempt_timeout`](Self::attempt_timeout).
    with_attempt_timeout(attempt_timeout: Duration);
    /// Sets [`operation_timeout`](Self::operation_timeout).
    with_operation_timeout(operation_timeout: Duration);
    /// Sets [`max_attempts`](Self::max_attempts).
    with_max_attempts(max_attempts: u32);
    /// Sets [`retry_budget`](Self::retry_budget).
    with_retry_budget(retry_budget: u32);
    /// Sets [`jitter`](Self::jitter).
    with_jitter(jitter: bool);
    /// Sets [`max_concurrency`](Self::max_concurrency).
    with_max_concurrency(max_concurrency: u32);
    /// Sets [`max_requests_per_second`](Self::max_requests_per_second).
    with_max_requests_per_second(max_requests_per_second: u32);
    /// Sets [`max_response_bytes`](Self::max_response_bytes).
    with_max_response_bytes(max_response_bytes: usize);
    /// Sets [`proxy`](Self::proxy).
    with_proxy(proxy: Proxy);
    /// Sets [`allow_insecure_http`](Self::allow_insecure_http).
    with_allow_insecure_http(allow_insecure_http: bool);
    /// Sets [`trusted_origins`](Self::trusted_origins).
    with_trusted_origins(trusted_origins: Vec<String>);
    /// Sets [`tls`](Self::tls).
    with_tls(tls: TlsBackend);
}

impl HttpOptions {
    /// Adds a product token (`backup-job/1.4`) before the library's own in `User-Agent`.
    pub fn with_user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Adds a trusted certificate authority. `pem` may hold several.
    pub fn with_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Sets [`retry_policy`](Self::retry_policy).
    pub fn with_retry_policy(mut self, policy: Arc<dyn RetryPolicy>) -> Self {
        self.retry_policy = Some(policy);
        self
    }

    /// Returns the policy that is set, or the default one.
    pub(crate) fn policy(&self) -> Arc<dyn RetryPolicy> {
        self.retry_policy.clone().unwrap_or_else(|| {
            let backoff = ExponentialBackoff::new().with_jitter(self.jitter);
            Arc::new(backoff.with_attempt_limit(self.max_attempts))
        })
    }

    /// Sends the requests through `transport` instead of the built-in client.
    pub fn with_transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Adds a layer around the transport: the built-in one, or [the one that is set](Self::with_transport).
    ///
    /// The first layer is the innermost, next to the connection. The last one is the outermost: it sees a request first and its
    /// response last. A layer sees each attempt and each redirect, with its credential. It must follow the rules of [`Transport`], and
    /// should forward `proxy_for` and `close_idle`.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use anyprofile_core::async_trait;
    /// use anyprofile_http::{HeaderValue, HttpOptions, ResponseBody, Transport, TransportError, Url};
    /// use bytes::Bytes;
    ///
    /// #[derive(Debug)]
    /// struct Tagged(Arc<dyn Transport>);
    ///
    /// #[async_trait]
    /// impl Transport for Tagged {
    ///     async fn send(
    ///         &self,
    ///         mut request: http::Request<Bytes>,
    ///     ) -> Result<http::Response<ResponseBody>, TransportError> {
    ///         request.headers_mut().insert("x-team", HeaderValue::from_static("identity"));
    ///         self.0.send(request).await
    ///     }
    ///
    ///     fn proxy_for(&self, url: &Url) -> Option<String> {
    ///         self.0.proxy_for(url)
    ///     }
    ///
    ///     fn close_idle(&self) {
    ///         self.0.close_idle();
    ///     }
    /// }
    ///
    /// let options = HttpOptions::default().with_transport_layer(|inner| Arc::new(Tagged(inner)));
    /// # let _ = options;
    /// ```
    pub fn with_transport_layer(
        mut self,
        layer: impl Fn(Arc<dyn Transport>) -> Arc<dyn Transport> + Send + Sync + 'static,
    ) -> Self {
        self.transport_layers.push(TransportLayer(Arc::new(layer)));
        self
    }

    /// Adds an observer of each operation.
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observers.push(observer);
        self
    }
}

type Wrap = dyn Fn(Arc<dyn Transport>) -> Arc<dyn Transport> + Send + Sync;

/// A layer around a transport; see [`HttpOptions::with_transport_layer`].
///
/// ```
/// use std::sync::Arc;
///
/// use anyprofile_core::async_trait;
/// use anyprofile_http::{HttpOptions, ResponseBody, Transport, TransportError};
/// use bytes::Bytes;
///
/// /// Adds a header to each request.
/// #[derive(Debug)]
/// struct Tagged(Arc<dyn Transport>);
///
/// #[async_trait]
/// impl Transport for Tagged {
///     async fn send(&self, mut request: http::Request<Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
///         request.headers_mut().insert("x-team", http::HeaderValue::from_static("identity"));
///         self.0.send(request).await
///     }
/// }
///
/// let options = HttpOptions::default().with_transport_layer(|inner| Arc::new(Tagged(inner)));
/// assert_eq!(options.transport_layers.len(), 1);
/// ```
#[derive(Clone)]
pub struct TransportLayer(Arc<Wrap>);

impl TransportLayer {
    /// Wraps a transport.
    pub(crate) fn wrap(&self, inner: Arc<dyn Transport>) -> Arc<dyn Transport> {
        (self.0)(inner)
    }
}

impl fmt::Debug for TransportLayer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TransportLayer(..)")
    }
}

/// Which proxy to use.
///
/// ```
/// use anyprofile_http::{HttpOptions, Proxy};
///
/// let proxy = Proxy::Url("http://user:password@proxy.example.com:3128".to_owned());
/// // A log of the options has no password.
/// assert_eq!(format!("{proxy:?}"), "Url(..)");
/// let options = HttpOptions::default().with_proxy(proxy);
/// assert_ne!(options.proxy, Proxy::Environment);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proxy {
    /// The proxies of the environment, read as curl reads them. Without these variables, the settings of macOS and Windows apply.
    ///
    /// - `https_proxy` or `HTTPS_PROXY` for https; `http_proxy` for http, or `HTTP_PROXY` if `REQUEST_METHOD` is not set.
    /// - `all_proxy` or `ALL_PROXY` for a scheme without a proxy of its own.
    /// - `no_proxy` or `NO_PROXY` for hosts without a proxy: `host`, `.host`, `*.host`, `host:port`, networks, `*`. Loopback never
    ///   uses a proxy.
    ///
    /// A variable that cannot be read, or that names a SOCKS proxy, is a configuration error. Ignoring it would send the credential
    /// without the intended proxy.
    #[default]
    Environment,
    /// No proxy. The environment is ignored.
    None,
    /// One proxy for all requests: `http://host:port` or `https://host:port`. The URL may hold credentials; `Debug` does not show it.
    Url(String),
}

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Environment => "Environment",
            Self::None => "None",
            Self::Url(_) => "Url(..)",
        })
    }
}

/// The TLS library. Creating a client fails with a configuration error if the library was not built in.
///
/// ```
/// use anyprofile_http::{HttpOptions, TlsBackend};
///
/// /// A setting of a program. The platform's library trusts the smart card of the company.
/// fn options(uses_platform: bool) -> HttpOptions {
///     HttpOptions::default().with_tls(if uses_platform { TlsBackend::Native } else { TlsBackend::Default })
/// }
///
/// assert_eq!(options(true).tls, TlsBackend::Native);
/// assert_eq!(options(false).tls, HttpOptions::default().tls);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsBackend {
    /// The first of these that was built in: rustls with ring, rustls with aws-lc-rs, the platform's library, rustls with the
    /// provider that the program has installed.
    #[default]
    Default,
    /// rustls with the first of these that was built in: ring, aws-lc-rs, the provider that the program has installed.
    Rustls,
    /// rustls with ring: the feature `rustls`.
    RustlsRing,
    /// rustls with aws-lc-rs: the feature `rustls-aws-lc`.
    RustlsAwsLc,
    /// rustls with the `CryptoProvider` that the program has installed for its process: any feature that begins with `rustls`.
    /// Creating a client fails with a configuration error if none is installed before.
    RustlsInstalledProvider,
    /// The platform's own library: the feature `native-tls`.
    Native,
}
