use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, array, ids, scim, scim_path, scim_with, start};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn users(sandbox: &Sandbox) -> Vec<Value> {
    array(&scim(sandbox, "GET", "/Users", "").await.ok()["Resources"])
}

async fn create(sandbox: &Sandbox, body: &Value) -> Response {
    scim(sandbox, "POST", "/Users", &body.to_string()).await
}

fn refused(response: &Response, status: u16, kind: &str) {
    let error = response.json();
    assert_eq!((response.status, &error["scimType"]), (status, &json!(kind)), "{error}");
    assert_eq!(error["status"], status.to_string());
}

#[tokio::test]
async fn a_created_user_is_shown_everywhere() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let body = json!({
        "schemas": [USER, ENTERPRISE], "USERNAME": "Ada", "displayName": "Ada", "active": true, "id": "mine",
        "emails": [{"value": "ada@example.com", "type": "work", "primary": true, "colour": "red"}],
        "name": {"givenName": "Ada", "familyName": null}, "groups": [{"value": "x"}], "tea": "black",
        ENTERPRISE: {"employeeNumber": "7"}, "urn:x": {"a": 1},
    });
    let response = create(&sandbox, &body).await;
    assert_eq!(response.status, 201, "{}", response.text);
    let user = response.json();
    assert_eq!(response.header("location"), user["meta"]["location"].as_str());
    assert_eq!(response.header("etag"), user["meta"]["version"].as_str());
    let mut shown = user.clone();
    let fields = shown.as_object_mut().unwrap();
    let meta = fields.remove("meta").unwrap();
    assert_ne!(fields.remove("id").unwrap(), "mine");
    let expected = json!({
        "schemas": [USER, ENTERPRISE], "userName": "Ada", "displayName": "Ada", "active": true,
        "emails": [{"value": "ada@example.com", "type": "work", "primary": true}], "name": {"givenName": "Ada"},
        ENTERPRISE: {"employeeNumber": "7"},
    });
    assert_eq!(shown, expected);
    assert_eq!((&meta["created"], &meta["lastModified"]), (&json!("2027-01-15T08:00:00Z"), &meta["created"]));
    assert_eq!(scim(&sandbox, "GET", &scim_path(&sandbox, &user), "").await.ok(), user);
    assert_eq!(users(&sandbox).await.last(), Some(&user));
    assert!(sandbox.requests()[0].took_effect);
}

#[tokio::test]
async fn a_user_name_belongs_to_one_user_in_any_case() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = users(&sandbox).await;
    for name in [&all[1]["userName"], &all[2]["userName"]] {
        let name = name.as_str().unwrap().to_uppercase();
        refused(&create(&sandbox, &json!({"schemas": [USER], "userName": name})).await, 409, "uniqueness");
    }
    // A name is free again when its user has another one, or is gone.
    let rename = json!({"schemas": [USER], "userName": "another"}).to_string();
    scim(&sandbox, "PUT", &scim_path(&sandbox, &all[1]), &rename).await.ok();
    assert_eq!(scim(&sandbox, "DELETE", &scim_path(&sandbox, &all[2]), "").await.status, 204);
    for name in [&all[1]["userName"], &all[2]["userName"]] {
        assert_eq!(create(&sandbox, &json!({"schemas": [USER], "userName": name})).await.status, 201);
    }
    refused(&create(&sandbox, &json!({"schemas": [USER], "userName": "ANOTHER"})).await, 409, "uniqueness");
}

