//! Writes that fail, or that the client or the service refuses.

use std::{fmt::Write as _, sync::Arc};

use anyprofile_anthropic::{
    AnthropicClient, BETA_2026_03_24,
    wire::{
        AccessType, ExternalUserDetailsInput, InviteCreate, OrganizationRole, Relationship,
        UserProfileAction, UserProfileCreate, UserProfileUpdate,
    },
};
use anyprofile_core::{Change, Error, ErrorKind, ProfileProviderExt as _, error::Effect};
use anyprofile_http::HttpOptions;

use crate::{
    config, id, provider,
    support::{Response, Script, Sent, json, outcomes::meetings, page, response},
    writes::{BETAS, PROFILE, every_write, named, text, time, whole_details, with_beta},
};

#[tokio::test]
async fn a_web_page_with_a_success_status_is_no_success() {
    let script = Script::by(|_| page(200).into());
    for (operation, result) in every_write(&with_beta(&script, None)).await {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Decode, "{operation}");
    }
}

#[tokio::test]
async fn a_field_that_the_beta_does_not_know_is_refused_with_its_name_and_the_betas() {
    let script = Script::silent();
    let mut told = String::new();
    for beta in BETAS {
        let client = with_beta(&script, beta);
        let mut create = named();
        create.external_id = Some(text("secret"));
        create.relationship = Some(Relationship::External);
        create.access_type = Some(AccessType::Application);
        create.external_user_onboarded_at = Some(time());
        create.external_user_details = Some(whole_details());
        let mut update = UserProfileUpdate::default();
        // Null is sent too.
        update.external_id = Change::Clear;
        update.relationship = Change::Clear;
        update.access_type = Change::Clear;
        update.external_user_onboarded_at = Some(time());
        update.external_user_details = Some(ExternalUserDetailsInput::default());
        let refused = client.create_user_profile(&create).await.unwrap_err();
        let error = client.update_user_profile("uprof_1", &update).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None));
        assert_eq!((refused.field_errors(), refused.kind()), (error.field_errors(), error.kind()));
        assert!(!format!("{refused} {refused:?}").contains("secret"), "{refused}");
        writeln!(told, "{refused}").unwrap();
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn profiles_are_deleted_and_have_links_for_actions_with_every_beta_and_without_one() {
    for beta in BETAS.into_iter().chain([Some("user-profiles-2027-01-01")]) {
        let script = Script::by(|_| json(200, PROFILE).into());
        let client = with_beta(&script, beta);
        client.delete_user_profile("uprof_1").await.unwrap();
        client.create_action_url("uprof_1", &UserProfileAction::EnrollEndUser).await.unwrap();
        let query = if beta.is_some() { "?beta=true" } else { "" };
        let sent = script.sent();
        let sent: Vec<_> = sent.iter().map(Sent::target).collect();
        let path = "/v1/user_profiles/uprof_1";
        assert_eq!(sent, [format!("{path}{query}"), format!("{path}/action_urls{query}")], "{beta:?}");
    }
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_before_anything_is_sent() {
    let script = Script::silent();
    let client = with_beta(&script, None);
    let mut told = String::new();
    let mut refused = |error: Error| {
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        writeln!(told, "{error}").unwrap();
    };
    let long = || Some("ö".repeat(256));

    let mut details = ExternalUserDetailsInput::default();
    details.country = Some(text("no"));
    details.email_hash = long();
    details.name_hash = Some(text(""));
    details.onboarded_at = Some("2999-01-01T00:00:00Z".parse().unwrap());
    details.reference_id = long();
    let mut create = UserProfileCreate::default();
    create.name = long();
    create.metadata = (0..16).map(|n| (format!("secret{n}"), "v".to_owned())).collect();
    create.metadata.insert(format!("secret{}", "ö".repeat(64)), "secret".repeat(100));
    create.metadata.insert("secret".to_owned(), String::new());
    create.external_user_details = Some(details.clone());
    refused(client.create_user_profile(&create).await.unwrap_err());

    let mut update = UserProfileUpdate::default();
    update.name = Change::Set(String::new());
    update.metadata = (0..17).map(|n| (format!("secret{n}"), None)).collect();
    update.external_user_details = Some(details);
    refused(client.update_user_profile("uprof_1", &update).await.unwrap_err());
    let mut update = UserProfileUpdate::default();
    update.metadata = [("secret".to_owned(), Some(String::new()))].into();
    refused(client.update_user_profile("uprof_1", &update).await.unwrap_err());
    for country in ["", "N", "NOR", "Nø", "ÅÅ", "n0"] {
        let mut details = ExternalUserDetailsInput::default();
        details.country = Some(text(country));
        let mut update = UserProfileUpdate::default();
        update.external_user_details = Some(details);
        let error = client.update_user_profile("uprof_1", &update).await.unwrap_err();
        assert_eq!(error.field_errors()["external_user_details.country"], ["must be two upper-case letters"]);
    }

    refused(client.update_organization_user("user_1", &OrganizationRole::Admin).await.unwrap_err());
    let mut invite = InviteCreate::new("secret", OrganizationRole::PrimaryOwner);
    invite.rbac_group_ids = vec![String::new()];
    refused(client.create_invite(&invite).await.unwrap_err());

    let march = with_beta(&script, Some(BETA_2026_03_24));
    for external_id in [String::new(), "secret".repeat(43)] {
        let mut update = UserProfileUpdate::default();
        update.external_id = Change::Set(external_id);
        refused(march.update_user_profile("uprof_1", &update).await.unwrap_err());
    }
    insta::assert_snapshot!(told);

    for id in ["", ".", ".."] {
        for error in [
            client.update_user_profile(id, &UserProfileUpdate::default()).await.unwrap_err(),
            client.create_enrollment_url(id).await.unwrap_err(),
            client.delete_user_profile(id).await.unwrap_err(),
            client.create_action_url(id, &UserProfileAction::EnrollEndUser).await.unwrap_err(),
            client.update_organization_user(id, &OrganizationRole::User).await.unwrap_err(),
            client.remove_organization_user(id).await.unwrap_err(),
            client.delete_invite(id).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
        }
    }
}

#[tokio::test]
async fn lengths_are_in_characters_up_to_the_limit() {
    let script = Script::by(|_| json(200, PROFILE).into());
    let mut create = UserProfileCreate::default();
    create.name = Some("😀".repeat(255));
    create.metadata = (0..16).map(|n| (format!("{n:02}{}", "ö".repeat(62)), "ß".repeat(512))).collect();
    let mut details = ExternalUserDetailsInput::default();
    details.reference_id = Some("😀".repeat(255));
    create.external_user_details = Some(details);
    with_beta(&script, None).create_user_profile(&create).await.unwrap();
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_write_is_ever_repeated() {
    for meeting in meetings() {
        let script = Script::by(move |_| (meeting.step)());
        let http = HttpOptions::default().with_transport(Arc::clone(&script) as _);
        let client = AnthropicClient::new(config(&script).without_beta().with_http(http)).unwrap();
        let results = every_write(&client).await;
        assert_eq!(script.sent().len(), results.len());
        for (operation, result) in results {
            meeting.check(operation, &result.unwrap_err());
        }
    }
}

fn envelope(status: u16, code: &str) -> Response {
    let body = format!(
        r#"{{"type":"error","error":{{"type":"{code}","message":"external_user_details.country: ada@example.com"}},"request_id":"req_1"}}"#
    );
    json(status, body)
}

#[tokio::test]
async fn an_error_of_a_write_keeps_its_code_and_repeats_nothing_that_was_said() {
    for (response, kind, code) in [
        (envelope(400, "invalid_request_error"), ErrorKind::InvalidRequest, Some("invalid_request_error")),
        (envelope(401, "authentication_error"), ErrorKind::Unauthenticated, Some("authentication_error")),
        (envelope(403, "permission_error"), ErrorKind::PermissionDenied, Some("permission_error")),
        (envelope(404, "not_found_error"), ErrorKind::NotFound, Some("not_found_error")),
        (envelope(409, "conflict_error"), ErrorKind::Conflict, Some("conflict_error")),
        (envelope(412, "new_error"), ErrorKind::Conflict, Some("new_error")),
        (envelope(413, "request_too_large"), ErrorKind::InvalidRequest, Some("request_too_large")),
        (page(413), ErrorKind::InvalidRequest, None),
        (page(403), ErrorKind::Upstream, None),
        // A write is not redirected: its body would be lost.
        (
            response(307).header("location", "https://api.example.com/v1/user_profiles"),
            ErrorKind::Decode,
            None,
        ),
    ] {
        let script = Script::by(move |_| response.clone().into());
        for (operation, result) in every_write(&with_beta(&script, None)).await {
            let error = result.unwrap_err();
            // A request without an id cannot fail with "not found".
            let names_nobody = operation.contains("Create") && !operation.ends_with("Url");
            let kind = if kind == ErrorKind::NotFound && names_nobody { ErrorKind::Config } else { kind };
            assert_eq!((error.kind(), error.code()), (kind, code), "{operation}: {error}");
            assert_eq!(error.request_id(), code.map(|_| "req_1"), "{error}");
            assert!(!format!("{error} {error:?} {error:#?}").contains("ada@"), "{error}");
            if matches!(kind, ErrorKind::Unauthenticated | ErrorKind::PermissionDenied) {
                assert!(error.hint().unwrap().contains("admin key"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_link_that_no_person_can_be_sent_to_is_not_handed_out_and_may_have_been_made() {
    for link in [
        r#""javascript:alert(1)""#,
        r#""http://u:p@example.com/""#,
        r#""http://example.com/enroll""#,
        r#""https://example.com/a\nhttps://example.org/b""#,
        r#""https://example.com/\u001b[2J""#,
        "5",
        r#"{"href":"https://example.com/"}"#,
    ] {
        let script = Script::of([json(200, format!(r#"{{"type":"enrollment_url","url":{link}}}"#))]);
        let error = provider(&script).enroll(&id("anthropic:claude/user/uprof_1")).await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Decode, Effect::Possible), "{link}");
        assert!(
            error.message().starts_with("the service sent an enrollment link that is not safe to use: "),
            "{error}"
        );
        assert!(error.hint().unwrap().contains("may have been created"), "{error}");
        assert!(!error.to_string().contains("example"), "{error}");
    }
}
