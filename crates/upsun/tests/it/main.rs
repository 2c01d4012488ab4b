//! Upsun's provider and client against a scripted transport.
//!
//! The API's traps, by their number in the project's notes on Upsun, and the tests of each:
//!
//! - 1 two formats of lists: `paging` for that of `/profiles`, `cursors` for the other
//! - 2 pictures: `writes::every_change_sends_what_is_documented`, `written`
//! - 3, 4 nothing required; null, absent and empty are distinct; unknown fields kept: `records`
//! - 5 trials in every format: `records::a_trial_in_any_shape_is_told_as_one_object_or_not_at_all`
//! - 6 error bodies in four formats: `errors`
//! - 7 a moved organization profile: `errors::a_moved_profile_is_told_from_a_missing_permission`
//! - 8 the misspelled word: `updates::the_legal_form_is_written_in_the_services_own_spelling`
//! - 9 `name=` for reads only, ids as segments: `requests`, `updates`, `operations`, `writes`
//! - 10 brackets: `requests::every_operation_sends_what_is_documented`
//! - 11 next links: `paging`, `cursors`
//! - 12 `count`: `paging::the_count_is_the_total_and_may_be_missing`
//! - 13, 14 tokens: `requests::an_api_token_is_exchanged_once`, and the HTTP crate's tests
//! - 15 no repeated writes: `updates::an_update_is_never_repeated`, `writes::no_change_is_ever_repeated`
//! - 16 times: `records`, `native`
//! - 17 `/users/me`: `records`, `errors`; `/me`: `native`
//! - 18 references: `operations::a_signed_link_is_followed_at_this_service_only`, `native`
//! - 19 opaque ids: `records::ids_are_opaque`
//! - 20 nothing secret in `Debug`: `requests::nothing_secret_is_in_debug`, `native`, `writes`, `written`
//! - 21 any success status, and empty responses: `updates`, `written`
//!
//! The traps of the operations that were added in 2026: `members`, `invitations`, `mfa`, `teams`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod changes;
mod cursors;
mod errors;
mod invitations;
mod members;
mod merging;
mod mfa;
mod native;
mod network;
mod operations;
mod paging;
mod records;
mod removal;
mod requests;
#[allow(dead_code)]
#[path = "../../../http/tests/support/mod.rs"]
mod support;
mod teams;
mod updates;
mod writes;
mod written;

use std::sync::Arc;

use anyprofile_core::{Profile, ProfileId};
use anyprofile_http::HttpOptions;
use anyprofile_upsun::{UpsunClient, UpsunConfig};
use support::Script;

pub(crate) const USER: &str = "upsun:acme/user/3c90c3cc-0d44-4b50-8888-8dd25736052a";
pub(crate) const ORGANIZATION: &str = "upsun:acme/organization/01HZX3K8Q0T7V9W2B4N6M8P0RS";

pub(crate) fn id(text: &str) -> ProfileId {
    text.parse().unwrap()
}

pub(crate) fn config(script: &Arc<Script>) -> UpsunConfig {
    UpsunConfig::with_access_token("acme".parse().unwrap(), "an-access-token")
        .at("https://api.example.com")
        .with_http(HttpOptions::default().with_max_attempts(1).with_transport(Arc::clone(script) as _))
}

pub(crate) fn provider(script: &Arc<Script>) -> anyprofile_engine::Connection {
    config(script).connect().unwrap()
}

pub(crate) fn client(script: &Arc<Script>) -> UpsunClient {
    UpsunClient::new(config(script)).unwrap()
}

/// Returns the serialized profile.
pub(crate) fn shown(profile: &Profile) -> serde_json::Value {
    serde_json::to_value(profile).unwrap()
}
