//! Creates, updates and deletions: what is sent and what is not, responses, refusals, errors.

use std::{fmt::Write as _, sync::Arc};

use anyprofile_anthropic::{
    AnthropicClient, AnthropicConfig, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04,
    wire::{
        AccessType, AccountStatus, EntityType, ExternalUserDetailsInput, InviteCreate, OrganizationRole,
        Relationship, UserProfileAction, UserProfileCreate, UserProfileUpdate,
    },
};
use anyprofile_core::{Change, Error, ErrorKind, Field, Result, Timestamp};

use crate::{
    client, config,
    support::{Script, Sent, json, response},
};

pub(crate) const PROFILE: &str =
    r#"{"id":"uprof_1","type":"user_profile","name":"Ada","trust_grants":{},"added":1}"#;
const LINK: &str = "https://platform.claude.com/user-profiles/enrollment/M3J0bGJx";
const ENROLLMENT: &str = r#"{"type":"enrollment_url","url":"https://platform.claude.com/user-profiles/enrollment/M3J0bGJx","expires_at":"2026-03-15T10:15:00Z"}"#;

pub(crate) fn with_beta(script: &Arc<Script>, beta: Option<&str>) -> AnthropicClient {
    let config = config(script);
    AnthropicClient::new(match beta {
        Some(beta) => config.with_beta(beta),
        None => config.without_beta(),
    })
    .unwrap()
}

pub(crate) fn text(text: &str) -> String {
    text.to_owned()
}

pub(crate) fn time() -> Timestamp {
    "2024-11-02T09:15:00.5+01:00".parse().unwrap()
}

pub(crate) fn whole_details() -> ExternalUserDetailsInput {
    let mut details = ExternalUserDetailsInput::default();
    details.account_status = Some(AccountStatus::Suspended);
    details.country = Some(text("NO"));
    details.email_hash = Some(text("b1946ac9"));
    details.name_hash = Some(text("5eb63bbb"));
    details.entity_type = Some(EntityType::NonProfit);
    details.onboarded_at = Some(time());
    details.reference_id = Some(text("user_12345"));
    details
}

