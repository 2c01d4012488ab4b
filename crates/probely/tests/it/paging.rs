//! Lists, page after page.

use anyprofile_core::{
    ErrorKind, FindKey, Kind, ListQuery, ProfileProvider, ProfileProviderExt, listing::Next,
};
use futures_util::TryStreamExt as _;

use crate::{
    config, provider,
    support::{Response, Script, json, response},
};

fn page(number: u64, total: u64, count: u64, ids: &[&str]) -> String {
    let users: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    format!(
        r#"{{"count":{count},"page_total":{total},"page":{number},"length":2,"results":[{}]}}"#,
        users.join(",")
    )
}

/// An empty list of API users, which follows the users.
fn no_api_users() -> Response {
    json(200, page(1, 1, 0, &[]))
}

#[tokio::test]
async fn api_users_come_behind_the_users_under_ids_of_their_own() {
    let script = Script::of([
        json(200, page(1, 1, 1, &["a"])),
        json(200, page(1, 2, 2, &["a"])),
        json(200, page(2, 2, 2, &["b"])),
    ]);
    let provider = provider(&script);
    let mut stream = provider.list(ListQuery::new());
    let mut seen = Vec::new();
    while let Some(profile) = stream.try_next().await.unwrap() {
        let view = profile.origin.as_ref().unwrap().view.to_string();
        seen.push(format!("{} {view} {}", profile.id, profile.kind.value().map_or("?", Kind::as_str)));
    }
    assert_eq!(
        seen,
        [
            "probely:eu/user/a user ?",
            "probely:eu/api_user/a api_user service",
            "probely:eu/api_user/b api_user service"
        ]
    );
    let report = stream.report();
    assert!(report.is_complete());
    assert_eq!((report.declared_total, report.duplicates), (Some(3), 0));
    // No API user has an e-mail address, and a filter for people excludes programs.
    for change in
        [(|query| query.filter.email = Some("a@example.com".to_owned())) as fn(&mut ListQuery), |query| {
            query.filter.kind = vec![Kind::Human.into()];
        }]
    {
        let mut query = ListQuery::new();
        change(&mut query);
        let script = Script::of([json(200, page(1, 1, 0, &[]))]);
        assert!(crate::provider(&script).list(query).try_next().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_service_without_api_users_is_listed_and_the_report_says_so() {
    let users = || json(200, page(1, 1, 1, &["a"]));
    // The other list proves that the URL is right.
    let script = Script::of([users(), json(404, r#"{"detail":"Not found."}"#)]);
    let provider_of_users = provider(&script);
    let mut pages = provider_of_users.pages(ListQuery::new());
    let mut seen = 0;
    while let Some(page) = pages.next_page().await {
        seen += page.unwrap().items.len();
    }
    let report = pages.report();
    assert!(report.is_complete() && report.collections[1].is_not_offered);
    assert_eq!((seen, report.declared_total, report.retries()), (1, Some(1), 0));

    // A gateway's 404 is not the service's: profiles may be missing.
    for body in [r#"{"message":"no Route matched with those values"}"#, "default backend - 404", ""] {
        let script = Script::of([json(200, page(1, 1, 1, &["a"])), json(404, body)]);
        let provider = provider(&script);
        let mut pages = provider.pages(ListQuery::new());
        pages.next_page().await.unwrap().unwrap();
        assert_eq!(pages.next_page().await.unwrap().unwrap_err().kind(), ErrorKind::Upstream, "{body}");
    }

    // A key without permission is different: profiles are missing.
    let script = Script::of([json(200, page(1, 1, 1, &["a"])), json(403, r#"{"detail":"No."}"#)]);
    let error = provider(&script).list(ListQuery::new()).try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::PermissionDenied, Some("api_users_list")));
}

#[tokio::test]
async fn the_own_profile_of_a_program_is_an_api_user() {
    let script = Script::of([
        json(200, r#"{"id":"a","is_apiuser":true}"#),
        json(200, r#"{"id":"a"}"#),
        json(404, r#"{"detail":"Not found."}"#),
        json(200, r#"{"id":"a"}"#),
    ]);
    let provider = provider(&script);
    let own = provider.current().await.unwrap();
    assert_eq!(own.id.to_string(), "probely:eu/api_user/a");
    assert_eq!(provider.get(&own.id).await.unwrap().id, own.id);
    let found = provider.find_by(&FindKey::NativeId("a".to_owned())).await.unwrap();
    assert_eq!((found.requests, &found.profiles[0].id), (2, &own.id));
    let targets: Vec<_> = script.sent().iter().map(|sent| sent.target().to_owned()).collect();
    assert_eq!(targets, ["/profile/", "/api-users/a/", "/users/a/", "/api-users/a/"]);
}

#[tokio::test]
async fn the_total_of_pages_decides_and_not_how_many_came() {
    // The second page is short and the third is empty; the order and page size stay the same.
    let script = Script::of([
        json(200, page(1, 4, 4, &["a", "b"])),
        json(200, page(2, 4, 4, &["c"])),
        json(200, page(3, 4, 4, &[])),
        json(200, page(4, 4, 4, &["d"])),
        no_api_users(),
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
            "/users/?length=2&ordering=id",
            "/users/?length=2&ordering=id&page=2",
            "/users/?length=2&ordering=id&page=3",
            "/users/?length=2&ordering=id&page=4",
            "/api-users/?length=2&ordering=id"
        ]
    );
}

#[tokio::test]
async fn an_empty_list_has_one_page() {
    let script = Script::of([json(200, page(1, 1, 0, &[])), no_api_users()]);
    let provider = provider(&script);
    let mut stream = provider.list(ListQuery::new());
    assert!(stream.try_next().await.unwrap().is_none());
    assert!(stream.report().is_complete());
}

#[tokio::test]
async fn the_remaining_pages_may_be_fetched_in_any_order() {
    let script = Script::by(|sent| {
        let number = sent.url.rsplit_once("&page=").map_or(1, |(_, number)| number.parse().unwrap());
        json(200, page(number, 3, 3, &[["a", "b", "c"][usize::try_from(number).unwrap() - 1]])).into()
    });
    let provider = provider(&script);
    let query = ListQuery::new();
    let first = provider.list_page(&query, None).await.unwrap();
    assert_eq!(first.declared_total, Some(3));
    let Next::Remaining(remaining) = first.next else { panic!("pages are numbered") };
    assert_eq!(remaining.len(), 2);
    let mut cursors: Vec<_> = remaining.cursors().collect();
    cursors.reverse();
    let mut ids = Vec::new();
    for cursor in cursors {
        let page = provider.list_page(&query, Some(&cursor)).await.unwrap();
        ids.push(page.items[0].id.native().to_owned());
    }
    assert_eq!(ids, ["c", "b"]);
}

#[tokio::test]
async fn a_page_that_does_not_say_how_many_there_are_is_an_error() {
    for body in [
        r#"{"count":1,"page":1,"length":10,"results":[{"id":"a"}]}"#,
        r#"{"count":1,"page_total":null,"page":1,"results":[]}"#,
        r#"{"count":1,"page_total":2,"results":[]}"#,
        r#"{"results":[]}"#,
        r#"{"count":1,"page_total":1,"page":1}"#,
        r#"{"page_total":1,"page":1,"results":null}"#,
        r#"{"page_total":-1,"page":1,"results":[]}"#,
        r#"{"page_total":"many","page":1,"results":[]}"#,
        r#"{"page_total":1.5,"page":1,"results":[]}"#,
        "[]",
        "null",
    ] {
        let script = Script::of([json(200, body)]);
        let error = provider(&script).list_page(&ListQuery::new(), None).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("users_list")), "{body}");
    }
}

#[tokio::test]
async fn an_envelope_whose_numbers_changed_their_type_is_read_and_told() {
    let script = Script::of([
        json(
            200,
            r#"{"count":"3","page_total":2.0,"page":"1","length":2,"results":[{"id":"a"},{"id":"b"}]}"#,
        ),
        json(200, r#"{"count":"3","page_total":2,"page":2,"length":-1,"results":{"0":{"id":"c"}}}"#),
        json(200, r#"{"count":0,"page_total":1,"page":1,"results":null}"#),
    ]);
    let provider = provider(&script);
    let mut pages = provider.pages(ListQuery::new().with_concurrency(1));
    let mut ids = Vec::new();
    while let Some(page) = pages.next_page().await {
        ids.extend(page.unwrap().items.into_iter().map(|profile| profile.id.native().to_owned()));
    }
    assert_eq!(ids, ["a", "b", "c"]);
    let report = pages.report();
    assert!(report.is_complete() && report.declared_total == Some(3), "{report:?}");
    let changed: Vec<_> =
        report.drift.changed_types.iter().map(|(name, times)| (name.as_str(), *times)).collect();
    assert_eq!(changed, [("count", 2), ("length", 1), ("page", 1), ("page_total", 1), ("results", 2)]);

    let script = Script::of([json(200, r#"{"count":1,"page_total":1,"page":1}"#)]);
    let error = crate::provider(&script).list_page(&ListQuery::new(), None).await.unwrap_err();
    assert!(error.message().contains("missing field 'results'"), "{error}");
}

#[tokio::test]
async fn a_page_with_far_more_records_than_were_asked_for_is_not_read() {
    let records = |number: usize| vec![r#"{"id":"a"}"#; number].join(",");
    let body = |number| format!(r#"{{"count":1,"page_total":1,"page":1,"results":[{}]}}"#, records(number));
    let list = |asked: u32, sent: usize| {
        let script = Script::of([json(200, body(sent))]);
        async move { provider(&script).list_page(&ListQuery::new().with_page_size(asked), None).await }
    };
    let error = list(100, 10_001).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::TooLarge, Some(200)), "{error}");
    assert!(error.message().contains("more records than requested"), "{error}");
    assert_eq!(list(8_000, 10_001).await.unwrap().items.len(), 10_001);
}

#[tokio::test]
async fn a_service_that_answers_the_same_page_for_ever_does_not_list_for_ever() {
    let script = Script::by(|_| json(200, page(1, 3, 3, &["a"])).into());
    let provider = provider(&script);
    let error = provider.list(ListQuery::new()).try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(script.sent().len(), 4, "the three pages, and the first one of the API users");
}

#[tokio::test]
async fn absurd_numbers_of_pages_do_not_panic() {
    for (number, total) in [(1, u64::MAX), (u64::MAX, u64::MAX), (0, 0), (5, 1)] {
        let script = Script::of([json(200, page(number, total, 0, &[]))]);
        let page = provider(&script).list_page(&ListQuery::new(), None).await.unwrap();
        let is_last =
            matches!((&page.next, &page.next_collection), (Next::Cursor(next), Some(other)) if next == other);
        assert_eq!(is_last, number >= total);
    }
}

#[tokio::test]
async fn a_page_past_the_end_ends_the_list_and_the_total_tells_what_lacks() {
    let script = Script::of([
        json(200, page(1, 2, 3, &["a", "b"])),
        json(404, r#"{"detail":"Invalid page."}"#),
        no_api_users(),
    ]);
    let provider = provider(&script);
    let mut pages = provider.pages(ListQuery::new());
    let mut ids = Vec::new();
    while let Some(page) = pages.next_page().await {
        ids.extend(page.unwrap().items.into_iter().map(|profile| profile.id.native().to_owned()));
    }
    assert_eq!(ids, ["a", "b"]);
    let report = pages.report();
    assert_eq!((report.missing(), report.is_complete()), (Some(1), false));
}

#[tokio::test]
async fn a_list_that_is_not_there_at_all_is_an_error() {
    let script = Script::of([json(404, r#"{"detail":"Not found."}"#)]);
    let error = provider(&script).pages(ListQuery::new()).next_page().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Config, Some(404)));
}

#[tokio::test]
async fn users_that_shift_between_pages_are_counted() {
    let script = Script::of([
        json(200, page(1, 2, 4, &["a", "b"])),
        json(200, page(2, 2, 4, &["b", "c"])),
        no_api_users(),
    ]);
    let provider = provider(&script);
    let mut stream = provider.list(ListQuery::new());
    while stream.try_next().await.unwrap().is_some() {}
    let report = stream.report();
    assert_eq!((report.duplicates, report.missing(), report.is_complete()), (1, Some(1), false));
}

#[tokio::test]
async fn a_bad_record_is_set_aside_with_its_place() {
    let body = r#"{"count":4,"page_total":1,"page":1,"length":10,"results":[
        {"id":"a"},["ada@example.com"],{"name":"Ada"},{"id":"c"}]}"#;
    for keep_raw in [false, true] {
        let script = Script::of([json(200, body)]);
        let provider = config(&script).with_raw_records(keep_raw).connect().unwrap();
        let page = provider.list_page(&ListQuery::new(), None).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|profile| profile.id.native()).collect();
        assert_eq!(ids, ["a", "c"]);
        assert!(page.items.iter().all(|profile| profile.raw.is_some() == keep_raw));
        let positions: Vec<_> = page.quarantined.iter().map(|bad| bad.position).collect();
        assert_eq!(positions, [1, 2]);
        let reasons = format!("{:?}", page.quarantined);
        assert!(!reasons.contains("ada@") && !reasons.contains("Ada"), "{reasons}");
    }
}

#[tokio::test]
async fn a_field_of_another_type_is_absent_and_kept_and_does_not_cost_the_person() {
    let body = r#"{"count":1,"page_total":1,"page":1,"length":10,"results":[
        {"id":"a","name":"Ada","active":"yes","labels":[{"name":5}],"user_roles":7}]}"#;
    let script = Script::of([json(200, body), json(200, r#"{"id":"a","active":"yes"}"#)]);
    let provider = config(&script).connect().unwrap();
    let page = provider.list_page(&ListQuery::new(), None).await.unwrap();
    let one = provider.get(&page.items[0].id).await.unwrap();
    for profile in [&page.items[0], &one] {
        assert!(profile.status.is_absent());
        assert_eq!(profile.unknown.get("active").unwrap().get(), r#""yes""#);
        assert_eq!(profile.notes[0].field.as_str(), "unknown.active");
    }
    assert_eq!(page.items[0].unknown.get("labels").unwrap().get(), r#"[{"name":5}]"#);
    assert_eq!(page.quarantined.len(), 0);
}

#[tokio::test]
async fn a_missing_slash_is_not_hidden_by_a_redirect_elsewhere() {
    let script = Script::of([response(301).header("location", "https://plus.example.com/users/")]);
    let error = provider(&script).list_page(&ListQuery::new(), None).await.unwrap_err();
    assert_eq!((error.kind(), script.sent().len()), (ErrorKind::Decode, 1));
}
