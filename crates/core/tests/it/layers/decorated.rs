//! A decorator that overrides one method keeps the others.

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyprofile_core::{
    Capabilities, ExecuteOptions, FieldPath, FindKey, GetOptions, ListQuery, PlanOptions, Profile,
    ProfileChange, ProfileId, ProfileProvider, ProfileProviderExt as _, ProviderInfo, Result, Write,
    async_trait,
    listing::{Cursor, Page},
};

use super::memory;

/// Counts the pages.
#[derive(Debug)]
struct Counted<P>(P, AtomicU64);

#[async_trait]
impl<P: ProfileProvider> ProfileProvider for Counted<P> {
    fn decorated(&self) -> Option<&dyn ProfileProvider> {
        Some(&self.0)
    }

    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.list_page(query, cursor).await
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.0.get_opts(id, options).await
    }
}

async fn works(provider: &impl ProfileProvider) {
    let own = provider.current().await.unwrap();
    let found = provider.find_by(&FindKey::NativeId(own.id.native().to_owned())).await.unwrap();
    assert_eq!(found.profiles.len(), 1);
    let change = ProfileChange::new().set(FieldPath::NAME_DISPLAY, "Kari");
    let plan = provider.plan(&Write::update(own.id.clone(), change), &PlanOptions::new()).await.unwrap();
    provider.execute(&plan, &ExecuteOptions::new()).await.unwrap().into_result().unwrap();
    assert!(provider.get(&own.id).await.unwrap().name.display.is_known_to_be("Kari"));
    assert!(provider.prepare().await.is_ok() && provider.examine().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_decorator_does_not_override_is_what_it_decorates() {
    let (memory, shared) = memory(3);
    let counted = Counted(memory, AtomicU64::new(0));
    works(&counted).await;
    assert_eq!(counted.1.load(Ordering::SeqCst), 0, "nothing is listed to find an id");
    // A pointer is a provider too, and a decorator of one.
    works(&shared).await;
    works(&Counted(shared, AtomicU64::new(0))).await;
    let boxed: Box<dyn ProfileProvider> = Box::new(self::memory(3).0);
    works(&Counted(boxed, AtomicU64::new(0))).await;
    let twice: Arc<dyn ProfileProvider> = Arc::new(Counted(self::memory(3).1, AtomicU64::new(0)));
    works(&twice).await;
}
