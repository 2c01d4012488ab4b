//! Writes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::RequestTemplate;

/// How profiles of some kinds are updated.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Update {
    /// The kinds of ids. Default: `user`.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The request, without the changed fields in its body. Not needed if each field has a request of its own.
    #[serde(default)]
    pub request: Option<RequestTemplate>,
    /// What is sent besides the changed fields. Default: nothing.
    #[serde(default)]
    pub keep: Keep,
    /// What the response is.
    #[serde(default)]
    pub answers: Answers,
    /// Where the record is in the response, if it shows the profile.
    #[serde(default)]
    pub record: String,
    /// Where the profile's id is in the response, if it shows no more of the profile. Another id there is an error.
    #[serde(default)]
    pub id: Option<String>,
    /// Whether the profile is read before, because the request would create it if it is not there. Default: no.
    #[serde(default)]
    pub must_exist: bool,
    /// The writable fields, by path.
    pub fields: BTreeMap<String, WriteField>,
}

/// What an update sends besides the changed fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Keep {
    /// The whole record, as it was read before.
    #[serde(default)]
    pub whole: bool,
    /// Values of the record, as it was read before: the pointer in the body, and the pointer in the record.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// Parts of the whole record that are not sent.
    #[serde(default)]
    pub without: Vec<String>,
}

/// What the response to a write is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Answers {
    /// The profile, in the form of `get`.
    #[default]
    Record,
    /// Nothing, or a confirmation. The profile is read after the write.
    Nothing,
}

/// How a field is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct WriteField {
    /// Where the value is in the body.
    #[serde(default)]
    pub at: Option<String>,
    /// The service's value for ours: `active = false`, `suspended = true`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, Value>"))]
    pub values: BTreeMap<String, Value>,
    /// For a status: the action of each value, instead of a place in the body.
    #[serde(default)]
    pub actions: BTreeMap<String, String>,
    /// A request of its own, with `{value}`.
    #[serde(default)]
    pub request: Option<RequestTemplate>,
    /// The format of a value. Default: that of the field, and text for a text.
    #[serde(default)]
    pub format: Option<Format>,
    /// The largest number of characters.
    #[serde(default)]
    pub max: Option<u32>,
    /// How the field is cleared. Default: it cannot be cleared.
    #[serde(default)]
    pub clear: Option<Clear>,
    /// A side effect of a change, shown in the plan.
    #[serde(default)]
    pub warning: Option<String>,
    /// Whether the list of the field has exactly one value, which is sent as it is. Default: no.
    #[serde(default)]
    pub single: bool,
}

/// The format of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Format {
    /// Any text.
    Text,
    /// An e-mail address.
    Email,
    /// An absolute URI.
    Uri,
    /// Two upper-case letters.
    Country,
    /// `true` or `false`.
    Bool,
    /// Names, as a list.
    Names,
}

/// How a field is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Clear {
    /// With `null`.
    Null,
    /// With an empty text.
    Empty,
    /// With an empty list.
    EmptyList,
}

/// A request that a write refers to by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ActionRequest {
    /// The request.
    pub request: RequestTemplate,
    /// What the response is. Default: nothing.
    #[serde(default = "nothing")]
    pub answers: Answers,
    /// Where the record is in the response, if it shows the profile.
    #[serde(default)]
    pub record: String,
    /// A side effect, shown in the plan.
    #[serde(default)]
    pub warning: Option<String>,
}

const fn nothing() -> Answers {
    Answers::Nothing
}

/// How a profile is deactivated or deleted: actions, one after the other, or a status that an update sets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct End {
    /// The kinds of ids. Default: `user`.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The actions, by name.
    #[serde(default)]
    pub actions: Vec<String>,
    /// The status that an update sets.
    #[serde(default)]
    pub status: Option<String>,
    /// Whether the profile is read before, because the request says nothing about one that is not there. Default: no.
    #[serde(default)]
    pub must_exist: bool,
}
