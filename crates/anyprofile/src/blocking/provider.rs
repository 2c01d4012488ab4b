//! A provider that waits.

use std::sync::Arc;

use anyprofile_core::{
    Capabilities, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileChange, ProfileDraft, ProfileId, ProfileProvider, ProfileProviderExt as _, ProviderInfo,
    Result, Timestamp, Write, check::CheckReport, enrollment::Enrollment, find::FoundCreated,
    listing::Cursor,
};

use super::{Pages, Profiles, Runtime};

/// A provider for programs without an async runtime: each method waits for what comes.
///
/// The errors are those of the method of the same name of [`ProfileProvider`] and
/// [`ProfileProviderExt`](crate::ProfileProviderExt); and [`ErrorKind::Config`](crate::ErrorKind::Config) inside an async
/// runtime, with nothing sent. Cheap to clone; several threads may use it at once.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # fn main() -> anyprofile::Result<()> {
/// use std::sync::Arc;
///
/// use anyprofile::{
///     AccountName, FieldPath, IdKind, ListQuery, ProfileChange, ProfileDraft, blocking::Provider,
///     memory::MemoryProvider,
/// };
///
/// let memory = MemoryProvider::builder(AccountName::from_static("test")).build()?;
/// let provider = Provider::new(Arc::new(memory))?;
/// let ada = provider.create(&ProfileDraft::new(IdKind::USER).set(FieldPath::USERNAME, "ada"))?;
/// provider.update(&ada.id, &ProfileChange::new().set(FieldPath::TITLE, "countess"))?;
/// assert_eq!(provider.get(&ada.id)?.title, "countess");
/// assert_eq!(provider.list(ListQuery::new()).count(), 1);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "memory"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct Provider {
    provider: Arc<dyn ProfileProvider>,
    runtime: Runtime,
}

impl Provider {
    /// Wraps a provider, with a runtime of its own.
    ///
    /// # Errors
    /// Those of [`Runtime::new`].
    pub fn new(provider: Arc<dyn ProfileProvider>) -> Result<Self> {
        Ok(Self { provider, runtime: Runtime::new()? })
    }

    /// Wraps a provider, with a runtime that others use too.
    pub fn with_runtime(provider: Arc<dyn ProfileProvider>, runtime: &Runtime) -> Self {
        Self { provider, runtime: runtime.clone() }
    }

    /// The provider that is wrapped.
    pub fn provider(&self) -> &Arc<dyn ProfileProvider> {
        &self.provider
    }

    /// Who is spoken to. Sends nothing.
    pub fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    /// What can be done. Sends nothing.
    pub fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    /// What can be done, once the service was asked where it says so itself.
    pub fn prepare(&self) -> Result<&Capabilities> {
        self.runtime.wait(self.provider.prepare())?
    }

    /// All profiles that the query asks for, one after the other, as an iterator. Nothing is sent before the first one is asked
    /// for.
    pub fn list(&self, query: ListQuery) -> Profiles {
        Profiles::new(self.runtime.clone(), Arc::clone(&self.provider).list_owned(query))
    }

    /// The members of an organization.
    pub fn members(&self, organization: &ProfileId, query: ListQuery) -> Profiles {
        self.list(query.with_member_of(organization.clone()))
    }

    /// A listing page by page.
    pub fn pages(&self, query: ListQuery) -> Pages {
        Pages::new(self.runtime.clone(), Arc::clone(&self.provider), query)
    }

    /// A listing page by page that goes on at a stored cursor, with the query that it was started with.
    pub fn resume_pages(&self, query: ListQuery, cursor: Cursor) -> Pages {
        Pages::resume(self.runtime.clone(), Arc::clone(&self.provider), query, cursor)
    }

    /// One profile.
    pub fn get(&self, id: &ProfileId) -> Result<Profile> {
        self.get_opts(id, &GetOptions::new())
    }

    /// One profile, with options.
    pub fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.runtime.wait(self.provider.get_checked(id, options))?
    }

    /// The profile of the credential.
    pub fn current(&self) -> Result<Profile> {
        self.current_opts(&GetOptions::new())
    }

    /// The profile of the credential, with options.
    pub fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        self.runtime.wait(self.provider.current_opts(options))?
    }

    /// Finds profiles by what a person knows of them.
    pub fn find_by(&self, key: &FindKey) -> Result<Found> {
        self.runtime.wait(self.provider.find_by(key))?
    }

    /// Looks for what a creation may have made of which the outcome is not known.
    pub fn find_created(&self, draft: &ProfileDraft, sent: Timestamp) -> Result<FoundCreated> {
        self.runtime.wait(self.provider.find_created(draft, sent))?
    }

    /// Proves that the credential works.
    pub fn check(&self) -> Result<CheckReport> {
        self.runtime.wait(self.provider.check())?
    }

    /// Works out what a write comes to. Writes nothing.
    pub fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.runtime.wait(self.provider.plan(write, options))?
    }

    /// Sends the writes that a plan shows, once.
    pub fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        self.runtime.wait(self.provider.execute(plan, options))?
    }

    /// Checks that nothing which a plan touches has changed since it was made.
    pub fn check_unchanged(&self, plan: &Plan) -> Result<()> {
        self.runtime.wait(self.provider.check_unchanged(plan))?
    }

    /// Makes a plan anew that was kept, and says whether it still comes to the same.
    #[cfg(feature = "plan-record")]
    pub fn resume(&self, record: &crate::plan::PlanRecord, now: Timestamp) -> Result<crate::plan::Resumed> {
        self.runtime.wait(self.provider.resume(record, now))?
    }

    /// Makes a write that nobody has to look at before.
    pub fn write(&self, write: Write) -> Result<Executed> {
        self.runtime.wait(self.provider.write(write))?
    }

    /// Creates a profile, and gives it as the service then shows it.
    pub fn create(&self, draft: &ProfileDraft) -> Result<Profile> {
        self.runtime.wait(self.provider.create(draft))?
    }

    /// Changes one profile, and gives it as the service then shows it.
    pub fn update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        self.runtime.wait(self.provider.update(id, change))?
    }

    /// Keeps a profile from signing in, without deleting it.
    pub fn deactivate(&self, id: &ProfileId) -> Result<()> {
        self.runtime.wait(self.provider.deactivate(id))?
    }

    /// Deletes a profile for good.
    pub fn delete(&self, id: &ProfileId) -> Result<()> {
        self.runtime.wait(self.provider.delete(id))?
    }

    /// Makes a link for the person of a profile to enroll with.
    pub fn enroll(&self, id: &ProfileId) -> Result<Enrollment> {
        self.runtime.wait(self.provider.enroll(id))?
    }
}
