//! A layer that refuses writes.

use std::sync::Arc;

use async_trait::async_trait;

use super::derived::Derived;
use crate::{
    Capabilities, Error, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileId, ProfileProvider, ProviderInfo, Result, Write,
    capabilities::{FieldSpec, Support},
    check::Finding,
    listing::{Cursor, Page},
};

/// The reason of every refusal.
const REASON: &str = "this provider is read-only";

/// A provider that only reads. Every write is refused before anything is sent, when it is planned and when it is
/// executed.
///
/// The error is [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported). The
/// [capabilities](ProfileProvider::capabilities) include no write, with this layer as the reason, and the field table
/// has no writable field. A plan that is refused still counts as not executed: the provider below can execute it.
///
/// ```
/// use std::sync::Arc;
///
/// use anyprofile_core::{ErrorKind, IdKind, ProfileDraft, ProfileProvider, ProfileProviderExt, layers::ReadOnly};
///
/// # async fn example(provider: Arc<dyn ProfileProvider>) {
/// let provider = ReadOnly::new(provider);
/// let error = provider.create(&ProfileDraft::new(IdKind::USER)).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Unsupported);
/// assert!(!provider.capabilities().operations.create.is_supported());
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ReadOnly {
    provider: Arc<dyn ProfileProvider>,
    capabilities: Arc<Derived>,
}

impl ReadOnly {
    /// Wraps a provider.
    pub fn new(provider: Arc<dyn ProfileProvider>) -> Self {
        let capabilities = Arc::new(Derived::new(&*provider, without_writes));
        Self { provider, capabilities }
    }

    fn refused(&self, write: &Write) -> Error {
        Error::unsupported(self.info(), write.operation(), REASON)
            .with_hint("nothing was sent; use a provider without the read-only layer to write")
    }
}

fn without_writes(below: &Capabilities) -> Capabilities {
    let mut capabilities = below.clone();
    let operations = &mut capabilities.operations;
    for support in [
        &mut operations.create,
        &mut operations.update,
        &mut operations.deactivate,
        &mut operations.delete,
        &mut operations.enroll,
    ] {
        // An operation that the service lacks keeps the service's own reason.
        if support.is_supported() {
            *support = Support::no(REASON);
        }
    }
    let read = |spec: &FieldSpec| FieldSpec { write: None, ..spec.clone() };
    capabilities.fields = below.fields.iter().map(read).collect();
    capabilities
}

#[async_trait]
impl ProfileProvider for ReadOnly {
    fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.capabilities.now(&*self.provider, without_writes)
    }

    async fn prepare(&self) -> Result<&Capabilities> {
        self.provider.prepare().await?;
        Ok(self.capabilities())
    }

    async fn examine(&self) -> Result<Vec<Finding>> {
        self.provider.examine().await
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        self.provider.list_page(query, cursor).await
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

    async fn plan(&self, write: &Write, _: &PlanOptions) -> Result<Plan> {
        Err(self.refused(write))
    }

    async fn execute(&self, plan: &Plan, _: &ExecuteOptions) -> Result<Executed> {
        Err(self.refused(plan.write()))
    }
}
