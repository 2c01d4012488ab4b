//! How the responses to changes are read.

use anyprofile_core::{ErrorKind, Field, error::Retry};
use anyprofile_http::{FormFile, HttpOptions, Proxy};
use anyprofile_upsun::{
    UpsunClient, UpsunConfig,
    wire::{PhoneChannel, SecretText},
};
use httpmock::prelude::*;

use crate::{
    changes::{PICTURE, address, changes, organization, profile, user},
    client,
    support::{Response, Script, json, page, response},
};

#[tokio::test]
async fn a_response_may_be_the_whole_record_or_a_part_of_it() {
    let whole = r#"{"id":"u-1","display_name":"Ada","ui_contrast":"high"}"#;
    for (status, body, has_id) in [
        (200, whole, true),
        (201, whole, true),
        (202, r#"{"display_name":"Ada","username":null}"#, false),
        (200, r#"{"display_name":"Ada","marketing":"yes"}"#, false),
    ] {
        let script = Script::of([json(status, body)]);
        let profile = client(&script).update_profile("u-1", &profile()).await.unwrap();
        assert_eq!(profile.display_name, "Ada".into());
        assert_eq!(profile.id.is_known(), has_id, "{body}");
        assert_eq!(script.only().method, "PATCH");
    }
    let metadata =
        r#"{"country":"NO","postal_code":123,"metadata":{"required_fields":["locality"],"show_vat":true}}"#;
    let script = Script::of([
        json(200, metadata),
        json(201, r#"{"country":"NO"}"#),
        json(200, r#"{"username":"ada"}"#),
    ]);
    let client = client(&script);
    let read = client.update_profile_address("u-1", &address()).await.unwrap();
    assert_eq!(read.metadata.value().unwrap().show_vat, true.into());
    assert!(client.update_organization_address("01H", &address()).await.unwrap().metadata.is_absent());
    assert!(client.update_user("u-1", &user()).await.unwrap().id.is_absent());
}

#[tokio::test]
async fn where_the_response_has_nothing_the_record_is_read() {
    let nothing = [
        || response(204),
        || response(200),
        || json(202, "\n"),
        || json(200, "{}"),
        || json(200, "[]"),
        || json(200, "null"),
        || json(200, r#"{"status":"ok","code":200,"_embedded":{"entity":{"id":"x"}}}"#),
    ];
    for empty in nothing {
        let record = json(200, r#"{"id":"u-1","country":"NO"}"#);
        let steps: Vec<Response> = (0..5).flat_map(|_| [empty(), record.clone()]).collect();
        let script = Script::of(steps);
        let client = client(&script);
        assert_eq!(
            client.update_profile("u-1", &profile()).await.unwrap().id.value().unwrap().as_str(),
            "u-1"
        );
        assert_eq!(client.update_profile_address("u-1", &address()).await.unwrap().country, "NO".into());
        assert_eq!(client.update_organization_address("01H", &address()).await.unwrap().country, "NO".into());
        assert!(client.update_organization_profile("01H", &organization()).await.unwrap().id.is_known());
        assert_eq!(client.update_user("u-1", &user()).await.unwrap().country, "NO".into());
        let sent = script.requests();
        assert_eq!(
            sent,
            [
                "PATCH /profiles/u-1",
                "GET /profiles/u-1",
                "PATCH /profiles/u-1/address",
                "GET /profiles/u-1/address",
                "PATCH /organizations/01H/address",
                "GET /organizations/01H/address",
                "PATCH /organizations/01H/profile",
                "GET /organizations/01H/profile",
                "PATCH /users/u-1",
                "GET /users/u-1",
            ]
        );
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_read_back_is_said_to_be_made() {
    for failing in [response(404), response(503), page(200)] {
        let script = Script::of([response(204), failing]);
        let error = client(&script).update_profile("u-1", &profile()).await.unwrap_err();
        assert!(error.hint().unwrap().starts_with("the change was made"), "{error}");
        assert_eq!(error.retry(), Retry::No, "who repeats what may be repeated makes no second change");
    }
}

#[tokio::test]
async fn any_success_without_a_record_is_one() {
    let without_record = [
        "reset_email_address",
        "reset_password",
        "confirm_phone_number",
        "delete_profile_picture",
        "delete_user_api_token",
        "delete_user_connection",
        "withdraw_totp_enrollment",
        "grant_user_project_access",
        "update_user_project_access",
        "remove_user_project_access",
        "delete_organization_member",
        "cancel_organization_invitation",
        "cancel_project_invitation",
        "enable_organization_mfa_enforcement",
        "disable_organization_mfa_enforcement",
        "delete_team",
        "delete_team_member",
        "grant_team_project_access",
        "remove_team_project_access",
    ];
    for success in
        [|| response(204), || response(200), || json(202, r#"{"status":"ok"}"#), || response(201).body("OK")]
    {
        let script = Script::by(move |_| success().into());
        let client = client(&script);
        let changes = changes(&client).into_iter().filter(|(name, _)| without_record.contains(name));
        let mut made = 0;
        for (name, change) in changes {
            assert_eq!(change.await.unwrap_or_else(|error| panic!("{name}: {error}")), "()");
            made += 1;
        }
        assert_eq!((made, script.sent().len()), (without_record.len(), without_record.len()));
    }
}

#[tokio::test]
async fn a_web_page_is_no_success_and_says_that_the_change_may_have_been_made() {
    let script = Script::by(|_| page(200).into());
    for (name, change) in changes(&client(&script)) {
        let error = change.await.expect_err(name);
        assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(200)), "{name}");
        let hint = error.hint().unwrap();
        let said = ["may have been made", "not known whether"];
        assert!(said.iter().any(|said| hint.contains(said)), "{name}: {hint}");
    }
}

#[tokio::test]
async fn the_url_of_a_picture_is_absolute() {
    for (answered, url) in [
        (
            json(200, r#"{"url":"/files/ada.png?a=b"}"#),
            Field::Value("https://api.example.com/files/ada.png?a=b"),
        ),
        (json(201, r#"{"url":"files/ada.png"}"#), Field::Value("https://api.example.com/files/ada.png")),
        (
            json(200, r#"{"url":"https://cdn.example.com/a.png"}"#),
            Field::Value("https://cdn.example.com/a.png"),
        ),
        (json(200, r#"{"url":""}"#), Field::Null),
        (json(200, r#"{"url":null}"#), Field::Null),
        (json(200, r#"{"url":["/a.png"],"size":7}"#), Field::Absent),
        (json(200, "{}"), Field::Absent),
        (response(204), Field::Absent),
        (response(201), Field::Absent),
    ] {
        let script = Script::of([answered]);
        let picture = client(&script).create_profile_picture("u-1", &PICTURE).await.unwrap();
        assert_eq!(picture.url.as_deref(), url);
        assert!(!format!("{picture:?}").contains("png"), "{picture:?}");
    }
}

#[tokio::test]
async fn a_picture_arrives_byte_by_byte() {
    let content: Vec<u8> = (0..=255).chain(*b"\r\n----\r\n").collect();
    let sent = content.clone();
    let is_sent = move |boundary: &str, length: &str, body: &[u8]| {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
             Content-Type: image/png\r\n\r\n"
        );
        let expected = [head.as_bytes(), &sent, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
        length == expected.len().to_string() && body == expected
    };
    let server = MockServer::start_async().await;
    let upload = server
        .mock_async(|when, then| {
            when.method(POST).path("/api/profile/u-1/picture").is_true(move |request| {
                let headers = request.headers();
                let header =
                    |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
                let boundary = header("content-type").strip_prefix("multipart/form-data; boundary=");
                boundary
                    .is_some_and(|boundary| is_sent(boundary, header("content-length"), request.body_ref()))
            });
            then.status(200).header("content-type", "application/json").body(r#"{"url":"/a.png"}"#);
        })
        .await;
    let config = UpsunConfig::with_access_token("acme".parse().unwrap(), "t")
        .at(server.url("/api"))
        .with_http(HttpOptions::default().with_proxy(Proxy::None));
    let client = UpsunClient::new(config).unwrap();
    let file = FormFile::new("a.png", "image/png", &content);
    let picture = client.create_profile_picture("u-1", &file).await.unwrap();
    assert_eq!(picture.url.value().unwrap(), &server.url("/api/a.png"));
    assert_eq!(upload.calls_async().await, 1);
}

#[tokio::test]
async fn a_session_of_a_phone_number_has_an_id_or_is_none() {
    let verify = |response: Response| async move {
        client(&Script::of([response])).verify_phone_number("u-1", PhoneChannel::Sms, "+4712345678").await
    };
    assert_eq!(verify(json(200, r#"{"sid":"VE-1","to":"+47"}"#)).await.unwrap(), "VE-1");
    assert_eq!(verify(json(201, r#"{"sid":7}"#)).await.unwrap(), "7");
    for useless in [
        json(200, "{}"),
        json(200, r#"{"sid":null}"#),
        json(200, r#"{"sid":""}"#),
        response(204),
        json(200, "[]"),
    ] {
        let error = verify(useless).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.hint().unwrap().contains("not known whether a code was sent"), "{error}");
    }
}

#[tokio::test]
async fn a_new_token_is_shown_once_and_to_those_alone_who_ask_for_it() {
    let made = r#"{"id":"t-1","name":"Token for CI","token":"very-secret","mfa_on_creation":false}"#;
    let script = Script::of([json(201, made), json(200, r#"{"id":"t-2"}"#), response(201)]);
    let client = client(&script);
    let token = client.create_user_api_token("u-1", "Token for CI").await.unwrap();
    assert_eq!(token.token.value().unwrap().expose(), "very-secret");
    assert!(!format!("{token:?} {}", serde_json::to_string(&token).unwrap()).contains("very-secret"));
    assert!(client.create_user_api_token("u-1", "Token for CI").await.unwrap().token.is_absent());
    let error = client.create_user_api_token("u-1", "Token for CI").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.hint().unwrap().contains("delete it"), "{error}");
}

#[tokio::test]
async fn the_seed_of_one_time_passwords_is_a_secret_in_every_form() {
    let enrollment = r#"{"issuer":"https://auth.example.com","account_name":"ada@example.com","secret":"very-secret",
        "qr_code":"data:image/png;base64,very-secret"}"#;
    let script = Script::of([
        json(200, enrollment),
        json(200, r#"{"secret":{"seed":"very-secret"}}"#),
        response(409),
        json(200, r#"{"recovery_codes":["very-secret"]}"#),
    ]);
    let client = client(&script);
    let read = client.get_totp_enrollment("u-1").await.unwrap();
    assert_eq!(read.qr_code.value().unwrap().expose(), "data:image/png;base64,very-secret");
    let odd = client.get_totp_enrollment("u-1").await.unwrap();
    for enrollment in [&read, &odd] {
        let text = format!("{enrollment:?} {}", serde_json::to_string(enrollment).unwrap());
        assert!(!text.contains("very-secret"), "{text}");
    }
    assert!(!format!("{read:?}").contains("ada"));
    assert_eq!(client.get_totp_enrollment("u-1").await.unwrap_err().kind(), ErrorKind::Conflict);
    client.confirm_totp_enrollment("u-1", read.secret.value().unwrap(), "123456").await.unwrap();
    let sent = script.sent();
    assert_eq!((sent[0].method.as_str(), sent[0].target()), ("GET", "/users/u-1/totp"));
    assert_eq!(sent[3].body, r#"{"passcode":"123456","secret":"very-secret"}"#);
}

#[tokio::test]
async fn recovery_codes_are_secrets_in_every_form_and_may_not_come() {
    let codes = |response: Response| async move {
        let client = client(&Script::of([response.clone(), response]));
        let codes =
            client.confirm_totp_enrollment("u-1", &SecretText::new("a seed"), "123456").await.unwrap();
        assert_eq!(client.recreate_recovery_codes("u-1").await.unwrap(), codes);
        let text = format!("{codes:?} {}", serde_json::to_string(&codes).unwrap());
        assert!(!text.contains("very-secret"), "{text}");
        codes.codes().iter().map(|code| code.expose().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        codes(json(201, r#"{"recovery_codes":["very-secret-1","very-secret-2"]}"#)).await,
        ["very-secret-1", "very-secret-2"]
    );
    assert_eq!(codes(json(200, r#"{"recovery_codes":"very-secret-1"}"#)).await, ["very-secret-1"]);
    assert_eq!(codes(json(200, r#"{"recovery_codes":{"a":"very-secret"}}"#)).await.len(), 1);
    for none in [
        json(200, "{}"),
        json(200, r#"{"recovery_codes":null}"#),
        json(200, r#"{"recovery_codes":[]}"#),
        response(204),
    ] {
        assert!(codes(none).await.is_empty());
    }
}
