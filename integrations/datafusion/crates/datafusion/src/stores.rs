//! Object stores, with the credentials of the environment.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyprofile_snapshot::environment_store;
use datafusion::{
    common::{DataFusionError, Result},
    execution::object_store::ObjectStoreRegistry,
};
use object_store::{ObjectStore, local::LocalFileSystem};
use url::{Position, Url};

/// The stores of `s3://`, `gs://` and `az://` with the credentials and settings of the environment, and the local disk.
///
/// They are opened as those of a snapshot are ([`environment_store`]). A plan names only the URL of a store, so each process needs its own credentials.
#[derive(Debug, Default)]
pub struct EnvironmentStores(Mutex<HashMap<String, Arc<dyn ObjectStore>>>);

impl EnvironmentStores {
    /// Creates the registry. A store is opened when it is first asked for.
    pub fn new() -> Self {
        Self::default()
    }
}

impl ObjectStoreRegistry for EnvironmentStores {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key_of(url), store)
    }

    fn deregister_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        let store = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key_of(url));
        store.ok_or_else(|| {
            DataFusionError::Configuration(format!("no store is registered for {}", key_of(url)))
        })
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        let mut stores = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = stores.get(&key_of(url)) {
            return Ok(Arc::clone(store));
        }
        let store = opened(url)?;
        stores.insert(key_of(url), Arc::clone(&store));
        Ok(store)
    }
}

/// A store is one bucket, whatever the path.
fn key_of(url: &Url) -> String {
    url[Position::BeforeScheme..Position::BeforePath].to_owned()
}

fn opened(url: &Url) -> Result<Arc<dyn ObjectStore>> {
    if url.scheme() == "file" {
        return Ok(Arc::new(LocalFileSystem::new()));
    }
    Ok(environment_store(url)?.0)
}