/// The fields that every beta has.
pub(crate) fn named() -> UserProfileCreate {
    let mut create = UserProfileCreate::default();
    create.name = Some(text("Ada"));
    create.metadata = [("plan", "pro"), ("tëam", "blue")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    create
}

/// Every field that a beta has.
fn whole_create(beta: Option<&str>) -> UserProfileCreate {
    let mut create = named();
    match beta {
        Some(BETA_2026_03_24) => {
            create.external_id = Some(text("user_12345"));
            create.relationship = Some(Relationship::Internal);
        }
        Some(BETA_2026_08_18) => {
            create.external_id = Some(text("user_12345"));
            create.relationship = Some(Relationship::Resold);
            create.access_type = Some(AccessType::Passthrough);
            create.external_user_onboarded_at = Some(time());
        }
        _ => {
            create.access_type = Some("broker".into());
            create.external_user_details = Some(whole_details());
        }
    }
    create
}

/// Every field that a beta has, each set.
fn whole_update(beta: Option<&str>) -> UserProfileUpdate {
    let create = whole_create(beta);
    let mut update = UserProfileUpdate::default();
    update.external_id = create.external_id.map_or(Change::Keep, Change::Set);
    update.name = create.name.map_or(Change::Keep, Change::Set);
    update.relationship = create.relationship.map_or(Change::Keep, Change::Set);
    update.access_type = create.access_type.map_or(Change::Keep, Change::Set);
    update.metadata = create.metadata.into_iter().map(|(key, value)| (key, Some(value))).collect();
    update.metadata.insert("old".to_owned(), None);
    update.external_user_onboarded_at = create.external_user_onboarded_at;
    update.external_user_details = create.external_user_details;
    update
}

pub(crate) fn invite() -> InviteCreate {
    let mut invite = InviteCreate::new("ada@example.com", OrganizationRole::Developer);
    invite.rbac_group_ids = vec!["rbac_01".to_owned(), "rbac_02".to_owned()];
    invite
}

/// Returns a request without its headers.
fn shown(sent: &Sent) -> String {
    format!("{} {}\n    {}\n", sent.method, sent.target(), sent.body)
}

pub(crate) const BETAS: [Option<&str>; 4] =
    [Some(BETA_2026_03_24), Some(BETA_2026_08_18), Some(BETA_2026_09_04), None];

/// Each operation once, with only what is required. The client's account has no beta.
pub(crate) async fn every_write(client: &AnthropicClient) -> Vec<(&'static str, Result<(), Error>)> {
    let mut update = UserProfileUpdate::default();
    update.name = Change::Set("Ada".to_owned());
    let enroll = UserProfileAction::EnrollEndUser;
    let (role, invite) =
        (OrganizationRole::User, InviteCreate::new("ada@example.com", OrganizationRole::User));
    vec![
        ("BetaCreateUserProfile", client.create_user_profile(&UserProfileCreate::default()).await.map(drop)),
        ("BetaUpdateUserProfile", client.update_user_profile("uprof_1", &update).await.map(drop)),
        ("BetaCreateEnrollmentUrl", client.create_enrollment_url("uprof_1").await.map(drop)),
        ("DeleteUserProfile", client.delete_user_profile("uprof_1").await.map(drop)),
        ("CreateUserProfileActionUrl", client.create_action_url("uprof_1", &enroll).await.map(drop)),
        ("AdminUpdateUser", client.update_organization_user("user_1", &role).await.map(drop)),
        ("AdminRemoveUser", client.remove_organization_user("user_1").await.map(drop)),
        ("AdminCreateInvite", client.create_invite(&invite).await.map(drop)),
        ("AdminDeleteInvite", client.delete_invite("invite_1").await.map(drop)),
    ]
}

#[tokio::test]
async fn every_write_sends_every_field_that_the_beta_knows() {
    let script = Script::by(|_| json(200, PROFILE).into());
    for beta in BETAS {
        let client = with_beta(&script, beta);
        client.create_user_profile(&whole_create(beta)).await.unwrap();
        client.update_user_profile("a/../b?c=d", &whole_update(beta)).await.unwrap();
        client.create_enrollment_url("uprof_1").await.unwrap();
    }
    let client = with_beta(&script, None);
    client.delete_user_profile("uprof_1").await.unwrap();
    client.create_action_url("uprof_1", &UserProfileAction::EnrollEndUser).await.unwrap();
    client.create_action_url("uprof_1", &"wave".into()).await.unwrap();
    client.update_organization_user("user_1", &OrganizationRole::ClaudeCodeUser).await.unwrap();
    client.update_organization_user("user_1", &"auditor".into()).await.unwrap();
    client.remove_organization_user("a/../b?c=d").await.unwrap();
    client.create_invite(&invite()).await.unwrap();
    client.delete_invite("invite_1").await.unwrap();
    let sent = script.sent();
    insta::assert_snapshot!(sent.iter().map(shown).collect::<String>());
    insta::with_settings!({filters => vec![(r"anyprofile/\d+\.\d+\.\d+", "anyprofile/VERSION")]}, {
        // A write with a body, one without, and one in the account without a beta.
        insta::assert_snapshot!("headers_of_writes", [&sent[0], &sent[2], &sent[9]].map(Sent::text).join("\n"));
    });
}

#[tokio::test]
async fn nothing_is_sent_but_what_is_set_and_a_create_of_nothing_has_a_body() {
    let script = Script::by(|_| json(200, PROFILE).into());
    let client = with_beta(&script, None);
    every_write(&client).await.into_iter().for_each(|(_, result)| result.unwrap());

    let changes: [fn(&mut ExternalUserDetailsInput); 8] = [
        |details| details.account_status = Some("watched".into()),
        |details| details.country = Some(text("US")),
        |details| details.email_hash = Some(text("x")),
        |details| details.name_hash = Some(text("x")),
        |details| details.entity_type = Some(EntityType::Government),
        |details| details.onboarded_at = Some(time()),
        |details| details.reference_id = Some(text("x")),
        |_| {},
    ];
    for change in changes {
        let mut details = ExternalUserDetailsInput::default();
        change(&mut details);
        let mut update = UserProfileUpdate::default();
        update.external_user_details = Some(details.clone());
        client.update_user_profile("uprof_1", &update).await.unwrap();
        let mut create = UserProfileCreate::default();
        create.external_user_details = Some(details);
        client.create_user_profile(&create).await.unwrap();
    }
    insta::assert_snapshot!(script.sent().iter().map(shown).collect::<String>());
}

/// A change, and its request body.
type Case = (fn(&mut UserProfileUpdate), &'static str);

#[tokio::test]
async fn kept_cleared_and_set_are_three_states_of_a_field() {
    let script = Script::by(|_| json(200, PROFILE).into());
    let client = with_beta(&script, Some(BETA_2026_08_18));
    let changes: [Case; 12] = [
        (|_| {}, "{}"),
        (|update| update.name = Change::Keep, "{}"),
        (|update| update.name = Change::Clear, r#"{"name":null}"#),
        (|update| update.name = Change::Set("Ada".to_owned()), r#"{"name":"Ada"}"#),
        (|update| update.external_id = Change::Clear, r#"{"external_id":null}"#),
        (|update| update.external_id = Change::Set("1".to_owned()), r#"{"external_id":"1"}"#),
        (|update| update.relationship = Change::Clear, r#"{"relationship":null}"#),
        (|update| update.relationship = Change::Set(Relationship::Resold), r#"{"relationship":"resold"}"#),
        (|update| update.access_type = Change::Clear, r#"{"access_type":null}"#),
        (
            |update| update.access_type = Change::Set(AccessType::Application),
            r#"{"access_type":"application"}"#,
        ),
        (
            |update| update.external_user_onboarded_at = Some(time()),
            r#"{"external_user_onboarded_at":"2024-11-02T08:15:00.5Z"}"#,
        ),
        (
            |update| {
                update.metadata = [("plan".to_owned(), None), ("team".to_owned(), Some(text("blue")))].into();
            },
            r#"{"metadata":{"plan":"","team":"blue"}}"#,
        ),
    ];
    for (change, body) in changes {
        let mut update = UserProfileUpdate::default();
        change(&mut update);
        client.update_user_profile("uprof_1", &update).await.unwrap();
        assert_eq!(script.sent().last().unwrap().body, body);
    }
}

#[tokio::test]
async fn what_was_made_changed_or_deleted_is_given_as_it_is_told() {
    let deleted = |word: &str| json(200, format!(r#"{{"id":"x","type":"{word}","added":1}}"#));
    let script = Script::of([
        json(200, PROFILE),
        json(201, PROFILE),
        json(200, PROFILE),
        deleted("user_profile_deleted"),
        deleted("user_deleted"),
        deleted("invite_deleted"),
        json(200, r#"{"id":"user_1","type":"user","email":"ada@example.com","role":"auditor"}"#),
        json(200, r#"{"id":"invite_1","type":"invite","email":"ada@example.com","status":"pending"}"#),
    ]);
    let client = with_beta(&script, None);
    let create = named();
    for profile in [
        client.create_user_profile(&create).await.unwrap(),
        client.create_user_profile(&create).await.unwrap(),
        client.update_user_profile("uprof_1", &whole_update(None)).await.unwrap(),
    ] {
        assert_eq!(
            (profile.name.value().map(String::as_str), profile.external_id),
            (Some("Ada"), Field::Absent)
        );
        assert!(profile.unknown.get("added").is_some());
    }
    for (deleted, word) in [
        (client.delete_user_profile("x").await.unwrap(), "user_profile_deleted"),
        (client.remove_organization_user("x").await.unwrap(), "user_deleted"),
        (client.delete_invite("x").await.unwrap(), "invite_deleted"),
    ] {
        assert_eq!((deleted.id.value().unwrap().as_str(), deleted.record_type), ("x", word.into()));
    }
    let user = client.update_organization_user("user_1", &OrganizationRole::User).await.unwrap();
    assert_eq!(user.role.value().unwrap().as_str(), "auditor");
    assert_eq!(client.create_invite(&invite()).await.unwrap().status.value().unwrap().as_str(), "pending");
}

#[tokio::test]
async fn an_empty_response_to_a_change_is_read_again_and_one_to_a_create_is_none() {
    for empty in [response(200), response(204), json(202, "\n")] {
        let script =
            Script::by(
                move |sent| {
                    if sent.method == "GET" { json(200, PROFILE).into() } else { empty.clone().into() }
                },
            );
        let client = with_beta(&script, None);
        assert_eq!(
            client.update_user_profile("uprof_1", &whole_update(None)).await.unwrap().name,
            "Ada".into()
        );
        let user = client.update_organization_user("user_1", &OrganizationRole::User).await.unwrap();
        assert_eq!(user.name, "Ada".into());
        // A deletion needs no response body.
        for deleted in [
            client.delete_user_profile("x").await.unwrap(),
            client.remove_organization_user("x").await.unwrap(),
            client.delete_invite("x").await.unwrap(),
        ] {
            assert!(deleted.id.is_absent() && deleted.record_type.is_absent());
        }
        let requests = script.requests();
        assert_eq!(
            requests,
            [
                "POST /v1/user_profiles/uprof_1",
                "GET /v1/user_profiles/uprof_1",
                "POST /v1/organizations/users/user_1",
                "GET /v1/organizations/users/user_1",
                "DELETE /v1/user_profiles/x",
                "DELETE /v1/organizations/users/x",
                "DELETE /v1/organizations/invites/x",
            ]
        );
        for error in [
            client.create_user_profile(&named()).await.unwrap_err(),
            client.create_enrollment_url("x").await.unwrap_err(),
            client.create_action_url("x", &UserProfileAction::EnrollEndUser).await.unwrap_err(),
            client.create_invite(&invite()).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.hint().unwrap().contains("not known whether"), "{error}");
        }
    }
    let script = Script::of([response(204), json(500, "{}")]);
    let error =
        client(&script).update_user_profile("uprof_1", &UserProfileUpdate::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Upstream, Some(500)));
    assert!(error.hint().unwrap().contains("the change was made"), "{error}");
}

#[tokio::test]
async fn a_link_is_a_secret_that_is_shown_nowhere() {
    let action = ENROLLMENT.replace("enrollment_url", "user_profile_action_url");
    let script = Script::of([
        json(200, ENROLLMENT),
        json(200, action),
        // A link in another format than documented is a secret too.
        json(200, format!(r#"{{"url":{{"href":"{LINK}"}},"expires_at":null}}"#)),
        json(200, r#"{"type":"enrollment_url","url":null}"#),
    ]);
    let client = with_beta(&script, None);
    let enrollment = client.create_enrollment_url("uprof_1").await.unwrap();
    assert_eq!(enrollment.record_type, "enrollment_url".into());
    assert_eq!(enrollment.expires_at, "2026-03-15T10:15:00Z".into());
    assert_eq!(enrollment.url.value().unwrap().expose(), LINK);
    assert_eq!(enrollment, enrollment.clone());
    let action = client.create_action_url("uprof_1", &UserProfileAction::EnrollEndUser).await.unwrap();
    assert_eq!(
        (action.record_type, action.expires_at),
        ("user_profile_action_url".into(), enrollment.expires_at.clone())
    );
    assert_eq!(action.url.value().unwrap().expose(), LINK);
    let odd = client.create_enrollment_url("uprof_1").await.unwrap();
    assert!(odd.url.value().unwrap().expose().contains(LINK) && odd.expires_at.is_null());
    assert!(client.create_enrollment_url("uprof_1").await.unwrap().url.is_null());
    for shown in [
        format!("{enrollment:?} {:?} {:#?}", enrollment.url, action.url),
        format!("{odd:?} {:?}", odd.url),
        serde_json::to_string(&enrollment).unwrap(),
        serde_json::to_string(&odd).unwrap(),
    ] {
        assert!(!shown.contains("M3J0bGJx") && !shown.contains("platform.claude.com"), "{shown}");
    }
    assert!(serde_json::to_string(&enrollment).unwrap().contains("[withheld]"));
    // The request has no body, so it has no content type.
    let sent = &script.sent()[0];
    assert_eq!((sent.body.as_str(), sent.header("content-type")), ("", None));
}

#[test]
fn debug_shows_what_is_set_and_nothing_of_it() {
    let mut one = UserProfileUpdate::default();
    one.name = Change::Clear;
    let mut all = String::new();
    for beta in BETAS {
        write!(all, "{:?} {:?} ", whole_create(beta), whole_update(beta)).unwrap();
    }
    write!(all, "{:?} {:?} {one:?}", invite(), whole_details()).unwrap();
    for hidden in
        ["Ada", "ada@", "plan", "tëam", "user_12345", "NO", "b1946ac9", "2024", "rbac_01", "assthrough"]
    {
        assert!(!all.contains(hidden), "{all}");
    }
    assert!(all.ends_with("UserProfileUpdate { name: .. }"), "{all}");
    assert!(
        all.contains("InviteCreate { role: Developer, .. }") && all.contains("reference_id: .."),
        "{all}"
    );
}

#[tokio::test]
async fn the_organization_is_changed_with_an_admin_key_and_no_beta() {
    let script = Script::by(|_| json(200, r#"{"id":"user_1","type":"user"}"#).into());
    let config = AnthropicConfig::with_admin_key("org".parse().unwrap(), "an-admin-key")
        .at("https://api.example.com")
        .with_http(crate::http(&script));
    let client = AnthropicClient::new(config).unwrap();
    client.update_organization_user("user_1", &OrganizationRole::Billing).await.unwrap();
    let sent = script.only();
    assert_eq!((sent.header("x-api-key"), sent.header("anthropic-beta")), (Some("an-admin-key"), None));
    assert_eq!(
        (sent.target(), sent.body.as_str()),
        ("/v1/organizations/users/user_1", r#"{"role":"billing"}"#)
    );
}
