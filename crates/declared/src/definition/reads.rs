//! Requests for one profile, and records that complete it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Map, PageSize, Paging, RequestTemplate, Scalar};

/// How one profile is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Get {
    /// The kinds of ids that it is for. Default: `user`.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The name of the record. Default: the view of the first collection of these kinds.
    #[serde(default)]
    pub view: Option<String>,
    /// The request, with `{id}`.
    pub request: RequestTemplate,
    /// Where the record is in the response. Default: it is the response.
    #[serde(default)]
    pub record: String,
    /// Whom the lists have and the request does not find, such as deleted people. A search that finds nobody then goes through the lists, too.
    #[serde(default)]
    pub leaves_out: Option<String>,
    /// Whether an e-mail address is accepted in place of the id. Default: no.
    #[serde(default)]
    pub by_email: bool,
    /// Whether a user name is accepted in place of the id. Default: no.
    #[serde(default)]
    pub by_username: bool,
    /// What fields mean in this record, besides and instead of the general `map`.
    #[serde(default)]
    pub map: Map,
}

/// How the profile of the credential is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Current {
    /// The kind of its id. Default: `user`.
    #[serde(default)]
    pub kind: Option<String>,
    /// The name of the record. Default: that of `get`.
    #[serde(default)]
    pub view: Option<String>,
    /// The request.
    pub request: RequestTemplate,
    /// Where the record is in the response. Default: it is the response.
    #[serde(default)]
    pub record: String,
    /// Where the id is, if the record holds little more. The profile is then read with `get`.
    #[serde(default)]
    pub id: Option<String>,
    /// What fields mean in this record, besides and instead of the general `map`.
    #[serde(default)]
    pub map: Map,
}

/// Requests that find a profile by a key.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Find {
    /// By an e-mail address.
    #[serde(default)]
    pub email: Option<FindRequest>,
    /// By a user name.
    #[serde(default)]
    pub username: Option<FindRequest>,
    /// By the id that the customer gave the profile.
    #[serde(default)]
    pub external_id: Option<FindRequest>,
}

/// A request that finds a profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FindRequest {
    /// The kind of the ids. Default: `user`.
    #[serde(default)]
    pub kind: Option<String>,
    /// The request, with `{value}`.
    pub request: RequestTemplate,
    /// Where the record is. Default: it is the response.
    #[serde(default)]
    pub record: String,
    /// Where the id is, if the response is no record. The profile is then read with `get`.
    #[serde(default)]
    pub id: Option<String>,
    /// Whom the lists have and the request does not find, such as deleted people. A search that finds nobody then goes through the lists, too.
    #[serde(default)]
    pub leaves_out: Option<String>,
    /// Whether the value is sent in lower case, for a service that stores it so and compares exactly. Default: no.
    #[serde(default)]
    pub lower_case: bool,
}

/// A further record of a profile, with a request of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FurtherRecord {
    /// The name of the record.
    pub view: String,
    /// The kinds of ids that have it. Default: `user`.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The request, with `{id}`.
    pub request: RequestTemplate,
    /// Where the record is in the response. Default: it is the response.
    #[serde(default)]
    pub record: String,
    /// Statuses of a response that mean that the credential may not see the record, besides 403.
    #[serde(default)]
    pub withheld_statuses: Vec<u16>,
    /// What its fields mean. Only these fields are read.
    pub map: Map,
}

/// A list that is joined to profiles by a key: it is read once, and kept for a while.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Join {
    /// The name of its records.
    pub view: String,
    /// The kinds of ids that it completes. Default: `user`.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The request of a page.
    pub request: RequestTemplate,
    /// Where the records are.
    #[serde(default)]
    pub records: String,
    /// As that of a collection: what a page has in place of an empty list.
    #[serde(default)]
    pub empty_if: Option<String>,
    /// The number of records of a page.
    #[serde(default)]
    pub page_size: Option<PageSize>,
    /// How the next page is requested.
    pub paging: Paging,
    /// Where the profile's id is in a record.
    pub key: String,
    /// What being in the list means.
    #[serde(default)]
    pub membership: Option<Membership>,
    /// What the fields of a record mean. Only these fields are read.
    #[serde(default)]
    pub map: Map,
    /// Statuses of a response that mean that the credential may not see the list, besides 403.
    #[serde(default)]
    pub withheld_statuses: Vec<u16>,
    /// How long the list is kept, in seconds. Default: 300.
    #[serde(default)]
    pub seconds: Option<u64>,
}

/// Fields whose value is whether the profile is in a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Membership {
    /// The statuses of profiles that can be in the list: of others it says nothing. Default: all.
    #[serde(default)]
    pub statuses: Vec<String>,
    /// The fields of a profile that is in the list, by path: `"security.mfa_enabled" = false`.
    pub inside: BTreeMap<String, Scalar>,
    /// The fields of a profile that is not.
    pub outside: BTreeMap<String, Scalar>,
}
