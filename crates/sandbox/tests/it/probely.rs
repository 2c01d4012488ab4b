use std::collections::HashSet;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{access_token, array, ids, probely, send, start, upsun};

async fn users(sandbox: &Sandbox, query: &str) -> Vec<Value> {
    array(&probely(sandbox, &format!("/users/?length=1000&{query}")).await.ok()["results"])
}

#[tokio::test]
async fn only_the_jwt_scheme_with_the_key_is_let_in() {
    let sandbox = start(SandboxOptions::new()).await;
    let url = format!("{}/users/", sandbox.description().probely.base_url);
    let key = &sandbox.description().probely.api_key;
    let missing = send("GET", &url, &[], "").await;
    assert_eq!(missing.json()["detail"], "Authentication credentials were not provided.");
    for value in
        [format!("Bearer {key}"), format!("JWT  {key}"), format!("jwt {key}"), key.clone(), "JWT x".into()]
    {
        let response = send("GET", &url, &[("Authorization", &value)], "").await;
        assert_eq!(response.status, 401, "{value}");
        assert_eq!(response.json()["detail"], "Incorrect authentication credentials.");
    }
    send("GET", &url, &[("Authorization", &format!("JWT {key}"))], "").await.ok();
}

#[tokio::test]
async fn the_profile_is_one_object_and_the_first_user() {
    let sandbox = start(SandboxOptions::new()).await;
    let profile = probely(&sandbox, "/profile/").await.ok();
    let first = &users(&sandbox, "").await[0];
    for (field, value) in first.as_object().unwrap() {
        assert_eq!(&profile[field], value, "{field}");
    }
    for field in ["intercom_user_id", "is_sso", "is_owner", "first_login"] {
        assert!(profile.get(field).is_some() && first.get(field).is_none(), "{field}");
    }
    assert_eq!(profile["intercom_user_id"], profile["id"]);
}

#[tokio::test]
async fn every_user_is_on_exactly_one_page_and_can_be_retrieved() {
    let sandbox = start(SandboxOptions::new().profiles(25)).await;
    let mut seen = Vec::new();
    for page in 1..=3 {
        let body = probely(&sandbox, &format!("/users/?page={page}")).await.ok();
        assert_eq!(
            [&body["count"], &body["page_total"], &body["page"], &body["length"]],
            [&json!(23), &json!(3), &json!(page), &json!(10)]
        );
        seen.extend(array(&body["results"]));
    }
    assert_eq!(ids(&seen).iter().collect::<HashSet<_>>().len(), 23);
    for user in &seen {
        assert_eq!(probely(&sandbox, &format!("/users/{}/", user["id"].as_str().unwrap())).await.ok(), *user);
    }
    let after = probely(&sandbox, "/users/?page=4").await;
    assert_eq!((after.status, &after.json()["detail"]), (404, &json!("Invalid page.")));
    for unknown in ["nobody", "-sandboxSys0"] {
        let response = probely(&sandbox, &format!("/users/{unknown}/")).await;
        assert_eq!((response.status, &response.json()["detail"]), (404, &json!("Not found.")));
    }
}

#[tokio::test]
async fn an_empty_list_has_one_page() {
    let sandbox = start(SandboxOptions::new().profiles(0)).await;
    let expected = json!({"count": 0, "page_total": 1, "page": 1, "length": 30, "results": []});
    assert_eq!(probely(&sandbox, "/users/?length=30").await.ok(), expected);
}

#[tokio::test]
async fn the_length_is_cut_to_the_limit_and_said() {
    let sandbox = start(SandboxOptions::new().profiles(30).probely_max_page_size(12)).await;
    let body = probely(&sandbox, "/users/?length=10000").await.ok();
    assert_eq!((&body["length"], &body["page_total"]), (&json!(12), &json!(3)));
    assert_eq!(array(&body["results"]).len(), 12);
}

