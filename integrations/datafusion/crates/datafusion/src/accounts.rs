//! The accounts that live tables read.

use std::{fmt, sync::Arc};

use anyprofile::{
    Accounts, Capabilities, Error, ErrorKind, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider,
    ProviderInfo, Result, async_trait,
    listing::{Cursor, Page},
};
use datafusion::common::{plan_datafusion_err, runtime::SpawnedTask};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

/// The accounts that live tables read. Clones share them, and their limits.
///
/// Every partition of a query is read at the same time. So many accounts can be asked at once because only
/// [some pages](Self::with_concurrent_pages) are on their way at any moment; each account's own limits apply as well.
#[derive(Clone, Debug)]
pub struct LiveAccounts {
    accounts: Arc<[LiveAccount]>,
    gate: Arc<Semaphore>,
}

/// One account. It may not be usable, which is an error of each query that asks for it.
#[derive(Clone, Debug)]
pub(crate) struct LiveAccount {
    pub(crate) service: String,
    pub(crate) name: String,
    /// Where the service is asked; empty for one that cannot be connected.
    pub(crate) base_url: String,
    pub(crate) provider: Result<Arc<dyn ProfileProvider>>,
}

/// Which account it is, for another process. The same name at another URL is another account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountKey {
    /// The service.
    pub service: String,
    /// The name of the account.
    pub account: String,
    /// Where the service is asked; empty for an account that cannot be connected.
    pub base_url: String,
}

impl fmt::Display for AccountKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, account, base_url } = self;
        write!(formatter, "{service} account '{account}' at {base_url}")
    }
}

/// The default number of pages that are on their way at once.
const CONCURRENT_PAGES: usize = 64;

impl LiveAccounts {
    fn of(accounts: Arc<[LiveAccount]>) -> Self {
        Self { accounts, gate: Arc::new(Semaphore::new(CONCURRENT_PAGES)) }
    }

    /// Uses these providers.
    pub fn new(providers: impl IntoIterator<Item = Arc<dyn ProfileProvider>>) -> Self {
        let accounts = providers.into_iter().map(|provider| LiveAccount {
            service: provider.info().service.to_string(),
            name: provider.info().account.to_string(),
            base_url: provider.info().base_url.clone(),
            provider: Ok(provider),
        });
        Self::of(accounts.collect())
    }

    /// Connects the accounts. Reads the secrets; sends no request. An account that cannot be connected is an error of each query that asks
    /// for it.
    pub fn connect(accounts: &Accounts) -> Self {
        let connected = accounts.entries().zip(accounts.connect_each());
        let accounts = connected.map(|(entry, (name, provider))| LiveAccount {
            service: entry.service().to_string(),
            name: name.to_string(),
            base_url: provider.as_ref().map_or_else(|_| String::new(), |it| it.info().base_url.clone()),
            provider,
        });
        Self::of(accounts.collect())
    }

    /// Sets how many pages of all accounts together are on their way at once; at least 1, by default 64.
    #[must_use]
    pub fn with_concurrent_pages(mut self, pages: usize) -> Self {
        self.gate = Arc::new(Semaphore::new(pages.max(1)));
        self
    }

    /// Returns the provider of an account, whose pages wait for their turn.
    ///
    /// # Errors
    /// If the account could not be connected.
    pub(crate) fn provider(&self, place: usize) -> Result<Arc<dyn ProfileProvider>> {
        let missing = || Error::new(ErrorKind::Internal, "a plan names an account that is not there");
        let provider = self.accounts.get(place).ok_or_else(missing)?.provider.clone()?;
        Ok(Arc::new(Gated { provider, gate: Arc::clone(&self.gate) }))
    }

    pub(crate) fn all(&self) -> &[LiveAccount] {
        &self.accounts
    }

    /// Returns which accounts these are.
    pub fn keys(&self) -> Vec<AccountKey> {
        self.accounts.iter().map(LiveAccount::key).collect()
    }

    /// Returns only these accounts, with the limits of all.
    ///
    /// # Errors
    /// If one of them is not there.
    pub fn select(&self, keys: &[AccountKey]) -> datafusion::common::Result<Self> {
        let account = |key: &AccountKey| Ok(self.accounts[self.place_of(key)?].clone());
        let accounts = keys.iter().map(account).collect::<datafusion::common::Result<_>>()?;
        Ok(Self { accounts, gate: Arc::clone(&self.gate) })
    }

    /// Returns the place of an account.
    ///
    /// # Errors
    /// If it is not there: this process has other accounts than the one that planned the query.
    pub(crate) fn place_of(&self, key: &AccountKey) -> datafusion::common::Result<usize> {
        let missing =
            || plan_datafusion_err!("this process has no {key}; give it the same accounts as the others");
        self.accounts.iter().position(|account| account.key() == *key).ok_or_else(missing)
    }
}

impl LiveAccount {
    pub(crate) fn key(&self) -> AccountKey {
        AccountKey {
            service: self.service.clone(),
            account: self.name.clone(),
            base_url: self.base_url.clone(),
        }
    }
}

/// A provider whose pages wait for their turn.
///
/// Each page is read by a task of its own. A partition that nobody polls, such as one side of a join, can then not keep its turn, and others
/// waiting.
#[derive(Debug)]
struct Gated {
    provider: Arc<dyn ProfileProvider>,
    gate: Arc<Semaphore>,
}

#[async_trait]
impl ProfileProvider for Gated {
    fn decorated(&self) -> Option<&dyn ProfileProvider> {
        Some(&*self.provider)
    }

    fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let (provider, gate) = (Arc::clone(&self.provider), Arc::clone(&self.gate));
        let (query, cursor) = (query.clone(), cursor.cloned());
        // Dropping it cancels the request.
        let page = SpawnedTask::spawn(async move {
            // The gate is never closed.
            let _turn = gate.acquire().await.ok();
            provider.list_page(&query, cursor.as_ref()).await
        });
        let page = page.join().await.map_err(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Error::new(ErrorKind::Cancelled, "the runtime was shut down while a page was read")
                .with_provider(self.info()),
        });
        page?
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.provider.get_opts(id, options).await
    }
}
