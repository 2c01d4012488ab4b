//! A change of one profile in a file.

use anyprofile::{FieldPath, ProfileId};
use serde_json::Value;

/// The changes of one profile.
#[derive(Debug, PartialEq)]
pub(crate) struct BulkEntry {
    /// The line of the file, starting at 1.
    pub(crate) line: u64,
    pub(crate) id: ProfileId,
    /// The fields and their new values; `None` clears the field.
    pub(crate) fields: Vec<(FieldPath, Option<Value>)>,
}
