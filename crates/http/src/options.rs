//! The settings of a client.

use std::{fmt, sync::Arc, time::Duration};

use crate::{ExponentialBackoff, Observer, RetryPolicy, Transport};

/// Settings that every service shares. The defaults suit a program that runs unattended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpOptions {
    /// How long connecting may take, TLS included. Default: 5 s.
    pub connect_timeout: Duration,
    /// How long the service may be silent while a response is read. Default: 30 s.
    pub read_timeout: Duration,
    /// How many bytes a second must come on the average of 20 s, once the body of a response has begun; 0 means any number.
    /// What trickles more slowly is given up and asked for again. A response that is silent meanwhile is the matter of
    /// [`read_timeout`](Self::read_timeout). Default: 128.
    pub min_bytes_per_second: u32,
    /// How long one attempt may take, with its whole body. Default: 60 s.
    pub attempt_timeout: Duration,
    /// How long an operation may take, with all attempts and waits. Default: 5 min.
    pub operation_timeout: Duration,
    /// How many attempts an operation has that may be repeated. It configures the default policy and counts for no
    /// [other one](Self::retry_policy). Default: 3.
    pub max_attempts: u32,
    /// How many repetitions an account may have in a row without success in between, over all
    /// operations, so that an outage is not multiplied. Each success earns back a tenth. Default: 20.
    pub retry_budget: u32,
    /// Whether a wait that the service does not name is drawn by chance, from nothing to its bound (0.5 s, then 1 s, 2 s and
    /// so on to 8 s), so that many programs do not come back at once. Off, it is half its bound, for tests whose time is
    /// counted. It configures the default policy and counts for no [other one](Self::retry_policy). Default: yes.
    pub jitter: bool,
    /// What decides whether a failed attempt is retried, and when. Default: [`ExponentialBackoff`] with
    /// [`max_attempts`](Self::max_attempts) and [`jitter`](Self::jitter).
    pub retry_policy: Option<Arc<dyn RetryPolicy>>,
    /// How many requests of an account may be under way at once; 0 means any number. A page that a listing fetches ahead
    /// counts. Default: 8.
    pub max_concurrency: u32,
    /// How many requests an account may send a second; 0 means any number. It is slowed down further where the service
    /// answers 429 or says how few are left, and recovers. Default: 0.
    pub max_requests_per_second: u32,
    /// The size of a response after decompression, in bytes. Default: 32 MiB.
    pub max_response_bytes: usize,
    /// A product token that is put in front of the library's own in `User-Agent`.
    pub user_agent: Option<String>,
    /// Certificate authorities to trust beside the platform's, as PEM.
    pub root_certificates: Vec<Vec<u8>>,
    /// The proxy. Default: as the environment says; see [`Proxy::Environment`].
    pub proxy: Proxy,
    /// Allows `http://` to hosts other than loopback: credentials are then sent in the clear.
    pub allow_insecure_http: bool,
    /// Further origins (`https://host[:port]`) that redirects and next links may lead to, and that may
    /// then see the credential.
    pub trusted_origins: Vec<String>,
    /// The TLS library. Default: the first that was built in; see [`TlsBackend::Default`].
    pub tls: TlsBackend,
    /// What sends the requests in place of the built-in client: the settings above about connections,
    /// TLS and proxies are then its own matter.
    pub transport: Option<Arc<dyn Transport>>,
    /// What wraps the transport, the innermost first.
    pub transport_layers: Vec<TransportLayer>,
    /// Who is told what happens on the way to a response, in this order.
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
    /// Puts a product token (`backup-job/1.4`) in front of the library's own in `User-Agent`.
    pub fn with_user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Trusts a further certificate authority; `pem` may hold several.
    pub fn with_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Sets [what decides about retries](Self::retry_policy).
    pub fn with_retry_policy(mut self, policy: Arc<dyn RetryPolicy>) -> Self {
        self.retry_policy = Some(policy);
        self
    }

    /// The policy that is set, or the default one.
    pub(crate) fn policy(&self) -> Arc<dyn RetryPolicy> {
        self.retry_policy.clone().unwrap_or_else(|| {
            let backoff = ExponentialBackoff::new().with_jitter(self.jitter);
            Arc::new(backoff.with_attempt_limit(self.max_attempts))
        })
    }

    /// Sends the requests through `transport` in place of the built-in client.
    pub fn with_transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Wraps what sends the requests, the built-in transport or [the one that is set](Self::with_transport).
    ///
    /// Layers apply in the order in which they are added: the first one is the innermost, next to the connection, and the last one
    /// is the outermost, which sees a request first and its response last. A layer sees each attempt and each redirect, with its
    /// credential. It must keep to what [`Transport`] asks for, and should pass `proxy_for` and `close_idle` on.
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

    /// Tells an observer what happens on the way to a response. Several can be set.
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observers.push(observer);
        self
    }
}

type Wrap = dyn Fn(Arc<dyn Transport>) -> Arc<dyn Transport> + Send + Sync;

/// What wraps a transport; see [`HttpOptions::with_transport_layer`].
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
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proxy {
    /// As the environment says, read as curl does: `https_proxy` or `HTTPS_PROXY`; `http_proxy`, or `HTTP_PROXY` where
    /// `REQUEST_METHOD` is not set; `all_proxy` or `ALL_PROXY` for what has none; `no_proxy` or `NO_PROXY` for hosts
    /// (`host`, `.host`, `*.host`, `host:port`, networks, `*`) that are spoken to directly, as loopback always is. A
    /// variable that cannot be read, or names a SOCKS proxy, is a configuration error: passed over, the credential would
    /// go another way than was meant. Where none is set, the settings of macOS and Windows count.
    #[default]
    Environment,
    /// None, whatever the environment says.
    None,
    /// This one for everything: `http://host:port` or `https://host:port`. The URL may hold credentials; `Debug` does not show it.
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

/// Which library speaks TLS. What was not built in is a configuration error when a client is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsBackend {
    /// The first of these that was built in: rustls with ring, rustls with aws-lc-rs, the platform's, rustls with the provider
    /// that the program has installed.
    #[default]
    Default,
    /// rustls with the first of these that was built in: ring, aws-lc-rs, the provider that the program has installed.
    Rustls,
    /// rustls with ring: the feature `rustls`.
    RustlsRing,
    /// rustls with aws-lc-rs: the feature `rustls-aws-lc`.
    RustlsAwsLc,
    /// rustls with the `CryptoProvider` that the program has installed for its process before it makes the client: any of the
    /// features that begin with `rustls`. A configuration error if none is installed.
    RustlsInstalledProvider,
    /// The platform's: the feature `native-tls`.
    Native,
}
