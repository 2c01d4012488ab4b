//! One operation: attempts until there is an answer or a reason why not.

use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyprofile_core::{Effort, Error, ErrorKind, ProviderInfo, Result, Retry};
use bytes::Bytes;
use http::{HeaderMap, Method};
use tokio::time::{Instant, timeout};
use tracing::debug;
use url::Url;

use crate::{
    Answer, Credential, TransportError, TransportErrorKind,
    body::{read_body, read_start},
    client::Inner,
    credential::{Generation, is_step_up, step_up_error},
    dialect::Dialect,
    failure::{failure, request_id},
    limiter::{Reason, Turn, advice},
    origin::{MAX_REDIRECTS, redirect},
    retry::{Circumstances, Decision, Failed, asked_wait, decide, random, response_date},
};

/// How much of an error's body is read: enough for what it says, not for what a bad day brings.
pub(crate) const MAX_ERROR_BYTES: usize = 64 * 1024;

/// How often a request is sent again that the server did not take, beside the attempts that it has.
const MAX_REFUSALS: u32 = 5;

/// A request with all but its credential.
pub(crate) struct Outbound {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) idempotent: bool,
    pub(crate) place: Place,
    /// Whether a 404 is about what the request names, and not about the place.
    pub(crate) names_resource: bool,
    pub(crate) most_records: usize,
}

/// Which of an account's servers a request goes to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// The service's API, below the base URL.
    Api,
    /// The token endpoint, which the setting of this name leads to.
    TokenEndpoint(&'static str),
}

impl Place {
    /// What to check where the place may be wrong.
    pub(crate) const fn setting(self) -> &'static str {
        match self {
            Self::Api => "the base URL",
            Self::TokenEndpoint(setting) => setting,
        }
    }

    /// The URL that was configured, or follows from it. It holds no credential and nothing of a profile.
    pub(crate) fn url<'a>(self, outbound: &'a Outbound, info: &'a ProviderInfo) -> &'a str {
        match self {
            Self::Api => &info.base_url,
            Self::TokenEndpoint(_) => outbound.url.as_str(),
        }
    }
}

/// One operation: everything that shares one deadline.
pub(crate) struct Exchange {
    pub(crate) inner: Arc<Inner>,
    started: Instant,
}

/// An answer as it came.
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Whether the body is all that was sent. Of an error's body the start is enough.
    pub(crate) is_whole: bool,
}

/// An attempt without a whole answer.
pub(crate) enum Broken {
    Transport(TransportError),
    TooLarge(u16, HeaderMap),
    Redirect(u16, HeaderMap, &'static str),
}

impl From<TransportError> for Broken {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl Exchange {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self { inner, started: Instant::now() }
    }

    /// Another operation of the same client, with a deadline of its own.
    pub(crate) fn anew(&self) -> Self {
        Self::new(Arc::clone(&self.inner))
    }

