//! Accounts from a TOML file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyprofile_core::{Error, Result};
use anyprofile_http::{HttpOptions, Proxy};
use serde::Deserialize;

use super::{
    Account, Accounts, SecretSource, Settings,
    place::{if_there, tell_if_writable, unreadable, usual_path},
};

/// The variable that names the configuration file.
const CONFIG_VARIABLE: &str = "ANYPROFILE_CONFIG";

/// The whole file. Unknown keys are refused: a misspelt one would be silently without effect.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    accounts: BTreeMap<String, toml::Table>,
}

/// What an account may say besides its secrets.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Entry {
    service: String,
    base_url: Option<String>,
    auth_url: Option<String>,
    region: Option<String>,
    organizations: Option<ListedOrganizations>,
    api_version: Option<String>,
    beta: Option<String>,
    other_betas: Option<Vec<String>>,
    workspace_id: Option<String>,
    page_size: Option<u32>,
    ordering: Option<String>,
    allow_insecure_http: bool,
    trusted_origins: Vec<String>,
    ca_file: Option<PathBuf>,
    proxy: Option<String>,
    user_agent: Option<String>,
    max_attempts: Option<u32>,
    attempt_timeout_seconds: Option<u64>,
    operation_deadline_seconds: Option<u64>,
    max_concurrency: Option<u32>,
    max_requests_per_second: Option<u32>,
}

/// `"discovered"`, or a list of ids.
#[derive(Deserialize)]
#[serde(untagged)]
#[cfg_attr(not(feature = "upsun"), allow(dead_code, reason = "only Upsun has organizations"))]
enum ListedOrganizations {
    Word(String),
    These(Vec<String>),
}

impl Accounts {
    /// The accounts of a file, else of the file that `ANYPROFILE_CONFIG` names, else of
    /// `anyprofile/config.toml` in the user's configuration folder if it is there, else of the
    /// environment ([`Accounts::from_env`]).
    ///
    /// Credentials in the environment beside a file are not used; [`beside_file`](Self::beside_file) names them.
    ///
    /// # Errors
    /// A configuration error; a file that is named has to be there, and one that is there has to be readable.
    pub fn load(path: Option<&Path>) -> Result<Self> {
        let named = path.map(Path::to_owned).or_else(|| std::env::var_os(CONFIG_VARIABLE).map(PathBuf::from));
        // An empty variable names nothing.
        let named = named.filter(|path| !path.as_os_str().is_empty());
        let path = match named {
            Some(path) => Some(path),
            None => usual_path().map_or(Ok(None), if_there)?,
        };
        match path {
            Some(path) => {
                Self::from_file(&path).map(|file| file.with_variables_beside(|name| std::env::var_os(name)))
            }
            None => Self::from_env(),
        }
    }

    /// The accounts of a file.
    ///
    /// # Errors
    /// A configuration error that names the file, and the account where it is one's.
    pub fn from_file(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let accounts = Self::from_toml(&text, folder);
        if accounts.as_ref().is_ok_and(Self::runs_a_command) {
            tell_if_writable(path);
        }
        accounts.map_err(|error| {
            let located = Error::config(format!("{}: {}", path.display(), error.message()));
            match error.hint() {
                Some(hint) => located.with_hint(hint),
                None => located,
            }
        })
    }

    /// The accounts of a file's text; `folder` is where its relative paths start.
    ///
    /// A secret that is `{ command = ["PROGRAM", "ARGUMENT"] }` is the first line that the program writes to its standard
    /// output within 30 s. What it writes to its standard error reaches the person without control characters. Of the
    /// environment it sees where programs, files and the person are (`PATH`, `HOME`, `XDG_*`, …), the terminal, the
    /// windows and the keyrings (`TERM`, `DISPLAY`, `SSH_AUTH_SOCK`, `GPG_*`, …), the proxies, and what belongs to common
    /// programs of this kind (`PASSWORD_STORE_*`, `OP_*`, `BW_*`, `VAULT_*`, `AWS_*`, …), and nothing else: no credential of
    /// another account. `["env", "NAME=VALUE", "PROGRAM"]` gives it more.
    ///
    /// # Errors
    /// A configuration error that repeats no value, since one may be a secret.
    pub fn from_toml(text: &str, folder: &Path) -> Result<Self> {
        // toml's own message shows the line, which may hold a secret.
        let file: File = toml::from_str(text).map_err(|error| {
            let line =
                error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
            Error::config(format!("line {line}: {}", without_values(error.message())))
        })?;
        let mut accounts = Vec::new();
        for (name, mut table) in file.accounts {
            let in_account = |message: String| Error::config(format!("account '{name}': {message}"));
            let secrets = take_secrets(&mut table).map_err(|message| {
                in_account(message).with_hint(
                    "write { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", \"ARGUMENT\"] }",
                )
            })?;
            let entry = entry_of(table).map_err(in_account)?;
            let account = name.parse().map_err(|error| in_account(format!("{error}")))?;
            accounts.push(account_of(account, entry, secrets, folder).map_err(in_account)?);
        }
        if accounts.is_empty() {
            return Err(Error::config("the file names no account").with_hint("add a table [accounts.NAME]"));
        }
        Ok(Self { accounts, beside_file: Vec::new() })
    }

