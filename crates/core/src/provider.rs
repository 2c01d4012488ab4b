//! The trait that every service implements, and what callers use on top of it.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use serde::Serialize;

use crate::{
    AccountName, Applied, ApplyOptions, Capabilities, Cursor, Effect, Effort, Enrollment, Error, ErrorKind,
    FilterPlan, FindKey, Found, FoundCreated, GetOptions, ListQuery, Page, Pages, PlannedRequest, Profile,
    ProfileChange, ProfileDraft, ProfileId, ProfileStream, Result, ServiceName, Support, Timestamp,
    UpdatePlan, WriteOptions, created,
    find::find_by_listing,
    plan,
    reading::{self, PlaceProof},
};

/// Who a provider speaks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// The service.
    pub service: ServiceName,
    /// The account, by the name that the configuration gives it.
    pub account: AccountName,
    /// The service's name for people.
    pub display_name: String,
    /// The base URL, without credentials.
    pub base_url: String,
    /// What else of the configuration shapes the answers, such as a beta or a workspace: a cursor is bound to
    /// it.
    pub shape: String,
    /// When the account was last seen to be there.
    #[serde(skip)]
    pub(crate) proof: PlaceProof,
}

impl ProviderInfo {
    /// Puts it together.
    pub fn new(
        service: ServiceName,
        account: AccountName,
        display_name: impl Into<String>,
        base_url: impl Into<String>,
    ) -> Self {
        Self {
            service,
            account,
            display_name: display_name.into(),
            base_url: base_url.into(),
            shape: String::new(),
            proof: PlaceProof::default(),
        }
    }

    /// Names what else of the configuration shapes the answers.
    pub fn with_shape(mut self, shape: impl Into<String>) -> Self {
        self.shape = shape.into();
        self
    }

    /// The error for the record of another profile than the one that was asked for. It names both.
    pub fn somebody_else(&self, asked: &ProfileId, came: &ProfileId) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("{asked} was asked for, and the service sent the record of {came}"),
        )
        .with_provider(self)
        .with_hint("nothing of it is used; ask again, and report it to the service if it comes again")
        .of_another_profile()
    }

    /// Checks that an id belongs to this service and account.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if it is another's: it would name somebody else here.
    pub fn check_id(&self, id: &ProfileId) -> Result<()> {
        if id.service == self.service && id.account == self.account {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::InvalidRequest,
            format!("the id belongs to {} account '{}'", id.service, id.account),
        )
        .with_provider(self))
    }
}

/// One account of one service.
///
/// Implement [`list_page`](Self::list_page) and [`get_with`](Self::get_with), and of the rest what the
/// service can do; everything else answers [`ErrorKind::Unsupported`] without a request. Callers use
/// [`ProfileProviderExt`], which every provider has, `dyn ProfileProvider` included.
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

/// How a credential was proven by [`ProfileProviderExt::check`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// What was asked for.
    pub method: CheckMethod,
    /// The credential's own profile, where the service shows it.
    pub profile: Option<ProfileId>,
    /// How many profiles there are, where the service says so.
    pub declared_total: Option<u64>,
    /// What it took.
    pub effort: Effort,
}

/// What was asked for to prove a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckMethod {
    /// The credential's own profile.
    Current,
    /// A listing of one.
    List,
}

