//! Pages of a listing.

use std::cmp::Ordering;

use super::{
    MemoryProvider, MemoryRequest, lock,
    store::{Mark, ProfileStore},
};
use crate::{
    Capabilities, IdKind, ListQuery, Profile, ProfileProvider as _, ProviderInfo, Result, Timestamp, Verdict,
    capabilities::ListingCapabilities,
    listing::{Cursor, CursorPosition, Next, Page, RemainingPages},
    query::{Direction, FilterPart, Order, OrderField},
};

/// The number of profiles in a page, if neither the query nor the capabilities say it.
pub(super) const PAGE_SIZE: u32 = 100;

/// Returns one page of a listing.
pub(super) fn page(
    provider: &MemoryProvider,
    query: &ListQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<Profile>> {
    let (info, capabilities) = (provider.info(), provider.capabilities());
    if query.member_of.is_none() && !capabilities.operations.list.is_supported() {
        return Err(capabilities.operations.list.missing(info, "list"));
    }
    query.check(info, capabilities)?;
    let query = &query.effective(capabilities);
    let position = cursor.map(|cursor| cursor.position(info, query)).transpose()?;
    let listing = Listing::new(info, capabilities, query, cursor)?;
    let start = Start::of(position, listing.of.numbered_pages).ok_or_else(|| Cursor::foreign(info))?;
    provider.note(MemoryRequest::read(format!("memory:{}", listing.kind().map_or("", IdKind::as_str))));
    info.take_as_proven();
    let page = listing.page(&mut lock(&provider.0.store), start)?;
    Ok(page.with_date(provider.0.clock.as_ref().map(|clock| clock())))
}

/// Where a page starts.
enum Start {
    /// After this profile; `None` at the start of the list.
    After(Option<Mark>),
    /// At the page with this number, from 1.
    Page(u64),
}

impl Start {
    /// Returns `None` for a position that this listing does not use.
    fn of(position: Option<&CursorPosition>, is_numbered: bool) -> Option<Self> {
        match position {
            None | Some(CursorPosition::Start) if is_numbered => Some(Self::Page(1)),
            None | Some(CursorPosition::Start) => Some(Self::After(None)),
            Some(CursorPosition::PageNumber(number)) if is_numbered => Some(Self::Page((*number).max(1))),
            Some(CursorPosition::Token(token)) if !is_numbered => Some(Self::After(Some(Mark::read(token)?))),
            Some(_) => None,
        }
    }
}

/// A sort key. Profiles without a known key come first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SortKey {
    Unknown,
    Time(Timestamp),
    Text(String),
}

impl SortKey {
    fn of(profile: &Profile, order: Option<&Order>) -> Self {
        let time = |time: Option<&Timestamp>| time.map_or(Self::Unknown, |time| Self::Time(*time));
        let text = |text: Option<&str>| text.map_or(Self::Unknown, |text| Self::Text(text.to_lowercase()));
        match order.map(|order| &order.field) {
            Some(OrderField::Created) => time(profile.times.created.value()),
            Some(OrderField::Updated) => time(profile.times.updated.value()),
            Some(OrderField::Name) => text(profile.name.display.value().map(String::as_str)),
            Some(OrderField::Email) => text(profile.email()),
            _ => Self::Unknown,
        }
    }
}

/// One collection of a listing.
struct Listing<'a> {
    info: &'a ProviderInfo,
    capabilities: &'a Capabilities,
    query: &'a ListQuery,
    of: &'a ListingCapabilities,
    /// The index of the declared collection; `None` if none is declared.
    collection: Option<usize>,
    pushed: Vec<FilterPart>,
}

impl<'a> Listing<'a> {
    fn new(
        info: &'a ProviderInfo,
        capabilities: &'a Capabilities,
        query: &'a ListQuery,
        cursor: Option<&Cursor>,
    ) -> Result<Self> {
        let of = capabilities.listing_of(query);
        let place = |kind: &IdKind| of.collections.iter().position(|it| it.kind == *kind);
        let collection = match cursor.and_then(Cursor::collection).or(query.collection.as_ref()) {
            Some(kind) => Some(place(kind).ok_or_else(|| Cursor::foreign(info))?),
            None => (!of.collections.is_empty()).then_some(0),
        };
        let pushed = query.filter_plan(capabilities).pushed;
        Ok(Self { info, capabilities, query, of, collection, pushed })
    }

