//! Proof that a credential works.

use std::fmt;

use serde::Serialize;

use crate::{ProfileId, RequestStats};

/// The result of [`ProfileProviderExt::check`](crate::ProfileProviderExt::check).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// What was requested.
    pub method: CheckMethod,
    /// The credential's own profile, if the service shows it.
    pub profile: Option<ProfileId>,
    /// The total number of profiles, if the service declares it.
    pub declared_total: Option<u64>,
    /// What the check cost.
    pub stats: RequestStats,
}

/// The request that proved a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckMethod {
    /// The credential's own profile.
    Current,
    /// A listing of one profile.
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
