//! Accounts: which services to speak to, and with which credentials.

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

/// Which accounts there are, each checked against what its service takes. Secrets are read when an account is connected, not
/// before; `Debug` shows none.
///
/// Its constructors are those of [`Services::builtin`]; with a service of one's own they are those of [`Services`].
///
/// It serializes as an account file, in which a secret is named by where it is. An account whose secret was
/// [given by the program](SecretSource::literal) cannot be written so, and is an error.
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
    /// Variables with credentials that were passed over for a file.
    beside_file: Vec<String>,
}

/// One account: how to reach it.
#[derive(Clone, Debug)]
struct Account {
    entry: AccountEntry,
    configured: ConfiguredAccount,
    http: HttpOptions,
}

impl Accounts {
    /// The accounts that the environment names; see [`Services::from_env`].
    ///
    /// # Errors
    /// A configuration error if it names none, or if a variable is not valid UTF-8.
    pub fn from_env() -> Result<Self> {
        Services::builtin().from_env()
    }

    /// The accounts that another source of variables names; see [`Services::from_variables`].
    ///
    /// # Errors
    /// A configuration error if it names none.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        Services::builtin().from_variables(variable)
    }

    /// The environment variables with credentials that [`load`](Services::load) passed over, since it found a file, and that no
    /// account of the file reads. [`from_env`](Self::from_env) uses them. Empty for accounts of the environment.
    pub fn beside_file(&self) -> &[String] {
        &self.beside_file
    }

    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &AccountName> {
        self.accounts.iter().map(|account| account.entry.name())
    }

    /// What was configured of each account, in their order.
    pub fn entries(&self) -> impl Iterator<Item = &AccountEntry> {
        self.accounts.iter().map(|account| &account.entry)
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

    /// The accounts, ready to use. Reads the secrets; sends no request.
    ///
    /// # Errors
    /// A configuration error of the first account that cannot work.
    pub fn connect(&self) -> Result<Vec<Arc<dyn ProfileProvider>>> {
        self.accounts.iter().map(Account::connect).collect()
    }

    /// The accounts one by one, so that one that cannot work does not lose the others.
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
        // A service's own rule may be told before there is a provider that would name it.
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
