//! Several accounts as one.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyprofile_core::{
    AccountName, Error, ErrorKind, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions, Profile,
    ProfileId, ProfileProvider, ProfileProviderExt as _, ProviderInfo, Result, ServiceName, Write,
    capabilities::Readable,
    check::{CheckReport, Finding},
    find::FindMethod,
    listing::{ListReport, ProfileStream},
};
use futures_core::Stream;
use futures_util::{future::BoxFuture, stream};

use crate::writing::{self, Never, OffBoarding, Remains, Written};

/// Several accounts, of one or more services, used concurrently.
///
/// The failure of one account is reported, and the other accounts go on.
///
/// ```
/// use std::sync::Arc;
///
/// use anyprofile::{Directory, ListQuery, ProfileProvider};
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

/// The default number of accounts to use concurrently. Each has its own connections, and the open files of a process are limited.
const CONCURRENCY: usize = 16;

impl Directory {
    /// Creates a directory of these accounts, with 16 of them used concurrently.
    pub fn new(providers: Vec<Arc<dyn ProfileProvider>>) -> Self {
        Self { providers, concurrency: CONCURRENCY }
    }

    /// Sets how many accounts are used concurrently, at least one. Each may send as many concurrent requests as
    /// [`ListQuery::concurrency`] says.
    pub fn with_concurrency(mut self, accounts: usize) -> Self {
        self.concurrency = accounts.max(1);
        self
    }

    /// Returns whether there are more accounts than are used concurrently. Idle connections of a finished account are then closed.
    fn is_large(&self) -> bool {
        self.providers.len() > self.concurrency
    }

    /// Returns the accounts.
    pub fn providers(&self) -> &[Arc<dyn ProfileProvider>] {
        &self.providers
    }

    /// Returns the account that an id belongs to.
    pub fn provider_of(&self, id: &ProfileId) -> Option<&Arc<dyn ProfileProvider>> {
        self.provider_at(&id.service, &id.account)
    }

    fn provider_at(&self, service: &ServiceName, account: &AccountName) -> Option<&Arc<dyn ProfileProvider>> {
        self.providers.iter().find(|it| (&it.info().service, &it.info().account) == (service, account))
    }

    /// Returns the account with a name; the first one, if several services have an account of this name.
    pub fn provider_named(&self, account: &str) -> Option<&Arc<dyn ProfileProvider>> {
        self.providers.iter().find(|provider| provider.info().account.as_str() == account)
    }

    fn required(&self, id: &ProfileId) -> Result<&Arc<dyn ProfileProvider>> {
        self.provider_of(id).ok_or_else(|| no_account(&id.service, &id.account))
    }

    /// Reads one profile from the account that its id names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the directory does not have this account, and those of the account.
    pub async fn get(&self, id: &ProfileId) -> Result<Profile> {
        self.get_opts(id, &GetOptions::default()).await
    }

