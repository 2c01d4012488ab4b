//! Metrics and traces of what the library sends, with OpenTelemetry: `cargo run --package anyprofile-examples --bin opentelemetry`.
//!
//! `Telemetry` is what a program would copy. An operation is a span below the caller's, each attempt is a span below the
//! operation's, and the service is sent the attempt's `traceparent`. The rest lists profiles of the embedded sandbox, of which
//! the first request fails, and prints what a collector would have been sent.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyprofile::{
    ListQuery, ProfileProviderExt as _, async_trait,
    http_client::{
        ExponentialBackoff, HttpOptions, Observer, OperationContext, OperationFinished, OperationId,
        OperationOutcome, OperationStarted, RequestCancelled, RequestContext, RequestFailed, RequestStarted,
        ResponseBody, ResponseReceived, RetryPolicy as _, RetryScheduled, Transport, TransportError, Url,
        Waited,
    },
};
use anyprofile_sandbox::{Fault, RecordedRequest, Sandbox, SandboxOptions};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use opentelemetry::{
    Context, KeyValue,
    metrics::{Counter, Histogram, Meter, MeterProvider as _},
    propagation::{Injector, TextMapPropagator as _},
    trace::{FutureExt as _, SpanKind, Status, TraceContextExt as _, Tracer as _, TracerProvider as _},
};
use opentelemetry_sdk::{
    metrics::{
        InMemoryMetricExporter, SdkMeterProvider,
        data::{
            AggregatedMetrics, HistogramDataPoint, MetricData, ResourceMetrics, ScopeMetrics, SumDataPoint,
        },
    },
    propagation::TraceContextPropagator,
    trace::{InMemorySpanExporter, SdkTracer, SdkTracerProvider, SpanData},
};

/// Spans and metrics of operations and their requests.
#[derive(Debug)]
pub(crate) struct Telemetry {
    tracer: SdkTracer,
    request_duration: Histogram<f64>,
    wait_duration: Histogram<f64>,
    retries: Counter<u64>,
    spans: Mutex<Spans>,
}

/// The spans of what is under way. What begins has an end, so they do not pile up.
#[derive(Debug, Default)]
struct Spans {
    operations: HashMap<OperationId, Context>,
    requests: HashMap<(OperationId, u32), Context>,
}

impl Telemetry {
    pub(crate) fn new(tracer: SdkTracer, meter: &Meter) -> Self {
        Self {
            tracer,
            request_duration: meter.f64_histogram("http.client.request.duration").with_unit("s").build(),
            wait_duration: meter.f64_histogram("anyprofile.wait.duration").with_unit("s").build(),
            retries: meter.u64_counter("anyprofile.retries").build(),
            spans: Mutex::default(),
        }
    }

    /// Observes what is sent with these options, and sends the trace along.
    pub(crate) fn instrument(self: &Arc<Self>, http: HttpOptions) -> HttpOptions {
        let telemetry = Arc::clone(self);
        http.with_observer(Arc::clone(self) as _).with_transport_layer(move |inner| {
            Arc::new(SendsTrace { inner, telemetry: Arc::clone(&telemetry) })
        })
    }

    fn spans(&self) -> MutexGuard<'_, Spans> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the span of an attempt.
    fn end(&self, request: &RequestContext, duration: Duration, outcome: KeyValue, status: Status) {
        let attributes = [&attributes(&request.operation)[..], std::slice::from_ref(&outcome)].concat();
        self.request_duration.record(duration.as_secs_f64(), &attributes);
        let context = self.spans().requests.remove(&key(request));
        if let Some(context) = context {
            context.span().set_attribute(outcome);
            context.span().set_status(status);
            context.span().end();
        }
    }
}

fn key(request: &RequestContext) -> (OperationId, u32) {
    (request.operation.id, request.attempt)
}

fn attributes(operation: &OperationContext) -> [KeyValue; 4] {
    [
        KeyValue::new("anyprofile.service", operation.service.as_str().to_owned()),
        KeyValue::new("anyprofile.account", operation.account.as_str().to_owned()),
        KeyValue::new("anyprofile.operation", operation.name.clone()),
        KeyValue::new("http.request.method", operation.method.to_string()),
    ]
}

fn error_type(error: impl std::fmt::Debug) -> KeyValue {
    KeyValue::new("error.type", format!("{error:?}"))
}

impl Observer for Telemetry {
    fn operation_started(&self, event: &OperationStarted<'_>) {
        // Called by the task that asked for it: the current span is the caller's.
        let parent = Context::current();
        let name = format!("{} {}", event.operation.service, event.operation.name);
        let span = self.tracer.span_builder(name).with_attributes(attributes(event.operation));
        let span = span.start_with_context(&self.tracer, &parent);
        self.spans().operations.insert(event.operation.id, parent.with_span(span));
    }

    fn waited(&self, event: &Waited<'_>) {
        self.wait_duration.record(event.wait.as_secs_f64(), &attributes(&event.request.operation));
    }

    fn request_started(&self, event: &RequestStarted<'_>) {
        let request = event.request;
        let parent = self.spans().operations.get(&request.operation.id).cloned().unwrap_or_default();
        let span = self
            .tracer
            .span_builder(request.operation.method.to_string())
            .with_kind(SpanKind::Client)
            .with_attributes(attributes(&request.operation));
        let context = parent.with_span(span.start_with_context(&self.tracer, &parent));
        if request.attempt > 1 {
            let count = i64::from(request.attempt - 1);
            context.span().set_attribute(KeyValue::new("http.request.resend_count", count));
        }
        self.spans().requests.insert(key(request), context);
    }

