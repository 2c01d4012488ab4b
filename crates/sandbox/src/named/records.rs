//! Invalid or unusual records, among valid ones.

use serde_json::{Value, json};

use super::{Listing, NamedFault};
use crate::fault::Fault;

/// Changes the second record of every page from the second on. Another fault may have made it something other
/// than a record.
fn second(listing: &'static Listing, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Fault {
    let records = listing.records;
    listing.always().edit(move |page, _| {
        if let Some(record) = page[records].get_mut(1).filter(|record| record.is_object()) {
            change(record);
        }
    })
}

/// Returns the body with something inserted at each occurrence of a text, a number of bytes after its start.
fn inserted(body: &[u8], place: &str, behind: usize, what: &str) -> Vec<u8> {
    let mut changed = Vec::with_capacity(body.len() * 2);
    let mut rest = body;
    while let Some(at) = rest.windows(place.len()).position(|window| window == place.as_bytes()) {
        let (before, after) = rest.split_at(at + behind);
        changed.extend_from_slice(before);
        changed.extend_from_slice(what.as_bytes());
        // At least the first letter of the text, so that it is not found again.
        let step = place.len() - behind;
        changed.extend_from_slice(&after[..step]);
        rest = &after[step..];
    }
    changed.extend_from_slice(rest);
    changed
}

/// Adds a field next to each id, as bytes: `serde_json` values cannot represent everything.
fn beside_id(listing: &Listing, field: &str) -> Fault {
    let field = field.to_owned();
    listing.always().rewrite(move |body| inserted(&body, "\"id\":\"", 0, &field))
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
    NamedFault::new("unknown-word", "an undocumented word of an enumeration", |listing| {
        let key = listing.word;
        Some(second(listing, move |record| record[key] = json!("tomorrow")))
    }),
    NamedFault::new("unknown-fields", "undocumented fields", |listing| {
        Some(second(listing, |record| record["new_field"] = json!({"deep": [1, null]})))
    }),
    NamedFault::new("number-out-of-range", "a number that does not fit into a double, `1e999`", |listing| {
        Some(beside_id(listing, "\"odd\":1e999,"))
    }),
    NamedFault::new("lone-surrogate", "a lone surrogate in a documented text field", |listing| {
        let text = format!("\"{}\":\"", listing.text);
        Some(listing.always().rewrite(move |body| inserted(&body, &text, text.len(), "Zo\\ud83d")))
    }),
    NamedFault::new("lone-surrogate-unknown", "a lone surrogate in an undocumented field", |listing| {
        Some(beside_id(listing, "\"odd\":\"Zo\\ud83d\","))
    }),
    NamedFault::new("lone-surrogate-in-a-key", "a lone surrogate in the name of a field", |listing| {
        Some(beside_id(listing, "\"Zo\\ud83d\":1,"))
    }),
    NamedFault::new("nested-arrays", "a field with 128 nested arrays", |listing| {
        let nested = format!("\"odd\":{}{},", "[".repeat(128), "]".repeat(128));
        Some(beside_id(listing, &nested))
    }),
    NamedFault::new("changed-type", "an object instead of a text", |listing| {
        let key = listing.text;
        Some(second(listing, move |record| record[key] = json!({"first": "Ada"})))
    }),
];
