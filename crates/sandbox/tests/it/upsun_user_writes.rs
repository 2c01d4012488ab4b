use std::time::Duration;

use anyprofile_sandbox::{Sandbox, SandboxOptions, UPSUN_PHONE_CODE};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, ids, path_of_link, start, upsun, write_upsun};

async fn users(sandbox: &Sandbox) -> Vec<String> {
    let token = access_token(sandbox).await;
    ids(&array(&upsun(sandbox, &token, "/profiles?range=100").await.ok()["profiles"]))
}

async fn read(sandbox: &Sandbox, path: &str) -> Value {
    upsun(sandbox, &access_token(sandbox).await, path).await.ok()
}

async fn status(sandbox: &Sandbox, path: &str) -> u16 {
    upsun(sandbox, &access_token(sandbox).await, path).await.status
}

async fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Response {
    write_upsun(sandbox, "POST", path, &body.to_string()).await
}

#[tokio::test]
async fn a_changed_user_is_read_by_id_and_as_the_current_one_and_by_reference() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let id = users(&sandbox).await[0].clone();
    let before = read(&sandbox, "/users/me").await;
    let change = json!({
        "username": "ägir", "first_name": "Ä", "last_name": "", "picture": "https://example.com/p.png",
        "company": "Acme", "website": "urn:x", "country": "NO",
    });
    let mut sent = change.clone();
    sent["email"] = "x@example.com".into();
    sent["deactivated"] = true.into();
    let mut expected = before;
    expected.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    expected["updated_at"] = "2027-01-15T08:00:00.000000Z".into();
    let response = write_upsun(&sandbox, "PATCH", &format!("/users/{id}"), &sent.to_string()).await;
    assert_eq!(response.ok(), expected);
    for path in [format!("/users/{id}"), "/users/me".to_owned(), "/users/username=%C3%A4gir".to_owned()] {
        assert_eq!(read(&sandbox, &path).await, expected, "{path}");
    }
    let members = read(&sandbox, "/organizations/name=acme/members").await;
    let href = path_of_link(&sandbox, &members["_links"]["ref:users:0"]);
    let reference = &read(&sandbox, href).await[&id];
    for (field, value) in reference.as_object().unwrap() {
        assert_eq!(*value, expected[field], "{field}");
    }
    assert_eq!(reference["first_name"], "Ä");
    // The names of the profile are separate.
    assert!(read(&sandbox, &format!("/profiles/{id}")).await["display_name"] != "Ä");
}

#[tokio::test]
async fn a_wrong_user_is_told_in_one_text_and_changes_nothing() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = users(&sandbox).await;
    let path = format!("/users/{}", all[2]);
    let before = read(&sandbox, &path).await;
    let taken = read(&sandbox, "/users/me").await["username"].clone();
    for (body, fields) in [
        (json!({"country": "NOR"}), vec!["country"]),
        (json!({"country": "n1"}), vec!["country"]),
        (json!({"country": ""}), vec!["country"]),
        (json!({"website": "example.com", "picture": ""}), vec!["picture", "website"]),
        (json!({"first_name": null, "last_name": 3}), vec!["first_name", "last_name"]),
        (json!({"username": taken, "company": "x"}), vec!["username"]),
        (json!({"username": ""}), vec!["username"]),
        (json!([1]), vec!["body"]),
    ] {
        let response = write_upsun(&sandbox, "PATCH", &path, &body.to_string()).await;
        let error = response.json();
        assert_eq!((response.status, error.as_object().unwrap().len()), (400, 1), "{body}");
        for field in fields {
            assert!(error["error"].as_str().unwrap().contains(&format!("{field}: ")), "{error}");
        }
    }
    assert_eq!(read(&sandbox, &path).await, before);
    for (method, path) in [
        ("PATCH", "/users/nobody"),
        ("POST", "/users/nobody/emailaddress"),
        ("POST", "/users/nobody/resetpassword"),
        ("POST", "/users/nobody/phonenumber"),
        ("POST", "/users/nobody/phonenumber/x"),
    ] {
        let response = write_upsun(&sandbox, method, path, "{}").await;
        assert_eq!((response.status, response.json()["error"].is_string()), (403, true), "{path}");
    }
    // The paths of look-ups do not address a user for writes.
    for path in ["/users/me", "/users/username=x", "/users/email=x%40example.com"] {
        let response = write_upsun(&sandbox, "PATCH", path, "{}").await;
        assert_eq!((response.status, response.header("allow")), (405, Some("GET, HEAD")), "{path}");
    }
}