#[tokio::test]
async fn what_is_not_a_user_is_refused_and_changes_nothing() {
    let sandbox = start(SandboxOptions::new()).await;
    let before = users(&sandbox).await;
    for (body, kind) in [
        ("{", "invalidSyntax"),
        ("[]", "invalidSyntax"),
        (r#"{"userName":"x"}"#, "invalidSyntax"),
        (r#"{"schemas":["urn:x"],"userName":"x"}"#, "invalidSyntax"),
        (r#"{"schemas":["SCHEMA"]}"#, "invalidValue"),
        (r#"{"schemas":["SCHEMA"],"userName":" "}"#, "invalidValue"),
        (r#"{"schemas":["SCHEMA"],"userName":7}"#, "invalidValue"),
        (r#"{"schemas":["SCHEMA"],"userName":"x","active":"yes"}"#, "invalidValue"),
        (r#"{"schemas":["SCHEMA"],"userName":"x","emails":{}}"#, "invalidValue"),
        (r#"{"schemas":["SCHEMA"],"userName":"x","name":"Ada"}"#, "invalidValue"),
        (
            r#"{"schemas":["SCHEMA"],"userName":"x","emails":[{"primary":true},{"primary":true}]}"#,
            "invalidValue",
        ),
    ] {
        refused(&scim(&sandbox, "POST", "/Users", &body.replace("SCHEMA", USER)).await, 400, kind);
    }
    let headers = [("content-type", "text/plain")];
    assert_eq!(scim_with(&sandbox, &headers, ["POST", "/Users", ""]).await.status, 415);
    assert_eq!(users(&sandbox).await, before);
}

#[tokio::test]
async fn a_replacement_removes_what_it_does_not_name_but_not_what_no_schema_has() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = users(&sandbox).await;
    let (user, strange) = (&all[12], &all[18]);
    let body = json!({"schemas": [USER], "userName": user["userName"], "title": "Baker", "id": "other"});
    let after = scim(&sandbox, "PUT", &scim_path(&sandbox, user), &body.to_string()).await.ok();
    assert_eq!((&after["id"], &after["title"]), (&user["id"], &json!("Baker")));
    assert!(after.get("emails").is_none() && after.get("active").is_none());
    assert_eq!(after["meta"]["created"], user["meta"]["created"]);
    assert_ne!(after["meta"]["version"], user["meta"]["version"]);
    let body = json!({"schemas": [USER], "userName": "x"}).to_string();
    let after = scim(&sandbox, "PUT", &scim_path(&sandbox, strange), &body).await.ok();
    assert_eq!(after["favouriteTea"], strange["favouriteTea"]);
    assert_eq!(scim(&sandbox, "PUT", "/Users/nobody", &body).await.status, 404);
}

#[tokio::test]
async fn a_stale_version_refuses_the_write() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let user = users(&sandbox).await.remove(4);
    let (path, version) = (scim_path(&sandbox, &user), user["meta"]["version"].as_str().unwrap());
    let body = |name: &str| json!({"schemas": [USER], "userName": name}).to_string();
    for method in ["PUT", "PATCH", "DELETE"] {
        let response = scim_with(&sandbox, &[("if-match", "W/\"x\"")], [method, &path, &body("a")]).await;
        assert_eq!((response.status, &response.json()["status"]), (412, &json!("412")), "{method}");
    }
    scim_with(&sandbox, &[("if-match", version)], ["PUT", &path, &body("a")]).await.ok();
    assert_eq!(scim_with(&sandbox, &[("if-match", version)], ["PUT", &path, &body("b")]).await.status, 412);
    // Changed there and back, it is another version.
    let first = scim(&sandbox, "GET", &path, "").await.ok();
    for name in ["b", "a"] {
        scim(&sandbox, "PUT", &path, &body(name)).await.ok();
    }
    let last = scim(&sandbox, "GET", &path, "").await.ok();
    assert_eq!(first["userName"], last["userName"]);
    assert_ne!(first["meta"]["version"], last["meta"]["version"]);
    // What is so already is not a new version.
    assert_eq!(scim(&sandbox, "PUT", &path, &body("a")).await.ok(), last);
}

#[tokio::test]
async fn a_deleted_user_is_nowhere() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = users(&sandbox).await;
    let path = scim_path(&sandbox, &all[1]);
    let response = scim(&sandbox, "DELETE", &path, "").await;
    assert_eq!((response.status, response.text.as_str()), (204, ""));
    for method in ["GET", "DELETE"] {
        assert_eq!(scim(&sandbox, method, &path, "").await.status, 404);
    }
    let rest = users(&sandbox).await;
    assert_eq!((rest.len(), ids(&rest).contains(&ids(&all)[1])), (19, false));
    for group in array(&scim(&sandbox, "GET", "/Groups", "").await.ok()["Resources"]) {
        assert!(array(&group["members"]).iter().all(|member| member["value"] != all[1]["id"]));
    }
    assert_eq!(scim(&sandbox, "GET", "/Me", "").await.ok()["id"], all[0]["id"]);
    scim(&sandbox, "DELETE", &scim_path(&sandbox, &all[0]), "").await;
    assert_eq!(scim(&sandbox, "GET", "/Me", "").await.status, 404);
}
