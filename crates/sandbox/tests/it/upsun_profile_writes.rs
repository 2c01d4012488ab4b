use std::time::Duration;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, ids, start, try_send, upsun, write_upsun};

const ACME: &str = "01HSANDB0XACME000000000001";

async fn profile_ids(sandbox: &Sandbox) -> Vec<String> {
    let token = access_token(sandbox).await;
    ids(&array(&upsun(sandbox, &token, "/profiles?range=100").await.ok()["profiles"]))
}

async fn read(sandbox: &Sandbox, path: &str) -> Value {
    upsun(sandbox, &access_token(sandbox).await, path).await.ok()
}

async fn upload(sandbox: &Sandbox, user: &str, content_type: &str, body: &[u8]) -> Response {
    let url = format!("{}/profile/{user}/picture", sandbox.description().upsun.base_url);
    let authorization = format!("Bearer {}", access_token(sandbox).await);
    let headers = [("authorization", authorization.as_str()), ("content-type", content_type)];
    try_send("POST", &url, &headers, body).await.unwrap()
}

fn part(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"me.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n--b0undary--\r\n"].concat()
}

#[tokio::test]
async fn a_changed_profile_is_the_response_and_is_read_everywhere() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let id = profile_ids(&sandbox).await[4].clone();
    let before = read(&sandbox, &format!("/profiles/{id}")).await;
    sandbox.advance_clock(Duration::from_secs(10));
    let change = json!({
        "display_name": "Ğönül 京",
        "company_type": "agency",
        "company_name": "Acme",
        "vat_number": "FR1",
        "company_role": "",
        "marketing": true,
        "ui_colorscheme": "dark",
        "default_catalog": "https://example.com/c.json",
        "project_options_url": "o.json",
        "picture": "https://example.com/p.png",
        "website_url": "https://example.com/",
        "new_ui": false,
        "ui_contrast": "high",
    });
    let mut sent = change.clone();
    // Passwords are accepted and shown nowhere; unknown and read-only fields are ignored.
    for (name, value) in [
        ("current_password", "old-s3cret"),
        ("password", "new-s3cret"),
        ("nonsense", "x"),
        ("id", "x"),
        ("email", "x@example.com"),
        ("currency", "XXX"),
    ] {
        sent[name] = value.into();
    }
    let response = write_upsun(&sandbox, "PATCH", &format!("/profiles/{id}"), &sent.to_string()).await;
    assert_eq!(response.header("content-type"), Some("application/hal+json; charset=utf-8"));
    let after = response.ok();
    let mut expected = before.clone();
    expected.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    expected["updated_at"] = "2027-01-15T08:00:10.000000Z".into();
    assert_eq!(after, expected);
    assert_eq!(read(&sandbox, &format!("/profiles/{id}")).await, expected);
    assert_eq!(read(&sandbox, "/profiles").await["profiles"][4], expected);
    // None of it changes the user.
    let user = read(&sandbox, &format!("/users/{id}")).await;
    assert!(user["company"] != "Acme" && user["updated_at"] != expected["updated_at"]);
    // An empty change changes nothing, not even the time.
    sandbox.advance_clock(Duration::from_secs(10));
    for body in ["{}", r#"{"password":"x"}"#, r#"{"nonsense":null}"#] {
        let response = write_upsun(&sandbox, "PATCH", &format!("/profiles/{id}"), body).await;
        assert_eq!(response.ok(), expected);
    }
}

#[tokio::test]
async fn the_username_is_one_and_the_same_in_all_records() {
    let sandbox = start(SandboxOptions::new()).await;
    let id = profile_ids(&sandbox).await[0].clone();
    let old = read(&sandbox, "/users/me").await["username"].as_str().unwrap().to_owned();
    let other = read(&sandbox, "/profiles").await["profiles"][1]["username"].as_str().unwrap().to_owned();
    let path = format!("/profiles/{id}");
    for body in [json!({"username": other}), json!({"username": ""}), json!({"username": null})] {
        let refused = write_upsun(&sandbox, "PATCH", &path, &body.to_string()).await;
        assert_eq!(refused.status, 400);
        assert!(refused.json()["detail"]["username"][0].is_string());
    }
    for name in ["new name/ü", "newer"] {
        let body = json!({"username": name}).to_string();
        assert_eq!(write_upsun(&sandbox, "PATCH", &path, &body).await.ok()["username"], name);
        assert_eq!(read(&sandbox, "/users/me").await["username"], name);
        let me = read(&sandbox, "/me").await;
        assert_eq!(
            (&me["username"], &me["projects"][0]["owner_info"]["username"]),
            (&json!(name), &json!(name))
        );
        let encoded = name.replace(' ', "%20").replace('/', "%2F").replace('ü', "%C3%BC");
        assert_eq!(read(&sandbox, &format!("/users/username={encoded}")).await["id"], id);
        let found = read(&sandbox, &format!("/profiles?filter[username]={encoded}")).await;
        assert_eq!((&found["count"], &found["profiles"][0]["id"]), (&json!(1), &json!(id)));
    }
    let token = access_token(&sandbox).await;
    for gone in [old.as_str(), "new%20name%2F%C3%BC"] {
        assert_eq!(upsun(&sandbox, &token, &format!("/users/username={gone}")).await.status, 404);
        assert_eq!(read(&sandbox, &format!("/profiles?filter[username]={gone}")).await["count"], 0);
    }
    // A name that one user gave up is free for another.
    let second = profile_ids(&sandbox).await[1].clone();
    let body = json!({"username": old}).to_string();
    write_upsun(&sandbox, "PATCH", &format!("/users/{second}"), &body).await.ok();
    assert_eq!(read(&sandbox, &format!("/users/username={old}")).await["id"], second);
}

