//! A user, and its JSON.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};

use super::change::{Change, Owner};
use super::records::{API_USERS, CREATED, LABELS, Records, RolesShape, is_recorded_2022, roles_shape};
use super::written::Written;
use crate::clock::{DAY, EPOCH, stamp};
use crate::fields::Fields;
use crate::ids::IdSpace;

/// A role and its scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Role {
    /// The number of the assignment among those of its user. It is never used again.
    pub(super) place: u64,
    pub(super) named: (&'static str, &'static str),
    pub(super) scope: Scope,
}

/// The scope of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) tier: &'static str,
    /// The id and name.
    pub(super) team: Option<(Cow<'static, str>, Cow<'static, str>)>,
    pub(super) target: Option<(&'static str, &'static str)>,
}

impl Role {
    pub(super) fn id(&self) -> &'static str {
        self.named.0
    }

    pub(super) fn team_id(&self) -> Option<&str> {
        self.scope.team.as_ref().map(|(id, _)| id.as_ref())
    }

    pub(super) fn target_id(&self) -> Option<&'static str> {
        self.scope.target.map(|(id, _)| id)
    }
}

/// A user, before it is serialized.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) index: u64,
    pub(super) id: String,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) active: bool,
    pub(super) mfa_enabled: bool,
    pub(super) changed: i64,
    pub(super) last_login: Option<i64>,
    pub(super) roles: Vec<Role>,
    pub(super) title: Cow<'static, str>,
    pub(super) labels: Vec<usize>,
    pub(super) seed: u64,
    /// Whether it is an API user: a program, not a person.
    pub(super) is_service: bool,
    /// The written fields, which are shown whatever format the record has.
    pub(super) change: Option<Change>,
    /// The author of changes, if it is not the generated first user any more.
    pub(super) owner: Option<Arc<Owner>>,
    /// The written labels.
    pub(super) written_labels: Arc<Written>,
}

impl User {
    /// Applies the written fields to the record.
    pub(super) fn apply(&mut self, change: &Change) {
        let overwrite = |field: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                field.clone_from(value);
            }
        };
        overwrite(&mut self.name, &change.name);
        overwrite(&mut self.email, &change.email);
        if let Some(title) = &change.title {
            self.title = title.clone().into();
        }
        self.active = change.active.unwrap_or(self.active);
        if let Some(roles) = &change.roles {
            self.roles.clone_from(roles);
        }
        self.changed = change.changed;
        self.change = Some(change.clone());
    }

    pub(super) fn has_label(&self, id: &str) -> bool {
        if self.written_labels.is_deleted(id) {
            return false;
        }
        match self.change.as_ref().and_then(|change| change.labels.as_ref()) {
            Some(labels) => labels.iter().any(|label| label["id"] == id),
            None => self.labels.iter().any(|label| LABELS[*label].0 == id),
        }
    }

    /// Returns the JSON of the list of users.
    pub(super) fn to_json(&self) -> Value {
        let (index, owner) = (self.index, self.owner.as_deref());
        // Created users are shown with all fields.
        let is_new = index >= CREATED;
        let nothing = Change::default();
        let change = self.change.as_ref().unwrap_or(&nothing);
        let mut fields = Fields::new(index);
        fields.put("id", self.id.as_str());
        fields.put("name", self.name.as_str());
        if !self.is_service {
            fields.put("email", self.email.as_str());
            fields.put("title", self.title.as_ref());
        }
        fields.put("is_billing_admin", !self.is_service && !is_new && index.is_multiple_of(5));
        // The key belongs to the first user, who is shown as the author of changes with all fields.
        let author = if self.change.is_some() { 0 } else { index };
        fields.put("changed_by", Records::new(self.seed).changed_by(author, owner));
        fields.put("changed", written(index, self.changed));
        fields.put("last_login", self.last_login.map(|at| written(index, at)));
        fields.put("is_apiuser", self.is_service || (!is_new && index % 8 == 6));
        let bare = is_recorded_2022(index) && !self.is_service && !is_new;
        if !bare || change.active.is_some() {
            fields.put("active", self.active);
        }
        if !bare || change.labels.is_some() {
            fields.put("labels", self.labels());
        }
        match if is_new || change.roles.is_some() { RolesShape::List } else { roles_shape(index) } {
            _ if bare && change.roles.is_none() => {}
            RolesShape::List => {
                let roles = self.roles.iter().map(|role| self.role(role));
                fields.put("user_roles", roles.collect::<Vec<_>>());
            }
            RolesShape::Text => fields.put("user_roles", ""),
            RolesShape::Null => fields.put("user_roles", Value::Null),
            RolesShape::Absent => {}
        }
        if (is_new || index % 10 != 7) && !self.is_service && !bare {
            fields.put("mfa_enabled", self.mfa_enabled);
        }
        if !is_new && !bare && index % 11 == 8 {
            fields.put("is_trial", false);
        }
        Value::Object(fields.finish())
    }

    fn labels(&self) -> Vec<Value> {
        let labels = match self.change.as_ref().and_then(|change| change.labels.as_ref()) {
            Some(labels) => labels.clone(),
            None => self.labels.iter().map(|place| label(self.seed, *place, self.owner.as_deref())).collect(),
        };
        labels.into_iter().filter_map(|label| self.written_labels.current(label)).collect()
    }

    /// Returns the JSON of the credential's own profile, which has more fields.
    pub(super) fn to_profile_json(&self) -> Value {
        let mut profile = self.to_json();
        profile["intercom_user_id"] = self.id.as_str().into();
        profile["is_sso"] = false.into();
        profile["is_owner"] = true.into();
        profile["first_login"] = self.last_login.map(|at| written(self.index, at - 400 * DAY)).into();
        profile
    }

    /// Returns the JSON of a role assignment, as in the user.
    pub(super) fn role(&self, role: &Role) -> Value {
        let mut scope = json!({"tier": role.scope.tier});
        if let Some((id, name)) = &role.scope.team {
            scope["team"] = json!({"id": id, "name": name});
        }
        if let Some((id, name)) = role.scope.target {
            scope["target"] = json!({"id": id, "name": name});
        }
        let id = assignments(self.seed).short(assignment_number(self.is_service, self.index, role.place));
        json!({"id": id, "role": {"id": role.named.0, "name": role.named.1}, "scope": scope})
    }
}

