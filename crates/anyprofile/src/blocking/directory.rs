//! Several accounts as one, for programs without an async runtime.

use std::fmt;

use anyprofile_core::{
    FindKey, GetOptions, ListQuery, Profile, ProfileId, Result,
    check::{CheckReport, Finding},
};

use super::Runtime;
use crate::{AccountFound, AccountReport, Directory as AsyncDirectory, DirectoryListing};

/// A [`Directory`](crate::Directory) for programs without an async runtime. Its accounts are used concurrently too.
///
/// Inside an async runtime, each method that sends a request fails with [`ErrorKind::Config`](crate::ErrorKind::Config), and nothing
/// is sent.
#[derive(Clone, Debug)]
pub struct Directory {
    directory: AsyncDirectory,
    runtime: Runtime,
}

impl Directory {
    /// Wraps a directory, with its own runtime.
    ///
    /// # Errors
    /// Those of [`Runtime::new`].
    pub fn new(directory: AsyncDirectory) -> Result<Self> {
        Ok(Self { directory, runtime: Runtime::new()? })
    }

    /// Wraps a directory, with a shared runtime.
    pub fn with_runtime(directory: AsyncDirectory, runtime: &Runtime) -> Self {
        Self { directory, runtime: runtime.clone() }
    }

    /// Returns the wrapped directory.
    pub const fn directory(&self) -> &AsyncDirectory {
        &self.directory
    }

    /// Reads one profile from the account that its id names.
    pub fn get(&self, id: &ProfileId) -> Result<Profile> {
        self.get_opts(id, &GetOptions::new())
    }

    /// Reads one profile with options from the account that its id names.
    pub fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.runtime.wait(self.directory.get_opts(id, options))?
    }

    /// Finds a profile at all accounts.
    pub fn find(&self, keys: &[FindKey]) -> Result<Vec<AccountFound>> {
        self.runtime.wait(self.directory.find(keys))
    }

    /// Checks the credential of each account. The results are in the order of the accounts.
    pub fn check(&self) -> Result<Vec<Result<CheckReport>>> {
        self.runtime.wait(self.directory.check())
    }

    /// Examines the service of each account. The results are in the order of the accounts.
    pub fn examine(&self) -> Result<Vec<Result<Vec<Finding>>>> {
        self.runtime.wait(self.directory.examine())
    }

    /// Lists the profiles of all accounts, as an iterator. Order is not guaranteed.
    pub fn list(&self, query: ListQuery) -> DirectoryProfiles {
        let listing = self.directory.list(query);
        DirectoryProfiles { listing, is_over: false, runtime: self.runtime.clone() }
    }
}

/// The profiles of several accounts, as an iterator. An account that fails yields one error, and the others go on.
#[must_use = "nothing is sent before the first profile is asked for"]
pub struct DirectoryProfiles {
    listing: DirectoryListing,
    is_over: bool,
    runtime: Runtime,
}

impl DirectoryProfiles {
    /// Returns whether every profile of every account was delivered, as far as the services show it.
    pub fn is_complete(&self) -> bool {
        self.listing.is_complete()
    }

    /// Returns the report of each account so far, in the order of the directory.
    pub fn reports(&self) -> Vec<AccountReport> {
        self.listing.reports()
    }
}

impl fmt::Debug for DirectoryProfiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DirectoryProfiles").field("listing", &self.listing).finish_non_exhaustive()
    }
}

impl Iterator for DirectoryProfiles {
    type Item = Result<Profile>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        match self.runtime.wait(self.listing.next()) {
            Ok(Some(next)) => Some(next),
            Ok(None) => {
                self.is_over = true;
                None
            }
            // An error of the runtime and not of an account: each further call would return it too.
            Err(error) => {
                self.is_over = true;
                Some(Err(error))
            }
        }
    }
}

impl std::iter::FusedIterator for DirectoryProfiles {}
