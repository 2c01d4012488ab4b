//! API tokens that are created and deleted at Upsun.

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, exchange, ids, start, upsun, write_upsun};

const BASIC: (&str, &str) = ("Authorization", "Basic cGxhdGZvcm0tYXBpLXVzZXI6");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

async fn read(sandbox: &Sandbox, path: &str) -> Response {
    upsun(sandbox, &access_token(sandbox).await, path).await
}

async fn list_of_current_user(sandbox: &Sandbox) -> String {
    format!("/users/{}/api-tokens", read(sandbox, "/users/me").await.ok()["id"].as_str().unwrap())
}

async fn create(sandbox: &Sandbox, path: &str, name: &str) -> Response {
    write_upsun(sandbox, "POST", path, &json!({"name": name}).to_string()).await
}

async fn exchanged(sandbox: &Sandbox, secret: &Value) -> Response {
    let form = format!("grant_type=api_token&api_token={}", secret.as_str().unwrap());
    exchange(sandbox, &[BASIC, FORM], &form).await
}

#[tokio::test]
async fn a_created_token_shows_its_secret_once_and_is_listed_until_it_is_deleted() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let path = list_of_current_user(&sandbox).await;
    let before = array(&read(&sandbox, &path).await.ok());
    let response = create(&sandbox, &path, "déploiement").await;
    assert_eq!(response.status, 201);
    let mut created = response.json();
    let secret = created.as_object_mut().unwrap().remove("token").unwrap();
    assert_eq!((&created["name"], &created["mfa_on_creation"]), (&json!("déploiement"), &json!(true)));
    assert!(created["last_used_at"].is_null());
    for field in ["created_at", "updated_at"] {
        assert_eq!(created[field], "2027-01-15T08:00:00.000000Z");
    }
    let own = format!("{path}/{}", created["id"].as_str().unwrap());
    assert_eq!(read(&sandbox, &own).await.ok(), created);
    let mut expected = before.clone();
    expected.push(created.clone());
    assert_eq!(array(&read(&sandbox, &path).await.ok()), expected);

    let other = create(&sandbox, &path, "other").await.json();
    assert!(other["id"] != created["id"] && other["token"] != secret);
    for gone in [&created, &before[0]] {
        let own = format!("{path}/{}", gone["id"].as_str().unwrap());
        let deleted = write_upsun(&sandbox, "DELETE", &own, "").await;
        assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
        for method in ["GET", "DELETE"] {
            let response = write_upsun(&sandbox, method, &own, "").await;
            assert_eq!((response.status, response.text.as_str()), (404, ""), "{method}");
        }
    }
    let left = ids(&array(&read(&sandbox, &path).await.ok()));
    assert_eq!(left, ids(&[before[1].clone(), before[2].clone(), other]));
    let log = format!("{:?}", sandbox.requests());
    assert!(!log.contains(secret.as_str().unwrap()));
}

#[tokio::test]
async fn a_created_token_is_exchanged_until_it_is_deleted() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let path = list_of_current_user(&sandbox).await;
    let created = create(&sandbox, &path, "ci 2").await.json();
    let own = format!("{path}/{}", created["id"].as_str().unwrap());
    let token =
        exchanged(&sandbox, &created["token"]).await.ok()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(upsun(&sandbox, &token, &own).await.ok()["last_used_at"], "2027-01-15T08:00:00.000000Z");
    assert_eq!(write_upsun(&sandbox, "DELETE", &own, "").await.status, 204);
    let refused = exchanged(&sandbox, &created["token"]).await;
    assert_eq!((refused.status, &refused.json()["error"]), (400, &json!("invalid_grant")));
    // An access token stays valid until it expires.
    upsun(&sandbox, &token, "/users/me").await.ok();
    let log = format!("{:?}", sandbox.requests());
    assert!(!log.contains(created["token"].as_str().unwrap()));
}

#[tokio::test]
async fn a_token_is_refused_without_a_name_of_its_own_and_for_other_users() {
    let sandbox = start(SandboxOptions::new()).await;
    let path = list_of_current_user(&sandbox).await;
    let before = read(&sandbox, &path).await.ok();
    for (body, status) in [
        ("{}", 400),
        (r#"{"name":null}"#, 400),
        (r#"{"name":1}"#, 400),
        ("x", 400),
        (r#"{"name":"CI"}"#, 409),
    ] {
        let response = write_upsun(&sandbox, "POST", &path, body).await;
        assert_eq!((response.status, response.json()["error"].is_string()), (status, true), "{body}");
    }
    let people = ids(&array(&read(&sandbox, "/profiles").await.ok()["profiles"]));
    let token = before[0]["id"].as_str().unwrap();
    for user in [people[1].as_str(), "nobody"] {
        let of_other = format!("/users/{user}/api-tokens");
        assert_eq!(create(&sandbox, &of_other, "x").await.status, 403);
        assert_eq!(write_upsun(&sandbox, "DELETE", &format!("{of_other}/{token}"), "").await.status, 403);
    }
    assert_eq!(read(&sandbox, &path).await.ok(), before);
}
