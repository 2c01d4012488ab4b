//! The events of observers and their order, and the context that a transport receives.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use anyprofile_core::async_trait;
use anyprofile_http::{
    BuiltinTransport, HeaderValue, HttpOptions, Observer, OperationFinished, OperationId, OperationStarted,
    Proxy, RequestCancelled, RequestContext, RequestFailed, RequestStarted, ResponseBody, ResponseReceived,
    RetryScheduled, Transport, TransportError, TransportErrorKind, Url, Waited,
};
use bytes::Bytes;
use futures_util::FutureExt as _;

use crate::{
    client_with, exchanging_client,
    network::{client, raw_server},
    read,
    support::{Script, Step, json, response},
    write,
};

const SECOND: Duration = Duration::from_secs(1);

/// Records events as lines, and numbers operations in the order in which they begin.
#[derive(Debug, Default)]
struct Notes {
    lines: Mutex<Vec<String>>,
    ids: Mutex<HashMap<OperationId, usize>>,
}

impl Notes {
    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    fn number(&self, id: OperationId) -> usize {
        let mut ids = self.ids.lock().unwrap();
        let next = ids.len() + 1;
        *ids.entry(id).or_insert(next)
    }

    fn note(&self, id: OperationId, text: &str) {
        let number = self.number(id);
        self.lines.lock().unwrap().push(format!("#{number} {text}"));
    }

    fn note_request(&self, request: &RequestContext, text: &str) {
        self.note(request.operation.id, &format!("{text} {}", request.attempt));
    }
}

impl Observer for Notes {
    fn operation_started(&self, event: &OperationStarted<'_>) {
        let operation = event.operation;
        let (service, account) = (operation.service.as_str(), operation.account.as_str());
        self.note(operation.id, &format!("{} {} of {service}/{account}", operation.method, operation.name));
    }

    fn waited(&self, event: &Waited<'_>) {
        self.note_request(event.request, &format!("{:?} {} ms before", event.reason, event.wait.as_millis()));
    }

    fn request_started(&self, event: &RequestStarted<'_>) {
        self.note_request(event.request, "started");
    }

    fn response_received(&self, event: &ResponseReceived<'_>) {
        let (id, bytes) = (event.request_id.unwrap_or("-"), event.body_bytes);
        let text = format!("{} in {} ms, {id}, {bytes:?} to", event.status, event.duration.as_millis());
        self.note_request(event.request, &text);
    }

    fn request_failed(&self, event: &RequestFailed<'_>) {
        let text = format!("{:?} in {} ms of", event.kind, event.duration.as_millis());
        self.note_request(event.request, &text);
    }

    fn request_cancelled(&self, event: &RequestCancelled<'_>) {
        self.note_request(event.request, &format!("cancelled after {} ms", event.duration.as_millis()));
    }

    fn retry_scheduled(&self, event: &RetryScheduled<'_>) {
        let text = format!("retry in {} ms for {:?} of", event.wait.as_millis(), event.reason);
        self.note_request(event.request, &text);
    }

    fn operation_finished(&self, event: &OperationFinished<'_>) {
        let (attempts, duration) = (event.attempts, event.duration.as_millis());
        self.note(event.operation.id, &format!("{:?}, {attempts} requests, {duration} ms", event.outcome));
    }
}

fn observed() -> (Arc<Notes>, HttpOptions) {
    let notes = Arc::new(Notes::default());
    (Arc::clone(&notes), HttpOptions::default().with_jitter(false).with_observer(notes))
}

#[tokio::test(start_paused = true)]
async fn a_success_is_an_operation_with_one_request_that_every_observer_sees() {
    let (notes, options) = observed();
    let others = Arc::new(Notes::default());
    let script = Script::of([json(200, "[1]").header("x-request-id", "r-1").after(SECOND)]);
    client_with(&script, options.with_observer(Arc::clone(&others) as _)).send(read()).await.unwrap();
    assert_eq!(
        notes.lines(),
        [
            "#1 GET users_list of probely/eu",
            "#1 started 1",
            "#1 200 in 1000 ms, r-1, Some(3) to 1",
            "#1 Succeeded, 1 requests, 1000 ms",
        ]
    );
    assert_eq!(others.lines(), notes.lines());
}

