use std::collections::HashSet;
use std::time::Duration;

use anyprofile_sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::support::{
    array, ids, probely,
    probely_users::{created, listed, patch, path_of, post},
    start, write_probely,
};

/// Returns the records in a format in which the owner's own record can be compared with one that the owner
/// changed.
fn author(profile: &Value) -> Value {
    json!({"id": profile["id"], "email": profile["email"], "name": profile["name"]})
}

#[tokio::test]
async fn a_created_user_is_whole_and_is_read_in_every_way() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let before = listed(&sandbox, "users", "").await;
    let owner = probely(&sandbox, "/profile/").await.ok();
    let body = json!({
        "email": "Zoë@example.com",
        "name": "Zoë Ünlü",
        "title": "dev",
        "active": true,
        "labels": [{"name": "externo", "color": "#000000"}, {"name": "né", "color": "#00FF00"}, {"name": "né"}],
        "user_roles": [
            {"role": {"id": "_bxRoleAudit"}, "scope": {"tier": "account"}},
            {"role": {"id": "sbxRoleDevel"}, "scope": {"tier": "team", "team": {"id": "-bxTeamGreen"}}},
            {"role": {"id": "sbxRoleDevel"}, "scope": {"tier": "target", "target": {"id": "_bxTargetWeb"}}},
        ],
        "role": "admin",
        "is_billing_admin": true,
    });
    let user = created(&post(&sandbox, "/users/", &body).await);
    for (field, value) in [
        ("email", json!("Zoë@example.com")),
        ("name", json!("Zoë Ünlü")),
        ("title", json!("dev")),
        ("active", json!(true)),
        ("is_billing_admin", json!(false)),
        ("is_apiuser", json!(false)),
        ("mfa_enabled", json!(true)),
        ("last_login", json!(null)),
        ("changed", json!("2027-01-15T08:00:00.000000Z")),
        ("changed_by", author(&owner)),
    ] {
        assert_eq!(user[field], value, "{field}");
    }
    let labels = array(&user["labels"]);
    assert_eq!((&labels[0]["id"], &labels[0]["color"]), (&json!("sbxLabelExte"), &json!("green")));
    assert_eq!((labels.len(), &labels[1]["name"], &labels[1]["color"]), (2, &json!("né"), &json!("#00FF00")));
    let roles = array(&user["user_roles"]);
    let tiers: Vec<_> = roles.iter().map(|role| role["scope"]["tier"].as_str().unwrap()).collect();
    assert_eq!(tiers, ["account", "team", "target"]);
    assert_eq!(
        (&roles[1]["role"]["name"], &roles[1]["scope"]["team"]["name"]),
        (&json!("Developer"), &json!("Verde"))
    );

    assert_eq!(probely(&sandbox, &path_of(&user)).await.ok(), user);
    let after = listed(&sandbox, "users", "").await;
    assert_eq!((after.len(), &after[..18], &after[18]), (19, &before[..], &user));
    for query in [
        "search=%C3%BCnl%C3%BC",
        "search=zo%C3%AB@EXAMPLE.com",
        "role=_bxRoleAudit&team=-bxTeamGreen&target=_bxTargetWeb",
        &format!("label={}", labels[1]["id"].as_str().unwrap()),
        "active=true&mfa_enabled=true&no_access=false&search=zo%C3%AB",
        "ordering=-changed&search=zo%C3%AB",
    ] {
        assert!(listed(&sandbox, "users", query).await.contains(&user), "{query}");
    }
    assert_eq!(listed(&sandbox, "users", "ordering=-changed").await[0], user);
    let page = probely(&sandbox, "/users/?page=2&length=18").await.ok();
    assert_eq!(
        (&page["count"], &page["page_total"], &page["results"]),
        (&json!(19), &json!(2), &json!([user]))
    );
    let assignments = listed(&sandbox, "user-roles", "").await;
    assert!(ids(&roles).iter().all(|id| ids(&assignments).contains(id)));
    assert_eq!(ids(&assignments).iter().collect::<HashSet<_>>().len(), assignments.len());
    assert_eq!(*listed(&sandbox, "labels", "").await.last().unwrap(), labels[1]);
    assert_eq!(probely(&sandbox, "/users/?exclude=name").await.ok()["count"], 19);
}

