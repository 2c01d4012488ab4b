//! Probely's provider and client against a scripted transport.
//!
//! The API's traps, by their number in the project's notes on Probely, and the tests of each:
//!
//! - 1 object or array: `records::the_own_profile_is_an_object_or_a_list_of_one`
//! - 2 no parameters for `/profile/`: `requests::every_operation_sends_what_is_documented`
//! - 3, 4 missing fields stay missing: `records`
//! - 5 roles and words in unusual formats: `records::roles_in_every_shape_are_read_or_kept`
//! - 6 times: `records`
//! - 7 the author of a change: `records::who_changed_a_user_may_be_told_in_part`
//! - 8 ids: `requests`
//! - 9, 10, 11 `JWT`, trailing slashes, base URLs: `requests`
//! - 12 page numbers: `paging`, `native::the_remaining_pages_follow_from_the_numbers_alone`
//! - 13 error bodies: `errors`
//! - 14 reads are retried: the HTTP crate's tests; a 401 is not: `errors`; writes are not:
//!   `writes::no_write_is_ever_repeated`
//! - 15 side effects of writes: documented at the client's methods and bodies; what is sent: `writes`
//! - 16 no limits are assumed: `requests::the_settings_of_a_listing_are_the_accounts`
//! - 17 regions: `requests::a_region_is_a_host`
//!
//! Those of the operations that came later:
//!
//! - 1 array or object: `assignments::a_bulk_update_is_an_array_and_a_change_of_all_kinds_an_object`
//! - 2 tiers: `native::records_keep_null_absent_and_unknown_apart`, `records::roles_in_every_shape_are_read_or_kept`
//! - 3 labels by name when written, by id when filtered: `writes`, `filters`
//! - 4 both fields of a label: `labels::nothing_is_sent_but_what_is_set_and_a_label_of_users_always_whole`
//! - 5 overlapping paths: `labels::what_breaks_a_rule_is_refused_before_anything_is_sent`
//! - 6 page sizes: `native::the_remaining_pages_follow_from_the_numbers_alone`
//! - 7 a key without the right: `assignments::an_error_names_the_operation_of_its_family`, `labels`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod assignments;
mod errors;
mod filters;
mod labels;
mod native;
mod network;
mod paging;
mod records;
mod requests;
mod roles;
#[allow(dead_code)]
#[path = "../../../http/tests/support/mod.rs"]
mod support;
mod writes;

use std::sync::Arc;

use anyprofile_core::{Profile, ProfileId, Result};
use anyprofile_http::HttpOptions;
use anyprofile_probely::{ProbelyClient, ProbelyConfig};
use support::{Script, outcomes::meetings};

pub(crate) fn id(text: &str) -> ProfileId {
    text.parse().unwrap()
}

pub(crate) fn config(script: &Arc<Script>) -> ProbelyConfig {
    ProbelyConfig::new("eu".parse().unwrap(), "an-api-key")
        .at("https://api.example.com")
        .with_http(HttpOptions::default().with_max_attempts(1).with_transport(Arc::clone(script) as _))
}

pub(crate) fn provider(script: &Arc<Script>) -> anyprofile_engine::Connection {
    config(script).connect().unwrap()
}

pub(crate) fn client(script: &Arc<Script>) -> ProbelyClient {
    ProbelyClient::new(config(script)).unwrap()
}

/// Checks that each of these writes is sent once, whatever its response.
pub(crate) async fn check_that_no_write_is_repeated<N: AsRef<str>>(
    every_write: impl AsyncFn(&ProbelyClient) -> Vec<(N, Result<()>)>,
) {
    for meeting in meetings() {
        let script = Script::by(move |_| (meeting.step)());
        let http = HttpOptions::default().with_transport(Arc::clone(&script) as _);
        let client = ProbelyClient::new(config(&script).with_http(http)).unwrap();
        let results = every_write(&client).await;
        assert_eq!(script.sent().len(), results.len());
        for (operation, result) in results {
            meeting.check(operation.as_ref(), &result.unwrap_err());
        }
    }
}

/// Returns the serialized profile.
pub(crate) fn shown(profile: &Profile) -> serde_json::Value {
    serde_json::to_value(profile).unwrap()
}
