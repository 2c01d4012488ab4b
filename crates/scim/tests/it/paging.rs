//! Lists, page after page, at servers that do it differently.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyprofile_core::{ErrorKind, ListQuery, ProfileProviderExt as _, Result, listing::ListReport};
use anyprofile_engine::Connection;
use serde_json::{Value, json as value};

use crate::{
    ABLE, provider, provider_with,
    support::{Response, Script, Sent, json},
};

/// How a server pages.
#[derive(Clone, Copy)]
struct Server {
    users: u64,
    /// The most users of a page.
    cap: u64,
    /// What it declares of `users`, and of those of the page.
    total: fn(u64, u64) -> Option<u64>,
    config: &'static str,
}

const PLAIN: Server = Server { users: 0, cap: 200, total: |all, _| Some(all), config: ABLE };

fn number(sent: &Sent, name: &str) -> Option<u64> {
    let (_, query) = sent.url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

impl Server {
    fn answer(&self, sent: &Sent) -> Response {
        if sent.url.ends_with("/ServiceProviderConfig") {
            return json(if self.config.is_empty() { 404 } else { 200 }, self.config);
        }
        let start = number(sent, "startIndex").unwrap_or(1);
        let count = number(sent, "count").unwrap_or(self.cap).min(self.cap);
        let page: Vec<_> = (start..=self.users).take(usize::try_from(count).unwrap()).map(user).collect();
        let received = u64::try_from(page.len()).unwrap();
        // As many servers do, it repeats how many were asked for.
        let asked = number(sent, "count");
        let mut body = value!({ "itemsPerPage": asked, "startIndex": start, "Resources": page });
        if let Some(total) = (self.total)(self.users, received) {
            body["totalResults"] = total.into();
        }
        json(200, body.to_string())
    }

    fn script(self) -> Arc<Script> {
        Script::by(move |sent| self.answer(sent).into())
    }
}

fn user(number: u64) -> Value {
    value!({ "id": number.to_string(), "userName": format!("user{number}") })
}

async fn listed(provider: &Connection, page_size: u32) -> (Result<usize>, ListReport) {
    let mut stream = provider.list(ListQuery::new().with_page_size(page_size));
    let mut seen = 0;
    let end = loop {
        match stream.try_next().await {
            Ok(Some(_)) => seen += 1,
            Ok(None) => break Ok(seen),
            Err(error) => break Err(error),
        }
    };
    (end, stream.report())
}

#[tokio::test]
async fn a_short_page_is_not_the_end() {
    let server = Server { users: 25, cap: 7, ..PLAIN };
    let script = server.script();
    let (seen, report) = listed(&provider(&script), 10).await;
    assert_eq!((seen.unwrap(), report.declared_total), (25, Some(25)));
    assert!(report.is_complete());
    assert_eq!(
        script.requests(),
        [
            "GET /v2/ServiceProviderConfig",
            "GET /v2/Users?startIndex=1&count=10",
            "GET /v2/Users?startIndex=8&count=10",
            "GET /v2/Users?startIndex=15&count=10",
            "GET /v2/Users?startIndex=22&count=10",
        ]
    );
}

#[tokio::test]
async fn a_total_that_may_be_that_of_the_page_is_not_believed() {
    // The first page is as full as it can be; the page behind it shows that the number was that of the page.
    for config in [ABLE, ""] {
        let server = Server { users: 25, cap: 10, total: |_, page| Some(page), config };
        let (seen, report) = listed(&provider(&server.script()), 10).await;
        assert_eq!((seen.unwrap(), report.is_complete()), (25, true));
    }
    // Nobody says how many a page has: one more request proves the end.
    let script = Server { users: 4, config: "", ..PLAIN }.script();
    let (seen, report) = listed(&provider(&script), 10).await;
    assert_eq!((seen.unwrap(), report.is_complete(), script.requests().len()), (4, true, 3));
    // How many the server allows says nothing of how many it sends.
    for (users, cap) in [(4, 200), (250, 50)] {
        let script = Server { users, cap, total: |_, page| Some(page), ..PLAIN }.script();
        let (seen, report) = listed(&provider(&script), 100).await;
        assert_eq!((u64::try_from(seen.unwrap()).unwrap(), report.is_complete()), (users, true));
    }
}

#[tokio::test]
async fn a_total_that_is_not_reached_or_is_passed_is_not_believed() {
    let too_many = Server { users: 25, total: |all, _| Some(all + 3), ..PLAIN };
    let (seen, report) = listed(&provider(&too_many.script()), 10).await;
    assert_eq!(seen.unwrap(), 25);
    assert!(!report.is_complete());
    // The number is that of two pages: the second one is as full as the first.
    let two_pages = Server { users: 25, total: |_, _| Some(20), ..PLAIN };
    let (seen, report) = listed(&provider(&two_pages.script()), 10).await;
    assert_eq!((seen.unwrap(), report.is_complete()), (25, true));
    let short_pages = Server { users: 25, cap: 5, total: |_, _| Some(10), ..PLAIN };
    let (seen, _) = listed(&provider(&short_pages.script()), 10).await;
    assert_eq!(seen.unwrap(), 25);
    // Page by page, more come than were declared.
    let too_few = Server { users: 25, total: |all, _| Some(all - 10), ..PLAIN };
    let (seen, report) = listed(&provider(&too_few.script()), 10).await;
    assert_eq!((seen.unwrap(), report.is_complete()), (25, true));
    let none = Server { users: 25, total: |_, _| None, ..PLAIN };
    let (seen, report) = listed(&provider(&none.script()), 10).await;
    assert_eq!((seen.unwrap(), report.is_complete()), (25, true));
}

#[tokio::test]
async fn a_server_without_start_index_is_not_listed_forever() {
    // It says that it sent the first page, or nothing, and has the same users each time.
    for start_index in [r#""startIndex":1,"#, ""] {
        let script = Script::by(move |sent| {
            let users: Vec<_> = (1..=10).map(user).collect();
            let page = format!(r#"{{"totalResults":100000,{start_index}"Resources":{}}}"#, value!(users));
            json(200, if sent.url.ends_with("/ServiceProviderConfig") { ABLE.to_owned() } else { page })
                .into()
        });
        let (_, report) = listed(&provider(&script), 10).await;
        assert_eq!((report.received, report.duplicates, report.is_complete()), (10, 0, false), "{report:?}");
        assert!(report.end_unproven);
        // The server's features, two pages, and the second user.
        assert_eq!(script.sent().len(), 4);
    }
}

#[tokio::test]
async fn somebody_new_before_the_first_user_ends_no_list() {
    // Nine users are new after the first page: the second one starts with the first user again.
    let script = Script::by(|sent| {
        if sent.url.ends_with("/ServiceProviderConfig") {
            return json(200, ABLE).into();
        }
        let start = number(sent, "startIndex").unwrap();
        let count = usize::try_from(number(sent, "count").unwrap()).unwrap();
        let everybody = (101..=110).filter(|_| start > 1).chain(1..=25);
        let skipped = usize::try_from(start - 1).unwrap();
        let page: Vec<_> = everybody.skip(skipped).take(count).map(user).collect();
        json(200, value!({ "totalResults": if start > 1 { 35 } else { 25 }, "Resources": page }).to_string())
            .into()
    });
    let (seen, report) = listed(&provider(&script), 10).await;
    assert_eq!((seen.unwrap(), report.duplicates), (35, 10));
}

#[tokio::test]
async fn the_number_of_the_page_costs_one_request_a_page() {
    let server = Server { users: 65, cap: 10, total: |_, page| Some(page), ..PLAIN };
    let script = server.script();
    let (seen, report) = listed(&provider(&script), 10).await;
    assert_eq!((seen.unwrap(), report.is_complete()), (65, true));
    // The server's features, seven pages, and the empty one behind them.
    assert_eq!(script.sent().len(), 9);
}

#[tokio::test]
async fn a_server_that_always_says_the_same_index_is_listed_by_its_users() {
    let script = Script::by(|sent| {
        if sent.url.ends_with("/ServiceProviderConfig") {
            return json(200, ABLE).into();
        }
        let start = number(sent, "startIndex").unwrap();
        let page: Vec<_> = (start..=25).take(10).map(user).collect();
        json(200, value!({ "totalResults": 25, "startIndex": 1, "Resources": page }).to_string()).into()
    });
    let (seen, report) = listed(&provider(&script), 10).await;
    assert_eq!((seen.unwrap(), report.duplicates, report.is_complete()), (25, 0, true));
}

#[tokio::test]
async fn the_first_page_behind_the_last_one_is_nobody_new() {
    // Of the first list nobody says how many a page has, and the last page of the second is as full as the first: the page
    // behind is asked for.
    for users in [4, 20] {
        let script = Script::by(move |sent| {
            if sent.url.ends_with("/ServiceProviderConfig") {
                return json(404, "").into();
            }
            let asked = number(sent, "startIndex").unwrap();
            let count = usize::try_from(number(sent, "count").unwrap()).unwrap();
            let start = if asked > users { 1 } else { asked };
            let page: Vec<_> = (start..=users).take(count).map(user).collect();
            json(200, value!({ "totalResults": users, "startIndex": asked, "Resources": page }).to_string())
                .into()
        });
        let (seen, report) = listed(&provider(&script), 10).await;
        let expected = usize::try_from(users).unwrap();
        assert_eq!((seen.unwrap(), report.duplicates, report.is_complete()), (expected, 0, true));
    }
}

#[tokio::test]
async fn no_page_is_larger_than_the_server_says() {
    // It declares the number of each page; more than 200 is never asked for.
    let server = Server { users: 450, cap: 200, total: |_, page| Some(page), ..PLAIN };
    let (seen, _) = listed(&provider(&server.script()), 500).await;
    assert_eq!(seen.unwrap(), 450);
}

#[tokio::test]
async fn nobody_needs_a_number() {
    for (body, is_complete) in [
        (r#"{"totalResults":0}"#, true),
        (r#"{"totalResults":0,"Resources":[]}"#, true),
        (r#"{"Resources":[]}"#, false),
    ] {
        let script = Script::by(move |sent| {
            json(200, if sent.url.ends_with("/ServiceProviderConfig") { ABLE } else { body }).into()
        });
        let (end, report) = listed(&provider(&script), 10).await;
        assert_eq!(end.unwrap(), 0);
        assert_eq!(report.is_complete(), is_complete, "{body}: {report:?}");
    }
}

#[tokio::test]
async fn a_record_of_another_kind_is_no_empty_list() {
    let error = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"500","detail":"no"}"#;
    for body in ["{}", error] {
        let script = Script::by(move |sent| {
            json(200, if sent.url.ends_with("/ServiceProviderConfig") { ABLE } else { body }).into()
        });
        let (end, report) = listed(&provider(&script), 10).await;
        assert_eq!((end.unwrap_err().kind(), report.is_complete()), (ErrorKind::Decode, false));
    }
}

#[tokio::test]
async fn the_first_page_on_every_page_is_not_called_complete() {
    // It declares the number of the page, or none.
    for total in [Some(10), None] {
        let script = Script::by(move |sent| {
            if sent.url.ends_with("/ServiceProviderConfig") {
                return json(200, ABLE).into();
            }
            let count = usize::try_from(number(sent, "count").unwrap()).unwrap();
            let page: Vec<_> = (1..=10).take(count).map(user).collect();
            json(200, value!({ "totalResults": total, "Resources": page }).to_string()).into()
        });
        let (seen, report) = listed(&provider(&script), 10).await;
        assert_eq!(
            (seen.unwrap(), report.is_complete(), report.end_unproven),
            (10, false, true),
            "{total:?}"
        );
    }
}

#[tokio::test]
async fn a_cursor_that_is_ignored_without_a_word_is_not_called_complete() {
    let script = Script::by(|sent| {
        let start = number(sent, "startIndex").unwrap_or(1);
        let page: Vec<_> = (start..=25).take(10).map(user).collect();
        json(200, value!({ "Resources": page }).to_string()).into()
    });
    let provider = provider_with(&script, |quirks| quirks.paging = Some(anyprofile_scim::Paging::Cursor));
    let (seen, report) = listed(&provider, 10).await;
    assert_eq!((seen.unwrap(), report.is_complete()), (10, false));
    // Whoever is on the only page is everybody, if nobody is behind.
    let script = Script::by(|sent| {
        let start = number(sent, "startIndex").unwrap_or(1);
        let page: Vec<_> = (start..=4).map(user).collect();
        json(200, value!({ "Resources": page }).to_string()).into()
    });
    let provider = provider_with(&script, |quirks| quirks.paging = Some(anyprofile_scim::Paging::Cursor));
    let (seen, report) = listed(&provider, 10).await;
    assert_eq!((seen.unwrap(), report.is_complete()), (4, true));
}

#[tokio::test]
async fn somebody_twice_on_a_page_displaces_nobody() {
    // The second page repeats the first user, beside its own.
    let script = Script::by(|sent| {
        if sent.url.ends_with("/ServiceProviderConfig") {
            return json(200, ABLE).into();
        }
        let start = number(sent, "startIndex").unwrap();
        let mut page: Vec<_> = (start..=25).take(10).map(user).collect();
        if start == 11 {
            page.push(user(1));
        }
        json(200, value!({ "totalResults": 25, "startIndex": start, "Resources": page }).to_string()).into()
    });
    let (seen, report) = listed(&provider(&script), 10).await;
    assert_eq!((seen.unwrap(), report.duplicates), (26, 1));
}

/// Answers with cursors, of two users a page.
fn with_cursors(last: &'static str) -> Arc<Script> {
    let config = r#"{"pagination":{"cursor":true,"index":true,"maxPageSize":2}}"#;
    let served = AtomicUsize::new(0);
    Script::by(move |sent| {
        if sent.url.ends_with("/ServiceProviderConfig") {
            return json(200, config).into();
        }
        let page = served.fetch_add(1, Ordering::Relaxed);
        let body = match page {
            0 => {
                r#"{"totalResults":3,"itemsPerPage":2,"nextCursor":"c/2=","Resources":[{"id":"1"},{"id":"2"}]}"#
            }
            _ => last,
        };
        json(200, body).into()
    })
}

#[tokio::test]
async fn cursors_are_followed_where_the_server_has_them() {
    let script = with_cursors(r#"{"totalResults":3,"Resources":[{"id":"3"}]}"#);
    let provider_of_cursors = provider(&script);
    let mut stream = provider_of_cursors.list(ListQuery::new());
    let mut seen = Vec::new();
    while let Some(profile) = stream.try_next().await.unwrap() {
        seen.push(profile.id.native().to_owned());
    }
    assert_eq!(seen, ["1", "2", "3"]);
    assert!(stream.report().is_complete());
    assert_eq!(
        script.requests(),
        [
            "GET /v2/ServiceProviderConfig",
            "GET /v2/Users?cursor=&count=2",
            "GET /v2/Users?cursor=c%2F2%3D&count=2",
        ]
    );
    // The same cursor again is not followed in a circle.
    let script = with_cursors(r#"{"totalResults":3,"nextCursor":"c/2=","Resources":[{"id":"3"}]}"#);
    let (end, report) = listed(&provider(&script), 2).await;
    assert!(end.is_err() && !report.is_complete());
}

#[tokio::test]
async fn a_server_that_lacks_its_cursors_says_how_to_do_without() {
    let script = Script::by(|_| {
        json(501, r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"501"}"#).into()
    });
    let provider = provider_with(&script, |quirks| {
        quirks.paging = Some(anyprofile_scim::Paging::Cursor);
    });
    let error = listed(&provider, 10).await.0.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.hint(), Some(r#"set `quirks = { paging = "index" }`"#));
}

#[tokio::test]
async fn a_server_that_ignores_cursors_is_not_called_complete() {
    let script = Script::by(|_| json(200, r#"{"startIndex":1,"Resources":[{"id":"1"},{"id":"2"}]}"#).into());
    let provider = provider_with(&script, |quirks| {
        quirks.paging = Some(anyprofile_scim::Paging::Cursor);
    });
    let (seen, report) = listed(&provider, 10).await;
    assert_eq!((seen.unwrap(), report.is_complete()), (2, false));
}
