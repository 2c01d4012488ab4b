//! Anthropic: user profiles, in the format of the requested beta, and the Admin API of the organization.

mod change;
mod cursor;
mod data_controls;
mod errors;
mod google;
mod handlers;
mod headers;
mod input;
mod listing;
mod organization;
mod records;
mod routes;
mod store;
mod writes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::errors::error;
use self::google::DataControls;
use self::listing::NameOrder;
use self::organization::Organization;
use self::store::Store;
use crate::clock::Clock;
use crate::exchange::{Call, Reply};
use crate::options::SandboxOptions;
use crate::route::{Route, Service};
use crate::server::lock;

const ORGANIZATION_ID: &str = "5a4d0b0c-5a4d-4b0c-8000-000000000001";
/// The id of the organization's default workspace, which the API key is bound to.
use crate::description::ANTHROPIC_WORKSPACE_ID as WORKSPACE_ID;

/// The API.
pub(crate) struct Anthropic {
    seed: u64,
    empty_page: bool,
    store: RwLock<Store>,
    organization: Mutex<Organization>,
    /// The written data controls, by the index of their profile.
    data_controls: Mutex<BTreeMap<u64, DataControls>>,
    /// Computed on first use: each page needs the complete order.
    by_name: Mutex<Option<NameOrder>>,
    clock: Arc<Clock>,
}

impl Anthropic {
    pub(crate) fn new(options: &SandboxOptions, clock: Arc<Clock>) -> Self {
        Self {
            seed: options.seed,
            empty_page: options.anthropic_empty_page,
            store: RwLock::new(Store::new(options.seed, options.profiles)),
            organization: Mutex::new(Organization::new(options.seed, options.profiles)),
            data_controls: Mutex::default(),
            by_name: Mutex::default(),
            clock,
        }
    }

    /// An operation must hold the lock at most once: a second read could wait for a writer that waits for the
    /// first read. An operation that needs both locks takes this one before that of the organization.
    fn read_store(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_store(&self) -> RwLockWriteGuard<'_, Store> {
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn organization(&self) -> MutexGuard<'_, Organization> {
        lock(&self.organization)
    }
}

impl Service for Anthropic {
    const REQUEST_ID_HEADER: &'static str = "request-id";

    fn routes() -> &'static [Route<Self>] {
        &routes::ROUTES
    }

    fn authorize(&self, call: &Call) -> Result<(), Reply> {
        headers::check(call)
    }

    fn unknown_path(&self, call: &Call) -> Reply {
        error(call, 404, "The path does not exist.")
    }

    fn wrong_method(&self, call: &Call) -> Reply {
        error(call, 405, "The path does not have this method.")
    }

    fn segment_of_another(&self, segment: &str) -> Option<String> {
        let store = self.read_store();
        if let Some(index) = store.index_of(segment) {
            let mut others = (index + 1..store.total()).chain(0..index);
            return others.find(|other| !store.is_deleted(*other)).map(|other| store.id(other));
        }
        self.organization().staff.another_user(segment)
    }
}

/// Adds the headers with the owner of the data.
fn success(body: &serde_json::Value) -> Reply {
    Reply::json(200, body)
        .header("anthropic-organization-id", ORGANIZATION_ID)
        .header("anthropic-workspace-id", WORKSPACE_ID)
}