    fn kind(&self) -> Option<&'a IdKind> {
        Some(&self.of.collections.get(self.collection?)?.kind)
    }

    /// Returns the page at a start.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a start that is no longer known.
    fn page(&self, store: &mut ProfileStore, start: Start) -> Result<Page<Profile>> {
        let order = self.query.order.as_ref();
        let after = match &start {
            Start::After(Some(mark)) => {
                let known = store.key_of(*mark, order.map(|order| &order.field)).or_else(|| {
                    // Another provider created the mark, perhaps in another run of the program.
                    Some(SortKey::of(store.at(mark.place)?, order))
                });
                Some((known.ok_or_else(|| Cursor::foreign(self.info))?, mark.place))
            }
            _ => None,
        };
        let mut listed: Vec<_> = store
            .all()
            .filter(|(_, profile)| self.has(profile, store))
            .map(|(place, profile)| (SortKey::of(profile, order), place, profile))
            .collect();
        listed.sort_by(|one, other| self.compare((&one.0, one.1), (&other.0, other.1)));
        let size = self.query.page_size.unwrap_or(PAGE_SIZE).max(1) as usize;
        let first = match (&start, &after) {
            (Start::After(_), None) => 0,
            (Start::After(_), Some((key, place))) => {
                listed.partition_point(|it| self.compare((&it.0, it.1), (key, *place)).is_le())
            }
            (Start::Page(number), _) => {
                usize::try_from(number - 1).unwrap_or(usize::MAX).saturating_mul(size)
            }
        };
        let count = listed.len();
        let mut shown: Vec<_> = listed.into_iter().skip(first).take(size).collect();
        let items: Vec<_> = shown.iter().map(|(_, _, profile)| (*profile).clone()).collect();
        let last = shown.pop().map(|(key, place, _)| (key, place));
        let next = match (last, start) {
            (None, _) => Next::End,
            _ if first.saturating_add(size) >= count => Next::End,
            (Some((key, place)), Start::After(_)) => {
                let mark = store.mark(place, key, order.map(|order| &order.field));
                Next::Cursor(self.cursor(CursorPosition::Token(mark.written())))
            }
            (Some(_), Start::Page(number)) => self.remaining(number, count.div_ceil(size) as u64),
        };
        let total = self.of.declares_total.then_some(count as u64);
        let page = Page::last(items)
            .with_next(next)
            .with_declared_total(total)
            .with_numbered(self.of.numbered_pages);
        Ok(match self.kind() {
            Some(kind) => page.in_collection(kind.clone(), self.next_collection()),
            None => page,
        })
    }

    /// Returns whether a profile is in this listing.
    fn has(&self, profile: &Profile, store: &ProfileStore) -> bool {
        let is_of_kind = match (self.kind(), &self.query.member_of) {
            (Some(kind), _) => profile.id.kind == *kind,
            (None, Some(_)) => true,
            (None, None) => self.capabilities.operations.list.kinds().contains(&profile.id.kind),
        };
        let is_member = || self.query.member_of.as_ref().is_none_or(|it| store.is_member(it, &profile.id));
        // If it is not known whether a profile matches, the caller decides.
        let is_wanted = |part: &FilterPart| {
            self.query.filter.verdict_of(*part, profile, self.capabilities) != Verdict::No
        };
        let is_found = || self.query.search.as_ref().is_none_or(|text| has_text(profile, text));
        is_of_kind && is_member() && self.pushed.iter().all(is_wanted) && is_found()
    }

    fn compare(&self, one: (&SortKey, u64), other: (&SortKey, u64)) -> Ordering {
        let is_descending =
            self.query.order.as_ref().is_some_and(|order| order.direction == Direction::Descending);
        let by_key = match (one.0, other.0) {
            (SortKey::Unknown, _) | (_, SortKey::Unknown) => one.0.cmp(other.0),
            (one, other) if is_descending => other.cmp(one),
            (one, other) => one.cmp(other),
        };
        by_key.then(one.1.cmp(&other.1))
    }

    fn cursor(&self, position: CursorPosition) -> Cursor {
        let cursor = Cursor::new(self.info, self.query, position);
        match self.kind() {
            Some(kind) => cursor.in_collection(kind.clone()),
            None => cursor,
        }
    }

    /// Returns the pages after a page.
    fn remaining(&self, number: u64, pages: u64) -> Next {
        let remaining = RemainingPages::new(self.info, self.query, number + 1..pages + 1);
        Next::Remaining(match self.kind() {
            Some(kind) => remaining.in_collection(kind.clone()),
            None => remaining,
        })
    }

    fn next_collection(&self) -> Option<Cursor> {
        let next =
            self.of.collections.get(self.collection? + 1).filter(|_| self.query.collection.is_none())?;
        Some(Cursor::new(self.info, self.query, CursorPosition::Start).in_collection(next.kind.clone()))
    }
}

/// Returns whether a name or an address contains a text. Case is ignored.
fn has_text(profile: &Profile, text: &str) -> bool {
    let text = text.to_lowercase();
    let addresses = profile.emails.items().iter().filter_map(|email| email.address.value());
    let names = [&profile.name.display, &profile.name.given, &profile.name.family, &profile.username];
    let mut texts = addresses.chain(names.into_iter().filter_map(|name| name.value()));
    texts.any(|known| known.to_lowercase().contains(&text))
}
