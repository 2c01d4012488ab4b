//! How a service reports errors.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Scalar;

/// How a service reports errors. A response of another form may come from a proxy, and says nothing about a profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Errors {
    /// Pointers of which each error of the service has at least one. Without them, no error is known to be the service's.
    #[serde(default)]
    pub form: Vec<String>,
    /// Where the message is: the first of these that is there.
    #[serde(default)]
    pub message: Vec<String>,
    /// Where the code is: the first of these that is there.
    #[serde(default)]
    pub code: Vec<String>,
    /// Whether the service also sends errors without a body. Default: no.
    #[serde(default)]
    pub may_be_empty: bool,
    /// The statuses that codes mean, where the status of the response says less: `user_not_found = 404`.
    #[serde(default)]
    pub statuses: BTreeMap<String, u16>,
    /// How a response with a success status reports an error.
    #[serde(default)]
    pub in_success: Option<InSuccess>,
    /// Headers that may have the service's id of the request.
    #[serde(default)]
    pub request_id_headers: Vec<String>,
    /// The prefixes of the service's rate-limit headers: `x-rate-limit` for `x-rate-limit-remaining` and `-reset`.
    #[serde(default)]
    pub quota_headers: Vec<String>,
}

/// How a response with a success status reports an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct InSuccess {
    /// Where the response says so.
    pub at: String,
    /// The value that says that it is a success: `true`. Any other value is an error.
    pub is: Vec<Scalar>,
    /// The status of an error whose code has none in `statuses`. Default: 400.
    #[serde(default)]
    pub status: Option<u16>,
}
