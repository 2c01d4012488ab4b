//! A provider that lies in one way: whoever judges providers has to say no to it.

use std::{io, sync::Arc, time::Duration};

use anyprofile::{
    Capabilities, Error, ErrorKind, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan,
    PlanOptions, Profile, ProfileId, ProfileProvider, ProviderInfo, Result, Write, async_trait,
    error::Effect,
    listing::{Cursor, Next, Page},
};

/// What a provider does that it must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// It leaves the last record of each page out, and says no number.
    LosesSomebody,
    /// It adds somebody to each page.
    MakesSomebodyUp,
    /// It takes a failure for the end.
    TakesFailureForEnd,
    /// It takes its time.
    Dawdles,
    /// It calls the service's failure its own.
    BlamesItself,
    /// It repeats a credential.
    ShowsCredential,
    /// It gives up a page at the first failure, whatever it is.
    GivesUpAtOnce,
    /// It gives somebody else's record under the id that was asked for.
    MixesUp,
    /// It takes each failure to find somebody for nobody.
    FindsNobody,
    /// It says of each write that it was made.
    ClaimsAll,
    /// It says of each write that failed that it was not made.
    DeniesAll,
    /// It writes to somebody else.
    WritesToAnother,
    /// It creates two.
    CreatesTwice,
}

/// The lies, wrapped around a provider.
#[derive(Debug)]
pub struct Liar {
    inner: Arc<dyn ProfileProvider>,
    lie: Lie,
    /// Somebody else than whom a test is about.
    another: Profile,
}

impl Liar {
    /// A provider that is as another one, but for the lie.
    ///
    /// # Errors
    /// If there is nobody to tell lies of.
    pub async fn around(inner: Arc<dyn ProfileProvider>, lie: Lie) -> io::Result<Arc<dyn ProfileProvider>> {
        let page = inner.list_page(&ListQuery::new(), None).await.map_err(super::scene::failed)?;
        let another =
            page.items.into_iter().next().ok_or_else(|| super::scene::failed("nobody is listed"))?;
        Ok(Arc::new(Self { inner, lie, another }))
    }

    fn is(&self, lie: Lie) -> bool {
        self.lie == lie
    }
}

#[async_trait]
impl ProfileProvider for Liar {
    fn info(&self) -> &ProviderInfo {
        self.inner.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn prepare(&self) -> Result<&Capabilities> {
        self.inner.prepare().await
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        if self.is(Lie::Dawdles) {
            tokio::time::sleep(Duration::from_secs(200)).await;
        }
        let mut page = match self.inner.list_page(query, cursor).await {
            Ok(page) => page,
            Err(_) if self.is(Lie::TakesFailureForEnd) => return Ok(Page::last(Vec::new())),
            Err(error) if self.is(Lie::BlamesItself) => {
                return Err(Error::new(ErrorKind::Internal, error.message()));
            }
            Err(error) if self.is(Lie::ShowsCredential) => {
                return Err(error.with_service_message("sandbox-probely-api-key is not known"));
            }
            Err(error) => return Err(error),
        };
        match self.lie {
            Lie::LosesSomebody => {
                page.items.pop();
                page.declared_total = None;
            }
            Lie::MakesSomebodyUp => {
                let text = format!("{}x", self.another.id);
                page.items.extend(text.parse().map(Profile::new));
            }
            Lie::GivesUpAtOnce => page.next = Next::End,
            _ => {}
        }
        Ok(page)
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        let mut profile = self.inner.get_opts(id, options).await?;
        if self.is(Lie::MixesUp) {
            profile.name = self.another.name.clone();
        }
        Ok(profile)
    }

    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        self.inner.current_opts(options).await
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        match self.inner.find_by(key).await {
            Err(_) if self.is(Lie::FindsNobody) => Ok(Found::looked_up(None)),
            Ok(mut found) if self.is(Lie::MixesUp) => {
                found.profiles = vec![self.another.clone()];
                Ok(found)
            }
            other => other,
        }
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.inner.plan(write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        if self.is(Lie::CreatesTwice) && matches!(plan.write(), Write::Create { .. }) {
            let second = self.inner.plan(plan.write(), &PlanOptions::new()).await?;
            let _ = self.inner.execute(&second, options).await;
        }
        let mut executed = match self.to_another(plan.write()) {
            Some(write) => {
                let plan = self.inner.plan(&write, &PlanOptions::new()).await?;
                self.inner.execute(&plan, options).await?
            }
            None => self.inner.execute(plan, options).await?,
        };
        let asked = plan.write().id().unwrap_or(&self.another.id);
        if let (Some(written), Some(id)) = (&mut executed.profile, plan.write().id()) {
            written.id = id.clone();
        }
        match executed.error.take() {
            Some(_) if self.is(Lie::ClaimsAll) => {
                executed.profile.get_or_insert_with(|| Profile::new(asked.clone()));
            }
            Some(error) if self.is(Lie::DeniesAll) => executed.error = Some(error.with_effect(Effect::None)),
            error => executed.error = error,
        }
        Ok(executed)
    }
}

impl Liar {
    /// The same write to somebody else, where that is the lie.
    fn to_another(&self, write: &Write) -> Option<Write> {
        let another = || self.another.id.clone();
        match write {
            _ if !self.is(Lie::WritesToAnother) => None,
            Write::Update { change, .. } => Some(Write::update(another(), change.clone())),
            Write::Deactivate { .. } => Some(Write::deactivate(another())),
            Write::Delete { .. } => Some(Write::delete(another())),
            _ => None,
        }
    }
}
