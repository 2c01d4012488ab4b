//! Over a real connection on the loopback interface.

use anyprofile_core::{ListQuery, ProfileProviderExt};
use anyprofile_http::{HttpOptions, Proxy};
use anyprofile_probely::ProbelyConfig;
use futures_util::TryStreamExt as _;
use httpmock::prelude::*;

#[tokio::test]
async fn two_pages_and_the_own_profile_are_read() {
    let server = MockServer::start_async().await;
    let mut pages = Vec::new();
    for (number, user) in [(1, "a"), (2, "b")] {
        pages.push(
            server
                .mock_async(|when, then| {
                    let when = when
                        .method(GET)
                        .path("/users/")
                        .header("authorization", "JWT a-key")
                        .query_param("length", "1")
                        .query_param("ordering", "id");
                    if number == 1 { when.query_param_missing("page") } else { when.query_param("page", "2") };
                    then.status(200).header("content-type", "application/json").body(format!(
                        r#"{{"count":2,"page_total":2,"page":{number},"length":1,"results":[{{"id":"{user}"}}]}}"#
                    ));
                })
                .await,
        );
    }
    let api_users = server
        .mock_async(|when, then| {
            when.method(GET).path("/api-users/");
            then.status(200)
                .header("content-type", "application/json")
                .body(r#"{"count":0,"page_total":1,"page":1,"length":1,"results":[]}"#);
        })
        .await;
    let own = server
        .mock_async(|when, then| {
            when.method(GET).path("/profile/").query_param_missing("ordering").query_param_missing("search");
            then.status(200).header("content-type", "application/json").body(r#"{"id":"me"}"#);
        })
        .await;
    let config = ProbelyConfig::new("eu".parse().unwrap(), "a-key")
        .at(server.base_url())
        .with_page_size(1)
        .with_http(HttpOptions::default().with_proxy(Proxy::None));
    let provider = config.connect().unwrap();
    let profiles: Vec<_> = provider.list(ListQuery::new()).try_collect().await.unwrap();
    assert_eq!(profiles.iter().map(|profile| profile.id.native()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(provider.current().await.unwrap().id.native(), "me");
    own.assert_async().await;
    api_users.assert_async().await;
    for page in pages {
        page.assert_async().await;
    }
}