/// The ids of role assignments.
pub(super) fn assignments(seed: u64) -> IdSpace {
    IdSpace::new(seed, "probely user role")
}

/// Returns the number of a role assignment. Four assignments of a user are adjacent; further ones are far away.
fn assignment_number(is_service: bool, index: u64, place: u64) -> u64 {
    let number = if is_service { API_USERS.wrapping_add(index) } else { index };
    number.wrapping_mul(4).wrapping_add(place % 4).wrapping_add((place / 4) << 48)
}

/// Returns the index of the user and the place of the assignment with this number, if it is of an API user or
/// of a user as asked.
pub(super) fn assignment_at(number: u64, is_service: bool) -> Option<(u64, u64)> {
    let place = ((number >> 48) << 2) + (number & 3);
    let index = (number & ((1 << 48) - 1)) >> 2;
    let index = if is_service { index.checked_sub(API_USERS)? } else { index };
    (assignment_number(is_service, index, place) == number).then_some((index, place))
}

/// Returns a label of users.
pub(super) fn label(seed: u64, place: usize, owner: Option<&Owner>) -> Value {
    let (id, name, color) = LABELS[place];
    let changed = EPOCH + i64::try_from(place).unwrap_or(0) * DAY + 511_953;
    json!({
        "id": id,
        "name": name,
        "color": color,
        "changed_by": Records::new(seed).changed_by(0, owner),
        "changed": stamp(changed, 6, "Z"),
    })
}

/// Returns a label that was written.
pub(super) fn written_label(
    seed: u64,
    id: &str,
    (name, color): (&str, &str),
    owner: Option<&Owner>,
    now: i64,
) -> Value {
    json!({
        "id": id,
        "name": name,
        "color": color,
        "changed_by": Records::new(seed).changed_by(0, owner),
        "changed": stamp(now, 6, "Z"),
    })
}

/// Formats a time with microseconds and `Z`; sometimes with seven digits and no zone, as in the
/// documentation.
fn written(index: u64, micros: i64) -> String {
    if index % 8 == 5 { format!("{}2", stamp(micros, 6, "")) } else { stamp(micros, 6, "Z") }
}