#[tokio::test(start_paused = true)]
async fn a_retry_is_told_with_its_reason_and_its_wait() {
    let (notes, options) = observed();
    let script = Script::of([
        Step::Fail(TransportErrorKind::Connect),
        response(429).header("retry-after", "2").into(),
        response(503).into(),
    ]);
    client_with(&script, options).send(read()).await.unwrap_err();
    assert_eq!(
        notes.lines(),
        [
            "#1 GET users_list of probely/eu",
            "#1 started 1",
            "#1 Connect in 0 ms of 1",
            "#1 retry in 250 ms for Transport(Connect) of 1",
            "#1 started 2",
            "#1 429 in 0 ms, -, Some(0) to 2",
            "#1 retry in 2000 ms for Status(429) of 2",
            "#1 started 3",
            "#1 503 in 0 ms, -, Some(0) to 3",
            "#1 Failed(Upstream), 3 requests, 2250 ms",
        ]
    );
    let (notes, options) = observed();
    client_with(&Script::of([response(503)]), options).send(write()).await.unwrap_err();
    assert_eq!(notes.lines().last().unwrap(), "#1 Failed(Upstream), 1 requests, 0 ms");
}

#[tokio::test(start_paused = true)]
async fn a_token_request_is_an_operation_of_its_own_and_a_refused_token_a_retry() {
    let (notes, options) = observed();
    let token = |number| json(200, format!(r#"{{"access_token":"access-{number}"}}"#));
    let script = Script::of([token(1), response(401), token(2), json(200, "[]")]);
    exchanging_client(&script, options).send(read()).await.unwrap();
    assert_eq!(
        notes.lines(),
        [
            "#1 GET users_list of probely/eu",
            "#2 POST oauth2-token of probely/eu",
            "#2 started 1",
            "#2 200 in 0 ms, -, Some(27) to 1",
            "#2 Succeeded, 1 requests, 0 ms",
            "#1 started 1",
            "#1 401 in 0 ms, -, Some(0) to 1",
            "#1 retry in 0 ms for TokenRefused of 1",
            "#3 POST oauth2-token of probely/eu",
            "#3 started 1",
            "#3 200 in 0 ms, -, Some(27) to 1",
            "#3 Succeeded, 1 requests, 0 ms",
            "#1 started 2",
            "#1 200 in 0 ms, -, Some(2) to 2",
            "#1 Succeeded, 2 requests, 0 ms",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_dropped_cancels_what_it_began() {
    let (notes, options) = observed();
    let client = client_with(&Script::of([Step::Hang]), options);
    assert!(tokio::time::timeout(SECOND, client.send(read())).await.is_err());
    // The aborted task must run once more to end.
    tokio::task::yield_now().await;
    assert_eq!(
        notes.lines(),
        [
            "#1 GET users_list of probely/eu",
            "#1 started 1",
            "#1 cancelled after 1000 ms 1",
            "#1 Cancelled, 1 requests, 1000 ms",
        ]
    );
}

/// Counts events, and panics from a given event on.
#[derive(Debug)]
struct Panicking {
    from: u32,
    events: AtomicU32,
}

impl Panicking {
    fn tell(&self) {
        let count = self.events.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(count < self.from, "the observer panics");
    }
}

impl Observer for Panicking {
    fn operation_started(&self, _: &OperationStarted<'_>) {
        self.tell();
    }

    fn request_started(&self, _: &RequestStarted<'_>) {
        self.tell();
    }

    fn response_received(&self, _: &ResponseReceived<'_>) {
        self.tell();
    }

    fn request_cancelled(&self, _: &RequestCancelled<'_>) {
        self.tell();
    }

    fn operation_finished(&self, _: &OperationFinished<'_>) {
        self.tell();
    }
}

#[tokio::test]
async fn an_observer_that_panics_fails_the_operation_and_is_told_nothing_more() {
    for from in 1..=4 {
        let observer = Arc::new(Panicking { from, events: AtomicU32::new(0) });
        let options = HttpOptions::default().with_observer(Arc::clone(&observer) as _);
        let client = client_with(&Script::of([json(200, "[]")]), options);
        let sent = std::panic::AssertUnwindSafe(client.send(read())).catch_unwind().await;
        let panic = sent.expect_err("the operation fails with the panic");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"the observer panics"));
        tokio::task::yield_now().await;
        assert_eq!(observer.events.load(Ordering::Relaxed), from);
    }
}

#[test]
fn an_operation_outside_of_a_runtime_has_no_events() {
    let (notes, options) = observed();
    let client = client_with(&Script::silent(), options);
    client.send(read()).now_or_never().expect("it does not wait").unwrap_err();
    assert!(notes.lines().is_empty(), "{:?}", notes.lines());
}

#[tokio::test(start_paused = true)]
async fn waits_for_a_place_and_for_the_rate_are_told_before_the_request() {
    let (notes, options) = observed();
    let script = Script::by(|_| json(200, "[]").after(SECOND).into());
    let client = client_with(&script, options.with_max_concurrency(1));
    let (first, second) = tokio::join!(client.send(read()), client.send(read()));
    first.and(second).unwrap();
    let lines: Vec<_> = notes.lines().into_iter().filter(|line| line.starts_with("#2")).collect();
    assert_eq!(lines[1..3], ["#2 Concurrency 1000 ms before 1", "#2 started 1"]);

    let (notes, options) = observed();
    let spent = json(200, "[]").header("ratelimit-remaining", "0").header("ratelimit-reset", "3");
    let client = client_with(&Script::of([spent, json(200, "[]")]), options);
    client.send(read()).await.unwrap();
    client.send(read()).await.unwrap();
    let lines: Vec<_> = notes.lines().into_iter().filter(|line| line.starts_with("#2")).collect();
    assert_eq!(lines[1..3], ["#2 Rate 3000 ms before 1", "#2 started 1"]);
}

#[tokio::test(start_paused = true)]
async fn no_event_holds_anything_of_a_url_a_header_or_a_body() {
    #[derive(Debug, Default)]
    struct Shown(Mutex<Vec<String>>);
    impl Observer for Shown {
        fn operation_started(&self, event: &OperationStarted<'_>) {
            self.0.lock().unwrap().push(format!("{event:?}"));
        }
        fn request_started(&self, event: &RequestStarted<'_>) {
            self.0.lock().unwrap().push(format!("{event:?}"));
        }
        fn response_received(&self, event: &ResponseReceived<'_>) {
            self.0.lock().unwrap().push(format!("{event:?}"));
        }
        fn retry_scheduled(&self, event: &RetryScheduled<'_>) {
            self.0.lock().unwrap().push(format!("{event:?}"));
        }
    }
    let shown = Arc::new(Shown::default());
    let script = Script::of([response(503).header("x-note", "planted"), json(200, "[\"planted\"]")]);
    let options = HttpOptions::default().with_observer(Arc::clone(&shown) as _);
    client_with(&script, options).send(read().query("email", Some("planted"))).await.unwrap();
    let shown = shown.0.lock().unwrap().concat();
    assert!(shown.contains("users_list") && shown.contains("RetryScheduled"), "{shown}");
    for hidden in ["planted", "example.com", "the-key", "ada"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}

/// Adds its name to a header, and records the context of the request.
#[derive(Debug)]
struct Named(&'static str, Arc<dyn Transport>, Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Transport for Named {
    async fn send(
        &self,
        mut request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let context = request.extensions().get::<RequestContext>().unwrap();
        let line = format!("{} {} {}", self.0, context.operation.name, context.attempt);
        self.2.lock().unwrap().push(line);
        request.headers_mut().append("x-layer", HeaderValue::from_static(self.0));
        self.1.send(request).await
    }

    fn proxy_for(&self, url: &Url) -> Option<String> {
        self.1.proxy_for(url)
    }

    fn close_idle(&self) {
        self.1.close_idle();
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_layer_is_the_outermost_and_each_knows_what_it_sends() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (first, second) = (Arc::clone(&seen), Arc::clone(&seen));
    let options = HttpOptions::default()
        .with_transport_layer(move |inner| Arc::new(Named("inner", inner, Arc::clone(&first))))
        .with_transport_layer(move |inner| Arc::new(Named("outer", inner, Arc::clone(&second))));
    let script = Script::of([response(503), json(200, "[]")]);
    client_with(&script, options).send(read()).await.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        ["outer users_list 1", "inner users_list 1", "outer users_list 2", "inner users_list 2"]
    );
    let layers: Vec<_> = script.sent()[0].headers.get_all("x-layer").iter().cloned().collect();
    assert_eq!(layers, ["outer", "inner"]);
}

#[tokio::test]
async fn the_built_in_transport_can_be_wrapped_and_shared() {
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]".to_vec();
    let base = raw_server(vec![(response.clone(), true), (response, true)]).await;
    let options = HttpOptions::default().with_proxy(Proxy::None);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let layer = move |inner| Arc::new(Named("layer", inner, Arc::clone(&noted))) as Arc<dyn Transport>;
    client(&base, options.clone().with_transport_layer(layer.clone())).send(read()).await.unwrap();
    let shared = Arc::new(BuiltinTransport::new(&options, &base.parse().unwrap()).unwrap());
    let options = options.with_transport(shared).with_transport_layer(layer);
    client(&base, options).send(read()).await.unwrap();
    assert_eq!(seen.lock().unwrap().len(), 2);
}