#[tokio::test]
async fn a_missing_slash_is_redirected() {
    let sandbox = start(SandboxOptions::new()).await;
    let response = probely(&sandbox, "/users?page=2").await;
    assert_eq!((response.status, response.header("location")), (301, Some("/users/?page=2")));
    assert_eq!(probely(&sandbox, "/nonesuch").await.status, 404);
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let sandbox = start(SandboxOptions::new()).await;
    for (name, value) in [
        ("page", "0"),
        ("page", "x"),
        ("length", "0"),
        ("length", "x"),
        ("active", "maybe"),
        ("account", ""),
        ("mfa_enabled", "2"),
        ("no_access", "no"),
        ("ordering", "nonsense"),
        ("label_logical_operator", "xor"),
    ] {
        let response = probely(&sandbox, &format!("/users/?{name}={value}")).await;
        assert_eq!(response.status, 400, "{name}={value}");
        assert!(response.json()[name][0].is_string(), "{}", response.text);
    }
}

#[tokio::test]
async fn filters_take_the_users_they_name() {
    let sandbox = start(SandboxOptions::new().profiles(200)).await;
    let all = users(&sandbox, "").await;
    let inactive = users(&sandbox, "active=false").await;
    assert!(!inactive.is_empty() && inactive.iter().all(|user| user["active"] == false));
    assert_eq!(users(&sandbox, "active=true").await.len() + inactive.len(), all.len());
    assert_eq!(
        (users(&sandbox, "account=true").await.len(), users(&sandbox, "account=false").await.len()),
        (180, 0)
    );
    let without_mfa = users(&sandbox, "mfa_enabled=false").await;
    assert!(!without_mfa.is_empty() && without_mfa.iter().all(|user| user["mfa_enabled"] == false));
    let roles = |user: &Value| user["user_roles"].as_array().cloned().unwrap_or_default();
    let lonely = users(&sandbox, "no_access=true").await;
    assert_eq!(lonely, all.iter().filter(|user| roles(user).is_empty()).cloned().collect::<Vec<_>>());

    let any_role = |user: &Value, pointer: &str, id: &str| {
        roles(user).iter().any(|role| role.pointer(pointer) == Some(&json!(id)))
    };
    for (parameter, pointer, id) in [
        ("role", "/role/id", "-bxRoleGuest"),
        ("team", "/scope/team/id", "sbx_TeamRed0"),
        ("target", "/scope/target/id", "_bxTargetWeb"),
    ] {
        let found = users(&sandbox, &format!("{parameter}={id}")).await;
        let expected: Vec<Value> = all.iter().filter(|user| any_role(user, pointer, id)).cloned().collect();
        assert_eq!(found, expected, "{parameter}");
        assert!(!found.is_empty() && found.len() < all.len(), "{parameter}");
        if parameter != "role" {
            let others = users(&sandbox, &format!("exclude_{parameter}={id}")).await;
            assert_eq!(others.len() + found.len(), all.len());
        }
    }
}

#[tokio::test]
async fn labels_are_joined_by_or_unless_told_otherwise() {
    let sandbox = start(SandboxOptions::new().profiles(64)).await;
    let labels = |user: &Value| ids(&user["labels"].as_array().cloned().unwrap_or_default());
    let (a, b) = ("sbxLabelOnca".to_owned(), "-bxLabelVerw".to_owned());
    let query = format!("label={a}&label={b}");
    let any = users(&sandbox, &query).await;
    let both = users(&sandbox, &format!("{query}&label_logical_operator=and")).await;
    assert!(any.iter().all(|user| labels(user).contains(&a) || labels(user).contains(&b)));
    assert!(both.iter().all(|user| labels(user).contains(&a) && labels(user).contains(&b)));
    assert!(any.len() > both.len() && !both.is_empty());
}

