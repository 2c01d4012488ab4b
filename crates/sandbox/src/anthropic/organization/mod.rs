//! The Admin API: the organization with its users, invites, workspaces, groups, roles and service accounts.
//!
//! A record is referred to by its index, and generated from it until it is written.

mod body;
mod collection;
mod group_handlers;
mod group_members;
mod groups;
mod ids;
mod invites;
mod links;
mod paging;
mod people;
mod roles;
mod routes;
mod service_account_handlers;
mod service_account_workspaces;
mod service_accounts;
mod staff;
mod users;
mod workspace_handlers;
mod workspace_input;
mod workspace_members;
mod workspaces;

use serde_json::{Value, json};

use self::groups::Groups;
use self::ids::Ids;
use self::paging::TokenPaging;
use self::people::USERS;
pub(super) use self::routes::routes;
use self::service_account_workspaces::Memberships;
use self::service_accounts::ServiceAccounts;
use self::staff::Staff;
use self::workspace_members::Seats;
use self::workspaces::Workspaces;
use super::errors::Refusal;
use super::{Anthropic, ORGANIZATION_ID};
use crate::exchange::{Call, Reply};

/// The body of a success, or the reason why there is none.
type Handled = Result<Value, Refusal>;

/// The state of the organization.
#[derive(Debug)]
pub(super) struct Organization {
    ids: Ids,
    pub(super) staff: Staff,
    workspaces: Workspaces,
    /// The users in workspaces.
    seats: Seats,
    groups: Groups,
    service_accounts: ServiceAccounts,
    /// The service accounts in workspaces.
    memberships: Memberships,
}

impl Organization {
    pub(super) fn new(seed: u64, profiles: u64) -> Self {
        let ids = Ids::new(seed);
        let staff = Staff::new(seed, ids, profiles);
        let users = staff.count(USERS);
        let workspaces = Workspaces::new(ids, profiles);
        let service_accounts = ServiceAccounts::new(ids, users);
        Self {
            seats: Seats::new(workspaces.generated(), users),
            groups: Groups::new(ids, users),
            memberships: Memberships::new(workspaces.generated(), service_accounts.generated()),
            ids,
            staff,
            workspaces,
            service_accounts,
        }
    }

    /// Returns the id of the actor behind the credential, which belongs to the first user.
    fn actor(&self) -> Option<String> {
        (self.staff.count(USERS) > 0).then(|| self.ids.id(USERS, 0))
    }
}

impl Anthropic {
    /// Reads a request for a page of a listing.
    fn paging(&self, call: &Call, most: u64, listing: &str) -> Result<TokenPaging, Refusal> {
        TokenPaging::parse(&call.query, most, listing, (self.seed, self.empty_page))
    }

    fn get_organization(&self) -> Value {
        json!({
            "id": ORGANIZATION_ID,
            "name": format!("Sandbox Ünlimited {}", self.seed),
            "type": "organization",
        })
    }
}

/// Adds the header with the owner of the data. A credential of the Admin API is not bound to a workspace.
fn reply(call: &Call, handled: Handled) -> Reply {
    match handled {
        Ok(body) => Reply::json(200, &body).header("anthropic-organization-id", ORGANIZATION_ID),
        Err(refusal) => refusal.reply(call),
    }
}
