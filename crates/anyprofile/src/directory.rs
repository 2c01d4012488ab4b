//! Many accounts as one.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyprofile_core::{
    Error, ErrorKind, FindKey, Found, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider,
    ProfileProviderExt as _, ProviderInfo, Result,
    check::CheckReport,
    find::FindMethod,
    listing::{ListReport, ProfileStream},
};
use futures_core::Stream;
use futures_util::stream;

/// Many accounts, of one service or several, asked side by side.
///
/// One account's failure is told and does not lose the others.
///
/// ```
/// use std::sync::Arc;
///
/// use anyprofile::{Directory, ListQuery, ProfileProvider};
/// use futures_util::StreamExt;
///
/// async fn names(providers: Vec<Arc<dyn ProfileProvider>>) -> Vec<String> {
///     let directory = Directory::new(providers);
///     let mut listing = directory.list(ListQuery::new());
///     let mut names = Vec::new();
///     while let Some(profile) = listing.next().await {
///         match profile {
///             Ok(profile) => names.push(profile.label().into_owned()),
///             Err(error) => eprintln!("{error}"),
///         }
///     }
///     for account in listing.reports() {
///         eprintln!("{}: complete: {}", account.info.account, account.is_complete());
///     }
///     names
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Directory {
    providers: Vec<Arc<dyn ProfileProvider>>,
    concurrency: usize,
}

impl Default for Directory {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

/// How many accounts are asked at once: each has connections of its own, and a process may have few.
const CONCURRENCY: usize = 16;

impl Directory {
    /// A directory of these accounts, of which 16 are asked at once.
    pub fn new(providers: Vec<Arc<dyn ProfileProvider>>) -> Self {
        Self { providers, concurrency: CONCURRENCY }
    }

    /// Sets how many accounts are asked at once, at least one. Each of them may send as many requests at once as
    /// [`ListQuery::concurrency`] says.
    pub fn with_concurrency(mut self, accounts: usize) -> Self {
        self.concurrency = accounts.max(1);
        self
    }

    /// Whether not all accounts are asked at once: then those that were asked keep no connections open.
    fn is_large(&self) -> bool {
        self.providers.len() > self.concurrency
    }

    /// The accounts.
    pub fn providers(&self) -> &[Arc<dyn ProfileProvider>] {
        &self.providers
    }

    /// The account that an id belongs to.
    pub fn provider_of(&self, id: &ProfileId) -> Option<&Arc<dyn ProfileProvider>> {
        self.providers
            .iter()
            .find(|provider| provider.info().service == id.service && provider.info().account == id.account)
    }

    /// One profile, from the account that its id names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if there is no such account, and the account's own.
    pub async fn get(&self, id: &ProfileId) -> Result<Profile> {
        self.get_opts(id, &GetOptions::default()).await
    }

    /// One profile, from the account that its id names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if there is no such account, and the account's own.
    pub async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        let Some(provider) = self.provider_of(id) else {
            return Err(Error::config(format!("there is no {} account '{}'", id.service, id.account)));
        };
        provider.get_checked(id, options).await
    }

    /// Looks for a profile at all accounts, at several of them [at once](Self::with_concurrency). `keys` are what the text
    /// may be, such as [`FindKey::guess`] says; an account is asked for one after the other until somebody is found.
    pub async fn find(&self, keys: &[FindKey]) -> Vec<AccountFound> {
        self.each(|provider| find_at(provider, keys)).await
    }

    /// Proves the credential of each account, of several of them [at once](Self::with_concurrency), as
    /// [`check`](anyprofile_core::ProfileProviderExt::check) does; in the order of [`providers`](Self::providers).
    pub async fn check(&self) -> Vec<Result<CheckReport>> {
        self.each(|provider| provider.check()).await
    }

    /// Asks all accounts, several at once. Gives their responses in the order of the accounts.
    async fn each<'a, T, A: Future<Output = T>>(
        &'a self,
        ask: impl Fn(&'a Arc<dyn ProfileProvider>) -> A,
    ) -> Vec<T> {
        // Not for the streams below, which have a method of the same name.
        use futures_util::StreamExt as _;

        let responses = stream::iter(&self.providers).map(|provider| {
            let response = ask(provider);
            async move {
                let response = response.await;
                if self.is_large() {
                    provider.info().close_idle();
                }
                response
            }
        });
        responses.buffered(self.concurrency).collect().await
    }

    /// The profiles of all accounts, as they come, of several of them [at once](Self::with_concurrency). An account that
    /// fails gives one error, and the others go on. The query's limit counts over all accounts.
    #[allow(clippy::needless_pass_by_value, reason = "like the listing of one provider")]
    pub fn list(&self, query: ListQuery) -> DirectoryListing {
        let limit = query.limit;
        let accounts = self.providers.iter().map(|provider| AccountListing {
            info: provider.info().clone(),
            to_close: self.is_large().then(|| Arc::clone(provider)),
            stream: Some(Arc::clone(provider).list_owned(query.clone())),
            is_begun: false,
            report: ListReport::default(),
            failure: None,
        });
        DirectoryListing {
            accounts: accounts.collect(),
            concurrency: self.concurrency,
            first: 0,
            delivered: 0,
            left: limit,
        }
    }
}

/// What was found at one account.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccountFound {
    /// The account.
    pub info: ProviderInfo,
    /// For each key that was asked for, what was found by it.
    pub found: Vec<(FindKey, Found)>,
    /// Why the account was not asked any further.
    pub error: Option<Error>,
}

