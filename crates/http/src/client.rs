//! The client: sends a request until it has an answer, or a reason why not.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyprofile_core::{Effort, Error, ErrorKind, ProviderInfo, Result, Retry};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method};
use tokio::time::{Instant, timeout};
use tracing::{Instrument, debug};
use url::Url;

use crate::{
    Answer, Credential, HttpOptions, Request, ResponseBody, Transport, TransportError, TransportErrorKind,
    builtin::Builtin,
    credential::{Generation, is_step_up, step_up_error},
    dialect::{Dialect, ErrorDetails, Failure, by_status},
    origin::{MAX_REDIRECTS, TrustedOrigins, next_link, redirect},
    retry::{Budget, Circumstances, Decision, Failed, asked_wait, decide, is_retryable},
};

/// How much of an error's body is read: enough for what it says, not for what a bad day brings.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// A client of one account of one service. Cheap to clone; clones share connections, tokens and budget.
#[derive(Clone, Debug)]
pub struct HttpClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    info: Arc<ProviderInfo>,
    base: Url,
    headers: HeaderMap,
    transport: Arc<dyn Transport>,
    options: HttpOptions,
    trusted: TrustedOrigins,
    credential: Credential,
    dialect: &'static Dialect,
    budget: Budget,
}

impl HttpClient {
    /// A client for `info`'s base URL, with `headers` on every request besides those of [`HttpOptions`].
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if it cannot work. No request is sent.
    pub fn new(
        info: ProviderInfo,
        credential: Credential,
        mut headers: HeaderMap,
        dialect: &'static Dialect,
        options: HttpOptions,
    ) -> Result<Self> {
        let mut build = || {
            let base = crate::base_url(&info.base_url, options.allow_insecure_http)?;
            let trusted = TrustedOrigins::new(&options.trusted_origins, options.allow_insecure_http)?;
            let transport = match &options.transport {
                Some(transport) => Arc::clone(transport),
                None => Arc::new(Builtin::new(&options, base.scheme() == "https")?) as Arc<dyn Transport>,
            };
            headers.insert(
                http::header::ACCEPT,
                HeaderValue::from_static("application/json, application/hal+json;q=0.9, */*;q=0.1"),
            );
            headers.insert(http::header::USER_AGENT, user_agent(options.user_agent.as_deref())?);
            Ok((base, trusted, transport))
        };
        let (base, trusted, transport) = build().map_err(|error: Error| error.with_provider(&info))?;
        let budget = Budget::new(options.retry_budget);
        let info = Arc::new(info);
        Ok(Self(Arc::new(Inner {
            info,
            base,
            headers,
            transport,
            options,
            trusted,
            credential,
            dialect,
            budget,
        })))
    }

    /// Who is spoken to.
    pub fn info(&self) -> &ProviderInfo {
        &self.0.info
    }

    /// The URL that a request would go to.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if an id in its path cannot be one; [`ErrorKind::Decode`] if its next
    /// link leads elsewhere.
    pub fn url(&self, request: &Request) -> Result<Url> {
        let inner = &*self.0;
        let error = |kind, message| {
            Error::new(kind, message).with_provider(&inner.info).with_operation(request.operation)
        };
        let url = request.url(&inner.base).map_err(|message| error(ErrorKind::InvalidRequest, message))?;
        match &request.next_link {
            None => Ok(url),
            Some(link) => next_link(&url, link, &inner.trusted).map_err(|message| {
                error(ErrorKind::Decode, message)
                    .with_hint("what was delivered is good, and there may be more; if the link is right, trust its origin in the account's settings")
            }),
        }
    }

