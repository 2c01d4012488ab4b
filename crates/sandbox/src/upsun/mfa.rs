//! The second factor that an organization requires of its members.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Upsun;
use super::errors::error;
use super::organizations::{Access, Organization, by_id_or_name, by_ulid};
use super::rules::{Rule, Writable, read_whole_body};
use crate::exchange::{Call, Reply};
use crate::server::lock;

const USERS: [Writable; 1] = [("user_ids", Rule::List)];

/// The numbers of the organizations that require a second factor.
#[derive(Debug)]
pub(super) struct Enforcement(BTreeSet<u64>);

impl Default for Enforcement {
    /// The second organization requires it from the start. The token's user has one.
    fn default() -> Self {
        Self(BTreeSet::from([1]))
    }
}

impl Upsun {
    pub(super) fn get_mfa_enforcement(&self, id: &str) -> Reply {
        match allowed(by_id_or_name(id)) {
            Ok(organization) => {
                let is_enforced = lock(&self.enforcement).0.contains(&organization.number);
                Reply::json(200, &json!({"enforce_mfa": is_enforced}))
            }
            Err(refusal) => refusal,
        }
    }

    pub(super) fn enforce_mfa(&self, id: &str, is_enforced: bool) -> Reply {
        let organization = match allowed(by_ulid(id)) {
            Ok(organization) => organization,
            Err(refusal) => return refusal,
        };
        let enforcement = &mut lock(&self.enforcement).0;
        if is_enforced {
            enforcement.insert(organization.number);
        } else {
            enforcement.remove(&organization.number);
        }
        Reply::empty(204)
    }

    /// Reminds users. A failure for one of them is part of a success.
    pub(super) fn remind_of_mfa(&self, call: &Call, id: &str) -> Reply {
        let organization = match allowed(by_ulid(id)) {
            Ok(organization) => organization,
            Err(refusal) => return refusal,
        };
        let body = match read_whole_body(call, &USERS) {
            Ok(body) => body,
            Err(refusal) => return refusal.of_user(),
        };
        let mut results = Map::new();
        for user_id in body.get("user_ids").and_then(Value::as_array).into_iter().flatten() {
            let Some(user_id) = user_id.as_str() else {
                return error(400, "user_ids: This value should be of type string.");
            };
            let (code, message) = self.remind(organization, user_id);
            results.insert(user_id.to_owned(), json!({"code": code, "message": message}));
        }
        Reply::json(200, &Value::Object(results))
    }

    fn remind(&self, organization: Organization, user_id: &str) -> (u16, &'static str) {
        let is_member = self.members_of(&lock(&self.members), organization).find(user_id).is_some();
        match self.index_of_user(user_id).filter(|_| is_member) {
            None => (404, "There is no such member."),
            Some(index) if lock(&self.users).user(index).get("mfa_enabled") == Some(&Value::Bool(true)) => {
                (403, "The user has a second factor already.")
            }
            Some(_) => (200, "sent"),
        }
    }
}

/// Returns the organization, if the token may administer it. Whether it exists is not told.
fn allowed(found: Option<Organization>) -> Result<Organization, Reply> {
    found
        .filter(|organization| organization.access != Access::Denied && organization.status != "deleted")
        .ok_or_else(|| error(403, "The user may not administer this organization."))
}
