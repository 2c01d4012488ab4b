//! Credentials of an account.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use anyprofile_core::{Error, Result};
use anyprofile_http::Secret;

/// A key of an account whose value is a secret. An account file says where the secret is, and never holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialKey {
    /// The name in the account file.
    pub name: Cow<'static, str>,
    /// The environment variable with the secret, for accounts of the environment.
    pub variable: Option<Cow<'static, str>>,
    /// A short description in lower case, such as "an API key".
    pub doc: Cow<'static, str>,
}

impl CredentialKey {
    /// Creates a key from its name and description.
    pub fn new(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), variable: None, doc: doc.into() }
    }

    /// Sets the environment variable with the secret, for accounts of the environment.
    pub fn with_variable(mut self, variable: impl Into<Cow<'static, str>>) -> Self {
        self.variable = Some(variable.into());
        self
    }
}

/// A way to sign in: one credential, or several that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialSet {
    keys: Vec<CredentialKey>,
    account: Option<Cow<'static, str>>,
}

impl CredentialSet {
    /// Creates a way to sign in with several credentials, such as a client id and a client secret.
    pub fn new(keys: impl IntoIterator<Item = CredentialKey>) -> Self {
        Self { keys: keys.into_iter().collect(), account: None }
    }

    /// Sets the name of the environment's account with these credentials. Default: the name of the service.
    pub fn with_account(mut self, account: impl Into<Cow<'static, str>>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Returns the keys.
    pub fn keys(&self) -> &[CredentialKey] {
        &self.keys
    }

    /// Returns the name of the environment's account with these credentials, if it is not the name of the service.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }
}

impl From<CredentialKey> for CredentialSet {
    fn from(key: CredentialKey) -> Self {
        Self::new([key])
    }
}

impl fmt::Display for CredentialSet {
    /// Writes the names of the keys.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.keys.iter().map(|key| &*key.name).collect();
        formatter.write_str(&names.join(" with "))
    }
}

/// The credentials of one account. `Debug` shows only their names.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, Secret>);

impl Secrets {
    /// Creates an empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a credential.
    pub fn with(mut self, key: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.0.insert(key.into(), secret.into());
        self
    }

    /// Returns the credential of a key, if the account has it.
    pub fn get(&self, key: &str) -> Option<&Secret> {
        self.0.get(key)
    }

    /// Returns the credential of a required key.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if the account does not have it.
    pub fn required(&self, key: &str) -> Result<&Secret> {
        self.get(key).ok_or_else(|| Error::config(format!("{key} is required")))
    }

    /// Returns the only credential with its key, for a service whose ways to sign in have one credential each.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if the account has none, or more than one.
    pub fn single(&self) -> Result<(&str, &Secret)> {
        let mut secrets = self.0.iter().map(|(key, secret)| (key.as_str(), secret));
        match (secrets.next(), secrets.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(Error::config("exactly one credential is required")),
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
