//! The organization's own people as an anyprofile provider.

use std::sync::Arc;

use anyprofile_anthropic::{AnthropicConfig, AnthropicExtension, BETA_2026_09_04, INVITE};
use anyprofile_core::{
    ErrorKind, FieldPath, FieldState, FindKey, ListQuery, ProfileProvider, ProfileProviderExt, Status,
    find::FindMethod,
    listing::{Cursor, Pages},
    query::FilterPart,
};
use futures_util::TryStreamExt as _;

use crate::{
    config, http, id,
    support::{Script, Sent, json},
};

const ORGANIZATION: &str =
    r#"{"id":"5a4d0b0c-0000-4b0c-8000-000000000001","name":"Acme","type":"organization"}"#;
const USERS: &str = r#"{"data":[{"id":"user_1","type":"user","email":"ada@example.com","name":"Ada","role":"developer",
    "added_at":"2024-10-30T23:58:27.427722Z"},{"id":"user_2","type":"user","email":"","name":"","role":"auditor",
    "added_at":null,"shoe":44},{"type":"user"}],"first_id":"user_1","has_more":false,"last_id":"user_2"}"#;
const INVITES: &str = r#"{"data":[{"id":"invite_1","type":"invite","email":"new@example.com","role":"user",
    "status":"pending","invited_at":"2024-10-30T23:58:27Z","expires_at":"2024-11-20T23:58:27Z","accepted_at":null,
    "rbac_group_ids":["rbac_1"]},{"id":"invite_2","email":"ada@example.com","status":"accepted"},
    {"id":"invite_3","email":"gone@example.com","status":"deleted"}],"has_more":false,"last_id":"invite_3"}"#;

fn provider(script: &Arc<Script>) -> anyprofile_engine::Connection {
    let config = AnthropicConfig::with_admin_key("claude".parse().unwrap(), "an-admin-key")
        .at("https://api.example.com")
        .with_http(http(script));
    config.connect_organization().unwrap()
}

