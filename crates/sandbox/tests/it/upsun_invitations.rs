use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, ids, start, upsun, write_upsun};

const ACME: &str = "/organizations/01HSANDB0XACME000000000001";
const BIRCH: &str = "/organizations/01HSANDB0XB1RC000000000002";
const DUNE: &str = "/organizations/01HSANDB0XDVNE000000000004";
/// A project of Acme, and one of Cedar, which has a trial.
const PROJECT: &str = "/projects/sbxproject003";
const OF_TRIAL: &str = "/projects/sbxproject016";

async fn read(sandbox: &Sandbox, path: &str) -> Response {
    upsun(sandbox, &access_token(sandbox).await, path).await
}

async fn listed(sandbox: &Sandbox, place: &str, query: &str) -> Vec<Value> {
    array(&read(sandbox, &format!("{place}/invitations?{query}")).await.ok())
}

async fn invite(sandbox: &Sandbox, place: &str, body: &Value) -> Response {
    write_upsun(sandbox, "POST", &format!("{place}/invitations"), &body.to_string()).await
}

async fn cancel(sandbox: &Sandbox, place: &str, invitation: &Value) -> Response {
    let id = invitation["id"].as_str().unwrap();
    write_upsun(sandbox, "DELETE", &format!("{place}/invitations/{id}"), "").await
}

#[tokio::test]
async fn invitations_are_a_bare_array_of_pending_ones_unless_others_are_asked_for() {
    let sandbox = start(SandboxOptions::new()).await;
    let pending = listed(&sandbox, ACME, "").await;
    assert_eq!(pending.len(), 2);
    assert!(pending.iter().all(|it| it["state"] == "pending" && it["finished_at"].is_null()));
    assert_eq!(pending[0]["permissions"], json!(["project:create", "projects:list"]));
    assert_eq!(listed(&sandbox, BIRCH, "").await[0]["permissions"][0], "projects:create");
    let failed = listed(&sandbox, ACME, "filter[state][eq]=error").await;
    assert!(failed.len() == 1 && failed[0]["finished_at"].is_string());
    assert_eq!(listed(&sandbox, ACME, "filter[state][in]=error,pending,accepted").await.len(), 3);
    assert!(listed(&sandbox, ACME, "filter[state]=accepted").await.is_empty());
    let mut sorted = listed(&sandbox, ACME, "sort=updated_at").await;
    sorted.reverse();
    assert_eq!(listed(&sandbox, ACME, "sort=-updated_at").await, sorted);
    assert_eq!(listed(&sandbox, ACME, "page[size]=1").await.len(), 1);
    for (place, query, status) in [
        (ACME, "page[size]=101", 400),
        (ACME, "sort=created_at", 400),
        (DUNE, "", 403),
        ("/organizations/name=acme", "", 403),
        ("/projects/sbxproject999", "", 404),
        ("/projects/x", "", 404),
        ("/projects/sbxproject024", "", 403),
        // Of an organization that is deleted.
        ("/projects/sbxproject048", "", 404),
    ] {
        let response = read(&sandbox, &format!("{place}/invitations?{query}")).await;
        assert_eq!(
            (response.status, response.json()["error"].is_string()),
            (status, true),
            "{place} {query}"
        );
    }
}

#[tokio::test]
async fn an_invitation_is_pending_until_it_is_cancelled_or_replaced() {
    let sandbox = start(SandboxOptions::new()).await;
    for (place, body) in [
        (ACME, json!({"email": "guest@example.com", "permissions": ["projects:create"]})),
        (PROJECT, json!({"email": "guest@example.com"})),
    ] {
        let before = listed(&sandbox, place, "").await;
        let created = invite(&sandbox, place, &body).await;
        assert_eq!(created.status, 201);
        let created = created.json();
        assert_eq!((&created["state"], &created["finished_at"]), (&json!("pending"), &Value::Null));
        assert_eq!(listed(&sandbox, place, "").await.last(), Some(&created));

        let mut again = body.clone();
        again["email"] = "GUEST@example.com".into();
        assert_eq!(invite(&sandbox, place, &again).await.status, 409);
        again["force"] = true.into();
        let replaced = invite(&sandbox, place, &again).await.json();
        assert_ne!(replaced["id"], created["id"]);
        assert_eq!(listed(&sandbox, place, "").await.len(), before.len() + 1);

        let gone = cancel(&sandbox, place, &created).await;
        assert_eq!((gone.status, gone.text.as_str()), (404, ""));
        assert_eq!(cancel(&sandbox, place, &replaced).await.status, 204);
        assert_eq!(cancel(&sandbox, place, &replaced).await.status, 404);
        assert_eq!(listed(&sandbox, place, "").await, before);
    }
}