#[tokio::test]
async fn what_the_console_sends_is_read_from_the_older_view_of_the_user() {
    let sandbox = start(SandboxOptions::new()).await;
    let id = profile_ids(&sandbox).await[0].clone();
    let change = json!({
        "newsletter": true, "plaintext": false, "website": "w", "ssh_keys": [], "mail": "New@example.com",
        "display_name": "N", "picture": "p", "company_type": "t", "company_role": "r",
    });
    let profile = write_upsun(&sandbox, "PATCH", &format!("/profiles/{id}"), &change.to_string()).await.ok();
    let me = read(&sandbox, "/me").await;
    for (name, value) in change.as_object().unwrap() {
        assert_eq!(me[name], *value, "{name}");
    }
    assert_eq!(
        (&me["has_key"], &me["projects"][0]["owner_info"]["display_name"]),
        (&json!(false), &json!("N"))
    );
    for name in ["newsletter", "plaintext", "website", "ssh_keys", "mail"] {
        assert!(profile.get(name).is_none(), "{name}");
    }
    assert_eq!(profile["email"], "New@example.com");
    let user = read(&sandbox, "/users/email=new%40EXAMPLE.com").await;
    assert_eq!((&user["id"], &user["email_verified"]), (&json!(id), &json!(false)));
}

#[tokio::test]
async fn a_wrong_profile_names_every_wrong_field_and_changes_nothing() {
    let sandbox = start(SandboxOptions::new()).await;
    let id = profile_ids(&sandbox).await[3].clone();
    let path = format!("/profiles/{id}");
    let before = read(&sandbox, &path).await;
    let taken = read(&sandbox, "/users/me").await["email"].as_str().unwrap().to_uppercase();
    for (body, fields) in [
        (json!({"display_name": null, "company_name": "x"}), vec!["display_name"]),
        (
            json!({"marketing": "yes", "new_ui": null, "display_name": 1}),
            vec!["display_name", "marketing", "new_ui"],
        ),
        (json!({"ui_colorscheme": "blue"}), vec!["ui_colorscheme"]),
        (json!({"ui_colorscheme": ""}), vec!["ui_colorscheme"]),
        (json!({"password": null, "current_password": ""}), vec!["current_password", "password"]),
        (json!({"mail": "nobody"}), vec!["mail"]),
        (json!({"mail": taken, "display_name": "x"}), vec!["mail"]),
        (json!({"ssh_keys": "x", "newsletter": 1}), vec!["newsletter", "ssh_keys"]),
        (json!([]), vec!["body"]),
        (json!("x"), vec!["body"]),
    ] {
        let response = write_upsun(&sandbox, "PATCH", &path, &body.to_string()).await;
        let error = response.json();
        assert_eq!((response.status, &error["code"]), (400, &json!(400)), "{body}");
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        let named: Vec<_> = error["detail"].as_object().unwrap().keys().collect();
        assert_eq!(named, fields, "{error}");
        assert!(error["message"].is_string() && error["status"].is_string());
    }
    assert_eq!(
        write_upsun(&sandbox, "PATCH", &path, "{").await.json()["detail"]["body"][0],
        "The body is not valid JSON."
    );
    assert_eq!(read(&sandbox, &path).await, before);
}

