use std::collections::HashSet;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{array, ids, probely, scim, scim_path, scim_with, send, shows_every_state, start};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn users(sandbox: &Sandbox, query: &str) -> Vec<Value> {
    array(&scim(sandbox, "GET", &format!("/Users?{query}"), "").await.ok()["Resources"])
}

#[tokio::test]
async fn only_a_bearer_with_the_token_is_let_in() {
    let sandbox = start(SandboxOptions::new()).await;
    let url = format!("{}/Users", sandbox.description().scim.base_url);
    let token = &sandbox.description().scim.token;
    for headers in [vec![], vec![("authorization", "Bearer x")], vec![("authorization", token.as_str())]] {
        let response = send("GET", &url, &headers, "").await;
        assert_eq!(response.status, 401);
        assert!(response.header("www-authenticate").is_some_and(|it| it.starts_with("Bearer")));
        assert_eq!(response.header("content-type"), Some("application/scim+json"));
        let error = response.json();
        assert_eq!(error["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
        assert_eq!((&error["status"], error["detail"].is_string()), (&json!("401"), true));
    }
    send("GET", &url, &[("authorization", &format!("bearer {token}"))], "").await.ok();
    assert_eq!(scim(&sandbox, "GET", "/Nothing", "").await.json()["status"], "404");
    let wrong = scim(&sandbox, "PATCH", "/Users", "{}").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("GET, HEAD, POST")));
}

#[tokio::test]
async fn every_user_is_on_exactly_one_page_and_can_be_read() {
    let sandbox = start(SandboxOptions::new().profiles(25)).await;
    let mut seen = Vec::new();
    for start in [1, 11, 21] {
        let page = scim(&sandbox, "GET", &format!("/Users?startIndex={start}&count=10"), "").await.ok();
        assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(25), &json!(start)));
        let records = array(&page["Resources"]);
        assert_eq!(page["itemsPerPage"], records.len());
        seen.extend(records);
    }
    assert_eq!(ids(&seen).iter().collect::<HashSet<_>>().len(), 25);
    for user in &seen {
        let response = scim(&sandbox, "GET", &scim_path(&sandbox, user), "").await;
        assert_eq!(response.ok(), *user);
        assert_eq!(response.header("etag"), user["meta"]["version"].as_str());
    }
    let behind = scim(&sandbox, "GET", "/Users?startIndex=26", "").await.ok();
    assert_eq!((&behind["totalResults"], &behind["Resources"]), (&json!(25), &json!([])));
    assert_eq!(scim(&sandbox, "GET", "/Users/nobody", "").await.json()["status"], "404");
}

#[tokio::test]
async fn numbers_of_a_page_are_read_as_the_standard_says() {
    let sandbox = start(SandboxOptions::new().profiles(130)).await;
    for (query, first, count) in [
        ("", 1, 100),
        ("count=1000", 1, 100),
        ("startIndex=0&count=3", 1, 3),
        ("startIndex=-7&count=3", 1, 3),
        ("startIndex=129", 129, 2),
        ("count=0", 1, 0),
        ("count=-1", 1, 0),
    ] {
        let page = scim(&sandbox, "GET", &format!("/Users?{query}"), "").await.ok();
        let numbers = [&page["totalResults"], &page["startIndex"], &page["itemsPerPage"]];
        assert_eq!(numbers, [&json!(130), &json!(first), &json!(count)], "{query}");
    }
    for query in
        ["count=ten", "startIndex=x", "sortOrder=up", "sortBy=nobody", "attributes=id&excludedAttributes=id"]
    {
        let response = scim(&sandbox, "GET", &format!("/Users?{query}"), "").await;
        assert_eq!((response.status, &response.json()["scimType"]), (400, &json!("invalidValue")), "{query}");
    }
}

#[tokio::test]
async fn the_first_twenty_users_vary_what_servers_vary() {
    let sandbox = start(SandboxOptions::new().profiles(20)).await;
    let all = users(&sandbox, "").await;
    assert_eq!(shows_every_state(&all, "displayName"), [true; 4]);
    let has = |test: &dyn Fn(&Value) -> bool| all.iter().any(test);
    assert!(
        has(&|it| it["active"] == "False")
            && has(&|it| it["active"] == false)
            && has(&|it| it["active"] == true)
    );
    assert!(has(&|it| it.get("active").is_none()) && has(&|it| it.get("schemas").is_none()));
    for sign in ['/', '@', ' '] {
        assert!(has(&|it| it["id"].as_str().is_some_and(|id| id.contains(sign))), "{sign}");
    }
    assert!(has(&|it| it.get("emails").is_none()) && has(&|it| it["emails"] == json!([])));
    assert!(has(&|it| it.get("emails").is_some_and(Value::is_null)));
    let none_primary = |it: &Value| {
        it["emails"][1].is_object() && array(&it["emails"]).iter().all(|it| it["primary"] != true)
    };
    assert!(has(&none_primary) && has(&|it| it["emails"][0]["type"] == "sideline"));
    assert!(has(&|it| it[ENTERPRISE]["manager"]["value"].is_string()));
    assert!(
        has(&|it| it["groups"][0]["type"] == "direct") && has(&|it| it["groups"][1]["type"] == "indirect")
    );
    assert!(has(&|it| it.get("groups").is_none()) && has(&|it| it["groups"] == json!([])));
    for name in ["userType", "roles", "entitlements", "phoneNumbers", "photos", "addresses", "favouriteTea"] {
        assert!(has(&|it| it.get(name).is_some()), "{name}");
    }
    assert!(has(&|it| it.as_object().unwrap().keys().any(|key| key.starts_with("urn:example:"))));
    let digits: HashSet<_> = all.iter().map(|it| it["meta"]["created"].as_str().unwrap().len()).collect();
    assert!(digits.len() > 3, "{digits:?}");
    let inactive =
        array(&scim(&sandbox, "GET", "/Users?filter=active+eq+false", "").await.ok()["Resources"]).len();
    assert_eq!(inactive, 3);
}

