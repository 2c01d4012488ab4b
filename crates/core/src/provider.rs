//! The trait that every service implements.

use std::fmt;

use async_trait::async_trait;

use crate::{
    Capabilities, Cursor, Enrollment, Error, FilterPlan, FindKey, Found, GetOptions, ListQuery, Page,
    PlannedRequest, Profile, ProfileChange, ProfileDraft, ProfileId, ProviderInfo, Result, Support,
    WriteOptions, find::look_up::find_by_listing,
};

/// One account of one service.
///
/// Implement [`list_page`](Self::list_page) and [`get_with`](Self::get_with), and of the rest what the
/// service can do; everything else answers [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) without a request.
/// Callers use [`ProfileProviderExt`](crate::ProfileProviderExt), which every provider has, `dyn ProfileProvider` included.
///
/// A dropped future leaves nothing behind that is sent later.
#[async_trait]
pub trait ProfileProvider: fmt::Debug + Send + Sync + 'static {
    /// Who is spoken to.
    fn info(&self) -> &ProviderInfo;

    /// What can be done. Never sends a request.
    fn capabilities(&self) -> &Capabilities;

    /// One page of a listing: the first without a cursor, a further one with the cursor of the page before.
    ///
    /// The query's limit is the caller's business; it does not cut the page. With
    /// [`member_of`](ListQuery::member_of) the profiles are the members of that organization. A service with
    /// several collections lists one after the other; see [`Page::in_collection`].
    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>>;

    /// Which parts of a query's filter the service answers, and which are applied to what it sends. Sends nothing.
    fn filter_plan(&self, query: &ListQuery) -> FilterPlan {
        query.filter_plan(self.capabilities())
    }

    /// One profile. The id belongs to this provider.
    async fn get_with(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile>;

    /// Whether the record that came is the one that was asked for. A service in which a profile has several ids says here
    /// which of them are the same one.
    fn is_alias(&self, asked: &ProfileId, came: &ProfileId) -> bool {
        asked.is_same_as(came)
    }

    /// The profile of the credential.
    async fn current_with(&self, options: &GetOptions) -> Result<Profile> {
        let _ = options;
        Err(unsupported(self.info(), "current", &self.capabilities().operations.current))
    }

    /// Finds profiles by what a person knows of them. A provider whose service has a direct look-up uses it; as it
    /// is here, the service's id is looked up, and for the rest all profiles are listed.
    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        find_by_listing(self, key).await
    }

    /// The requests that [`create_with`](Self::create_with) would send, after the same checks. Sends none.
    fn plan_create(&self, draft: &ProfileDraft) -> Result<Vec<PlannedRequest>> {
        let _ = draft;
        Err(unsupported(self.info(), "create", &self.capabilities().operations.create))
    }

    /// Creates a profile, and gives it as the service then shows it. Never repeated by itself: no service keeps a
    /// second one from being made.
    ///
    /// A draft that the service would refuse is refused before anything is sent; see [`ProfileDraft::check`].
    async fn create_with(&self, draft: &ProfileDraft, options: &WriteOptions) -> Result<Profile> {
        let _ = (draft, options);
        Err(unsupported(self.info(), "create", &self.capabilities().operations.create))
    }

    /// The requests that [`deactivate_with`](Self::deactivate_with) would send. Sends none.
    fn plan_deactivate(&self, id: &ProfileId) -> Result<Vec<PlannedRequest>> {
        let _ = id;
        Err(unsupported(self.info(), "deactivate", &self.capabilities().operations.deactivate))
    }

    /// Keeps a profile from signing in, without deleting it. The service may go on listing it.
    async fn deactivate_with(&self, id: &ProfileId, options: &WriteOptions) -> Result<()> {
        let _ = (id, options);
        Err(unsupported(self.info(), "deactivate", &self.capabilities().operations.deactivate))
    }

    /// The requests that [`delete_with`](Self::delete_with) would send. Sends none.
    fn plan_delete(&self, id: &ProfileId) -> Result<Vec<PlannedRequest>> {
        let _ = id;
        Err(unsupported(self.info(), "delete", &self.capabilities().operations.delete))
    }

    /// Deletes a profile for good.
    async fn delete_with(&self, id: &ProfileId, options: &WriteOptions) -> Result<()> {
        let _ = (id, options);
        Err(unsupported(self.info(), "delete", &self.capabilities().operations.delete))
    }

    /// The requests that [`enroll_with`](Self::enroll_with) would send. Sends none.
    fn plan_enroll(&self, id: &ProfileId) -> Result<Vec<PlannedRequest>> {
        let _ = id;
        Err(unsupported(self.info(), "enroll", &self.capabilities().operations.enroll))
    }

    /// Makes a link for the person of a profile to enroll with. Each call may make another one.
    async fn enroll_with(&self, id: &ProfileId, options: &WriteOptions) -> Result<Enrollment> {
        let _ = (id, options);
        Err(unsupported(self.info(), "enroll", &self.capabilities().operations.enroll))
    }

    /// The requests that [`update_with`](Self::update_with) would send, after the same checks. Sends none.
    fn plan_update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Vec<PlannedRequest>> {
        let _ = (id, change);
        Err(unsupported(self.info(), "update", &self.capabilities().operations.update))
    }

    /// Closes the connections that are open and not used, where many accounts share what a process may have. The next request
    /// opens another one. Default: nothing is kept open.
    fn close_idle(&self) {}

    /// Changes one profile, and gives it as the service then shows it.
    ///
    /// A change that the service cannot make is refused before anything is sent; see
    /// [`ProfileChange::check`].
    async fn update_with(
        &self,
        id: &ProfileId,
        change: &ProfileChange,
        options: &WriteOptions,
    ) -> Result<Profile> {
        let _ = (id, change, options);
        Err(unsupported(self.info(), "update", &self.capabilities().operations.update))
    }
}

/// The error of an operation that a provider does not have.
fn unsupported(info: &ProviderInfo, operation: &'static str, support: &Support) -> Error {
    let reason = match support {
        Support::No(reason) => reason.as_ref(),
        // Declared and not written: the provider's own fault, which the conformance suite finds.
        Support::For(_) => "this provider declares the operation and does not implement it",
    };
    Error::unsupported(info, operation, reason)
}
