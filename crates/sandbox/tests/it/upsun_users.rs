use std::collections::HashSet;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, ids, send, shows_every_state, start, upsun};

async fn profiles(sandbox: &Sandbox, token: &str) -> Vec<Value> {
    array(&upsun(sandbox, token, "/profiles?range=100").await.ok()["profiles"])
}

async fn post(sandbox: &Sandbox, path: &str) -> Response {
    let url = format!("{}{path}", sandbox.description().upsun.base_url);
    let authorization = format!("Bearer {}", access_token(sandbox).await);
    send("POST", &url, &[("Authorization", &authorization)], "").await
}

#[tokio::test]
async fn a_user_is_the_same_person_as_the_profile() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let mut users = Vec::new();
    for profile in profiles(&sandbox, &token).await {
        let user = upsun(&sandbox, &token, &format!("/users/{}", profile["id"].as_str().unwrap())).await.ok();
        assert_eq!((&user["id"], &user["username"]), (&profile["id"], &profile["username"]));
        if let Some(email) = profile["email"].as_str() {
            assert_eq!(user["email"], email);
        }
        users.push(user);
    }
    assert_eq!(users[0], upsun(&sandbox, &token, "/users/me").await.ok());
    for (field, states) in [
        ("email", [true, false, false, true]),
        ("first_name", [true, false, true, true]),
        ("last_name", [true, false, true, true]),
        ("company", [true; 4]),
        ("website", [true; 4]),
        ("country", [true, false, true, true]),
        ("consented_at", [true, true, true, false]),
        ("consent_method", [true, false, true, true]),
        ("mfa_enabled", [true, true, true, false]),
        ("sso_enabled", [true, false, true, false]),
    ] {
        assert_eq!(shows_every_state(&users, field), states, "{field}");
    }
    assert!(users.iter().any(|user| user["deactivated"] == true));
    assert!(users.iter().any(|user| user["created_at"] == "0001-01-01T00:00:00Z"));
    for flag in [true, false] {
        assert!(users.iter().any(|user| user["mfa_enabled"] == flag));
    }
}

#[tokio::test]
async fn users_are_looked_up_by_email_and_username() {
    let sandbox = start(SandboxOptions::new().profiles(1_000_000)).await;
    let token = access_token(&sandbox).await;
    let profile = upsun(&sandbox, &token, "/profiles?range=1&page=777778").await.ok()["profiles"][0].clone();
    let (email, username) = (profile["email"].as_str().unwrap(), profile["username"].as_str().unwrap());
    let at = email.replace('@', "%40");
    for path in [
        format!("email={email}"),
        format!("email={at}"),
        format!("email%3D{at}"),
        format!("email={}", email.to_uppercase()),
        format!("username={username}"),
        format!("username%3d{username}"),
    ] {
        assert_eq!(
            upsun(&sandbox, &token, &format!("/users/{path}")).await.ok()["id"],
            profile["id"],
            "{path}"
        );
    }
    for path in [
        format!("username={}", username.to_uppercase()),
        format!("username={username}x"),
        format!("email={email}x"),
        "email=nobody%40example.com".to_owned(),
        "email=".to_owned(),
        "username=".to_owned(),
        "d81c8ee2-44b3-429f-b944-a33ad7437690".to_owned(),
        "nobody".to_owned(),
    ] {
        let response = upsun(&sandbox, &token, &format!("/users/{path}")).await;
        assert_eq!((response.status, response.text.as_str()), (404, ""), "{path}");
    }
    let operations: HashSet<_> = sandbox.requests().iter().map(|request| request.operation).collect();
    for operation in ["get-user-by-email-address", "get-user-by-username", "get-user"] {
        assert!(operations.contains(operation), "{operation}");
    }
}

#[tokio::test]
async fn a_user_without_an_address_is_not_found_by_the_one_they_might_have() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let nobody = &profiles(&sandbox, &token).await[6];
    let username = nobody["username"].as_str().unwrap();
    assert_eq!(nobody["email"], "");
    let local = username.replacen('-', ".", 1);
    let (name, index) = local.rsplit_once('-').unwrap();
    for domain in ["com", "org", "net"] {
        let path = format!("/users/email={name}.{index}@example.{domain}");
        assert_eq!(upsun(&sandbox, &token, &path).await.status, 404);
    }
}

#[tokio::test]
async fn a_profile_s_address_has_metadata_and_an_organization_s_has_none() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let mut addresses = Vec::new();
    for profile in profiles(&sandbox, &token).await {
        let path = format!("/profiles/{}/address", profile["id"].as_str().unwrap());
        let response = upsun(&sandbox, &token, &path).await;
        assert_eq!(response.header("content-type"), Some("application/hal+json; charset=utf-8"));
        addresses.push(response.ok());
    }
    for field in ["country", "name_line", "premise", "sub_premise", "administrative_area", "postal_code"] {
        assert_eq!(shows_every_state(&addresses, field), [true; 4], "{field}");
    }
    let metadata: Vec<Value> = addresses.iter().filter_map(|one| one.get("metadata").cloned()).collect();
    assert!(metadata.len() < addresses.len());
    assert!(metadata.iter().any(|one| one["field_labels"] == json!([])));
    assert!(metadata.iter().any(|one| one["field_labels"]["postal_code"].is_string()));
    assert!(metadata.iter().all(|one| one["required_fields"].is_array() && one["show_vat"].is_boolean()));
    let unknown = upsun(&sandbox, &token, "/profiles/nobody/address").await;
    assert_eq!((unknown.status, &unknown.json()["status"]), (404, &json!(404)));

    let address = upsun(&sandbox, &token, "/organizations/name=acme/address").await.ok();
    assert!(address["locality"].is_string() && address.get("metadata").is_none());
    for id in &sandbox.description().upsun.organizations {
        upsun(&sandbox, &token, &format!("/organizations/{id}/address")).await.ok();
    }
    for name in ["cedar", "dune", "nonesuch"] {
        let of_profile = upsun(&sandbox, &token, &format!("/organizations/name={name}/profile")).await;
        let of_address = upsun(&sandbox, &token, &format!("/organizations/name={name}/address")).await;
        assert_eq!((of_address.status, of_address.text), (of_profile.status, of_profile.text));
    }
}

