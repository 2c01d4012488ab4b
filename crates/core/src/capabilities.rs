//! What a provider can do, and what it knows of a profile.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    Error, FieldPath, FilterPart, IdKind, ListQuery, OrderField, ProfileId, ProviderInfo, Result, Status,
    View,
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
    /// [`ListQuery::member_of`].
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

    /// Checks that the operation is there for an id, before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if it is not; and what
    /// [`ProviderInfo::check_id`] says of another account's id.
    pub fn check(&self, info: &ProviderInfo, operation: &'static str, id: &ProfileId) -> Result<()> {
        info.check_id(id)?;
        match self {
            Self::For(kinds) if kinds.contains(&id.kind) => Ok(()),
            Self::For(kinds) => {
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
    /// Whether the service can search.
    pub search: bool,
    /// The parts of a filter that the service can answer. The others are applied to what comes.
    pub filters: Vec<FilterPart>,
    /// With [`FilterPart::Status`] among them, the statuses that the service has a word for.
    pub filter_statuses: Vec<Status>,
    /// Whether the service says how many profiles there are.
    pub declares_total: bool,
    /// Whether the pages are numbered, so that several may be fetched at once.
    pub numbered_pages: bool,
    /// Whether the list can be read from both its ends at once: by [`OrderField::Created`](crate::OrderField::Created),
    /// ascending and descending, with that time in each record.
    pub both_ends: bool,
}

/// A collection that a listing has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListedCollection {
    /// The collection, as it is in the ids.
    pub kind: IdKind,
    /// The records that its profiles are read from.
    pub views: Vec<View>,
    /// The records that are added to each profile if the query asks for it ([`ListQuery::enrich`]).
    pub enrich_views: Vec<View>,
}

impl ListedCollection {
    /// A collection whose profiles are read from these records.
    pub fn new(kind: IdKind, views: impl IntoIterator<Item = View>) -> Self {
        Self { kind, views: views.into_iter().collect(), enrich_views: Vec::new() }
    }

    /// The same collection, to whose profiles these records can be added.
    pub fn enriched_by(mut self, views: impl IntoIterator<Item = View>) -> Self {
        self.enrich_views.extend(views);
        self
    }
}

impl ListingCapabilities {
    /// Checks that this service can answer a query, before anything is sent.
    ///
    /// Gives the rules that the query breaks, as pairs of the query's part and what is wrong with it.
    pub fn violations(&self, query: &ListQuery) -> Vec<(&'static str, String)> {
        let mut violations = Vec::new();
        if let Some(size) = query.page_size {
            match self.max_page_size {
                _ if size == 0 => violations.push(("page_size", "is at least 1".to_owned())),
                _ if !self.page_size => {
                    violations.push(("page_size", "cannot be chosen at this service".to_owned()));
                }
                Some(max) if size > max => violations.push(("page_size", format!("is at most {max}"))),
                _ => {}
            }
        }
        if query.search.is_some() && !self.search {
            violations.push(("search", "this service cannot search".to_owned()));
        }
        if let Some(order) = &query.order {
            let is_known = self.orders.contains(&order.field);
            let may_be_known = self.any_order && matches!(order.field, OrderField::Other(_));
            if !is_known && !may_be_known {
                let orders: Vec<_> = self.orders.iter().map(OrderField::as_str).collect();
                violations.push((
                    "order",
                    if orders.is_empty() {
                        "this service does not order its profiles".to_owned()
                    } else {
                        format!("this service orders by {}", orders.join(", "))
                    },
                ));
            }
        }
        violations
    }
}

/// Whether a field can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Readable {
    /// The service has it and shows it.
    Yes,
    /// The service has it and shows it only to a credential with this permission.
    Withheld {
        /// The permission.
        needs: Cow<'static, str>,
    },
    /// The service does not have it, or its API does not show it.
    No,
}

/// How a field can be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WriteRule {
    /// The kinds of ids for which it can be written.
    pub id_kinds: Cow<'static, [IdKind]>,
    /// What a value must look like.
    pub format: ValueFormat,
    /// Whether an update can set it.
    pub update: bool,
    /// Whether it can be given when a profile is created.
    pub create: AtCreation,
    /// Whether the service documents how to clear it.
    pub clear: bool,
    /// What else a change of it does, for the plan: that it resets a password, for one.
    pub warning: Option<Cow<'static, str>>,
    /// What else it does when a profile is created with it: that a message is sent, for one.
    pub creation_warning: Option<Cow<'static, str>>,
}

