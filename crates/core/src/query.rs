//! Queries: what to list and how to read.

mod check;
pub(crate) mod filter_plan;
mod listed;

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

pub use self::filter_plan::{FilterPlan, UnanswerableIn};
use crate::{Capabilities, FieldPath, IdKind, ProfileId, listing::Watermarks};
pub use crate::{
    expected::Expected,
    filter::Filter,
    filter_part::FilterPart,
    order::{Direction, Order, OrderField},
};

/// A query that selects the profiles to list. All fields are optional; the default lists all profiles.
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
    /// The number of profiles in a page. The service's limits apply; see
    /// [`ListingCapabilities`](crate::capabilities::ListingCapabilities).
    pub page_size: Option<u32>,
    /// The largest number of profiles to deliver. Pages beyond it are not fetched.
    pub limit: Option<u64>,
    /// The order; by default the service's own. If a service lists several collections one after the other, the order
    /// applies within each collection.
    pub order: Option<Order>,
    /// The text to search for. The service decides what matches.
    pub search: Option<String>,
    /// Whether to add the other records that the service has of each profile, as [`GetOptions::enrich`] does for one.
    /// This costs further requests for each profile.
    #[serde(default, skip_serializing_if = "is_false")]
    pub enrich: bool,
    /// The organization whose members are listed, with what the service says about their membership. The default
    /// lists all profiles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_of: Option<ProfileId>,
    /// The collection to list, by the kind of its ids, where a service lists several one after the other; see
    /// [`ListingCapabilities::collections`](crate::capabilities::ListingCapabilities::collections). The default lists all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<IdKind>,
    /// The filter that profiles must match.
    #[serde(default, skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
    /// The largest number of pages that are fetched at once, at least 1; by default
    /// [`DEFAULT_CONCURRENCY`](Self::DEFAULT_CONCURRENCY). Numbered pages are fetched concurrently and delivered in
    /// order. With 1, pages are fetched one after the other. The account's own limits apply as well.
    ///
    /// If profiles are added while numbered pages are in flight, the declared total changes, and pages that may be
    /// outdated are fetched again. If as many profiles are deleted at the same time, the total does not change: a
    /// profile that moves across a page boundary may then be missed. Sequential reading can also miss a profile that
    /// moves up after a deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// The number of consecutive pages without a new profile after which the listing stops with an error, although
    /// the service names a next page. The listing can continue from there. At least 1; by default
    /// [`DEFAULT_MAX_EMPTY_PAGES`](Self::DEFAULT_MAX_EMPTY_PAGES).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_empty_pages: Option<u32>,
    /// Whether the filter is applied locally only, and no part of it is sent to the service. A listing turns this on
    /// if its first page shows that the service misreads the filter. The default is `false`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub local_filter: bool,
    /// Whether the order of the profiles does not matter. A list that [supports
    /// it](crate::capabilities::ListingCapabilities::both_ends) is then read from both ends at once, which takes half
    /// the time. Without effect on a query that asks for anything but all profiles. The default is `false`: profiles
    /// come in the service's order.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unordered: bool,
    /// Whether pages always come from the service and never from a cache. A listing turns this on if it notices that
    /// the list changed while it was read. The default is `false`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fresh: bool,
}

impl ListQuery {
    /// The default of [`concurrency`](Self::concurrency).
    pub const DEFAULT_CONCURRENCY: u32 = 8;
    /// The default of [`max_empty_pages`](Self::max_empty_pages). A service that filters after paging may send empty
    /// pages.
    pub const DEFAULT_MAX_EMPTY_PAGES: u32 = 100;

    /// Creates a query that lists all profiles.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`page_size`](Self::page_size).
    pub fn with_page_size(mut self, profiles: u32) -> Self {
        self.page_size = Some(profiles);
        self
    }

    /// Sets [`limit`](Self::limit).
    pub fn with_limit(mut self, profiles: u64) -> Self {
        self.limit = Some(profiles);
        self
    }

    /// Sets [`concurrency`](Self::concurrency).
    pub fn with_concurrency(mut self, pages: u32) -> Self {
        self.concurrency = Some(pages);
        self
    }

    /// Returns the largest number of pages that are fetched at once.
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

