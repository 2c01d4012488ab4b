//! Accounts from a TOML file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyprofile_core::{Error, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    AccountEntry, Accounts, COMMON_KEYS, SecretSource, Services,
    place::{if_exists, unreadable, usual_path, warn_if_writable},
};

/// The variable that names the configuration file.
const CONFIG_VARIABLE: &str = "ANYPROFILE_CONFIG";

/// The whole file. An unknown key is an error: a misspelled one would be silently ignored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    accounts: BTreeMap<String, Map<String, Value>>,
}

impl Accounts {
    /// Reads the accounts of a file or of the environment; see [`Services::load`].
    ///
    /// # Errors
    /// A configuration error, also if a named file does not exist, or an existing file cannot be read.
    pub fn load(path: Option<&Path>) -> Result<Self> {
        Services::builtin().load(path)
    }

    /// Returns the path of the configuration file that [`load`](Self::load) reads if nothing else is named: `anyprofile/config.toml` in the
    /// user's configuration directory. `None` if the machine has no such directory.
    pub fn usual_path() -> Option<PathBuf> {
        usual_path()
    }

    /// Reads the accounts of a file; see [`Services::from_file`].
    ///
    /// # Errors
    /// A configuration error. It names the file, and the account if one is wrong.
    pub fn from_file(path: &Path) -> Result<Self> {
        Services::builtin().from_file(path)
    }

    /// Reads the accounts of a file's text; see [`Services::from_toml`].
    ///
    /// # Errors
    /// A configuration error. It repeats no value, which may be a secret.
    pub fn from_toml(text: &str, folder: &Path) -> Result<Self> {
        Services::builtin().from_toml(text, folder)
    }

    fn runs_a_command(&self) -> bool {
        let mut secrets = self.entries().flat_map(AccountEntry::secrets);
        secrets.any(|(_, source)| matches!(source, SecretSource::Command(_)))
    }

    /// Returns whether an account reads its secret from this variable.
    fn reads(&self, variable: &str) -> bool {
        let mut secrets = self.entries().flat_map(AccountEntry::secrets);
        secrets.any(|(_, source)| matches!(source, SecretSource::Env(read) if read == variable))
    }
}

impl Services {
    /// Reads the accounts from the first of these that applies:
    /// 1. the file `path`;
    /// 2. the file that `ANYPROFILE_CONFIG` names;
    /// 3. `anyprofile/config.toml` in the user's configuration folder, if it exists;
    /// 4. the environment ([`from_env`](Self::from_env)).
    ///
    /// If there is a file, credentials in the environment are not used; [`Accounts::beside_file`] names them.
    ///
    /// # Errors
    /// A configuration error, also if a named file does not exist, or an existing file cannot be read.
    pub fn load(&self, path: Option<&Path>) -> Result<Accounts> {
        self.load_if_any(path)?.ok_or_else(|| self.no_account())
    }

    /// Reads the accounts like [`load`](Self::load). Returns `None` if there is no file, and the environment has no account.
    ///
    /// # Errors
    /// A configuration error. A file or variable that cannot be read is never ignored.
    pub fn load_if_any(&self, path: Option<&Path>) -> Result<Option<Accounts>> {
        let named = path.map(Path::to_owned).or_else(|| std::env::var_os(CONFIG_VARIABLE).map(PathBuf::from));
        // An empty variable names no file.
        let named = named.filter(|path| !path.as_os_str().is_empty());
        let path = match named {
            Some(path) => Some(path),
            None => usual_path().map_or(Ok(None), if_exists)?,
        };
        match path {
            Some(path) => {
                let mut accounts = self.from_file(&path)?;
                accounts.beside_file = self.beside(&accounts, |name| std::env::var_os(name));
                Ok(Some(accounts))
            }
            None => self.from_env_if_any(),
        }
    }

    /// Returns the set variables with credentials that no account of the file reads.
    pub(super) fn beside(
        &self,
        accounts: &Accounts,
        variable: impl Fn(&str) -> Option<std::ffi::OsString>,
    ) -> Vec<String> {
        let is_set =
            |name: &str| variable(name).is_some_and(|value| !value.to_string_lossy().trim().is_empty());
        let names = self.credential_variables().filter(|name| is_set(name) && !accounts.reads(name));
        names.map(str::to_owned).collect()
    }

