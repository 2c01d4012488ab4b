//! The server: a port for each service, and the steps of every request.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{Request, Response};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::anthropic::Anthropic;
use crate::clock::{Clock, http_date};
use crate::connection::{ConnectionHandle, Port};
use crate::description::SandboxDescription;
use crate::exchange::{Call, Query, Reply};
use crate::fault::Fault;
use crate::ids::base58;
use crate::options::SandboxOptions;
use crate::probely::Probely;
use crate::recorder::{RecordedRequest, Recorder};
use crate::rng::key;
use crate::route::{AnyService, Operation, Service};
use crate::schedule::{FaultOutcome, Faults, Words};
use crate::scim::Scim;
use crate::upsun::{Tokens, Upsun, UpsunAuth};

const MAX_BODY_BYTES: usize = 1024 * 1024;

/// A running server. Dropping it stops it.
pub struct Sandbox {
    description: SandboxDescription,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
    ended: watch::Receiver<bool>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("description", &self.description).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts a server on 127.0.0.1, with a port for each service. It runs in the current Tokio runtime.
    ///
    /// # Errors
    /// Fails if a port cannot be used.
    pub async fn start(options: SandboxOptions) -> io::Result<Self> {
        let listeners = listen(options.port).await?;
        let mut ports = [0; SERVERS.len()];
        for (port, listener) in ports.iter_mut().zip(&listeners) {
            *port = listener.local_addr()?.port();
        }
        let shared = Arc::new(Shared::new(ports, &options));
        let organizations = Upsun::readable_organizations();
        let origins = ports.map(origin);
        let description = SandboxDescription::new(origins, organizations, options.profiles, options.seed);

        let (end, ended) = watch::channel(false);
        let mut servers = JoinSet::new();
        for (port, listener) in ports.into_iter().zip(listeners) {
            let app = Router::new().fallback(serve).with_state(Arc::clone(&shared));
            let app = app.into_make_service_with_connect_info::<ConnectionHandle>();
            let mut stopping = shared.stopping.subscribe();
            let stopped = async move { drop(stopping.wait_for(|stop| *stop).await) };
            // Accepting continues whatever happens to a connection, so only the signal ends it.
            let server = axum::serve(Port { listener, port }, app).with_graceful_shutdown(stopped);
            servers.spawn(async move { drop(server.await) });
        }
        let task = tokio::spawn(async move {
            while servers.join_next().await.is_some() {}
            end.send_replace(true);
        });
        Ok(Self { description, shared, task, ended })
    }

    /// Returns the URLs and credentials of the services.
    pub fn description(&self) -> &SandboxDescription {
        &self.description
    }

    /// Returns the most recent 10,000 requests, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.shared.recorder).all()
    }

    /// Removes and returns the most recent 10,000 requests, oldest first. No request is returned twice, and
    /// none that arrives in the meantime is lost.
    pub fn take_requests(&self) -> Vec<RecordedRequest> {
        lock(&self.shared.recorder).take()
    }

    /// Removes all recorded requests.
    pub fn clear_requests(&self) {
        lock(&self.shared.recorder).clear();
    }

    /// Activates a fault. It counts requests from now on.
    pub fn add_fault(&self, fault: Fault) {
        lock(&self.shared.faults).add(fault);
    }

    /// Returns how often each active fault made a difference, in the order in which they were added.
    pub fn strikes(&self) -> Vec<u64> {
        lock(&self.shared.faults).strikes()
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Handles a request in the process, without a connection, for tests with paused time. The URL must be
    /// one of the [description](Self::description)'s. A body that a fault interrupts ends with an error, or
    /// before its declared length.
    ///
    /// # Errors
    /// Fails if a fault refuses or closes the connection.
    pub async fn call(&self, request: Request<Body>) -> Result<Response<Body>, NoResponse> {
        let port = request.uri().port_u16();
        match self.shared.response(port, request).await {
            FaultOutcome::Reply(reply) => Ok(reply.into_response()),
            FaultOutcome::Nothing => Err(NoResponse::Closed),
            FaultOutcome::Refusal => Err(NoResponse::Refused),
        }
    }

    /// Moves the sandbox's clock forward. Access tokens may expire.
    pub fn advance_clock(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// Stops the server and waits until it has stopped.
    pub async fn stop(mut self) {
        self.shared.stopping.send_replace(true);
        // The task ends early only with its runtime; then there is nothing to wait for.
        drop((&mut self.task).await);
    }

    /// Waits until the server ends.
    pub async fn wait(&self) {
        let mut ended = self.ended.clone();
        drop(ended.wait_for(|ended| *ended).await);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stopping.send_replace(true);
    }
}

/// The reason why there is no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoResponse {
    /// The connection was refused.
    Refused,
    /// The connection was closed.
    Closed,
}

/// The servers, in the order of their ports. Upsun's tokens come from a server of their own.
const SERVERS: [&str; 5] = ["upsun", "upsun-auth", "probely", "anthropic", "scim"];

/// Opens a port for each server: free ones, or this one and those after it.
async fn listen(first: u16) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for (place, _) in (0u16..).zip(SERVERS) {
        let port = if first == 0 { Some(0) } else { first.checked_add(place) };
        let port = port.ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "the port is too high: each service needs one after it",
            )
        })?;
        listeners.push(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?);
    }
    Ok(listeners)
}

fn origin(port: u16) -> String {
    format!("http://{}:{port}", Ipv4Addr::LOCALHOST)
}

