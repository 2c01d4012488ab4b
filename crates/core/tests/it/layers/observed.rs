//! `Observed`.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use anyprofile_core::{
    Capabilities, Error, ErrorKind, ExecuteOptions, FieldPath, FindKey, GetOptions, ListQuery, PlanOptions,
    Profile, ProfileChange, ProfileId, ProfileProvider, ProfileProviderExt, ProviderInfo, Result, Write,
    async_trait,
    error::Effect,
    layers::{CallFinished, Observed, ProviderCall, ProviderObserver},
    listing::{Cursor, Page},
};
use futures_util::{FutureExt, TryStreamExt};

use super::{memory, slow::Slow};
use crate::in_memory::id;

#[derive(Debug, Default)]
struct Events {
    started: Mutex<Vec<u64>>,
    finished: Mutex<Vec<String>>,
}

impl Events {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.finished.lock().unwrap())
    }
}

impl ProviderObserver for Events {
    fn call_started(&self, call: &ProviderCall<'_>) {
        self.started.lock().unwrap().push(call.id);
    }

    fn call_finished(&self, event: &CallFinished<'_>) {
        let CallFinished { call, duration, outcome, effect, items, .. } = event;
        assert_eq!((call.service.as_str(), call.account.as_str()), ("memory", "test"));
        let began = self.started.lock().unwrap().contains(&call.id);
        assert!(began, "what ends has begun");
        let write = call.write.map_or_else(String::new, |write| format!(" {write}"));
        let milliseconds = duration.as_millis();
        let told = format!("{}{write}: {outcome:?} {effect:?} {items} {milliseconds}", call.operation);
        self.finished.lock().unwrap().push(told);
    }
}

/// A clock that advances by a millisecond at each reading.
fn clock() -> impl Fn() -> Instant + Send + Sync {
    let now = Mutex::new(Instant::now());
    move || {
        let mut now = now.lock().unwrap();
        *now += Duration::from_millis(1);
        *now
    }
}

#[tokio::test]
async fn each_call_is_told_with_how_it_ended_and_nothing_of_anybody() {
    let (_, provider) = memory(3);
    let events = Arc::new(Events::default());
    let layer = Observed::new(provider, Arc::clone(&events) as _).with_clock(clock());
    layer.list(ListQuery::new().with_page_size(2).with_concurrency(1)).try_collect::<Vec<_>>().await.unwrap();
    layer.get(&id("p01")).await.unwrap();
    layer.get(&id("nobody")).await.unwrap_err();
    layer.find_by(&FindKey::Email("person.1@example.com".to_owned())).await.unwrap();
    layer.current().await.unwrap();
    layer.prepare().await.unwrap();
    let change = ProfileChange::new().set(FieldPath::TITLE, "cto");
    layer.update(&id("p01"), &change).await.unwrap();
    layer.update(&id("p01"), &change).await.unwrap();
    let told = events.take();
    assert_eq!(
        told,
        [
            "list: Succeeded None 2 1",
            "list: Succeeded None 1 1",
            "get: Succeeded None 1 1",
            "get: Failed(NotFound) None 0 1",
            "find: Succeeded None 1 1",
            "current: Succeeded None 1 1",
            "prepare: Succeeded None 0 1",
            "plan update: Succeeded None 1 1",
            "execute update: Succeeded Whole 1 1",
            "plan update: Succeeded None 0 1",
            "execute update: Succeeded None 0 1",
        ]
    );
}

#[tokio::test]
async fn a_call_that_is_dropped_is_told_as_cancelled_and_a_write_as_one_that_may_have_been_made() {
    let (memory, _) = memory(3);
    let slow = Slow::new(memory);
    let events = Arc::new(Events::default());
    let layer = Observed::new(Arc::clone(&slow) as _, Arc::clone(&events) as _).with_clock(clock());
    assert!(layer.get(&id("p01")).now_or_never().is_none());
    let write = Write::deactivate(id("p01"));
    let plan = layer.plan(&write, &PlanOptions::new()).await.unwrap();
    assert!(layer.execute(&plan, &ExecuteOptions::new()).now_or_never().is_none());
    drop(layer.get(&id("p01")));
    slow.writes.add_permits(1);
    slow.fail(Error::new(ErrorKind::Transport, "no response").with_effect(Effect::Possible));
    let plan = layer.plan(&Write::delete(id("p02")), &PlanOptions::new()).await.unwrap();
    layer.execute(&plan, &ExecuteOptions::new()).await.unwrap_err();
    assert_eq!(
        events.take(),
        [
            "get: Cancelled None 0 1",
            "plan deactivate: Succeeded None 1 1",
            "execute deactivate: Cancelled Possible 0 1",
            "plan delete: Succeeded None 1 1",
            "execute delete: Failed(Transport) Possible 0 1",
        ],
        "a call that was never polled is none"
    );
}

/// Panics on all events from a given one on, and counts the events.
#[derive(Debug)]
struct Panicking {
    from: u32,
    told: AtomicU32,
}

impl Panicking {
    fn tell(&self) {
        let told = self.told.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(told < self.from, "the observer panics");
    }
}

impl ProviderObserver for Panicking {
    fn call_started(&self, _: &ProviderCall<'_>) {
        self.tell();
    }

    fn call_finished(&self, _: &CallFinished<'_>) {
        self.tell();
    }
}

/// A provider whose calls panic.
#[derive(Debug)]
struct Panics(Arc<dyn ProfileProvider>);

#[async_trait]
impl ProfileProvider for Panics {
    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn list_page(&self, _: &ListQuery, _: Option<&Cursor>) -> Result<Page<Profile>> {
        panic!("the provider panics")
    }

    async fn get_opts(&self, _: &ProfileId, _: &GetOptions) -> Result<Profile> {
        panic!("the provider panics")
    }
}

#[tokio::test]
async fn an_observer_is_told_nothing_more_of_a_call_that_panics_so_that_nothing_aborts() {
    for from in 1..=2 {
        let observer = Arc::new(Panicking { from, told: AtomicU32::new(0) });
        let layer = Observed::new(memory(1).1, Arc::clone(&observer) as _);
        let (id, options) = (id("p00"), GetOptions::new());
        AssertUnwindSafe(layer.get_opts(&id, &options)).catch_unwind().await.unwrap_err();
        assert_eq!(observer.told.load(Ordering::Relaxed), from);
    }
    let observer = Arc::new(Panicking { from: 2, told: AtomicU32::new(0) });
    let layer = Observed::new(Arc::new(Panics(memory(1).1)), Arc::clone(&observer) as _);
    let (id, options) = (id("p00"), GetOptions::new());
    AssertUnwindSafe(layer.get_opts(&id, &options)).catch_unwind().await.unwrap_err();
    assert_eq!(observer.told.load(Ordering::Relaxed), 1);
}
