//! Lists: where the records of a page are, how the next page is requested, and what proves the end.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Case, Map, RequestTemplate, Scalar};

/// A list of the service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Collection {
    /// The kind of its ids: `user`, `invite`, `service_account`.
    pub kind: String,
    /// The name of its records, for the origin of a field. Default: the kind.
    #[serde(default)]
    pub view: Option<String>,
    /// The request of a page.
    pub request: RequestTemplate,
    /// Where the records are, as a JSON pointer; the empty text if the response is the list itself.
    #[serde(default)]
    pub records: String,
    /// Whether the records are an object, with the id of each as its key. The key is at the pointer `/@key` of a record. Default: no.
    #[serde(default)]
    pub keyed: bool,
    /// For a service that leaves out an empty list: what such a page has in its place, as a JSON pointer. Only with a value there is a
    /// response without the records an empty page. Default: it never is one.
    #[serde(default)]
    pub empty_if: Option<String>,
    /// The number of profiles of all pages, if the service says it.
    #[serde(default)]
    pub total: Option<Total>,
    /// The number of records of a page.
    #[serde(default)]
    pub page_size: Option<PageSize>,
    /// How the next page is requested.
    pub paging: Paging,
    /// The number of records after which the service returns no further ones. A listing that reaches it is not complete.
    #[serde(default)]
    pub reach: Option<u64>,
    /// Whether an account may not have the list, and the service then responds with 404. Default: no.
    #[serde(default)]
    pub optional: bool,
    /// The status of a page after the last one, if it is no empty page.
    #[serde(default)]
    pub past_end: Option<u16>,
    /// Parts of the list, each with requests of its own, such as one for each status. All have the same kind of ids. They are listed one
    /// after another, and each replaces what it names of the list. Without them, the list has one part.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// Records that are no profiles of this list, such as an accepted invite, whose person is in another list. Such a list has no total.
    #[serde(default)]
    pub skip: Vec<Case>,
    /// What the service can filter by.
    #[serde(default)]
    pub filters: Filters,
    /// Further records (`records` and `joins`) that each profile of a listing is read with.
    #[serde(default)]
    pub with: Vec<String>,
    /// Further records that are read if a listing is enriched.
    #[serde(default)]
    pub enrich: Vec<String>,
    /// What fields mean in this list, besides and instead of the general `map`.
    #[serde(default)]
    pub map: Map,
}

/// A part of a list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Part {
    /// Another request of a page.
    #[serde(default)]
    pub request: Option<RequestTemplate>,
    /// Parameters of the query besides and instead of those of the request.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, Value>"))]
    pub query: BTreeMap<String, Value>,
    /// Where the records are, if elsewhere than in the list.
    #[serde(default)]
    pub records: Option<String>,
    /// What fields mean in this part, besides and instead of the `map` of the list.
    #[serde(default)]
    pub map: Map,
}

/// Where the total is. Exactly one key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Total {
    /// Where it is in the response. A number as a text is a number.
    #[serde(default)]
    pub at: Option<String>,
    /// The header that has it.
    #[serde(default)]
    pub header: Option<String>,
    /// A request of its own, once a listing, whose response has it at `of_response`.
    #[serde(default)]
    pub request: Option<RequestTemplate>,
    /// Where it is in the response to `request`; the empty text if the response is the number.
    #[serde(default)]
    pub of_response: String,
}

/// The number of records of a page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PageSize {
    /// The number for a caller that asks for none.
    pub default: u32,
    /// The largest number that the service accepts.
    #[serde(default)]
    pub max: Option<u32>,
}

