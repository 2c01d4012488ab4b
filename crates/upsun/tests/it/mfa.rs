//! The second factor that an organization requires.

use anyprofile_core::{ErrorKind, Field};

use crate::{
    client,
    support::{Script, json, response},
};

#[tokio::test]
async fn the_enforcement_is_read_by_id_or_name_and_never_made_up() {
    let script = Script::of([
        json(200, r#"{"enforce_mfa":true}"#),
        json(200, r#"{"enforce_mfa":false,"since":"2026"}"#),
        json(200, r#"{"enforce_mfa":null}"#),
        json(200, "{}"),
        json(403, r#"{"error":"Not allowed"}"#),
    ]);
    let client = client(&script);
    let mut read = Vec::new();
    for organization in ["01H", "name=acme", "01H", "01H"] {
        read.push(client.get_organization_mfa_enforcement(organization).await.unwrap().enforce_mfa);
    }
    assert_eq!(read, [Field::Value(true), Field::Value(false), Field::Null, Field::Absent]);
    let error = client.get_organization_mfa_enforcement("01H").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert_eq!(
        script.requests()[..2],
        ["GET /organizations/01H/mfa-enforcement", "GET /organizations/name=acme/mfa-enforcement"]
    );
}

#[tokio::test]
async fn a_failed_reminder_is_inside_of_a_success() {
    let mixed = r#"{"u-1":{"code":200,"message":"sent"},"u-2":{"code":403,"message":"for ada@example.com"},"u-3":null,
        "u-4":{"code":"200"},"u-5":{},"u-6":"ada@example.com","u-7":{"code":207,"retry":1}}"#;
    let script = Script::of([json(200, mixed)]);
    let users = ["u-1", "u-2", "u-3", "u-4", "u-5", "u-6", "u-7", "u-8"];
    let results = client(&script).send_organization_mfa_reminders("01H", &users).await.unwrap();
    let sent: Vec<_> = users.into_iter().filter(|user| results.is_sent_to(user)).collect();
    assert_eq!(sent, ["u-1", "u-7"]);
    assert_eq!(results.get("u-2").value().unwrap().code, 403.into());
    assert_eq!((results.get("u-3"), results.get("u-8")), (Field::Null, Field::Absent));
    assert!(results.get("u-4").value().unwrap().unknown.get("code").is_some());
    assert_eq!(results.quarantined.len(), 1);
    assert!(!format!("{results:?}").contains("ada"), "{results:?}");
}

#[tokio::test]
async fn reminders_to_nobody_are_an_empty_object_or_array() {
    for none in ["{}", "[]"] {
        let script = Script::of([json(200, none)]);
        let results = client(&script).send_organization_mfa_reminders("01H", &["u-1"]).await.unwrap();
        assert!(results.reminders.is_empty() && !results.is_sent_to("u-1"));
    }
    let script = Script::of([response(204)]);
    let error = client(&script).send_organization_mfa_reminders("01H", &["u-1"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.hint().unwrap().contains("to whom"), "{error}");
}