/// What callers use; every provider has it.
#[async_trait]
pub trait ProfileProviderExt: ProfileProvider {
    /// All profiles that the query asks for, one after the other. The next page is fetched while the
    /// last one is being read, and of numbered pages several; dropping the stream ends that. Without an order, a filter
    /// or a limit, a list that can be read from both ends
    /// ([`both_ends`](crate::ListingCapabilities::both_ends)) comes as a page of each in turn: see
    /// [`ListQuery::concurrency`]. The stream ends after its first error;
    /// use [`pages`](Self::pages) to go on after one.
    ///
    /// ```
    /// use anyprofile_core::{ListQuery, ProfileProvider, ProfileProviderExt, Result};
    /// use futures_util::TryStreamExt;
    ///
    /// async fn count(provider: &dyn ProfileProvider) -> Result<usize> {
    ///     let mut profiles = provider.list(ListQuery::new());
    ///     let mut count = 0;
    ///     while let Some(profile) = profiles.try_next().await? {
    ///         println!("{} {}", profile.id, profile.status.state());
    ///         count += 1;
    ///     }
    ///     Ok(count)
    /// }
    /// ```
    fn list(&self, query: ListQuery) -> ProfileStream<'_> {
        ProfileStream::new(self, query)
    }

    /// The members of an organization, with what the service says of their membership: the listing of
    /// [`ListQuery::member_of`].
    fn members(&self, organization: &ProfileId, query: ListQuery) -> ProfileStream<'_> {
        self.list(query.with_member_of(organization.clone()))
    }

    /// [`list`](Self::list) as a stream that owns its provider, to be spawned or returned.
    fn list_owned(self: Arc<Self>, query: ListQuery) -> ProfileStream<'static> {
        ProfileStream::new(self, query)
    }

    /// Page by page, from one end: after an error the same page can be asked for again, and
    /// [`Pages::cursor`] is what to store to go on later.
    fn pages(&self, query: ListQuery) -> Pages<'_, &Self> {
        Pages::new(self, query)
    }

    /// One profile.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where nobody has the id and a request that must succeed has proven that the account is where
    /// the configuration says, else that request's error; [`ErrorKind::InvalidRequest`] if the id is another account's;
    /// [`ErrorKind::Decode`] if the service sent somebody else.
    async fn get(&self, id: &ProfileId) -> Result<Profile> {
        reading::read(self, id, &GetOptions::default()).await
    }

    /// One profile, with options.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        reading::read(self, id, options).await
    }

    /// The profile of the credential.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the service has no such thing.
    async fn current(&self) -> Result<Profile> {
        self.current_with(&GetOptions::default()).await
    }

    /// Changes one profile, and gives it as the service then shows it.
    ///
    /// # Errors
    /// Those of [`ProfileChange::check`], with nothing sent, and the service's.
    async fn update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        self.info().check_id(id)?;
        let profile = self.update_with(id, change, &WriteOptions::default()).await?;
        plan::check_written(self, id, profile, change.is_empty())
    }

    /// Works out what a change does: the differences to the profile as it is now, and the requests. Reads the profile and
    /// writes nothing.
    ///
    /// # Errors
    /// Those of [`ProfileChange::check`], with nothing sent, and the service's.
    async fn plan(&self, id: &ProfileId, change: &ProfileChange) -> Result<UpdatePlan> {
        self.info().check_id(id)?;
        change.check(id, self.info(), self.capabilities())?;
        let mut current = self.get(id).await?;
        let enrich = UpdatePlan::needs_more(self, change, &current);
        if enrich {
            current = self.get_opts(id, &GetOptions::default().with_enrich(true)).await?;
        }
        UpdatePlan::of(self, id, change, &current, enrich)
    }

    /// As [`plan`](Self::plan), for a profile that was read before with these options.
    ///
    /// # Errors
    /// Those of [`ProfileChange::check`], and [`ErrorKind::InvalidRequest`] if the profile is another one's. Nothing is sent.
    async fn plan_of(
        &self,
        id: &ProfileId,
        change: &ProfileChange,
        current: &Profile,
        options: &GetOptions,
    ) -> Result<UpdatePlan> {
        self.info().check_id(id)?;
        // To change nothing is possible everywhere.
        if !change.is_empty() {
            change.check(id, self.info(), self.capabilities())?;
        }
        reading::check_same(self, id, current)?;
        UpdatePlan::of(self, id, change, current, options.enrich)
    }

    /// Reads the profile of a plan, and checks that nothing which the plan touches has changed since: the precondition of
    /// [`ApplyOptions::unchanged`] alone, for a caller who decides in between whether to write at all.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if something has changed; and the service's.
    async fn check_unchanged(&self, plan: &UpdatePlan) -> Result<()> {
        plan::check_unchanged(self, plan).await
    }

    /// Makes a plan true, and says which fields the service shows otherwise than they were written.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`], with nothing sent, if the precondition of the options is not met; and the service's.
    async fn apply(&self, plan: &UpdatePlan, options: &ApplyOptions) -> Result<Applied> {
        plan::apply(self, plan, options).await
    }

    /// Creates a profile, and gives it as the service then shows it.
    ///
    /// # Errors
    /// Those of [`ProfileDraft::check`], with nothing sent, and the service's; [`ErrorKind::Decode`] if it sent somebody else,
    /// whose address, user name or external id is another one: the profile may have been made.
    async fn create(&self, draft: &ProfileDraft) -> Result<Profile> {
        draft.check(self)?;
        let profile = self.create_with(draft, &WriteOptions::default()).await?;
        created::check_created(self, draft, profile)
    }

    /// Looks for what [`create`](Self::create) may have made where its error says that it
    /// [may have taken effect](Error::may_have_taken_effect), before somebody makes a second one. `sent` is the time
    /// before it was called, by the local clock; services show what was made a little later, so that nothing found does
    /// not prove that nothing was made.
    ///
    /// # Errors
    /// The service's.
    async fn find_created(&self, draft: &ProfileDraft, sent: Timestamp) -> Result<FoundCreated> {
        created::find_created(self, draft, sent).await
    }

    /// Keeps a profile from signing in, without deleting it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, where the service has no such thing for this profile.
    async fn deactivate(&self, id: &ProfileId) -> Result<()> {
        self.capabilities().operations.deactivate.check(self.info(), "deactivate", id)?;
        self.deactivate_with(id, &WriteOptions::default()).await
    }

    /// Deletes a profile for good.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, where the service has no such thing for this profile.
    async fn delete(&self, id: &ProfileId) -> Result<()> {
        self.capabilities().operations.delete.check(self.info(), "delete", id)?;
        self.delete_with(id, &WriteOptions::default()).await
    }

    /// Makes a link for the person of a profile to enroll with.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, where the service has no such thing for this profile;
    /// [`ErrorKind::Decode`] where it sent a link that no person can be sent to (see
    /// [`SecretLink::check`](crate::SecretLink::check)): one may have been made.
    async fn enroll(&self, id: &ProfileId) -> Result<Enrollment> {
        self.capabilities().operations.enroll.check(self.info(), "enroll", id)?;
        let enrollment = self.enroll_with(id, &WriteOptions::default()).await?;
        match enrollment.url.check() {
            Ok(()) => Ok(enrollment),
            Err(reason) => Err(Error::new(
                ErrorKind::Decode,
                format!("the link is not handed out: {reason}"),
            )
            .with_provider(self.info())
            .with_operation("enroll")
            .with_effect(Effect::Possible)
            .with_hint(
                "a link may have been made all the same: look at the profile before making another one",
            )),
        }
    }

    /// Proves that the credential works, with one small request: the credential's own profile, or where
    /// the service has no such thing a listing of one.
    async fn check(&self) -> Result<CheckReport> {
        if self.capabilities().operations.current.is_supported() {
            let profile = self.current().await?;
            return Ok(CheckReport {
                method: CheckMethod::Current,
                profile: Some(profile.id),
                declared_total: None,
                effort: Effort::new(1, std::time::Duration::ZERO),
            });
        }
        let mut query = ListQuery::new().with_limit(1);
        if self.capabilities().listing.page_size {
            query = query.with_page_size(1);
        }
        let page = self.list_page(&query, None).await?;
        Ok(CheckReport {
            method: CheckMethod::List,
            profile: None,
            declared_total: page.declared_total,
            effort: page.effort,
        })
    }
}

impl<P: ProfileProvider + ?Sized> ProfileProviderExt for P {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trait_is_object_safe_and_the_object_has_the_extensions() {
        fn object(provider: Arc<dyn ProfileProvider>) -> ProfileStream<'static> {
            let _ = provider.list(ListQuery::new());
            provider.list_owned(ListQuery::new())
        }
        let _ = object;
    }
}
