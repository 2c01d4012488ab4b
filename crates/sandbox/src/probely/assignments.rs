//! Role assignments: those of users, and those of API users.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::catalogue::{envelope, role};
use super::change::Change;
use super::input::{AssignmentDraft, Step, Write, bulk_steps};
use super::query::page_and_length;
use super::records::{ROLES, TARGETS};
use super::store::{Group, Store};
use super::user::{Role, User, assignment_at, assignments};
use super::{Probely, detail, field_errors};
use crate::exchange::{Call, Reply};

/// An error, by field.
type Refusal = (&'static str, &'static str);

/// A role assignment: the index of its user, and its place among the user's.
type AssignmentPosition = (u64, u64);

impl Store {
    /// Returns where the assignment with this id is.
    fn assignment(&self, group: Group, id: &str) -> Option<AssignmentPosition> {
        let number = assignments(self.records.seed).index_of_short(id)?;
        let (index, place) = assignment_at(number, group == Group::Services)?;
        let is_held = || self.user(group, index).roles.iter().any(|role| role.place == place);
        (self.has(group, index) && is_held()).then_some((index, place))
    }

    /// Returns what a draft makes of an assignment, or the first rule that it breaks.
    fn checked(
        &self,
        group: Group,
        held: Option<AssignmentPosition>,
        draft: AssignmentDraft,
    ) -> Result<(u64, Role), Refusal> {
        let index = match (held, draft.user) {
            (held, Some(id)) => {
                let index = self.index_of(group, &id).ok_or(("user", "There is no such user."))?;
                if held.is_some_and(|(holder, _)| holder != index) {
                    return Err(("user", "The user of an assignment cannot be changed."));
                }
                index
            }
            (Some((index, _)), None) => index,
            (None, None) => return Err(("user", "This field is required.")),
        };
        let roles = self.user(group, index).roles;
        let before = held.and_then(|(_, place)| roles.iter().find(|role| role.place == place));
        let role = before.cloned().map(|before| Role {
            named: draft.role.unwrap_or(before.named),
            scope: draft.scope.clone().unwrap_or(before.scope),
            ..before
        });
        let new =
            || Some(Role { place: self.next_place(group, index), named: draft.role?, scope: draft.scope? });
        let role = role.or_else(new).ok_or(("non_field_errors", "The role or the scope is missing."))?;
        let is_same = |other: &&Role| other.place != role.place && other.same(&role);
        match roles.iter().find(is_same) {
            Some(_) => Err(("non_field_errors", "The user already has this role in this scope.")),
            None => Ok((index, role)),
        }
    }

    /// Assigns a role, in place of the user's assignment with the same place if there is one.
    fn assign(&mut self, group: Group, index: u64, role: Role, now: i64) {
        let mut roles = self.user(group, index).roles;
        let next_place = role.place + 1;
        match roles.iter_mut().find(|held| held.place == role.place) {
            Some(held) => *held = role,
            None => roles.push(role),
        }
        self.set_roles(group, index, roles, next_place, now);
    }

    fn unassign(&mut self, group: Group, (index, place): AssignmentPosition, now: i64) {
        let mut roles = self.user(group, index).roles;
        roles.retain(|role| role.place != place);
        self.set_roles(group, index, roles, place + 1, now);
    }

    fn set_roles(&mut self, group: Group, index: u64, roles: Vec<Role>, next_place: u64, now: i64) {
        self.version += 1;
        let next_place = next_place.max(self.next_place(group, index));
        let change = Change { roles: Some(roles), next_place, changed: now, ..Change::default() };
        self.apply(group, index, change);
    }

    /// Returns the users with one of these ids, or all.
    fn holders(&self, group: Group, ids: &[String]) -> Vec<u64> {
        if ids.is_empty() {
            return self.indexes(group).collect();
        }
        let found: BTreeSet<u64> = ids.iter().filter_map(|id| self.index_of(group, id)).collect();
        found.into_iter().collect()
    }
}

impl Role {
    fn same(&self, other: &Self) -> bool {
        (self.id(), self.scope.tier) == (other.id(), other.scope.tier)
            && (self.team_id(), self.target_id()) == (other.team_id(), other.target_id())
    }
}

impl Probely {
    /// Lists the assignments of a group. Only those of the page are generated.
    pub(super) fn list_assignments(&self, call: &Call, group: Group) -> Reply {
        let (page, length) = match page_and_length(&call.query, self.max_page_size) {
            Ok(wanted) => wanted,
            Err(errors) => return field_errors(errors),
        };
        let wanted = |name| call.query.all(name).map(str::to_owned).collect::<Vec<_>>();
        let (users, roles) = (wanted("user"), wanted("role"));
        let store = self.read_store();
        let first = (page - 1).saturating_mul(length);
        let end = first.saturating_add(length);
        let (mut count, mut shown) = (0_u64, Vec::new());
        for index in store.holders(group, &users) {
            let user = store.user(group, index);
            for held in &user.roles {
                if !roles.is_empty() && !roles.iter().any(|id| id == held.id()) {
                    continue;
                }
                if (first..end).contains(&count) {
                    shown.push(assignment(&user, held));
                }
                count += 1;
            }
        }
        envelope(count, page, length, &shown)
    }

