//! Accounts of the environment.

use std::ffi::OsString;

use anyprofile_core::{Error, Result};
use anyprofile_engine::{CredentialKey, CredentialSet, ServiceDescriptor};

use super::{
    AccountEntry, Accounts, SecretSource, Services,
    secret::{is_blank, not_text},
};

impl Services {
    /// Reads the accounts of the environment. [`Services`] has the table of variables.
    ///
    /// A way to sign in is an account if all its credentials are in variables. The account has the name of the service, unless the
    /// service sets another one.
    ///
    /// # Errors
    /// A configuration error if the environment has no account, if a variable is not valid UTF-8, if only some credentials of a way to
    /// sign in are set, or if two ways to sign in would have the same account name.
    pub fn from_env(&self) -> Result<Accounts> {
        self.from_env_if_any()?.ok_or_else(|| self.no_account())
    }

    /// Reads the accounts of the environment. Returns `None` if it has none.
    ///
    /// # Errors
    /// Those of [`from_env`](Self::from_env), except that having no account is not an error.
    pub fn from_env_if_any(&self) -> Result<Option<Accounts>> {
        self.read_os_variables(|name| std::env::var_os(name))
    }

    /// Reads the accounts of the environment. A variable that is not valid UTF-8 is an error: ignoring it would hide its account.
    pub(super) fn read_os_variables(
        &self,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Accounts>> {
        let settings =
            self.iter().flat_map(ServiceDescriptor::keys).filter_map(|key| key.variable.as_deref());
        for name in self.credential_variables().chain(settings) {
            if variable(name).is_some_and(|value| value.to_str().is_none()) {
                return Err(not_text(name));
            }
        }
        // The secret is read only when the account is connected; its variable is named if the accounts are serialized.
        self.of_variables(
            |name| variable(name)?.into_string().ok(),
            |name, _| SecretSource::Env(name.to_owned()),
        )
    }

    /// Reads the accounts from another source of variables, by the rules of [`from_env`](Self::from_env).
    ///
    /// # Errors
    /// Those of [`from_env`](Self::from_env).
    pub fn from_variables(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Accounts> {
        let accounts = self.of_variables(variable, |_, secret| SecretSource::literal(secret))?;
        accounts.ok_or_else(|| self.no_account())
    }

    fn of_variables(
        &self,
        variable: impl Fn(&str) -> Option<String>,
        secret: impl Fn(&str, String) -> SecretSource,
    ) -> Result<Option<Accounts>> {
        let variable = |name: &str| variable(name).filter(|value| !is_blank(value));
        let is_set =
            |key: &CredentialKey| key.variable.as_deref().is_some_and(|name| variable(name).is_some());
        let mut entries: Vec<(AccountEntry, String)> = Vec::new();
        for service in self.iter() {
            let complete: Vec<_> = sets(service).filter(|set| set.keys().iter().all(is_set)).collect();
            check_incomplete(service, &complete, is_set)?;
            for set in complete {
                let name = account_name(service, set);
                let variables = variables(set);
                if let Some((_, other)) = entries.iter().find(|(entry, _)| *entry.name() == name) {
                    return Err(Error::config(format!(
                        "{other} and {variables} are credentials of the same account"
                    ))
                    .with_hint(format!(
                        "unset one of them: the account '{name}' must have one way to sign in"
                    )));
                }
                let mut entry = AccountEntry::new(name.parse()?, service.name().clone());
                for key in set.keys() {
                    let Some(name) = key.variable.as_deref() else { continue };
                    if let Some(value) = variable(name) {
                        entry = entry.with_secret(key.name.clone(), secret(name, value));
                    }
                }
                for key in service.keys() {
                    if let Some(text) = key.variable.as_deref().and_then(&variable) {
                        entry = entry.with(key.name.clone(), key.value_of(&text)?);
                    }
                }
                entries.push((entry, variables));
            }
        }
        if entries.is_empty() {
            return Ok(None);
        }
        self.open(entries.into_iter().map(|(entry, _)| entry)).map(Some)
    }

    /// Returns the accounts that the environment would have with every credential set: name, service and credentials.
    pub fn environment_accounts(&self) -> impl Iterator<Item = (&str, &ServiceDescriptor, &CredentialSet)> {
        self.iter()
            .flat_map(|service| sets(service).map(move |set| (account_name(service, set), service, set)))
    }
}

/// Returns the ways to sign in that the environment can have: those with a variable for each credential.
fn sets(service: &ServiceDescriptor) -> impl Iterator<Item = &CredentialSet> {
    let sets = service.credentials().iter();
    sets.filter(|set| !set.keys().is_empty() && set.keys().iter().all(|key| key.variable.is_some()))
}

/// Checks that no credential is set without those that belong to it.
fn check_incomplete(
    service: &ServiceDescriptor,
    complete: &[&CredentialSet],
    is_set: impl Fn(&CredentialKey) -> bool,
) -> Result<()> {
    for set in sets(service) {
        let is_used = |key: &CredentialKey| {
            complete.iter().any(|set| set.keys().iter().any(|other| other.name == key.name))
        };
        let Some(alone) = set.keys().iter().find(|key| is_set(key) && !is_used(key)) else { continue };
        let missing = set.keys().iter().filter(|key| !is_set(key)).filter_map(|key| key.variable.as_deref());
        let missing = missing.collect::<Vec<_>>().join(" and ");
        let alone = alone.variable.as_deref().unwrap_or_default();
        return Err(Error::config(format!("{alone} is set without {missing}"))
            .with_hint(format!("set {missing} too, or unset {alone}")));
    }
    Ok(())
}

/// Returns the variables of a way to sign in, for messages.
fn variables(set: &CredentialSet) -> String {
    set.keys().iter().filter_map(|key| key.variable.as_deref()).collect::<Vec<_>>().join(" with ")
}

/// Returns the name of the environment's account with these credentials.
fn account_name<'a>(service: &'a ServiceDescriptor, set: &'a CredentialSet) -> &'a str {
    set.account().unwrap_or(service.name().as_str())
}
