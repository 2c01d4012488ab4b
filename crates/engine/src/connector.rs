//! What the code that knows a service says, and what it leaves to the engine.

use std::fmt;

use anyprofile_core::{
    Capabilities, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId, Result, Timestamp, Write,
    async_trait, listing::CursorPosition, profile::View,
};
use anyprofile_http::Caller;

use crate::{Action, Basis, RecordPage};

/// What an API is: which operations answer which wish. How they are sent, checked, completed, planned and verified is the
/// matter of a [`Connection`](crate::Connection).
///
/// Its only input and output is [`Caller::call`]: what is asked for next may come from the last response, and some errors are
/// answers. It keeps nothing of an account but what [`prepare`](Self::prepare) has found; what else an account is known for,
/// the caller [remembers](Caller::remember).
#[async_trait]
pub trait Connector: fmt::Debug + Send + Sync + 'static {
    /// What the service can do, and where it shows which field. Before [`prepare`](Self::prepare) what is known by
    /// configuration alone: a connector that finds it out keeps it in a [`OnceLock`](std::sync::OnceLock).
    fn capabilities(&self) -> &Capabilities;

    /// Finds out what the service can do, where it says so itself. Called before anything else, once for all, and again after
    /// a failure. It only reads. Default: nothing has to be found out.
    ///
    /// # Errors
    /// Those of the operations.
    async fn prepare(&self, caller: &Caller) -> Result<()> {
        let _ = caller;
        Ok(())
    }

    /// The collections that a query is answered from, in their order; one at least. One that cannot hold whom the query asks
    /// for is left out. Default: those that the capabilities name.
    fn collections(&self, query: &ListQuery) -> Vec<Collection> {
        let named = &self.capabilities().listing_of(query).collections;
        named.iter().map(|it| Collection::new(it.kind.clone())).collect()
    }

    /// One page of a collection. The query has a page size and an order where the service has its own.
    ///
    /// # Errors
    /// Those of the operations, and of reading the page.
    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage>;

    /// One profile, from the record that shows most of it, or from the one that is to come first where everything is asked
    /// for. Whether it is who was asked for, the engine looks.
    ///
    /// # Errors
    /// Those of the operation.
    async fn get(&self, caller: &Caller, id: &ProfileId, options: &GetOptions) -> Result<Profile>;

    /// The profile of the credential. Called where the [capabilities](anyprofile_core::capabilities::Operations::current) have it.
    ///
    /// # Errors
    /// Those of the operation.
    async fn current(&self, caller: &Caller, options: &GetOptions) -> Result<Profile> {
        let _ = options;
        Err(self.capabilities().operations.current.missing(caller.info(), "current"))
    }

    /// How somebody is looked for. Default: by the id, and for the rest in the listing.
    async fn look_up(&self, caller: &Caller, key: &FindKey) -> LookUp {
        let _ = caller;
        match key {
            FindKey::NativeId(_) => LookUp::Ids(self.capabilities().operations.get.kinds().to_vec()),
            _ => LookUp::Listed,
        }
    }

    /// All records in which the service shows a profile of this kind, in the order in which they are added to one that was got
    /// with everything; those that it has already are passed over. Of a page, those count that the capabilities name for its
    /// collection: `views` always, `enrich_views` where the query asks for them. Default: both of the listing's.
    fn further_views(&self, kind: &IdKind) -> Vec<View> {
        let collections = &self.capabilities().listing.collections;
        let named = collections.iter().filter(|it| it.kind == *kind);
        named.flat_map(|it| it.views.iter().chain(&it.enrich_views)).cloned().collect()
    }

    /// A further record of a profile. Several are read side by side, of one profile and of a few of a page. A failure that says something of this record alone is no failure of the profile: the
    /// record is then missing for a reason.
    ///
    /// # Errors
    /// Those of the operation.
    async fn complete(&self, caller: &Caller, profile: &Profile, view: &View) -> Result<Profile> {
        let _ = profile;
        let reason = format!("the connector names the record '{view}' and does not read it");
        Err(anyprofile_core::Error::unsupported(caller.info(), "get", &reason))
    }

    /// What has to be known to write, besides the profile. It only reads, and asks the service: what the caller
    /// [remembers](Caller::remember) would be compared with itself. Default: nothing.
    ///
    /// # Errors
    /// Those of the operations.
    async fn basis(&self, caller: &Caller, write: &Write) -> Result<Basis> {
        let (_, _) = (caller, write);
        Ok(Basis::default())
    }

    /// The operations that make a write true, in their order. Sends nothing, and gives the same ones for the same input: what
    /// is so already is not in the write any more. None of a change say that the basis shows it made.
    ///
    /// # Errors
    /// [`Write::unsupported`] for what the service does not have.
    fn write(&self, caller: &Caller, write: &Write, basis: &Basis, now: Timestamp) -> Result<Vec<Action>> {
        let (_, _) = (basis, now);
        Err(write.unsupported(caller.info(), self.capabilities()))
    }
}

/// One of the lists that a listing consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collection {
    /// The kind of the ids in it.
    pub kind: IdKind,
    /// Whether positions in it are numbers, and not tokens or links of the service. Default: no.
    pub is_numbered: bool,
    /// Whether an account may not have it: then its first page is not there, which a 404 says. Default: no.
    pub is_optional: bool,
    /// The status that a page behind the last one has, where the service does not answer with an empty one: a list with
    /// numbered pages may have become shorter meanwhile.
    pub past_end: Option<u16>,
}

impl Collection {
    /// A collection that every account has.
    pub const fn new(kind: IdKind) -> Self {
        Self { kind, is_numbered: false, is_optional: false, past_end: None }
    }

    /// The same collection, in which positions are numbers.
    pub const fn numbered(mut self) -> Self {
        self.is_numbered = true;
        self
    }

    /// The same collection, which not every account has.
    pub const fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    /// The same collection, of which a page behind the last one has this status.
    pub const fn with_past_end(mut self, status: u16) -> Self {
        self.past_end = Some(status);
        self
    }
}

/// Where in a listing a page is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Place<'a> {
    /// The collection.
    pub collection: &'a IdKind,
    /// The position in it that the page before gave; `None` at its first page.
    pub position: Option<&'a Position>,
}

impl<'a> Place<'a> {
    pub(crate) const fn new(collection: &'a IdKind, position: Option<&'a Position>) -> Self {
        Self { collection, position }
    }

    /// The service's token or link, at another page than the first of a collection that goes on by them.
    pub fn token(&self) -> Option<&'a str> {
        match self.position {
            Some(Position::Token(token)) => Some(token),
            _ => None,
        }
    }

    /// The number, at another page than the first of a [numbered](Collection::numbered) collection.
    pub const fn number(&self) -> Option<u64> {
        match self.position {
            Some(Position::Number(number)) => Some(*number),
            _ => None,
        }
    }
}

/// What the service needs to go on. `Debug` shows no token.
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

/// How somebody is looked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum LookUp {
    /// The service was asked for this very profile. That it says there is none (404, or 400 for what cannot be one) is an
    /// answer once the place is proven to be right.
    Direct(Result<Box<Profile>>),
    /// By the id, in these kinds one after the other. Of a key that is no id it cannot be asked.
    Ids(Vec<IdKind>),
    /// In the listing, with the service's search or filter where it has one.
    Listed,
    /// It cannot be asked.
    Unanswerable,
}
