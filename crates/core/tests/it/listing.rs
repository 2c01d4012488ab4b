//! Listings by profile.

use std::{sync::Arc, time::Duration};

use anyprofile_core::{
    ErrorKind, ListQuery, ProfileProvider, ProfileProviderExt, Result,
    listing::{ListReport, ProfileStream},
};

use crate::memory::{Memory, failure};

const SECOND: Duration = Duration::from_secs(1);

/// Returns everything that a stream delivers until it ends, and its report.
async fn drain(mut stream: ProfileStream<'_>) -> (Vec<Result<String, ErrorKind>>, ListReport) {
    let mut all = Vec::new();
    while let Some(item) = stream.next().await {
        all.push(item.map(|profile| profile.id.native().to_owned()).map_err(|error| error.kind()));
    }
    assert!(stream.next().await.is_none(), "an ended stream stays ended");
    let report = stream.report().clone();
    (all, report)
}

fn names(count: usize) -> Vec<Result<String, ErrorKind>> {
    (0..count).map(|number| Ok(format!("u{number}"))).collect()
}

#[tokio::test]
async fn nothing_is_asked_for_before_the_first_poll() {
    let memory = Memory::of(3, 1);
    let stream = memory.list(ListQuery::new());
    assert!(memory.asked().is_empty());
    drop(stream);
    assert!(memory.asked().is_empty());
}

#[tokio::test]
async fn profiles_come_in_order_page_by_page() {
    for (count, size) in [(0, 1), (1, 1), (7, 3), (6, 3), (100, 7), (64, 16), (50, 50), (33, 32)] {
        let memory = Memory::of(count, size);
        let (all, report) = drain(memory.list(ListQuery::new())).await;
        assert_eq!(all, names(count));
        assert!(report.is_complete(), "{report:?}");
        assert_eq!((report.seen, report.pages), (count as u64, count.div_ceil(size).max(1) as u64));
        assert_eq!(memory.asked().len(), count.div_ceil(size).max(1));
    }
}

