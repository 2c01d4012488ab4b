//! The mapping of records to profiles.

use anyprofile_core::{
    ErrorKind, Field, FieldPath, FieldState, Profile, ProfileProvider, ProfileProviderExt, profile::RawJson,
};
use anyprofile_probely::ProbelyExtension;

use crate::{
    config, id, provider, shown,
    support::{Script, json},
};

const FULL: &str = r##"{
    "id": "2aB3cD4eF5gH", "email": "ada@example.com", "name": "Ada Example", "title": "seceng",
    "is_billing_admin": true,
    "changed_by": {"id": "-sDw5iRCtV3Y", "email": "root@example.com", "name": "Root"},
    "changed": "2024-07-29T15:51:28.071Z", "active": true,
    "labels": [{"id": "l1", "name": "café", "color": "#00FF00",
        "changed_by": {"id": "2aB3cD4eF5gH", "email": "", "name": "Ada Example"},
        "changed": "2024-04-15T22:54:24.511953Z"}],
    "user_roles": [
        {"role": {"id": "rrrrrrrrrrrr", "name": "Admin"}, "scope": {"tier": "account", "team": null, "target": null}},
        {"role": {"id": "ssssssssssss", "name": "Viewer"}, "scope": {"tier": "team", "team": {"id": "t1", "name": "Blue"}, "target": null}},
        {"role": {"id": "uuuuuuuuuuuu", "name": "Tester"}, "scope": {"tier": "target", "team": null, "target": {"id": "g1", "name": "Shop"}}},
        {"role": {"id": "vvvvvvvvvvvv", "name": "New"}, "scope": {"tier": "scope", "team": null, "target": {"id": "g2", "name": "Blog"}}}
    ],
    "last_login": "2024-07-29T15:51:28.071Z", "is_apiuser": false, "mfa_enabled": true,
    "intercom_user_id": "2aB3cD4eF5gH", "is_sso": false, "is_owner": true, "first_login": null
}"##;

/// A record in the format of 2022, which had fewer fields.
const OLD: &str = r#"{"id":"2aB3cD4eF5gH","email":"user@example.com","name":"Example User","title":"",
    "is_billing_admin":true,"changed_by":{"id":"2aB3cD4eF5gH","email":"user@example.com","name":"Example User"},
    "changed":"2022-05-16T11:50:53.914329Z","last_login":"2022-05-16T11:50:53.914271Z","is_apiuser":false,
    "intercom_user_id":"2aB3cD4eF5gH","is_sso":false,"is_owner":true}"#;

async fn current(record: impl Into<String>) -> Profile {
    provider(&Script::of([json(200, record.into())])).current().await.unwrap()
}

async fn field(path: &FieldPath, fields: &str) -> FieldState {
    let profile = current(format!(r#"{{"id":"x"{fields}}}"#)).await;
    profile.state(path, provider(&Script::silent()).capabilities())
}

#[tokio::test]
async fn a_full_profile_loses_nothing() {
    let profile = current(FULL).await;
    assert!(profile.unknown.is_empty() && profile.notes.is_empty(), "{:?}", profile.unknown);
    insta::assert_json_snapshot!("full_profile", shown(&profile));
}

#[tokio::test]
async fn the_own_profile_is_an_object_or_a_list_of_one() {
    let whole = current(FULL).await;
    assert_eq!(current(format!(" [ {FULL} ] ")).await, whole);
    for body in [
        "[]".to_owned(),
        format!("[{FULL},{FULL}]"),
        "[7]".to_owned(),
        "{}".to_owned(),
        "null".to_owned(),
        "[[]]".to_owned(),
    ] {
        let script = Script::of([json(200, body)]);
        let error = provider(&script).current().await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("profile_list")));
        assert!(!format!("{error} {error:?}").contains("ada@"), "{error}");
    }
}

#[tokio::test]
async fn the_native_client_reads_the_same() {
    let script = Script::of([json(200, FULL), json(200, format!("[{FULL}]")), json(200, FULL)]);
    let provider = provider(&script);
    let client = anyprofile_probely::ProbelyClient::over(provider.http());
    let user = client.get_profile().await.unwrap();
    assert_eq!(user, client.get_profile().await.unwrap());
    assert_eq!(user, client.get_user("2aB3cD4eF5gH").await.unwrap());
    let written: serde_json::Value = serde_json::to_value(&user).unwrap();
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(FULL).unwrap());
}

#[tokio::test]
async fn a_record_of_2022_does_not_claim_what_it_does_not_say() {
    let profile = current(OLD).await;
    insta::assert_json_snapshot!("profile_of_2022", shown(&profile));
    for path in [FieldPath::STATUS, FieldPath::SECURITY_MFA_ENABLED, FieldPath::LABELS, FieldPath::ROLES] {
        let state = profile.state(&path, provider(&Script::silent()).capabilities());
        assert_eq!(state, FieldState::Absent, "{path}");
    }
}

