use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, scim, scim_path, start};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn patch(sandbox: &Sandbox, user: &Value, operations: &Value) -> Response {
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    scim(sandbox, "PATCH", &scim_path(sandbox, user), &body.to_string()).await
}

/// Returns a sandbox and a user who has everything that the tests change.
async fn with_user() -> (Sandbox, Value) {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "active": true,
        "name": {"givenName": "Ada", "familyName": "L"},
        "emails": [
            {"value": "a@example.com", "type": "work", "primary": true}, {"value": "b@example.com", "type": "home"},
        ],
    });
    let user = scim(&sandbox, "POST", "/Users", &body.to_string()).await.json();
    (sandbox, user)
}

#[tokio::test]
async fn each_path_changes_what_it_names_alone() {
    let work = json!({"value": "a@example.com", "type": "work", "primary": true});
    let home = json!({"value": "b@example.com", "type": "home"});
    let new = json!({"value": "c@example.com", "type": "other"});
    for (operation, pointer, expected) in [
        (json!({"op": "replace", "path": "title", "value": "Baker"}), "/title", json!("Baker")),
        (json!({"op": "Replace", "path": "ACTIVE", "value": false}), "/active", json!(false)),
        (json!({"op": "remove", "path": "active"}), "/active", Value::Null),
        (json!({"op": "replace", "path": "active", "value": null}), "/active", Value::Null),
        (
            json!({"op": "add", "path": "name.middleName", "value": "J"}),
            "/name",
            json!({"givenName": "Ada", "familyName": "L", "middleName": "J"}),
        ),
        (json!({"op": "remove", "path": "name.givenName"}), "/name", json!({"familyName": "L"})),
        (
            json!({"op": "replace", "path": "name", "value": {"givenName": "Grace"}}),
            "/name",
            json!({"givenName": "Grace", "familyName": "L"}),
        ),
        (
            json!({"op": "add", "path": format!("{ENTERPRISE}:employeeNumber"), "value": "7"}),
            "/schemas/1",
            json!(ENTERPRISE),
        ),
        (json!({"op": "add", "path": "emails", "value": [new]}), "/emails", json!([work, home, new])),
        (json!({"op": "add", "path": "emails", "value": home}), "/emails", json!([work, home])),
        (json!({"op": "replace", "path": "emails", "value": [new]}), "/emails", json!([new])),
        (json!({"op": "replace", "path": "emails", "value": []}), "/emails", Value::Null),
        (json!({"op": "remove", "path": "emails[type eq \"work\"]"}), "/emails", json!([home])),
        (json!({"op": "remove", "path": "emails[type eq \"none\"]"}), "/emails", json!([work, home])),
        (
            json!({"op": "replace", "path": "emails[type eq \"home\"].value", "value": "x@example.com"}),
            "/emails/1/value",
            json!("x@example.com"),
        ),
        (
            json!({"op": "replace", "path": "emails[value ew \"com\" and type eq \"home\"].primary", "value": true}),
            "/emails/0/primary",
            json!(false),
        ),
        (
            json!({"op": "add", "path": "emails", "value": {"value": "d@example.com", "primary": true}}),
            "/emails/0/primary",
            json!(false),
        ),
        (
            json!({"op": "add", "value": {"title": "Baker", "tea": "x", "schemas": []}}),
            "/title",
            json!("Baker"),
        ),
        (json!({"op": "replace", "value": {"name.givenName": "Grace"}}), "/name/givenName", json!("Grace")),
        (
            json!({"op": "replace", "value": {ENTERPRISE: {"manager": {"value": "7"}}}}),
            "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager",
            json!({"value": "7"}),
        ),
    ] {
        let (sandbox, user) = with_user().await;
        let after = patch(&sandbox, &user, &json!([operation])).await.ok();
        assert_eq!(after.pointer(pointer).cloned().unwrap_or_default(), expected, "{operation}");
        assert_eq!(scim(&sandbox, "GET", &scim_path(&sandbox, &user), "").await.ok(), after);
    }
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_and_nothing_is() {
    let (sandbox, user) = with_user().await;
    for (operation, kind) in [
        (json!({"op": "replace", "path": "nobody", "value": 1}), "invalidPath"),
        (json!({"op": "replace", "path": "name.first", "value": "x"}), "invalidPath"),
        (json!({"op": "replace", "path": "emails[type eq", "value": "x"}), "invalidPath"),
        (json!({"op": "replace", "path": "emails[type is \"x\"].value", "value": "x"}), "invalidPath"),
        (json!({"op": "replace", "path": "name[givenName eq \"Ada\"]", "value": "x"}), "invalidPath"),
        (json!({"op": "replace", "path": "emails[type eq \"fax\"].value", "value": "x"}), "noTarget"),
        (json!({"op": "remove"}), "noTarget"),
        (json!({"op": "replace", "path": "id", "value": "x"}), "mutability"),
        (json!({"op": "replace", "path": "meta.created", "value": "x"}), "mutability"),
        (json!({"op": "add", "path": "groups", "value": [{"value": "x"}]}), "mutability"),
        (json!({"op": "replace", "value": {"id": "x"}}), "mutability"),
        (json!({"op": "remove", "path": "userName"}), "mutability"),
        (json!({"op": "replace", "path": "active", "value": "no"}), "invalidValue"),
        (json!({"op": "replace", "path": "title"}), "invalidValue"),
        (json!({"op": "replace", "value": "x"}), "invalidValue"),
        (json!({"op": "replace", "path": "userName", "value": ""}), "invalidValue"),
        (json!({"op": "move", "path": "title", "value": "x"}), "invalidSyntax"),
        (json!("replace"), "invalidSyntax"),
    ] {
        // The first one could be made.
        let operations = json!([{"op": "add", "path": "title", "value": "Baker"}, operation]);
        let response = patch(&sandbox, &user, &operations).await;
        assert_eq!((response.status, &response.json()["scimType"]), (400, &json!(kind)), "{operation}");
        assert_eq!(scim(&sandbox, "GET", &scim_path(&sandbox, &user), "").await.ok(), user);
    }
    assert_eq!(patch(&sandbox, &user, &json!([])).await.json()["scimType"], "invalidSyntax");
    let taken = scim(&sandbox, "GET", "/Users?count=1", "").await.ok()["Resources"][0]["userName"].clone();
    let rename = json!([{"op": "replace", "path": "userName", "value": taken}]);
    assert_eq!(patch(&sandbox, &user, &rename).await.status, 409);
}

#[tokio::test]
async fn what_is_so_already_stays_as_it_was() {
    let (sandbox, user) = with_user().await;
    sandbox.advance_clock(std::time::Duration::from_secs(60));
    assert_eq!(
        patch(&sandbox, &user, &json!([{"op": "replace", "path": "active", "value": true}])).await.ok(),
        user
    );
    let after =
        patch(&sandbox, &user, &json!([{"op": "replace", "path": "active", "value": false}])).await.ok();
    assert_ne!(after["meta"]["lastModified"], user["meta"]["lastModified"]);
    // A generated record keeps what is strange in it.
    let all = scim(&sandbox, "GET", "/Users", "").await.ok()["Resources"].clone();
    for (place, name) in [(3, "schemas"), (8, "active"), (13, "emails"), (18, "favouriteTea")] {
        let after =
            patch(&sandbox, &all[place], &json!([{"op": "replace", "path": "nickName", "value": "x"}]))
                .await
                .ok();
        assert_eq!((after.get(name), &after["nickName"]), (all[place].get(name), &json!("x")));
    }
}
