//! Anthropic's provider and client against a scripted transport.
//!
//! The API's traps, by their number in the project's notes on Anthropic, and the tests of each:
//!
//! - 1, 22 dated versions, and the one without a beta: `records`, `requests`
//! - 2 the end of a list: `paging::an_empty_page_with_a_cursor_is_not_the_end`
//! - 3 the query of a cursor stays the same: `paging::a_cursor_is_sent_as_it_came_and_all_else_stays`
//! - 4, 5 requests of updates, creations and enrollments: `writes`
//! - 6 no write is retried: `refusals::no_write_is_ever_repeated`
//! - 7 waits: `errors`, and the HTTP crate's tests
//! - 8 ids as segments: `requests`
//! - 9, 18 one beta header: `requests::betas_are_sent_in_one_header_and_each_once`
//! - 10 error bodies: `errors`
//! - 11 nothing secret in `Debug`: `requests::a_credential_is_sent_in_one_way_and_shown_nowhere`,
//!   `writes::a_link_is_a_secret_that_is_shown_nowhere`
//! - 12 redirects: `errors::a_redirect_elsewhere_does_not_get_the_key`
//! - 13 lengths: `refusals::lengths_are_in_characters_up_to_the_limit`
//! - 14 times, 15 grants: `records`
//! - 16 `?beta=true`: `requests`
//! - 17 the envelopes of the lists: `paging::what_is_no_list_of_user_profiles_is_no_list`, `organization`, `people`
//! - 19 one credential: by the types; `requests`
//! - 21 unnamed statuses: `errors`
//!
//! Those of 2026-11: arrays with brackets, empty pages and lists by cursor: `admin`; betas of single operations:
//! `admin::an_operation_of_another_beta_sends_it_beside_those_of_the_account`; `role_ids` null: `admin`; service accounts
//! for tokens alone: `service_accounts`; error codes: `errors`; webhooks: `webhooks`.
//!
//! Not tested: 20 concerns a tool of another project.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod admin;
mod errors;
mod network;
mod organization;
mod paging;
mod people;
mod records;
mod refusals;
mod requests;
mod service_accounts;
#[allow(dead_code)]
#[path = "../../../http/tests/support/mod.rs"]
mod support;
#[cfg(feature = "webhooks")]
mod webhooks;
mod writes;

use std::sync::Arc;

use anyprofile_anthropic::{AnthropicClient, AnthropicConfig};
use anyprofile_core::{Profile, ProfileId};
use anyprofile_http::HttpOptions;
use support::Script;

pub(crate) fn id(text: &str) -> ProfileId {
    text.parse().unwrap()
}

pub(crate) fn http(script: &Arc<Script>) -> HttpOptions {
    HttpOptions::default().with_max_attempts(1).with_transport(Arc::clone(script) as _)
}

pub(crate) fn config(script: &Arc<Script>) -> AnthropicConfig {
    AnthropicConfig::with_api_key("claude".parse().unwrap(), "an-api-key")
        .at("https://api.example.com")
        .with_http(http(script))
}

pub(crate) fn provider(script: &Arc<Script>) -> anyprofile_engine::Connection {
    config(script).connect().unwrap()
}

pub(crate) fn client(script: &Arc<Script>) -> AnthropicClient {
    AnthropicClient::new(config(script)).unwrap()
}

/// Returns the serialized profile.
pub(crate) fn shown(profile: &Profile) -> serde_json::Value {
    serde_json::to_value(profile).unwrap()
}
