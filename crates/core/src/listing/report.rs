//! The report of a listing.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{drift::Drift, watermarks::Watermarks};
use crate::{
    Error, ErrorKind, IdKind, Profile, RequestStats, Result, Timestamp, listing::Page, query::FilterPart,
};

/// The largest number of quarantined records that are listed one by one.
pub(super) const MAX_QUARANTINED_RECORDS: usize = 16;

/// The report of a listing so far.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ListQuery, ProfileProviderExt};
///
/// let listing = provider.list(ListQuery::new()).read_all().await?;
/// let report = listing.report;
/// assert_eq!((report.seen, report.quarantined, report.missing()), (1, 0, Some(0)));
/// // Each gap as a sentence for a person. Without one, the listing is complete.
/// assert!(report.gaps().is_empty() && report.is_complete());
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListReport {
    /// The number of pages that were read.
    pub pages: u64,
    /// The number of profiles that the service sent, before filtering.
    pub received: u64,
    /// The number of profiles that were delivered.
    pub seen: u64,
    /// The number of profiles that the service declares, at its highest. It counts the profiles that match the parts
    /// of the filter that were sent to the service. `None` if the total is missing for a collection that was read.
    pub declared_total: Option<u64>,
    /// A report of each collection, if the service lists several one after the other.
    pub collections: Vec<CollectionReport>,
    /// The number of pages that came from a [cache](crate::ListQuery::fresh). Each is as old as its request, and none
    /// is older than the page before it: the result is that of a listing that started then and took until now.
    #[serde(skip_serializing_if = "is_zero")]
    pub cached_pages: u64,
    /// When the first page was requested, by the local clock; for a cached page, the time of its original request.
    pub started: Option<Timestamp>,
    /// The number of profiles that were left out although they may match: a value that the filter needs is not known.
    pub undetermined: u64,
    /// The number of profiles that were delivered twice because the service's pages overlapped.
    pub duplicates: u64,
    /// Whether there were more profiles than can be compared in bounded memory (229,376), so that some duplicates may
    /// not be counted. Each profile is compared with at least the 114,688 before it.
    pub duplicates_unchecked: bool,
    /// The number of records that could not be decoded and were not delivered.
    pub quarantined: u64,
    /// The first quarantined records, at most 16.
    pub quarantined_records: Vec<QuarantinedRecord>,
    /// The number of pages without records, other than the last of each collection. If the service declares no total,
    /// this is the only sign of missing records. It may also mean that the service filters page by page.
    pub empty_pages: u64,
    /// Whether the listing stopped after [`ListQuery::max_empty_pages`](crate::ListQuery::max_empty_pages)
    /// consecutive pages without a new profile. It can continue from there.
    pub stopped_at_empty_pages: bool,
    /// Parts of the filter that the service misread: its first page had a profile that does not match. All profiles
    /// were then requested and filtered locally, so that none is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misread_filters: Vec<FilterPart>,
    /// Parts of the filter that the service misread on a later page or in a later collection. Matching profiles may
    /// be missing, and the listing is not complete.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contradicted_filters: Vec<FilterPart>,
    /// Whether numbered pages were read one after the other, and nothing shows whether the list changed meanwhile. If
    /// a profile was deleted and another one added, a third one may have been missed. The listing still counts as
    /// complete, but it is not a snapshot of one moment.
    pub not_at_one_moment: bool,
    /// Whether a numbered list changed while it was read, and again during the second reading. A profile may have
    /// been missed, and the listing is not complete.
    pub changed_while_read: bool,
    /// Whether a collection ended without proof: the service declares neither the last page nor a total. The listing
    /// is not complete.
    pub end_unproven: bool,
    /// The number of profiles without a record that this credential may not see or that could not be read;
    /// [`Origin::missing`](crate::profile::Origin::missing) names it.
    pub partial: u64,
    /// Names and words that this version does not know.
    #[serde(skip_serializing_if = "Drift::is_empty")]
    pub drift: Drift,
    /// The number of requests for pages and related records, including those that failed.
    pub requests: u64,
    /// The number of attempts; each repetition counts.
    pub attempts: u64,
    /// The time that passed while requests waited for their next attempt or for the service's rate limit. Time in
    /// which several requests waited counts once. Serialized in milliseconds.
    #[serde(rename = "waited_milliseconds", serialize_with = "crate::request_stats::milliseconds")]
    pub waited: Duration,
    /// Whether the service's last page was read.
    pub reached_end: bool,
    /// Whether the listing stopped at the caller's limit.
    pub limited: bool,
    /// Whether the listing resumed at a stored cursor. Earlier profiles are not counted here, so the declared total
    /// cannot be compared.
    pub resumed: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde requires a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A record that could not be decoded or read, and was not delivered.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// # use anyprofile_core::{*, listing::*};
/// # #[derive(Debug)]
/// # struct OneBad(memory::MemoryProvider);
/// # #[async_trait]
/// # impl ProfileProvider for OneBad {
/// #     fn decorated(&self) -> Option<&dyn ProfileProvider> { Some(&self.0) }
/// #     fn info(&self) -> &ProviderInfo { self.0.info() }
/// #     fn capabilities(&self) -> &Capabilities { self.0.capabilities() }
/// #     async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
/// #         let page = self.0.list_page(query, cursor).await?;
/// #         Ok(page.with_quarantined(vec![Quarantined::new(1, "missing field 'id'")]))
/// #     }
/// #     async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
/// #         self.0.get_opts(id, options).await
/// #     }
/// # }
/// # let provider = OneBad(provider);
/// use anyprofile_core::{ListQuery, ProfileProviderExt};
///
/// let report = provider.list(ListQuery::new()).read_all().await?.report;
/// assert!(!report.is_complete());
/// // Where to look, for somebody who asks the service about it.
/// let [bad] = report.quarantined_records.as_slice() else { panic!("one record cannot be read") };
/// assert_eq!((bad.page, bad.position, bad.reason.as_str()), (1, 1, "missing field 'id'"));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct QuarantinedRecord {
    /// The collection, if the service has several.
    pub collection: Option<IdKind>,
    /// The number of the page in this listing, from 1.
    pub page: u64,
    /// The position in the page, from 0.
    pub position: usize,
    /// What is wrong with it. The text repeats nothing of the record.
    pub reason: String,
}

