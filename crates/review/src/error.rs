//! Why a review cannot be made or applied.

use std::fmt;

use anyprofile_snapshot::SnapshotError;

/// The result of what is done with a review.
pub type Result<T, E = ReviewError> = std::result::Result<T, E>;

/// Why a review cannot be made or applied. `Display` says what is wrong, where, and what to do; it repeats no personal data.
///
/// ```
/// use anyprofile_review::{Policy, ReviewError};
///
/// let error = Policy::from_toml("version = 1\n[[rules]]\ncheck = \"stale\"\nseverity = \"high\"\n").unwrap_err();
/// assert!(matches!(error, ReviewError::Policy(_)));
/// assert!(error.to_string().contains("`days`"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ReviewError {
    /// The policy cannot be read.
    Policy(String),
    /// The roster cannot be read.
    Roster(String),
    /// The decisions cannot be read, were changed, or are about another snapshot.
    Decisions(String),
    /// The snapshot cannot be read.
    Snapshot(SnapshotError),
    /// The page or a report cannot be written.
    Document(String),
}

impl fmt::Display for ReviewError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(why) => write!(formatter, "the policy: {why}"),
            Self::Roster(why) => write!(formatter, "the roster: {why}"),
            Self::Decisions(why) => write!(formatter, "the decisions: {why}"),
            Self::Snapshot(error) => error.fmt(formatter),
            Self::Document(why) => write!(formatter, "the review cannot be written: {why}"),
        }
    }
}

impl std::error::Error for ReviewError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Snapshot(error) => Some(error),
            _ => None,
        }
    }
}

impl From<SnapshotError> for ReviewError {
    fn from(error: SnapshotError) -> Self {
        Self::Snapshot(error)
    }
}

impl From<serde_json::Error> for ReviewError {
    fn from(error: serde_json::Error) -> Self {
        Self::Document(error.to_string())
    }
}

impl From<std::io::Error> for ReviewError {
    fn from(error: std::io::Error) -> Self {
        Self::Document(error.to_string())
    }
}
