//! Lists, page after page.

use anyprofile_core::{
    ErrorKind, ListQuery, ProfileProvider, ProfileProviderExt,
    listing::{Cursor, CursorPosition, Next},
};
use futures_util::TryStreamExt as _;

use crate::{
    config, provider,
    support::{Script, json},
};

fn page(ids: &[&str], rest: &str) -> String {
    let profiles: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    format!(r#"{{"profiles":[{}]{rest}}}"#, profiles.join(","))
}

fn next(href: &str) -> String {
    format!(
        r#","_links":{{"self":{{"title":"Self","href":"/profiles"}},"next":{{"title":"Next","href":"{href}"}}}}"#
    )
}

#[tokio::test]
async fn links_are_followed_relative_or_absolute_and_merged_with_what_was_sent() {
    let script = Script::of([
        json(200, page(&["a"], &next("/profiles?page=2"))),
        json(200, page(&["b"], &next("https://api.example.com/profiles?page=3&range=2"))),
        json(200, page(&["c"], &next("?page=4"))),
        json(200, page(&["d"], "")),
    ]);
    let provider = provider(&script);
    let mut stream = provider.list(ListQuery::new().with_page_size(2));
    let mut ids = Vec::new();
    while let Some(profile) = stream.try_next().await.unwrap() {
        ids.push(profile.id.native().to_owned());
    }
    assert_eq!(ids, ["a", "b", "c", "d"]);
    assert!(stream.report().is_complete());
    let targets: Vec<_> = script.sent().iter().map(|sent| sent.target().to_owned()).collect();
    assert_eq!(
        targets,
        [
            "/profiles?range=2",
            "/profiles?range=2&page=2",
            "/profiles?page=3&range=2",
            "/profiles?range=2&page=4"
        ]
    );
}

#[tokio::test]
async fn a_link_that_leads_elsewhere_ends_the_list_before_anything_is_sent() {
    for href in [
        "",
        "string",
        "https://eu-2.example.com/profiles?page=2",
        "http://api.example.com/profiles?page=2",
        "//evil.example.com/profiles?page=2",
        "/users?page=2",
    ] {
        let script = Script::of([json(200, page(&["a"], &next(href)))]);
        let provider = provider(&script);
        let mut pages = provider.pages(ListQuery::new());
        assert_eq!(pages.next_page().await.unwrap().unwrap().items.len(), 1);
        let error = pages.next_page().await.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, None), "{href}");
        assert!(!pages.report().is_complete());
        assert_eq!(script.sent().len(), 1);
    }
}

#[tokio::test]
async fn a_link_without_an_address_is_a_missing_page_and_not_the_end() {
    for links in [
        r#","_links":{"next":{}}"#,
        r#","_links":{"next":{"href":null}}"#,
        r#","_links":{"next":{"href":""}}"#,
    ] {
        let script = Script::of([json(200, page(&["a"], links))]);
        let error = provider(&script).list(ListQuery::new()).try_collect::<Vec<_>>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{links}");
    }
}

#[tokio::test]
async fn a_list_that_links_to_itself_ends_with_an_error_and_all_that_came() {
    let script = Script::by(|_| json(200, page(&["a"], &next("/profiles?page=1"))).into());
    let provider = provider(&script);
    let mut stream = provider.list(ListQuery::new());
    let mut seen = 0;
    let error = loop {
        match stream.try_next().await {
            Ok(Some(_)) => seen += 1,
            Ok(None) => panic!("the list looks complete"),
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind(), seen), (ErrorKind::Decode, 2));
    assert_eq!(stream.report().duplicates, 1);
}

#[tokio::test]
async fn links_in_every_odd_shape_are_the_end_of_the_list() {
    for links in [
        "",
        r#","_links":[]"#,
        r#","_links":{}"#,
        r#","_links":null"#,
        r#","_links":{"self":{"href":"/profiles"},"next":null}"#,
        r##","_links":{"curies":[{"name":"x","href":"/x{rel}"}],"ref:users:0":{"href":"/ref/users?in=a&sig=b"},"#edit":{"href":"/p"}}"##,
    ] {
        let script = Script::of([json(200, page(&["a"], links))]);
        let page = provider(&script).list_page(&ListQuery::new(), None).await.unwrap();
        assert_eq!((page.items.len(), page.next), (1, Next::End), "{links}");
    }
}

