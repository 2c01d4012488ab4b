//! One profile that differs between two snapshots.

use std::fmt;

use anyprofile_core::{
    Capabilities, Field, FieldPath, FieldState, Profile, ProfileId, profile::FieldDifference,
};
use serde::Serialize;
use serde_json::Value;

/// A profile that differs between two snapshots. `Debug` shows ids, fields and states, and no values.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The id; of a renamed profile, the new one.
    pub id: ProfileId,
    /// The id that a renamed profile had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<ProfileId>,
    /// Whether it is known that this happened.
    ///
    /// - Added: the old snapshot is complete for the account, and was asked for as much. Gone: the new one. Renamed: both.
    /// - Changed: at least one field is known to have changed.
    pub proven: bool,
    /// The fields that differ, in the order of the fields. Empty if the profile was added or is gone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
    /// The profile in the old snapshot. It is not serialized.
    #[serde(skip)]
    pub before: Option<Box<Profile>>,
    /// The profile in the new snapshot. It is not serialized.
    #[serde(skip)]
    pub after: Option<Box<Profile>>,
}

impl Change {
    /// Returns the profile as it was read last; `None` never, if the change comes from a [`Diff`](super::Diff).
    pub fn profile(&self) -> Option<&Profile> {
        self.after.as_deref().or(self.before.as_deref())
    }

    /// Returns what happened in words that claim no more than is proven.
    ///
    /// | kind | proven | not proven |
    /// |---|---|---|
    /// | added | `added` | `first seen` |
    /// | changed | `changed` | `not known` |
    /// | gone | `gone` | `not seen` |
    /// | renamed | `renamed` | `renamed?` |
    pub const fn word(&self) -> &'static str {
        match (self.kind, self.proven) {
            (ChangeKind::Added, true) => "added",
            (ChangeKind::Added, false) => "first seen",
            (ChangeKind::Changed, true) => "changed",
            (ChangeKind::Changed, false) => "not known",
            (ChangeKind::Gone, true) => "gone",
            (ChangeKind::Gone, false) => "not seen",
            (ChangeKind::Renamed, true) => "renamed",
            (ChangeKind::Renamed, false) => "renamed?",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.word(), self.id)?;
        match &self.renamed_from {
            Some(id) => write!(formatter, " (was {id})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Change({self}")?;
        for field in &self.fields {
            write!(formatter, ", {field:?}")?;
        }
        formatter.write_str(")")
    }
}

/// What happened to a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// It is in the new snapshot only.
    Added,
    /// It is in both, and a field differs.
    Changed,
    /// It is in the old snapshot only.
    Gone,
    /// It has another id, and the same external id.
    Renamed,
}

impl ChangeKind {
    /// Returns the word for this kind, as it is serialized: `added`, `changed`, `gone`, `renamed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Renamed => "renamed",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A field that differs. `Debug` shows its states and no values.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldChange {
    /// The field.
    pub path: FieldPath,
    /// Whether it is known that the field has changed. It is not if one of the snapshots says nothing of it: the service may not have shown
    /// it then.
    pub known: bool,
    /// Which of the five states it had.
    pub before_state: FieldState,
    /// Which of the five states it has.
    pub after_state: FieldState,
    /// What the old snapshot says.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub before: Field<Value>,
    /// What the new snapshot says.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub after: Field<Value>,
}

impl FieldChange {
    /// Adds the states to a difference. Without capabilities, the state is what the record says.
    pub(super) fn new(
        difference: FieldDifference,
        before: (&Profile, Option<&Capabilities>),
        after: (&Profile, Option<&Capabilities>),
    ) -> Self {
        let state = |(profile, capabilities): (&Profile, Option<&Capabilities>), field: &Field<Value>| {
            capabilities.map_or(field.record_state(), |it| profile.state(&difference.path, it))
        };
        Self {
            known: difference.is_known(),
            before_state: state(before, &difference.before),
            after_state: state(after, &difference.after),
            path: difference.path,
            before: difference.before,
            after: difference.after,
        }
    }
}

impl fmt::Debug for FieldChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A key of the metadata may be anything.
        let path = if self.path.metadata_key().is_some() { "metadata.…" } else { self.path.redacted() };
        write!(formatter, "{path}: {} -> {}", self.before_state, self.after_state)
    }
}
