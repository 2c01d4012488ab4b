//! Cursors: opaque tokens for the next page.

use std::{fmt, hash::Hasher as _, ops::Range, str::FromStr};

use fnv::FnvHasher;
use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, IdKind, ListQuery, ProviderInfo, Timestamp};

/// The version of the printed form. Other versions are refused.
const VERSION: &str = "3";
/// Stands in place of the fingerprint if a list is read from both ends.
const BOTH_ENDS: &str = "ends";

/// The position where a listing continues.
///
/// A cursor belongs to one service, account and query; any other listing refuses it. It can be stored: it prints to
/// one line of text and parses from it. Its `Debug` shows no content.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ListQuery, ProfileProvider, ProfileProviderExt, listing::Next};
///
/// # let provider = {
/// #     let ids = ["memory:test/user/a".parse()?, "memory:test/user/b".parse()?];
/// #     let test = anyprofile_core::AccountName::from_static("test");
/// #     anyprofile_core::memory::MemoryProvider::builder(test).with_profiles(ids.map(anyprofile_core::Profile::new)).build()?
/// # };
/// let query = ListQuery::new().with_page_size(1);
/// let Next::Cursor(cursor) = provider.list_page(&query, None).await?.next else { panic!("there are two profiles") };
/// // A text that can be kept. Another process goes on from there, with the same query.
/// let kept = cursor.to_string();
/// let rest = provider.list_from(query, kept.parse().expect("it is a cursor")).read_all().await?;
/// assert_eq!(rest.profiles.len(), 1);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    fingerprint: u64,
    collection: Option<IdKind>,
    position: CursorPosition,
    /// Set for a list that is read from both ends. No provider sees such a cursor.
    ends: Option<Box<Ends>>,
}

/// The positions in a list that is read from both ends.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Ends {
    /// The next page from the newest end; `None` at its start.
    #[serde(with = "printed")]
    pub(crate) newest: Option<Cursor>,
    /// The next page from the oldest end; `None` at its start.
    #[serde(with = "printed")]
    pub(crate) oldest: Option<Cursor>,
    /// The creation time of the last profile from the newest end.
    pub(crate) newest_created: Option<Timestamp>,
    /// The creation time of the last profile from the oldest end.
    pub(crate) oldest_created: Option<Timestamp>,
    pub(crate) is_turn_of_oldest: bool,
    /// Whether the times were out of order, so that only the newest end is read on.
    pub(crate) is_out_of_order: bool,
}

/// Serializes a cursor inside another one in its printed form.
mod printed {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::Cursor;

    #[allow(clippy::ref_option, reason = "serde requires a reference")]
    pub(super) fn serialize<S: Serializer>(
        cursor: &Option<Cursor>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match cursor {
            Some(cursor) => serializer.collect_str(cursor),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Cursor>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}

/// What a service needs to return the next page.
///
/// ```
/// # let (service, account) = ("library".parse()?, "main".parse()?);
/// # let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com");
/// use anyprofile_core::{
///     ListQuery,
///     listing::{Cursor, CursorPosition},
/// };
///
/// let query = ListQuery::new().with_page_size(100);
/// // The service's response names the next page, and the next call of `list_page` asks for it.
/// let cursor = Cursor::new(&info, &query, CursorPosition::Token("9f2".to_owned()));
/// let token = match cursor.position(&info, &query)? {
///     CursorPosition::Start => None,
///     CursorPosition::Token(token) => Some(token.as_str()),
///     _ => return Err(Cursor::foreign(&info)),
/// };
/// assert_eq!(token, Some("9f2"));
/// # Ok::<(), anyprofile_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CursorPosition {
    /// The first page of a collection.
    Start,
    /// A token or link of the service.
    Token(String),
    /// The number of a page.
    PageNumber(u64),
}

impl Cursor {
    /// Creates a cursor for a listing. `query` is the query that was sent, with the provider's default page size and
    /// order filled in; see [`ListQuery::effective`].
    pub fn new(info: &ProviderInfo, query: &ListQuery, position: CursorPosition) -> Self {
        Self { fingerprint: fingerprint(info, query), collection: None, position, ends: None }
    }

    /// Creates a cursor for a list that is read from both ends.
    pub(crate) fn of_ends(ends: Ends) -> Self {
        let ends = Some(Box::new(ends));
        Self { fingerprint: 0, collection: None, position: CursorPosition::Start, ends }
    }

