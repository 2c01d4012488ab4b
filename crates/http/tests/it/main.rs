//! The client against a scripted transport, and against real servers on the loopback interface.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod adapters;
mod as_found;
mod bodies;
mod calling;
mod from_service;
mod network;
mod observing;
mod proxies;
mod redaction;
mod redirects;
mod retries;
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;
mod tls;
#[allow(dead_code)]
#[path = "../support/tls_server.rs"]
mod tls_server;
mod tokens;

use std::sync::Arc;

use anyprofile_core::{Error, ProviderInfo, Result};
use anyprofile_http::{
    Credential, HeaderMap, HttpClient, HttpOptions, Request, Response, StaticDialect, TokenExchange, header,
};
use support::Script;

/// A dialect without details: errors follow from the status, and every response counts as the service's.
pub(crate) const DIALECT: StaticDialect = StaticDialect::new(|_| true, |_, _| ())
    .with_request_id_headers(&[std::borrow::Cow::Borrowed("x-request-id")]);

pub(crate) const BASE: &str = "https://api.example.com/v1";

pub(crate) fn info(base_url: &str) -> ProviderInfo {
    ProviderInfo::new("probely".parse().unwrap(), "eu".parse().unwrap(), "Probely", base_url)
}

pub(crate) fn fixed_credential() -> Credential {
    Credential::header(header::AUTHORIZATION, Some("JWT"), &"the-key".into()).unwrap()
}

/// A client with a fixed credential.
pub(crate) fn client_with(script: &Arc<Script>, options: HttpOptions) -> HttpClient {
    let options = options.with_transport(Arc::clone(script) as _);
    HttpClient::new(info(BASE), fixed_credential(), HeaderMap::new(), DIALECT, options).unwrap()
}

pub(crate) fn client(script: &Arc<Script>) -> HttpClient {
    client_with(script, HttpOptions::default())
}

/// A client whose access tokens come from `https://auth.example.com/oauth2/token`.
pub(crate) fn exchanging_client(script: &Arc<Script>, options: HttpOptions) -> HttpClient {
    let url = "https://auth.example.com/oauth2/token".parse().unwrap();
    let form = vec![("grant_type", "api_token".into()), ("api_token", "long-lived".into())];
    let credential = Credential::exchange(TokenExchange::new(url, "platform-api-user", form).unwrap());
    let options = options.with_transport(Arc::clone(script) as _);
    HttpClient::new(info(BASE), credential, HeaderMap::new(), DIALECT, options).unwrap()
}

pub(crate) fn read() -> Request {
    Request::get("users_list").path("/users/").query("search", Some("ada")).names_resource(true)
}

pub(crate) fn write() -> Request {
    Request::patch("users_partial_update", &serde_json::json!({"name": "Ada"})).path("/users").segment("a")
}

/// Sends one read and receives one response.
pub(crate) async fn read_one(response: support::Response) -> Result<Response> {
    client_with(&Script::of([response]), HttpOptions::default().with_max_attempts(1)).send(read()).await
}

/// Returns the error of one read with one response, decoding included.
pub(crate) async fn error_of(response: support::Response) -> Error {
    let response = read_one(response).await;
    response.and_then(|response| response.decode::<Vec<u8>>()).expect_err("an error was expected")
}
