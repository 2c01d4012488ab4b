//! Which fields the listing of a query shows.

use super::ListQuery;
use crate::{
    Capabilities, FieldPath, IdKind,
    capabilities::{ListedCollection, ListingCapabilities, Readable},
};

impl Capabilities {
    /// Returns the capabilities of the listing that the query selects: all profiles, or the members of an
    /// organization.
    pub fn listing_of(&self, query: &ListQuery) -> &ListingCapabilities {
        if query.member_of.is_some() { &self.members } else { &self.listing }
    }

    /// Returns the collections that the query lists; none if its listing is a single list.
    pub fn collections_of<'a>(&'a self, query: &'a ListQuery) -> impl Iterator<Item = &'a ListedCollection> {
        let is_listed =
            |it: &&ListedCollection| query.collection.as_ref().is_none_or(|kind| *kind == it.kind);
        self.listing_of(query).collections.iter().filter(is_listed)
    }

    /// Returns whether at least one collection of the query's listing shows a field.
    pub fn listed(&self, path: &FieldPath, query: &ListQuery) -> Readable {
        if self.listing_of(query).collections.is_empty() {
            return self.fields.readable(path);
        }
        let of_each = self.collections_of(query).map(|collection| self.readable_of(path, collection, query));
        of_each.reduce(|one, other| if one == Readable::Yes { one } else { other }).unwrap_or(Readable::No)
    }

    /// Returns the collections of the query's listing that do not show a field.
    pub fn unlisted(&self, path: &FieldPath, query: &ListQuery) -> Vec<IdKind> {
        let without =
            self.collections_of(query).filter(|it| self.readable_of(path, it, query) != Readable::Yes);
        without.map(|collection| collection.kind.clone()).collect()
    }

    /// Returns the fields that the query's listing does not show, and shows with [`ListQuery::enrich`]: they are in further
    /// records of each profile.
    pub fn only_enriched(&self, query: &ListQuery) -> Vec<FieldPath> {
        let enriched = query.clone().with_enrich(true);
        let is_shown = |path: &FieldPath, query| self.listed(path, query) == Readable::Yes;
        let paths = self.fields.iter().map(|spec| &spec.path);
        paths.filter(|path| !is_shown(path, query) && is_shown(path, &enriched)).cloned().collect()
    }

    fn readable_of(&self, path: &FieldPath, collection: &ListedCollection, query: &ListQuery) -> Readable {
        let added = collection.enrich_views.iter().filter(|_| query.enrich);
        self.fields.readable_in(path, collection.views.iter().chain(added))
    }
}
