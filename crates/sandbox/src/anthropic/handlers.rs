//! The operations.

use serde_json::{Value, json};

use super::cursor::Cursor;
use super::headers::Generation;
use super::listing::Listing;
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
        let (indexes, more) = self.next_indexes(&listing);
        let empty_page_first =
            self.empty_page && generation == Generation::General && listing.cursor.is_none();
        let next = indexes
            .last()
            .filter(|_| more)
            .map(|last| Cursor { after: *last, empty_page_first }.write(self.seed, &listing.kind()));
        // The filter acts after the page was cut, so a page may hold fewer than its limit, or none.
        let shown = indexes.into_iter().filter(|index| listing.accepts(*index));
        let data: Vec<Value> = shown.map(|index| self.records.profile(index, generation)).collect();
        page(&data, next.as_deref())
    }

    pub(super) fn get_user_profile(&self, call: &Call, id: &str) -> Reply {
        match self.records.index_of(id).filter(|index| *index < self.profiles) {
            Some(index) => success(&self.records.profile(index, Generation::of(call))),
            None => error(call, 404, "There is no such user profile."),
        }
    }
}

fn page(data: &[Value], next_page: Option<&str>) -> Reply {
    success(&json!({"data": data, "next_page": next_page}))
}
