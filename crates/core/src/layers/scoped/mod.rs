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
    check::Finding,
    error::Effect,
    find::FindMethod,
    listing::{Cursor, Page},
    plan::PlanRead,
    reading::check_same,
};

/// A provider that is restricted to the profiles that match a [`Filter`], and optionally to kinds of ids and to
/// operations.
///
/// A profile that is not known to be in the scope is outside it, for reading and for writing. If the deciding field
/// is in another record of the service ([`GetOptions::enrich`]), that record is read. A listing decides by what it
/// shows.
///
/// - **One profile.** `get`, `current`, `find`, plans and executions refuse every profile outside the scope, before
///   any write is sent. The error is [`ErrorKind::PermissionDenied`] with [`Error::is_out_of_scope`]. It is the same
///   if the profile does not exist or cannot be read, so that it does not reveal which profiles exist. The response
///   time may differ.
/// - **Negated conditions**, such as `not (labels eq "staff")`, hold only for profiles whose value is known.
/// - **Listings** leave out profiles outside the scope. The service receives the query unchanged, so profiles that
///   are left out cost requests too; add to the query what the service can filter by. The members of an organization
///   are listed if the organization is in the scope; it is read with each page.
/// - **Completeness.** All records and totals from the service decide whether a listing is complete. The totals and
///   the number of profiles that were left out are not returned. The number of pages is, and it reveals roughly how
///   many there are. A profile that matches the query and is not known to be in the scope counts in
///   [`ListReport::undetermined`](crate::listing::ListReport::undetermined); the listing is then not complete.
/// - **Quarantined records** are reported as they are below, because it is not known whether they are in the scope. A
///   [`Quarantined`](crate::listing::Quarantined) says what is wrong without repeating the record, and its position
///   in the service's page, which also counts the profiles that were left out.
/// - **Creating** is refused unless the draft shows that the profile will be in the scope.
/// - **Updates** that would move a profile out of the scope are refused: the caller could neither see the result nor
///   undo it. Deactivating and deleting a profile in the scope is allowed, even if that moves it out. Restrict the
///   operations to prevent this.
/// - **Plans** read the profile to check that it is in the scope. So does a plan for a [given](PlanRead::Given)
///   profile, which costs one request more than without the scope, because a caller can give any profile. The plan
///   itself is based on the given profile.
/// - **Executing** reads the profile and checks again. A change by another client between this check and the write is
///   not detected.
/// - **Kinds and operations** outside the scope are [`ErrorKind::Unsupported`], as the
///   [capabilities](ProfileProvider::capabilities) say. Collections of other kinds are skipped, at one request each.
///
/// A scope with an empty filter and no kinds includes all profiles, and costs nothing.
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
/// async fn contractors(provider: Arc<dyn ProfileProvider>, id: &ProfileId) -> Result<usize> {
///     let filter = Filter::new().with_label("contractor");
///     let provider = Scoped::new(provider, filter).with_kinds([IdKind::USER]).with_operations([
///         ScopedOperation::List,
///         ScopedOperation::Get,
///         ScopedOperation::Deactivate,
///     ]);
///     if let Err(error) = provider.deactivate(id).await {
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
    /// Restricts a provider to the profiles that match a filter.
    pub fn new(provider: Arc<dyn ProfileProvider>, filter: Filter) -> Self {
        Self::of(provider, Scope { filter, kinds: None, operations: None })
    }

    fn of(provider: Arc<dyn ProfileProvider>, scope: Scope) -> Self {
        let capabilities = Arc::new(Derived::new(&*provider, |below| scope.restrict(below)));
        Self { provider, scope: Arc::new(scope), capabilities }
    }

    /// Restricts the provider to ids of these kinds. The default is all.
    pub fn with_kinds(self, kinds: impl IntoIterator<Item = IdKind>) -> Self {
        let scope = Scope { kinds: Some(kinds.into_iter().collect()), ..(*self.scope).clone() };
        Self::of(self.provider, scope)
    }

    /// Restricts the provider to these operations. The default is all. `find` is allowed if `List` or `Get` is.
    pub fn with_operations(self, operations: impl IntoIterator<Item = ScopedOperation>) -> Self {
        let scope = Scope { operations: Some(operations.into_iter().collect()), ..(*self.scope).clone() };
        Self::of(self.provider, scope)
    }

    /// Returns whether a profile of an allowed kind may be outside the scope.
    fn hides(&self) -> bool {
        !self.scope.filter.is_empty()
    }

    fn verdict(&self, profile: &Profile) -> Verdict {
        self.scope.verdict(profile, self.provider.capabilities())
    }

    /// Creates the error for a profile that is outside the scope or does not exist.
    fn refused(&self, operation: &'static str) -> Error {
        self.refusal(
            operation,
            "the profile is outside the scope of this provider, does not exist, or cannot be read",
        )
        .with_hint("to use this profile, use a provider with another scope; whether the profile exists is not disclosed")
    }

    fn refusal(&self, operation: &'static str, message: &str) -> Error {
        Error::new(ErrorKind::PermissionDenied, message)
            .with_provider(self.info())
            .with_operation(operation)
            .of_scope()
    }

    /// Returns the error of reading a profile, without what it reveals about a profile outside the scope.
    fn veiled(&self, operation: &'static str, error: Error) -> Error {
        if !self.hides() {
            return error;
        }
        if error.is_of_another_profile() {
            return self.another_after(operation, &error);
        }
        // The caller must learn about its own write, even if the profile has left the scope since.
        if error.effect() != Effect::None {
            return error;
        }
        let is_of_profile = match error.kind() {
            // A record that came and cannot be read proves that the profile exists.
            ErrorKind::NotFound | ErrorKind::Decode | ErrorKind::TooLarge => true,
            ErrorKind::PermissionDenied => error.is_from_service(),
            ErrorKind::InvalidRequest => error.status().is_some(),
            _ => false,
        };
        if is_of_profile { self.refused(operation) } else { error }
    }

    /// Returns the result of a plan, without what it reveals about another profile or about one that was deleted
    /// since the check. The service's response about a profile in the scope is kept.
    fn veiled_execution(&self, write: &Write, mut executed: Executed) -> Executed {
        let Some(error) = executed.error.take() else { return executed };
        let operation = write.operation();
        // A profile that is created cannot have been deleted: something else was not found.
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

    /// Creates the error for the record of another profile. It does not name it, because it may be outside the scope.
    fn another(&self, operation: &'static str) -> Error {
        Error::new(ErrorKind::Decode, "the service sent the record of another profile than the requested one")
            .with_provider(self.info())
            .with_operation(operation)
            .with_hint("the record was not used; try again, and report it to the service if it happens again")
            .of_another_profile()
    }

    /// Replaces an error that names another profile.
    fn another_after(&self, operation: &'static str, error: &Error) -> Error {
        self.another(operation).with_effect(error.effect()).with_hint_if_effect(
            "it is not known whether the change was made, and to which profile: read the profile before you try again",
        )
    }

    /// Returns whether a profile is in the scope. If another record decides, it is read, and the enriched profile is
    /// returned too.
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

    /// Reads a profile in the scope.
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

    /// Checks that the scope supports a write, before anything is sent.
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

    /// Checks, by reading it, that the profile of a write is in the scope and stays there.
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
        Err(self.refusal("update", message).with_hint(
            "do not change the fields that the scope depends on, or use a provider without the scope",
        ))
    }

    fn check_created(&self, write: &Write) -> Result<()> {
        let Write::Create { draft } = write else { return Err(self.refused(write.operation())) };
        if self.scope.verdict_of_draft(draft, self.info(), self.provider.capabilities()) == Verdict::Yes {
            return Ok(());
        }
        let message = "nothing was sent: the draft does not show that the profile will be in the scope of this provider";
        Err(self.refusal("create", message).with_hint("set the fields that the scope depends on"))
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

    async fn examine(&self) -> Result<Vec<Finding>> {
        self.provider.examine().await
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
        let is_empty = found.profiles.is_empty() && found.method != FindMethod::Unanswerable;
        if is_empty && self.hides() { Err(self.refused("find")) } else { Ok(found) }
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.check_offered(write, self.prepare().await?)?;
        if self.hides() {
            if let (Some(id), PlanRead::Given(given)) = (write.id(), &options.read) {
                check_same(self, id, given)?;
            }
            // A given profile may differ from the real one.
            self.check_scope(write).await?;
        }
        let plan = self.provider.plan(write, options).await;
        plan.map_err(|error| self.veiled(write.operation(), error))
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        plan.check_issuer(self.info())?;
        self.check_offered(plan.write(), self.prepare().await?)?;
        // An executed plan is refused anyway, without a request.
        if self.hides() && !plan.is_spent() {
            self.check_scope(plan.write()).await?;
        }
        let executed = self.provider.execute(plan, options).await;
        let executed = executed.map_err(|error| self.veiled(plan.write().operation(), error))?;
        Ok(self.veiled_execution(plan.write(), executed))
    }
}