/// How the next page is requested, and what proves that there is none. A page with fewer records than requested never does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Paging {
    /// The way.
    pub style: PagingStyle,
    /// `page`, `offset`, `cursor`, `last_record`: the parameter with the position.
    #[serde(default)]
    pub parameter: Option<String>,
    /// Where the parameter is. In a body, `parameter` is a JSON pointer. Default: the query.
    #[serde(default)]
    pub place: Place,
    /// `page`: where the number of the last page is in the response, for `end = "last"`.
    #[serde(default)]
    pub last: Option<String>,
    /// `page`: the number of the first page. Default: 1.
    #[serde(default)]
    pub first: Option<u64>,
    /// `offset`: whether the position in a body is a text. Default: no.
    #[serde(default)]
    pub as_text: bool,
    /// `cursor`: where the next cursor is in the response. `link`: where the link is; without it, in the header `Link`. `last_record`: where
    /// the position is in the last record. `header`: the header of the response.
    #[serde(default)]
    pub next: Option<String>,
    /// `page` and `offset`: what proves the end: `total`, `last` for pages, or `empty` where the service documents an empty page and nothing else.
    /// `last_record`: `empty`. Others end without a next cursor or link.
    #[serde(default)]
    pub end: Option<Ending>,
    /// Where the response says whether more follows (`true`). Once it is false, the list has ended.
    #[serde(default)]
    pub more: Option<String>,
    /// `link`: other paths below the base URL that a link may lead to, by their beginnings: `/organizations/`. Default: only the path of
    /// the request. Links to other hosts are never followed.
    #[serde(default)]
    pub paths: Vec<String>,
    /// `link` in the header: an attribute that says `false` at the last page, although a link is there: `results`.
    #[serde(default)]
    pub unless: Option<String>,
}

/// A way to request the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum PagingStyle {
    /// One response has all records.
    None,
    /// By the number of the page.
    Page,
    /// By the number of records before.
    Offset,
    /// By a token that the response has.
    Cursor,
    /// By a link that the response has.
    Link,
    /// By a field of the last record.
    LastRecord,
    /// By a header of the response, which is sent as the header `parameter`.
    Header,
}

/// Where a parameter is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Place {
    /// In the query.
    #[default]
    Query,
    /// In the JSON body.
    Body,
}

/// What proves the end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Ending {
    /// As many records as the total were returned.
    Total,
    /// A page without records.
    Empty,
    /// The number of the last page, which each page has.
    Last,
}

/// What the service can filter a list by. Other filters are applied to the profiles that come.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Filters {
    /// By an e-mail address. Profiles with another address are dropped.
    #[serde(default)]
    pub email: Option<FilterRequest>,
    /// By a text of the caller, as the service understands it.
    #[serde(default)]
    pub search: Option<FilterRequest>,
    /// By a status, for each status that the service can filter by.
    #[serde(default)]
    pub status: BTreeMap<String, FilterRequest>,
    /// By the second factor: `true` and `false`.
    #[serde(default)]
    pub mfa: BTreeMap<String, FilterRequest>,
    /// By the time of the last change.
    #[serde(default)]
    pub updated_since: Option<FilterRequest>,
    /// By the time of creation.
    #[serde(default)]
    pub created_since: Option<FilterRequest>,
    /// By a role.
    #[serde(default)]
    pub role: Option<FilterRequest>,
}

/// What a filter adds to the request of a page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FilterRequest {
    /// Parameters of the query, with `{value}`. They replace those of the request.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, Value>"))]
    pub query: BTreeMap<String, Value>,
    /// Parts of the body, by JSON pointer, with `{value}`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, Value>"))]
    pub body: BTreeMap<String, Value>,
    /// Another request, whose single response has all matches.
    #[serde(default)]
    pub request: Option<RequestTemplate>,
    /// Where the records of `request` are. Default: as in the list.
    #[serde(default)]
    pub records: Option<String>,
    /// Whether one part of a list with `parts` is then enough, since the service filters all profiles. Default: no.
    #[serde(default)]
    pub covers_parts: bool,
    /// For an e-mail address: whether it is sent in lower case, for a service that has addresses in lower case and compares them to the
    /// letter. Default: no.
    #[serde(default)]
    pub lower_case: bool,
    /// Which changes do not move the time, for `updated_since`.
    #[serde(default)]
    pub caveat: Option<String>,
    /// For a role: the words that the service accepts.
    #[serde(default)]
    pub words: Vec<Scalar>,
}
