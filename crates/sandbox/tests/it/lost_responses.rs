//! Writes that are carried out although they appear to fail.

use std::time::{Duration, Instant};

use anyprofile_sandbox::{Fault, Sandbox, SandboxOptions};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{
    JSON, access_token, anthropic, array, probely, start, try_send, upsun, write_anthropic, write_probely,
    write_upsun,
};

const NEW: &str = r#"{"email":"new@example.com","name":"New"}"#;

async fn users(sandbox: &Sandbox) -> u64 {
    probely(sandbox, "/users/").await.ok()["count"].as_u64().unwrap()
}

#[tokio::test]
async fn a_create_that_took_effect_is_answered_as_a_failure() {
    let sandbox = start(SandboxOptions::new()).await;
    let id = "{\"request_id\":\"{request_id}\"}";
    sandbox.add_fault(
        Fault::new("users_create").first(1).respond(503).header("retry-after", "1").body(id).after_effect(),
    );
    let lost = write_probely(&sandbox, "POST", "/users/", NEW).await;
    assert_eq!((lost.status, lost.header("retry-after")), (503, Some("1")));
    assert_eq!(lost.json()["request_id"].as_str(), lost.header("x-request-id"));
    assert_eq!(users(&sandbox).await, 19);
    // A client that repeats the request learns that the user exists.
    assert_eq!(write_probely(&sandbox, "POST", "/users/", NEW).await.status, 400);
    let log = sandbox.requests();
    let writes: Vec<_> =
        log.iter().map(|request| (request.write, request.took_effect, request.status)).collect();
    assert_eq!(writes, [(true, true, 503), (false, false, 200), (true, false, 400)]);
}

#[tokio::test]
async fn a_blind_repetition_makes_a_second_profile() {
    let sandbox = start(SandboxOptions::new()).await;
    sandbox.add_fault(Fault::new("BetaCreateUserProfile").first(1).respond(500).after_effect());
    let betas = &["user-profiles-2026-03-24"];
    let body = r#"{"external_id":"lost"}"#;
    assert_eq!(write_anthropic(&sandbox, betas, "POST", "/v1/user_profiles", body).await.status, 500);
    write_anthropic(&sandbox, betas, "POST", "/v1/user_profiles", body).await.ok();
    let found = anthropic(&sandbox, betas, "/v1/user_profiles?limit=100").await.ok();
    let lost = array(&found["data"]).into_iter().filter(|profile| profile["external_id"] == "lost").count();
    assert_eq!((lost, sandbox.requests().iter().filter(|request| request.took_effect).count()), (2, 2));
}

#[tokio::test]
async fn a_connection_is_dropped_with_and_without_the_effect() {
    let sandbox = start(SandboxOptions::new()).await;
    let it = &sandbox.description().probely;
    let (url, key) = (format!("{}/users/", it.base_url), format!("JWT {}", it.api_key));
    let headers = [("authorization", key.as_str()), JSON];
    sandbox.add_fault(Fault::new("users_create").first(1).drop_connection());
    assert!(try_send("POST", &url, &headers, NEW.as_bytes()).await.is_none());
    assert_eq!(users(&sandbox).await, 18);
    sandbox.add_fault(Fault::new("users_create").first(1).drop_connection().after_effect());
    assert!(try_send("POST", &url, &headers, NEW.as_bytes()).await.is_none());
    assert_eq!(users(&sandbox).await, 19);
    let log = sandbox.requests();
    let creates: Vec<_> = log.iter().filter(|request| request.operation == "users_create").collect();
    assert_eq!(
        creates.iter().map(|one| (one.took_effect, one.status)).collect::<Vec<_>>(),
        [(false, 0), (true, 0)]
    );
    // The other connections, and the next request, are not affected.
    assert_eq!(write_probely(&sandbox, "POST", "/users/", NEW).await.status, 400);
}

#[tokio::test]
async fn a_dropped_connection_ends_at_once_also_when_it_was_to_be_kept() {
    let sandbox = start(SandboxOptions::new().fault(Fault::new("profile_list").drop_connection())).await;
    let it = &sandbox.description().probely;
    let host = it.base_url.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request =
        format!("GET /profile/ HTTP/1.1\r\nHost: {host}\r\nAuthorization: JWT {}\r\n\r\n", it.api_key);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    let end = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut response);
    drop(tokio::time::timeout(Duration::from_secs(10), end).await.expect("an end"));
    assert!(response.is_empty());
}

#[tokio::test]
async fn who_does_not_wait_for_a_late_response_has_written_all_the_same() {
    let sandbox = start(SandboxOptions::new()).await;
    sandbox.add_fault(Fault::new("users_create").first(1).delay(Duration::from_secs(3_600)).after_effect());
    let waiting = write_probely(&sandbox, "POST", "/users/", NEW);
    assert!(tokio::time::timeout(Duration::from_millis(200), waiting).await.is_err());
    let begun = Instant::now();
    while users(&sandbox).await != 19 {
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
    // A request that is cancelled during a delay before the effect writes nothing.
    sandbox.clear_faults();
    sandbox.add_fault(Fault::new("users_create").delay(Duration::from_secs(3_600)));
    let other = write_probely(&sandbox, "POST", "/users/", r#"{"email":"late@example.com","name":"L"}"#);
    assert!(tokio::time::timeout(Duration::from_millis(200), other).await.is_err());
    assert_eq!(users(&sandbox).await, 19);
}

#[tokio::test]
async fn a_success_may_be_shown_in_another_form() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let id = upsun(&sandbox, &token, "/users/me").await.ok()["id"].as_str().unwrap().to_owned();
    sandbox.add_fault(
        Fault::new("update-profile")
            .respond(201)
            .header("content-type", "application/json")
            .body("{\"display_name\":\"X\"}")
            .after_effect(),
    );
    let response =
        write_upsun(&sandbox, "PATCH", &format!("/profiles/{id}"), r#"{"display_name":"X"}"#).await;
    assert_eq!((response.status, response.json()), (201, json!({"display_name": "X"})));
    assert_eq!(upsun(&sandbox, &token, &format!("/profiles/{id}")).await.ok()["display_name"], "X");
    // A refused write has no effect, whatever the response is.
    write_upsun(&sandbox, "PATCH", &format!("/profiles/{id}"), r#"{"display_name":null}"#).await;
    let last = sandbox.requests().pop().unwrap();
    assert_eq!((last.status, last.write, last.took_effect), (201, true, false));
}