#[tokio::test]
async fn a_user_accepts_at_once_and_becomes_a_member() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let profiles = array(&upsun(&sandbox, &token, "/profiles").await.ok()["profiles"]);
    let of_birch = array(&upsun(&sandbox, &token, &format!("{BIRCH}/members")).await.ok()["items"]);
    let users: Vec<_> = of_birch.iter().map(|member| member["user_id"].clone()).collect();
    let is_other = |profile: &&Value| !users.contains(&profile["id"]) && profile["email"].is_string();
    let others: Vec<_> = profiles.iter().filter(is_other).filter(|profile| profile["email"] != "").collect();
    for (place, user, body, permissions) in [
        (BIRCH, others[0], json!({"permissions": ["project:create"]}), json!(["projects:create"])),
        ("/projects/sbxproject008", others[1], json!({"role": "admin"}), json!([])),
    ] {
        let mut body = body;
        body["email"] = user["email"].clone();
        let created = invite(&sandbox, place, &body).await.json();
        assert_eq!(created["state"], "accepted");
        assert!(created["finished_at"].is_string());
        let path = format!("{BIRCH}/members/{}", user["id"].as_str().unwrap());
        assert_eq!(upsun(&sandbox, &token, &path).await.ok()["permissions"], permissions);
        // It is not listed, and cannot be cancelled.
        let all = listed(&sandbox, place, "filter[state][in]=pending,accepted,error").await;
        assert!(!ids(&all).contains(&created["id"].as_str().unwrap().to_owned()));
        assert_eq!(cancel(&sandbox, place, &created).await.status, 404);
    }
    let failed = json!({"email": "guest@host.invalid", "permissions": []});
    assert_eq!(invite(&sandbox, BIRCH, &failed).await.json()["state"], "error");
}

#[tokio::test]
async fn roles_are_granted_by_type_of_environment_or_by_environment() {
    let sandbox = start(SandboxOptions::new()).await;
    let body = json!({
        "email": "guest@example.com",
        "role": "viewer",
        "permissions": [{"type": "production", "role": "viewer"}, {"type": "development", "role": "admin"}],
        "environments": [{"id": "stage", "role": "contributor"}],
    });
    let created = invite(&sandbox, PROJECT, &body).await.json();
    assert_eq!((&created["role"], &created["project_id"]), (&json!("viewer"), &json!("sbxproject003")));
    assert_eq!(
        created["environments"],
        json!([
            {"id": "main", "type": "production", "role": "viewer", "title": "Main"},
            {"id": "dev", "type": "development", "role": "admin", "title": "Geliştirme"},
            {"id": "stage", "type": "staging", "role": "contributor", "title": ""},
        ])
    );
    let admin = json!({"email": "admin@example.com", "role": "admin", "permissions": body["permissions"]});
    assert_eq!(invite(&sandbox, PROJECT, &admin).await.json()["environments"], json!([]));
    for wrong in [
        json!({}),
        json!({"email": "no address"}),
        json!({"email": "a@example.com", "role": "dancer"}),
        json!({"email": "a@example.com", "permissions": [{"type": "preview", "role": "viewer"}]}),
        json!({"email": "a@example.com", "permissions": [{"type": "production", "role": "dancer"}]}),
        json!({"email": "a@example.com", "environments": [{"id": "nothing", "role": "viewer"}]}),
        json!({"email": "a@example.com", "force": "yes"}),
    ] {
        assert_eq!(invite(&sandbox, PROJECT, &wrong).await.status, 400, "{wrong}");
    }
    for wrong in [
        json!({"email": "a@example.com"}),
        json!({"permissions": []}),
        json!({"email": "a@example.com", "permissions": ["dance"]}),
    ] {
        assert_eq!(invite(&sandbox, ACME, &wrong).await.status, 400, "{wrong}");
    }
    let body = json!({"email": "a@example.com", "permissions": []});
    assert_eq!(invite(&sandbox, DUNE, &body).await.status, 403);
}

#[tokio::test]
async fn a_plan_has_a_limit_of_users() {
    let sandbox = start(SandboxOptions::new()).await;
    let body = |number: u8| json!({"email": format!("guest{number}@example.com")});
    let first = invite(&sandbox, OF_TRIAL, &body(1)).await;
    assert_eq!(first.status, 201);
    assert_eq!(invite(&sandbox, OF_TRIAL, &body(2)).await.status, 402);
    assert_eq!(cancel(&sandbox, OF_TRIAL, &first.json()).await.status, 204);
    assert_eq!(invite(&sandbox, OF_TRIAL, &body(2)).await.status, 201);
}
