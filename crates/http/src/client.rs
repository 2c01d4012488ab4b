//! The client: sends a request until it has a response or a final error.

use std::sync::Arc;

use anyprofile_core::{Error, ErrorKind, ProviderInfo, RequestStats, Result, error::Effect};
use http::{HeaderMap, HeaderValue};
use tracing::{Instrument as _, instrument::WithSubscriber as _};
use url::Url;

use crate::{
    BuiltinTransport, Credential, HttpOptions, Request, Response, Transport,
    account::Account,
    call::Call,
    dialect::Dialect,
    limiter::Limiter,
    observed::ObservedOperation,
    origin::{LinkFlaw, TrustedOrigins, given_link, next_link},
    outbound::{Outbound, TargetServer},
    owned::{GivenUp, Owned, check_runtime, owned},
    request::Link,
    retry::Budget,
};

/// An HTTP client for one account of one service. Cheap to clone; clones share connections, tokens, limits and the retry budget.
///
/// ```
/// # use std::sync::Arc;
/// #
/// # use anyprofile_core::{ProviderInfo, Result, async_trait};
/// # use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, ResponseBody, StaticDialect, Transport, TransportError};
/// # use bytes::Bytes;
/// #
/// # #[derive(Debug)]
/// # struct InMemory;
/// #
/// # #[async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes(r#"{"name": "Ada"}"#)))
/// #     }
/// # }
/// #
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let info = ProviderInfo::new("library".parse()?, "main".parse()?, "Library", "https://api.example.com/v1");
/// # let credential = Credential::header(http::header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// # let dialect = StaticDialect::new(|_| true, |_, _| {});
/// # let options = HttpOptions::default().with_transport(Arc::new(InMemory));
/// # let client = HttpClient::new(info, credential, HeaderMap::new(), dialect, options)?;
/// use anyprofile_http::Request;
///
/// let get = Request::get("get-user").path("/users").segment("ada lovelace");
/// // What would be sent, for a plan.
/// assert_eq!(client.url(&get)?.as_str(), "https://api.example.com/v1/users/ada%20lovelace");
/// let response = client.send(get).await?;
/// assert_eq!((response.status, response.stats.attempts), (200, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct HttpClient {
    account: Arc<Account>,
    keeps_raw: bool,
}

impl HttpClient {
    /// Creates a client for the base URL of `info`. It sends `headers` with every request, besides those of [`HttpOptions`]. Sends
    /// no request.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the base URL, an option or TLS cannot be used.
    pub fn new(
        info: ProviderInfo,
        credential: Credential,
        mut headers: HeaderMap,
        dialect: impl Dialect,
        options: HttpOptions,
    ) -> Result<Self> {
        let mut build = || {
            let base = crate::base_url(&info.base_url, options.allow_insecure_http)?;
            let trusted = TrustedOrigins::new(&options.trusted_origins, options.allow_insecure_http)?;
            let transport = match &options.transport {
                Some(transport) => Arc::clone(transport),
                None => Arc::new(BuiltinTransport::new(&options, &base)?) as Arc<dyn Transport>,
            };
            let transport = options.transport_layers.iter().fold(transport, |inner, layer| layer.wrap(inner));
            headers.insert(
                http::header::ACCEPT,
                HeaderValue::from_static("application/json, application/hal+json;q=0.9, */*;q=0.1"),
            );
            headers.insert(http::header::USER_AGENT, user_agent(options.user_agent.as_deref())?);
            Ok((base, trusted, transport))
        };
        let (base, trusted, transport) = build().map_err(|error: Error| error.with_provider(&info))?;
        let retry_policy = options.policy();
        let budget = Budget::new(options.retry_budget);
        let limiter = Limiter::new(options.max_concurrency, options.max_requests_per_second);
        let connections = Arc::clone(&transport);
        let info = Arc::new(info.with_idle_connections(move || connections.close_idle()));
        let account = Account {
            info,
            base,
            headers,
            transport,
            options,
            trusted,
            credential,
            dialect: Arc::new(dialect),
            retry_policy,
            budget,
            limiter,
        };
        Ok(Self { account: Arc::new(account), keeps_raw: false })
    }

    /// Sets whether responses keep the JSON text of records that are decoded as [`WithRaw`](anyprofile_core::wire::WithRaw).
    /// Default: no.
    pub fn with_raw_records(mut self, keeps_raw: bool) -> Self {
        self.keeps_raw = keeps_raw;
        self
    }

    /// Returns the service and account that the client sends requests to.
    pub fn info(&self) -> &ProviderInfo {
        &self.account.info
    }

