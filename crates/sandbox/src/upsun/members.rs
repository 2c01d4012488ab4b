//! The members of the organizations: those of the [roster](Roster), with the changes applied to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::organizations::Organization;
use super::records::Records;
use super::roster::{Entry, Roster};
use crate::clock::{DAY, EPOCH, SECOND, stamp};

/// The time between the joining of two members, so that their order in time is exact.
const STEP: i64 = 61 * SECOND;
const PERMISSIONS: [&[&str]; 4] =
    [&["admin", "billing"], &["members", "plans"], &["projects:create", "projects:list"], &["ai:use"]];

/// A member: from the roster, or added later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    /// The place in the roster.
    Listed(u64),
    /// The index among the added members.
    Added(usize),
}

/// The changed memberships of all organizations.
#[derive(Debug, Default)]
pub(super) struct Members {
    changed: BTreeMap<u64, Changed>,
}

/// The changes of one organization.
#[derive(Debug, Default)]
struct Changed {
    /// The removed places of the roster.
    removed: BTreeSet<u64>,
    added: Vec<Added>,
    /// The new permissions by place, and the time of the change.
    permissions: BTreeMap<u64, (Vec<String>, String)>,
}

#[derive(Debug)]
struct Added {
    index: u64,
    permissions: Vec<String>,
    created: String,
    updated: String,
}

/// The members of one organization.
#[derive(Debug, Clone, Copy)]
pub(super) struct MembersOf<'a> {
    pub(super) organization: Organization,
    pub(super) roster: Roster,
    pub(super) records: Records,
    changed: Option<&'a Changed>,
}

impl Members {
    pub(super) fn of(&self, organization: Organization, roster: Roster, records: Records) -> MembersOf<'_> {
        MembersOf { organization, roster, records, changed: self.changed.get(&organization.number) }
    }

    pub(super) fn add(
        &mut self,
        organization: Organization,
        index: u64,
        permissions: Vec<String>,
        now: &str,
    ) {
        let (created, updated) = (now.to_owned(), now.to_owned());
        let changed = self.changed.entry(organization.number).or_default();
        changed.added.push(Added { index, permissions, created, updated });
    }

    pub(super) fn remove(&mut self, organization: Organization, seat: Seat) {
        let changed = self.changed.entry(organization.number).or_default();
        match seat {
            Seat::Listed(place) => {
                changed.removed.insert(place);
                changed.permissions.remove(&place);
            }
            Seat::Added(number) if number < changed.added.len() => drop(changed.added.remove(number)),
            Seat::Added(_) => {}
        }
    }

    pub(super) fn change(
        &mut self,
        organization: Organization,
        seat: Seat,
        permissions: Vec<String>,
        now: &str,
    ) {
        let changed = self.changed.entry(organization.number).or_default();
        match seat {
            Seat::Listed(place) => drop(changed.permissions.insert(place, (permissions, now.to_owned()))),
            Seat::Added(number) => {
                if let Some(added) = changed.added.get_mut(number) {
                    (added.permissions, added.updated) = (permissions, now.to_owned());
                }
            }
        }
    }
}