    /// Reads one profile with options from the account that its id names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the directory does not have this account, and those of the account.
    pub async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.required(id)?.get_checked(id, options).await
    }

    /// Returns a stream of the members of an organization, a workspace or a group, from the account that its id names. The stream owns its
    /// provider.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the directory does not have this account.
    pub fn members(&self, organization: &ProfileId, query: ListQuery) -> Result<ProfileStream<'static>> {
        let provider = self.required(organization)?;
        Ok(Arc::clone(provider).list_owned(query.with_member_of(organization.clone())))
    }

    /// Plans a write at the account that its id names. Writes nothing. A creation has no id: plan it at
    /// [its provider](Self::provider_named).
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the directory does not have this account, [`ErrorKind::InvalidRequest`] for a creation, and those of
    /// [`ProfileProvider::plan`].
    pub async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let Some(id) = write.id() else {
            return Err(Error::new(ErrorKind::InvalidRequest, "a creation does not say at which account")
                .with_hint("plan it at a provider: `directory.provider_named(&account)`"));
        };
        self.required(id)?.plan(write, options).await
    }

    /// Executes a plan at the account that it was made for, and reads the profile back where the response does not show the change; see
    /// [`writing::execute`](crate::writing::execute).
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the directory does not have this account. A failure of the write is its
    /// [outcome](crate::writing::Written::outcome).
    pub async fn execute(&self, plan: &Plan) -> Result<Written> {
        let issuer = plan.issuer();
        let provider = self
            .provider_at(&issuer.service, &issuer.account)
            .ok_or_else(|| no_account(&issuer.service, &issuer.account))?;
        Ok(writing::execute(&**provider, plan, &Never).await)
    }

    /// Finds a person at all accounts by an e-mail address, a user name or an id, and plans to deactivate every profile. Writes nothing.
    ///
    /// The result says what is already so, what is not possible, at which accounts it is not known whether the person has a profile,
    /// and why it may be a mistake. [`OffBoarding::execute`] executes it.
    pub async fn off_board(&self, key: &str) -> OffBoarding {
        OffBoarding::plan(self, key).await
    }

    /// Reads what profiles of one person have: roles, groups, tokens, open invitations, and service users that they own. What a service does
    /// not show is listed as not known. To prove an off-boarding, ask before and afterwards.
    ///
    /// Each profile is read with all records of its service. An account whose service says who owns a service user is listed as a whole.
    pub async fn remains(&self, profiles: &[ProfileId]) -> Remains {
        Remains::of(self, profiles).await
    }

    /// Finds a profile at all accounts, at several of them [concurrently](Self::with_concurrency).
    ///
    /// `keys` are the possible meanings of a text, such as [`FindKey::guess`] returns. Each account tries them one after the other,
    /// until one finds a profile.
    pub async fn find(&self, keys: &[FindKey]) -> Vec<AccountFound> {
        self.each(|provider| find_at(provider, keys)).await
    }

    /// Checks the credential of each account ([`check`](anyprofile_core::ProfileProviderExt::check)), of several of them
    /// [concurrently](Self::with_concurrency). The results are in the order of [`providers`](Self::providers).
    pub async fn check(&self) -> Vec<Result<CheckReport>> {
        self.each(|provider| (**provider).check()).await
    }

    /// Examines the service of each account ([`examine`](ProfileProvider::examine)), of several of them
    /// [concurrently](Self::with_concurrency). The results are in the order of [`providers`](Self::providers).
    pub async fn examine(&self) -> Vec<Result<Vec<Finding>>> {
        self.each(|provider| (**provider).examine()).await
    }

    /// Runs a future for each account, several of them concurrently. Returns the results in the order of the accounts.
    async fn each<'a, T: Send + 'a, A: Future<Output = T> + Send + 'a>(
        &'a self,
        run: impl Fn(&'a Arc<dyn ProfileProvider>) -> A,
    ) -> Vec<T> {
        // Imported here, since the streams below have a method of the same name.
        use futures_util::StreamExt as _;

        let is_large = self.is_large();
        let of_account = |provider: &'a Arc<dyn ProfileProvider>| -> BoxFuture<'a, T> {
            let result = run(provider);
            Box::pin(async move {
                let result = result.await;
                if is_large {
                    provider.info().close_idle();
                }
                result
            })
        };
        // Boxed one by one: the future of a stream of closures over references cannot be spawned.
        let results: Vec<_> = self.providers.iter().map(of_account).collect();
        stream::iter(results).buffered(self.concurrency).collect().await
    }

    /// Lists the profiles of all accounts, of several of them [concurrently](Self::with_concurrency). Order is not guaranteed.
    ///
    /// An account that fails yields one error, and the others go on. The query's limit counts over all accounts.
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

fn no_account(service: &ServiceName, account: &AccountName) -> Error {
    Error::config(format!("no {service} account is named '{account}'"))
}

/// The result of a find at one account.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccountFound {
    /// The account.
    pub info: ProviderInfo,
    /// The result of each key that was tried.
    pub found: Vec<(FindKey, Found)>,
    /// The error that ended the find at this account.
    pub error: Option<Error>,
    /// Whether the service shows what a key is about, and cannot be searched for it.
    is_unasked: bool,
}

impl AccountFound {
    /// Returns the profiles that were found.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.found.iter().flat_map(|(_, found)| &found.profiles)
    }

    /// Returns the number of requests, a failed one included, and without requests for access tokens.
    pub fn requests(&self) -> u64 {
        let failed = self.error.as_ref().map_or(0, |error| u64::from(error.stats().requests));
        self.found.iter().map(|(_, found)| found.requests).sum::<u64>() + failed
    }

    /// Returns whether every profile that may match was read. If not, the account may have a profile that was not found.
    pub fn is_complete(&self) -> bool {
        self.error.is_none() && self.found.iter().all(|(_, found)| found.is_complete)
    }

    /// Returns whether it is not known if the account has a profile that was not found: it failed, not every profile could be read, the
    /// service cannot be searched for any of the keys, or nobody was found and it has a field that it cannot be searched for. A field that the
    /// service does not have finds nobody: no profile there has a user name if there are none.
    pub fn is_open(&self) -> bool {
        let is_found = self.profiles().next().is_some();
        !self.is_complete() || !self.is_answerable() || (!is_found && self.is_unasked)
    }

    /// Returns whether the service can find profiles by at least one of the keys.
    pub fn is_answerable(&self) -> bool {
        self.found.iter().any(|(_, found)| found.method != FindMethod::Unanswerable)
    }
}

