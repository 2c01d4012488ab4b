//! SCIM 2.0: users and groups, as RFC 7643, RFC 7644 and RFC 9865 have them.

mod cursor;
mod discovery;
mod errors;
mod filter;
mod groups;
mod handlers;
mod ids;
mod input;
mod listing;
mod parameters;
mod patch;
mod path;
mod projection;
mod resource;
mod routes;
mod schema;
mod store;
mod users;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::errors::Refusal;
use self::listing::LastSelection;
use self::schema::Kind;
use self::store::Store;
use crate::clock::Clock;
use crate::description::SCIM_TOKEN;
use crate::exchange::{Call, Reply};
use crate::options::SandboxOptions;
use crate::route::{Route, Service};

/// The media type of all bodies (RFC 7644 §3.1).
pub(crate) const MEDIA_TYPE: &str = "application/scim+json";

/// The API.
pub(crate) struct Scim {
    base_url: String,
    has_cursors: bool,
    store: RwLock<Store>,
    last_selection: LastSelection,
    clock: Arc<Clock>,
}

impl Scim {
    pub(crate) fn new(base_url: &str, options: &SandboxOptions, clock: Arc<Clock>) -> Self {
        Self {
            base_url: base_url.to_owned(),
            has_cursors: options.scim_cursors,
            store: RwLock::new(Store::new(options.seed, base_url, options.profiles)),
            last_selection: LastSelection::default(),
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

impl Service for Scim {
    const REQUEST_ID_HEADER: &'static str = "x-request-id";

    fn routes() -> &'static [Route<Self>] {
        &routes::ROUTES
    }

    fn authorize(&self, call: &Call) -> Result<(), Reply> {
        let scheme_and_token = call.header("authorization").and_then(|value| value.split_once(' '));
        match scheme_and_token {
            // The name of the scheme has no case (RFC 9110 §11.1).
            Some((scheme, SCIM_TOKEN)) if scheme.eq_ignore_ascii_case("bearer") => Ok(()),
            Some(_) => Err(Refusal::new(401, "The token is not valid.").reply()),
            None => Err(Refusal::new(401, "A bearer token is required.").reply()),
        }
    }

    fn unknown_path(&self, call: &Call) -> Reply {
        let _ = call;
        Refusal::new(404, "The path does not exist.").reply()
    }

    fn wrong_method(&self, call: &Call) -> Reply {
        Refusal::new(405, format!("The path has no method {}.", call.method)).reply()
    }

    fn segment_of_another(&self, segment: &str) -> Option<String> {
        let store = self.read_store();
        let index = store.index_of(Kind::User, segment)?;
        // The credential's own user comes last.
        let others = || store.indexes(Kind::User).filter(|other| *other != index);
        let another = others().find(|other| *other > index).or_else(|| others().next())?;
        Some(store.resource(Kind::User, another).id)
    }

    fn swap_person(&self) -> bool {
        let mut store = self.write_store();
        let Some(second) = store.indexes(Kind::User).nth(1) else { return false };
        store.delete(Kind::User, second);
        store.create_person("Swapped", false, self.clock.now());
        self.clock.tick();
        true
    }

    fn insert_person(&self) -> bool {
        self.write_store().create_person("Inserted", true, self.clock.now());
        self.clock.tick();
        true
    }
}