    /// Attempts until there is an answer or a reason to give up.
    pub(crate) async fn run(
        &self,
        outbound: &Outbound,
        credential: Option<&Credential>,
        dialect: &Arc<dyn Dialect>,
        effort: &mut Effort,
    ) -> Result<Answer> {
        let mut attempts = 0;
        let mut refusals = 0;
        let mut refused: Option<Generation> = None;
        loop {
            attempts += 1;
            let mut headers = outbound.headers.clone();
            let generation = match credential {
                Some(credential) => {
                    let applied = credential.apply(&mut headers, self, refused, effort);
                    // A token that does not come must not outlast the operation.
                    match timeout(self.remaining(), applied).await {
                        Ok(applied) => applied?,
                        Err(_) => return Err(self.out_of_time(outbound)),
                    }
                }
                None => None,
            };
            // Held until the answer is there. Waiting is no part of the attempt's time, but of the operation's.
            let Ok(turn) = timeout(self.remaining(), self.turn(effort)).await else {
                return Err(self.out_of_time(outbound));
            };
            let began = Instant::now();
            effort.requests = 1;
            effort.attempts += 1;
            let limit = self.inner.options.attempt_timeout.min(self.remaining());
            let result = timeout(limit, self.attempt(outbound, headers))
                .await
                .unwrap_or_else(|_| Err(Broken::Transport(TransportError::new(TransportErrorKind::Timeout))));
            log(
                &result,
                dialect.as_ref(),
                &self.inner.credential,
                outbound,
                effort.attempts,
                began.elapsed(),
            );
            if let Ok(received) = &result {
                let advice = advice(received.status, &received.headers, dialect.as_ref(), SystemTime::now());
                self.inner.limiter.observe(advice, Instant::now());
            }
            drop(turn);

            let result = match result {
                Ok(received) if (200..300).contains(&received.status) => {
                    self.inner.budget.earn();
                    return Ok(self.answer(received, outbound, dialect, *effort));
                }
                failed => failed,
            };
            let failed = match &result {
                Ok(received) if received.status == 401 && is_step_up(&received.headers) => {
                    let request_id = request_id(&received.headers, dialect.as_ref(), &self.inner.credential);
                    return Err(step_up_error(&self.inner.info)
                        .with_operation(outbound.operation.clone())
                        .with_status(401)
                        .with_from_service(true)
                        .with_response_date(response_date(&received.headers))
                        .with_request_id(request_id));
                }
                // The token may have been withdrawn early: once more with a new one, and the whole body.
                Ok(received)
                    if received.status == 401
                        && refused.is_none()
                        && credential.is_some_and(Credential::is_renewable) =>
                {
                    refused = generation;
                    attempts -= 1;
                    continue;
                }
                // It was not taken: sending it again is no repetition, and a server that goes away is gone in a moment.
                Err(Broken::Transport(error))
                    if error.kind == TransportErrorKind::Refused
                        && refusals < MAX_REFUSALS
                        && !self.remaining().is_zero() =>
                {
                    refusals += 1;
                    attempts -= 1;
                    effort.attempts -= 1;
                    continue;
                }
                Ok(received) => Failed::Status(received.status, &received.headers),
                Err(Broken::Transport(error)) => Failed::Transport(error.kind),
                Err(Broken::TooLarge(..) | Broken::Redirect(..)) => {
                    return Err(failure(self, result, outbound, dialect.as_ref()));
                }
            };
            let decision = decide(
                failed,
                Circumstances {
                    idempotent: outbound.idempotent,
                    attempts,
                    max_attempts: self.inner.options.max_attempts,
                    remaining: self.remaining(),
                    now: SystemTime::now(),
                    random: if self.inner.options.jitter { random() } else { 0.5 },
                },
            );
            match decision {
                Decision::RetryAfter(wait) if self.inner.budget.take() => {
                    debug!(
                        wait_milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                        "trying again"
                    );
                    let reason = match &result {
                        Ok(received) if asked_wait(&received.headers, SystemTime::now()).is_some() => {
                            Reason::Asked(received.status)
                        }
                        Ok(received) => Reason::Failed(Some(received.status)),
                        Err(_) => Reason::Failed(None),
                    };
                    effort.waited +=
                        self.inner.limiter.wait(wait, reason, |wait, reason| self.tell(wait, reason)).await;
                }
                _ => return Err(failure(self, result, outbound, dialect.as_ref())),
            }
        }
    }

    /// Waits for this request's turn.
    async fn turn(&self, effort: &mut Effort) -> Turn<'_> {
        let limiter = &self.inner.limiter;
        let turn = limiter.enter().await;
        effort.waited += limiter.pass(|wait, reason| self.tell(wait, reason)).await;
        turn
    }

    /// Tells of a long wait. Who shows nothing else shows this: it looks as if nothing happened any more.
    fn tell(&self, wait: Duration, reason: Reason) {
        let info = &self.inner.info;
        let seconds = wait.as_secs_f64().ceil();
        let why = match reason {
            Reason::Asked(status @ 200..=299) => {
                format!(", as the service asks: its quota is spent (status {status})")
            }
            Reason::Asked(status) => format!(", as the service asks (status {status})"),
            Reason::Failed(Some(status)) => format!(" before the next attempt (status {status})"),
            Reason::Failed(None) => " before the next attempt (no response)".to_owned(),
        };
        tracing::warn!(
            target: "anyprofile_http::wait",
            service = info.service.as_str(),
            account = info.account.as_str(),
            "waiting {seconds} s{why}",
        );
    }

