//! Events of operations and requests, for metrics and traces.

use std::{
    borrow::Cow,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyprofile_core::{AccountName, ErrorKind, ServiceName};
use http::Method;

use crate::TransportErrorKind;

/// Receives events of operations and requests, for a program's own metrics, traces and logs.
///
/// Every method does nothing by default.
///
/// # Order of events
/// An operation begins with [`operation_started`](Self::operation_started) and ends with
/// [`operation_finished`](Self::operation_finished), also if its future is dropped. In between, each attempt is a
/// [`request_started`](Self::request_started) and one of [`response_received`](Self::response_received),
/// [`request_failed`](Self::request_failed) and [`request_cancelled`](Self::request_cancelled). The request for an access token is an
/// operation of its own. An operation that fails before anything is sent has no events, for example outside of a Tokio runtime.
///
/// # Content of events
/// Events hold the service, account, operation, HTTP method and number of the attempt, and an id that all events of an operation
/// share. They never hold a URL, a header, a body or personal data. The extensions of each HTTP request hold the same
/// [`RequestContext`], so that a [transport layer](crate::HttpOptions::with_transport_layer) can add data of an observer, such as
/// `traceparent`. The repository's `examples/opentelemetry.rs` does both.
///
/// # Rules
/// Methods run in the path of the request: they must not block and must not panic. After a panic, the operation fails with that
/// panic and has no further events.
///
/// `operation_started` runs in the task of the caller, where the current trace can be read. For the request for an access token,
/// which several callers may share, it runs in a task of this crate. The other methods may always run in a task of this crate.
///
/// ```
/// use std::sync::{
///     Arc,
///     atomic::{AtomicU64, Ordering},
/// };
///
/// use anyprofile_http::{HttpOptions, Observer, RequestFailed, ResponseReceived, RetryScheduled};
///
/// #[derive(Debug, Default)]
/// struct Counts {
///     throttled: AtomicU64,
///     retried: AtomicU64,
/// }
///
/// impl Observer for Counts {
///     fn response_received(&self, event: &ResponseReceived<'_>) {
///         if event.status == 429 {
///             self.throttled.fetch_add(1, Ordering::Relaxed);
///         }
///     }
///
///     fn retry_scheduled(&self, event: &RetryScheduled<'_>) {
///         println!("{}: retry in {:?}", event.request.operation.name, event.wait);
///         self.retried.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// let counts = Arc::new(Counts::default());
/// let options = HttpOptions::default().with_observer(Arc::clone(&counts) as _);
/// # let _ = options;
/// ```
pub trait Observer: fmt::Debug + Send + Sync {
    /// Called when an operation begins, before anything is sent.
    fn operation_started(&self, event: &OperationStarted<'_>) {
        let _ = event;
    }

    /// Called after a request has waited for the account's limits. The wait between two attempts is
    /// [`retry_scheduled`](Self::retry_scheduled).
    fn waited(&self, event: &Waited<'_>) {
        let _ = event;
    }

    /// Called when an attempt begins.
    fn request_started(&self, event: &RequestStarted<'_>) {
        let _ = event;
    }

    /// Called when an attempt ends with a response of any status. Redirects that were followed are part of the attempt.
    fn response_received(&self, event: &ResponseReceived<'_>) {
        let _ = event;
    }

    /// Called when an attempt ends without a complete response.
    fn request_failed(&self, event: &RequestFailed<'_>) {
        let _ = event;
    }

    /// Called when an attempt is cancelled, because the future of its operation was dropped or the runtime shut down.
    fn request_cancelled(&self, event: &RequestCancelled<'_>) {
        let _ = event;
    }

    /// Called before the wait for the next attempt.
    fn retry_scheduled(&self, event: &RetryScheduled<'_>) {
        let _ = event;
    }

    /// Called when an operation ends.
    fn operation_finished(&self, event: &OperationFinished<'_>) {
        let _ = event;
    }
}

/// The id of an operation, unique in this process.
///
/// A request that is sent again keeps it, and another operation has another one:
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes("{}")))
/// #     }
/// # }
/// # fn client(observer: Arc<dyn Observer>) -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory)).with_observer(observer);
/// #     HttpClient::new(info, credential, HeaderMap::new(), StaticDialect::new(|_| true, |_, _| {}), options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # use std::{collections::HashSet, sync::Mutex};
/// use anyprofile_http::{Observer, OperationId, Request, RequestStarted};
///
/// #[derive(Debug, Default)]
/// struct Seen(Mutex<HashSet<OperationId>>);
///
/// impl Observer for Seen {
///     fn request_started(&self, event: &RequestStarted<'_>) {
///         self.0.lock().unwrap().insert(event.request.operation.id);
///     }
/// }
///
/// let seen = Arc::new(Seen::default());
/// # let client = client(seen.clone())?;
/// client.send(Request::get("list-users").path("/users")).await?;
/// client.send(Request::get("list-users").path("/users")).await?;
/// assert_eq!(seen.0.lock().unwrap().len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(u64);

