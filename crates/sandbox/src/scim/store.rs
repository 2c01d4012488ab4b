//! The users and groups: generated, unless they were written or deleted, followed by the created ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::groups;
use super::ids::Ids;
use super::path::Record;
use super::resource::{Resource, location};
use super::schema::{Kind, USER_SCHEMA};
use super::users;
use crate::clock::{SECOND, stamp};

/// What was written of one kind of resource.
#[derive(Debug, Default)]
struct Collection {
    generated: u64,
    created: u64,
    /// Resources that are listed before all others. Only a fault makes some.
    front: Vec<u64>,
    written: BTreeMap<u64, Resource>,
    deleted: BTreeSet<u64>,
}

impl Collection {
    fn has(&self, index: u64) -> bool {
        index < self.generated + self.created && !self.deleted.contains(&index)
    }

    /// Returns the indexes in the order of the list.
    fn indexes(&self) -> impl Iterator<Item = u64> {
        let others = (0..self.generated + self.created).filter(|index| !self.front.contains(index));
        self.front.iter().copied().chain(others).filter(|index| !self.deleted.contains(index))
    }
}

/// The resources of one sandbox.
#[derive(Debug)]
pub(super) struct Store {
    ids: Ids,
    base_url: String,
    users: Collection,
    groups: Collection,
    /// The users by user name, in lower case, where it was written.
    names: BTreeMap<String, u64>,
    /// The number of writes. Cached results of an older version are invalid.
    pub(super) version: u64,
}

impl Store {
    pub(super) fn new(seed: u64, base_url: &str, profiles: u64) -> Self {
        Self {
            ids: Ids::new(seed),
            base_url: base_url.to_owned(),
            users: Collection { generated: profiles, ..Collection::default() },
            groups: Collection { generated: groups::count(profiles), ..Collection::default() },
            names: BTreeMap::new(),
            version: 0,
        }
    }