impl AccountFound {
    /// The profiles that were found.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.found.iter().flat_map(|(_, found)| &found.profiles)
    }

    /// How many requests it took, a failed one included; without those that a token took.
    pub fn requests(&self) -> u64 {
        let failed = self.error.as_ref().map_or(0, |error| u64::from(error.stats().requests));
        self.found.iter().map(|(_, found)| found.requests).sum::<u64>() + failed
    }

    /// Whether all profiles were read that may have one of the keys. Where not, somebody may be there who was not found.
    pub fn is_complete(&self) -> bool {
        self.error.is_none() && self.found.iter().all(|(_, found)| found.is_complete)
    }

    /// Whether the account could be asked for any of the keys.
    pub fn is_answerable(&self) -> bool {
        self.found.iter().any(|(_, found)| found.method != FindMethod::Unanswerable)
    }
}

async fn find_at(provider: &Arc<dyn ProfileProvider>, keys: &[FindKey]) -> AccountFound {
    let mut at = AccountFound { info: provider.info().clone(), found: Vec::new(), error: None };
    for key in keys {
        match provider.find_by(key).await {
            Ok(found) => {
                let is_there = !found.profiles.is_empty();
                at.found.push((key.clone(), found));
                if is_there {
                    break;
                }
            }
            Err(error) => {
                at.error = Some(error);
                break;
            }
        }
    }
    at
}

/// A listing of many accounts. Owns its providers, so that it can be spawned.
#[derive(Debug)]
pub struct DirectoryListing {
    accounts: Vec<AccountListing>,
    /// How many accounts are asked at once.
    concurrency: usize,
    /// The account whose turn it is.
    first: usize,
    delivered: u64,
    left: Option<u64>,
}

#[derive(Debug)]
struct AccountListing {
    info: ProviderInfo,
    /// Whose connections are closed at the end, where there are many accounts.
    to_close: Option<Arc<dyn ProfileProvider>>,
    stream: Option<ProfileStream<'static>>,
    /// Whether it was asked for anything. A stream asks for nothing before that.
    is_begun: bool,
    /// What the stream had seen when it ended.
    report: ListReport,
    failure: Option<ErrorKind>,
}

/// What one account's part of a listing has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountReport {
    /// The account.
    pub info: ProviderInfo,
    /// What was seen.
    pub listing: ListReport,
    /// The kind of error that ended it early.
    pub failure: Option<ErrorKind>,
}

impl AccountReport {
    /// Whether every profile of the account was delivered, as far as can be known.
    pub fn is_complete(&self) -> bool {
        self.failure.is_none() && self.listing.is_complete()
    }
}

impl DirectoryListing {
    /// Whether every profile of every account was delivered, as far as can be known.
    pub fn is_complete(&self) -> bool {
        self.reports().iter().all(AccountReport::is_complete)
    }

    /// What each account has seen so far, in the order of the directory.
    pub fn reports(&self) -> Vec<AccountReport> {
        self.accounts.iter().map(AccountListing::report).collect()
    }
}

impl AccountListing {
    /// Whether it is being asked.
    fn is_under_way(&self) -> bool {
        self.is_begun && self.stream.is_some()
    }

    fn report(&self) -> AccountReport {
        let listing = self.stream.as_ref().map_or_else(|| self.report.clone(), ProfileStream::report);
        AccountReport { info: self.info.clone(), listing, failure: self.failure }
    }

    /// Ends the listing: the page on its way is dropped.
    fn end(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.report = stream.report();
            // With the stream the page on its way ends.
            drop(stream);
            if let Some(provider) = self.to_close.take() {
                provider.info().close_idle();
            }
        }
    }

    /// Ends the listing because no more is wanted.
    fn cut(&mut self) {
        if self.stream.is_some() {
            self.end();
            self.report.limited |= !self.report.reached_end;
        }
    }
}

/// How many profiles of one account come between two looks at the others.
const LOOK_ROUND_EVERY: u64 = 16;

impl Stream for DirectoryListing {
    type Item = Result<Profile>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.left == Some(0) {
            this.accounts.iter_mut().for_each(AccountListing::cut);
            return Poll::Ready(None);
        }
        let count = this.accounts.len();
        let mut under_way = this.accounts.iter().filter(|account| account.is_under_way()).count();
        let mut waiting = false;
        // Whoever ends makes room for one that waits, which may stand before it: that is seen in a further round.
        let mut has_room = true;
        while std::mem::take(&mut has_room) {
            waiting = false;
            for offset in 0..count {
                let index = (this.first + offset) % count;
                let account = &mut this.accounts[index];
                let Some(stream) = &mut account.stream else { continue };
                if !account.is_begun {
                    if under_way >= this.concurrency {
                        continue;
                    }
                    account.is_begun = true;
                    under_way += 1;
                }
                match Pin::new(&mut *stream).poll_next(context) {
                    Poll::Pending => waiting = true,
                    Poll::Ready(None) => {
                        account.end();
                        under_way -= 1;
                        has_room = true;
                    }
                    Poll::Ready(Some(Ok(profile))) => {
                        // A page's profiles come together; then it is the next account's turn.
                        this.first = if stream.buffered() == 0 { (index + 1) % count } else { index };
                        this.left = this.left.map(|left| left - 1);
                        this.delivered += 1;
                        if this.delivered.is_multiple_of(LOOK_ROUND_EVERY) {
                            let others = this.accounts.iter_mut().filter(|account| account.is_begun);
                            let others = others.filter_map(|account| account.stream.as_mut());
                            others.for_each(|stream| stream.poll_ahead(context));
                        }
                        return Poll::Ready(Some(Ok(profile)));
                    }
                    Poll::Ready(Some(Err(error))) => {
                        account.failure = Some(error.kind());
                        account.end();
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(None) }
    }
}
