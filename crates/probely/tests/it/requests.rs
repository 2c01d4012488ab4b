//! Requests.

use anyprofile_core::{
    ErrorKind, FieldPath, IdKind, ListQuery, ProfileChange, ProfileDraft, ProfileProvider,
    ProfileProviderExt, Write,
    query::{Order, OrderField},
};
use anyprofile_http::HttpOptions;
use anyprofile_probely::{ListUsers, LogicalOperator, ProbelyConfig, Region};

use crate::{
    config, id, provider,
    support::unread,
    support::{Script, Sent, json},
};

const EMPTY: &str = r#"{"count":0,"page_total":1,"page":1,"length":10,"results":[]}"#;

fn answering() -> std::sync::Arc<Script> {
    Script::by(|sent| {
        let is_list = sent.url.contains("/users/?") || sent.url.ends_with("/users/");
        let asked = sent.url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let asked = asked.replace("%2F", "/").replace("%3F", "?");
        json(200, if is_list { EMPTY.to_owned() } else { format!(r#"{{"id":"{asked}"}}"#) }).into()
    })
}

#[tokio::test]
async fn every_operation_sends_what_is_documented() {
    let script = answering();
    let provider = provider(&script);
    provider.list_page(&ListQuery::new(), None).await.unwrap();
    let query = ListQuery::new()
        .with_page_size(7)
        .with_search("ada & co")
        .with_order(Order::descending(OrderField::Updated));
    provider.list_page(&query, None).await.unwrap();
    provider.get(&id("probely:eu/user/-sDw5iRCtV_Y")).await.unwrap();
    provider.get(&id("probely:eu/user/a%2F..%3Fb")).await.unwrap();
    provider.current().await.unwrap();
    let client = anyprofile_probely::ProbelyClient::over(provider.http());
    client.list_users(&ListUsers::default()).await.unwrap();
    client.get_user("x").await.unwrap();
    client.get_profile().await.unwrap();
    let sent: Vec<_> = script.sent().iter().map(Sent::text).collect();
    insta::with_settings!({filters => vec![(r"anyprofile/\d+\.\d+\.\d+", "anyprofile/VERSION")]}, {
        insta::assert_snapshot!(sent.join("\n"));
    });
}

#[tokio::test]
async fn the_native_client_has_all_sixteen_parameters_of_the_list() {
    let script = answering();
    let list = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut users = ListUsers::default();
    users.account = Some(true);
    users.active = Some(false);
    users.exclude = list(&["labels", "user_roles"]);
    users.exclude_target = list(&["t1"]);
    users.exclude_team = list(&["e1"]);
    users.label = list(&["l1", "l2"]);
    users.label_logical_operator = Some(LogicalOperator::And);
    users.length = Some(50);
    users.mfa_enabled = Some(false);
    users.no_access = Some(true);
    users.ordering = Some("-changed".to_owned());
    users.page = Some(3);
    users.role = list(&["r1", "r2"]);
    users.search = Some("ada".to_owned());
    users.target = list(&["t2"]);
    users.team = list(&["e2"]);
    crate::client(&script).list_users(&users).await.unwrap();
    insta::assert_snapshot!(script.only().target().replace('&', "\n"), @r"
    /users/?account=true
    active=false
    exclude=labels
    exclude=user_roles
    exclude_target=t1
    exclude_team=e1
    label=l1
    label=l2
    label_logical_operator=and
    length=50
    mfa_enabled=false
    no_access=true
    ordering=-changed
    page=3
    role=r1
    role=r2
    search=ada
    target=t2
    team=e2
    ");
}

#[tokio::test]
async fn the_settings_of_a_listing_are_the_accounts() {
    for (change, target) in [
        ((|config| config) as fn(ProbelyConfig) -> ProbelyConfig, "/users/?length=100&ordering=id"),
        (|config| config.with_page_size(1000).with_ordering(None), "/users/?length=1000"),
        (|config| config.with_ordering(Some("-changed".to_owned())), "/users/?length=100&ordering=-changed"),
    ] {
        let script = answering();
        let provider = change(config(&script)).connect().unwrap();
        provider.list_page(&ListQuery::new(), None).await.unwrap();
        assert_eq!(script.only().target(), target);
    }
    let script = answering();
    let query = ListQuery::new().with_order(Order::ascending(OrderField::Other("last_login".to_owned())));
    provider(&script).list_page(&query, None).await.unwrap();
    assert!(script.only().target().contains("ordering=last_login"));
}

#[tokio::test]
async fn a_base_url_may_have_a_path_and_a_slash() {
    for base in ["https://gate.example.com/probely", "https://gate.example.com/probely/"] {
        let script = answering();
        config(&script).at(base).connect().unwrap().current().await.unwrap();
        assert_eq!(script.only().url, "https://gate.example.com/probely/profile/");
    }
}

#[test]
fn a_region_is_a_host() {
    let config = || ProbelyConfig::new("a".parse().unwrap(), "k");
    assert_eq!(config().base_url, "https://api.probely.com");
    for (region, url) in [
        (Region::Eu, "https://api.eu.probely.com"),
        (Region::Us, "https://api.us.probely.com"),
        (Region::Au, "https://api.au.probely.com"),
    ] {
        assert_eq!(config().in_region(&region).base_url, url);
    }
}

#[tokio::test]
async fn what_this_version_does_not_have_sends_nothing() {
    let script = Script::silent();
    let provider = provider(&script);
    let error = provider.get(&id("probely:eu/team/x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    for other in ["probely:us/user/x", "upsun:eu/user/x"] {
        assert_eq!(provider.get(&id(other)).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
    let query = ListQuery::new().with_page_size(0);
    assert_eq!(provider.list_page(&query, None).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let operations = &provider.capabilities().operations;
    assert!(!operations.delete.is_supported() && !operations.enrich.is_supported());
    let error = provider.delete(&id("probely:eu/user/x")).await.unwrap_err();
    assert!(error.to_string().contains("deactivates users instead of deleting them"), "{error}");
}

#[tokio::test]
async fn what_breaks_a_rule_is_named_with_all_others_and_nothing_is_sent() {
    let script = Script::silent();
    let provider = provider(&script);
    let mut told = Vec::new();
    let everything = ProfileChange::new()
        .set(FieldPath::TITLE, "astronaut")
        .set(FieldPath::NAME_DISPLAY, "é".repeat(61))
        .set(FieldPath::STATUS, "pending")
        .set(FieldPath::EMAILS, "nobody")
        .set(FieldPath::ROLES, "admin");
    for (of, change) in [
        ("probely:eu/user/x", everything),
        (
            "probely:eu/api_user/x",
            ProfileChange::new().set(FieldPath::TITLE, "cto").clear(FieldPath::NAME_DISPLAY),
        ),
    ] {
        told.push(unread::update(&provider, id(of), &change).await.unwrap_err().to_string());
    }
    let draft = ProfileDraft::new(IdKind::USER).set(FieldPath::TITLE, "cto");
    told.push(provider.create(&draft).await.unwrap_err().to_string());
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn nothing_but_what_changes_is_sent_and_the_plan_is_what_is_sent() {
    let changes = [
        ("user", ProfileChange::new().set(FieldPath::NAME_DISPLAY, "Ada")),
        ("user", ProfileChange::new().clear(FieldPath::TITLE)),
        (
            "user",
            ProfileChange::new().set(FieldPath::STATUS, "suspended").set(FieldPath::EMAILS, "a@example.com"),
        ),
        (
            "api_user",
            ProfileChange::new().set(FieldPath::STATUS, "active").set(FieldPath::NAME_DISPLAY, "CI"),
        ),
    ];
    let mut sent = Vec::new();
    for (kind, change) in changes {
        let script = Script::by(|_| json(200, r#"{"id":"x"}"#).into());
        let provider = provider(&script);
        let of = id(&format!("probely:eu/{kind}/x"));
        let planned = unread::planned(&provider, Write::update(of.clone(), change.clone())).await.unwrap();
        unread::update(&provider, of.clone(), &change).await.unwrap();
        let only = script.only_write();
        assert_eq!(
            (planned.requests()[0].method.as_ref(), planned.requests()[0].url.as_str()),
            (only.method.as_str(), only.url.as_str())
        );
        assert_eq!(planned.requests()[0].body, serde_json::from_str(&only.body).ok());
        sent.push(format!("{} {} {}", only.method, only.target(), only.body));
    }
    insta::assert_snapshot!(sent.join("\n"));
}

#[test]
fn a_key_that_cannot_be_sent_is_a_configuration_error_and_shown_nowhere() {
    for key in ["", " ", "a\nb"] {
        let http = HttpOptions::default().with_transport(Script::silent());
        let error = ProbelyConfig::new("eu".parse().unwrap(), key).with_http(http).connect().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
    let script = Script::silent();
    assert!(!format!("{:?} {:?}", config(&script), provider(&script)).contains("an-api-key"));
}
