//! Requests.

use std::sync::Arc;

use anyprofile_core::{
    ErrorKind, FieldPath, ListQuery, ProfileChange, ProfileProvider, ProfileProviderExt,
    query::{Order, OrderField},
};
use anyprofile_http::HttpOptions;
use anyprofile_upsun::{ListProfiles, MEMBER, UpsunClient, UpsunConfig, wire::OrganizationProfileUpdate};

use crate::{
    ORGANIZATION, USER, config, id, provider,
    support::unread,
    support::{Script, Sent, json},
};

#[tokio::test]
async fn every_operation_sends_what_is_documented() {
    let script = Script::by(|sent| {
        let is_list = sent.url.contains("/profiles?") || sent.url.ends_with("/profiles");
        let asked = sent.url.rsplit('/').next().unwrap_or_default();
        json(200, if is_list { r#"{"profiles":[]}"#.to_owned() } else { format!(r#"{{"id":"{asked}"}}"#) })
            .into()
    });
    let provider = provider(&script);
    provider.list_page(&ListQuery::new(), None).await.unwrap();
    provider.list_page(&ListQuery::new().with_page_size(50), None).await.unwrap();
    provider.get(&id(USER)).await.unwrap();
    provider.get(&id(ORGANIZATION)).await.unwrap();
    provider.get(&id("upsun:acme/organization/name=acme+co")).await.unwrap();
    provider.current().await.unwrap();
    let change = ProfileChange::new().set(FieldPath::ORGANIZATION_NAME, "Acme");
    unread::update(&provider, id(ORGANIZATION), &change).await.unwrap();

    let client = UpsunClient::over(provider.http());
    let mut list = ListProfiles::default();
    list.username = Some("ada & co".to_owned());
    list.range = Some(5);
    list.page = Some(2);
    client.list_profiles(&list).await.unwrap();
    client.get_profile("a/../b?c").await.unwrap();
    client.get_current_user().await.unwrap();
    client.get_organization_profile("name=acme").await.unwrap();
    let mut update = OrganizationProfileUpdate::default();
    update.vat_number = Some("XX1".to_owned());
    client.update_organization_profile("01H", &update).await.unwrap();

    let sent: Vec<_> = script.sent().iter().map(Sent::text).collect();
    insta::with_settings!({filters => vec![(r"anyprofile/\d+\.\d+\.\d+", "anyprofile/VERSION")]}, {
        insta::assert_snapshot!(sent.join("\n"));
    });
}

#[tokio::test]
async fn an_api_token_is_exchanged_once_at_the_authentication_server() {
    let script = Script::by(|sent| {
        let is_exchange = sent.url.contains("oauth2");
        let token = r#"{"access_token":"exchanged","expires_in":900,"token_type":"bearer"}"#;
        json(200, if is_exchange { token } else { r#"{"profiles":[]}"# }).into()
    });
    let config = UpsunConfig::with_api_token("acme".parse().unwrap(), "an-api-token")
        .at("https://api.example.com")
        .with_auth_url("https://auth.example.com/")
        .with_http(HttpOptions::default().with_transport(Arc::clone(&script) as _));
    let provider = config.connect().unwrap();
    provider.list_page(&ListQuery::new(), None).await.unwrap();
    provider.list_page(&ListQuery::new(), None).await.unwrap();
    let sent = script.sent();
    assert_eq!(sent.len(), 3);
    assert_eq!(
        (sent[0].method.as_str(), sent[0].url.as_str()),
        ("POST", "https://auth.example.com/oauth2/token")
    );
    assert_eq!(sent[0].body, "grant_type=api_token&api_token=an-api-token");
    assert_eq!(sent[0].header("authorization"), Some("Basic cGxhdGZvcm0tYXBpLXVzZXI6"));
    assert!(sent[1..].iter().all(|sent| sent.header("authorization") == Some("Bearer exchanged")));
}

#[tokio::test]
async fn the_api_token_goes_to_the_host_that_belongs_to_the_api_or_was_named() {
    let exchanged_at = |change: fn(UpsunConfig) -> UpsunConfig| async move {
        let script = Script::by(|_| json(200, r#"{"access_token":"a","expires_in":900,"id":"x"}"#).into());
        let config = UpsunConfig::with_api_token("acme".parse().unwrap(), "t")
            .with_http(anyprofile_http::HttpOptions::default().with_transport(script.clone()));
        UpsunClient::new(change(config)).unwrap().get_profile("x").await.unwrap();
        script.sent().into_iter().map(|sent| sent.url).collect::<Vec<_>>()
    };
    assert_eq!(
        exchanged_at(|config| config).await,
        ["https://auth.upsun.com/oauth2/token", "https://api.upsun.com/profiles/x"]
    );
    assert_eq!(
        exchanged_at(UpsunConfig::at_platform_sh).await,
        ["https://auth.api.platform.sh/oauth2/token", "https://api.platform.sh/profiles/x"]
    );
    assert_eq!(
        exchanged_at(|config| config.at("https://api.platform.sh/")).await[0],
        "https://auth.api.platform.sh/oauth2/token"
    );
    assert_eq!(
        exchanged_at(|config| config
            .at("https://gate.example.com")
            .with_auth_url("https://login.example.com"))
        .await[0],
        "https://login.example.com/oauth2/token"
    );
    let unnamed = UpsunConfig::with_api_token("acme".parse().unwrap(), "t").at("https://gate.example.com");
    let error = UpsunClient::new(unnamed).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("UPSUN_AUTH_URL"), "{error}");
}

#[test]
fn what_cannot_work_is_a_configuration_error() {
    let account = || "acme".parse().unwrap();
    for config in [
        UpsunConfig::with_api_token(account(), " "),
        UpsunConfig::with_access_token(account(), "two\nlines"),
        UpsunConfig::with_api_token(account(), "t").at("http://api.example.com"),
        UpsunConfig::with_api_token(account(), "t").with_auth_url("http://auth.example.com"),
        UpsunConfig::with_api_token(account(), "t").at("api.example.com"),
    ] {
        // A custom transport, so that the test does not depend on the TLS feature.
        let config = config.with_http(HttpOptions::default().with_transport(Script::silent()));
        let error = UpsunClient::new(config).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.account().unwrap().as_str(), "acme");
    }
}

#[tokio::test]
async fn what_the_service_does_not_have_sends_nothing() {
    let script = Script::silent();
    let provider = provider(&script);
    for query in [
        ListQuery::new().with_search("ada"),
        ListQuery::new().with_order(Order::ascending(OrderField::Name)),
        ListQuery::new().with_page_size(0),
    ] {
        assert_eq!(provider.list_page(&query, None).await.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    let error = provider.get(&id("upsun:acme/team/x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    for other in ["upsun:other/user/x", "probely:acme/user/x"] {
        assert_eq!(provider.get(&id(other)).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
        let change = ProfileChange::new();
        assert_eq!(
            unread::update(&provider, id(other), &change).await.unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
    }
    let operations = &provider.capabilities().operations;
    for support in [&operations.create, &operations.deactivate, &operations.enroll] {
        assert!(!support.is_supported());
    }
    // Members of organizations are removed, and nobody else.
    assert_eq!(operations.delete.kinds(), [MEMBER]);
    for id in [USER, ORGANIZATION].map(id) {
        assert_eq!(provider.delete(&id).await.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert!(script.sent().is_empty());
}

#[test]
fn nothing_secret_is_in_debug() {
    let script = Script::silent();
    let text = format!("{:?} {:?}", config(&script), provider(&script));
    assert!(!text.contains("an-access-token"), "{text}");
}
