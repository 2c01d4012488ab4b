//! The trait that every service implements.

use std::fmt;

use async_trait::async_trait;

use crate::{
    Capabilities, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileId, Result, Write,
    find::look_up::find_by_listing,
    listing::{Cursor, Page},
};
pub use crate::{info::ProviderInfo, reading::prove_place};

/// One account of one service.
///
/// Implement [`list_page`](Self::list_page) and [`get_opts`](Self::get_opts), and of the rest what the
/// service can do; everything else answers [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) without a request.
/// Callers use [`ProfileProviderExt`](crate::ProfileProviderExt), which every provider has, `dyn ProfileProvider` included.
///
/// A dropped future leaves nothing behind that is sent later.
#[async_trait]
pub trait ProfileProvider: fmt::Debug + Send + Sync + 'static {
    /// Who is spoken to.
    fn info(&self) -> &ProviderInfo;

    /// What can be done. Never sends a request: before [`prepare`](Self::prepare) what configuration alone says.
    ///
    /// They change at most once, when [`prepare`](Self::prepare) has asked the service. A provider keeps each of the two for as
    /// long as it lives, and returns a reference to it: layers go by the reference to see whether they have changed.
    fn capabilities(&self) -> &Capabilities;

    /// What can be done, once the service was asked where it says so itself. Everything else does so by itself first. Default:
    /// nothing is asked.
    ///
    /// # Errors
    /// Those of asking.
    async fn prepare(&self) -> Result<&Capabilities> {
        Ok(self.capabilities())
    }

    /// One page of a listing: the first without a cursor, a further one with the cursor of the page before.
    ///
    /// The query's limit is the caller's business; it does not cut the page. With
    /// [`member_of`](ListQuery::member_of) the profiles are the members of that organization. A service with
    /// several collections lists one after the other; see [`Page::in_collection`].
    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>>;

    /// One profile. The id belongs to this provider.
    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile>;

    /// The profile of the credential.
    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        let _ = options;
        Err(self.capabilities().operations.current.missing(self.info(), "current"))
    }

    /// Finds profiles by what a person knows of them. A provider whose service has a direct look-up uses it; as it
    /// is here, the service's id is looked up, and for the rest all profiles are listed.
    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        find_by_listing(self, key).await
    }

    /// Works out what a write comes to: what changes from what to what, and the requests. Reads, and writes nothing. A write
    /// that the service would refuse is refused before anything is sent.
    ///
    /// A provider begins with [`Plan::begin`], which does what is the same for all, and adds the requests.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where the service has no such write,
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for what it does not take, and those of reading.
    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let _ = options;
        if let Some(id) = write.id() {
            self.info().check_id(id)?;
        }
        Err(write.unsupported(self.info(), self.capabilities()))
    }

    /// Makes a plan true: sends the writes that it shows, and no others. A plan is executed once: the second time nothing is
    /// sent. This is the only way to write.
    ///
    /// A provider runs an [`Execution`](crate::plan::Execution), which does what is the same for all.
    ///
    /// # Errors
    /// Where nothing was sent: [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for the plan of another account,
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) for one that is spent or, if the options ask for it, stale. What
    /// fails from then on is in [`Executed::error`].
    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        let _ = options;
        Err(plan.write().unsupported(self.info(), self.capabilities()))
    }
}
