//! The organizations, teams and projects of a user.

use serde_json::{Value, json};

use super::Upsun;
use super::cursor::{Dialect, Kind, RequestedPage, count};
use super::errors::{error, problem};
use super::organizations::Organization;
use super::projects;
use super::records::Times;
use crate::exchange::{Call, Reply};
use crate::rng::key;
use crate::server::lock;

const TEAMS: Dialect = Dialect {
    filters: &[("organization_id", Kind::Text), ("updated_at", Kind::Time)],
    sort: &[("created_at", Kind::Time), ("updated_at", Kind::Time)],
};
const PROJECT_ACCESS: Dialect = Dialect {
    filters: &[("organization_id", Kind::Text)],
    sort: &[("project_title", Kind::Text), ("granted_at", Kind::Time), ("updated_at", Kind::Time)],
};
const EXTENDED_ACCESS: Dialect = Dialect {
    filters: &[("resource_type", Kind::Text), ("organization_id", Kind::Text), ("permissions", Kind::Texts)],
    sort: &[],
};

const MAX_TEAMS: u64 = 100;
const MAX_PROJECTS: u64 = 200;
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
        let window = RequestedPage::parse(&call.query, self.records.seed, &path, self.page_size, MAX_TEAMS);
        let selected = TEAMS.select(lock(&self.teams).of_user(index), &call.query);
        match window.and_then(|window| Ok((window, selected?))) {
            Ok((window, teams)) => {
                let total = count(&teams);
                let links = window.links(&self.origin, total);
                let body = json!({"items": window.cut(&teams), "count": total, "_links": links});
                Reply::json(200, &body)
            }
            Err(detail) => error(400, &detail),
        }
    }

    pub(super) fn list_user_project_access(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else {
            return problem(403, "Forbidden", "The user's projects may not be read.");
        };
        let path = format!("/users/{user_id}/project-access");
        let window =
            RequestedPage::parse(&call.query, self.records.seed, &path, self.page_size, MAX_PROJECTS);
        let selected = PROJECT_ACCESS.select(self.project_access(index), &call.query);
        match window.and_then(|window| Ok((window, selected?))) {
            Ok((window, access)) => {
                let links = window.links(&self.origin, count(&access));
                Reply::json(200, &json!({"items": window.cut(&access), "_links": links}))
            }
            Err(detail) => problem(400, "Bad Request", &detail),
        }
    }

    pub(super) fn get_user_project_access(&self, user_id: &str, project_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else {
            return problem(403, "Forbidden", "The user's projects may not be read.");
        };
        let found = self.project_access(index).into_iter().find(|access| access["project_id"] == project_id);
        match found {
            Some(access) => Reply::json(200, &access),
            None => problem(404, "Not Found", "The user has no access to such a project."),
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

    /// Returns the projects that a user may use, with their organization; the first user has the most.
    fn projects(&self, index: u64) -> impl Iterator<Item = (u64, Organization)> + use<> {
        let most = if index == 0 { 6 } else { key(&[self.records.seed, 0x7072_6F6A, index]) % 5 };
        self.first_organizations_of(index).into_iter().flat_map(move |organization| {
            (0..most.saturating_sub(organization.number % 3))
                .map(move |place| (organization.number * projects::OF_ORGANIZATION + place, organization))
        })
    }

    fn project_access(&self, index: u64) -> Vec<Value> {
        let user_id = self.records.user_id(index);
        let access = self.projects(index).map(|(number, organization)| {
            let times = Times::of(self.records.seed, (index % 1_000) * 64 + number);
            let id = projects::id(number);
            let own = format!("/users/{user_id}/project-access/{id}");
            let change = |method: &str| match number % 3 {
                2 => Value::Null,
                _ => json!({"href": own, "method": method}),
            };
            let mut entry = json!({
                "user_id": user_id,
                "organization_id": organization.ulid,
                "project_id": id,
                "project_title": projects::title(number),
                "permissions": permissions(index, number),
                "granted_at": times.created(),
                "_links": {"self": {"href": own}, "update": change("PATCH"), "delete": change("DELETE")},
            });
            if number % 7 != 4 {
                entry["updated_at"] = times.updated().into();
            }
            entry
        });
        access.collect()
    }

    fn extended_access(&self, index: u64) -> Vec<Value> {
        let user_id = self.records.user_id(index);
        let entry = |kind: &str, id: &str, organization: Organization, number: u64, permissions: &[&str]| {
            let times = Times::of(self.records.seed, (index % 1_000) * 64 + number);
            json!({
                "user_id": user_id,
                "resource_id": id,
                "resource_type": kind,
                "organization_id": organization.ulid,
                "permissions": permissions,
                "granted_at": times.created(),
                "updated_at": times.updated(),
            })
        };
        let own = self.organizations_of(index).into_iter().map(|organization| {
            let permissions: &[&str] =
                if index.is_multiple_of(2) { &["admin", "billing", "members"] } else { &["projects:list"] };
            entry("organization", organization.ulid, organization, organization.number, permissions)
        });
        let projects = self.projects(index).map(|(number, organization)| {
            entry("project", &projects::id(number), organization, number, permissions(index, number))
        });
        own.chain(projects).collect()
    }
}

fn permissions(index: u64, project: u64) -> &'static [&'static str] {
    PERMISSIONS[turn(index.wrapping_add(project), 5)]
}

fn turn(number: u64, every: u64) -> usize {
    usize::try_from(number % every).unwrap_or(0)
}
