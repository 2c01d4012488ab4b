//! What a listing has seen.

use std::time::Duration;

use serde::Serialize;

use crate::{Effort, IdKind, Timestamp};

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
    /// How many profiles the service says that there are, as it last said; `None` if it does not say so for each
    /// collection that was read. Of those that meet the parts of the filter that were sent to it.
    pub declared_total: Option<u64>,
    /// The same for each collection, where the service lists several one after the other.
    pub collections: Vec<CollectionReport>,
    /// The latest change among the profiles that the service sent: the time to ask from the next time, with
    /// [`ListQuery::changed_since`].
    pub latest_change: Option<Timestamp>,
    /// Profiles that were left out although they may be wanted: the filter asks when they were made or changed, and
    /// the service does not say.
    pub undated: u64,
    /// Profiles that were delivered a second time: the service's pages overlapped.
    pub duplicates: u64,
    /// Whether there were more profiles than can be compared with each other in bounded memory (1,048,576), so
    /// that some duplicates may not be counted.
    pub duplicates_unchecked: bool,
    /// Records that did not decode, and were not delivered.
    pub quarantined: u64,
    /// Profiles that lack a record which this credential may not see; [`Origin::missing`](crate::Origin::missing)
    /// names it.
    pub withheld: u64,
    /// Requests for pages and for what belongs to them, those that failed included.
    pub requests: u64,
    /// Requests that were sent, the repeated ones included.
    pub attempts: u64,
    /// Time spent waiting between attempts. In JSON: milliseconds.
    #[serde(rename = "waited_milliseconds", serialize_with = "crate::page::milliseconds")]
    pub waited: Duration,
    /// Whether the service's last page was read.
    pub reached_end: bool,
    /// Whether the listing stopped because the caller wanted no more.
    pub limited: bool,
    /// Whether the listing went on at a stored cursor: what came before it is not counted here, so that the
    /// declared total says nothing of it.
    pub resumed: bool,
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
    /// How many profiles the service says that there are.
    pub declared_total: Option<u64>,
    /// Whether the rest was not asked for, since nothing in it was changed since the time that the query names.
    pub cut_at_unchanged: bool,
    /// Whether the service does not have this collection, as it says.
    pub is_not_offered: bool,
}

impl CollectionReport {
    fn missing(&self) -> u64 {
        let distinct = self.received.saturating_sub(self.duplicates);
        let declared = self.declared_total.filter(|_| !self.cut_at_unchanged);
        declared.unwrap_or(distinct).saturating_sub(distinct)
    }
}

impl ListReport {
    /// Whether every profile was delivered, as far as can be known: the last page was read, nothing was
    /// set aside, the declared total was met, and the caller did not stop early.
    pub fn is_complete(&self) -> bool {
        self.reached_end && !self.limited && self.quarantined == 0 && self.missing() == Some(0)
    }

    /// How many of the declared profiles did not come, set-aside ones included. 0 where the service
    /// declares none or the caller stopped early; `None` while the listing goes on.
    pub fn missing(&self) -> Option<u64> {
        if self.limited || (self.resumed && self.reached_end) {
            return Some(0);
        }
        self.reached_end.then(|| self.collections.iter().map(CollectionReport::missing).sum())
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

    pub(super) fn spend(&mut self, effort: Effort) {
        self.requests += u64::from(effort.requests);
        self.attempts += u64::from(effort.attempts);
        self.waited += effort.waited;
    }
}
