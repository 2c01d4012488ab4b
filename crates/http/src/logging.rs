//! Logs attempts and long waits, with nothing of URLs, headers and bodies.

use std::time::Duration;

use anyprofile_core::ProviderInfo;
use tracing::debug;

use crate::{
    Credential,
    dialect::Dialect,
    failure::request_id,
    limiter::Reason,
    outbound::{Broken, Outbound, Received},
};

/// Logs a long wait. Programs show this event even if they show no other log: otherwise the program seems to hang.
pub(crate) fn log_wait(info: &ProviderInfo, wait: Duration, reason: Reason) {
    let seconds = wait.as_secs_f64().ceil();
    let why = match reason {
        Reason::Asked(status @ 200..=299) => {
            format!(", as the service asks: its quota is used up (status {status})")
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

/// Logs an attempt.
pub(crate) fn log_attempt(
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
            let status = received.sent_status;
            debug!(operation, attempt, status, duration_milliseconds, request_id, "responded");
        }
        Err(Broken::Transport(error)) => {
            debug!(operation, attempt, duration_milliseconds, failure = %error.kind, "no response");
        }
        Err(Broken::TooLarge(status, _)) => debug!(operation, attempt, status, "response too large"),
        Err(Broken::Redirect(status, ..)) => debug!(operation, attempt, status, "redirect refused"),
    }
}
