//! No secret and no personal data in logs, errors and `Debug`, at any level.

use std::{fmt::Write as _, sync::Mutex};

use anyprofile_core::Error;
use anyprofile_http::{
    Credential, HeaderMap, HttpClient, HttpOptions, Proxy, Request, StaticDialect, TransportErrorKind, header,
};
use httpmock::prelude::*;
use tracing_subscriber::fmt::MakeWriter as _;

use crate::{
    exchanging_client, info,
    support::{Script, Step, json, page, response},
};

/// Texts that must not be shown anywhere: a key, tokens, an address, a name, a query value.
const PLANTED: [&str; 6] = [
    "sk-planted-key",
    "long-lived",
    "planted-access",
    "ada@planted.example",
    "Planted Lovelace",
    "query-planted",
];

const DIALECT: StaticDialect = StaticDialect::new(
    |_| true,
    |failure, details| {
        details.service_message = failure.text("/detail").map(str::to_owned);
        details.code = failure.text("/code").map(str::to_owned);
        if let Some(fields) = failure.json.as_ref().and_then(serde_json::Value::as_object) {
            fields.iter().for_each(|(name, messages)| details.field(name, messages));
        }
    },
)
.with_request_id_headers(&[std::borrow::Cow::Borrowed("x-request-id")]);

