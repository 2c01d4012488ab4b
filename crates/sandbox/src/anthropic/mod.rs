//! Anthropic: user profiles, in the shape of the beta date that a request names, and the organization's
//! own people.

mod admin;
mod cursor;
mod handlers;
mod headers;
mod listing;
mod people;
mod records;

use std::sync::{Arc, LazyLock, Mutex};

use axum::http::Method;
use serde_json::json;

use self::records::Records;
use crate::exchange::{Call, Reply};
use crate::options::SandboxOptions;
use crate::route::{Route, Service};

const ORGANIZATION_ID: &str = "5a4d0b0c-5a4d-4b0c-8000-000000000001";
const WORKSPACE_ID: &str = "wrkspc_01SANDBoxSANDBoxSANDBox1";

/// The API under `/anthropic`.
pub(crate) struct Anthropic {
    seed: u64,
    profiles: u64,
    empty_page: bool,
    records: Records,
    /// The indexes in the order of names, made when first asked for: each page needs all of them.
    by_name: Mutex<Option<Arc<[u64]>>>,
}

impl Anthropic {
    pub(crate) fn new(options: &SandboxOptions) -> Self {
        Self {
            seed: options.seed,
            profiles: options.profiles,
            empty_page: options.anthropic_empty_page,
            records: Records::new(options.seed),
            by_name: Mutex::default(),
        }
    }
}

type Handler = fn(&Anthropic, &Call, &[String]) -> Reply;

fn get(path: &'static str, operation: &'static str, handler: Handler) -> Route<Anthropic> {
    Route { method: Method::GET, path, operation, handler }
}

static ROUTES: LazyLock<[Route<Anthropic>; 7]> = LazyLock::new(|| {
    [
        get("/v1/user_profiles", "BetaListUserProfiles", |anthropic, call, _| {
            anthropic.list_user_profiles(call)
        }),
        get("/v1/user_profiles/{user_profile_id}", "BetaGetUserProfile", |anthropic, call, parts| {
            anthropic.get_user_profile(call, &parts[0])
        }),
        get("/v1/organizations/me", "AdminGetOrganization", |anthropic, _, _| anthropic.get_organization()),
        get("/v1/organizations/users", "AdminListUsers", |anthropic, call, _| anthropic.list_org_users(call)),
        get("/v1/organizations/users/{user_id}", "AdminGetUser", |anthropic, call, parts| {
            anthropic.get_org_user(call, &parts[0])
        }),
        get("/v1/organizations/invites", "AdminListInvites", |anthropic, call, _| {
            anthropic.list_invites(call)
        }),
        get("/v1/organizations/invites/{invite_id}", "AdminGetInvite", |anthropic, call, parts| {
            anthropic.get_invite(call, &parts[0])
        }),
    ]
});

impl Service for Anthropic {
    const REQUEST_ID_HEADER: &'static str = "request-id";

    fn routes() -> &'static [Route<Self>] {
        &*ROUTES
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
}

/// The envelope of every error.
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

/// An answer with the headers that say whose data it is.
fn success(body: &serde_json::Value) -> Reply {
    Reply::json(200, body)
        .header("anthropic-organization-id", ORGANIZATION_ID)
        .header("anthropic-workspace-id", WORKSPACE_ID)
}
