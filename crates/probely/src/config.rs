//! The settings of an account.

mod descriptor;

use anyprofile_core::{AccountName, ProviderInfo, Result, ServiceName, open_enum};
use anyprofile_engine::Connection;
use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, SecretString, header};

use crate::{connector::ProbelyConnector, dialect::DIALECT};

pub use self::descriptor::service;

/// The name of the service in ids and configurations.
pub const SERVICE: &str = "probely";

/// The API without a region; the default of Probely's own clients.
pub const PROBELY_API_URL: &str = "https://api.probely.com";

open_enum! {
    /// The region that an account lives in. A key of one region is not known in another.
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
    /// The region's API.
    pub fn api_url(&self) -> String {
        format!("https://api.{}.probely.com", self.as_str())
    }
}

/// An account at Probely. `Debug` shows no secret.
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
    /// The API. Default: [`PROBELY_API_URL`].
    pub base_url: String,
    /// Users a page where the caller names no size. Probely's own default of 10 makes many requests, and
    /// it publishes no maximum. Default: 100.
    pub page_size: u32,
    /// What to order users by where the caller names nothing: page numbers shift when the order does.
    /// Probely does not publish which fields it takes. Default: `id`.
    pub ordering: Option<String>,
    /// Whether profiles keep the whole record as the service sent it. It may hold more personal data than
    /// the normalized fields. Default: no.
    pub keep_raw: bool,
    /// Timeouts, retries, TLS, proxy.
    pub http: HttpOptions,
    api_key: SecretString,
}

impl ProbelyConfig {
    /// An account with an API key.
    pub fn new(account: AccountName, api_key: impl Into<SecretString>) -> Self {
        Self {
            account,
            base_url: PROBELY_API_URL.to_owned(),
            page_size: 100,
            ordering: Some("id".to_owned()),
            keep_raw: false,
            http: HttpOptions::default(),
            api_key: api_key.into(),
        }
    }

    /// Uses the API of a region.
    pub fn in_region(self, region: &Region) -> Self {
        self.at(region.api_url())
    }

    /// Uses another API.
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

    /// Lets profiles keep the whole record as the service sent it.
    pub fn with_raw_records(mut self, keep_raw: bool) -> Self {
        self.keep_raw = keep_raw;
        self
    }

    /// Sets timeouts, retries, TLS, proxy.
    pub fn with_http(mut self, http: HttpOptions) -> Self {
        self.http = http;
        self
    }

    /// The account as an anyprofile provider.
    ///
    /// Lists all users, deactivated ones included, and behind them the API users, as profiles of the kind `service`;
    /// the pages of each are numbered and may be fetched side by side. Whether the service shows an API user among the
    /// users too is not published; if so, it is there under both ids. Creating also lets a deactivated user in again, if
    /// there is one with the address.
    ///
    /// [`current`](anyprofile_core::ProfileProviderExt::current) is `/profile/`, which tells more of a user than
    /// the list does (`access.owner`, `security.sso`, `security.first_login`).
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config). No request is sent.
    pub fn connect(self) -> Result<Connection> {
        let connector = ProbelyConnector::new(self.page_size, self.ordering.as_deref());
        self.http_client().map(|http| Connection::new(connector, http))
    }

    /// The client that this account is spoken to with.
    pub(crate) fn http_client(self) -> Result<HttpClient> {
        let info = ProviderInfo::new(ServiceName::new(SERVICE)?, self.account, "Probely", self.base_url);
        // `JWT`, not `Bearer`, which the older OpenAPI document declares.
        let credential = Credential::header(header::AUTHORIZATION, Some("JWT"), &self.api_key)
            .map_err(|error| error.with_provider(&info))?;
        HttpClient::new(info, credential, HeaderMap::new(), DIALECT, self.http)
            .map(|http| http.with_raw_records(self.keep_raw))
    }
}
