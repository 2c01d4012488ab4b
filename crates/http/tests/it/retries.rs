//! Which requests are retried, when, and the errors of those that are not.

use std::{sync::Arc, time::Duration};

use anyprofile_core::{
    ErrorKind, Result,
    error::{Effect, Retry},
};
use anyprofile_http::{
    HttpOptions, Operation, Response, RetryContext, RetryDecision, RetryPolicy, TransportErrorKind,
};
use serde_json::Value;

use crate::{
    client, client_with, read,
    redaction::Log,
    support::{Script, Step, json, outcomes::meetings, page, response},
    write,
};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_after_a_failed_connection_and_a_503_and_says_what_it_took() {
    let script =
        Script::of([Step::Fail(TransportErrorKind::Connect), response(503).into(), json(200, "[]").into()]);
    let response = client(&script).send(read()).await.unwrap();
    assert_eq!(response.stats.attempts, 3);
    let sent = script.sent();
    assert_eq!(sent.len(), 3);
    // The paused clock moves by whole milliseconds.
    assert!(sent[2].at.abs_diff(response.stats.waited) <= Duration::from_millis(3));
    // Full jitter: at most half a second, then at most one.
    assert!(sent[2].at <= Duration::from_millis(1503), "{:?}", sent[2].at);
    assert!(sent.iter().all(|again| again.text() == sent[0].text()));
    assert_eq!(sent[0].header("authorization"), Some("JWT the-key"));
}

