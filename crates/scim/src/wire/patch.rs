//! Changes of single attributes (RFC 7644 §3.5.2).

use serde::Serialize;
use serde_json::Value;

/// The schema of a change.
const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The changes of a record (`PATCH /Users/{id}`), which are made in their order, all or none. `Debug` shows the paths
/// alone.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PatchRequest {
    schemas: [&'static str; 1],
    /// The changes.
    #[serde(rename = "Operations")]
    pub operations: Vec<PatchOperation>,
}

impl PatchRequest {
    /// Creates a request with these changes.
    pub fn new(operations: Vec<PatchOperation>) -> Self {
        Self { schemas: [PATCH_SCHEMA], operations }
    }
}

impl std::fmt::Debug for PatchRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(&self.operations).finish()
    }
}

/// A change of one attribute. `Debug` shows the attribute alone.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PatchOperation {
    /// What is done.
    pub op: PatchVerb,
    /// The attribute: `displayName`, `name.givenName`, `emails[primary eq true].value`.
    pub path: String,
    /// The value; `None` to remove the attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

impl PatchOperation {
    /// Sets an attribute, whether it has a value or not.
    pub fn replace(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { op: PatchVerb::Replace, path: path.into(), value: Some(value.into()) }
    }

    /// Adds a user to a group.
    pub fn add_member(id: impl Into<String>) -> Self {
        let members = serde_json::json!([{ "value": id.into() }]);
        Self { op: PatchVerb::Add, path: "members".to_owned(), value: Some(members) }
    }

    /// Removes a user or group from a group.
    pub fn remove_member(id: &str) -> Self {
        // As JSON, so that no id ends the filter.
        Self::remove(format!("members[value eq {}]", Value::from(id)))
    }

    /// Removes the value of an attribute.
    pub fn remove(path: impl Into<String>) -> Self {
        Self { op: PatchVerb::Remove, path: path.into(), value: None }
    }
}

impl std::fmt::Debug for PatchOperation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A value filter may have a person's address.
        let path = self.path.split('[').next().unwrap_or_default();
        write!(formatter, "{:?} {path}", self.op)
    }
}

/// What a change does. In lower case, as RFC 7644 writes it; some servers refuse another case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PatchVerb {
    /// Adds values to those that are there.
    Add,
    /// Sets the value.
    Replace,
    /// Removes the value.
    Remove,
}