#[tokio::test]
async fn the_older_current_user_has_other_names_for_the_same() {
    for seed in 1..=6 {
        let sandbox = start(SandboxOptions::new().seed(seed)).await;
        let token = access_token(&sandbox).await;
        let user = upsun(&sandbox, &token, "/users/me").await.ok();
        let me = upsun(&sandbox, &token, "/me").await.ok();
        assert_eq!([&me["id"], &me["uuid"], &me["mail"]], [&user["id"], &user["id"], &user["email"]]);
        assert_eq!((&me["username"], &me["status"]), (&user["username"], &json!(1)));
        assert!(me.get("email").is_none());
        assert_eq!(me["tickets"].is_array(), seed % 2 == 1);
        assert_eq!(me.get("_links").is_some(), seed % 3 != 0);
    }
}

#[tokio::test]
async fn every_published_state_of_the_verification_is_some_seed_s() {
    let mut seen = Vec::new();
    for seed in 0..5 {
        let sandbox = start(SandboxOptions::new().seed(seed)).await;
        let body = post(&sandbox, "/me/verification?force_refresh=1").await.ok();
        let phone = post(&sandbox, "/me/phone?force_refresh=1").await.ok();
        assert_eq!(phone["verify_phone"] == true, body["type"] == "phone");
        assert_eq!(post(&sandbox, "/me/verification").await.ok(), body);
        seen.push(body);
        let get = upsun(&sandbox, &access_token(&sandbox).await, "/me/phone").await;
        assert_eq!((get.status, get.header("allow")), (405, Some("POST")));
    }
    for (state, kind) in [
        (true, json!("ticket")),
        (true, json!("phone")),
        (true, json!("credit-card")),
        (false, json!(null)),
        (false, json!("")),
    ] {
        assert!(seen.contains(&json!({"state": state, "type": kind})), "{kind}");
    }
}

#[tokio::test]
async fn connections_and_api_tokens_are_bare_arrays() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let people = ids(&profiles(&sandbox, &token).await);
    let connections =
        array(&upsun(&sandbox, &token, &format!("/users/{}/connections", people[0])).await.ok());
    assert_eq!(connections.len(), 3);
    let one = upsun(&sandbox, &token, &format!("/users/{}/connections/github", people[0])).await.ok();
    assert_eq!(one, connections[1]);
    assert_eq!(upsun(&sandbox, &token, &format!("/users/{}/connections", people[4])).await.ok(), json!([]));

    let tokens = array(&upsun(&sandbox, &token, &format!("/users/{}/api-tokens", people[0])).await.ok());
    assert_eq!(tokens.len(), 3);
    assert!(tokens.iter().all(|one| one.get("token").is_none() && one["mfa_on_creation"].is_boolean()));
    assert!(tokens[1]["last_used_at"].is_null() && tokens[2].get("last_used_at").is_none());
    let path = format!("/users/{}/api-tokens/{}", people[0], tokens[2]["id"].as_str().unwrap());
    assert_eq!(upsun(&sandbox, &token, &path).await.ok(), tokens[2]);
    for path in [
        format!("/users/{}/api-tokens", people[1]),
        "/users/nobody/api-tokens".to_owned(),
        "/users/nobody/connections".to_owned(),
        "/users/nobody/extended-access".to_owned(),
    ] {
        let response = upsun(&sandbox, &token, &path).await;
        assert!(response.status == 403 && response.json()["error"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn a_token_without_a_user_has_nothing_of_its_own() {
    let sandbox = start(SandboxOptions::new().upsun_token_without_user(true)).await;
    let token = access_token(&sandbox).await;
    let first = &ids(&profiles(&sandbox, &token).await)[0];
    assert_eq!(upsun(&sandbox, &token, "/me").await.status, 403);
    assert_eq!(upsun(&sandbox, &token, &format!("/users/{first}/api-tokens")).await.status, 403);
    for path in ["/me/phone", "/me/verification"] {
        assert_eq!(post(&sandbox, path).await.status, 403);
    }
    upsun(&sandbox, &token, &format!("/users/{first}")).await.ok();
}

#[tokio::test]
async fn a_path_names_each_of_its_methods_once() {
    let sandbox = start(SandboxOptions::new()).await;
    let response = post(&sandbox, "/users/me").await;
    assert_eq!((response.status, response.header("allow")), (405, Some("GET, HEAD")));
}
