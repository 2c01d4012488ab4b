//! Access tokens: when they are exchanged, which requests use them, and the errors of the exchange.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyprofile_core::{Error, ErrorKind};
use anyprofile_http::{
    Credential, FetchedSecret, FormFile, HeaderMap, HttpClient, HttpOptions, Request, TokenExchange, header,
};

use crate::{
    BASE, DIALECT, exchanging_client, info, read,
    support::{Response, Script, Sent, Step, json, page, response},
    write,
};

const SECOND: Duration = Duration::from_secs(1);

fn is_exchange(sent: &Sent) -> bool {
    sent.url == "https://auth.example.com/oauth2/token"
}

/// A service that issues `access-1`, `access-2`, … for `expires_in` seconds, and responds as the test says.
fn service(
    expires_in: u32,
    mut reply: impl FnMut(&Sent) -> Response + Send + 'static,
) -> std::sync::Arc<Script> {
    let mut number = 0;
    Script::by(move |sent| {
        if !is_exchange(sent) {
            return reply(sent).into();
        }
        number += 1;
        let body = format!(
            r#"{{"access_token":"access-{number}","expires_in":{expires_in},"token_type":"bearer"}}"#
        );
        json(200, body).after(Duration::from_millis(50)).into()
    })
}

fn exchanges(script: &Script) -> usize {
    script.sent().iter().filter(|sent| is_exchange(sent)).count()
}

/// Polls a future once.
fn is_pending<F: Future>(future: std::pin::Pin<&mut F>) -> bool {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending()
}

