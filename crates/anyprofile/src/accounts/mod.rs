//! Accounts: which services to speak to, and with which credentials.

#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "only a file names a command"))]
mod command;
#[cfg(feature = "config")]
mod file;
#[cfg(feature = "config")]
mod place;
mod secret;

use std::{ffi::OsString, fmt, sync::Arc};

use anyprofile_core::{AccountName, Error, ProfileProvider, Result};
use anyprofile_http::HttpOptions;

use self::secret::{SecretSource, not_text};

/// Which accounts there are. Secrets are read when an account is connected, not before; `Debug` shows none.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    accounts: Vec<Account>,
    /// Variables with credentials that were passed over for a file.
    beside_file: Vec<&'static str>,
}

/// One account: a service, and how to reach it.
#[derive(Clone)]
struct Account {
    name: AccountName,
    /// Where the credential comes from.
    secret: SecretSource,
    settings: Settings,
    http: HttpOptions,
}

impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Account")
            .field("name", &self.name.as_str())
            .field("service", &self.settings.service())
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}

/// What a service needs to know besides the credential.
#[derive(Clone, Debug)]
enum Settings {
    #[cfg(feature = "upsun")]
    Upsun {
        base_url: Option<String>,
        auth_url: Option<String>,
        is_access_token: bool,
        organizations: anyprofile_upsun::ListedOrganizations,
    },
    #[cfg(feature = "probely")]
    Probely { base_url: Option<String>, page_size: Option<u32>, ordering: Option<String> },
    #[cfg(feature = "anthropic")]
    Anthropic {
        base_url: Option<String>,
        credential: AnthropicCredential,
        beta: Beta,
        other_betas: Vec<String>,
        api_version: Option<String>,
        workspace_id: Option<String>,
    },
}

/// What a secret of Anthropic's is.
#[cfg(feature = "anthropic")]
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "only a file names each"))]
enum AnthropicCredential {
    /// A key for user profiles.
    ApiKey,
    /// A bearer token for user profiles.
    AuthToken,
    /// A key for the organization's people.
    AdminKey,
}

/// Which beta of user profiles to speak.
#[cfg(feature = "anthropic")]
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "only a file names one"))]
enum Beta {
    /// The client's default.
    Default,
    /// None: the generally available API.
    None,
    /// This one.
    Named(String),
}

impl Settings {
    fn service(&self) -> &'static str {
        match self {
            #[cfg(feature = "upsun")]
            Self::Upsun { .. } => anyprofile_upsun::SERVICE,
            #[cfg(feature = "probely")]
            Self::Probely { .. } => anyprofile_probely::SERVICE,
            #[cfg(feature = "anthropic")]
            Self::Anthropic { .. } => anyprofile_anthropic::SERVICE,
        }
    }
}

/// The environment variables that name an account without a file, by the account's name.
const ENVIRONMENT: &[(&str, &str)] = &[
    #[cfg(feature = "upsun")]
    ("upsun", "UPSUN_API_TOKEN"),
    #[cfg(feature = "probely")]
    ("probely", "PROBELY_API_KEY"),
    #[cfg(feature = "anthropic")]
    ("anthropic", "ANTHROPIC_API_KEY"),
    #[cfg(feature = "anthropic")]
    ("anthropic-organization", "ANTHROPIC_ADMIN_KEY"),
];

/// The variables that say more of such an account.
const SETTINGS: &[&str] = &[
    #[cfg(feature = "upsun")]
    "UPSUN_API_URL",
    #[cfg(feature = "upsun")]
    "UPSUN_AUTH_URL",
    #[cfg(feature = "upsun")]
    "UPSUN_ORGANIZATIONS",
    #[cfg(feature = "probely")]
    "PROBELY_API_BASE_URL",
    #[cfg(feature = "anthropic")]
    "ANTHROPIC_BASE_URL",
];

/// The word that asks for those organizations that the token's user is a member of.
#[cfg(feature = "upsun")]
const DISCOVERED: &str = "discovered";

