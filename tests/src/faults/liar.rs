//! A provider that lies in one way: whoever judges providers has to say no to it.

use std::{io, sync::Arc, time::Duration};

use anyprofile::{
    Capabilities, Cursor, Effect, Error, ErrorKind, FindKey, Found, GetOptions, ListQuery, Next, Page,
    PlannedRequest, Profile, ProfileChange, ProfileDraft, ProfileId, ProfileProvider, ProviderInfo, Result,
    WriteOptions, async_trait,
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

    /// What it says of a write.
    fn told<T>(&self, result: Result<T>, made: impl FnOnce() -> T) -> Result<T> {
        match result {
            Err(_) if self.is(Lie::ClaimsAll) => Ok(made()),
            Err(error) if self.is(Lie::DeniesAll) => Err(error.with_effect(Effect::None)),
            other => other,
        }
    }

    fn whom<'a>(&'a self, id: &'a ProfileId) -> &'a ProfileId {
        if self.is(Lie::WritesToAnother) { &self.another.id } else { id }
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

    async fn get_with(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        let mut profile = self.inner.get_with(id, options).await?;
        if self.is(Lie::MixesUp) {
            profile.name = self.another.name.clone();
        }
        Ok(profile)
    }

    async fn current_with(&self, options: &GetOptions) -> Result<Profile> {
        self.inner.current_with(options).await
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

    fn plan_update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Vec<PlannedRequest>> {
        self.inner.plan_update(id, change)
    }

    async fn update_with(
        &self,
        id: &ProfileId,
        change: &ProfileChange,
        options: &WriteOptions,
    ) -> Result<Profile> {
        let result = self.inner.update_with(self.whom(id), change, options).await.map(|mut written| {
            written.id = id.clone();
            written
        });
        self.told(result, || Profile::new(id.clone()))
    }

    async fn create_with(&self, draft: &ProfileDraft, options: &WriteOptions) -> Result<Profile> {
        if self.is(Lie::CreatesTwice) {
            let _ = self.inner.create_with(draft, options).await;
        }
        self.told(self.inner.create_with(draft, options).await, || self.another.clone())
    }

    async fn deactivate_with(&self, id: &ProfileId, options: &WriteOptions) -> Result<()> {
        self.told(self.inner.deactivate_with(self.whom(id), options).await, || ())
    }

    async fn delete_with(&self, id: &ProfileId, options: &WriteOptions) -> Result<()> {
        self.told(self.inner.delete_with(self.whom(id), options).await, || ())
    }
}