    fn of(&self, kind: Kind) -> &Collection {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut Collection {
        match kind {
            Kind::User => &mut self.users,
            Kind::Group => &mut self.groups,
        }
    }

    fn id(&self, kind: Kind, index: u64) -> String {
        match kind {
            Kind::User => self.ids.user(index),
            Kind::Group => self.ids.group(index),
        }
    }

    pub(super) fn index_of(&self, kind: Kind, id: &str) -> Option<u64> {
        let index = match kind {
            Kind::User => self.ids.index_of_user(id),
            Kind::Group => self.ids.index_of_group(id),
        };
        index.filter(|index| self.of(kind).has(*index))
    }

    /// Returns whether there is a resource with this index.
    pub(super) fn has(&self, kind: Kind, index: u64) -> bool {
        self.of(kind).has(index)
    }

    pub(super) fn count(&self, kind: Kind) -> u64 {
        let collection = self.of(kind);
        (collection.generated + collection.created).saturating_sub(self.deleted(kind))
    }

    /// Returns how many were deleted.
    pub(super) fn deleted(&self, kind: Kind) -> u64 {
        u64::try_from(self.of(kind).deleted.len()).unwrap_or(u64::MAX)
    }

    pub(super) fn indexes(&self, kind: Kind) -> impl Iterator<Item = u64> {
        self.of(kind).indexes()
    }

    /// Returns the indexes at some places of the list, without a walk through it where nothing moved.
    pub(super) fn indexes_at(&self, kind: Kind, first: u64, count: u64) -> Vec<u64> {
        let collection = self.of(kind);
        let end = first.saturating_add(count);
        if collection.deleted.is_empty() && collection.front.is_empty() {
            return (first..end.min(collection.generated + collection.created)).collect();
        }
        let skip = usize::try_from(first).unwrap_or(usize::MAX);
        collection.indexes().skip(skip).take(usize::try_from(count).unwrap_or(usize::MAX)).collect()
    }

    /// Returns a resource as it is stored.
    pub(super) fn resource(&self, kind: Kind, index: u64) -> Resource {
        match (self.of(kind).written.get(&index), kind) {
            (Some(written), _) => written.clone(),
            (None, Kind::User) => users::generated(self.ids, index),
            (None, Kind::Group) => groups::generated(self.ids, index, self.users.generated),
        }
    }

    /// Returns a resource as it is shown.
    pub(super) fn shown(&self, kind: Kind, index: u64) -> Record {
        let mut resource = self.resource(kind, index);
        let derived = match kind {
            Kind::User => self.groups_of(index).map(|groups| ("groups", groups)),
            Kind::Group => {
                resource.fields.remove("members").map(|members| ("members", self.members(&members)))
            }
        };
        resource.shown(&self.base_url, derived)
    }

    /// Returns the user with this name. A generated name ends in its index, so no scan is needed.
    pub(super) fn index_of_name(&self, name: &str) -> Option<u64> {
        if let Some(index) = self.names.get(&name.to_lowercase()) {
            return Some(*index);
        }
        let local = name.split('@').next().unwrap_or(name);
        let index: u64 = local.rsplit(['-', '.']).next()?.parse().ok()?;
        let is_theirs = |index: u64| {
            let user = self.resource(Kind::User, index);
            user.fields["userName"].as_str().is_some_and(|known| known.to_lowercase() == name.to_lowercase())
        };
        (index < self.users.generated && self.users.has(index) && is_theirs(index)).then_some(index)
    }

    pub(super) fn create(&mut self, kind: Kind, fields: Record, now: i64) -> u64 {
        let index = self.of(kind).generated + self.of(kind).created;
        let (id, time) = (self.id(kind, index), written_time(now));
        self.note_name(kind, index, None, Some(&fields));
        let resource = Resource { kind, id, fields, created: time.clone(), modified: time, revision: 1 };
        let collection = self.of_mut(kind);
        collection.created += 1;
        collection.written.insert(index, resource);
        self.version += 1;
        index
    }

    /// Changes a resource. Nothing happens if it is so already (RFC 7644 §3.5.2.1).
    pub(super) fn write(&mut self, kind: Kind, index: u64, fields: Record, now: i64) {
        let before = self.resource(kind, index);
        if before.fields == fields {
            return;
        }
        self.note_name(kind, index, Some(&before.fields), Some(&fields));
        let (modified, revision) = (written_time(now), before.revision + 1);
        self.of_mut(kind).written.insert(index, Resource { fields, modified, revision, ..before });
        self.version += 1;
    }

    pub(super) fn delete(&mut self, kind: Kind, index: u64) {
        let before = self.resource(kind, index);
        self.note_name(kind, index, Some(&before.fields), None);
        let collection = self.of_mut(kind);
        collection.written.remove(&index);
        collection.deleted.insert(index);
        self.version += 1;
    }

    /// Creates somebody whom nobody asked for, at the end or at the beginning of the list.
    pub(super) fn create_person(&mut self, name: &str, is_first: bool, now: i64) {
        let name = format!("{name} {}", self.users.created);
        let user_name = name.to_lowercase().replace(' ', ".");
        let record = json!({
            "schemas": [USER_SCHEMA], "userName": user_name, "displayName": name, "active": true,
            "emails": [{"value": format!("{user_name}@example.com"), "type": "work", "primary": true}],
        });
        let fields = record.as_object().cloned().unwrap_or_default();
        let index = self.create(Kind::User, fields, now);
        if is_first {
            self.users.front.push(index);
        }
    }

    /// Keeps the table of names up to date when a record is written or deleted.
    fn note_name(&mut self, kind: Kind, index: u64, before: Option<&Record>, after: Option<&Record>) {
        if kind == Kind::Group {
            return;
        }
        let name = |record: &Record| record.get("userName").and_then(Value::as_str).map(str::to_lowercase);
        if let Some(name) = before.and_then(name)
            && self.names.get(&name) == Some(&index)
        {
            self.names.remove(&name);
        }
        if let Some(name) = after.and_then(name) {
            self.names.insert(name, index);
        }
    }

    /// Returns the group that an id names, or the user.
    fn member(&self, id: &str) -> Option<(Kind, u64)> {
        let of = |kind| self.index_of(kind, id).map(|index| (kind, index));
        of(Kind::User).or_else(|| of(Kind::Group))
    }

    /// Returns whether a group can have a member with this id.
    pub(super) fn is_member_id(&self, id: &str) -> bool {
        self.member(id).is_some()
    }

    /// Returns the members of a group as they are shown. Who was deleted is not a member any more.
    fn members(&self, members: &Value) -> Value {
        let members = members.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        let shown = members.filter_map(|member| {
            let id = member["value"].as_str()?;
            let (kind, index) = self.member(id)?;
            let mut shown = json!({"value": id, "$ref": location(&self.base_url, kind, id)});
            if let Some(name) =
                self.resource(kind, index).fields.get("displayName").filter(|it| it.is_string())
            {
                shown["display"] = name.clone();
            }
            if let Some(of) = member.get("type") {
                shown["type"] = of.clone();
            }
            Some(shown)
        });
        shown.collect()
    }

    /// Returns the groups of a user as they are shown. Some users in no group have an empty list, others have none.
    fn groups_of(&self, index: u64) -> Option<Value> {
        let direct = self.groups_with(Kind::User, index);
        let mut all: Vec<(u64, &str)> = direct.into_iter().map(|group| (group, "direct")).collect();
        let mut next = 0;
        while let Some((group, _)) = all.get(next).copied() {
            for outer in self.groups_with(Kind::Group, group) {
                if all.iter().all(|(known, _)| *known != outer) {
                    all.push((outer, "indirect"));
                }
            }
            next += 1;
        }
        if all.is_empty() && index.is_multiple_of(2) {
            return None;
        }
        let shown = all.into_iter().map(|(group, membership)| {
            let group = self.resource(Kind::Group, group);
            json!({
                "value": group.id, "$ref": location(&self.base_url, Kind::Group, &group.id),
                "display": group.fields["displayName"], "type": membership,
            })
        });
        Some(shown.collect())
    }

    /// Returns the groups that have a user or group as a member.
    fn groups_with(&self, kind: Kind, index: u64) -> Vec<u64> {
        let generated = match kind {
            Kind::User if index < self.users.generated => groups::of_user(index, self.users.generated),
            Kind::User => Vec::new(),
            Kind::Group => groups::of_group(index).into_iter().collect(),
        };
        let is_unwritten = |group: &u64| self.groups.has(*group) && !self.groups.written.contains_key(group);
        let id = self.id(kind, index);
        let has = |group: &Resource| {
            let members = group.fields.get("members").and_then(Value::as_array);
            members.into_iter().flatten().any(|member| member["value"] == id.as_str())
        };
        let written = self.groups.written.iter().filter(|(_, group)| has(group)).map(|(index, _)| *index);
        let mut all: Vec<u64> = generated.into_iter().filter(is_unwritten).chain(written).collect();
        all.sort_unstable();
        all
    }
}

/// Formats the time of a write.
fn written_time(now: i64) -> String {
    stamp(now, if now % SECOND == 0 { 0 } else { 6 }, "Z")
}
