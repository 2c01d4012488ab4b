use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{
    VERSION, anthropic_admin, array, path_of, send, start, with_token, write_admin, write_anthropic,
};

const USERS: &str = "/v1/organizations/users";
const INVITES: &str = "/v1/organizations/invites";
const SIGN_OUT: &[&str] = &["admin-user-sign-out-2026-10-08"];

async fn listed(sandbox: &Sandbox, path: &str, query: &str) -> Vec<Value> {
    array(&anthropic_admin(sandbox, &format!("{path}?limit=1000&{query}")).await.ok()["data"])
}

async fn user_with(sandbox: &Sandbox, role: &str) -> String {
    path_of(USERS, &listed(sandbox, USERS, &format!("roles[]={role}")).await[0])
}

#[tokio::test]
async fn service_accounts_are_opened_by_the_token_alone() {
    let sandbox = start(SandboxOptions::new()).await;
    let it = &sandbox.description().anthropic;
    let workspace = "wrkspc_01SANDBoxSANDBoxSANDBox1";
    for path in [
        "/v1/organizations/service_accounts".to_owned(),
        "/v1/organizations/service%5Faccounts".to_owned(),
        format!("/v1/organizations/workspaces/{workspace}/service_accounts"),
    ] {
        with_token(&sandbox, &[], "GET", &path, "").await.ok();
        write_admin(&sandbox, "GET", &path, "").await.refused(403, "");
        write_anthropic(&sandbox, &[], "GET", &path, "").await.refused(403, "");
    }
    for path in ["/v1/organizations/me", USERS, INVITES, "/v1/organizations/rbac_groups"] {
        with_token(&sandbox, &[], "GET", path, "").await.ok();
    }
    with_token(&sandbox, &[], "GET", "/v1/user_profiles", "").await.refused(403, "");
    // A token is not a key.
    let url = format!("{}{USERS}", it.base_url);
    assert_eq!(send("GET", &url, &[("x-api-key", &it.admin_token), VERSION], "").await.status, 401);
    assert!(!format!("{:?}", sandbox.requests()).contains(&it.admin_token));
}

#[tokio::test]
async fn an_email_filter_knows_neither_case_nor_plus_part() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let invite = r#"{"email":"Jane+Hiring@Example.com","role":"user"}"#;
    let created = write_admin(&sandbox, "POST", INVITES, invite).await.ok();
    for (list, record) in [
        (USERS, listed(&sandbox, USERS, "").await[7].clone()),
        (INVITES, listed(&sandbox, INVITES, "").await[3].clone()),
        (INVITES, created),
    ] {
        let email = record["email"].as_str().unwrap().to_uppercase();
        let (local, domain) = email.split_once('@').unwrap();
        let local = local.split('+').next().unwrap();
        for written in [format!("{local}@{domain}"), format!("{local}%2Bx%2By@{domain}")] {
            assert_eq!(
                listed(&sandbox, list, &format!("email={written}")).await,
                std::slice::from_ref(&record)
            );
        }
        assert!(listed(&sandbox, list, &format!("email=x{local}@{domain}")).await.is_empty());
    }
}

#[tokio::test]
async fn invites_are_filtered_by_role_and_status_in_both_spellings() {
    let sandbox = start(SandboxOptions::new().profiles(100)).await;
    let all = listed(&sandbox, INVITES, "").await;
    for query in [
        "statuses[]=pending&statuses[]=expired&roles[]=user",
        "statuses=pending&statuses=expired&roles=user",
        "statuses%5B%5D=pending&statuses=expired&roles%5B%5D=user",
    ] {
        let is_wanted =
            |it: &&Value| (it["status"] == "pending" || it["status"] == "expired") && it["role"] == "user";
        let expected: Vec<_> = all.iter().filter(is_wanted).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < all.len());
        assert_eq!(listed(&sandbox, INVITES, query).await, expected, "{query}");
    }
    for query in ["statuses[]=deleted", "statuses=x", "roles=emperor", "roles[]="] {
        anthropic_admin(&sandbox, &format!("{INVITES}?{query}")).await.refused(400, "");
    }
}

#[tokio::test]
async fn only_a_pending_invite_can_be_deleted() {
    let sandbox = start(SandboxOptions::new()).await;
    for invite in listed(&sandbox, INVITES, "").await {
        let path = path_of(INVITES, &invite);
        let response = write_admin(&sandbox, "DELETE", &path, "").await;
        if invite["status"] == "pending" {
            response.ok();
        } else {
            response.refused(400, "");
            assert_eq!(anthropic_admin(&sandbox, &path).await.ok(), invite);
        }
        write_admin(&sandbox, "DELETE", &path, "").await.refused(400, "");
    }
}

