//! The memory that a write takes. Nothing else runs in this process.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails should fail its test")]

#[allow(dead_code, reason = "shared with the other tests")]
#[path = "it/support/mod.rs"]
mod support;

use anyprofile_sandbox::SandboxOptions;
use serde_json::json;

use crate::support::{
    access_token, anthropic, array, ids, probely, send, start, upsun, write_anthropic, write_probely,
};

const WRITES: usize = 2_000;
/// The maximum memory of 2,000 writes: far less than a million profiles would take, with room for the log.
const LIMIT: usize = 8 * 1024 * 1024;

fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[tokio::test]
async fn two_thousand_writes_to_a_million_profiles_take_the_memory_of_two_thousand() {
    let sandbox = start(SandboxOptions::new().profiles(1_000_000)).await;
    let token = access_token(&sandbox).await;
    let profiles = ids(&array(&upsun(&sandbox, &token, "/profiles?range=100").await.ok()["profiles"]));
    let users = ids(&array(&probely(&sandbox, "/users/?length=100").await.ok()["results"]));
    let bearer = format!("Bearer {token}");
    let base = sandbox.description().upsun.base_url.clone();
    let before = resident();
    for number in 0..WRITES / 4 {
        let body = json!({"email": format!("m{number}@example.com"), "name": "M", "labels": [{"name": format!("l{}", number % 7)}]});
        assert_eq!(write_probely(&sandbox, "POST", "/users/", &body.to_string()).await.status, 201);
        let body = json!({"metadata": {"n": number.to_string()}}).to_string();
        write_anthropic(&sandbox, &[], "POST", "/v1/user_profiles", &body).await.ok();
        // Repeatedly to the same hundred users.
        let at = number % 100;
        let body = json!({"title": "dev", "name": format!("N{number}")}).to_string();
        write_probely(&sandbox, "PATCH", &format!("/users/{}/", users[at]), &body).await.ok();
        let body =
            json!({"display_name": format!("N{number}"), "username": format!("n{number}")}).to_string();
        let headers = [("authorization", bearer.as_str()), support::JSON];
        send("PATCH", &format!("{base}/profiles/{}", profiles[at]), &headers, &body).await.ok();
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < LIMIT, "{} bytes a write", grown / WRITES);
    assert_eq!(probely(&sandbox, "/users/?length=1").await.ok()["count"], 900_000 + WRITES / 4);
    assert_eq!(
        anthropic(&sandbox, &[], "/v1/user_profiles?limit=1").await.ok()["data"][0]["metadata"]["n"],
        "499"
    );
}
