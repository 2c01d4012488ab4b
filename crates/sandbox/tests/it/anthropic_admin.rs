use std::collections::HashSet;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{
    VERSION, access_token, anthropic, anthropic_admin, array, ids, send, shows_every_state, start, upsun,
};

const USERS: &str = "/v1/organizations/users";
const INVITES: &str = "/v1/organizations/invites";

async fn users(sandbox: &Sandbox, query: &str) -> Vec<Value> {
    array(&anthropic_admin(sandbox, &format!("{USERS}?limit=1000&{query}")).await.ok()["data"])
}

#[tokio::test]
async fn each_key_opens_its_own_part() {
    let sandbox = start(SandboxOptions::new()).await;
    let it = &sandbox.description().anthropic;
    for path in ["/v1/organizations/me", USERS, INVITES] {
        anthropic_admin(&sandbox, path).await.ok();
        let refused = anthropic(&sandbox, &[], path).await;
        assert_eq!(
            (refused.status, &refused.json()["error"]["type"]),
            (403, &json!("permission_error")),
            "{path}"
        );
        let url = format!("{}{path}", it.base_url);
        assert_eq!(send("GET", &url, &[("x-api-key", "x"), VERSION], "").await.status, 401);
        let bearer = format!("Bearer {}", it.admin_api_key);
        send("GET", &url, &[("authorization", &bearer), VERSION], "").await.ok();
        assert_eq!(send("GET", &url, &[("x-api-key", &it.admin_api_key)], "").await.status, 400);
    }
    assert_eq!(anthropic_admin(&sandbox, "/v1/user_profiles").await.status, 403);
    let both =
        [("x-api-key", it.api_key.as_str()), ("authorization", &*format!("Bearer {}", it.admin_api_key))];
    assert_eq!(
        send("GET", &format!("{}{USERS}", it.base_url), &[&both[..], &[VERSION]].concat(), "").await.status,
        403
    );
}

#[tokio::test]
async fn the_organization_is_the_one_that_answers_name() {
    let sandbox = start(SandboxOptions::new()).await;
    let response = anthropic_admin(&sandbox, "/v1/organizations/me").await;
    let body = response.ok();
    assert_eq!(body["type"], "organization");
    assert_eq!(body["id"].as_str(), response.header("anthropic-organization-id"));
    assert!(body["name"].is_string() && response.header("anthropic-workspace-id").is_none());
}

#[tokio::test]
async fn every_user_is_met_once_in_both_directions() {
    let sandbox = start(SandboxOptions::new().profiles(100)).await;
    let (mut forward, mut query) = (Vec::new(), String::new());
    loop {
        let body = anthropic_admin(&sandbox, &format!("{USERS}?limit=7{query}")).await.ok();
        let page = array(&body["data"]);
        assert_eq!((&body["first_id"], &body["last_id"]), (&page[0]["id"], &page[page.len() - 1]["id"]));
        forward.extend(page);
        if body["has_more"] == false {
            break;
        }
        query = format!("&after_id={}", body["last_id"].as_str().unwrap());
    }
    assert_eq!(forward, users(&sandbox, "").await);
    assert_eq!(ids(&forward).iter().collect::<HashSet<_>>().len(), 25);
    let last = forward[24]["id"].as_str().unwrap();
    let back = anthropic_admin(&sandbox, &format!("{USERS}?before_id={last}&limit=20")).await.ok();
    assert_eq!((array(&back["data"]), &back["has_more"]), (forward[4..24].to_vec(), &json!(true)));
    let first = back["first_id"].as_str().unwrap();
    let rest = anthropic_admin(&sandbox, &format!("{USERS}?before_id={first}")).await.ok();
    assert_eq!((array(&rest["data"]), &rest["has_more"]), (forward[..4].to_vec(), &json!(false)));
    let default = anthropic_admin(&sandbox, USERS).await.ok();
    assert_eq!(array(&default["data"]).len(), 20);
    for user in &forward[..3] {
        let path = format!("{USERS}/{}", user["id"].as_str().unwrap());
        assert_eq!(anthropic_admin(&sandbox, &path).await.ok(), *user);
    }
}

