//! A server with your own routes, for the tests of a provider.

use std::{
    collections::VecDeque,
    convert::Infallible,
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Request, Response, StatusCode, header, request::Parts},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};
use tower_service::Service as _;

use crate::{Disturbance, SentRequest, Server};

/// The number of requests in the log; far more than a check sends before it reads the log.
const KEPT_REQUESTS: usize = 2_000;

/// The pause after a connection could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(10);

/// The maximum size of a body, in bytes.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Whether a request is for a page after the first one.
type IsFurtherPage = dyn Fn(&SentRequest) -> bool + Send + Sync;

/// Whether a request only reads, whatever its method.
type IsRead = dyn Fn(&SentRequest) -> bool + Send + Sync;

/// Returns the path of another record.
type AnotherPath = dyn Fn(&str) -> Option<String> + Send + Sync;

/// A server on 127.0.0.1 that simulates a service with your own routes.
///
/// It records the requests, and simulates the faults that need no knowledge of the service: failures, a web page
/// instead of a page of the listing, a wrong base URL, and writes that are rejected or get no response. It requires a
/// Tokio runtime, and stops when it is dropped.
///
/// ```
/// use anyprofile_conformance::{FixtureServer, Server};
/// use axum::{Router, routing::get};
///
/// # async fn example() -> std::io::Result<()> {
/// let routes = Router::new().route("/users", get(|| async { "[]" }));
/// let server = FixtureServer::start(0, routes)
///     .await?
///     .with_further_pages(|request| request.url.contains("page_token="));
/// println!("base URL: {}", server.base_url());
/// assert_eq!(server.requests(), 0);
/// # Ok(())
/// # }
/// ```
pub struct FixtureServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    is_further_page: Option<Arc<IsFurtherPage>>,
    another_path: Option<Arc<AnotherPath>>,
    /// The JSON pointer of a page's records.
    records: Option<String>,
    impossible: Vec<Disturbance>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared(Mutex<FixtureServerState>);

#[derive(Default)]
struct FixtureServerState {
    requests: u64,
    writes: u64,
    newest: VecDeque<SentRequest>,
    disturbance: Option<Disturbed>,
    is_read: Option<Arc<IsRead>>,
}

/// A disturbance and its progress.
struct Disturbed {
    disturbance: Disturbance,
    is_further_page: Option<Arc<IsFurtherPage>>,
    another_path: Option<Arc<AnotherPath>>,
    records: Option<String>,
    /// The first further page that was requested.
    first: Option<String>,
    /// The number of affected pages or writes so far.
    affected: u32,
}

/// How a request is handled.
enum Treatment {
    /// The routes respond.
    Routes,
    /// This response is returned instead.
    Response(StatusCode, &'static str, &'static str),
    /// The routes respond to this path and query instead.
    Rerouted(String),
    /// The routes respond, and a record at this pointer is changed.
    Changed(String, RecordChange),
    /// The routes handle it, but the client gets no response.
    Lost,
}

/// What happens to a record of a page.
#[derive(Clone, Copy)]
enum RecordChange {
    Spoiled,
    LeftOut,
}

impl FixtureServer {
    /// Serves these routes on a port; 0 selects a free port.
    ///
    /// # Errors
    /// If the port is in use.
    pub async fn start(port: u16, routes: Router) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(serve(listener, routes, Arc::clone(&shared), address));
        Ok(Self {
            address,
            shared,
            is_further_page: None,
            another_path: None,
            records: None,
            impossible: Vec::new(),
            task,
        })
    }

    /// Sets which requests are for a page after the first one. Faults of a listing affect these requests; by default,
    /// none.
    pub fn with_further_pages(
        mut self,
        is_further_page: impl Fn(&SentRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.is_further_page = Some(Arc::new(is_further_page));
        self
    }

    /// Sets the path of another record for a path, such as `/users/2` for `/users/1`, or `None` if the path is not a
    /// record. The server can then return another profile's record. Both records must exist.
    pub fn with_another_record(
        mut self,
        another_path: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.another_path = Some(Arc::new(another_path));
        self
    }

    /// Sets which requests only read although their method is not `GET`, such as a search by `POST` or the request for a token. By
    /// default, none.
    pub fn with_reads(self, is_read: impl Fn(&SentRequest) -> bool + Send + Sync + 'static) -> Self {
        self.shared.state().is_read = Some(Arc::new(is_read));
        self
    }

    /// Sets where the records of a page are, as a JSON pointer (RFC 6901) such as `/users`; the empty text if the page is the list
    /// itself. The server can then spoil a record, and leave one out.
    pub fn with_records(mut self, pointer: impl Into<String>) -> Self {
        self.records = Some(pointer.into());
        self
    }

    /// Declares disturbances that [cannot happen](Server::cannot_happen) at the service, such as [`Disturbance::Cycle`] where pages are
    /// numbered.
    pub fn without(mut self, impossible: impl IntoIterator<Item = Disturbance>) -> Self {
        self.impossible.extend(impossible);
        self
    }

    /// Returns the base URL: `http://127.0.0.1` and the port, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl fmt::Debug for FixtureServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FixtureServer({})", self.address)
    }
}