/// Whether a field is given when a profile is created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AtCreation {
    /// It has to be.
    Required,
    /// It may be.
    Optional,
    /// It cannot be.
    #[default]
    No,
}

/// What a value must look like. Lengths are in characters (Unicode scalar values), not bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ValueFormat {
    /// Any text, of at most so many characters where the service publishes a limit.
    Text {
        /// The limit.
        max_characters: Option<u32>,
    },
    /// An e-mail address; only that it has an `@` with something on both sides is checked.
    Email,
    /// An absolute URI; only that it has a scheme is checked.
    Uri,
    /// Two upper-case letters, as ISO 3166-1 alpha-2 has them; whether there is such a country is not checked.
    Country,
    /// A point in time, RFC 3339.
    Time,
    /// One of these words.
    OneOf(Cow<'static, [&'static str]>),
    /// `true` or `false`.
    Bool,
    /// A list of names, each once and in no order: all that there are to be then.
    Names {
        /// The most characters of a name.
        max_characters: Option<u32>,
    },
    /// A list of roles, each once and in no order: all that there are to be then. Each is written as
    /// [`RoleAssignment::reference`](crate::RoleAssignment::reference) writes it.
    Roles {
        /// How far a role may reach: the first word is meant where none is written, the others need the id of a place.
        tiers: Cow<'static, [&'static str]>,
    },
    /// Several lines of text, separated by `\n`. The last one is not empty.
    Lines {
        /// The most lines.
        max_lines: u32,
    },
    /// Pairs of texts; each can be written by itself, as `metadata.KEY`.
    Pairs {
        /// The most pairs.
        max_pairs: Option<u32>,
        /// The most characters of a key.
        max_key_characters: Option<u32>,
        /// The most characters of a value.
        max_value_characters: Option<u32>,
    },
}

impl WriteRule {
    /// A field that can be set for these kinds of ids by an update, and not cleared.
    pub const fn set_only(id_kinds: &'static [IdKind], format: ValueFormat) -> Self {
        Self {
            id_kinds: Cow::Borrowed(id_kinds),
            format,
            update: true,
            create: AtCreation::No,
            clear: false,
            warning: None,
            creation_warning: None,
        }
    }

    /// The same field, which may or must be given when a profile is created.
    pub const fn at_creation(mut self, create: AtCreation) -> Self {
        self.create = create;
        self
    }

    /// The same field, which no update can set.
    pub const fn not_by_update(mut self) -> Self {
        self.update = false;
        self
    }

    /// The same field, which can be cleared in the way that the service documents.
    pub const fn clearable(mut self) -> Self {
        self.clear = true;
        self
    }

    /// The same field, a change of which does something else too.
    pub fn with_warning(mut self, warning: &'static str) -> Self {
        self.warning = Some(Cow::Borrowed(warning));
        self
    }

    /// The same field, with which the creation of a profile does something else too.
    pub fn with_creation_warning(mut self, warning: &'static str) -> Self {
        self.creation_warning = Some(Cow::Borrowed(warning));
        self
    }
}

/// One field of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldSpec {
    /// The field of the profile.
    pub path: FieldPath,
    /// Where the service shows it.
    pub sources: Vec<FieldSource>,
    /// Whether it can be read.
    pub read: Readable,
    /// How it can be written; `None` if it cannot.
    pub write: Option<WriteRule>,
}

/// Where a service shows a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldSource {
    /// The record that has it; `None` where every record of the service does.
    pub view: Option<View>,
    /// The service's own name for it.
    pub name: Cow<'static, str>,
}

impl FieldSpec {
    /// A field that can be read and not written, from every record of the service.
    pub fn read(path: FieldPath, name: &'static str) -> Self {
        Self::unread(path).with_source(None, name)
    }

    /// A field that can be read from this one record and not written. [`and_in`](Self::and_in) adds others.
    pub fn read_in(path: FieldPath, view: View, name: &'static str) -> Self {
        Self::unread(path).with_source(Some(view), name)
    }

    fn unread(path: FieldPath) -> Self {
        Self { path, sources: Vec::new(), read: Readable::Yes, write: None }
    }

    fn with_source(mut self, view: Option<View>, name: &'static str) -> Self {
        self.sources.push(FieldSource { view, name: Cow::Borrowed(name) });
        self
    }

