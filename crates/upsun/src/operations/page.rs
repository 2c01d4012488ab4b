//! Lists whose pages are linked by opaque cursors (`/users`, `/organizations`).

use std::{fmt, marker::PhantomData, sync::Arc};

use anyprofile_core::{
    Field, RequestStats, Result, Timestamp,
    listing::{Page, Quarantined},
    wire::{self, Tolerant},
};
use anyprofile_http::{Listed, Operation, Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::filter::FieldFilter;
use crate::wire::{ItemList, Link, SignedLink};

/// A page of a list, and the links to other pages.
///
/// ```no_run
/// # async fn organizations(client: anyprofile_upsun::UpsunClient) -> anyprofile_core::Result<()> {
/// use anyprofile_upsun::ListUserOrganizations;
///
/// let mut page = client.list_user_organizations("a user's id", &ListUserOrganizations::default()).await?;
/// loop {
///     println!("{} organizations", page.items.len());
///     let Some(next) = page.next else { break };
///     page = client.follow(&next).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CursorPage<T> {
    /// The records, in the service's order. May be empty although more pages follow.
    pub items: Vec<T>,
    /// The number of records on all pages, as the service reports it. Most lists do not report it.
    pub count: Field<u64>,
    /// The link to the next page; `None` on the last page.
    pub next: Option<PageLink<T>>,
    /// The link to the previous page.
    pub previous: Option<PageLink<T>>,
    /// The links to the users that the records refer to; see
    /// [`get_referenced_users`](crate::UpsunClient::get_referenced_users).
    pub users: Vec<SignedLink>,
    /// The links to the teams that the records refer to; see
    /// [`get_referenced_teams`](crate::UpsunClient::get_referenced_teams).
    pub teams: Vec<SignedLink>,
    /// Records that could not be read.
    pub quarantined: Vec<Quarantined>,
    /// Fields outside of the records that have another type than documented, but a clear meaning.
    pub changed_types: Vec<&'static str>,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The time of the response by the service's clock, with a precision of seconds.
    pub date: Option<Timestamp>,
    /// Statistics of the requests that the page took.
    pub stats: RequestStats,
}

/// A link to another page of a list. Follow it with [`UpsunClient::follow`](crate::UpsunClient::follow).
///
/// It stores the query, because the service's links omit a part of it. `Debug` shows no content.
pub struct PageLink<T> {
    /// The query, without the page.
    request: Arc<Request>,
    href: String,
    from: Arc<str>,
    of: PhantomData<fn() -> T>,
}

impl<T: Tolerant> PageLink<T> {
    /// Returns the operation that gets the page.
    pub(crate) fn operation(&self) -> Operation<CursorPage<T>> {
        page_of(Arc::clone(&self.request), Some(&self.href))
    }

    /// Returns the URL of the page that contained the link.
    pub(crate) fn from(&self) -> &str {
        &self.from
    }
}

impl<T> PageLink<T> {
    /// Returns the position, which can be stored and used as `position` of the same query later.
    pub fn position(&self) -> PagePosition {
        PagePosition(self.href.clone())
    }
}

/// A position in a list: the link that the service sent, as text to store. Treat it as confidential.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct PagePosition(String);

impl PagePosition {
    /// Returns the text. Empty if the service sent a link without a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for PagePosition {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for PagePosition {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for PagePosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PagePosition(..)")
    }
}

impl<T> Clone for PageLink<T> {
    fn clone(&self) -> Self {
        Self {
            request: Arc::clone(&self.request),
            href: self.href.clone(),
            from: Arc::clone(&self.from),
            of: PhantomData,
        }
    }
}

impl<T> fmt::Debug for PageLink<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PageLink(..)")
    }
}

/// The query of a list.
pub(super) struct Listing {
    request: Request,
    position: Option<String>,
}

impl Listing {
    /// Creates the query of the list at `path`.
    pub(super) fn new(operation: &'static str, path: &'static str) -> Self {
        Self { request: Request::get(operation).path(path), position: None }
    }

    /// Creates the query of the list at `path/owner/list`.
    pub(super) fn of(operation: &'static str, path: &'static str, owner: &str, list: &'static str) -> Self {
        Self::over(Request::get(operation).path(path).segment(owner).path(list))
    }

