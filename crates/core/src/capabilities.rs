//! What a provider can do, and what it knows of a profile.

mod fields;

use std::{borrow::Cow, fmt};

use serde::Serialize;

pub use self::fields::{AtCreation, FieldSource, FieldSpec, FieldTable, Readable, ValueFormat, WriteRule};

use crate::{
    Error, IdKind, ProfileId, ProviderInfo, Result, Status,
    profile::View,
    query::{FilterPart, Order, OrderField},
};

/// What a provider can do. Static for an account: asking costs no request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// The operations.
    pub operations: Operations,
    /// What a listing of all profiles can be asked for.
    pub listing: ListingCapabilities,
    /// What a listing of an organization's members can be asked for, where there is one.
    pub members: ListingCapabilities,
    /// The fields that the service knows.
    pub fields: FieldTable,
}

/// Which operations a provider supports.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Operations {
    /// List profiles.
    pub list: Support,
    /// Get one profile by its id.
    pub get: Support,
    /// Get the profile of the credential.
    pub current: Support,
    /// Add to a profile what the service shows of it elsewhere: [`GetOptions::enrich`](crate::GetOptions::enrich).
    pub enrich: Support,
    /// List the members of an organization, for these kinds of organizations:
    /// [`ListQuery::member_of`](crate::ListQuery::member_of).
    pub members: Support,
    /// Create a profile.
    pub create: Support,
    /// Update a profile.
    pub update: Support,
    /// Keep a profile from signing in, without deleting it.
    pub deactivate: Support,
    /// Delete a profile.
    pub delete: Support,
    /// Make a link for somebody to enroll with.
    pub enroll: Support,
    /// By which further names than its id a profile can be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<IdAlias>,
}

impl Operations {
    /// The further name that an id is, if it is one.
    pub fn alias(&self, id: &ProfileId) -> Option<&IdAlias> {
        self.aliases.iter().find(|alias| alias.kind == id.kind && id.native().starts_with(&*alias.prefix))
    }
}

/// A form of ids that name a profile of a kind otherwise than by its own id. Whoever is read by one comes under the own id where
/// a record says it. It is for reading alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IdAlias {
    /// The kind.
    pub kind: IdKind,
    /// How such an id begins, where the own ones never do: `name=`.
    pub prefix: Cow<'static, str>,
    /// Where the own id is found, for whoever has to name it.
    pub hint: Cow<'static, str>,
}

impl IdAlias {
    /// Ids of a kind that begin like this, and where the own id is found.
    pub fn new(
        kind: IdKind,
        prefix: impl Into<Cow<'static, str>>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, prefix: prefix.into(), hint: hint.into() }
    }
}

impl Capabilities {
    /// Whether a record that came is the one that was asked for: it has the same id, or was asked for by
    /// [another name](Operations::aliases).
    pub fn is_same(&self, asked: &ProfileId, came: &ProfileId) -> bool {
        let is_of_account = asked.service == came.service && asked.account == came.account;
        let is_of_alias = is_of_account && asked.kind == came.kind && self.operations.alias(asked).is_some();
        asked.is_same_as(came) || is_of_alias
    }
}

/// Whether an operation is supported, and for which ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Support {
    /// For ids of these kinds.
    For(Vec<IdKind>),
    /// Not at all, for this reason.
    No(Cow<'static, str>),
}

impl Support {
    /// For profiles of the kind `user` alone.
    pub fn users() -> Self {
        Self::For(vec![IdKind::USER])
    }

    /// Not at all, for this reason.
    pub const fn no(reason: &'static str) -> Self {
        Self::No(Cow::Borrowed(reason))
    }

    /// For these kinds of ids.
    pub fn of(kinds: impl IntoIterator<Item = IdKind>) -> Self {
        Self::For(kinds.into_iter().collect())
    }

    /// The kinds of ids that the operation is there for.
    pub fn kinds(&self) -> &[IdKind] {
        match self {
            Self::For(kinds) => kinds,
            Self::No(_) => &[],
        }
    }

    /// The error of a provider that does not have the operation.
    pub fn missing(&self, info: &ProviderInfo, operation: &'static str) -> Error {
        let reason = match self {
            Self::No(reason) => reason.as_ref(),
            // Declared and not written: the provider's own fault, which the conformance suite finds.
            Self::For(_) => "this provider declares the operation and does not implement it",
        };
        Error::unsupported(info, operation, reason)
    }

    /// Checks that the operation is there for an id, before anything is sent.
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

    /// Whether the operation is there for any id.
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

/// What a listing can be asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ListingCapabilities {
    /// The collections that are listed, one after the other. None named: one, of any record that the field table knows.
    pub collections: Vec<ListedCollection>,
    /// Whether the caller may choose the number of profiles a page.
    pub page_size: bool,
    /// The most profiles a page, where the service publishes a limit.
    pub max_page_size: Option<u32>,
    /// The page size that is asked for when the caller names none.
    pub default_page_size: Option<u32>,
    /// What the service can order by. With `any_order` it takes further words.
    pub orders: Vec<OrderField>,
    /// Whether the service takes words for `order` that it does not publish.
    pub any_order: bool,
    /// The order that is asked for where the caller names none; without one, the service's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_order: Option<Order>,
    /// Whether the service can search.
    pub search: bool,
    /// The parts of a filter that the service can answer. The others are applied to what comes.
    pub filters: Vec<FilterPart>,
    /// With [`FilterPart::Status`] among them, the statuses that the service has a word for.
    pub filter_statuses: Vec<Status>,
    /// With [`FilterPart::Role`] among them, the words for a role that the service takes; none where it takes any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filter_roles: Vec<Cow<'static, str>>,
    /// Whether the service says how many profiles there are.
    pub declares_total: bool,
    /// Whether the pages are numbered, so that several may be fetched at once.
    pub numbered_pages: bool,
    /// Whether the list can be read from both its ends at once: by [`OrderField::Created`],
    /// ascending and descending, with that time in each record.
    pub both_ends: bool,
    /// Whether a layer leaves out some of what the service sends, so that nobody knows how much is needed for a limit.
    #[serde(skip)]
    pub(crate) is_scoped: bool,
}

/// A collection that a listing has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListedCollection {
    /// The collection, as it is in the ids.
    pub kind: IdKind,
    /// The records that its profiles are read from.
    pub views: Vec<View>,
    /// The records that are added to each profile if the query asks for it ([`ListQuery::enrich`](crate::ListQuery::enrich)).
    pub enrich_views: Vec<View>,
    /// The parts of a filter that the service answers for other collections of the listing and not for this one: they are
    /// applied to what comes, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfiltered: Vec<FilterPart>,
}

impl ListedCollection {
    /// A collection whose profiles are read from these records.
    pub fn new(kind: IdKind, views: impl IntoIterator<Item = View>) -> Self {
        Self { kind, views: views.into_iter().collect(), enrich_views: Vec::new(), unfiltered: Vec::new() }
    }

    /// The same collection, for which the service does not answer these parts of a filter.
    pub fn without_filters(mut self, parts: impl IntoIterator<Item = FilterPart>) -> Self {
        self.unfiltered.extend(parts);
        self
    }

    /// The same collection, to whose profiles these records can be added.
    pub fn enriched_by(mut self, views: impl IntoIterator<Item = View>) -> Self {
        self.enrich_views.extend(views);
        self
    }
}