#[tokio::test]
async fn the_least_and_the_most_that_a_new_user_may_say() {
    let sandbox = start(SandboxOptions::new().profiles(0)).await;
    let name = "名".repeat(60);
    let body = json!({"email": "a@example.com", "name": name});
    let user = created(&post(&sandbox, "/users/", &body).await);
    assert_eq!(
        [&user["title"], &user["labels"], &user["user_roles"], &user["active"]],
        [&json!(""), &json!([]), &json!([]), &json!(true)]
    );
    assert_eq!(user["name"], name);
    let inactive = json!({"email": "b@example.com", "name": "b", "active": false, "title": "", "labels": []});
    assert_eq!(created(&post(&sandbox, "/users/", &inactive).await)["active"], false);
    assert_eq!(probely(&sandbox, "/users/").await.ok()["count"], 2);
}

#[tokio::test]
async fn any_number_of_roles_have_ids_of_their_own() {
    let sandbox = start(SandboxOptions::new().profiles(0)).await;
    let role = json!({"role": {"id": "sbxRoleAdmin"}, "scope": {"tier": "account"}});
    for list in ["users", "api-users"] {
        for number in 0..3 {
            let email = format!("roles-{number}@example.com");
            let body = json!({"email": email, "name": "R", "user_roles": vec![&role; 9]});
            created(&post(&sandbox, &format!("/{list}/"), &body).await);
        }
    }
    let mut assignments = ids(&listed(&sandbox, "user-roles", "").await);
    assert_eq!(assignments.len(), 27);
    assignments.extend(ids(&listed(&sandbox, "api-user-roles", "").await));
    assert_eq!((assignments.len(), assignments.iter().collect::<HashSet<_>>().len()), (54, 54));
}

#[tokio::test]
async fn who_was_deactivated_is_still_listed_and_brought_back_by_creating_them_again() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = listed(&sandbox, "users", "").await;
    // The fifth has the old format, without `active`, until it is written.
    for user in [&all[3], &all[4]] {
        for _ in 0..2 {
            let response = write_probely(&sandbox, "DELETE", &path_of(user), "").await;
            assert_eq!((response.status, response.text.as_str()), (204, ""));
        }
        let gone = probely(&sandbox, &path_of(user)).await.ok();
        assert_eq!((&gone["active"], &gone["email"]), (&json!(false), &user["email"]));
        assert!(listed(&sandbox, "users", "").await.contains(&gone));
        assert!(listed(&sandbox, "users", "active=false").await.contains(&gone));

        let email = user["email"].as_str().unwrap().to_uppercase();
        let body = json!({"email": email, "name": "Back", "user_roles": [
            {"role": {"id": "-bxRoleGuest"}, "scope": {"tier": "account"}}
        ]});
        let back = created(&post(&sandbox, "/users/", &body).await);
        assert_eq!(
            [&back["id"], &back["active"], &back["name"], &back["email"]],
            [&user["id"], &json!(true), &json!("Back"), &json!(email)]
        );
        assert_eq!(back["user_roles"][0]["role"]["id"], "-bxRoleGuest");
        assert_eq!(probely(&sandbox, &path_of(user)).await.ok(), back);
        assert!(listed(&sandbox, "users", "role=-bxRoleGuest").await.contains(&back));
        assert_eq!(probely(&sandbox, "/users/").await.ok()["count"], 18);
        // An active user exists already.
        let again = post(&sandbox, "/users/", &body).await;
        assert_eq!((again.status, again.json()["email"][0].is_string()), (400, true));
    }
}

#[tokio::test]
async fn a_partial_update_changes_what_is_sent() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let owner = probely(&sandbox, "/profile/").await.ok();
    let all = listed(&sandbox, "users", "").await;
    for user in &all[1..] {
        let mut expected = user.clone();
        expected["changed_by"] = author(&owner);
        for (field, value) in [
            ("name", json!("Ω")),
            ("title", json!("cso")),
            ("active", json!(false)),
            ("labels", json!([])),
            ("email", json!(format!("{}@example.com", user["id"].as_str().unwrap().replace('-', "x")))),
        ] {
            let mut body = json!({field: value});
            // None of these fields can be written.
            body["user_roles"] = json!([]);
            body["is_billing_admin"] = json!(true);
            let after = patch(&sandbox, user, &body).await.ok();
            expected[field] = value;
            expected["changed"] = after["changed"].clone();
            assert_eq!(after, expected, "{field}");
        }
        assert!(expected["changed"].as_str().unwrap().starts_with("2027-01-15T08:00:00.000000"));
        assert_eq!(probely(&sandbox, &path_of(user)).await.ok(), expected);
    }
    let inactive = listed(&sandbox, "users", "active=false&search=%CF%89&ordering=email").await;
    assert_eq!(inactive.len(), 17);
    assert_eq!(
        listed(&sandbox, "users", &format!("search={}", all[2]["email"].as_str().unwrap())).await.len(),
        0
    );
}

