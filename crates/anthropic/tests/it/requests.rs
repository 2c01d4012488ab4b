//! Requests.

use anyprofile_anthropic::{
    AnthropicConfig, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04, ListUserProfiles, OrderBy,
    SortDirection,
};
use anyprofile_core::{
    ErrorKind, FieldPath, ListQuery, ProfileChange, ProfileProvider, ProfileProviderExt,
    query::{Order, OrderField},
};

use crate::{
    client, config, http, id, provider,
    support::{Script, Sent, json},
};

fn answering() -> std::sync::Arc<Script> {
    Script::by(|sent| {
        let asked = sent.url.split_once("/user_profiles/").map(|(_, asked)| asked.split('?').next().unwrap());
        let one = |asked: &str| {
            let native = asked.replace("%2F", "/").replace("%3F", "?");
            format!(r#"{{"id":"{native}"}}"#)
        };
        json(200, asked.map_or_else(|| r#"{"data":[],"next_page":null}"#.to_owned(), one)).into()
    })
}

#[tokio::test]
async fn every_operation_sends_what_is_documented() {
    let script = answering();
    let query = ListQuery::new().with_page_size(20).with_order(Order::ascending(OrderField::Name));
    for config in [
        config(&script),
        config(&script).with_beta(BETA_2026_09_04).in_workspace("wrkspc_1"),
        config(&script).without_beta(),
        config(&script).with_beta_query(false).with_api_version("2026-10-21"),
    ] {
        let provider = config.connect().unwrap();
        provider.list_page(&ListQuery::new(), None).await.unwrap();
        if provider.capabilities().listing.orders.contains(&OrderField::Name) {
            provider.list_page(&query, None).await.unwrap();
        }
        provider.get(&id("anthropic:claude/user/uprof_1")).await.unwrap();
    }
    let provider = provider(&script);
    provider.get(&id("anthropic:claude/user/a%2F..%3Fb")).await.unwrap();
    let mut list = ListUserProfiles::default();
    list.paging.limit = Some(5);
    list.order = Some(SortDirection::Descending);
    list.order_by = Some(OrderBy::CreatedAt);
    list.paging.page = Some("page_a+b/c==".to_owned());
    client(&script).list_user_profiles(&list).await.unwrap();
    client(&script).get_user_profile("uprof_1").await.unwrap();
    let sent: Vec<_> = script.sent().iter().map(Sent::text).collect();
    insta::with_settings!({filters => vec![(r"anyprofile/\d+\.\d+\.\d+", "anyprofile/VERSION")]}, {
        insta::assert_snapshot!(sent.join("\n"));
    });
}

#[tokio::test]
async fn a_credential_is_sent_in_one_way_and_shown_nowhere() {
    let script = answering();
    let key = config(&script);
    let token = AnthropicConfig::with_auth_token("claude".parse().unwrap(), "a-token")
        .at("https://api.example.com")
        .with_http(http(&script));
    let shown = format!("{key:?} {token:?}");
    key.connect().unwrap().list_page(&ListQuery::new(), None).await.unwrap();
    token.connect().unwrap().list_page(&ListQuery::new(), None).await.unwrap();
    let sent = script.sent();
    assert_eq!((sent[0].header("x-api-key"), sent[0].header("authorization")), (Some("an-api-key"), None));
    assert_eq!(
        (sent[1].header("x-api-key"), sent[1].header("authorization")),
        (None, Some("Bearer a-token"))
    );
    assert!(sent.iter().flat_map(|sent| sent.headers.iter()).all(|(name, value)| {
        value.is_sensitive() == matches!(name.as_str(), "x-api-key" | "authorization")
    }));
    assert!(!shown.contains("an-api-key") && !shown.contains("a-token"), "{shown}");
}

#[tokio::test]
async fn betas_are_sent_in_one_header_and_each_once() {
    for (change, header) in [
        ((|config| config) as fn(AnthropicConfig) -> AnthropicConfig, Some("user-profiles-2026-03-24")),
        (|config| config.with_beta(BETA_2026_08_18), Some("user-profiles-2026-08-18")),
        (
            |config| {
                config
                    .with_other_beta("oauth-2025-04-20, files-api-2025-04-14")
                    .with_other_beta("oauth-2025-04-20")
            },
            Some("oauth-2025-04-20,files-api-2025-04-14,user-profiles-2026-03-24"),
        ),
        (|config| config.without_beta(), None),
        (|config| config.without_beta().with_other_beta("oauth-2025-04-20"), Some("oauth-2025-04-20")),
    ] {
        let script = answering();
        let provider = change(config(&script)).connect().unwrap();
        provider.list_page(&ListQuery::new(), None).await.unwrap();
        let sent = script.only();
        assert_eq!(sent.header("anthropic-beta"), header);
        assert!(sent.headers.get_all("anthropic-beta").iter().count() <= 1);
        assert_eq!(sent.header("anthropic-version"), Some("2023-06-01"));
        assert_eq!(
            sent.target().contains("beta=true"),
            header.is_some_and(|header| header.contains("user-profiles"))
        );
    }
}

#[test]
fn two_betas_of_user_profiles_are_refused() {
    let script = Script::silent();
    let both = format!("{BETA_2026_03_24},{BETA_2026_08_18}");
    for config in [
        config(&script).with_other_beta(BETA_2026_08_18),
        config(&script).with_other_beta(format!("oauth-2025-04-20,{BETA_2026_03_24}")),
        config(&script).without_beta().with_other_beta(BETA_2026_08_18),
        config(&script).with_beta(both),
        config(&script).with_beta("two\nlines"),
        config(&script).in_workspace("two\nlines"),
    ] {
        assert_eq!(config.connect().unwrap_err().kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn what_the_service_or_the_beta_does_not_have_sends_nothing() {
    let script = Script::silent();
    let provider = provider(&script);
    for query in [
        ListQuery::new().with_search("ada"),
        ListQuery::new().with_page_size(101),
        ListQuery::new().with_page_size(0),
        ListQuery::new().with_order(Order::ascending(OrderField::Name)),
        ListQuery::new().with_order(Order::ascending(OrderField::Updated)),
    ] {
        assert_eq!(provider.list_page(&query, None).await.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert_eq!(provider.current().await.unwrap_err().kind(), ErrorKind::Unsupported);
    let user = id("anthropic:claude/user/uprof_1");
    // A field of a later beta, which this one does not have.
    let change = ProfileChange::new().set(FieldPath::COUNTRY, "NO");
    let error = provider.update(&user, &change).await.unwrap_err();
    assert!(error.to_string().contains("country is not a field of this service"), "{error}");
    assert_eq!(provider.deactivate(&user).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let error = provider.get(&id("anthropic:claude/organization/x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let error = provider.get(&id("anthropic:other/user/x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_credential_is_checked_with_a_list_of_one() {
    let script = answering();
    provider(&script).check().await.unwrap();
    assert_eq!(script.only().target(), "/v1/user_profiles?beta=true&limit=1");
}
