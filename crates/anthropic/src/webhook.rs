//! Webhooks: the service tells a program that a user profile has changed, so that the program reads it again.
//!
//! There are events of the status of a program, and of enforcement actions that are opened or resolved; none of a profile
//! that is created, updated or deleted. An event carries no state, and a delivery may come late, twice or never, so it does
//! not replace a regular listing. Not every change of these statuses moves
//! [`updated_at`](crate::wire::UserProfile::updated_at): a listing of what was updated may miss one of which an event tells.
//!
//! ```
//! use anyprofile_anthropic::webhook::{WebhookVerifier, sign};
//! use anyprofile_anthropic::wire::EventType;
//! use anyprofile_http::HeaderMap;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = WebhookVerifier::new("whsec_c2FuZGJveC1zaWduaW5nLXNlY3JldA==")?;
//!
//! // A web framework provides the headers, and the body as it came.
//! let body = br#"{"type":"event","id":"evt_1","created_at":"2026-11-20T10:00:00Z","data":
//!     {"type":"user_profile.enforcement_action_opened","id":"uprof_1","organization_id":"o"}}"#;
//! let now = "2026-11-20T10:00:02Z".parse()?;
//! let headers: HeaderMap = sign("whsec_c2FuZGJveC1zaWduaW5nLXNlY3JldA==", "evt_1", now, body)?;
//!
//! let event = verifier.verify_at(&headers, body, now)?;
//! let data = event.data.into_value().ok_or("an event about nothing")?;
//! assert_eq!(data.event_type.value(), Some(&EventType::EnforcementActionOpened));
//! // Now read the user profile with this id.
//! assert_eq!(data.id.value().map(|id| id.as_str()), Some("uprof_1"));
//! # Ok(())
//! # }
//! ```
//!
//! # Sources
//! The official SDKs: their types name the events, and their Python client verifies signatures with the library of
//! [Standard Webhooks](https://www.standardwebhooks.com), whose scheme this is. No delivery of the service was seen.

use std::{error::Error as StdError, fmt};

use anyprofile_core::{Timestamp, wire::Tolerant as _};
use anyprofile_http::{HeaderMap, HeaderValue, Secret};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::wire::WebhookEvent;

/// How far the time of a signature may be from now, in seconds, in either direction.
pub const TOLERANCE_SECONDS: i64 = 5 * 60;

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";
const SECRET_PREFIX: &str = "whsec_";
const VERSION: &str = "v1";

/// Verifies that an event comes from the service, and reads it. `Debug` shows no secret.
#[derive(Clone)]
pub struct WebhookVerifier {
    mac: Hmac<Sha256>,
}

impl WebhookVerifier {
    /// Creates a verifier with the signing secret of a webhook (`whsec_…`).
    ///
    /// # Errors
    /// [`WebhookError::InvalidSecret`] if the secret is not base64 after its prefix, or empty.
    pub fn new(secret: impl Into<Secret>) -> Result<Self, WebhookError> {
        let secret = secret.into();
        let text = secret.expose();
        let key = BASE64_STANDARD
            .decode(text.strip_prefix(SECRET_PREFIX).unwrap_or(text))
            .map_err(|_| WebhookError::InvalidSecret)?;
        if key.is_empty() {
            return Err(WebhookError::InvalidSecret);
        }
        let mac = Hmac::new_from_slice(&key).map_err(|_| WebhookError::InvalidSecret)?;
        Ok(Self { mac })
    }

