use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{anthropic_admin, array, ids, path_of, start, write_admin};

const GROUPS: &str = "/v1/organizations/rbac_groups";
const ROLES: &str = "/v1/organizations/rbac_roles";
const USERS: &str = "/v1/organizations/users";

/// Reads all pages, and checks that each of them says whether more follow.
async fn whole(sandbox: &Sandbox, path: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut records, mut pages, mut query) = (Vec::new(), 0, String::new());
    loop {
        let page = anthropic_admin(sandbox, &format!("{path}?limit={limit}{query}")).await.ok();
        let data = array(&page["data"]);
        assert!(data.len() <= limit);
        records.extend(data);
        pages += 1;
        let Some(next) = page["next_page"].as_str() else {
            assert_eq!(page["has_more"], false);
            return (records, pages);
        };
        assert_eq!(page["has_more"], true);
        query = format!("&page={next}");
    }
}

async fn direct(sandbox: &Sandbox) -> String {
    let group = write_admin(sandbox, "POST", GROUPS, r#"{"name":"Engineering"}"#).await.ok();
    assert_eq!((&group["role_ids"], &group["source_type"]), (&json!([]), &json!("direct")));
    path_of(GROUPS, &group)
}

#[tokio::test]
async fn pages_are_followed_by_a_token_of_their_own_list() {
    let sandbox = start(SandboxOptions::new().profiles(400)).await;
    let (groups, pages) = whole(&sandbox, GROUPS, 2).await;
    assert_eq!((groups.len(), pages), (9, 5));
    let members = format!("{}/members", path_of(GROUPS, &groups[0]));
    let (found, pages) = whole(&sandbox, &members, 30).await;
    assert!(found.len() > 60 && pages == found.len().div_ceil(30));
    let page = anthropic_admin(&sandbox, &format!("{GROUPS}?limit=2")).await.ok();
    let token = page["next_page"].as_str().unwrap();
    for path in
        [format!("{ROLES}?page={token}"), format!("{members}?page={token}"), format!("{GROUPS}?page=x")]
    {
        anthropic_admin(&sandbox, &path).await.refused(400, "");
    }
    for limit in ["0", "1001", "x"] {
        anthropic_admin(&sandbox, &format!("{GROUPS}?limit={limit}")).await.refused(400, "");
    }
}

#[tokio::test]
async fn a_page_may_be_empty_and_still_be_followed() {
    let sandbox = start(SandboxOptions::new().anthropic_empty_page(true)).await;
    let (groups, pages) = whole(&sandbox, GROUPS, 2).await;
    assert_eq!((groups.len(), pages), (4, 3));
}

#[tokio::test]
async fn groups_of_a_directory_can_only_be_read() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let (groups, _) = whole(&sandbox, GROUPS, 100).await;
    let group = groups.iter().find(|group| group["source_type"] == "scim").unwrap();
    let path = path_of(GROUPS, group);
    let (members, _) = whole(&sandbox, &format!("{path}/members"), 100).await;
    let member = members[0]["user_id"].as_str().unwrap();
    let body = json!({"user_id": member}).to_string();
    write_admin(&sandbox, "POST", &path, r#"{"name":"x"}"#).await.refused(400, "");
    write_admin(&sandbox, "DELETE", &path, "").await.refused(400, "");
    write_admin(&sandbox, "POST", &format!("{path}/members"), &body).await.refused(400, "");
    write_admin(&sandbox, "DELETE", &format!("{path}/members/{member}"), "").await.refused(400, "");
    assert_eq!(anthropic_admin(&sandbox, &path).await.ok(), *group);
}

#[tokio::test]
async fn a_change_that_may_concern_owners_is_refused() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let (groups, _) = whole(&sandbox, GROUPS, 100).await;
    let unread = groups.iter().filter(|group| group["role_ids"].is_null()).collect::<Vec<_>>();
    assert_eq!(unread.len(), 1);
    let owners = groups.iter().find(|group| group["name"] == "Owners").unwrap();
    for (group, code) in
        [(unread[0], "rbac_group_owner_access_unconfirmed"), (owners, "rbac_group_grants_owner_access")]
    {
        let path = path_of(GROUPS, group);
        write_admin(&sandbox, "DELETE", &path, "").await.refused(400, code);
        let body = json!({"user_id": "x"}).to_string();
        write_admin(&sandbox, "POST", &format!("{path}/members"), &body).await.refused(400, code);
        let renamed = write_admin(&sandbox, "POST", &path, r#"{"name":"Renamed"}"#).await.ok();
        assert_eq!((&renamed["name"], &renamed["role_ids"]), (&json!("Renamed"), &group["role_ids"]));
    }
}

#[tokio::test]
async fn a_group_is_created_renamed_filled_and_deleted() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let path = direct(&sandbox).await;
    assert_ne!(direct(&sandbox).await, path, "names are not unique");
    for body in [r#"{"name":"Plattform"}"#, "{}", r#"{"name":null}"#] {
        assert_eq!(write_admin(&sandbox, "POST", &path, body).await.ok()["name"], "Plattform");
    }
    for name in [json!(""), json!("x".repeat(256)), json!(1)] {
        let body = json!({"name": name}).to_string();
        write_admin(&sandbox, "POST", GROUPS, &body).await.refused(400, "");
        write_admin(&sandbox, "POST", &path, &body).await.refused(400, "");
    }
    let user = array(&anthropic_admin(&sandbox, USERS).await.ok()["data"]).remove(1);
    let body = json!({"user_id": user["id"]}).to_string();
    let members = format!("{path}/members");
    let member = write_admin(&sandbox, "POST", &members, &body).await.ok();
    assert_eq!((&member["email"], &member["user_id"]), (&user["email"], &user["id"]));
    write_admin(&sandbox, "POST", &members, &body).await.refused(400, "");
    write_admin(&sandbox, "POST", &members, r#"{"user_id":"user_01x"}"#).await.refused(404, "");
    assert_eq!(whole(&sandbox, &members, 5).await.0, [member]);
    let of_user = format!("{members}/{}", user["id"].as_str().unwrap());
    let removed = write_admin(&sandbox, "DELETE", &of_user, "").await.ok();
    assert_eq!(removed["type"], "rbac_group_member_deleted");
    write_admin(&sandbox, "DELETE", &of_user, "").await.refused(404, "");
    assert_eq!(write_admin(&sandbox, "DELETE", &path, "").await.ok()["type"], "rbac_group_deleted");
    for path in [path.as_str(), &members] {
        anthropic_admin(&sandbox, path).await.refused(404, "rbac_group_not_found");
    }
}

#[tokio::test]
async fn a_removed_user_is_in_no_group() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let user = anthropic_admin(&sandbox, &format!("{USERS}?roles=billing")).await.ok()["data"][0].clone();
    let mut was_in = 0;
    let (groups, _) = whole(&sandbox, GROUPS, 100).await;
    let is_in = async |group: &Value| {
        let (members, _) = whole(&sandbox, &format!("{}/members", path_of(GROUPS, group)), 100).await;
        members.iter().any(|member| member["user_id"] == user["id"])
    };
    for group in &groups {
        was_in += usize::from(is_in(group).await);
    }
    write_admin(&sandbox, "DELETE", &path_of(USERS, &user), "").await.ok();
    assert!(was_in > 0);
    for group in &groups {
        assert!(!is_in(group).await);
    }
}

