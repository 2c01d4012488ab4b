//! Adding a fetched page to a listing.

use std::ops::Deref;

use super::{ListingPosition, OneEnd};
use crate::{
    Profile, ProfileProvider, Verdict,
    listing::{
        CursorGuard, Next, Page,
        early_stop::NewestFirst,
        follow::{Follows, PageFacts},
        report::{CollectionReport, MAX_QUARANTINED_RECORDS, QuarantinedRecord},
        second_look::{AtEnd, SecondLook},
        stall::Stall,
    },
    profile::MissingReason,
};

impl<'a, P> OneEnd<'a, P>
where
    P: Deref + Clone + Send + Sync + 'a,
    P::Target: ProfileProvider,
{
    /// Adds a page to the report, sets the next position, and returns the part of the page that is delivered.
    pub(super) fn accept(&mut self, mut page: Page<Profile>) -> Page<Profile> {
        self.last_received = page.items.len() as u64;
        let is_over = self.count(&mut page);
        self.last_total = (page.collection.clone(), page.total());
        // Profiles are checked even if the service filtered them: its words may mean something else.
        let (filter, capabilities) = (&self.query.filter, self.provider.capabilities());
        let report = &mut self.report;
        report.undetermined += page.left_out.as_ref().map_or(0, |it| it.undetermined());
        if !filter.is_empty() {
            page.items.retain(|profile| {
                let verdict = filter.verdict(profile, capabilities);
                report.undetermined += u64::from(verdict == Verdict::Unknown);
                verdict == Verdict::Yes
            });
        }
        let lacks = [MissingReason::Withheld, MissingReason::Failed];
        for profile in &page.items {
            let mut missing = profile.origin.iter().flat_map(|origin| &origin.missing);
            report.partial += u64::from(missing.any(|it| lacks.contains(&it.reason)));
        }
        let next = match (&page.next, &page.next_collection) {
            (_, Some(cursor)) if is_over => Some(cursor.clone()),
            _ if is_over => None,
            (Next::End, _) => None,
            (Next::Cursor(cursor), _) => Some(cursor.clone()),
            (Next::Remaining(remaining), _) => remaining.cursors().next(),
        };
        self.remaining = match &page.next {
            Next::Remaining(remaining) if !is_over => Some((remaining.clone(), page.next_collection.clone())),
            _ => None,
        };
        self.position = match self.look_again(is_over || is_last(&page)) {
            Some(again) => again,
            None => next.map_or(ListingPosition::End, |cursor| self.admit(cursor)),
        };
        self.report.reached_end = matches!(self.position, ListingPosition::End);
        if let Some(limit) = self.query.limit {
            let left = usize::try_from(limit - self.report.seen).unwrap_or(usize::MAX);
            if page.items.len() > left {
                page.items.truncate(left);
                self.report.limited = true;
                self.report.reached_end = false;
                self.position = ListingPosition::End;
            }
        }
        self.report.pages += 1;
        if let Some(asked) = page.cached_at {
            self.report.note_cached(asked);
        }
        let room = MAX_QUARANTINED_RECORDS.saturating_sub(self.report.quarantined_records.len());
        for bad in page.quarantined.iter().take(room) {
            self.report.quarantined_records.push(QuarantinedRecord {
                collection: page.collection.clone(),
                page: self.report.pages,
                position: bad.position,
                reason: bad.reason.clone(),
            });
        }
        self.report.seen += page.items.len() as u64;
        if self.query.limit == Some(self.report.seen) && !matches!(self.position, ListingPosition::End) {
            self.report.limited = true;
        }
        self.report.quarantined += page.quarantined.len() as u64;
        self.report.spend(page.stats);
        page
    }

    /// Counts the records of a page. If the list is read a second time, removes the profiles that came the first
    /// time. Returns whether the rest of the collection is not needed.
    fn count(&mut self, page: &mut Page<Profile>) -> bool {
        let index = self.collection_of(page);
        let is_last = is_last(page);
        let is_numbered = page.is_numbered || matches!(page.next, Next::Remaining(_)) || self.is_at_number();
        let is_second = self.second_look.is_second();
        let is_empty = page.record_count() == 0 && page.quarantined.is_empty();
        if is_second {
            page.retain_records(|profile| !self.duplicates.has_noted(&profile.id));
        }
        self.second_look.note(page.records(), page.quarantined.len() as u64, page.date, is_numbered);
        if is_second {
            page.quarantined.clear();
        }
        let report = &mut self.report;
        let (collection, drift) = (&mut report.collections[index], &mut report.drift);
        drift.note_envelope(&page.changed_types);
        let duplicates = self.duplicates.note_page(page.items.iter().map(|profile| &profile.id));
        collection.duplicates += duplicates;
        let left_out = page.left_out.iter().flat_map(|it| it.records());
        let unreported_duplicates = self.duplicates.note_page(left_out.map(|profile| &profile.id));
        self.unreported_duplicates += unreported_duplicates;
        let unreported = page.record_count() - page.items.len() as u64;
        collection.unreported.add(unreported, unreported_duplicates, page.total());
        for profile in &page.items {
            collection.latest_change = collection.latest_change.max(profile.times.updated.value().copied());
            drift.note(profile);
        }
        let (received, quarantined) = (page.items.len() as u64, page.quarantined.len() as u64);
        collection.received += received;
        collection.quarantined += quarantined;
        // A falling total indicates a deletion, which may have moved others across a page boundary.
        collection.declared_total = collection.declared_total.max(page.declared_total);
        // Nothing follows the last page.
        let facts = PageFacts {
            is_last,
            is_end_claimed: page.is_end_claimed,
            is_end_doubted: page.is_end_doubted,
            is_progress: received + unreported + quarantined > duplicates + unreported_duplicates,
            is_empty,
            has_come: collection.has_come(),
            is_second,
            is_at_first_end: self.second_look.is_at_first_end(),
            remembers_all: self.duplicates.is_exhaustive(),
        };
        let Follows { is_over, leads_on, is_end_unproven } = facts.follows();
        self.stall.note(leads_on, self.query.empty_pages_allowed());
        report.stopped_at_empty_pages = self.stall.is_reached();
        report.end_unproven |= is_end_unproven;
        report.empty_pages += u64::from(received + unreported + quarantined == 0 && !is_last && !is_second);
        report.received += received;
        report.duplicates = self.duplicates.duplicates() - self.unreported_duplicates;
        report.duplicates_unchecked = !self.duplicates.is_exhaustive();
        let offered = report.collections.iter().filter(|it| !it.is_not_offered);
        let sum = |sum: Option<u64>, total: Option<u64>| Some(sum?.saturating_add(total?));
        report.declared_total = offered.map(|it| it.declared_total).fold(Some(0), sum);
        // A profile that did not come the first time is not in the order of the first time.
        if let Some(order) = self.newest_first.as_mut().filter(|_| !is_second) {
            order.note(page.records(), page.quarantined.len());
            // The far end of a later collection cannot be requested alone, so the collection is read completely.
            if index == 0 && !is_last && order.may_stop() {
                self.ask_far_end(page.next_collection.clone());
            }
        }
        is_over
    }

    /// Returns the index of a page's collection in the report. A new collection is added.
    fn collection_of(&mut self, page: &Page<Profile>) -> usize {
        let report = &mut self.report;
        let known = report.collections.iter().position(|it| it.collection == page.collection);
        known.unwrap_or_else(|| {
            let is_resumed = std::mem::take(&mut self.skips);
            report.collections.push(CollectionReport::new(page, is_resumed));
            let collection = page.collection.as_ref();
            self.newest_first = NewestFirst::restarted(self.newest_first.as_ref(), &self.query, collection);
            let first = match &self.position {
                ListingPosition::At(cursor) => Some(cursor.clone()),
                ListingPosition::Start | ListingPosition::Repeated | ListingPosition::End => None,
            };
            self.second_look = SecondLook::of(first, is_resumed);
            self.stall = Stall::default();
            report.collections.len() - 1
        })
    }

    fn is_at_number(&self) -> bool {
        matches!(&self.position, ListingPosition::At(cursor) if cursor.is_numbered())
    }

    /// Returns where to read a numbered collection again, if the page was its end and it changed while it was read.
    fn look_again(&mut self, is_end: bool) -> Option<ListingPosition> {
        if !is_end {
            return None;
        }
        match self.second_look.at_end(self.duplicates.is_exhaustive()) {
            AtEnd::Unchanged => None,
            AtEnd::Unknown => {
                self.report.not_at_one_moment = true;
                None
            }
            AtEnd::KeepsChanging => {
                self.report.changed_while_read = true;
                None
            }
            AtEnd::Again(first) => {
                self.bypass_cache();
                self.guard = CursorGuard::default();
                self.last_total = (None, None);
                Some(match first {
                    Some(cursor) => self.admit(cursor),
                    None => ListingPosition::Start,
                })
            }
        }
    }
}

/// Returns whether a page is the last one of its collection.
fn is_last(page: &Page<Profile>) -> bool {
    match &page.next {
        Next::End => true,
        Next::Cursor(cursor) => Some(cursor) == page.next_collection.as_ref(),
        Next::Remaining(remaining) => remaining.is_empty(),
    }
}
