//! A layer that restricts a provider to some profiles.

mod scope;

use std::sync::Arc;

use async_trait::async_trait;

use self::scope::Scope;
pub use self::scope::ScopedOperation;
use super::derived::Derived;
use crate::{
    Capabilities, Error, ErrorKind, ExecuteOptions, Executed, Filter, FindKey, Found, GetOptions, IdKind,
    ListQuery, Plan, PlanOptions, Profile, ProfileChange, ProfileId, ProfileProvider, ProviderInfo, Result,
    Verdict, Write,
    error::Effect,
    find::FindMethod,
    listing::{Cursor, Page},
    plan::PlanRead,
    reading::check_same,
};

/// A provider that is restricted to the profiles which a [`Filter`] wants, and as far as is said to kinds of ids and to
/// operations.
///
/// Who is not known to be in the scope is out of it, for reading and for writing. If the field that decides is in another record
/// and the service shows it there ([`GetOptions::enrich`]), that record is read. A listing goes by what it shows.
///
/// - **One profile.** `get`, `current`, `find`, plans and executions are refused for everybody who is out of the scope, before
///   any write is sent. The refusal is [`ErrorKind::PermissionDenied`] and [`Error::is_out_of_scope`]. It is equal for a person
///   who does not exist and for one whose record cannot be read, so that it tells nobody who exists. How long it takes may
///   differ.
/// - **Conditions** that something is not so, such as `not labels = staff`, hold for those alone of whom that is known.
/// - **Listings** leave out who is not in the scope. The service is asked as the query asks, so that who is left out costs
///   requests too; name in the query what the service can filter by. The members of an organization are listed if the
///   organization is in the scope, which is read with each page.
/// - **Completeness.** Whether a listing is complete is known from all that the service sent and from its totals. The totals are
///   not told, nor how many were left out. The number of pages is told, and it says roughly how many there are. Who is wanted by
///   the query and not known to be in the scope counts in [`ListReport::undetermined`](crate::listing::ListReport::undetermined); then the
///   listing is not complete.
/// - **Quarantined records** are told as they are below: nobody knows whether they are in the scope. A
///   [`Quarantined`](crate::listing::Quarantined) has what is wrong, in words that repeat nothing of the record, and its place in the page
///   of the service, which also counts those who are left out.
/// - **Creating** is refused where the draft does not show that the profile will be in the scope.
/// - **Updates** that would move somebody out of the scope are refused: the caller could neither see the result nor undo it.
///   Deactivating and deleting somebody in the scope is allowed, also where that ends it. Restrict the operations if it must not
///   be.
/// - **Plans** read the profile, to check that it is in the scope. So does a plan for a [given](PlanRead::Given) profile, at one
///   request that it does not take without the scope: a caller can give any profile. The plan is made by what the given one
///   shows.
/// - **Executing** checks once more, by reading the profile. It cannot keep somebody else from changing it in between.
/// - **Kinds and operations** that the scope does not have are not offered: the [capabilities](ProfileProvider::capabilities) say
///   so, and they are [`ErrorKind::Unsupported`]. Collections of other kinds are passed over, at one request each.
///
/// A scope with an empty filter and no kinds is everybody, and costs nothing.
///
/// ```
/// use std::sync::Arc;
///
/// use anyprofile_core::{
///     ErrorKind, Filter, IdKind, ListQuery, ProfileId, ProfileProvider, ProfileProviderExt, Result,
///     layers::{Scoped, ScopedOperation},
/// };
/// use futures_util::TryStreamExt;
///
/// async fn contractors(provider: Arc<dyn ProfileProvider>, somebody: &ProfileId) -> Result<usize> {
///     let filter = Filter::new().with_label("contractor");
///     let provider = Scoped::new(provider, filter).with_kinds([IdKind::USER]).with_operations([
///         ScopedOperation::List,
///         ScopedOperation::Get,
///         ScopedOperation::Deactivate,
///     ]);
///     if let Err(error) = provider.deactivate(somebody).await {
///         assert!(error.is_out_of_scope(), "{error}");
///     }
///     Ok(provider.list(ListQuery::new()).try_collect::<Vec<_>>().await?.len())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Scoped {
    provider: Arc<dyn ProfileProvider>,
    scope: Arc<Scope>,
    capabilities: Arc<Derived>,
}

impl Scoped {
    /// Restricts a provider to the profiles that a filter wants.
    pub fn new(provider: Arc<dyn ProfileProvider>, filter: Filter) -> Self {
        Self::of(provider, Scope { filter, kinds: None, operations: None })
    }

    fn of(provider: Arc<dyn ProfileProvider>, scope: Scope) -> Self {
        let capabilities = Arc::new(Derived::new(&*provider, |below| scope.restrict(below)));
        Self { provider, scope: Arc::new(scope), capabilities }
    }

    /// Restricts it to ids of these kinds. Default: all.
    pub fn with_kinds(self, kinds: impl IntoIterator<Item = IdKind>) -> Self {
        let scope = Scope { kinds: Some(kinds.into_iter().collect()), ..(*self.scope).clone() };
        Self::of(self.provider, scope)
    }

