//! The services that accounts can use.

use std::collections::BTreeSet;

use anyprofile_core::{Error, Result};
use anyprofile_engine::{CredentialSet, ServiceDescriptor, SettingKey, Settings};

use super::{Account, AccountEntry, Accounts, COMMON_KEYS, common::take_http_options, entry::in_account};
use crate::built_in::{FEATURES, services, turn_on_a_feature};

/// The services that accounts can use: those that were built in, and your own.
///
/// ```
/// use std::path::Path;
///
/// use anyprofile::Services;
/// # use anyprofile::engine::ServiceDescriptor;
/// # fn connect(
/// #     _: anyprofile::AccountName,
/// #     _: &serde_json::Value,
/// #     _: &anyprofile::engine::Secrets,
/// #     _: anyprofile::http_client::HttpOptions,
/// # ) -> anyprofile::Result<std::sync::Arc<dyn anyprofile::ProfileProvider>> {
/// #     Err(anyprofile::Error::config("of an example"))
/// # }
/// # let my_service = ServiceDescriptor::new(anyprofile::ServiceName::from_static("mine"), "Mine", connect);
///
/// let services = Services::builtin().with(my_service);
/// assert!(services.get("mine").is_some());
/// # #[cfg(feature = "config")]
/// let accounts = services.from_toml("[accounts.one]\nservice = \"mine\"", Path::new("."))?;
/// # Ok::<(), anyprofile::Error>(())
/// ```
///
/// # Services of this project
#[doc = include_str!("../../docs/accounts.md")]
#[derive(Clone, Debug)]
pub struct Services(Vec<ServiceDescriptor>);

impl Services {
    /// Creates an empty list.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Returns the services that were built in, each by a feature of this crate.
    pub fn builtin() -> Self {
        Self(services())
    }

    /// Adds a service, or replaces the one with the same name.
    pub fn with(mut self, service: ServiceDescriptor) -> Self {
        match self.0.iter_mut().find(|known| known.name() == service.name()) {
            Some(known) => *known = service,
            None => self.0.push(service),
        }
        self
    }

    /// Returns the service with a name.
    pub fn get(&self, name: &str) -> Option<&ServiceDescriptor> {
        self.0.iter().find(|service| *service.name() == name)
    }

    /// Returns the services, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &ServiceDescriptor> {
        self.0.iter()
    }

    /// Returns the names of the services, in the order in which they were added.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|service| service.name().as_str()).collect()
    }

    /// Checks accounts that a program has created. Reads no secret and sends no request.
    ///
    /// # Errors
    /// A configuration error. It names the account and the key, and repeats no value, which may be a secret.
    pub fn open(&self, entries: impl IntoIterator<Item = AccountEntry>) -> Result<Accounts> {
        let mut accounts: Vec<Account> = Vec::new();
        for entry in entries {
            if accounts.iter().any(|account| account.entry.name() == entry.name()) {
                return Err(Error::config(format!(
                    "account names must be unique, and two are named '{}'",
                    entry.name()
                ))
                .with_hint("give each account its own name"));
            }
            accounts.push(self.open_one(entry)?);
        }
        Ok(Accounts { accounts, beside_file: Vec::new() })
    }

    fn open_one(&self, entry: AccountEntry) -> Result<Account> {
        let of_account = |error: Error| in_account(entry.name(), &error);
        let service = self.named(entry.service().as_str()).map_err(of_account)?;
        let mut settings = entry.settings().clone();
        let http = take_http_options(&mut settings).map_err(of_account)?;
        let service = &service.resolve(&settings).map_err(of_account)?;
        check_descriptor(service)?;
        let credentials: Vec<&str> = entry.secrets().map(|(key, _)| key).collect();
        check_keys(service, &settings, &credentials).map_err(of_account)?;
        let configured = service.configure(settings, &credentials).map_err(of_account)?;
        Ok(Account { entry, configured, http })
    }

    /// Returns the service that an account names.
    pub(super) fn named(&self, name: &str) -> Result<&ServiceDescriptor> {
        self.get(name).ok_or_else(|| {
            if FEATURES.contains(&name) {
                return Error::config(format!("the service '{name}' was not built in"))
                    .with_hint(format!("build the program with the feature '{name}'"));
            }
            let known = self.names();
            Error::config("the service is unknown").with_hint(match &*known {
                [] => turn_on_a_feature(),
                _ => format!("known services: {}", known.join(", ")),
            })
        })
    }

    /// Creates the error for a program without any configured account. It says which variables to set.
    pub fn no_account(&self) -> Error {
        let error = Error::config("no account is configured");
        let variables: Vec<_> =
            self.environment_accounts().map(|(_, service, set)| needed(service, set)).collect();
        if self.0.is_empty() {
            return error.with_hint(turn_on_a_feature());
        }
        if variables.is_empty() {
            return error.with_hint("write a configuration file");
        }
        error.with_hint(format!("set {}, or write a configuration file", variables.join(" or ")))
    }

    /// Returns the environment variables that hold a credential.
    pub(super) fn credential_variables(&self) -> impl Iterator<Item = &str> {
        let keys = self.0.iter().flat_map(|service| service.credential_keys());
        keys.filter_map(|key| key.variable.as_deref())
    }
}

