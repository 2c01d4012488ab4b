//! The operations on users.

use serde_json::{Value, json};

use super::body::Body;
use super::paging::{IdPaging, id_page, list};
use super::people::{ROLES, USERS};
use super::{Anthropic, Handled, Organization};
use crate::anthropic::errors::Refusal;
use crate::anthropic::headers::{has_beta, is_admin_token};
use crate::exchange::{Call, Query};

/// The roles that can be granted; the others can only be read. That the same holds for invites is inferred.
pub(super) const SETTABLE: [&str; 5] = ["billing", "claude_code_user", "developer", "managed", "user"];
/// The roles whose users cannot be removed.
const KEPT: [&str; 5] = ["admin", "managed", "membership_admin", "owner", "primary_owner"];
const SIGN_OUT_BETA: &str = "admin-user-sign-out-2026-10-08";

impl Anthropic {
    pub(super) fn list_users(&self, call: &Call) -> Handled {
        let staff = &self.organization().staff;
        // A page may also begin at a deleted item.
        let paging = IdPaging::parse(&call.query, |id| staff.place_of(USERS, id))?;
        let roles = roles(&call.query)?;
        let email = call.query.get("email").map(|email| staff.user_with_email(email));
        let (indexes, has_more) = paging.choose(staff.count(USERS), |index| {
            email.is_none_or(|found| found == Some(index))
                && staff.has_user(index)
                && (roles.is_empty() || roles.contains(&staff.role(index)))
        });
        let users: Vec<Value> = indexes.into_iter().map(|index| staff.user(index)).collect();
        Ok(id_page(&users, "id", has_more))
    }

    pub(super) fn get_user(&self, id: &str) -> Handled {
        let organization = self.organization();
        Ok(organization.staff.user(organization.user(id)?))
    }

    /// Changes the role of a user. A role that cannot be granted can be lost: no source says otherwise.
    pub(super) fn update_user(&self, call: &Call, id: &str) -> Handled {
        let mut organization = self.organization();
        let index = organization.user(id)?;
        let role = Body::read(call)?.required_word("role", &SETTABLE)?;
        organization.staff.set_role(index, role);
        Ok(organization.staff.user(index))
    }

    /// Removes a user, who is then in no workspace and no group either.
    pub(super) fn remove_user(&self, id: &str) -> Handled {
        let mut organization = self.organization();
        let index = organization.user(id)?;
        let role = organization.staff.role(index);
        if KEPT.contains(&role) {
            return Err(Refusal::invalid(format!("A user with the role `{role}` cannot be removed.")));
        }
        if organization.staff.has_one_user() {
            let refusal = Refusal::invalid("The last user cannot be removed.");
            return Err(refusal.with_code("cannot_remove_last_member"));
        }
        organization.staff.remove(index);
        Ok(json!({"id": id, "type": "user_deleted"}))
    }

    /// Ends the sessions of a user, which the sandbox does not have.
    pub(super) fn sign_out_user(&self, call: &Call, id: &str) -> Handled {
        if !has_beta(call, SIGN_OUT_BETA) {
            return Err(Refusal::invalid(format!("anthropic-beta: `{SIGN_OUT_BETA}` is required")));
        }
        let organization = self.organization();
        let index = organization.user(id)?;
        // The token belongs to the first user, the admin key to nobody.
        if index == 0 && is_admin_token(call) {
            let refusal = Refusal::invalid("The token's own user cannot be signed out.");
            return Err(refusal.with_code("cannot_sign_out_self"));
        }
        let role = organization.staff.role(index);
        let (status, code) = match role {
            "primary_owner" => (400, "cannot_sign_out_primary_owner"),
            "owner" => (403, "cannot_sign_out_owner"),
            "membership_admin" => (403, "cannot_sign_out_membership_admin"),
            "managed" => (403, "cannot_sign_out_managed_member"),
            "admin" => (403, "cannot_sign_out_privileged_member"),
            _ => return Ok(organization.staff.user(index)),
        };
        let message = format!("A user with the role `{role}` cannot be signed out.");
        Err(Refusal::new(status, message).with_code(code))
    }
}

impl Organization {
    /// Returns the index of a user.
    pub(super) fn user(&self, id: &str) -> Result<u64, Refusal> {
        self.staff.index_of_user(id).ok_or_else(|| Refusal::not_found("There is no such user."))
    }
}

/// Returns the roles to list; all if empty.
pub(super) fn roles(query: &Query) -> Result<Vec<&str>, Refusal> {
    let roles = list(query, "roles[]");
    match roles.iter().find(|role| !ROLES.contains(role)) {
        Some(unknown) => Err(Refusal::invalid(format!("roles: `{unknown}` is not a role"))),
        None => Ok(roles),
    }
}
