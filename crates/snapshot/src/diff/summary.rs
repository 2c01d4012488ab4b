//! What two snapshots have in common, and what not.

use serde::Serialize;

/// How many profiles differ, and what cannot be concluded. Each profile is counted once: in both snapshots, in one, or renamed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DiffSummary {
    /// Profiles that were added, proven.
    pub added: u64,
    /// Profiles of which a field is known to have changed.
    pub changed: u64,
    /// Profiles that are gone, proven.
    pub gone: u64,
    /// Profiles with another id and the same external id.
    pub renamed: u64,
    /// Profiles of which no field differs.
    pub unchanged: u64,
    /// Profiles of which a field differs, and of none is it known whether it has changed.
    pub undetermined: u64,
    /// Profiles of an account of both snapshots that are in the old one only, which does not prove that they are gone.
    pub not_seen: u64,
    /// Profiles of an account of both snapshots that are in the new one only, which does not prove that they were added.
    pub first_seen: u64,
    /// Profiles of accounts that only the old snapshot has. They are delivered as gone, not proven.
    pub only_in_old: u64,
    /// Profiles of accounts that only the new snapshot has. They are delivered as added, not proven.
    pub only_in_new: u64,
    /// Renamed profiles of which it is not proven that nobody has the old id any more, or had the new one before.
    pub unproven_renamed: u64,
    /// External ids of several profiles. Of these, nobody is taken for renamed.
    pub ambiguous_external_ids: u64,
    /// Whether both snapshots have the same accounts and collections, all complete and asked for as much. Otherwise, somebody may be in neither snapshot who
    /// was added or is gone.
    pub whole: bool,
    /// What must be known to read the result, one sentence each: why something is not proven, and what was not compared. Complete after the
    /// last change.
    pub notes: Vec<String>,
}

impl DiffSummary {
    /// Returns whether there is a difference, proven or not. A profile of which it is not known whether it has changed is none; see
    /// [`is_certain`](Self::is_certain).
    ///
    /// ```
    /// let mut summary = anyprofile_snapshot::diff::DiffSummary::default();
    /// summary.undetermined = 3;
    /// assert!(!summary.has_differences() && !summary.is_certain());
    /// ```
    pub const fn has_differences(&self) -> bool {
        self.differences() > 0
    }

    /// Returns the number of differences, proven or not.
    pub const fn differences(&self) -> u64 {
        self.added
            + self.changed
            + self.gone
            + self.renamed
            + self.not_seen
            + self.first_seen
            + self.only_in_old
            + self.only_in_new
    }

    /// Returns whether everything is proven, and nothing can be missing: without differences, the accounts are known to be the same.
    pub const fn is_certain(&self) -> bool {
        self.whole && self.unproven() == 0 && self.undetermined == 0
    }

    /// Returns the number of profiles that were added, are gone or have another id, and of which this is not proven.
    pub const fn unproven(&self) -> u64 {
        self.not_seen + self.first_seen + self.only_in_old + self.only_in_new + self.unproven_renamed
    }
}