impl OperationId {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns the number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The operation that an event is about.
///
/// It is enough for the name of a span, which has nothing of a URL then:
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes("{}")))
/// #     }
/// # }
/// # fn client(observer: Arc<dyn Observer>) -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory)).with_observer(observer);
/// #     HttpClient::new(info, credential, HeaderMap::new(), StaticDialect::new(|_| true, |_, _| {}), options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # use std::sync::Mutex;
/// use anyprofile_http::{Observer, OperationContext, OperationStarted, Request};
///
/// #[derive(Debug, Default)]
/// struct Spans(Mutex<Vec<String>>);
///
/// impl Observer for Spans {
///     fn operation_started(&self, event: &OperationStarted<'_>) {
///         let OperationContext { service, account, method, name, .. } = &**event.operation;
///         self.0.lock().unwrap().push(format!("{service} {account}: {method} {name}"));
///     }
/// }
///
/// let spans = Arc::new(Spans::default());
/// # let client = client(spans.clone())?;
/// client.send(Request::get("get-user").path("/users").segment("ada")).await?;
/// assert_eq!(*spans.0.lock().unwrap(), ["library main: GET get-user"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationContext {
    /// The id, unique in this process.
    pub id: OperationId,
    /// The service.
    pub service: ServiceName,
    /// The account's name in the configuration.
    pub account: AccountName,
    /// The service's name of the operation; `oauth2-token` for the request of an access token.
    pub name: Cow<'static, str>,
    /// The HTTP method.
    pub method: Method,
}

/// The request that an event is about. The extensions of the [`http::Request`] that a [`Transport`](crate::Transport) receives hold
/// it.
///
/// ```
/// use anyprofile_http::RequestContext;
///
/// fn name<B>(request: &http::Request<B>) -> &str {
///     request.extensions().get::<RequestContext>().map_or("unknown", |context| &context.operation.name)
/// }
/// # assert_eq!(name(&http::Request::new(())), "unknown");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestContext {
    /// The operation.
    pub operation: Arc<OperationContext>,
    /// The number of the attempt, from 1. A request that is sent again with a renewed token counts too.
    pub attempt: u32,
}

/// The event of an operation that begins; see [`Observer::operation_started`].
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes("{}")))
/// #     }
/// # }
/// # fn client(observer: Arc<dyn Observer>) -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory)).with_observer(observer);
/// #     HttpClient::new(info, credential, HeaderMap::new(), StaticDialect::new(|_| true, |_, _| {}), options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # use std::sync::Mutex;
/// use anyprofile_http::{Observer, OperationStarted, Request};
///
/// /// What a program asks of the service, in the service's own words.
/// #[derive(Debug, Default)]
/// struct Names(Mutex<Vec<String>>);
///
/// impl Observer for Names {
///     fn operation_started(&self, event: &OperationStarted<'_>) {
///         self.0.lock().unwrap().push(event.operation.name.to_string());
///     }
/// }
///
/// let names = Arc::new(Names::default());
/// # let client = client(names.clone())?;
/// client.send(Request::get("list-users").path("/users")).await?;
/// assert_eq!(*names.0.lock().unwrap(), ["list-users"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationStarted<'a> {
    /// The operation.
    pub operation: &'a Arc<OperationContext>,
}

