//! Probely: the credential's own profile, the account's users, and their roles, role assignments, labels and
//! teams.

mod assignments;
mod catalogue;
mod change;
mod handlers;
mod input;
mod labels;
mod query;
mod records;
mod routes;
mod store;
mod teams;
mod user;
mod writes;
mod written;

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Value, json};

use self::handlers::LastOrder;
use self::records::Records;
use self::store::{Group, Store};
use crate::clock::Clock;
use crate::description::PROBELY_API_KEY;
use crate::exchange::{Call, Reply};
use crate::options::SandboxOptions;
use crate::route::{Route, RouteMatch, Service, find};

/// The API.
pub(crate) struct Probely {
    max_page_size: u64,
    store: RwLock<Store>,
    last_order: Mutex<Option<LastOrder>>,
    clock: Arc<Clock>,
}

impl Probely {
    pub(crate) fn new(options: &SandboxOptions, clock: Arc<Clock>) -> Self {
        let services = options.profiles / 10;
        let store = Store::new(Records::new(options.seed), options.profiles - services, services);
        Self {
            max_page_size: options.probely_max_page_size,
            store: RwLock::new(store),
            last_order: Mutex::default(),
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

impl Service for Probely {
    const REQUEST_ID_HEADER: &'static str = "x-request-id";

    fn routes() -> &'static [Route<Self>] {
        &routes::ROUTES
    }

    fn authorize(&self, call: &Call) -> Result<(), Reply> {
        let Some(credentials) = call.header("authorization") else {
            return Err(detail(401, "Authentication credentials were not provided."));
        };
        if credentials.strip_prefix("JWT ") == Some(PROBELY_API_KEY) {
            return Ok(());
        }
        Err(detail(401, "Incorrect authentication credentials."))
    }

    fn unknown_path(&self, call: &Call) -> Reply {
        // Django redirects a path without the final slash to the path that has it.
        let slashed = format!("{}/", call.path);
        if matches!(find(Self::routes(), &call.method, &slashed), RouteMatch::Nothing) {
            return detail(404, "Not found.");
        }
        let query = if call.raw_query.is_empty() { String::new() } else { format!("?{}", call.raw_query) };
        Reply::empty(301).header("location", format!("{slashed}{query}"))
    }

    fn wrong_method(&self, call: &Call) -> Reply {
        detail(405, &format!("Method \"{}\" not allowed.", call.method))
    }

    fn segment_of_another(&self, segment: &str) -> Option<String> {
        let store = self.read_store();
        [Group::People, Group::Services].into_iter().find_map(|group| {
            let index = store.index_of(group, segment)?;
            // The owner comes last: that profile proves the key.
            let others = || store.indexes(group).filter(|other| *other != index);
            let another = others().find(|other| *other > index).or_else(|| others().nth(1))?;
            Some(store.user(group, another).id)
        })
    }

    fn swap_person(&self) -> bool {
        let is_swapped = self.write_store().swap_person(self.clock.now());
        self.clock.tick();
        is_swapped
    }
}

/// Returns any error except rejected fields.
fn detail(status: u16, message: &str) -> Reply {
    let reply = Reply::json(status, &json!({"detail": message}));
    if status == 401 { reply.header("www-authenticate", "JWT realm=\"api\"") } else { reply }
}

/// Returns the errors by field.
fn field_errors(errors: serde_json::Map<String, Value>) -> Reply {
    Reply::json(400, &Value::Object(errors))
}
