use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, array, ids, path_of, start, with_token};

const ACCOUNTS: &str = "/v1/organizations/service_accounts";
const WORKSPACES: &str = "/v1/organizations/workspaces";
const DEFAULT: &str = "wrkspc_01SANDBoxSANDBoxSANDBox1";

async fn get(sandbox: &Sandbox, path: &str) -> Response {
    with_token(sandbox, &[], "GET", path, "").await
}

async fn post(sandbox: &Sandbox, path: &str, body: Value) -> Response {
    with_token(sandbox, &[], "POST", path, &body.to_string()).await
}

async fn delete(sandbox: &Sandbox, path: &str) -> Response {
    with_token(sandbox, &[], "DELETE", path, "").await
}

async fn listed(sandbox: &Sandbox, path: &str, query: &str) -> Vec<Value> {
    array(&get(sandbox, &format!("{path}?limit=100&{query}")).await.ok()["data"])
}

#[tokio::test]
async fn accounts_are_listed_newest_first_and_archived_ones_on_request() {
    let sandbox = start(SandboxOptions::new().profiles(600)).await;
    let (all, live) =
        (listed(&sandbox, ACCOUNTS, "include_archived=true").await, listed(&sandbox, ACCOUNTS, "").await);
    assert_eq!((all.len(), live.len()), (13, 11));
    assert!(live.iter().all(|account| account["archived_at"].is_null()));
    let times: Vec<_> = all.iter().map(|account| account["created_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|newer, older| newer > older));
    let (mut paged, mut query) = (Vec::new(), String::new());
    loop {
        let page = get(&sandbox, &format!("{ACCOUNTS}?limit=4{query}")).await.ok();
        assert!(page.get("has_more").is_none());
        paged.extend(array(&page["data"]));
        let Some(next) = page["next_page"].as_str() else { break };
        query = format!("&page={next}");
        // A token is bound to its filter.
        get(&sandbox, &format!("{ACCOUNTS}?include_archived=true{query}")).await.refused(400, "");
    }
    assert_eq!(paged, live);
    get(&sandbox, &format!("{ACCOUNTS}?limit=101")).await.refused(400, "");
}

#[tokio::test]
async fn an_account_is_created_changed_and_archived_repeatedly() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let account = post(&sandbox, ACCOUNTS, json!({"name": "ci", "description": null})).await.ok();
    assert_eq!(
        (&account["organization_role"], &account["description"], &account["created_at"]),
        (&json!("developer"), &Value::Null, &json!("2027-01-15T08:00:00Z"))
    );
    assert!(account["created_by_actor_id"].as_str().unwrap().starts_with("user_01"));
    assert_eq!(listed(&sandbox, ACCOUNTS, "").await[0], account);
    let taken = listed(&sandbox, ACCOUNTS, "include_archived=true").await;
    for account in &taken {
        post(&sandbox, ACCOUNTS, json!({"name": account["name"]})).await.refused(409, "");
    }
    for name in [json!("CI"), json!("a_b"), json!(""), json!("x".repeat(256)), json!("é"), Value::Null] {
        post(&sandbox, ACCOUNTS, json!({"name": name})).await.refused(400, "");
    }
    let path = path_of(ACCOUNTS, &account);
    let changed = post(&sandbox, &path, json!({"name": "x", "organization_role": "admin"})).await.ok();
    assert_eq!((&changed["name"], &changed["organization_role"]), (&json!("ci"), &json!("admin")));
    let changed = post(&sandbox, &path, json!({"description": null, "organization_role": null})).await.ok();
    assert_eq!((&changed["description"], &changed["organization_role"]), (&json!(""), &json!("admin")));
    post(&sandbox, &path, json!({"organization_role": "owner"})).await.refused(400, "");
    let archived = post(&sandbox, &format!("{path}/archive"), json!({})).await.ok();
    assert!(archived["archived_at"].is_string() && archived["archived_by_actor_id"].is_string());
    assert_eq!(with_token(&sandbox, &[], "POST", &format!("{path}/archive"), "").await.ok(), archived);
    post(&sandbox, &path, json!({"description": "x"})).await.refused(400, "");
    assert_eq!(get(&sandbox, &path).await.ok(), archived);
    assert!(listed(&sandbox, &format!("{path}/workspaces"), "").await.is_empty());
    get(&sandbox, &format!("{ACCOUNTS}/x")).await.refused(404, "");
}

#[tokio::test]
async fn the_default_workspace_comes_first_and_in_addition_to_the_limit() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let account = post(&sandbox, ACCOUNTS, json!({"name": "ci"})).await.ok();
    let list = format!("{}/workspaces", path_of(ACCOUNTS, &account));
    let implicit = listed(&sandbox, &list, "").await;
    assert_eq!((implicit.len(), &implicit[0]["implicit"]), (1, &json!(true)));
    assert_eq!(implicit[0]["workspace_id"], DEFAULT);
    let workspaces = ids(&listed(&sandbox, WORKSPACES, "").await);
    for id in &workspaces[..2] {
        let body = json!({"workspace_id": id, "workspace_role": "workspace_developer"});
        post(&sandbox, &list, body).await.ok();
    }
    let page = get(&sandbox, &format!("{list}?limit=1")).await.ok();
    let data = array(&page["data"]);
    assert_eq!((data.len(), &data[1]["workspace_id"]), (2, &json!(workspaces[0])));
    let next = page["next_page"].as_str().unwrap();
    let page = get(&sandbox, &format!("{list}?limit=1&page={next}")).await.ok();
    assert_eq!((&page["data"][0]["workspace_id"], &page["next_page"]), (&json!(workspaces[1]), &Value::Null));

    // The implicit membership cannot be removed, and the workspace does not list it.
    let deleted = delete(&sandbox, &format!("{list}/{DEFAULT}")).await.ok();
    assert_eq!(deleted["type"], "service_account_workspace_member_deleted");
    assert_eq!(listed(&sandbox, &list, "").await[0], implicit[0]);
    let of_default = format!("{WORKSPACES}/{DEFAULT}/service_accounts");
    assert!(listed(&sandbox, &of_default, "").await.is_empty());
    let id = account["id"].as_str().unwrap();
    assert_eq!(get(&sandbox, &format!("{of_default}/{id}")).await.ok(), implicit[0]);
}

