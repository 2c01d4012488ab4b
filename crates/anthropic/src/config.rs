//! The settings of an account.

mod descriptor;

use anyprofile_core::{AccountName, Error, ProviderInfo, Result, ServiceName};
use anyprofile_engine::Connection;
use anyprofile_http::{
    Credential, HeaderMap, HeaderName, HeaderValue, HttpClient, HttpOptions, Secret, header,
};

use crate::{
    beta::{BETA_2026_03_24, BETA_HEADER, Beta},
    connector::{OrganizationConnector, UserProfilesConnector},
    dialect::DIALECT,
};

pub use self::descriptor::service;

/// The name of the service in ids and configurations.
pub const SERVICE: &str = "anthropic";

/// The base URL of the API (`ANTHROPIC_BASE_URL` of the official SDKs).
pub const ANTHROPIC_API_URL: &str = "https://api.anthropic.com";

/// The value of `anthropic-version` that all user profile pages of the reference use.
pub const API_VERSION: &str = "2023-06-01";

/// The prefix of the betas of this API.
const BETA_PREFIX: &str = "user-profiles-";

/// The settings of an account at the Anthropic API. `Debug` shows no secrets.
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
    /// The base URL of the API. Default: [`ANTHROPIC_API_URL`].
    pub base_url: String,
    /// The beta of user profiles: one of the `BETA_…` constants or a later one. `None` selects the generally
    /// available API, which needs no beta. The beta decides which fields exist. Default: [`BETA_2026_03_24`].
    pub beta: Option<String>,
    /// Further betas, sent in the same header.
    pub other_betas: Vec<String>,
    /// The value of `anthropic-version`. Default: [`API_VERSION`].
    pub api_version: String,
    /// The workspace (`wrkspc_…`), for a credential with several workspaces.
    pub workspace_id: Option<String>,
    /// Whether `?beta=true` is sent with a beta, as the official SDKs do. Default: yes.
    pub beta_query: bool,
    /// Whether profiles keep the complete record as the service sent it. It may contain more personal data
    /// than the normalized fields. Default: no.
    pub keep_raw: bool,
    /// Timeouts, retries, TLS, proxy.
    pub http: HttpOptions,
    secret: SecretKind,
}

/// One of the credentials, never two: the SDKs differ in which one has precedence.
#[derive(Clone, Debug)]
enum SecretKind {
    ApiKey(Secret),
    AuthToken(Secret),
    AdminKey(Secret),
    Credential(Credential),
}

impl AnthropicConfig {
    /// Creates the settings of an account with an API key (`x-api-key`).
    pub fn with_api_key(account: AccountName, api_key: impl Into<Secret>) -> Self {
        Self::new(account, SecretKind::ApiKey(api_key.into()))
    }

    /// Creates the settings of an account with a bearer token (`Authorization: Bearer`) that your program
    /// renews. A token that was obtained with OAuth needs `oauth-2025-04-20` in
    /// [`other_betas`](Self::other_betas).
    pub fn with_auth_token(account: AccountName, auth_token: impl Into<Secret>) -> Self {
        Self::new(account, SecretKind::AuthToken(auth_token.into()))
    }

    /// Creates the settings of an account with an admin key (`x-api-key`), for the organization's own people
    /// ([`connect_organization`](Self::connect_organization)). It needs no beta. A
    /// [bearer token](Self::with_auth_token) with the scope `org:admin` can read them too, and service accounts
    /// besides, which the service does not show to an admin key.
    pub fn with_admin_key(account: AccountName, admin_key: impl Into<Secret>) -> Self {
        Self { beta: None, ..Self::new(account, SecretKind::AdminKey(admin_key.into())) }
    }

