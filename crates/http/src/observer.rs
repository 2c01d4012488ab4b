//! What happens on the way to a response, for metrics and traces.

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

/// Is told what happens on the way to a response: for metrics, traces and logs of a program's own.
///
/// Every method does nothing unless it is implemented. An operation begins with [`operation_started`](Self::operation_started)
/// and ends with [`operation_finished`](Self::operation_finished), also where its future is dropped. In between, each attempt is
/// a [`request_started`](Self::request_started) and one of [`response_received`](Self::response_received),
/// [`request_failed`](Self::request_failed) and [`request_cancelled`](Self::request_cancelled). The request for an access token
/// is an operation of its own. An operation that is refused before anything is sent has no events; one outside of a Tokio runtime
/// is refused so.
///
/// Events carry the service, account, operation and HTTP method, the number of the attempt and an id that all events of an
/// operation share; never a URL, a header, a body or personal data. A [`Transport`](crate::Transport) finds the same
/// [`RequestContext`] in the extensions of what it sends, so that a [transport layer](crate::HttpOptions::with_transport_layer)
/// can add what an observer knows, such as `traceparent`: the repository's `tests/examples/opentelemetry.rs` does both.
///
/// Methods are called on the way of the request: they must not block. They must not panic; if one does, the operation fails with
/// the panic, and nothing more is told of it.
///
/// `operation_started` is called in the task of the caller, where what surrounds it (the current trace) can be read. For the
/// request for an access token, which several callers may wait for, it is called in a task of ours, as the other methods may
/// always be.
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
///         println!("{}: again in {:?}", event.request.operation.name, event.wait);
///         self.retried.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// let counts = Arc::new(Counts::default());
/// let options = HttpOptions::default().with_observer(Arc::clone(&counts) as _);
/// # let _ = options;
/// ```
pub trait Observer: fmt::Debug + Send + Sync {
    /// An operation begins. Nothing was sent yet.
    fn operation_started(&self, event: &OperationStarted<'_>) {
        let _ = event;
    }

    /// A request had to wait before it could be sent, other than between two attempts: the wait is over.
    fn waited(&self, event: &Waited<'_>) {
        let _ = event;
    }

    /// An attempt begins.
    fn request_started(&self, event: &RequestStarted<'_>) {
        let _ = event;
    }

    /// An attempt ended with a response, whatever its status. Redirects that were followed are part of the attempt.
    fn response_received(&self, event: &ResponseReceived<'_>) {
        let _ = event;
    }

    /// An attempt ended without a whole response.
    fn request_failed(&self, event: &RequestFailed<'_>) {
        let _ = event;
    }

    /// An attempt was given up, since the future of its operation was dropped or the runtime ended.
    fn request_cancelled(&self, event: &RequestCancelled<'_>) {
        let _ = event;
    }

    /// A request will be sent again: the wait begins.
    fn retry_scheduled(&self, event: &RetryScheduled<'_>) {
        let _ = event;
    }

    /// An operation ended.
    fn operation_finished(&self, event: &OperationFinished<'_>) {
        let _ = event;
    }
}

/// Tells the operations of this process apart.
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

/// Which operation is under way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationContext {
    /// Tells it apart from the other operations of this process.
    pub id: OperationId,
    /// The service.
    pub service: ServiceName,
    /// The account, by the name that the configuration gives it.
    pub account: AccountName,
    /// The service's word for the operation; `oauth2-token` for the request of an access token.
    pub name: Cow<'static, str>,
    /// The HTTP method.
    pub method: Method,
}

/// Which request is sent. The extensions of the [`http::Request`] that a [`Transport`](crate::Transport) is given hold it.
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
    /// The operation that it is a part of.
    pub operation: Arc<OperationContext>,
    /// The number of the attempt, from 1. Sending again with a renewed token is an attempt too.
    pub attempt: u32,
}

/// An operation begins; see [`Observer::operation_started`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationStarted<'a> {
    /// The operation.
    pub operation: &'a Arc<OperationContext>,
}

/// A request had to wait before it could be sent; see [`Observer::waited`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Waited<'a> {
    /// The request that waited, and is sent next.
    pub request: &'a RequestContext,
    /// How long it waited.
    pub wait: Duration,
    /// What for.
    pub reason: WaitReason,
}

/// What a request waits for before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitReason {
    /// For a place among the requests that the account may have under way at once.
    Concurrency,
    /// For the account's rate: its own limit, a quota that the service says is spent, or a pause that the service asked for.
    Rate,
}

/// An attempt begins; see [`Observer::request_started`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestStarted<'a> {
    /// The request.
    pub request: &'a RequestContext,
}

/// An attempt ended with a response; see [`Observer::response_received`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseReceived<'a> {
    /// The request.
    pub request: &'a RequestContext,
    /// The status as it came.
    pub status: u16,
    /// Time since the attempt began, to the end of the body.
    pub duration: Duration,
    /// The service's id of the request.
    pub request_id: Option<&'a str>,
    /// The size of the body after decompression, in bytes; none where it was not read to its end.
    pub body_bytes: Option<u64>,
}

/// An attempt ended without a whole response; see [`Observer::request_failed`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestFailed<'a> {
    /// The request.
    pub request: &'a RequestContext,
    /// Where it failed.
    pub kind: TransportErrorKind,
    /// Time since the attempt began.
    pub duration: Duration,
}

/// An attempt was given up; see [`Observer::request_cancelled`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestCancelled<'a> {
    /// The request.
    pub request: &'a RequestContext,
    /// Time since the attempt began.
    pub duration: Duration,
}

/// A request will be sent again; see [`Observer::retry_scheduled`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RetryScheduled<'a> {
    /// The request that failed.
    pub request: &'a RequestContext,
    /// How long the next attempt keeps away.
    pub wait: Duration,
    /// Why it is sent again.
    pub reason: RetryReason,
}

/// Why a request is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryReason {
    /// A response with this status; of a failure that a service reports with a success status, the one that it stands for.
    Status(u16),
    /// No whole response.
    Transport(TransportErrorKind),
    /// The service refused an access token that can be renewed.
    TokenRefused,
}

/// An operation ended; see [`Observer::operation_finished`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationFinished<'a> {
    /// The operation.
    pub operation: &'a Arc<OperationContext>,
    /// What came of it.
    pub outcome: OperationOutcome,
    /// How many attempts began: the first, those after a failure, those with a renewed access token, and those that the server
    /// refused before it took notice of them. It is the number of the last [`RequestContext::attempt`]; 0 if no attempt began.
    /// Requests for an access token and redirects that were followed are not counted.
    pub attempts: u32,
    /// Time since the operation began, with all waits.
    pub duration: Duration,
}

/// What came of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OperationOutcome {
    /// A response with a success status. It may still turn out that it cannot be decoded.
    Succeeded,
    /// An error of this kind.
    Failed(ErrorKind),
    /// None: the future was dropped, or the runtime ended.
    Cancelled,
}
