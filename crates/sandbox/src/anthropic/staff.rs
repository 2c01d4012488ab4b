//! The organization's users and invites: generated, with the written changes applied to them, followed by the
//! created invites.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::people::{INVITES, OrgPeople};
use super::records::written;
use crate::clock::DAY;

/// The validity of an invite, the same as that of generated ones.
const LIFETIME: i64 = 21 * DAY;

/// A created invite.
#[derive(Debug)]
pub(super) struct Invite {
    pub(super) email: String,
    pub(super) role: &'static str,
    pub(super) groups: Vec<String>,
    pub(super) invited: i64,
}

/// The people of one sandbox's organization.
#[derive(Debug)]
pub(super) struct Staff {
    pub(super) people: OrgPeople,
    /// The number of generated users, and of generated invites.
    generated: u64,
    roles: BTreeMap<u64, &'static str>,
    removed: BTreeSet<u64>,
    sent: Vec<Invite>,
    withdrawn: BTreeSet<u64>,
}

impl Staff {
    /// Returns one fourth of the number of profiles, but at least one if there are any profiles.
    pub(super) fn new(seed: u64, profiles: u64) -> Self {
        Self {
            people: OrgPeople::new(seed),
            generated: (profiles / 4).max(1).min(profiles),
            roles: BTreeMap::new(),
            removed: BTreeSet::new(),
            sent: Vec::new(),
            withdrawn: BTreeSet::new(),
        }
    }

    /// Returns the number of users or invites that exist or existed.
    pub(super) fn count(&self, kind: &str) -> u64 {
        let sent = u64::try_from(self.sent.len()).unwrap_or(u64::MAX);
        self.generated + if kind == INVITES { sent } else { 0 }
    }

    /// Returns the index of a user or invite that exists or existed.
    pub(super) fn place_of(&self, kind: &str, id: &str) -> Option<u64> {
        self.people.index_of(kind, id).filter(|index| *index < self.count(kind))
    }

    pub(super) fn index_of_user(&self, id: &str) -> Option<u64> {
        self.place_of(super::people::USERS, id).filter(|index| self.has_user(*index))
    }

    /// Returns the id of another user.
    pub(super) fn another_user(&self, id: &str) -> Option<String> {
        let index = self.index_of_user(id)?;
        let mut others = (index + 1..self.generated).chain(0..index);
        others.find(|other| self.has_user(*other)).map(|other| self.people.id(super::people::USERS, other))
    }

    pub(super) fn has_user(&self, index: u64) -> bool {
        !self.removed.contains(&index)
    }

    pub(super) fn role(&self, index: u64) -> &'static str {
        self.roles.get(&index).copied().unwrap_or_else(|| OrgPeople::role(index))
    }

    pub(super) fn user(&self, index: u64) -> Value {
        let mut user = self.people.user(index);
        user["role"] = self.role(index).into();
        user
    }

    pub(super) fn set_role(&mut self, index: u64, role: &'static str) {
        self.roles.insert(index, role);
    }

    pub(super) fn remove(&mut self, index: u64) {
        self.roles.remove(&index);
        self.removed.insert(index);
    }

    /// Withdraws an invite. It stays in the list, with the status `deleted`.
    pub(super) fn invite(&self, index: u64, now: i64) -> Value {
        let number = index.checked_sub(self.generated).and_then(|number| usize::try_from(number).ok());
        let mut invite = match number.and_then(|number| self.sent.get(number)) {
            None => self.people.invite(index),
            Some(sent) => {
                let expires = sent.invited.saturating_add(LIFETIME);
                json!({
                    "id": self.people.id(INVITES, index),
                    "type": "invite",
                    "email": sent.email,
                    "role": sent.role,
                    "status": if now < expires { "pending" } else { "expired" },
                    "invited_at": written(sent.invited),
                    "expires_at": written(expires),
                    "accepted_at": null,
                    "rbac_group_ids": sent.groups,
                })
            }
        };
        if self.withdrawn.contains(&index) {
            invite["status"] = "deleted".into();
        }
        invite
    }

    /// Creates an invite and returns its index.
    pub(super) fn send(&mut self, invite: Invite) -> u64 {
        let index = self.count(INVITES);
        self.sent.push(invite);
        index
    }

    pub(super) fn withdraw(&mut self, index: u64) {
        self.withdrawn.insert(index);
    }
}
