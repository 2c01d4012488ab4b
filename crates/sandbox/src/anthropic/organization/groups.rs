//! The groups: a few from the start, with the written changes applied to them, and new ones.

use serde_json::{Value, json};

use super::collection::Collection;
use super::ids::Ids;
use super::links::Links;
use super::roles::{self, OWNER_ACCESS};
use crate::anthropic::errors::Refusal;
use crate::anthropic::records::written;
use crate::clock::{DAY, EPOCH, SECOND};

/// The prefix of the ids of groups.
pub(super) const GROUPS: &str = "rbac_group_01";
/// The number of groups that every organization has.
pub(super) const FIRST_GROUPS: u64 = 4;
/// Names need not be unique.
const NAMES: [&str; 5] = ["Engineering", "Økonomi", "Support", "Owners", "デザイン"];
/// One of them is of a directory, of one the roles cannot be read, and one grants the access of an owner.
const OF_DIRECTORY: u64 = 1;
const UNREAD: u64 = 2;
const OF_OWNERS: u64 = 3;
const STEP: i64 = 7 * 3_600 * SECOND;

/// A group.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) name: String,
    /// Whether it is kept by a directory, and can only be read.
    is_of_directory: bool,
    /// The indexes of its roles; `None` if they cannot be read.
    roles: Option<Vec<u64>>,
    created: i64,
    pub(super) updated: i64,
}

impl Group {
    pub(super) fn new(name: String, now: i64) -> Self {
        Self { name, is_of_directory: false, roles: Some(Vec::new()), created: now, updated: now }
    }

    fn generate(index: u64) -> Self {
        let place = i64::try_from(index).unwrap_or(i64::MAX);
        let created = EPOCH.saturating_add(place.saturating_mul(STEP)).saturating_add(300 * DAY);
        let name = NAMES[usize::try_from(index % 5).unwrap_or(0)].to_owned();
        let roles = match index {
            UNREAD => None,
            OF_OWNERS => Some(vec![OWNER_ACCESS]),
            _ => Some(roles::of_group(index)),
        };
        Self {
            name,
            is_of_directory: index % 5 == OF_DIRECTORY,
            roles,
            created,
            updated: created.saturating_add(45 * DAY + 654_321),
        }
    }

    /// Checks that the group can be changed at all.
    pub(super) fn check_writable(&self) -> Result<(), Refusal> {
        if self.is_of_directory {
            return Err(Refusal::invalid("The group is managed by a directory (SCIM) and can only be read."));
        }
        Ok(())
    }

    /// Checks that the group's access can be given or taken, which is refused if that is, or may be, the access
    /// of an owner.
    pub(super) fn check_access(&self) -> Result<(), Refusal> {
        self.check_writable()?;
        match &self.roles {
            None => {
                let refusal = Refusal::invalid("Whether the group grants the access of an owner is unknown.");
                Err(refusal.with_code("rbac_group_owner_access_unconfirmed"))
            }
            Some(roles) if roles.contains(&OWNER_ACCESS) => {
                let refusal = Refusal::invalid("The group grants the access of an owner.");
                Err(refusal.with_code("rbac_group_grants_owner_access"))
            }
            Some(_) => Ok(()),
        }
    }
}

/// All groups, and the time since when a user is a member of one.
#[derive(Debug)]
pub(super) struct Groups {
    ids: Ids,
    all: Collection<Group>,
    pub(super) members: Links<i64>,
}

impl Groups {
    /// Returns four groups, and one more for every twenty users.
    pub(super) fn new(ids: Ids, users: u64) -> Self {
        let generated = FIRST_GROUPS + users / 20;
        Self { ids, all: Collection::new(generated), members: Links::new((generated, users), member_since) }
    }

    pub(super) fn total(&self) -> u64 {
        self.all.total()
    }

    pub(super) fn has(&self, index: u64) -> bool {
        self.all.has(index)
    }

    pub(super) fn index_of(&self, id: &str) -> Option<u64> {
        self.ids.index_of(GROUPS, id).filter(|index| self.has(*index))
    }

    pub(super) fn id(&self, index: u64) -> String {
        self.ids.id(GROUPS, index)
    }

    pub(super) fn get(&self, index: u64) -> Group {
        self.all.get(index, Group::generate)
    }

    pub(super) fn put(&mut self, index: u64, group: Group) {
        self.all.put(index, group);
    }

    /// Creates a group and returns its index.
    pub(super) fn create(&mut self, group: Group) -> u64 {
        self.all.push(group)
    }

    pub(super) fn delete(&mut self, index: u64) {
        self.all.delete(index);
    }

    pub(super) fn show(&self, index: u64) -> Value {
        let group = self.get(index);
        let ids = |roles: Vec<u64>| roles.into_iter().map(|role| roles::id(self.ids, role)).collect();
        let roles: Option<Vec<String>> = group.roles.map(ids);
        json!({
            "id": self.id(index),
            "type": "rbac_group",
            "name": group.name,
            "source_type": if group.is_of_directory { "scim" } else { "direct" },
            "role_ids": roles,
            "created_at": written(group.created),
            "updated_at": written(group.updated),
        })
    }
}

/// Returns since when a generated user is a member: two of three users of every group.
fn member_since(group: u64, user: u64) -> Option<i64> {
    let place = i64::try_from(user).unwrap_or(i64::MAX);
    let joined = EPOCH.saturating_add(410 * DAY).saturating_add(place.saturating_mul(STEP));
    ((group + user) % 3 != 2).then_some(joined)
}
