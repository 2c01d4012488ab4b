use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, send, start, upsun, write_upsun};

const ACME: &str = "/organizations/01HSANDB0XACME000000000001";

async fn read(sandbox: &Sandbox, path: &str) -> Response {
    upsun(sandbox, &access_token(sandbox).await, path).await
}

async fn post(sandbox: &Sandbox, path: &str, body: &str) -> Response {
    write_upsun(sandbox, "POST", path, body).await
}

#[tokio::test]
async fn the_enforcement_is_switched_on_and_off_by_the_id() {
    let sandbox = start(SandboxOptions::new()).await;
    let is_enforced = async |organization: &str| {
        read(&sandbox, &format!("/organizations/{organization}/mfa-enforcement")).await.ok()["enforce_mfa"]
            == true
    };
    assert!(is_enforced("name=birch").await && !is_enforced("name=acme").await);
    for (action, enforced) in [("enable", true), ("enable", true), ("disable", false)] {
        let response = post(&sandbox, &format!("{ACME}/mfa-enforcement/{action}"), "").await;
        assert_eq!((response.status, response.text.as_str()), (204, ""));
        assert_eq!(is_enforced("01HSANDB0XACME000000000001").await, enforced);
    }
    for organization in ["name=acme", "01HSANDB0XDVNE000000000004", "01HSANDB0XGR0V000000000007", "x"] {
        for action in ["mfa-enforcement/enable", "mfa-enforcement/disable", "mfa/remind"] {
            let path = format!("/organizations/{organization}/{action}");
            let response = post(&sandbox, &path, r#"{"user_ids":[]}"#).await;
            assert_eq!((response.status, response.json()["error"].is_string()), (403, true), "{path}");
        }
    }
    assert_eq!(read(&sandbox, "/organizations/name=dune/mfa-enforcement").await.status, 403);
}

#[tokio::test]
async fn each_user_has_a_code_of_their_own() {
    let sandbox = start(SandboxOptions::new()).await;
    let members = array(&read(&sandbox, &format!("{ACME}/members?page[size]=100")).await.ok()["items"]);
    let mut users: Vec<Value> = members.iter().map(|member| member["user_id"].clone()).collect();
    users.push("nobody".into());
    let body = json!({"user_ids": users}).to_string();
    let results = post(&sandbox, &format!("{ACME}/mfa/remind"), &body).await.ok();
    assert_eq!(results.as_object().unwrap().len(), users.len());
    let mut codes = std::collections::BTreeSet::new();
    for user in &users {
        let user = user.as_str().unwrap();
        let record = read(&sandbox, &format!("/users/{user}")).await;
        let expected = match record.status {
            200 if record.json()["mfa_enabled"] == true => 403,
            200 => 200,
            _ => 404,
        };
        assert_eq!(results[user]["code"], expected, "{user}");
        assert!(results[user]["message"].is_string());
        codes.insert(expected);
    }
    assert_eq!(codes.len(), 3);
    assert_eq!(post(&sandbox, &format!("{ACME}/mfa/remind"), r#"{"user_ids":[]}"#).await.ok(), json!({}));
    for wrong in ["x", r#"{"user_ids":"x"}"#, r#"{"user_ids":null}"#, r#"{"user_ids":[1]}"#] {
        assert_eq!(post(&sandbox, &format!("{ACME}/mfa/remind"), wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn without_a_list_everybody_without_a_second_factor_is_reminded() {
    let sandbox = start(SandboxOptions::new()).await;
    let reminders = format!("{ACME}/mfa/remind");
    let members = array(&read(&sandbox, &format!("{ACME}/members?page[size]=100")).await.ok()["items"]);
    let mut expected = Vec::new();
    for member in members {
        let user = member["user_id"].as_str().unwrap().to_owned();
        let record = read(&sandbox, &format!("/users/{user}")).await;
        if record.status == 200 && record.json()["mfa_enabled"] != true {
            expected.push(user);
        }
    }
    expected.sort();
    assert!(expected.len() > 3);
    let reminded = async || -> Vec<String> {
        let results = post(&sandbox, &reminders, "{}").await.ok();
        let results = results.as_object().unwrap();
        assert!(results.values().all(|result| *result == json!({"code": 200, "message": "sent"})));
        results.keys().cloned().collect()
    };
    assert_eq!(reminded().await, expected);
    // A body is optional, and so is its type.
    let url = format!("{}{reminders}", sandbox.description().upsun.base_url);
    let authorization = format!("Bearer {}", access_token(&sandbox).await);
    let bare = send("POST", &url, &[("authorization", &authorization)], "").await.ok();
    assert_eq!(bare.as_object().unwrap().keys().cloned().collect::<Vec<_>>(), expected);

    // Whoever withdraws is reminded too.
    let me = read(&sandbox, "/users/me").await.ok()["id"].as_str().unwrap().to_owned();
    assert!(!expected.contains(&me));
    assert_eq!(write_upsun(&sandbox, "DELETE", &format!("/users/{me}/totp"), "").await.status, 204);
    assert!(reminded().await.contains(&me));
}