/// The event of a request that has waited for the account's limits; see [`Observer::waited`].
///
/// ```
/// use anyprofile_http::{Observer, RetryScheduled, Waited};
///
/// /// Where the time goes: own limits, and pauses before another attempt.
/// #[derive(Debug)]
/// struct Pauses;
///
/// impl Observer for Pauses {
///     fn waited(&self, event: &Waited<'_>) {
///         eprintln!("{:?}: waited {} ms", event.reason, event.wait.as_millis());
///     }
///
///     fn retry_scheduled(&self, event: &RetryScheduled<'_>) {
///         eprintln!("{:?}: again in {} ms", event.reason, event.wait.as_millis());
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Waited<'a> {
    /// The request that waited and is sent next.
    pub request: &'a RequestContext,
    /// How long it waited.
    pub wait: Duration,
    /// The limit that it waited for.
    pub reason: WaitReason,
}

/// The limit that a request waits for before it is sent.
///
/// ```
/// use anyprofile_http::WaitReason;
///
/// /// What would help against waiting.
/// fn advice(reason: WaitReason) -> &'static str {
///     match reason {
///         WaitReason::Concurrency => "raise max_concurrency",
///         WaitReason::Rate => "ask the service for a higher rate",
///         _ => "look at the log",
///     }
/// }
///
/// assert_eq!(advice(WaitReason::Concurrency), "raise max_concurrency");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitReason {
    /// The account's maximum of concurrent requests.
    Concurrency,
    /// The account's rate: its own limit, a quota that the service reports as used up, or a pause that the service asks for.
    Rate,
}

/// The event of an attempt that begins; see [`Observer::request_started`].
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes("{}")))
/// #     }
/// # }
/// # fn client(observer: Arc<dyn Observer>) -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory)).with_observer(observer);
/// #     HttpClient::new(info, credential, HeaderMap::new(), StaticDialect::new(|_| true, |_, _| {}), options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// use anyprofile_http::{Observer, Request, RequestStarted};
///
/// /// The requests of an account, those that are sent again included.
/// #[derive(Debug, Default)]
/// struct Sent(AtomicU32);
///
/// impl Observer for Sent {
///     fn request_started(&self, _: &RequestStarted<'_>) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// let sent = Arc::new(Sent::default());
/// # let client = client(sent.clone())?;
/// client.send(Request::get("list-users").path("/users")).await?;
/// assert_eq!(sent.0.load(Ordering::Relaxed), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestStarted<'a> {
    /// The request.
    pub request: &'a RequestContext,
}

/// The event of an attempt that ended with a response; see [`Observer::response_received`].
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes("{}")))
/// #     }
/// # }
/// # fn client(observer: Arc<dyn Observer>) -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory)).with_observer(observer);
/// #     HttpClient::new(info, credential, HeaderMap::new(), StaticDialect::new(|_| true, |_, _| {}), options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # use std::sync::Mutex;
/// use anyprofile_http::{Observer, Request, ResponseReceived};
///
/// /// The status and the size of each response.
/// #[derive(Debug, Default)]
/// struct Sizes(Mutex<Vec<(u16, Option<u64>)>>);
///
/// impl Observer for Sizes {
///     fn response_received(&self, event: &ResponseReceived<'_>) {
///         self.0.lock().unwrap().push((event.status, event.body_bytes));
///     }
/// }
///
/// let sizes = Arc::new(Sizes::default());
/// # let client = client(sizes.clone())?;
/// client.send(Request::get("list-users").path("/users")).await?;
/// assert_eq!(*sizes.0.lock().unwrap(), [(200, Some(2))]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseReceived<'a> {
    /// The request.
    pub request: &'a RequestContext,
    /// The status that was sent.
    pub status: u16,
    /// Time from the start of the attempt to the end of the body.
    pub duration: Duration,
    /// The service's id of the request.
    pub request_id: Option<&'a str>,
    /// The size of the body after decompression, in bytes; `None` if it was not read to its end.
    pub body_bytes: Option<u64>,
}

