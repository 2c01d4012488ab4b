//! Turns a failed attempt into the error that a caller sees.

use std::time::{Duration, SystemTime};

use anyprofile_core::{
    Error, ErrorKind, Result,
    error::{Effect, Retry},
};
use http::HeaderMap;

use crate::{
    Credential, TransportError, TransportErrorKind,
    account::Account,
    dialect::{Dialect, ErrorDetails, Failure, by_status},
    outbound::{Broken, Outbound, Received, TargetServer},
    retry::{response_date, retry_after},
    retry_policy::AttemptFailure,
};

/// Creates the error of the last attempt of an operation.
pub(crate) fn failure(
    account: &Account,
    remaining: Duration,
    result: Result<Received, Broken>,
    outbound: &Outbound,
    dialect: &dyn Dialect,
) -> Error {
    let mut details = ErrorDetails::default();
    let error = match result {
        Ok(received) => {
            let failed = AttemptFailure::Status { status: received.status, headers: &received.headers };
            let retry = retry_of(failed, outbound, &received.headers);
            let error = status_error(account, outbound, &received, dialect, &mut details).with_retry(retry);
            // A service that says in its own form that it does not support the request has not carried it out.
            let is_refused = received.status == 501 && error.is_from_service();
            // 499: the connection was closed before the response; the service may have processed the request.
            let is_unknown = received.status >= 500 || matches!(received.status, 408 | 499);
            unknown_outcome(error, outbound, is_unknown && !is_refused)
        }
        Err(Broken::Transport(error)) => {
            let kind = error.kind;
            let retry = retry_of(AttemptFailure::Transport(kind), outbound, &HeaderMap::new());
            let error = transport_failure(error, account, remaining, outbound).with_retry(retry);
            let is_sent = !kind.is_before_sending();
            unknown_outcome(error, outbound, is_sent)
        }
        Err(Broken::TooLarge(status, headers)) => {
            let most = account.options.max_response_bytes;
            let error = Error::new(ErrorKind::TooLarge, format!("the response is larger than {most} bytes"))
                .with_status(status)
                .with_request_id(request_id(&headers, dialect, &account.credential))
                .with_response_date(response_date(&headers))
                .with_hint("request smaller pages, or allow larger responses");
            unknown_outcome(error, outbound, true)
        }
        Err(Broken::Redirect(status, headers, reason)) => {
            let error = Error::new(ErrorKind::Decode, reason)
                .with_status(status)
                .with_request_id(request_id(&headers, dialect, &account.credential))
                .with_response_date(response_date(&headers))
                .with_hint(format!(
                    "check {}; if the other host is right, add its origin to the account's trusted_origins",
                    outbound.place.setting()
                ));
            // 303 (See Other) points to the result, so the write may have been processed.
            unknown_outcome(error, outbound, status == 303)
        }
    };
    error.with_provider(&account.info).with_operation(outbound.operation.clone())
}

/// Returns whether the caller may try again, and when.
fn retry_of(failed: AttemptFailure<'_>, outbound: &Outbound, headers: &HeaderMap) -> Retry {
    // A caller may repeat a write that had no effect.
    let did_nothing = matches!(
        failed,
        AttemptFailure::Status { status: 429, .. }
            | AttemptFailure::Transport(TransportErrorKind::Connect | TransportErrorKind::Refused)
    );
    if !(outbound.idempotent || did_nothing) || !failed.is_transient() {
        return Retry::No;
    }
    retry_after(headers, SystemTime::now()).map_or(Retry::Later, Retry::After)
}

/// Marks the error of a write whose outcome is unknown.
fn unknown_outcome(error: Error, outbound: &Outbound, unknown: bool) -> Error {
    if outbound.idempotent || !unknown {
        return error;
    }
    error
        .with_effect(Effect::Possible)
        .with_hint("it is not known whether the change was made: read the profile before trying again")
}

