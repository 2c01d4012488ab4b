//! Accounts of a build without any service: there are none.

use std::{convert::Infallible, sync::Arc};

use anyprofile_core::{AccountName, Error, ProfileProvider, Result};

use crate::built_in::turn_on_a_feature;

/// The configured accounts. This build has none, since no feature of the crate turns a service on.
///
/// Every way to create accounts is an error that names the features.
///
/// ```
/// # use anyprofile::Accounts;
/// let error = Accounts::from_env().unwrap_err();
/// assert!(error.hint().is_some_and(|hint| hint.contains("probely")));
/// ```
#[derive(Clone, Debug)]
pub struct Accounts(Infallible);

impl Accounts {
    /// Reads the accounts of the environment.
    ///
    /// # Errors
    /// A configuration error that names the features, since no service was built in.
    pub fn from_env() -> Result<Self> {
        Err(Error::config("no account can be configured").with_hint(turn_on_a_feature()))
    }

    /// Reads the accounts from another source of variables.
    ///
    /// # Errors
    /// A configuration error that names the features, since no service was built in.
    pub fn from_variables(_variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        Self::from_env()
    }

    /// Returns the names of the accounts, in their order.
    pub fn names(&self) -> impl Iterator<Item = &AccountName> {
        std::iter::from_fn(|| match self.0 {})
    }

    /// Keeps only the accounts with these names, or all of them if `names` is empty.
    ///
    /// # Errors
    /// None in this build.
    pub fn select(self, _names: &[String]) -> Result<Self> {
        match self.0 {}
    }

    /// Connects the accounts. Reads the secrets; sends no request.
    ///
    /// # Errors
    /// None in this build.
    pub fn connect(&self) -> Result<Vec<Arc<dyn ProfileProvider>>> {
        match self.0 {}
    }

    /// Connects each account, with its own result.
    pub fn connect_each(&self) -> Vec<(AccountName, Result<Arc<dyn ProfileProvider>>)> {
        match self.0 {}
    }
}