/// All log lines at the level `TRACE`. It is static, since a subscriber may outlive the test.
pub(crate) struct Log(&'static Mutex<Vec<u8>>);

impl Log {
    /// Collects the log lines of this thread until the guard is dropped.
    pub(crate) fn collect() -> (Self, (tracing::subscriber::DefaultGuard, tracing::Dispatch)) {
        let lines: &'static Mutex<Vec<u8>> = Box::leak(Box::default());
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(move || lines.make_writer())
            .finish();
        // With only one subscriber, the cached interest of another test's thread would apply to all threads.
        let other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
        (Self(lines), (tracing::subscriber::set_default(subscriber), other))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn assert_clean(text: &str) {
    for planted in PLANTED {
        assert!(!text.contains(planted), "'{planted}' in: {text}");
    }
}

/// Returns an error in all its text forms, with its causes.
fn text_of(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        write!(text, " {error} {error:?}").unwrap();
        cause = error.source();
    }
    text
}

fn requests() -> [Request; 2] {
    let body = serde_json::json!({"email": "ada@planted.example", "name": "Planted Lovelace"});
    [
        Request::get("users_list").path("/users/").query("search", Some("query-planted ada@planted.example")),
        Request::patch("users_partial_update", &body).path("/users").segment("x"),
    ]
}

fn credential() -> Credential {
    Credential::header(header::AUTHORIZATION, Some("JWT"), &"sk-planted-key".into()).unwrap()
}

const REFUSAL: &str = r#"{"detail":"ada@planted.example is taken","code":"ada@planted.example",
    "name":["Planted Lovelace is no name"],"ada@planted.example":["what a field"]}"#;

#[tokio::test(start_paused = true)]
async fn no_error_and_no_log_line_holds_what_was_sent_or_answered() {
    let (log, guard) = Log::collect();
    for step in [
        || json(200, r#"{"name":"Planted Lovelace","email":"ada@planted.example"}"#).into(),
        || json(200, r#"["ada@planted.example"]"#).into(),
        || json(200, "ada@planted.example").into(),
        || page(200).body("<html>Planted Lovelace</html>").into(),
        || json(400, REFUSAL).into(),
        || json(401, REFUSAL).into(),
        || json(403, REFUSAL).into(),
        || json(500, REFUSAL).into(),
        || page(403).body("<html>ada@planted.example</html>").into(),
        || response(302).header("location", "https://x.example.com/?q=query-planted").into(),
        || response(429).header("retry-after", "999999").into(),
        || Step::Fail(TransportErrorKind::Connect),
        || Step::Hang,
    ] {
        for request in requests() {
            let script = Script::by(move |_| step());
            let options = HttpOptions::default().with_transport(script);
            let client =
                HttpClient::new(info(crate::BASE), credential(), HeaderMap::new(), DIALECT, options).unwrap();
            assert_clean(&format!("{client:?}"));
            match client.send(request).await {
                Ok(response) => {
                    assert_clean(&format!("{response:?}"));
                    assert_clean(&text_of(&response.decode::<Vec<u8>>().unwrap_err()));
                }
                Err(error) => assert_clean(&text_of(&error)),
            }
        }
    }
    drop(guard);
    let text = log.text();
    assert!(text.contains("users_list") && text.contains("attempt=2"), "the log is not empty: {text}");
    assert_clean(&text);
}

#[tokio::test(start_paused = true)]
async fn an_exchange_logs_no_token() {
    let (log, guard) = Log::collect();
    let script = Script::of([
        json(200, r#"{"access_token":"planted-access","expires_in":900}"#),
        json(200, "[]"),
        response(401),
        json(400, r#"{"error":"invalid_grant","error_description":"long-lived is not valid"}"#),
    ]);
    let client = exchanging_client(&script, HttpOptions::default());
    let [first, second] = requests();
    client.send(first).await.unwrap();
    assert_clean(&format!("{client:?}"));
    assert_clean(&text_of(&client.send(second).await.unwrap_err()));
    drop(guard);
    assert!(log.text().contains("oauth2-token"));
    assert_clean(&log.text());
}

#[tokio::test]
async fn the_real_client_logs_none_of_it_either() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.path("/users/");
            then.status(400).header("content-type", "application/json").body(REFUSAL);
        })
        .await;
    let (log, guard) = Log::collect();
    let options = HttpOptions::default().with_proxy(Proxy::None).with_max_attempts(1);
    for base in [server.base_url(), "http://127.0.0.1:1".to_owned()] {
        let client =
            HttpClient::new(info(&base), credential(), HeaderMap::new(), DIALECT, options.clone()).unwrap();
        for request in requests() {
            assert_clean(&text_of(&client.send(request).await.unwrap_err()));
        }
    }
    drop(guard);
    assert!(log.text().contains("users_list"));
    assert_clean(&log.text());
}

#[tokio::test]
async fn settings_show_no_secret_in_debug() {
    let options = HttpOptions::default().with_proxy(Proxy::Url("http://u:sk-planted-key@127.0.0.1:1".into()));
    assert_clean(&format!("{options:?} {:?}", credential()));
    let client = HttpClient::new(
        info("http://127.0.0.1:1"),
        credential(),
        HeaderMap::new(),
        DIALECT,
        options.with_max_attempts(1),
    )
    .unwrap();
    let [request, _] = requests();
    assert_clean(&format!("{client:?}"));
    assert_clean(&text_of(&client.send(request).await.unwrap_err()));
}

/// Returns the error with the service's own words, as a person would see it.
fn shown(error: &Error) -> String {
    format!(
        "{} {:?} {:?} {:?} {:?}",
        text_of(error),
        error.service_message(),
        error.field_errors(),
        error.request_id(),
        error.code()
    )
}

#[tokio::test]
async fn the_own_credential_is_not_shown_where_a_service_repeats_it() {
    let echo = |secret: &str| {
        let body = format!(
            r#"{{"detail":"The key {secret} is not known","code":"{secret}","{secret}":["{secret} is no field"],"list":["a {secret}"]}}"#
        );
        json(401, body).header("x-request-id", secret)
    };
    let script =
        Script::of([echo("sk-planted-key"), json(200, "[]").header("x-request-id", "sk-planted-key")]);
    let options = HttpOptions::default().with_transport(script);
    let client =
        HttpClient::new(info("https://api.example.com"), credential(), HeaderMap::new(), DIALECT, options)
            .unwrap();
    let [read, _] = requests();
    let error = client.send(read).await.unwrap_err();
    assert_clean(&shown(&error));
    assert_eq!(error.service_message(), Some("The key … is not known"));
    assert_eq!((error.request_id(), error.code()), (None, None));
    assert_eq!(error.field_errors()["…"], ["… is no field"]);
    let [read, _] = requests();
    assert_eq!(client.send(read).await.unwrap().request_id, None);

    // Both tokens of an exchange: the long-lived and the short-lived one.
    for secret in ["long-lived", "planted-access"] {
        let token = json(200, r#"{"access_token":"planted-access"}"#);
        let script = Script::of([token.clone(), echo(secret), token, echo(secret)]);
        let [read, _] = requests();
        let error = exchanging_client(&script, HttpOptions::default()).send(read).await.unwrap_err();
        assert_clean(&shown(&error));
    }
    let script =
        Script::of([json(400, r#"{"error":"invalid_grant","error_description":"long-lived is no token"}"#)]);
    let [read, _] = requests();
    let error = exchanging_client(&script, HttpOptions::default()).send(read).await.unwrap_err();
    assert_eq!(error.service_message(), Some("… is no token"));
}
