//! Records that are not as they should be, among good ones.

use serde_json::{Value, json};

use super::{Listing, NamedFault};
use crate::fault::Fault;

/// Changes the second record of every page from the second on.
fn second(listing: &'static Listing, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Fault {
    let records = listing.records;
    listing.always().edit(move |page, _| {
        if let Some(record) = page[records].get_mut(1) {
            change(record);
        }
    })
}

pub(super) const FAULTS: &[NamedFault] = &[
    NamedFault::new("bad-record", "a record that is a number", |listing| {
        Some(second(listing, |record| *record = json!(42)))
    }),
    NamedFault::new("record-without-id", "a record without an id", |listing| {
        Some(second(listing, |record| {
            if let Some(fields) = record.as_object_mut() {
                fields.remove("id");
            }
        }))
    }),
    NamedFault::new("unknown-word", "a word of an enumeration that nobody published", |listing| {
        let key = listing.word;
        Some(second(listing, move |record| record[key] = json!("tomorrow")))
    }),
    NamedFault::new("unknown-fields", "fields that nobody published", |listing| {
        Some(second(listing, |record| record["new_field"] = json!({"deep": [1, null]})))
    }),
    NamedFault::new("changed-type", "a text that is an object now", |listing| {
        let key = listing.text;
        Some(second(listing, move |record| record[key] = json!({"first": "Ada"})))
    }),
];
