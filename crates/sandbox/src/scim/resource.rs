//! A user or a group as it is stored, and as it is shown.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::path::Record;
use super::schema::Kind;
use crate::rng::key_of_text;

/// What is not encoded in a segment of a path (RFC 3986 §2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A user or a group. What follows from others is added where it is shown.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    pub(super) kind: Kind,
    pub(super) id: String,
    /// What a client may write, and what no schema names.
    pub(super) fields: Record,
    pub(super) created: String,
    pub(super) modified: String,
    /// The number of changes, so that a record that is changed back has another version.
    pub(super) revision: u64,
}

/// Returns the URL of a resource.
pub(super) fn location(base_url: &str, kind: Kind, id: &str) -> String {
    format!("{base_url}{}/{}", kind.endpoint(), utf8_percent_encode(id, SEGMENT))
}

impl Resource {
    /// Returns the record with its id and with what is known about it. `derived` is what other records say.
    pub(super) fn shown(&self, base_url: &str, derived: Option<(&str, Value)>) -> Record {
        let mut record = self.fields.clone();
        record.insert("id".to_owned(), self.id.as_str().into());
        if let Some((name, value)) = derived {
            record.insert(name.to_owned(), value);
        }
        // The port is not a part of what the record says.
        let content = Value::Object(record.clone()).to_string().replace(base_url, "");
        let version = key_of_text(self.revision, &content);
        record.insert(
            "meta".to_owned(),
            json!({
                "resourceType": self.kind.name(),
                "created": self.created,
                "lastModified": self.modified,
                "location": location(base_url, self.kind, &self.id),
                "version": format!("W/\"{version:016x}\""),
            }),
        );
        record
    }
}