impl Drop for FixtureServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server for FixtureServer {
    fn requests(&self) -> u64 {
        self.shared.state().requests
    }

    fn writes(&self) -> u64 {
        self.shared.state().writes
    }

    fn log(&self, since: u64) -> Option<Vec<SentRequest>> {
        let state = self.shared.state();
        let wanted = usize::try_from(state.requests.saturating_sub(since)).ok()?;
        let from = state.newest.len().checked_sub(wanted)?;
        Some(state.newest.range(from..).cloned().collect())
    }

    fn disturb(&self, disturbance: Disturbance) -> bool {
        let can = match disturbance {
            _ if self.impossible.contains(&disturbance) => false,
            Disturbance::FailsOnce | Disturbance::Fails | Disturbance::WebPage | Disturbance::Cycle => {
                self.is_further_page.is_some()
            }
            Disturbance::BadRecord | Disturbance::LostRecord => {
                self.is_further_page.is_some() && self.records.is_some()
            }
            Disturbance::AnotherRecord => self.another_path.is_some(),
            Disturbance::WrongPlace | Disturbance::WriteRefused { .. } | Disturbance::WriteLost { .. } => {
                true
            }
            _ => false,
        };
        let (is_further_page, another_path) = (self.is_further_page.clone(), self.another_path.clone());
        let records = self.records.clone();
        let disturbed =
            Disturbed { disturbance, is_further_page, another_path, records, first: None, affected: 0 };
        self.shared.state().disturbance = can.then_some(disturbed);
        can
    }

    fn cannot_happen(&self, disturbance: Disturbance) -> bool {
        self.impossible.contains(&disturbance)
    }

    fn calm(&self) {
        self.shared.state().disturbance = None;
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, FixtureServerState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request, and returns how it is handled.
    fn take(&self, mut request: SentRequest) -> Treatment {
        let mut state = self.state();
        if state.is_read.as_ref().is_some_and(|is_read| is_read(&request)) {
            request.is_write = false;
        }
        state.requests += 1;
        state.writes += u64::from(request.is_write);
        let treatment =
            state.disturbance.as_mut().map_or(Treatment::Routes, |disturbed| disturbed.treat(&request));
        if state.newest.len() == KEPT_REQUESTS {
            state.newest.pop_front();
        }
        state.newest.push_back(request);
        treatment
    }
}

impl Disturbed {
    fn treat(&mut self, request: &SentRequest) -> Treatment {
        const UNAVAILABLE: Treatment =
            Treatment::Response(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "unavailable");
        let is_page = self.is_further_page.as_ref().is_some_and(|is_one| is_one(request));
        match self.disturbance {
            Disturbance::FailsOnce if is_page => {
                self.affected += 1;
                if self.affected == 1 { UNAVAILABLE } else { Treatment::Routes }
            }
            Disturbance::Fails if is_page => UNAVAILABLE,
            Disturbance::WebPage if is_page => {
                Treatment::Response(StatusCode::OK, "text/html", "<!doctype html><title>Sign in</title>")
            }
            Disturbance::AnotherRecord => {
                let another = self.another_path.as_ref().and_then(|another| another(request.path()));
                another.map_or(Treatment::Routes, |path| match request.url.split_once('?') {
                    Some((_, query)) => Treatment::Rerouted(format!("{path}?{query}")),
                    None => Treatment::Rerouted(path),
                })
            }
            Disturbance::Cycle if is_page => {
                let target = request.target().to_owned();
                Treatment::Rerouted(self.first.get_or_insert(target).clone())
            }
            Disturbance::BadRecord | Disturbance::LostRecord if is_page && self.affected == 0 => {
                let Some(records) = self.records.clone() else { return Treatment::Routes };
                self.affected = 1;
                let is_lost = self.disturbance == Disturbance::LostRecord;
                let change = if is_lost { RecordChange::LeftOut } else { RecordChange::Spoiled };
                Treatment::Changed(records, change)
            }
            Disturbance::WrongPlace => Treatment::Response(
                StatusCode::NOT_FOUND,
                "application/json",
                r#"{"message":"no Route matched with those values"}"#,
            ),
            Disturbance::WriteRefused { after } if request.is_write => {
                self.affected += 1;
                if self.affected > after {
                    Treatment::Response(StatusCode::FORBIDDEN, "application/json", "{}")
                } else {
                    Treatment::Routes
                }
            }
            Disturbance::WriteLost { after } if request.is_write => {
                self.affected += 1;
                if self.affected > after { Treatment::Lost } else { Treatment::Routes }
            }
            _ => Treatment::Routes,
        }
    }
}

/// Serves connections until the task is aborted, which also closes them.
async fn serve(listener: TcpListener, routes: Router, shared: Arc<Shared>, address: SocketAddr) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // The client gave up, or the process has no free file descriptor, which is temporary.
            tokio::time::sleep(ACCEPT_AGAIN).await;
            continue;
        };
        // Without it, small responses on a kept-alive connection wait for the client's delayed ACK.
        drop(stream.set_nodelay(true));
        let (routes, shared) = (routes.clone(), Arc::clone(&shared));
        connections.spawn(async move {
            let service =
                service_fn(move |request| respond(request, routes.clone(), Arc::clone(&shared), address));
            // A broken connection may be a simulated fault.
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
        // Removes the finished connections.
        while connections.try_join_next().is_some() {}
    }
}