    /// Returns the positions of a list that is read from both ends, or else the cursor itself.
    pub(crate) fn into_ends(self) -> Result<Ends, Self> {
        match self.ends {
            Some(ends) => Ok(*ends),
            None => Err(self),
        }
    }

    /// Sets the collection, for a service that lists several one after the other.
    pub fn in_collection(mut self, collection: IdKind) -> Self {
        self.collection = Some(collection);
        self
    }

    /// Returns whether the cursor is at the first page of a collection.
    pub(crate) fn is_start(&self) -> bool {
        self.position == CursorPosition::Start
    }

    /// Returns whether the cursor is at a numbered page.
    pub(crate) fn is_numbered(&self) -> bool {
        matches!(self.position, CursorPosition::PageNumber(_))
    }

    /// Returns the collection, if the service lists several.
    pub fn collection(&self) -> Option<&IdKind> {
        self.collection.as_ref()
    }

    /// Returns the position, after checking that the cursor belongs to this listing.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the cursor belongs to another service, account or query.
    pub fn position(&self, info: &ProviderInfo, query: &ListQuery) -> crate::Result<&CursorPosition> {
        if self.ends.is_none() && self.fingerprint == fingerprint(info, query) {
            return Ok(&self.position);
        }
        Err(Error::new(ErrorKind::InvalidRequest, "the cursor belongs to another listing")
            .with_provider(info)
            .with_hint(
                "use it with the service, account and query that created it, or start the listing again",
            ))
    }

    /// Creates the error for a cursor whose position has a form that this provider does not use.
    pub fn foreign(info: &ProviderInfo) -> Error {
        Error::new(ErrorKind::InvalidRequest, "the cursor is not from this service")
            .with_provider(info)
            .with_operation("list")
            .with_hint("start the listing again")
    }

    /// Returns a number that is equal for equal cursors, to detect a cursor that was seen before.
    pub(crate) fn digest(&self) -> u64 {
        let collection = self.collection.as_ref().map_or("", IdKind::as_str);
        let mut hasher = FnvHasher::default();
        hasher.write(&self.fingerprint.to_le_bytes());
        write_part(&mut hasher, collection);
        match &self.position {
            CursorPosition::Start => hasher.write(b"s"),
            CursorPosition::Token(token) => {
                hasher.write(b"t");
                hasher.write(token.as_bytes());
            }
            CursorPosition::PageNumber(number) => {
                hasher.write(b"n");
                hasher.write(&number.to_le_bytes());
            }
        }
        hasher.finish()
    }
}

/// Returns what a cursor is bound to: everything that affects the order and the boundaries of the pages.
fn fingerprint(info: &ProviderInfo, query: &ListQuery) -> u64 {
    let ListQuery {
        page_size,
        limit: _,
        enrich: _,
        order,
        search,
        member_of,
        collection,
        filter,
        concurrency: _,
        max_empty_pages: _,
        local_filter,
        unordered: _,
        fresh: _,
    } = query;
    // FNV-1a is the same on every machine and in every version, which stored cursors need.
    let mut hasher = FnvHasher::default();
    write_part(&mut hasher, info.service.as_str());
    write_part(&mut hasher, info.account.as_str());
    write_part(&mut hasher, &info.base_url);
    write_part(&mut hasher, &info.shape);
    write_part(&mut hasher, &page_size.map_or_else(String::new, |size| size.to_string()));
    write_part(&mut hasher, search.as_deref().unwrap_or_default());
    if let Some(organization) = member_of {
        write_part(&mut hasher, &organization.to_string());
    }
    if let Some(collection) = collection {
        write_part(&mut hasher, &format!("collection={collection}"));
    }
    if !filter.is_empty() {
        write_part(&mut hasher, &serde_json::to_string(filter).unwrap_or_default());
    }
    if *local_filter {
        write_part(&mut hasher, "local_filter");
    }
    if let Some(order) = order {
        write_part(&mut hasher, order.field.as_str());
        write_part(&mut hasher, &format!("{:?}", order.direction));
    }
    hasher.finish()
}

/// Writes a text after its length, so that different lists of texts are different bytes.
fn write_part(hasher: &mut FnvHasher, text: &str) {
    hasher.write(&(text.len() as u64).to_le_bytes());
    hasher.write(text.as_bytes());
}

/// Writes the printed form, for storing. Treat it as confidential: it contains the service's token.
impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ends) = &self.ends {
            let ends = serde_json::to_string(ends).map_err(|_| fmt::Error)?;
            return write!(formatter, "{VERSION}.{BOTH_ENDS}.{ends}");
        }
        let collection = self.collection.as_ref().map_or("", IdKind::as_str);
        write!(formatter, "{VERSION}.{:016x}.{collection}/", self.fingerprint)?;
        match &self.position {
            CursorPosition::Start => formatter.write_str("s"),
            CursorPosition::Token(token) => write!(formatter, "t{token}"),
            CursorPosition::PageNumber(number) => write!(formatter, "n{number}"),
        }
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (version, rest) = text.split_once('.').ok_or(CursorError::Form)?;
        if version != VERSION {
            return Err(CursorError::Version);
        }
        let (fingerprint, rest) = rest.split_once('.').ok_or(CursorError::Form)?;
        if fingerprint == BOTH_ENDS {
            return serde_json::from_str(rest).map(Self::of_ends).map_err(|_| CursorError::Form);
        }
        // The name of a collection has no slash.
        let (collection, position) = rest.split_once('/').ok_or(CursorError::Form)?;
        let collection = match collection {
            "" => None,
            name => Some(name.parse().map_err(|_| CursorError::Form)?),
        };
        if fingerprint.len() != 16 {
            return Err(CursorError::Form);
        }
        let fingerprint = u64::from_str_radix(fingerprint, 16).map_err(|_| CursorError::Form)?;
        let position = match position.as_bytes().first() {
            Some(b's') if position.len() == 1 => CursorPosition::Start,
            Some(b't') => CursorPosition::Token(position[1..].to_owned()),
            Some(b'n') => CursorPosition::PageNumber(position[1..].parse().map_err(|_| CursorError::Form)?),
            _ => return Err(CursorError::Form),
        };
        Ok(Self { fingerprint, collection, position, ends: None })
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Cursor(..)")
    }
}

