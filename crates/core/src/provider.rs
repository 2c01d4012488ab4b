//! The trait that every service implements.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{
    Capabilities, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileId, Result, Write,
    check::Finding,
    find::look_up::find_by_listing,
    listing::{Cursor, Page},
};
pub use crate::{info::ProviderInfo, reading::prove_place};

/// A connection to one account of one service.
///
/// Implement [`list_page`](Self::list_page) and [`get_opts`](Self::get_opts), and any other method that the service
/// supports. The default of every other method returns [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) and
/// sends no request. Callers use [`ProfileProviderExt`](crate::ProfileProviderExt), which is implemented for every
/// provider, `dyn ProfileProvider` included.
///
/// Dropping a future cancels its work: no request is sent after that.
///
/// # Who checks what
/// | what | who checks it |
/// |---|---|
/// | a query asks only for what the capabilities declare | the provider, before anything is sent: [`ListQuery::check`] |
/// | an id is of this account, and of a kind that the operation supports | the provider, before anything is sent: [`Support::check`](crate::capabilities::Support::check) |
/// | a cursor belongs to the query | the provider, before anything is sent: [`Cursor::position`] |
/// | a profile matches the filter; the limit; duplicates; the end of the list | the caller's methods: [`list`](crate::ProfileProviderExt::list) and [`pages`](crate::ProfileProviderExt::pages) |
/// | the record is the one that was asked for | the caller's methods, again: [`get`](crate::ProfileProviderExt::get); and [`Plan::begin`] |
/// | a "not found" is one of the service | the provider: only it knows the form of the service's errors. [`prove_place`] helps |
/// | a write obeys the rules, changes something, and is sent once | [`Plan::begin`] and [`Execution`](crate::plan::Execution) |
///
/// The conformance suite (crate `anyprofile-conformance`) tries each of them.
///
/// # Decorators
/// A provider that wraps another one overrides [`decorated`](Self::decorated), the four required methods, and what it changes. Every
/// other method is then that of the wrapped provider. `Arc<P>` and `Box<P>` are providers too.
///
/// ```
/// use anyprofile_core::{
///     Capabilities, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider, ProviderInfo, Result, async_trait,
///     listing::{Cursor, Page},
/// };
///
/// /// Counts the pages that are read.
/// #[derive(Debug)]
/// struct Counted<P>(P, std::sync::atomic::AtomicU64);
///
/// #[async_trait]
/// impl<P: ProfileProvider> ProfileProvider for Counted<P> {
///     fn decorated(&self) -> Option<&dyn ProfileProvider> {
///         Some(&self.0)
///     }
///
///     fn info(&self) -> &ProviderInfo {
///         self.0.info()
///     }
///
///     fn capabilities(&self) -> &Capabilities {
///         self.0.capabilities()
///     }
///
///     async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
///         self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         self.0.list_page(query, cursor).await
///     }
///
///     async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
///         self.0.get_opts(id, options).await
///     }
/// }
/// ```
#[async_trait]
pub trait ProfileProvider: fmt::Debug + Send + Sync + 'static {
    /// Returns the provider that this one wraps, if it wraps one. The methods that are not overridden are then those of the wrapped
    /// provider. Default: none.
    ///
    /// Whoever has the wrapper can reach the wrapped provider with it. A wrapper that forbids something must override every method
    /// instead.
    fn decorated(&self) -> Option<&dyn ProfileProvider> {
        None
    }

    /// Returns the service and the account of this provider.
    fn info(&self) -> &ProviderInfo;

    /// Returns what the service supports, without a request. Before [`prepare`](Self::prepare) it is what the
    /// configuration alone can tell.
    ///
    /// The value changes at most once, when [`prepare`](Self::prepare) has asked the service. A provider stores both
    /// values for its whole life and returns a reference: layers compare the references to notice the change.
    fn capabilities(&self) -> &Capabilities;

    /// Returns what the service supports, after asking the service where it reports that itself. All other methods do
    /// this when they need it. The default sends no request.
    ///
    /// # Errors
    /// Those of the request.
    async fn prepare(&self) -> Result<&Capabilities> {
        if let Some(provider) = self.decorated() {
            provider.prepare().await?;
        }
        Ok(self.capabilities())
    }

    /// Examines the service: reports what it can do, and where it differs from what it says. It reads a few records of people,
    /// writes nothing, and takes several requests. The default sends no request and finds nothing.
    ///
    /// # Errors
    /// If the service cannot be reached, or refuses the credential. What a service refuses or garbles is a finding.
    async fn examine(&self) -> Result<Vec<Finding>> {
        match self.decorated() {
            Some(provider) => provider.examine().await,
            None => Ok(Vec::new()),
        }
    }

    /// Returns one page of a listing: the first page without a cursor, a later page with the cursor of the page
    /// before it.
    ///
    /// The query's limit does not shorten a page; the caller applies it. With [`member_of`](ListQuery::member_of) the
    /// profiles are the members of that organization. A service with several collections lists them one after the
    /// other; see [`Page::in_collection`].
    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>>;

    /// Returns one profile. The id belongs to this provider.
    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile>;

    /// Returns the profile that the credential belongs to.
    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        match self.decorated() {
            Some(provider) => provider.current_opts(options).await,
            None => Err(self.capabilities().operations.current.missing(self.info(), "current")),
        }
    }

    /// Finds profiles by a search key. A provider whose service has a direct lookup overrides it. The default reads
    /// the profile with the service's id, and lists all profiles for every other key.
    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        match self.decorated() {
            Some(provider) => provider.find_by(key).await,
            None => find_by_listing(self, key).await,
        }
    }

    /// Plans a write: which fields change from what to what, and which requests will be sent. It reads, and writes
    /// nothing. A write that the service would refuse fails before anything is sent.
    ///
    /// An implementation starts with [`Plan::begin`], which does the work that all services share, and adds the
    /// requests.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if the service has no such write,
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a value that it does not accept, and the
    /// errors of reading.
    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        if let Some(provider) = self.decorated() {
            return provider.plan(write, options).await;
        }
        if let Some(id) = write.id() {
            self.info().check_id(id)?;
        }
        Err(write.unsupported(self.info(), self.capabilities()))
    }

    /// Applies a plan: sends the writes that it shows, and no others. A plan can be executed once. This is the only
    /// way to write.
    ///
    /// An implementation runs an [`Execution`](crate::plan::Execution), which does the work that all services share.
    ///
    /// # Errors
    /// If nothing was sent: [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for the plan of another
    /// account, and [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) for a plan that was executed before or, if
    /// the options check for it, is stale. A later failure is in [`Executed::error`].
    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        match self.decorated() {
            Some(provider) => provider.execute(plan, options).await,
            None => Err(plan.write().unsupported(self.info(), self.capabilities())),
        }
    }
}

/// A pointer to a provider is a provider: each method is that of the provider behind it.
macro_rules! forward {
    ($pointer:ident) => {
        #[async_trait]
        impl<P: ProfileProvider + ?Sized> ProfileProvider for $pointer<P> {
            fn decorated(&self) -> Option<&dyn ProfileProvider> {
                (**self).decorated()
            }

            fn info(&self) -> &ProviderInfo {
                (**self).info()
            }

            fn capabilities(&self) -> &Capabilities {
                (**self).capabilities()
            }

            async fn prepare(&self) -> Result<&Capabilities> {
                (**self).prepare().await
            }

            async fn examine(&self) -> Result<Vec<Finding>> {
                (**self).examine().await
            }

            async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
                (**self).list_page(query, cursor).await
            }

            async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
                (**self).get_opts(id, options).await
            }

            async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
                (**self).current_opts(options).await
            }

            async fn find_by(&self, key: &FindKey) -> Result<Found> {
                (**self).find_by(key).await
            }

            async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
                (**self).plan(write, options).await
            }

            async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
                (**self).execute(plan, options).await
            }
        }
    };
}

forward!(Arc);
forward!(Box);