#[tokio::test]
async fn a_changed_address_is_the_users_and_no_one_elses() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = listed(&sandbox, "users", "").await;
    let old = all[1]["email"].clone();
    patch(&sandbox, &all[1], &json!({"email": "Own@example.com"})).await.ok();
    patch(&sandbox, &all[1], &json!({"email": "given-up@example.com"})).await.ok();
    patch(&sandbox, &all[1], &json!({"email": "own@example.com"})).await.ok();
    patch(&sandbox, &all[5], &json!({"email": "given-up@example.com"})).await.ok();
    for (method, path, body) in [
        ("PATCH", path_of(&all[2]), json!({"email": "OWN@example.com"})),
        ("PUT", path_of(&all[2]), json!({"email": all[3]["email"], "name": "x"})),
        ("POST", "/users/".to_owned(), json!({"email": "own@example.com", "name": "x"})),
    ] {
        let response = write_probely(&sandbox, method, &path, &body.to_string()).await;
        assert_eq!((response.status, response.json()["email"][0].is_string()), (400, true), "{method}");
    }
    patch(&sandbox, &all[2], &json!({"email": old})).await.ok();
    let made = created(&post(&sandbox, "/users/", &json!({"email": all[2]["email"], "name": "x"})).await);
    assert!(!ids(&all).contains(&made["id"].as_str().unwrap().to_owned()));
}