    fn runs_a_command(&self) -> bool {
        self.accounts.iter().any(|account| matches!(account.secret, SecretSource::Command(_)))
    }
}

/// What an account says besides its secrets; a mistake is told with its key.
fn entry_of(table: toml::Table) -> std::result::Result<Entry, String> {
    for (key, value) in &table {
        let alone: toml::Table = [(key.clone(), value.clone())].into_iter().collect();
        if let Err(error) = alone.try_into::<Entry>() {
            let message = error.message();
            return Err(match message.split_once("expected one of ") {
                // serde's list leaves out the secrets, which were taken out before.
                Some((_, known)) if message.starts_with("unknown field") => {
                    let known = known.lines().next().unwrap_or_default().replace('`', "");
                    format!("unknown key '{key}'; the keys are {}, {known}", SECRETS.join(", "))
                }
                _ => format!("{key}: {}", without_values(message)),
            });
        }
    }
    table.try_into().map_err(|error: toml::de::Error| without_values(error.message()))
}

/// The keys that hold secrets.
const SECRETS: &[&str] = &["api_token", "access_token", "api_key", "auth_token", "admin_key"];

/// Takes the secrets out of an account's table, and refuses literal ones.
fn take_secrets(
    table: &mut toml::Table,
) -> std::result::Result<BTreeMap<&'static str, SecretSource>, String> {
    let mut secrets = BTreeMap::new();
    for key in SECRETS {
        let Some(value) = table.remove(*key) else { continue };
        let toml::Value::Table(source) = value else {
            return Err(format!("{key}: a literal secret in the file is refused"));
        };
        let mut parts = source.into_iter();
        let source = match (parts.next(), parts.next()) {
            (Some((form, toml::Value::String(name))), None) if form == "env" => SecretSource::Env(name),
            (Some((form, toml::Value::String(path))), None) if form == "file" => {
                SecretSource::File(path.into())
            }
            (Some((form, toml::Value::Array(arguments))), None) if form == "command" => {
                let arguments: Option<Vec<_>> =
                    arguments.iter().map(|it| it.as_str().map(str::to_owned)).collect();
                SecretSource::Command(
                    arguments.ok_or_else(|| format!("{key}: a command is a list of texts"))?,
                )
            }
            _ => return Err(format!("{key}: the secret's source is not understood")),
        };
        secrets.insert(*key, source);
    }
    Ok(secrets)
}

