//! The roles that groups grant. They can only be read.

use serde_json::{Value, json};

use super::ids::Ids;
use super::paging::LARGE;
use super::{Anthropic, Handled};
use crate::anthropic::ORGANIZATION_ID;
use crate::anthropic::errors::Refusal;
use crate::anthropic::records::written;
use crate::clock::{DAY, EPOCH};
use crate::exchange::Call;

const ROLES: &str = "rbac_role_01";
/// The index of the role that makes its members owners.
pub(super) const OWNER_ACCESS: u64 = 1;
/// Their names and sources; the last source is undocumented.
const ALL: [(&str, &str); 5] = [
    ("Member", "built_in"),
    ("Owner access", "built_in"),
    ("Redaktør", "custom"),
    ("Nothing yet", "custom"),
    ("Auditor", "partner"),
];
const COUNT: u64 = 5;
const CONNECTOR: &str = "mcpsrv_01SANDBoxConnector";

pub(super) fn id(ids: Ids, index: u64) -> String {
    ids.id(ROLES, index)
}

/// Returns the roles of a generated group: none of them makes its members owners.
pub(super) fn of_group(group: u64) -> Vec<u64> {
    match group % 5 {
        0 => vec![0, 2],
        1 => Vec::new(),
        2 => vec![3],
        3 => vec![4],
        _ => vec![0],
    }
}

impl Anthropic {
    pub(super) fn list_roles(&self, call: &Call) -> Handled {
        let page = self.paging(call, LARGE, "roles")?.upwards(COUNT, |_| true);
        let ids = self.organization().ids;
        Ok(page.show_with_has_more(|index| show(ids, index)))
    }

    pub(super) fn get_role(&self, id: &str) -> Handled {
        let ids = self.organization().ids;
        Ok(show(ids, role(ids, id)?))
    }

    pub(super) fn list_role_permissions(&self, call: &Call, id: &str) -> Handled {
        let role = role(self.organization().ids, id)?;
        let permissions = permissions(role);
        let total = u64::try_from(permissions.len()).unwrap_or(u64::MAX);
        let page = self.paging(call, LARGE, &format!("permissions of {id}"))?.upwards(total, |_| true);
        let at = |index: u64| permissions.get(usize::try_from(index).ok()?).cloned();
        Ok(page.show_with_has_more(|index| at(index).unwrap_or_default()))
    }
}

fn role(ids: Ids, id: &str) -> Result<u64, Refusal> {
    let unknown = || Refusal::not_found("There is no such role.").with_code("rbac_role_not_found");
    ids.index_of(ROLES, id).filter(|index| *index < COUNT).ok_or_else(unknown)
}

fn show(ids: Ids, index: u64) -> Value {
    let (name, source) = ALL[usize::try_from(index).unwrap_or(0)];
    let created = EPOCH.saturating_add(i64::try_from(index).unwrap_or(0) * 11 * DAY);
    json!({
        "id": id(ids, index),
        "type": "rbac_role",
        "display_name": name,
        "source": {"type": source},
        "created_at": written(created),
        "updated_at": written(created.saturating_add(30 * DAY + 250_000)),
    })
}

fn permissions(role: u64) -> Vec<Value> {
    let permission = |action: &str, resource: Value| json!({"type": "rbac_role_permission", "action": action, "resource": resource});
    let organization = json!({"type": "organization", "organization_id": ORGANIZATION_ID});
    let connector = json!({"type": "connector", "connector_id": CONNECTOR});
    let tool = |name: &str| json!({"type": "connector_tool", "connector_id": CONNECTOR, "tool_name": name});
    let all = json!({"type": "all_connectors"});
    match role {
        0 => vec![permission("capability_access_all_ga", organization)],
        // Blanket permissions, and beside them one that they include.
        OWNER_ACCESS => vec![
            permission("capability_access_all", organization.clone()),
            permission("capability_access_all_ga", organization),
            permission("always_allow", all),
            permission("interactive", connector),
        ],
        2 => vec![
            permission("use", tool("search_tickets")),
            permission("use", tool("søk")),
            permission(
                "grant",
                json!({"type": "connector_scope", "connector_id": CONNECTOR, "scope": "repo_0f3c"}),
            ),
            permission("interactive", connector),
        ],
        4 => vec![permission("read_audit", organization), permission("interactive", all)],
        _ => Vec::new(),
    }
}
