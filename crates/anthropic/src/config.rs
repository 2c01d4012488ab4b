//! The settings of an account.

mod descriptor;

use anyprofile_core::{AccountName, Error, ProviderInfo, Result, ServiceName};
use anyprofile_engine::Connection;
use anyprofile_http::{
    Credential, HeaderMap, HeaderName, HeaderValue, HttpClient, HttpOptions, SecretString, header,
};

use crate::{
    beta::{BETA_2026_03_24, Beta},
    connector::{OrganizationConnector, UserProfilesConnector},
    dialect::DIALECT,
};

pub use self::descriptor::service;

/// The name of the service in ids and configurations.
pub const SERVICE: &str = "anthropic";

/// The API (`ANTHROPIC_BASE_URL` of the official SDKs).
pub const ANTHROPIC_API_URL: &str = "https://api.anthropic.com";

/// The value of `anthropic-version` that all user profile pages are written for.
pub const API_VERSION: &str = "2023-06-01";

/// How the betas of this API are named.
const BETA_PREFIX: &str = "user-profiles-";

/// An account at the Anthropic API. `Debug` shows no secret.
///
/// ```no_run
/// use anyprofile_anthropic::{AnthropicConfig, BETA_2026_09_04};
///
/// let config = AnthropicConfig::with_api_key("claude".parse()?, "an API key").with_beta(BETA_2026_09_04);
/// let provider = config.connect()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AnthropicConfig {
    /// The name of the account, as it appears in ids.
    pub account: AccountName,
    /// The API. Default: [`ANTHROPIC_API_URL`].
    pub base_url: String,
    /// The beta of user profiles, one of the `BETA_…` constants or a later one. `None` speaks the generally
    /// available API, which needs none. It decides which fields there are. Default: [`BETA_2026_03_24`].
    pub beta: Option<String>,
    /// Further betas, sent in the same header.
    pub other_betas: Vec<String>,
    /// `anthropic-version`. Default: [`API_VERSION`].
    pub api_version: String,
    /// The workspace to act on (`wrkspc_…`), for a credential that can act on several.
    pub workspace_id: Option<String>,
    /// Whether `?beta=true` is sent with a beta, as the official SDKs do. Default: yes.
    pub beta_query: bool,
    /// Whether profiles keep the whole record as the service sent it. It may hold more personal data than
    /// the normalized fields. Default: no.
    pub keep_raw: bool,
    /// Timeouts, retries, TLS, proxy.
    pub http: HttpOptions,
    secret: SecretKind,
}

/// One of them, never two: the SDKs differ on which one then counts.
#[derive(Clone, Debug)]
enum SecretKind {
    ApiKey(SecretString),
    AuthToken(SecretString),
    AdminKey(SecretString),
}

impl AnthropicConfig {
    /// An account with an API key (`x-api-key`).
    pub fn with_api_key(account: AccountName, api_key: impl Into<SecretString>) -> Self {
        Self::new(account, SecretKind::ApiKey(api_key.into()))
    }

    /// An account with a bearer token that somebody else renews (`Authorization: Bearer`). A token that was
    /// minted by OAuth needs `oauth-2025-04-20` among [`other_betas`](Self::other_betas).
    pub fn with_auth_token(account: AccountName, auth_token: impl Into<SecretString>) -> Self {
        Self::new(account, SecretKind::AuthToken(auth_token.into()))
    }

    /// An account with an admin key (`x-api-key`), for the organization's own people
    /// ([`connect_organization`](Self::connect_organization)). It needs no beta and has none. A bearer token that was given
    /// `org:admin` reads them too.
    pub fn with_admin_key(account: AccountName, admin_key: impl Into<SecretString>) -> Self {
        Self { beta: None, ..Self::new(account, SecretKind::AdminKey(admin_key.into())) }
    }

    fn new(account: AccountName, secret: SecretKind) -> Self {
        Self {
            account,
            base_url: ANTHROPIC_API_URL.to_owned(),
            beta: Some(BETA_2026_03_24.to_owned()),
            other_betas: Vec::new(),
            api_version: API_VERSION.to_owned(),
            workspace_id: None,
            beta_query: true,
            keep_raw: false,
            http: HttpOptions::default(),
            secret,
        }
    }

    /// Uses another API.
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Speaks this beta of user profiles.
    pub fn with_beta(mut self, beta: impl Into<String>) -> Self {
        self.beta = Some(beta.into());
        self
    }

    /// Speaks the generally available API.
    pub fn without_beta(mut self) -> Self {
        self.beta = None;
        self
    }

    /// Sends a further beta in the same header.
    pub fn with_other_beta(mut self, beta: impl Into<String>) -> Self {
        self.other_betas.push(beta.into());
        self
    }

    /// Sets [`api_version`](Self::api_version).
    pub fn with_api_version(mut self, api_version: impl Into<String>) -> Self {
        self.api_version = api_version.into();
        self
    }