#[tokio::test]
async fn records_depend_on_the_seed_and_a_person_is_the_same_at_other_services() {
    let (one, same) =
        (start(SandboxOptions::new().seed(3)).await, start(SandboxOptions::new().seed(3).profiles(50)).await);
    let query = "count=20&excludedAttributes=meta.location,groups,meta.version";
    assert_eq!(users(&one, query).await, users(&same, query).await);
    let first = &users(&one, "count=1").await[0];
    let probely = probely(&one, "/users/?length=1").await.ok();
    assert_eq!(first["displayName"], probely["results"][0]["name"]);
}

#[tokio::test]
async fn me_is_the_first_user() {
    let sandbox = start(SandboxOptions::new()).await;
    let first = users(&sandbox, "count=1").await.remove(0);
    let response = scim(&sandbox, "GET", "/Me", "").await;
    assert_eq!(response.ok(), first);
    assert_eq!(response.header("content-location"), first["meta"]["location"].as_str());
}

#[tokio::test]
async fn a_known_version_is_not_sent_again() {
    let sandbox = start(SandboxOptions::new()).await;
    let user = users(&sandbox, "count=1").await.remove(0);
    let (path, version) = (scim_path(&sandbox, &user), user["meta"]["version"].as_str().unwrap());
    assert!(version.starts_with("W/\""));
    for (known, status) in [(version, 304), (&version[2..], 304), ("*", 304), ("W/\"x\"", 200)] {
        let response = scim_with(&sandbox, &[("if-none-match", known)], ["GET", &path, ""]).await;
        assert_eq!((response.status, response.text.is_empty()), (status, status == 304), "{known}");
        assert_eq!(response.header("etag"), Some(version));
    }
}

#[tokio::test]
async fn what_the_service_says_of_itself_is_so() {
    let sandbox = start(SandboxOptions::new()).await;
    let config = scim(&sandbox, "GET", "/ServiceProviderConfig", "").await.ok();
    for (feature, is_supported) in [
        ("patch", true),
        ("filter", true),
        ("sort", true),
        ("etag", true),
        ("bulk", false),
        ("changePassword", false),
    ] {
        assert_eq!(config[feature]["supported"], is_supported, "{feature}");
    }
    assert_eq!(config["filter"]["maxResults"], 100);
    assert_eq!(
        (&config["pagination"]["cursor"], &config["pagination"]["index"]),
        (&json!(false), &json!(true))
    );
    for list in ["/Schemas", "/ResourceTypes"] {
        for one in array(&scim(&sandbox, "GET", list, "").await.ok()["Resources"]) {
            let path = format!("{list}/{}", one["id"].as_str().unwrap());
            assert_eq!(scim(&sandbox, "GET", &path, "").await.ok(), one);
        }
        assert_eq!(scim(&sandbox, "GET", &format!("{list}/x"), "").await.status, 404);
    }
}

#[tokio::test]
async fn the_schemas_name_every_attribute_but_the_unknown_ones() {
    let sandbox = start(SandboxOptions::new().profiles(80)).await;
    let schemas = array(&scim(&sandbox, "GET", "/Schemas", "").await.ok()["Resources"]);
    let names = |id: &str| -> HashSet<String> {
        let schema = schemas.iter().find(|schema| schema["id"] == id).unwrap();
        array(&schema["attributes"]).iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut known = names("urn:ietf:params:scim:schemas:core:2.0:User");
    known.extend(["id", "externalId", "meta", "schemas", ENTERPRISE].map(str::to_owned));
    let mut unknown: HashSet<String> = HashSet::new();
    let mut of_employee: HashSet<String> = HashSet::new();
    for user in users(&sandbox, "").await {
        unknown.extend(user.as_object().unwrap().keys().filter(|key| !known.contains(*key)).cloned());
        of_employee.extend(user[ENTERPRISE].as_object().into_iter().flat_map(|it| it.keys().cloned()));
    }
    assert!(
        unknown.iter().all(|name| name == "favouriteTea" || name.starts_with("urn:example:")),
        "{unknown:?}"
    );
    assert_eq!(of_employee, names(ENTERPRISE));
}

#[tokio::test]
async fn only_the_attributes_that_are_asked_for_are_sent() {
    let sandbox = start(SandboxOptions::new()).await;
    let keys = |user: &Value| user.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let some = &users(&sandbox, "attributes=USERNAME,meta.created&count=1").await[0];
    assert_eq!(keys(some), ["id", "meta", "schemas", "userName"]);
    assert_eq!(keys(&some["meta"]), ["created"]);
    let rest = &users(&sandbox, "excludedAttributes=emails,name,id&count=1").await[0];
    assert!(rest.get("emails").is_none() && rest.get("name").is_none() && rest["id"].is_string());
    let path = format!("{}?attributes=title", scim_path(&sandbox, &users(&sandbox, "count=1").await[0]));
    assert_eq!(keys(&scim(&sandbox, "GET", &path, "").await.ok()), ["id", "schemas", "title"]);
}
