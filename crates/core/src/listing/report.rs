//! What a listing has seen.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::drift::Drift;
use crate::{IdKind, Profile, RequestStats, Timestamp, listing::Page, query::FilterPart};

/// How many records that were set aside are named.
pub(super) const MAX_QUARANTINED_RECORDS: usize = 16;

/// What a listing has seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListReport {
    /// Pages that were read.
    pub pages: u64,
    /// Profiles that the service sent, before those were left out that the filter does not want.
    pub received: u64,
    /// Profiles that were delivered.
    pub seen: u64,
    /// How many profiles the service says that there are, the most that it said; `None` if it does not say so for each
    /// collection that was read. Of those that meet the parts of the filter that were sent to it.
    pub declared_total: Option<u64>,
    /// The same for each collection, where the service lists several one after the other.
    pub collections: Vec<CollectionReport>,
    /// Pages among them that came from a [cache](crate::ListQuery::fresh). They are as they were when they were asked for, each not
    /// before the one in front of it: the listing says what it would have said as one that began then and took until now.
    #[serde(skip_serializing_if = "is_zero")]
    pub cached_pages: u64,
    /// When the first page was asked for, by the clock of this machine: of one that comes from a cache, when it was asked for then.
    pub started: Option<Timestamp>,
    /// Profiles that were left out although they may be wanted: what the filter asks for is not known of them.
    pub undetermined: u64,
    /// Profiles that were delivered a second time: the service's pages overlapped.
    pub duplicates: u64,
    /// Whether there were more profiles than can be compared with each other in bounded memory (229,376), so
    /// that some duplicates may not be counted: each profile is compared with at least the 114,688 before it.
    pub duplicates_unchecked: bool,
    /// Records that did not decode, and were not delivered.
    pub quarantined: u64,
    /// The first of those, at most 16.
    pub quarantined_records: Vec<QuarantinedRecord>,
    /// Pages without a record that were not the last one of their collection. Where the service declares no total this is
    /// the only sign that records may be lacking; it may also be a service that looks for what was asked for page by page.
    pub empty_pages: u64,
    /// Whether the listing stopped since as many pages in a row brought nobody who had not come before as
    /// [`ListQuery::max_empty_pages`](crate::ListQuery::max_empty_pages) allows. It can go on from there.
    pub stopped_at_empty_pages: bool,
    /// Parts of the filter that the service answered wrongly: its first page held a profile that they leave out. Everybody was
    /// asked for then, and the filter applied here, so that nobody is lacking.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misread_filters: Vec<FilterPart>,
    /// Parts of the filter that the service answered wrongly on a later page, or in a later collection: it may have left
    /// out profiles that are wanted, and the listing is not complete.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contradicted_filters: Vec<FilterPart>,
    /// Whether pages that are numbered were read one after another, and nothing tells whether the list stayed as it was
    /// meanwhile: if somebody was deleted and somebody else added, a third one may have moved between two pages unseen.
    /// No reason to call the listing incomplete: it was not taken at one moment.
    pub not_at_one_moment: bool,
    /// Whether a list with numbered pages changed while it was read, and again while it was read a second time: somebody may
    /// have moved between two pages unseen, and the listing is not complete.
    pub changed_while_read: bool,
    /// Whether a collection ended with a page of which nothing proves that it is the last one: the service says neither so nor
    /// how many there are, and the listing is not complete.
    pub end_unproven: bool,
    /// Profiles that were delivered without a record which this credential may not see, or which could not be read;
    /// [`Origin::missing`](crate::profile::Origin::missing) names it.
    pub partial: u64,
    /// What came that this version does not know.
    #[serde(skip_serializing_if = "Drift::is_empty")]
    pub drift: Drift,
    /// Requests for pages and for what belongs to them, those that failed included.
    pub requests: u64,
    /// Requests that were sent, the repeated ones included.
    pub attempts: u64,
    /// Time that passed while a request waited for its next attempt, or for a pace that the service asks for; a moment in
    /// which several waited is counted once. In JSON: milliseconds.
    #[serde(rename = "waited_milliseconds", serialize_with = "crate::request_stats::milliseconds")]
    pub waited: Duration,
    /// Whether the service's last page was read.
    pub reached_end: bool,
    /// Whether the listing stopped because the caller wanted no more.
    pub limited: bool,
    /// Whether the listing went on at a stored cursor: what came before it is not counted here, so that the
    /// declared total says nothing of it.
    pub resumed: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A record that did not decode or could not be read, and was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct QuarantinedRecord {
    /// The collection, where the service has several.
    pub collection: Option<IdKind>,
    /// The number of the page in this listing, from 1.
    pub page: u64,
    /// The place in the page, from 0.
    pub position: usize,
    /// What is wrong, in words that repeat nothing of the record.
    pub reason: String,
}

