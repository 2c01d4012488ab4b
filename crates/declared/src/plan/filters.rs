//! What a list can be filtered by.

use std::collections::BTreeMap;

use anyprofile_core::{IdKind, Status, profile::View};

use super::{
    PAGE, Resolver,
    collections::{PartOf, PartPlan},
    paging::no_paging,
};
use crate::{
    definition::{Collection, FilterRequest, Map},
    flaw::Key,
    mapping::RecordPlan,
    template::{JsonTemplate, Template},
};

/// What a list can be filtered by.
#[derive(Debug, Default)]
pub(crate) struct Filters {
    pub(crate) email: Option<FilterPlan>,
    pub(crate) search: Option<FilterPlan>,
    pub(crate) status: BTreeMap<Status, FilterPlan>,
    pub(crate) mfa: BTreeMap<bool, FilterPlan>,
    pub(crate) updated_since: Option<FilterPlan>,
    pub(crate) created_since: Option<FilterPlan>,
    pub(crate) role: Option<FilterPlan>,
}

/// What a filter adds to a request.
#[derive(Debug)]
pub(crate) struct FilterPlan {
    pub(crate) query: Vec<(String, Vec<Template>)>,
    pub(crate) body: Vec<(String, JsonTemplate)>,
    pub(crate) covers_parts: bool,
    pub(crate) is_lower_case: bool,
    pub(crate) caveat: Option<String>,
    /// Its number in the collection.
    pub(crate) number: usize,
    pub(crate) words: Vec<String>,
    /// Another list, whose single page has all matches.
    pub(crate) part: Option<Box<PartPlan>>,
}

impl Filters {
    /// Returns all filters.
    pub(crate) fn all(&self) -> impl Iterator<Item = &FilterPlan> {
        let single = [&self.email, &self.search, &self.updated_since, &self.created_since, &self.role];
        single.into_iter().flatten().chain(self.status.values()).chain(self.mfa.values())
    }
}

impl Resolver<'_> {
    pub(super) fn filters(
        &mut self,
        key: &Key,
        collection: &Collection,
        kind: &IdKind,
        view: &View,
    ) -> Filters {
        let (key, filters) = (key.then("filters"), &collection.filters);
        let mut of = |key: &Key, filter: &FilterRequest| self.filter(key, filter, collection, kind, view);
        let mut one = |name: &str, filter: &Option<FilterRequest>| {
            filter.as_ref().map(|filter| of(&key.then(name), filter))
        };
        let (email, search) = (one("email", &filters.email), one("search", &filters.search));
        let (updated_since, created_since) =
            (one("updated_since", &filters.updated_since), one("created_since", &filters.created_since));
        let role = one("role", &filters.role);
        let mut status = BTreeMap::new();
        for (word, filter) in &filters.status {
            let key = key.then("status").then(word.as_str());
            let plan = self.filter(&key, filter, collection, kind, view);
            if !Status::WORDS.contains(&word.as_str()) {
                self.flaws.add(&key, format!("a status is one of {}", Status::WORDS.join(", ")));
            }
            status.insert(Status::from(word.as_str()), plan);
        }
        let mut mfa = BTreeMap::new();
        for (word, filter) in &filters.mfa {
            let key = key.then("mfa").then(word.as_str());
            let plan = self.filter(&key, filter, collection, kind, view);
            match word.parse::<bool>() {
                Ok(value) => drop(mfa.insert(value, plan)),
                Err(_) => self.flaws.add(&key, "the second factor is true or false"),
            }
        }
        if mfa.len() == 1 {
            self.flaws.add(&key.then("mfa"), "a filter by the second factor has both values: true and false");
        }
        let mut filters = Filters { email, search, status, mfa, updated_since, created_since, role };
        let single = [
            &mut filters.email,
            &mut filters.search,
            &mut filters.updated_since,
            &mut filters.created_since,
            &mut filters.role,
        ];
        let all =
            single.into_iter().flatten().chain(filters.status.values_mut()).chain(filters.mfa.values_mut());
        for (number, filter) in all.enumerate() {
            filter.number = number;
        }
        filters
    }

    fn filter(
        &mut self,
        key: &Key,
        filter: &FilterRequest,
        collection: &Collection,
        kind: &IdKind,
        view: &View,
    ) -> FilterPlan {
        let query = self.query(&key.then("query"), &filter.query, PAGE);
        let mut body = Vec::new();
        for (pointer, value) in &filter.body {
            let key = key.then("body").then(pointer.as_str());
            self.check_pointer(&key, pointer);
            match JsonTemplate::parse(value) {
                Ok(template) => body.push((pointer.clone(), template)),
                Err(message) => self.flaws.add(&key, message),
            }
        }
        if query.is_empty() && body.is_empty() && filter.request.is_none() {
            self.flaws.add(key, "a filter changes the request: query, body or request");
        }
        if !collection.parts.is_empty() && !filter.covers_parts && filter.request.is_none() {
            let replaced = collection.parts.iter().flat_map(|part| part.query.keys());
            for name in replaced.filter(|name| filter.query.contains_key(*name)) {
                self.flaws.add(
                    &key.then("query").then(name.as_str()),
                    "it replaces what makes a part of the list; if the filter is for all parts, say `covers_parts = true`",
                );
            }
        }
        // Whoever another part has would be read with what is said of the first one.
        let first = collection.parts.first().filter(|_| filter.covers_parts);
        let has_own = |part: &&crate::definition::Part| {
            part.request.is_some() || part.records.is_some() || !part.map.is_empty()
        };
        if first.is_some_and(|first| has_own(&first)) {
            self.flaws.add(
                &key.then("covers_parts"),
                "the first part has a `request`, `records` or a `map` of its own, which is not for everybody whom the filter finds",
            );
        }
        let part = filter.request.as_ref().and_then(|template| {
            let request = self.request(&key.then("request"), template, PAGE)?;
            let paging = no_paging();
            let maps: [&Map; 2] = [&self.definition.map, &collection.map];
            let of = PartOf {
                request,
                query: Vec::new(),
                records: filter.records.as_deref().unwrap_or(&collection.records),
                is_keyed: collection.keyed,
                empty_if: collection.empty_if.as_deref(),
                paging: &paging,
                total_at: None,
                plan: RecordPlan::new(kind, view, &maps, &collection.skip, &[], &self.definition.secrets),
            };
            Some(Box::new(self.part(key, of)))
        });
        let words = filter.words.iter().map(ToString::to_string).collect();
        FilterPlan {
            query,
            body,
            covers_parts: filter.covers_parts,
            is_lower_case: filter.lower_case,
            caveat: filter.caveat.clone(),
            number: 0,
            words,
            part,
        }
    }
}