    /// Reads the accounts of a file.
    ///
    /// # Errors
    /// A configuration error. It names the file, and the account if one is wrong.
    pub fn from_file(&self, path: &Path) -> Result<Accounts> {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let accounts = self.from_toml(&text, folder);
        if accounts.as_ref().is_ok_and(Accounts::runs_a_command) {
            warn_if_writable(path);
        }
        accounts.map_err(|error| {
            let located = Error::config(format!("{}: {}", path.display(), error.message()));
            match error.hint() {
                Some(hint) => located.with_hint(hint),
                None => located,
            }
        })
    }

    /// Reads the accounts of a file's text. Relative paths start at `folder`.
    ///
    /// # Commands
    /// The secret of `{ command = ["PROGRAM", "ARGUMENT"] }` is the first line that the program writes to its standard output. The
    /// program must end within 30 s. Its standard error is shown to the person, without control characters.
    ///
    /// The program receives only a part of the environment, and no credential of another account:
    /// - the paths of programs, files and the user (`PATH`, `HOME`, `XDG_*`, …);
    /// - the terminal, display and keyrings (`TERM`, `DISPLAY`, `SSH_AUTH_SOCK`, `GPG_*`, …), and the proxies;
    /// - the variables of common password managers and similar programs (`PASSWORD_STORE_*`, `OP_*`, `BW_*`, `VAULT_*`, `AWS_*`, …).
    ///
    /// `["env", "NAME=VALUE", "PROGRAM"]` passes more.
    ///
    /// # Errors
    /// A configuration error. It repeats no value, which may be a secret.
    pub fn from_toml(&self, text: &str, folder: &Path) -> Result<Accounts> {
        // The full message of toml shows the line, which may hold a secret.
        let file: File = toml::from_str(text).map_err(|error| {
            let line =
                error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
            Error::config(format!("line {line}: {}", without_values(error.message())))
        })?;
        if file.accounts.is_empty() {
            return Err(Error::config("the file must have at least one account")
                .with_hint("add a table [accounts.NAME]"));
        }
        let mut entries = Vec::new();
        for (name, table) in file.accounts {
            let entry = AccountEntry::from_table(&name, table, self)?;
            let own = self.get(entry.service().as_str()).map_or(&[][..], |service| service.keys());
            entries.push(entry.in_folder(folder, COMMON_KEYS.iter().chain(own)));
        }
        self.open(entries)
    }
}

/// Removes the values from a message of toml. The names of keys stay.
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
            ("", "must have at least one account"),
            (
                &account("service = \"upsun\"\napi_token = \"hunter2\""),
                "api_token must not be a literal secret",
            ),
            (
                &account("service = \"upsun\"\napi_token = { env = 1 }"),
                "api_token must say where the secret is",
            ),
            (
                &account(
                    "service = \"upsun\"\napi_token = { env = \"X\" }\nproxy = \"http://me:hunter2@proxy\"",
                ),
                "proxy must not hold a literal secret",
            ),
            (&account("service = \"upsun\""), "exactly one credential"),
            (
                &account("service = \"okta\"\napi_key = { env = \"X\" }"),
                "known services: upsun, probely, anthropic",
            ),
            (&account("api_key = { env = \"X\" }"), "service is required"),
            (
                &account("service = \"probely\"\napi_token = { env = \"X\" }"),
                "'api_token' is not a key of probely",
            ),
            (
                &account("service = \"upsun\"\nregion = \"eu\"\napi_token = { env = \"X\" }"),
                "'region' is not a key of upsun",
            ),
            (
                &account("service = \"upsun\"\norganizations = \"all\"\napi_token = { env = \"X\" }"),
                "organizations must be \"discovered\" or a list of strings",
            ),
            (
                &account("service = \"probely\"\norganizations = []\napi_key = { env = \"X\" }"),
                "'organizations' is not a key of probely",
            ),
            (
                &account("service = \"anthropic\"\nadmin_key = { env = \"X\" }\napi_key = { env = \"Y\" }"),
                "exactly one credential",
            ),
            (
                &account("service = \"upsun\"\nbase_ulr = \"hunter2\"\napi_token = { env = \"X\" }"),
                "'base_ulr' is not a key of upsun",
            ),
            (
                &account("service = \"probely\"\npage_size = \"hunter2\"\napi_key = { env = \"X\" }"),
                "page_size must be a whole number of at least 1",
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
