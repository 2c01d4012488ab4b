//! A request.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// A request of the API, as the service documents it.
///
/// Texts have names in braces, which are replaced: variables of the account, and
/// - `{id}`: the profile's id, where one profile is addressed;
/// - `{page_size}`: the number of records of a page, in a list;
/// - `{value}`: what is searched or set, in a filter, in `find`, and in a field with a request of its own. Between quotes it is escaped:
///   `\"` and `\\` in `"{value}"`, `''` in `'{value}'`;
/// - `{record:/pointer}`: a value of the profile's record, which is read before a write.
///
/// `{{` and `}}` are braces. In a path, a value is one percent-encoded segment, or a part of one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RequestTemplate {
    /// The service's name for the operation, as in its description: `listUsers`.
    pub operation: String,
    /// The method. Default: `GET`.
    #[serde(default)]
    pub method: Method,
    /// The path below the base URL: `/users/{id}`.
    pub path: String,
    /// The query. A list sends the parameter once for each value.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, Value>"))]
    pub query: BTreeMap<String, Value>,
    /// Headers besides those of each request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The JSON body. A text that is one name in braces and `:number`, such as `"{page_size:number}"`, becomes a number.
    #[serde(default)]
    pub body: Option<Value>,
    /// For a request that reads with another method than `GET`, such as a search: whether it may be sent again if no response came.
    /// Default: no. A write is never repeated by itself.
    #[serde(default)]
    pub repeatable: bool,
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Method {
    /// `GET`
    #[default]
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}