    /// Verifies a request that has just come, by the clock of the system, and returns its event. The body must be as
    /// it came: a body that was parsed and written again has another signature.
    ///
    /// # Errors
    /// Every [`WebhookError`] except [`InvalidSecret`](WebhookError::InvalidSecret). Respond with 400, and use nothing
    /// of the request.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<WebhookEvent, WebhookError> {
        self.verify_at(headers, body, Timestamp::now())
    }

    /// Verifies a request that came at a time, and returns its event.
    ///
    /// # Errors
    /// See [`verify`](Self::verify).
    pub fn verify_at(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<WebhookEvent, WebhookError> {
        let id = text(headers, ID)?;
        let time = text(headers, TIMESTAMP)?;
        let seconds: i64 = time.parse().map_err(|_| WebhookError::InvalidHeader(TIMESTAMP))?;
        if now.unix_seconds().saturating_sub(seconds).saturating_abs() > TOLERANCE_SECONDS {
            return Err(WebhookError::TimeOutOfRange);
        }
        let signed = signed(&self.mac, id, time, body);
        // While a secret is being replaced, a request has a signature for each.
        let is_valid = text(headers, SIGNATURE)?
            .split(' ')
            .filter_map(|signature| signature.split_once(','))
            .filter(|(version, _)| *version == VERSION)
            .filter_map(|(_, signature)| BASE64_STANDARD.decode(signature).ok())
            .any(|signature| signed.clone().verify_slice(&signature).is_ok());
        if !is_valid {
            return Err(WebhookError::WrongSignature);
        }
        let body = std::str::from_utf8(body).map_err(|_| WebhookError::NotAnEvent)?;
        let event = WebhookEvent::tolerant(body).map_err(|_| WebhookError::NotAnEvent)?;
        if event.record_type.value().map(String::as_str) != Some("event") {
            return Err(WebhookError::NotAnEvent);
        }
        Ok(event)
    }
}

impl fmt::Debug for WebhookVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WebhookVerifier").finish_non_exhaustive()
    }
}

/// Returns the headers with which the service sends a body, for tests of a receiver.
///
/// # Errors
/// [`WebhookError::InvalidSecret`], and [`WebhookError::InvalidHeader`] if the id is not allowed in a header.
pub fn sign(
    secret: impl Into<Secret>,
    id: &str,
    now: Timestamp,
    body: &[u8],
) -> Result<HeaderMap, WebhookError> {
    let WebhookVerifier { mac } = WebhookVerifier::new(secret)?;
    let time = now.unix_seconds().to_string();
    let signature = BASE64_STANDARD.encode(signed(&mac, id, &time, body).finalize().into_bytes());
    let mut headers = HeaderMap::new();
    for (name, value) in [(ID, id), (TIMESTAMP, &time), (SIGNATURE, &format!("{VERSION},{signature}"))] {
        let value = HeaderValue::from_str(value).map_err(|_| WebhookError::InvalidHeader(name))?;
        headers.insert(name, value);
    }
    Ok(headers)
}

fn signed(mac: &Hmac<Sha256>, id: &str, time: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = mac.clone();
    for part in [id.as_bytes(), b".", time.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, WebhookError> {
    let value = headers.get(name).ok_or(WebhookError::MissingHeader(name))?;
    value.to_str().map_err(|_| WebhookError::InvalidHeader(name))
}

/// Why a request to a webhook is refused. No message repeats anything of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookError {
    /// The signing secret is not base64, or empty.
    InvalidSecret,
    /// A header is missing.
    MissingHeader(&'static str),
    /// A header cannot be read.
    InvalidHeader(&'static str),
    /// The signature is more than [`TOLERANCE_SECONDS`] old, or as far ahead: the request may be a repetition of an
    /// old one, or a clock is wrong.
    TimeOutOfRange,
    /// No signature of the request is by this secret.
    WrongSignature,
    /// The body is signed, but it is not an event.
    NotAnEvent,
}

impl fmt::Display for WebhookError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidSecret => formatter.write_str(
                "the signing secret of the webhook must be base64, with or without `whsec_` in front: copy it again",
            ),
            Self::MissingHeader(name) => write!(formatter, "the request has no header {name}"),
            Self::InvalidHeader(name) => write!(formatter, "the header {name} of the request is invalid"),
            Self::TimeOutOfRange => write!(
                formatter,
                "the request was signed more than {} minutes ago or ahead: check the clock",
                TOLERANCE_SECONDS / 60
            ),
            Self::WrongSignature => {
                formatter.write_str("the request is not signed with the signing secret of this webhook")
            }
            Self::NotAnEvent => formatter.write_str("the body of the signed request is not an event"),
        }
    }
}

impl StdError for WebhookError {}
