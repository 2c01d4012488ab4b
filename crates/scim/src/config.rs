//! The settings of an account.

mod descriptor;

use anyprofile_core::{AccountName, ProviderInfo, Result, ServiceName};
use anyprofile_engine::Connection;
use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, SecretString, TokenExchange, header};
use serde::Deserialize;

pub use self::descriptor::service;
use crate::{connector::ScimConnector, dialect::DIALECT};

/// The name of the service in ids and configurations.
pub const SERVICE: &str = "scim";

/// How a list is read page by page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Paging {
    /// By the number of the first record (`startIndex`, RFC 7644 §3.4.2.4).
    Index,
    /// By cursors (RFC 9865).
    Cursor,
}

/// Which changes of a user a server accepts as `PATCH` (RFC 7644 §3.5.2). Every other change is made by replacing the user (`PUT`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Patching {
    /// None.
    None,
    /// The change of `active` alone.
    Active,
    /// All.
    All,
}

/// What cannot be found out from a server, or is not as the server says. What is not set is taken from
/// `/ServiceProviderConfig`, except [`me`](Self::me); where the server does not say it, it is assumed not to work.
///
/// In an account file it is a table: `quirks = { paging = "index", patch = "active" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Quirks {
    /// How lists are read page by page.
    pub paging: Option<Paging>,
    /// The page size to ask for. Default: 100, or the largest that the server names, if that is smaller.
    pub page_size: Option<u32>,
    /// Whether the server applies filters.
    pub filter: Option<bool>,
    /// Which changes the server accepts as `PATCH`.
    pub patch: Option<Patching>,
    /// Whether the server checks the version of a record before it writes (`If-Match`).
    pub etag: Option<bool>,
    /// Whether the server has `/Me`.
    pub me: Option<bool>,
    /// Whether `/Schemas` is right, where the server has it: an attribute that it does not name, or names as read-only, is not
    /// written, and one that it requires is required of a new user.
    pub schemas: Option<bool>,
}

/// The settings of an account at a server that speaks SCIM 2.0. `Debug` shows no secrets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScimConfig {
    /// The name of the account, as it appears in ids.
    pub account: AccountName,
    /// The base URL, to which `/Users` is appended.
    pub base_url: String,
    /// What is not as the server says.
    pub quirks: Quirks,
    /// Whether profiles keep the complete record as the service sent it. It may contain more personal data
    /// than the normalized fields. Default: no.
    pub keep_raw: bool,
    /// Timeouts, retries, TLS, proxy.
    pub http: HttpOptions,
    secret: SecretKind,
}

/// The OAuth client that an account is (RFC 6749 §4.4). `Debug` shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientCredentials {
    /// The URL of the token endpoint.
    pub token_url: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
    /// The scopes to ask for, separated by spaces. Default: those of the client.
    pub scope: Option<String>,
}

impl ClientCredentials {
    /// Creates the credentials of a client.
    pub fn new(
        token_url: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Self {
        let (token_url, client_id) = (token_url.into(), client_id.into());
        Self { token_url, client_id, client_secret: client_secret.into(), scope: None }
    }

    /// Sets the scopes to ask for, separated by spaces.
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Returns the exchange for access tokens.
    fn exchange(&self, http: &HttpOptions) -> Result<TokenExchange> {
        let url = anyprofile_http::base_url(&self.token_url, http.allow_insecure_http)?;
        let scope = self.scope.as_deref().map(|scope| ("scope", scope.into()));
        let form = [("grant_type", "client_credentials".into())].into_iter().chain(scope).collect();
        TokenExchange::new(url, &self.client_id, form).map(|exchange| {
            exchange.with_client_secret(self.client_secret.clone()).configured_by("token_url")
        })
    }
}

#[derive(Clone, Debug)]
enum SecretKind {
    Token(SecretString),
    Basic { user: String, password: SecretString },
    Client(ClientCredentials),
}

impl ScimConfig {
    /// Creates the settings of an account with a bearer token.
    pub fn with_token(
        account: AccountName,
        base_url: impl Into<String>,
        token: impl Into<SecretString>,
    ) -> Self {
        Self::new(account, base_url.into(), SecretKind::Token(token.into()))
    }

    /// Creates the settings of an account with a user name and a password (`Authorization: Basic`).
    pub fn with_password(
        account: AccountName,
        base_url: impl Into<String>,
        user: impl Into<String>,
        password: impl Into<SecretString>,
    ) -> Self {
        let secret = SecretKind::Basic { user: user.into(), password: password.into() };
        Self::new(account, base_url.into(), secret)
    }

    /// Creates the settings of an account that is an OAuth client. Access tokens are fetched and renewed.
    pub fn with_client(account: AccountName, base_url: impl Into<String>, client: ClientCredentials) -> Self {
        Self::new(account, base_url.into(), SecretKind::Client(client))
    }

    fn new(account: AccountName, base_url: String, secret: SecretKind) -> Self {
        let (quirks, http) = (Quirks::default(), HttpOptions::default());
        Self { account, base_url, quirks, keep_raw: false, http, secret }
    }

    /// Sets what is not as the server says.
    pub fn with_quirks(mut self, quirks: Quirks) -> Self {
        self.quirks = quirks;
        self
    }

    /// Sets whether profiles keep the complete record as the service sent it.
    pub fn with_raw_records(mut self, keep_raw: bool) -> Self {
        self.keep_raw = keep_raw;
        self
    }

    /// Sets timeouts, retries, TLS, proxy.
    pub fn with_http(mut self, http: HttpOptions) -> Self {
        self.http = http;
        self
    }

    /// Creates the anyprofile provider of the account. No request is sent; what the server can do is asked before the
    /// first one that needs to know.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a setting is invalid.
    pub fn connect(self) -> Result<Connection> {
        let connector = ScimConnector::new(self.quirks.clone());
        self.http_client().map(|http| Connection::new(connector, http))
    }

    /// Creates the HTTP client of the account.
    pub(crate) fn http_client(self) -> Result<HttpClient> {
        let info = ProviderInfo::new(ServiceName::new(SERVICE)?, self.account, "SCIM", self.base_url);
        let credential = match &self.secret {
            SecretKind::Token(token) => Credential::header(header::AUTHORIZATION, Some("Bearer"), token),
            SecretKind::Basic { user, password } => Credential::basic(user, password),
            SecretKind::Client(client) => client.exchange(&self.http).map(Credential::exchange),
        };
        let credential = credential.map_err(|error| error.with_provider(&info))?;
        HttpClient::new(info, credential, HeaderMap::new(), DIALECT, self.http)
            .map(|http| http.with_raw_records(self.keep_raw))
    }
}
