use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, array, scim, scim_path, start};

const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

async fn list(sandbox: &Sandbox, path: &str) -> Vec<Value> {
    array(&scim(sandbox, "GET", path, "").await.ok()["Resources"])
}

async fn patch(sandbox: &Sandbox, group: &Value, operation: &Value) -> Response {
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
    scim(sandbox, "PATCH", &scim_path(sandbox, group), &body.to_string()).await
}

fn members(group: &Value) -> Vec<Value> {
    array(&group["members"]).into_iter().map(|member| member["value"].clone()).collect()
}

fn groups(user: &Value) -> Vec<Value> {
    user["groups"].as_array().into_iter().flatten().map(|group| group["value"].clone()).collect()
}

#[tokio::test]
async fn members_and_groups_say_the_same() {
    let sandbox = start(SandboxOptions::new().profiles(90)).await;
    let all = list(&sandbox, "/Groups").await;
    assert_eq!(all.len(), 7);
    let of_type = |wanted: &Value| {
        all.iter()
            .flat_map(|group| array(&group["members"]))
            .filter(|member| member["type"] == *wanted)
            .count()
    };
    assert!(of_type(&json!("User")) > 0 && of_type(&Value::Null) > 0 && of_type(&json!("Group")) == 1);
    for user in list(&sandbox, "/Users").await {
        for group in &all {
            let direct = user["groups"].as_array().into_iter().flatten();
            let direct: Vec<_> = direct.filter(|it| it["type"] == "direct").map(|it| &it["value"]).collect();
            assert_eq!(members(group).contains(&user["id"]), direct.contains(&&group["id"]));
        }
    }
    for group in &all {
        assert_eq!(scim(&sandbox, "GET", &scim_path(&sandbox, group), "").await.ok(), *group);
    }
}

#[tokio::test]
async fn a_group_is_created_replaced_and_deleted() {
    let sandbox = start(SandboxOptions::new()).await;
    let users = list(&sandbox, "/Users").await;
    let inner = json!({"schemas": [GROUP], "displayName": "Inner", "members": [{"value": users[6]["id"]}]});
    let inner = scim(&sandbox, "POST", "/Groups", &inner.to_string()).await.json();
    let outer = json!({"schemas": [GROUP], "displayName": "Outer", "members": [{"value": inner["id"]}]});
    let outer = scim(&sandbox, "POST", "/Groups", &outer.to_string()).await.json();
    assert_eq!(inner["members"][0]["display"], users[6]["displayName"]);
    let user = scim(&sandbox, "GET", &scim_path(&sandbox, &users[6]), "").await.ok();
    assert_eq!(groups(&user), [inner["id"].clone(), outer["id"].clone()]);
    assert_eq!(user["groups"][1]["type"], "indirect");
    assert_ne!(user["meta"]["version"], users[6]["meta"]["version"]);

    let replaced = json!({"schemas": [GROUP], "displayName": "Empty"}).to_string();
    let replaced = scim(&sandbox, "PUT", &scim_path(&sandbox, &inner), &replaced).await.ok();
    assert!(replaced.get("members").is_none());
    assert_eq!(scim(&sandbox, "DELETE", &scim_path(&sandbox, &inner), "").await.status, 204);
    let outer = scim(&sandbox, "GET", &scim_path(&sandbox, &outer), "").await.ok();
    assert_eq!(outer["members"], json!([]));
    assert_eq!(scim(&sandbox, "GET", &scim_path(&sandbox, &users[6]), "").await.ok(), users[6]);
}

#[tokio::test]
async fn members_are_added_and_removed_one_by_one() {
    let sandbox = start(SandboxOptions::new()).await;
    let users = list(&sandbox, "/Users").await;
    let group = list(&sandbox, "/Groups").await.remove(0);
    let ids: Vec<_> = users.iter().map(|user| user["id"].clone()).collect();
    let at = |places: &[usize]| places.iter().map(|place| ids[*place].clone()).collect::<Vec<_>>();
    assert_eq!(members(&group), at(&[0, 1]));
    let steps = [
        (
            json!({"op": "add", "path": "members", "value": [{"value": ids[2]}, {"value": ids[0]}]}),
            vec![0, 1, 2],
        ),
        (json!({"op": "Add", "value": {"members": [{"value": ids[3], "type": "User"}]}}), vec![0, 1, 2, 3]),
        (json!({"op": "remove", "path": format!("members[value eq {}]", ids[1])}), vec![0, 2, 3]),
        (json!({"op": "remove", "path": "members", "value": [{"value": ids[3]}]}), vec![0, 2]),
        (json!({"op": "replace", "path": "members", "value": [{"value": ids[9]}]}), vec![9]),
        (json!({"op": "replace", "path": "displayName", "value": "Owners"}), vec![9]),
    ];
    for (operation, expected) in steps {
        let after = patch(&sandbox, &group, &operation).await.ok();
        assert_eq!(members(&after), at(&expected), "{operation}");
    }
    let after = scim(&sandbox, "GET", &scim_path(&sandbox, &users[9]), "").await.ok();
    assert!(array(&after["groups"]).iter().any(|it| it["display"] == "Owners"));
    let after = patch(&sandbox, &group, &json!({"op": "remove", "path": "members"})).await.ok();
    assert!(after.get("members").is_none());
}

#[tokio::test]
async fn what_is_not_a_group_is_refused() {
    let sandbox = start(SandboxOptions::new()).await;
    let group = list(&sandbox, "/Groups").await.remove(0);
    let stranger = json!({"op": "add", "path": "members", "value": [{"value": "nobody"}]});
    for (operation, kind) in [
        (stranger, "invalidValue"),
        (json!({"op": "remove", "path": "displayName"}), "mutability"),
        (json!({"op": "replace", "path": "userName", "value": "x"}), "invalidPath"),
    ] {
        let response = patch(&sandbox, &group, &operation).await;
        assert_eq!((response.status, &response.json()["scimType"]), (400, &json!(kind)));
    }
    let body = json!({"schemas": [GROUP]}).to_string();
    assert_eq!(scim(&sandbox, "POST", "/Groups", &body).await.json()["scimType"], "invalidValue");
    let found = scim(&sandbox, "GET", "/Groups?filter=displayName+eq+%22ALUMNI%22", "").await.ok();
    assert_eq!((&found["totalResults"], &found["Resources"][0]["members"]), (&json!(1), &json!([])));
}
