use std::collections::HashSet;

use anyprofile_sandbox::SandboxOptions;
use serde_json::json;

use crate::support::{
    ids, probely,
    probely_users::{created, listed, patch, path_of, post},
    send, start, write_probely,
};

#[tokio::test]
async fn bodies_may_be_forms_too() {
    let sandbox = start(SandboxOptions::new()).await;
    let url = format!("{}/users/", sandbox.description().probely.base_url);
    let key = format!("JWT {}", sandbox.description().probely.api_key);
    let send_as = |kind: &'static str, path: &str, body: &'static str| {
        let (url, key) = (format!("{url}{path}"), key.clone());
        async move { send("POST", &url, &[("authorization", &key), ("content-type", kind)], body).await }
    };
    let form = "application/x-www-form-urlencoded";
    let user = created(&send_as(form, "", "email=f%40example.com&name=F+%C3%BC&active=False").await);
    assert_eq!([&user["name"], &user["active"]], [&json!("F ü"), &json!(false)]);
    let parts = "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nm@example.com\r\n--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nM\r\n--x--";
    let other = created(&send_as("multipart/form-data; boundary=x", "", parts).await);
    assert_eq!(other["email"], "m@example.com");
    let bulk =
        format!("ids={}&ids={}&title=ceo", user["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    let response = send(
        "POST",
        &format!("{url}bulk/update/"),
        &[("authorization", &key), ("content-type", form)],
        &bulk,
    )
    .await
    .ok();
    assert_eq!(response["ids"], json!([user["id"], other["id"]]));
    assert_eq!(probely(&sandbox, &path_of(&user)).await.ok()["title"], "ceo");
    for (kind, body, status) in
        [("text/plain", "x", 415), ("multipart/form-data; boundary=x", "--x\r\n", 400)]
    {
        let response = send_as(kind, "", body).await;
        assert_eq!((response.status, response.json()["detail"].is_string()), (status, true), "{kind}");
    }
}

#[tokio::test]
async fn a_bulk_update_changes_all_or_none() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = listed(&sandbox, "users", "").await;
    let some = ids(&all[2..5]);
    let body =
        json!({"ids": some, "title": "cto", "active": false, "labels": [{"name": "bulk"}], "email": "x"});
    let response = post(&sandbox, "/users/bulk/update/", &body).await.ok();
    assert_eq!(response, json!({"ids": some}));
    let changed = listed(&sandbox, "users", "active=false&search=&ordering=id").await;
    for id in &some {
        let user = probely(&sandbox, &format!("/users/{id}/")).await.ok();
        assert_eq!(
            [&user["title"], &user["active"], &user["labels"][0]["name"]],
            [&json!("cto"), &json!(false), &json!("bulk")]
        );
        assert!(changed.contains(&user));
    }
    let before = listed(&sandbox, "users", "").await;
    let wrong = json!([some[0], "nobody"]);
    for (body, field) in [
        (json!({"title": "dev"}), "ids"),
        (json!({"ids": [], "title": "dev"}), "ids"),
        (json!({"ids": wrong, "title": "dev"}), "ids"),
        (json!({"ids": [1], "title": "dev"}), "ids"),
        (json!({"ids": null, "title": "dev"}), "ids"),
        (json!({"ids": some, "title": "astronaut"}), "title"),
        (json!({"ids": some, "name": ""}), "name"),
    ] {
        let response = post(&sandbox, "/users/bulk/update/", &body).await;
        assert_eq!((response.status, response.json()[field][0].is_string()), (400, true), "{body}");
    }
    assert_eq!(listed(&sandbox, "users", "").await, before);
}

