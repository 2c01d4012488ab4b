//! What changes send, what is not sent, and that nothing is sent twice.

use std::sync::Arc;

use anyprofile_core::{Error, ErrorKind};
use anyprofile_http::{FormFile, HttpOptions};
use anyprofile_upsun::{
    UpsunClient,
    wire::{
        AddressUpdate, CustomerType, NewOrganizationInvitation, NewProjectInvitation, NewTeam,
        OrganizationPermission, OrganizationProfileUpdate, PhoneChannel, ProfileUpdate, ProjectAccessGrant,
        ProjectPermission, SecretText, TeamUpdate, UserUpdate,
    },
};

use crate::{
    changes::{
        PICTURE, address, changes, new_team, organization, organization_invitation, profile,
        project_invitation, team, user,
    },
    client, config,
    support::{Script, Sent, Step, json, outcomes::meetings, page, response},
};

/// Returns the request without the headers that every request has.
fn told(sent: &Sent) -> String {
    let content_type = sent.header("content-type").map(|value| format!("\n{value}")).unwrap_or_default();
    let body = if sent.body.is_empty() { String::new() } else { format!("\n{}", sent.body) };
    format!("{} {}{content_type}{body}\n", sent.method, sent.target()).replace('\r', "\\r")
}

/// A service that accepts every write and returns every record.
fn willing() -> Arc<Script> {
    Script::by(|_| json(200, r#"{"id":"x","country":"NO","sid":"s-1","user_id":"u-1"}"#).into())
}

#[tokio::test]
async fn every_change_sends_what_is_documented() {
    let script = willing();
    let client = client(&script);
    let changes = changes(&client);
    let count = changes.len();
    for (name, change) in changes {
        change.await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let sent = script.sent();
    assert_eq!(sent.len(), count, "each sends one request");
    assert!(sent.iter().all(|sent| sent.header("authorization") == Some("Bearer an-access-token")));
    // The boundary of a form is random.
    insta::with_settings!({ filters => [("anyprofile-[0-9a-f]{32}", "[boundary]")] }, {
        insta::assert_snapshot!(sent.iter().map(told).collect::<Vec<_>>().join("\n"));
    });
}

#[tokio::test]
async fn a_change_of_one_field_sends_that_field_alone() {
    let script = willing();
    let client = client(&script);
    let mut update = ProfileUpdate::default();
    update.marketing = Some(false);
    client.update_profile("u-1", &update).await.unwrap();
    let mut update = ProfileUpdate::default();
    update.company_role = Some(String::new());
    client.update_profile("u-1", &update).await.unwrap();
    let mut update = AddressUpdate::default();
    update.postal_code = Some("0123".to_owned());
    client.update_profile_address("u-1", &update).await.unwrap();
    client.update_organization_address("01H", &update).await.unwrap();
    let mut update = UserUpdate::default();
    update.first_name = Some("Ada".to_owned());
    client.update_user("u-1", &update).await.unwrap();
    let mut update = OrganizationProfileUpdate::default();
    update.customer_type = Some(CustomerType::Company);
    client.update_organization_profile("01H", &update).await.unwrap();
    for channel in [PhoneChannel::Sms, PhoneChannel::Call] {
        client.verify_phone_number("u-1", channel, "1").await.unwrap();
    }
    insta::assert_snapshot!(script.sent().iter().map(told).collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn a_change_of_nothing_is_no_change_and_reads() {
    let script = willing();
    let client = client(&script);
    client.update_profile("u-1", &ProfileUpdate::default()).await.unwrap();
    client.update_profile_address("u-1", &AddressUpdate::default()).await.unwrap();
    client.update_organization_address("01H", &AddressUpdate::default()).await.unwrap();
    client.update_organization_profile("01H", &OrganizationProfileUpdate::default()).await.unwrap();
    client.update_user("u-1", &UserUpdate::default()).await.unwrap();
    client.update_team("01F", &TeamUpdate::default()).await.unwrap();
    let sent = script.requests();
    assert_eq!(
        sent,
        [
            "GET /profiles/u-1",
            "GET /profiles/u-1/address",
            "GET /organizations/01H/address",
            "GET /organizations/01H/profile",
            "GET /users/u-1",
            "GET /teams/01F",
        ]
    );
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
    error.to_string()
}

#[tokio::test]
async fn a_change_that_cannot_be_is_refused_before_anything_is_sent() {
    let script = Script::silent();
    let client = &client(&script);
    let country = |text: &str| {
        let mut update = UserUpdate::default();
        update.country = Some(text.to_owned());
        update
    };
    let file = |name, media_type, content| FormFile::new(name, media_type, content);
    let grant = |project: &str, permissions: &[ProjectPermission]| {
        [ProjectAccessGrant::new(project, permissions.iter().cloned())]
    };
    let seed = SecretText::new("a seed");
    let mut without_permissions = organization_invitation();
    without_permissions.permissions = None;
    let mut nameless = TeamUpdate::default();
    nameless.label = Some(String::new());
    let mut told = vec![
        refusal(client.update_organization_address("name=acme", &address()).await),
        refusal(client.update_organization_address("name=", &AddressUpdate::default()).await),
        refusal(client.update_organization_profile("name=acme", &organization()).await),
        refusal(client.reset_email_address("u", "").await),
        refusal(client.verify_phone_number("u", PhoneChannel::Sms, "").await),
        refusal(client.confirm_phone_number("u", "s", "").await),
        refusal(client.create_profile_picture("u", &file("a", "image/png", b"")).await),
        refusal(client.create_profile_picture("u", &file("", "image/png", b"x")).await),
        refusal(client.create_profile_picture("u", &file("a", "image/png\r\nx: y", b"x")).await),
        refusal(client.create_user_api_token("u", "").await),
        refusal(client.confirm_totp_enrollment("u", &SecretText::new(""), "1").await),
        refusal(client.confirm_totp_enrollment("u", &seed, "").await),
        refusal(client.grant_user_project_access("u", &[]).await),
        refusal(client.grant_user_project_access("u", &grant("", &[ProjectPermission::Admin])).await),
        refusal(client.grant_user_project_access("u", &grant("p", &[])).await),
        refusal(client.update_user_project_access("u", "p", &[]).await),
        refusal(client.create_organization_member("name=acme", "u", &[]).await),
        refusal(client.create_organization_member("01H", "", &[]).await),
        refusal(client.update_organization_member("name=acme", "u", &[]).await),
        refusal(client.delete_organization_member("name=acme", "u").await),
        refusal(client.create_organization_invitation("name=acme", &organization_invitation()).await),
        refusal(client.create_organization_invitation("01H", &NewOrganizationInvitation::new("", [])).await),
        refusal(client.create_organization_invitation("01H", &without_permissions).await),
        refusal(client.cancel_organization_invitation("name=acme", "i").await),
        refusal(client.create_project_invitation("p", &NewProjectInvitation::default()).await),
        refusal(client.create_project_invitation("p", &NewProjectInvitation::new("")).await),
        refusal(client.enable_organization_mfa_enforcement("name=acme").await),
        refusal(client.disable_organization_mfa_enforcement("name=acme").await),
        refusal(client.send_organization_mfa_reminders("name=acme", &["u"]).await),
        refusal(client.send_organization_mfa_reminders("01H", &[]).await),
        refusal(client.send_organization_mfa_reminders("01H", &["u", ""]).await),
        refusal(client.create_team(&NewTeam::default()).await),
        refusal(client.create_team(&NewTeam::new("", "Ops")).await),
        refusal(client.create_team(&NewTeam::new("01H", "")).await),
        refusal(client.create_team(&NewTeam::new("name=acme", "Ops")).await),
        refusal(client.update_team("01F", &nameless).await),
        refusal(client.create_team_member("01F", "").await),
        refusal(client.grant_team_project_access("01F", &[]).await),
        refusal(client.grant_team_project_access("01F", &["p", ""]).await),
    ];
    for code in ["", "N", "NOR", "N1", "Å"] {
        told.push(refusal(client.update_user("u", &country(code)).await));
    }
    told.dedup();
    insta::assert_snapshot!(told.join("\n"));
    for id in ["", ".", ".."] {
        refusal(client.update_profile(id, &profile()).await);
        refusal(client.update_profile_address(id, &address()).await);
        refusal(client.update_organization_address(id, &address()).await);
        refusal(client.update_organization_profile(id, &organization()).await);
        refusal(client.update_user(id, &user()).await);
        refusal(client.reset_email_address(id, "ada@example.com").await);
        refusal(client.reset_password(id).await);
        refusal(client.verify_phone_number(id, PhoneChannel::Sms, "1").await);
        refusal(client.confirm_phone_number(id, "s", "1").await);
        refusal(client.confirm_phone_number("u", id, "1").await);
        refusal(client.create_profile_picture(id, &PICTURE).await);
        refusal(client.delete_profile_picture(id).await);
        refusal(client.create_user_api_token(id, "a").await);
        refusal(client.delete_user_api_token(id, "t").await);
        refusal(client.delete_user_api_token("u", id).await);
        refusal(client.delete_user_connection(id, "c").await);
        refusal(client.delete_user_connection("u", id).await);
        refusal(client.get_totp_enrollment(id).await);
        refusal(client.confirm_totp_enrollment(id, &seed, "1").await);
        refusal(client.withdraw_totp_enrollment(id).await);
        refusal(client.recreate_recovery_codes(id).await);
        refusal(client.grant_user_project_access(id, &grant("p", &[ProjectPermission::Admin])).await);
        refusal(client.update_user_project_access(id, "p", &[ProjectPermission::Admin]).await);
        refusal(client.update_user_project_access("u", id, &[ProjectPermission::Admin]).await);
        refusal(client.remove_user_project_access(id, "p").await);
        refusal(client.remove_user_project_access("u", id).await);
        refusal(client.create_organization_member(id, "u", &[OrganizationPermission::Members]).await);
        refusal(client.update_organization_member(id, "u", &[]).await);
        refusal(client.update_organization_member("01H", id, &[]).await);
        refusal(client.delete_organization_member(id, "u").await);
        refusal(client.delete_organization_member("01H", id).await);
        refusal(client.create_organization_invitation(id, &organization_invitation()).await);
        refusal(client.cancel_organization_invitation(id, "i").await);
        refusal(client.cancel_organization_invitation("01H", id).await);
        refusal(client.create_project_invitation(id, &project_invitation()).await);
        refusal(client.cancel_project_invitation(id, "i").await);
        refusal(client.cancel_project_invitation("p", id).await);
        refusal(client.enable_organization_mfa_enforcement(id).await);
        refusal(client.disable_organization_mfa_enforcement(id).await);
        refusal(client.send_organization_mfa_reminders(id, &["u"]).await);
        refusal(client.update_team(id, &team()).await);
        refusal(client.delete_team(id).await);
        refusal(client.create_team_member(id, "u").await);
        refusal(client.delete_team_member(id, "u").await);
        refusal(client.delete_team_member("01F", id).await);
        refusal(client.grant_team_project_access(id, &["p"]).await);
        refusal(client.remove_team_project_access(id, "p").await);
        refusal(client.remove_team_project_access("01F", id).await);
    }
    assert!(script.sent().is_empty());
}

/// Returns the result of each change if every request fails like this, with the default retries.
async fn failures(step: fn() -> Step) -> Vec<(&'static str, Error)> {
    let script = Script::by(move |_| step());
    let http = HttpOptions::default().with_transport(Arc::clone(&script) as _);
    let client = UpsunClient::new(config(&script).with_http(http)).unwrap();
    let mut failures = Vec::new();
    for (name, change) in changes(&client) {
        let before = script.sent().len();
        let error = change.await.expect_err(name);
        assert_eq!(script.sent().len() - before, 1, "{name} is sent once: {error}");
        failures.push((name, error));
    }
    failures
}

#[tokio::test(start_paused = true)]
async fn no_change_is_ever_repeated() {
    for meeting in meetings() {
        for (name, error) in failures(meeting.step).await {
            meeting.check(error.operation().expect(name), &error);
        }
    }
}

#[tokio::test]
async fn an_error_of_any_shape_keeps_its_status() {
    let steps: [(fn() -> Step, _, _); 9] = [
        (|| json(400, r#"{"error":"taken"}"#).into(), ErrorKind::InvalidRequest, 400),
        (
            || {
                json(400, r#"{"status":"Invalid input","message":"No.","code":400,"detail":{"country":["No."]},"title":"Bad Request"}"#).into()
            },
            ErrorKind::InvalidRequest,
            400,
        ),
        (
            || json(403, r#"{"title":"Access denied","status":403,"detail":"Forbidden."}"#).into(),
            ErrorKind::PermissionDenied,
            403,
        ),
        (
            || {
                let moved =
                    r#"{"title":"This organization profile has moved to the billing profile.","status":403}"#;
                json(403, moved).into()
            },
            ErrorKind::Unsupported,
            403,
        ),
        (|| json(404, r#"{"title":"Not Found","status":404}"#).into(), ErrorKind::NotFound, 404),
        (|| json(409, r#"{"error":"ada@example.com is taken"}"#).into(), ErrorKind::Conflict, 409),
        (|| response(409).body("no JSON").into(), ErrorKind::Conflict, 409),
        (|| page(502).into(), ErrorKind::Upstream, 502),
        (|| response(302).header("location", "https://evil.example.com").into(), ErrorKind::Decode, 302),
    ];
    for (step, kind, status) in steps {
        for (name, error) in failures(step).await {
            // A team is created at a path that names no record: nothing there means another place.
            let kind = if (name, status) == ("create_team", 404) { ErrorKind::Config } else { kind };
            assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{name}: {error}");
            let text = format!("{error} {error:?}").to_lowercase();
            assert!(!text.contains("ada") && !text.contains("evil"), "{name}: {text}");
        }
    }
    let invalid = failures(steps[1].0).await.remove(0).1;
    assert_eq!(invalid.field_errors()["country"], ["No."]);
}

#[tokio::test]
async fn no_debug_shows_a_secret_or_what_is_known_of_a_person() {
    let script = Script::by(|_| {
        let text = r#"{"id":"x","username":"lovelace","display_name":"Lovelace","name_line":"Lovelace","country":"NO",
            "url":"/lovelace.png","token":"lovelace","recovery_codes":["lovelace"],"sid":"s-1","more":"lovelace"}"#;
        json(200, text).into()
    });
    let mut text = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {PICTURE:?} {:?}",
        new_team(),
        team(),
        organization_invitation(),
        project_invitation(),
        profile(),
        address(),
        user(),
        organization(),
        SecretText::new("lovelace seed")
    );
    for (_, change) in changes(&client(&script)) {
        text.push_str(&change.await.unwrap());
    }
    for planted in ["lovelace", "0123", "\"NO\""] {
        assert!(!text.to_lowercase().contains(planted), "{planted}: {text}");
    }
    let mut one = ProfileUpdate::default();
    one.password = Some("lovelace".into());
    assert_eq!(format!("{one:?}"), "ProfileUpdate { password: .. }");
    assert_eq!(format!("{:?}", ProfileUpdate::default()), "ProfileUpdate");
}

#[test]
fn an_update_that_is_shown_withholds_its_passwords() {
    let mut update = ProfileUpdate::default();
    update.password = Some("lovelace".into());
    update.username = Some("ada".to_owned());
    assert_eq!(serde_json::to_string(&update).unwrap(), r#"{"username":"ada","password":"[withheld]"}"#);
    assert!(!update.is_empty() && ProfileUpdate::default().is_empty());
    let whole = serde_json::to_value(profile()).unwrap();
    assert_eq!(
        (&whole["password"], &whole["current_password"]),
        (&"[withheld]".into(), &"[withheld]".into())
    );
    assert_eq!((&whole["mail"], &whole["newsletter"]), (&"lovelace@example.com".into(), &true.into()));
}
