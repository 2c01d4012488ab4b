use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, start, upsun, write_upsun};

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
    for wrong in ["", "{}", r#"{"user_ids":"x"}"#, r#"{"user_ids":[1]}"#] {
        assert_eq!(post(&sandbox, &format!("{ACME}/mfa/remind"), wrong).await.status, 400, "{wrong}");
    }
}
