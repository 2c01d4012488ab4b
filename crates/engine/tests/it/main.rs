//! The engine with connectors of invented APIs, whose transport responds from a script.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod completing;
mod directory;
mod discovering;
mod listing;
#[allow(dead_code)]
#[path = "../../../http/tests/support/mod.rs"]
mod support;
mod writing;

use std::{borrow::Cow, sync::Arc};

use anyprofile_core::{
    ListQuery, Profile, ProfileProviderExt as _, ProviderInfo, Result, listing::ListReport,
};
use anyprofile_engine::{Connection, Connector};
use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, StaticDialect, header};
use support::Script;

/// Errors of the invented APIs are `{"error": …}`.
const DIALECT: StaticDialect = StaticDialect::new(
    |failure| failure.json.as_ref().is_some_and(|json| json.get("error").is_some()),
    |_, _| (),
)
.with_request_id_headers(&[Cow::Borrowed("x-request-id")]);

fn http(script: &Arc<Script>) -> HttpClient {
    let info = ProviderInfo::new(
        "invented".parse().unwrap(),
        "a".parse().unwrap(),
        "Invented",
        "https://api.example.com",
    );
    let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into()).unwrap();
    let options = HttpOptions::default().with_max_attempts(1).with_transport(Arc::clone(script) as _);
    HttpClient::new(info, credential, HeaderMap::new(), DIALECT, options).unwrap()
}

fn connection(connector: impl Connector, script: &Arc<Script>) -> Connection {
    Connection::new(connector, http(script))
}

/// Returns the listed profiles and the report of the listing.
async fn listed(connection: &Connection, query: ListQuery) -> (Result<Vec<Profile>>, ListReport) {
    let mut pages = connection.pages(query);
    let mut profiles = Vec::new();
    while let Some(page) = pages.next_page().await {
        match page {
            Ok(page) => profiles.extend(page.items),
            Err(error) => return (Err(error), pages.report().clone()),
        }
    }
    (Ok(profiles), pages.report().clone())
}

fn ids(profiles: &[Profile]) -> Vec<&str> {
    profiles.iter().map(|profile| profile.id.native()).collect()
}