/// What a listing has seen of one collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CollectionReport {
    /// The collection; `None` where the service has but one.
    pub collection: Option<IdKind>,
    /// Profiles that the service sent.
    pub received: u64,
    /// Profiles that it sent a second time.
    pub duplicates: u64,
    /// Records that did not decode.
    pub quarantined: u64,
    /// How many profiles the service says that there are: the most that it said, since who is deleted meanwhile may move
    /// others out of sight.
    pub declared_total: Option<u64>,
    /// Whether the rest was not asked for, since nothing in it was changed since the time that the query names.
    pub cut_at_unchanged: bool,
    /// Whether the service does not have this collection, as it says.
    pub is_not_offered: bool,
    /// Whether the listing went on amid this collection: what came before is not counted here.
    pub is_resumed: bool,
    /// The latest change among the profiles.
    pub latest_change: Option<Timestamp>,
    /// What a layer left out.
    #[serde(skip)]
    pub(super) untold: Untold,
}

/// Records of a collection that a layer left out: they count for what is missing, and nothing is told of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Untold {
    received: u64,
    duplicates: u64,
    declared_total: Option<u64>,
}

impl Untold {
    pub(super) fn add(&mut self, received: u64, duplicates: u64, declared_total: Option<u64>) {
        self.received += received;
        self.duplicates += duplicates;
        self.declared_total = self.declared_total.max(declared_total);
    }
}

impl fmt::Debug for Untold {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("..")
    }
}

impl CollectionReport {
    /// The report of a collection of which a first page came.
    pub(super) fn new(page: &Page<Profile>, is_resumed: bool) -> Self {
        Self {
            collection: page.collection.clone(),
            received: 0,
            duplicates: 0,
            quarantined: 0,
            declared_total: None,
            cut_at_unchanged: false,
            is_not_offered: page.is_not_offered,
            is_resumed,
            latest_change: None,
            untold: Untold::default(),
        }
    }

    /// Whether as many records came as the service says that there are: no fewer, and no more, which would show that what
    /// it says means nothing.
    pub(super) fn has_come(&self) -> bool {
        !self.is_resumed && self.total() == Some(self.distinct() + self.quarantined)
    }

    /// How many records there are to be, with those that a layer left out.
    fn total(&self) -> Option<u64> {
        self.declared_total.max(self.untold.declared_total)
    }

    /// How many different ones came, with those that a layer left out.
    fn distinct(&self) -> u64 {
        (self.received + self.untold.received).saturating_sub(self.duplicates + self.untold.duplicates)
    }

    /// Adds what another listing has seen of the same collection.
    fn merge(&mut self, other: &Self) {
        let Self {
            collection: _,
            received,
            duplicates,
            quarantined,
            declared_total,
            cut_at_unchanged,
            is_not_offered,
            is_resumed,
            latest_change,
            untold,
        } = other;
        self.received += received;
        self.duplicates += duplicates;
        self.quarantined += quarantined;
        self.declared_total = self.declared_total.max(*declared_total);
        self.cut_at_unchanged |= cut_at_unchanged;
        self.is_not_offered &= is_not_offered;
        self.is_resumed |= is_resumed;
        self.latest_change = self.latest_change.max(*latest_change);
        self.untold.add(untold.received, untold.duplicates, untold.declared_total);
    }

    fn missing(&self) -> u64 {
        let distinct = self.distinct();
        let declared = self.total().filter(|_| !self.cut_at_unchanged && !self.is_resumed);
        declared.unwrap_or(distinct).saturating_sub(distinct)
    }
}

impl ListReport {
    /// Whether every profile that is wanted was delivered with all that was asked for, as far as can be known: the last
    /// page was read, nothing was set aside or left out undetermined, no record is lacking, the declared totals were met,
    /// the service left nobody out by a filter that it misread, the list did not keep changing, each end is proven, and the
    /// caller did not stop early.
    pub fn is_complete(&self) -> bool {
        let nothing_lacks = self.quarantined == 0 && self.partial == 0 && self.undetermined == 0;
        let is_proven = self.is_proven();
        self.reached_end && !self.limited && nothing_lacks && is_proven && self.missing() == Some(0)
    }

    fn is_proven(&self) -> bool {
        self.contradicted_filters.is_empty() && !self.changed_while_read && !self.end_unproven
    }