/// The report of one collection.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{IdKind, ListQuery, ProfileProviderExt};
///
/// let report = provider.list(ListQuery::new()).read_all().await?.report;
/// for collection in &report.collections {
///     let name = collection.collection.as_ref().map_or("profiles", IdKind::as_str);
///     println!("{name}: {} of {:?}", collection.received, collection.declared_total);
/// }
/// let [only] = report.collections.as_slice() else { panic!("the service has one list") };
/// assert_eq!((only.received, only.declared_total), (1, Some(1)));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CollectionReport {
    /// The collection; `None` if the service has only one.
    pub collection: Option<IdKind>,
    /// The number of profiles that the service sent.
    pub received: u64,
    /// The number of profiles that it sent twice.
    pub duplicates: u64,
    /// The number of records that could not be decoded.
    pub quarantined: u64,
    /// The number of profiles that the service declares, at its highest: a deletion meanwhile may hide others.
    pub declared_total: Option<u64>,
    /// Whether the rest was not requested, because nothing in it has changed since the time in the query.
    pub cut_at_unchanged: bool,
    /// Whether the service says that it does not have this collection.
    pub is_not_offered: bool,
    /// Whether the listing resumed in this collection. Earlier profiles are not counted here.
    pub is_resumed: bool,
    /// The latest update time of the profiles.
    pub latest_change: Option<Timestamp>,
    /// The records that a layer removed.
    #[serde(skip)]
    pub(super) unreported: Unreported,
}

