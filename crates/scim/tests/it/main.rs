//! SCIM's provider and client against a scripted transport: what real servers do that RFC 7644 does not say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod errors;
mod examination;
mod finding;
mod groups;
mod paging;
mod records;
mod requests;
#[allow(dead_code)]
#[path = "../../../http/tests/support/mod.rs"]
mod support;
mod writes;

use std::sync::Arc;

use anyprofile_core::ProfileId;
use anyprofile_http::HttpOptions;
use anyprofile_scim::{Quirks, ScimClient, ScimConfig};
use support::Script;

/// What a server says that can do everything.
pub(crate) const ABLE: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    "patch":{"supported":true},"filter":{"supported":true,"maxResults":200},"etag":{"supported":true},
    "sort":{"supported":true},"changePassword":{"supported":false},"bulk":{"supported":false}}"#;

pub(crate) fn id(native: &str) -> ProfileId {
    format!("scim:okta/user/{native}").parse().unwrap()
}

pub(crate) fn config(script: &Arc<Script>) -> ScimConfig {
    ScimConfig::with_token("okta".parse().unwrap(), "https://scim.example.com/v2", "a-token")
        .with_http(HttpOptions::default().with_max_attempts(1).with_transport(Arc::clone(script) as _))
}

pub(crate) fn client(script: &Arc<Script>) -> ScimClient {
    ScimClient::new(config(script)).unwrap()
}

pub(crate) fn provider(script: &Arc<Script>) -> anyprofile_engine::Connection {
    provider_with(script, |_| {})
}

pub(crate) fn provider_with(
    script: &Arc<Script>,
    set: impl FnOnce(&mut Quirks),
) -> anyprofile_engine::Connection {
    let mut quirks = Quirks::default();
    // Most servers of these tests do not name their attributes.
    quirks.schemas = Some(false);
    set(&mut quirks);
    config(script).with_quirks(quirks).connect().unwrap()
}
