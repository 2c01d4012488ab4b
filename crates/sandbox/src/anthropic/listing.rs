//! The parameters of a listing, and the indexes of its pages.

use std::sync::Arc;

use super::Anthropic;
use super::cursor::Cursor;
use super::headers::Generation;
use super::records::Profile;
use super::store::Store;
use crate::exchange::Query;
use crate::server::lock;

const DEFAULT_LIMIT: u64 = 20;
const MAX_LIMIT: u64 = 100;

/// A request for a page.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) limit: u64,
    ascending: bool,
    by_name: bool,
    /// The enforcement statuses to list; all if empty.
    statuses: Vec<String>,
    pub(super) cursor: Option<Cursor>,
}

impl Listing {
    pub(super) fn parse(query: &Query, generation: Generation, seed: u64) -> Result<Self, String> {
        let limit = match query.get("limit").map(str::parse) {
            None => DEFAULT_LIMIT,
            Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
            Some(_) => return Err(format!("limit: must be between 1 and {MAX_LIMIT}")),
        };
        let ascending = match query.get("order") {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(_) => return Err("order: must be `asc` or `desc`".to_owned()),
        };
        let by_name = match query.get("order_by") {
            Some(_) if !generation.has_order_by() => {
                return Err("order_by: not known to this `anthropic-beta`".to_owned());
            }
            None | Some("created_at") => false,
            Some("name") => true,
            Some(_) => return Err("order_by: must be `created_at` or `name`".to_owned()),
        };
        // The clients write brackets, the reference does not.
        let spellings = ["enforcement_status[]", "enforcement_status"];
        let mut statuses: Vec<String> =
            spellings.into_iter().flat_map(|name| query.all(name)).map(str::to_owned).collect();
        if !statuses.is_empty() && generation != Generation::General {
            return Err("enforcement_status: not known to this `anthropic-beta`".to_owned());
        }
        if let Some(unknown) = statuses.iter().find(|status| !STATUSES.contains(&status.as_str())) {
            return Err(format!("enforcement_status: `{unknown}` is not a status"));
        }
        statuses.sort();
        let mut listing = Self { limit, ascending, by_name, statuses, cursor: None };
        if let Some(page) = query.get("page") {
            let cursor = Cursor::read(page, seed, &listing.kind());
            listing.cursor = Some(cursor.ok_or("page: not a cursor of this listing")?);
        }
        Ok(listing)
    }

    /// Returns what a cursor is bound to. The limit is not part of it: it may change from page to page.
    pub(super) fn kind(&self) -> String {
        format!("{} {} {}", self.ascending, self.by_name, self.statuses.join(","))
    }

    pub(super) fn accepts(&self, profile: &Profile) -> bool {
        self.statuses.is_empty() || self.statuses.iter().any(|status| status == profile.enforcement_status)
    }
}

const STATUSES: [&str; 4] = ["unrestricted", "pending", "restricted", "banned"];

/// The indexes ordered by name. Profiles with a name come first.
#[derive(Debug, Clone)]
pub(super) struct NameOrder {
    /// The number of writes before it.
    version: u64,
    indexes: Arc<[u64]>,
    named: usize,
}

impl Anthropic {
    /// Returns the next `limit` indexes of a listing, and whether more follow.
    pub(super) fn next_indexes(&self, store: &Store, listing: &Listing) -> (Vec<u64>, bool) {
        let limit = usize::try_from(listing.limit).unwrap_or(usize::MAX);
        let after = listing.cursor.map(|cursor| cursor.after);
        let total = store.total();
        let all: Box<dyn Iterator<Item = u64>> = match (listing.by_name, listing.ascending) {
            (false, true) => Box::new(after.map_or(0, |after| after.saturating_add(1))..total),
            (false, false) => Box::new((0..after.unwrap_or(total).min(total)).rev()),
            (true, ascending) => {
                let NameOrder { indexes, named, .. } = self.name_order(store);
                // Descending order reverses the names, but profiles without a name stay last.
                let turned = if ascending { 0 } else { named };
                let turn = move |place: usize| if place < turned { turned - 1 - place } else { place };
                let first = after.map_or(0, |after| {
                    indexes
                        .iter()
                        .position(|index| *index == after)
                        .map_or(indexes.len(), |place| turn(place) + 1)
                });
                Box::new((first..indexes.len()).map(move |place| indexes[turn(place)]))
            }
        };
        // Deleted profiles keep their position until here, so that a cursor at one of them stays valid.
        let mut rest = all.filter(|index| !store.is_deleted(*index));
        let page = rest.by_ref().take(limit).collect();
        (page, rest.next().is_some())
    }

    /// Cached for the next page, which also needs the complete order.
    fn name_order(&self, store: &Store) -> NameOrder {
        let mut cached = lock(&self.by_name);
        if let Some(order) = cached.as_ref().filter(|order| order.version == store.version) {
            return order.clone();
        }
        let mut keys: Vec<(bool, String, u64)> = (0..store.total())
            .map(|index| {
                let name = store.name(index);
                (name.is_none(), name.unwrap_or_default().to_ascii_lowercase(), index)
            })
            .collect();
        keys.sort_unstable();
        let named = keys.partition_point(|(is_nameless, _, _)| !is_nameless);
        let indexes = keys.into_iter().map(|(_, _, index)| index).collect();
        cached.insert(NameOrder { version: store.version, indexes, named }).clone()
    }
}
