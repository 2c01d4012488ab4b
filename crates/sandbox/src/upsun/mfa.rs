//! The second factor that an organization requires of its members.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Upsun;
use super::errors::error;
use super::organizations::{Access, Organization, by_id_or_name, by_ulid};
use super::rules::{Rule, Writable, read_body};
use crate::exchange::{Call, Reply};
use crate::server::lock;

const USERS: [Writable; 1] = [("user_ids", Rule::List)];

/// The code and message for a user that was reminded.
const SENT: (u16, &str) = (200, "sent");

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
        // Only who has a second factor may require one.
        if is_enforced && !lock(&self.users).has_second_factor(0) {
            return error(403, "The user has no second factor.");
        }
        let enforcement = &mut lock(&self.enforcement).0;
        if is_enforced {
            enforcement.insert(organization.number);
        } else {
            enforcement.remove(&organization.number);
        }
        Reply::empty(204)
    }

    /// Reminds users: those of the body, or without a list every member that has no second factor. That is
    /// inferred: the document has the list as optional. A failure for one user is part of a success.
    pub(super) fn remind_of_mfa(&self, call: &Call, id: &str) -> Reply {
        let organization = match allowed(by_ulid(id)) {
            Ok(organization) => organization,
            Err(refusal) => return refusal,
        };
        // The body is optional too.
        let body = if call.body.is_empty() { Ok(Map::new()) } else { read_body(call, &USERS) };
        let body = match body {
            Ok(body) => body,
            Err(refusal) => return refusal.of_user(),
        };
        let mut results = Map::new();
        let Some(user_ids) = body.get("user_ids").and_then(Value::as_array) else {
            for user_id in self.members_without_second_factor(organization) {
                let (code, message) = SENT;
                results.insert(user_id, json!({"code": code, "message": message}));
            }
            return Reply::json(200, &Value::Object(results));
        };
        for user_id in user_ids {
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
            Some(index) if lock(&self.users).has_second_factor(index) => {
                (403, "The user has a second factor already.")
            }
            Some(_) => SENT,
        }
    }

    /// Returns the ids of the members that exist as users and have no second factor.
    fn members_without_second_factor(&self, organization: Organization) -> Vec<String> {
        let members = lock(&self.members);
        let members = self.members_of(&members, organization);
        let ids = (0..members.total()).map(|place| members.user_id(members.at(place)));
        let users = lock(&self.users);
        ids.filter(|id| users.index_of(id).is_some_and(|index| !users.has_second_factor(index))).collect()
    }
}

/// Returns the organization, if the token may administer it. Whether it exists is not told.
fn allowed(found: Option<Organization>) -> Result<Organization, Reply> {
    found
        .filter(|organization| organization.access != Access::Denied && organization.status != "deleted")
        .ok_or_else(|| error(403, "The user may not administer this organization."))
}