/// Records that a layer removed. They count for completeness, and are not reported.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Unreported {
    received: u64,
    duplicates: u64,
    declared_total: Option<u64>,
}

impl Unreported {
    pub(super) fn add(&mut self, received: u64, duplicates: u64, declared_total: Option<u64>) {
        self.received += received;
        self.duplicates += duplicates;
        self.declared_total = self.declared_total.max(declared_total);
    }
}

impl fmt::Debug for Unreported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("..")
    }
}

impl CollectionReport {
    /// Creates the report of a collection from its first page.
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
            unreported: Unreported::default(),
        }
    }

    /// Returns whether exactly as many records came as the service declares. If more came, the declared total means
    /// nothing.
    pub(super) fn has_come(&self) -> bool {
        !self.is_resumed && self.total() == Some(self.distinct() + self.quarantined)
    }

    /// Returns the declared total, including records that a layer removed.
    fn total(&self) -> Option<u64> {
        self.declared_total.max(self.unreported.declared_total)
    }

    /// Returns the number of distinct records, including those that a layer removed.
    fn distinct(&self) -> u64 {
        (self.received + self.unreported.received)
            .saturating_sub(self.duplicates + self.unreported.duplicates)
    }

    /// Adds the report of another listing of the same collection.
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
            unreported,
        } = other;
        self.received += received;
        self.duplicates += duplicates;
        self.quarantined += quarantined;
        self.declared_total = self.declared_total.max(*declared_total);
        self.cut_at_unchanged |= cut_at_unchanged;
        self.is_not_offered &= is_not_offered;
        self.is_resumed |= is_resumed;
        self.latest_change = self.latest_change.max(*latest_change);
        self.unreported.add(unreported.received, unreported.duplicates, unreported.declared_total);
    }

    fn missing(&self) -> u64 {
        let distinct = self.distinct();
        let declared = self.total().filter(|_| !self.cut_at_unchanged && !self.is_resumed);
        declared.unwrap_or(distinct).saturating_sub(distinct)
    }
}

impl ListReport {
    /// Returns whether every matching profile was delivered with all requested records, as far as this can be known.
    ///
    /// That is: the last page was read, no record was quarantined, undetermined or partial, the declared totals were
    /// met, the service did not lose profiles by a misread filter, the list did not keep changing, each end is
    /// proven, and no limit stopped the listing.
    pub fn is_complete(&self) -> bool {
        let nothing_lacks = self.quarantined == 0 && self.partial == 0 && self.undetermined == 0;
        let is_proven = self.is_proven();
        self.reached_end && !self.limited && nothing_lacks && is_proven && self.missing() == Some(0)
    }

    /// Returns what lacks or is not proven, each as a clause; empty if nothing is known to lack. A limit of the caller is no gap.
    pub fn gaps(&self) -> Vec<String> {
        let counted = |number: u64, one: &str, many: &str| {
            (number > 0).then(|| if number == 1 { format!("1 {one}") } else { format!("{number} {many}") })
        };
        let is_cut = !self.reached_end && !self.limited && !self.stopped_at_empty_pages;
        let said = |is_so: bool, what: &str| is_so.then(|| what.to_owned());
        let gaps = [
            said(is_cut, "the last page was not read"),
            said(self.stopped_at_empty_pages, "the listing stopped at empty pages"),
            counted(
                self.missing().unwrap_or_default(),
                "declared profile did not come",
                "declared profiles did not come",
            ),
            counted(self.quarantined, "record could not be read", "records could not be read"),
            counted(
                self.undetermined,
                "profile was left out, because a filtered field is not known",
                "profiles were left out, because a filtered field is not known",
            ),
            counted(self.partial, "profile lacks a record", "profiles lack a record"),
            said(!self.contradicted_filters.is_empty(), "the service misread a filter"),
            said(self.changed_while_read, "the list kept changing while it was read"),
            said(self.end_unproven, "nothing proves that the last page is the end"),
        ];
        gaps.into_iter().flatten().collect()
    }

