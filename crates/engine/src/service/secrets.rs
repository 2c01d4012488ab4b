//! Credentials of an account.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use anyprofile_core::{Error, Result};
use anyprofile_http::SecretString;

/// A key of an account whose value is a secret. An account file names where the secret is, and never holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialKey {
    /// The name in the account file.
    pub name: Cow<'static, str>,
    /// The environment variable that has the secret for accounts that the environment names.
    pub variable: Option<Cow<'static, str>>,
    /// What it is, as half a sentence in lower case, such as "an API key".
    pub doc: Cow<'static, str>,
}

impl CredentialKey {
    /// A key of this name, and what it is.
    pub fn new(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), variable: None, doc: doc.into() }
    }

    /// Names the environment variable that has the secret for accounts that the environment names.
    pub fn with_variable(mut self, variable: impl Into<Cow<'static, str>>) -> Self {
        self.variable = Some(variable.into());
        self
    }
}

/// A way to sign in: the credentials that belong together, most often one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialSet {
    keys: Vec<CredentialKey>,
    account: Option<Cow<'static, str>>,
}

impl CredentialSet {
    /// The credentials that belong together, such as an id of a client and its secret.
    pub fn new(keys: impl IntoIterator<Item = CredentialKey>) -> Self {
        Self { keys: keys.into_iter().collect(), account: None }
    }

    /// Names the account that the environment has with these credentials. Default: as the service.
    pub fn with_account(mut self, account: impl Into<Cow<'static, str>>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// The keys.
    pub fn keys(&self) -> &[CredentialKey] {
        &self.keys
    }

    /// The name of the account that the environment has with these credentials, where it is not as the service.
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
    /// The names of the keys.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.keys.iter().map(|key| &*key.name).collect();
        formatter.write_str(&names.join(" with "))
    }
}

/// The credentials of one account. `Debug` shows their names alone.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, SecretString>);

impl Secrets {
    /// No credential.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a further credential.
    pub fn with(mut self, key: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        self.0.insert(key.into(), secret.into());
        self
    }

    /// The credential of a key.
    pub fn get(&self, key: &str) -> Option<&SecretString> {
        self.0.get(key)
    }

    /// The credential of a key that the account must have.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if it has none.
    pub fn required(&self, key: &str) -> Result<&SecretString> {
        self.get(key).ok_or_else(|| Error::config(format!("{key} is required")))
    }

    /// The credential with its key, for a service whose ways to sign in have one each.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if there is none, or more than one.
    pub fn single(&self) -> Result<(&str, &SecretString)> {
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
