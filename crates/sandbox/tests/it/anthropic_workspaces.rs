use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{anthropic, anthropic_admin, array, ids, path_of, start, write_admin, write_anthropic};

const WORKSPACES: &str = "/v1/organizations/workspaces";
const USERS: &str = "/v1/organizations/users";
const PROFILES: &str = "/v1/user_profiles";
const DEFAULT: &str = "wrkspc_01SANDBoxSANDBoxSANDBox1";

async fn listed(sandbox: &Sandbox, path: &str, query: &str) -> Vec<Value> {
    array(&anthropic_admin(sandbox, &format!("{path}?limit=1000&{query}")).await.ok()["data"])
}

async fn created(sandbox: &Sandbox, body: Value) -> Value {
    write_admin(sandbox, "POST", WORKSPACES, &body.to_string()).await.ok()
}

#[tokio::test]
async fn the_archived_and_the_default_workspace_are_listed_on_request() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let all = listed(&sandbox, WORKSPACES, "include_archived=true&include_default=true").await;
    assert_eq!((all.len(), &all[0]["id"], &all[0]["name"]), (5, &json!(DEFAULT), &json!("Default")));
    let archived: Vec<_> = all.iter().filter(|it| !it["archived_at"].is_null()).collect();
    assert_eq!(archived.len(), 1);
    let usual = listed(&sandbox, WORKSPACES, "include_archived=false").await;
    assert_eq!(usual, [all[1].clone(), all[3].clone(), all[4].clone()]);
    let chosen = format!("ids[]={}&ids%5B%5D={DEFAULT}&ids=nobody&ids={}", ids(&all)[4], ids(&all)[2]);
    assert_eq!(listed(&sandbox, WORKSPACES, &chosen).await, all[4..]);
    let many = "ids[]=x&".repeat(101);
    for query in [many.as_str(), "include_default=1", "after_id=x"] {
        anthropic_admin(&sandbox, &format!("{WORKSPACES}?{query}")).await.refused(400, "");
    }
    assert!(listed(&sandbox, WORKSPACES, &many[8..]).await.is_empty());
    for workspace in &all {
        assert_eq!(anthropic_admin(&sandbox, &path_of(WORKSPACES, workspace)).await.ok(), *workspace);
    }
}

#[tokio::test]
async fn workspaces_and_their_members_are_paged_by_ids() {
    let sandbox = start(SandboxOptions::new().profiles(400)).await;
    for (list, id) in [(WORKSPACES.to_owned(), "id"), (format!("{WORKSPACES}/{DEFAULT}/members"), "user_id")]
    {
        let all = listed(&sandbox, &list, "").await;
        let first = anthropic_admin(&sandbox, &format!("{list}?limit=4")).await.ok();
        assert_eq!((array(&first["data"]), &first["has_more"]), (all[..4].to_vec(), &json!(true)));
        assert_eq!((&first["first_id"], &first["last_id"]), (&all[0][id], &all[3][id]));
        let after = format!("after_id={}", first["last_id"].as_str().unwrap());
        assert_eq!(listed(&sandbox, &list, &after).await, all[4..]);
        let before = format!("before_id={}", first["last_id"].as_str().unwrap());
        assert_eq!(listed(&sandbox, &list, &before).await, all[..3]);
    }
    assert_eq!(listed(&sandbox, &format!("{WORKSPACES}/{DEFAULT}/members"), "").await.len(), 100);
}

