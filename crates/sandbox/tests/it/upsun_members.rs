use std::time::Duration;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{access_token, array, as_listed, ids, path_of_link, start, upsun, write_upsun};

const ACME: &str = "01HSANDB0XACME000000000001";
const BIRCH: &str = "01HSANDB0XB1RC000000000002";

async fn read(sandbox: &Sandbox, path: &str) -> Value {
    upsun(sandbox, &access_token(sandbox).await, path).await.ok()
}

async fn members(sandbox: &Sandbox, organization: &str, query: &str) -> Vec<Value> {
    array(
        &read(sandbox, &format!("/organizations/{organization}/members?page[size]=100&{query}")).await["items"],
    )
}

/// Returns the names of the links of a record, in order.
fn links(record: &Value) -> Vec<String> {
    record["_links"].as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn a_member_is_what_the_list_shows() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = members(&sandbox, ACME, "").await;
    assert_eq!(read(&sandbox, &format!("/organizations/{ACME}/members")).await["count"], all.len());
    for member in &all {
        let id = member["user_id"].as_str().unwrap();
        for organization in [ACME, "name=acme"] {
            let single = read(&sandbox, &format!("/organizations/{organization}/members/{id}")).await;
            assert_eq!(as_listed(single), *member);
        }
        let allowed: &[&str] =
            if member["owner"] == true { &["self"] } else { &["delete", "self", "update"] };
        assert_eq!(links(member), allowed);
    }
    let token = access_token(&sandbox).await;
    for (path, status) in [
        (format!("{ACME}/members/nobody"), 404),
        ("name=nonesuch/members/x".to_owned(), 404),
        ("name=dune/members/x".to_owned(), 403),
    ] {
        let response = upsun(&sandbox, &token, &format!("/organizations/{path}")).await;
        assert_eq!((response.status, response.json()["error"].is_string()), (status, true), "{path}");
    }
}

#[tokio::test]
async fn a_single_member_links_to_its_user() {
    let sandbox = start(SandboxOptions::new()).await;
    let (mut users, mut null) = (0, 0);
    for member in members(&sandbox, ACME, "").await {
        let id = member["user_id"].as_str().unwrap();
        let single = read(&sandbox, &format!("/organizations/{ACME}/members/{id}")).await;
        let found = read(&sandbox, path_of_link(&sandbox, &single["_links"]["ref:users:0"])).await;
        match found.get(id) {
            Some(Value::Null) => null += 1,
            Some(user) => {
                assert_eq!(user["id"], id);
                users += 1;
            }
            None => assert_eq!(found, json!({})),
        }
    }
    assert!(users > 10 && null > 0);
}

#[tokio::test]
async fn members_are_filtered_by_permission_and_sorted_by_both_times() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = members(&sandbox, ACME, "").await;
    let has = |member: &Value, word: &str| array(&member["permissions"]).iter().any(|it| it == word);
    let of = |word: &str| all.iter().filter(|member| has(member, word)).cloned().collect::<Vec<_>>();
    assert!(!of("members").is_empty());
    assert_eq!(members(&sandbox, ACME, "filter[permissions][in]=members,plans").await, of("members"));
    let without = members(&sandbox, ACME, "filter[permissions][nin]=members&sort=-created_at").await;
    assert_eq!(without.len(), all.len() - of("members").len());

    // With 90 members and more, the order of the changes is another one.
    let sandbox = start(SandboxOptions::new().profiles(100)).await;
    let by_change = members(&sandbox, ACME, "sort=updated_at").await;
    assert_ne!(ids(&by_change), ids(&members(&sandbox, ACME, "").await));
    let day = |member: &Value| member["updated_at"].as_str().unwrap()[..10].to_owned();
    assert!(by_change.iter().map(day).is_sorted());
    let down = members(&sandbox, ACME, "sort=-updated_at").await;
    assert!(day(&down[0]) >= day(by_change.last().unwrap()));
}