    /// How many of the declared profiles did not come, set-aside ones included. 0 where the service
    /// declares none or the caller stopped early; `None` while the listing goes on.
    pub fn missing(&self) -> Option<u64> {
        if self.limited {
            return Some(0);
        }
        let missing = || self.collections.iter().fold(0, |sum: u64, it| sum.saturating_add(it.missing()));
        self.reached_end.then(missing)
    }

    /// The time from which to list the changes the next time, with [`ListQuery::changed_since`](crate::ListQuery::changed_since):
    /// no change before it was missed by this listing. It is the latest change of the collection that has the oldest one,
    /// and not after the listing's start, since what is changed while a listing runs may be on a page that was read
    /// before. `None` unless everything was delivered.
    pub fn watermark(&self) -> Option<Timestamp> {
        let is_whole = self.reached_end && !self.limited && !self.resumed && self.quarantined == 0;
        let is_proven = self.is_proven();
        if !is_whole || !is_proven || self.missing() != Some(0) {
            return None;
        }
        let changes = self.collections.iter().filter_map(|collection| collection.latest_change);
        changes
            .chain(self.started)
            .min()
            .filter(|_| self.collections.iter().any(|it| it.latest_change.is_some()))
    }

    /// Whether part of a collection was not asked for, since nothing in it was changed since the time that the query
    /// names.
    pub fn is_cut_at_unchanged(&self) -> bool {
        self.collections.iter().any(|collection| collection.cut_at_unchanged)
    }

    /// How many requests were repeated.
    pub const fn retries(&self) -> u64 {
        self.attempts.saturating_sub(self.requests)
    }

    /// Adds what another listing of a part of the same list has seen, such as one from its other end; both had `overlap`
    /// profiles. Where each is, this one says: whether the end was reached, and whether a limit stopped it.
    pub fn merge(&mut self, other: &Self, overlap: u64) {
        let Self {
            pages,
            cached_pages,
            received,
            seen,
            declared_total,
            collections,
            started,
            undetermined,
            duplicates,
            duplicates_unchecked,
            quarantined,
            quarantined_records,
            empty_pages,
            stopped_at_empty_pages,
            misread_filters,
            contradicted_filters,
            not_at_one_moment,
            changed_while_read,
            end_unproven,
            partial,
            drift,
            requests,
            attempts,
            waited,
            reached_end: _,
            limited: _,
            resumed,
        } = other;
        self.pages += pages;
        self.cached_pages += cached_pages;
        self.received = (self.received + received).saturating_sub(overlap);
        self.seen = (self.seen + seen).saturating_sub(overlap);
        self.declared_total = self.declared_total.max(*declared_total);
        self.started = self.started.into_iter().chain(*started).min();
        self.undetermined += undetermined;
        self.duplicates += duplicates;
        self.duplicates_unchecked |= duplicates_unchecked;
        self.quarantined += quarantined;
        let room = MAX_QUARANTINED_RECORDS.saturating_sub(self.quarantined_records.len());
        self.quarantined_records.extend(quarantined_records.iter().take(room).cloned());
        self.empty_pages += empty_pages;
        self.stopped_at_empty_pages |= stopped_at_empty_pages;
        for (ours, theirs) in [
            (&mut self.misread_filters, misread_filters),
            (&mut self.contradicted_filters, contradicted_filters),
        ] {
            ours.extend(theirs.iter().filter(|part| !ours.contains(part)).copied().collect::<Vec<_>>());
        }
        self.not_at_one_moment |= not_at_one_moment;
        self.changed_while_read |= changed_while_read;
        self.end_unproven |= end_unproven;
        self.partial += partial;
        self.drift.add(drift);
        self.requests += requests;
        self.attempts += attempts;
        self.waited += *waited;
        self.resumed |= resumed;
        for theirs in collections {
            match self.collections.iter_mut().find(|ours| ours.collection == theirs.collection) {
                None => self.collections.push(theirs.clone()),
                Some(ours) => ours.merge(theirs),
            }
        }
        if let Some(collection) = self.collections.first_mut() {
            collection.received = collection.received.saturating_sub(overlap);
        }
    }

    /// Takes note of when a page was asked for that was kept since.
    pub(super) fn note_cached(&mut self, asked: Timestamp) {
        self.cached_pages += 1;
        self.started = self.started.map(|started| started.min(asked));
    }

    pub(super) fn spend(&mut self, stats: RequestStats) {
        self.requests += u64::from(stats.requests);
        self.attempts += u64::from(stats.attempts);
        self.waited += stats.waited;
    }
}
