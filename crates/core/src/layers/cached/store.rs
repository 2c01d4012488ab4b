//! The cache entries and the calls in flight.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::reading::{KeptPage, Reading};
use crate::{
    Error, ErrorKind, FieldPath, FindKey, Found, GetOptions, ListQuery, Profile, ProfileId, Result,
    Timestamp,
    listing::{Cursor, Page},
};

/// A call that several callers may wait for.
pub(super) type Flight = Shared<PendingCall>;

/// A call of the provider below.
pub(super) type PendingCall = BoxFuture<'static, Result<Value>>;

/// The key of an entry.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum EntryKey {
    Get(ProfileId, Enrich, Vec<FieldPath>),
    Current(Enrich, Vec<FieldPath>),
    Find(FindKey),
    /// The query as text, and the cursor.
    Page(Arc<str>, Option<Cursor>),
}

type Enrich = bool;

impl EntryKey {
    /// Returns the key, and whether the cache is bypassed.
    pub(super) fn get(id: &ProfileId, options: &GetOptions) -> (Self, bool) {
        let GetOptions { enrich, fields, fresh } = options;
        (Self::Get(id.clone(), *enrich, fields.clone()), *fresh)
    }

    /// Returns the key, and whether the cache is bypassed.
    pub(super) fn current(options: &GetOptions) -> (Self, bool) {
        let GetOptions { enrich, fields, fresh } = options;
        (Self::Current(*enrich, fields.clone()), *fresh)
    }

    /// Returns the key; `None` for a query that cannot be serialized and is not cached.
    pub(super) fn page(query: &ListQuery, cursor: Option<&Cursor>) -> Option<Self> {
        // What does not affect a page is not in its key.
        let asked = ListQuery {
            limit: None,
            concurrency: None,
            max_empty_pages: None,
            unordered: false,
            fresh: false,
            ..query.clone()
        };
        let text = serde_json::to_string(&asked);
        Some(Self::Page(text.ok()?.into(), cursor.cloned()))
    }
}

/// A cached value.
#[derive(Clone)]
pub(super) enum Value {
    Profile(Arc<Profile>),
    Found(Arc<Found>),
    Page(Arc<Page<Profile>>),
}

impl Value {
    pub(super) fn profile(profile: Profile) -> Self {
        Self::Profile(Arc::new(profile))
    }

    pub(super) fn found(found: Found) -> Self {
        Self::Found(Arc::new(found))
    }

    pub(super) fn page(page: Page<Profile>) -> Self {
        Self::Page(Arc::new(page))
    }

    pub(super) fn into_profile(self) -> Result<Profile> {
        if let Self::Profile(it) = self { Ok(Arc::unwrap_or_clone(it)) } else { Err(mixed_up()) }
    }

    pub(super) fn into_found(self) -> Result<Found> {
        if let Self::Found(it) = self { Ok(Arc::unwrap_or_clone(it)) } else { Err(mixed_up()) }
    }

    pub(super) fn into_page(self) -> Result<Page<Profile>> {
        if let Self::Page(it) = self { Ok(Arc::unwrap_or_clone(it)) } else { Err(mixed_up()) }
    }
}

fn mixed_up() -> Error {
    Error::new(ErrorKind::Internal, "the cache holds another type of entry than requested")
}

/// When a call was started.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// The position in the order in which calls were started.
    pub(super) turn: u64,
    pub(super) at: Instant,
    /// By the local clock.
    pub(super) wall: Option<Timestamp>,
    /// The number of times that the cache had been cleared.
    epoch: u64,
}

struct Kept {
    value: Value,
    asked: Asked,
}

pub(super) struct CacheStore {
    pub(super) time_to_live: Duration,
    pub(super) max_entries: usize,
    values: HashMap<EntryKey, Kept>,
    /// Pages, by the query as text.
    readings: HashMap<Arc<str>, Reading>,
    flights: HashMap<EntryKey, (Asked, WeakShared<PendingCall>)>,
    turn: u64,
    epoch: u64,
    /// The number of writes in flight.
    writes: usize,
    /// When a write with an unknown result ended.
    uncertain_since: Option<Instant>,
}