#[tokio::test]
async fn users_are_found_by_email_and_role() {
    let sandbox = start(SandboxOptions::new().profiles(400)).await;
    let all = users(&sandbox, "").await;
    let email = all[30]["email"].as_str().unwrap();
    assert_eq!(users(&sandbox, &format!("email={email}")).await, all[30..31]);
    assert_eq!(users(&sandbox, &format!("email={}", email.to_uppercase())).await, all[30..31]);
    assert!(users(&sandbox, "email=nobody.3@example.com").await.is_empty());
    let chosen = users(&sandbox, "roles[]=admin&roles%5B%5D=billing").await;
    let expected: Vec<Value> =
        all.iter().filter(|user| user["role"] == "admin" || user["role"] == "billing").cloned().collect();
    assert!(expected.len() > 10);
    assert_eq!(chosen, expected);
    let none = anthropic_admin(&sandbox, &format!("{USERS}?email=x")).await.ok();
    assert_eq!(none, json!({"data": [], "first_id": null, "has_more": false, "last_id": null}));
    let roles: HashSet<_> = all.iter().filter_map(|user| user["role"].as_str()).collect();
    assert!(roles.len() == 10 && all.iter().filter(|user| user["role"] == "primary_owner").count() == 1);
    assert!(shows_every_state(&all, "name")[3]);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let sandbox = start(SandboxOptions::new()).await;
    let id = users(&sandbox, "").await[0]["id"].as_str().unwrap().to_owned();
    for query in [
        "limit=0".to_owned(),
        "limit=1001".to_owned(),
        "limit=x".to_owned(),
        "after_id=user_01x".to_owned(),
        "before_id=".to_owned(),
        format!("after_id={id}&before_id={id}"),
        "roles[]=emperor".to_owned(),
    ] {
        let response = anthropic_admin(&sandbox, &format!("{USERS}?{query}")).await;
        assert_eq!((response.status, &response.json()["type"]), (400, &json!("error")), "{query}");
    }
    for path in [format!("{USERS}/nobody"), format!("{INVITES}/{id}"), "/v1/organizations/nothing".to_owned()]
    {
        let response = anthropic_admin(&sandbox, &path).await;
        assert_eq!((response.status, &response.json()["error"]["type"]), (404, &json!("not_found_error")));
    }
}

#[tokio::test]
async fn two_of_three_users_are_people_of_upsun() {
    let sandbox = start(SandboxOptions::new().profiles(40)).await;
    let token = access_token(&sandbox).await;
    let mut known = 0;
    for user in users(&sandbox, "").await {
        let path = format!("/users/email={}", user["email"].as_str().unwrap());
        known += usize::from(upsun(&sandbox, &token, &path).await.status == 200);
    }
    // Of ten people who are also at Upsun, one has no address there.
    assert_eq!(known, 6);
}

#[tokio::test]
async fn invites_show_every_status() {
    let sandbox = start(SandboxOptions::new()).await;
    let body = anthropic_admin(&sandbox, INVITES).await.ok();
    let invites = array(&body["data"]);
    let statuses: Vec<_> = invites.iter().map(|invite| invite["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["accepted", "pending", "expired", "deleted", "bounced"]);
    assert!(invites[0]["accepted_at"].is_string() && invites[1]["accepted_at"].is_null());
    assert!(invites.iter().all(|invite| invite["rbac_group_ids"].is_array() && invite["type"] == "invite"));
    assert_eq!(invites[0]["email"], users(&sandbox, "").await[0]["email"]);
    let path = format!("{INVITES}/{}", invites[1]["id"].as_str().unwrap());
    assert_eq!(anthropic_admin(&sandbox, &path).await.ok(), invites[1]);
    let after = anthropic_admin(&sandbox, &format!("{INVITES}?after_id={}", ids(&invites)[3])).await.ok();
    assert_eq!(array(&after["data"]), invites[4..]);
}

#[tokio::test]
async fn there_is_a_fourth_as_many_users_as_profiles_but_one_at_least() {
    for (profiles, count) in [(0, 0), (1, 1), (7, 1), (8, 2)] {
        let sandbox = start(SandboxOptions::new().profiles(profiles)).await;
        assert_eq!(users(&sandbox, "").await.len(), count);
    }
}

#[tokio::test]
async fn the_log_names_the_operations_and_hides_the_key() {
    let sandbox = start(SandboxOptions::new()).await;
    for path in ["/v1/organizations/me", USERS, INVITES] {
        anthropic_admin(&sandbox, path).await.ok();
    }
    anthropic_admin(&sandbox, &format!("{USERS}/x")).await;
    anthropic_admin(&sandbox, &format!("{INVITES}/x")).await;
    let log = sandbox.requests();
    let operations: Vec<_> = log.iter().map(|request| request.operation).collect();
    assert_eq!(
        operations,
        ["AdminGetOrganization", "AdminListUsers", "AdminListInvites", "AdminGetUser", "AdminGetInvite"]
    );
    assert!(!format!("{log:?}").contains(&sandbox.description().anthropic.admin_api_key));
}
