//! What a provider supports, and which fields its profiles have.

mod fields;

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

pub use self::fields::{AtCreation, FieldSource, FieldSpec, FieldTable, Readable, ValueFormat, WriteRule};

use crate::{
    Error, IdKind, ProfileId, ProviderInfo, Result, Status,
    profile::View,
    query::{FilterPart, Order, OrderField},
};

/// What a provider supports. Reading it costs no request.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldPath, ProfileProvider, capabilities::Readable};
///
/// let capabilities = provider.prepare().await?;
/// assert!(capabilities.operations.update.is_supported());
/// assert!(!capabilities.operations.enroll.is_supported());
/// assert_eq!(capabilities.fields.readable(&FieldPath::TITLE), Readable::Yes);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// The operations.
    pub operations: Operations,
    /// What the listing of all profiles supports.
    pub listing: ListingCapabilities,
    /// What the listing of an organization's members supports, if the service has one.
    pub members: ListingCapabilities,
    /// The field table: the fields that the service has.
    pub fields: FieldTable,
    /// What a user of the service must know and nothing else here says, each in a few words: `a deleted user stays in the list`. May be
    /// empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traps: Vec<Cow<'static, str>>,
}

/// Which operations a provider supports.
///
/// ```
/// use anyprofile_core::capabilities::{Operations, Support};
///
/// let mut operations = Operations::default();
/// operations.deactivate = Support::users();
/// operations.delete = Support::no("only the service's support deletes users");
/// operations.need(&["deactivate"], "a key with the scope users:write");
/// // How does somebody who leaves lose access here?
/// assert!(operations.deactivate.is_supported() && !operations.delete.is_supported());
/// assert_eq!(operations.needs["deactivate"], "a key with the scope users:write");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Operations {
    /// List profiles.
    pub list: Support,
    /// Get one profile by its id.
    pub get: Support,
    /// Get the profile of the credential.
    pub current: Support,
    /// Add the service's further records of a profile: [`GetOptions::enrich`](crate::GetOptions::enrich).
    pub enrich: Support,
    /// List the members of an organization, for these kinds of organizations:
    /// [`ListQuery::member_of`](crate::ListQuery::member_of).
    pub members: Support,
    /// Create a profile.
    pub create: Support,
    /// Update a profile.
    pub update: Support,
    /// Prevent a profile from signing in, without deleting it.
    pub deactivate: Support,
    /// Delete a profile.
    pub delete: Support,
    /// Create a link for the person of a profile to enroll with.
    pub enroll: Support,
    /// The aliases by which a profile can be read instead of its id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<IdAlias>,
    /// What an operation needs of the credential, as far as the service documents it: by the operation's name, such as
    /// `list`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub needs: BTreeMap<Cow<'static, str>, Cow<'static, str>>,
}

impl Operations {
    /// Adds what operations need of the credential: a key, a role, a permission.
    pub fn need(&mut self, operations: &[&'static str], what: impl Into<Cow<'static, str>>) {
        let what = what.into();
        self.needs.extend(operations.iter().map(|name| (Cow::Borrowed(*name), what.clone())));
    }

    /// Returns the alias that an id is, if it is one.
    pub fn alias(&self, id: &ProfileId) -> Option<&IdAlias> {
        self.aliases.iter().find(|alias| alias.kind == id.kind && id.native().starts_with(&*alias.prefix))
    }
}

/// A form of ids that name a profile by something else than its own id. A profile that is read by an alias has its own id if the
/// record contains it. Aliases are for reading only.
///
/// ```
/// use anyprofile_core::{
///     IdKind, ProfileId,
///     capabilities::{IdAlias, Operations},
/// };
///
/// let mut operations = Operations::default();
/// operations.aliases.push(IdAlias::new(IdKind::USER, "name=", "the own id is in the address of the user's page"));
/// let by_name: ProfileId = "library:main/user/name=ada".parse()?;
/// let own: ProfileId = "library:main/user/7Qx".parse()?;
/// assert!(operations.alias(&by_name).is_some() && operations.alias(&own).is_none());
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IdAlias {
    /// The kind of the ids.
    pub kind: IdKind,
    /// The prefix of such an id, which no own id has: `name=`.
    pub prefix: Cow<'static, str>,
    /// Where a person finds the own id.
    pub hint: Cow<'static, str>,
}

impl IdAlias {
    /// Creates an alias of this kind and prefix.
    pub fn new(
        kind: IdKind,
        prefix: impl Into<Cow<'static, str>>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, prefix: prefix.into(), hint: hint.into() }
    }
}

impl Capabilities {
    /// Returns whether the received record is the requested one: it has the same id, or was requested by an
    /// [alias](Operations::aliases).
    pub fn is_same(&self, asked: &ProfileId, came: &ProfileId) -> bool {
        let is_of_account = asked.service == came.service && asked.account == came.account;
        let is_of_alias = is_of_account && asked.kind == came.kind && self.operations.alias(asked).is_some();
        asked.is_same_as(came) || is_of_alias
    }
}

/// Whether an operation is supported, and for which ids.
///
/// ```
/// use anyprofile_core::{IdKind, capabilities::Support};
///
/// let of_users = Support::users();
/// assert_eq!(of_users.kinds(), [IdKind::USER]);
/// assert!(!Support::no("the service has no end point for it").is_supported());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Support {
    /// Supported for ids of these kinds.
    For(Vec<IdKind>),
    /// Not supported, for this reason.
    No(Cow<'static, str>),
}

impl Support {
    /// Creates the support for ids of the kind `user` only.
    pub fn users() -> Self {
        Self::For(vec![IdKind::USER])
    }

