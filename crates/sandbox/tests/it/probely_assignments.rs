//! Role assignments at Probely.

use std::collections::HashSet;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{
    Response, ids, probely,
    probely_users::{created, listed, post},
    start, write_probely,
};

/// The two families, and the lists of those who hold the roles.
const FAMILIES: [(&str, &str); 2] = [("user-roles", "users"), ("api-user-roles", "api-users")];

fn assignment(user: &Value, role: &str, scope: &Value) -> Value {
    json!({"user": {"id": user["id"]}, "role": {"id": role}, "scope": scope})
}

fn of_account() -> Value {
    json!({"tier": "account"})
}

fn of_team() -> Value {
    json!({"tier": "team", "team": {"id": "sbx_TeamRed0"}})
}

fn of_target() -> Value {
    json!({"tier": "target", "target": {"id": "sbxTargetApi"}})
}

async fn write(sandbox: &Sandbox, method: &'static str, path: &str, body: &Value) -> Response {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    write_probely(sandbox, method, path, &body).await
}

/// Creates a user without roles.
async fn somebody(sandbox: &Sandbox, list: &str) -> Value {
    let body = json!({"email": "roles@example.com", "name": "R"});
    created(&post(sandbox, &format!("/{list}/"), &body).await)
}

async fn roles_of(sandbox: &Sandbox, list: &str, user: &Value) -> Vec<(String, String, String)> {
    let user = probely(sandbox, &format!("/{list}/{}/", user["id"].as_str().unwrap())).await.ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let roles = user["user_roles"].as_array().unwrap().iter();
    roles.map(|it| (text(&it["id"]), text(&it["role"]["id"]), text(&it["scope"]["tier"]))).collect()
}

#[tokio::test]
async fn a_role_is_assigned_changed_and_taken_away() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    for (family, list) in FAMILIES {
        let user = somebody(&sandbox, list).await;
        let mut assigned = Vec::new();
        for scope in [of_account(), of_team(), of_target()] {
            let body = assignment(&user, "sbxRoleDevel", &scope);
            assigned.push(created(&post(&sandbox, &format!("/{family}/"), &body).await));
        }
        assert_eq!(assigned[1]["user"]["id"], user["id"]);
        assert_eq!(assigned[1]["role"]["permissions"][0]["id"], "start_scan");
        assert_eq!(assigned[2]["scope"]["target"]["url"], "https://target-1.example.com");
        let query = format!("user={}&role=sbxRoleDevel&role=sbxRoleAdmin", user["id"].as_str().unwrap());
        assert_eq!(listed(&sandbox, family, &query).await, assigned);
        assert!(listed(&sandbox, family, &query.replace("Devel", "Nobody")).await.is_empty());
        let paths: Vec<_> = ids(&assigned).iter().map(|id| format!("/{family}/{id}/")).collect();
        assert_eq!(probely(&sandbox, &paths[2]).await.ok(), assigned[2]);

        let body = assignment(&user, "_bxRoleAudit", &of_account());
        let replaced = write(&sandbox, "PUT", &paths[0], &body).await.ok();
        assert_eq!((&replaced["id"], &replaced["role"]["id"]), (&assigned[0]["id"], &json!("_bxRoleAudit")));
        let moved = write(&sandbox, "PATCH", &paths[1], &json!({"scope": of_account()})).await.ok();
        assert_eq!(moved["scope"]["tier"], "account");
        assert_eq!(write(&sandbox, "DELETE", &paths[2], &Value::Null).await.status, 204);
        let shown = roles_of(&sandbox, list, &user).await;
        let expected = [(&assigned[0], "_bxRoleAudit"), (&assigned[1], "sbxRoleDevel")]
            .map(|(it, role)| (it["id"].as_str().unwrap().to_owned(), role.to_owned(), "account".to_owned()));
        assert_eq!(shown, expected);

        // An id is not used again, and who has lost every role stays.
        let body = assignment(&user, "-bxRoleGuest", &of_team());
        let last = created(&post(&sandbox, &format!("/{family}/"), &body).await);
        assert!(!ids(&assigned).contains(&last["id"].as_str().unwrap().to_owned()));
        for path in [&paths[0], &paths[1], &format!("/{family}/{}/", last["id"].as_str().unwrap())] {
            assert_eq!(write(&sandbox, "DELETE", path, &Value::Null).await.status, 204);
            assert_eq!(write(&sandbox, "DELETE", path, &Value::Null).await.status, 404);
        }
        let without = listed(&sandbox, list, "no_access=true").await;
        assert!(ids(&without).contains(&user["id"].as_str().unwrap().to_owned()));
    }
}