#[tokio::test]
async fn at_most_one_page_is_fetched_ahead() {
    let memory = Memory::of(100, 10);
    let mut stream = memory.list(ListQuery::new());
    for handed_out in 1..=100 {
        stream.try_next().await.unwrap().unwrap();
        let page = usize::div_ceil(handed_out, 10);
        assert!(memory.asked().len() <= page + 1, "{handed_out}: {:?}", memory.asked());
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_page_is_on_its_way_while_the_last_one_is_read() {
    let mut memory = Memory::of(4 * 32, 32);
    memory.delay = SECOND;
    let began = tokio::time::Instant::now();
    let mut stream = memory.list(ListQuery::new());
    let mut seen = 0;
    while stream.try_next().await.unwrap().is_some() {
        seen += 1;
        tokio::time::sleep(SECOND / 16).await;
    }
    assert_eq!(seen, 128);
    // Four pages of one second, and 128 sixteenths of a second; three pages overlap at least in half.
    assert!(began.elapsed() < 11 * SECOND, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn dropping_the_stream_drops_the_page_on_its_way() {
    let mut memory = Memory::of(100, 1);
    memory.delay = SECOND;
    let mut stream = memory.list(ListQuery::new());
    stream.try_next().await.unwrap();
    assert!(tokio::time::timeout(SECOND / 2, stream.try_next()).await.is_err());
    assert_eq!(memory.asked().len(), 2);
    drop(stream);
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!((memory.asked().len(), memory.answered()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_next_loses_nothing() {
    let mut memory = Memory::of(5, 1);
    memory.delay = SECOND;
    let mut stream = memory.list(ListQuery::new());
    let mut all = Vec::new();
    loop {
        match tokio::time::timeout(SECOND / 3, stream.try_next()).await {
            Err(_) => {}
            Ok(Ok(Some(profile))) => all.push(Ok(profile.id.native().to_owned())),
            Ok(end) => break assert!(end.unwrap().is_none()),
        }
    }
    assert_eq!(all, names(5));
    assert_eq!(memory.asked().len(), 5);
}

#[tokio::test]
async fn a_stream_ends_after_its_first_error_with_all_that_came_before() {
    let memory = Memory::by(|position| match position {
        "" => Ok((vec!["u0".into(), "u1".into()], Some("1".into()))),
        _ => Err(failure()),
    });
    let (all, report) = drain(memory.list(ListQuery::new())).await;
    assert_eq!(all, [names(2), vec![Err(ErrorKind::Upstream)]].concat());
    assert!(!report.is_complete());
    assert_eq!(memory.asked().len(), 2);
}

#[tokio::test]
async fn a_limit_stops_the_listing_and_no_needless_page_is_fetched() {
    for (limit, pages) in [(0, 0), (1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (25, 3)] {
        let mut memory = Memory::of(1000, 10);
        memory.capabilities.listing.page_size = false;
        let (all, report) = drain(memory.list(ListQuery::new().with_limit(limit))).await;
        assert_eq!(all.len() as u64, limit);
        assert_eq!(memory.asked().len(), pages, "{limit}");
        assert!(report.limited, "{limit}: {report:?}");
        assert!(!report.is_complete(), "{limit}");
    }
}

#[tokio::test]
async fn a_limit_beyond_the_end_limits_nothing() {
    for limit in [30, 31, u64::MAX] {
        let memory = Memory::of(30, 10);
        let (all, report) = drain(memory.list(ListQuery::new().with_limit(limit))).await;
        assert_eq!(all.len(), 30);
        assert!(report.is_complete() && !report.limited, "{limit}: {report:?}");
    }
}

#[tokio::test]
async fn a_page_is_no_larger_than_the_limit() {
    for (asked, default, limit, size) in [
        (Some(50), None, Some(5), Some(5)),
        (Some(5), None, Some(50), Some(5)),
        (None, Some(100), Some(5), Some(5)),
        (None, Some(100), Some(500), None),
        (None, None, Some(5), Some(5)),
        (None, None, Some(500), None),
        (Some(50), None, None, Some(50)),
    ] {
        let mut memory = Memory::of(1, 1);
        memory.capabilities.listing.default_page_size = default;
        let mut query = ListQuery::new();
        query.page_size = asked;
        query.limit = limit;
        drain(memory.list(query)).await;
        assert_eq!(memory.sizes(), [size]);
    }
    let mut memory = Memory::of(1, 1);
    memory.capabilities.listing.page_size = false;
    memory.capabilities.listing.default_page_size = Some(100);
    drain(memory.list(ListQuery::new().with_limit(5))).await;
    assert_eq!(memory.sizes(), [None]);
}

#[tokio::test]
async fn an_empty_page_with_a_cursor_goes_on() {
    let memory = Memory::by(|position| {
        let number: usize = position.parse().unwrap_or(0);
        let names = if number == 3 { vec!["u0".into()] } else { Vec::new() };
        Ok((names, (number < 4).then(|| (number + 1).to_string())))
    });
    let (all, report) = drain(memory.list(ListQuery::new())).await;
    assert_eq!((all, report.pages), (names(1), 5));
}

#[tokio::test]
async fn a_cycle_of_cursors_ends_with_an_error_and_all_that_came_before() {
    for length in 1..=3_usize {
        for head in 0..=2 {
            let memory = Memory::by(move |position| {
                let here: usize = position.parse().unwrap_or(0);
                let next = if here + 1 < head + 1 + length { here + 1 } else { head + 1 };
                Ok((vec![format!("u{here}")], Some(next.to_string())))
            });
            let (all, report) = drain(memory.list(ListQuery::new())).await;
            assert_eq!(all, [names(head + length + 1), vec![Err(ErrorKind::Decode)]].concat());
            assert!(!report.is_complete());
            assert_eq!(memory.asked().len(), head + length + 1);
        }
    }
}

#[tokio::test]
async fn a_listing_without_end_stops_with_an_error_and_can_be_gone_on_with() {
    let memory = Memory::by(|position| {
        let here: usize = position.parse().unwrap_or(0);
        Ok((Vec::new(), Some((here + 1).to_string())))
    });
    let mut pages = memory.pages(ListQuery::new().with_max_empty_pages(u32::MAX));
    let error = loop {
        if let Err(error) = pages.next_page().await.unwrap() {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.message().contains("more than 250000 pages"), "{error}");
    assert_eq!((pages.report().pages, pages.report().is_complete()), (250_000, false));
    assert!(pages.cursor().is_some());
    assert!(pages.next_page().await.unwrap().is_ok());
}

#[tokio::test]
async fn duplicates_missing_and_bad_records_make_a_listing_incomplete() {
    let mut memory = Memory::by(|position| match position {
        "" => Ok((vec!["u0".into(), "u1".into()], Some("1".into()))),
        _ => Ok((vec!["u1".into(), "u2".into()], None)),
    });
    let (all, report) = drain(memory.list(ListQuery::new())).await;
    assert_eq!((all.len(), report.duplicates, report.missing()), (4, 1, Some(0)));
    memory.total = Some(4);
    let (_, report) = drain(memory.list(ListQuery::new())).await;
    assert_eq!((report.declared_total, report.missing(), report.is_complete()), (Some(4), Some(1), false));
    memory.total = Some(3);
    let (_, report) = drain(memory.list(ListQuery::new())).await;
    assert!(report.is_complete());
    memory.quarantined = 2;
    let (_, report) = drain(memory.list(ListQuery::new())).await;
    assert_eq!((report.quarantined, report.is_complete()), (4, false));
}

#[tokio::test]
async fn an_owning_stream_may_be_spawned_and_a_borrowing_one_works_on_a_trait_object() {
    fn is_owned<T: Send + 'static>(value: T) -> T {
        value
    }
    let memory = Memory::of(10, 3).shared();
    let stream = is_owned(Arc::clone(&memory).list_owned(ListQuery::new()));
    let all = tokio::spawn(async move { drain(stream).await.0 }).await.unwrap();
    assert_eq!(all, names(10));
    let provider: Arc<dyn ProfileProvider> = memory;
    assert_eq!(drain(provider.list(ListQuery::new())).await.0, names(10));
    assert_eq!(drain(is_owned(provider.list_owned(ListQuery::new()))).await.0, names(10));
}

#[tokio::test]
async fn a_page_that_failed_while_it_was_only_prefetched_is_asked_for_again() {
    // The first page, then one timeout, then the second page.
    let mut failures = 1;
    let provider = Memory::by(move |position| match position {
        "" => Ok(((0..20).map(|number| format!("u{number}")).collect(), Some("b".to_owned()))),
        _ if failures > 0 => {
            failures -= 1;
            Err(anyprofile_core::Error::new(ErrorKind::Timeout, "not polled"))
        }
        _ => Ok((vec!["u20".to_owned()], None)),
    });
    let (delivered, report) = drain(provider.list(ListQuery::new())).await;
    assert_eq!(delivered, names(21));
    assert!(report.is_complete());
}

#[tokio::test]
async fn what_was_not_handed_out_was_not_seen() {
    let provider = Memory::by(|_| Ok(((0..100).map(|number| number.to_string()).collect(), None)));
    let mut stream = provider.list(ListQuery::new());
    for _ in 0..5 {
        stream.try_next().await.unwrap().unwrap();
    }
    let report = stream.report();
    assert_eq!((report.seen, report.reached_end, report.is_complete()), (5, false, false));
    while stream.try_next().await.unwrap().is_some() {}
    assert!(stream.report().is_complete());
}
