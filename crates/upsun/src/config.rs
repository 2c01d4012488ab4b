//! The settings of an account.

mod descriptor;

use anyprofile_core::{AccountName, Error, ProviderInfo, Result, ServiceName};
use anyprofile_engine::Connection;
use anyprofile_http::{
    Credential, HeaderMap, HttpClient, HttpOptions, SecretString, TokenExchange, Url, header,
};

use crate::{
    connector::UpsunConnector,
    dialect::{DIALECT, TOKENS},
};

pub use self::descriptor::service;

/// The name of the service in ids and configurations.
pub const SERVICE: &str = "upsun";

/// Upsun's API (OpenAPI document, `servers`).
pub const UPSUN_API_URL: &str = "https://api.upsun.com";
/// Upsun's authentication server (OpenAPI document, description).
pub const UPSUN_AUTH_URL: &str = "https://auth.upsun.com";
/// Platform.sh's API, the same service under its former name.
pub const PLATFORM_SH_API_URL: &str = "https://api.platform.sh";
/// Platform.sh's authentication server.
pub const PLATFORM_SH_AUTH_URL: &str = "https://auth.api.platform.sh";

/// The OAuth client that API tokens are exchanged with; its password is empty (OpenAPI document, description).
const API_TOKEN_CLIENT: &str = "platform-api-user";

/// What to check where the authentication server is not what it should be.
const AUTH_URL_SETTING: &str = "auth_url (UPSUN_AUTH_URL in the environment)";

/// An account at Upsun or Platform.sh. `Debug` shows no secret.
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
    /// The API. Default: [`UPSUN_API_URL`].
    pub base_url: String,
    /// The authentication server, which the API token is sent to. Default: the one that belongs to `base_url`, if
    /// that is [`UPSUN_API_URL`] or [`PLATFORM_SH_API_URL`]; for any other it has to be named.
    pub auth_url: Option<String>,
    /// Which organizations are listed after the profiles of `/profiles`. Default: none.
    pub organizations: ListedOrganizations,
    /// Whether profiles keep the whole record as the service sent it. It may hold more personal data than
    /// the normalized fields. Default: no.
    pub keep_raw: bool,
    /// Timeouts, retries, TLS, proxy.
    pub http: HttpOptions,
    secret: SecretKind,
}

/// Which organizations are listed after the profiles of `/profiles`, as profiles of the kind `organization`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListedOrganizations {
    /// None. `/profiles` holds profiles of organizations too, under an id of their own.
    #[default]
    None,
    /// Those that the token's user is a member of (`GET /users/{user_id}/organizations`): active, restricted and
    /// suspended ones, as the service lists them by itself.
    Discovered,
    /// These, by their ids (ULIDs) or by `name=` and the machine name.
    These(Vec<String>),
}

impl ListedOrganizations {
    /// What a cursor is bound to.
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
    ApiToken(SecretString),
    AccessToken(SecretString),
}

impl UpsunConfig {
    /// An account with an API token, which is exchanged for access tokens as they run out.
    pub fn with_api_token(account: AccountName, api_token: impl Into<SecretString>) -> Self {
        Self::new(account, SecretKind::ApiToken(api_token.into()))
    }

    /// An account with an access token that somebody else renews. It lives 15 minutes.
    pub fn with_access_token(account: AccountName, access_token: impl Into<SecretString>) -> Self {
        Self::new(account, SecretKind::AccessToken(access_token.into()))
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

    /// Uses the hosts of Platform.sh.
    pub fn at_platform_sh(self) -> Self {
        self.at(PLATFORM_SH_API_URL)
    }

    /// Uses another API.
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Uses another authentication server.
    pub fn with_auth_url(mut self, auth_url: impl Into<String>) -> Self {
        self.auth_url = Some(auth_url.into());
        self
    }

    /// Lists these organizations too. Each costs a request for its profile, which the service shows one by one.
    pub fn with_organizations(mut self, organizations: ListedOrganizations) -> Self {
        self.organizations = organizations;
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
    /// Lists `/profiles`: users and organizations, all addressed as `user`; and behind them the organizations that
    /// [`organizations`](Self::organizations) asks for. An organization's own profile is addressed by the organization's
    /// id (`upsun:acme/organization/01H…`) or, for reading, by its name (`upsun:acme/organization/name=acme`). Its
    /// members are listed with [`members`](anyprofile_core::ProfileProviderExt::members).
    /// [`current`](anyprofile_core::ProfileProviderExt::current) is the user whom the token belongs to. A user is changed in
    /// the profile and in the user's record, whichever has the field; an organization in its profile.
    ///
    /// The service shows a person in several records, of which `/profiles` says nothing of status and second factor:
    /// [`GetOptions::enrich`](anyprofile_core::GetOptions::enrich) and
    /// [`ListQuery::enrich`](anyprofile_core::ListQuery::enrich) add the user of `/users` and the postal address.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config). No request is sent.
    pub fn connect(self) -> Result<Connection> {
        if let ListedOrganizations::These(organizations) = &self.organizations
            && let Some(wrong) = organizations.iter().find(|it| !may_be_organization(it))
        {
            return Err(Error::config(format!("'{wrong}' is no organization"))
                .with_account(&ServiceName::from_static(SERVICE), &self.account)
                .with_hint("an organization is named by its id (26 letters and digits) or by name= and its machine name"));
        }
        let connector = UpsunConnector::new(self.organizations.clone());
        self.http_client().map(|http| Connection::new(connector, http))
    }

    /// The client that this account is spoken to with.
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

    /// The token endpoint. The API token goes to a host that was named, or that belongs to the one that was.
    fn token_url(&self, base_url: &str) -> Result<Url> {
        let usual = match base_url.trim_end_matches('/') {
            UPSUN_API_URL => Some(UPSUN_AUTH_URL),
            PLATFORM_SH_API_URL => Some(PLATFORM_SH_AUTH_URL),
            _ => None,
        };
        let auth_url = self.auth_url.as_deref().or(usual).ok_or_else(|| {
            Error::config(
                "the authentication server is not named, and the base URL is not one that it is known for",
            )
            .with_hint("name it beside the base URL: auth_url in the file, UPSUN_AUTH_URL in the environment")
        })?;
        let mut url = anyprofile_http::base_url(auth_url, self.http.allow_insecure_http)?;
        url.set_path(&format!("{}/oauth2/token", url.path().trim_end_matches('/')));
        Ok(url)
    }
}

/// Whether a text can address an organization: a ULID begins with a digit.
fn may_be_organization(text: &str) -> bool {
    match text.strip_prefix("name=") {
        Some(name) => !name.is_empty(),
        None => text.starts_with(|first: char| first.is_ascii_digit()),
    }
}
