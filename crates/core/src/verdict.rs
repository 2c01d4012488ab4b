//! A result that may be unknown.

use std::{fmt, ops::Not};

use serde::{Deserialize, Serialize};

/// The result of a question whose response may not be known: yes, no, or unknown.
///
/// Combines as in SQL's three-valued logic (Kleene's): `Unknown` decides nothing that the other side does not decide.
///
/// ```
/// use anyprofile_core::Verdict;
///
/// assert_eq!(Verdict::Unknown.and(Verdict::No), Verdict::No);
/// assert_eq!(Verdict::Unknown.or(Verdict::No), Verdict::Unknown);
/// assert_eq!(!Verdict::Unknown, Verdict::Unknown);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// It is known to be so.
    Yes,
    /// It is known not to be so.
    No,
    /// What decides it is not known.
    Unknown,
}

impl Verdict {
    /// Returns whether it is known to be so.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Returns whether it is known not to be so.
    pub const fn is_no(self) -> bool {
        matches!(self, Self::No)
    }

    /// Returns whether it is not known.
    pub const fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Returns whether both are so.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// Returns whether at least one of them is so.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::No, Self::No) => Self::No,
        }
    }
}

impl From<bool> for Verdict {
    fn from(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }
}

impl Not for Verdict {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        })
    }
}
