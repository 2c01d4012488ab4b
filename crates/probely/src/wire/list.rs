//! Lists.

use std::ops::Range;

use anyprofile_core::{Field, envelope_fields};
use serde::Deserialize;

use super::User;

envelope_fields! { mod fields { counts { count page_total page length } records { results } } }

/// A page of a list. Pages are numbered; there are no links.
///
/// ```no_run
/// # async fn users(client: anyprofile_probely::ProbelyClient) -> anyprofile_core::Result<()> {
/// use anyprofile_probely::ListUsers;
///
/// let mut list = ListUsers::default();
/// let first = client.list_users(&list).await?.list;
/// match first.remaining() {
///     Some(pages) => {
///         for page in pages {
///             list.page = Some(page);
///             println!("{} more", client.list_users(&list).await?.list.results.len());
///         }
///     }
///     None => println!("there may be more: the response does not say"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static")]
#[non_exhaustive]
pub struct ResultList<R> {
    /// The number of records on all pages.
    #[serde(default, deserialize_with = "fields::count")]
    pub count: Field<u64>,
    /// The number of pages; 1 for an empty list.
    #[serde(default, deserialize_with = "fields::page_total")]
    pub page_total: Field<u64>,
    /// The number of this page, from 1.
    #[serde(default, deserialize_with = "fields::page")]
    pub page: Field<u64>,
    /// The requested page size, regardless of the number of records on this page. If it differs from the page
    /// size of the query, the service has reduced it.
    #[serde(default, deserialize_with = "fields::length")]
    pub length: Field<u64>,
    /// The records of this page.
    #[serde(deserialize_with = "fields::results")]
    pub results: Vec<R>,
}

/// A page of users or API users.
pub type UserList<R = User> = ResultList<R>;

impl<R> ResultList<R> {
    /// Returns the numbers of the pages that remain after this one; empty at the end. Returns `None` if the
    /// response does not say: that is not the end, and more records may be missing.
    ///
    /// The pages may be fetched concurrently, with an otherwise unchanged query. The number of records on a
    /// page proves nothing: a page may be short, and the service may have reduced `length`.
    pub fn remaining(&self) -> Option<Range<u64>> {
        match (self.page.value(), self.page_total.value()) {
            (Some(page), Some(total)) if page < total => Some(page + 1..total.saturating_add(1)),
            (Some(_), Some(_)) => Some(0..0),
            _ => None,
        }
    }
}