impl fmt::Debug for CursorPosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => formatter.write_str("Start"),
            Self::Token(_) => formatter.write_str("Token(..)"),
            Self::PageNumber(number) => formatter.debug_tuple("PageNumber").field(number).finish(),
        }
    }
}

/// The error for a text that is not a cursor.
///
/// ```
/// use anyprofile_core::listing::{Cursor, CursorError};
///
/// assert_eq!("the second page".parse::<Cursor>(), Err(CursorError::Form));
/// // It was kept by an older program, so the listing starts again.
/// assert_eq!("2.0123456789abcdef.user/n7".parse::<Cursor>(), Err(CursorError::Version));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CursorError {
    /// The text does not have the form of a cursor.
    Form,
    /// The cursor was stored by another version.
    Version,
}

impl fmt::Display for CursorError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Form => "not a stored cursor",
            Self::Version => "the cursor was stored by another version; start the listing again",
        })
    }
}

impl std::error::Error for CursorError {}

/// The cursors of all remaining pages of a numbered listing. If a service lists several collections one after the
/// other, they are those of one collection: its last page leads to the next.
///
/// ```
/// # let (service, account) = ("library".parse()?, "main".parse()?);
/// # let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com");
/// use anyprofile_core::{
///     ListQuery,
///     listing::{CursorPosition, Next, Page, RemainingPages},
/// };
///
/// let query = ListQuery::new().with_page_size(100);
/// // The first page says that there are seven.
/// let remaining = RemainingPages::new(&info, &query, 2..8);
/// assert_eq!(remaining.len(), 6);
/// for cursor in remaining.cursors() {
///     assert!(matches!(cursor.position(&info, &query)?, CursorPosition::PageNumber(2..8)));
/// }
/// let page = Page::last(vec!["ada", "grace"]).with_next(Next::Remaining(remaining));
/// # assert!(matches!(page.next, Next::Remaining(_)));
/// # Ok::<(), anyprofile_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemainingPages {
    fingerprint: u64,
    collection: Option<IdKind>,
    numbers: Range<u64>,
}