/// Returns the access tokens that requests were sent with.
fn tokens(script: &Script) -> Vec<String> {
    let calls = script.sent().into_iter().filter(|sent| !is_exchange(sent));
    calls.map(|sent| sent.header("authorization").unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_exchange_is_a_form_with_basic_authentication_and_an_empty_password() {
    let script = service(900, |_| json(200, "[]"));
    exchanging_client(&script, HttpOptions::default()).send(read()).await.unwrap();
    let sent = &script.sent()[0];
    assert_eq!(sent.method, "POST");
    assert_eq!(sent.body, "grant_type=api_token&api_token=long-lived");
    assert_eq!(sent.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(sent.header("authorization"), Some("Basic cGxhdGZvcm0tYXBpLXVzZXI6"));
    assert_eq!(tokens(&script), ["Bearer access-1"]);
}

#[tokio::test(start_paused = true)]
async fn twenty_requests_at_once_make_one_exchange() {
    let script = service(900, |_| json(200, "[]"));
    let client = exchanging_client(&script, HttpOptions::default());
    let calls = (0..20).map(|_| client.send(read()));
    for response in futures_util::future::join_all(calls).await {
        response.unwrap();
    }
    assert_eq!((exchanges(&script), tokens(&script).len()), (1, 20));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_a_minute_or_a_tenth_of_its_life_before_its_end() {
    for (lifetime, good_for) in [(900, 840), (3600, 3540), (60, 54), (100, 90)] {
        let script = service(lifetime, |_| json(200, "[]"));
        let client = exchanging_client(&script, HttpOptions::default());
        client.send(read()).await.unwrap();
        tokio::time::sleep((good_for - 1) * SECOND).await;
        client.send(read()).await.unwrap();
        assert_eq!(exchanges(&script), 1, "{lifetime}");
        tokio::time::sleep(2 * SECOND).await;
        client.send(read()).await.unwrap();
        assert_eq!(exchanges(&script), 2, "{lifetime}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_that_is_written_as_a_text_is_one_and_nonsense_is_none() {
    for (lifetime, exchanged) in
        [("\"900\"", 2), ("\" 900.0 \"", 2), ("900.0", 2), ("\"soon\"", 1), ("-1", 1), ("[]", 1), ("null", 1)]
    {
        let body = format!(r#"{{"access_token":"a","expires_in":{lifetime}}}"#);
        let script = Script::by(move |sent| {
            (if is_exchange(sent) { json(200, body.clone()) } else { json(200, "[]") }).into()
        });
        let client = exchanging_client(&script, HttpOptions::default());
        client.send(read()).await.unwrap();
        tokio::time::sleep(900 * SECOND).await;
        client.send(read()).await.unwrap();
        assert_eq!(exchanges(&script), exchanged, "{lifetime}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_of_one_minute_serves_more_than_one_request() {
    let script = service(60, |_| json(200, "[]"));
    let client = exchanging_client(&script, HttpOptions::default());
    for _ in 0..10 {
        client.send(read()).await.unwrap();
    }
    assert_eq!(exchanges(&script), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_renewed_once_and_the_request_repeated_whole_with_the_new_one() {
    let script = service(900, |sent| {
        let is_old = sent.header("authorization") == Some("Bearer access-1");
        if is_old { response(401) } else { json(200, "{}") }
    });
    let response = exchanging_client(&script, HttpOptions::default()).send(write()).await.unwrap();
    assert_eq!(response.stats.attempts, 2);
    assert_eq!(tokens(&script), ["Bearer access-1", "Bearer access-2"]);
    let bodies: Vec<_> =
        script.sent().into_iter().filter(|sent| !is_exchange(sent)).map(|sent| sent.body).collect();
    assert_eq!(bodies, [r#"{"name":"Ada"}"#, r#"{"name":"Ada"}"#]);
}

#[tokio::test(start_paused = true)]
async fn a_file_is_sent_again_with_the_boundary_that_it_was_sent_with() {
    let script = service(900, |sent| {
        let is_old = sent.header("authorization") == Some("Bearer access-1");
        if is_old { response(401) } else { json(200, "{}") }
    });
    let file = FormFile::new("a.png", "image/png", b"ada");
    let request = Request::post("pictures_create").path("/pictures").form_file("file", &file);
    exchanging_client(&script, HttpOptions::default()).send(request).await.unwrap();
    let sent: Vec<_> = script.sent().into_iter().filter(|sent| !is_exchange(sent)).collect();
    assert_eq!(sent.len(), 2);
    assert!(sent[0].header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
    assert_eq!(sent[0].header("content-type"), sent[1].header("content-type"));
    assert_eq!(sent[0].body, sent[1].body);
}

#[tokio::test(start_paused = true)]
async fn a_second_refusal_is_final() {
    let script = service(900, |_| {
        json(401, r#"{"error":"invalid_token","error_description":"Invalid access token."}"#)
    });
    let error = exchanging_client(&script, HttpOptions::default()).send(read()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthenticated, Some(401)));
    assert_eq!((exchanges(&script), tokens(&script).len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn many_requests_that_are_refused_at_once_renew_the_token_once() {
    let script = service(900, |sent| {
        let is_old = sent.header("authorization") == Some("Bearer access-1");
        (if is_old { response(401) } else { json(200, "[]") }).after(Duration::from_millis(20))
    });
    let client = exchanging_client(&script, HttpOptions::default());
    let calls = (0..20).map(|_| client.send(read()));
    for response in futures_util::future::join_all(calls).await {
        response.unwrap();
    }
    assert_eq!(exchanges(&script), 2);
}

#[tokio::test(start_paused = true)]
async fn a_step_up_challenge_renews_nothing() {
    let challenge = r#"Bearer error="insufficient_user_authentication", max_age="5""#;
    let script = service(900, move |_| {
        json(401, r#"{"amr":["mfa"],"max_age":5}"#)
            .header("www-authenticate", challenge)
            .header("x-request-id", "r-1")
    });
    let error = exchanging_client(&script, HttpOptions::default()).send(read()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthenticated, Some(401)));
    assert_eq!(error.request_id(), Some("r-1"));
    assert!(error.hint().unwrap().contains("sign in again"), "{error}");
    assert_eq!((exchanges(&script), tokens(&script).len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_renews_nothing() {
    let script = service(900, |_| response(403));
    let error = exchanging_client(&script, HttpOptions::default()).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert_eq!((exchanges(&script), tokens(&script).len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_fixed_credential_that_is_refused_is_not_sent_again() {
    let script = Script::of([response(401)]);
    let error = crate::client(&script).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_token_endpoint_say_what_to_do() {
    let mut told = String::new();
    for response in [
        json(400, r#"{"error":"invalid_grant","error_description":"The API token is not valid."}"#),
        json(401, r#"{"error":"invalid API token"}"#),
        page(403),
        page(400),
        response(401),
        response(404),
        page(200),
        response(200),
        json(200, r#"{"token_type":"bearer"}"#),
        json(200, r#"{"access_token":"two\nlines"}"#),
    ] {
        let script = Script::of([response]);
        let error = exchanging_client(&script, HttpOptions::default()).send(read()).await.unwrap_err();
        writeln!(told, "{}: {error}", error.kind()).unwrap();
        assert_eq!(script.sent().len(), 1);
    }
    insta::assert_snapshot!(told);
}

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_that_fails_is_asked_again() {
    let script =
        Script::of([response(503), json(200, r#"{"access_token":"a"}"#), json(200, "[]"), json(200, "[]")]);
    let client = exchanging_client(&script, HttpOptions::default());
    client.send(read()).await.unwrap();
    // Without a lifetime, the token is used until it is refused.
    tokio::time::sleep(100_000 * SECOND).await;
    client.send(read()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn giving_up_during_an_exchange_leaves_the_next_one_free_to_exchange() {
    let mut number = 0;
    let script = Script::by(move |sent| {
        number += 1;
        match (number, is_exchange(sent)) {
            (1, _) => Step::Hang,
            (_, true) => json(200, r#"{"access_token":"a","expires_in":900}"#).into(),
            (_, false) => json(200, "[]").into(),
        }
    });
    let client = exchanging_client(&script, HttpOptions::default());
    assert!(tokio::time::timeout(SECOND, client.send(read())).await.is_err());
    client.send(read()).await.unwrap();
    assert_eq!(exchanges(&script), 2);
}

#[tokio::test(start_paused = true)]
async fn a_redirecting_token_endpoint_never_gets_the_token_elsewhere() {
    let script = Script::of([response(307).header("location", "https://evil.example.com/oauth2/token")]);
    let error = exchanging_client(&script, HttpOptions::default()).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_left_unpolled_amid_its_exchange_keeps_nobody_out() {
    let script = service(900, |_| json(200, "[]"));
    let client = exchanging_client(&script, HttpOptions::default());
    let mut parked = Box::pin(client.send(read()));
    assert!(is_pending(parked.as_mut()));
    // A prefetched page is such a request: its caller awaits another request of the same account.
    tokio::time::timeout(SECOND, client.send(read())).await.unwrap().unwrap();
    parked.await.unwrap();
    assert_eq!((exchanges(&script), tokens(&script).len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_exchange_is_begun_anew_by_the_next_request() {
    let script = service(900, |_| json(200, "[]"));
    let client = exchanging_client(&script, HttpOptions::default());
    let mut dropped = Box::pin(client.send(read()));
    assert!(is_pending(dropped.as_mut()));
    // The exchange is in progress.
    tokio::task::yield_now().await;
    drop(dropped);
    client.send(read()).await.unwrap();
    assert_eq!(tokens(&script), ["Bearer access-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_does_not_come_does_not_outlast_the_operation() {
    let script = Script::by(|_| json(200, "{}").after(SECOND * 10_000).into());
    let options = HttpOptions::default().with_attempt_timeout(SECOND * 10_000);
    let error = exchanging_client(&script, options).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

/// A client with this credential.
fn client_of(script: &std::sync::Arc<Script>, credential: Credential) -> HttpClient {
    let options = HttpOptions::default().with_transport(std::sync::Arc::clone(script) as _);
    HttpClient::new(info(BASE), credential, HeaderMap::new(), DIALECT, options).unwrap()
}

/// A credential that is fetched as `fetched-1`, `fetched-2`, …, each valid for 100 seconds.
fn fetched(count: &std::sync::Arc<AtomicU32>) -> Credential {
    let count = std::sync::Arc::clone(count);
    Credential::from_fn(header::AUTHORIZATION, Some("Bearer"), move || {
        let number = count.fetch_add(1, Ordering::Relaxed) + 1;
        async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(FetchedSecret::new(format!("fetched-{number}")).with_lifetime(100 * SECOND))
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_function_fetches_a_secret_once_for_all_requests_and_again_before_it_ends() {
    let (script, count) = (Script::by(|_| json(200, "[]").into()), std::sync::Arc::default());
    let credential = fetched(&count);
    assert_eq!(format!("{credential:?}"), "Credential(function)");
    let client = client_of(&script, credential);
    assert_eq!(count.load(Ordering::Relaxed), 0, "nothing is fetched that is not needed");
    for response in futures_util::future::join_all((0..20).map(|_| client.send(read()))).await {
        response.unwrap();
    }
    tokio::time::advance(89 * SECOND).await;
    client.send(read()).await.unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 1);
    tokio::time::advance(2 * SECOND).await;
    client.send(read()).await.unwrap();
    assert_eq!(tokens(&script)[20..], ["Bearer fetched-1", "Bearer fetched-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_fetched_secret_that_is_refused_is_fetched_once_more() {
    let count = std::sync::Arc::default();
    let script = Script::by(|sent| {
        let is_old = sent.header("authorization") == Some("Bearer fetched-1");
        json(if is_old { 401 } else { 200 }, "[]").into()
    });
    let client = client_of(&script, fetched(&count));
    client.send(read()).await.unwrap();
    assert_eq!(tokens(&script), ["Bearer fetched-1", "Bearer fetched-2"]);
    // A second refusal is final.
    let script = Script::by(|_| json(401, "[]").into());
    let count = std::sync::Arc::default();
    let error = client_of(&script, fetched(&count)).send(read()).await.unwrap_err();
    assert_eq!((error.kind(), count.load(Ordering::Relaxed)), (ErrorKind::Unauthenticated, 2));
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_function_is_that_of_the_operation_and_a_bad_secret_is_not_sent() {
    let script = Script::by(|_| json(200, "[]").into());
    let failing = Credential::from_fn(header::AUTHORIZATION, None, || async {
        Err(Error::new(ErrorKind::Unauthenticated, "the vault is sealed").with_hint("unseal the vault"))
    });
    let error = client_of(&script, failing).send(read()).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unauthenticated, "the vault is sealed"));
    assert_eq!(error.account().map(ToString::to_string), Some(info(BASE).account.to_string()));
    let empty = Credential::from_fn(header::AUTHORIZATION, None, || async { Ok(FetchedSecret::new(" ")) });
    let error = client_of(&script, empty).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let silent = Credential::from_fn(header::AUTHORIZATION, None, std::future::pending);
    let error = client_of(&script, silent).send(read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(script.sent().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_does_not_return_is_called_again_after_the_time_of_an_operation() {
    let script = Script::by(|_| json(200, "[]").into());
    let count = std::sync::Arc::new(AtomicU32::new(0));
    let counted = std::sync::Arc::clone(&count);
    let credential = Credential::from_fn(header::AUTHORIZATION, None, move || {
        let is_first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        async move { if is_first { std::future::pending().await } else { Ok(FetchedSecret::new("key")) } }
    });
    let client = client_of(&script, credential);
    let later = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        client.send(read()).await
    };
    // The second operation begins while the first one waits, and would wait for the same call.
    let (first, second) = tokio::join!(client.send(read()), later);
    assert_eq!(first.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!((second.unwrap().status, count.load(Ordering::Relaxed)), (200, 2));
}

#[tokio::test(start_paused = true)]
async fn an_oauth_client_sends_its_secret_where_the_server_wants_it() {
    let exchange = || {
        let url = "https://auth.example.com/oauth2/token".parse().unwrap();
        let exchange = TokenExchange::client_credentials(url, "a client", "s:e".into()).unwrap();
        exchange.with_scope("users:read").with_audience("https://api.example.com").with_scope("users:write")
    };
    let script = service(900, |_| json(200, "[]"));
    client_of(&script, Credential::exchange(exchange())).send(read()).await.unwrap();
    let form = "grant_type=client_credentials&audience=https%3A%2F%2Fapi.example.com&scope=users%3Awrite";
    let sent = &script.sent()[0];
    assert_eq!((&*sent.body, sent.header("authorization")), (form, Some("Basic YStjbGllbnQ6cyUzQWU=")));

    let script = service(900, |_| json(200, "[]"));
    let exchange = exchange().with_client_in_form().with_parameter("resource", "urn:people".into());
    client_of(&script, Credential::exchange(exchange)).send(read()).await.unwrap();
    let sent = &script.sent()[0];
    let form = format!("{form}&resource=urn%3Apeople&client_id=a+client&client_secret=s%3Ae");
    assert_eq!((&sent.body, sent.header("authorization")), (&form, None));

    let script = service(900, |_| json(200, "[]"));
    let url = "https://auth.example.com/oauth2/token".parse().unwrap();
    let exchange = TokenExchange::client_credentials(url, "a client", "s:e".into()).unwrap();
    let exchange = exchange.with_client_in_form().with_json_body();
    client_of(&script, Credential::exchange(exchange)).send(read()).await.unwrap();
    let sent = &script.sent()[0];
    assert_eq!(
        sent.body,
        r#"{"client_id":"a client","client_secret":"s:e","grant_type":"client_credentials"}"#
    );
    assert_eq!(sent.header("content-type"), Some("application/json"));

    // It is not told of an API token that it does not have.
    let script = Script::by(|_| json(401, r#"{"error":"invalid_client"}"#).into());
    let url = "https://auth.example.com/oauth2/token".parse().unwrap();
    let exchange = TokenExchange::client_credentials(url, "a client", "wrong-secret".into()).unwrap();
    let error = client_of(&script, Credential::exchange(exchange)).send(read()).await.unwrap_err();
    assert_eq!(error.message(), "the token endpoint refuses the client");
}