    /// Sets [`filter`](Self::filter).
    pub fn with_filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Sets [`enrich`](Self::enrich).
    pub fn with_enrich(mut self, enrich: bool) -> Self {
        self.enrich = enrich;
        self
    }

    /// Sets [`member_of`](Self::member_of).
    pub fn with_member_of(mut self, organization: ProfileId) -> Self {
        self.member_of = Some(organization);
        self
    }

    /// Sets [`collection`](Self::collection).
    pub fn with_collection(mut self, collection: IdKind) -> Self {
        self.collection = Some(collection);
        self
    }

    /// Selects profiles that were updated since the [`watermarks`](crate::listing::ListReport::watermarks) of an
    /// earlier listing, less an overlap. A single time counts for all collections. The overlap covers clocks that
    /// differ, and services that show a change late. If the service can order by update time, only the pages with
    /// changes are read.
    ///
    /// Who was deleted is not among the changes: list everybody from time to time.
    ///
    /// A profile whose update time is not known is not delivered; the report counts it in
    /// [`undetermined`](crate::listing::ListReport::undetermined). `list_all` is then an error of the kind
    /// [`Incomplete`](crate::ErrorKind::Incomplete); `list(query).read_all()` is not.
    pub fn changed_since(mut self, since: impl Into<Watermarks>, overlap: Duration) -> Self {
        let Watermarks { all, collections } = since.into().earlier_by(overlap);
        self.filter.updated_since = all;
        self.filter.updated_since_of = collections;
        self
    }

    /// Sets [`order`](Self::order).
    pub fn with_order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }

    /// Sets [`search`](Self::search).
    pub fn with_search(mut self, text: impl Into<String>) -> Self {
        self.search = Some(text.into());
        self
    }
}

impl ListQuery {
    /// Returns the query with the default page size and order filled in. A cursor is bound to the query that was
    /// sent, and the defaults of a later version or another configuration may differ.
    pub fn effective(&self, capabilities: &Capabilities) -> Self {
        let listing = capabilities.listing_of(self);
        let mut effective = self.clone();
        effective.page_size = self.page_size.or(listing.default_page_size);
        effective.order = self.order.clone().or_else(|| listing.default_order.clone());
        effective
    }
}

/// Shows whether the query has a search text, but not the text: it may be a name or an address.
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
            .field("collection", &self.collection)
            .field("filter", &self.filter)
            .field("concurrency", &self.concurrency)
            .field("max_empty_pages", &self.max_empty_pages)
            .field("local_filter", &self.local_filter)
            .field("unordered", &self.unordered)
            .field("fresh", &self.fresh)
            .finish()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde requires a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Options for reading one profile.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{GetOptions, ProfileProvider};
///
/// // Everything that the service has of a person, even if it takes several requests.
/// let everything = GetOptions::new().with_enrich(true);
/// # if provider.prepare().await?.operations.enrich.is_supported() {
/// let profile = provider.get_opts(&ada.id, &everything).await?;
/// # }
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetOptions {
    /// Whether to add the other records that the service has of the profile, at the cost of one request each.
    /// [`Profile::origin`](crate::Profile::origin) says which record each field came from, and which records could
    /// not be read. A service with one record has nothing to add; see
    /// [`Operations::enrich`](crate::capabilities::Operations::enrich). The default is `false`.
    pub enrich: bool,
    /// The fields for whose sake other records are added: only records that show one of them are read. Empty, which is the default,
    /// means all. It has no effect without [`enrich`](Self::enrich).
    pub fields: Vec<FieldPath>,
    /// Whether the profile always comes from the service and never from a cache. A plan always reads from the
    /// service. The default is `false`.
    pub fresh: bool,
}

impl GetOptions {
    /// Creates the default options: the profile's own record, from a cache if there is one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`enrich`](Self::enrich).
    pub fn with_enrich(mut self, enrich: bool) -> Self {
        self.enrich = enrich;
        self
    }

    /// Sets [`fields`](Self::fields).
    pub fn with_fields(mut self, fields: impl IntoIterator<Item = FieldPath>) -> Self {
        self.fields = fields.into_iter().collect();
        self
    }

    /// Sets [`fresh`](Self::fresh).
    pub fn with_fresh(mut self, fresh: bool) -> Self {
        self.fresh = fresh;
        self
    }
}
