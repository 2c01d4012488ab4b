//! Groups to create or replace.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::Value;

use super::GROUP_SCHEMA;

/// A group to create (`POST /Groups`) or to replace (`PUT /Groups/{id}`). An attribute that is not set is not sent; a replacement
/// without an attribute removes it, `members` too. `Debug` shows no values.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroupInput {
    /// The schemas of the record. Default: that of a group.
    pub schemas: Vec<String>,
    /// The id that the client gives the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The name to show. It is required.
    pub display_name: String,
    /// Who is in the group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberInput>,
    /// Further attributes, by their names, or the URN of an extension.
    #[serde(flatten)]
    pub further: BTreeMap<String, Value>,
}

impl GroupInput {
    /// Creates a group with a name alone.
    pub fn new(display_name: impl Into<String>) -> Self {
        Self {
            schemas: vec![GROUP_SCHEMA.to_owned()],
            external_id: None,
            display_name: display_name.into(),
            members: Vec::new(),
            further: BTreeMap::new(),
        }
    }

    /// Adds a user to the group.
    pub fn with_user(mut self, id: impl Into<String>) -> Self {
        self.members.push(MemberInput::user(id));
        self
    }
}

impl fmt::Debug for GroupInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("GroupInput").field("members", &self.members.len()).finish_non_exhaustive()
    }
}

/// Who is in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MemberInput {
    /// The id of the user or group.
    pub value: String,
    /// `User` or `Group`; `None` to leave it to the server.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub member_type: Option<String>,
}

impl MemberInput {
    /// Creates a member that is a user.
    pub fn user(id: impl Into<String>) -> Self {
        Self { value: id.into(), member_type: Some("User".to_owned()) }
    }
}