#[tokio::test]
async fn a_workspace_is_created_changed_and_archived_for_good() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let plain = created(&sandbox, json!({"name": "Prod", "tags": null, "data_residency": null})).await;
    assert_eq!((&plain["tags"], &plain["user_profile_id"]), (&json!({}), &Value::Null));
    assert_eq!(plain["data_residency"]["allowed_inference_geos"], "unrestricted");
    let body = json!({
        "name": "EU", "display_color": "#000000", "external_key_id": "ekey_1", "tags": {"a": "1", "b": "2"},
        "data_residency": {"allowed_inference_geos": ["us"], "default_inference_geo": "us", "workspace_geo": "us"},
    });
    let workspace = created(&sandbox, body.clone()).await;
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(workspace[name], *value, "{name}");
    }
    let path = path_of(WORKSPACES, &workspace);
    let change = async |body: Value| write_admin(&sandbox, "POST", &path, &body.to_string()).await;
    let changed = change(json!({"name": "US", "tags": {"a": null, "c": "3"}})).await.ok();
    assert_eq!((&changed["name"], &changed["tags"]), (&json!("US"), &json!({"b": "2", "c": "3"})));
    assert_eq!(changed["data_residency"], workspace["data_residency"]);
    assert_eq!(change(json!({"tags": null})).await.ok()["tags"], json!({}));
    for wrong in [
        json!({"name": ""}),
        json!({"tags": {"a": 1}}),
        json!({"tags": []}),
        json!({"display_color": 1}),
        json!({"data_residency": {"default_inference_geo": "eu"}}),
        json!({"data_residency": {"allowed_inference_geos": ["eu"]}}),
        json!({"data_residency": {"allowed_inference_geos": "all"}}),
    ] {
        change(wrong.clone()).await.refused(400, "");
        let mut wrong = wrong;
        wrong.as_object_mut().unwrap().entry("name").or_insert("x".into());
        write_admin(&sandbox, "POST", WORKSPACES, &wrong.to_string()).await.refused(400, "");
    }
    write_admin(&sandbox, "POST", WORKSPACES, "{}").await.refused(400, "");

    let archived = write_admin(&sandbox, "POST", &format!("{path}/archive"), "").await.ok();
    assert!(archived["archived_at"].is_string());
    assert_eq!(write_admin(&sandbox, "POST", &format!("{path}/archive"), "").await.ok(), archived);
    change(json!({"name": "x"})).await.refused(400, "");
    let default = format!("{WORKSPACES}/{DEFAULT}");
    write_admin(&sandbox, "POST", &default, r#"{"name":"x"}"#).await.refused(400, "");
    write_admin(&sandbox, "POST", &format!("{default}/archive"), "").await.refused(400, "");
    anthropic_admin(&sandbox, &format!("{WORKSPACES}/x")).await.refused(404, "");
}

#[tokio::test]
async fn a_user_profile_is_bound_once_until_it_is_deleted() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let profiles = ids(&array(&anthropic(&sandbox, &[], PROFILES).await.ok()["data"]));
    let workspace = created(&sandbox, json!({"name": "One customer"})).await;
    let path = path_of(WORKSPACES, &workspace);
    let bind = async |id: &str| {
        write_admin(&sandbox, "POST", &path, &json!({"user_profile_id": id}).to_string()).await
    };
    bind("uprof_01nobody").await.refused(400, "user_profile_not_found");
    for _ in 0..2 {
        assert_eq!(bind(&profiles[0]).await.ok()["user_profile_id"], profiles[0]);
    }
    bind(&profiles[1]).await.refused(400, "");
    write_anthropic(&sandbox, &[], "DELETE", &format!("{PROFILES}/{}", profiles[0]), "").await.ok();
    assert_eq!(anthropic_admin(&sandbox, &path).await.ok()["user_profile_id"], Value::Null);
    bind(&profiles[0]).await.refused(400, "user_profile_not_found");
    assert_eq!(bind(&profiles[1]).await.ok()["user_profile_id"], profiles[1]);
    let body = json!({"name": "x", "user_profile_id": profiles[0]}).to_string();
    write_admin(&sandbox, "POST", WORKSPACES, &body).await.refused(400, "user_profile_not_found");
    // The path of a deleted profile is not found.
    anthropic(&sandbox, &[], &format!("{PROFILES}/{}", profiles[0])).await.refused(404, "");
    // A generated workspace is freed too.
    let bound = listed(&sandbox, WORKSPACES, "").await;
    let bound = bound.iter().find(|it| it["name"] == "Forschung & Entwicklung").unwrap();
    let profile = format!("{PROFILES}/{}", bound["user_profile_id"].as_str().unwrap());
    // A beta can delete as well.
    write_anthropic(&sandbox, &["user-profiles-2026-08-18"], "DELETE", &profile, "").await.ok();
    let freed = anthropic_admin(&sandbox, &path_of(WORKSPACES, bound)).await.ok();
    assert_eq!(freed["user_profile_id"], Value::Null);
}

