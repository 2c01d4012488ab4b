//! An in-memory provider with one difference.

use anyprofile_core::{
    Capabilities, Error, ExecuteOptions, Executed, GetOptions, ListQuery, Plan, PlanOptions, Profile,
    ProfileId, ProfileProvider, ProviderInfo, Result, Write, async_trait,
    listing::{Cursor, Page, Quarantined},
    memory::MemoryProvider,
    plan::{Execution, Receipt},
};

/// The difference.
#[derive(Clone, Debug)]
pub(super) enum Does {
    /// No profile can be read.
    FailsToGet(Error),
    /// No plan can be executed.
    FailsToExecute(Error),
    /// The profile of a write is deleted before the write is sent.
    LosesWhoIsWrittenTo,
    /// The response to a write is this profile.
    RespondsWith(Box<Profile>),
    /// Each page has these quarantined records.
    SetsAside(Vec<Quarantined>),
}

/// The provider.
#[derive(Debug)]
pub(super) struct Otherwise {
    pub(super) memory: MemoryProvider,
    pub(super) does: Does,
}

#[async_trait]
impl ProfileProvider for Otherwise {
    fn info(&self) -> &ProviderInfo {
        self.memory.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.memory.capabilities()
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let page = self.memory.list_page(query, cursor).await?;
        match &self.does {
            Does::SetsAside(records) => Ok(page.with_quarantined(records.clone())),
            _ => Ok(page),
        }
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        match &self.does {
            Does::FailsToGet(error) => Err(error.clone()),
            _ => self.memory.get_opts(id, options).await,
        }
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.memory.plan(write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        match &self.does {
            Does::FailsToExecute(error) => return Err(error.clone()),
            Does::RespondsWith(profile) => {
                let mut execution = Execution::begin(self, plan, options).await?;
                execution.step(Ok(Receipt::Shows(profile.clone())));
                return Ok(execution.finish(self).await);
            }
            Does::LosesWhoIsWrittenTo => drop(self.memory.remove(plan.write().id().unwrap())),
            _ => {}
        }
        self.memory.execute(plan, options).await
    }
}
