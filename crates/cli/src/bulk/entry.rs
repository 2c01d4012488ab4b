//! A change of one profile, as a file has it.

use anyprofile::{FieldPath, ProfileId};
use serde_json::Value;

/// What is to become of one profile.
#[derive(Debug, PartialEq)]
pub(crate) struct Entry {
    /// The line of the file, from 1.
    pub(crate) line: u64,
    pub(crate) id: ProfileId,
    /// The fields with the values that the file has; `None` clears.
    pub(crate) fields: Vec<(FieldPath, Option<Value>)>,
}
