//! The organization's users and invites: generated, with the written changes applied to them, followed by the
//! created invites.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::ids::Ids;
use super::people::{DELETED, EXPIRED, INVITES, OrgPeople, PENDING, USERS, index_in_email, normalized};
use crate::anthropic::records::written;
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

impl Invite {
    fn expires(&self) -> i64 {
        self.invited.saturating_add(LIFETIME)
    }
}

/// The people of one sandbox's organization.
#[derive(Debug)]
pub(in crate::anthropic) struct Staff {
    ids: Ids,
    people: OrgPeople,
    /// The number of generated users, and of generated invites.
    generated: u64,
    roles: BTreeMap<u64, &'static str>,
    removed: BTreeSet<u64>,
    sent: Vec<Invite>,
    withdrawn: BTreeSet<u64>,
}

impl Staff {
    /// Returns one fourth of the number of profiles, but at least one if there are any profiles.
    pub(super) fn new(seed: u64, ids: Ids, profiles: u64) -> Self {
        Self {
            ids,
            people: OrgPeople::new(seed, ids),
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
        self.ids.index_of(kind, id).filter(|index| *index < self.count(kind))
    }

    pub(super) fn index_of_user(&self, id: &str) -> Option<u64> {
        self.place_of(USERS, id).filter(|index| self.has_user(*index))
    }

    /// Returns the user with an address. No scan is needed, because the address ends in the index.
    pub(super) fn user_with_email(&self, email: &str) -> Option<u64> {
        let email = normalized(email);
        let index =
            index_in_email(&email).filter(|index| *index < self.generated && self.has_user(*index))?;
        (normalized(&self.people.email(index)) == email).then_some(index)
    }

    /// Returns the id of another user.
    pub(in crate::anthropic) fn another_user(&self, id: &str) -> Option<String> {
        let index = self.index_of_user(id)?;
        let mut others = (index + 1..self.generated).chain(0..index);
        others.find(|other| self.has_user(*other)).map(|other| self.ids.id(USERS, other))
    }

    pub(super) fn has_user(&self, index: u64) -> bool {
        index < self.generated && !self.removed.contains(&index)
    }

    pub(super) fn has_one_user(&self) -> bool {
        self.generated.checked_sub(u64::try_from(self.removed.len()).unwrap_or(u64::MAX)) == Some(1)
    }

    pub(super) fn role(&self, index: u64) -> &'static str {
        self.roles.get(&index).copied().unwrap_or_else(|| OrgPeople::role(index))
    }

    pub(super) fn user_email(&self, index: u64) -> String {
        self.people.email(index)
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

    fn sent(&self, index: u64) -> Option<&Invite> {
        self.sent.get(usize::try_from(index.checked_sub(self.generated)?).ok()?)
    }

    pub(super) fn invite_status(&self, index: u64, now: i64) -> &'static str {
        match self.sent(index) {
            _ if self.withdrawn.contains(&index) => DELETED,
            None => OrgPeople::invite_status(index),
            Some(sent) if now < sent.expires() => PENDING,
            Some(_) => EXPIRED,
        }
    }

    pub(super) fn invite_role(&self, index: u64) -> &'static str {
        self.sent(index).map_or_else(|| OrgPeople::invite_role(index), |sent| sent.role)
    }

    /// Returns the invites with an address.
    pub(super) fn invites_with_email(&self, email: &str) -> BTreeSet<u64> {
        let email = normalized(email);
        let generated = index_in_email(&email).filter(|index| {
            *index < self.generated && normalized(&self.people.invite_email(*index)) == email
        });
        let sent = (self.generated..).zip(&self.sent);
        let sent = sent.filter(|(_, invite)| normalized(&invite.email) == email).map(|(index, _)| index);
        generated.into_iter().chain(sent).collect()
    }

    /// Returns an invite. A withdrawn one stays in the list, with the status `deleted`.
    pub(super) fn invite(&self, index: u64, now: i64) -> Value {
        let mut invite = match self.sent(index) {
            None => self.people.invite(index),
            Some(sent) => json!({
                "id": self.ids.id(INVITES, index),
                "type": "invite",
                "email": sent.email,
                "role": sent.role,
                "invited_at": written(sent.invited),
                "expires_at": written(sent.expires()),
                "accepted_at": null,
                "rbac_group_ids": sent.groups,
            }),
        };
        invite["status"] = self.invite_status(index, now).into();
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