    /// Sends a request, repeats it where that may help and does no harm, and gives the answer.
    ///
    /// # Errors
    /// Every kind but `Unsupported`. The error says what was spent.
    pub async fn send(&self, request: Request) -> Result<Answer> {
        let url = self.url(&request)?;
        let inner = &*self.0;
        let mut headers = inner.headers.clone();
        headers.extend(request.headers);
        let outbound = Outbound {
            operation: request.operation,
            method: request.method,
            url,
            headers,
            body: request.body,
            idempotent: request.idempotent,
        };
        let exchange = Exchange { inner, started: Instant::now() };
        let span = tracing::debug_span!(
            "anyprofile",
            service = %inner.info.service,
            account = %inner.info.account,
            operation = outbound.operation,
        );
        let mut effort = Effort::default();
        exchange
            .run(&outbound, Some(&inner.credential), inner.dialect, &mut effort)
            .instrument(span)
            .await
            .map_err(|error| error.with_effort(effort))
    }
}

fn user_agent(product: Option<&str>) -> Result<HeaderValue> {
    let own = concat!("anyprofile/", env!("CARGO_PKG_VERSION"));
    let text = product.map_or_else(|| own.to_owned(), |product| format!("{product} {own}"));
    HeaderValue::from_str(&text)
        .map_err(|_| Error::config("the user agent holds characters that cannot stand in a header"))
}

/// A request with all but its credential.
pub(crate) struct Outbound {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) idempotent: bool,
}

/// One operation: everything that shares one deadline.
pub(crate) struct Exchange<'a> {
    inner: &'a Inner,
    started: Instant,
}