#[tokio::test]
async fn a_removed_member_is_gone_everywhere_and_can_be_added_again() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let all = members(&sandbox, BIRCH, "").await;
    let id = all[3]["user_id"].as_str().unwrap();
    let path = format!("/organizations/{BIRCH}/members");
    let own = format!("{path}/{id}");
    assert!(!array(&read(&sandbox, &format!("/users/{id}/project-access")).await["items"]).is_empty());
    assert_eq!(write_upsun(&sandbox, "DELETE", &own, "").await.status, 204);
    assert_eq!(write_upsun(&sandbox, "DELETE", &own, "").await.status, 404);
    let left: Vec<_> = all.iter().filter(|member| member["user_id"] != id).cloned().collect();
    assert_eq!(members(&sandbox, BIRCH, "").await, left);
    assert_eq!(read(&sandbox, &path).await["count"], left.len());
    let is_of_birch = |item: &Value| item["organization_id"] == BIRCH || item["id"] == BIRCH;
    for list in ["organizations", "teams", "project-access", "extended-access"] {
        let items = array(&read(&sandbox, &format!("/users/{id}/{list}")).await["items"]);
        assert!(!items.iter().any(is_of_birch), "{list}");
    }

    sandbox.advance_clock(Duration::from_secs(10));
    let body = json!({"user_id": id, "permissions": ["billing"]}).to_string();
    let added = write_upsun(&sandbox, "POST", &path, &body).await;
    assert_eq!(added.status, 201);
    // Whoever may manage billing may list the projects.
    assert_eq!(added.json()["permissions"], json!(["billing", "projects:list"]));
    assert_eq!(read(&sandbox, &own).await, added.json());
    assert_eq!(members(&sandbox, BIRCH, "").await.last(), Some(&as_listed(added.json())));
    assert_eq!(write_upsun(&sandbox, "POST", &path, &body).await.status, 400);
    let organizations = array(&read(&sandbox, &format!("/users/{id}/organizations")).await["items"]);
    assert!(organizations.iter().any(is_of_birch));
    // The access to projects was ended, and does not come back.
    let projects = array(&read(&sandbox, &format!("/users/{id}/project-access")).await["items"]);
    assert!(!projects.iter().any(is_of_birch));
    assert_eq!(write_upsun(&sandbox, "DELETE", &own, "").await.status, 204);
    assert_eq!(members(&sandbox, BIRCH, "").await, left);
}

#[tokio::test]
async fn permissions_are_replaced_and_nobody_changes_the_owner_or_their_own() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let all = members(&sandbox, BIRCH, "").await;
    let change = async |member: &Value, permissions: Value| {
        let path = format!("/organizations/{BIRCH}/members/{}", member["user_id"].as_str().unwrap());
        write_upsun(&sandbox, "PATCH", &path, &json!({"permissions": permissions}).to_string()).await
    };
    let other = &all[2];
    for (sent, shown) in [
        (json!(["members", "plans"]), json!(["members", "plans"])),
        (json!([]), json!([])),
        (json!(["projects:create"]), json!(["projects:create"])),
    ] {
        let changed = as_listed(change(other, sent).await.ok());
        assert_eq!(changed["permissions"], shown);
        assert_eq!(changed["created_at"], other["created_at"]);
        assert!(changed["updated_at"].as_str().unwrap().starts_with("2027-01-15"), "{changed}");
        assert_eq!(members(&sandbox, BIRCH, "").await[2], changed);
    }
    for wrong in [json!(["dance"]), json!("members"), json!(null), json!(["project:create"])] {
        assert_eq!(change(other, wrong.clone()).await.status, 400, "{wrong}");
    }
    let (own, owner) = (&all[0], all.iter().find(|member| member["owner"] == true).unwrap());
    assert_eq!(links(own), ["delete", "self"]);
    assert_eq!(change(own, json!([])).await.status, 403);
    assert_eq!(change(owner, json!([])).await.status, 403);
    let path = format!("/organizations/{BIRCH}/members/{}", owner["user_id"].as_str().unwrap());
    assert_eq!(write_upsun(&sandbox, "DELETE", &path, "").await.status, 403);
    assert_eq!(members(&sandbox, BIRCH, "").await.len(), all.len());
}

#[tokio::test]
async fn a_member_is_added_of_a_user_that_exists_to_an_organization_named_by_its_id() {
    let sandbox = start(SandboxOptions::new()).await;
    let user = members(&sandbox, ACME, "").await[1]["user_id"].clone();
    for (organization, body, status) in [
        (BIRCH, json!({}), 400),
        (BIRCH, json!({"user_id": ""}), 400),
        (BIRCH, json!({"user_id": user, "permissions": ["dance"]}), 400),
        (BIRCH, json!({"user_id": "nobody"}), 404),
        ("name=birch", json!({"user_id": user}), 404),
        ("01HSANDB0XDVNE000000000004", json!({"user_id": user}), 403),
        ("01HSANDB0XGR0V000000000007", json!({"user_id": user}), 404),
        (BIRCH, json!({"user_id": user}), 201),
    ] {
        let path = format!("/organizations/{organization}/members");
        let response = write_upsun(&sandbox, "POST", &path, &body.to_string()).await;
        assert_eq!(response.status, status, "{organization} {body}");
        if status == 201 {
            assert_eq!(response.json()["permissions"], json!([]));
        } else {
            assert_eq!(response.header("content-type"), Some("application/problem+json"));
        }
    }
}