#[tokio::test]
async fn roles_are_read_with_their_permissions() {
    let sandbox = start(SandboxOptions::new()).await;
    let (roles, _) = whole(&sandbox, ROLES, 2).await;
    let sources: Vec<_> = roles.iter().filter_map(|role| role["source"]["type"].as_str()).collect();
    assert_eq!(sources, ["built_in", "built_in", "custom", "custom", "partner"]);
    let mut kinds = std::collections::BTreeSet::new();
    for role in &roles {
        let path = path_of(ROLES, role);
        assert_eq!(anthropic_admin(&sandbox, &path).await.ok(), *role);
        let (permissions, _) = whole(&sandbox, &format!("{path}/permissions"), 1).await;
        kinds.extend(permissions.iter().map(|it| it["resource"]["type"].to_string()));
    }
    assert_eq!(kinds.len(), 5);
    for group in whole(&sandbox, GROUPS, 100).await.0 {
        let of_group = group["role_ids"].as_array().cloned().unwrap_or_default();
        assert!(of_group.iter().all(|id| ids(&roles).iter().any(|known| id == known)));
    }
    for path in [format!("{ROLES}/x"), format!("{ROLES}/x/permissions")] {
        anthropic_admin(&sandbox, &path).await.refused(404, "rbac_role_not_found");
    }
    assert_eq!(write_admin(&sandbox, "POST", ROLES, "{}").await.status, 405);
}
