//! The conformance suite at a real server. The requests are recorded, and failures made, between the provider and the server.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use anyprofile::{
    ProfileProvider, Result, async_trait,
    http_client::{ResponseBody, Transport, TransportError, TransportErrorKind},
    scim::ScimConfig,
};
use anyprofile_conformance::{Connect, Disturbance, Report, SentRequest, Server, run};
use bytes::Bytes;

/// Checks that fail at a server because of what the server does, each with its fault.
const FAULTS: &[(&str, &str, &str)] = &[
    ("scim2-server", "fields.filled", "it names `groups` of a user, and sends none"),
    ("scim2-server-cursors", "fields.filled", "it names `groups` of a user, and sends none"),
    ("scimmy", "fields.filled", "records have no `meta.version`"),
    ("canaille", "fields.filled", "it names `externalId` and `photos`, and sends none"),
];

/// Runs the suite, and returns how many checks passed.
///
/// # Errors
/// If a check fails that no fault of the server explains, or if one passes whose failure is said to be the server's fault.
pub(crate) async fn conforms(server: &str, config: ScimConfig) -> std::result::Result<String, String> {
    let wire = Wire::default();
    let recorder = wire.clone();
    let http = config.http.clone().with_transport_layer(move |inner| {
        Arc::new(Tapped { inner, wire: recorder.clone() }) as Arc<dyn Transport>
    });
    let report = run(&Account(config.with_http(http)), &wire).await;
    if let Some(reason) = &report.unreachable {
        return Err(format!("conformance: {reason}"));
    }
    let known = FAULTS.iter().filter(|(at, _, _)| *at == server);
    let unexplained: Vec<_> = report
        .failures()
        .filter(|(check, _)| !known.clone().any(|(_, id, _)| *id == check.id))
        .map(|(check, reason)| format!("{}: {reason}", check.id))
        .collect();
    if !unexplained.is_empty() {
        return Err(format!("conformance: {}", unexplained.join("; ")));
    }
    for (_, id, fault) in known.clone() {
        if !report.failures().any(|(check, _)| check.id == *id) {
            return Err(format!("conformance: {id} passes, although the server has the fault: {fault}"));
        }
    }
    Ok(told(&report, &known.map(|(_, id, fault)| format!("{id}: {fault}")).collect::<Vec<_>>()))
}

fn told(report: &Report, faults: &[String]) -> String {
    let (passed, failed) = (report.passed(), report.failures().count());
    let faults = if faults.is_empty() { String::new() } else { format!(" ({})", faults.join("; ")) };
    format!(
        "{passed} checks passed, {failed} failed by the server's fault{faults}, {} not proven",
        report.not_proven().count()
    )
}

#[derive(Debug)]
struct Account(ScimConfig);

impl Connect for Account {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        Ok(Arc::new(self.0.clone().connect()?))
    }

    fn secrets(&self) -> Vec<String> {
        vec!["scim-token".to_owned(), "scim-secret".to_owned()]
    }
}

/// What passes between the provider and the server.
#[derive(Clone, Default)]
struct Wire(Arc<Inner>);

#[derive(Default)]
struct Inner {
    sent: Mutex<Vec<SentRequest>>,
    disturbance: Mutex<Option<Disturbance>>,
    /// The requests that the disturbance could have befallen.
    befallen: AtomicU32,
}

impl Wire {
    fn sent(&self) -> MutexGuard<'_, Vec<SentRequest>> {
        self.0.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn disturbance(&self) -> MutexGuard<'_, Option<Disturbance>> {
        self.0.disturbance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what befalls a request.
    fn befalls(&self, request: &SentRequest) -> Option<Befalls> {
        let disturbance = (*self.disturbance())?;
        let is_further_page = request.path().ends_with("/Users")
            && request.method == "GET"
            && !request.url.contains("startIndex=1&")
            && !request.url.contains("cursor=&");
        let is_meant = match disturbance {
            Disturbance::WriteRefused { .. } | Disturbance::WriteLost { .. } => request.is_write,
            Disturbance::WrongPlace => true,
            _ => is_further_page,
        };
        if !is_meant {
            return None;
        }
        let before = self.0.befallen.fetch_add(1, Ordering::Relaxed);
        match disturbance {
            Disturbance::FailsOnce => (before == 0).then_some(Befalls::Answer(503, "")),
            Disturbance::Fails => Some(Befalls::Answer(503, "")),
            Disturbance::WebPage => Some(Befalls::Answer(200, "<!doctype html><html></html>")),
            Disturbance::WrongPlace => Some(Befalls::Answer(404, "{\"message\":\"no route\"}")),
            Disturbance::WriteRefused { after } => (before >= after).then_some(Befalls::Answer(403, REFUSED)),
            Disturbance::WriteLost { after } => (before >= after).then_some(Befalls::Lost),
            _ => None,
        }
    }
}

const REFUSED: &str =
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"403","detail":"refused"}"#;

enum Befalls {
    /// The server is not asked.
    Answer(u16, &'static str),
    /// The server is asked, and its response is lost.
    Lost,
}

impl fmt::Debug for Wire {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Wire(..)")
    }
}

impl Server for Wire {
    fn requests(&self) -> u64 {
        u64::try_from(self.sent().len()).unwrap_or(u64::MAX)
    }

    fn writes(&self) -> u64 {
        u64::try_from(self.sent().iter().filter(|request| request.is_write).count()).unwrap_or(u64::MAX)
    }

    fn log(&self, since: u64) -> Option<Vec<SentRequest>> {
        Some(self.sent().get(usize::try_from(since).ok()?..)?.to_vec())
    }

    fn disturb(&self, disturbance: Disturbance) -> bool {
        let can_be_made = matches!(
            disturbance,
            Disturbance::FailsOnce
                | Disturbance::Fails
                | Disturbance::WebPage
                | Disturbance::WrongPlace
                | Disturbance::WriteRefused { .. }
                | Disturbance::WriteLost { .. }
        );
        if can_be_made {
            self.0.befallen.store(0, Ordering::Relaxed);
            *self.disturbance() = Some(disturbance);
        }
        can_be_made
    }

    fn calm(&self) {
        *self.disturbance() = None;
    }
}

/// The transport of a provider under test.
#[derive(Debug)]
struct Tapped {
    inner: Arc<dyn Transport>,
    wire: Wire,
}

#[async_trait]
impl Transport for Tapped {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> std::result::Result<http::Response<ResponseBody>, TransportError> {
        // The token endpoint is no part of the service.
        if request.uri().path().ends_with("/oauth/token") {
            return self.inner.send(request).await;
        }
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let sent = SentRequest::new(request.method().as_str(), request.uri().to_string()).with_body(body);
        let sent = request.headers().iter().fold(sent, |sent, (name, value)| {
            sent.with_header(name.as_str(), value.to_str().unwrap_or_default())
        });
        let befalls = self.wire.befalls(&sent);
        self.wire.sent().push(sent);
        match befalls {
            None => self.inner.send(request).await,
            Some(Befalls::Answer(status, body)) => {
                let mut response = http::Response::new(ResponseBody::from_bytes(body));
                *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
                let content = if body.starts_with('<') { "text/html" } else { "application/json" };
                response
                    .headers_mut()
                    .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(content));
                Ok(response)
            }
            Some(Befalls::Lost) => {
                self.inner.send(request).await?;
                Err(TransportError::new(TransportErrorKind::Interrupted))
            }
        }
    }
}
