//! Probely: the credential's own profile, the account's users, and what those refer to.

mod catalogue;
mod handlers;
mod query;
mod records;

use std::sync::{LazyLock, Mutex};

use axum::http::Method;
use serde_json::{Value, json};

use self::{
    handlers::{Group, LastOrder},
    records::Records,
};
use crate::description::PROBELY_API_KEY;
use crate::exchange::{Call, Reply};
use crate::options::SandboxOptions;
use crate::route::{Found, Route, Service, find};

/// The API under `/probely`.
pub(crate) struct Probely {
    /// How many users are people: those of the list of users.
    profiles: u64,
    /// How many users are applications; they are no part of the list of users.
    api_users: u64,
    max_page_size: u64,
    records: Records,
    last_order: Mutex<Option<LastOrder>>,
}

impl Probely {
    pub(crate) fn new(options: &SandboxOptions) -> Self {
        let api_users = options.profiles / 10;
        Self {
            profiles: options.profiles - api_users,
            api_users,
            max_page_size: options.probely_max_page_size,
            records: Records::new(options.seed),
            last_order: Mutex::default(),
        }
    }
}

type Handler = fn(&Probely, &Call, &[String]) -> Reply;

fn get(path: &'static str, operation: &'static str, handler: Handler) -> Route<Probely> {
    Route { method: Method::GET, path, operation, handler }
}

static ROUTES: LazyLock<[Route<Probely>; 9]> = LazyLock::new(|| {
    [
        get("/profile/", "profile-list", |probely, _, _| probely.profile()),
        get("/users/", "users-list", |probely, call, _| probely.list_users(call, Group::People)),
        get("/users/{id}/", "users-retrieve", |probely, _, parts| {
            probely.retrieve_user(&parts[0], Group::People)
        }),
        get("/api-users/", "api-users-list", |probely, call, _| probely.list_users(call, Group::Services)),
        get("/api-users/{id}/", "api-users-retrieve", |probely, _, parts| {
            probely.retrieve_user(&parts[0], Group::Services)
        }),
        get("/roles/", "roles-list", |probely, call, _| probely.list_roles(call)),
        get("/labels/", "labels-list", |probely, call, _| probely.list_labels(call)),
        get("/teams/", "teams-list", |probely, call, _| probely.list_teams(call)),
        get("/user-roles/", "user-roles-list", |probely, call, _| probely.list_user_roles(call)),
    ]
});

impl Service for Probely {
    const REQUEST_ID_HEADER: &'static str = "x-request-id";

    fn routes() -> &'static [Route<Self>] {
        &*ROUTES
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
        // Django sends whoever forgot the slash to the path that has it.
        let slashed = format!("{}/", call.path);
        if matches!(find(Self::routes(), &call.method, &slashed), Found::Nothing) {
            return detail(404, "Not found.");
        }
        let query = if call.raw_query.is_empty() { String::new() } else { format!("?{}", call.raw_query) };
        Reply::empty(301).header("location", format!("/probely{slashed}{query}"))
    }

    fn wrong_method(&self, call: &Call) -> Reply {
        detail(405, &format!("Method \"{}\" not allowed.", call.method))
    }
}

/// Every error but a rejected field.
fn detail(status: u16, message: &str) -> Reply {
    let reply = Reply::json(status, &json!({"detail": message}));
    if status == 401 { reply.header("www-authenticate", "JWT realm=\"api\"") } else { reply }
}

/// What is wrong with which field.
fn field_errors(errors: serde_json::Map<String, Value>) -> Reply {
    Reply::json(400, &Value::Object(errors))
}
