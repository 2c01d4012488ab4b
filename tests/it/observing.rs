//! The example with OpenTelemetry: what it exports of a listing of which the first request fails.

use opentelemetry::{
    Value,
    trace::{SpanId, SpanKind, Status},
};
use opentelemetry_sdk::trace::SpanData;

use crate::opentelemetry_example::{Exported, observe};

fn attribute(span: &SpanData, key: &str) -> Option<Value> {
    span.attributes.iter().find(|it| it.key.as_str() == key).map(|it| it.value.clone())
}

fn count(exported: &Exported, name: &str) -> u64 {
    exported.counts().iter().filter(|(metric, _)| *metric == name).map(|(_, count)| count).sum()
}

#[tokio::test]
async fn a_listing_is_exported_as_spans_and_metrics_and_the_service_is_sent_the_trace() {
    let exported = observe().await.unwrap();
    let named = |name: &str| exported.spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let of = |parent: SpanId| exported.spans.iter().filter(move |span| span.parent_span_id == parent);

    let [review] = named("access review")[..] else { panic!("one review") };
    let [listing] = named("probely users_list")[..] else { panic!("one operation, for all its attempts") };
    assert_eq!(listing.parent_span_id, review.span_context.span_id());
    assert_eq!(listing.status, Status::Unset);
    let attempts: Vec<_> = of(listing.span_context.span_id()).collect();
    let codes: Vec<_> =
        attempts.iter().map(|span| attribute(span, "http.response.status_code").unwrap()).collect();
    assert_eq!(codes, [Value::I64(503), Value::I64(200)]);
    assert_eq!(attempts[0].status, Status::error(""));
    assert_eq!(attribute(attempts[1], "http.request.resend_count"), Some(Value::I64(1)));
    assert!(attempts.iter().all(|span| span.name == "GET" && span.span_kind == SpanKind::Client));

    // A token is nobody's alone: whoever needs one next waits for the same request.
    let [token] = named("upsun oauth2-token")[..] else { panic!("one token") };
    assert_eq!(token.parent_span_id, SpanId::INVALID);

    // Each request carries its own attempt.
    for request in &exported.requests {
        let (_, sent) = request.headers.iter().find(|(name, _)| name == "traceparent").unwrap();
        let is_its = |span: &&SpanData| {
            let context = &span.span_context;
            *sent == format!("00-{}-{}-01", context.trace_id(), context.span_id())
        };
        let spans: Vec<_> = exported.spans.iter().filter(is_its).collect();
        assert_eq!(spans.len(), 1, "{sent}");
        assert_eq!(spans[0].span_kind, SpanKind::Client);
    }
    assert_eq!(count(&exported, "http.client.request.duration"), exported.requests.len() as u64);
    assert_eq!(count(&exported, "anyprofile.retries"), 1);
}

#[tokio::test]
async fn nothing_that_is_exported_holds_a_url_a_credential_or_a_person() {
    let exported = observe().await.unwrap();
    let shown = format!("{:?} {:?}", exported.spans, exported.metrics);
    assert!(shown.contains("users_list"));
    for hidden in ["127.0.0.1", "http://", "sandbox-", "@", "Bearer"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}
