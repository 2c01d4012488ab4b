//! What a caller asks for.

mod check;
pub(crate) mod filter_plan;
mod listed;

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

pub use self::filter_plan::{FilterPlan, UnanswerableIn};
use crate::{Capabilities, ProfileId, Timestamp};
pub use crate::{
    expected::Expected,
    filter::Filter,
    filter_part::FilterPart,
    order::{Direction, Order, OrderField},
};

/// What to list. Everything is optional; the default lists all profiles.
///
/// ```
/// use anyprofile_core::{ListQuery, query::{Order, OrderField}};
///
/// let query = ListQuery::new().with_limit(500).with_order(Order::ascending(OrderField::Created));
/// assert_eq!(query.limit, Some(500));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListQuery {
    /// Profiles a page. The service's limits apply; see
    /// [`ListingCapabilities`](crate::capabilities::ListingCapabilities).
    pub page_size: Option<u32>,
    /// The most profiles to deliver. No page is fetched that is not needed for it.
    pub limit: Option<u64>,
    /// The order. Where none is named, pages come in the service's own. Of a service that lists several collections one after
    /// the other, the order within each.
    pub order: Option<Order>,
    /// Text that the service searches for, in its own way.
    pub search: Option<String>,
    /// Whether to add to each profile what the service shows of it elsewhere, as
    /// [`GetOptions::enrich`] does for one: at the cost of requests for each profile.
    #[serde(default, skip_serializing_if = "is_false")]
    pub enrich: bool,
    /// Only the members of this organization, with what the service says of their membership; where none is
    /// named, all profiles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_of: Option<ProfileId>,
    /// Which profiles are wanted.
    #[serde(default, skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
    /// The most pages of the listing that are on their way at once, at least 1; where none is named,
    /// [`DEFAULT_CONCURRENCY`](Self::DEFAULT_CONCURRENCY). Numbered pages are fetched side by side and delivered in order. With
    /// 1, one page is fetched after the other. The account's own limits hold beside it.
    ///
    /// Where people are added while numbered pages are on their way, the total tells, and pages that may be too old are asked
    /// for again. If as many are deleted in the same moment, it does not: then who moved over the boundary of two pages may
    /// be on neither, as one after the other who moved up behind somebody deleted may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// How many pages in a row may bring nobody who had not come before while the service names a next one; then the listing
    /// stops with an error and can go on from there. Where none is named,
    /// [`DEFAULT_MAX_EMPTY_PAGES`](Self::DEFAULT_MAX_EMPTY_PAGES); at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_empty_pages: Option<u32>,
    /// Whether no part of the filter is sent to the service, and all of it is applied to what comes. A listing turns this
    /// on by itself where the first page shows that the service misreads the filter. Default: no.
    #[serde(default, skip_serializing_if = "is_false")]
    pub local_filter: bool,
    /// Whether the order of the profiles does not matter: a list that [can be read so](crate::capabilities::ListingCapabilities::both_ends)
    /// is then read from both its ends at once, which takes half the time. It has no effect on a query that asks for anything
    /// else than all profiles. Default: no, and they come in the service's order.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unordered: bool,
    /// Whether the service is asked in any case, and no page is taken from a cache. A listing that sees that the list changed while
    /// it was read turns this on by itself. Default: no.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fresh: bool,
}

impl ListQuery {
    /// How many pages are on their way at once where the query names no number.
    pub const DEFAULT_CONCURRENCY: u32 = 8;
    /// How many pages in a row may bring nobody where the query names no number. A service that filters page by page may
    /// send some.
    pub const DEFAULT_MAX_EMPTY_PAGES: u32 = 100;

    /// Everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many profiles a page.
    pub fn with_page_size(mut self, profiles: u32) -> Self {
        self.page_size = Some(profiles);
        self
    }

    /// At most so many profiles.
    pub fn with_limit(mut self, profiles: u64) -> Self {
        self.limit = Some(profiles);
        self
    }

    /// Sets [`concurrency`](Self::concurrency).
    pub fn with_concurrency(mut self, pages: u32) -> Self {
        self.concurrency = Some(pages);
        self
    }

    /// How many pages the caller lets be on their way at once.
    pub(crate) fn pages_at_once(&self) -> usize {
        let pages = self.concurrency.unwrap_or(Self::DEFAULT_CONCURRENCY);
        usize::try_from(pages).unwrap_or(usize::MAX).max(1)
    }

