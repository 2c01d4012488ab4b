//! Users to create or replace.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::Value;

use super::USER_SCHEMA;

/// A user to create (`POST /Users`) or to replace (`PUT /Users/{id}`). An attribute that is not set is not sent; a
/// replacement without an attribute removes it. `Debug` shows no values.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserInput {
    /// The schemas of the record. Default: that of a user.
    pub schemas: Vec<String>,
    /// The id; only in a replacement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The id that the client gives the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The name that the user signs in with. It is required.
    pub user_name: String,
    /// The parts of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<NameInput>,
    /// The name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether the user may sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// E-mail addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<ValueInput>,
    /// Further attributes, by their names: `title`, `locale`, or the URN of an extension.
    #[serde(flatten)]
    pub further: BTreeMap<String, Value>,
}

impl UserInput {
    /// Creates a user with a user name alone.
    pub fn new(user_name: impl Into<String>) -> Self {
        Self {
            schemas: vec![USER_SCHEMA.to_owned()],
            id: None,
            external_id: None,
            user_name: user_name.into(),
            name: None,
            display_name: None,
            active: None,
            emails: Vec::new(),
            further: BTreeMap::new(),
        }
    }
}

impl fmt::Debug for UserInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("UserInput").finish_non_exhaustive()
    }
}

/// The parts of a name. A part that is not set is not sent. `Debug` shows no values.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NameInput {
    /// The given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// What stands before the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_prefix: Option<String>,
    /// What stands behind the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_suffix: Option<String>,
    /// The full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
}

impl fmt::Debug for NameInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NameInput").finish_non_exhaustive()
    }
}

/// One of several values. `Debug` shows no value.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ValueInput {
    /// The value.
    pub value: String,
    /// What the value is for: `work`, `home`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub value_type: Option<String>,
    /// Whether it is the main one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary: Option<bool>,
}

impl ValueInput {
    /// Creates the main value.
    pub fn primary(value: impl Into<String>, value_type: impl Into<String>) -> Self {
        Self { value: value.into(), value_type: Some(value_type.into()), primary: Some(true) }
    }
}

impl fmt::Debug for ValueInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ValueInput").field("type", &self.value_type).finish_non_exhaustive()
    }
}