#[tokio::test]
async fn an_email_address_is_changed_in_all_records_and_found_there_only() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = users(&sandbox).await;
    let (first, second) = (&all[0], &all[1]);
    let old = read(&sandbox, "/users/me").await["email"].as_str().unwrap().to_owned();
    let path = format!("/users/{first}/emailaddress");
    for email in ["New+1@example.com", "newer@example.com"] {
        let response = post(&sandbox, &path, &json!({"email_address": email})).await;
        assert_eq!((response.status, response.text.as_str()), (204, ""));
        let user = read(&sandbox, "/users/me").await;
        assert_eq!((&user["email"], &user["email_verified"]), (&json!(email), &json!(true)));
        assert_eq!(read(&sandbox, &format!("/profiles/{first}")).await["email"], email);
        assert_eq!(read(&sandbox, "/profiles").await["profiles"][0]["email"], email);
        assert_eq!(read(&sandbox, "/me").await["mail"], email);
        let found = format!("/users/email={}", email.to_lowercase().replace('+', "%2B").replace('@', "%40"));
        assert_eq!(read(&sandbox, &found).await["id"], *first);
    }
    for gone in [old.as_str(), "new%2B1@example.com"] {
        assert_eq!(status(&sandbox, &format!("/users/email={gone}")).await, 404, "{gone}");
    }
    // The user's own name is allowed, another's is taken, and a given-up one is free again.
    for (user, email, status) in [
        (first, "NEWER@example.com", 204),
        (second, "newer@EXAMPLE.com", 409),
        (second, old.as_str(), 204),
        (first, old.as_str(), 409),
    ] {
        let response =
            post(&sandbox, &format!("/users/{user}/emailaddress"), &json!({"email_address": email})).await;
        assert_eq!(response.status, status, "{email}");
        assert_eq!(status == 409, !response.text.is_empty() && response.json()["error"].is_string());
    }
    assert_eq!(read(&sandbox, &format!("/users/email={old}")).await["id"], *second);
    for body in [
        json!({}),
        json!({"email_address": ""}),
        json!({"email_address": "x"}),
        json!({"email_address": null}),
    ] {
        let response = post(&sandbox, &path, &body).await;
        assert_eq!(response.status, 400, "{body}");
        assert!(response.json()["error"].as_str().unwrap().starts_with("email_address: "));
    }
}

#[tokio::test]
async fn an_address_that_nobody_confirms_stays_as_it_was() {
    let sandbox = start(SandboxOptions::new().upsun_emails_stay(true)).await;
    let all = users(&sandbox).await;
    let before = read(&sandbox, "/users/me").await;
    let path = format!("/users/{}/emailaddress", all[0]);
    assert_eq!(post(&sandbox, &path, &json!({"email_address": "new@example.com"})).await.status, 204);
    assert_eq!(read(&sandbox, "/users/me").await, before);
    let path = format!("/users/{}/emailaddress", all[1]);
    assert_eq!(post(&sandbox, &path, &json!({"email_address": before["email"]})).await.status, 409);
}

#[tokio::test]
async fn a_password_reset_is_accepted_and_shows_nowhere() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = users(&sandbox).await;
    let before = read(&sandbox, &format!("/users/{}", all[3])).await;
    let response = post(&sandbox, &format!("/users/{}/resetpassword", all[3]), &Value::Null).await;
    assert_eq!((response.status, response.text.as_str()), (204, ""));
    assert_eq!(read(&sandbox, &format!("/users/{}", all[3])).await, before);
}

