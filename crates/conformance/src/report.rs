//! The results of the checks.

use std::fmt;

use anyprofile_core::{Error, ProviderInfo};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::{CHECKS, checks::Check};

/// The reason for a check that needs the log of the server.
pub(crate) const NOT_TOLD: &str = "the test server must report the received requests (Server::log)";

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The provider does what the check requires.
    Passed,
    /// The provider does not; the text is the reason, without personal data.
    Failed(String),
    /// The check does not apply: the provider does not support the operation, or the service cannot get into the
    /// situation.
    NotApplicable(String),
    /// The check applies and could not be run. The text says what the provider's test server must have or allow. Whether the
    /// provider does what the check requires is not known.
    NotProven(String),
}

impl Outcome {
    pub(crate) fn failed(reason: impl Into<String>) -> Self {
        Self::Failed(reason.into())
    }

    pub(crate) fn not_applicable(reason: impl Into<String>) -> Self {
        Self::NotApplicable(reason.into())
    }

    pub(crate) fn not_proven(needs: impl Into<String>) -> Self {
        Self::NotProven(needs.into())
    }
}

/// A provider's error where none is expected is a failure.
impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self::Failed(format!("unexpected: {error}"))
    }
}

/// A check and its outcome.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CheckResult {
    /// The check.
    pub check: &'static Check,
    /// The outcome.
    pub outcome: Outcome,
}

impl Serialize for CheckResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut result = serializer.serialize_struct("CheckResult", 5)?;
        result.serialize_field("id", self.check.id)?;
        result.serialize_field("group", &self.check.group)?;
        result.serialize_field("proves", self.check.proves)?;
        result.serialize_field("basis", self.check.basis)?;
        result.serialize_field("outcome", &self.outcome)?;
        result.end()
    }
}

/// The results of all checks of a provider. `Display` lists the failures, what is not proven, and the totals.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The provider; `None` if it could not be connected.
    pub provider: Option<ProviderInfo>,
    /// The result of each check.
    pub results: Vec<CheckResult>,
    /// Why nothing could be checked.
    pub unreachable: Option<String>,
}

impl Report {
    pub(crate) fn new(provider: ProviderInfo, results: Vec<CheckResult>) -> Self {
        Self { provider: Some(provider), results, unreachable: None }
    }

    pub(crate) fn unreachable(error: &Error) -> Self {
        Self { provider: None, results: Vec::new(), unreachable: Some(error.to_string()) }
    }

    /// Returns whether at least one check passed and none failed. Ask [`is_proven`](Self::is_proven) whether every check that applies
    /// was run, too.
    pub fn is_passed(&self) -> bool {
        self.unreachable.is_none() && self.failures().next().is_none() && self.passed() > 0
    }

    /// Returns whether every check of the suite that applies was run and passed. The report of [`run_some`](crate::run_some) never
    /// says so, unless all were wanted.
    pub fn is_proven(&self) -> bool {
        self.is_passed() && self.not_proven().next().is_none() && self.results.len() == CHECKS.len()
    }

    /// Returns the number of checks that passed.
    pub fn passed(&self) -> usize {
        self.results.iter().filter(|result| result.outcome == Outcome::Passed).count()
    }

    /// Returns the checks that apply and could not be run, each with what the [server](crate::Server) must have or allow for it.
    /// These checks neither passed nor failed.
    pub fn not_proven(&self) -> impl Iterator<Item = (&'static Check, &str)> {
        self.results.iter().filter_map(|result| match &result.outcome {
            Outcome::NotProven(needs) => Some((result.check, needs.as_str())),
            _ => None,
        })
    }

    /// Returns the checks that failed, with the reasons.
    pub fn failures(&self) -> impl Iterator<Item = (&'static Check, &str)> {
        self.results.iter().filter_map(|result| match &result.outcome {
            Outcome::Failed(reason) => Some((result.check, reason.as_str())),
            _ => None,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.unreachable {
            return write!(formatter, "nothing could be checked: {reason}");
        }
        for (check, reason) in self.failures() {
            writeln!(formatter, "{} failed: {reason}\n  it must prove that {}", check.id, check.proves)?;
        }
        for (check, needs) in self.not_proven() {
            writeln!(formatter, "{} not proven: {needs}", check.id)?;
        }
        let (failed, open) = (self.failures().count(), self.not_proven().count());
        let skipped = self.results.len() - self.passed() - failed - open;
        write!(
            formatter,
            "{} passed, {failed} failed, {open} not proven, {skipped} not applicable",
            self.passed()
        )
    }
}