#[tokio::test]
async fn a_replacement_needs_a_name_and_makes_active_again() {
    let sandbox = start(SandboxOptions::new()).await;
    let user = listed(&sandbox, "users", "active=false").await[0].clone();
    let refused = write_probely(&sandbox, "PUT", &path_of(&user), r#"{"title":"dev"}"#).await;
    assert_eq!((refused.status, refused.json()), (400, json!({"name": ["This field is required."]})));
    let replaced = write_probely(&sandbox, "PUT", &path_of(&user), r#"{"name":"R"}"#).await.ok();
    assert_eq!(
        [&replaced["name"], &replaced["active"], &replaced["email"], &replaced["labels"]],
        [&json!("R"), &json!(true), &user["email"], &user["labels"]]
    );
    let body = r#"{"name":"R","active":false,"title":"","email":"r@example.com"}"#;
    let replaced = write_probely(&sandbox, "PUT", &path_of(&user), body).await.ok();
    assert_eq!(
        [&replaced["active"], &replaced["title"], &replaced["email"]],
        [&json!(false), &json!(""), &json!("r@example.com")]
    );
    assert_eq!(probely(&sandbox, &path_of(&user)).await.ok(), replaced);
}

#[tokio::test]
async fn every_wrong_field_is_named_and_nothing_is_written() {
    let sandbox = start(SandboxOptions::new()).await;
    let before = listed(&sandbox, "users", "").await;
    let labels = listed(&sandbox, "labels", "").await;
    let long = "x".repeat(61);
    for (field, value) in [
        ("name", json!(long)),
        ("name", json!("  ")),
        ("name", json!(null)),
        ("name", json!(7)),
        ("title", json!("astronaut")),
        ("title", json!("DEV")),
        ("title", json!(null)),
        ("title", json!(1)),
        ("email", json!("nobody")),
        ("email", json!("")),
        ("email", json!(null)),
        ("email", json!(format!("{}@example.com", "x".repeat(250)))),
        ("active", json!("maybe")),
        ("active", json!(null)),
        ("labels", json!({"name": "x"})),
        ("labels", json!([{"color": "red"}])),
        ("labels", json!([{"name": "new", "color": "no spaces"}])),
        ("labels", json!([{"name": "x".repeat(256)}])),
        ("labels", json!(null)),
    ] {
        let mut creating = json!({"email": "new@example.com", "name": "New", "labels": [{"name": "unseen"}]});
        creating[field] = value.clone();
        for response in [
            post(&sandbox, "/users/", &creating).await,
            patch(&sandbox, &before[3], &json!({field: value})).await,
            write_probely(
                &sandbox,
                "PUT",
                &path_of(&before[3]),
                &json!({"name": "x", field: value}).to_string(),
            )
            .await,
        ] {
            let error = response.json();
            assert_eq!(
                (response.status, error.as_object().unwrap().len()),
                (400, 1),
                "{field}={value}: {error}"
            );
            assert!(error[field][0].is_string(), "{error}");
        }
    }
    for roles in [
        json!([{"role": {"id": "nonesuchrole"}, "scope": {"tier": "account"}}]),
        json!([{"role": {"id": "sbxRoleDevel"}, "scope": {"tier": "scope"}}]),
        json!([{"role": {"id": "sbxRoleDevel"}, "scope": {"tier": "team"}}]),
        json!([{"role": {"id": "sbxRoleDevel"}, "scope": {"tier": "target", "target": {"id": "x"}}}]),
        json!([{"role": {"id": "sbxRoleDevel"}}]),
        json!("admin"),
    ] {
        let body = json!({"email": "new@example.com", "name": "New", "user_roles": roles});
        let response = post(&sandbox, "/users/", &body).await;
        assert_eq!((response.status, response.json()["user_roles"][0].is_string()), (400, true), "{roles}");
    }
    let all = post(&sandbox, "/users/", &json!({"title": "x", "active": "y"})).await.json();
    assert_eq!(all.as_object().unwrap().keys().collect::<Vec<_>>(), ["active", "email", "name", "title"]);
    let empty = write_probely(&sandbox, "POST", "/users/", "").await;
    assert_eq!(empty.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["email", "name"]);
    let list = write_probely(&sandbox, "POST", "/users/", "[]").await;
    assert_eq!((list.status, list.json()["non_field_errors"].is_array()), (400, true));
    let broken = write_probely(&sandbox, "POST", "/users/", "{").await;
    assert_eq!((broken.status, broken.json()["detail"].is_string()), (400, true));
    assert_eq!(listed(&sandbox, "users", "").await, before);
    assert_eq!(listed(&sandbox, "labels", "").await, labels);
}

#[tokio::test]
async fn the_owner_s_change_shows_in_the_profile_and_wherever_the_owner_is_named() {
    let sandbox = start(SandboxOptions::new()).await;
    let owner = probely(&sandbox, "/profile/").await.ok();
    patch(&sandbox, &owner, &json!({"name": "New Owner", "email": "owner@example.com"})).await.ok();
    let profile = probely(&sandbox, "/profile/").await.ok();
    assert_eq!([&profile["name"], &profile["email"]], [&json!("New Owner"), &json!("owner@example.com")]);
    assert_eq!(listed(&sandbox, "users", "search=new%20owner").await[0]["id"], owner["id"]);
    for record in listed(&sandbox, "users", "").await.iter().chain(&listed(&sandbox, "labels", "").await) {
        if record["changed_by"]["id"] == owner["id"] {
            assert_eq!(record["changed_by"]["name"], "New Owner");
        }
    }
}

#[tokio::test]
async fn whom_there_is_not_nobody_changes() {
    let sandbox = start(SandboxOptions::new()).await;
    let api_user = listed(&sandbox, "api-users", "").await[0].clone();
    for id in ["nobody", "-sandboxSys0", api_user["id"].as_str().unwrap()] {
        for method in ["PATCH", "PUT", "DELETE"] {
            let response =
                write_probely(&sandbox, method, &format!("/users/{id}/"), r#"{"title":"?"}"#).await;
            assert_eq!(
                (response.status, response.json()),
                (404, json!({"detail": "Not found."})),
                "{method} {id}"
            );
        }
    }
    for (path, allow) in [
        ("/users/", "GET, HEAD, POST"),
        ("/users/x/", "GET, HEAD, PUT, PATCH, DELETE"),
        ("/users/bulk/update/", "POST"),
        ("/profile/change_password/", "POST"),
        ("/profile/", "GET, HEAD"),
    ] {
        let method = if path == "/users/x/" { "POST" } else { "PUT" };
        let response = write_probely(&sandbox, method, path, "{}").await;
        assert_eq!((response.status, response.header("allow")), (405, Some(allow)), "{path}");
    }
    let response = write_probely(&sandbox, "POST", "/users", "{}").await;
    assert_eq!((response.status, response.header("location")), (301, Some("/users/")));
}

#[tokio::test]
async fn an_order_does_not_outlive_a_write() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let before = listed(&sandbox, "users", "ordering=-changed").await;
    for user in before.iter().rev().take(3) {
        sandbox.advance_clock(Duration::from_secs(1));
        patch(&sandbox, user, &json!({"title": "dev"})).await.ok();
        assert_eq!(listed(&sandbox, "users", "ordering=-changed").await[0]["id"], user["id"]);
    }
}