    /// Sets [`max_empty_pages`](Self::max_empty_pages).
    pub fn with_max_empty_pages(mut self, pages: u32) -> Self {
        self.max_empty_pages = Some(pages);
        self
    }

    pub(crate) fn empty_pages_allowed(&self) -> u32 {
        self.max_empty_pages.unwrap_or(Self::DEFAULT_MAX_EMPTY_PAGES).max(1)
    }

    /// Sets [`unordered`](Self::unordered).
    pub fn with_unordered(mut self, unordered: bool) -> Self {
        self.unordered = unordered;
        self
    }

    /// Sets [`local_filter`](Self::local_filter).
    pub fn with_local_filter(mut self, local_filter: bool) -> Self {
        self.local_filter = local_filter;
        self
    }

    /// Sets [`fresh`](Self::fresh).
    pub fn with_fresh(mut self, fresh: bool) -> Self {
        self.fresh = fresh;
        self
    }

    /// Only profiles that meet this filter.
    pub fn with_filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Sets [`enrich`](Self::enrich).
    pub fn with_enrich(mut self, enrich: bool) -> Self {
        self.enrich = enrich;
        self
    }

    /// Only the members of this organization.
    pub fn with_member_of(mut self, organization: ProfileId) -> Self {
        self.member_of = Some(organization);
        self
    }

    /// Only what was changed since a time that an earlier listing gave as its
    /// [`watermark`](crate::listing::ListReport::watermark), less an overlap: for clocks that differ, and for a service that shows an
    /// older change later. Where the service can order by the time of change, only the pages with changes are read.
    ///
    /// A profile whose time of change is not known is not delivered; the report counts it among the
    /// [`undetermined`](crate::listing::ListReport::undetermined).
    pub fn changed_since(mut self, watermark: Timestamp, overlap: Duration) -> Self {
        self.filter.updated_since = Some(watermark.saturating_sub(overlap));
        self
    }

    /// In this order.
    pub fn with_order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }

    /// Only what the service finds for this text.
    pub fn with_search(mut self, text: impl Into<String>) -> Self {
        self.search = Some(text.into());
        self
    }
}

impl ListQuery {
    /// The query with the page size and the order that are asked for where the caller names none: a cursor is bound to what was
    /// sent, and a later version or another configuration may have others.
    pub fn effective(&self, capabilities: &Capabilities) -> Self {
        let listing = capabilities.listing_of(self);
        let mut effective = self.clone();
        effective.page_size = self.page_size.or(listing.default_page_size);
        effective.order = self.order.clone().or_else(|| listing.default_order.clone());
        effective
    }
}

/// Shows whether something is searched for, and not what: it may be a person's name or address.
impl fmt::Debug for ListQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListQuery")
            .field("page_size", &self.page_size)
            .field("limit", &self.limit)
            .field("order", &self.order)
            .field("search", &self.search.as_ref().map(|_| ".."))
            .field("enrich", &self.enrich)
            .field("member_of", &self.member_of)
            .field("filter", &self.filter)
            .field("concurrency", &self.concurrency)
            .field("max_empty_pages", &self.max_empty_pages)
            .field("local_filter", &self.local_filter)
            .field("unordered", &self.unordered)
            .field("fresh", &self.fresh)
            .finish()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// How to get one profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetOptions {
    /// Whether to add what the service shows of the profile elsewhere, at the cost of a request a record. What came
    /// from where is then in [`Profile::origin`](crate::Profile::origin), as is what could not be read. A service
    /// that shows everything in one place has nothing to add; see
    /// [`Operations::enrich`](crate::capabilities::Operations::enrich). Default: no.
    pub enrich: bool,
    /// Whether the service is asked in any case, and nothing is taken from a cache. What a plan reads is always asked for.
    /// Default: no.
    pub fresh: bool,
}

impl GetOptions {
    /// The record alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`enrich`](Self::enrich).
    pub fn with_enrich(mut self, enrich: bool) -> Self {
        self.enrich = enrich;
        self
    }

    /// Sets [`fresh`](Self::fresh).
    pub fn with_fresh(mut self, fresh: bool) -> Self {
        self.fresh = fresh;
        self
    }
}
