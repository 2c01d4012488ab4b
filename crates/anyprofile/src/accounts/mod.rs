//! Accounts: services with their settings and credentials.

mod command;
mod common;
mod entry;
mod environment;
#[cfg(feature = "config")]
mod file;
#[cfg(feature = "config")]
mod place;
mod secret;
mod services;

use std::sync::Arc;

use anyprofile_core::{AccountName, Error, ProfileProvider, Result};
use anyprofile_engine::{ConfiguredAccount, Secrets};
use anyprofile_http::HttpOptions;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use self::entry::Table;
pub use self::{common::COMMON_KEYS, entry::AccountEntry, secret::SecretSource, services::Services};

/// The configured accounts. Their settings have been checked against the keys of their services.
///
/// Secrets are read only when an account is connected. `Debug` shows none.
///
/// The constructors use [`Services::builtin`]. For your own service, use those of [`Services`].
///
/// It serializes as an account file, which says where each secret is. A secret that
/// [the program passed](SecretSource::literal) cannot be serialized, and is an error.
///
/// ```
/// # #[cfg(all(feature = "probely", feature = "rustls"))]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use anyprofile::{AccountEntry, SecretSource, Services};
///
/// let entry = AccountEntry::new("eu".parse()?, "probely".parse()?)
///     .with("region", "eu")
///     .with_secret("api_key", SecretSource::Env("PROBELY_API_KEY".to_owned()));
/// let accounts = Services::builtin().open([entry])?;
/// let file = serde_json::to_value(&accounts)?;
/// assert_eq!(file["accounts"]["eu"]["api_key"]["env"], "PROBELY_API_KEY");
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "probely", feature = "rustls")))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    accounts: Vec<Account>,
    /// Variables with credentials that were ignored because a file was found.
    beside_file: Vec<String>,
}

/// One account, ready to be connected.
#[derive(Clone, Debug)]
struct Account {
    entry: AccountEntry,
    configured: ConfiguredAccount,
    http: HttpOptions,
}

impl Accounts {
    /// Reads the accounts of the environment; see [`Services::from_env`].
    ///
    /// # Errors
    /// A configuration error if the environment has no account, or if a variable is not valid UTF-8.
    pub fn from_env() -> Result<Self> {
        Services::builtin().from_env()
    }

    /// Reads the accounts from another source of variables; see [`Services::from_variables`].
    ///
    /// # Errors
    /// A configuration error if the source has no account.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        Services::builtin().from_variables(variable)
    }

    /// Returns the environment variables with credentials that [`load`](Services::load) ignored because it found a file.
    ///
    /// Variables that an account of the file reads are left out. [`from_env`](Self::from_env) uses all of them. Empty for accounts of
    /// the environment.
    pub fn beside_file(&self) -> &[String] {
        &self.beside_file
    }

    /// Returns the names of the accounts, in their order.
    pub fn names(&self) -> impl Iterator<Item = &AccountName> {
        self.accounts.iter().map(|account| account.entry.name())
    }

    /// Returns the configuration of each account, in their order.
    pub fn entries(&self) -> impl Iterator<Item = &AccountEntry> {
        self.accounts.iter().map(|account| &account.entry)
    }

    /// Keeps only the accounts with these names, or all of them if `names` is empty.
    ///
    /// # Errors
    /// A configuration error that lists the existing accounts, if a name is unknown.
    pub fn select(self, names: &[String]) -> Result<Self> {
        for name in names {
            if !self.names().any(|known| known.as_str() == name) {
                let known: Vec<_> = self.names().map(AccountName::as_str).collect();
                return Err(Error::config(format!("no account is named '{name}'"))
                    .with_hint(format!("the accounts are: {}", known.join(", "))));
            }
        }
        if names.is_empty() {
            return Ok(self);
        }
        let is_named = |account: &Account| names.iter().any(|name| *account.entry.name() == name.as_str());
        Ok(Self { accounts: self.accounts.into_iter().filter(is_named).collect(), ..self })
    }

    /// Changes the HTTP settings of every account.
    pub fn map_http(mut self, change: impl Fn(HttpOptions) -> HttpOptions) -> Self {
        for account in &mut self.accounts {
            account.http = change(std::mem::take(&mut account.http));
        }
        self
    }

    /// Connects the accounts. Reads the secrets; sends no request.
    ///
    /// # Errors
    /// The configuration error of the first account that cannot be connected.
    pub fn connect(&self) -> Result<Vec<Arc<dyn ProfileProvider>>> {
        self.accounts.iter().map(Account::connect).collect()
    }

    /// Connects each account, with its own result, so that one error does not fail the other accounts.
    pub fn connect_each(&self) -> Vec<(AccountName, Result<Arc<dyn ProfileProvider>>)> {
        self.accounts.iter().map(|account| (account.entry.name().clone(), account.connect())).collect()
    }
}

impl Account {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        let name = self.entry.name();
        let mut secrets = Secrets::new();
        for (key, source) in self.entry.secrets() {
            let secret = source.read().map_err(|error| entry::in_account(name, &error))?;
            secrets = secrets.with(key, secret);
        }
        let connected = self.configured.connect(name.clone(), &secrets, self.http.clone());
        // An error of the service's own rules may not name the account yet.
        connected.map_err(|error| match error.account() {
            None => error.with_account(self.configured.service(), name),
            Some(_) => error,
        })
    }
}

impl Serialize for Accounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        struct Tables<'a>(&'a [Account]);

        impl Serialize for Tables<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                let tables = self.0.iter().map(|account| &account.entry);
                serializer.collect_map(tables.map(|entry| (entry.name().as_str(), Table(entry))))
            }
        }

        let mut file = serializer.serialize_map(Some(1))?;
        file.serialize_entry("accounts", &Tables(&self.accounts))?;
        file.end()
    }
}

#[cfg(all(test, feature = "upsun", feature = "probely", feature = "anthropic", feature = "rustls"))]
mod tests;
