//! `Cached`.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyprofile_core::{
    Error, ErrorKind, ExecuteOptions, FieldPath, FindKey, GetOptions, ListQuery, PlanOptions, Profile,
    ProfileChange, ProfileProvider, ProfileProviderExt, RequestStats, Write,
    error::Effect,
    layers::Cached,
    listing::{ListReport, Pages},
    memory::MemoryProvider,
};
use futures_util::{FutureExt, future::join};

use super::{memory, slow::Slow};
use crate::in_memory::{id, person};

const MINUTE: Duration = Duration::from_secs(60);

/// A clock that stands still until it is set.
#[derive(Clone)]
struct Clock(Arc<Mutex<Instant>>);

impl Clock {
    fn go_on(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

fn cached(provider: Arc<dyn ProfileProvider>) -> (Cached, Clock) {
    let clock = Clock(Arc::new(Mutex::new(Instant::now())));
    let now = clock.clone();
    (Cached::new(provider, MINUTE).with_clock(move || *now.0.lock().unwrap()), clock)
}

/// Three profiles after slow calls, with a cache around them.
fn slowly() -> (MemoryProvider, Arc<Slow>, Cached, Clock) {
    let (memory, _) = memory(3);
    let slow = Slow::new(memory.clone());
    let (layer, clock) = cached(Arc::clone(&slow) as _);
    (memory, slow, layer, clock)
}

fn title(title: &str) -> ProfileChange {
    ProfileChange::new().set(FieldPath::TITLE, title)
}

async fn list(provider: &dyn ProfileProvider, query: ListQuery) -> (Vec<Profile>, ListReport) {
    let mut listing = provider.list(query);
    let mut profiles = Vec::new();
    while let Some(profile) = listing.try_next().await.unwrap() {
        profiles.push(profile);
    }
    (profiles, listing.report())
}

/// Returns the number of requests of some reads.
async fn sent(memory: &MemoryProvider, reads: impl Future<Output = ()>) -> u64 {
    let before = memory.request_count();
    reads.await;
    memory.request_count() - before
}

#[tokio::test]
async fn what_was_read_is_kept_for_its_time_and_takes_no_request() {
    let (memory, provider) = memory(3);
    let (layer, clock) = cached(provider);
    let key = FindKey::Email("person.1@example.com".to_owned());
    let read = async || {
        layer.get(&id("p01")).await.unwrap();
        layer.current().await.unwrap();
        layer.find_by(&key).await.unwrap();
        list(&layer, ListQuery::new().with_page_size(2)).await;
    };
    assert_eq!(sent(&memory, read()).await, 5);
    clock.go_on(MINUTE.saturating_sub(Duration::from_millis(1)));
    assert_eq!(sent(&memory, read()).await, 0);
    assert_eq!(layer.clone().find_by(&key).await.unwrap().requests, 0);
    clock.go_on(Duration::from_millis(1));
    assert_eq!(sent(&memory, read()).await, 5);
    layer.clear();
    assert_eq!(sent(&memory, read()).await, 5);
}

#[tokio::test]
async fn options_that_show_something_else_are_read_by_themselves_and_fresh_ones_always() {
    let (memory, provider) = memory(3);
    let (layer, _) = cached(provider);
    let get = async |options| drop(layer.get_checked(&id("p01"), &options).await.unwrap());
    assert_eq!(sent(&memory, get(GetOptions::new())).await, 1);
    assert_eq!(sent(&memory, get(GetOptions::new().with_enrich(true))).await, 1);
    memory.insert(person(1)).unwrap();
    assert_eq!(sent(&memory, get(GetOptions::new().with_fresh(true))).await, 1);
    assert_eq!(sent(&memory, get(GetOptions::new())).await, 0, "a fresh response is cached");
}

#[tokio::test]
async fn after_a_write_nothing_is_served_that_was_read_before_whatever_came_of_it() {
    let (memory, slow, layer, clock) = slowly();
    slow.permits.add_permits(1000);
    slow.writes.add_permits(1000);
    for failure in [None, Some(Effect::None), Some(Effect::Possible)] {
        layer.get(&id("p01")).await.unwrap();
        let change = title(&format!("{failure:?}"));
        let plan = layer.plan(&Write::update(id("p01"), change), &PlanOptions::new()).await.unwrap();
        if let Some(effect) = failure {
            slow.fail(Error::new(ErrorKind::Transport, "no response").with_effect(effect));
        }
        let executed = layer.execute(&plan, &ExecuteOptions::new()).await;
        assert_eq!(executed.is_err(), failure.is_some());
        let read = layer.get(&id("p01")).await.unwrap();
        assert_eq!(read.title, format!("{failure:?}").into());
    }
    // The result of the last write was not known at this read: it may still take effect.
    let get = async || drop(layer.get(&id("p01")).await.unwrap());
    assert_eq!(sent(&memory, get()).await, 1);
    clock.go_on(MINUTE);
    get().await;
    assert_eq!(sent(&memory, get()).await, 0);
}

/// A read that saw the state before a write, and ends during it or after it.
async fn early_read(ends_beside: bool) {
    let (memory, slow, layer, _) = slowly();
    let p01 = id("p01");
    let mut early = Box::pin(layer.get(&p01));
    assert!(early.as_mut().now_or_never().is_none());
    let plan = layer.plan(&Write::update(id("p01"), title("cto")), &PlanOptions::new()).await.unwrap();
    let options = ExecuteOptions::new();
    let mut execution = Box::pin(layer.execute(&plan, &options));
    assert!(execution.as_mut().now_or_never().is_none());
    let before = memory.request_count();
    let mut beside = Box::pin(layer.get(&p01));
    assert!(beside.as_mut().now_or_never().is_none());
    assert_eq!(memory.request_count(), before + 1, "no other call joins it");
    if ends_beside {
        slow.permits.add_permits(2);
        assert!(early.as_mut().await.unwrap().title.is_absent());
        beside.as_mut().await.unwrap();
    }
    slow.writes.add_permits(1);
    execution.await.unwrap().into_result().unwrap();
    let before = memory.request_count();
    let mut after = Box::pin(layer.get(&p01));
    assert!(after.as_mut().now_or_never().is_none());
    assert_eq!(memory.request_count(), before + 1, "a read after the write sends a new request");
    slow.permits.add_permits(3);
    if !ends_beside {
        assert!(early.await.unwrap().title.is_absent());
        beside.await.unwrap();
    }
    assert_eq!(after.await.unwrap().title, "cto".into());
    assert_eq!(layer.get(&p01).await.unwrap().title, "cto".into());
    assert_eq!(memory.request_count(), before + 1, "and kept");
}

#[tokio::test]
async fn a_read_that_began_before_a_write_keeps_nothing_and_nobody_joins_it_afterwards() {
    early_read(true).await;
    early_read(false).await;
}

#[tokio::test]
async fn a_read_that_began_before_a_write_and_ends_last_does_not_replace_what_came_after_it() {
    let (_, slow, layer, _) = slowly();
    let p01 = id("p01");
    let mut early = Box::pin(layer.get(&p01));
    assert!(early.as_mut().now_or_never().is_none());
    slow.writes.add_permits(1);
    layer.update(&p01, &title("cto")).await.unwrap();
    // No entry was added since.
    slow.permits.add_permits(1);
    assert!(early.await.unwrap().title.is_absent());
    slow.permits.add_permits(1);
    assert_eq!(layer.get(&p01).await.unwrap().title, "cto".into());
}

#[tokio::test]
async fn a_write_that_is_dropped_ends_and_may_have_been_made() {
    let (memory, slow, layer, clock) = slowly();
    slow.permits.add_permits(1);
    layer.get(&id("p01")).await.unwrap();
    let plan = layer.plan(&Write::update(id("p01"), title("cto")), &PlanOptions::new()).await.unwrap();
    assert!(layer.execute(&plan, &ExecuteOptions::new()).now_or_never().is_none());
    slow.permits.add_permits(100);
    let get = async || assert_eq!(layer.get(&id("p01")).await.unwrap().title, "cto".into());
    assert_eq!(
        sent(&memory, async {
            get().await;
            get().await;
        })
        .await,
        2
    );
    clock.go_on(MINUTE);
    assert_eq!(
        sent(&memory, async {
            get().await;
            get().await;
        })
        .await,
        1
    );
}

#[tokio::test]
async fn failures_are_not_kept_nor_that_nobody_was_found() {
    let (memory, slow, layer, _) = slowly();
    slow.permits.add_permits(100);
    slow.fail(Error::new(ErrorKind::Upstream, "503"));
    layer.get(&id("p01")).await.unwrap_err();
    layer.get(&id("p01")).await.unwrap();
    layer.get(&id("p09")).await.unwrap_err();
    let key = FindKey::Username("grace".to_owned());
    assert!(layer.find_by(&key).await.unwrap().profiles.is_empty());
    memory.insert(person(9)).unwrap();
    let mut grace = person(8);
    grace.username = "grace".into();
    memory.insert(grace).unwrap();
    layer.get(&id("p09")).await.unwrap();
    assert_eq!(layer.find_by(&key).await.unwrap().profiles.len(), 1);
}

#[tokio::test]
async fn callers_who_ask_for_the_same_at_once_are_served_by_one_call_that_outlives_the_first() {
    let (memory, slow, layer, _) = slowly();
    let p01 = id("p01");
    let mut first = Box::pin(layer.get(&p01));
    let mut second = Box::pin(layer.get(&p01));
    assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
    drop(first);
    slow.permits.add_permits(1);
    assert_eq!(second.await.unwrap().id, p01);
    assert_eq!(memory.request_count(), 1);
    // A caller that waits for another caller's page reports no request.
    slow.permits.add_permits(1);
    let query = ListQuery::new();
    let (one, other) = join(layer.list_page(&query, None), layer.list_page(&query, None)).await;
    assert_eq!(one.unwrap().stats.requests + other.unwrap().stats.requests, 1);
    // A call that all callers have dropped is cancelled, and leaves nothing.
    let before = memory.request_count();
    assert!(layer.get(&id("p02")).now_or_never().is_none());
    slow.permits.add_permits(1);
    layer.get(&id("p02")).await.unwrap();
    assert_eq!((memory.request_count() - before, slow.permits.available_permits()), (2, 0));
}

#[tokio::test]
async fn a_failure_is_told_to_all_who_wait_and_the_next_asks_again() {
    let (_, slow, layer, _) = slowly();
    let p01 = id("p01");
    let (mut one, mut other) = (Box::pin(layer.get(&p01)), Box::pin(layer.get(&p01)));
    assert!(one.as_mut().now_or_never().is_none() && other.as_mut().now_or_never().is_none());
    slow.fail(Error::new(ErrorKind::Upstream, "503"));
    slow.permits.add_permits(2);
    let (one, other) = join(one, other).await;
    assert_eq!([one.unwrap_err().kind(), other.unwrap_err().kind()], [ErrorKind::Upstream; 2]);
    layer.get(&p01).await.unwrap();
}

#[tokio::test]
async fn a_failure_of_another_callers_call_says_that_it_took_no_request() {
    let (_, slow, layer, _) = slowly();
    let (p01, options) = (id("p01"), GetOptions::new());
    let mut one = Box::pin(layer.get_opts(&p01, &options));
    let mut other = Box::pin(layer.get_opts(&p01, &options));
    assert!(one.as_mut().now_or_never().is_none() && other.as_mut().now_or_never().is_none());
    slow.fail(Error::new(ErrorKind::Upstream, "503").with_stats(RequestStats::new(3, MINUTE)));
    slow.permits.add_permits(1);
    let (one, other) = join(one, other).await;
    assert_eq!(one.unwrap_err().stats(), RequestStats::new(3, MINUTE));
    assert_eq!(other.unwrap_err().stats(), RequestStats::default());
}

#[tokio::test]
async fn nobody_joins_another_callers_call_where_nothing_is_kept() {
    let (memory, _) = memory(3);
    let slow = Slow::new(memory.clone());
    let layer = Cached::new(Arc::clone(&slow) as _, Duration::ZERO);
    let p01 = id("p01");
    slow.permits.add_permits(2);
    let (one, other) = join(layer.get(&p01), layer.get(&p01)).await;
    assert_eq!((one.unwrap().id, other.unwrap().id), (p01.clone(), p01));
    assert_eq!(memory.request_count(), 2);
}

#[tokio::test]
async fn plans_and_proofs_ask_the_service() {
    let (memory, provider) = memory(3);
    let (layer, _) = cached(provider);
    layer.get(&id("p01")).await.unwrap();
    let mut changed = person(1);
    changed.title = "dev".into();
    memory.insert(changed).unwrap();
    let plan = layer.plan(&Write::update(id("p01"), title("dev")), &PlanOptions::new()).await.unwrap();
    assert!(plan.is_settled(), "nothing has to change");
    // The cache has the profile that the plan is based on, and the service no longer shows it.
    layer.clear();
    layer.get(&id("p01")).await.unwrap();
    memory.insert(person(1)).unwrap();
    assert_eq!(layer.check_unchanged(&plan).await.unwrap_err().kind(), ErrorKind::Conflict);
    layer.current().await.unwrap();
    assert_eq!(sent(&memory, async { drop(layer.check().await.unwrap()) }).await, 1);
}

#[tokio::test]
async fn there_are_no_more_entries_than_were_allowed_and_the_oldest_give_way() {
    let (memory, provider) = memory(9);
    let (layer, _) = cached(provider);
    let layer = layer.with_max_entries(3);
    for name in ["p01", "p02", "p03", "p04"] {
        layer.get(&id(name)).await.unwrap();
    }
    let get = async |name| drop(layer.get(&id(name)).await.unwrap());
    assert_eq!(
        sent(&memory, async {
            get("p04").await;
            get("p02").await;
        })
        .await,
        0
    );
    assert_eq!(sent(&memory, get("p01")).await, 1);
    assert!(format!("{layer:?}").contains("entries: 3"), "{layer:?}");
    // The first pages of a longer listing are cached.
    let query = ListQuery::new().with_page_size(2).with_concurrency(1);
    assert_eq!(list(&layer, query.clone()).await.1.requests, 5);
    let (profiles, report) = list(&layer, query).await;
    assert_eq!((profiles.len(), report.requests, report.cached_pages), (9, 2, 3));
    assert!(report.is_complete());
    let none = Cached::new(Arc::new(memory.clone()), MINUTE).with_max_entries(0);
    assert_eq!(
        sent(&memory, async {
            list(&none, ListQuery::new()).await;
        })
        .await,
        1
    );
    assert!(format!("{none:?}").contains("entries: 0"));
}

#[tokio::test]
async fn a_listing_out_of_the_cache_says_since_when_it_is_so_and_that_it_took_no_request() {
    let (memory, provider) = memory(7);
    let (layer, clock) = cached(provider);
    let query = ListQuery::new().with_page_size(3).with_concurrency(1);
    let (profiles, first) = list(&layer, query.clone()).await;
    clock.go_on(MINUTE / 2);
    memory.insert(person(8)).unwrap();
    // The pages are the same for every limit and concurrency.
    let (again, second) = list(&layer, query.clone().with_limit(100).with_concurrency(3)).await;
    assert_eq!(again, profiles);
    assert!(second.is_complete() && first.is_complete());
    assert_eq!((second.requests, second.cached_pages, first.cached_pages), (0, 3, 0));
    assert!(second.started.unwrap() >= first.started.unwrap());
    let page = layer.list_page(&query, None).await.unwrap();
    assert_eq!(page.cached_at, second.started, "the first page's time, and not that of the second listing");
    let mut pages = layer.pages(query.clone());
    pages.next_page().await.unwrap().unwrap();
    // Older pages are requested again, like in a slow listing.
    clock.go_on(MINUTE / 2);
    let page = pages.next_page().await.unwrap().unwrap();
    assert!(page.cached_at.is_none());
    let resumed = Pages::resume(&layer as &dyn ProfileProvider, query, pages.cursor().unwrap().clone());
    assert!(resumed.report().resumed);
}

#[tokio::test]
async fn no_page_is_served_that_is_older_than_the_one_in_front_of_it() {
    let (memory, provider) = memory(6);
    let (layer, _) = cached(provider);
    let query = ListQuery::new().with_page_size(2).with_concurrency(1);
    let (_, report) = list(&layer, query.clone()).await;
    assert_eq!(report.requests, 3);
    let first = layer.list_page(&query, None).await.unwrap();
    let anyprofile_core::listing::Next::Cursor(second) = first.next else { panic!("there are more") };
    // The second page is read again, so the cached third one is older.
    let before = memory.request_count();
    layer.list_page(&query.clone().with_fresh(true), Some(&second)).await.unwrap();
    let (_, report) = list(&layer, query).await;
    assert_eq!((memory.request_count() - before, report.requests), (2, 1));
}

#[tokio::test]
async fn a_list_whose_total_changes_while_it_is_read_is_not_kept() {
    let (memory, provider) = memory(6);
    let (layer, _) = cached(provider);
    let query = ListQuery::new().with_page_size(2).with_concurrency(1);
    let mut pages = layer.pages(query.clone());
    pages.next_page().await.unwrap().unwrap();
    memory.insert(person(7)).unwrap();
    while let Some(page) = pages.next_page().await {
        page.unwrap();
    }
    let (profiles, report) = list(&layer, query).await;
    assert_eq!((profiles.len(), report.cached_pages), (7, 0));
}

#[tokio::test]
async fn debug_shows_nobody() {
    let (_, provider) = memory(3);
    let (layer, _) = cached(provider);
    list(&layer, ListQuery::new().with_search("person")).await;
    layer.find_by(&FindKey::Email("person.1@example.com".to_owned())).await.unwrap();
    let shown = format!("{layer:?}");
    assert!(!shown.contains("erson") && shown.contains("entries: 2"), "{shown}");
}
