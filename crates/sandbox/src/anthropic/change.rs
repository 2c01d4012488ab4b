//! The writable fields of a profile.

use serde_json::{Map, Value};

/// The written fields; the others are unchanged.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    /// Null if it was cleared.
    pub(super) name: Option<Value>,
    pub(super) relationship: Option<&'static str>,
    pub(super) access_type: Option<&'static str>,
    /// By their names in `external_user_details`. They also contain the `external_id` and
    /// `external_user_onboarded_at` of older dates.
    pub(super) details: Map<String, Value>,
    /// The complete metadata.
    pub(super) metadata: Option<Map<String, Value>>,
    /// The time of creation; `None` for a generated profile.
    pub(super) created: Option<i64>,
    pub(super) updated: i64,
}

impl Change {
    /// Returns whether nothing is to be changed.
    pub(super) fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.relationship.is_none()
            && self.access_type.is_none()
            && self.details.is_empty()
            && self.metadata.is_none()
    }

    /// Applies a later change to this one.
    pub(super) fn merge(&mut self, later: Self) {
        self.name = later.name.or(self.name.take());
        self.relationship = later.relationship.or(self.relationship);
        self.access_type = later.access_type.or(self.access_type);
        self.details.extend(later.details);
        self.metadata = later.metadata.or(self.metadata.take());
        self.updated = later.updated;
    }
}
