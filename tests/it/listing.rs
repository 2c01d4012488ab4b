//! Listings.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use anyprofile::{
    ErrorKind, IdKind, ListQuery, ProfileProvider, ProfileProviderExt, Timestamp,
    listing::{Cursor, Pages},
    probely::API_USER,
    query::{Direction, Order, OrderField},
};
use anyprofile_sandbox::SandboxOptions;
use futures_util::{StreamExt, TryStreamExt};

use crate::{fixture, fixture_with};

async fn ids(provider: &dyn ProfileProvider, query: ListQuery) -> Vec<String> {
    provider.list(query).map_ok(|profile| profile.id.to_string()).try_collect().await.unwrap()
}

#[tokio::test]
async fn every_provider_delivers_every_profile_once_in_pages_of_any_size() {
    let fixture = fixture(130).await;
    for provider in &fixture.providers {
        let service = &provider.info().service;
        let whole = ids(provider.as_ref(), ListQuery::new().with_concurrency(1)).await;
        assert_eq!(whole.len(), 130, "{service}");
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), 130);
        for (size, concurrency) in [(1, 1), (7, 1), (100, 1), (1, 8), (7, 2), (7, 8), (7, 100), (100, 8)] {
            let is_unordered = size != 1;
            let query = ListQuery::new().with_page_size(size).with_concurrency(concurrency);
            let mut profiles = provider.list(query.with_unordered(is_unordered));
            let mut paged = Vec::new();
            while let Some(profile) = profiles.try_next().await.unwrap() {
                paged.push(profile.id.to_string());
            }
            if is_unordered && concurrency > 1 && provider.capabilities().listing.both_ends {
                let (paged, whole) = (BTreeSet::from_iter(&paged), BTreeSet::from_iter(&whole));
                assert_eq!(paged, whole, "{service} in pages of {size} from both ends");
            } else {
                assert_eq!(paged, whole, "{service} in pages of {size}, {concurrency} at once");
            }
            assert!(profiles.report().is_complete());
            assert_eq!(profiles.report().seen, 130);
            assert_eq!(profiles.report().duplicates, 0);
        }
    }
}

#[tokio::test]
async fn a_limit_fetches_no_page_that_is_not_needed() {
    let fixture = fixture(100).await;
    for (service, operation) in [
        ("upsun", "list-profiles"),
        ("probely", "users_list"),
        ("anthropic", "BetaListUserProfiles"),
        ("scim", "ListUsers"),
    ] {
        let provider = fixture.provider(service);
        let query = ListQuery::new().with_page_size(10).with_limit(20);
        assert_eq!(ids(provider.as_ref(), query).await.len(), 20);
        assert_eq!(fixture.count(operation), 2, "{service}");
        let query = ListQuery::new().with_limit(3);
        assert_eq!(ids(provider.as_ref(), query).await.len(), 3);
        assert_eq!(fixture.count(operation), 3, "{service}");
    }
}

