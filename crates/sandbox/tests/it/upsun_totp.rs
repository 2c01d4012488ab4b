//! The second factor of Upsun's current user.

use anyprofile_sandbox::{Sandbox, SandboxOptions, UPSUN_PASSCODE};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, ids, path_of_link, start, upsun, write_upsun};

async fn read(sandbox: &Sandbox, path: &str) -> Response {
    upsun(sandbox, &access_token(sandbox).await, path).await
}

async fn current_user(sandbox: &Sandbox) -> Value {
    read(sandbox, "/users/me").await.ok()
}

async fn paths(sandbox: &Sandbox) -> (String, String) {
    let id = current_user(sandbox).await["id"].as_str().unwrap().to_owned();
    (format!("/users/{id}/totp"), format!("/users/{id}/codes"))
}

async fn confirm(sandbox: &Sandbox, path: &str, secret: &Value, passcode: &str) -> Response {
    let body = json!({"secret": secret, "passcode": passcode}).to_string();
    write_upsun(sandbox, "POST", path, &body).await
}

fn is_bare(response: &Response, status: u16) -> bool {
    response.status == status && response.text.is_empty()
}

fn codes(response: &Value) -> Vec<Value> {
    let codes = array(&response["recovery_codes"]);
    assert!(codes.len() == 10 && codes.iter().all(Value::is_string), "{response}");
    codes
}

#[tokio::test]
async fn an_enrollment_is_withdrawn_begun_and_confirmed() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let (totp, recovery) = paths(&sandbox).await;
    // The current user has a second factor from the start.
    assert_eq!(current_user(&sandbox).await["mfa_enabled"], true);
    assert!(is_bare(&read(&sandbox, &totp).await, 409));
    let conflict = confirm(&sandbox, &totp, &json!("X"), UPSUN_PASSCODE).await;
    assert_eq!((conflict.status, conflict.json()["error"].is_string()), (409, true));

    assert!(is_bare(&write_upsun(&sandbox, "DELETE", &totp, "").await, 204));
    assert!(is_bare(&write_upsun(&sandbox, "DELETE", &totp, "").await, 404));
    assert!(is_bare(&write_upsun(&sandbox, "POST", &recovery, "").await, 404));
    let user = current_user(&sandbox).await;
    assert_eq!(user["mfa_enabled"], false);
    assert!(user["updated_at"].as_str().unwrap().starts_with("2027-01-15"));

    let enrollment = read(&sandbox, &totp).await.ok();
    let secret = enrollment["secret"].as_str().unwrap();
    assert!(
        secret.len() == 32 && secret.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
    );
    assert_eq!(enrollment["account_name"], user["email"]);
    assert!(enrollment["issuer"].as_str().unwrap().starts_with("https://"));
    assert!(enrollment["qr_code"].as_str().unwrap().starts_with("iVBORw0KGgo"));
    // The secret is the same until it is confirmed.
    assert_eq!(read(&sandbox, &totp).await.ok(), enrollment);
    for (secret, passcode) in [
        (json!("ABC"), UPSUN_PASSCODE),
        (enrollment["secret"].clone(), "000000"),
        (enrollment["secret"].clone(), ""),
        (json!(1), UPSUN_PASSCODE),
        (json!(null), UPSUN_PASSCODE),
    ] {
        let response = confirm(&sandbox, &totp, &secret, passcode).await;
        assert_eq!((response.status, response.json()["error"].is_string()), (400, true), "{secret}");
    }
    assert_eq!(write_upsun(&sandbox, "POST", &totp, "{}").await.status, 400);
    assert_eq!(current_user(&sandbox).await["mfa_enabled"], false);

    let first = codes(&confirm(&sandbox, &totp, &enrollment["secret"], UPSUN_PASSCODE).await.ok());
    assert_eq!(current_user(&sandbox).await["mfa_enabled"], true);
    assert!(is_bare(&read(&sandbox, &totp).await, 409));
    let again = write_upsun(&sandbox, "POST", &recovery, "").await;
    assert_eq!(again.status, 201);
    assert!(codes(&again.json()).iter().all(|code| !first.contains(code)));

    // The next enrollment has another secret.
    assert_eq!(write_upsun(&sandbox, "DELETE", &totp, "").await.status, 204);
    assert_ne!(read(&sandbox, &totp).await.ok()["secret"], enrollment["secret"]);
}

