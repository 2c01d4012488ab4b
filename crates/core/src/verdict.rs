//! Whether a profile is wanted.

/// Whether a profile is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Wanted,
    /// It is not.
    Unwanted,
    /// It may be: what decides is not known of it.
    Undetermined,
}

impl Verdict {
    /// What is wanted by both, as far as it is known.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unwanted, _) | (_, Self::Unwanted) => Self::Unwanted,
            (Self::Undetermined, _) | (_, Self::Undetermined) => Self::Undetermined,
            (Self::Wanted, Self::Wanted) => Self::Wanted,
        }
    }
}