#[tokio::test]
async fn a_stored_cursor_goes_on_where_the_listing_was_left() {
    let fixture = fixture(60).await;
    for provider in &fixture.providers {
        let whole = ids(provider.as_ref(), ListQuery::new()).await;
        let query = ListQuery::new().with_page_size(13);
        let mut pages = provider.pages(query.clone());
        let mut seen = Vec::new();
        for _ in 0..2 {
            let page = pages.next_page().await.unwrap().unwrap();
            seen.extend(page.items.iter().map(|profile| profile.id.to_string()));
        }
        let stored = pages.cursor().unwrap().to_string();
        drop(pages);

        let cursor: Cursor = stored.parse().unwrap();
        let mut pages = Pages::resume(Arc::clone(provider), query.clone(), cursor.clone());
        while let Some(page) = pages.next_page().await {
            seen.extend(page.unwrap().items.iter().map(|profile| profile.id.to_string()));
        }
        assert_eq!(seen, whole, "{}", provider.info().service);

        let error = provider.list_page(&query.with_page_size(14), Some(&cursor)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

#[tokio::test]
async fn a_cursor_of_one_service_is_refused_by_another_without_a_request() {
    let fixture = fixture(60).await;
    let query = ListQuery::new().with_page_size(10);
    for provider in &fixture.providers {
        provider.prepare().await.unwrap();
    }
    for provider in &fixture.providers {
        let mut pages = provider.pages(query.clone());
        pages.next_page().await.unwrap().unwrap();
        let cursor = pages.cursor().unwrap().clone();
        fixture.sandbox.clear_requests();
        for other in fixture.providers.iter().filter(|other| other.info() != provider.info()) {
            let error = other.list_page(&query, Some(&cursor)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        }
        assert_eq!(fixture.sandbox.requests().len(), 0);
    }
}

#[tokio::test]
async fn a_listing_that_owns_its_provider_can_be_spawned() {
    let fixture = fixture(40).await;
    let tasks = fixture.providers.iter().map(|provider| {
        let profiles = Arc::clone(provider).list_owned(ListQuery::new());
        tokio::spawn(profiles.count())
    });
    for task in tasks {
        assert_eq!(task.await.unwrap(), 40);
    }
}

#[tokio::test]
async fn an_order_the_service_has_is_kept_and_another_one_is_refused_unsent() {
    let fixture = fixture(50).await;
    let anthropic = fixture.provider("anthropic");
    let created = |direction| {
        let order = match direction {
            Direction::Ascending => Order::ascending(OrderField::Created),
            Direction::Descending => Order::descending(OrderField::Created),
        };
        let query = ListQuery::new().with_order(order).with_page_size(20);
        async move {
            let times = anthropic.list(query).map_ok(|profile| *profile.times.created.value().unwrap());
            times.try_collect::<Vec<Timestamp>>().await.unwrap()
        }
    };
    let ascending = created(Direction::Ascending).await;
    let mut descending = created(Direction::Descending).await;
    assert!(ascending.is_sorted());
    descending.reverse();
    assert_eq!(ascending, descending);

    fixture.sandbox.clear_requests();
    let upsun = fixture.provider("upsun");
    let query = ListQuery::new().with_order(Order::ascending(OrderField::Created)).with_search("x");
    let error = upsun.list(query).try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.field_errors().len(), 2);
    assert_eq!(fixture.sandbox.requests().len(), 0);
}

#[tokio::test]
async fn probely_searches_and_orders() {
    let fixture = fixture(50).await;
    let probely = fixture.provider("probely");
    let everyone: Vec<_> = probely.list(ListQuery::new()).try_collect().await.unwrap();
    let somebody = everyone.iter().find(|profile| profile.email().is_some()).unwrap();
    let query = ListQuery::new().with_search(somebody.email().unwrap());
    assert!(ids(probely.as_ref(), query).await.contains(&somebody.id.to_string()));

    let query = ListQuery::new().with_order(Order::descending(OrderField::Updated));
    let ordered: Vec<_> = probely.list(query).try_collect().await.unwrap();
    for (kind, at_least) in [(IdKind::USER, 40), (API_USER, 4)] {
        let times = ordered.iter().filter(|profile| profile.id.kind == kind);
        let mut times: Vec<_> = times.filter_map(|profile| profile.times.updated.value()).collect();
        assert!(times.len() >= at_least, "{kind}");
        times.reverse();
        assert!(times.is_sorted(), "{kind}");
    }
}

#[tokio::test]
async fn what_was_changed_since_an_earlier_listing_is_read_and_no_more() {
    let fixture = fixture(400).await;
    let probely = fixture.provider("probely");
    let everyone: Vec<_> = probely.list(ListQuery::new()).try_collect().await.unwrap();
    let mut times: Vec<_> = everyone.iter().filter_map(|it| it.times.updated.value().copied()).collect();
    times.sort_unstable();
    let watermark = times[times.len() - 10];
    fixture.sandbox.clear_requests();
    let query = ListQuery::new().with_page_size(25).changed_since(watermark, Duration::ZERO);
    let mut changed = probely.list(query);
    let mut count = 0;
    while let Some(profile) = changed.try_next().await.unwrap() {
        assert!(*profile.times.updated.value().unwrap() >= watermark);
        count += 1;
    }
    let report = changed.report();
    assert_eq!(count, times.iter().filter(|time| **time >= watermark).count());
    let latest = |kind: &IdKind| {
        let of_kind = everyone.iter().filter(|it| it.id.kind == *kind);
        of_kind.filter_map(|it| it.times.updated.value().copied()).max()
    };
    assert_eq!(report.watermark(), latest(&IdKind::USER).min(latest(&API_USER)), "nothing before was missed");
    assert!(report.is_complete() && report.is_cut_at_unchanged(), "{report:?}");
    let asked = fixture.count("users_list") + fixture.count("api_users_list");
    // Two pages that fall, the far end, and the API users, whose far end cannot be asked for alone.
    assert!(asked <= 5, "{asked} of 17 pages");

    // A service that orders by nothing of the kind is read whole and filtered.
    let upsun = fixture.provider("upsun");
    let mut changed = upsun.list(ListQuery::new().changed_since(watermark, Duration::ZERO));
    while let Some(profile) = changed.try_next().await.unwrap() {
        assert!(*profile.times.updated.value().unwrap() >= watermark);
    }
    let report = changed.report();
    assert_eq!((report.reached_end, report.missing(), report.is_cut_at_unchanged()), (true, Some(0), false));
    assert!(
        report.undetermined > 0 && !report.is_complete(),
        "of some Upsun does not say when they were changed"
    );
}

#[tokio::test]
async fn an_empty_service_is_complete() {
    let fixture = fixture(0).await;
    for provider in &fixture.providers {
        let mut profiles = provider.list(ListQuery::new());
        assert!(profiles.try_next().await.unwrap().is_none());
        assert!(profiles.report().is_complete(), "{}", provider.info().service);
    }
}

#[tokio::test]
async fn an_access_token_that_expires_amid_a_listing_is_renewed_once() {
    let fixture = fixture(100).await;
    let upsun = fixture.provider("upsun");
    let mut pages = upsun.pages(ListQuery::new().with_page_size(10));
    let mut seen = 0;
    while let Some(page) = pages.next_page().await {
        seen += page.unwrap().items.len();
        if seen == 50 {
            fixture.sandbox.advance_clock(std::time::Duration::from_secs(3600));
        }
    }
    assert_eq!(seen, 100);
    assert_eq!(fixture.count("oauth2-token"), 2);
    // The refused one is repeated, and no other.
    assert_eq!(fixture.count("list-profiles"), 11);
}

#[tokio::test]
async fn an_empty_page_with_a_cursor_goes_on() {
    let fixture = fixture_with(SandboxOptions::new().profiles(60).anthropic_empty_page(true)).await;
    let description = fixture.sandbox.description();
    let config = anyprofile::anthropic::AnthropicConfig::with_api_key(
        "ga".parse().unwrap(),
        description.anthropic.api_key.clone(),
    )
    .at(&description.anthropic.base_url)
    .without_beta();
    let provider = config.connect().unwrap();
    let mut pages = provider.pages(ListQuery::new().with_page_size(10));
    let mut sizes = Vec::new();
    while let Some(page) = pages.next_page().await {
        sizes.push(page.unwrap().items.len());
    }
    assert!(sizes.contains(&0), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), 60);
}
