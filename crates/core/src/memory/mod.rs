//! An in-memory provider, for tests and prototypes.

mod builder;
mod listing;
mod requests;
mod store;
mod writes;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

pub use self::{builder::MemoryBuilder, requests::MemoryRequest};
use self::{requests::RequestLog, store::ProfileStore};
use crate::{
    AccountName, Capabilities, Error, ErrorKind, ExecuteOptions, Executed, GetOptions, ListQuery, Plan,
    PlanOptions, Profile, ProfileId, ProfileProvider, ProviderInfo, Result, Timestamp, Write,
    listing::{Cursor, Page},
    plan::Execution,
};

/// A provider that stores its profiles in memory.
///
/// It behaves like a service with the [`Capabilities`] that it was built with. Listings have pages and cursors;
/// writes are planned, executed once and read back; everything that the capabilities do not include is refused. Plans
/// show requests with `memory:` URLs. Nothing is random, and there is no clock unless one is
/// [set](MemoryBuilder::with_clock): ids are numbered (`m1`, `m2`, …), and times stay as the profiles have them.
///
/// Clones share their profiles. `Debug` shows the account and the number of profiles.
///
/// Each profile is one record, so [`GetOptions::enrich`] adds nothing. Creating a profile does not check for
/// duplicates: several profiles may have the same address.
///
/// ```
/// use anyprofile_core::{
///     AccountName, FieldPath, IdKind, Profile, ProfileChange, ProfileDraft, ProfileProviderExt, Result,
///     memory::MemoryProvider,
/// };
///
/// # async fn example() -> Result<()> {
/// let mut ada = Profile::new("memory:test/user/ada".parse()?);
/// ada.name.display = "Ada".into();
/// let provider = MemoryProvider::builder(AccountName::from_static("test")).with_profile(ada.clone()).build()?;
///
/// let change = ProfileChange::new().set(FieldPath::TITLE, "countess");
/// assert_eq!(provider.update(&ada.id, &change).await?.title, "countess".into());
///
/// let draft = ProfileDraft::new(IdKind::USER).set(FieldPath::NAME_DISPLAY, "Grace");
/// assert_eq!(provider.create(&draft).await?.id.native(), "m1");
///
/// // The requests of a program can be inspected.
/// let writes: Vec<_> = provider.requests().into_iter().filter(|request| request.is_write).collect();
/// assert_eq!((writes[0].method.as_ref(), writes[0].url.as_str()), ("PATCH", "memory:user/ada"));
/// # Ok(())
/// # }
/// # let mut future = std::pin::pin!(example());
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(matches!(future.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(()))));
/// ```
#[derive(Clone)]
pub struct MemoryProvider(Arc<Shared>);

struct Shared {
    info: ProviderInfo,
    capabilities: Capabilities,
    /// The profile that the credential belongs to.
    current: Option<ProfileId>,
    /// Whether deleted profiles stay, with a deleted status.
    shows_deleted: bool,
    clock: Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>,
    store: Mutex<ProfileStore>,
    log: Mutex<RequestLog>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryProvider {
    /// Creates a builder for a provider of the service `memory`. By default it has no profiles, and supports list,
    /// get, create, update, deactivate and delete for users.
    pub fn builder(account: AccountName) -> MemoryBuilder {
        MemoryBuilder::new(account)
    }

    /// Returns all profiles in the order in which they were added. Does not count as a request.
    pub fn profiles(&self) -> Vec<Profile> {
        lock(&self.0.store).all().map(|(_, profile)| profile.clone()).collect()
    }

    /// Adds a profile, or replaces the one with the same id, like a change by another client of the service. Does not
    /// count as a request.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a profile of another account, or of a kind that the capabilities do not include.
    pub fn insert(&self, profile: Profile) -> Result<()> {
        builder::check(&profile, &self.0.info, &self.0.capabilities)?;
        lock(&self.0.store).put(profile);
        Ok(())
    }

    /// Removes a profile and returns it, like a deletion by another client of the service. Does not count as a
    /// request.
    pub fn remove(&self, id: &ProfileId) -> Option<Profile> {
        lock(&self.0.store).remove(id)
    }

    /// Returns the requests, oldest first; at most the latest 10,000.
    pub fn requests(&self) -> Vec<MemoryRequest> {
        lock(&self.0.log).latest()
    }

    /// Returns the number of all requests.
    pub fn request_count(&self) -> u64 {
        lock(&self.0.log).count()
    }

    /// Returns the number of write requests.
    pub fn write_count(&self) -> u64 {
        lock(&self.0.log).writes()
    }

    fn note(&self, request: MemoryRequest) {
        lock(&self.0.log).push(request);
    }

    /// Returns the profile with an id, and counts a request.
    fn read(&self, id: &ProfileId, url: String) -> Result<Profile> {
        self.note(MemoryRequest::read(url));
        // Profiles in memory need no proof of the account's URL.
        self.0.info.take_as_proven();
        lock(&self.0.store).get(id).cloned().ok_or_else(|| self.not_found())
    }

    fn not_found(&self) -> Error {
        Error::new(ErrorKind::NotFound, "no profile has this id").with_provider(&self.0.info)
    }
}

impl fmt::Debug for MemoryProvider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MemoryProvider")
            .field("service", &self.0.info.service)
            .field("account", &self.0.info.account)
            .field("profiles", &lock(&self.0.store).len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl ProfileProvider for MemoryProvider {
    fn info(&self) -> &ProviderInfo {
        &self.0.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        listing::page(self, query, cursor)
    }

    async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.0.capabilities.operations.get.check(&self.0.info, "get", id)?;
        self.read(id, writes::url_of(id)).map_err(|error| error.with_operation("get"))
    }

    async fn current_opts(&self, _: &GetOptions) -> Result<Profile> {
        let support = &self.0.capabilities.operations.current;
        let Some(id) = self.0.current.as_ref().filter(|_| support.is_supported()) else {
            return Err(support.missing(&self.0.info, "current"));
        };
        self.read(id, "memory:current".to_owned()).map_err(|error| error.with_operation("current"))
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let builder = Plan::begin(self, write, options).await?;
        if builder.is_settled() {
            return Ok(builder.build());
        }
        let request = writes::request_of(builder.needed());
        Ok(builder.with_request(request).build())
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        let mut execution = Execution::begin(self, plan, options).await?;
        if execution.goes_on() {
            execution.step(writes::write(self, plan.needed()));
        }
        Ok(execution.finish(self).await)
    }
}
