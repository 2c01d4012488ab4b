//! Reading a list from both ends at once.

use std::{
    ops::Deref,
    task::{Context, Poll},
};

use super::{one_end::OneEnd, report::ListReport};
use crate::{
    ListQuery, Profile, ProfileProvider, Result, Timestamp,
    cursor::Ends,
    listing::{Cursor, DuplicateCounter, Page},
    query::{Order, OrderField},
};

/// A list with cursors that is read from its newest and its oldest profile at once, one page of each in turn. This
/// takes half the time of reading from one end.
///
/// The ends have met when a whole page of one end, in creation order, is strictly beyond the last profile of the
/// other end, and the other end has had all of that page. Every profile was then delivered by one of the ends,
/// however the service orders equal creation times, and even if one profile is out of place. If times are missing or
/// out of order, only the newest end is read on. Profiles that come a second time are left out as far as the oldest
/// end remembers its ids ([`DuplicateCounter`](crate::listing::DuplicateCounter)); otherwise the report says that not
/// all were compared.
pub(super) struct BothEnds<'a, P> {
    newest: End<'a, P>,
    oldest: End<'a, P>,
    /// Whether the next page comes from the oldest end.
    is_turn_of_oldest: bool,
    /// Whether the times were in order so far.
    is_in_order: bool,
    is_over: bool,
    /// The number of profiles that both ends had.
    overlap: u64,
    /// The positions of both ends, after a page.
    cursor: Option<Cursor>,
    /// The merged report of both ends.
    report: ListReport,
}

struct End<'a, P> {
    pages: OneEnd<'a, P>,
    /// The creation time of the last profile.
    created: Option<Timestamp>,
}

impl<'a, P> BothEnds<'a, P>
where
    P: Deref + Clone + Send + Sync + 'a,
    P::Target: ProfileProvider,
{
    /// Returns whether the list can be read from both ends: the service allows it, and the query asks for all
    /// profiles in any order.
    pub(super) fn are_open(provider: &P::Target, query: &ListQuery) -> bool {
        let ListQuery { page_size, concurrency, max_empty_pages, .. } = *query;
        let all =
            ListQuery { page_size, concurrency, max_empty_pages, unordered: true, ..ListQuery::default() };
        *query == all && concurrency != Some(1) && provider.capabilities().listing.both_ends
    }

    pub(super) fn new(provider: P, query: &ListQuery) -> Self {
        Self::resume(provider, query, Ends::default())
    }

    /// Creates a listing that continues at stored positions.
    pub(super) fn resume(provider: P, query: &ListQuery, ends: Ends) -> Self {
        let end = |order, cursor: Option<Cursor>, created| {
            let query = query.clone().with_order(order);
            let pages = match cursor {
                Some(cursor) => OneEnd::resume(provider.clone(), query, cursor),
                None => OneEnd::new(provider.clone(), query),
            };
            End { pages, created }
        };
        let Ends { newest, oldest, newest_created, oldest_created, is_turn_of_oldest, is_out_of_order } =
            ends;
        let mut both = Self {
            newest: end(Order::descending(OrderField::Created), newest, newest_created),
            oldest: end(Order::ascending(OrderField::Created), oldest, oldest_created),
            is_turn_of_oldest,
            is_in_order: !is_out_of_order,
            is_over: false,
            overlap: 0,
            cursor: None,
            report: ListReport::default(),
        };
        both.take_stock();
        both
    }

    /// Marks the profiles in the counter as delivered by an earlier run.
    pub(super) fn with_noted(mut self, noted: DuplicateCounter) -> Self {
        self.newest.pages = self.newest.pages.with_noted(noted.clone());
        self.oldest.pages = self.oldest.pages.with_noted(noted);
        self
    }

    /// Accepts a page of the current end, without the profiles that the other end has had.
    fn accept(&mut self, mut page: Page<Profile>) -> Page<Profile> {
        let ascending = self.is_turn_of_oldest;
        let (this, other) =
            if ascending { (&mut self.oldest, &self.newest) } else { (&mut self.newest, &self.oldest) };
        let place = other.created;
        let mut is_beyond = !page.items.is_empty() && place.is_some();
        for profile in &page.items {
            let created = profile.times.created.value().copied();
            let follows = |last| if ascending { created >= Some(last) } else { created <= Some(last) };
            self.is_in_order &= created.is_some() && this.created.is_none_or(follows);
            this.created = created.or(this.created);
            is_beyond &= if ascending { created > place } else { created < place };
        }
        // Before the other end's position no profile can be a duplicate.
        let is_near = match (this.created, place) {
            (Some(created), Some(place)) if ascending => created >= place,
            (Some(created), Some(place)) => created <= place,
            _ => false,
        };
        let received = page.items.len();
        if is_near || !self.is_in_order {
            page.items.retain(|profile| !other.pages.has_noted(&profile.id));
            self.overlap += (received - page.items.len()) as u64;
        }
        let have_met = is_beyond && page.items.is_empty();
        self.is_over = this.pages.report().reached_end || (self.is_in_order && have_met);
        self.is_turn_of_oldest = !ascending && self.is_in_order;
        page
    }
}

impl<'a, P> BothEnds<'a, P>
where
    P: Deref + Clone + Send + Sync + 'a,
    P::Target: ProfileProvider,
{
    pub(super) fn poll_next_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Page<Profile>>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        self.poll_ahead(context);
        let end = if self.is_turn_of_oldest { &mut self.oldest } else { &mut self.newest };
        let page =
            end.pages.poll_next_page(context).map(|page| page.map(|page| page.map(|page| self.accept(page))));
        if page.is_ready() {
            self.take_stock();
        }
        page
    }

    pub(super) fn poll_ahead(&mut self, context: &mut Context<'_>) {
        if self.is_over {
            return;
        }
        self.newest.pages.poll_ahead(context);
        // A list of one page does not need the other end.
        if self.is_in_order && self.newest.pages.has_begun() {
            self.oldest.pages.poll_ahead(context);
        }
    }
}

impl<P> BothEnds<'_, P> {
    /// Updates the cursor and the report from both ends.
    fn take_stock(&mut self) {
        self.report = self.newest.pages.report().clone();
        self.report.merge(self.oldest.pages.report(), self.overlap);
        self.report.reached_end = self.is_over;
        let ends = Ends {
            newest: self.newest.pages.cursor().cloned(),
            oldest: self.oldest.pages.cursor().cloned(),
            newest_created: self.newest.created,
            oldest_created: self.oldest.created,
            is_turn_of_oldest: self.is_turn_of_oldest,
            is_out_of_order: !self.is_in_order,
        };
        let has_begun = ends.newest.is_some() || ends.oldest.is_some();
        self.cursor = (has_begun && !self.is_over).then(|| Cursor::of_ends(ends));
    }

    pub(super) fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    pub(super) const fn leads_back(&self) -> bool {
        self.newest.pages.leads_back() || (self.is_in_order && self.oldest.pages.leads_back())
    }

    pub(super) const fn reads_again(&self) -> bool {
        self.newest.pages.reads_again() || self.oldest.pages.reads_again()
    }

    pub(super) const fn report(&self) -> &ListReport {
        &self.report
    }
}