#[tokio::test]
async fn a_membership_is_the_same_from_both_sides() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let account = post(&sandbox, ACCOUNTS, json!({"name": "ci"})).await.ok();
    let id = account["id"].as_str().unwrap();
    let workspace = ids(&listed(&sandbox, WORKSPACES, "").await).remove(0);
    let list = format!("{WORKSPACES}/{workspace}/service_accounts");
    let before = listed(&sandbox, &list, "").await;
    assert!(!before.is_empty());
    let add = |role: &str| json!({"service_account_id": id, "workspace_role": role});
    post(&sandbox, &list, add("workspace_billing")).await.refused(400, "");
    post(&sandbox, &list, add("workspace_user")).await.ok();
    // Adding a member replaces the role.
    let member = post(&sandbox, &list, add("workspace_admin")).await.ok();
    assert_eq!(listed(&sandbox, &list, "").await, [before.clone(), vec![member.clone()]].concat());
    assert_eq!(listed(&sandbox, &format!("{ACCOUNTS}/{id}/workspaces"), "").await[1], member);
    let path = format!("{list}/{id}");
    assert_eq!(get(&sandbox, &path).await.ok(), member);
    let changed = post(&sandbox, &path, json!({"workspace_role": "workspace_user"})).await.ok();
    assert_eq!(changed["workspace_role"], "workspace_user");
    for _ in 0..2 {
        delete(&sandbox, &path).await.ok();
    }
    get(&sandbox, &path).await.refused(404, "");
    post(&sandbox, &path, json!({"workspace_role": "workspace_user"})).await.refused(404, "");
    assert_eq!(listed(&sandbox, &list, "").await, before);

    // What is archived has no memberships.
    for member in &before {
        let account = format!("{ACCOUNTS}/{}", member["service_account_id"].as_str().unwrap());
        post(&sandbox, &format!("{account}/archive"), json!({})).await.ok();
        let body = json!({"workspace_id": workspace, "workspace_role": "workspace_user"});
        post(&sandbox, &format!("{account}/workspaces"), body).await.refused(400, "");
    }
    assert!(listed(&sandbox, &list, "").await.is_empty());
    post(&sandbox, &format!("{WORKSPACES}/{workspace}/archive"), json!({})).await.ok();
    get(&sandbox, &list).await.refused(400, "");
    post(&sandbox, &list, add("workspace_user")).await.refused(400, "");
}
