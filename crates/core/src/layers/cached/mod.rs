//! A layer that caches what was read.

mod reading;
mod store;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use async_trait::async_trait;
use futures_util::FutureExt as _;

use self::store::{Asked, CacheStore, EntryKey, Flight, PendingCall, Value};
use crate::{
    Capabilities, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileId, ProfileProvider, ProviderInfo, RequestStats, Result, Timestamp, Write,
    check::Finding,
    listing::{Cursor, Page},
    plan::StepOutcome,
};

/// The default number of cache entries.
const ENTRIES: usize = 1000;

/// A provider that caches what it reads for a time-to-live.
///
/// It caches profiles, the credential's own profile, profiles found by a key, and pages of listings. The time-to-live
/// counts from the request. Concurrent callers with the same request share one call. Clones share the cache. Changes
/// made through another provider, or by another client, are visible only after the time-to-live.
///
/// - **Writes.** An [`execute`](ProfileProvider::execute) clears the cache when it starts and when it ends or is
///   dropped, whatever its result, and a read in flight is not cached. If it is not known whether the write was made,
///   nothing is cached for one time-to-live, because the write may still take effect. A service that shows changes
///   late may return the old state to the next read, which is then cached.
/// - **Plans.** A plan reads from the provider below. So does every read with [`fresh`](GetOptions::fresh), such as a
///   check of the credential or of a precondition.
/// - **Failures** are not cached, and neither is an empty result of a search.
/// - **Listings.** A page comes from the cache only after the pages that it originally followed, and none of them is
///   older than the page before it. A cached listing is therefore equal to a slow one that started with the request
///   of its first page ([`ListReport::started`](crate::listing::ListReport::started)). `is_complete` refers to that
///   time, and [`ListReport::cached_pages`](crate::listing::ListReport::cached_pages) counts the pages without a
///   request. A list whose total changes while it is read is not cached, and its listing bypasses the cache from then
///   on. A listing that resumes at a stored cursor uses the cache only while its first page is cached.
/// - **Cost.** A result from the cache, or from another caller's call, reports no requests.
///
/// Dropping a future cancels the call, unless another caller waits for it. `Debug` shows the number of entries.
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
    store: Arc<Mutex<CacheStore>>,
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

/// A value, and when it was requested if that was not by this call.
type Read = (Value, Option<Timestamp>);

impl Cached {
    /// Wraps a provider and caches its responses. With a time-to-live of zero nothing is cached, and every call sends
    /// requests.
    pub fn new(provider: Arc<dyn ProfileProvider>, time_to_live: Duration) -> Self {
        let store = Arc::new(Mutex::new(CacheStore::new(time_to_live, ENTRIES)));
        Self { provider, clock: Arc::new(Instant::now), store }
    }

    /// Sets the largest number of entries; each profile, search result and page is one. The oldest entries are
    /// evicted first. The default is 1,000. Applies to all clones.
    pub fn with_max_entries(self, entries: usize) -> Self {
        self.lock().max_entries = entries;
        self
    }

    /// Sets the clock that measures the time-to-live, for tests. The default is [`Instant::now`].
    pub fn with_clock(mut self, clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Clears the cache, for a program that knows of a change. A read in flight is not cached.
    pub fn clear(&self) {
        self.lock().forget();
    }

    fn lock(&self) -> MutexGuard<'_, CacheStore> {
        lock(&self.store)
    }

    /// Reads from the cache, from a call in flight, or with a new call.
    async fn read(&self, key: EntryKey, fresh: bool, call: PendingCall) -> Result<Read> {
        let now = (self.clock)();
        let begun = {
            let mut store = self.lock();
            store.forget_old(now);
            // A read during a write may show the state before or after it. Without caching, another caller's call may
            // have started too early.
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
                // The other caller's result reports the cost.
                Err(error) => Err(error.with_stats(RequestStats::default())),
            },
            Err(call) => Ok((call.await?, None)),
        }
    }

    /// Starts a call that others may join.
    fn begin(&self, store: &mut CacheStore, key: EntryKey, now: Instant, call: PendingCall) -> Flight {
        // Taken before anything is sent, so that the response is not older.
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

fn lock(store: &Mutex<CacheStore>) -> MutexGuard<'_, CacheStore> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends a call, even a dropped one, so that no other caller joins it.
struct Landing {
    store: Arc<Mutex<CacheStore>>,
    key: EntryKey,
    asked: Asked,
}

impl Drop for Landing {
    fn drop(&mut self) {
        lock(&self.store).end_flight(&self.key, &self.asked);
    }
}

/// A write in flight. It ends when this is dropped.
struct Writing<'a> {
    cached: &'a Cached,
    /// Whether its result is known.
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

/// Returns whether the result of each write of an execution is known.
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

    async fn examine(&self) -> Result<Vec<Finding>> {
        self.provider.examine().await
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let Some(key) = EntryKey::page(query, cursor) else {
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
        let (key, fresh) = EntryKey::get(&id, &options);
        let provider = Arc::clone(&self.provider);
        let call = async move { Ok(Value::profile(provider.get_opts(&id, &options).await?)) }.boxed();
        self.read(key, fresh, call).await?.0.into_profile()
    }

    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        let options = options.clone();
        let (key, fresh) = EntryKey::current(&options);
        let provider = Arc::clone(&self.provider);
        let call = async move { Ok(Value::profile(provider.current_opts(&options).await?)) }.boxed();
        self.read(key, fresh, call).await?.0.into_profile()
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        let key = key.clone();
        let of = EntryKey::Find(key.clone());
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
