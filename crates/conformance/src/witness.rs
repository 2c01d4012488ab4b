//! Records the requests of all executed plans, to detect other writes.

use std::sync::{Arc, Mutex, PoisonError};

use anyprofile_core::{
    Capabilities, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileId, ProfileProvider, ProviderInfo, Result, Write, async_trait,
    check::Finding,
    listing::{Cursor, Page},
};

use crate::{SentRequest, subject::Server};

/// The method and URL of each request of the executed plans.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShownRequests(Arc<Mutex<Vec<(String, String)>>>);

impl ShownRequests {
    fn add(&self, plan: &Plan) {
        let requests = plan.requests().iter().map(|it| (it.method.to_string(), it.url.clone()));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(requests);
    }

    fn take(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Describes a write that the server received since a mark and that is not in a plan executed since the last
    /// call.
    pub(crate) fn unshown(&self, server: &dyn Server, since: u64) -> Option<String> {
        let mut shown = self.take();
        let log = server.log(since)?;
        let mut writes = log.iter().filter(|sent| sent.is_write);
        let sent = writes.find(|sent: &&SentRequest| {
            let place = shown.iter().position(|(method, url)| *method == sent.method && *url == sent.url);
            place.map(|place| shown.swap_remove(place)).is_none()
        })?;
        let path = sent.url.split('?').next().unwrap_or_default();
        Some(format!("a write was sent that no plan showed: {} {path}", sent.method))
    }
}

/// The provider under test, with a record of each plan that it executes.
#[derive(Debug)]
pub(crate) struct Witness {
    pub(crate) provider: Arc<dyn ProfileProvider>,
    pub(crate) shown: ShownRequests,
}

#[async_trait]
impl ProfileProvider for Witness {
    fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        self.provider.list_page(query, cursor).await
    }

    async fn prepare(&self) -> Result<&Capabilities> {
        self.provider.prepare().await
    }

    async fn examine(&self) -> Result<Vec<Finding>> {
        self.provider.examine().await
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.provider.get_opts(id, options).await
    }

    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        self.provider.current_opts(options).await
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        self.provider.find_by(key).await
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.provider.plan(write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        // A spent plan sends nothing, so it shows nothing new.
        if !plan.is_spent() {
            self.shown.add(plan);
        }
        self.provider.execute(plan, options).await
    }
}
