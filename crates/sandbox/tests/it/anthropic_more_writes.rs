use std::collections::HashSet;
use std::time::Duration;

use anyprofile_sandbox::SandboxOptions;
use serde_json::json;

use crate::support::{
    VERSION, anthropic,
    anthropic_profiles::{AUGUST, GENERAL, MARCH, PROFILES, SEPTEMBER, all, create, get, refused},
    array, send, start, write_anthropic,
};

#[tokio::test]
async fn each_enrollment_makes_another_link_for_a_quarter_of_an_hour() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let profile = all(&sandbox, MARCH, "").await[3].clone();
    let path = format!("{PROFILES}/{}/enrollment_url", profile["id"].as_str().unwrap());
    let mut seen = HashSet::new();
    for betas in [MARCH, AUGUST, SEPTEMBER, GENERAL] {
        let link = write_anthropic(&sandbox, betas, "POST", &path, "").await.ok();
        assert_eq!(
            (&link["type"], &link["expires_at"]),
            (&json!("enrollment_url"), &json!("2027-01-15T08:15:00Z"))
        );
        assert_eq!(link.as_object().unwrap().len(), 3);
        let url = link["url"].as_str().unwrap().to_owned();
        assert!(url.starts_with("https://platform.example.com/user-profiles/enrollment/"));
        assert!(seen.insert(url));
    }
    sandbox.advance_clock(Duration::from_secs(60));
    let later = write_anthropic(&sandbox, MARCH, "POST", &path, "").await.ok();
    assert_eq!(later["expires_at"], "2027-01-15T08:16:00Z");
    assert_eq!(get(&sandbox, MARCH, &profile["id"]).await, profile);
}

#[tokio::test]
async fn the_general_release_deletes_and_has_links_for_actions() {
    let sandbox = start(SandboxOptions::new().profiles(30)).await;
    let before = all(&sandbox, GENERAL, "").await;
    let made = create(&sandbox, GENERAL, &json!({"name": "Short-lived"})).await.ok();
    let path = format!("{PROFILES}/{}", made["id"].as_str().unwrap());
    let action = json!({"action": {"type": "enroll_end_user"}}).to_string();
    let link = write_anthropic(&sandbox, GENERAL, "POST", &format!("{path}/action_urls"), &action).await.ok();
    assert_eq!(
        (&link["type"], link["url"].is_string(), link["expires_at"].is_string()),
        (&json!("user_profile_action_url"), true, true)
    );
    for body in ["", "{}", r#"{"action":{"type":"x"}}"#, r#"{"action":"enroll_end_user"}"#] {
        refused(&write_anthropic(&sandbox, GENERAL, "POST", &format!("{path}/action_urls"), body).await);
    }
    // The clients have both operations under the betas, too.
    for betas in [MARCH, AUGUST, SEPTEMBER] {
        let made = create(&sandbox, betas, &json!({})).await.ok();
        let path = format!("{PROFILES}/{}", made["id"].as_str().unwrap());
        write_anthropic(&sandbox, betas, "POST", &format!("{path}/action_urls"), &action).await.ok();
        write_anthropic(&sandbox, betas, "DELETE", &path, "").await.ok();
    }
    let middle = format!("{PROFILES}/{}", before[10]["id"].as_str().unwrap());
    for gone in [&path, &middle] {
        let id = gone.rsplit('/').next().unwrap();
        let deleted = write_anthropic(&sandbox, GENERAL, "DELETE", gone, "").await.ok();
        assert_eq!(deleted, json!({"id": id, "type": "user_profile_deleted"}));
        for (method, path) in [
            ("GET", gone.clone()),
            ("POST", gone.clone()),
            ("DELETE", gone.clone()),
            ("POST", format!("{gone}/enrollment_url")),
            ("POST", format!("{gone}/action_urls")),
        ] {
            let response = write_anthropic(&sandbox, GENERAL, method, &path, &action).await;
            assert_eq!(
                (response.status, &response.json()["error"]["type"]),
                (404, &json!("not_found_error")),
                "{method} {path}"
            );
        }
    }
    let mut expected = before;
    expected.remove(10);
    assert_eq!(all(&sandbox, GENERAL, "limit=10").await, expected);
    assert_eq!(all(&sandbox, MARCH, "order=asc").await.len(), 29);
    assert_eq!(all(&sandbox, GENERAL, "order_by=name&limit=4").await.len(), 29);
    // A new profile replaces no other.
    let newer = create(&sandbox, GENERAL, &json!({})).await.ok();
    assert_ne!(newer["id"], made["id"]);
}

#[tokio::test]
async fn a_cursor_survives_that_its_profile_is_deleted() {
    let sandbox = start(SandboxOptions::new().profiles(30)).await;
    for query in ["limit=10", "limit=10&order=asc", "limit=10&order_by=name"] {
        let first = anthropic(&sandbox, GENERAL, &format!("{PROFILES}?{query}")).await.ok();
        let last = first["data"][9]["id"].as_str().unwrap().to_owned();
        let rest = |sandbox| all(sandbox, GENERAL, query);
        let before = rest(&sandbox).await;
        write_anthropic(&sandbox, GENERAL, "DELETE", &format!("{PROFILES}/{last}"), "").await.ok();
        let next = first["next_page"].as_str().unwrap();
        let second = anthropic(&sandbox, GENERAL, &format!("{PROFILES}?{query}&page={next}")).await.ok();
        assert_eq!(array(&second["data"])[..], before[10..20], "{query}");
    }
}

#[tokio::test]
async fn only_json_is_read() {
    let sandbox = start(SandboxOptions::new()).await;
    let it = &sandbox.description().anthropic;
    let url = format!("{}{PROFILES}", it.base_url);
    let key = ("x-api-key", it.api_key.as_str());
    let form = ("content-type", "application/x-www-form-urlencoded");
    let response = send("POST", &url, &[key, VERSION, form], "{}").await;
    assert_eq!((response.status, &response.json()["error"]["type"]), (415, &json!("invalid_request_error")));
    send("POST", &url, &[key, VERSION], "{}").await.ok();
}
