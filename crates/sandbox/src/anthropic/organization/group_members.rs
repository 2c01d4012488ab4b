//! The operations on the members of groups.

use serde_json::{Value, json};

use super::body::Body;
use super::paging::LARGE;
use super::people::USERS;
use super::{Anthropic, Handled, Organization};
use crate::anthropic::errors::Refusal;
use crate::anthropic::records::written;
use crate::exchange::Call;

impl Anthropic {
    pub(super) fn list_group_members(&self, call: &Call, id: &str) -> Handled {
        let organization = self.organization();
        let group = organization.group(id)?;
        let paging = self.paging(call, LARGE, &format!("members of {id}"))?;
        let page = paging.upwards(organization.staff.count(USERS), |user| {
            organization.member_since(group, user).is_some()
        });
        Ok(page.show_with_has_more(|user| organization.show_group_member(group, user)))
    }

    pub(super) fn add_group_member(&self, call: &Call, id: &str) -> Handled {
        let mut organization = self.organization();
        let group = organization.group(id)?;
        organization.groups.get(group).check_access()?;
        let user = organization.user(Body::read(call)?.required("user_id")?)?;
        if organization.member_since(group, user).is_some() {
            return Err(Refusal::invalid("user_id: is a member of the group already"));
        }
        organization.groups.members.set(group, user, self.clock.now());
        Ok(organization.show_group_member(group, user))
    }

    pub(super) fn remove_group_member(&self, id: &str, user_id: &str) -> Handled {
        let mut organization = self.organization();
        let group = organization.group(id)?;
        organization.groups.get(group).check_access()?;
        let user = organization.user(user_id)?;
        if organization.member_since(group, user).is_none() {
            return Err(Refusal::not_found("The user is not a member of the group."));
        }
        organization.groups.members.remove(group, user);
        Ok(json!({"type": "rbac_group_member_deleted", "rbac_group_id": id, "user_id": user_id}))
    }
}

impl Organization {
    /// Returns since when a user is a member of a group. A removed user is a member of none.
    fn member_since(&self, group: u64, user: u64) -> Option<i64> {
        self.groups.members.get(group, user).filter(|_| self.staff.has_user(user))
    }

    fn show_group_member(&self, group: u64, user: u64) -> Value {
        json!({
            "type": "rbac_group_member",
            "rbac_group_id": self.groups.id(group),
            "user_id": self.ids.id(USERS, user),
            "email": self.staff.user_email(user),
            "created_at": self.member_since(group, user).map(written),
        })
    }
}