/// Which organizations a setting asks for.
#[cfg(feature = "upsun")]
fn listed_organizations(setting: Option<&str>) -> anyprofile_upsun::ListedOrganizations {
    use anyprofile_upsun::ListedOrganizations;
    match setting.map(str::trim) {
        None | Some("") => ListedOrganizations::None,
        Some(DISCOVERED) => ListedOrganizations::Discovered,
        Some(list) => {
            let mut named: Vec<String> = Vec::new();
            for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                if !named.iter().any(|known| known == name) {
                    named.push(name.to_owned());
                }
            }
            ListedOrganizations::These(named)
        }
    }
}

impl Accounts {
    /// The accounts that the environment names: `upsun` from `UPSUN_API_TOKEN` (`UPSUN_API_URL`,
    /// `UPSUN_AUTH_URL`, `UPSUN_ORGANIZATIONS`: `discovered`, or ids separated by commas), `probely` from
    /// `PROBELY_API_KEY` (`PROBELY_API_BASE_URL`), `anthropic` from `ANTHROPIC_API_KEY` (`ANTHROPIC_BASE_URL`),
    /// `anthropic-organization`, the organization's own people, from `ANTHROPIC_ADMIN_KEY`
    /// (`ANTHROPIC_BASE_URL`), of those services that were built in.
    ///
    /// # Errors
    /// A configuration error if it names none, or if a variable is not valid UTF-8.
    pub fn from_env() -> Result<Self> {
        Self::from_os_variables(|name| std::env::var_os(name))
    }

    /// The same, where a variable that is there and is no text is an error: passed over, its account would vanish.
    fn from_os_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let names = ENVIRONMENT.iter().map(|(_, credential)| *credential).chain(SETTINGS.iter().copied());
        for name in names {
            if variable(name).is_some_and(|value| value.to_str().is_none()) {
                return Err(not_text(name));
            }
        }
        Self::from_variables(|name| variable(name)?.into_string().ok())
    }

    /// The environment variables with credentials that [`load`](Self::load) passed over, since it found a file, and that no
    /// account of the file reads. [`from_env`](Self::from_env) uses them. Empty for accounts of the environment.
    pub fn beside_file(&self) -> &[&'static str] {
        &self.beside_file
    }

    /// Notes which of these variables lie beside a file.
    #[cfg_attr(not(feature = "config"), allow(dead_code, reason = "only a file has something beside it"))]
    fn with_variables_beside(mut self, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let is_read = |name: &str| {
            self.accounts
                .iter()
                .any(|account| matches!(&account.secret, SecretSource::Env(read) if read == name))
        };
        let is_set =
            |name: &str| variable(name).is_some_and(|value| !value.to_string_lossy().trim().is_empty());
        let names = ENVIRONMENT.iter().map(|(_, credential)| *credential);
        self.beside_file = names.filter(|name| is_set(name) && !is_read(name)).collect();
        self
    }

    /// The same with another source of variables.
    ///
    /// # Errors
    /// A configuration error if it names none.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let mut accounts = Vec::new();
        for (name, credential) in ENVIRONMENT {
            let Some(secret) = variable(credential) else { continue };
            let settings = match *name {
                #[cfg(feature = "upsun")]
                "upsun" => Settings::Upsun {
                    base_url: variable("UPSUN_API_URL"),
                    auth_url: variable("UPSUN_AUTH_URL"),
                    is_access_token: false,
                    organizations: listed_organizations(variable("UPSUN_ORGANIZATIONS").as_deref()),
                },
                #[cfg(feature = "probely")]
                "probely" => Settings::Probely {
                    base_url: variable("PROBELY_API_BASE_URL"),
                    page_size: None,
                    ordering: None,
                },
                #[cfg(feature = "anthropic")]
                "anthropic" | "anthropic-organization" => Settings::Anthropic {
                    base_url: variable("ANTHROPIC_BASE_URL"),
                    credential: match *name {
                        "anthropic" => AnthropicCredential::ApiKey,
                        _ => AnthropicCredential::AdminKey,
                    },
                    beta: Beta::Default,
                    other_betas: Vec::new(),
                    api_version: None,
                    workspace_id: None,
                },
                _ => continue,
            };
            accounts.push(Account {
                name: name.parse()?,
                secret: SecretSource::literal(secret),
                settings,
                http: HttpOptions::default(),
            });
        }
        if accounts.is_empty() {
            let variables: Vec<_> = ENVIRONMENT.iter().map(|(_, variable)| *variable).collect();
            return Err(Error::config("no account is configured")
                .with_hint(format!("set {}, or write a configuration file", variables.join(" or "))));
        }
        Ok(Self { accounts, beside_file: Vec::new() })
    }

    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &AccountName> {
        self.accounts.iter().map(|account| &account.name)
    }

    /// Only these accounts; all of them if none is named.
    ///
    /// # Errors
    /// A configuration error that lists the accounts there are, if one is named that is not there.
    pub fn select(self, names: &[String]) -> Result<Self> {
        for name in names {
            if !self.names().any(|known| known.as_str() == name) {
                let known: Vec<_> = self.names().map(AccountName::as_str).collect();
                return Err(Error::config(format!("there is no account '{name}'"))
                    .with_hint(format!("the accounts are: {}", known.join(", "))));
            }
        }
        if names.is_empty() {
            return Ok(self);
        }
        let is_named = |account: &Account| names.iter().any(|name| account.name == name.as_str());
        Ok(Self { accounts: self.accounts.into_iter().filter(is_named).collect(), ..self })
    }

    /// Changes the HTTP settings of every account.
    pub fn map_http(mut self, change: impl Fn(HttpOptions) -> HttpOptions) -> Self {
        for account in &mut self.accounts {
            account.http = change(std::mem::take(&mut account.http));
        }
        self
    }

    /// The accounts, ready to use. Reads the secrets; sends no request.
    ///
    /// # Errors
    /// A configuration error of the first account that cannot work.
    pub fn connect(&self) -> Result<Vec<Arc<dyn ProfileProvider>>> {
        self.accounts.iter().map(Account::connect).collect()
    }

    /// The accounts one by one, so that one that cannot work does not lose the others.
    pub fn connect_each(&self) -> Vec<(AccountName, Result<Arc<dyn ProfileProvider>>)> {
        self.accounts.iter().map(|account| (account.name.clone(), account.connect())).collect()
    }
}