    /// Checks that nothing lacks. A listing that stopped at the caller's limit passes.
    ///
    /// # Errors
    /// [`ErrorKind::Incomplete`](crate::ErrorKind::Incomplete) with the [gaps](Self::gaps).
    pub fn require_complete(&self) -> Result<()> {
        let gaps = self.gaps();
        if gaps.is_empty() {
            return Ok(());
        }
        let message = format!("the listing is not complete: {}", gaps.join("; "));
        Err(Error::new(ErrorKind::Incomplete, message)
            .with_hint("list again, or read the report and decide whether what came is enough"))
    }

    fn is_proven(&self) -> bool {
        self.contradicted_filters.is_empty() && !self.changed_while_read && !self.end_unproven
    }

    /// Returns the number of declared profiles that did not come, including quarantined ones. 0 if the service
    /// declares no total or a limit stopped the listing; `None` while the listing continues.
    pub fn missing(&self) -> Option<u64> {
        if self.limited {
            return Some(0);
        }
        let missing = || self.collections.iter().fold(0, |sum: u64, it| sum.saturating_add(it.missing()));
        self.reached_end.then(missing)
    }

    /// Returns the time from which to list changes the next time, with
    /// [`ListQuery::changed_since`](crate::ListQuery::changed_since). This listing missed no change before it.
    ///
    /// It is the oldest of the collections' latest changes ([`watermarks`](Self::watermarks) has one for each), and not
    /// after the start of the listing: a change during the listing may be on a page that was read before. `None` unless
    /// everything was delivered.
    pub fn watermark(&self) -> Option<Timestamp> {
        if !self.is_whole() {
            return None;
        }
        let changes = self.collections.iter().filter_map(|collection| collection.latest_change);
        changes
            .chain(self.started)
            .min()
            .filter(|_| self.collections.iter().any(|it| it.latest_change.is_some()))
    }

    /// Returns the times from which to list changes the next time, one for each collection, with
    /// [`ListQuery::changed_since`](crate::ListQuery::changed_since). This listing missed no change before them.
    ///
    /// `known` are those that this listing was queried with, and [`Watermarks::default`] for one of everybody. They stay the times of
    /// collections in which nothing has changed. `None` unless everything was delivered.
    pub fn watermarks(&self, known: &Watermarks) -> Option<Watermarks> {
        if !self.is_whole() {
            return None;
        }
        let mut next = known.clone();
        for report in &self.collections {
            // A change during the listing may be on a page that was read before.
            let Some(latest) = report.latest_change else { continue };
            let latest = self.started.map_or(latest, |started| latest.min(started));
            // A list of everything has older changes, too.
            let latest = known.of(report.collection.as_ref()).map_or(latest, |known| latest.max(known));
            match &report.collection {
                Some(kind) => _ = next.collections.insert(kind.clone(), latest),
                None => next.all = Some(latest),
            }
        }
        Some(next)
    }

    /// Returns whether everything was delivered, from the start to the end.
    fn is_whole(&self) -> bool {
        let is_read = self.reached_end && !self.limited && !self.resumed && self.quarantined == 0;
        is_read && self.is_proven() && self.missing() == Some(0)
    }

    /// Returns whether a part of a collection was not requested, because nothing in it has changed since the time in
    /// the query.
    pub fn is_cut_at_unchanged(&self) -> bool {
        self.collections.iter().any(|collection| collection.cut_at_unchanged)
    }

    /// Returns the number of repeated attempts.
    pub const fn retries(&self) -> u64 {
        self.attempts.saturating_sub(self.requests)
    }

    /// Adds the report of another listing of a part of the same list, such as one from the other end. `overlap` is
    /// the number of profiles that both had. Whether the end or the limit was reached is not merged.
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

    /// Records that a page came from a cache, and when it was requested.
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