/// A service, its name and its port.
struct Mounted {
    name: &'static str,
    port: u16,
    service: Box<dyn AnyService>,
}

/// The state that all requests share.
struct Shared {
    seed: u64,
    latency: Duration,
    services: Vec<Mounted>,
    clock: Arc<Clock>,
    recorder: Mutex<Recorder>,
    faults: Mutex<Faults>,
    served: AtomicU64,
    stopping: watch::Sender<bool>,
}

impl Shared {
    fn new(ports: [u16; SERVERS.len()], options: &SandboxOptions) -> Self {
        let clock = Arc::new(Clock::new(options.fixed_clock));
        let mut faults = Faults::default();
        for fault in &options.faults {
            faults.add(fault.clone());
        }
        let tokens = Arc::new(Tokens::new(options, Arc::clone(&clock)));
        let upsun = Upsun::new(&origin(ports[0]), options, Arc::clone(&clock), Arc::clone(&tokens));
        let services: [Box<dyn AnyService>; SERVERS.len()] = [
            Box::new(upsun),
            Box::new(UpsunAuth::new(tokens)),
            Box::new(Probely::new(options, Arc::clone(&clock))),
            Box::new(Anthropic::new(options, Arc::clone(&clock))),
            Box::new(Scim::new(&origin(ports[4]), options, Arc::clone(&clock))),
        ];
        let services = SERVERS.into_iter().zip(ports).zip(services);
        let services = services.map(|((name, port), service)| Mounted { name, port, service }).collect();
        Self {
            seed: options.seed,
            latency: options.latency,
            services,
            clock,
            recorder: Mutex::default(),
            faults: Mutex::new(faults),
            served: AtomicU64::new(0),
            stopping: watch::Sender::new(false),
        }
    }

    fn next_request_id(&self) -> String {
        let number = self.served.fetch_add(1, Ordering::SeqCst);
        let bits =
            (u128::from(key(&[self.seed, 1, number])) << 64) | u128::from(key(&[self.seed, 2, number]));
        format!("req_01{}", base58(bits, 22))
    }

    async fn response(&self, port: Option<u16>, request: Request<Body>) -> FaultOutcome {
        let request_id = self.next_request_id();
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, MAX_BODY_BYTES).await;
        let mounted = self.services.iter().find(|mounted| Some(mounted.port) == port);
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let call = Call {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: Query::parse(&raw_query),
            raw_query,
            headers: parts.headers,
            request_id,
            body: body.as_ref().map(Clone::clone).unwrap_or_default(),
        };
        let (name, operation) = mounted
            .map_or(("none", Operation::NONE), |mounted| (mounted.name, mounted.service.operation(&call)));
        let number = lock(&self.recorder).push(RecordedRequest::new(name, operation, &call));

        let request_id = call.request_id.clone();
        let words = Words {
            request_id: &request_id,
            credential: call.credential(),
            if_match: call.header("if-match"),
            body: &call.body,
        };
        let mut effect = lock(&self.faults).strike(name, operation, words);
        let query = call.raw_query.clone();
        pause(self.latency.saturating_add(effect.before.delay)).await;
        let outcome = if let Some(outcome) = effect.before.outcome.take() {
            outcome
        } else {
            let mut is_write = false;
            let reply = match mounted {
                _ if body.is_err() => Reply::empty(413),
                Some(Mounted { service, .. }) => {
                    let call = effect.misread(call, service.as_ref());
                    is_write = service.operation(&call).writes;
                    service.response(&call)
                }
                None => Reply::json(404, &json!({"error": "No service has this port."})),
            };
            if is_write && (200..300).contains(&reply.status) {
                lock(&self.recorder).set_effect(number);
            }
            pause(effect.after.delay).await;
            match effect.after.outcome.take() {
                Some(outcome) => outcome,
                None => FaultOutcome::Reply(effect.changed(reply, &query)),
            }
        };
        let reply = match outcome {
            FaultOutcome::Reply(reply) => reply,
            without => return without,
        };
        lock(&self.recorder).set_status(number, reply.status);
        let header = mounted.map_or("x-request-id", |mounted| mounted.service.request_id_header());
        let has_date = reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("date"));
        let reply = if has_date { reply } else { reply.header("date", http_date(self.clock.now())) };
        FaultOutcome::Reply(reply.header(header, request_id))
    }
}

async fn pause(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<ConnectionHandle>,
    request: Request<Body>,
) -> Response<Body> {
    let mut stopping = shared.stopping.subscribe();
    // A long delay must not hold up the shutdown.
    let outcome = tokio::select! {
        outcome = shared.response(Some(line.port()), request) => outcome,
        _ = stopping.wait_for(|stop| *stop) => FaultOutcome::Reply(Reply::empty(503)),
    };
    if let FaultOutcome::Reply(reply) = outcome {
        reply.into_response()
    } else {
        line.cut();
        // No client receives this response.
        Reply::empty(500).into_response()
    }
}

/// The state is valid even after a panic: every change under these locks is one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
/// Returns whether a service has an operation with this id.
pub(crate) fn is_operation(id: &str) -> bool {
    fn has<S: Service>(id: &str) -> bool {
        S::routes().iter().any(|route| route.operation == id)
    }

    has::<Upsun>(id) || has::<UpsunAuth>(id) || has::<Probely>(id) || has::<Anthropic>(id) || has::<Scim>(id)
}
