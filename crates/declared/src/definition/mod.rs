//! The format of a definition file.
//!
//! Each struct is a table of the file, and each field a key of it. Nothing here is optional by accident: a key that is left out has the
//! meaning that its documentation gives.

mod auth;
mod collection;
mod errors;
mod map;
mod reads;
mod request;
mod rule;
mod writes;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use self::{
    auth::{Auth, AuthKind, TokenBody},
    collection::{
        Collection, Ending, FilterRequest, Filters, PageSize, Paging, PagingStyle, Part, Place, Total,
    },
    errors::{Errors, InSuccess},
    map::{ActorRule, EmailRule, ItemRule, Map},
    reads::{Current, Find, FindRequest, FurtherRecord, Get, Join, Membership},
    request::{Method, RequestTemplate},
    rule::{Any, Case, OneOrMany, Pick, Rule, RuleTable, Scalar, Scalars, TimeForm},
    writes::{ActionRequest, Answers, Clear, End, Format, Keep, Update, WriteField},
};

/// The version of the format that this crate reads.
pub const FORMAT: u32 = 1;

/// A service, described by a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Definition {
    /// The version of the format: 1.
    pub format: u32,
    /// The name of the service in ids: lower-case letters, digits and `-`.
    pub name: String,
    /// The name of the service for people.
    pub display_name: String,
    /// In a few words, which profiles the service has: `users of an Okta organization`.
    pub summary: String,
    /// What proves that the definition is right: `description only`, or the real software that it was run against.
    pub proof: String,
    /// Where the facts are from.
    #[serde(default)]
    pub sources: Vec<String>,
    /// What a user of the service must know and this format cannot express. `anyprofile providers` shows them.
    #[serde(default)]
    pub traps: Vec<String>,
    /// What the service has and does not list, with the reason. A complete listing does not have it either.
    #[serde(default)]
    pub hides: Vec<String>,
    /// Where the API is, and what each request has.
    pub api: Api,
    /// What an account sets besides its credential, such as a tenant.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// The ways to sign in. An account has exactly one of them.
    #[serde(default)]
    pub auth: Vec<Auth>,
    /// What an operation needs of the credential: `list = "the scope users:read"`.
    #[serde(default)]
    pub needs: BTreeMap<String, String>,
    /// How the service reports errors.
    #[serde(default)]
    pub errors: Errors,
    /// The lists of the service, which are listed one after another.
    #[serde(default)]
    pub collections: Vec<Collection>,
    /// How one profile is read.
    #[serde(default)]
    pub get: Vec<Get>,
    /// How the profile of the credential is read.
    #[serde(default)]
    pub current: Option<Current>,
    /// Requests that find a profile by a key. A filter of a collection is used without an entry here.
    #[serde(default)]
    pub find: Find,
    /// Further records of a profile, each with a request of its own.
    #[serde(default)]
    pub records: Vec<FurtherRecord>,
    /// Lists that are joined to profiles by a key.
    #[serde(default)]
    pub joins: Vec<Join>,
    /// Places in records whose value is a secret, such as a new key. They are never kept.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// What the fields of each record mean.
    #[serde(default)]
    pub map: Map,
    /// Requests that writes refer to by name.
    #[serde(default)]
    pub actions: BTreeMap<String, ActionRequest>,
    /// How a profile is updated.
    #[serde(default)]
    pub update: Vec<Update>,
    /// How a profile is prevented from signing in.
    #[serde(default)]
    pub deactivate: Vec<End>,
    /// How a profile is deleted, or removed from the organization.
    #[serde(default)]
    pub delete: Vec<End>,
    /// Operations of the service's description that the definition does not use, with the reason.
    #[serde(default)]
    pub unused: BTreeMap<String, String>,
}

/// Where an API is, and what each request has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Api {
    /// The base URL of the API, with variables in braces: `https://{domain}/api/v1`. An account may replace it with `base_url`.
    pub base_url: String,
    /// Headers of every request. They hold no secret.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The media type of JSON bodies. Default: `application/json`.
    #[serde(default)]
    pub content_type: Option<String>,
}

/// What an account sets besides its credential.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Variable {
    /// A short description in lower case: `the domain of the organization, such as example.okta.com`.
    pub doc: String,
    /// The value for an account that does not set it. Without it, an account must set it.
    #[serde(default)]
    pub default: Option<String>,
    /// A value for examples and tests.
    #[serde(default)]
    pub example: Option<String>,
    /// The allowed values; any, if there are none.
    #[serde(default)]
    pub one_of: Vec<String>,
}