fn transport_failure(
    error: TransportError,
    account: &Account,
    remaining: Duration,
    outbound: &Outbound,
) -> Error {
    let host = outbound.url.host_str().unwrap_or_default();
    let setting = outbound.place.setting();
    let proxy = account.transport.proxy_for(&outbound.url);
    let through = proxy.as_ref().map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default();
    let (kind, message, hint) = match error.kind {
        TransportErrorKind::Timeout if remaining.is_zero() => (
            ErrorKind::Timeout,
            "the operation's deadline has passed".to_owned(),
            "try again later, or allow more time".to_owned(),
        ),
        TransportErrorKind::Connect => {
            let hint = match &proxy {
                Some(_) => format!("check the proxy, {setting}, the network and the certificates"),
                None => format!("check {setting}, the network, the proxy and the certificates"),
            };
            (ErrorKind::Transport, format!("could not connect to {host}{through}"), hint)
        }
        TransportErrorKind::Certificate => (
            ErrorKind::Transport,
            format!("could not connect securely to {host}{through}: a certificate was not accepted"),
            format!(
                "check that {setting} is right, that the certificate has not expired and this machine's clock is right; \
                 to trust a certificate authority of your own, name it in the account's ca_file"
            ),
        ),
        TransportErrorKind::ProxyCredentials => {
            let (message, hint) = proxy_credentials(proxy.as_deref());
            (ErrorKind::Config, message, hint.to_owned())
        }
        TransportErrorKind::Timeout | TransportErrorKind::Slow => {
            (ErrorKind::Timeout, error.kind.to_string(), "try again later, or allow more time".to_owned())
        }
        TransportErrorKind::Interrupted => {
            (ErrorKind::Transport, error.kind.to_string(), "try again later".to_owned())
        }
        TransportErrorKind::Refused => {
            (ErrorKind::Upstream, error.kind.to_string(), "try again later".to_owned())
        }
        // The source says what is wrong, and holds nothing of the body.
        TransportErrorKind::Encoding | TransportErrorKind::Protocol => (
            ErrorKind::Decode,
            match &error.source {
                Some(source) => format!("{}: {source}", error.kind),
                None => error.kind.to_string(),
            },
            format!("check {setting}, and any proxy or gateway in front of the service"),
        ),
        TransportErrorKind::TooLarge => (
            ErrorKind::TooLarge,
            error.kind.to_string(),
            "request smaller pages, or allow larger responses".to_owned(),
        ),
        TransportErrorKind::Redirected => (
            ErrorKind::Config,
            format!("{}, and the credential may have gone there", error.kind),
            "the transport's HTTP client followed a redirect, or its middleware changed the URL: configure it to do neither"
                .to_owned(),
        ),
        TransportErrorKind::Request => {
            (ErrorKind::Internal, error.kind.to_string(), "report this as a defect".to_owned())
        }
    };
    let failure = Error::new(kind, message).with_hint(hint);
    match error.source {
        Some(source) => failure.with_source(source),
        None => failure,
    }
}

/// Returns the message and the hint for a proxy that requires credentials.
fn proxy_credentials(proxy: Option<&str>) -> (String, &'static str) {
    let message = match proxy {
        Some(proxy) => format!("the proxy {proxy} requires credentials, or refuses those that were sent"),
        None => "a proxy requires credentials, or refuses those that were sent".to_owned(),
    };
    (
        message,
        "put the proxy's user name and password into its URL in HTTPS_PROXY (http://user:password@host:port); this is \
         not about the service's credential",
    )
}

