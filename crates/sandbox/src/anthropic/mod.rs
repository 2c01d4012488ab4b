//! Anthropic: user profiles, in the format of the requested beta, and the organization's own people.

mod admin;
mod admin_writes;
mod change;
mod cursor;
mod handlers;
mod headers;
mod input;
mod listing;
mod people;
mod records;
mod routes;
mod staff;
mod store;
mod writes;

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::json;

use self::listing::NameOrder;
use self::staff::Staff;
use self::store::Store;
use crate::clock::Clock;
use crate::exchange::{Call, Reply};
use crate::options::SandboxOptions;
use crate::route::{Route, Service};
use crate::server::lock;

const ORGANIZATION_ID: &str = "5a4d0b0c-5a4d-4b0c-8000-000000000001";
const WORKSPACE_ID: &str = "wrkspc_01SANDBoxSANDBoxSANDBox1";

/// The API at `/anthropic`.
pub(crate) struct Anthropic {
    seed: u64,
    empty_page: bool,
    store: RwLock<Store>,
    staff: Mutex<Staff>,
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
            staff: Mutex::new(Staff::new(options.seed, options.profiles)),
            by_name: Mutex::default(),
            clock,
        }
    }

    /// An operation must hold the lock at most once: a second read could wait for a writer that waits for the
    /// first read.
    fn read_store(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_store(&self) -> RwLockWriteGuard<'_, Store> {
        self.store.write().unwrap_or_else(PoisonError::into_inner)
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
        lock(&self.staff).another_user(segment)
    }
}

/// Returns an error in the common envelope.
fn error(call: &Call, status: u16, message: &str) -> Reply {
    let kind = match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        _ => "invalid_request_error",
    };
    let body = json!({
        "type": "error",
        "error": {"type": kind, "message": message},
        "request_id": call.request_id,
    });
    Reply::json(status, &body)
}

/// Adds the headers with the owner of the data.
fn success(body: &serde_json::Value) -> Reply {
    Reply::json(200, body)
        .header("anthropic-organization-id", ORGANIZATION_ID)
        .header("anthropic-workspace-id", WORKSPACE_ID)
}
