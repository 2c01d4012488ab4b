//! One profile, the current user, and organization profiles.

use serde_json::Value;

use super::Upsun;
use super::errors::{error, hal_problem, problem};
use super::organizations::{Access, Organization, by_id_or_name, by_ulid};
use super::rules::read_body;
use super::writable::ORGANIZATION;
use crate::exchange::{Call, Reply};
use crate::server::lock;

impl Upsun {
    pub(super) fn get_profile(&self, user_id: &str) -> Reply {
        match self.index_of_user(user_id) {
            Some(index) => Self::hal(&lock(&self.users).profile(index)),
            None => no_such_profile(),
        }
    }

    pub(super) fn get_current_user(&self) -> Reply {
        if self.token_without_user {
            return error(403, "The access token does not belong to a user.");
        }
        Reply::json(200, &Value::Object(lock(&self.users).user(0)))
    }

    pub(super) fn get_org_profile(&self, id: &str) -> Reply {
        match readable(by_id_or_name(id)) {
            Ok(organization) => self.org_profile(organization),
            Err(refusal) => refusal,
        }
    }

    pub(super) fn update_org_profile(&self, call: &Call, id: &str) -> Reply {
        // An update accepts only the id: `name=…` is for reads.
        let organization = match readable(by_ulid(id)) {
            Ok(organization) => organization,
            Err(refusal) => return refusal,
        };
        let mut change = match read_body(call, &ORGANIZATION) {
            Ok(change) => change,
            Err(refusal) => return refusal.of_organization(),
        };
        if !change.is_empty() {
            change.insert("updated_at".to_owned(), self.now().into());
            lock(&self.organizations).change(organization, change);
        }
        self.org_profile(organization)
    }

    fn org_profile(&self, organization: Organization) -> Reply {
        Reply::json(200, &Value::Object(lock(&self.organizations).profile(organization)))
    }
}

pub(super) fn no_such_profile() -> Reply {
    hal_problem(404, "Not Found", "There is no such profile.")
}

/// Returns the organization, if the token may read its profile and its address.
pub(super) fn readable(found: Option<Organization>) -> Result<Organization, Reply> {
    let Some(organization) = found else {
        return Err(problem(404, "Not Found", "There is no such organization."));
    };
    match organization.access {
        Access::Allowed => Ok(organization),
        Access::Moved => {
            Err(problem(403, "This organization profile has moved to the billing profile.", "Forbidden."))
        }
        Access::Denied => Err(problem(403, "Forbidden", "The user may not read this organization.")),
    }
}
