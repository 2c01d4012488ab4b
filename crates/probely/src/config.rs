//! The settings of an account.

mod descriptor;

use anyprofile_core::{AccountName, ProviderInfo, Result, ServiceName, open_enum};
use anyprofile_engine::Connection;
use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, Secret, header};

use crate::{connector::ProbelyConnector, dialect::DIALECT};

pub use self::descriptor::service;

/// The name of the service in ids and configurations.
pub const SERVICE: &str = "probely";

/// The base URL of the API without a region, which is the default of Probely's own clients.
pub const PROBELY_API_URL: &str = "https://api.probely.com";

open_enum! {
    /// The region of an account. A key is valid only in its region.
    pub enum Region {
        /// The European Union.
        Eu = "eu",
        /// The United States.
        Us = "us",
        /// Australia.
        Au = "au",
    }
}

impl Region {
    /// Returns the base URL of the region's API.
    pub fn api_url(&self) -> String {
        format!("https://api.{}.probely.com", self.as_str())
    }
}

/// The settings of an account at Probely. `Debug` shows no secrets.
///
/// ```no_run
/// use anyprofile_probely::{ProbelyConfig, Region};
///
/// let config = ProbelyConfig::new("probely-eu".parse()?, "an API key").in_region(&Region::Eu);
/// let provider = config.connect()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProbelyConfig {
    /// The name of the account, as it appears in ids.
    pub account: AccountName,
    /// The base URL of the API. Default: [`PROBELY_API_URL`].
    pub base_url: String,
    /// The page size, if the query has none. Probely's own default of 10 causes many requests, and it
    /// publishes no maximum. Default: 100.
    pub page_size: u32,
    /// The field to order users by, if the query has no order: without an order, users may move between
    /// numbered pages. Probely does not publish the accepted fields. Default: `id`.
    pub ordering: Option<String>,
    /// Whether profiles keep the complete record as the service sent it. It may contain more personal data
    /// than the normalized fields. Default: no.
    pub keep_raw: bool,
    /// Timeouts, retries, TLS, proxy.
    pub http: HttpOptions,
    secret: SecretKind,
}

#[derive(Clone, Debug)]
enum SecretKind {
    ApiKey(Secret),
    Credential(Credential),
}

impl ProbelyConfig {
    /// Creates the settings of an account with an API key.
    pub fn new(account: AccountName, api_key: impl Into<Secret>) -> Self {
        Self::of(account, SecretKind::ApiKey(api_key.into()))
    }

    /// Creates the settings of an account whose requests carry another credential, such as an API key that
    /// [a function fetches](Credential::from_fn): in the header `Authorization`, with the scheme `JWT`.
    pub fn with_credential(account: AccountName, credential: Credential) -> Self {
        Self::of(account, SecretKind::Credential(credential))
    }

    fn of(account: AccountName, secret: SecretKind) -> Self {
        Self {
            account,
            base_url: PROBELY_API_URL.to_owned(),
            page_size: 100,
            ordering: Some("id".to_owned()),
            keep_raw: false,
            http: HttpOptions::default(),
            secret,
        }
    }

    /// Sets the base URL to the API of a region.
    pub fn in_region(self, region: &Region) -> Self {
        self.at(region.api_url())
    }

    /// Sets the base URL of the API.
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sets [`page_size`](Self::page_size).
    pub fn with_page_size(mut self, users: u32) -> Self {
        self.page_size = users;
        self
    }

    /// Sets [`ordering`](Self::ordering).
    pub fn with_ordering(mut self, ordering: Option<String>) -> Self {
        self.ordering = ordering;
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

    /// Creates the anyprofile provider of the account. No request is sent.
    ///
    /// It lists all users, including deactivated ones, and then the API users, as profiles of the kind
    /// `service`. The pages of each list are numbered and may be fetched concurrently. Whether the service
    /// lists an API user among the users too is not published; if it does, the API user is listed under both
    /// ids. Creating a user reactivates a deactivated user with the same e-mail address.
    ///
    /// [`current`](anyprofile_core::ProfileProviderExt::current) reads `/profile/`, which has more fields of
    /// a user than the list (`access.owner`, `security.sso`, `security.first_login`).
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a setting is invalid.
    pub fn connect(self) -> Result<Connection> {
        let connector = ProbelyConnector::new(self.page_size, self.ordering.as_deref());
        self.http_client().map(|http| Connection::new(connector, http))
    }

    /// Creates the HTTP client of the account.
    pub(crate) fn http_client(self) -> Result<HttpClient> {
        let info = ProviderInfo::new(ServiceName::new(SERVICE)?, self.account, "Probely", self.base_url);
        // The scheme is `JWT`, and not `Bearer` as the older OpenAPI document declares.
        let credential = match &self.secret {
            SecretKind::ApiKey(key) => Credential::header(header::AUTHORIZATION, Some("JWT"), key),
            SecretKind::Credential(credential) => Ok(credential.clone()),
        };
        let credential = credential.map_err(|error| error.with_provider(&info))?;
        HttpClient::new(info, credential, HeaderMap::new(), DIALECT, self.http)
            .map(|http| http.with_raw_records(self.keep_raw))
    }
}
