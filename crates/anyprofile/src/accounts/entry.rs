//! The configuration of an account.

use std::collections::BTreeMap;

#[cfg(feature = "config")]
use anyprofile_core::Result;
use anyprofile_core::{AccountName, Error, ServiceName};
#[cfg(feature = "config")]
use anyprofile_engine::SettingKey;
use anyprofile_engine::Settings;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
#[cfg(feature = "config")]
use serde_json::Map;
use serde_json::Value;

use super::secret::SecretSource;

/// The key that names an account's service.
const SERVICE: &str = "service";

/// The configuration of an account: its service, keys with their values, and where its credentials are. `Debug` shows no value.
///
/// [`Services::open`](super::Services::open) checks whether the service accepts it.
#[derive(Clone, Debug)]
pub struct AccountEntry {
    name: AccountName,
    service: ServiceName,
    settings: Settings,
    secrets: BTreeMap<String, SecretSource>,
}

impl AccountEntry {
    /// Creates an account with a name at a service.
    pub fn new(name: AccountName, service: ServiceName) -> Self {
        Self { name, service, settings: Settings::default(), secrets: BTreeMap::new() }
    }

    /// Sets the value of a key that is not a secret: a key of the service, or of [every account](super::COMMON_KEYS).
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.settings.insert(key, value);
        self
    }

    /// Sets where a credential is.
    pub fn with_secret(mut self, key: impl Into<String>, source: SecretSource) -> Self {
        self.secrets.insert(key.into(), source);
        self
    }

    /// Returns the name of the account.
    pub fn name(&self) -> &AccountName {
        &self.name
    }

    /// Returns the name of the service.
    pub fn service(&self) -> &ServiceName {
        &self.service
    }

    /// Returns the keys that are not secrets, with their values.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the keys of the credentials, and where each credential is.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &SecretSource)> {
        self.secrets.iter().map(|(key, source)| (key.as_str(), source))
    }

    /// Reads an account of a file. A table says where a secret is, unless its key is a setting.
    ///
    /// # Errors
    /// A configuration error. It names the account and the key, and repeats no value.
    #[cfg(feature = "config")]
    pub(super) fn from_table(
        name: &str,
        mut table: Map<String, Value>,
        services: &super::Services,
    ) -> Result<Self> {
        let account: AccountName =
            name.parse().map_err(|error| Error::config(format!("account '{name}': {error}")))?;
        let of_account = |error: Error| in_account(&account, &error);
        let service = match table.remove(SERVICE) {
            Some(Value::String(text)) => text
                .parse::<ServiceName>()
                .map_err(|error| of_account(Error::config(format!("service: {error}"))))?,
            Some(_) => return Err(of_account(Error::config("service must be text"))),
            None => {
                let known = services.names().join(", ");
                let error =
                    Error::config("service is required").with_hint(format!("known services: {known}"));
                return Err(of_account(error));
            }
        };
        let known = services.get(service.as_str());
        // An unknown service has no settings.
        let is_setting = |key: &str| {
            known.is_some_and(|service| {
                service.keys().iter().chain(&super::COMMON_KEYS).any(|it| it.name == key)
            })
        };
        let (mut settings, mut secrets) = (Settings::default(), BTreeMap::new());
        for (key, value) in table {
            match value {
                Value::Object(source) if !is_setting(&key) => {
                    let source = SecretSource::from_table(&key, source).map_err(of_account)?;
                    secrets.insert(key, source);
                }
                value => settings.insert(key, value),
            }
        }
        Ok(Self { name: account, service, settings, secrets })
    }

    /// Resolves relative paths against a folder.
    #[cfg(feature = "config")]
    pub(super) fn in_folder<'a>(
        mut self,
        folder: &std::path::Path,
        keys: impl Iterator<Item = &'a SettingKey>,
    ) -> Self {
        for source in self.secrets.values_mut() {
            if let SecretSource::File(path) = source {
                *path = folder.join(&*path);
            }
        }
        for key in keys {
            let value = self.settings.get(&key.name).and_then(Value::as_str);
            if let Some(path) = value.filter(|value| key.is_path(value)) {
                let path = folder.join(path).display().to_string();
                self.settings.insert(key.name.clone(), path);
            }
        }
        self
    }
}

/// The table of an account file. Its entry was checked before, so no key holds a literal secret.
pub(super) struct Table<'a>(pub(super) &'a AccountEntry);

impl Serialize for Table<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let entry = self.0;
        let mut table = serializer.serialize_map(None)?;
        table.serialize_entry(SERVICE, entry.service.as_str())?;
        for (key, value) in entry.settings.iter() {
            table.serialize_entry(key, value)?;
        }
        for (key, source) in &entry.secrets {
            table.serialize_entry(key, source)?;
        }
        table.end()
    }
}

/// Adds the name of the account to an error.
pub(super) fn in_account(account: &AccountName, error: &Error) -> Error {
    let located = Error::config(format!("account '{account}': {}", error.message()));
    located.with_hint(error.hint().unwrap_or("check the account's configuration"))
}
