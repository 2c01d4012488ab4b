//! One operation: attempts until a response or a final error.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyprofile_core::{Error, ErrorKind, RequestStats, Result, error::Retry};
use http::HeaderMap;
use tokio::time::{Instant, timeout};
use tracing::debug;

use crate::{
    Credential, RequestContext, Response, RetryReason, TransportError, TransportErrorKind, WaitReason,
    account::Account,
    body::{read_body, read_start},
    credential::{Generation, is_step_up, step_up_error},
    dialect::{Dialect, Success, SuccessVerdict},
    failure::{failure, request_id},
    limiter::{Reason, Turn, advice},
    logging::{log_attempt, log_wait},
    observed::ObservedOperation,
    origin::{MAX_REDIRECTS, redirect},
    outbound::{Broken, MAX_ERROR_BYTES, Outbound, Received},
    owned::GivenUp,
    random::random,
    retry::{response_date, retry_after},
    retry_policy::{AttemptFailure, RetryContext, RetryDecision, decide},
};

/// How often a request is sent again that the server did not process. These do not count as attempts.
const MAX_REFUSALS: u32 = 5;

/// One operation: all attempts and waits that share one deadline.
pub(crate) struct Call {
    pub(crate) account: Arc<Account>,
    started: Instant,
    given_up: GivenUp,
}

impl Call {
    pub(crate) fn new(account: Arc<Account>, given_up: GivenUp) -> Self {
        Self { account, started: Instant::now(), given_up }
    }

    /// Creates another operation of the same client, with its own deadline.
    pub(crate) fn anew(&self) -> Self {
        // Several operations may wait for it, so it is not cancelled with the one that began it.
        Self::new(Arc::clone(&self.account), GivenUp::default())
    }

    /// Sends attempts until a response or a final error.
    pub(crate) async fn run(
        &self,
        outbound: &Outbound,
        credential: Option<&Credential>,
        dialect: &Arc<dyn Dialect>,
        operation: &mut ObservedOperation,
        stats: &mut RequestStats,
    ) -> Result<Response> {
        let mut attempts = 0;
        let mut refusals = 0;
        let mut refused: Option<Generation> = None;
        loop {
            attempts += 1;
            let mut headers = outbound.headers.clone();
            let generation = match credential {
                Some(credential) => {
                    let applied = credential.apply(&mut headers, self, refused, stats);
                    // The wait for a token must end with the operation's deadline.
                    match timeout(self.remaining(), applied).await {
                        Ok(applied) => applied?,
                        Err(_) => return Err(self.out_of_time(outbound)),
                    }
                }
                None => None,
            };
            // Held until the response is complete. The wait counts for the operation's time, not for the attempt's.
            let Ok(turn) = timeout(self.remaining(), self.turn(operation, stats)).await else {
                return Err(self.out_of_time(outbound));
            };
            let began = Instant::now();
            stats.requests = 1;
            stats.attempts += 1;
            let limit = self.account.options.attempt_timeout.min(self.remaining());
            let observed = operation.attempt();
            let result = timeout(limit, self.attempt(outbound, headers, &observed.context))
                .await
                .unwrap_or_else(|_| Err(Broken::Transport(TransportError::new(TransportErrorKind::Timeout))));
            let (sent, took) = (stats.attempts, began.elapsed());
            log_attempt(&result, dialect.as_ref(), &self.account.credential, outbound, sent, took);
            observed.finish(&result, dialect.as_ref());
            let result = result.map(|received| judged(received, outbound, dialect.as_ref()));
            if let Ok(received) = &result {
                let advice = advice(received.status, &received.headers, dialect.as_ref(), SystemTime::now());
                self.account.limiter.observe(advice, Instant::now());
            }
            drop(turn);

            let result = match result {
                Ok(received) if (200..300).contains(&received.status) => {
                    self.account.budget.deposit();
                    return Ok(self.response(received, outbound, dialect, *stats));
                }
                failed => failed,
            };
            let failed = match &result {
                Ok(received) if received.status == 401 && is_step_up(&received.headers) => {
                    let request_id =
                        request_id(&received.headers, dialect.as_ref(), &self.account.credential);
                    return Err(step_up_error(&self.account.info)
                        .with_operation(outbound.operation.clone())
                        .with_status(401)
                        .with_from_service(true)
                        .with_response_date(response_date(&received.headers))
                        .with_request_id(request_id));
                }
                // The token may have been revoked early: send the request once more with a new one.
                Ok(received)
                    if received.status == 401
                        && refused.is_none()
                        && credential.is_some_and(Credential::is_renewable) =>
                {
                    operation.retry(Duration::ZERO, RetryReason::TokenRefused);
                    refused = generation;
                    attempts -= 1;
                    continue;
                }
                // The server did not process it, so sending it again is safe, and the next connection is likely to reach
                // another server.
                Err(Broken::Transport(error))
                    if error.kind == TransportErrorKind::Refused
                        && refusals < MAX_REFUSALS
                        && !self.remaining().is_zero() =>
                {
                    operation.retry(Duration::ZERO, RetryReason::Transport(error.kind));
                    refusals += 1;
                    attempts -= 1;
                    stats.attempts -= 1;
                    continue;
                }
                Ok(received) => {
                    AttemptFailure::Status { status: received.status, headers: &received.headers }
                }
                Err(Broken::Transport(error)) => AttemptFailure::Transport(error.kind),
                Err(Broken::TooLarge(..) | Broken::Redirect(..)) => {
                    return Err(failure(&self.account, self.remaining(), result, outbound, dialect.as_ref()));
                }
            };
            let asked = match &result {
                Ok(received) => retry_after(&received.headers, SystemTime::now()),
                Err(_) => None,
            };
            let context = RetryContext::new(&outbound.operation, failed)
                .with_attempts(attempts)
                .with_retry_after(asked)
                .with_elapsed(self.started.elapsed())
                .with_remaining(self.remaining())
                .with_random(random());
            match decide(self.account.retry_policy.as_ref(), outbound.idempotent, &context) {
                RetryDecision::RetryAfter(wait) if self.account.budget.withdraw() => {
                    debug!(
                        wait_milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                        "trying again"
                    );
                    let (retry, reason) = match failed {
                        // A policy may choose another wait than the service asks for.
                        AttemptFailure::Status { status, .. } if asked == Some(wait) => {
                            (RetryReason::Status(status), Reason::Asked(status))
                        }
                        AttemptFailure::Status { status, .. } => {
                            (RetryReason::Status(status), Reason::Failed(Some(status)))
                        }
                        AttemptFailure::Transport(kind) => {
                            (RetryReason::Transport(kind), Reason::Failed(None))
                        }
                    };
                    operation.retry(wait, retry);
                    stats.waited += self
                        .account
                        .limiter
                        .wait(wait, reason, |wait, reason| self.log_wait(wait, reason))
                        .await;
                }
                _ => {
                    return Err(failure(&self.account, self.remaining(), result, outbound, dialect.as_ref()));
                }
            }
        }
    }