/// Responds by the path.
fn service() -> Arc<Script> {
    Script::by(|sent: &Sent| {
        let body = match sent.target().split('?').next().unwrap() {
            "/v1/organizations/me" => ORGANIZATION,
            "/v1/organizations/users" if sent.target().contains("email=nobody") => {
                r#"{"data":[],"has_more":false}"#
            }
            "/v1/organizations/users" => USERS,
            "/v1/organizations/invites" => INVITES,
            "/v1/organizations/users/user_1" => r#"{"id":"user_1"}"#,
            "/v1/organizations/invites/invite_1" => r#"{"id":"invite_1"}"#,
            _ => {
                return json(404, r#"{"type":"error","error":{"type":"not_found_error","message":"x"}}"#)
                    .into();
            }
        };
        json(200, body).into()
    })
}

fn targets(script: &Script) -> Vec<String> {
    script.sent().iter().map(|sent| sent.target().to_owned()).collect()
}

#[tokio::test]
async fn users_are_listed_and_behind_them_the_invites() {
    let script = service();
    let provider = provider(&script);
    let mut pages = provider.pages(ListQuery::new());
    let mut people = Vec::new();
    while let Some(page) = pages.next_page().await {
        people.extend(page.unwrap().items);
    }
    assert_eq!(
        targets(&script),
        ["/v1/organizations/users?limit=100", "/v1/organizations/invites?limit=100"]
    );
    assert!(script.sent().iter().all(|sent| sent.header("x-api-key") == Some("an-admin-key")));
    assert!(script.sent().iter().all(|sent| sent.header("anthropic-beta").is_none()));
    let report = pages.report();
    assert_eq!((report.seen, report.quarantined, report.declared_total), (5, 1, None));
    let shown: Vec<_> = people.iter().map(|person| serde_json::to_value(person).unwrap()).collect();
    insta::assert_json_snapshot!(shown);
    let extension = people[2].extension_as::<AnthropicExtension>().unwrap();
    assert_eq!(extension.invite.value().unwrap().expires_at, "2024-11-20T23:58:27Z".into());
    // The status and the second factor of a user are not known.
    let state = |path| people[0].state(&path, provider.capabilities());
    assert_eq!(state(FieldPath::STATUS), FieldState::Unsupported);
    assert_eq!(state(FieldPath::SECURITY_MFA_ENABLED), FieldState::Unsupported);
}

#[tokio::test]
async fn each_list_goes_on_behind_its_last_id_and_can_be_resumed() {
    let script = Script::of(
        [
            r#"{"data":[{"id":"user_1"}],"has_more":true,"last_id":"user_1"}"#,
            r#"{"data":[],"has_more":true,"last_id":"user_7"}"#,
            r#"{"data":[{"id":"user_9"}],"has_more":false,"last_id":"user_9"}"#,
            r#"{"data":[{"id":"invite_1"}],"has_more":true,"last_id":"invite_1"}"#,
            r#"{"data":[],"has_more":false,"last_id":null}"#,
            r#"{"data":[],"has_more":false}"#,
        ]
        .map(|body| json(200, body)),
    );
    let provider = provider(&script);
    let query = ListQuery::new().with_page_size(1);
    let mut pages = provider.pages(query.clone());
    let mut stored = Vec::new();
    while let Some(page) = pages.next_page().await {
        page.unwrap();
        stored.extend(pages.cursor().map(ToString::to_string));
    }
    let cursor: Cursor = stored.last().unwrap().parse().unwrap();
    assert_eq!(cursor.collection(), Some(&INVITE));
    let mut resumed = Pages::resume(&provider, query, cursor);
    assert!(resumed.next_page().await.unwrap().is_ok() && resumed.next_page().await.is_none());
    assert_eq!(
        targets(&script),
        [
            "/v1/organizations/users?limit=1",
            "/v1/organizations/users?limit=1&after_id=user_1",
            "/v1/organizations/users?limit=1&after_id=user_7",
            "/v1/organizations/invites?limit=1",
            "/v1/organizations/invites?limit=1&after_id=invite_1",
            "/v1/organizations/invites?limit=1&after_id=invite_1"
        ]
    );
}

#[tokio::test]
async fn a_list_that_does_not_say_how_to_go_on_is_an_error_that_names_the_operation() {
    let script = Script::of([json(200, r#"{"data":[],"has_more":true}"#)]);
    let error = provider(&script).list(ListQuery::new()).try_next().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("AdminListUsers")));
    // A cursor that leads back does not cause an endless listing.
    let script = Script::by(|_| json(200, r#"{"data":[],"has_more":true,"last_id":"user_1"}"#).into());
    let error = provider(&script).list(ListQuery::new()).try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(script.sent().len() <= 3);
}

#[tokio::test]
async fn an_address_and_a_known_role_are_sent_and_the_plan_says_so() {
    let script = service();
    let provider = provider(&script);
    for (role, pushed) in [("developer", true), ("auditor", false)] {
        let mut query = ListQuery::new();
        query.filter.email = Some("ADA@example.com".to_owned());
        query.filter.role = Some(role.to_owned());
        let plan = query.filter_plan(provider.capabilities());
        assert_eq!(plan.pushed.contains(&FilterPart::Role), pushed);
        assert_eq!(plan.applied.contains(&FilterPart::Role), !pushed);
        let seen: Vec<_> = provider.list(query).try_collect().await.unwrap();
        assert_eq!(seen.len(), usize::from(pushed), "{role}");
    }
    assert_eq!(
        targets(&script),
        [
            "/v1/organizations/users?limit=100&email=ADA%40example.com&roles%5B%5D=developer",
            "/v1/organizations/invites?limit=100&email=ADA%40example.com&roles%5B%5D=developer",
            "/v1/organizations/users?limit=100&email=ADA%40example.com",
            "/v1/organizations/invites?limit=100&email=ADA%40example.com"
        ]
    );
}

#[tokio::test]
async fn a_filter_that_is_to_be_applied_here_is_not_sent() {
    let script = service();
    let mut query = ListQuery::new().with_local_filter(true);
    query.filter.email = Some("ada@example.com".to_owned());
    query.filter.role = Some("developer".to_owned());
    let seen: Vec<_> = provider(&script).list(query).try_collect().await.unwrap();
    assert_eq!(seen.iter().map(|person| person.id.native()).collect::<Vec<_>>(), ["user_1"]);
    assert_eq!(
        targets(&script),
        ["/v1/organizations/users?limit=100", "/v1/organizations/invites?limit=100"]
    );
}

#[tokio::test]
async fn a_user_and_the_invites_beside_it_are_found() {
    let script = service();
    let provider = provider(&script);
    let find = async |key: FindKey| {
        let found = provider.find_by(&key).await.unwrap();
        let ids: Vec<_> = found.profiles.iter().map(|profile| profile.id.to_string()).collect();
        (ids.join(" "), found.method, found.requests)
    };
    let email = |address: &str| FindKey::Email(address.to_owned());
    let native = |id: &str| FindKey::NativeId(id.to_owned());
    assert_eq!(
        find(email("ada@example.com")).await,
        (
            "anthropic:claude/organization_user/user_1 anthropic:claude/invite/invite_2".to_owned(),
            FindMethod::Searched,
            2
        )
    );
    assert_eq!(
        find(email("new@example.com")).await,
        ("anthropic:claude/invite/invite_1".to_owned(), FindMethod::Searched, 2)
    );
    assert_eq!(find(email("nobody@example.com")).await, (String::new(), FindMethod::Searched, 2));
    assert_eq!(find(native("invite_1")).await.0, "anthropic:claude/invite/invite_1");
    assert_eq!(find(native("user_1")).await.0, "anthropic:claude/organization_user/user_1");
    // The list before has proven that the URL is right.
    assert_eq!(find(native("user_0")).await, (String::new(), FindMethod::LookedUp, 1));
    assert_eq!(find(FindKey::Username("ada".to_owned())).await.1, FindMethod::Unanswerable);
}

#[tokio::test]
async fn the_credentials_own_profile_is_the_organization_and_its_members_are_the_users() {
    let script = service();
    let provider = provider(&script);
    let own = provider.current().await.unwrap();
    assert_eq!(own.name.display, "Acme".into());
    assert_eq!(provider.get(&own.id).await.unwrap(), own);
    let before = script.sent().len();
    let members: Vec<_> = provider.members(&own.id, ListQuery::new()).try_collect().await.unwrap();
    assert_eq!(members.len(), 2);
    assert_eq!(targets(&script)[before..], ["/v1/organizations/me", "/v1/organizations/users?limit=1000"]);
    let other = id("anthropic:claude/organization/other");
    let error = provider.members(&other, ListQuery::new()).try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(provider.get(&other).await.unwrap_err().kind(), ErrorKind::NotFound);
    let error = provider.get(&id("anthropic:claude/user/uprof_1")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("organization_user, invite, organization"), "{error}");
}

#[test]
fn a_credential_of_the_other_kind_is_a_configuration_error() {
    let script = Script::silent();
    let error = config(&script).connect_organization().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let admin = AnthropicConfig::with_admin_key("claude".parse().unwrap(), "an-admin-key");
    let text = format!("{admin:?}");
    assert!(!text.contains("an-admin-key"), "{text}");
    let error = admin.connect().unwrap_err();
    assert!(error.to_string().contains("claude") && !error.to_string().contains("an-admin-key"), "{error}");
}

#[tokio::test]
async fn what_the_service_enforces_is_asked_for_only_without_a_beta() {
    for (beta, status, sent) in [
        // Restrictions whose word is not published yet are suspended too: all are read.
        (None, Status::Suspended, ""),
        (None, Status::Active, "enforcement_status%5B%5D=unrestricted&"),
        (None, Status::Pending, "enforcement_status%5B%5D=pending&"),
        (None, Status::Deleted, ""),
        (Some(BETA_2026_09_04), Status::Active, ""),
    ] {
        let script = Script::of([json(200, r#"{"data":[],"next_page":null}"#)]);
        let mut config = config(&script).with_beta_query(false);
        config.beta = beta.map(str::to_owned);
        let mut query = ListQuery::new();
        query.filter.status = vec![status.into()];
        let profiles = config.connect().unwrap();
        assert!(profiles.list(query).try_next().await.unwrap().is_none());
        assert_eq!(script.only().target(), format!("/v1/user_profiles?{sent}limit=100"));
    }
}
