//! The settings of an account.

mod descriptor;

use anyprofile_core::{AccountName, Error, ProviderInfo, Result, ServiceName};
use anyprofile_engine::Connection;
use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, Secret, TokenExchange, Url, header};

use crate::{
    connector::UpsunConnector,
    dialect::{DIALECT, TOKENS},
};

pub use self::descriptor::service;

/// The name of the service in ids and configurations.
pub const SERVICE: &str = "upsun";

/// The base URL of Upsun's API (OpenAPI document, `servers`).
pub const UPSUN_API_URL: &str = "https://api.upsun.com";
/// The base URL of Upsun's authentication server (OpenAPI document, description).
pub const UPSUN_AUTH_URL: &str = "https://auth.upsun.com";
/// The base URL of the API of Platform.sh, the former name of the same service.
pub const PLATFORM_SH_API_URL: &str = "https://api.platform.sh";
/// The base URL of Platform.sh's authentication server.
pub const PLATFORM_SH_AUTH_URL: &str = "https://auth.api.platform.sh";

/// The OAuth client of the API token exchange; its password is empty (OpenAPI document, description).
const API_TOKEN_CLIENT: &str = "platform-api-user";

/// The setting to check if the authentication server does not respond as expected.
const AUTH_URL_SETTING: &str = "auth_url (UPSUN_AUTH_URL in the environment)";

/// The settings of an account at Upsun or Platform.sh. `Debug` shows no secrets.
///
/// ```no_run
/// use anyprofile_upsun::UpsunConfig;
///
/// let provider = UpsunConfig::with_api_token("acme".parse()?, "an API token").connect()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UpsunConfig {
    /// The name of the account, as it appears in ids.
    pub account: AccountName,
    /// The base URL of the API. Default: [`UPSUN_API_URL`].
    pub base_url: String,
    /// The base URL of the authentication server, which receives the API token. Default: the one that belongs
    /// to `base_url`, if that is [`UPSUN_API_URL`] or [`PLATFORM_SH_API_URL`]; for any other `base_url` it is
    /// required.
    pub auth_url: Option<String>,
    /// The organizations to list after the profiles of `/profiles`. Default: none.
    pub organizations: ListedOrganizations,
    /// Whether profiles keep the complete record as the service sent it. It may contain more personal data
    /// than the normalized fields. Default: no.
    pub keep_raw: bool,
    /// Timeouts, retries, TLS, proxy.
    pub http: HttpOptions,
    secret: SecretKind,
}

/// The organizations to list after the profiles of `/profiles`, as profiles of the kind `organization`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListedOrganizations {
    /// No organizations. `/profiles` also contains profiles of organizations, under ids of their own.
    #[default]
    None,
    /// The organizations that the token's user is a member of (`GET /users/{user_id}/organizations`): active,
    /// restricted and suspended ones, which is the service's default.
    Discovered,
    /// The organizations with these ids (ULIDs) or machine names (`name=` and the name).
    These(Vec<String>),
}

impl ListedOrganizations {
    /// Returns what a cursor is bound to.
    fn shape(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Discovered => "discovered".to_owned(),
            Self::These(organizations) => organizations.join(" "),
        }
    }
}

#[derive(Clone, Debug)]
enum SecretKind {
    ApiToken(Secret),
    AccessToken(Secret),
    Credential(Credential),
}

impl UpsunConfig {
    /// Creates the settings of an account with an API token. The token is exchanged for access tokens, which
    /// are renewed before they expire.
    pub fn with_api_token(account: AccountName, api_token: impl Into<Secret>) -> Self {
        Self::new(account, SecretKind::ApiToken(api_token.into()))
    }

    /// Creates the settings of an account with an access token that your program renews. It is valid for 15
    /// minutes.
    pub fn with_access_token(account: AccountName, access_token: impl Into<Secret>) -> Self {
        Self::new(account, SecretKind::AccessToken(access_token.into()))
    }

    /// Creates the settings of an account whose requests carry another credential, such as an access token that
    /// [a function fetches](Credential::from_fn): in the header `Authorization`, with the scheme `Bearer`.
    pub fn with_credential(account: AccountName, credential: Credential) -> Self {
        Self::new(account, SecretKind::Credential(credential))
    }

    fn new(account: AccountName, secret: SecretKind) -> Self {
        Self {
            account,
            base_url: UPSUN_API_URL.to_owned(),
            auth_url: None,
            organizations: ListedOrganizations::None,
            keep_raw: false,
            http: HttpOptions::default(),
            secret,
        }
    }

