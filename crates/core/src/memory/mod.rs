//! A provider whose profiles are in memory: for a program's tests, and for prototypes.

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
use self::{requests::RequestLog, store::Store};
use crate::{
    AccountName, Capabilities, Error, ErrorKind, ExecuteOptions, Executed, GetOptions, ListQuery, Plan,
    PlanOptions, Profile, ProfileId, ProfileProvider, ProviderInfo, Result, Timestamp, Write,
    listing::{Cursor, Page},
    plan::Execution,
};

/// A provider whose profiles are in memory.
///
/// It behaves as a service does that has the [`Capabilities`] it was built with: listings have pages and cursors, writes are
/// planned, executed once and read back, and what the capabilities do not offer is refused. A plan shows requests with `memory:`
/// URLs. Nothing is random, and there is no clock unless one is [given](MemoryBuilder::with_clock): ids are counted (`m1`, `m2`,
/// …), and times stay as the profiles have them.
///
/// Clones share their profiles. `Debug` shows the account and how many profiles there are.
///
/// Every profile is shown whole: there is one record of each, and [`GetOptions::enrich`] adds nothing. Profiles are compared with
/// nobody when they are created, so that several may have one address.
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
/// // What a program wrote can be looked at.
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
    /// The profile of the credential.
    current: Option<ProfileId>,
    /// Whether who is deleted stays, with the status that says so.
    shows_deleted: bool,
    clock: Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>,
    store: Mutex<Store>,
    log: Mutex<RequestLog>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryProvider {
    /// Begins a provider of the service `memory`. Without anything else it has no profiles, and can do with users whatever the
    /// trait has: list, get, create, update, deactivate and delete.
    pub fn builder(account: AccountName) -> MemoryBuilder {
        MemoryBuilder::new(account)
    }

    /// The profiles as they are, in the order in which they were added. Counts as no request.
    pub fn profiles(&self) -> Vec<Profile> {
        lock(&self.0.store).all().map(|(_, profile)| profile.clone()).collect()
    }

    /// Adds a profile, or replaces the one with its id, as somebody else would at the service. Counts as no request.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for the profile of another account, or of a kind that the capabilities do not have.
    pub fn insert(&self, profile: Profile) -> Result<()> {
        builder::check(&profile, &self.0.info, &self.0.capabilities)?;
        lock(&self.0.store).put(profile);
        Ok(())
    }

    /// Removes a profile, as somebody else would at the service, and returns it. Counts as no request.
    pub fn remove(&self, id: &ProfileId) -> Option<Profile> {
        lock(&self.0.store).remove(id)
    }

    /// The requests that came, oldest first: of more than 10,000 the latest.
    pub fn requests(&self) -> Vec<MemoryRequest> {
        lock(&self.0.log).latest()
    }

    /// How many requests came in all.
    pub fn request_count(&self) -> u64 {
        lock(&self.0.log).count()
    }

    /// How many of those were writes.
    pub fn write_count(&self) -> u64 {
        lock(&self.0.log).writes()
    }

    fn note(&self, request: MemoryRequest) {
        lock(&self.0.log).push(request);
    }

    /// The profile with an id, at the cost of a request.
    fn read(&self, id: &ProfileId, url: String) -> Result<Profile> {
        self.note(MemoryRequest::read(url));
        // What is in memory is where it is looked for.
        self.0.info.take_as_proven();
        lock(&self.0.store).get(id).cloned().ok_or_else(|| self.nobody())
    }

    fn nobody(&self) -> Error {
        Error::new(ErrorKind::NotFound, "nobody has this id").with_provider(&self.0.info)
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
