//! Labels and teams at Probely.

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{
    Response, ids, probely,
    probely_users::{created, listed, post},
    start, write_probely,
};

async fn write(sandbox: &Sandbox, method: &'static str, path: &str, body: &Value) -> Response {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    write_probely(sandbox, method, path, &body).await
}

#[tokio::test]
async fn a_label_is_created_changed_and_deleted_also_where_users_have_it() {
    let sandbox = start(SandboxOptions::new()).await;
    let label = created(&post(&sandbox, "/labels/users/", &json!({"name": "été", "color": "#00FF00"})).await);
    assert!(label["changed_by"]["id"].is_string() && label["changed"].is_string());
    let path = format!("/labels/users/{}/", label["id"].as_str().unwrap());
    assert_eq!(probely(&sandbox, &path).await.ok(), label);
    let body = json!({"email": "a@example.com", "name": "A", "labels": [{"name": "été"}]});
    let user = created(&post(&sandbox, "/users/", &body).await);
    assert_eq!(user["labels"], json!([label]));

    let renamed = write(&sandbox, "PATCH", &path, &json!({"name": "hiver", "color": ""})).await.ok();
    assert_eq!(
        [&renamed["id"], &renamed["name"], &renamed["color"]],
        [&label["id"], &json!("hiver"), &json!("")]
    );
    let of_user = format!("/users/{}/", user["id"].as_str().unwrap());
    assert_eq!(probely(&sandbox, &of_user).await.ok()["labels"], json!([renamed]));
    let found = listed(&sandbox, "users", &format!("label={}", label["id"].as_str().unwrap())).await;
    assert_eq!(ids(&found), ids(&[user]));
    assert_eq!(listed(&sandbox, "labels/users", "search=HIV").await, std::slice::from_ref(&renamed));
    assert_eq!(listed(&sandbox, "labels", "").await.last(), Some(&renamed));

    let replaced = write(&sandbox, "PUT", &path, &json!({"name": "printemps", "color": "green"})).await.ok();
    assert_eq!(replaced["name"], "printemps");
    assert_eq!(write(&sandbox, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(probely(&sandbox, &of_user).await.ok()["labels"], json!([]));
    assert_eq!(listed(&sandbox, "labels", "").await.len(), 4);
    for method in ["PUT", "PATCH", "DELETE"] {
        assert_eq!(write(&sandbox, method, &path, &json!({"name": "x", "color": ""})).await.status, 404);
    }
    // The id of a deleted label is not used again.
    let body = json!({"name": "été", "color": ""});
    assert_ne!(created(&post(&sandbox, "/labels/users/", &body).await)["id"], label["id"]);
}

#[tokio::test]
async fn a_generated_label_is_renamed_and_deleted_for_all_users() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let holders = ids(&listed(&sandbox, "users", "label=sbxLabelOnca").await);
    assert!(!holders.is_empty());
    write(&sandbox, "PATCH", "/labels/sbxLabelOnca/", &json!({"name": "à la carte"})).await.ok();
    let after = listed(&sandbox, "users", "label=sbxLabelOnca").await;
    assert_eq!(ids(&after), holders);
    assert!(after.iter().all(|user| user["labels"][0]["name"] == "à la carte"));
    assert_eq!(write(&sandbox, "DELETE", "/labels/sbxLabelOnca/", &Value::Null).await.status, 204);
    assert!(listed(&sandbox, "users", "label=sbxLabelOnca").await.is_empty());
}

#[tokio::test]
async fn a_label_of_users_needs_both_fields_and_any_other_the_name_alone() {
    let sandbox = start(SandboxOptions::new()).await;
    let (of_users, of_all) = ("/labels/users/sbxLabelExte/", "/labels/sbxLabelExte/");
    for (method, path, body, field) in [
        ("POST", "/labels/users/", json!({"name": "x"}), "color"),
        ("POST", "/labels/users/", json!({"color": "x"}), "name"),
        ("PUT", of_users, json!({"name": "x"}), "color"),
        ("PATCH", of_users, json!({"name": "x"}), "color"),
        ("POST", "/labels/", json!({"color": "x"}), "name"),
        ("POST", "/labels/", json!({"name": "x".repeat(256)}), "name"),
        ("POST", "/labels/", json!({"name": "on-call"}), "name"),
        ("PATCH", of_all, json!({"name": "on-call"}), "name"),
        ("PATCH", of_all, json!({"name": ""}), "name"),
        ("PATCH", of_all, json!({"color": "grün"}), "color"),
        ("PATCH", of_all, json!({"color": 7}), "color"),
        ("PATCH", of_all, json!({"color": null}), "color"),
    ] {
        let response = write(&sandbox, method, path, &body).await;
        assert_eq!((response.status, response.json()[field][0].is_string()), (400, true), "{method} {body}");
    }
    assert_eq!(created(&post(&sandbox, "/labels/", &json!({"name": "bare"})).await)["color"], "");
    assert_eq!(write(&sandbox, "PATCH", of_all, &json!({"color": "red"})).await.ok()["name"], "externo");
    // `users` is a list, and not the id of a label.
    probely(&sandbox, "/labels/users/").await.ok();
    assert_eq!(sandbox.requests().last().unwrap().operation, "labels_users_list");
}

#[tokio::test]
async fn a_team_has_the_users_with_a_role_in_it() {
    let sandbox = start(SandboxOptions::new()).await;
    let team = created(&post(&sandbox, "/teams/", &json!({"name": "日本"})).await);
    assert_eq!(team["description"], "");
    let path = format!("/teams/{}/", team["id"].as_str().unwrap());
    assert_eq!(probely(&sandbox, &path).await.ok(), team);
    let user = &listed(&sandbox, "users", "").await[4];
    let body = json!({"user": {"id": user["id"]}, "role": {"id": "sbxRoleDevel"},
        "scope": {"tier": "team", "team": {"id": team["id"]}}});
    let assignment = created(&post(&sandbox, "/user-roles/", &body).await);
    let of_team = format!("team={}", team["id"].as_str().unwrap());
    assert_eq!(ids(&listed(&sandbox, "users", &of_team).await), ids(std::slice::from_ref(user)));

    let body = json!({"name": "Nippon", "description": "those"});
    let renamed = write(&sandbox, "PATCH", &path, &body).await.ok();
    assert_eq!(renamed, json!({"id": team["id"], "name": "Nippon", "description": "those"}));
    let of_user = format!("/users/{}/", user["id"].as_str().unwrap());
    let shown = probely(&sandbox, &of_user).await.ok();
    assert_eq!(shown["user_roles"][0]["scope"]["team"]["name"], "Nippon");

    assert_eq!(write(&sandbox, "DELETE", &path, &Value::Null).await.status, 204);
    assert!(listed(&sandbox, "users", &of_team).await.is_empty());
    let gone = format!("/user-roles/{}/", assignment["id"].as_str().unwrap());
    for path in [&path, &gone] {
        assert_eq!(probely(&sandbox, path).await.json(), json!({"detail": "Not found."}));
    }
    for (method, path, body) in [
        ("POST", "/teams/", json!({"description": "x"})),
        ("POST", "/teams/", json!({"name": ""})),
        ("PATCH", "/teams/sbxTeamBlue0/", json!({"name": null})),
        ("PATCH", "/teams/sbxTeamBlue0/", json!({"description": 7})),
    ] {
        assert_eq!(write(&sandbox, method, path, &body).await.status, 400, "{body}");
    }
    assert_eq!(write(&sandbox, "PATCH", &path, &json!({"name": "x"})).await.status, 404);
    assert_eq!(listed(&sandbox, "teams", "").await.len(), 3);
}
