//! Listings by page.

use std::{collections::BTreeSet, time::Duration};

use anyprofile_core::{
    ErrorKind, ListQuery, ProfileProviderExt,
    listing::{Cursor, Pages},
};

use crate::memory::{Memory, failure};

#[tokio::test]
async fn after_an_error_the_same_page_is_asked_for_again() {
    let mut failures = 2;
    let memory = Memory::by(move |position| {
        if position == "1" && failures > 0 {
            failures -= 1;
            return Err(failure());
        }
        Ok((
            vec![format!("u{position}")],
            (position != "2").then(|| if position.is_empty() { "1".into() } else { "2".into() }),
        ))
    });
    let mut pages = memory.pages(ListQuery::new());
    let mut items = 0;
    while let Some(page) = pages.next_page().await {
        match page {
            Ok(page) => items += page.items.len(),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Upstream),
        }
    }
    assert_eq!(memory.asked(), ["", "1", "1", "1", "2"]);
    assert_eq!((items, pages.report().pages), (3, 3));
    assert!(pages.report().is_complete());
}

#[tokio::test]
async fn a_listing_goes_on_at_a_stored_cursor_and_delivers_the_same_set() {
    let memory = Memory::of(23, 5);
    let query = ListQuery::new().with_page_size(5);
    for stop_after in 1..=4 {
        let mut seen = BTreeSet::new();
        let mut pages = memory.pages(query.clone());
        assert!(pages.cursor().is_none());
        for _ in 0..stop_after {
            seen.extend(pages.next_page().await.unwrap().unwrap().items.into_iter().map(|it| it.id));
        }
        let stored = pages.cursor().unwrap().to_string();
        drop(pages);
        let cursor: Cursor = stored.parse().unwrap();
        let mut pages = Pages::resume(&memory, query.clone(), cursor);
        while let Some(page) = pages.next_page().await {
            for profile in page.unwrap().items {
                assert!(seen.insert(profile.id), "delivered twice");
            }
        }
        assert!(pages.cursor().is_none());
        assert_eq!(seen.len(), 23);
    }
}

#[tokio::test]
async fn a_cursor_of_another_query_is_refused() {
    let memory = Memory::of(23, 5);
    let mut pages = memory.pages(ListQuery::new().with_page_size(5));
    pages.next_page().await.unwrap().unwrap();
    let cursor = pages.cursor().unwrap().clone();
    let mut pages = Pages::resume(&memory, ListQuery::new().with_page_size(6), cursor);
    assert_eq!(pages.next_page().await.unwrap().unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_resumed_listing_finds_a_cursor_that_points_back_to_its_start() {
    let memory = Memory::by(|position| {
        let next = if position == "1" { "2" } else { "1" };
        Ok((vec![format!("u{position}")], Some(next.to_owned())))
    });
    let mut pages = memory.pages(ListQuery::new());
    pages.next_page().await.unwrap().unwrap();
    let cursor = pages.cursor().unwrap().clone();
    let mut pages = Pages::resume(&memory, ListQuery::new(), cursor);
    assert!(pages.next_page().await.unwrap().is_ok());
    assert!(pages.next_page().await.unwrap().is_ok());
    assert_eq!(pages.next_page().await.unwrap().unwrap_err().kind(), ErrorKind::Decode);
    // It stays so, and nothing more is requested.
    assert!(pages.next_page().await.unwrap().is_err());
    assert_eq!(memory.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_page_on_its_way_changes_nothing() {
    let mut memory = Memory::of(3, 1);
    memory.delay = Duration::from_secs(1);
    let mut pages = memory.pages(ListQuery::new());
    pages.next_page().await.unwrap().unwrap();
    let (report, cursor) = (pages.report().clone(), pages.cursor().cloned());
    let began = tokio::time::Instant::now();
    for _ in 0..3 {
        assert!(tokio::time::timeout(Duration::from_millis(300), pages.next_page()).await.is_err());
        assert_eq!((pages.report(), pages.cursor()), (&report, cursor.as_ref()));
    }
    let page = pages.next_page().await.unwrap().unwrap();
    assert_eq!(page.items[0].id.native(), "u1");
    assert_eq!(began.elapsed(), Duration::from_secs(1), "the request went on");
    assert_eq!(memory.asked().len(), 2);
}

#[tokio::test]
async fn a_limit_that_is_met_by_the_last_page_did_not_stop_the_listing() {
    for (limit, limited) in [(6, false), (5, true), (3, true)] {
        let mut memory = Memory::of(6, 3);
        memory.capabilities.listing.page_size = false;
        let mut pages = memory.pages(ListQuery::new().with_limit(limit));
        let mut seen = 0;
        while let Some(page) = pages.next_page().await {
            seen += page.unwrap().items.len() as u64;
        }
        assert_eq!((seen, pages.report().limited), (limit, limited), "{limit}");
        assert_eq!(pages.report().is_complete(), !limited);
    }
}

#[tokio::test]
async fn debug_shows_no_cursor() {
    let memory = Memory::by(|_| Ok((Vec::new(), Some("secret-token".into()))));
    let mut pages = memory.pages(ListQuery::new().with_search("ada@example.com"));
    pages.next_page().await.unwrap().unwrap();
    let text = format!("{pages:?}");
    assert!(!text.contains("secret") && !text.contains("ada"), "{text}");
}
