//! The trait that a service implements for the engine.

use std::fmt;

use anyprofile_core::{
    Capabilities, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId, Result, Timestamp, Write,
    async_trait, check::Finding, listing::CursorPosition, profile::View,
};
use anyprofile_http::Caller;

use crate::{Action, Basis, RecordPage};

/// Describes an API to the engine: which operations do what a caller asks for. A [`Connection`](crate::Connection) sends, checks,
/// completes, plans and verifies them.
///
/// Its only input and output is [`Caller::call`]. A method may call several operations one after the other, and may treat an error as
/// a result. A connector stores nothing about an account, except what [`prepare`](Self::prepare) has found. Other facts go to the
/// [cache](Caller::remember) of the caller.
#[async_trait]
pub trait Connector: fmt::Debug + Send + Sync + 'static {
    /// Returns what the service supports, and which record shows which field.
    ///
    /// Before [`prepare`](Self::prepare), it returns what follows from the configuration alone. A connector that finds out more keeps
    /// it in a [`OnceLock`](std::sync::OnceLock).
    fn capabilities(&self) -> &Capabilities;

    /// Finds out what the service supports, if the service reports it. Default: does nothing.
    ///
    /// Called once, before everything else, and again after a failure. It only reads.
    ///
    /// # Errors
    /// Those of the operations.
    async fn prepare(&self, caller: &Caller) -> Result<()> {
        let _ = caller;
        Ok(())
    }

    /// Examines the service: reports what it can do, and where it differs from what it says. It only reads. Default: finds nothing.
    ///
    /// # Errors
    /// Those of operations whose failure is no finding.
    async fn examine(&self, caller: &Caller) -> Result<Vec<Finding>> {
        let _ = caller;
        Ok(Vec::new())
    }

    /// Returns the collections to list for a query, in this order. At least one is required. Leave out a collection that cannot hold a
    /// profile for the query. Default: those that the capabilities name.
    fn collections(&self, query: &ListQuery) -> Vec<Collection> {
        let named = &self.capabilities().listing_of(query).collections;
        named.iter().map(|it| Collection::new(it.kind.clone())).collect()
    }

    /// Reads one page of a collection. The query already has the service's own page size and order, if the caller chose none.
    ///
    /// # Errors
    /// Those of the operations and of reading the page.
    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage>;

    /// Reads one profile, from the record that shows most of it, or that comes first if all records are requested. The engine checks
    /// that the id is the requested one.
    ///
    /// # Errors
    /// Those of the operation.
    async fn get(&self, caller: &Caller, id: &ProfileId, options: &GetOptions) -> Result<Profile>;

    /// Reads the profile of the credential. Called only if the
    /// [capabilities](anyprofile_core::capabilities::Operations::current) have it.
    ///
    /// # Errors
    /// Those of the operation.
    async fn current(&self, caller: &Caller, options: &GetOptions) -> Result<Profile> {
        let _ = options;
        Err(self.capabilities().operations.current.missing(caller.info(), "current"))
    }

    /// Decides how to find a profile by a key. Default: an id with [`get`](Self::get), and every other key in the listing.
    async fn look_up(&self, caller: &Caller, key: &FindKey) -> LookUp {
        let _ = caller;
        match key {
            FindKey::NativeId(_) => LookUp::Ids(self.capabilities().operations.get.kinds().to_vec()),
            _ => LookUp::Listed,
        }
    }

    /// Returns all records in which the service shows a profile of this kind, in the order in which they are added to an enriched
    /// profile. Records that a profile already has are skipped. Default: `views` and `enrich_views` of the listing's collections.
    ///
    /// Listings do not use it: their capabilities name the records of each collection, `views` for every query and `enrich_views` for
    /// a query that asks for them.
    fn further_views(&self, kind: &IdKind) -> Vec<View> {
        let collections = &self.capabilities().listing.collections;
        let named = collections.iter().filter(|it| it.kind == *kind);
        named.flat_map(|it| it.views.iter().chain(&it.enrich_views)).cloned().collect()
    }

    /// Reads a further record of a profile. Called concurrently for several records, and for several profiles of a page.
    ///
    /// An error about this record alone does not fail the profile: the profile then says why the record is missing.
    ///
    /// # Errors
    /// Those of the operation.
    async fn complete(&self, caller: &Caller, profile: &Profile, view: &View) -> Result<Profile> {
        let _ = profile;
        let reason = format!("the connector names the record '{view}' and does not read it");
        Err(anyprofile_core::Error::unsupported(caller.info(), "get", &reason))
    }

    /// Reads what a write depends on besides the profile. Default: nothing.
    ///
    /// `current` is the profile that the plan compares the write with, if it has one: what it shows need not be read.
    ///
    /// It only reads, and must ask the service and not the [cache](Caller::remember): the engine calls it again before a write, to see
    /// whether something has changed.
    ///
    /// # Errors
    /// Those of the operations.
    async fn basis(&self, caller: &Caller, write: &Write, current: Option<&Profile>) -> Result<Basis> {
        let (_, _, _) = (caller, write, current);
        Ok(Basis::default())
    }

    /// Returns the operations of a write, in their order. Sends nothing, and returns the same operations for the same input.
    ///
    /// The engine has already removed unchanged fields from the write. No operations for a change mean that the basis shows it as
    /// already done.
    ///
    /// # Errors
    /// [`Write::unsupported`] for what the service does not have.
    fn write(&self, caller: &Caller, write: &Write, basis: &Basis, now: Timestamp) -> Result<Vec<Action>> {
        let (_, _) = (basis, now);
        Err(write.unsupported(caller.info(), self.capabilities()))
    }
}

