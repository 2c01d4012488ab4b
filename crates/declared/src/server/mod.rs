//! A local server of a service, made from its definition: what the definition says is what it does.
//!
//! It shows whether a definition holds together: that its paging ends, that its fields are read back as they were written, and that nobody
//! is lost. It proves nothing about the real service.

mod changes;
mod people;
mod places;
mod respond;
mod routes;
mod served;
mod state;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyprofile_engine::Secrets;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State as OfRouter,
    http::{Method, Request, Response, Uri},
};

pub use self::served::MockServer;
use self::state::State;
use crate::{Service, definition::AuthKind};

/// The path of the token endpoint, for definitions that sign in with tokens.
const TOKEN_PATH: &str = "/mock-token";
/// The access token of that endpoint.
const TOKEN: &str = "mock-access-token";

/// A private key for the assertions of a definition. It signs nothing but requests to this server.
const PRIVATE_KEY: &str = include_str!("key.pem");

/// A service with invented people, as routes for a server, and what an account of it is.
///
/// ```
/// use anyprofile_declared::{MockService, Service};
///
/// let okta = MockService::new(&Service::builtin("okta")?, 50);
/// let routes: axum::Router = okta.routes();
/// // What to put into an account for it, besides the server's URL.
/// assert!(okta.variables().contains_key("domain") && okta.secrets().get("api_token").is_some());
/// # let _ = routes;
/// # Ok::<(), anyprofile_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MockService {
    service: Service,
    state: Arc<Mutex<State>>,
    has_numbers: bool,
}

impl MockService {
    /// Creates a service with this many people in each part of each list.
    pub fn new(service: &Service, people: u64) -> Self {
        Self::of(service, people, false)
    }

    /// Creates a service whose ids are numbers in its records, as they are at many services.
    pub fn with_numbers(service: &Service, people: u64) -> Self {
        Self::of(service, people, true)
    }

    fn of(service: &Service, people: u64, has_numbers: bool) -> Self {
        // An id that is compared with a number is one.
        let kind = service.definition().map.kind.as_ref();
        let has_numbers =
            has_numbers || kind.is_some_and(|rule| rule.0.first.iter().any(|case| case.below.is_some()));
        let state = State::new(service, people, has_numbers);
        Self { service: service.clone(), state: Arc::new(Mutex::new(state)), has_numbers }
    }

    /// Returns the routes, for an HTTP server at the root of a host.
    pub fn routes(&self) -> Router {
        Router::new().fallback(serve).with_state(self.clone())
    }

    /// Returns the variables of an account.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let variables = &self.service.definition().variables;
        variables
            .iter()
            .map(|(name, variable)| {
                let first =
                    variable.one_of.first().or(variable.example.as_ref()).or(variable.default.as_ref());
                (name.clone(), first.cloned().unwrap_or_else(|| "mock".to_owned()))
            })
            .collect()
    }

    /// Returns the credentials of an account: those of the first way to sign in.
    pub fn secrets(&self) -> Secrets {
        let auth = self.service.definition().auth.first();
        let names = auth.into_iter().flat_map(|auth| {
            let is_key = auth.kind == AuthKind::JwtBearer;
            auth.credentials.keys().map(move |name| (name, is_key))
        });
        names.fold(Secrets::new(), |secrets, (name, is_key)| {
            let secret = if is_key { PRIVATE_KEY.to_owned() } else { format!("mock-{name}") };
            secrets.with(name.clone(), secret)
        })
    }

    /// Returns the URL of the token endpoint of a server with these routes, if the definition signs in with tokens.
    pub fn token_url(&self, base_url: &str) -> Option<String> {
        let auth = self.service.definition().auth.first()?;
        auth.token_url.is_some().then(|| format!("{}{TOKEN_PATH}", base_url.trim_end_matches('/')))
    }

    /// Returns the JSON pointer of the records of the first list.
    pub fn records(&self) -> String {
        let collection = self.service.definition().collections.first();
        collection.map(|collection| collection.records.clone()).unwrap_or_default()
    }

    /// Returns whether a request is for a page of the first list after its first one.
    pub fn is_further_page(&self, method: &str, url: &str, headers: &[(String, String)], body: &str) -> bool {
        let (Ok(uri), Ok(method)) = (url.parse::<Uri>(), method.parse::<Method>()) else { return false };
        let body = serde_json::from_str(body).unwrap_or_default();
        self.lock().is_further_page(&method, &uri, &body, headers)
    }

    /// Returns whether a request only reads: one for a page or a token may be a `POST`.
    pub fn is_read(&self, method: &str, url: &str, body: &str) -> bool {
        let (Ok(uri), Ok(method)) = (url.parse::<Uri>(), method.parse::<Method>()) else { return false };
        uri.path() == TOKEN_PATH || self.lock().is_read(&method, &uri, body)
    }

    /// Returns the path of another profile for the path of one; `None` if it is no such path.
    pub fn another_record(&self, path: &str) -> Option<String> {
        self.lock().another_record(path)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each request changes the state in one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(OfRouter(mock): OfRouter<MockService>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 1024 * 1024).await.unwrap_or_default();
    if parts.uri.path() == TOKEN_PATH && parts.method == Method::POST {
        return respond::token(&mock.service, TOKEN);
    }
    let response = respond::respond(&mock.service, &mut mock.lock(), &parts, &body);
    if !mock.has_numbers {
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    match serde_json::from_slice(&body) {
        Ok(mut value) => {
            state::make_numbers(&mut value);
            Response::from_parts(parts, Body::from(value.to_string()))
        }
        Err(_) => Response::from_parts(parts, Body::from(body)),
    }
}
