//! Accounts that the environment names.

use std::ffi::OsString;

use anyprofile_core::Result;
use anyprofile_engine::{CredentialSet, ServiceDescriptor};

use super::{
    AccountEntry, Accounts, SecretSource, Services,
    secret::{is_blank, not_text},
};

impl Services {
    /// The accounts that the environment names: one for each way to sign in whose credentials are in variables, by the name
    /// of the service where nothing else is said. [`Services`] has the table.
    ///
    /// # Errors
    /// A configuration error if it names none, or if a variable is not valid UTF-8.
    pub fn from_env(&self) -> Result<Accounts> {
        self.read_os_variables(|name| std::env::var_os(name))
    }

    /// The same, where a variable that is there and is no text is an error: passed over, its account would vanish.
    pub(super) fn read_os_variables(&self, variable: impl Fn(&str) -> Option<OsString>) -> Result<Accounts> {
        let settings =
            self.iter().flat_map(ServiceDescriptor::keys).filter_map(|key| key.variable.as_deref());
        for name in self.credential_variables().chain(settings) {
            if variable(name).is_some_and(|value| value.to_str().is_none()) {
                return Err(not_text(name));
            }
        }
        // Read when the account is connected, and named where the accounts are written.
        self.of_variables(
            |name| variable(name)?.into_string().ok(),
            |name, _| SecretSource::Env(name.to_owned()),
        )
    }

    /// The accounts that another source of variables names, as [`from_env`](Self::from_env) does.
    ///
    /// # Errors
    /// A configuration error if it names none.
    pub fn from_variables(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Accounts> {
        self.of_variables(variable, |_, secret| SecretSource::literal(secret))
    }

    fn of_variables(
        &self,
        variable: impl Fn(&str) -> Option<String>,
        secret: impl Fn(&str, String) -> SecretSource,
    ) -> Result<Accounts> {
        let variable = |name: &str| variable(name).filter(|value| !is_blank(value));
        let mut entries = Vec::new();
        for service in self.iter() {
            for set in service.credentials() {
                let named = set.keys().iter().filter_map(|key| Some((key, key.variable.as_deref()?)));
                let secrets: Vec<_> = named
                    .filter_map(|(key, name)| Some((key.name.clone(), secret(name, variable(name)?))))
                    .collect();
                if secrets.is_empty() {
                    continue;
                }
                let mut entry =
                    AccountEntry::new(account_name(service, set).parse()?, service.name().clone());
                for (key, source) in secrets {
                    entry = entry.with_secret(key, source);
                }
                for key in service.keys() {
                    if let Some(text) = key.variable.as_deref().and_then(&variable) {
                        entry = entry.with(key.name.clone(), key.value_of(&text)?);
                    }
                }
                entries.push(entry);
            }
        }
        if entries.is_empty() {
            return Err(self.no_account());
        }
        self.open(entries)
    }

    /// The accounts that the environment would name if it had every credential: name, service, and how one signs in.
    pub fn environment_accounts(&self) -> impl Iterator<Item = (&str, &ServiceDescriptor, &CredentialSet)> {
        self.iter().flat_map(|service| {
            let sets = service.credentials().iter();
            let sets = sets.filter(|set| set.keys().iter().any(|key| key.variable.is_some()));
            sets.map(move |set| (account_name(service, set), service, set))
        })
    }
}

/// The name of the account that the environment has with these credentials.
fn account_name<'a>(service: &'a ServiceDescriptor, set: &'a CredentialSet) -> &'a str {
    set.account().unwrap_or(service.name().as_str())
}