    /// Creates the query of a list from its request.
    pub(super) fn over(request: Request) -> Self {
        Self { request, position: None }
    }

    pub(super) fn filter(mut self, field: &str, filter: &impl FieldFilter) -> Self {
        let mut query = Vec::new();
        if let Err(reason) = filter.write(field, &mut query) {
            self.request = self.request.refused_if(true, reason, None);
        }
        for (name, value) in query {
            self.request = self.request.query(&name, Some(value));
        }
        self
    }

    pub(super) fn parameter(self, name: &str, value: Option<impl ToString>) -> Self {
        Self { request: self.request.query(name, value), ..self }
    }

    /// Sets `page[size]`, which must be 1 to `most`.
    pub(super) fn page_size(self, size: Option<u32>, most: u32) -> Self {
        let is_out_of_range = size.is_some_and(|size| size == 0 || size > most);
        let request = self
            .request
            .refused_if(is_out_of_range, "the page size must be in the documented range", None)
            .query("page[size]", size)
            .asking_for(size);
        Self { request, ..self }
    }

    /// Starts at another page than the first.
    pub(super) fn at(self, position: Option<&PagePosition>) -> Self {
        Self { position: position.map(|position| position.as_str().to_owned()), ..self }
    }

    /// Creates the operation of a list that is a bare array.
    pub(super) fn bare<T: Tolerant>(self) -> Operation<Page<T>> {
        Operation::new(self.request, bare_list)
    }

    pub(super) fn operation<T: Tolerant>(self) -> Operation<CursorPage<T>> {
        page_of(Arc::new(self.request), self.position.as_deref())
    }
}

/// Refuses an organization's machine name where the API accepts only its id.
pub(super) fn by_id(request: Request, organization: &str, reason: &'static str) -> Request {
    let hint = "use the id (26 letters and digits), which the console shows";
    request.refused_if(is_name(organization), reason, Some(hint))
}

/// Returns whether an organization is named by its machine name.
pub(super) fn is_name(organization: &str) -> bool {
    organization.starts_with("name=")
}

/// Creates the operation that gets a page of a list: the first page, or the page of a link.
fn page_of<T: Tolerant>(request: Arc<Request>, link: Option<&str>) -> Operation<CursorPage<T>> {
    let asked = (*request).clone().follow(link);
    Operation::new(asked, move |response| {
        let listed = item_list(response)?;
        let ItemList { items, count, links } = listed.list;
        let from: Arc<str> = response.url().as_str().into();
        // A link without a URL is kept, so that following it fails: a page is missing.
        let page_link = |link: Option<Link>| {
            let href = link?.href.into_value().unwrap_or_default();
            Some(PageLink { request: Arc::clone(&request), href, from: Arc::clone(&from), of: PhantomData })
        };
        Ok(CursorPage {
            items,
            count,
            next: page_link(links.next),
            previous: page_link(links.previous),
            users: links.users,
            teams: links.teams,
            quarantined: listed.quarantined,
            changed_types: listed.changed_types,
            date: listed.date,
            request_id: listed.request_id,
            stats: listed.stats,
        })
    })
}

/// Reads the records of a page, and quarantines those that cannot be read.
pub(crate) fn item_list<T: Tolerant>(response: &Response) -> Result<Listed<ItemList<T>>> {
    response.decode_envelope::<ItemList<T>, ItemList<Box<RawValue>>>(|loose| {
        let ItemList { items, count, links } = loose;
        wire::decode_records(items, |items| ItemList { items, count, links })
    })
}

/// Reads a list that is a bare array, without links to other pages.
pub(super) fn bare_list<T: Tolerant>(response: &Response) -> Result<Page<T>> {
    let listed = response
        .decode_list::<Bare<T>, Bare<Box<RawValue>>>(|records| wire::decode_records(records.0, Bare))?;
    Ok(listed.into_page(|items| (items.0, None)))
}

/// A bare array of records.
#[derive(Deserialize)]
#[serde(transparent, bound = "R: Deserialize<'de> + 'static")]
struct Bare<R>(#[serde(deserialize_with = "wire::records")] Vec<R>);
