//! Over a real connection on the loopback interface.

use anyprofile_anthropic::AnthropicConfig;
use anyprofile_core::{ListQuery, ProfileProviderExt};
use anyprofile_http::{HttpOptions, Proxy};
use futures_util::TryStreamExt as _;
use httpmock::prelude::*;

#[tokio::test]
async fn two_pages_are_read_with_one_beta_and_one_key() {
    let server = MockServer::start_async().await;
    let mut pages = Vec::new();
    for (cursor, body) in [
        (None, r#"{"data":[{"id":"a"}],"next_page":"page_MjA+Mg=="}"#),
        (Some("page_MjA+Mg=="), r#"{"data":[{"id":"b"}],"next_page":null}"#),
    ] {
        pages.push(
            server
                .mock_async(|when, then| {
                    let when = when
                        .method(GET)
                        .path("/v1/user_profiles")
                        .header("x-api-key", "a-key")
                        .header_missing("authorization")
                        .header("anthropic-beta", "user-profiles-2026-03-24")
                        .header("anthropic-version", "2023-06-01")
                        .query_param("beta", "true")
                        .query_param("limit", "100");
                    match cursor {
                        None => when.query_param_missing("page"),
                        Some(cursor) => when.query_param("page", cursor),
                    };
                    then.status(200).header("content-type", "application/json").body(body);
                })
                .await,
        );
    }
    let config = AnthropicConfig::with_api_key("claude".parse().unwrap(), "a-key")
        .at(server.base_url())
        .with_http(HttpOptions::default().with_proxy(Proxy::None));
    let provider = config.connect().unwrap();
    let profiles: Vec<_> = provider.list(ListQuery::new().with_concurrency(1)).try_collect().await.unwrap();
    assert_eq!(profiles.iter().map(|profile| profile.id.native()).collect::<Vec<_>>(), ["a", "b"]);
    for page in pages {
        page.assert_async().await;
    }
}
