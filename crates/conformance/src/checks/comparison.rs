//! Compares sent requests with those that a plan showed.

use std::collections::BTreeSet;

use anyprofile_core::plan::PlannedRequest;
use serde_json::Value;

use crate::SentRequest;

/// Headers that a plan need not show, since they describe the sending and not the written data. An idempotency key
/// may differ each time.
const OF_SENDING: [&str; 7] = [
    "content-length",
    "expect",
    "idempotency-key",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "x-request-id",
];

/// The name and value of a header.
pub(super) type Header = (String, String);

/// Returns the headers of requests that only read; they do not describe a write. The same name with another value
/// counts as another header.
pub(super) fn headers_of_reads(log: &[SentRequest]) -> BTreeSet<Header> {
    let reads = log.iter().filter(|request| !request.is_write);
    reads.flat_map(|request| request.headers.iter().cloned()).collect()
}

/// Describes the first difference, if any.
pub(super) fn differs(
    shown: &[PlannedRequest],
    sent: &[SentRequest],
    usual: &BTreeSet<Header>,
) -> Option<String> {
    for (place, (shown, sent)) in shown.iter().zip(sent).enumerate() {
        if let Some(what) = request_differs(shown, sent, usual) {
            return Some(format!("request {} was sent with {what}", place + 1));
        }
    }
    let (shown, sent) = (shown.len(), sent.len());
    (shown != sent).then(|| format!("{sent} writes were sent, but {shown} were shown"))
}

fn request_differs(shown: &PlannedRequest, sent: &SentRequest, usual: &BTreeSet<Header>) -> Option<String> {
    if shown.method != sent.method {
        return Some("another method".to_owned());
    }
    if shown.url != sent.url {
        return Some("another URL".to_owned());
    }
    if let Some((name, _)) = shown.headers.iter().find(|header| !sent.headers.contains(header)) {
        return Some(format!("another {name}"));
    }
    let is_shown = |name: &str| shown.headers.iter().any(|(shown, _)| shown == name);
    let is_json = |name: &str, value: &str| {
        let media_type = value.split(';').next().unwrap_or_default().trim_end();
        let is_json = media_type == "application/json"
            || (media_type.starts_with("application/") && media_type.ends_with("+json"));
        name == "content-type" && shown.body.is_some() && is_json
    };
    let mut hidden = sent.headers.iter().filter(|header| {
        let (name, value) = header;
        !(is_shown(name)
            || is_json(name, value)
            || usual.contains(*header)
            || OF_SENDING.contains(&name.as_str()))
    });
    if let Some((name, _)) = hidden.next() {
        return Some(format!("{name}, which was not shown"));
    }
    let is_as_shown = match (&shown.body, &shown.body_description) {
        (Some(body), _) => serde_json::from_str::<Value>(&sent.body).is_ok_and(|sent| sent == *body),
        (None, Some(_)) => !sent.body.is_empty(),
        (None, None) => sent.body.is_empty(),
    };
    (!is_as_shown).then(|| "another body".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown() -> PlannedRequest {
        PlannedRequest::new("PATCH", "https://a/b?c", Some(json!({"x": 1, "y": 2})))
            .with_header("beta", "2026")
    }

    fn sent(method: &str, url: &str, body: &str) -> SentRequest {
        let request = SentRequest::new(method, url).with_header("Content-Type", "application/json");
        request.with_header("Host", "a").with_header("Beta", "2026").with_body(body)
    }

    #[test]
    fn each_part_of_a_request_is_held_against_what_was_shown() {
        let usual = headers_of_reads(&[SentRequest::new("GET", "https://a").with_header("host", "a")]);
        let right = sent("PATCH", "https://a/b?c", r#"{"y": 2, "x": 1}"#);
        let of = |sent: SentRequest| differs(&[shown()], &[sent], &usual);
        assert_eq!(of(right.clone()), None);
        for (wrong, word) in [
            (sent("PUT", "https://a/b?c", r#"{"x":1,"y":2}"#), "method"),
            (sent("PATCH", "https://a/b", r#"{"x":1,"y":2}"#), "URL"),
            (sent("PATCH", "https://a/b?c", r#"{"x":1}"#), "body"),
            (sent("PATCH", "https://a/b?c", ""), "body"),
            (right.clone().with_header("x-http-method-override", "DELETE"), "x-http-method-override"),
            (sent("PATCH", "https://a/b?c", r#"{"x":1,"y":2}"#).with_header("host", "b"), "host"),
            (SentRequest::new("PATCH", "https://a/b?c").with_body(r#"{"x":1,"y":2}"#), "beta"),
        ] {
            let found = of(wrong).unwrap_or_default();
            assert!(found.contains(word), "{word}: {found}");
        }
        // One request too many, and one too few.
        assert!(differs(&[shown()], &[right.clone(), right], &usual).is_some());
        assert!(differs(&[shown()], &[], &usual).is_some());
        // A file, of which only the size is shown.
        let file = PlannedRequest::new("POST", "https://a", None).with_body_description("image/png, 3 bytes");
        assert_eq!(
            differs(
                std::slice::from_ref(&file),
                &[SentRequest::new("POST", "https://a").with_body("png")],
                &usual
            ),
            None
        );
        assert!(differs(&[file], &[SentRequest::new("POST", "https://a")], &usual).is_some());
    }
}