#[tokio::test]
async fn a_withdrawn_factor_is_missing_in_every_record_of_the_user() {
    let sandbox = start(SandboxOptions::new()).await;
    let (totp, _) = paths(&sandbox).await;
    assert_eq!(write_upsun(&sandbox, "DELETE", &totp, "").await.status, 204);
    let user = current_user(&sandbox).await;
    let (id, username) = (user["id"].as_str().unwrap(), user["username"].as_str().unwrap());
    for path in [format!("/users/{id}"), format!("/users/username={username}")] {
        assert_eq!(read(&sandbox, &path).await.ok()["mfa_enabled"], false, "{path}");
    }
    let members = read(&sandbox, "/organizations/name=acme/members").await.ok();
    let references = read(&sandbox, path_of_link(&sandbox, &members["_links"]["ref:users:0"])).await.ok();
    assert_eq!(references[id]["mfa_enabled"], false);
    let token = write_upsun(&sandbox, "POST", &format!("/users/{id}/api-tokens"), r#"{"name":"x"}"#).await;
    assert_eq!(token.json()["mfa_on_creation"], false);
    let body = json!({"user_ids": [id]}).to_string();
    let reminded =
        write_upsun(&sandbox, "POST", "/organizations/01HSANDB0XACME000000000001/mfa/remind", &body);
    assert_eq!(reminded.await.ok()[id]["code"], 200);
    // Only who has a second factor may require one.
    for (action, status) in [("enable", 403), ("disable", 204)] {
        let path = format!("/organizations/01HSANDB0XACME000000000001/mfa-enforcement/{action}");
        assert_eq!(write_upsun(&sandbox, "POST", &path, "").await.status, status);
    }
}

#[tokio::test]
async fn nobody_reads_or_changes_the_factor_of_another() {
    let sandbox = start(SandboxOptions::new()).await;
    let other = ids(&array(&read(&sandbox, "/profiles").await.ok()["profiles"]))[1].clone();
    let before = read(&sandbox, &format!("/users/{other}")).await.ok();
    let anonymous = start(SandboxOptions::new().upsun_token_without_user(true)).await;
    let first = ids(&array(&read(&anonymous, "/profiles").await.ok()["profiles"]))[0].clone();
    for (sandbox, user) in [(&sandbox, other.as_str()), (&sandbox, "nobody"), (&anonymous, &first)] {
        let body = json!({"secret": "X", "passcode": UPSUN_PASSCODE}).to_string();
        for (method, path) in [("GET", "totp"), ("POST", "totp"), ("DELETE", "totp"), ("POST", "codes")] {
            let path = format!("/users/{user}/{path}");
            let response = write_upsun(sandbox, method, &path, &body).await;
            assert_eq!(
                (response.status, response.json()["error"].is_string()),
                (403, true),
                "{method} {path}"
            );
        }
    }
    assert_eq!(read(&sandbox, &format!("/users/{other}")).await.ok(), before);
}

#[tokio::test]
async fn the_log_has_no_secret_passcode_or_code() {
    let sandbox = start(SandboxOptions::new()).await;
    let (totp, recovery) = paths(&sandbox).await;
    write_upsun(&sandbox, "DELETE", &totp, "").await;
    let secret = read(&sandbox, &totp).await.ok()["secret"].clone();
    let mut all = codes(&confirm(&sandbox, &totp, &secret, UPSUN_PASSCODE).await.ok());
    all.extend(codes(&write_upsun(&sandbox, "POST", &recovery, "").await.json()));
    all.extend([secret, UPSUN_PASSCODE.into()]);
    let requests = sandbox.requests();
    let log = format!("{requests:?}");
    for text in &all {
        assert!(!log.contains(text.as_str().unwrap()), "{text}");
    }
    let names: Vec<&str> =
        requests.iter().filter(|it| it.service == "upsun").map(|it| it.operation).collect();
    let expected = [
        "withdraw-totp-enrollment",
        "get-totp-enrollment",
        "confirm-totp-enrollment",
        "recreate-recovery-codes",
    ];
    assert!(names.ends_with(&expected), "{names:?}");
    let effects: Vec<bool> =
        requests.iter().filter(|it| expected.contains(&it.operation)).map(|it| it.took_effect).collect();
    assert_eq!(effects, [true, false, true, true]);
}