    /// Not supported, for this reason.
    pub const fn no(reason: &'static str) -> Self {
        Self::No(Cow::Borrowed(reason))
    }

    /// Creates the support for these kinds of ids.
    pub fn of(kinds: impl IntoIterator<Item = IdKind>) -> Self {
        Self::For(kinds.into_iter().collect())
    }

    /// Returns the kinds of ids that the operation supports.
    pub fn kinds(&self) -> &[IdKind] {
        match self {
            Self::For(kinds) => kinds,
            Self::No(_) => &[],
        }
    }

    /// Returns the error of an operation that is not supported.
    pub fn missing(&self, info: &ProviderInfo, operation: &'static str) -> Error {
        let reason = match self {
            Self::No(reason) => reason.as_ref(),
            // Declared and not written: the provider's own fault, which the conformance suite finds.
            Self::For(_) => "this provider declares the operation and does not implement it",
        };
        Error::unsupported(info, operation, reason)
    }

    /// Checks that the operation supports an id, before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if it is not; and what
    /// [`ProviderInfo::check_id`] says of another account's id.
    pub fn check(
        &self,
        info: &ProviderInfo,
        operation: impl Into<Cow<'static, str>>,
        id: &ProfileId,
    ) -> Result<()> {
        info.check_id(id)?;
        match self {
            Self::For(kinds) if kinds.contains(&id.kind) => Ok(()),
            Self::For(kinds) => {
                let operation = operation.into();
                let kinds: Vec<_> = kinds.iter().map(IdKind::as_str).collect();
                let kinds = kinds.join(", ");
                let reason = format!(
                    "the service has no '{operation}' for ids of kind '{}', only for: {kinds}",
                    id.kind
                );
                Err(Error::unsupported(info, operation, &reason))
            }
            Self::No(reason) => Err(Error::unsupported(info, operation, reason)),
        }
    }

    /// Returns whether the operation supports at least one kind of ids.
    pub const fn is_supported(&self) -> bool {
        matches!(self, Self::For(_))
    }
}

/// Writes the kinds of ids, or `no` with the reason: `for user, organization`, `no: the service has no such operation`.
impl fmt::Display for Support {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::For(kinds) => {
                let kinds: Vec<_> = kinds.iter().map(IdKind::as_str).collect();
                write!(formatter, "for {}", kinds.join(", "))
            }
            Self::No(reason) => write!(formatter, "no: {reason}"),
        }
    }
}

impl Default for Support {
    fn default() -> Self {
        Self::no("this provider does not offer it")
    }
}

