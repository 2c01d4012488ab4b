//! The operations on invites.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::body::Body;
use super::paging::{IdPaging, id_page, list};
use super::people::{ACCEPTED, EXPIRED, INVITES, PENDING};
use super::staff::Invite;
use super::users::{SETTABLE, roles};
use super::{Anthropic, Handled, Organization};
use crate::anthropic::errors::Refusal;
use crate::exchange::{Call, is_email};

/// The statuses that can be listed. The others are in the complete list only.
const STATUSES: [&str; 3] = [ACCEPTED, EXPIRED, PENDING];

impl Anthropic {
    pub(super) fn list_invites(&self, call: &Call) -> Handled {
        let (organization, now) = (self.organization(), self.clock.now());
        let staff = &organization.staff;
        let paging = IdPaging::parse(&call.query, |id| staff.place_of(INVITES, id))?;
        let (roles, statuses) = (roles(&call.query)?, list(&call.query, "statuses[]"));
        if let Some(unknown) = statuses.iter().find(|status| !STATUSES.contains(status)) {
            return Err(Refusal::invalid(format!("statuses: `{unknown}` cannot be listed")));
        }
        let found: Option<BTreeSet<u64>> =
            call.query.get("email").map(|email| staff.invites_with_email(email));
        let (indexes, has_more) = paging.choose(staff.count(INVITES), |index| {
            found.as_ref().is_none_or(|found| found.contains(&index))
                && (roles.is_empty() || roles.contains(&staff.invite_role(index)))
                && (statuses.is_empty() || statuses.contains(&staff.invite_status(index, now)))
        });
        let invites: Vec<Value> =
            indexes.into_iter().map(|index| organization.show_invite(index, now)).collect();
        Ok(id_page(&invites, "id", has_more))
    }

    pub(super) fn create_invite(&self, call: &Call) -> Handled {
        let (mut organization, now) = (self.organization(), self.clock.now());
        let body = Body::read(call)?;
        let email = body.required("email")?;
        if !is_email(email) {
            return Err(Refusal::invalid("email: must be an e-mail address"));
        }
        let role = body.required_word("role", &SETTABLE)?;
        let groups = organization.groups_of(&body)?;
        if organization.staff.user_with_email(email).is_some() {
            let refusal = Refusal::invalid("email: is that of a user of the organization");
            return Err(refusal.with_code("already_member"));
        }
        let mut others = organization.staff.invites_with_email(email).into_iter();
        if others.any(|index| organization.staff.invite_status(index, now) == PENDING) {
            let refusal = Refusal::invalid("email: has a pending invite");
            return Err(refusal.with_code("invite_already_exists"));
        }
        let index = organization.staff.send(Invite { email: email.to_owned(), role, groups, invited: now });
        Ok(organization.show_invite(index, now))
    }

    pub(super) fn get_invite(&self, id: &str) -> Handled {
        let organization = self.organization();
        Ok(organization.show_invite(organization.invite(id)?, self.clock.now()))
    }

    pub(super) fn delete_invite(&self, id: &str) -> Handled {
        let mut organization = self.organization();
        let index = organization.invite(id)?;
        match organization.staff.invite_status(index, self.clock.now()) {
            PENDING => organization.staff.withdraw(index),
            status => {
                let message = format!("The invite is {status}; only a pending one can be deleted.");
                return Err(Refusal::invalid(message));
            }
        }
        Ok(json!({"id": id, "type": "invite_deleted"}))
    }
}

impl Organization {
    fn invite(&self, id: &str) -> Result<u64, Refusal> {
        self.staff.place_of(INVITES, id).ok_or_else(|| Refusal::not_found("There is no such invite."))
    }

    /// Returns an invite with those of its groups that still exist.
    fn show_invite(&self, index: u64, now: i64) -> Value {
        let mut invite = self.staff.invite(index, now);
        if let Some(groups) = invite["rbac_group_ids"].as_array_mut() {
            groups.retain(|id| id.as_str().is_some_and(|id| self.groups.index_of(id).is_some()));
        }
        invite
    }

    /// Returns the groups that an invite is for.
    fn groups_of(&self, body: &Body) -> Result<Vec<String>, Refusal> {
        let wrong = || Refusal::invalid("rbac_group_ids: must be a list of strings");
        let Some(groups) = body.field("rbac_group_ids") else { return Ok(Vec::new()) };
        let groups = groups.as_array().ok_or_else(wrong)?.iter();
        let ids = groups.map(|id| {
            let id = id.as_str().ok_or_else(wrong)?;
            // This operation has no 404 in the reference.
            let unknown = || Refusal::invalid(format!("rbac_group_ids: there is no group `{id}`"));
            self.groups.index_of(id).map(|_| id.to_owned()).ok_or_else(unknown)
        });
        ids.collect()
    }
}