/// An answer as it came.
struct Received {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

/// An attempt without a whole answer.
enum Broken {
    Transport(TransportError),
    TooLarge(u16, HeaderMap),
    Redirect(u16, HeaderMap, &'static str),
}

impl From<TransportError> for Broken {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl Exchange<'_> {
    /// Attempts until there is an answer or a reason to give up.
    pub(crate) async fn run(
        &self,
        outbound: &Outbound,
        credential: Option<&Credential>,
        dialect: &'static Dialect,
        effort: &mut Effort,
    ) -> Result<Answer> {
        let mut attempts = 0;
        let mut refused: Option<Generation> = None;
        loop {
            attempts += 1;
            let mut headers = outbound.headers.clone();
            let generation = match credential {
                Some(credential) => credential.apply(&mut headers, self, refused, effort).await?,
                None => None,
            };
            let began = Instant::now();
            effort.attempts += 1;
            let limit = self.inner.options.attempt_timeout.min(self.remaining());
            let result = timeout(limit, self.attempt(outbound, headers))
                .await
                .unwrap_or_else(|_| Err(Broken::Transport(TransportError::new(TransportErrorKind::Timeout))));
            self.log(&result, dialect, outbound, effort.attempts, began.elapsed());

            let failed = match &result {
                Ok(received) if (200..300).contains(&received.status) => {
                    self.inner.budget.earn();
                    return Ok(self.answer(result_or_empty(result), outbound, dialect, *effort));
                }
                Ok(received) if received.status == 401 && is_step_up(&received.headers) => {
                    let request_id = request_id(&received.headers, dialect);
                    return Err(step_up_error(&self.inner.info)
                        .with_operation(outbound.operation)
                        .with_status(401)
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
                Ok(received) => Failed::Status(received.status, &received.headers),
                Err(Broken::Transport(error)) => Failed::Transport(error.kind),
                Err(Broken::TooLarge(..) | Broken::Redirect(..)) => {
                    return Err(self.failure(result, outbound, dialect));
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
                    random: fastrand::f64(),
                },
            );
            match decision {
                Decision::RetryAfter(wait) if self.inner.budget.take() => {
                    debug!(
                        wait_milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                        "trying again"
                    );
                    effort.waited += wait;
                    tokio::time::sleep(wait).await;
                }
                _ => return Err(self.failure(result, outbound, dialect)),
            }
        }
    }

    fn remaining(&self) -> Duration {
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
                let location =
                    parts.headers.get(http::header::LOCATION).and_then(|value| value.to_str().ok());
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
            let body = if parts.status.is_success() {
                let most = self.inner.options.max_response_bytes;
                match read_body(body, &parts.headers, most).await? {
                    Some(body) => body,
                    None => return Err(Broken::TooLarge(status, parts.headers)),
                }
            } else {
                // The status says enough: a body that cannot be read must not hide it.
                read_start(body, MAX_ERROR_BYTES).await
            };
            return Ok(Received { status, headers: parts.headers, body });
        }
    }

    fn answer(&self, received: Received, outbound: &Outbound, dialect: &Dialect, effort: Effort) -> Answer {
        Answer {
            status: received.status,
            request_id: request_id(&received.headers, dialect),
            headers: received.headers,
            body: received.body,
            effort,
            info: Arc::clone(&self.inner.info),
            operation: outbound.operation,
        }
    }

    /// The error of an attempt after which there is no other.
    fn failure(&self, result: Result<Received, Broken>, outbound: &Outbound, dialect: &Dialect) -> Error {
        let mut details = ErrorDetails::default();
        let error = match result {
            Ok(received) => {
                let failed = Failed::Status(received.status, &received.headers);
                let retry = retry_of(failed, outbound, &received.headers);
                let error = status_error(outbound.operation, &received, dialect, &mut details).with_retry(retry);
                unknown_outcome(error, outbound, received.status >= 500 || received.status == 408)
            }
            Err(Broken::Transport(error)) => {
                let kind = error.kind;
                let retry = retry_of(Failed::Transport(kind), outbound, &HeaderMap::new());
                let error = transport_failure(error, self.remaining().is_zero()).with_retry(retry);
                unknown_outcome(error, outbound, kind != TransportErrorKind::Connect)
            }
            Err(Broken::TooLarge(status, headers)) => {
                let most = self.inner.options.max_response_bytes;
                Error::new(ErrorKind::TooLarge, format!("the answer is larger than {most} bytes"))
                    .with_status(status)
                    .with_request_id(request_id(&headers, dialect))
                    .with_hint("ask for smaller pages, or allow larger answers")
            }
            Err(Broken::Redirect(status, headers, reason)) => Error::new(ErrorKind::Decode, reason)
                .with_status(status)
                .with_request_id(request_id(&headers, dialect))
                .with_hint("check the base URL; if the other host is right, trust its origin in the account's settings"),
        };
        error.with_provider(&self.inner.info).with_operation(outbound.operation)
    }

    fn log(
        &self,
        result: &Result<Received, Broken>,
        dialect: &Dialect,
        outbound: &Outbound,
        attempt: u32,
        took: Duration,
    ) {
        let duration_milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let operation = outbound.operation;
        match result {
            Ok(received) => {
                let request_id = request_id(&received.headers, dialect).unwrap_or_default();
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
}

/// The answer out of a result that is known to have one.
fn result_or_empty(result: Result<Received, Broken>) -> Received {
    result.unwrap_or_else(|_| Received { status: 204, headers: HeaderMap::new(), body: Bytes::new() })
}

fn retry_of(failed: Failed<'_>, outbound: &Outbound, headers: &HeaderMap) -> Retry {
    // A write that did nothing may be sent again by its caller, who is told when.
    let did_nothing =
        matches!(failed, Failed::Status(429, _) | Failed::Transport(TransportErrorKind::Connect));
    if !(outbound.idempotent || did_nothing) || !is_retryable(failed) {
        return Retry::No;
    }
    asked_wait(headers, SystemTime::now()).map_or(Retry::Later, Retry::After)
}

/// Says of a write whose outcome is not known that it is not known.
fn unknown_outcome(error: Error, outbound: &Outbound, unknown: bool) -> Error {
    if outbound.idempotent || !unknown {
        return error;
    }
    error.with_hint("it is not known whether the change was made: read the profile before trying again")
}

fn transport_failure(error: TransportError, deadline_passed: bool) -> Error {
    let (kind, hint) = match error.kind {
        TransportErrorKind::Connect => {
            (ErrorKind::Transport, "check the base URL, the network, the proxy and the certificates")
        }
        TransportErrorKind::Timeout => (ErrorKind::Timeout, "try again later, or allow more time"),
        TransportErrorKind::Interrupted => (ErrorKind::Transport, "try again later"),
        TransportErrorKind::Encoding => (ErrorKind::Decode, "check what stands between here and the service"),
        TransportErrorKind::Request => (ErrorKind::Internal, "report this as a defect"),
    };
    let message = if deadline_passed && kind == ErrorKind::Timeout {
        "the operation's deadline has passed".to_owned()
    } else {
        error.kind.to_string()
    };
    let failure = Error::new(kind, message).with_hint(hint);
    match error.source {
        Some(source) => failure.with_source(source),
        None => failure,
    }
}

fn status_error(
    operation: &'static str,
    received: &Received,
    dialect: &Dialect,
    details: &mut ErrorDetails,
) -> Error {
    let failure = Failure::new(operation, received.status, &received.headers, &received.body);
    (dialect.describe)(&failure, details);
    if failure.is_html && matches!(received.status, 400..=499) && received.status != 429 {
        // A page is not what these APIs answer with: its status says nothing of the credential.
        details.kind = Some(ErrorKind::Upstream);
        details.message =
            Some("something in front of the service refused the request with a web page".into());
        details.hint = Some(
            "check the base URL, and whether a firewall, proxy or CDN blocks this address or user agent"
                .into(),
        );
    }
    let (kind, message, hint) = by_status(received.status);
    let mut error = Error::new(details.kind.unwrap_or(kind), details.message.as_deref().unwrap_or(message))
        .with_status(received.status)
        .with_request_id(
            request_id(&received.headers, dialect)
                .or_else(|| details.request_id.take().filter(|id| is_request_id(id))),
        );
    if let Some(code) = &details.code {
        error = error.with_code(code);
    }
    if let Some(message) = details.service_message.take() {
        error = error.with_service_message(message);
    }
    for (field, message) in details.field_errors.drain(..) {
        error = error.with_field_error(field, message);
    }
    match details.hint.as_deref().or(hint) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// The service's id of the request, if it can be one.
fn request_id(headers: &HeaderMap, dialect: &Dialect) -> Option<String> {
    let mut values = dialect.request_id_headers.iter().filter_map(|name| headers.get(*name)?.to_str().ok());
    values.find(|id| is_request_id(id)).map(str::to_owned)
}

/// Whether a text can be an id of a request: it is shown and logged, so it must not be anything else.
fn is_request_id(id: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'=' | b'+' | b'/')
    };
    !id.is_empty() && id.len() <= 128 && id.bytes().all(allowed)
}

/// The whole body, or `None` if it is larger than allowed.
async fn read_body(
    mut body: ResponseBody,
    headers: &HeaderMap,
    most: usize,
) -> Result<Option<Bytes>, TransportError> {
    let declared = headers
        .get(http::header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > most) {
        return Ok(None);
    }
    let Some(first) = body.piece().await? else {
        return Ok(Some(Bytes::new()));
    };
    if first.len() > most {
        return Ok(None);
    }
    let Some(second) = body.piece().await? else {
        return Ok(Some(first));
    };
    let mut whole = BytesMut::with_capacity(declared.unwrap_or((first.len() + second.len()) * 2).min(most));
    whole.extend_from_slice(&first);
    let mut piece = Some(second);
    while let Some(bytes) = piece {
        if whole.len() + bytes.len() > most {
            return Ok(None);
        }
        whole.extend_from_slice(&bytes);
        piece = body.piece().await?;
    }
    Ok(Some(whole.freeze()))
}

/// The start of a body, as far as it comes.
async fn read_start(mut body: ResponseBody, most: usize) -> Bytes {
    let mut start = BytesMut::new();
    while let Ok(Some(piece)) = body.piece().await {
        let left = most - start.len();
        start.extend_from_slice(&piece[..piece.len().min(left)]);
        if start.len() == most {
            break;
        }
    }
    start.freeze()
}
