//! Over a real connection on the loopback interface.

use anyprofile_core::{ListQuery, ProfileProviderExt};
use anyprofile_http::{HttpOptions, Proxy};
use anyprofile_upsun::UpsunConfig;
use futures_util::TryStreamExt as _;
use httpmock::prelude::*;

#[tokio::test]
async fn a_token_is_exchanged_and_two_pages_are_read() {
    let server = MockServer::start_async().await;
    let exchange = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/auth/oauth2/token")
                .header("authorization", "Basic cGxhdGZvcm0tYXBpLXVzZXI6")
                .body("grant_type=api_token&api_token=t%26+%2B");
            then.status(200)
                .header("content-type", "application/json")
                .body(r#"{"access_token":"jwt","expires_in":900,"token_type":"bearer"}"#);
        })
        .await;
    let hal = "application/hal+json; charset=utf-8";
    let second = server
        .mock_async(|when, then| {
            when.path("/api/profiles")
                .header("authorization", "Bearer jwt")
                .query_param("range", "1")
                .query_param("page", "2");
            then.status(200)
                .header("content-type", hal)
                .body(r#"{"count":2,"profiles":[{"id":"b"}],"_links":[]}"#);
        })
        .await;
    let next = format!(r#"{{"title":"Next","href":"{}"}}"#, server.url("/api/profiles?page=2"));
    let first = server
        .mock_async(|when, then| {
            when.path("/api/profiles")
                .header("authorization", "Bearer jwt")
                .query_param("range", "1")
                .query_param_missing("page");
            then.status(200)
                .header("content-type", hal)
                .body(format!(r#"{{"count":2,"profiles":[{{"id":"a"}}],"_links":{{"next":{next}}}}}"#));
        })
        .await;
    let config = UpsunConfig::with_api_token("acme".parse().unwrap(), "t& +")
        .at(server.url("/api"))
        .with_auth_url(server.url("/auth"))
        .with_http(HttpOptions::default().with_proxy(Proxy::None));
    let provider = config.connect().unwrap();
    let profiles: Vec<_> = provider.list(ListQuery::new().with_page_size(1)).try_collect().await.unwrap();
    assert_eq!(profiles.iter().map(|profile| profile.id.native()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(
        (first.calls_async().await, second.calls_async().await, exchange.calls_async().await),
        (1, 1, 1)
    );
}