#[tokio::test]
async fn nobody_is_invited_twice_or_as_a_member() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let member = listed(&sandbox, USERS, "").await[3]["email"].as_str().unwrap().to_uppercase();
    let pending = listed(&sandbox, INVITES, "statuses=pending").await.remove(0);
    let email = pending["email"].as_str().unwrap();
    for (email, code) in [(member.as_str(), "already_member"), (email, "invite_already_exists")] {
        let body = json!({"email": email, "role": "user"}).to_string();
        write_admin(&sandbox, "POST", INVITES, &body).await.refused(400, code);
    }
    // A withdrawn invite can be sent again.
    write_admin(&sandbox, "DELETE", &path_of(INVITES, &pending), "").await.ok();
    let body = json!({"email": email, "role": "user"}).to_string();
    write_admin(&sandbox, "POST", INVITES, &body).await.ok();
    assert_eq!(listed(&sandbox, INVITES, &format!("email={email}")).await.len(), 2);
}

#[tokio::test]
async fn invites_name_groups_that_exist() {
    let sandbox = start(SandboxOptions::new().profiles(100)).await;
    let groups = listed(&sandbox, "/v1/organizations/rbac_groups", "").await;
    let mut named = 0;
    for invite in listed(&sandbox, INVITES, "").await {
        for id in array(&invite["rbac_group_ids"]) {
            assert!(groups.iter().any(|group| group["id"] == id));
            named += 1;
        }
    }
    assert!(named > 5);
    let group = path_of("/v1/organizations/rbac_groups", &groups[0]);
    let body = json!({"email": "x@example.com", "role": "user", "rbac_group_ids": [groups[0]["id"]]});
    let invite = write_admin(&sandbox, "POST", INVITES, &body.to_string()).await.ok();
    write_admin(&sandbox, "DELETE", &group, "").await.ok();
    let invite = anthropic_admin(&sandbox, &path_of(INVITES, &invite)).await.ok();
    assert_eq!(invite["rbac_group_ids"], json!([]));
}

#[tokio::test]
async fn privileged_and_managed_users_and_the_last_one_stay() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    for role in ["admin", "owner", "membership_admin", "primary_owner", "managed"] {
        let path = user_with(&sandbox, role).await;
        write_admin(&sandbox, "DELETE", &path, "").await.refused(400, "");
        // Whoever loses the role can be removed.
        write_admin(&sandbox, "POST", &path, r#"{"role":"user"}"#).await.ok();
        write_admin(&sandbox, "DELETE", &path, "").await.ok();
    }
    let left = listed(&sandbox, USERS, "").await;
    for user in &left[1..] {
        write_admin(&sandbox, "DELETE", &path_of(USERS, user), "").await.ok();
    }
    let last = write_admin(&sandbox, "DELETE", &path_of(USERS, &left[0]), "").await;
    last.refused(400, "cannot_remove_last_member");
    assert_eq!(listed(&sandbox, USERS, "").await.len(), 1);
}

#[tokio::test]
async fn a_user_is_signed_out_unless_the_role_forbids_it() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let sign_out = async |role: &str, betas: &'static [&str]| {
        let path = format!("{}/sign_out", user_with(&sandbox, role).await);
        with_token(&sandbox, betas, "POST", &path, "").await
    };
    for role in ["developer", "user", "billing", "claude_code_user"] {
        let user = sign_out(role, SIGN_OUT).await.ok();
        assert_eq!((&user["type"], &user["role"]), (&json!("user"), &json!(role)));
        sign_out(role, &[]).await.refused(400, "");
    }
    for (role, status, code) in [
        ("owner", 403, "cannot_sign_out_owner"),
        ("membership_admin", 403, "cannot_sign_out_membership_admin"),
        ("managed", 403, "cannot_sign_out_managed_member"),
        ("admin", 403, "cannot_sign_out_privileged_member"),
        // The token is that of the primary owner.
        ("primary_owner", 400, "cannot_sign_out_self"),
    ] {
        sign_out(role, SIGN_OUT).await.refused(status, code);
    }
    let nobody = format!("{USERS}/nobody/sign_out");
    with_token(&sandbox, SIGN_OUT, "POST", &nobody, "").await.refused(404, "");
    let it = &sandbox.description().anthropic;
    let path = format!("{}{}/sign_out", it.base_url, user_with(&sandbox, "primary_owner").await);
    let headers = [("x-api-key", it.admin_api_key.as_str()), VERSION, ("anthropic-beta", SIGN_OUT[0])];
    send("POST", &path, &headers, "").await.refused(400, "cannot_sign_out_primary_owner");
}