fn status_error(
    account: &Account,
    outbound: &Outbound,
    received: &Received,
    dialect: &dyn Dialect,
    details: &mut ErrorDetails,
) -> Error {
    let failure = Failure::new(&outbound.operation, received.status, &received.headers, &received.body);
    dialect.describe(&failure, details);
    let is_own_form = !failure.is_html && dialect.is_own_form(&failure);
    let has_no_body = failure.is_empty;
    let setting = outbound.place.setting();
    if received.status == 407 {
        let proxy = account.transport.proxy_for(&outbound.url);
        let (message, hint) = proxy_credentials(proxy.as_deref());
        details.kind = Some(ErrorKind::Config);
        details.message = Some(message.into());
        details.hint = Some(hint.into());
    } else if failure.is_html && matches!(received.status, 400..=406 | 410..=412 | 414..=428 | 430..=498) {
        // These APIs do not respond with web pages, so the status says nothing about the credential.
        details.kind = Some(ErrorKind::Upstream);
        details.message =
            Some("something in front of the service refused the request with a web page".into());
        details.hint = Some(
            format!(
                "check {setting}, and whether a firewall, proxy or CDN blocks this address or user agent"
            )
            .into(),
        );
    } else if !is_own_form && says_nothing_of_a_profile(&failure, received.is_whole) && details.kind.is_none()
    {
        details.kind = Some(ErrorKind::Upstream);
        details.message = Some(
            "something in front of the service, or another server at a wrong URL, responded: the response does not \
             have the service's error form"
                .into(),
        );
        details.hint = Some(
            format!(
                "check {setting} ({}), and any proxy or gateway in front of the service",
                outbound.place.url(outbound, &account.info)
            )
            .into(),
        );
    }
    if is_own_form && !outbound.names_resource && matches!(received.status, 404 | 410) {
        // The service responded in its own form, so the host is right and the path is not.
        details.kind = Some(ErrorKind::Config);
        let url = outbound.place.url(outbound, &account.info);
        let (message, hint) = if outbound.idempotent {
            ("the service has nothing at this URL", format!("check {setting} ({url})"))
        } else {
            // The body may name something that does not exist.
            (
                "the service has nothing at this URL, or does not have what the request names",
                format!("check {setting} ({url}), and the ids in the request"),
            )
        };
        details.message = Some(message.into());
        details.hint = Some(hint.into());
    }
    if let TargetServer::TokenEndpoint(_) = outbound.place {
        token_endpoint(outbound, received.status, details);
    }
    let credential = &account.credential;
    let (kind, message, hint) = by_status(received.status);
    let mut error =
        Error::new(details.kind.unwrap_or(kind), details.message.as_deref().unwrap_or(message))
            .with_status(received.sent_status)
            .with_from_service(is_own_form)
            .with_no_body(has_no_body)
            .with_response_date(response_date(&received.headers))
            .with_request_id(request_id(&received.headers, dialect, credential).or_else(|| {
                details.request_id.take().filter(|id| is_request_id(id) && !credential.is_in(id))
            }));
    error = with_words(error, details, credential);
    match details.hint.as_deref().or(hint) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// Returns whether the status of a response without the service's form must not be read as a statement about a profile or a
/// credential. 401 and 403 keep their general meaning if the body is empty or incomplete.
fn says_nothing_of_a_profile(failure: &Failure<'_>, is_whole: bool) -> bool {
    match failure.status {
        404 | 410 => true,
        401 | 403 => is_whole && !failure.is_empty,
        _ => false,
    }
}

/// Describes a status of the token endpoint, which never says anything about the requested profile.
fn token_endpoint(outbound: &Outbound, status: u16, details: &mut ErrorDetails) {
    let setting = outbound.place.setting();
    let url = &outbound.url;
    match status {
        404 | 405 | 410 | 421 => {
            details.kind = Some(ErrorKind::Config);
            details.message = Some(format!("the token endpoint {url} does not exist").into());
            details.hint = Some(format!("check {setting}").into());
        }
        400 | 402 | 406 | 409 | 411..=420 | 422..=424 | 426..=428 | 430..=498 if details.kind.is_none() => {
            details.kind = Some(ErrorKind::Config);
            details.message = Some(format!("the token endpoint {url} refuses the request").into());
            details.hint = Some(format!("check {setting}, and the account's credential").into());
        }
        _ => {}
    }
}

/// Adds the service's own words to the error, without the account's credential, which some servers repeat.
pub(crate) fn with_words(mut error: Error, details: &mut ErrorDetails, credential: &Credential) -> Error {
    if let Some(code) = details.code.take().filter(|code| !credential.is_in(code)) {
        error = error.with_code(&code);
    }
    if let Some(message) = details.service_message.take() {
        error = error.with_service_message(credential.hide(&message));
    }
    for (field, message) in details.field_errors.drain(..) {
        error = error.with_field_error(credential.hide(&field), credential.hide(&message));
    }
    error
}

/// Returns the service's id of the request, if it is valid.
pub(crate) fn request_id(
    headers: &HeaderMap,
    dialect: &dyn Dialect,
    credential: &Credential,
) -> Option<String> {
    let mut values =
        dialect.request_id_headers().iter().filter_map(|name| headers.get(&**name)?.to_str().ok());
    values.find(|id| is_request_id(id) && !credential.is_in(id)).map(str::to_owned)
}

/// Returns whether a text is a valid request id. It is shown and logged, so nothing else is allowed.
fn is_request_id(id: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'=' | b'+' | b'/')
    };
    !id.is_empty() && id.len() <= 128 && id.bytes().all(allowed)
}