#[tokio::test]
async fn absent_and_null_flags_are_never_false() {
    for (fields, state) in
        [("", FieldState::Absent), (r#","mfa_enabled":null,"active":null"#, FieldState::Null)]
    {
        assert_eq!(field(&FieldPath::SECURITY_MFA_ENABLED, fields).await, state);
        assert_eq!(field(&FieldPath::STATUS, fields).await, state);
    }
    let profile = current(r#"{"id":"x","mfa_enabled":false,"active":false,"is_apiuser":true}"#).await;
    assert_eq!(profile.security.mfa_enabled, false.into());
    assert_eq!(shown(&profile)["status"], "suspended");
    assert_eq!(shown(&profile)["kind"], "service");
}

#[tokio::test]
async fn titles_are_open_and_the_empty_one_is_none() {
    for (title, expected) in [
        (r#""""#, Field::Null),
        ("null", Field::Null),
        (r#""other""#, "other".into()),
        (r#""wizard""#, "wizard".into()),
    ] {
        assert_eq!(current(format!(r#"{{"id":"x","title":{title}}}"#)).await.title, expected);
    }
}

#[tokio::test]
async fn roles_in_every_shape_are_read_or_kept() {
    let state = async |roles: &str| field(&FieldPath::ROLES, roles).await;
    assert_eq!(state("").await, FieldState::Absent);
    assert_eq!(state(r#","user_roles":null"#).await, FieldState::Null);
    assert_eq!(state(r#","user_roles":"""#).await, FieldState::Null);
    assert_eq!(state(r#","user_roles":[]"#).await, FieldState::Value);
    let text = current(r#"{"id":"x","user_roles":"Administrator"}"#).await;
    assert_eq!(shown(&text)["roles"], serde_json::json!([{"role": {"name": "Administrator"}}]));
    for odd in [r#"{"role":"admin"}"#, "7", "true"] {
        let profile = current(format!(r#"{{"id":"x","user_roles":{odd}}}"#)).await;
        assert_eq!(profile.roles, Field::Absent, "{odd}");
        assert_eq!(shown(&profile)["unknown"]["user_roles"].to_string(), odd);
        assert!(shown(&profile)["extension"].get("user_roles").is_none(), "one shape, or nothing");
    }
    assert!(shown(&text)["extension"].get("user_roles").is_none());
    // A list of something else is a field of another type, and noted.
    for odd in [r#"["admin"]"#, r#"[{"role":"admin"}]"#] {
        let profile = current(format!(r#"{{"id":"x","user_roles":{odd}}}"#)).await;
        assert_eq!(profile.roles, Field::Absent, "{odd}");
        assert_eq!(shown(&profile)["unknown"]["user_roles"].to_string(), odd);
        assert_eq!(shown(&profile)["notes"][0]["kind"], "other_type");
    }
    let profile = current(
        r#"{"id":"x","user_roles":[{"role":{},"scope":{"tier":"galaxy","team":{"id":7,"name":""}}},{}]}"#,
    )
    .await;
    insta::assert_json_snapshot!("roles_of_unknown_reach", shown(&profile)["roles"]);
}

#[tokio::test]
async fn times_without_a_zone_are_utc_and_noted() {
    let profile = current(
        r#"{"id":"x","changed":"2023-08-09T13:27:43.8208302","last_login":null,"first_login":"13:27.43"}"#,
    )
    .await;
    insta::assert_json_snapshot!("odd_times", shown(&profile));
}

#[tokio::test]
async fn who_changed_a_user_may_be_told_in_part() {
    for (actor, expected) in [
        (
            r#"{"id":"a","email":"","name":"Ada"}"#,
            serde_json::json!({"id": "a", "email": null, "name": "Ada"}),
        ),
        (r#"{"id":"a","email":null,"name":""}"#, serde_json::json!({"id": "a", "email": null, "name": null})),
        (r#"{"id":7}"#, serde_json::json!({"id": "7"})),
        ("{}", serde_json::json!({})),
        ("null", serde_json::Value::Null),
    ] {
        let profile = current(format!(r#"{{"id":"x","changed_by":{actor}}}"#)).await;
        assert_eq!(shown(&profile)["changed_by"], expected, "{actor}");
    }
}

#[tokio::test]
async fn what_the_list_leaves_out_is_absent_and_unknown_fields_survive() {
    let profile = current(r#"{"id":"x","shoe":44.50,"email":""}"#).await;
    assert_eq!(profile.unknown.get("shoe").unwrap().get(), "44.50");
    assert_eq!(profile.emails, Field::Null);
    let again: Profile = serde_json::from_str(&serde_json::to_string(&profile).unwrap()).unwrap();
    assert_eq!(again, profile);
    assert!(again.extension_as::<ProbelyExtension>().is_some());
    assert_eq!(field(&FieldPath::USERNAME, "").await, FieldState::Unsupported);
}

#[tokio::test]
async fn the_whole_record_is_kept_where_it_was_asked_for_and_only_there() {
    for keep_raw in [true, false] {
        let script = Script::of([json(200, FULL), json(200, format!("[{OLD}]"))]);
        let provider = config(&script).with_raw_records(keep_raw).connect().unwrap();
        let user = provider.get(&id("probely:eu/user/2aB3cD4eF5gH")).await.unwrap();
        let own = provider.current().await.unwrap();
        assert_eq!(user.raw.as_ref().map(RawJson::get), keep_raw.then_some(FULL));
        assert_eq!(own.raw.as_ref().map(RawJson::get), keep_raw.then_some(OLD));
    }
}