#[tokio::test]
async fn api_users_are_created_changed_and_deactivated_too() {
    let sandbox = start(SandboxOptions::new().profiles(50)).await;
    let people = listed(&sandbox, "users", "").await;
    let body = json!({"name": "Робот", "labels": [{"name": "ci"}], "email": "x@example.com", "title": "ceo",
        "user_roles": [{"role": {"id": "sbxRoleAdmin"}, "scope": {"tier": "account"}}]});
    let first = created(&post(&sandbox, "/api-users/", &body).await);
    let second = created(&post(&sandbox, "/api-users/", &body).await);
    assert_ne!(first["id"], second["id"]);
    assert!(first.get("email").is_none() && first.get("title").is_none() && first["is_apiuser"] == true);
    let path = format!("/api-users/{}/", first["id"].as_str().unwrap());
    let patched = write_probely(&sandbox, "PATCH", &path, r#"{"name":"P","title":"cto"}"#).await.ok();
    assert_eq!(patched["name"], "P");
    assert_eq!(
        write_probely(&sandbox, "PUT", &path, "{}").await.json(),
        json!({"name": ["This field is required."]})
    );
    write_probely(&sandbox, "PUT", &path, r#"{"name":"Q"}"#).await.ok();
    assert_eq!(write_probely(&sandbox, "DELETE", &path, "").await.status, 204);
    let gone = probely(&sandbox, &path).await.ok();
    assert_eq!((&gone["name"], &gone["active"]), (&json!("Q"), &json!(false)));
    let bulk = json!({"ids": [first["id"], second["id"]], "name": "B"});
    post(&sandbox, "/api-users/bulk/update/", &bulk).await.ok();
    let services = listed(&sandbox, "api-users", "").await;
    assert_eq!((services.len(), services.iter().filter(|one| one["name"] == "B").count()), (7, 2));
    assert_eq!(probely(&sandbox, "/api-users/").await.ok()["count"], 7);
    let assignments = ids(&listed(&sandbox, "api-user-roles", "").await);
    assert!(assignments.contains(&second["user_roles"][0]["id"].as_str().unwrap().to_owned()));
    assert_eq!(assignments.iter().collect::<HashSet<_>>().len(), assignments.len());
    assert_eq!(listed(&sandbox, "users", "").await, people);
    assert_eq!(probely(&sandbox, &path.replace("/api-users", "/users")).await.status, 404);
}

#[tokio::test]
async fn api_users_are_as_strict_as_users_about_titles_and_permissions() {
    let sandbox = start(SandboxOptions::new().profiles(50)).await;
    let user = created(&post(&sandbox, "/api-users/", &json!({"name": "Бот"})).await);
    let path = format!("/api-users/{}/", user["id"].as_str().unwrap());
    let before = listed(&sandbox, "api-users", "").await;
    let bulk = json!({"ids": [user["id"]], "title": "AAA"});
    assert_eq!(post(&sandbox, "/api-users/bulk/update/", &bulk).await.status, 400);
    for (field, wrong) in [
        ("title", json!("AAA")),
        ("title", json!(1)),
        ("title", json!(null)),
        ("permissions", json!("start_scan")),
        ("permissions", json!({"id": "start_scan"})),
        ("permissions", json!([0])),
        ("permissions", json!([{}])),
        ("permissions", json!([{"id": 1}])),
        ("permissions", json!([""])),
        ("permissions", json!(null)),
    ] {
        let body = json!({"name": "X", field: wrong}).to_string();
        for (method, path) in [("POST", "/api-users/"), ("PUT", &path)] {
            let response = write_probely(&sandbox, method, path, &body).await;
            assert_eq!(response.status, 400, "{method} {body}");
            assert!(response.json()[field][0].is_string(), "{method} {body}");
        }
    }
    assert_eq!(write_probely(&sandbox, "PATCH", &path, r#"{"title":"AAA"}"#).await.status, 400);
    assert_eq!(listed(&sandbox, "api-users", "").await, before);
    for permissions in [json!([]), json!(["start_scan"]), json!([{"id": "start_scan"}])] {
        let body = json!({"name": "X", "title": "", "permissions": permissions}).to_string();
        let changed = write_probely(&sandbox, "PUT", &path, &body).await.ok();
        assert!(changed.get("title").is_none() && changed.get("permissions").is_none(), "{changed}");
        created(&write_probely(&sandbox, "POST", "/api-users/", &body).await);
    }
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it() {
    let sandbox = start(SandboxOptions::new()).await;
    let change = |current: &str, new: &str, again: &str| json!({"current_password": current, "password": new, "confpassword": again});
    let path = "/profile/change_password/";
    assert!(
        post(&sandbox, path, &change("whatever", "first-password", "first-password")).await.ok()["message"]
            .is_string()
    );
    for (body, field) in [
        (json!({}), "current_password"),
        (change("first-password", "short", "short"), "password"),
        (change("", "second-password", "second-password"), "current_password"),
        (json!({"current_password": "first-password", "password": "second-password"}), "confpassword"),
        (
            json!({"current_password": 1, "password": "second-password", "confpassword": "x"}),
            "current_password",
        ),
    ] {
        let response = post(&sandbox, path, &body).await;
        assert_eq!((response.status, response.json()[field][0].is_string()), (400, true), "{body}");
    }
    for body in [
        change("first-password", "second-password", "other-password"),
        change("whatever", "second-password", "second-password"),
    ] {
        let response = post(&sandbox, path, &body).await;
        assert_eq!((response.status, response.json()["error"].is_string()), (400, true));
    }
    post(&sandbox, path, &change("first-password", "second-password", "second-password")).await.ok();
    // A new address resets the password.
    let owner = probely(&sandbox, "/profile/").await.ok();
    patch(&sandbox, &owner, &json!({"email": "owner@example.com"})).await.ok();
    post(&sandbox, path, &change("sent-by-mail", "third-password", "third-password")).await.ok();
    let log = format!("{:?}", sandbox.requests());
    assert!(
        !log.contains("-password\"") && !log.contains("whatever") && log.contains("current_password"),
        "{log}"
    );
}