#[tokio::test]
async fn a_member_is_added_changed_and_removed_unless_the_role_is_inherited() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let workspace = created(&sandbox, json!({"name": "New"})).await;
    let members = format!("{}/members", path_of(WORKSPACES, &workspace));
    // Administrators and billing users are in every workspace.
    let roles = |list: Vec<Value>| list.iter().map(|it| it["workspace_role"].clone()).collect::<Vec<_>>();
    assert_eq!(roles(listed(&sandbox, &members, "").await), ["workspace_admin", "workspace_billing"]);
    let users = listed(&sandbox, USERS, "").await;
    let inherited = users.iter().find(|user| user["role"] == "billing").unwrap();
    let (user, inherited) = (ids(&users)[1].clone(), inherited["id"].as_str().unwrap());
    let add = async |user: &str, role: &str| {
        let body = json!({"user_id": user, "workspace_role": role}).to_string();
        write_admin(&sandbox, "POST", &members, &body).await
    };
    add(&user, "workspace_billing").await.refused(400, "");
    add("nobody", "workspace_user").await.refused(404, "");
    add(inherited, "workspace_user").await.refused(400, "");
    let member = add(&user, "workspace_user").await.ok();
    let expected = json!({
        "type": "workspace_member", "user_id": user, "workspace_id": workspace["id"],
        "workspace_role": "workspace_user",
    });
    assert_eq!(member, expected);
    add(&user, "workspace_user").await.refused(400, "");
    let path = format!("{members}/{user}");
    for role in ["workspace_admin", "workspace_billing"] {
        let body = json!({"workspace_role": role}).to_string();
        write_admin(&sandbox, "POST", &path, &body).await.ok();
        assert_eq!(anthropic_admin(&sandbox, &path).await.ok()["workspace_role"], role);
        write_admin(&sandbox, "POST", &format!("{members}/{inherited}"), &body).await.refused(400, "");
    }
    write_admin(&sandbox, "DELETE", &format!("{members}/{inherited}"), "").await.refused(400, "");
    let removed = write_admin(&sandbox, "DELETE", &path, "").await.ok();
    assert_eq!(removed["type"], "workspace_member_deleted");
    for method in ["GET", "DELETE"] {
        write_admin(&sandbox, method, &path, "").await.refused(404, "");
    }
}

#[tokio::test]
async fn a_removed_user_is_in_no_workspace() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let user = listed(&sandbox, USERS, "roles[]=billing").await.remove(0);
    let all = listed(&sandbox, WORKSPACES, "include_archived=true&include_default=true").await;
    let members = |workspace: &Value| format!("{}/members", path_of(WORKSPACES, workspace));
    let mut before = 0;
    for workspace in &all {
        before += listed(&sandbox, &members(workspace), "").await.len();
    }
    write_admin(&sandbox, "DELETE", &path_of(USERS, &user), "").await.ok();
    let mut after = 0;
    for workspace in &all {
        let list = listed(&sandbox, &members(workspace), "").await;
        assert!(list.iter().all(|member| member["user_id"] != user["id"]));
        after += list.len();
    }
    assert_eq!(after, before - all.len());
}

#[tokio::test]
async fn without_profiles_there_are_workspaces_without_members() {
    let sandbox = start(SandboxOptions::new().profiles(0)).await;
    let all = listed(&sandbox, WORKSPACES, "include_default=true").await;
    assert_eq!(all.len(), 3);
    for workspace in &all {
        assert!(workspace["user_profile_id"].is_null());
        assert!(
            listed(&sandbox, &format!("{}/members", path_of(WORKSPACES, workspace)), "").await.is_empty()
        );
    }
}