    pub(super) fn retrieve_assignment(&self, id: &str, group: Group) -> Reply {
        let store = self.read_store();
        store.assignment(group, id).map_or_else(not_found, |place| show(&store, group, place, 200))
    }

    pub(super) fn create_assignment(&self, call: &Call, group: Group) -> Reply {
        let draft = match self.read_assignment(call, Write::Create) {
            Ok(draft) => draft,
            Err(refusal) => return refusal,
        };
        let mut store = self.write_store();
        match store.checked(group, None, draft) {
            Ok((index, role)) => {
                let place = role.place;
                store.assign(group, index, role, self.clock.now());
                show(&store, group, (index, place), 201)
            }
            Err(refusal) => refused(refusal),
        }
    }

    /// Changes an assignment. That it keeps its user is inferred.
    pub(super) fn update_assignment(&self, call: &Call, id: &str, group: Group, write: Write) -> Reply {
        if self.read_store().assignment(group, id).is_none() {
            return not_found();
        }
        let draft = match self.read_assignment(call, write) {
            Ok(draft) => draft,
            Err(refusal) => return refusal,
        };
        let mut store = self.write_store();
        let Some(place) = store.assignment(group, id) else { return not_found() };
        match store.checked(group, Some(place), draft) {
            Ok((index, role)) => {
                store.assign(group, index, role, self.clock.now());
                show(&store, group, place, 200)
            }
            Err(refusal) => refused(refusal),
        }
    }

    /// Deletes an assignment. The user stays, also without any.
    pub(super) fn destroy_assignment(&self, id: &str, group: Group) -> Reply {
        let mut store = self.write_store();
        let Some(place) = store.assignment(group, id) else { return not_found() };
        store.unassign(group, place, self.clock.now());
        Reply::empty(204)
    }

    /// Changes several assignments: all or, if one is refused, none. Neither this nor the response is
    /// published. Without an action, the body is an object with an array for each.
    pub(super) fn bulk_assignments(&self, call: &Call, group: Group, action: Option<&str>) -> Reply {
        let teams = self.read_store().team_names();
        let steps = match bulk_steps(call, action, &teams) {
            Ok(steps) => steps,
            Err(refusal) => return refusal,
        };
        let mut store = self.write_store();
        let checked: Result<Vec<_>, Refusal> =
            steps.iter().map(|step| check_step(&store, group, step)).collect();
        if let Err(refusal) = checked {
            return refused(refusal);
        }
        let now = self.clock.now();
        for step in steps {
            match step {
                Step::Create(draft) => {
                    // Checked anew: an earlier step may have taken the place.
                    if let Ok((index, role)) = store.checked(group, None, draft) {
                        store.assign(group, index, role, now);
                    }
                }
                Step::Update(id, draft) => {
                    let held = store.assignment(group, &id);
                    if let Ok((index, role)) = store.checked(group, held, draft) {
                        store.assign(group, index, role, now);
                    }
                }
                Step::Delete(id) => {
                    if let Some(place) = store.assignment(group, &id) {
                        store.unassign(group, place, now);
                    }
                }
            }
        }
        Reply::empty(200)
    }

    fn read_assignment(&self, call: &Call, write: Write) -> Result<AssignmentDraft, Reply> {
        let mut reader = self.reader(call)?;
        let draft = reader.assignment(write != Write::Update);
        reader.finish(draft)
    }
}

fn check_step(store: &Store, group: Group, step: &Step) -> Result<(), Refusal> {
    let held = |id: &str| store.assignment(group, id).ok_or(("id", "There is no such assignment."));
    match step {
        Step::Create(draft) => store.checked(group, None, draft.clone()).map(drop),
        Step::Update(id, draft) => store.checked(group, Some(held(id)?), draft.clone()).map(drop),
        Step::Delete(id) => held(id).map(drop),
    }
}

fn show(store: &Store, group: Group, (index, place): AssignmentPosition, status: u16) -> Reply {
    let user = store.user(group, index);
    match user.roles.iter().find(|role| role.place == place) {
        Some(role) => Reply::json(status, &assignment(&user, role)),
        None => not_found(),
    }
}

/// Returns the assignment with its user and all fields of the role and the target. Whether the unused one of
/// team and target is null or missing is not published: it varies.
fn assignment(user: &User, held: &Role) -> Value {
    let mut shown = user.role(held);
    shown["user"] = json!({"id": user.id, "name": user.name});
    if !user.is_service {
        shown["user"]["email"] = user.email.as_str().into();
    }
    if let Some(place) = ROLES.iter().position(|(id, _)| *id == held.id()) {
        shown["role"] = role(place);
    }
    for unused in ["team", "target"] {
        if user.index % 2 == 1 && shown["scope"].get(unused).is_none() {
            shown["scope"][unused] = Value::Null;
        }
    }
    if let Some(place) = TARGETS.iter().position(|(id, _)| Some(*id) == held.target_id()) {
        shown["scope"]["target"]["url"] = format!("https://target-{place}.example.com").into();
    }
    shown
}

fn not_found() -> Reply {
    detail(404, "Not found.")
}

fn refused((field, message): Refusal) -> Reply {
    field_errors(Map::from_iter([(field.to_owned(), json!([message]))]))
}