#[tokio::test(start_paused = true)]
async fn a_broken_body_is_read_again() {
    let script = Script::of([json(200, "").chunks(["[1,"]).broken(), json(200, "[1]")]);
    let response = client(&script).send(read()).await.unwrap();
    assert_eq!(response.decode::<Vec<u8>>().unwrap(), [1]);
    assert_eq!(response.stats.attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn every_status_that_may_pass_is_tried_three_times_and_others_once() {
    for status in [408, 425, 429, 500, 502, 503, 504, 507, 522, 529, 530, 599] {
        let script = Script::of([response(status), response(status), response(status)]);
        let error = client(&script).send(read()).await.unwrap_err();
        assert_eq!((script.sent().len(), error.status(), error.stats().attempts), (3, Some(status), 3));
        assert_eq!(error.retry(), Retry::Later, "{status}");
    }
    for status in [400, 401, 402, 403, 404, 409, 413, 422, 431, 499, 501, 505] {
        let script = Script::of([response(status)]);
        let error = client(&script).send(read()).await.unwrap_err();
        assert_eq!((script.sent().len(), error.status()), (1, Some(status)));
        assert_eq!(error.retry(), Retry::No, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_to_the_second() {
    let script = Script::of([response(429).header("retry-after", "17"), json(200, "[]")]);
    let response = client(&script).send(read()).await.unwrap();
    assert_eq!(script.sent()[1].at.as_secs(), 17);
    assert_eq!(response.stats.waited, 17 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn retry_after_beyond_the_deadline_is_told_and_not_waited_for() {
    let script = Script::of([response(429).header("retry-after", "3600")]);
    let error = client(&script).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry(), Retry::After(3600 * SECOND));
    assert_eq!((error.stats().attempts, error.stats().waited), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn hostile_waits_do_not_panic_and_count_as_not_asked() {
    for value in ["NaN", "-1", "inf", "1e400", "99999999999999999999999", "", "soon"] {
        let script = Script::of([response(503).header("retry-after", value), json(200, "[]")]);
        client(&script).send(read()).await.unwrap();
        assert!(script.sent()[1].at <= SECOND, "{value}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_service_may_forbid_a_repetition_or_ask_for_one() {
    let script = Script::of([response(503).header("x-should-retry", "false")]);
    assert_eq!(client(&script).send(read()).await.unwrap_err().stats().attempts, 1);
    let script = Script::of([response(409).header("x-should-retry", "true"), json(200, "[]")]);
    assert_eq!(client(&script).send(read()).await.unwrap().stats.attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_sent_once_and_an_unknown_outcome_is_said_to_be_unknown() {
    for meeting in meetings() {
        let script = Script::of([(meeting.step)()]);
        let error = client(&script).send(write()).await.unwrap_err();
        assert_eq!(script.sent().len(), 1);
        meeting.check("users_partial_update", &error);
    }
    for (step, unknown) in [(Step::Hang, true), (response(403).into(), false), (response(302).into(), false)]
    {
        let error = client(&Script::of([step])).send(write()).await.unwrap_err();
        assert_eq!((error.retry(), error.may_have_taken_effect()), (Retry::No, unknown), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_answered_with_what_cannot_be_read_may_have_been_made() {
    let decoded = |response: Result<Response>| response.and_then(|response| response.decode::<Value>());
    for unreadable in [json(200, ""), json(200, "{"), page(200), json(200, "0123456789a")] {
        let options = HttpOptions::default().with_max_response_bytes(80);
        let script = Script::by(move |_| unreadable.clone().into());
        let client = client_with(&script, options.with_max_attempts(1));
        let error = decoded(client.send(write()).await).unwrap_err();
        assert!(error.may_have_taken_effect(), "{error}");
        assert_eq!((error.retry(), error.status()), (Retry::No, Some(200)));
        assert!(error.hint().unwrap().contains("may have been made"), "{error}");
        let error = decoded(client.send(read()).await).unwrap_err();
        assert!(!error.may_have_taken_effect(), "{error}");
    }
    let options = HttpOptions::default().with_max_response_bytes(10);
    let script = Script::of([json(200, "0123456789a")]);
    let error = client_with(&script, options).send(write()).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_taken_effect()), (ErrorKind::TooLarge, true));
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_answered_with_nothing_is_read_back_and_was_made_when_that_fails() {
    let operation = || {
        let back = Operation::new(read(), |_| Ok(()));
        Operation::new(write(), Response::decode::<Value>).reading_back(&back)
    };
    let called = async |responses: Vec<crate::support::Response>| {
        let script = Script::of(responses);
        let client = client_with(&script, HttpOptions::default().with_max_attempts(1));
        client.call(&operation()).await.map(|reply| reply.value)
    };
    assert_eq!(called(vec![response(204), json(200, "{\"a\":1}")]).await.unwrap()["a"], 1);
    let error = called(vec![response(204), response(404)]).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_taken_effect()), (ErrorKind::NotFound, true));
    assert!(error.hint().unwrap().starts_with("the change was made"), "{error}");
    // A body that cannot be read does not undo the write.
    for unreadable in [json(200, ""), page(200)] {
        let error = called(vec![response(204), unreadable]).await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Decode, Effect::Whole));
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_limited_says_how_long_to_wait() {
    let script = Script::of([response(429).header("retry-after", "7")]);
    let error = client(&script).send(write()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::RateLimited, Retry::After(7 * SECOND)));
    let script = Script::of([Step::Fail(TransportErrorKind::Connect)]);
    let error = client(&script).send(write()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Transport, Retry::Later));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_without_a_response_ends_after_its_time_and_the_operation_after_its_own() {
    let script = Script::by(|_| Step::Hang);
    let began = tokio::time::Instant::now();
    let error = client(&script).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let sent = script.sent();
    assert_eq!(sent.len(), 3);
    assert!(sent[1].at >= 60 * SECOND && sent[1].at <= 61 * SECOND);
    assert!(began.elapsed() <= 182 * SECOND);

    let script = Script::by(|_| Step::Hang);
    let began = tokio::time::Instant::now();
    let options = HttpOptions::default().with_operation_timeout(90 * SECOND);
    let error = client_with(&script, options).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains("deadline"), "{error}");
    assert_eq!(began.elapsed().as_secs(), 90);
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_ends_with_the_attempt() {
    let script = Script::of([json(200, "[]").after(61 * SECOND)]);
    let options = HttpOptions::default().with_max_attempts(1);
    let error = client_with(&script, options).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_is_given_up_and_one_that_is_slow_or_silent_for_a_while_is_not() {
    let body = |bytes: usize, chunks: usize| {
        let chunk = " ".repeat(bytes);
        let chunks = (1..chunks).map(|_| chunk.clone()).chain(["[]".to_owned()]);
        json(200, "").chunks(chunks.collect::<Vec<_>>())
    };
    let options = || HttpOptions::default().with_max_attempts(1);
    for (response, options, seconds) in [
        (body(1, 59).every(SECOND), options(), Err(21)),
        (body(127, 59).every(SECOND), options(), Err(21)),
        (body(128, 59).every(SECOND), options(), Ok(59)),
        (body(5120, 3).every(15 * SECOND), options(), Ok(45)),
        (body(1, 59).every(SECOND), options().with_min_bytes_per_second(0), Ok(59)),
        (body(99, 59).every(SECOND), options().with_min_bytes_per_second(100), Err(21)),
    ] {
        let began = tokio::time::Instant::now();
        let sent = client_with(&Script::of([response]), options).send(read()).await;
        let took = began.elapsed().as_secs();
        match (sent, seconds) {
            (Ok(_), Ok(seconds)) => assert_eq!(took, seconds),
            (Err(error), Err(seconds)) => {
                assert_eq!((error.kind(), error.retry(), took), (ErrorKind::Timeout, Retry::Later, seconds));
                assert_eq!(error.message(), "the response was too slow");
            }
            (sent, seconds) => panic!("{sent:?} and not {seconds:?} after {took} s"),
        }
    }
    let script = Script::of([body(1, 59).every(SECOND), json(200, "[]")]);
    assert_eq!(client(&script).send(read()).await.unwrap().stats.attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_multiplied_beyond_the_budget() {
    let script = Script::by(|_| response(503).into());
    let client = client_with(&script, HttpOptions::default().with_retry_budget(3));
    for _ in 0..10 {
        client.clone().send(read()).await.unwrap_err();
    }
    // Ten first attempts, and three retries among them.
    assert_eq!(script.sent().len(), 13);
}

#[tokio::test(start_paused = true)]
async fn a_decoding_failure_is_not_repeated() {
    let script = Script::of([Step::Fail(TransportErrorKind::Encoding)]);
    let error = client(&script).send(read()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Decode, Retry::No));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_operation_sends_nothing_more() {
    let script = Script::by(|_| response(503).header("retry-after", "10").into());
    let client = client(&script);
    let ended = tokio::time::timeout(5 * SECOND, client.send(read())).await;
    assert!(ended.is_err());
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_too_many_requests_holds_the_others_back() {
    let script = Script::of([
        response(429).header("retry-after", "3"),
        json(200, "[]"),
        json(200, "[]").header("ratelimit-remaining", "0").header("ratelimit-reset", "7"),
        json(200, "[]"),
    ]);
    let client = client(&script);
    client.send(write()).await.unwrap_err();
    for _ in 0..3 {
        client.send(read()).await.unwrap();
    }
    let at: Vec<_> = script.sent().iter().map(|sent| sent.at.as_secs()).collect();
    assert_eq!(at, [0, 3, 3, 10]);
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_under_way_at_once_than_is_allowed() {
    let script = Script::by(|_| json(200, "[]").after(SECOND).into());
    let client = client_with(&script, HttpOptions::default().with_max_concurrency(4));
    let began = tokio::time::Instant::now();
    let sent = futures_util::future::join_all((0..20).map(|_| client.send(read()))).await;
    assert!(sent.iter().all(Result::is_ok));
    assert_eq!(began.elapsed(), 5 * SECOND);
    // The rate applies to all requests together.
    let client =
        client_with(&script, HttpOptions::default().with_max_requests_per_second(10).with_max_concurrency(0));
    let began = tokio::time::Instant::now();
    futures_util::future::join_all((0..21).map(|_| client.send(read()))).await;
    assert_eq!(began.elapsed(), 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_turn_is_part_of_the_operations_time() {
    let script = Script::of([response(429).header("retry-after", "50"), json(200, "[]")]);
    let options = HttpOptions::default().with_operation_timeout(10 * SECOND);
    let client = client_with(&script, options);
    client.send(write()).await.unwrap_err();
    let error = client.send(read()).await.unwrap_err();
    assert_eq!((error.kind(), script.sent().len()), (ErrorKind::Timeout, 1));
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_more_than_five_seconds_is_told_once_however_many_requests_wait() {
    let wait = |line: &&str| line.contains("anyprofile_http::wait");
    for (first, told) in [
        (response(429).header("retry-after", "42"), "waiting 42 s, as the service asks (status 429)"),
        (response(503).header("retry-after-ms", "5500"), "waiting 6 s, as the service asks (status 503)"),
        (
            json(200, "[]").header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "20"),
            "waiting 20 s, as the service asks: its quota is used up (status 200)",
        ),
    ] {
        let (log, guard) = Log::collect();
        let mut first = Some(first);
        let script = Script::by(move |_| first.take().unwrap_or_else(|| json(200, "[]")).into());
        let client = client(&script);
        client.send(read()).await.unwrap();
        let began = tokio::time::Instant::now();
        let sent = futures_util::future::join_all((0..8).map(|_| client.send(read()))).await;
        let waited: Duration = sent.iter().map(|response| response.as_ref().unwrap().stats.waited).sum();
        assert!(waited <= began.elapsed(), "{waited:?}");
        drop(guard);
        let text = log.text();
        let lines: Vec<_> = text.lines().filter(wait).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert!(lines[0].contains(" WARN ") && lines[0].contains(told), "{}", lines[0]);
        assert!(lines[0].contains("service=\"probely\" account=\"eu\""), "{}", lines[0]);
    }
    let (log, _guard) = Log::collect();
    let script = Script::of([
        response(429).header("retry-after", "5"),
        json(200, "[]").header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "1696004817000"),
        json(200, "[]")
            .header("x-ratelimit-limit", "0")
            .header("x-ratelimit-remaining", "0")
            .header("x-ratelimit-reset", "60"),
        json(200, "[]"),
    ]);
    let (client, began) = (client(&script), tokio::time::Instant::now());
    for _ in 0..3 {
        client.send(read()).await.unwrap();
    }
    assert!(began.elapsed() < 6 * SECOND, "nonsense is no advice");
    assert_eq!(log.text().lines().filter(wait).count(), 0);
}

/// Retries everything immediately, and records its calls.
#[derive(Debug, Default)]
struct Stubborn(std::sync::Mutex<Vec<(String, u32)>>);

impl RetryPolicy for Stubborn {
    fn decide(&self, context: &RetryContext<'_>) -> RetryDecision {
        self.0
            .lock()
            .unwrap()
            .push((format!("{} {:?}", context.operation, context.failure), context.attempts));
        RetryDecision::RetryAfter(Duration::ZERO)
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_decides_about_reads_alone_and_within_the_budget() {
    let policy = Arc::new(Stubborn::default());
    let options = HttpOptions::default()
        .with_max_attempts(1)
        .with_retry_budget(2)
        .with_retry_policy(Arc::clone(&policy) as _);
    let script = Script::of([response(404), response(400), response(503), response(503)]);
    let client = client_with(&script, options);
    let error = client.send(read()).await.unwrap_err();
    assert_eq!((error.status(), error.stats().attempts), (Some(503), 3));
    let error = client.send(write()).await.unwrap_err();
    assert_eq!((error.status(), error.stats().attempts), (Some(503), 1));
    let asked = [("users_list Status(404)", 1), ("users_list Status(400)", 2), ("users_list Status(503)", 3)];
    assert_eq!(*policy.0.lock().unwrap(), asked.map(|(text, attempts)| (text.to_owned(), attempts)));
}

/// Always waits the same time, whatever the service asks for.
#[derive(Debug)]
struct Fixed(Duration);

impl RetryPolicy for Fixed {
    fn decide(&self, _: &RetryContext<'_>) -> RetryDecision {
        RetryDecision::RetryAfter(self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_a_policy_chose_is_not_said_to_be_the_services() {
    for (seconds, told) in [
        (7, "waiting 7 s before the next attempt (status 503)"),
        (8, "waiting 8 s, as the service asks (status 503)"),
    ] {
        let (log, guard) = Log::collect();
        let options = HttpOptions::default().with_retry_policy(Arc::new(Fixed(seconds * SECOND)));
        let script = Script::of([response(503).header("retry-after-ms", "8000"), json(200, "[]")]);
        client_with(&script, options).send(read()).await.unwrap();
        drop(guard);
        let text = log.text();
        assert!(text.contains(told), "{text}");
    }
}
