//! What can be written about a user.

use serde_json::Value;

use super::user::Role;

/// The fields that were written; the others are as they were.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) title: Option<String>,
    pub(super) active: Option<bool>,
    /// As they are shown.
    pub(super) labels: Option<Vec<Value>>,
    pub(super) roles: Option<Vec<Role>>,
    /// When.
    pub(super) changed: i64,
}

impl Change {
    /// Lays a later change over this one.
    pub(super) fn merge(&mut self, later: Self) {
        self.name = later.name.or(self.name.take());
        self.email = later.email.or(self.email.take());
        self.title = later.title.or(self.title.take());
        self.active = later.active.or(self.active);
        self.labels = later.labels.or(self.labels.take());
        self.roles = later.roles.or(self.roles.take());
        self.changed = later.changed;
    }
}

/// The user to whom the API key belongs, as changed records name them.
#[derive(Debug)]
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) email: String,
}