fn account_of(
    name: anyprofile_core::AccountName,
    entry: Entry,
    secrets: BTreeMap<&'static str, SecretSource>,
    folder: &Path,
) -> std::result::Result<Account, String> {
    let service = entry.service.as_str();
    // Which keys have a meaning for which service, so that none is silently without effect.
    let service_keys = [
        ("auth_url", entry.auth_url.is_some(), &["upsun"][..]),
        ("organizations", entry.organizations.is_some(), &["upsun"]),
        ("region", entry.region.is_some(), &["probely"]),
        ("page_size", entry.page_size.is_some(), &["probely"]),
        ("ordering", entry.ordering.is_some(), &["probely"]),
        ("api_version", entry.api_version.is_some(), &["anthropic"]),
        ("beta", entry.beta.is_some(), &["anthropic"]),
        ("other_betas", entry.other_betas.is_some(), &["anthropic"]),
        ("workspace_id", entry.workspace_id.is_some(), &["anthropic"]),
        ("api_token", secrets.contains_key("api_token"), &["upsun"]),
        ("access_token", secrets.contains_key("access_token"), &["upsun"]),
        ("api_key", secrets.contains_key("api_key"), &["probely", "anthropic"]),
        ("auth_token", secrets.contains_key("auth_token"), &["anthropic"]),
        ("admin_key", secrets.contains_key("admin_key"), &["anthropic"]),
    ];
    let least_one = [
        ("max_attempts", entry.max_attempts.map(u64::from)),
        ("attempt_timeout_seconds", entry.attempt_timeout_seconds),
        ("operation_deadline_seconds", entry.operation_deadline_seconds),
        ("page_size", entry.page_size.map(u64::from)),
    ];
    if let Some((key, _)) = least_one.iter().find(|(_, value)| *value == Some(0)) {
        return Err(format!("{key} is at least 1"));
    }
    let settings = match service {
        #[cfg(feature = "upsun")]
        "upsun" => Settings::Upsun {
            base_url: entry.base_url.clone(),
            auth_url: entry.auth_url.clone(),
            is_access_token: secrets.contains_key("access_token"),
            organizations: match &entry.organizations {
                None => anyprofile_upsun::ListedOrganizations::None,
                Some(ListedOrganizations::These(organizations)) => {
                    anyprofile_upsun::ListedOrganizations::These(organizations.clone())
                }
                Some(ListedOrganizations::Word(word)) if word == super::DISCOVERED => {
                    anyprofile_upsun::ListedOrganizations::Discovered
                }
                Some(ListedOrganizations::Word(_)) => {
                    return Err("organizations is \"discovered\" or a list of ids".to_owned());
                }
            },
        },
        #[cfg(feature = "probely")]
        "probely" => {
            if entry.region.is_some() && entry.base_url.is_some() {
                return Err("region and base_url exclude each other".to_owned());
            }
            let region = entry.region.as_deref().map(anyprofile_probely::Region::from);
            // The key would be sent to whatever host the word makes.
            if let Some(anyprofile_probely::Region::Other(_)) = region {
                return Err("region is eu, us or au; name the host of another one in base_url".to_owned());
            }
            Settings::Probely {
                base_url: entry.base_url.clone().or_else(|| region.map(|region| region.api_url())),
                page_size: entry.page_size,
                ordering: entry.ordering.clone(),
            }
        }
        #[cfg(feature = "anthropic")]
        "anthropic" => Settings::Anthropic {
            base_url: entry.base_url.clone(),
            credential: match (secrets.contains_key("auth_token"), secrets.contains_key("admin_key")) {
                (true, _) => super::AnthropicCredential::AuthToken,
                (_, true) => super::AnthropicCredential::AdminKey,
                _ => super::AnthropicCredential::ApiKey,
            },
            api_version: entry.api_version.clone(),
            beta: match entry.beta.clone() {
                None => super::Beta::Default,
                Some(beta) if beta == "none" => super::Beta::None,
                Some(beta) => super::Beta::Named(beta),
            },
            other_betas: entry.other_betas.clone().unwrap_or_default(),
            workspace_id: entry.workspace_id.clone(),
        },
        "" => return Err("service is missing: upsun, probely or anthropic".to_owned()),
        known if ["upsun", "probely", "anthropic"].contains(&known) => {
            return Err(format!("the service '{service}' was not built in"));
        }
        _ => return Err("service is upsun, probely or anthropic".to_owned()),
    };
    for (key, is_there, services) in service_keys {
        if is_there && !services.contains(&service) {
            return Err(format!("{key} has no meaning for {service}"));
        }
    }
    let mut sources = secrets.into_values();
    let (Some(secret), None) = (sources.next(), sources.next()) else {
        return Err("an account has exactly one credential: api_token or access_token (upsun), api_key (probely), api_key, auth_token or admin_key (anthropic)".to_owned());
    };
    // A path of the file is meant from where the file is.
    let secret = match secret {
        SecretSource::File(path) => SecretSource::File(folder.join(path)),
        other => other,
    };
    let mut http = HttpOptions::default()
        .with_allow_insecure_http(entry.allow_insecure_http)
        .with_trusted_origins(entry.trusted_origins);
    if let Some(path) = entry.ca_file {
        let path = folder.join(path);
        let pem = std::fs::read(&path)
            .map_err(|error| format!("the file {} cannot be read: {}", path.display(), error.kind()))?;
        http = http.with_root_certificate(pem);
    }
    match entry.proxy.as_deref() {
        Some("none") => http.proxy = Proxy::None,
        Some(url) if url.contains('@') => {
            return Err(
                "proxy: a literal secret in the file is refused; name the proxy in HTTPS_PROXY".to_owned()
            );
        }
        Some(url) => http.proxy = Proxy::Url(url.to_owned()),
        None => {}
    }
    http.user_agent = entry.user_agent;
    http.max_attempts = entry.max_attempts.unwrap_or(http.max_attempts);
    http.attempt_timeout = entry.attempt_timeout_seconds.map_or(http.attempt_timeout, Duration::from_secs);
    http.operation_deadline =
        entry.operation_deadline_seconds.map_or(http.operation_deadline, Duration::from_secs);
    http.max_concurrency = entry.max_concurrency.unwrap_or(http.max_concurrency);
    http.max_requests_per_second = entry.max_requests_per_second.unwrap_or(http.max_requests_per_second);
    Ok(Account { name, secret, settings, http })
}