impl<'a> MembersOf<'a> {
    fn removed(&self) -> impl Iterator<Item = u64> + use<'a> {
        self.changed.into_iter().flat_map(|changed| &changed.removed).copied()
    }

    fn added(&self) -> &'a [Added] {
        self.changed.map_or(&[], |changed| &changed.added)
    }

    fn listed(&self) -> u64 {
        self.roster.total() - u64::try_from(self.removed().count()).unwrap_or(u64::MAX)
    }

    pub(super) fn total(&self) -> u64 {
        self.listed() + u64::try_from(self.added().len()).unwrap_or(u64::MAX)
    }

    /// Returns the member at a position of the list.
    pub(super) fn at(&self, position: u64) -> Seat {
        match position.checked_sub(self.listed()).map(usize::try_from) {
            Some(number) => Seat::Added(number.unwrap_or(usize::MAX)),
            // Usually no more than a few members are removed.
            None => Seat::Listed(
                self.removed().fold(position, |place, removed| place + u64::from(removed <= place)),
            ),
        }
    }

    pub(super) fn find(&self, user_id: &str) -> Option<Seat> {
        let index = self.records.index_of(user_id)?;
        let entry = Entry::of_id_index(index);
        let place = self.roster.place_of(entry).filter(|place| !self.removed().any(|gone| gone == *place));
        place.map(Seat::Listed).or_else(|| {
            let number = self.added().iter().position(|added| Entry::User(added.index) == entry)?;
            Some(Seat::Added(number))
        })
    }

    pub(super) fn entry(&self, seat: Seat) -> Entry {
        match seat {
            Seat::Listed(place) => self.roster.at(place),
            Seat::Added(number) => Entry::User(self.added().get(number).map_or(0, |added| added.index)),
        }
    }

    pub(super) fn user_id(&self, seat: Seat) -> String {
        self.records.user_id(self.entry(seat).id_index())
    }

    pub(super) fn is_owner(&self, seat: Seat) -> bool {
        matches!(seat, Seat::Listed(_)) && self.entry(seat) == Entry::User(self.roster.owner())
    }

    /// Returns the permissions that were written to a member.
    pub(super) fn written_permissions(&self, seat: Seat) -> Option<&'a [String]> {
        let permissions = match seat {
            Seat::Listed(place) => self.changed?.permissions.get(&place).map(|(permissions, _)| permissions),
            Seat::Added(number) => self.added().get(number).map(|added| &added.permissions),
        };
        permissions.map(Vec::as_slice)
    }

    /// Returns the record of a member.
    pub(super) fn member(&self, seat: Seat) -> Value {
        let id = self.user_id(seat);
        let own = format!("/organizations/{}/members/{id}", self.organization.ulid);
        let is_owner = self.is_owner(seat);
        let mut links = json!({"self": {"href": own}});
        if !is_owner {
            // Nobody changes their own permissions.
            if self.entry(seat) != Entry::User(0) {
                links["update"] = json!({"href": own, "method": "PATCH"});
            }
            links["delete"] = json!({"href": own, "method": "DELETE"});
        }
        let mut member = json!({
            "id": id,
            "user_id": id,
            "organization_id": self.organization.ulid,
            "_links": links,
        });
        match seat {
            Seat::Listed(place) => self.describe_listed(&mut member, place, is_owner),
            Seat::Added(number) => {
                if let Some(added) = self.added().get(number) {
                    member["permissions"] = json!(added.permissions);
                    member["level"] = "admin".into();
                    member["owner"] = false.into();
                    member["created_at"] = added.created.as_str().into();
                    member["updated_at"] = added.updated.as_str().into();
                }
            }
        }
        member
    }

    fn describe_listed(&self, member: &mut Value, place: u64, is_owner: bool) {
        let number = i64::try_from(place).unwrap_or(i64::MAX);
        let created = EPOCH.saturating_add(number.saturating_mul(STEP)).saturating_add(7_001);
        let updated = created.saturating_add(i64::try_from(place % 90).unwrap_or(0) * DAY);
        let digits = [6, 3, 0, 5][turn(place, 4)];
        member["created_at"] = stamp(created, digits, "Z").into();
        let changed = self.changed.and_then(|changed| changed.permissions.get(&place));
        if let Some((permissions, at)) = changed {
            member["permissions"] = json!(permissions);
            member["updated_at"] = at.as_str().into();
        } else {
            let permissions: &[&str] = if is_owner { &[] } else { PERMISSIONS[turn(place, 4)] };
            member["permissions"] = json!(permissions);
            member["updated_at"] = stamp(updated, digits, "Z").into();
        }
        // Sometimes missing instead of false.
        if is_owner || place % 6 != 2 {
            member["owner"] = is_owner.into();
        }
        if place % 5 == 3 {
            member["level"] = "viewer".into();
        }
    }
}

fn turn(number: u64, every: u64) -> usize {
    usize::try_from(number % every).unwrap_or(0)
}