#[tokio::test]
async fn a_phone_is_verified_with_the_code_that_it_got() {
    // A seed whose first user must verify a phone.
    let sandbox = start(SandboxOptions::new().seed(2).fixed_clock(1_800_000_000)).await;
    let all = users(&sandbox).await;
    assert_eq!(
        post(&sandbox, "/me/verification", &Value::Null).await.ok(),
        json!({"state": true, "type": "phone"})
    );
    let path = format!("/users/{}/phonenumber", all[0]);
    let begin = json!({"channel": "sms", "phone_number": "+47 22 00 00 00"});
    let earlier = post(&sandbox, &path, &begin).await.ok()["sid"].as_str().unwrap().to_owned();
    let sid = post(&sandbox, &path, &begin).await.ok()["sid"].as_str().unwrap().to_owned();
    assert_ne!(sid, earlier);
    for (sid, body) in [
        (sid.as_str(), json!({"code": "000000"})),
        (&sid, json!({"code": 123_456})),
        (&sid, json!({})),
        (&earlier, json!({"code": UPSUN_PHONE_CODE})),
        ("nonesuch", json!({"code": UPSUN_PHONE_CODE})),
    ] {
        let response = post(&sandbox, &format!("{path}/{sid}"), &body).await;
        assert!(response.status == 400 && response.json()["error"].is_string(), "{sid} {body}");
    }
    let other = format!("/users/{}/phonenumber", all[5]);
    assert_eq!(
        post(&sandbox, &format!("{other}/{sid}"), &json!({"code": UPSUN_PHONE_CODE})).await.status,
        400
    );
    let response = post(&sandbox, &format!("{path}/{sid}"), &json!({"code": UPSUN_PHONE_CODE})).await;
    assert_eq!((response.status, response.text.as_str()), (200, ""));
    let again = post(&sandbox, &format!("{path}/{sid}"), &json!({"code": UPSUN_PHONE_CODE})).await;
    assert_eq!(again.status, 400);
    let user = read(&sandbox, "/users/me").await;
    assert_eq!(
        (&user["phone_number_verified"], &user["updated_at"]),
        (&json!(true), &json!("2027-01-15T08:00:00.000000Z"))
    );
    assert_eq!(
        post(&sandbox, "/me/verification", &Value::Null).await.ok(),
        json!({"state": false, "type": null})
    );
    assert_eq!(post(&sandbox, "/me/phone", &Value::Null).await.ok(), json!({"verify_phone": false}));

    // A number belongs to one user at a time.
    let taken = post(&sandbox, &other, &json!({"channel": "call", "phone_number": "+4722000000"})).await;
    assert!(taken.status == 409 && taken.json()["error"].is_string());
    let moved =
        post(&sandbox, &path, &json!({"channel": "whatsapp", "phone_number": "+4722000001"})).await.ok();
    let moved = format!("{path}/{}", moved["sid"].as_str().unwrap());
    assert_eq!(post(&sandbox, &moved, &json!({"code": UPSUN_PHONE_CODE})).await.status, 200);
    let mine = post(&sandbox, &other, &json!({"channel": "call", "phone_number": "+4722000000"})).await.ok();
    let theirs = post(&sandbox, &path, &json!({"channel": "call", "phone_number": "+4722000000"})).await.ok();
    let mine = format!("{other}/{}", mine["sid"].as_str().unwrap());
    assert_eq!(post(&sandbox, &mine, &json!({"code": UPSUN_PHONE_CODE})).await.status, 200);
    assert_eq!(read(&sandbox, &format!("/users/{}", all[5])).await["phone_number_verified"], true);
    let late = format!("{path}/{}", theirs["sid"].as_str().unwrap());
    assert_eq!(post(&sandbox, &late, &json!({"code": UPSUN_PHONE_CODE})).await.status, 409);

    for body in [
        json!({"channel": "pigeon", "phone_number": "+4722000009"}),
        json!({"channel": "sms"}),
        json!({"phone_number": "+4722000009"}),
        json!({"channel": "sms", "phone_number": "call me"}),
        json!({"channel": "sms", "phone_number": null}),
    ] {
        let response = post(&sandbox, &path, &body).await;
        assert!(response.status == 400 && response.json()["error"].is_string(), "{body}");
    }
}

#[tokio::test]
async fn the_records_of_one_person_are_changed_apart_and_in_time() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let id = users(&sandbox).await[4].clone();
    let (profile, user) = (format!("/profiles/{id}"), format!("/users/{id}"));
    write_upsun(&sandbox, "PATCH", &profile, r#"{"company_name":"P"}"#).await.ok();
    sandbox.advance_clock(Duration::from_secs(1));
    write_upsun(&sandbox, "PATCH", &user, r#"{"company":"U"}"#).await.ok();
    let times = |at: &Value| at["updated_at"].as_str().unwrap().to_owned();
    let (shown, own) = (read(&sandbox, &profile).await, read(&sandbox, &user).await);
    assert_eq!((&shown["company_name"], &own["company"]), (&json!("P"), &json!("U")));
    assert_eq!([times(&shown), times(&own)], ["2027-01-15T08:00:00.000000Z", "2027-01-15T08:00:01.000000Z"]);
    // A change of a field that both records show updates the time of both.
    sandbox.advance_clock(Duration::from_secs(1));
    write_upsun(&sandbox, "PATCH", &user, r#"{"username":"x"}"#).await.ok();
    let (shown, own) = (read(&sandbox, &profile).await, read(&sandbox, &user).await);
    assert_eq!([times(&shown), times(&own)], ["2027-01-15T08:00:02.000000Z"; 2]);
}
