//! A result that may be unknown.

use std::{fmt, ops::Not};

use serde::{Deserialize, Serialize};

/// A three-valued result: yes, no or unknown.
///
/// `and`, `or` and `!` follow SQL's three-valued logic: an unknown operand makes the result unknown, unless the other operand decides
/// it.
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
    /// Known to be true.
    Yes,
    /// Known to be false.
    No,
    /// The deciding value is not known.
    Unknown,
}

impl Verdict {
    /// Returns whether it is [`Yes`](Self::Yes).
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Returns whether it is [`No`](Self::No).
    pub const fn is_no(self) -> bool {
        matches!(self, Self::No)
    }

    /// Returns whether it is [`Unknown`](Self::Unknown).
    pub const fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Combines two results: `Yes` if both are.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// Combines two results: `Yes` if at least one of them is.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_result_is_itself_alone_and_has_its_word() {
        for (verdict, is, word) in [
            (Verdict::Yes, [true, false, false], "yes"),
            (Verdict::No, [false, true, false], "no"),
            (Verdict::Unknown, [false, false, true], "unknown"),
        ] {
            assert_eq!([verdict.is_yes(), verdict.is_no(), verdict.is_unknown()], is);
            assert_eq!(verdict.to_string(), word);
        }
    }
}
