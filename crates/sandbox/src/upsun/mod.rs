//! Upsun: profiles in the HAL format, users and organizations in the other one, and the authentication
//! server.

mod addresses;
mod api_tokens;
mod auth;
mod connections;
mod cursor;
mod errors;
mod handlers;
mod invitation_handlers;
mod invitations;
mod listing;
mod member_handlers;
mod members;
mod memberships;
mod mfa;
mod older_paths;
mod org_handlers;
mod organization_references;
mod organizations;
mod phones;
mod profile_writes;
mod project_access;
mod project_access_handlers;
mod projects;
mod records;
mod roster;
mod routes;
mod rules;
mod store;
mod team_access;
mod team_handlers;
mod teams;
mod totp;
mod user_records;
mod user_writes;
mod users;
mod writable;

use std::sync::{Arc, Mutex};

pub(crate) use self::auth::{Tokens, UpsunAuth};
use self::connections::DeletedConnections;
use self::invitations::Invitations;
use self::members::Members;
use self::mfa::Enforcement;
use self::organizations::Organizations;
use self::project_access::ProjectAccess;
use self::records::Records;
use self::store::Store;
use self::teams::Teams;
use self::totp::SecondFactor;
use crate::clock::{Clock, stamp};
use crate::exchange::{Call, Reply};
use crate::options::SandboxOptions;
use crate::route::{Route, Service};
use crate::server::lock;

/// The API.
pub(crate) struct Upsun {
    /// `http://127.0.0.1:PORT`, for absolute links.
    origin: String,
    profiles: u64,
    page_size: u64,
    max_page_size: u64,
    token_without_user: bool,
    /// Whether new e-mail addresses are never confirmed.
    emails_stay: bool,
    records: Records,
    users: Mutex<Store>,
    organizations: Mutex<Organizations>,
    members: Mutex<Members>,
    invitations: Mutex<Invitations>,
    enforcement: Mutex<Enforcement>,
    teams: Mutex<Teams>,
    project_access: Mutex<ProjectAccess>,
    deleted_connections: Mutex<DeletedConnections>,
    second_factor: Mutex<SecondFactor>,
    tokens: Arc<Tokens>,
    clock: Arc<Clock>,
}

impl Upsun {
    pub(crate) fn new(
        origin: &str,
        options: &SandboxOptions,
        clock: Arc<Clock>,
        tokens: Arc<Tokens>,
    ) -> Self {
        let records = Records::new(options.seed);
        Self {
            origin: origin.to_owned(),
            profiles: options.profiles,
            page_size: options.upsun_page_size.min(options.upsun_max_page_size),
            max_page_size: options.upsun_max_page_size,
            token_without_user: options.upsun_token_without_user,
            emails_stay: options.upsun_emails_stay,
            users: Mutex::new(Store::new(records, options.profiles)),
            organizations: Mutex::new(Organizations::new(records)),
            members: Mutex::default(),
            invitations: Mutex::new(Invitations::new(records)),
            enforcement: Mutex::default(),
            teams: Mutex::new(Teams::new(records, options.profiles)),
            project_access: Mutex::default(),
            deleted_connections: Mutex::default(),
            second_factor: Mutex::default(),
            records,
            tokens,
            clock,
        }
    }

    /// Returns the time for a change.
    fn now(&self) -> String {
        stamp(self.clock.now(), 6, "Z")
    }

    /// Returns the ids of the organizations whose profile the token may read.
    pub(crate) fn readable_organizations() -> Vec<String> {
        organizations::readable().map(|organization| organization.ulid.to_owned()).collect()
    }
}

impl Service for Upsun {
    const REQUEST_ID_HEADER: &'static str = "x-request-id";

    fn routes() -> &'static [Route<Self>] {
        &routes::ROUTES
    }

    fn path_in_routes(path: &str) -> &str {
        older_paths::without_prefix(path)
    }

    fn authorize(&self, call: &Call) -> Result<(), Reply> {
        let token = call.header("authorization").and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token)
        });
        match token {
            Some(token) if self.tokens.is_valid(token) => Ok(()),
            Some(_) => Err(errors::invalid_token("Invalid access token.")),
            None => Err(errors::invalid_token("The access token is missing.")),
        }
    }

    fn unknown_path(&self, call: &Call) -> Reply {
        // The users service returns a 404 without a body; the others describe the error.
        let path = Self::path_in_routes(&call.path);
        if path.starts_with("/users") {
            Reply::empty(404)
        } else if path.starts_with("/profile") || path.starts_with("/me") {
            errors::hal_problem(404, "Not Found", "The path does not exist.")
        } else {
            errors::problem(404, "Not Found", "The path does not exist.")
        }
    }

    fn wrong_method(&self, _call: &Call) -> Reply {
        errors::problem(405, "Method Not Allowed", "The path does not have this method.")
    }

    fn segment_of_another(&self, segment: &str) -> Option<String> {
        // Only users: the profile of an organization does not contain its organization, so a client could not
        // notice.
        lock(&self.users).segment_of_another(segment)
    }

    fn swap_person(&self) -> bool {
        let is_swapped = lock(&self.users).swap_person(&self.now());
        self.clock.tick();
        is_swapped
    }
}
