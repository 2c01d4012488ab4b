//! A layer that remembers what was read.

mod reading;
mod store;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use async_trait::async_trait;
use futures_util::FutureExt as _;

use self::store::{Asked, Call, Flight, Key, Store, Value};
use crate::{
    Capabilities, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileId, ProfileProvider, ProviderInfo, RequestStats, Result, Timestamp, Write,
    listing::{Cursor, Page},
    plan::StepOutcome,
};

/// How many profiles, found ones and pages are kept where nothing is said.
const ENTRIES: usize = 1000;

/// A provider that keeps what it read for a time.
///
/// Profiles that were got, the credential's own, those that were found by a key, and the pages of listings come from the cache
/// for as long as the time-to-live says, counted from when they were asked for. Several callers who ask for the same at the same
/// time are served by one call. Clones share what is kept, and nobody else does: what is written by way of another provider of
/// the account, or by somebody else, is seen when the time is over.
///
/// - **Writes.** Nothing that was read before an [`execute`](ProfileProvider::execute) ends is served after it, whatever it came
///   to: all is forgotten when it begins and when it ends or is dropped, and a read that was on its way keeps nothing. Where it
///   is not known whether the write was made, nothing is kept for one time-to-live, since it may be made yet. A service that
///   shows a change only a little later may send the old state to the next read, which is then kept.
/// - **Plans.** What a plan reads is asked for by the provider below, and so is whatever is asked for
///   [fresh](GetOptions::fresh), such as what proves a credential or that a profile is unchanged.
/// - **Failures** are not kept, nor is that somebody was not found.
/// - **Listings.** A page comes from the cache only behind the very pages that it came behind, and none of them is older than the
///   one in front of it. So a listing says what it would have said had it been begun when its first page was asked for
///   ([`ListReport::started`](crate::listing::ListReport::started)) and been read slowly: `is_complete` is about that time, and
///   [`ListReport::cached_pages`](crate::listing::ListReport::cached_pages) counts what took no request. A list whose total changes while
///   it is read is not kept, and a listing that sees that asks the service from then on. A listing that goes on at a stored
///   cursor is served from the cache only while its first page is kept.
/// - **Cost.** What comes from the cache, or from another caller's call, says that it took no request.
///
/// Dropping a future drops the call, unless somebody else waits for it. `Debug` shows how many entries there are.
///
/// ```
/// use std::{sync::Arc, time::Duration};
///
/// use anyprofile_core::{ProfileId, ProfileProvider, ProfileProviderExt, Result, layers::Cached};
///
/// # async fn example(provider: Arc<dyn ProfileProvider>, id: &ProfileId) -> Result<()> {
/// let provider = Cached::new(provider, Duration::from_secs(60)).with_max_entries(10_000);
/// provider.get(id).await?;
/// // Sends nothing.
/// provider.get(id).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Cached {
    provider: Arc<dyn ProfileProvider>,
    clock: Arc<dyn Fn() -> Instant + Send + Sync>,
    store: Arc<Mutex<Store>>,
}

impl fmt::Debug for Cached {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let store = self.lock();
        formatter
            .debug_struct("Cached")
            .field("provider", &self.provider)
            .field("time_to_live", &store.time_to_live)
            .field("max_entries", &store.max_entries)
            .field("entries", &store.len())
            .finish_non_exhaustive()
    }
}

/// What came, and when it was asked for where that was not by this call.
type Read = (Value, Option<Timestamp>);

impl Cached {
    /// Wraps a provider, whose responses are kept for a time. With a time of zero nothing is kept, and each call asks the service.
    pub fn new(provider: Arc<dyn ProfileProvider>, time_to_live: Duration) -> Self {
        let store = Arc::new(Mutex::new(Store::new(time_to_live, ENTRIES)));
        Self { provider, clock: Arc::new(Instant::now), store }
    }

    /// Sets how many entries are kept: profiles, found keys and pages, each as one. The oldest give way. Default: 1,000. Holds
    /// for all clones.
    pub fn with_max_entries(self, entries: usize) -> Self {
        self.lock().max_entries = entries;
        self
    }