/// What a listing supports.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{
///     ProfileProvider,
///     query::{FilterPart, OrderField},
/// };
///
/// let listing = &provider.prepare().await?.listing;
/// // Can the service itself find the new profiles?
/// assert!(listing.filters.contains(&FilterPart::CreatedSince));
/// assert!(listing.orders.contains(&OrderField::Created));
/// // With a total, a listing can prove that nobody is missing.
/// assert!(listing.declares_total);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListingCapabilities {
    /// The collections, listed one after another. If empty, there is one collection with every record of the field table.
    pub collections: Vec<ListedCollection>,
    /// Whether the caller may choose the page size.
    pub page_size: bool,
    /// The maximum page size, if the service publishes one.
    pub max_page_size: Option<u32>,
    /// The page size for queries that name none.
    pub default_page_size: Option<u32>,
    /// The fields that the service can order by. With `any_order`, it accepts others too.
    pub orders: Vec<OrderField>,
    /// Whether the service accepts fields for `order` that it does not publish.
    pub any_order: bool,
    /// The order for queries that name none; `None` means the order of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_order: Option<Order>,
    /// Whether the service supports a text search.
    pub search: bool,
    /// The parts of a filter that the service can apply. The others are applied to the received profiles.
    pub filters: Vec<FilterPart>,
    /// The statuses that the service can filter by, if `filters` contains [`FilterPart::Status`].
    pub filter_statuses: Vec<Status>,
    /// The roles that the service can filter by, if `filters` contains [`FilterPart::Role`]; empty if it accepts any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filter_roles: Vec<Cow<'static, str>>,
    /// Which changes do not move a profile's time of change, so that a list of changes since a time does not contain them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_caveat: Option<Cow<'static, str>>,
    /// What the service has and does not list for this credential or in this list, with the reason. A complete listing does
    /// not have it either.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hides: Vec<Cow<'static, str>>,
    /// Whether the service returns the total number of profiles.
    pub declares_total: bool,
    /// Whether the pages are numbered, so that several can be fetched concurrently.
    pub numbered_pages: bool,
    /// Whether the list can be read from both ends concurrently: by [`OrderField::Created`], ascending and descending, with that time
    /// in each record.
    pub both_ends: bool,
    /// Whether a layer removes some of the profiles, so that the number of pages for a limit is not known in advance.
    #[serde(skip)]
    pub(crate) is_scoped: bool,
}

/// A collection of a listing.
///
/// ```
/// use anyprofile_core::{IdKind, capabilities::{ListedCollection, ListingCapabilities}, profile::View, query::FilterPart};
///
/// // The service lists its users, and then the open invites, which it does not filter by status.
/// let mut listing = ListingCapabilities::default();
/// let invites = ListedCollection::new(IdKind::new("invite"), [View::new("invite")]);
/// listing.collections = vec![
///     ListedCollection::new(IdKind::USER, [View::new("user")]).enriched_by([View::new("session")]),
///     invites.without_filters([FilterPart::Status]),
/// ];
/// let kinds: Vec<_> = listing.collections.iter().map(|collection| collection.kind.as_str()).collect();
/// assert_eq!(kinds, ["user", "invite"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListedCollection {
    /// The kind of the ids.
    pub kind: IdKind,
    /// The records from which its profiles are read.
    pub views: Vec<View>,
    /// The records that are added to each profile with [`ListQuery::enrich`](crate::ListQuery::enrich).
    pub enrich_views: Vec<View>,
    /// The parts of a filter that the service applies to other collections, but not to this one. They are applied to the received
    /// profiles too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfiltered: Vec<FilterPart>,
    /// Whom the collection has and [`get`](crate::ProfileProvider::get_opts) does not read alone, such as deleted people. A search by id then
    /// goes through the collection, too. `None` if there is nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond_get: Option<Cow<'static, str>>,
}

impl ListedCollection {
    /// Creates a collection whose profiles are read from these records.
    pub fn new(kind: IdKind, views: impl IntoIterator<Item = View>) -> Self {
        Self {
            kind,
            views: views.into_iter().collect(),
            enrich_views: Vec::new(),
            unfiltered: Vec::new(),
            beyond_get: None,
        }
    }

    /// Sets the parts of a filter that the service does not apply to this collection.
    pub fn without_filters(mut self, parts: impl IntoIterator<Item = FilterPart>) -> Self {
        self.unfiltered.extend(parts);
        self
    }

    /// Sets whom the collection has and `get` does not read alone.
    pub fn with_more_than_get(mut self, who: impl Into<Cow<'static, str>>) -> Self {
        self.beyond_get = Some(who.into());
        self
    }

    /// Sets the records that can be added to each profile.
    pub fn enriched_by(mut self, views: impl IntoIterator<Item = View>) -> Self {
        self.enrich_views.extend(views);
        self
    }
}
