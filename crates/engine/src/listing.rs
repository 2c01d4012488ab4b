//! Pages: which collection a page belongs to, and where the listing continues.

use anyprofile_core::{
    Error, ErrorKind, IdKind, ListQuery, Profile, ProfileProvider as _, Result,
    listing::{Cursor, CursorPosition, Next, Page, RemainingPages},
    profile::View,
};
use anyprofile_http::Caller;

use crate::{Collection, Connection, Onward, Place, Position, RecordPage};

/// Reads one page of a listing.
pub(crate) async fn page(
    connection: &Connection,
    caller: &Caller,
    query: &ListQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<Profile>> {
    let (info, capabilities) = (connection.info(), connection.capabilities());
    query.check(info, capabilities)?;
    // Defaults are filled in first, since a cursor is bound to the complete query.
    let query = &query.effective(capabilities);
    let position = cursor.map(|cursor| cursor.position(info, query)).transpose()?;
    let collections = connection.connector().collections(query);
    let listing = Listing { connection, query, collections };
    if cursor.is_none() && listing.is_of_nobody() {
        return Ok(Page::last(Vec::new()));
    }
    let (index, collection) = listing.collection_of(cursor)?;
    let position = position.and_then(Position::of_cursor);
    if position.as_ref().is_some_and(|it| matches!(it, Position::Number(_)) != collection.is_numbered) {
        return Err(Cursor::foreign(info));
    }
    let place = Place::new(&collection.kind, position.as_ref());
    let reading = &caller.reading();
    let mut record_page = match connection.connector().list(reading, query, &place).await {
        Ok(page) => {
            // A page in the service's form proves that the base URL is right.
            info.take_as_proven();
            page
        }
        Err(error) if is_not_offered(collection, &place, &error) && can_be_proven(connection, index) => {
            prove(connection, caller).await?;
            let page = Page::not_offered(caller.spent());
            return Ok(listing.placed(page, index, Next::End));
        }
        Err(error) if is_past_end(collection, &place, &error) => {
            prove(connection, caller).await?;
            RecordPage::new(Page::last(Vec::new()), Onward::End)
        }
        // Every account has this list, so its absence means that the base URL is wrong.
        Err(error) if query.member_of.is_none() && place.position.is_none() => {
            return Err(error.as_wrong_place());
        }
        Err(error) => return Err(error),
    };
    let views = listing.views(collection);
    connection.complete_all(reading, &mut record_page.page.items, &views).await?;
    let RecordPage { mut page, onward } = record_page;
    page.stats = caller.spent();
    let next = listing.next(&mut page, index, onward, place.position);
    Ok(listing.placed(page, index, next))
}

/// Returns whether the service says at the first page that the account does not have the collection.
fn is_not_offered(collection: &Collection, place: &Place<'_>, error: &Error) -> bool {
    collection.is_optional
        && place.position.is_none()
        && error.status() == Some(404)
        && error.is_from_service()
}

/// Returns whether the base URL can be proven without the collection: by the own profile, or by a collection before it.
fn can_be_proven(connection: &Connection, index: usize) -> bool {
    index > 0 || connection.capabilities().operations.current.is_supported()
}

/// Returns whether the service says that a page is after the last one, because the list became shorter. The total then shows whether
/// profiles are missing.
fn is_past_end(collection: &Collection, place: &Place<'_>, error: &Error) -> bool {
    place.number().is_some()
        && collection.past_end.is_some_and(|status| error.status() == Some(status))
        && error.is_from_service()
}

/// Proves that the base URL is right, unless that was just proven. Without a proof, a 404 says nothing.
async fn prove(connection: &Connection, caller: &Caller) -> Result<()> {
    let proof = anyprofile_core::provider::prove_place(connection).await;
    caller.spend(proof.as_ref().map_or_else(Error::stats, |stats| *stats));
    proof.map(drop)
}

struct Listing<'a> {
    connection: &'a Connection,
    query: &'a ListQuery,
    collections: Vec<Collection>,
}

impl Listing<'_> {
    /// Returns whether the query names a collection that the connector leaves out, since nobody in it can match the filter.
    fn is_of_nobody(&self) -> bool {
        let is_listed = |kind: &IdKind| self.collections.iter().any(|it| it.kind == *kind);
        self.query.collection.as_ref().is_some_and(|kind| !is_listed(kind))
    }

    /// Returns the collection of a cursor, or without one that of the query, or else the first.
    fn collection_of(&self, cursor: Option<&Cursor>) -> Result<(usize, &Collection)> {
        let named = cursor.and_then(Cursor::collection).or(self.query.collection.as_ref());
        let mut collections = self.collections.iter().enumerate();
        let found = collections.find(|(_, it)| named.is_none_or(|kind| *kind == it.kind));
        found.ok_or_else(|| match named {
            Some(_) => Cursor::foreign(self.connection.info()),
            None => Error::new(ErrorKind::Internal, "the connector returned no collection for the query")
                .with_provider(self.connection.info())
                .with_operation("list")
                .with_hint("report this as a defect"),
        })
    }

    /// Returns the kind of a collection, if the listing has several.
    fn kind(&self, index: usize) -> Option<&IdKind> {
        self.collections.get(index).map(|it| &it.kind).filter(|_| self.collections.len() > 1)
    }

    /// Returns the records to read for each profile of a collection.
    fn views(&self, collection: &Collection) -> Vec<View> {
        let capabilities = self.connection.capabilities();
        let mut named = capabilities.listing_of(self.query).collections.iter();
        let Some(named) = named.find(|it| it.kind == collection.kind) else { return Vec::new() };
        named.views.iter().chain(named.enrich_views.iter().filter(|_| self.query.enrich)).cloned().collect()
    }

    fn cursor(&self, index: usize, position: CursorPosition) -> Cursor {
        let cursor = Cursor::new(self.connection.info(), self.query, position);
        match self.kind(index) {
            Some(kind) => cursor.in_collection(kind.clone()),
            None => cursor,
        }
    }

    /// Returns how the listing continues after a page.
    fn next(&self, page: &mut Page<Profile>, index: usize, onward: Onward, at: Option<&Position>) -> Next {
        match onward {
            Onward::At(position) => Next::Cursor(self.cursor(index, position.into_cursor())),
            Onward::Ahead(numbers) if !numbers.is_empty() => {
                let remaining = RemainingPages::new(self.connection.info(), self.query, numbers);
                Next::Remaining(match self.kind(index) {
                    Some(kind) => remaining.in_collection(kind.clone()),
                    None => remaining,
                })
            }
            Onward::End | Onward::Ahead(_) => Next::End,
            // An empty page after others proves the end.
            Onward::Claimed(_) if page.items.is_empty() && page.quarantined.is_empty() && at.is_some() => {
                Next::End
            }
            Onward::Unproven => {
                page.is_end_doubted = true;
                Next::End
            }
            Onward::Claimed(position) => {
                page.is_end_claimed = true;
                position
                    .map_or(Next::End, |position| Next::Cursor(self.cursor(index, position.into_cursor())))
            }
        }
    }

    /// Adds to a page its collection, and the cursor of the next collection.
    fn placed(&self, page: Page<Profile>, index: usize, next: Next) -> Page<Profile> {
        let page = page.with_next(next);
        match self.kind(index) {
            Some(kind) => {
                let following = self.kind(index + 1).filter(|_| self.query.collection.is_none());
                let next = following.map(|_| self.cursor(index + 1, CursorPosition::Start));
                page.in_collection(kind.clone(), next)
            }
            None => page,
        }
    }
}