    fn out_of_time(&self, outbound: &Outbound) -> Error {
        Error::new(ErrorKind::Timeout, "the operation's deadline has passed")
            .with_provider(&self.inner.info)
            .with_operation(outbound.operation.clone())
            .with_retry(Retry::Later)
            .with_hint("try again later, or allow more time")
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.inner.options.operation_deadline.saturating_sub(self.started.elapsed())
    }

    /// One attempt: one answer, redirects followed.
    async fn attempt(&self, outbound: &Outbound, headers: HeaderMap) -> Result<Received, Broken> {
        let mut url = outbound.url.clone();
        let mut redirects = 0;
        loop {
            let mut request = http::Request::new(outbound.body.clone());
            *request.method_mut() = outbound.method.clone();
            *request.uri_mut() =
                url.as_str().parse().map_err(|_| TransportError::new(TransportErrorKind::Request))?;
            *request.headers_mut() = headers.clone();
            let (parts, body) = self.inner.transport.send(request).await?.into_parts();
            let status = parts.status.as_u16();
            if parts.status.is_redirection() {
                let location = parts.headers.get(http::header::LOCATION).map(http::HeaderValue::as_bytes);
                match redirect(&outbound.method, &url, location, &self.inner.trusted) {
                    Ok(_) if redirects == MAX_REDIRECTS => {
                        let reason = "the service redirects in a circle";
                        return Err(Broken::Redirect(status, parts.headers, reason));
                    }
                    Ok(to) => url = to,
                    Err(reason) => return Err(Broken::Redirect(status, parts.headers, reason)),
                }
                redirects += 1;
                continue;
            }
            let (body, is_whole) = if parts.status.is_success() {
                let options = &self.inner.options;
                let (most, least) = (options.max_response_bytes, options.min_bytes_per_second);
                match read_body(body, &parts.headers, most, least).await? {
                    Some(body) => (body, true),
                    None => return Err(Broken::TooLarge(status, parts.headers)),
                }
            } else {
                // The status says enough: a body that cannot be read must not hide it.
                read_start(body, MAX_ERROR_BYTES).await
            };
            return Ok(Received { status, headers: parts.headers, body, is_whole });
        }
    }

    fn answer(
        &self,
        received: Received,
        outbound: &Outbound,
        dialect: &Arc<dyn Dialect>,
        effort: Effort,
    ) -> Answer {
        Answer {
            status: received.status,
            request_id: request_id(&received.headers, dialect.as_ref(), &self.inner.credential),
            headers: received.headers,
            body: received.body,
            effort,
            inner: Arc::clone(&self.inner),
            dialect: Arc::clone(dialect),
            operation: outbound.operation.clone(),
            is_write: !outbound.idempotent,
            place: outbound.place,
            most_records: outbound.most_records,
        }
    }
}

/// Logs an attempt: nothing of its URL, headers and bodies.
fn log(
    result: &Result<Received, Broken>,
    dialect: &dyn Dialect,
    credential: &Credential,
    outbound: &Outbound,
    attempt: u32,
    took: Duration,
) {
    let duration_milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let operation = &*outbound.operation;
    match result {
        Ok(received) => {
            let request_id = request_id(&received.headers, dialect, credential).unwrap_or_default();
            let status = received.status;
            debug!(operation, attempt, status, duration_milliseconds, request_id, "answered");
        }
        Err(Broken::Transport(error)) => {
            debug!(operation, attempt, duration_milliseconds, failure = %error.kind, "no answer");
        }
        Err(Broken::TooLarge(status, _)) => debug!(operation, attempt, status, "answer too large"),
        Err(Broken::Redirect(status, ..)) => debug!(operation, attempt, status, "redirect refused"),
    }
}