/// The error that closes a connection without a response.
#[derive(Debug)]
struct NoResponse;

impl fmt::Display for NoResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection is closed to simulate a lost response")
    }
}

impl std::error::Error for NoResponse {}

async fn respond(
    request: Request<Incoming>,
    mut routes: Router,
    shared: Arc<Shared>,
    address: SocketAddr,
) -> Result<Response<Body>, NoResponse> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), MAX_BODY_BYTES).await.map_err(|_| NoResponse)?;
    let treatment = shared.take(sent(&parts, &body, address));
    if let Treatment::Rerouted(path) = &treatment {
        parts.uri = path.parse().map_err(|_| NoResponse)?;
    }
    if let Treatment::Response(status, content_type, text) = treatment {
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
        return Ok(response);
    }
    let response = routes.call(Request::from_parts(parts, Body::from(body))).await;
    let response = response.unwrap_or_else(|never: Infallible| match never {});
    match treatment {
        Treatment::Lost => Err(NoResponse),
        Treatment::Changed(records, change) => with_change(response, &records, change).await,
        _ => Ok(response),
    }
}

/// Changes the last record of a page. A page without records is returned as it is.
async fn with_change(
    response: Response<Body>,
    records: &str,
    change: RecordChange,
) -> Result<Response<Body>, NoResponse> {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| NoResponse)?;
    let mut page: serde_json::Value = serde_json::from_slice(&body).map_err(|_| NoResponse)?;
    if let Some(records) = page.pointer_mut(records).and_then(|records| records.as_array_mut()) {
        match (change, records.last_mut()) {
            (RecordChange::Spoiled, Some(last)) => *last = "no record".into(),
            (RecordChange::LeftOut, _) => drop(records.pop()),
            (RecordChange::Spoiled, None) => {}
        }
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(page.to_string())))
}

fn sent(parts: &Parts, body: &Bytes, address: SocketAddr) -> SentRequest {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let text = String::from_utf8(body.to_vec()).unwrap_or_else(|_| "not text".to_owned());
    let sent = SentRequest::new(parts.method.as_str(), format!("http://{address}{path}")).with_body(text);
    parts.headers.iter().fold(sent, |sent, (name, value)| {
        // A value that may be a credential is omitted.
        let value = if may_hold_credential(name.as_str()) { "" } else { value.to_str().unwrap_or_default() };
        sent.with_header(name.as_str(), value)
    })
}

/// Returns whether a header may hold a credential, by its name in lower case.
fn may_hold_credential(name: &str) -> bool {
    ["auth", "cookie", "key", "secret", "token"].iter().any(|part| name.contains(part))
}