#[tokio::test]
async fn a_next_link_beside_curies_is_followed() {
    let links = r#","_links":{"curies":[{"name":"x"}],"next":{"title":"Next","href":"/profiles?page=2"}}"#;
    let script = Script::of([json(200, page(&["a"], links))]);
    let page = provider(&script).list_page(&ListQuery::new(), None).await.unwrap();
    assert!(matches!(page.next, Next::Cursor(_)));
}

#[tokio::test]
async fn the_count_is_the_total_and_may_be_missing() {
    for (rest, total) in [(r#","count":57593"#, Some(57593)), ("", None), (r#","count":null"#, None)] {
        let script = Script::of([json(200, page(&["a"], rest))]);
        let provider = provider(&script);
        let mut stream = provider.list(ListQuery::new());
        while stream.try_next().await.unwrap().is_some() {}
        assert_eq!(stream.report().declared_total, total);
        assert_eq!(stream.report().is_complete(), total.is_none());
    }
}

#[tokio::test]
async fn the_media_type_of_the_service_behind_profiles_is_read() {
    let body = page(&["a"], r#","count":1"#);
    let response = crate::support::response(200)
        .header("content-type", "application/hal+json; charset=utf-8")
        .header("x-request-id", "req-1")
        .body(body);
    let page = provider(&Script::of([response])).list_page(&ListQuery::new(), None).await.unwrap();
    assert_eq!((page.items.len(), page.request_id.as_deref()), (1, Some("req-1")));
}

#[tokio::test]
async fn a_bad_record_is_set_aside_with_its_place_and_costs_nothing_else() {
    let body = r#"{"count":5,"profiles":[{"id":"a"},{"id":"b","new_ui":"ada@example.com"},7,{"email":"ada@example.com"},{"id":"c"}]}"#;
    let script = Script::of([json(200, body), json(200, body)]);
    for keep_raw in [false, true] {
        let config = config(&script).with_raw_records(keep_raw);
        let provider = config.connect().unwrap();
        let mut stream = provider.list(ListQuery::new());
        let mut ids = Vec::new();
        while let Some(profile) = stream.try_next().await.unwrap() {
            assert_eq!(profile.raw.is_some(), keep_raw);
            ids.push(profile.id.native().to_owned());
        }
        // A field of another type does not quarantine the record.
        assert_eq!(ids, ["a", "b", "c"]);
        assert_eq!((stream.report().quarantined, stream.report().is_complete()), (2, false));
    }
    let script = Script::of([json(200, body)]);
    let page = provider(&script).list_page(&ListQuery::new(), None).await.unwrap();
    let mut told: Vec<_> = page.quarantined.iter().map(|bad| (bad.position, bad.reason.as_str())).collect();
    told.sort_unstable();
    assert_eq!(told.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [2, 3]);
    assert!(!format!("{told:?}").contains("ada"));
}

#[tokio::test]
async fn what_is_no_list_of_profiles_is_no_list() {
    for body in
        [r#"{"items":[],"count":0}"#, "[]", "{}", "null", r#"{"profiles":null}"#, r#"{"profiles":{}}"#]
    {
        let script = Script::of([json(200, body)]);
        let error = provider(&script).list_page(&ListQuery::new(), None).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("list-profiles")), "{body}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_account_query_or_form_is_refused_before_anything_is_sent() {
    let script = Script::silent();
    let provider = provider(&script);
    let query = ListQuery::new().with_page_size(2);
    let token = |query: &ListQuery, position| Cursor::new(provider.info(), query, position);
    for cursor in [
        token(&ListQuery::new(), CursorPosition::Token("/profiles?page=2".to_owned())),
        token(&query, CursorPosition::PageNumber(2)),
    ] {
        let error = provider.list_page(&query, Some(&cursor)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}
