//! The access of users to projects: that which comes with an organization, with the changes applied to it, and
//! granted access.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Upsun;
use super::members::Members;
use super::memberships::PERMISSIONS;
use super::organizations::Organization;
use super::projects;
use super::records::Times;
use crate::rng::key;
use crate::server::lock;

/// The written access, by the index of the user and the number of the project. Removed access is `None`.
#[derive(Debug, Default)]
pub(super) struct ProjectAccess(BTreeMap<(u64, u64), Option<Written>>);

#[derive(Debug, Clone)]
struct Written {
    permissions: Vec<String>,
    /// The time of the grant; `None` if the access came with the organization.
    granted: Option<String>,
    updated: String,
}

/// The access of a user to a project.
#[derive(Debug)]
pub(super) struct UserAccess {
    pub(super) project: u64,
    organization: Organization,
    permissions: Vec<String>,
    granted: String,
    updated: String,
    /// Whether the record has the time of the update.
    shows_update: bool,
    /// Whether the token may change and remove it.
    pub(super) is_changeable: bool,
}

impl ProjectAccess {
    pub(super) fn grant(&mut self, index: u64, project: u64, permissions: Vec<String>, now: &str) {
        let (granted, updated) = (Some(now.to_owned()), now.to_owned());
        self.0.insert((index, project), Some(Written { permissions, granted, updated }));
    }

    pub(super) fn change(&mut self, index: u64, project: u64, permissions: Vec<String>, now: &str) {
        let before = self.0.get(&(index, project)).and_then(Option::as_ref);
        let granted = before.and_then(|before| before.granted.clone());
        self.0.insert((index, project), Some(Written { permissions, granted, updated: now.to_owned() }));
    }

    pub(super) fn remove(&mut self, index: u64, project: u64) {
        self.0.insert((index, project), None);
    }

    /// Removes the access of a user to an organization's projects. Access that came with the organization does
    /// not come back with a new membership.
    pub(super) fn leave(&mut self, organization: Organization, index: u64) {
        let is_left = |project: u64| project / projects::OF_ORGANIZATION == organization.number;
        self.0.retain(|(user, project), _| *user != index || !is_left(*project));
    }

    /// Returns the projects that were granted to a user.
    fn granted(&self, index: u64) -> impl Iterator<Item = (u64, &Written)> {
        let of_user = self.0.range((index, 0)..=(index, u64::MAX));
        of_user.filter_map(|((_, project), written)| {
            Some((*project, written.as_ref().filter(|written| written.granted.is_some())?))
        })
    }
}

impl Upsun {
    /// Returns the access of a user to projects; the first user has the most.
    pub(super) fn access_of(
        &self,
        members: &Members,
        written: &ProjectAccess,
        index: u64,
    ) -> Vec<UserAccess> {
        let most = if index == 0 { 6 } else { key(&[self.records.seed, 0x7072_6F6A, index]) % 5 };
        let first = self.first_organizations_of(members, index).into_iter().flat_map(|organization| {
            (0..most.saturating_sub(organization.number % 3))
                .map(move |place| (organization.number * projects::OF_ORGANIZATION + place, organization))
        });
        let with_organization = first.filter_map(|(project, organization)| {
            let access = self.with_organization(index, project, organization);
            match written.0.get(&(index, project)) {
                None => Some(access),
                Some(Some(Written { permissions, granted: None, updated })) => Some(UserAccess {
                    permissions: permissions.clone(),
                    updated: updated.clone(),
                    shows_update: true,
                    ..access
                }),
                // Removed, or granted again.
                Some(_) => None,
            }
        });
        let granted = written.granted(index).filter_map(|(project, written)| {
            let (_, organization) = projects::find(&projects::id(project))?;
            Some(UserAccess {
                project,
                organization,
                permissions: written.permissions.clone(),
                granted: written.granted.clone()?,
                updated: written.updated.clone(),
                shows_update: true,
                is_changeable: true,
            })
        });
        with_organization.chain(granted).collect()
    }

    /// Returns the access that comes with an organization. Some of it cannot be changed.
    fn with_organization(&self, index: u64, project: u64, organization: Organization) -> UserAccess {
        let times = Times::of(self.records.seed, (index % 1_000) * 64 + project);
        let turn = usize::try_from(index.wrapping_add(project) % 5).unwrap_or(0);
        UserAccess {
            project,
            organization,
            permissions: PERMISSIONS[turn].iter().map(|word| (*word).to_owned()).collect(),
            granted: times.created(),
            updated: times.updated(),
            shows_update: project % 7 != 4,
            is_changeable: project % 3 != 2 && organization.is_accessible(),
        }
    }

    /// Returns the access of a user to projects as it is now.
    pub(super) fn current_access(&self, index: u64) -> Vec<UserAccess> {
        let members = lock(&self.members);
        self.access_of(&members, &lock(&self.project_access), index)
    }
}

impl UserAccess {
    /// Returns the record. A link is null if the access cannot be changed.
    pub(super) fn to_json(&self, user_id: &str) -> Value {
        let id = projects::id(self.project);
        let own = format!("/users/{user_id}/project-access/{id}");
        let change = |method: &str| {
            if self.is_changeable { json!({"href": own, "method": method}) } else { Value::Null }
        };
        let mut record = json!({
            "user_id": user_id,
            "organization_id": self.organization.ulid,
            "project_id": id,
            "project_title": projects::title(self.project),
            "permissions": self.permissions,
            "granted_at": self.granted,
            "_links": {"self": {"href": own}, "update": change("PATCH"), "delete": change("DELETE")},
        });
        if self.shows_update {
            record["updated_at"] = self.updated.as_str().into();
        }
        record
    }

    /// Returns the record in the list of all kinds of access.
    pub(super) fn to_extended_json(&self, user_id: &str) -> Value {
        json!({
            "user_id": user_id,
            "resource_id": projects::id(self.project),
            "resource_type": "project",
            "organization_id": self.organization.ulid,
            "permissions": self.permissions,
            "granted_at": self.granted,
            "updated_at": self.updated,
        })
    }
}
