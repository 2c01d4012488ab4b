//! The organizations and teams of a user, and all kinds of access in one list.

use serde_json::{Value, json};

use super::Upsun;
use super::cursor::{Dialect, Kind};
use super::errors::{error, problem};
use super::organizations::Organization;
use super::records::Times;
use crate::exchange::{Call, Reply};
use crate::server::lock;

const TEAMS: Dialect = Dialect {
    filters: &[("organization_id", Kind::Text), ("updated_at", Kind::Time)],
    sort: &[("created_at", Kind::Time), ("updated_at", Kind::Time)],
};
const EXTENDED_ACCESS: Dialect = Dialect {
    filters: &[("resource_type", Kind::Text), ("organization_id", Kind::Text), ("permissions", Kind::Texts)],
    sort: &[],
};

const MAX_TEAMS: u64 = 100;
/// The last one is undocumented.
pub(super) const PERMISSIONS: [&[&str]; 5] = [
    &["admin"],
    &["viewer", "staging:contributor"],
    &["viewer", "development:admin", "production:viewer"],
    &[],
    &["viewer", "preview:admin"],
];

impl Upsun {
    pub(super) fn list_user_organizations(&self, call: &Call, user_id: &str) -> Reply {
        match self.index_of_user(user_id) {
            Some(index) => {
                let path = format!("/users/{user_id}/organizations");
                self.page_of_organizations(call, &path, self.organizations_of(index).into_iter())
            }
            None => problem(403, "Forbidden", "The user's organizations may not be read."),
        }
    }

    pub(super) fn list_user_teams(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else {
            return error(404, "There is no such user.");
        };
        let path = format!("/users/{user_id}/teams");
        let teams = lock(&self.teams).of_user(index);
        match self.page(&call.query, &TEAMS, (&path, MAX_TEAMS), teams) {
            Ok((mut body, total)) => {
                body["count"] = total.into();
                Reply::json(200, &body)
            }
            Err(detail) => error(400, &detail),
        }
    }

    pub(super) fn list_user_extended_access(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else {
            return error(403, "The user's access may not be read.");
        };
        match EXTENDED_ACCESS.select(self.extended_access(index), &call.query) {
            Ok(items) => {
                let mut links = json!({"self": {"href": format!("/users/{user_id}/extended-access")}});
                self.refer_to_teams(&mut links, index);
                Reply::json(200, &json!({"items": items, "_links": links}))
            }
            Err(detail) => error(400, &detail),
        }
    }

    fn extended_access(&self, index: u64) -> Vec<Value> {
        let user_id = self.records.user_id(index);
        let organizations = self.organizations_of(index).into_iter().map(|organization| {
            let times = Times::of(self.records.seed, (index % 1_000) * 64 + organization.number);
            json!({
                "user_id": user_id,
                "resource_id": organization.ulid,
                "resource_type": "organization",
                "organization_id": organization.ulid,
                "permissions": self.organization_permissions(organization, index),
                "granted_at": times.created(),
                "updated_at": times.updated(),
            })
        });
        let projects = self.current_access(index);
        organizations.chain(projects.iter().map(|access| access.to_extended_json(&user_id))).collect()
    }

    /// Returns the permissions of a user in an organization: the written ones, if there are any.
    fn organization_permissions(&self, organization: Organization, index: u64) -> Value {
        let members = lock(&self.members);
        let members = self.members_of(&members, organization);
        let seat = members.find(&self.records.user_id(index));
        match seat.and_then(|seat| members.written_permissions(seat)) {
            Some(written) => json!(written),
            None if index.is_multiple_of(2) => json!(["admin", "billing", "members"]),
            None => json!(["projects:list"]),
        }
    }
}