    /// Creates the settings of an account whose requests carry another credential, such as one that
    /// [a function fetches](Credential::from_fn): a key in the header `x-api-key` without a scheme, or a token in `Authorization` with
    /// the scheme `Bearer`. For the organization's own people it must be an admin key or a token with the scope `org:admin`.
    pub fn with_credential(account: AccountName, credential: Credential) -> Self {
        Self::new(account, SecretKind::Credential(credential))
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

    /// Sets the base URL of the API.
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sets the beta of user profiles.
    pub fn with_beta(mut self, beta: impl Into<String>) -> Self {
        self.beta = Some(beta.into());
        self
    }

    /// Selects the generally available API.
    pub fn without_beta(mut self) -> Self {
        self.beta = None;
        self
    }

    /// Adds a further beta, sent in the same header.
    pub fn with_other_beta(mut self, beta: impl Into<String>) -> Self {
        self.other_betas.push(beta.into());
        self
    }

    /// Sets [`api_version`](Self::api_version).
    pub fn with_api_version(mut self, api_version: impl Into<String>) -> Self {
        self.api_version = api_version.into();
        self
    }

    /// Sets the workspace.
    pub fn in_workspace(mut self, workspace_id: impl Into<String>) -> Self {
        self.workspace_id = Some(workspace_id.into());
        self
    }

    /// Sets [`beta_query`](Self::beta_query).
    pub fn with_beta_query(mut self, beta_query: bool) -> Self {
        self.beta_query = beta_query;
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

    /// Creates an anyprofile provider of the end users of the account's platform. No request is sent.
    ///
    /// The service has no e-mail addresses, no total and no own profile. The beta decides which fields exist.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a setting is invalid, or the credential is an admin
    /// key, which cannot read user profiles.
    pub fn connect(self) -> Result<Connection> {
        if matches!(self.secret, SecretKind::AdminKey(_)) {
            return Err(Error::config("an admin key cannot read user profiles")
                .with_account(&ServiceName::from_static(SERVICE), &self.account)
                .with_hint("to read the organization's own people, use connect_organization"));
        }
        let connector = UserProfilesConnector::new(self.spoken_beta());
        self.http_client().map(|http| Connection::new(connector, http))
    }

    /// Creates an anyprofile provider of the organization that an admin key or a bearer token with the scope
    /// `org:admin` belongs to. No request is sent. The beta of user profiles is not sent either.
    ///
    /// It lists the organization's users, then the invites with their status, then the service accounts. **The service
    /// shows service accounts to a bearer token alone: with an admin key they are not listed.** These are the
    /// organization's own people and programs; for the end users of a platform, use [`connect`](Self::connect), which
    /// needs another credential.
    ///
    /// [`current`](anyprofile_core::ProfileProviderExt::current) returns the organization itself.
    /// [`members`](anyprofile_core::ProfileProviderExt::members) lists the members of the organization, of a workspace
    /// ([`WORKSPACE`](crate::WORKSPACE)) or of a group ([`RBAC_GROUP`](crate::RBAC_GROUP)). The members of the last two are
    /// memberships, whose ids name the place and the user, and whose role is the one in the workspace. The second factor
    /// of a user is not known.
    ///
    /// Creating a profile creates an invite, and the service sends a message to the address. Deleting removes a user
    /// from the organization, or a membership from its workspace or group
    /// ([`workspace_member_id`](crate::workspace_member_id), [`rbac_group_member_id`](crate::rbac_group_member_id)), or
    /// withdraws an invite, which may stay in the list as deleted. Deactivating archives a service account, for good.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a setting is invalid, or the credential is an API
    /// key: an admin key or a bearer token with the scope `org:admin` is required.
    pub fn connect_organization(self) -> Result<Connection> {
        if matches!(self.secret, SecretKind::ApiKey(_)) {
            return Err(Error::config("an admin key is required to read the people of the organization")
                .with_account(&ServiceName::from_static(SERVICE), &self.account)
                .with_hint("set it as admin_key of the account"));
        }
        let shows_service_accounts = match &self.secret {
            SecretKind::AuthToken(_) => true,
            SecretKind::Credential(credential) => credential.header_name() == header::AUTHORIZATION,
            SecretKind::ApiKey(_) | SecretKind::AdminKey(_) => false,
        };
        let connector = OrganizationConnector::new(shows_service_accounts);
        self.without_beta().http_client().map(|http| Connection::new(connector, http))
    }

    /// Returns the beta settings of the operations of user profiles.
    pub(crate) fn spoken_beta(&self) -> Beta {
        Beta::new(self.beta.as_deref(), self.beta_query, &self.other_betas)
    }

    /// Returns the value of `anthropic-beta`: the beta of user profiles and the others, each once.
    fn betas(&self) -> Result<Option<String>> {
        let beta = self.spoken_beta();
        if beta.others().iter().any(|beta| beta.starts_with(BETA_PREFIX)) {
            return Err(Error::config("other_betas must not contain a beta of user profiles")
                .with_hint("set it as beta of the account"));
        }
        if self.beta.as_deref().is_some_and(|beta| beta.contains(',')) {
            return Err(Error::config("beta must be one beta of user profiles")
                .with_hint("move the others to other_betas"));
        }
        Ok(beta.header())
    }

    /// Returns the settings that decide which records exist, and their format.
    fn shape(&self) -> String {
        [self.beta.as_deref(), Some(&self.api_version), self.workspace_id.as_deref()]
            .map(Option::unwrap_or_default)
            .join(" ")
    }

    /// Creates the HTTP client of the account.
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
            SecretKind::Credential(credential) => Ok(credential.clone()),
        }
        .map_err(in_account)?;
        let headers = [
            ("anthropic-version", Some(self.api_version.clone())),
            (BETA_HEADER, self.betas().map_err(in_account)?),
            ("anthropic-workspace-id", self.workspace_id.clone()),
        ];
        let mut fixed = HeaderMap::new();
        for (name, value) in headers {
            if let Some(value) = value {
                let value = HeaderValue::from_str(&value).map_err(|_| {
                    in_account(Error::config(format!(
                        "the value of {name} contains characters that are not allowed in a header"
                    )))
                })?;
                fixed.insert(HeaderName::from_static(name), value);
            }
        }
        HttpClient::new(info, credential, fixed, DIALECT, self.http)
            .map(|http| http.with_raw_records(self.keep_raw))
    }
}
