//! How a credential was proven.

use std::fmt;

use serde::Serialize;

use crate::{ProfileId, RequestStats};

/// How a credential was proven by [`ProfileProviderExt::check`](crate::ProfileProviderExt::check).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// What was asked for.
    pub method: CheckMethod,
    /// The credential's own profile, where the service shows it.
    pub profile: Option<ProfileId>,
    /// How many profiles there are, where the service says so.
    pub declared_total: Option<u64>,
    /// What it took.
    pub stats: RequestStats,
}

/// What was asked for to prove a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckMethod {
    /// The credential's own profile.
    Current,
    /// A listing of one.
    List,
}

impl fmt::Display for CheckMethod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Current => "current",
            Self::List => "list",
        })
    }
}