    /// Restricts it to these operations. Default: all. Whoever may list or get may find.
    pub fn with_operations(self, operations: impl IntoIterator<Item = ScopedOperation>) -> Self {
        let scope = Scope { operations: Some(operations.into_iter().collect()), ..(*self.scope).clone() };
        Self::of(self.provider, scope)
    }

    /// Whether somebody may be there who is out of the scope, although of a kind that is in it.
    fn hides(&self) -> bool {
        !self.scope.filter.is_empty()
    }

    fn verdict(&self, profile: &Profile) -> Verdict {
        self.scope.verdict(profile, self.provider.capabilities())
    }

    /// The refusal of somebody who is out of the scope, or not there.
    fn refused(&self, operation: &'static str) -> Error {
        self.refusal(
            operation,
            "the profile is not within the scope of this provider, is not there, or cannot be read",
        )
        .with_hint("use a provider with another scope if it is meant; whether the profile exists is not told")
    }

    fn refusal(&self, operation: &'static str, message: &str) -> Error {
        Error::new(ErrorKind::PermissionDenied, message)
            .with_provider(self.info())
            .with_operation(operation)
            .of_scope()
    }

    /// The failure to read somebody, without what it tells of who is out of the scope.
    fn veiled(&self, operation: &'static str, error: Error) -> Error {
        if !self.hides() {
            return error;
        }
        if error.is_of_another_profile() {
            return self.another_after(operation, &error);
        }
        // What was written must be known to who wrote it, also of somebody who has left the scope since.
        if error.effect() != Effect::None {
            return error;
        }
        let is_of_profile = match error.kind() {
            // A record that came and cannot be read is somebody's.
            ErrorKind::NotFound | ErrorKind::Decode | ErrorKind::TooLarge => true,
            ErrorKind::PermissionDenied => error.is_from_service(),
            ErrorKind::InvalidRequest => error.status().is_some(),
            _ => false,
        };
        if is_of_profile { self.refused(operation) } else { error }
    }

    /// What came of a plan, without what it tells of somebody else, or of who went away since the scope was checked. What the
    /// service says of a write to somebody who was in the scope is told.
    fn veiled_execution(&self, write: &Write, mut executed: Executed) -> Executed {
        let Some(error) = executed.error.take() else { return executed };
        let operation = write.operation();
        // Who is created cannot have gone: what is not there is something else.
        let is_gone =
            write.id().is_some() && error.kind() == ErrorKind::NotFound && error.effect() == Effect::None;
        executed.error = Some(if !self.hides() {
            error
        } else if error.is_of_another_profile() {
            executed.profile = None;
            self.another_after(operation, &error)
        } else if is_gone {
            self.refused(operation)
        } else {
            error
        });
        executed
    }

    /// The error for the record of somebody else, who may be out of the scope: it does not name them.
    fn another(&self, operation: &'static str) -> Error {
        Error::new(ErrorKind::Decode, "the service sent the record of another profile than the one asked for")
            .with_provider(self.info())
            .with_operation(operation)
            .with_hint("nothing of it is used; ask again, and report it to the service if it comes again")
            .of_another_profile()
    }

    /// The error for the record of somebody else, in place of one that names them.
    fn another_after(&self, operation: &'static str, error: &Error) -> Error {
        self.another(operation).with_effect(error.effect()).with_hint_if_effect(
            "the change may have been made, and to whom is not known: read the profile before trying again",
        )
    }

    /// Whether a profile that was read is in the scope. Where what decides is in another record, that is read, and the profile
    /// that showed it is given.
    async fn judged(&self, profile: &Profile, options: &GetOptions) -> Result<(Verdict, Option<Profile>)> {
        let verdict = self.verdict(profile);
        let enrich = &self.provider.capabilities().operations.enrich;
        if verdict != Verdict::Unknown || options.enrich || !enrich.kinds().contains(&profile.id.kind) {
            return Ok((verdict, None));
        }
        let options = GetOptions::new().with_enrich(true).with_fresh(options.fresh);
        let enriched = self.provider.get_opts(&profile.id, &options).await?;
        if !self.provider.capabilities().is_same(&profile.id, &enriched.id) {
            return Err(self.another("get"));
        }
        Ok((self.verdict(&enriched), Some(enriched)))
    }

    /// Reads a profile of the scope.
    async fn read(
        &self,
        operation: &'static str,
        id: &ProfileId,
        options: &GetOptions,
    ) -> Result<(Profile, Option<Profile>)> {
        let veiled = |error| self.veiled(operation, error);
        let profile = self.provider.get_opts(id, options).await.map_err(veiled)?;
        if !self.hides() {
            return Ok((profile, None));
        }
        if !self.provider.capabilities().is_same(id, &profile.id) {
            return Err(self.another(operation));
        }
        match self.judged(&profile, options).await.map_err(veiled)? {
            (Verdict::Yes, enriched) => Ok((profile, enriched)),
            _ => Err(self.refused(operation)),
        }
    }

