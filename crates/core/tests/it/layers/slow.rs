//! A provider whose calls wait for a permit, and may fail.

use std::sync::{Arc, Mutex};

use anyprofile_core::{
    Capabilities, Error, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileId, ProfileProvider, ProviderInfo, Result, Write, async_trait,
    listing::{Cursor, Page},
    memory::MemoryProvider,
};
use tokio::sync::Semaphore;

#[derive(Debug)]
pub(super) struct Slow {
    provider: MemoryProvider,
    /// Each read takes one permit.
    pub(super) permits: Semaphore,
    /// Each execution takes one permit.
    pub(super) writes: Semaphore,
    /// The result of the next call, although it was carried out.
    failure: Mutex<Option<Error>>,
}

impl Slow {
    pub(super) fn new(provider: MemoryProvider) -> Arc<Self> {
        let [permits, writes] = [(); 2].map(|()| Semaphore::new(0));
        Arc::new(Self { provider, permits, writes, failure: Mutex::default() })
    }

    pub(super) fn fail(&self, error: Error) {
        *self.failure.lock().unwrap() = Some(error);
    }

    /// Calls the inner provider at once, and returns the result when there is a permit.
    async fn answered<T>(&self, result: Result<T>) -> Result<T> {
        self.answered_by(&self.permits, result).await
    }

    async fn answered_by<T>(&self, permits: &Semaphore, result: Result<T>) -> Result<T> {
        if let Ok(permit) = permits.acquire().await {
            permit.forget();
        }
        match self.failure.lock().unwrap().take() {
            Some(error) => Err(error),
            None => result,
        }
    }
}

#[async_trait]
impl ProfileProvider for Slow {
    fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        self.answered(self.provider.list_page(query, cursor).await).await
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.answered(self.provider.get_opts(id, options).await).await
    }

    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        self.answered(self.provider.current_opts(options).await).await
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        self.answered(self.provider.find_by(key).await).await
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.provider.plan(write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        self.answered_by(&self.writes, self.provider.execute(plan, options).await).await
    }
}
