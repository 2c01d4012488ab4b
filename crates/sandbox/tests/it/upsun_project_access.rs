//! Access to projects that is granted, changed and removed at Upsun.

use std::time::Duration;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, ids, start, upsun, write_upsun};

const BIRCH: &str = "01HSANDB0XB1RC000000000002";
/// A project of birch that no user has from the start.
const PROJECT: &str = "sbxproject015";

async fn read(sandbox: &Sandbox, path: &str) -> Value {
    upsun(sandbox, &access_token(sandbox).await, path).await.ok()
}

async fn items(sandbox: &Sandbox, path: &str) -> Vec<Value> {
    array(&read(sandbox, path).await["items"])
}

async fn write(sandbox: &Sandbox, method: &'static str, path: &str, body: &Value) -> Response {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    write_upsun(sandbox, method, path, &body).await
}

async fn users(sandbox: &Sandbox) -> Vec<String> {
    ids(&array(&read(sandbox, "/profiles").await["profiles"]))
}

fn grant(project: &str, permissions: &[&str]) -> Value {
    json!({"project_id": project, "permissions": permissions})
}

async fn in_extended_list(sandbox: &Sandbox, user: &str, id: &str) -> Option<Value> {
    let all = items(sandbox, &format!("/users/{user}/extended-access")).await;
    all.into_iter().find(|entry| entry["resource_id"] == id)
}

#[tokio::test]
async fn granted_access_is_shown_in_every_list_and_makes_a_member() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    // A user with an odd index is no member of birch.
    let user = users(&sandbox).await[3].clone();
    let path = format!("/users/{user}/project-access");
    let members = format!("/organizations/{BIRCH}/members");
    let before = items(&sandbox, &path).await;
    let count = read(&sandbox, &members).await["count"].as_u64().unwrap();
    let body = json!([grant(PROJECT, &["viewer", "staging:admin"]), grant("sbxproject014", &[])]);
    let response = write(&sandbox, "POST", &path, &body).await;
    assert_eq!((response.status, response.text.as_str()), (204, ""));

    let own = format!("{path}/{PROJECT}");
    let record = read(&sandbox, &own).await;
    let time = "2027-01-15T08:00:00.000000Z";
    let expected = json!({
        "user_id": user, "organization_id": BIRCH, "project_id": PROJECT, "project_title": record["project_title"],
        "permissions": ["viewer", "staging:admin"], "granted_at": time, "updated_at": time,
        "_links": {
            "self": {"href": own},
            "update": {"href": own, "method": "PATCH"},
            "delete": {"href": own, "method": "DELETE"},
        },
    });
    assert_eq!(record, expected);
    let all = items(&sandbox, &path).await;
    assert_eq!(all.len(), before.len() + 2);
    assert!(all.contains(&record) && before.iter().all(|access| all.contains(access)));
    let of_birch = items(&sandbox, &format!("{path}?filter[organization_id]={BIRCH}")).await;
    assert_eq!(of_birch.len(), 2);
    let extended = in_extended_list(&sandbox, &user, PROJECT).await.unwrap();
    assert_eq!((&extended["permissions"], &extended["granted_at"]), (&record["permissions"], &json!(time)));

    // One membership for both projects, without permissions.
    assert_eq!(read(&sandbox, &members).await["count"], count + 1);
    assert_eq!(read(&sandbox, &format!("{members}/{user}")).await["permissions"], json!([]));
    assert!(ids(&items(&sandbox, &format!("/users/{user}/organizations")).await).contains(&BIRCH.to_owned()));
    assert_eq!(in_extended_list(&sandbox, &user, BIRCH).await.unwrap()["permissions"], json!([]));

    let again =
        write(&sandbox, "POST", &path, &json!([grant("sbxproject013", &[]), grant(PROJECT, &[])])).await;
    assert_eq!((again.status, again.header("content-type")), (409, Some("application/problem+json")));
    assert_eq!(items(&sandbox, &path).await, all);
    // Whoever leaves the organization loses its projects, for good.
    assert_eq!(write(&sandbox, "DELETE", &format!("{members}/{user}"), &Value::Null).await.status, 204);
    assert_eq!(items(&sandbox, &path).await, before);
    write(&sandbox, "POST", &members, &json!({"user_id": user})).await;
    assert_eq!(items(&sandbox, &path).await, before);
}