impl Account {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        let secret = self.secret.read().map_err(|error| {
            Error::config(format!("account '{}': {}", self.name, error.message()))
                .with_hint(error.hint().unwrap_or("check the account's configuration"))
        })?;
        let (name, http) = (self.name.clone(), self.http.clone());
        Ok(match self.settings.clone() {
            #[cfg(feature = "upsun")]
            Settings::Upsun { base_url, auth_url, is_access_token, organizations } => {
                use anyprofile_upsun::UpsunConfig;
                let mut config = if is_access_token {
                    UpsunConfig::with_access_token(name, secret)
                } else {
                    UpsunConfig::with_api_token(name, secret)
                };
                config.base_url = base_url.unwrap_or(config.base_url);
                config.auth_url = auth_url;
                config.organizations = organizations;
                Arc::new(config.with_http(http).connect()?)
            }
            #[cfg(feature = "probely")]
            Settings::Probely { base_url, page_size, ordering } => {
                use anyprofile_probely::ProbelyConfig;
                let mut config = ProbelyConfig::new(name, secret);
                config.base_url = base_url.unwrap_or(config.base_url);
                config.page_size = page_size.unwrap_or(config.page_size);
                // An empty one asks for no order.
                config.ordering = match ordering {
                    Some(ordering) => Some(ordering).filter(|ordering| !ordering.is_empty()),
                    None => config.ordering,
                };
                Arc::new(config.with_http(http).connect()?)
            }
            #[cfg(feature = "anthropic")]
            Settings::Anthropic { base_url, credential, beta, other_betas, api_version, workspace_id } => {
                use anyprofile_anthropic::AnthropicConfig;
                let mut config = match credential {
                    AnthropicCredential::ApiKey => AnthropicConfig::with_api_key(name, secret),
                    AnthropicCredential::AuthToken => AnthropicConfig::with_auth_token(name, secret),
                    AnthropicCredential::AdminKey => AnthropicConfig::with_admin_key(name, secret),
                };
                config.base_url = base_url.unwrap_or(config.base_url);
                config.beta = match beta {
                    Beta::Default => config.beta,
                    Beta::None => None,
                    Beta::Named(beta) => Some(beta),
                };
                config.other_betas = other_betas;
                config.api_version = api_version.unwrap_or(config.api_version);
                config.workspace_id = workspace_id;
                config.http = http;
                match credential {
                    AnthropicCredential::AdminKey => Arc::new(config.connect_organization()?),
                    _ => Arc::new(config.connect()?),
                }
            }
        })
    }
}

