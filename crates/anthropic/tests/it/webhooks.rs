//! Events that the service sends: signatures, and what is in them.

use anyprofile_anthropic::{
    webhook::{TOLERANCE_SECONDS, WebhookError, WebhookVerifier, sign},
    wire::EventType,
};
use anyprofile_core::{Field, Timestamp};
use anyprofile_http::{HeaderMap, HeaderValue};

/// The secret, id, time, body and signature of a published example of the scheme.
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER: &str = "whsec_b3RoZXIgc2VjcmV0IG9mIGFub3RoZXIgb25l";
const EXAMPLE: (&str, &str, &[u8], &str) = (
    "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
    "2022-04-07T21:39:13Z",
    br#"{"email":"test@example.com","username":"test_user"}"#,
    "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
);
const EVENT: &[u8] = br#"{"type":"event","id":"evt_01","created_at":"2026-11-20T10:00:00.5Z","data":
    {"type":"user_profile.enforcement_action_opened","id":"uprof_01","organization_id":"o","enforcement_action_id":"enac_1",
    "later":1}}"#;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    time("2026-11-20T10:00:02Z")
}

fn verify(headers: &HeaderMap, body: &[u8], at: Timestamp) -> Result<Option<String>, WebhookError> {
    let event = WebhookVerifier::new(SECRET).unwrap().verify_at(headers, body, at)?;
    Ok(event.data.into_value().and_then(|data| data.id.into_value()).map(|id| id.as_str().to_owned()))
}

#[test]
fn a_signature_is_that_of_the_published_scheme() {
    let (id, at, body, signature) = EXAMPLE;
    let headers = sign(SECRET, id, time(at), body).unwrap();
    assert_eq!(headers["webhook-signature"], signature);
    assert_eq!(headers["webhook-timestamp"], "1649367553");
    // It is signed, and it is no event.
    assert_eq!(verify(&headers, body, time(at)), Err(WebhookError::NotAnEvent));
}

#[test]
fn an_event_names_the_profile_to_read_again() {
    let headers = sign(SECRET, "evt_01", now(), EVENT).unwrap();
    let event = WebhookVerifier::new(SECRET).unwrap().verify_at(&headers, EVENT, now()).unwrap();
    assert_eq!(event.id.value().unwrap().as_str(), "evt_01");
    let data = event.data.into_value().unwrap();
    assert_eq!(data.event_type, Field::Value(EventType::EnforcementActionOpened));
    assert_eq!(data.id.value().unwrap().as_str(), "uprof_01");
    assert_eq!(data.enforcement_action_id.value().unwrap().as_str(), "enac_1");
    assert_eq!(data.unknown.get("later").unwrap().get(), "1");
    // A word that is added later is read, to be skipped.
    let later = br#"{"type":"event","id":"e","data":{"type":"user_profile.renamed","id":"uprof_1"}}"#;
    let headers = sign(SECRET, "e", now(), later).unwrap();
    let event = WebhookVerifier::new(SECRET).unwrap().verify_at(&headers, later, now()).unwrap();
    assert_eq!(event.data.value().unwrap().event_type.value().unwrap().as_str(), "user_profile.renamed");
}

#[test]
fn what_is_not_signed_with_the_secret_is_refused() {
    let headers = sign(SECRET, "evt_01", now(), EVENT).unwrap();
    let changed = |name: &'static str, value: &str| {
        let mut headers = headers.clone();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    };
    let without = |name: &str| {
        let mut headers = headers.clone();
        headers.remove(name);
        headers
    };
    let signature = headers["webhook-signature"].to_str().unwrap().to_owned();
    assert_eq!(verify(&headers, EVENT, now()).unwrap().unwrap(), "uprof_01");
    // Another body, id or time, a part of the signature, another version, no version.
    assert_eq!(verify(&headers, &EVENT[1..], now()), Err(WebhookError::WrongSignature));
    for headers in [
        changed("webhook-id", "evt_02"),
        changed("webhook-timestamp", &(now().unix_seconds() + 1).to_string()),
        changed("webhook-signature", &signature[..12]),
        changed("webhook-signature", "v1,"),
        changed("webhook-signature", &signature.replace("v1,", "v2,")),
        changed("webhook-signature", &signature.replace("v1,", "")),
    ] {
        assert_eq!(verify(&headers, EVENT, now()), Err(WebhookError::WrongSignature));
    }
    let other = sign(OTHER, "evt_01", now(), EVENT).unwrap();
    assert_eq!(verify(&other, EVENT, now()), Err(WebhookError::WrongSignature));
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let refused = verify(&without(name), EVENT, now()).unwrap_err();
        assert!(matches!(refused, WebhookError::MissingHeader(missing) if missing == name), "{refused}");
    }
    assert_eq!(
        verify(&changed("webhook-timestamp", "soon"), EVENT, now()),
        Err(WebhookError::InvalidHeader("webhook-timestamp"))
    );
    // While a secret is replaced, both have signed.
    let both = format!("{} {signature}", other["webhook-signature"].to_str().unwrap());
    assert!(verify(&changed("webhook-signature", &both), EVENT, now()).is_ok());
}

#[test]
fn an_old_request_is_refused() {
    let headers = sign(SECRET, "evt_01", now(), EVENT).unwrap();
    for (at, is_taken) in [
        ("2026-11-20T10:05:02Z", true),
        ("2026-11-20T10:05:03Z", false),
        ("2026-11-20T09:55:02Z", true),
        ("2026-11-20T09:55:01Z", false),
    ] {
        assert_eq!(verify(&headers, EVENT, time(at)).is_ok(), is_taken, "{at}");
    }
    assert_eq!(TOLERANCE_SECONDS, 300);
    let extreme = sign(SECRET, "evt_01", now(), EVENT).map(|mut headers| {
        headers.insert("webhook-timestamp", HeaderValue::from_str(&i64::MIN.to_string()).unwrap());
        headers
    });
    assert_eq!(verify(&extreme.unwrap(), EVENT, now()), Err(WebhookError::TimeOutOfRange));
}

#[test]
fn what_is_no_secret_is_refused_and_no_secret_is_shown() {
    for secret in ["", "whsec_", "whsec_%%%", "not base64!"] {
        assert_eq!(WebhookVerifier::new(secret).unwrap_err(), WebhookError::InvalidSecret, "{secret}");
    }
    let shown = format!("{:?} {}", WebhookVerifier::new(SECRET).unwrap(), WebhookError::InvalidSecret);
    assert!(!shown.contains("C2FVs"), "{shown}");
}
