//! Tests of the writes of all three services.

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::json;

use crate::support::anthropic_operations::{BETAS, Write, organization_writes};
use crate::support::{
    JSON, Response, VERSION, access_token, anthropic, anthropic_admin, array, probely, send, start, try_send,
    upsun, write_admin, write_anthropic, write_probely, write_upsun,
};

const ACME: &str = "01HSANDB0XACME000000000001";
const SEPTEMBER: &[&str] = &["user-profiles-2026-09-04"];

/// Every write operation once: its id, method and path, and a valid body.
async fn operations(sandbox: &Sandbox) -> Vec<Write> {
    let user = upsun(sandbox, &access_token(sandbox).await, "/users/me").await.ok()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = |page: &serde_json::Value, list: &str| page[list][2]["id"].as_str().unwrap().to_owned();
    let person = id(&probely(sandbox, "/users/").await.ok(), "results");
    let service = id(&probely(sandbox, "/api-users/").await.ok(), "results");
    let profile = id(&anthropic(sandbox, &[], "/v1/user_profiles").await.ok(), "data");
    let member = id(&anthropic_admin(sandbox, "/v1/organizations/users").await.ok(), "data");
    let pending = anthropic_admin(sandbox, "/v1/organizations/invites?statuses[]=pending").await.ok();
    let invite = pending["data"][0]["id"].as_str().unwrap().to_owned();
    let (upsun, probely) = ("/upsun", "/probely");
    let (profiles, organizations) = ("/anthropic/v1/user_profiles", "/anthropic/v1/organizations");
    let writes = [
        ("update-profile", "PATCH", format!("{upsun}/profiles/{user}"), r#"{"display_name":"X"}"#),
        ("update-address", "PATCH", format!("{upsun}/profiles/{user}/address"), r#"{"locality":"X"}"#),
        ("delete-profile-picture", "DELETE", format!("{upsun}/profile/{user}/picture"), ""),
        ("update-user", "PATCH", format!("{upsun}/users/{user}"), r#"{"first_name":"X"}"#),
        (
            "reset-email-address",
            "POST",
            format!("{upsun}/users/{user}/emailaddress"),
            r#"{"email_address":"x@example.com"}"#,
        ),
        ("reset-password", "POST", format!("{upsun}/users/{user}/resetpassword"), ""),
        (
            "verify-phone-number",
            "POST",
            format!("{upsun}/users/{user}/phonenumber"),
            r#"{"channel":"sms","phone_number":"+4722000000"}"#,
        ),
        (
            "update-org-profile",
            "PATCH",
            format!("{upsun}/organizations/{ACME}/profile"),
            r#"{"company_name":"X"}"#,
        ),
        (
            "update-org-address",
            "PATCH",
            format!("{upsun}/organizations/{ACME}/address"),
            r#"{"locality":"X"}"#,
        ),
        ("users_create", "POST", format!("{probely}/users/"), r#"{"email":"x@example.com","name":"X"}"#),
        ("users_update", "PUT", format!("{probely}/users/{person}/"), r#"{"name":"X"}"#),
        ("users_partial_update", "PATCH", format!("{probely}/users/{person}/"), r#"{"title":"dev"}"#),
        ("users_destroy", "DELETE", format!("{probely}/users/{person}/"), ""),
        (
            "users_bulk_update_create",
            "POST",
            format!("{probely}/users/bulk/update/"),
            r#"{"ids":["?"],"title":"ceo"}"#,
        ),
        (
            "profile_change_password_create",
            "POST",
            format!("{probely}/profile/change_password/"),
            r#"{"current_password":"x","password":"0123456789","confpassword":"0123456789"}"#,
        ),
        ("api_users_create", "POST", format!("{probely}/api-users/"), r#"{"name":"X"}"#),
        ("api_users_update", "PUT", format!("{probely}/api-users/{service}/"), r#"{"name":"X"}"#),
        ("api_users_partial_update", "PATCH", format!("{probely}/api-users/{service}/"), r#"{"name":"Y"}"#),
        ("api_users_destroy", "DELETE", format!("{probely}/api-users/{service}/"), ""),
        (
            "api_users_bulk_update_create",
            "POST",
            format!("{probely}/api-users/bulk/update/"),
            r#"{"ids":["?"]}"#,
        ),
        ("BetaCreateUserProfile", "POST", profiles.to_owned(), r#"{"name":"X"}"#),
        ("BetaUpdateUserProfile", "POST", format!("{profiles}/{profile}"), r#"{"metadata":{"x":"y"}}"#),
        ("BetaCreateEnrollmentUrl", "POST", format!("{profiles}/{profile}/enrollment_url"), ""),
        (
            "CreateUserProfileActionUrl",
            "POST",
            format!("{profiles}/{profile}/action_urls"),
            r#"{"action":{"type":"enroll_end_user"}}"#,
        ),
        ("DeleteUserProfile", "DELETE", format!("{profiles}/{profile}"), ""),
        ("AdminUpdateUser", "POST", format!("{organizations}/users/{member}"), r#"{"role":"developer"}"#),
        ("AdminRemoveUser", "DELETE", format!("{organizations}/users/{member}"), ""),
        (
            "AdminCreateInvite",
            "POST",
            format!("{organizations}/invites"),
            r#"{"email":"x@example.com","role":"user"}"#,
        ),
        ("AdminDeleteInvite", "DELETE", format!("{organizations}/invites/{invite}"), ""),
    ];
    let writes = writes.map(|(operation, method, path, body)| (operation, method, path, body.to_owned()));
    [organization_writes(sandbox).await, writes.to_vec()].concat()
}

/// Sends a write to a path behind the name of its service, with or without a credential.
async fn perform(sandbox: &Sandbox, method: &str, path: &str, body: &str, credential: bool) -> Response {
    let description = sandbox.description();
    let (service, rest) = path[1..].split_once('/').unwrap();
    let base = match service {
        "upsun" => &description.upsun.base_url,
        "probely" => &description.probely.base_url,
        _ => &description.anthropic.base_url,
    };
    let wrong = |right: String| if credential { right } else { "wrong".to_owned() };
    let (name, value) = match service {
        "upsun" => ("authorization", format!("Bearer {}", wrong(access_token(sandbox).await))),
        "probely" => ("authorization", format!("JWT {}", wrong(description.probely.api_key.clone()))),
        _ if path.contains("/service_accounts") => {
            ("authorization", format!("Bearer {}", wrong(description.anthropic.admin_token.clone())))
        }
        _ if path.contains("/organizations/") => {
            ("x-api-key", wrong(description.anthropic.admin_api_key.clone()))
        }
        _ => ("x-api-key", wrong(description.anthropic.api_key.clone())),
    };
    let mut headers = vec![(name, value.as_str()), VERSION, JSON];
    headers.extend(
        ["/sign_out", "/data_controls"]
            .iter()
            .filter(|end| path.ends_with(*end))
            .map(|_| ("anthropic-beta", BETAS)),
    );
    send(method, &format!("{base}/{rest}"), &headers, body).await
}

async fn everything(sandbox: &Sandbox) -> String {
    let token = access_token(sandbox).await;
    let mut texts = Vec::new();
    let me = upsun(sandbox, &token, "/users/me").await;
    let id = me.json()["id"].as_str().unwrap().to_owned();
    texts.push(me.text);
    for path in [
        "/profiles?range=100".to_owned(),
        "/me".to_owned(),
        format!("/profiles/{id}/address"),
        format!("/organizations/{ACME}/profile"),
        format!("/organizations/{ACME}/address"),
    ] {
        texts.push(upsun(sandbox, &token, &path).await.text);
    }
    for list in ["users", "api-users", "labels", "user-roles"] {
        texts.push(probely(sandbox, &format!("/{list}/?length=1000")).await.text);
    }
    for betas in [&[][..], SEPTEMBER] {
        texts.push(anthropic(sandbox, betas, "/v1/user_profiles?limit=100").await.text);
    }
    for list in ["users", "invites", "workspaces", "rbac_groups"] {
        texts.push(anthropic_admin(sandbox, &format!("/v1/organizations/{list}")).await.text);
    }
    // The whole origin, because the port's digits may also occur in a time or an id.
    texts.join("\n").replace(&sandbox.description().upsun.base_url, "ORIGIN")
}

#[tokio::test]
async fn every_write_is_told_apart_in_the_log_and_reads_are_not_writes() {
    let sandbox = start(SandboxOptions::new().profiles(40)).await;
    for (operation, method, path, body) in operations(&sandbox).await {
        sandbox.clear_requests();
        // A bulk update needs ids that are known only now.
        let listing = path.replace("bulk/update/", "");
        let body = if body.contains("\"?\"") {
            let page = perform(&sandbox, "GET", &listing, "", true).await.ok();
            body.replace('?', page["results"][3]["id"].as_str().unwrap())
        } else {
            body
        };
        let response = perform(&sandbox, method, &path, &body, true).await;
        assert!((200..300).contains(&response.status), "{operation}: {response:?}");
        let log = sandbox.requests();
        let last = log.last().unwrap();
        assert_eq!((last.operation, last.write, last.took_effect), (operation, true, true));
        assert!(log[..log.len() - 1].iter().all(|request| !request.write && !request.took_effect));
    }
    let token = access_token(&sandbox).await;
    sandbox.clear_requests();
    upsun(&sandbox, &token, "/profiles").await.ok();
    for path in ["/me/phone", "/me/verification"] {
        write_upsun(&sandbox, "POST", path, "").await.ok();
    }
    assert!(sandbox.requests().iter().all(|request| !request.write && !request.took_effect));
}

#[tokio::test]
async fn no_write_is_let_in_without_its_credential() {
    let sandbox = start(SandboxOptions::new().profiles(40)).await;
    let before = everything(&sandbox).await;
    for (operation, method, path, body) in operations(&sandbox).await {
        let response = perform(&sandbox, method, &path, &body, false).await;
        assert_eq!(response.status, 401, "{operation}");
        let last = sandbox.requests().pop().unwrap();
        assert_eq!((last.operation, last.write, last.took_effect), (operation, true, false));
    }
    let profile_key = write_anthropic(&sandbox, &[], "POST", "/v1/organizations/invites", "{}").await;
    let admin_key = write_admin(&sandbox, "POST", "/v1/user_profiles", "{}").await;
    assert_eq!((profile_key.status, admin_key.status), (403, 403));
    assert_eq!(everything(&sandbox).await, before);
}

#[tokio::test]
async fn a_body_that_is_not_said_to_be_json_is_refused() {
    let sandbox = start(SandboxOptions::new()).await;
    let id = upsun(&sandbox, &access_token(&sandbox).await, "/users/me").await.ok()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let base = &sandbox.description().upsun.base_url;
    let bearer = format!("Bearer {}", access_token(&sandbox).await);
    let before = everything(&sandbox).await;
    for (path, shape) in [
        (format!("/profiles/{id}"), "title"),
        (format!("/profiles/{id}/address"), "title"),
        (format!("/organizations/{ACME}/profile"), "title"),
        (format!("/organizations/{ACME}/address"), "title"),
        (format!("/users/{id}"), "error"),
    ] {
        for kind in [Some("text/plain"), None] {
            let mut headers = vec![("authorization", bearer.as_str())];
            headers.extend(kind.map(|kind| ("content-type", kind)));
            let response = send("PATCH", &format!("{base}{path}"), &headers, "{}").await;
            assert_eq!((response.status, response.json()[shape].is_string()), (415, true), "{path}");
        }
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/hal+json; charset=utf-8")];
        send("PATCH", &format!("{base}{path}"), &headers, "{}").await.ok();
    }
    assert_eq!(everything(&sandbox).await, before);
}

#[tokio::test]
async fn the_same_seed_and_the_same_writes_give_the_same_answers() {
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let sandbox = start(SandboxOptions::new().profiles(40).seed(seed).fixed_clock(1_800_000_000)).await;
        let mut responses = Vec::new();
        for (_, method, path, body) in operations(&sandbox).await {
            if !body.contains("\"?\"") {
                responses.push(perform(&sandbox, method, &path, &body, true).await.text);
            }
        }
        responses.push(everything(&sandbox).await);
        runs.push(responses);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn writes_at_once_lose_nothing() {
    let sandbox = std::sync::Arc::new(start(SandboxOptions::new()).await);
    let tasks = (0..40_u32).map(|number| {
        let sandbox = std::sync::Arc::clone(&sandbox);
        tokio::spawn(async move {
            let user = json!({"email": format!("at-once-{number}@example.com"), "name": "x"}).to_string();
            assert_eq!(write_probely(&sandbox, "POST", "/users/", &user).await.status, 201);
            write_anthropic(&sandbox, &[], "POST", "/v1/user_profiles", "{}").await.ok();
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(probely(&sandbox, "/users/").await.ok()["count"], 58);
    let profiles = array(&anthropic(&sandbox, &[], "/v1/user_profiles?limit=100").await.ok()["data"]);
    let distinct: std::collections::HashSet<_> =
        profiles.iter().map(|profile| profile["id"].to_string()).collect();
    assert_eq!(distinct.len(), 60);
}

#[tokio::test]
async fn the_log_holds_no_secret_and_no_file() {
    let sandbox = start(SandboxOptions::new()).await;
    let id = upsun(&sandbox, &access_token(&sandbox).await, "/users/me").await.ok()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let passwords = r#"{"password":"new-s3cret","current_password":"old-s3cret","display_name":"X"}"#;
    write_upsun(&sandbox, "PATCH", &format!("/profiles/{id}"), passwords).await.ok();
    write_upsun(&sandbox, "PATCH", &format!("/profiles/{id}"), &passwords[..passwords.len() - 1]).await;
    let change =
        r#"{"current_password":"old-s3cret","password":"new-s3cret-x","confpassword":"new-s3cret-x"}"#;
    write_probely(&sandbox, "POST", "/profile/change_password/", change).await.ok();
    let number = r#"{"channel":"sms","phone_number":"+4722000000"}"#;
    let sid = write_upsun(&sandbox, "POST", &format!("/users/{id}/phonenumber"), number).await.ok()["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    let code = r#"{"code":"123456"}"#;
    assert_eq!(
        write_upsun(&sandbox, "POST", &format!("/users/{id}/phonenumber/{sid}"), code).await.status,
        200
    );
    let url = format!("{}/profile/{id}/picture", sandbox.description().upsun.base_url);
    let bearer = format!("Bearer {}", access_token(&sandbox).await);
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=x")];
    let file = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\ns3cret\xFF\r\n--x--";
    try_send("POST", &url, &headers, file).await.unwrap().ok();

    let log = sandbox.requests();
    let all = format!("{log:?}");
    assert!(!all.contains("s3cret") && !all.contains("123456"), "{all}");
    let bodies: Vec<_> =
        log.iter().filter(|request| request.write).map(|request| request.body.as_str()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"current_password":"(hidden)","display_name":"X","password":"(hidden)"}"#,
            "(hidden)",
            r#"{"confpassword":"(hidden)","current_password":"(hidden)","password":"(hidden)"}"#,
            number,
            r#"{"code":"(hidden)"}"#,
            "file=(7 bytes, a.png)",
        ]
    );
}
