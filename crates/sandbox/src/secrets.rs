//! Removes secrets from recorded bodies.

use axum::body::Bytes;
use serde_json::Value;

use crate::exchange::Query;
use crate::multipart::{boundary, parts};

pub(crate) const HIDDEN: &str = "(hidden)";

/// The names of fields whose values are secrets, in any of the APIs and in OAuth.
const SECRET_FIELDS: [&str; 15] = [
    "access_token",
    "api_key",
    "api_token",
    "client_secret",
    "code",
    "confpassword",
    "current_password",
    "id_token",
    "new_password",
    "old_password",
    "passcode",
    "password",
    "refresh_token",
    "secret",
    "token",
];

/// Returns the body as text without its secrets, and without the content of files. A body without secrets is
/// unchanged.
pub(crate) fn without_secrets(content_type: Option<&str>, body: &Bytes) -> String {
    let content_type = content_type.unwrap_or_default();
    if let Some(parts) = boundary(content_type).and_then(|boundary| parts(body, &boundary)) {
        let shown = parts.iter().map(|part| match &part.file_name {
            Some(name) => format!("{}=({} bytes, {name})", part.name, part.content.len()),
            None => pair(&part.name, &String::from_utf8_lossy(&part.content)),
        });
        return shown.collect::<Vec<_>>().join("&");
    }
    let text = String::from_utf8_lossy(body).into_owned();
    if content_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return Query::parse(&text)
            .pairs()
            .map(|(name, value)| pair(name, value))
            .collect::<Vec<_>>()
            .join("&");
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            if hide(&mut value) {
                value.to_string()
            } else {
                text
            }
        }
        // The body cannot be parsed, and may contain a secret.
        Err(_) if SECRET_FIELDS.iter().any(|name| text.to_ascii_lowercase().contains(name)) => {
            HIDDEN.to_owned()
        }
        Err(_) => text,
    }
}

fn pair(name: &str, value: &str) -> String {
    format!("{name}={}", if is_secret(name) { HIDDEN } else { value })
}

fn is_secret(name: &str) -> bool {
    SECRET_FIELDS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Hides the secrets, and returns whether there were any.
fn hide(value: &mut Value) -> bool {
    // Counts instead of stopping at the first secret, because there may be more.
    let hidden = match value {
        Value::Object(fields) => {
            fields.iter_mut().filter_map(|(name, value)| hide_field(name, value)).count()
        }
        Value::Array(items) => items.iter_mut().filter_map(|item| hide(item).then_some(())).count(),
        _ => 0,
    };
    hidden > 0
}

fn hide_field(name: &str, value: &mut Value) -> Option<()> {
    if is_secret(name) {
        *value = HIDDEN.into();
        return Some(());
    }
    hide(value).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json");
    const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

    #[test]
    fn a_secret_is_hidden_wherever_it_is() {
        for (content_type, body, expected) in [
            (
                JSON,
                r#"{"a": {"Password": "s3cret"}, "b": [{"token": ["s3cret"]}]}"#,
                r#"{"a":{"Password":"(hidden)"},"b":[{"token":"(hidden)"}]}"#,
            ),
            (JSON, r#"{"current_password": "s3cret""#, HIDDEN),
            (None, r#"{"confpassword": "s3cret"}"#, r#"{"confpassword":"(hidden)"}"#),
            (
                FORM,
                "grant_type=api_token&api_token=s3cret&name=a+b",
                "grant_type=api_token&api_token=(hidden)&name=a b",
            ),
            (
                Some("multipart/form-data; boundary=x"),
                "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\ns3cret\r\n--x--\r\n",
                "password=(hidden)",
            ),
            (
                Some("multipart/form-data; boundary=x"),
                "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\ns3cret\r\n",
                HIDDEN,
            ),
        ] {
            let shown = without_secrets(content_type, &Bytes::from(body));
            assert_eq!(shown, expected);
            assert!(!shown.contains("s3cret"));
        }
    }

    #[test]
    fn what_holds_no_secret_is_left_as_it_was_sent() {
        for body in [r#"{ "name": "Ğ", "email": null }"#, "no JSON", ""] {
            assert_eq!(without_secrets(JSON, &Bytes::from(body)), body);
        }
    }

    #[test]
    fn a_file_is_told_by_its_size() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n\x89\0\r\n--x--";
        assert_eq!(
            without_secrets(Some("multipart/form-data; boundary=x"), &Bytes::from_static(body)),
            "file=(2 bytes, a.png)"
        );
    }
}
