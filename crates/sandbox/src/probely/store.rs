//! The account's users: generated, with the written changes applied to them, followed by the created users.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::change::{Change, Owner};
use super::input::Draft;
use super::records::{CREATED, Records};
use super::user::{Role, User};
use super::written::Written;
use crate::rng::key_of_text;

/// The two lists of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// The list of users.
    People,
    /// API users, which are not in the list of users.
    Services,
}

/// The number of users of a group.
#[derive(Debug, Default)]
struct Size {
    generated: u64,
    created: u64,
}

/// The users of one sandbox.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) records: Records,
    people: Size,
    services: Size,
    /// The deleted users. The API deletes no user: only a fault does.
    removed: BTreeSet<u64>,
    changed: BTreeMap<(Group, u64), Change>,
    /// The users by e-mail address, in lower case, where it is not the generated one.
    emails: BTreeMap<String, u64>,
    pub(super) labels: Arc<Written>,
    pub(super) teams: Written,
    pub(super) owner: Option<Arc<Owner>>,
    /// A key of the changed password, which is not stored.
    password: Option<u64>,
    /// The number of writes. Cached results of an older version are invalid.
    pub(super) version: u64,
}

impl Store {
    pub(super) fn new(records: Records, people: u64, services: u64) -> Self {
        Self {
            records,
            people: Size { generated: people, created: 0 },
            services: Size { generated: services, created: 0 },
            removed: BTreeSet::new(),
            changed: BTreeMap::new(),
            emails: BTreeMap::new(),
            labels: Arc::default(),
            teams: Written::default(),
            owner: None,
            password: None,
            version: 0,
        }
    }

    fn size_of(&self, group: Group) -> &Size {
        match group {
            Group::People => &self.people,
            Group::Services => &self.services,
        }
    }

    pub(super) fn count(&self, group: Group) -> u64 {
        let removed = if group == Group::People { self.removed.len() } else { 0 };
        let Size { generated, created } = self.size_of(group);
        (generated + created).saturating_sub(u64::try_from(removed).unwrap_or(u64::MAX))
    }

    /// Returns the index of the user at this position of the unordered list.
    pub(super) fn index_at(&self, group: Group, place: u64) -> u64 {
        if group == Group::People && !self.removed.is_empty() {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            return self.indexes(group).nth(place).unwrap_or(CREATED);
        }
        let generated = self.size_of(group).generated;
        place.checked_sub(generated).map_or(place, |number| CREATED + number)
    }

    pub(super) fn indexes(&self, group: Group) -> impl Iterator<Item = u64> {
        let size = self.size_of(group);
        let is_there = move |index: &u64| group != Group::People || !self.removed.contains(index);
        (0..size.generated).chain(CREATED..CREATED + size.created).filter(is_there)
    }

    pub(super) fn index_of(&self, group: Group, id: &str) -> Option<u64> {
        let index = match group {
            Group::People => self.records.index_of(id),
            Group::Services => self.records.index_of_api_user(id),
        };
        index.filter(|index| self.has(group, *index))
    }

    /// Returns whether the group has a user with this index.
    pub(super) fn has(&self, group: Group, index: u64) -> bool {
        let size = self.size_of(group);
        match index.checked_sub(CREATED) {
            Some(number) => number < size.created,
            None => index < size.generated && !(group == Group::People && self.removed.contains(&index)),
        }
    }

    /// Deletes the second user of the list and creates another one. Returns whether it did.
    pub(super) fn swap_person(&mut self, now: i64) -> bool {
        let Some(index) = self.indexes(Group::People).nth(1).filter(|index| *index < CREATED) else {
            return false;
        };
        self.removed.insert(index);
        let number = self.people.created;
        let email = Some(format!("swapped.{number}@example.com"));
        let name = Some(format!("Swapped {number}"));
        self.create(Group::People, Draft { name, email, ..Draft::default() }, now);
        true
    }

    pub(super) fn user(&self, group: Group, index: u64) -> User {
        let mut user = match group {
            _ if index >= CREATED => self.records.blank(index, group == Group::Services),
            Group::People => self.records.user(index),
            Group::Services => self.records.api_user(index),
        };
        if let Some(change) = self.changed.get(&(group, index)) {
            user.apply(change);
        }
        user.owner.clone_from(&self.owner);
        user.written_labels = Arc::clone(&self.labels);
        self.settle_teams(&mut user);
        user
    }

    /// Returns the index of a user by e-mail address. A generated address ends in its index, so no scan is
    /// needed.
    pub(super) fn index_of_email(&self, email: &str) -> Option<u64> {
        if let Some(index) = self.emails.get(&email.to_ascii_lowercase()) {
            return Some(*index);
        }
        let index: u64 = email.rsplit_once('@')?.0.rsplit_once('.')?.1.parse().ok()?;
        let is_theirs = |index: u64| self.user(Group::People, index).email.eq_ignore_ascii_case(email);
        (index < self.people.generated && is_theirs(index)).then_some(index)
    }

    /// Creates a user and returns its index.
    pub(super) fn create(&mut self, group: Group, draft: Draft, now: i64) -> u64 {
        let size = match group {
            Group::People => &mut self.people,
            Group::Services => &mut self.services,
        };
        let index = CREATED + size.created;
        size.created += 1;
        self.write(group, index, draft, now);
        index
    }

    pub(super) fn write(&mut self, group: Group, index: u64, draft: Draft, now: i64) {
        self.version += 1;
        let labels = draft.labels.map(|labels| self.resolve_labels(&labels, now));
        let Draft { name, email, title, active, roles, .. } = draft;
        let first_place = self.next_place(group, index);
        let roles = roles.map(|roles| {
            (first_place..).zip(roles).map(|(place, role)| Role { place, ..role }).collect::<Vec<_>>()
        });
        let next_place = roles.iter().flatten().map(|role| role.place + 1).max().unwrap_or(0);
        if let Some(email) = &email {
            self.move_email(index, email);
        }
        let change = Change { name, email, title, active, labels, roles, next_place, changed: now };
        self.apply(group, index, change);
        if (group, index) == (Group::People, 0) {
            let User { name, email, .. } = self.user(group, index);
            self.owner = Some(Arc::new(Owner { name, email }));
        }
    }

    /// Applies a change to a user.
    pub(super) fn apply(&mut self, group: Group, index: u64, change: Change) {
        self.changed.entry((group, index)).or_default().merge(change);
    }

    /// Returns the place of the next role that is assigned to a user.
    pub(super) fn next_place(&self, group: Group, index: u64) -> u64 {
        let written = self.changed.get(&(group, index)).map_or(0, |change| change.next_place);
        let held = self.user(group, index).roles.iter().map(|role| role.place + 1).max();
        held.unwrap_or(0).max(written)
    }

    /// Returns whether this may be the password. Any password is accepted until it was changed.
    pub(super) fn is_password(&self, password: &str) -> bool {
        self.password.is_none_or(|known| known == self.fingerprint(password))
    }

    pub(super) fn set_password(&mut self, password: &str) {
        self.password = Some(self.fingerprint(password));
    }

    fn fingerprint(&self, password: &str) -> u64 {
        key_of_text(self.records.seed, password)
    }

    /// A new e-mail address resets the password: any password is accepted again.
    fn move_email(&mut self, index: u64, email: &str) {
        let folded = email.to_ascii_lowercase();
        let before = self.changed.get(&(Group::People, index)).and_then(|change| change.email.as_ref());
        if let Some(before) = before.map(|before| before.to_ascii_lowercase()) {
            self.emails.remove(&before);
        }
        self.emails.insert(folded, index);
        if index == 0 {
            self.password = None;
        }
    }
}