#[tokio::test]
async fn generated_assignments_change_one_by_one() {
    let sandbox = start(SandboxOptions::new().profiles(200)).await;
    for (family, _) in FAMILIES {
        let before = listed(&sandbox, family, "").await;
        assert!(before.len() > 10, "{family}");
        let gone = before[3]["id"].as_str().unwrap();
        assert_eq!(write(&sandbox, "DELETE", &format!("/{family}/{gone}/"), &Value::Null).await.status, 204);
        let after = listed(&sandbox, family, "").await;
        let expected: Vec<_> = ids(&before).into_iter().filter(|id| id != gone).collect();
        assert_eq!(ids(&after), expected);
        for one in after.iter().step_by(7) {
            let path = format!("/{family}/{}/", one["id"].as_str().unwrap());
            assert_eq!(probely(&sandbox, &path).await.ok(), *one);
            let other =
                path.replace(family, if family == "user-roles" { "api-user-roles" } else { "user-roles" });
            assert_eq!(probely(&sandbox, &other).await.status, 404);
        }
    }
    // The unused one of team and target is missing or null.
    let all = listed(&sandbox, "user-roles", "").await;
    let unused: HashSet<_> =
        all.iter().map(|it| it["scope"].get("target").is_some_and(Value::is_null)).collect();
    assert_eq!(unused.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_assigned_is_refused_by_field() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let (user, robot) = (somebody(&sandbox, "users").await, somebody(&sandbox, "api-users").await);
    let body = assignment(&user, "sbxRoleDevel", &of_account());
    let held = created(&post(&sandbox, "/user-roles/", &body).await);
    let path = format!("/user-roles/{}/", held["id"].as_str().unwrap());
    let nobody = json!({"id": "nobodysUser0"});
    for (method, path, body, field) in [
        ("POST", "/user-roles/", json!({}), "user"),
        ("POST", "/user-roles/", body.clone(), "non_field_errors"),
        ("POST", "/user-roles/", assignment(&robot, "sbxRoleDevel", &of_account()), "user"),
        ("POST", "/api-user-roles/", assignment(&user, "sbxRoleDevel", &of_account()), "user"),
        ("POST", "/user-roles/", assignment(&nobody, "sbxRoleDevel", &of_account()), "user"),
        ("POST", "/user-roles/", assignment(&user, "sbxRoleOwner", &of_account()), "role"),
        ("POST", "/user-roles/", assignment(&user, "nobodysRole0", &of_account()), "role"),
        ("POST", "/user-roles/", assignment(&user, "sbxRoleAdmin", &json!({"tier": "galaxy"})), "scope"),
        ("POST", "/user-roles/", assignment(&user, "sbxRoleAdmin", &json!({"tier": "team"})), "scope"),
        ("PUT", &path, json!({"role": {"id": "sbxRoleAdmin"}, "scope": of_account()}), "user"),
        ("PATCH", &path, json!({"user": {"id": listed(&sandbox, "users", "").await[0]["id"]}}), "user"),
        ("PATCH", &path, json!({"role": null}), "role"),
        ("PATCH", &path, json!({"role": {"id": "sbxRoleOwner"}}), "role"),
    ] {
        let response = write(&sandbox, method, path, &body).await;
        assert_eq!((response.status, response.json()[field][0].is_string()), (400, true), "{method} {body}");
    }
    assert_eq!(probely(&sandbox, &path).await.ok(), held);
    assert_eq!(write(&sandbox, "PATCH", "/user-roles/nobodysRole0/", &json!({})).await.status, 404);
}

#[tokio::test]
async fn a_bulk_change_of_roles_is_an_array_or_an_object_and_all_or_none() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    for (family, list) in FAMILIES {
        let bulk = |action: &str| format!("/{family}/bulk/{action}/");
        let user = somebody(&sandbox, list).await;
        let create = json!([
            assignment(&user, "sbxRoleDevel", &of_account()),
            assignment(&user, "sbxRoleDevel", &of_team()),
        ]);
        let done = post(&sandbox, &bulk("create"), &create).await;
        assert_eq!((done.status, done.text.as_str()), (200, ""));
        let [first, second] = &roles_of(&sandbox, list, &user).await[..] else { panic!("{family}") };
        let mut change = assignment(&user, "sbxRoleAdmin", &of_account());
        change["id"] = json!(first.0);
        assert_eq!(post(&sandbox, &bulk("update"), &json!([change])).await.status, 200);
        assert_eq!(roles_of(&sandbox, list, &user).await[0].1, "sbxRoleAdmin");
        change["scope"] = of_target();
        let all = json!({
            "create": [assignment(&user, "-bxRoleGuest", &of_account())],
            "update": [change],
            "delete": [{"id": second.0}],
        });
        assert_eq!(post(&sandbox, &bulk("operations"), &all).await.status, 200);
        let after = roles_of(&sandbox, list, &user).await;
        let shown: Vec<_> = after.iter().map(|(_, role, tier)| (role.as_str(), tier.as_str())).collect();
        assert_eq!(shown, [("sbxRoleAdmin", "target"), ("-bxRoleGuest", "account")]);

        let gone = json!([{"id": second.0}]);
        for (action, body, field) in [
            ("create", json!({"create": []}), "non_field_errors"),
            ("update", json!({}), "non_field_errors"),
            ("delete", json!(["x"]), "non_field_errors"),
            ("operations", json!([]), "non_field_errors"),
            ("delete", gone.clone(), "id"),
            ("delete", json!([{}]), "id"),
            ("operations", json!({"delete": [{"id": first.0}], "create": [{}]}), "user"),
            ("operations", json!({"delete": [{"id": first.0}, {"id": second.0}]}), "id"),
        ] {
            let response = post(&sandbox, &bulk(action), &body).await;
            assert_eq!((response.status, response.json()[field][0].is_string()), (400, true), "{body}");
        }
        assert_eq!(roles_of(&sandbox, list, &user).await, after);
        assert_eq!(post(&sandbox, &bulk("operations"), &json!({})).await.status, 200);
        let rest: Vec<_> = after.iter().map(|(id, _, _)| json!({"id": id})).collect();
        assert_eq!(post(&sandbox, &bulk("delete"), &json!(rest)).await.status, 200);
        assert!(roles_of(&sandbox, list, &user).await.is_empty());
    }
}