    /// The same field, which another record has too.
    pub fn and_in(self, view: View, name: &'static str) -> Self {
        self.with_source(Some(view), name)
    }

    /// The same field, writable by this rule.
    pub fn writable(mut self, rule: WriteRule) -> Self {
        self.write = Some(rule);
        self
    }

    /// The same field, shown only to a credential with this permission.
    pub fn withheld(mut self, needs: &'static str) -> Self {
        self.read = Readable::Withheld { needs: Cow::Borrowed(needs) };
        self
    }

    /// Whether a record has the field.
    pub fn is_in(&self, view: &View) -> bool {
        self.sources.iter().any(|source| source.view.as_ref().is_none_or(|known| known == view))
    }
}

/// The fields that a service knows. What is not in it is unsupported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldTable(Vec<FieldSpec>);

impl FieldTable {
    /// The entry of a field; of one pair of the metadata, that of the metadata.
    pub fn get(&self, path: &FieldPath) -> Option<&FieldSpec> {
        let path = if path.metadata_key().is_some() { &FieldPath::METADATA } else { path };
        self.0.iter().find(|spec| spec.path == *path)
    }

    /// Whether a field can be read, from some record of the service.
    pub fn readable(&self, path: &FieldPath) -> Readable {
        self.get(path).map_or(Readable::No, |spec| spec.read.clone())
    }

    /// Whether a field can be read from one of these records. No record named means any.
    pub fn readable_in<'a>(&self, path: &FieldPath, views: impl IntoIterator<Item = &'a View>) -> Readable {
        let Some(spec) = self.get(path) else { return Readable::No };
        let mut views = views.into_iter().peekable();
        let is_there = views.peek().is_none() || views.any(|view| spec.is_in(view));
        if is_there { spec.read.clone() } else { Readable::No }
    }

    /// All entries.
    pub fn iter(&self) -> impl Iterator<Item = &FieldSpec> {
        self.0.iter()
    }
}

impl FromIterator<FieldSpec> for FieldTable {
    fn from_iter<I: IntoIterator<Item = FieldSpec>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl Capabilities {
    /// What the listing that a query asks for can do: that of all profiles, or that of an organization's members.
    pub fn listing_of(&self, query: &ListQuery) -> &ListingCapabilities {
        if query.member_of.is_some() { &self.members } else { &self.listing }
    }

    /// Whether a field can be read from what the listing that a query asks for shows, in one collection at least.
    pub fn listed(&self, path: &FieldPath, query: &ListQuery) -> Readable {
        let collections = &self.listing_of(query).collections;
        if collections.is_empty() {
            return self.fields.readable(path);
        }
        let of_each = collections.iter().map(|collection| self.readable_of(path, collection, query));
        of_each.reduce(|one, other| if one == Readable::Yes { one } else { other }).unwrap_or(Readable::No)
    }

    /// The collections of the listing that a query asks for which do not show a field.
    pub fn unlisted(&self, path: &FieldPath, query: &ListQuery) -> Vec<IdKind> {
        let collections = self.listing_of(query).collections.iter();
        let without = collections.filter(|it| self.readable_of(path, it, query) != Readable::Yes);
        without.map(|collection| collection.kind.clone()).collect()
    }

    fn readable_of(&self, path: &FieldPath, collection: &ListedCollection, query: &ListQuery) -> Readable {
        let added = collection.enrich_views.iter().filter(|_| query.enrich);
        self.fields.readable_in(path, collection.views.iter().chain(added))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;

    #[test]
    fn a_query_that_the_service_cannot_answer_is_told_all_at_once() {
        let listing = ListingCapabilities {
            page_size: true,
            max_page_size: Some(100),
            orders: vec![OrderField::Created],
            ..ListingCapabilities::default()
        };
        let query = ListQuery::new()
            .with_page_size(101)
            .with_search("ada")
            .with_order(Order::ascending(OrderField::Name));
        let violations = listing.violations(&query);
        let parts: Vec<_> = violations.iter().map(|(part, _)| *part).collect();
        assert_eq!(parts, ["page_size", "search", "order"]);
        assert!(listing.violations(&ListQuery::new().with_page_size(100)).is_empty());
        assert_eq!(listing.violations(&ListQuery::new().with_page_size(0)).len(), 1);
    }
}