    /// Acts on this workspace.
    pub fn in_workspace(mut self, workspace_id: impl Into<String>) -> Self {
        self.workspace_id = Some(workspace_id.into());
        self
    }

    /// Sets [`beta_query`](Self::beta_query).
    pub fn with_beta_query(mut self, beta_query: bool) -> Self {
        self.beta_query = beta_query;
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

    /// The end users of the account's platform as an anyprofile provider.
    ///
    /// There is no e-mail address, no total and no own profile; which fields there are depends on the beta.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config), also for an admin key, which reads no user profiles. No request is sent.
    pub fn connect(self) -> Result<Connection> {
        if matches!(self.secret, SecretKind::AdminKey(_)) {
            return Err(Error::config("an admin key reads no user profiles")
                .with_account(&ServiceName::from_static(SERVICE), &self.account)
                .with_hint("use connect_organization for the organization's own people"));
        }
        let connector = UserProfilesConnector::new(self.spoken_beta());
        self.http_client().map(|http| Connection::new(connector, http))
    }

    /// The organization that an admin key belongs to as an anyprofile provider: its users, and behind them the invites, with
    /// the status of each. They are the organization's own people; the end users of a platform that is built on the API are
    /// those of [`connect`](Self::connect), which needs another credential.
    ///
    /// [`current`](anyprofile_core::ProfileProviderExt::current) is the organization itself. Nothing tells whether a user has a
    /// second factor. Creating invites somebody, to whom the service then writes. Deleting removes a user from the
    /// organization, or takes back an invite, which may stay in the list as deleted. By an address a user is asked for; of the
    /// invites, which may be there beside the user, all are read.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config), also for an API key: it takes an admin key, or a bearer token that has
    /// `org:admin`. No request is sent.
    pub fn connect_organization(self) -> Result<Connection> {
        if matches!(self.secret, SecretKind::ApiKey(_)) {
            return Err(Error::config("the people of the organization are read with an admin key")
                .with_account(&ServiceName::from_static(SERVICE), &self.account)
                .with_hint("name it as the account's admin_key"));
        }
        self.http_client().map(|http| Connection::new(OrganizationConnector::new(), http))
    }

    /// What operations of user profiles need of these settings.
    pub(crate) fn spoken_beta(&self) -> Beta {
        Beta::new(self.beta.as_deref(), self.beta_query)
    }

    /// The value of `anthropic-beta`: one user profiles beta, and the others, each once.
    fn betas(&self) -> Result<Option<String>> {
        let mut betas: Vec<&str> = Vec::new();
        for beta in self.other_betas.iter().flat_map(|betas| betas.split(',')).map(str::trim) {
            if beta.starts_with(BETA_PREFIX) {
                return Err(Error::config("two betas of user profiles are asked for at once")
                    .with_hint("name it as the account's beta, and not among the others"));
            }
            if !beta.is_empty() && !betas.contains(&beta) {
                betas.push(beta);
            }
        }
        if self.beta.as_deref().is_some_and(|beta| beta.contains(',')) {
            return Err(Error::config("the account's beta is more than one")
                .with_hint("name one beta of user profiles, and the others apart"));
        }
        betas.extend(self.beta.as_deref());
        Ok((!betas.is_empty()).then(|| betas.join(",")))
    }

    /// What decides which records there are and which form they have.
    fn shape(&self) -> String {
        [self.beta.as_deref(), Some(&self.api_version), self.workspace_id.as_deref()]
            .map(Option::unwrap_or_default)
            .join(" ")
    }

    /// The client that this account is spoken to with.
    pub(crate) fn http_client(self) -> Result<HttpClient> {
        let info = ProviderInfo::new(
            ServiceName::new(SERVICE)?,
            self.account.clone(),
            "Anthropic",
            self.base_url.clone(),
        )
        .with_shape(self.shape());
        let in_account = |error: Error| error.with_provider(&info);
        let credential = match &self.secret {
            SecretKind::ApiKey(key) | SecretKind::AdminKey(key) => {
                Credential::header(HeaderName::from_static("x-api-key"), None, key)
            }
            SecretKind::AuthToken(token) => Credential::header(header::AUTHORIZATION, Some("Bearer"), token),
        }
        .map_err(in_account)?;
        let headers = [
            ("anthropic-version", Some(self.api_version.clone())),
            ("anthropic-beta", self.betas().map_err(in_account)?),
            ("anthropic-workspace-id", self.workspace_id.clone()),
        ];
        let mut fixed = HeaderMap::new();
        for (name, value) in headers {
            if let Some(value) = value {
                let value = HeaderValue::from_str(&value).map_err(|_| {
                    in_account(Error::config(format!(
                        "the value for {name} holds characters that cannot stand in a header"
                    )))
                })?;
                fixed.insert(HeaderName::from_static(name), value);
            }
        }
        HttpClient::new(info, credential, fixed, DIALECT, self.http)
            .map(|http| http.with_raw_records(self.keep_raw))
    }
}