/// The event of an attempt that ended without a complete response; see [`Observer::request_failed`].
///
/// ```
/// use anyprofile_http::{Observer, RequestCancelled, RequestFailed, RequestStarted, ResponseReceived};
///
/// /// Follows each attempt. No event has a secret or a record in it.
/// #[derive(Debug)]
/// struct Attempts;
///
/// impl Observer for Attempts {
///     fn request_started(&self, event: &RequestStarted<'_>) {
///         eprintln!("attempt {} of {}", event.request.attempt, event.request.operation.name);
///     }
///
///     fn response_received(&self, event: &ResponseReceived<'_>) {
///         eprintln!("{} in {} ms, id {:?}", event.status, event.duration.as_millis(), event.request_id);
///     }
///
///     fn request_failed(&self, event: &RequestFailed<'_>) {
///         eprintln!("no response: {:?}", event.kind);
///     }
///
///     fn request_cancelled(&self, event: &RequestCancelled<'_>) {
///         eprintln!("nobody waits for it any more after {} ms", event.duration.as_millis());
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestFailed<'a> {
    /// The request.
    pub request: &'a RequestContext,
    /// Where the request failed.
    pub kind: TransportErrorKind,
    /// Time since the attempt began.
    pub duration: Duration,
}

/// The event of an attempt that was cancelled; see [`Observer::request_cancelled`].
///
/// Here the service does not respond, and the program gives up:
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         std::future::pending().await
/// #     }
/// # }
/// # fn client(observer: Arc<dyn Observer>) -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory)).with_observer(observer);
/// #     HttpClient::new(info, credential, HeaderMap::new(), StaticDialect::new(|_| true, |_, _| {}), options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # use std::{sync::mpsc, time::Duration};
/// use anyprofile_http::{Observer, Request, RequestCancelled};
///
/// #[derive(Debug)]
/// struct Cancelled(mpsc::Sender<u32>);
///
/// impl Observer for Cancelled {
///     fn request_cancelled(&self, event: &RequestCancelled<'_>) {
///         let _ = self.0.send(event.request.attempt);
///     }
/// }
///
/// let (sender, cancelled) = mpsc::channel();
/// # let client = client(Arc::new(Cancelled(sender)))?;
/// let send = client.send(Request::get("list-users").path("/users"));
/// assert!(tokio::time::timeout(Duration::from_millis(10), send).await.is_err());
/// # tokio::task::yield_now().await;
/// assert_eq!(cancelled.try_recv(), Ok(1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestCancelled<'a> {
    /// The request.
    pub request: &'a RequestContext,
    /// Time since the attempt began.
    pub duration: Duration,
}