    fn response_received(&self, event: &ResponseReceived<'_>) {
        let outcome = KeyValue::new("http.response.status_code", i64::from(event.status));
        let status = if event.status < 400 { Status::Unset } else { Status::error("") };
        self.end(event.request, event.duration, outcome, status);
    }

    fn request_failed(&self, event: &RequestFailed<'_>) {
        self.end(event.request, event.duration, error_type(event.kind), Status::error(""));
    }

    fn request_cancelled(&self, event: &RequestCancelled<'_>) {
        self.end(event.request, event.duration, error_type("cancelled"), Status::Unset);
    }

    fn retry_scheduled(&self, event: &RetryScheduled<'_>) {
        let reason = KeyValue::new("anyprofile.retry.reason", format!("{:?}", event.reason));
        let attributes = [&attributes(&event.request.operation)[..], &[reason]].concat();
        self.retries.add(1, &attributes);
    }

    fn operation_finished(&self, event: &OperationFinished<'_>) {
        let context = self.spans().operations.remove(&event.operation.id);
        if let Some(context) = context {
            match event.outcome {
                OperationOutcome::Succeeded => {}
                OperationOutcome::Failed(kind) => {
                    context.span().set_attribute(error_type(kind));
                    context.span().set_status(Status::error(""));
                }
                _ => context.span().set_attribute(error_type("cancelled")),
            }
            context.span().end();
        }
    }
}

/// Sends `traceparent`, so that the service's own spans, if it has any, are below ours.
#[derive(Debug)]
struct SendsTrace {
    inner: Arc<dyn Transport>,
    telemetry: Arc<Telemetry>,
}

struct Headers<'a>(&'a mut http::HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, name: &str, value: String) {
        let name = http::HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value), false) = (name, value.parse(), value.is_empty()) {
            self.0.insert(name, value);
        }
    }
}

#[async_trait]
impl Transport for SendsTrace {
    async fn send(
        &self,
        mut request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let key = request.extensions().get::<RequestContext>().map(key);
        let context = key.and_then(|key| self.telemetry.spans().requests.get(&key).cloned());
        if let Some(context) = context {
            TraceContextPropagator::new().inject_context(&context, &mut Headers(request.headers_mut()));
        }
        self.inner.send(request).await
    }

    fn proxy_for(&self, url: &Url) -> Option<String> {
        self.inner.proxy_for(url)
    }

    fn close_idle(&self) {
        self.inner.close_idle();
    }
}

/// What was exported, and what the service was sent.
pub(crate) struct Exported {
    pub(crate) spans: Vec<SpanData>,
    pub(crate) metrics: Vec<ResourceMetrics>,
    pub(crate) requests: Vec<RecordedRequest>,
}

impl Exported {
    /// The metrics, and how often each was counted or measured.
    pub(crate) fn counts(&self) -> Vec<(&str, u64)> {
        let metrics = self.metrics.iter().flat_map(ResourceMetrics::scope_metrics);
        let count = |data: &AggregatedMetrics| match data {
            AggregatedMetrics::U64(MetricData::Sum(sum)) => sum.data_points().map(SumDataPoint::value).sum(),
            AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
                histogram.data_points().map(HistogramDataPoint::count).sum()
            }
            _ => 0,
        };
        metrics.flat_map(ScopeMetrics::metrics).map(|metric| (metric.name(), count(metric.data()))).collect()
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Lists the profiles of two accounts of the sandbox within a span, with one failure on the way.
pub(crate) async fn observe() -> Result<Exported, BoxError> {
    let (spans, metrics) = (InMemorySpanExporter::default(), InMemoryMetricExporter::default());
    let tracers = SdkTracerProvider::builder().with_simple_exporter(spans.clone()).build();
    let meters = SdkMeterProvider::builder().with_periodic_exporter(metrics.clone()).build();
    let tracer = tracers.tracer("anyprofile");
    let telemetry = Arc::new(Telemetry::new(tracer.clone(), &meters.meter("anyprofile")));

    let sandbox = Sandbox::start(SandboxOptions::new().profiles(20).seed(7)).await?;
    sandbox.add_fault(Fault::new("users_list").first(1).respond(503));
    let accounts =
        anyprofile::Accounts::from_variables(|name| sandbox.description().variable(name).map(str::to_owned))?
            .map_http(|http| {
                let at_once =
                    ExponentialBackoff::new().with_first_bound(Duration::ZERO).with_attempt_limit(3);
                telemetry.instrument(http).with_retry_policy(Arc::new(at_once))
            });

    let review = Context::current_with_span(tracer.start("access review"));
    for provider in accounts.connect()?.iter().take(2) {
        let listing = provider.list(ListQuery::new()).map_ok(|_| ()).try_collect::<Vec<_>>();
        listing.with_context(review.clone()).await?;
    }
    review.span().end();

    tracers.force_flush()?;
    meters.force_flush()?;
    Ok(Exported {
        spans: spans.get_finished_spans()?,
        metrics: metrics.get_finished_metrics()?,
        requests: sandbox.requests(),
    })
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let exported = observe().await?;
    for span in &exported.spans {
        let (id, parent) = (span.span_context.span_id(), span.parent_span_id);
        let attributes: Vec<_> =
            span.attributes.iter().map(|it| format!("{}={}", it.key, it.value)).collect();
        println!("span {id} below {parent}: {} [{}]", span.name, attributes.join(", "));
    }
    for (name, count) in exported.counts() {
        println!("metric {name}: {count}");
    }
    let traced = exported.requests.iter().flat_map(|request| &request.headers);
    println!("requests with traceparent: {}", traced.filter(|(name, _)| name == "traceparent").count());
    Ok(())
}