#[tokio::test]
async fn a_team_or_target_of_a_scope_needs_an_id_even_if_the_tier_does_not_use_it() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    for (family, list) in FAMILIES {
        let user = somebody(&sandbox, list).await;
        let body = assignment(&user, "sbxRoleDevel", &of_team());
        let assigned = created(&post(&sandbox, &format!("/{family}/"), &body).await);
        let path = format!("/{family}/{}/", assigned["id"].as_str().unwrap());
        for part in ["team", "target"] {
            for wrong in
                [json!({}), json!({"id": ""}), json!({"id": 1}), json!({"name": "x"}), json!("x"), json!([])]
            {
                for mut scope in [of_account(), of_team(), of_target()] {
                    scope[part] = wrong.clone();
                    let change = json!({"scope": scope});
                    let response = write(&sandbox, "PATCH", &path, &change).await;
                    assert_eq!(response.status, 400, "{family} {change}");
                    assert!(response.json()["scope"][0].is_string(), "{family} {change}");
                    let whole = assignment(&user, "sbxRoleDevel", &scope);
                    assert_eq!(write(&sandbox, "PUT", &path, &whole).await.status, 400, "{family} {whole}");
                    assert_eq!(
                        post(&sandbox, &format!("/{family}/"), &whole).await.status,
                        400,
                        "{family} {whole}"
                    );
                }
            }
        }
        assert_eq!(probely(&sandbox, &path).await.ok(), assigned);
        // A scope may be sent as it was read: with null for the unused part.
        let mut scope = of_account();
        (scope["team"], scope["target"]) = (Value::Null, Value::Null);
        let moved = write(&sandbox, "PATCH", &path, &json!({"scope": scope})).await.ok();
        assert_eq!(moved["scope"]["tier"], "account");
    }
}