#[tokio::test]
async fn search_finds_names_and_addresses_and_counts_across_pages() {
    let sandbox = start(SandboxOptions::new().profiles(100)).await;
    let user = users(&sandbox, "").await[7].clone();
    let email = user["email"].as_str().unwrap().to_uppercase();
    assert_eq!(users(&sandbox, &format!("search={email}")).await, [user]);
    let page = probely(&sandbox, "/users/?search=example.org&length=5&page=2").await.ok();
    assert_eq!(array(&page["results"]).len(), 5);
    assert_eq!(page["count"], users(&sandbox, "search=example.org").await.len());
    let none = probely(&sandbox, "/users/?search=nobody-at-all").await.ok();
    assert_eq!((&none["count"], &none["page_total"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn every_ordering_sorts_and_its_minus_turns_it_round() {
    let sandbox = start(SandboxOptions::new().profiles(50)).await;
    for field in ["id", "name", "email", "changed", "last_login"] {
        let up = users(&sandbox, &format!("ordering={field}")).await;
        let down = users(&sandbox, &format!("ordering=-{field}")).await;
        let values = |users: &[Value]| -> Vec<String> {
            // Seven digits without a zone sort like six with one when cut.
            let comparable = |text: &str| match field {
                "changed" => text[..26].to_owned(),
                "id" => text.to_owned(),
                _ => text.to_lowercase(),
            };
            users.iter().filter_map(|user| user[field].as_str()).map(comparable).collect()
        };
        assert!(values(&up).is_sorted(), "{field}: {:?}", values(&up));
        assert!(values(&down).iter().rev().is_sorted(), "{field}");
        assert_eq!((up.len(), down.len()), (45, 45));
        if field == "last_login" {
            assert!(up[44][field].is_null() && down[0][field].is_null());
        }
        let mut paged = Vec::new();
        for page in 1..=5 {
            paged.extend(array(
                &probely(&sandbox, &format!("/users/?ordering={field}&page={page}")).await.ok()["results"],
            ));
        }
        assert_eq!(paged, up);
    }
}

#[tokio::test]
async fn excluded_fields_are_left_out() {
    let sandbox = start(SandboxOptions::new()).await;
    for user in users(&sandbox, "exclude=changed_by&exclude=email&exclude=nonsense").await {
        assert!(user.get("changed_by").is_none() && user.get("email").is_none() && user.get("id").is_some());
    }
}

#[tokio::test]
async fn the_users_among_the_first_twenty_profiles_show_every_variation() {
    let sandbox = start(SandboxOptions::new()).await;
    let users = users(&sandbox, "").await;
    assert_eq!(users.len(), 18);
    let some = |test: &dyn Fn(&Value) -> bool| users.iter().any(test);
    assert!(some(&|user| ["active", "labels", "user_roles", "mfa_enabled"]
        .iter()
        .all(|field| user.get(field).is_none())));
    assert!(some(&|user| user["user_roles"].as_array().is_some_and(|roles| !roles.is_empty())));
    assert!(some(&|user| user["user_roles"] == json!([])));
    assert!(some(&|user| user["user_roles"].is_string()));
    assert!(some(&|user| user.get("user_roles").is_some_and(Value::is_null)));
    assert!(some(&|user| user["user_roles"][0]["scope"]["tier"] == "domain"));
    assert!(some(&|user| user["title"] == "") && some(&|user| user["title"] == "ciso"));
    assert!(some(&|user| user["changed_by"]["email"] == ""));
    assert!(some(&|user| user["changed_by"].get("email").is_some_and(Value::is_null)));
    assert!(some(&|user| user["changed_by"].get("email").is_none()));
    assert!(some(&|user| user["changed_by"]["id"].as_str().unwrap().starts_with('-')));
    assert!(some(&|user| user["last_login"].is_null()));
    assert!(some(&|user| user["active"] == false) && some(&|user| user["is_apiuser"] == true));
    assert!(some(&|user| user["mfa_enabled"] == false));
    assert!(some(&|user| user.get("labels").is_some() && user.get("mfa_enabled").is_none()));
    assert!(some(&|user| user["changed"].as_str().unwrap().len() == "2023-08-09T13:27:43.8208302".len()
        && !user["changed"].as_str().unwrap().ends_with('Z')));
    assert!(some(&|user| user["changed"].as_str().unwrap().len() == "2022-05-16T11:50:53.914329Z".len()
        && user["changed"].as_str().unwrap().ends_with('Z')));
    assert!(some(&|user| user["id"].as_str().unwrap().starts_with(['-', '_'])));
    let id_fits =
        |id: &str| id.len() == 12 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    assert!(ids(&users).iter().all(|id| id_fits(id)));
}

#[tokio::test]
async fn two_of_three_people_have_the_same_address_at_upsun() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let profiles = array(&upsun(&sandbox, &token, "/profiles").await.ok()["profiles"]);
    let users = users(&sandbox, "").await;
    let known = |record: &Value| record["email"].as_str().is_some_and(|email| !email.is_empty());
    for (index, (profile, user)) in profiles.iter().zip(&users).enumerate() {
        if known(profile) && known(user) {
            assert_eq!(profile["email"] == user["email"], index % 3 != 2, "{index}");
        }
    }
}