/// toml's message without the values that it may repeat; names of keys stay.
fn without_values(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    match (first.starts_with("unknown field"), first.find('"'), first.rfind('"')) {
        (false, Some(start), Some(end)) if end > start => {
            format!("{}{}", first[..start].trim_end(), &first[end + 1..])
        }
        _ => first.to_owned(),
    }
}

#[cfg(all(test, feature = "upsun", feature = "probely", feature = "anthropic", feature = "rustls"))]
mod tests {
    use super::*;

    #[allow(clippy::unwrap_used)]
    fn error(text: &str) -> String {
        let error = Accounts::from_toml(text, Path::new("/etc")).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains("hunter2"), "{text}");
        error.to_string()
    }

    #[test]
    fn the_documented_file_is_read() {
        let accounts = Accounts::from_toml(
            r#"
            [accounts.acme]
            service = "upsun"
            api_token = { command = ["echo", "t"] }
            [accounts.claude]
            service = "anthropic"
            api_key = { command = ["echo", "k"] }
            beta = "user-profiles-2026-09-04"
            api_version = "2023-06-01"
            [accounts.claude-people]
            service = "anthropic"
            admin_key = { command = ["echo", "k"] }
            [accounts.other-acme]
            service = "upsun"
            organizations = ["01A"]
            access_token = { command = ["echo", "t"] }
            [accounts.probely-eu]
            service = "probely"
            region = "eu"
            api_key = { command = ["echo", "k"] }
            "#,
            Path::new("."),
        )
        .unwrap();
        let providers = accounts.connect().unwrap();
        let urls: Vec<_> = providers.iter().map(|it| it.info().base_url.clone()).collect();
        assert_eq!(
            urls,
            [
                "https://api.upsun.com",
                "https://api.anthropic.com",
                "https://api.anthropic.com",
                "https://api.upsun.com",
                "https://api.eu.probely.com"
            ]
        );
        let collections = |index: usize| providers[index].capabilities().operations.list.kinds().len();
        assert_eq!([0, 1, 2, 3].map(collections), [1, 1, 2, 2]);
    }

    #[test]
    fn mistakes_are_told_with_the_account_and_without_values() {
        let account = |lines: &str| format!("[accounts.a]\n{lines}");
        for (text, part) in [
            ("accounts = [", "line 1"),
            ("[acounts.a]", "unknown field `acounts`"),
            ("", "names no account"),
            (
                &account("service = \"upsun\"\napi_token = \"hunter2\""),
                "a literal secret in the file is refused",
            ),
            (&account("service = \"upsun\"\napi_token = { env = 1 }"), "not understood"),
            (
                &account(
                    "service = \"upsun\"\napi_token = { env = \"X\" }\nproxy = \"http://me:hunter2@proxy\"",
                ),
                "proxy: a literal secret",
            ),
            (&account("service = \"upsun\""), "exactly one credential"),
            (
                &account("service = \"okta\"\napi_key = { env = \"X\" }"),
                "service is upsun, probely or anthropic",
            ),
            (&account("api_key = { env = \"X\" }"), "service is missing"),
            (
                &account("service = \"probely\"\napi_token = { env = \"X\" }"),
                "api_token has no meaning for probely",
            ),
            (
                &account("service = \"upsun\"\nregion = \"eu\"\napi_token = { env = \"X\" }"),
                "region has no meaning for upsun",
            ),
            (
                &account("service = \"upsun\"\norganizations = \"all\"\napi_token = { env = \"X\" }"),
                "organizations is \"discovered\" or a list of ids",
            ),
            (
                &account("service = \"probely\"\norganizations = []\napi_key = { env = \"X\" }"),
                "organizations has no meaning for probely",
            ),
            (
                &account("service = \"anthropic\"\nadmin_key = { env = \"X\" }\napi_key = { env = \"Y\" }"),
                "exactly one credential",
            ),
            (
                &account("service = \"upsun\"\nbase_ulr = \"hunter2\"\napi_token = { env = \"X\" }"),
                "unknown key 'base_ulr'; the keys are api_token,",
            ),
            (
                &account("service = \"probely\"\npage_size = \"hunter2\"\napi_key = { env = \"X\" }"),
                "invalid type: string",
            ),
            (
                &account("service = \"upsun\"\nca_file = \"none.pem\"\napi_token = { env = \"X\" }"),
                "/etc/none.pem cannot be read",
            ),
        ] {
            let error = error(text);
            assert!(error.contains(part), "{error} should say {part}");
        }
    }
}
