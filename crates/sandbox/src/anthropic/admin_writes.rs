//! Writes of the Admin API: the role of a user, and the members of the organization.

use serde_json::{Map, Value, json};

use super::admin::{no_such_invite, no_such_user, success};
use super::input::object;
use super::people::INVITES;
use super::staff::Invite;
use super::{Anthropic, error};
use crate::exchange::{Call, Reply, is_email};
use crate::server::lock;

/// The roles that can be granted; the others can only be read. That the same holds for invites is inferred.
const SETTABLE: [&str; 5] = ["billing", "claude_code_user", "developer", "managed", "user"];

impl Anthropic {
    /// Changes the role of a user. A role that cannot be granted can be lost: no source says otherwise.
    pub(super) fn update_org_user(&self, call: &Call, id: &str) -> Reply {
        let mut staff = lock(&self.staff);
        let Some(index) = staff.index_of_user(id) else { return no_such_user(call) };
        let role = object(call).and_then(|body| settable_role(&body));
        match role {
            Ok(role) => staff.set_role(index, role),
            Err((status, message)) => return error(call, status, message),
        }
        success(&staff.user(index))
    }

    pub(super) fn delete_org_user(&self, call: &Call, id: &str) -> Reply {
        let mut staff = lock(&self.staff);
        let Some(index) = staff.index_of_user(id) else { return no_such_user(call) };
        staff.remove(index);
        success(&json!({"id": id, "type": "user_deleted"}))
    }

    pub(super) fn create_invite(&self, call: &Call) -> Reply {
        let now = self.clock.now();
        let invite = object(call).and_then(|body| {
            let email = body.get("email").and_then(Value::as_str).filter(|email| is_email(email));
            Ok(Invite {
                email: email.ok_or((400, "email: must be an e-mail address"))?.to_owned(),
                role: settable_role(&body)?,
                groups: groups(&body)?,
                invited: now,
            })
        });
        match invite {
            Ok(invite) => {
                let mut staff = lock(&self.staff);
                let index = staff.send(invite);
                success(&staff.invite(index, now))
            }
            Err((status, message)) => error(call, status, message),
        }
    }

    pub(super) fn delete_invite(&self, call: &Call, id: &str) -> Reply {
        let mut staff = lock(&self.staff);
        let Some(index) = staff.place_of(INVITES, id) else { return no_such_invite(call) };
        staff.withdraw(index);
        success(&json!({"id": id, "type": "invite_deleted"}))
    }
}

fn settable_role(body: &Map<String, Value>) -> Result<&'static str, (u16, &'static str)> {
    let role = body.get("role").ok_or((400, "role: is required"))?;
    let known = SETTABLE.iter().find(|known| role == **known);
    known.copied().ok_or((400, "role: is not one that can be given"))
}

fn groups(body: &Map<String, Value>) -> Result<Vec<String>, (u16, &'static str)> {
    const MESSAGE: (u16, &str) = (400, "rbac_group_ids: must be a list of strings");
    let Some(groups) = body.get("rbac_group_ids") else { return Ok(Vec::new()) };
    let groups = groups.as_array().ok_or(MESSAGE)?.iter();
    groups.map(|group| group.as_str().map(str::to_owned).ok_or(MESSAGE)).collect()
}