/// One list of the service. A listing consists of one or more collections.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collection {
    /// The kind of its ids.
    pub kind: IdKind,
    /// Whether its positions are numbers instead of tokens or links of the service. Default: no.
    pub is_numbered: bool,
    /// Whether an account may not have it. The service then responds to its first page with 404. Default: no.
    pub is_optional: bool,
    /// The status of a page after the last one, if the service does not return an empty page. A list with numbered pages may become
    /// shorter while it is listed.
    pub past_end: Option<u16>,
}

impl Collection {
    /// Creates a collection that every account has.
    pub const fn new(kind: IdKind) -> Self {
        Self { kind, is_numbered: false, is_optional: false, past_end: None }
    }

    /// Marks the positions as numbers.
    pub const fn numbered(mut self) -> Self {
        self.is_numbered = true;
        self
    }

    /// Marks the collection as one that an account may not have.
    pub const fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    /// Sets the status of a page after the last one.
    pub const fn with_past_end(mut self, status: u16) -> Self {
        self.past_end = Some(status);
        self
    }
}

/// The place of a page in a listing.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Place<'a> {
    /// The collection.
    pub collection: &'a IdKind,
    /// The position that the page before returned; `None` for the first page of the collection.
    pub position: Option<&'a Position>,
}

impl<'a> Place<'a> {
    pub(crate) const fn new(collection: &'a IdKind, position: Option<&'a Position>) -> Self {
        Self { collection, position }
    }

    /// Returns the service's token or link; `None` for the first page, or in a [numbered](Collection::numbered) collection.
    pub fn token(&self) -> Option<&'a str> {
        match self.position {
            Some(Position::Token(token)) => Some(token),
            _ => None,
        }
    }

    /// Returns the number; `None` for the first page, or if the collection is not [numbered](Collection::numbered).
    pub const fn number(&self) -> Option<u64> {
        match self.position {
            Some(Position::Number(number)) => Some(*number),
            _ => None,
        }
    }
}

/// What the service needs to return the next page. `Debug` shows no token.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Position {
    /// A token or link of the service.
    Token(String),
    /// The number of a page, or of its first record.
    Number(u64),
}

impl Position {
    pub(crate) fn of_cursor(position: &CursorPosition) -> Option<Self> {
        match position {
            CursorPosition::Token(token) => Some(Self::Token(token.clone())),
            CursorPosition::PageNumber(number) => Some(Self::Number(*number)),
            _ => None,
        }
    }

    pub(crate) fn into_cursor(self) -> CursorPosition {
        match self {
            Self::Token(token) => CursorPosition::Token(token),
            Self::Number(number) => CursorPosition::PageNumber(number),
        }
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(_) => formatter.write_str("Token(..)"),
            Self::Number(number) => formatter.debug_tuple("Number").field(number).finish(),
        }
    }
}

/// How to find a profile by a key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum LookUp {
    /// The result of a direct request to the service. An error that says that no such profile exists (404, or 400 for an invalid key)
    /// counts as "not found" after the base URL is proven to be right.
    Direct(Result<Box<Profile>>),
    /// The same, of a request that finds profiles with ids of these kinds only. The collections with other kinds are searched as for
    /// [`Listed`](Self::Listed), also if it found somebody: a person may have a profile and an invitation.
    DirectAmong(Result<Box<Profile>>, Vec<IdKind>),
    /// Look the id up in these kinds, one after the other. A key that is not an id cannot be looked up.
    Ids(Vec<IdKind>),
    /// Search the listing, with the service's search or filter if it has one.
    Listed,
    /// The service cannot find profiles by this key.
    Unanswerable,
}
