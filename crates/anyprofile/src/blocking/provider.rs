//! A blocking provider.

use std::sync::Arc;

use anyprofile_core::{
    Capabilities, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileChange, ProfileDraft, ProfileId, ProfileProvider, ProfileProviderExt as _, ProviderInfo,
    Result, Timestamp, Write,
    check::{CheckReport, Finding},
    enrollment::Enrollment,
    find::FoundCreated,
    listing::Cursor,
};

use super::{Pages, Profiles, Runtime};

/// A provider for programs without an async runtime. Each method blocks until it is done.
///
/// The errors are those of the method with the same name of [`ProfileProvider`] and
/// [`ProfileProviderExt`](crate::ProfileProviderExt). Inside an async runtime, methods fail with
/// [`ErrorKind::Config`](crate::ErrorKind::Config), and nothing is sent. Cheap to clone; several threads may use it at once.
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
/// assert!(provider.get(&ada.id)?.title.is_known_to_be("countess"));
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
    /// Wraps a provider, with its own runtime.
    ///
    /// # Errors
    /// Those of [`Runtime::new`].
    pub fn new(provider: Arc<dyn ProfileProvider>) -> Result<Self> {
        Ok(Self { provider, runtime: Runtime::new()? })
    }

    /// Wraps a provider, with a shared runtime.
    pub fn with_runtime(provider: Arc<dyn ProfileProvider>, runtime: &Runtime) -> Self {
        Self { provider, runtime: runtime.clone() }
    }

    /// Returns the wrapped provider.
    pub fn provider(&self) -> &Arc<dyn ProfileProvider> {
        &self.provider
    }

    /// Returns the service and account. Sends no request.
    pub fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    /// Returns what the service supports. Sends no request.
    pub fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    /// Returns what the service supports, after asking the service if it reports that.
    pub fn prepare(&self) -> Result<&Capabilities> {
        self.runtime.wait(self.provider.prepare())?
    }

    /// Lists the profiles of a query, as an iterator. Nothing is sent before its first profile is requested.
    pub fn list(&self, query: ListQuery) -> Profiles {
        Profiles::new(self.runtime.clone(), Arc::clone(&self.provider).list_owned(query))
    }

    /// Lists the members of an organization.
    pub fn members(&self, organization: &ProfileId, query: ListQuery) -> Profiles {
        self.list(query.with_member_of(organization.clone()))
    }

    /// Lists the profiles of a query page by page.
    pub fn pages(&self, query: ListQuery) -> Pages {
        Pages::new(self.runtime.clone(), Arc::clone(&self.provider), query)
    }

    /// Resumes a listing page by page at a stored cursor. The query must be that of the first listing.
    pub fn resume_pages(&self, query: ListQuery, cursor: Cursor) -> Pages {
        Pages::resume(self.runtime.clone(), Arc::clone(&self.provider), query, cursor)
    }

    /// Reads one profile.
    pub fn get(&self, id: &ProfileId) -> Result<Profile> {
        self.get_opts(id, &GetOptions::new())
    }

    /// Reads one profile with options.
    pub fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.runtime.wait(self.provider.get_checked(id, options))?
    }

    /// Reads the profile of the credential.
    pub fn current(&self) -> Result<Profile> {
        self.current_opts(&GetOptions::new())
    }

    /// Reads the profile of the credential with options.
    pub fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        self.runtime.wait(self.provider.current_opts(options))?
    }

    /// Finds profiles by an e-mail address, a username, an external id or the service's id.
    pub fn find_by(&self, key: &FindKey) -> Result<Found> {
        self.runtime.wait(self.provider.find_by(key))?
    }

    /// Finds the profile that a create with an unknown outcome may have created.
    pub fn find_created(&self, draft: &ProfileDraft, sent: Timestamp) -> Result<FoundCreated> {
        self.runtime.wait(self.provider.find_created(draft, sent))?
    }

    /// Checks that the credential works.
    pub fn check(&self) -> Result<CheckReport> {
        self.runtime.wait(self.provider.check())?
    }

    /// Examines the service: reports what it can do, and where it differs from what it says.
    pub fn examine(&self) -> Result<Vec<Finding>> {
        self.runtime.wait(self.provider.examine())?
    }

    /// Plans a write: what changes, and the requests. Writes nothing.
    pub fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.runtime.wait(self.provider.plan(write, options))?
    }

    /// Applies a plan: sends the requests that it shows, once.
    pub fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        self.runtime.wait(self.provider.execute(plan, options))?
    }

    /// Checks that nothing that a plan writes has changed since the plan was created.
    pub fn check_unchanged(&self, plan: &Plan) -> Result<()> {
        self.runtime.wait(self.provider.check_unchanged(plan))?
    }

    /// Creates a stored plan again, and returns whether it is still the same.
    #[cfg(feature = "plan-record")]
    pub fn resume(&self, record: &crate::plan::PlanRecord, now: Timestamp) -> Result<crate::plan::Resumed> {
        self.runtime.wait(self.provider.resume(record, now))?
    }

    /// Plans a write and applies the plan, without a review in between.
    pub fn write(&self, write: Write) -> Result<Executed> {
        self.runtime.wait(self.provider.write(write))?
    }

    /// Creates a profile, and returns it as the service then shows it.
    pub fn create(&self, draft: &ProfileDraft) -> Result<Profile> {
        self.runtime.wait(self.provider.create(draft))?
    }

    /// Updates one profile, and returns it as the service then shows it.
    pub fn update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        self.runtime.wait(self.provider.update(id, change))?
    }

    /// Deactivates a profile: it can no longer sign in, and is not deleted.
    pub fn deactivate(&self, id: &ProfileId) -> Result<()> {
        self.runtime.wait(self.provider.deactivate(id))?
    }

    /// Deletes a profile permanently.
    pub fn delete(&self, id: &ProfileId) -> Result<()> {
        self.runtime.wait(self.provider.delete(id))?
    }

    /// Creates a link with which the person of a profile can enroll.
    pub fn enroll(&self, id: &ProfileId) -> Result<Enrollment> {
        self.runtime.wait(self.provider.enroll(id))?
    }
}
