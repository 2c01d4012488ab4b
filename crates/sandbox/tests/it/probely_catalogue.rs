use std::collections::HashSet;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{array, ids, probely, start};

async fn all(sandbox: &Sandbox, list: &str, query: &str) -> Vec<Value> {
    array(&probely(sandbox, &format!("/{list}/?length=1000&{query}")).await.ok()["results"])
}

#[tokio::test]
async fn api_users_are_a_list_of_their_own() {
    let sandbox = start(SandboxOptions::new().profiles(250)).await;
    let body = probely(&sandbox, "/api-users/").await.ok();
    assert_eq!(
        [&body["count"], &body["page_total"], &body["page"], &body["length"]],
        [&json!(25), &json!(3), &json!(1), &json!(10)]
    );
    let services = all(&sandbox, "api-users", "").await;
    for service in &services {
        assert_eq!(service["is_apiuser"], true);
        assert!(service["name"].is_string() && service["id"].as_str().unwrap().len() == 12);
        assert!(service.get("email").is_none() && service.get("title").is_none());
        let path = format!("/api-users/{}/", service["id"].as_str().unwrap());
        assert_eq!(probely(&sandbox, &path).await.ok(), *service);
        assert_eq!(probely(&sandbox, &path.replace("/api-users", "/users")).await.status, 404);
    }
    let people = all(&sandbox, "users", "").await;
    let distinct: HashSet<_> = ids(&services).into_iter().chain(ids(&people)).collect();
    assert_eq!((people.len(), distinct.len()), (225, 250));
    let person = format!("/api-users/{}/", people[3]["id"].as_str().unwrap());
    assert_eq!(probely(&sandbox, &person).await.json(), json!({"detail": "Not found."}));
}

#[tokio::test]
async fn a_tenth_of_the_profiles_are_api_users_and_the_rest_are_people() {
    let mut own = Vec::new();
    for (profiles, services, people) in
        [(0, 0, 0), (1, 0, 1), (9, 0, 9), (10, 1, 9), (20, 2, 18), (29, 2, 27)]
    {
        let sandbox = start(SandboxOptions::new().profiles(profiles)).await;
        assert_eq!(all(&sandbox, "api-users", "").await.len(), services, "{profiles}");
        let listed = all(&sandbox, "users", "").await;
        assert_eq!(listed.len(), people, "{profiles}");
        own.push(probely(&sandbox, "/profile/").await.ok());
        assert!(listed.first().is_none_or(|first| first["id"] == own[0]["id"]));
    }
    // The first user's assignments, even if no users are listed.
    assert!(own.iter().all(|profile| *profile == own[0]));
}

#[tokio::test]
async fn api_users_are_filtered_and_ordered_apart_from_users() {
    let sandbox = start(SandboxOptions::new().profiles(250)).await;
    let people = ids(&all(&sandbox, "users", "ordering=-changed").await);
    let services = all(&sandbox, "api-users", "ordering=-changed").await;
    assert_eq!((people.len(), services.len()), (225, 25));
    assert_eq!(ids(&all(&sandbox, "users", "ordering=-changed").await), people);
    let inactive = all(&sandbox, "api-users", "active=false&exclude=name").await;
    assert!(
        !inactive.is_empty()
            && inactive.iter().all(|one| one["active"] == false && one.get("name").is_none())
    );
    let named = all(&sandbox, "api-users", "search=jenkins").await;
    assert!(!named.is_empty() && named.len() < 25);
    assert_eq!(probely(&sandbox, "/api-users/?length=0").await.status, 400);
}

#[tokio::test]
async fn what_users_refer_to_is_in_the_lists() {
    let sandbox = start(SandboxOptions::new().profiles(120)).await;
    let users = [all(&sandbox, "users", "").await, all(&sandbox, "api-users", "").await].concat();
    let assigned: Vec<Value> =
        users.iter().filter_map(|user| user["user_roles"].as_array()).flatten().cloned().collect();
    let labels: Vec<Value> =
        users.iter().filter_map(|user| user["labels"].as_array()).flatten().cloned().collect();

    let listed = all(&sandbox, "labels", "").await;
    assert!(listed.len() == 4 && labels.iter().all(|label| listed.contains(label)));

    let roles = all(&sandbox, "roles", "").await;
    let (role_ids, team_ids) = (ids(&roles), ids(&all(&sandbox, "teams", "").await));
    assert!(roles.iter().any(|role| role["custom"] == true));
    assert!(roles.iter().any(|role| role.get("description").is_none()));
    assert!(roles.iter().any(|role| role["description"] == ""));
    for role in &assigned {
        assert!(role_ids.iter().any(|id| role["role"]["id"] == id.as_str()), "{role}");
        if let Some(team) = role["scope"].get("team") {
            assert!(team_ids.iter().any(|id| team["id"] == id.as_str()), "{team}");
        }
    }

    let listed = [all(&sandbox, "user-roles", "").await, all(&sandbox, "api-user-roles", "").await].concat();
    assert_eq!(ids(&listed), ids(&assigned));
    assert_eq!(ids(&listed).iter().collect::<HashSet<_>>().len(), listed.len());
    for (listed, carried) in listed.iter().zip(&assigned) {
        assert_eq!(listed["role"]["id"], carried["role"]["id"]);
        assert!(listed["role"]["custom"].is_boolean() && listed["role"]["permissions"].is_array());
        assert_eq!(listed["scope"]["tier"], carried["scope"]["tier"]);
        for place in ["team", "target"] {
            assert_eq!(listed["scope"][place]["id"], carried["scope"][place]["id"]);
        }
    }
}

#[tokio::test]
async fn the_lists_have_pages() {
    let sandbox = start(SandboxOptions::new().profiles(120)).await;
    let lists = ["roles", "permissions", "labels", "labels/users", "teams", "user-roles", "api-user-roles"];
    for list in lists {
        let whole = ids(&all(&sandbox, list, "").await);
        let mut seen = Vec::new();
        for page in 1.. {
            let body = probely(&sandbox, &format!("/{list}/?length=2&page={page}")).await.ok();
            assert_eq!((&body["count"], &body["length"]), (&json!(whole.len()), &json!(2)));
            seen.extend(ids(&array(&body["results"])));
            if body["page"] == body["page_total"] {
                break;
            }
        }
        assert_eq!(seen, whole, "{list}");
        assert_eq!(probely(&sandbox, &format!("/{list}/?page=900")).await.json()["detail"], "Invalid page.");
        assert!(probely(&sandbox, &format!("/{list}/?page=x")).await.json()["page"].is_array());
        assert_eq!(probely(&sandbox, &format!("/{list}")).await.status, 301);
    }
    let operations: HashSet<_> = sandbox.requests().iter().map(|request| request.operation).collect();
    for list in lists {
        let operation = format!("{}_list", list.replace(['-', '/'], "_"));
        assert!(operations.contains(operation.as_str()), "{operation}");
    }
}

#[tokio::test]
async fn roles_are_got_with_their_permissions() {
    let sandbox = start(SandboxOptions::new()).await;
    let permissions = all(&sandbox, "permissions", "").await;
    assert!(permissions.iter().any(|one| one.get("description").is_none()));
    for role in all(&sandbox, "roles", "").await {
        let path = format!("/roles/{}/", role["id"].as_str().unwrap());
        assert_eq!(probely(&sandbox, &path).await.ok(), role);
        let granted = ids(&array(&role["permissions"]));
        assert!(granted.iter().all(|id| ids(&permissions).contains(id)), "{role}");
    }
    assert_eq!(probely(&sandbox, "/roles/nobodysRole0/").await.status, 404);
}