/// Returns the variables that an account of the environment requires, for the hint.
fn needed(service: &ServiceDescriptor, set: &CredentialSet) -> String {
    let credentials = set.keys().iter().filter_map(|key| key.variable.as_deref());
    let required =
        service.keys().iter().filter(|key| key.is_required).filter_map(|key| key.variable.as_deref());
    credentials.chain(required).collect::<Vec<_>>().join(" and ")
}

/// Checks that the keys of a service have unique names, which also differ from the keys of every account.
fn check_descriptor(service: &ServiceDescriptor) -> Result<()> {
    let common = COMMON_KEYS.iter().map(|key| &*key.name).chain(["service"]);
    let mut names: BTreeSet<&str> = common.collect();
    let credentials = service.credential_keys();
    let own = service.keys().iter().map(|key| &*key.name).chain(credentials.iter().map(|key| &*key.name));
    for name in own {
        if !names.insert(name) {
            let message = format!(
                "the service {} describes the key '{name}' twice, or it is a key of every account",
                service.name()
            );
            return Err(Error::config(message).with_hint("report it to the author of the service's crate"));
        }
    }
    Ok(())
}

/// Checks that the service has each key, so that no misspelled key is silently ignored.
fn check_keys(service: &ServiceDescriptor, settings: &Settings, credentials: &[&str]) -> Result<()> {
    let is_credential = |key: &str| service.credential_keys().iter().any(|known| known.name == key);
    let is_setting = |key: &str| service.keys().iter().chain(&COMMON_KEYS).any(|known| known.name == key);
    for key in settings.keys() {
        if is_credential(key) {
            return Err(Error::config(format!("{key} must not be a literal secret")).with_hint(
                "write { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", \"ARGUMENT\"] }",
            ));
        }
        if !is_setting(key) {
            return Err(unknown_key(service, key));
        }
    }
    for key in credentials.iter().copied() {
        if is_setting(key) {
            return Err(Error::config(format!("{key} is not a secret"))
                .with_hint(format!("write its value: {key} = …")));
        }
        if !is_credential(key) {
            return Err(unknown_key(service, key));
        }
    }
    Ok(())
}

fn unknown_key(service: &ServiceDescriptor, key: &str) -> Error {
    let names = |keys: &[SettingKey]| {
        keys.iter().map(|key| key.name.clone().into_owned()).collect::<Vec<_>>().join(", ")
    };
    let credentials: Vec<_> = service.credential_keys().iter().map(|key| key.name.clone()).collect();
    let own: Vec<_> =
        [credentials.join(", "), names(service.keys())].into_iter().filter(|it| !it.is_empty()).collect();
    Error::config(format!("'{key}' is not a key of {}", service.name())).with_hint(format!(
        "the keys of {} are {}; every account also has {}",
        service.name(),
        own.join(", "),
        names(&COMMON_KEYS)
    ))
}
