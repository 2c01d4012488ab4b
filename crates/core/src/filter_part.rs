//! The parts of a filter.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    FieldPath,
    words::{WordError, value_of_word},
};

/// A part of a [`Filter`](crate::Filter).
///
/// ```
/// use anyprofile_core::{FieldPath, query::FilterPart};
///
/// assert_eq!(FilterPart::Mfa.path(), Some(FieldPath::SECURITY_MFA_ENABLED));
/// assert_eq!("updated_since".parse::<FilterPart>()?, FilterPart::UpdatedSince);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FilterPart {
    /// [`Filter::status`](crate::Filter::status)
    Status,
    /// [`Filter::kind`](crate::Filter::kind)
    Kind,
    /// [`Filter::mfa`](crate::Filter::mfa)
    Mfa,
    /// [`Filter::email`](crate::Filter::email)
    Email,
    /// [`Filter::label`](crate::Filter::label)
    Label,
    /// [`Filter::role`](crate::Filter::role)
    Role,
    /// [`Filter::updated_since`](crate::Filter::updated_since)
    UpdatedSince,
    /// [`Filter::created_since`](crate::Filter::created_since)
    CreatedSince,
    /// [`Filter::condition`](crate::Filter::condition)
    Condition,
}

impl FilterPart {
    /// All parts.
    pub const ALL: [Self; 9] = [
        Self::Status,
        Self::Kind,
        Self::Mfa,
        Self::Email,
        Self::Label,
        Self::Role,
        Self::UpdatedSince,
        Self::CreatedSince,
        Self::Condition,
    ];

    /// Returns whether a service that filters by this part returns only matching profiles. An address is matched by
    /// the service's search, which may return others too.
    pub(crate) const fn is_exact(self) -> bool {
        matches!(self, Self::Status | Self::Kind | Self::Mfa | Self::UpdatedSince | Self::CreatedSince)
    }

    /// Returns the part as a word in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Kind => "kind",
            Self::Mfa => "mfa",
            Self::Email => "email",
            Self::Label => "label",
            Self::Role => "role",
            Self::UpdatedSince => "updated_since",
            Self::CreatedSince => "created_since",
            Self::Condition => "condition",
        }
    }

    /// Returns the field that the part tests; `None` for a condition, which may test any.
    pub const fn path(self) -> Option<FieldPath> {
        Some(match self {
            Self::Status => FieldPath::STATUS,
            Self::Kind => FieldPath::KIND,
            Self::Mfa => FieldPath::SECURITY_MFA_ENABLED,
            Self::Email => FieldPath::EMAILS,
            Self::Label => FieldPath::LABELS,
            Self::Role => FieldPath::ROLES,
            Self::UpdatedSince => FieldPath::TIMES_UPDATED,
            Self::CreatedSince => FieldPath::TIMES_CREATED,
            Self::Condition => return None,
        })
    }
}

impl fmt::Display for FilterPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for FilterPart {
    type Err = WordError;

    fn from_str(word: &str) -> Result<Self, WordError> {
        value_of_word("a part of a filter", &Self::ALL, Self::as_str, word)
    }
}
