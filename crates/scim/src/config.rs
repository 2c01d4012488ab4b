//! The settings of an account.

mod client;
mod descriptor;

use anyprofile_core::{AccountName, ProviderInfo, Result, ServiceName};
use anyprofile_engine::Connection;
use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, Secret, header};
use serde::Deserialize;

pub use self::{client::ClientCredentials, descriptor::service};
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

#[derive(Clone, Debug)]
enum SecretKind {
    Token(Secret),
    Basic { user: String, password: Secret },
    Client(ClientCredentials),
    Credential(Credential),
}

impl ScimConfig {
    /// Creates the settings of an account with a bearer token.
    pub fn with_token(account: AccountName, base_url: impl Into<String>, token: impl Into<Secret>) -> Self {
        Self::new(account, base_url.into(), SecretKind::Token(token.into()))
    }

    /// Creates the settings of an account with a user name and a password (`Authorization: Basic`).
    pub fn with_password(
        account: AccountName,
        base_url: impl Into<String>,
        user: impl Into<String>,
        password: impl Into<Secret>,
    ) -> Self {
        let secret = SecretKind::Basic { user: user.into(), password: password.into() };
        Self::new(account, base_url.into(), secret)
    }

    /// Creates the settings of an account that is an OAuth client. Access tokens are fetched and renewed.
    pub fn with_client(account: AccountName, base_url: impl Into<String>, client: ClientCredentials) -> Self {
        Self::new(account, base_url.into(), SecretKind::Client(client))
    }

    /// Creates the settings of an account whose requests carry another credential, such as one that
    /// [a function fetches](Credential::from_fn).
    pub fn with_credential(
        account: AccountName,
        base_url: impl Into<String>,
        credential: Credential,
    ) -> Self {
        Self::new(account, base_url.into(), SecretKind::Credential(credential))
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
            SecretKind::Credential(credential) => Ok(credential.clone()),
        };
        let credential = credential.map_err(|error| error.with_provider(&info))?;
        HttpClient::new(info, credential, HeaderMap::new(), DIALECT, self.http)
            .map(|http| http.with_raw_records(self.keep_raw))
    }
}