#[tokio::test]
async fn an_address_is_changed_field_by_field_and_keeps_its_metadata() {
    let sandbox = start(SandboxOptions::new()).await;
    let user = profile_ids(&sandbox).await[6].clone();
    for (path, has_metadata) in
        [(format!("/profiles/{user}/address"), true), (format!("/organizations/{ACME}/address"), false)]
    {
        let before = read(&sandbox, &path).await;
        let change = json!({
            "country": "NO", "name_line": "Å", "premise": "", "sub_premise": "2", "thoroughfare": "Gate 1",
            "administrative_area": "03", "sub_administrative_area": "", "locality": "Oslo",
            "dependent_locality": "x", "postal_code": "0150",
        });
        let mut expected = before.clone();
        expected.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let mut sent = change;
        sent["metadata"] = json!(null);
        sent["nonsense"] = json!(1);
        assert_eq!(write_upsun(&sandbox, "PATCH", &path, &sent.to_string()).await.ok(), expected);
        expected["locality"] = "Bergen".into();
        let response = write_upsun(&sandbox, "PATCH", &path, r#"{"locality":"Bergen"}"#).await;
        assert_eq!((response.ok(), read(&sandbox, &path).await), (expected.clone(), expected.clone()));
        assert_eq!(expected.get("metadata").is_some(), has_metadata);
        for (body, field) in [
            (r#"{"country":"NOR"}"#, "country"),
            (r#"{"country":""}"#, "country"),
            (r#"{"country":null}"#, "country"),
            (r#"{"locality":"x","postal_code":150}"#, "postal_code"),
            ("[]", "body"),
        ] {
            let response = write_upsun(&sandbox, "PATCH", &path, body).await;
            assert_eq!(response.status, 400, "{body}");
            assert!(response.json()["detail"][field][0].is_string(), "{}", response.text);
        }
        assert_eq!(read(&sandbox, &path).await, expected);
    }
    assert_eq!(read(&sandbox, "/organizations/name=acme/address").await["locality"], "Bergen");
    for (id, status) in [
        ("name=acme", 404),
        ("01HSANDB0XZZZZ000000000009", 404),
        ("01HSANDB0XCEDR000000000003", 403),
        ("01HSANDB0XDVNE000000000004", 403),
    ] {
        let response = write_upsun(&sandbox, "PATCH", &format!("/organizations/{id}/address"), "{}").await;
        assert_eq!((response.status, &response.json()["status"]), (status, &json!(status)), "{id}");
    }
}

#[tokio::test]
async fn a_picture_is_uploaded_to_a_relative_url_and_deleted() {
    let sandbox = start(SandboxOptions::new()).await;
    let user = profile_ids(&sandbox).await[5].clone();
    let path = format!("/profiles/{user}");
    let multipart = "multipart/form-data; boundary=b0undary";
    let picture = part("file", b"\xFF\xD8\r\n--\0 not text");
    let first = upload(&sandbox, &user, multipart, &picture).await.ok();
    let url = first["url"].as_str().unwrap();
    assert!(url.starts_with("/files/pictures/") && url.rsplit_once('.').unwrap().1 == "jpg", "{url}");
    assert_eq!(first.as_object().unwrap().len(), 1);
    assert_eq!(read(&sandbox, &path).await["picture"], url);
    let second = upload(&sandbox, &user, multipart, &picture).await.ok();
    assert_ne!(second, first);
    assert_eq!(read(&sandbox, &path).await["picture"], second["url"]);

    for (content_type, body, status) in [
        (multipart, part("picture", b"x"), 400),
        (multipart, part("file", b""), 400),
        (multipart, b"--b0undary\r\n".to_vec(), 400),
        (multipart, Vec::new(), 400),
        ("multipart/form-data", picture.clone(), 415),
        ("image/jpeg", b"x".to_vec(), 415),
    ] {
        let response = upload(&sandbox, &user, content_type, &body).await;
        assert_eq!(response.status, status, "{content_type}");
        assert_eq!(response.json()["detail"]["file"].is_array(), status == 400);
    }
    assert_eq!(read(&sandbox, &path).await["picture"], second["url"]);

    for _ in 0..2 {
        let response = write_upsun(&sandbox, "DELETE", &format!("/profile/{user}/picture"), "").await;
        assert_eq!((response.status, response.text.as_str()), (204, ""));
        assert_eq!(read(&sandbox, &path).await["picture"], "");
    }
    assert_eq!(upload(&sandbox, "nobody", multipart, &picture).await.status, 404);
}

#[tokio::test]
async fn a_profile_that_there_is_not_is_not_changed() {
    let sandbox = start(SandboxOptions::new()).await;
    for (method, path) in [
        ("PATCH", "/profiles/nobody"),
        ("PATCH", "/profiles/d81c8ee2-44b3-429f-b944-a33ad7437690"),
        ("PATCH", "/profiles/nobody/address"),
        ("DELETE", "/profile/nobody/picture"),
    ] {
        let response = write_upsun(&sandbox, method, path, "null").await;
        assert_eq!((response.status, &response.json()["status"]), (404, &json!(404)), "{path}");
    }
    // The path of the picture is singular.
    let id = &profile_ids(&sandbox).await[0];
    assert_eq!(write_upsun(&sandbox, "DELETE", &format!("/profiles/{id}/picture"), "").await.status, 404);
}
