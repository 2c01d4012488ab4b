//! The operations on a user's access to projects.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Upsun;
use super::cursor::{Dialect, Kind};
use super::errors::member_error;
use super::organizations::Organization;
use super::project_access::ProjectAccess;
use super::projects;
use super::rules::{Rule, Writable, read_whole_body};
use crate::exchange::{Call, Reply};
use crate::server::lock;

const ACCESS: Dialect = Dialect {
    filters: &[("organization_id", Kind::Text)],
    sort: &[("project_title", Kind::Text), ("granted_at", Kind::Time), ("updated_at", Kind::Time)],
};
const MAX_PROJECTS: u64 = 200;
const WORDS: [&str; 11] = [
    "admin",
    "viewer",
    "development:admin",
    "development:contributor",
    "development:viewer",
    "staging:admin",
    "staging:contributor",
    "staging:viewer",
    "production:admin",
    "production:contributor",
    "production:viewer",
];
const PERMISSIONS: [Writable; 1] = [("permissions", Rule::Words(&WORDS))];

/// A project, and the permissions to grant there.
type Grant = (u64, Organization, Vec<String>);

impl Upsun {
    pub(super) fn list_user_project_access(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return not_readable() };
        let path = format!("/users/{user_id}/project-access");
        let all = self.current_access(index).iter().map(|access| access.to_json(user_id)).collect();
        match self.page(&call.query, &ACCESS, (&path, MAX_PROJECTS), all) {
            Ok((body, _)) => Reply::json(200, &body),
            Err(detail) => member_error(400, &detail),
        }
    }

    pub(super) fn get_user_project_access(&self, user_id: &str, project_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return not_readable() };
        let found =
            self.current_access(index).into_iter().find(|access| projects::id(access.project) == project_id);
        found.map_or_else(no_access, |access| Reply::json(200, &access.to_json(user_id)))
    }

    /// Grants all projects of the body, or none. Whoever gets access to a project becomes a member of its
    /// organization, without permissions.
    pub(super) fn grant_user_project_access(&self, call: &Call, user_id: &str) -> Reply {
        // The document lists no 404 here.
        let Some(index) = self.index_of_user(user_id) else { return not_changeable() };
        let grants = match read_grants(call) {
            Ok(grants) => grants,
            Err(refusal) => return refusal,
        };
        let mut members = lock(&self.members);
        let mut written = lock(&self.project_access);
        let before: BTreeSet<u64> =
            self.access_of(&members, &written, index).iter().map(|access| access.project).collect();
        if grants.iter().any(|(project, ..)| before.contains(project)) {
            return member_error(409, "The user has access to such a project already.");
        }
        let now = self.now();
        for (project, organization, permissions) in grants {
            if self.members_of(&members, organization).find(user_id).is_none() {
                members.add(organization, index, Vec::new(), &now);
            }
            written.grant(index, project, permissions, &now);
        }
        Reply::empty(204)
    }

    /// Replaces the permissions.
    pub(super) fn update_user_project_access(&self, call: &Call, user_id: &str, project_id: &str) -> Reply {
        let body = match read_whole_body(call, &PERMISSIONS) {
            Ok(body) => body,
            Err(refusal) => return refusal.of_member(),
        };
        let permissions = words(&body);
        self.change_access(user_id, project_id, |written, index, project| {
            written.change(index, project, permissions, &self.now());
        })
    }

    /// Removes the access. The user stays in the organization.
    pub(super) fn remove_user_project_access(&self, user_id: &str, project_id: &str) -> Reply {
        self.change_access(user_id, project_id, ProjectAccess::remove)
    }

    fn change_access(
        &self,
        user_id: &str,
        project_id: &str,
        change: impl FnOnce(&mut ProjectAccess, u64, u64),
    ) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return not_changeable() };
        let members = lock(&self.members);
        let mut written = lock(&self.project_access);
        let found = self
            .access_of(&members, &written, index)
            .into_iter()
            .find(|access| projects::id(access.project) == project_id);
        match found {
            None => no_access(),
            // What a missing link means is inferred.
            Some(access) if !access.is_changeable => not_changeable(),
            Some(access) => {
                change(&mut written, index, access.project);
                Reply::empty(204)
            }
        }
    }
}

fn read_grants(call: &Call) -> Result<Vec<Grant>, Reply> {
    if !call.is_json() {
        return Err(member_error(415, "The body must be JSON."));
    }
    let Ok(items) = serde_json::from_slice::<Vec<Map<String, Value>>>(&call.body) else {
        return Err(member_error(400, "The body must be a list of objects."));
    };
    let grants = items.iter().map(read_grant).collect::<Result<Vec<_>, _>>()?;
    let projects: BTreeSet<u64> = grants.iter().map(|(project, ..)| *project).collect();
    match grants.len() {
        0 => Err(member_error(400, "The body must name a project.")),
        length if length > projects.len() => {
            Err(member_error(400, "The body must not name a project twice."))
        }
        _ => Ok(grants),
    }
}

/// Reads an item, which the document allows no other fields.
fn read_grant(item: &Map<String, Value>) -> Result<Grant, Reply> {
    if let Some(other) = item.keys().find(|name| !["project_id", "permissions"].contains(&name.as_str())) {
        return Err(member_error(400, &format!("{other}: This field is not allowed.")));
    }
    let Some(id) = item.get("project_id").and_then(Value::as_str) else {
        return Err(member_error(400, "project_id: This value is required, and should be of type string."));
    };
    let listed = item.get("permissions").and_then(Value::as_array);
    if !listed.is_some_and(|listed| listed.iter().all(|word| WORDS.iter().any(|known| word == known))) {
        return Err(member_error(400, "permissions: A list of permissions of projects is required."));
    }
    match projects::find(id).filter(|(_, organization)| organization.status != "deleted") {
        None => Err(member_error(400, &format!("project_id: There is no project \"{id}\"."))),
        Some((_, organization)) if !organization.is_accessible() => Err(not_changeable()),
        Some((project, organization)) => Ok((project, organization, words(item))),
    }
}

/// Returns the permissions of a body.
fn words(body: &Map<String, Value>) -> Vec<String> {
    let words = body.get("permissions").and_then(Value::as_array).into_iter().flatten();
    words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

fn not_readable() -> Reply {
    member_error(403, "The user's projects may not be read.")
}

fn not_changeable() -> Reply {
    member_error(403, "The user's access may not be changed.")
}

fn no_access() -> Reply {
    member_error(404, "The user has no access to such a project.")
}