    /// Sets the clock that the time-to-live is measured with, for tests. Default: [`Instant::now`].
    pub fn with_clock(mut self, clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Forgets everything, for a program that knows that something was changed. A read that is on its way keeps nothing.
    pub fn clear(&self) {
        self.lock().forget();
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    /// Reads something from the cache, by a call that is on its way, or by one of its own.
    async fn read(&self, key: Key, fresh: bool, call: Call) -> Result<Read> {
        let now = (self.clock)();
        let begun = {
            let mut store = self.lock();
            store.forget_old(now);
            // What is read beside a write may be from before it or from after it. And where nothing is kept, what another caller
            // asked for is too old.
            if store.is_writing() || store.time_to_live.is_zero() {
                Err(call)
            } else if fresh {
                Ok((self.begin(&mut store, key, now, call), None))
            } else if let Some((value, asked)) = store.get(&key) {
                return Ok((value, Some(asked)));
            } else if let Some((flight, asked)) = store.flight(&key) {
                Ok((flight, Some(asked)))
            } else {
                Ok((self.begin(&mut store, key, now, call), None))
            }
        };
        match begun {
            Ok((flight, None)) => Ok((flight.await?, None)),
            Ok((flight, asked)) => match flight.await {
                Ok(value) => Ok((value, asked)),
                // What it took is the other caller's, who is told.
                Err(error) => Err(error.with_stats(RequestStats::default())),
            },
            Err(call) => Ok((call.await?, None)),
        }
    }

    /// Begins a call that others may join.
    fn begin(&self, store: &mut Store, key: Key, now: Instant, call: Call) -> Flight {
        // Before anything is sent: what comes is not older.
        let wall = Timestamp::try_from(SystemTime::now()).ok();
        let asked = store.ask(now, wall);
        let landing = Landing { store: Arc::clone(&self.store), key: key.clone(), asked };
        let clock = Arc::clone(&self.clock);
        let flight = async move {
            let result = call.await;
            if let Ok(value) = &result {
                let now = clock();
                let mut store = lock(&landing.store);
                store.forget_old(now);
                store.keep(&landing.key, &landing.asked, value);
            }
            drop(landing);
            result
        };
        let flight = flight.boxed().shared();
        store.note_flight(key, &asked, &flight);
        flight
    }
}

fn lock(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends a call, also one that is dropped: nobody joins it any more.
struct Landing {
    store: Arc<Mutex<Store>>,
    key: Key,
    asked: Asked,
}

impl Drop for Landing {
    fn drop(&mut self) {
        lock(&self.store).end_flight(&self.key, &self.asked);
    }
}

/// A write that is on its way. It ends when this is dropped.
struct Writing<'a> {
    cached: &'a Cached,
    /// Whether it is known what it came to.
    is_certain: bool,
}

impl<'a> Writing<'a> {
    fn begin(cached: &'a Cached) -> Self {
        cached.lock().begin_write();
        Self { cached, is_certain: false }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let now = (self.cached.clock)();
        self.cached.lock().end_write(now, self.is_certain);
    }
}

/// Whether it is known of each write of an execution whether it was made.
fn is_certain(result: &Result<Executed>) -> bool {
    match result {
        Ok(executed) => !executed.steps.contains(&StepOutcome::Unknown),
        Err(error) => !error.may_have_taken_effect(),
    }
}

#[async_trait]
impl ProfileProvider for Cached {
    fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    async fn prepare(&self) -> Result<&Capabilities> {
        self.provider.prepare().await
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let Some(key) = Key::page(query, cursor) else {
            return self.provider.list_page(query, cursor).await;
        };
        let fresh = query.fresh;
        let (query, cursor) = (query.clone(), cursor.cloned());
        let provider = Arc::clone(&self.provider);
        let call = async move { Ok(Value::page(provider.list_page(&query, cursor.as_ref()).await?)) }.boxed();
        let (value, asked) = self.read(key, fresh, call).await?;
        let page = value.into_page()?;
        Ok(match asked {
            Some(asked) => page.from_cache(asked),
            None => page,
        })
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        let (id, options) = (id.clone(), options.clone());
        let (key, fresh) = Key::get(&id, &options);
        let provider = Arc::clone(&self.provider);
        let call = async move { Ok(Value::profile(provider.get_opts(&id, &options).await?)) }.boxed();
        self.read(key, fresh, call).await?.0.into_profile()
    }

    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        let options = options.clone();
        let (key, fresh) = Key::current(&options);
        let provider = Arc::clone(&self.provider);
        let call = async move { Ok(Value::profile(provider.current_opts(&options).await?)) }.boxed();
        self.read(key, fresh, call).await?.0.into_profile()
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        let key = key.clone();
        let of = Key::Find(key.clone());
        let provider = Arc::clone(&self.provider);
        let call = async move { Ok(Value::found(provider.find_by(&key).await?)) }.boxed();
        let (value, asked) = self.read(of, false, call).await?;
        let mut found = value.into_found()?;
        if asked.is_some() {
            found.requests = 0;
        }
        Ok(found)
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.provider.plan(write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        let mut writing = Writing::begin(self);
        let result = self.provider.execute(plan, options).await;
        writing.is_certain = is_certain(&result);
        drop(writing);
        result
    }
}