/// The event of a request that will be sent again; see [`Observer::retry_scheduled`].
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::builder().status(503).body(ResponseBody::from_bytes("")).unwrap())
/// #     }
/// # }
/// # fn client(observer: Arc<dyn Observer>) -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory)).with_observer(observer);
/// #     let backoff = ExponentialBackoff::new().with_jitter(false).with_first_bound(std::time::Duration::from_millis(10));
/// #     let options = options.with_retry_policy(Arc::new(backoff.with_attempt_limit(2)));
/// #     HttpClient::new(info, credential, HeaderMap::new(), StaticDialect::new(|_| true, |_, _| {}), options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # use std::{sync::Mutex, time::Duration};
/// use anyprofile_http::{Observer, Request, RetryReason, RetryScheduled};
///
/// #[derive(Debug, Default)]
/// struct Retries(Mutex<Vec<(Duration, RetryReason)>>);
///
/// impl Observer for Retries {
///     fn retry_scheduled(&self, event: &RetryScheduled<'_>) {
///         self.0.lock().unwrap().push((event.wait, event.reason));
///     }
/// }
///
/// let retries = Arc::new(Retries::default());
/// # let client = client(retries.clone())?;
/// // The service is down. It is asked twice.
/// assert!(client.send(Request::get("list-users").path("/users")).await.is_err());
/// assert_eq!(*retries.0.lock().unwrap(), [(Duration::from_millis(5), RetryReason::Status(503))]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RetryScheduled<'a> {
    /// The request that failed.
    pub request: &'a RequestContext,
    /// The wait before the next attempt.
    pub wait: Duration,
    /// Why the request is sent again.
    pub reason: RetryReason,
}

/// Why a request is sent again.
///
/// ```
/// use anyprofile_http::{RetryReason, TransportErrorKind};
///
/// /// The label of a metric.
/// fn label(reason: RetryReason) -> String {
///     match reason {
///         RetryReason::Status(429) => "throttled".to_owned(),
///         RetryReason::Status(status) => status.to_string(),
///         RetryReason::Transport(kind) => format!("{kind:?}"),
///         _ => "other".to_owned(),
///     }
/// }
///
/// assert_eq!(label(RetryReason::Status(503)), "503");
/// assert_eq!(label(RetryReason::Transport(TransportErrorKind::Timeout)), "Timeout");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryReason {
    /// A response with this status. If the service reports a failure with a success status, the status that the failure means.
    Status(u16),
    /// No complete response.
    Transport(TransportErrorKind),
    /// The service refused an access token that can be renewed.
    TokenRefused,
}

/// The event of an operation that ended; see [`Observer::operation_finished`].
///
/// ```
/// use anyprofile_http::{Observer, OperationFinished, OperationOutcome};
///
/// /// Writes a line for each operation that failed.
/// #[derive(Debug)]
/// struct Failures;
///
/// impl Observer for Failures {
///     fn operation_finished(&self, event: &OperationFinished<'_>) {
///         if let OperationOutcome::Failed(kind) = event.outcome {
///             let (operation, id) = (&event.operation.name, event.operation.id.get());
///             eprintln!("{operation} #{id}: {kind} after {} attempts, {} ms", event.attempts, event.duration.as_millis());
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationFinished<'a> {
    /// The operation.
    pub operation: &'a Arc<OperationContext>,
    /// The outcome.
    pub outcome: OperationOutcome,
    /// The number of attempts, which is the last [`RequestContext::attempt`]; 0 if no attempt began. Retries count, also those with
    /// a renewed access token and those after the server did not process the request. Requests for an access token and redirects that
    /// were followed do not count.
    pub attempts: u32,
    /// Time since the operation began, with all waits.
    pub duration: Duration,
}

/// The outcome of an operation.
///
/// ```
/// use anyprofile_core::ErrorKind;
/// use anyprofile_http::OperationOutcome;
///
/// /// Whether somebody should be woken.
/// fn is_outage(outcome: OperationOutcome) -> bool {
///     use ErrorKind::{Timeout, Transport, Upstream};
///     matches!(outcome, OperationOutcome::Failed(Timeout | Transport | Upstream))
/// }
///
/// assert!(is_outage(OperationOutcome::Failed(ErrorKind::Upstream)));
/// // That somebody is not found is an answer.
/// assert!(!is_outage(OperationOutcome::Failed(ErrorKind::NotFound)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OperationOutcome {
    /// A response with a success status. Decoding it may still fail.
    Succeeded,
    /// An error of this kind.
    Failed(ErrorKind),
    /// No outcome: the future was dropped, or the runtime shut down.
    Cancelled,
}
