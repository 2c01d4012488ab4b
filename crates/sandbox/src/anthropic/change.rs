//! What can be written about a profile.

use serde_json::{Map, Value};

/// What was written; the rest is as it was.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    /// Null when it was taken away.
    pub(super) name: Option<Value>,
    pub(super) relationship: Option<&'static str>,
    pub(super) access_type: Option<&'static str>,
    /// By their names in `external_user_details`, under which the older dates' `external_id` and
    /// `external_user_onboarded_at` are kept too.
    pub(super) details: Map<String, Value>,
    /// All of it.
    pub(super) metadata: Option<Map<String, Value>>,
    /// When the profile was made; none for a generated one.
    pub(super) created: Option<i64>,
    pub(super) updated: i64,
}

impl Change {
    /// Whether nothing is to be changed.
    pub(super) fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.relationship.is_none()
            && self.access_type.is_none()
            && self.details.is_empty()
            && self.metadata.is_none()
    }

    /// Lays a later change over this one.
    pub(super) fn merge(&mut self, later: Self) {
        self.name = later.name.or(self.name.take());
        self.relationship = later.relationship.or(self.relationship);
        self.access_type = later.access_type.or(self.access_type);
        self.details.extend(later.details);
        self.metadata = later.metadata.or(self.metadata.take());
        self.updated = later.updated;
    }
}
