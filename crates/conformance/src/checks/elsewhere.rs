//! Accounts other than the one under test.

use std::sync::Arc;

use anyprofile_core::{
    Capabilities, Error, ErrorKind, GetOptions, ListQuery, Plan, PlanOptions, Profile, ProfileId,
    ProfileProvider, ProviderInfo, Result, Write, async_trait,
    listing::{Cursor, Page},
    plan::PlanBuilder,
};

use crate::subject::Subject;

/// The provider under test with another description of its account. Its plans show the same requests.
#[derive(Debug)]
struct Elsewhere {
    info: ProviderInfo,
    provider: Arc<dyn ProfileProvider>,
}

/// Returns accounts whose plans must not be executed: with another name, another base URL, other settings, and a real
/// other account if available.
pub(super) fn accounts(subject: &Subject<'_>) -> Result<Vec<Arc<dyn ProfileProvider>>> {
    let info = subject.info();
    let (mut name, mut place, mut shape) = (info.clone(), info.clone(), info.clone());
    name.account = "conformance-elsewhere".parse()?;
    "https://elsewhere.example.com".clone_into(&mut place.base_url);
    shape.shape.push_str("elsewhere");
    let accounts = [name, place, shape].map(|info| -> Arc<dyn ProfileProvider> {
        Arc::new(Elsewhere { info, provider: Arc::clone(&subject.provider) })
    });
    Ok(accounts.into_iter().chain(subject.elsewhere()?).collect())
}

/// Returns the id of the same record in another account.
pub(super) fn id_at(info: &ProviderInfo, id: &ProfileId) -> Result<ProfileId> {
    let (service, account) = (info.service.clone(), info.account.clone());
    ProfileId::new(service, account, id.kind.clone(), id.native())
        .map_err(|error| Error::new(ErrorKind::InvalidRequest, error.to_string()))
}

/// Returns the same write for another account.
pub(super) fn write_at(info: &ProviderInfo, write: &Write) -> Result<Write> {
    let mut write = write.clone();
    match &mut write {
        Write::Update { id, .. } | Write::Deactivate { id } | Write::Delete { id } | Write::Enroll { id } => {
            *id = id_at(info, id)?;
        }
        // A creation contains no id.
        _ => {}
    }
    Ok(write)
}

#[async_trait]
impl ProfileProvider for Elsewhere {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        self.provider.list_page(query, cursor).await
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        let mut profile = self.provider.get_opts(&id_at(self.provider.info(), id)?, options).await?;
        profile.id = id_at(&self.info, &profile.id)?;
        Ok(profile)
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let builder = Plan::begin(self, write, options).await?;
        let real = self.provider.plan(&write_at(self.provider.info(), write)?, &PlanOptions::new()).await?;
        let requests = real.requests().iter().cloned();
        Ok(requests.fold(builder, PlanBuilder::with_request).build())
    }
}
