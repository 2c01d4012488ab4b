//! What has changed since an older snapshot.

use anyprofile_core::{Field, Timestamp};
use anyprofile_snapshot::{
    Snapshot,
    diff::{Change, Diff, DiffSummary, FieldChange},
};
use serde::Serialize;
use serde_json::Value;

use crate::error::Result;

/// What has changed since an older snapshot.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Changes {
    /// When the older snapshot was written.
    pub since: Timestamp,
    /// Where it is.
    pub place: String,
    /// The numbers, and what cannot be concluded.
    #[serde(flatten)]
    pub summary: DiffSummary,
    /// Each profile that differs, at most [`MOST_LISTED`](Self::MOST_LISTED) of them.
    pub list: Vec<ChangedProfile>,
    /// Whether there are more.
    pub cut: bool,
}

/// A profile that differs. `Debug` shows the id alone.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct ChangedProfile {
    /// What happened, such as `added` or `not seen`: [`Change::word`].
    pub word: &'static str,
    /// The id.
    pub id: String,
    /// How the person is called.
    pub name: Option<String>,
    /// The fields that differ, each as `status: active -> suspended`.
    pub fields: Vec<String>,
}

impl std::fmt::Debug for ChangedProfile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ChangedProfile({} {}, {} fields)", self.word, self.id, self.fields.len())
    }
}

impl Changes {
    /// How many profiles are listed.
    pub const MOST_LISTED: usize = 2_000;

    pub(crate) fn of(old: &Snapshot, mut diff: Diff) -> Result<Self> {
        let (mut list, mut cut) = (Vec::new(), false);
        for change in &mut diff {
            let change = change?;
            if list.len() < Self::MOST_LISTED {
                list.push(ChangedProfile::of(&change));
            } else {
                cut = true;
            }
        }
        let summary = diff.summary().clone();
        Ok(Self { since: old.manifest().ended, place: old.place().to_owned(), summary, list, cut })
    }
}

impl ChangedProfile {
    fn of(change: &Change) -> Self {
        Self {
            word: change.word(),
            id: change.id.to_string(),
            name: change.profile().map(|profile| profile.label().into_owned()),
            fields: change.fields.iter().map(in_words).collect(),
        }
    }
}

fn in_words(change: &FieldChange) -> String {
    let text = |field: &Field<Value>, state: &dyn std::fmt::Display| match field.value() {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => format!("({state})"),
    };
    let before = text(&change.before, &change.before_state);
    let after = text(&change.after, &change.after_state);
    format!("{}: {before} -> {after}", change.path)
}