impl CacheStore {
    pub(super) fn new(time_to_live: Duration, max_entries: usize) -> Self {
        Self {
            time_to_live,
            max_entries,
            values: HashMap::new(),
            readings: HashMap::new(),
            flights: HashMap::new(),
            turn: 0,
            epoch: 0,
            writes: 0,
            uncertain_since: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len() + self.readings.values().map(Reading::len).sum::<usize>()
    }

    pub(super) const fn is_writing(&self) -> bool {
        self.writes > 0
    }

    pub(super) fn begin_write(&mut self) {
        self.writes += 1;
        self.forget();
    }

    pub(super) fn end_write(&mut self, now: Instant, is_certain: bool) {
        self.writes -= 1;
        if !is_certain {
            self.uncertain_since = Some(now);
        }
        self.forget();
    }

    /// Clears the cache. Calls in flight are not joined and not cached.
    pub(super) fn forget(&mut self) {
        self.epoch += 1;
        self.values.clear();
        self.readings.clear();
        self.flights.clear();
    }

    /// Removes entries that are older than the time-to-live.
    pub(super) fn forget_old(&mut self, now: Instant) {
        let time_to_live = self.time_to_live;
        let is_young = |since: Instant| now.saturating_duration_since(since) < time_to_live;
        self.values.retain(|_, kept| is_young(kept.asked.at));
        self.readings.retain(|_, reading| reading.began().is_some_and(is_young));
        self.uncertain_since = self.uncertain_since.filter(|since| is_young(*since));
    }

    /// Returns an entry and when it was requested. Call [`forget_old`](Self::forget_old) first.
    pub(super) fn get(&self, key: &EntryKey) -> Option<(Value, Timestamp)> {
        let (value, asked) = if let EntryKey::Page(query, cursor) = key {
            let (page, asked) = self.readings.get(query)?.get(cursor.as_ref())?;
            (Value::Page(page), asked)
        } else {
            let kept = self.values.get(key)?;
            (kept.value.clone(), kept.asked)
        };
        Some((value, asked.wall?))
    }

    /// Returns the call in flight for a key, and when it was started.
    pub(super) fn flight(&self, key: &EntryKey) -> Option<(Flight, Timestamp)> {
        let (asked, flight) = self.flights.get(key)?;
        let asked = asked.wall?;
        // The upgraded call must not be dropped here: its drop locks the store.
        Some((flight.upgrade()?, asked))
    }

    /// Starts a call.
    pub(super) fn ask(&mut self, at: Instant, wall: Option<Timestamp>) -> Asked {
        self.turn += 1;
        Asked { turn: self.turn, at, wall, epoch: self.epoch }
    }

    pub(super) fn note_flight(&mut self, key: EntryKey, asked: &Asked, flight: &Flight) {
        if let Some(weak) = flight.downgrade() {
            self.flights.insert(key, (*asked, weak));
        }
    }

    pub(super) fn end_flight(&mut self, key: &EntryKey, asked: &Asked) {
        if self.flights.get(key).is_some_and(|(it, _)| it.turn == asked.turn) {
            self.flights.remove(key);
        }
    }

    /// Caches a value, unless a write happened since it was requested.
    pub(super) fn keep(&mut self, key: &EntryKey, asked: &Asked, value: &Value) {
        let is_stale = asked.epoch != self.epoch || self.is_writing() || self.uncertain_since.is_some();
        if is_stale || self.time_to_live.is_zero() || asked.wall.is_none() || !is_known(value) {
            return;
        }
        if let (EntryKey::Page(query, cursor), Value::Page(page)) = (key, value) {
            let page = KeptPage { cursor: cursor.clone(), page: Arc::clone(page), asked: *asked };
            return self.keep_page(query, page);
        }
        let known = self.values.get(key).map(|known| known.asked.turn);
        let is_newer = known.is_none_or(|turn| turn < asked.turn);
        if is_newer && (known.is_some() || self.make_room(None)) {
            self.values.insert(key.clone(), Kept { value: value.clone(), asked: *asked });
        }
    }

    fn keep_page(&mut self, query: &Arc<str>, page: KeptPage) {
        // A page without its first page belongs to a listing that resumed at a stored cursor.
        let is_of_reading = page.cursor.is_none() || self.readings.contains_key(query);
        if !is_of_reading || !self.make_room(Some(query)) {
            return;
        }
        let reading = self.readings.entry(Arc::clone(query)).or_default();
        if !reading.add(page) {
            self.readings.remove(query);
        }
    }

    /// Evicts entries until one more fits, but not pages of the same listing. Returns whether there is room.
    fn make_room(&mut self, of: Option<&Arc<str>>) -> bool {
        while self.len() >= self.max_entries {
            let value = self.values.iter().min_by_key(|(_, kept)| kept.asked.turn);
            let value = value.map(|(key, kept)| (kept.asked.turn, key.clone()));
            let others = self.readings.iter().filter(|(query, _)| Some(*query) != of);
            let reading = others.min_by_key(|(_, reading)| reading.turn());
            let reading = reading.map(|(query, reading)| (reading.turn(), Arc::clone(query)));
            match (value, reading) {
                (Some((value, key)), reading) if reading.as_ref().is_none_or(|it| value < it.0) => {
                    self.values.remove(&key);
                }
                (_, Some((_, query))) => drop(self.readings.remove(&query)),
                _ => return false,
            }
        }
        true
    }
}

/// Returns whether a value is more than an empty search result.
fn is_known(value: &Value) -> bool {
    match value {
        Value::Found(found) => found.is_complete && !found.profiles.is_empty(),
        Value::Profile(_) | Value::Page(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        FieldPath, Filter,
        condition::{Comparison, Operator},
        query::{Order, OrderField},
    };

    #[test]
    fn queries_whose_pages_may_differ_have_keys_of_their_own() {
        let filtered = |text: &str| {
            let comparison = Comparison::new(FieldPath::TITLE, Operator::Equal, text).unwrap();
            ListQuery::new().with_filter(Filter::new().with_condition(comparison.into()))
        };
        let member = |text: &str| ListQuery::new().with_member_of(text.parse().unwrap());
        let queries = [
            ListQuery::new(),
            ListQuery::new().with_page_size(1),
            ListQuery::new().with_collection(crate::IdKind::USER),
            ListQuery::new().with_page_size(11),
            ListQuery::new().with_order(Order::ascending(OrderField::Name)),
            ListQuery::new().with_order(Order::descending(OrderField::Name)),
            ListQuery::new().with_search("a"),
            ListQuery { enrich: true, ..ListQuery::new() },
            member("memory:test/organization/a"),
            member("memory:test/organization/b"),
            filtered("a"),
            filtered("b"),
            ListQuery::new().with_local_filter(true),
        ];
        let keys: std::collections::HashSet<_> =
            queries.iter().map(|query| EntryKey::page(query, None).unwrap()).collect();
        assert_eq!(keys.len(), queries.len());
        let alike =
            ListQuery::new().with_limit(1).with_concurrency(2).with_max_empty_pages(3).with_unordered(true);
        assert!(keys.contains(&EntryKey::page(&alike.with_fresh(true), None).unwrap()));
    }
}
