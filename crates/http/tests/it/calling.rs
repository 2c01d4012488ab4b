//! Operations and their callers: work in a task, cancellation, cached facts, and errors with a success status.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyprofile_core::{Error, ErrorKind, error::Effect};
use anyprofile_http::{
    Caller, Credential, Dialect, ErrorDetails, Fact, Failure, HeaderMap, HttpClient, HttpOptions, Operation,
    Request, Success, SuccessVerdict,
};
use serde_json::{Value, json as value};

use crate::{
    BASE, client, client_with, fixed_credential, info, read,
    support::{Script, Step, json, response},
    write,
};

const SECOND: Duration = Duration::from_secs(1);

fn names() -> Operation<Vec<String>> {
    Operation::new(read(), anyprofile_http::Response::decode)
}

fn is_pending<T>(future: std::pin::Pin<&mut (impl Future<Output = T> + ?Sized)>) -> bool {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending()
}

#[tokio::test(start_paused = true)]
async fn a_request_goes_on_while_nobody_polls_and_keeps_nobody_out() {
    let script = Script::by(|_| json(200, "[]").after(SECOND).into());
    let client = client_with(&script, HttpOptions::default().with_max_concurrency(1));
    let mut parked = Box::pin(client.send(read()));
    assert!(is_pending(parked.as_mut()));
    // The caller awaits the next request, which must wait until the first has ended.
    let began = tokio::time::Instant::now();
    client.send(read()).await.unwrap();
    assert_eq!(began.elapsed(), 2 * SECOND);
    parked.await.unwrap();
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_leaves_nothing_behind_that_is_sent_later() {
    let script = Script::by(|_| response(503).header("retry-after", "1").into());
    let client = client(&script);
    for request in [read(), write()] {
        let mut dropped = Box::pin(client.send(request));
        assert!(is_pending(dropped.as_mut()));
    }
    let mut amid_a_wait = Box::pin(client.send(read()));
    assert!(is_pending(amid_a_wait.as_mut()));
    tokio::time::sleep(SECOND / 2).await;
    drop(amid_a_wait);
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!(script.sent().len(), 1, "the first two had not begun, and the third had one attempt");
}

#[test]
fn without_a_runtime_it_is_said_that_there_is_none() {
    let client = client(&Script::silent());
    let mut sending = Box::pin(client.send(read()));
    let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = sending.as_mut().poll(context) else {
        panic!("it waits for a runtime that is not there")
    };
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert_eq!(error.message(), "a Tokio runtime is required to send a request");
}

/// A service that responds with 200 and `{"fault": <status>}`.
#[derive(Debug)]
struct InDisguise;

impl Dialect for InDisguise {
    fn request_id_headers(&self) -> &[std::borrow::Cow<'static, str>] {
        &[]
    }

    fn is_own_form(&self, failure: &Failure<'_>) -> bool {
        failure.json.as_ref().is_some_and(|json| json.get("fault").is_some())
    }

    fn describe(&self, failure: &Failure<'_>, details: &mut ErrorDetails) {
        details.service_message = failure.texts("/words");
    }

    fn verdict(&self, success: &Success<'_>) -> SuccessVerdict {
        let fault = serde_json::from_slice(success.body).ok().and_then(|json: Value| json["fault"].as_u64());
        fault
            .and_then(|status| u16::try_from(status).ok())
            .map_or(SuccessVerdict::Success, SuccessVerdict::Failure)
    }
}

fn disguised(script: &std::sync::Arc<Script>) -> HttpClient {
    let options = HttpOptions::default().with_transport(std::sync::Arc::clone(script) as _);
    let credential: Credential = fixed_credential();
    HttpClient::new(info(BASE), credential, HeaderMap::new(), InDisguise, options).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_error_with_a_success_status_is_tried_again_as_what_it_stands_for() {
    let script = Script::of([
        json(200, r#"{"fault":429}"#).header("retry-after", "7"),
        json(200, r#"{"fault":503}"#),
        json(200, "[]"),
    ]);
    let began = tokio::time::Instant::now();
    let reply = disguised(&script).call(&names()).await.unwrap();
    assert_eq!((reply.stats.attempts, script.sent().len()), (3, 3));
    assert!(began.elapsed() >= 7 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn an_error_with_a_success_status_is_told_as_what_it_stands_for_with_the_status_that_came() {
    let script = Script::of([json(200, r#"{"fault":404,"words":"no such user"}"#)]);
    let error = disguised(&script).call(&names()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.is_from_service()),
        (ErrorKind::NotFound, Some(200), true)
    );
    assert_eq!(error.service_message(), Some("no such user"));
    let script = Script::of([json(200, r#"{"fault":500}"#)]);
    let error = disguised(&script).call(&Operation::new(write(), |_| Ok(()))).await.unwrap_err();
    assert_eq!((error.effect(), script.sent().len()), (Effect::Possible, 1), "a write is not repeated");
}

#[tokio::test(start_paused = true)]
async fn the_same_request_is_read_in_several_ways() {
    let script = Script::by(|_| json(200, r#"["ada","zoe"]"#).header("x-request-id", "r-1").into());
    let client = client(&script);
    let reply = client.call(&names()).await.unwrap();
    assert_eq!(
        (reply.value, reply.request_id.as_deref()),
        (vec!["ada".to_owned(), "zoe".to_owned()], Some("r-1"))
    );
    let count = names().map(|names| names.len());
    assert_eq!(client.call(&count).await.unwrap().value, 2);
    let bytes = names().read_as(|response| Ok(response.body.len()));
    assert_eq!(client.call(&bytes).await.unwrap().value, 13);
    assert_eq!(format!("{bytes:?}"), "Operation(Request(GET users_list))");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_shows_nothing_is_read_back_and_both_requests_count() {
    let operation = || {
        Operation::new(write(), anyprofile_http::Response::decode::<Value>)
            .reading_back(&names())
            .with_hint_if_made("look for it")
    };
    let script = Script::of([response(204), json(200, r#"{"id":1}"#)]);
    let reply = client(&script).call(&operation()).await.unwrap();
    assert_eq!((reply.value, reply.stats.requests), (value!({"id": 1}), 2));
    let script = Script::of([response(204), json(403, "{}")]);
    let error = client(&script).call(&operation()).await.unwrap_err();
    assert_eq!((error.effect(), error.stats().requests), (Effect::Whole, 2));
    assert_eq!(error.hint(), Some("look for it"));
    let script = Script::of([json(403, "{}")]);
    let error = client(&script).call(&operation()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::None);
    assert_ne!(error.hint(), Some("look for it"), "nothing was made");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_breaks_a_rule_is_refused_where_it_is_shown_and_where_it_is_sent() {
    let request = || {
        let mut violations = anyprofile_http::Violations::new();
        violations.check_characters("name", "Ada", 0..=2);
        read().checked(violations)
    };
    let client = client(&Script::silent());
    for error in [
        client.planned(&request()).unwrap_err(),
        client.call(&Operation::new(request(), |_| Ok(()))).await.unwrap_err(),
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"probely account 'eu', users_list: nothing was sent: name must have at most 2 characters");
        }
    }
    let refused = Request::get("x").refused_if(true, "it cannot be", Some("do another thing"));
    let error = client.send(refused).await.unwrap_err();
    assert_eq!((error.message(), error.hint()), ("it cannot be", Some("do another thing")));
    let unsupported =
        Request::get("x").unsupported(format!("the beta {} has no such thing", 1), "name no beta");
    for error in [client.planned(&unsupported).unwrap_err(), client.send(unsupported).await.unwrap_err()] {
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Unsupported, Some("x")));
        assert_eq!((error.message(), error.hint()), ("the beta 1 has no such thing", Some("name no beta")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_adds_up_what_is_spent_and_may_be_one_that_only_reads() {
    let script = Script::of([response(503).into(), Step::from(json(200, "[]")), json(404, "{}").into()]);
    let caller = Caller::new(client(&script));
    let wish = caller.begin();
    wish.reading().call(&names()).await.unwrap();
    wish.clone().call(&names()).await.unwrap_err();
    assert_eq!((wish.spent().requests, wish.spent().attempts), (2, 3));
    assert_eq!(caller.spent().requests, 0);
    let error = wish.reading().call(&Operation::new(write(), |_| Ok(()))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert_eq!(script.sent().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_an_account_is_known_for_is_found_once_and_again_when_it_is_old_and_failures_are_not_kept() {
    const OWN: Fact<u32> = Fact::new("own").at_most(Duration::from_secs(60));
    const SAME_NAME: Fact<String> = Fact::new("own");
    let caller = Caller::new(client(&Script::silent()));
    let times = AtomicU32::new(0);
    let find = || async {
        tokio::time::sleep(SECOND).await;
        match times.fetch_add(1, Ordering::Relaxed) {
            0 => Err(Error::new(ErrorKind::Upstream, "not now")),
            time => Ok(time),
        }
    };
    caller.remember(OWN, find()).await.unwrap_err();
    let other = caller.begin();
    let (one, other) = tokio::join!(caller.remember(OWN, find()), other.remember(OWN, find()));
    assert_eq!((*one.unwrap(), *other.unwrap()), (1, 1), "whoever asks meanwhile waits for the one response");
    assert_eq!(*caller.remember(OWN, find()).await.unwrap(), 1);
    tokio::time::sleep(61 * SECOND).await;
    assert_eq!(*caller.remember(OWN, find()).await.unwrap(), 2);
    let error = caller.remember(SAME_NAME, async { Ok(String::new()) }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
}