    /// Waits until this request may be sent.
    async fn turn(&self, operation: &ObservedOperation, stats: &mut RequestStats) -> Turn {
        let limiter = &self.account.limiter;
        let (turn, waited) = limiter.enter().await;
        if let Some(waited) = waited {
            operation.waited(waited, WaitReason::Concurrency);
        }
        if let Some(passed) = limiter.pass(|wait, reason| self.log_wait(wait, reason)).await {
            stats.waited += passed.counted;
            operation.waited(passed.waited, WaitReason::Rate);
        }
        turn
    }

    fn log_wait(&self, wait: Duration, reason: Reason) {
        log_wait(&self.account.info, wait, reason);
    }

    fn out_of_time(&self, outbound: &Outbound) -> Error {
        Error::new(ErrorKind::Timeout, "the operation's deadline has passed")
            .with_provider(&self.account.info)
            .with_operation(outbound.operation.clone())
            .with_retry(Retry::Later)
            .with_hint("try again later, or allow more time")
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.account.options.operation_timeout.saturating_sub(self.started.elapsed())
    }

    /// Sends one attempt, and follows redirects.
    async fn attempt(
        &self,
        outbound: &Outbound,
        headers: HeaderMap,
        context: &RequestContext,
    ) -> Result<Received, Broken> {
        let mut url = outbound.url.clone();
        let mut redirects = 0;
        loop {
            let mut request = http::Request::new(outbound.body.clone());
            *request.method_mut() = outbound.method.clone();
            *request.uri_mut() =
                url.as_str().parse().map_err(|_| TransportError::new(TransportErrorKind::Request))?;
            *request.headers_mut() = headers.clone();
            request.extensions_mut().insert(context.clone());
            if self.given_up.is_set() {
                // The task is about to be aborted: begin nothing.
                return std::future::pending().await;
            }
            let (parts, body) = self.account.transport.send(request).await?.into_parts();
            let status = parts.status.as_u16();
            if parts.status.is_redirection() {
                let location = parts.headers.get(http::header::LOCATION).map(http::HeaderValue::as_bytes);
                match redirect(&outbound.method, &url, location, &self.account.trusted) {
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
                let options = &self.account.options;
                let (most, least) = (options.max_response_bytes, options.min_bytes_per_second);
                match read_body(body, &parts.headers, most, least).await? {
                    Some(body) => (body, true),
                    None => return Err(Broken::TooLarge(status, parts.headers)),
                }
            } else {
                // The status is enough: a body that cannot be read must not hide it.
                read_start(body, MAX_ERROR_BYTES).await
            };
            return Ok(Received { status, sent_status: status, headers: parts.headers, body, is_whole });
        }
    }

    fn response(
        &self,
        received: Received,
        outbound: &Outbound,
        dialect: &Arc<dyn Dialect>,
        stats: RequestStats,
    ) -> Response {
        Response {
            status: received.status,
            request_id: request_id(&received.headers, dialect.as_ref(), &self.account.credential),
            headers: received.headers,
            body: received.body,
            stats,
            account: Arc::clone(&self.account),
            dialect: Arc::clone(dialect),
            operation: outbound.operation.clone(),
            url: outbound.url.clone(),
            is_write: !outbound.idempotent,
            place: outbound.place,
            most_records: outbound.most_records,
            keeps_raw: false,
        }
    }
}

/// Replaces the status of a response with a success status that reports a failure.
fn judged(received: Received, outbound: &Outbound, dialect: &dyn Dialect) -> Received {
    if !(200..300).contains(&received.status) {
        return received;
    }
    let Received { status, ref headers, ref body, .. } = received;
    match dialect.verdict(&Success { operation: &outbound.operation, status, headers, body }) {
        SuccessVerdict::Success => received,
        SuccessVerdict::Failure(status) => Received { status, ..received },
    }
}
