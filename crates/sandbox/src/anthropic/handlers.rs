//! The operations that read profiles.

use serde_json::{Value, json};

use super::cursor::Cursor;
use super::headers::Generation;
use super::listing::Listing;
use super::records::ShownIn;
use super::{Anthropic, error, success};
use crate::exchange::{Call, Reply};

impl Anthropic {
    pub(super) fn list_user_profiles(&self, call: &Call) -> Reply {
        let generation = Generation::of(call);
        let listing = match Listing::parse(&call.query, generation, self.seed) {
            Ok(listing) => listing,
            Err(message) => return error(call, 400, &message),
        };
        if let Some(cursor) = listing.cursor.filter(|cursor| cursor.empty_page_first) {
            let next = Cursor { empty_page_first: false, ..cursor };
            return page(&[], Some(&next.write(self.seed, &listing.kind())));
        }
        let store = self.read_store();
        let (indexes, more) = self.next_indexes(&store, &listing);
        let empty_page_first =
            self.empty_page && generation == Generation::General && listing.cursor.is_none();
        let next = indexes
            .last()
            .filter(|_| more)
            .map(|last| Cursor { after: *last, empty_page_first }.write(self.seed, &listing.kind()));
        // The filter is applied to each page, so a page may have fewer profiles than its limit, or none.
        let profiles = indexes.into_iter().map(|index| store.profile(index));
        let shown = profiles.filter(|profile| listing.accepts(profile));
        let data: Vec<Value> = shown.map(|profile| profile.to_json(generation, ShownIn::Elsewhere)).collect();
        page(&data, next.as_deref())
    }

    pub(super) fn get_user_profile(&self, call: &Call, id: &str) -> Reply {
        let store = self.read_store();
        match store.index_of(id) {
            Some(index) => success(&store.profile(index).to_json(Generation::of(call), ShownIn::Alone)),
            None => no_such_profile(call),
        }
    }
}

pub(super) fn no_such_profile(call: &Call) -> Reply {
    error(call, 404, "There is no such user profile.")
}

fn page(data: &[Value], next_page: Option<&str>) -> Reply {
    success(&json!({"data": data, "next_page": next_page}))
}
