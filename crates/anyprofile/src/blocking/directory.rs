//! Many accounts as one, for programs that wait.

use std::fmt;

use anyprofile_core::{FindKey, GetOptions, ListQuery, Profile, ProfileId, Result, check::CheckReport};
use futures_util::StreamExt as _;

use super::Runtime;
use crate::{AccountFound, AccountReport, Directory as AsyncDirectory, DirectoryListing};

/// A [`Directory`](crate::Directory) for programs without an async runtime. Accounts are asked side by side as there.
///
/// Inside an async runtime each method is [`ErrorKind::Config`](crate::ErrorKind::Config), with nothing sent.
#[derive(Clone, Debug)]
pub struct Directory {
    directory: AsyncDirectory,
    runtime: Runtime,
}

impl Directory {
    /// Wraps a directory, with a runtime of its own.
    ///
    /// # Errors
    /// Those of [`Runtime::new`].
    pub fn new(directory: AsyncDirectory) -> Result<Self> {
        Ok(Self { directory, runtime: Runtime::new()? })
    }

    /// Wraps a directory, with a runtime that others use too.
    pub fn with_runtime(directory: AsyncDirectory, runtime: &Runtime) -> Self {
        Self { directory, runtime: runtime.clone() }
    }

    /// The directory that is wrapped.
    pub const fn directory(&self) -> &AsyncDirectory {
        &self.directory
    }

    /// One profile, from the account that its id names.
    pub fn get(&self, id: &ProfileId) -> Result<Profile> {
        self.get_opts(id, &GetOptions::new())
    }

    /// One profile, from the account that its id names, with options.
    pub fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.runtime.wait(self.directory.get_opts(id, options))?
    }

    /// Looks for a profile at all accounts.
    pub fn find(&self, keys: &[FindKey]) -> Result<Vec<AccountFound>> {
        self.runtime.wait(self.directory.find(keys))
    }

    /// Proves the credential of each account, in their order.
    pub fn check(&self) -> Result<Vec<Result<CheckReport>>> {
        self.runtime.wait(self.directory.check())
    }

    /// The profiles of all accounts, as they come, as an iterator.
    pub fn list(&self, query: ListQuery) -> DirectoryProfiles {
        let listing = self.directory.list(query);
        DirectoryProfiles { listing, is_over: false, runtime: self.runtime.clone() }
    }
}

/// The profiles of many accounts, as an iterator. An account that fails gives one error, and the others go on.
#[must_use = "nothing is sent before the first profile is asked for"]
pub struct DirectoryProfiles {
    listing: DirectoryListing,
    is_over: bool,
    runtime: Runtime,
}

impl DirectoryProfiles {
    /// Whether every profile of every account was delivered, as far as can be known.
    pub fn is_complete(&self) -> bool {
        self.listing.is_complete()
    }

    /// What each account has seen so far, in the order of the directory.
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
            // Not of an account: it would be so each time.
            Err(error) => {
                self.is_over = true;
                Some(Err(error))
            }
        }
    }
}

impl std::iter::FusedIterator for DirectoryProfiles {}
