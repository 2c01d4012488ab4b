//! The writable fields of a user.

use serde_json::Value;

use super::user::Role;

/// The written fields; the others are unchanged.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) title: Option<String>,
    pub(super) active: Option<bool>,
    /// In the format of responses.
    pub(super) labels: Option<Vec<Value>>,
    pub(super) roles: Option<Vec<Role>>,
    /// The place of the next assigned role, if there were any.
    pub(super) next_place: u64,
    /// The time of the change.
    pub(super) changed: i64,
}

impl Change {
    /// Applies a later change to this one.
    pub(super) fn merge(&mut self, later: Self) {
        self.name = later.name.or(self.name.take());
        self.email = later.email.or(self.email.take());
        self.title = later.title.or(self.title.take());
        self.active = later.active.or(self.active);
        self.labels = later.labels.or(self.labels.take());
        self.roles = later.roles.or(self.roles.take());
        self.next_place = later.next_place.max(self.next_place);
        self.changed = later.changed;
    }
}

/// The user of the API key, as changed records refer to it.
#[derive(Debug)]
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) email: String,
}