    /// Sets the hosts of Platform.sh.
    pub fn at_platform_sh(self) -> Self {
        self.at(PLATFORM_SH_API_URL)
    }

    /// Sets the base URL of the API.
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sets the base URL of the authentication server.
    pub fn with_auth_url(mut self, auth_url: impl Into<String>) -> Self {
        self.auth_url = Some(auth_url.into());
        self
    }

    /// Sets the organizations to list. Each costs one request, because the service returns their profiles one
    /// at a time.
    pub fn with_organizations(mut self, organizations: ListedOrganizations) -> Self {
        self.organizations = organizations;
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
    /// It lists `/profiles`: users and organizations, all with ids of the kind `user`; then the organizations
    /// that [`organizations`](Self::organizations) selects. An organization's own profile has the
    /// organization's id (`upsun:acme/organization/01H…`) or, for reads, its name
    /// (`upsun:acme/organization/name=acme`). [`members`](anyprofile_core::ProfileProviderExt::members) lists
    /// its members. [`current`](anyprofile_core::ProfileProviderExt::current) returns the user of the token.
    /// An update of a user changes the profile or the user record, whichever has the field; an update of an
    /// organization changes its profile.
    ///
    /// The service has several records of a person. `/profiles` does not contain the status and the second
    /// factor: [`GetOptions::enrich`](anyprofile_core::GetOptions::enrich) and
    /// [`ListQuery::enrich`](anyprofile_core::ListQuery::enrich) add the user of `/users` and the postal
    /// address.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a setting is invalid.
    pub fn connect(self) -> Result<Connection> {
        if let ListedOrganizations::These(organizations) = &self.organizations
            && let Some(wrong) = organizations.iter().find(|it| !may_be_organization(it))
        {
            return Err(Error::config(format!("'{wrong}' is not the id or the name of an organization"))
                .with_account(&ServiceName::from_static(SERVICE), &self.account)
                .with_hint(
                    "use the id of the organization (26 letters and digits), or name= and its machine name",
                ));
        }
        let connector = UpsunConnector::new(self.organizations.clone());
        self.http_client().map(|http| Connection::new(connector, http))
    }

    /// Creates the HTTP client of the account.
    pub(crate) fn http_client(self) -> Result<HttpClient> {
        let info = ProviderInfo::new(
            ServiceName::new(SERVICE)?,
            self.account.clone(),
            "Upsun",
            self.base_url.clone(),
        )
        .with_shape(self.organizations.shape());
        let credential = match &self.secret {
            SecretKind::AccessToken(token) => {
                Credential::header(header::AUTHORIZATION, Some("Bearer"), token)
            }
            SecretKind::Credential(credential) => Ok(credential.clone()),
            SecretKind::ApiToken(token) => self.token_url(&info.base_url).and_then(|url| {
                let form = vec![("grant_type", "api_token".into()), ("api_token", token.clone())];
                TokenExchange::new(url, API_TOKEN_CLIENT, form)
                    .map(|exchange| exchange.configured_by(AUTH_URL_SETTING).with_dialect(TOKENS))
                    .map(Credential::exchange)
            }),
        }
        .map_err(|error| error.with_provider(&info))?;
        HttpClient::new(info, credential, HeaderMap::new(), DIALECT, self.http)
            .map(|http| http.with_raw_records(self.keep_raw))
    }

    /// Returns the URL of the token endpoint. The API token is sent only to a configured host, or to the host
    /// that belongs to the configured API.
    fn token_url(&self, base_url: &str) -> Result<Url> {
        let usual = match base_url.trim_end_matches('/') {
            UPSUN_API_URL => Some(UPSUN_AUTH_URL),
            PLATFORM_SH_API_URL => Some(PLATFORM_SH_AUTH_URL),
            _ => None,
        };
        let auth_url = self.auth_url.as_deref().or(usual).ok_or_else(|| {
            Error::config("the authentication server is required, because none is known for this base URL")
                .with_hint("set auth_url in the file, or UPSUN_AUTH_URL in the environment")
        })?;
        let mut url = anyprofile_http::base_url(auth_url, self.http.allow_insecure_http)?;
        url.set_path(&format!("{}/oauth2/token", url.path().trim_end_matches('/')));
        Ok(url)
    }
}

/// Returns whether a text can address an organization. A ULID begins with a digit.
fn may_be_organization(text: &str) -> bool {
    match text.strip_prefix("name=") {
        Some(name) => !name.is_empty(),
        None => text.starts_with(|first: char| first.is_ascii_digit()),
    }
}