    /// Returns the URL that a request would be sent to.
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidRequest`] if the request breaks a rule of the service, an id in its path is not valid, or a given link
    ///   does not belong to the service.
    /// - [`ErrorKind::Unsupported`] if the service [does not have the operation](Request::unsupported).
    /// - [`ErrorKind::Decode`] if its next link leads to another origin or resource.
    pub fn url(&self, request: &Request) -> Result<Url> {
        let inner = &*self.account;
        let error = |kind, message: String| {
            Error::new(kind, message).with_provider(&inner.info).with_operation(request.operation.clone())
        };
        let hinted = |error: Error| match request.hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        };
        if let Some(reason) = &request.unsupported {
            return Err(hinted(error(ErrorKind::Unsupported, reason.clone().into_owned())));
        }
        request.violations.clone().refuse(&inner.info, request.operation.clone())?;
        let url = request
            .url(&inner.base)
            .map_err(|message| hinted(error(ErrorKind::InvalidRequest, message.to_owned())))?;
        match &request.link {
            None => Ok(url),
            Some(Link::Given(link)) => given_link(&url, link, &inner.trusted).map_err(|flaw| {
                error(ErrorKind::InvalidRequest, flaw.of("the link"))
                    .with_hint("pass the link unchanged from a response of this account; if its origin is right, add it to the account's trusted_origins")
            }),
            Some(Link::Next(link)) => next_link(&url, link, &inner.trusted).map_err(|flaw| {
                let hint = match flaw {
                    LinkFlaw::OtherOrigin => {
                        "the pages before are good, and more may follow; if the host is right, add its origin to the account's trusted_origins"
                    }
                    LinkFlaw::Empty | LinkFlaw::NoUrl | LinkFlaw::OtherResource => {
                        "the pages before are good, and more may follow; report the link to the service"
                    }
                };
                error(ErrorKind::Decode, flaw.of("the link to the next page")).with_hint(hint)
            }),
        }
    }

    /// Returns the headers of every request, without those of the credential.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.account.headers
    }

    /// Sends a request, retries it where that is safe and may help, and returns the response.
    ///
    /// The work runs in a task of its own, so it makes progress while the future is not polled. Dropping the future cancels it.
    /// Needs a Tokio runtime.
    ///
    /// # Errors
    /// Every kind, those of [`url`](Self::url) included. The error holds the [`RequestStats`] of all attempts.
    pub async fn send(&self, request: Request) -> Result<Response> {
        let (operation, is_write) = (request.operation.clone(), !request.idempotent);
        // `start` is not async, so that this future stays small: the state of the work belongs to the task.
        let response = self.start(request)?.outcome().await.unwrap_or_else(|error| {
            let error = error.with_provider(&self.account.info).with_operation(operation);
            // The runtime shut down; the request may have been sent before.
            let is_possible = is_write && error.kind() == ErrorKind::Cancelled;
            Err(if is_possible { error.with_effect(Effect::Possible) } else { error })
        });
        response.map(|response| Response { keeps_raw: self.keeps_raw, ..response })
    }

    /// Starts to send a request.
    fn start(&self, request: Request) -> Result<Owned<Result<Response>>> {
        let url = self.url(&request)?;
        check_runtime().map_err(|error| {
            error.with_provider(&self.account.info).with_operation(request.operation.clone())
        })?;
        let account = Arc::clone(&self.account);
        let outbound = Outbound::new(request, url, account.headers.clone(), TargetServer::Api);
        let span = tracing::debug_span!(
            "anyprofile",
            service = %account.info.service,
            account = %account.info.account,
            operation = &*outbound.operation,
        );
        let given_up = GivenUp::default();
        let call = Call::new(Arc::clone(&account), given_up.clone());
        // Called here, so that `operation_started` runs in the caller's task.
        let mut observed = ObservedOperation::begin(&account, &outbound);
        // Boxed here, so that its wrappers move a pointer.
        let work = Box::pin(async move {
            let mut stats = RequestStats::default();
            let credential = Some(&account.credential);
            let result = call.run(&outbound, credential, &account.dialect, &mut observed, &mut stats).await;
            observed.finish(&result);
            result.map_err(|error| error.with_stats(stats))
        });
        Ok(owned(given_up, work.instrument(span).with_current_subscriber()))
    }
}

fn user_agent(product: Option<&str>) -> Result<HeaderValue> {
    let own = concat!("anyprofile/", env!("CARGO_PKG_VERSION"));
    let text = product.map_or_else(|| own.to_owned(), |product| format!("{product} {own}"));
    HeaderValue::from_str(&text)
        .map_err(|_| Error::config("the user agent must hold only characters that are allowed in a header"))
}