impl RemainingPages {
    /// Creates the cursors of the pages with these numbers. `numbers` must not be empty.
    pub fn new(info: &ProviderInfo, query: &ListQuery, numbers: Range<u64>) -> Self {
        Self { fingerprint: fingerprint(info, query), collection: None, numbers }
    }

    /// Sets the collection, for a service that lists several one after the other.
    pub fn in_collection(mut self, collection: IdKind) -> Self {
        self.collection = Some(collection);
        self
    }

    /// Returns the number of remaining pages.
    pub fn len(&self) -> u64 {
        self.numbers.end.saturating_sub(self.numbers.start)
    }

    /// Returns whether no page remains.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the cursors in order. Their pages may be fetched concurrently.
    pub fn cursors(&self) -> impl Iterator<Item = Cursor> + use<> {
        let (fingerprint, collection) = (self.fingerprint, self.collection.clone());
        self.numbers.clone().map(move |number| Cursor {
            fingerprint,
            collection: collection.clone(),
            position: CursorPosition::PageNumber(number),
            ends: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Order, OrderField};

    fn info(account: &str) -> ProviderInfo {
        ProviderInfo::new(
            "upsun".parse().unwrap(),
            account.parse().unwrap(),
            "Upsun",
            "https://api.example.com",
        )
    }

    #[test]
    fn a_cursor_is_refused_with_another_account_or_query() {
        let query = ListQuery::new().with_page_size(10);
        let cursor = Cursor::new(&info("a"), &query, CursorPosition::Token("t".to_owned()));
        assert!(cursor.position(&info("a"), &query).is_ok());
        for (info, query) in [
            (info("b"), query.clone()),
            (info("a"), query.clone().with_page_size(11)),
            (info("a"), query.clone().with_search("x")),
            (info("a"), query.clone().with_member_of("upsun:a/organization/x".parse().unwrap())),
            (info("a"), query.clone().with_order(Order::ascending(OrderField::Name))),
        ] {
            let error = cursor.position(&info, &query).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        }
    }

    #[test]
    fn a_cursor_prints_as_it_did_when_it_was_stored() {
        let query = ListQuery::new()
            .with_page_size(10)
            .with_search("é")
            .with_member_of("upsun:a/organization/x".parse().unwrap())
            .with_order(Order::ascending(OrderField::Name));
        let cursor = Cursor::new(&info("a"), &query, CursorPosition::PageNumber(2));
        assert_eq!(cursor.to_string(), "3.0c743a667277bb34./n2");
    }

    #[test]
    fn a_limit_is_the_callers_and_not_the_pages() {
        let cursor = Cursor::new(&info("a"), &ListQuery::new(), CursorPosition::PageNumber(2));
        assert!(cursor.position(&info("a"), &ListQuery::new().with_limit(3)).is_ok());
    }

    #[test]
    fn what_was_stored_by_another_version_is_told_apart() {
        assert_eq!("2.0000000000000000.tx".parse::<Cursor>(), Err(CursorError::Version));
        assert_eq!("".parse::<Cursor>(), Err(CursorError::Form));
        assert_eq!("3.é000000000000000./tx".parse::<Cursor>(), Err(CursorError::Form));
    }

    #[test]
    fn debug_shows_no_content() {
        let cursor = Cursor::new(&info("a"), &ListQuery::new(), CursorPosition::Token("secret".to_owned()));
        assert_eq!(format!("{cursor:?}"), "Cursor(..)");
    }

    proptest::proptest! {
        #[test]
        fn a_stored_cursor_reads_back(token in ".*", number: u64) {
            let positions =
                [CursorPosition::Start, CursorPosition::Token(token), CursorPosition::PageNumber(number)];
            for position in positions {
                let cursor = Cursor::new(&info("a"), &ListQuery::new(), position);
                proptest::prop_assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor.clone());
                let cursor = cursor.in_collection(IdKind::ORGANIZATION);
                proptest::prop_assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor.clone());
                let ends = Ends { newest: Some(cursor), is_turn_of_oldest: true, ..Ends::default() };
                let both = Cursor::of_ends(ends);
                proptest::prop_assert_eq!(both.to_string().parse::<Cursor>().unwrap(), both.clone());
                proptest::prop_assert!(both.position(&info("a"), &ListQuery::new()).is_err());
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<Cursor>();
        }
    }
}