async fn find_at(provider: &Arc<dyn ProfileProvider>, keys: &[FindKey]) -> AccountFound {
    let mut result =
        AccountFound { info: provider.info().clone(), found: Vec::new(), error: None, is_unasked: false };
    for key in keys {
        match provider.find_by(key).await {
            Ok(found) => {
                // An own id of the service is no field: a text that is none finds nobody by it.
                result.is_unasked |= found.method == FindMethod::Unanswerable
                    && !matches!(key, FindKey::NativeId(_))
                    && provider.capabilities().fields.readable(&key.path()) != Readable::No;
                let is_found = !found.profiles.is_empty();
                result.found.push((key.clone(), found));
                if is_found {
                    break;
                }
            }
            Err(error) => {
                result.error = Some(error);
                break;
            }
        }
    }
    result
}

/// A listing of several accounts, as a stream. It owns its providers, so it can be moved into a spawned task.
#[derive(Debug)]
pub struct DirectoryListing {
    accounts: Vec<AccountListing>,
    /// How many accounts are listed concurrently.
    concurrency: usize,
    /// The account to poll first.
    first: usize,
    delivered: u64,
    left: Option<u64>,
}

#[derive(Debug)]
struct AccountListing {
    info: ProviderInfo,
    /// The provider whose idle connections are closed at the end, if there are many accounts.
    to_close: Option<Arc<dyn ProfileProvider>>,
    stream: Option<ProfileStream<'static>>,
    /// Whether the stream was polled. It sends nothing before that.
    is_begun: bool,
    /// The report of a stream that has ended.
    report: ListReport,
    failure: Option<ErrorKind>,
}

/// The report of one account's part of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountReport {
    /// The account.
    pub info: ProviderInfo,
    /// The report of its listing.
    pub listing: ListReport,
    /// The kind of the error that ended the listing.
    pub failure: Option<ErrorKind>,
}

impl AccountReport {
    /// Returns whether every profile of the account was delivered, as far as the service shows it.
    pub fn is_complete(&self) -> bool {
        self.failure.is_none() && self.listing.is_complete()
    }
}

impl DirectoryListing {
    /// Returns the next profile, or the error of an account that failed; `None` at the end.
    ///
    /// It is cancel safe: if the future is dropped, no profile is lost.
    pub async fn next(&mut self) -> Option<Result<Profile>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns whether every profile of every account was delivered, as far as the services show it.
    pub fn is_complete(&self) -> bool {
        self.reports().iter().all(AccountReport::is_complete)
    }

    /// Returns the report of each account so far, in the order of the directory.
    pub fn reports(&self) -> Vec<AccountReport> {
        self.accounts.iter().map(AccountListing::report).collect()
    }
}

impl AccountListing {
    /// Returns whether the listing has begun and not ended.
    fn is_in_progress(&self) -> bool {
        self.is_begun && self.stream.is_some()
    }

    fn report(&self) -> AccountReport {
        let listing = self.stream.as_ref().map_or_else(|| self.report.clone(), ProfileStream::report);
        AccountReport { info: self.info.clone(), listing, failure: self.failure }
    }

    /// Ends the listing, and cancels its prefetch.
    fn end(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.report = stream.report();
            // Dropping the stream cancels its prefetch.
            drop(stream);
            if let Some(provider) = self.to_close.take() {
                provider.info().close_idle();
            }
        }
    }

    /// Ends the listing because the limit is reached.
    fn cut(&mut self) {
        if self.stream.is_some() {
            self.end();
            self.report.limited |= !self.report.reached_end;
        }
    }
}

/// How many profiles are delivered before the other accounts are polled, so that their prefetch makes progress.
const POLL_OTHERS_EVERY: u64 = 16;

impl Stream for DirectoryListing {
    type Item = Result<Profile>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.left == Some(0) {
            this.accounts.iter_mut().for_each(AccountListing::cut);
            return Poll::Ready(None);
        }
        let count = this.accounts.len();
        let mut in_progress = this.accounts.iter().filter(|account| account.is_in_progress()).count();
        let mut waiting = false;
        // An account that ends makes room for one that has not begun. That one may come before it, hence another round.
        let mut has_room = true;
        while std::mem::take(&mut has_room) {
            waiting = false;
            for offset in 0..count {
                let index = (this.first + offset) % count;
                let account = &mut this.accounts[index];
                let Some(stream) = &mut account.stream else { continue };
                if !account.is_begun {
                    if in_progress >= this.concurrency {
                        continue;
                    }
                    account.is_begun = true;
                    in_progress += 1;
                }
                match Pin::new(&mut *stream).poll_next(context) {
                    Poll::Pending => waiting = true,
                    Poll::Ready(None) => {
                        account.end();
                        in_progress -= 1;
                        has_room = true;
                    }
                    Poll::Ready(Some(Ok(profile))) => {
                        // Deliver the whole page, then continue with the next account.
                        this.first = if stream.buffered() == 0 { (index + 1) % count } else { index };
                        this.left = this.left.map(|left| left - 1);
                        this.delivered += 1;
                        if this.delivered.is_multiple_of(POLL_OTHERS_EVERY) {
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