    /// Checks what a write is for, before anything is sent.
    fn check_offered(&self, write: &Write, capabilities: &Capabilities) -> Result<()> {
        let info = self.info();
        match write {
            Write::Create { draft } => draft.check(info, capabilities),
            Write::Update { id, change } if !change.is_empty() => change.check(id, info, capabilities),
            _ => match write.id() {
                Some(id) => write.support(capabilities).check(info, write.operation(), id),
                None => Err(write.unsupported(info, capabilities)),
            },
        }
    }

    /// Checks that a write is one to somebody of the scope, who stays in it, by reading them.
    async fn check_scope(&self, write: &Write) -> Result<()> {
        let operation = write.operation();
        let Some(id) = write.id() else { return self.check_created(write) };
        let (profile, enriched) = self.read(operation, id, &GetOptions::new().with_fresh(true)).await?;
        let profile = enriched.unwrap_or(profile);
        match write {
            Write::Update { change, .. } => self.check_stays(&profile, change),
            _ => Ok(()),
        }
    }

    fn check_stays(&self, profile: &Profile, change: &ProfileChange) -> Result<()> {
        if self.scope.verdict_after(profile, change, self.provider.capabilities()) == Verdict::Yes {
            return Ok(());
        }
        let message = "nothing was sent: the update would move the profile out of the scope of this provider";
        Err(self
            .refusal("update", message)
            .with_hint("leave the fields as they are that the scope goes by, or use a provider without it"))
    }

    fn check_created(&self, write: &Write) -> Result<()> {
        let Write::Create { draft } = write else { return Err(self.refused(write.operation())) };
        if self.scope.verdict_of_draft(draft, self.info(), self.provider.capabilities()) == Verdict::Yes {
            return Ok(());
        }
        let message = "nothing was sent: the draft does not show that the profile will be within the scope";
        Err(self.refusal("create", message).with_hint("set the fields that the scope goes by"))
    }
}

#[async_trait]
impl ProfileProvider for Scoped {
    fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.capabilities.now(&*self.provider, |below| self.scope.restrict(below))
    }

    async fn prepare(&self) -> Result<&Capabilities> {
        self.provider.prepare().await?;
        Ok(self.capabilities())
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let capabilities = self.prepare().await?;
        match &query.member_of {
            None if !capabilities.operations.list.is_supported() => {
                return Err(capabilities.operations.list.missing(self.info(), "list"));
            }
            Some(organization) if self.hides() => {
                query.check(self.info(), capabilities)?;
                self.read("members", organization, &GetOptions::new()).await?;
            }
            _ => query.check(self.info(), capabilities)?,
        }
        let page = self.provider.list_page(query, cursor).await?;
        Ok(self.scope.page(page, query, self.provider.capabilities()))
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.prepare().await?.operations.get.check(self.info(), "get", id)?;
        Ok(self.read("get", id, options).await?.0)
    }

    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        let support = &self.prepare().await?.operations.current;
        if !support.is_supported() {
            return Err(support.missing(self.info(), "current"));
        }
        let profile = self.provider.current_opts(options).await?;
        match self.judged(&profile, options).await?.0 {
            Verdict::Yes => Ok(profile),
            _ => Err(self.refused("current")),
        }
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        let operations = &self.prepare().await?.operations;
        if !operations.get.is_supported() && !operations.list.is_supported() {
            return Err(operations.get.missing(self.info(), "find"));
        }
        let veiled = |error| self.veiled("find", error);
        let mut found = self.provider.find_by(key).await.map_err(veiled)?;
        for profile in std::mem::take(&mut found.profiles) {
            match self.judged(&profile, &GetOptions::new()).await.map_err(veiled)?.0 {
                Verdict::Yes => found.profiles.push(profile),
                Verdict::Unknown => found.is_complete = false,
                Verdict::No => {}
            }
        }
        let is_nobody = found.profiles.is_empty() && found.method != FindMethod::Unanswerable;
        if is_nobody && self.hides() { Err(self.refused("find")) } else { Ok(found) }
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.check_offered(write, self.prepare().await?)?;
        if self.hides() {
            if let (Some(id), PlanRead::Given(given)) = (write.id(), &options.read) {
                check_same(self, id, given)?;
            }
            // Whoever is given may be described otherwise than they are.
            self.check_scope(write).await?;
        }
        let plan = self.provider.plan(write, options).await;
        plan.map_err(|error| self.veiled(write.operation(), error))
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        plan.check_issuer(self.info())?;
        self.check_offered(plan.write(), self.prepare().await?)?;
        // One that is spent is refused for that, and nothing is sent.
        if self.hides() && !plan.is_spent() {
            self.check_scope(plan.write()).await?;
        }
        let executed = self.provider.execute(plan, options).await;
        let executed = executed.map_err(|error| self.veiled(plan.write().operation(), error))?;
        Ok(self.veiled_execution(plan.write(), executed))
    }
}
