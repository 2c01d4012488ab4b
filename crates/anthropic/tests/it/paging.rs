//! Lists, page after page.

use anyprofile_core::{
    ErrorKind, ListQuery, ProfileProvider, ProfileProviderExt,
    listing::Next,
    query::{Order, OrderField},
};
use futures_util::TryStreamExt as _;

use crate::{
    config, provider,
    support::{Script, json},
};

fn page(ids: &[&str], next: &str) -> String {
    let profiles: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    format!(r#"{{"data":[{}]{next}}}"#, profiles.join(","))
}

#[tokio::test]
async fn an_empty_page_with_a_cursor_is_not_the_end() {
    let script = Script::of([
        json(200, page(&["a"], r#","next_page":"page_1""#)),
        json(200, page(&[], r#","next_page":"page_2""#)),
        json(200, page(&[], r#","next_page":"page_3""#)),
        json(200, page(&["b"], r#","next_page":null"#)),
    ]);
    let provider = provider(&script);
    let mut stream = provider.list(ListQuery::new());
    let mut ids = Vec::new();
    while let Some(profile) = stream.try_next().await.unwrap() {
        ids.push(profile.id.native().to_owned());
    }
    assert_eq!(ids, ["a", "b"]);
    assert!(stream.report().is_complete());
    assert_eq!(stream.report().declared_total, None);
}

#[tokio::test]
async fn a_cursor_is_sent_as_it_came_and_all_else_stays() {
    let script = Script::of([
        json(200, page(&["a"], r#","next_page":"page_MjAy+NS0/wNQ==&limit=1""#)),
        json(200, page(&["b"], "")),
    ]);
    let provider = config(&script).in_workspace("wrkspc_1").connect().unwrap();
    let query = ListQuery::new().with_page_size(7).with_order(Order::ascending(OrderField::Created));
    provider.list(query).try_collect::<Vec<_>>().await.unwrap();
    let sent = script.sent();
    assert_eq!(sent[0].target(), "/v1/user_profiles?beta=true&limit=7&order=asc");
    assert_eq!(
        sent[1].target(),
        "/v1/user_profiles?beta=true&limit=7&page=page_MjAy%2BNS0%2FwNQ%3D%3D%26limit%3D1&order=asc"
    );
    assert_eq!(sent[0].headers, sent[1].headers);
}

#[tokio::test]
async fn null_missing_and_empty_cursors_are_the_end() {
    for next in ["", r#","next_page":null"#, r#","next_page":"""#] {
        let script = Script::of([json(200, page(&["a"], next))]);
        let page = provider(&script).list_page(&ListQuery::new(), None).await.unwrap();
        assert_eq!(page.next, Next::End);
    }
}

#[tokio::test]
async fn a_repeated_cursor_ends_the_list_with_an_error() {
    let mut number = 0;
    let script = Script::by(move |_| {
        number += 1;
        let next = format!(r#","next_page":"page_{}""#, number % 2);
        json(200, page(&["a"], &next)).into()
    });
    let provider = provider(&script);
    let error = provider.list(ListQuery::new()).try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(script.sent().len(), 3);
}

#[tokio::test]
async fn what_is_no_list_of_user_profiles_is_no_list() {
    for body in [
        r#"{"items":[],"has_more":false}"#,
        r#"{"data":null}"#,
        r#"{"data":{}}"#,
        r#"{"data":[],"next_page":7}"#,
        "[]",
        "{}",
    ] {
        let script = Script::of([json(200, body)]);
        let error = provider(&script).list_page(&ListQuery::new(), None).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.operation()),
            (ErrorKind::Decode, Some("BetaListUserProfiles")),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_bad_record_is_set_aside_with_its_place_and_raw_records_are_kept_on_demand() {
    let body = r#"{"data":[{"id":"a"},["secret-key"],{"name":"Ada"},{"id":"c"}],"next_page":null}"#;
    for keep_raw in [false, true] {
        let script = Script::of([json(200, body), json(200, r#"{"id":"a"}"#)]);
        let provider = config(&script).with_raw_records(keep_raw).connect().unwrap();
        let page = provider.list_page(&ListQuery::new(), None).await.unwrap();
        let raws: Vec<_> =
            page.items.iter().map(|profile| profile.raw.as_ref().map(|raw| raw.get().to_owned())).collect();
        let expected = [r#"{"id":"a"}"#, r#"{"id":"c"}"#].map(|raw| keep_raw.then(|| raw.to_owned()));
        assert_eq!(raws, expected);
        let positions: Vec<_> = page.quarantined.iter().map(|bad| bad.position).collect();
        assert_eq!(positions, [1, 2]);
        assert!(!format!("{:?}", page.quarantined).contains("secret-key"));
        let one = provider.get(&crate::id("anthropic:claude/user/a")).await.unwrap();
        assert_eq!(one.raw.is_some(), keep_raw);
    }
}