#[cfg(all(test, feature = "upsun", feature = "probely", feature = "anthropic", feature = "rustls"))]
mod tests {
    use anyprofile_core::ErrorKind;

    use super::*;

    fn variables(pairs: &'static [(&str, &str)]) -> Result<Accounts> {
        Accounts::from_variables(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn each_service_is_an_account_if_its_variable_is_set() {
        let accounts = variables(&[
            ("UPSUN_API_TOKEN", "t"),
            ("ANTHROPIC_API_KEY", "k"),
            ("ANTHROPIC_BASE_URL", "http://127.0.0.1:1/x"),
            ("PROBELY_API_KEY", " "),
        ])
        .unwrap();
        let providers = accounts.connect().unwrap();
        let infos: Vec<_> =
            providers.iter().map(|it| (it.info().account.as_str(), it.info().base_url.as_str())).collect();
        assert_eq!(infos, [("upsun", "https://api.upsun.com"), ("anthropic", "http://127.0.0.1:1/x")]);
    }

    #[test]
    fn the_people_of_an_organization_are_an_account_of_their_own() {
        let accounts = variables(&[
            ("ANTHROPIC_API_KEY", "k"),
            ("ANTHROPIC_ADMIN_KEY", "a"),
            ("UPSUN_API_TOKEN", "t"),
            ("UPSUN_ORGANIZATIONS", "01A, name=acme, 01A"),
        ])
        .unwrap();
        let providers = accounts.connect().unwrap();
        let lists: Vec<_> = providers
            .iter()
            .map(|it| (it.info().account.to_string(), it.capabilities().operations.list.kinds().len()))
            .collect();
        let expected = [("upsun", 2), ("anthropic", 1), ("anthropic-organization", 2)];
        assert_eq!(lists, expected.map(|(name, kinds)| (name.to_owned(), kinds)));
        assert_eq!(providers[0].info().shape, "01A name=acme");
    }

    #[test]
    fn no_account_says_what_to_set_and_an_unknown_one_which_there_are() {
        let error = variables(&[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("UPSUN_API_TOKEN"), "{error}");
        let accounts = variables(&[("PROBELY_API_KEY", "k")]).unwrap();
        let error = accounts.select(&["prod".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("the accounts are: probely"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_an_error_and_no_account_vanishes() {
        use std::os::unix::ffi::OsStringExt as _;

        for broken in ["PROBELY_API_KEY", "PROBELY_API_BASE_URL", "ANTHROPIC_ADMIN_KEY", "UPSUN_AUTH_URL"] {
            let error = Accounts::from_os_variables(|name| match name {
                _ if name == broken => Some(OsString::from_vec(b"hidden\xff".to_vec())),
                "UPSUN_API_TOKEN" => Some("t".into()),
                _ => None,
            })
            .unwrap_err();
            assert!(error.message().contains(&format!("{broken} is not valid UTF-8")), "{error}");
            assert!(!format!("{error:?}").contains("hidden"));
        }
    }

    #[test]
    fn credentials_that_lie_beside_a_file_are_named_unless_the_file_reads_them() {
        let variable = |name: &str| match name {
            "UPSUN_API_TOKEN" | "PROBELY_API_KEY" => Some("k".into()),
            "ANTHROPIC_API_KEY" => Some(" ".into()),
            _ => None,
        };
        let mut accounts = variables(&[("ANTHROPIC_ADMIN_KEY", "k")]).unwrap();
        assert!(accounts.beside_file().is_empty());
        accounts.accounts[0].secret = SecretSource::Env("PROBELY_API_KEY".to_owned());
        let accounts = accounts.with_variables_beside(variable);
        assert_eq!(accounts.beside_file(), ["UPSUN_API_TOKEN"]);
        assert_eq!(accounts.select(&[]).unwrap().beside_file(), ["UPSUN_API_TOKEN"]);
    }

    #[test]
    fn debug_shows_no_secret() {
        let accounts = variables(&[("PROBELY_API_KEY", "marker")]).unwrap();
        assert!(!format!("{accounts:?} {:?}", accounts.connect().unwrap()).contains("marker"));
    }
}
