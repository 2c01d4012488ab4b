//! The removal of a member from an organization, as a planned write.

use anyprofile_core::{
    ErrorKind, ExecuteOptions, PlanOptions, ProfileId, ProfileProvider, ProfileProviderExt, Write,
    profile::MissingReason,
};
use anyprofile_upsun::{MEMBER, member_id};

use crate::{
    ORGANIZATION, id, provider,
    support::{Response, Script, Sent, json, response},
};

const MEMBER_OF_ACME: &str = r#"{"id":"u-1","user_id":"u-1","organization_id":"01HZX3K8Q0T7V9W2B4N6M8P0RS","owner":false,
    "permissions":["billing"]}"#;
const ADA: &str =
    r#"{"id":"u-1","first_name":"Ada","last_name":"Example","email":"ada@example.com","mfa_enabled":true}"#;

fn ada() -> ProfileId {
    member_id(&id(ORGANIZATION), "u-1").unwrap()
}

/// A service that has this member and this user.
fn service(member: Response, user: Response) -> std::sync::Arc<Script> {
    Script::by(move |sent: &Sent| {
        let is_member = sent.target().contains("/members/");
        match sent.method.as_str() {
            "DELETE" => response(204),
            _ if is_member => member.clone(),
            _ => user.clone(),
        }
        .into()
    })
}

#[test]
fn the_id_of_a_membership_survives_a_round_trip() {
    let printed = ada().to_string();
    assert_eq!(printed.parse::<ProfileId>().unwrap(), ada());
    let typed: ProfileId = "upsun:acme/member/01HZX3K8Q0T7V9W2B4N6M8P0RS/u-1".parse().unwrap();
    assert_eq!((typed, ada().kind), (ada(), MEMBER));
}

#[tokio::test]
async fn a_removal_shows_who_it_is_and_sends_what_it_shows() {
    let script = service(json(200, MEMBER_OF_ACME), json(200, ADA));
    let provider = provider(&script);
    let plan = provider.plan(&Write::delete(ada()), &PlanOptions::always()).await.unwrap();
    let current = plan.current().unwrap();
    assert_eq!((&current.id, current.email()), (&ada(), Some("ada@example.com")));
    assert_eq!(current.name.display, "Ada Example".into());
    assert_eq!(current.roles.items()[0].role.value().unwrap().name, "billing".into());
    let shown: Vec<_> = plan.requests().iter().map(|it| format!("{} {}", it.method, it.url)).collect();
    let url = "https://api.example.com/organizations/01HZX3K8Q0T7V9W2B4N6M8P0RS/members/u-1";
    assert_eq!(shown, [format!("DELETE {url}")]);
    assert!(plan.requests()[0].body.is_none());

    let executed = provider.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert!(executed.error.is_none() && executed.steps.len() == 1);
    let sent = script.sent();
    assert_eq!((sent.last().unwrap().method.as_str(), sent.last().unwrap().url.as_str()), ("DELETE", url));
    let again = provider.execute(&plan, &ExecuteOptions::new()).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict, "a plan is executed once");
}

#[tokio::test]
async fn a_member_whose_user_cannot_be_read_is_still_a_member() {
    for (user, reason) in
        [(response(404), MissingReason::NotThere), (json(403, r#"{"error":"No."}"#), MissingReason::Withheld)]
    {
        let script = service(json(200, MEMBER_OF_ACME), user);
        let profile = provider(&script).get(&ada()).await.unwrap();
        let missing = &profile.origin.as_ref().unwrap().missing;
        assert_eq!((missing.len(), &missing[0].reason), (1, &reason));
    }
    // A failure is no reason to show a member without a name.
    let script = service(json(200, MEMBER_OF_ACME), response(503));
    assert_eq!(provider(&script).get(&ada()).await.unwrap_err().kind(), ErrorKind::Upstream);
    let script = service(json(404, r#"{"error":"Not there"}"#), json(200, ADA));
    assert_eq!(provider(&script).get(&ada()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_record_of_somebody_else_is_no_answer() {
    for (member, user) in [
        (r#"{"user_id":"u-2","organization_id":"01HZX3K8Q0T7V9W2B4N6M8P0RS"}"#, ADA),
        (r#"{"user_id":"u-1","organization_id":"01HZX3K8Q0T7V9W2B4N6M8P0XX"}"#, ADA),
        (r#"{"permissions":[]}"#, ADA),
        (MEMBER_OF_ACME, r#"{"id":"u-2","first_name":"Bob"}"#),
        (MEMBER_OF_ACME, r#"{"first_name":"Bob"}"#),
    ] {
        let script = service(json(200, member), json(200, user));
        let error = provider(&script).get(&ada()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{member}");
    }
    // A record that does not say of which organization it is.
    let script = service(json(200, r#"{"user_id":"u-1"}"#), json(200, ADA));
    assert_eq!(provider(&script).get(&ada()).await.unwrap().id, ada());
}

#[tokio::test]
async fn an_id_that_is_no_membership_sends_nothing() {
    let script = Script::silent();
    let provider = provider(&script);
    for native in ["u-1", "01H/", "/u-1", "01H/u/1", "name=acme/u-1", "01H/email=a"] {
        let wrong = id(&format!("upsun:acme/member/{native}"));
        assert_eq!(provider.get(&wrong).await.unwrap_err().kind(), ErrorKind::InvalidRequest, "{native}");
        let error = provider.plan(&Write::delete(wrong), &PlanOptions::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{native}");
    }
}

#[tokio::test]
async fn the_owner_is_not_removed() {
    let script = Script::by(|sent| match sent.method.as_str() {
        "DELETE" => json(403, r#"{"error":"Not allowed"}"#).into(),
        _ => json(200, ADA).into(),
    });
    let error = provider(&script).delete(&ada()).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_taken_effect()), (ErrorKind::PermissionDenied, false));
}
