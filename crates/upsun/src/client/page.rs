//! Lists whose pages are linked by opaque cursors (`/users`, `/organizations`).

use std::{fmt, marker::PhantomData, sync::Arc};

use anyprofile_core::wire::Tolerant;
use anyprofile_core::{Effort, Error, ErrorKind, Field, Page, Quarantined, Result, Timestamp, wire};
use anyprofile_http::{Answer, Request};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{UpsunClient, filter::Filter};
use crate::wire::{ItemList, Link, SignedLink};

/// A page of a list, and the ways to the pages around it.
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
    /// The records, in the service's order. May be empty although there are more pages.
    pub items: Vec<T>,
    /// How many records the service says that the whole list has. Most lists do not say.
    pub count: Field<u64>,
    /// The way to the next page; `None` at the end.
    pub next: Option<PageLink<T>>,
    /// The way to the page before.
    pub previous: Option<PageLink<T>>,
    /// Where the users are described whom the records name; see
    /// [`get_referenced_users`](UpsunClient::get_referenced_users).
    pub users: Vec<SignedLink>,
    /// Records that did not decode.
    pub quarantined: Vec<Quarantined>,
    /// Fields around the records that have another type than was published, and whose meaning is plain all the same.
    pub changed_types: Vec<&'static str>,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The time of the response by the service's clock, to the second.
    pub date: Option<Timestamp>,
    /// What it took to get the page.
    pub effort: Effort,
}

/// The way to another page of the list that it came from: follow it with [`UpsunClient::follow`].
///
/// It keeps what was asked for, since the service's links leave some of it out. `Debug` shows no content.
pub struct PageLink<T> {
    listing: Arc<Listing>,
    href: String,
    from: Arc<str>,
    of: PhantomData<fn() -> T>,
}

impl<T> PageLink<T> {
    /// Where it leads, to be stored and put into `position` of the same query later.
    pub fn position(&self) -> PagePosition {
        PagePosition(self.href.clone())
    }
}

/// A place in a list: the link that the service gave, as text to be stored. Treat it as confidential.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct PagePosition(String);

impl PagePosition {
    /// The text. Empty if the service gave a link without an address.
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
            listing: Arc::clone(&self.listing),
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

/// A list, and what is asked of it: all but the page.
#[derive(Default)]
pub(crate) struct Listing {
    operation: &'static str,
    path: &'static str,
    owner: Option<String>,
    list: &'static str,
    query: Vec<(String, String)>,
    invalid: Option<&'static str>,
    asked: Option<u32>,
}

impl Listing {
    /// The list `path`.
    pub(crate) fn new(operation: &'static str, path: &'static str) -> Self {
        Self { operation, path, ..Self::default() }
    }

    /// The list `path/owner/list`.
    pub(crate) fn of(operation: &'static str, path: &'static str, owner: &str, list: &'static str) -> Self {
        Self { operation, path, owner: Some(owner.to_owned()), list, ..Self::default() }
    }

    pub(crate) fn filter(mut self, field: &str, filter: &impl Filter) -> Self {
        if let Err(reason) = filter.write(field, &mut self.query) {
            self.invalid = Some(reason);
        }
        self
    }

    pub(crate) fn parameter(mut self, name: &str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name.to_owned(), value.to_string())));
        self
    }

    /// `page[size]`, from 1 to `most`.
    pub(crate) fn page_size(mut self, size: Option<u32>, most: u32) -> Self {
        if size.is_some_and(|size| size == 0 || size > most) {
            self.invalid = Some("the page size is out of the documented range");
        }
        self.asked = size;
        self.parameter("page[size]", size)
    }

    fn request(&self, link: Option<&str>) -> Request {
        let request = Request::get(self.operation).path(self.path);
        let request = match &self.owner {
            Some(owner) => request.segment(owner).path(self.list),
            None => request,
        };
        self.query
            .iter()
            .fold(request, |request, (name, value)| request.query(name, Some(value)))
            .follow(link)
            .asking_for(self.asked)
    }
}

impl UpsunClient {
    /// Gets another page of a list. The link is merged with what was asked for, which the service does not
    /// always repeat in it.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], before anything is sent, if the link leads to another host or resource, has no
    /// address, or leads to the very page that it came from.
    pub async fn follow<T: Tolerant>(&self, link: &PageLink<T>) -> Result<CursorPage<T>> {
        self.page(Arc::clone(&link.listing), Some(&link.href), Some(&link.from)).await
    }

    pub(crate) async fn list<T: Tolerant>(
        &self,
        listing: Listing,
        position: Option<&PagePosition>,
    ) -> Result<CursorPage<T>> {
        if let Some(invalid) = listing.invalid {
            return Err(self.refusal(listing.operation, invalid));
        }
        self.page(Arc::new(listing), position.map(PagePosition::as_str), None).await
    }

    async fn page<T: Tolerant>(
        &self,
        listing: Arc<Listing>,
        link: Option<&str>,
        from: Option<&str>,
    ) -> Result<CursorPage<T>> {
        let request = listing.request(link);
        let url = String::from(self.http.url(&request)?);
        if from == Some(url.as_str()) {
            let message = "the link to the next page leads to the page that it came from";
            return Err(Error::new(ErrorKind::Decode, message)
                .with_provider(self.http.info())
                .with_operation(listing.operation)
                .with_hint("what was delivered is good, and there may be more"));
        }
        let answer = self.http.send(request).await?;
        let decoded = answer.decode_envelope::<ItemList<T>, ItemList<Box<RawValue>>>(|loose| {
            let ItemList { items, count, links } = loose;
            wire::decode_records(items, |items| ItemList { items, count, links })
        })?;
        let ItemList { items, count, links } = decoded.list;
        let from: Arc<str> = url.into();
        // A link without an address is kept, and refused when it is followed: a page is missing.
        let page_link = |link: Option<Link>| {
            let href = link?.href.into_value().unwrap_or_default();
            Some(PageLink { listing: Arc::clone(&listing), href, from: Arc::clone(&from), of: PhantomData })
        };
        Ok(CursorPage {
            items,
            count,
            next: page_link(links.next),
            previous: page_link(links.previous),
            users: links.users,
            quarantined: decoded.quarantined,
            changed_types: decoded.changed_types,
            date: answer.date(),
            request_id: answer.request_id,
            effort: answer.effort,
        })
    }
}

/// A list without pages that is a bare array.
pub(crate) fn bare_list<T: Tolerant>(answer: &Answer) -> Result<Page<T>> {
    let listed = answer
        .decode_list::<Bare<T>, Bare<Box<RawValue>>>(|records| wire::decode_records(records.0, Bare))?;
    Ok(listed.into_page(|items| (items.0, None)))
}

/// Such an array.
#[derive(Deserialize)]
#[serde(transparent, bound = "R: Deserialize<'de>")]
struct Bare<R>(#[serde(deserialize_with = "wire::records")] Vec<R>);
