use std::time::Duration;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, anthropic_admin, array, ids, start, write_admin};

const USERS: &str = "/v1/organizations/users";
const INVITES: &str = "/v1/organizations/invites";

async fn listed(sandbox: &Sandbox, path: &str, query: &str) -> Vec<Value> {
    array(&anthropic_admin(sandbox, &format!("{path}?limit=1000&{query}")).await.ok()["data"])
}

fn path_of(kind: &str, item: &Value) -> String {
    format!("{kind}/{}", item["id"].as_str().unwrap())
}

fn refused(response: &Response) {
    assert_eq!((response.status, &response.json()["error"]["type"]), (400, &json!("invalid_request_error")));
}

#[tokio::test]
async fn a_role_is_given_and_found() {
    let sandbox = start(SandboxOptions::new().profiles(40)).await;
    let user = listed(&sandbox, USERS, "").await[3].clone();
    let path = path_of(USERS, &user);
    for role in ["user", "billing", "claude_code_user", "managed", "developer"] {
        let mut expected = user.clone();
        expected["role"] = role.into();
        let response = write_admin(&sandbox, "POST", &path, &json!({"role": role}).to_string()).await;
        assert!(response.header("anthropic-organization-id").is_some());
        assert_eq!(
            (response.ok(), anthropic_admin(&sandbox, &path).await.ok()),
            (expected.clone(), expected.clone())
        );
        assert_eq!(listed(&sandbox, USERS, "").await[3], expected);
        assert!(listed(&sandbox, USERS, &format!("roles[]={role}")).await.contains(&expected));
        let email = user["email"].as_str().unwrap();
        assert_eq!(listed(&sandbox, USERS, &format!("email={email}&roles[]={role}")).await, [expected]);
    }
    for body in [
        r#"{"role":"admin"}"#,
        r#"{"role":"owner"}"#,
        r#"{"role":"primary_owner"}"#,
        r#"{"role":"membership_admin"}"#,
        r#"{"role":"x"}"#,
        r#"{"role":null}"#,
        "{}",
        "[]",
        "",
    ] {
        refused(&write_admin(&sandbox, "POST", &path, body).await);
    }
    assert_eq!(anthropic_admin(&sandbox, &path).await.ok()["role"], "developer");
}

#[tokio::test]
async fn a_removed_user_is_in_no_list_and_still_ends_a_page() {
    let sandbox = start(SandboxOptions::new().profiles(40)).await;
    let before = listed(&sandbox, USERS, "").await;
    let path = path_of(USERS, &before[4]);
    let response = write_admin(&sandbox, "DELETE", &path, "").await.ok();
    assert_eq!(response, json!({"id": before[4]["id"], "type": "user_deleted"}));
    for method in ["GET", "POST", "DELETE"] {
        let response = write_admin(&sandbox, method, &path, r#"{"role":"user"}"#).await;
        assert_eq!(
            (response.status, &response.json()["error"]["type"]),
            (404, &json!("not_found_error")),
            "{method}"
        );
    }
    let mut expected = before.clone();
    expected.remove(4);
    assert_eq!(listed(&sandbox, USERS, "").await, expected);
    let email = before[4]["email"].as_str().unwrap();
    assert!(listed(&sandbox, USERS, &format!("email={email}")).await.is_empty());
    let after = listed(&sandbox, USERS, &format!("after_id={}", before[4]["id"].as_str().unwrap())).await;
    assert_eq!(after, before[5..]);
}

#[tokio::test]
async fn an_invite_is_sent_read_and_withdrawn() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let before = listed(&sandbox, INVITES, "").await;
    let groups = listed(&sandbox, "/v1/organizations/rbac_groups", "").await;
    let ids = &ids(&groups)[..1];
    let body = json!({"email": "New@example.com", "role": "developer", "rbac_group_ids": ids}).to_string();
    let invite = write_admin(&sandbox, "POST", INVITES, &body).await.ok();
    let expected = json!({
        "id": invite["id"], "type": "invite", "email": "New@example.com", "role": "developer", "status": "pending",
        "invited_at": "2027-01-15T08:00:00Z", "expires_at": "2027-02-05T08:00:00Z", "accepted_at": null,
        "rbac_group_ids": ids,
    });
    assert_eq!(invite, expected);
    let second =
        write_admin(&sandbox, "POST", INVITES, r#"{"email":"newer@example.com","role":"user"}"#).await.ok();
    assert_eq!(second["rbac_group_ids"], json!([]));
    let after = listed(&sandbox, INVITES, "").await;
    assert_eq!(after, [before.clone(), vec![invite.clone(), second.clone()]].concat());
    let page = listed(&sandbox, INVITES, &format!("after_id={}", invite["id"].as_str().unwrap())).await;
    assert_eq!(page, std::slice::from_ref(&second));

    let path = path_of(INVITES, &invite);
    assert_eq!(anthropic_admin(&sandbox, &path).await.ok(), invite);
    for path in [&path, &path_of(INVITES, &before[1])] {
        let response = write_admin(&sandbox, "DELETE", path, "").await.ok();
        assert_eq!(response["type"], "invite_deleted");
        assert_eq!(anthropic_admin(&sandbox, path).await.ok()["status"], "deleted");
    }
    assert_eq!(listed(&sandbox, INVITES, "").await.len(), before.len() + 2);
    sandbox.advance_clock(Duration::from_secs(21 * 86_400));
    assert_eq!(anthropic_admin(&sandbox, &path_of(INVITES, &second)).await.ok()["status"], "expired");

    for body in [
        r#"{"role":"user"}"#,
        r#"{"email":"x","role":"user"}"#,
        r#"{"email":"a@example.com"}"#,
        r#"{"email":"a@example.com","role":"admin"}"#,
        r#"{"email":null,"role":"user"}"#,
        r#"{"email":"a@example.com","role":"user","rbac_group_ids":"g"}"#,
        r#"{"email":"a@example.com","role":"user","rbac_group_ids":[1]}"#,
        r#"{"email":"a@example.com","role":"user","rbac_group_ids":["nobody"]}"#,
        "",
    ] {
        refused(&write_admin(&sandbox, "POST", INVITES, body).await);
    }
    assert_eq!(listed(&sandbox, INVITES, "").await.len(), before.len() + 2);
    for path in [format!("{INVITES}/nobody"), format!("{USERS}/nobody")] {
        assert_eq!(write_admin(&sandbox, "DELETE", &path, "").await.status, 404);
    }
    assert_eq!(write_admin(&sandbox, "POST", &path, "{}").await.header("allow"), Some("GET, HEAD, DELETE"));
}
