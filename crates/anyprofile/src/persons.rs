//! The persons of several accounts.

use anyprofile_core::{
    Error, ListQuery,
    person::{Mapping, PersonLinker, Persons},
};

use crate::{AccountReport, Directory};

/// The persons of all accounts, and whether everybody was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DirectoryPersons {
    /// The persons, with what could not be decided.
    pub persons: Persons,
    /// The report of each account, in the order of the directory.
    pub accounts: Vec<AccountReport>,
    /// The error of each account that failed. Its profiles up to there are among the persons.
    pub errors: Vec<Error>,
}

impl DirectoryPersons {
    /// Returns whether every profile of every account was read, as far as the services show them. If not, a person may have a further
    /// profile, and a person of one profile may be somebody known.
    pub fn is_complete(&self) -> bool {
        self.accounts.iter().all(AccountReport::is_complete)
    }
}

impl Directory {
    /// Lists the profiles of all accounts, and finds out which of them belong to one human, by the rules of
    /// [`person`](anyprofile_core::person).
    ///
    /// It keeps the ids and the keys of profiles, and nothing else of them.
    ///
    /// ```
    /// # #[cfg(feature = "memory")]
    /// # async fn example() -> anyprofile::Result<()> {
    /// use std::sync::Arc;
    ///
    /// use anyprofile::{
    ///     AccountName, Directory, Email, ListQuery, Profile, memory::MemoryProvider, person::Mapping,
    /// };
    ///
    /// let mut accounts: Vec<Arc<dyn anyprofile::ProfileProvider>> = Vec::new();
    /// for (account, id) in [("eu", "memory:eu/user/ada"), ("us", "memory:us/user/ada")] {
    ///     let mut ada = Profile::new(id.parse()?);
    ///     ada.emails = vec![Email::new("ada@example.com")].into();
    ///     let account: AccountName = account.parse()?;
    ///     accounts.push(Arc::new(MemoryProvider::builder(account).with_profile(ada).build()?));
    /// }
    /// let found = Directory::new(accounts).persons(ListQuery::new(), Mapping::default()).await;
    /// assert!(found.is_complete() && found.persons.persons().len() == 1);
    /// # Ok(())
    /// # }
    /// # #[cfg(feature = "memory")]
    /// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
    /// ```
    pub async fn persons(&self, query: ListQuery, mapping: Mapping) -> DirectoryPersons {
        let mut linker = PersonLinker::new().with_mapping(mapping);
        let mut errors = Vec::new();
        let mut listing = self.list(query);
        while let Some(profile) = listing.next().await {
            match profile {
                Ok(profile) => linker.add(&profile),
                Err(error) => errors.push(error),
            }
        }
        DirectoryPersons { persons: linker.link(), accounts: listing.reports(), errors }
    }
}