#[tokio::test]
async fn access_is_changed_and_removed_where_the_links_allow_it() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let user = users(&sandbox).await[0].clone();
    let path = format!("/users/{user}/project-access");
    write(&sandbox, "POST", &path, &json!([grant(PROJECT, &["viewer"])])).await;
    sandbox.advance_clock(Duration::from_secs(60));
    let all = items(&sandbox, &format!("{path}?page[size]=200")).await;
    let (mut changed, mut refused) = (0, 0);
    for access in &all {
        let id = access["project_id"].as_str().unwrap();
        let own = format!("{path}/{id}");
        let body = json!({"permissions": ["production:viewer"]});
        let response = write(&sandbox, "PATCH", &own, &body).await;
        if access["_links"]["update"].is_null() {
            assert_eq!((response.status, read(&sandbox, &own).await), (403, access.clone()));
            assert_eq!(write(&sandbox, "DELETE", &own, &Value::Null).await.status, 403);
            refused += 1;
            continue;
        }
        assert_eq!((response.status, response.text.as_str()), (204, ""));
        let mut expected = access.clone();
        expected["permissions"] = body["permissions"].clone();
        expected["updated_at"] = "2027-01-15T08:01:00.000000Z".into();
        assert_eq!(read(&sandbox, &own).await, expected);
        assert_eq!(in_extended_list(&sandbox, &user, id).await.unwrap()["permissions"], body["permissions"]);
        if changed % 2 == 0 {
            assert_eq!(write(&sandbox, "DELETE", &own, &Value::Null).await.status, 204);
            for (method, body) in [("GET", &Value::Null), ("PATCH", &body), ("DELETE", &Value::Null)] {
                assert_eq!(write(&sandbox, method, &own, body).await.status, 404, "{method}");
            }
            assert!(in_extended_list(&sandbox, &user, id).await.is_none());
            let organization = access["organization_id"].as_str().unwrap();
            read(&sandbox, &format!("/organizations/{organization}/members/{user}")).await;
            // What was removed can be granted.
            assert_eq!(write(&sandbox, "POST", &path, &json!([grant(id, &[])])).await.status, 204);
            assert_eq!(read(&sandbox, &own).await["granted_at"], "2027-01-15T08:01:00.000000Z");
        }
        changed += 1;
    }
    assert!(changed > 4 && refused > 4, "{changed} {refused}");
    assert_eq!(items(&sandbox, &format!("{path}?page[size]=200")).await.len(), all.len());
    // No link allows a change in an organization that the token may not manage.
    let of_dune = all.iter().filter(|access| access["organization_id"] == "01HSANDB0XDVNE000000000004");
    assert!(
        of_dune.clone().count() > 0 && of_dune.into_iter().all(|access| access["_links"]["delete"].is_null())
    );
}

#[tokio::test]
async fn a_wrong_grant_or_change_does_nothing() {
    let sandbox = start(SandboxOptions::new()).await;
    let user = users(&sandbox).await[3].clone();
    let path = format!("/users/{user}/project-access");
    let before = items(&sandbox, &path).await;
    let right = grant(PROJECT, &["viewer"]);
    for (body, status) in [
        (json!({}), 400),
        (json!([]), 400),
        (json!([1]), 400),
        (right.clone(), 400),
        (json!([right, {"project_id": "sbxproject014"}]), 400),
        (json!([{"permissions": ["viewer"]}]), 400),
        (json!([{"project_id": 1, "permissions": ["viewer"]}]), 400),
        (json!([{"project_id": PROJECT, "permissions": "viewer"}]), 400),
        (json!([{"project_id": PROJECT, "permissions": null}]), 400),
        (json!([{"project_id": PROJECT, "permissions": ["viewer"], "role": "admin"}]), 400),
        (json!([right, grant("sbxproject014", &["preview:admin"])]), 400),
        (json!([right, grant("nothing", &["viewer"])]), 400),
        (json!([right, right]), 400),
        // A project of an organization that the token may not manage, and one of a deleted organization.
        (json!([right, grant("sbxproject027", &["viewer"])]), 403),
        (json!([right, grant("sbxproject050", &["viewer"])]), 400),
    ] {
        let response = write(&sandbox, "POST", &path, &body).await;
        assert_eq!((response.status, response.json()["error"].is_string()), (status, true), "{body}");
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
    }
    let unknown = write(&sandbox, "POST", "/users/nobody/project-access", &json!([right])).await;
    assert_eq!(unknown.status, 403);
    assert_eq!(items(&sandbox, &path).await, before);

    write(&sandbox, "POST", &path, &json!([right])).await;
    let own = format!("{path}/{PROJECT}");
    let record = read(&sandbox, &own).await;
    for (body, status) in [
        (json!({}), 400),
        (json!({"permissions": null}), 400),
        (json!({"permissions": "admin"}), 400),
        (json!({"permissions": ["dance"]}), 400),
    ] {
        assert_eq!(write(&sandbox, "PATCH", &own, &body).await.status, status, "{body}");
    }
    let body = json!({"permissions": []});
    assert_eq!(write(&sandbox, "PATCH", &format!("{path}/nothing"), &body).await.status, 404);
    assert_eq!(write(&sandbox, "PATCH", "/users/nobody/project-access/x", &body).await.status, 403);
    assert_eq!(write(&sandbox, "DELETE", "/users/nobody/project-access/x", &Value::Null).await.status, 403);
    assert_eq!(read(&sandbox, &own).await, record);
}
