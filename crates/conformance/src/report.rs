//! The results of the checks.

use std::fmt;

use anyprofile_core::{Error, ProviderInfo};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::checks::Check;

/// The reason for a check that needs a disturbance of the server.
pub(crate) const NOT_PROVOKED: &str = "the server cannot simulate it";

/// The reason for a check that needs the log of the server.
pub(crate) const NOT_TOLD: &str = "the server does not report the received requests";

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The provider does what the check requires.
    Passed,
    /// The provider does not; the text is the reason, without personal data.
    Failed(String),
    /// The check does not apply: the provider does not support the operation, or the server cannot simulate the
    /// situation.
    NotApplicable(String),
}

impl Outcome {
    pub(crate) fn failed(reason: impl Into<String>) -> Self {
        Self::Failed(reason.into())
    }

    pub(crate) fn not_applicable(reason: impl Into<String>) -> Self {
        Self::NotApplicable(reason.into())
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

/// The results of all checks of a provider. `Display` lists the failures and the totals.
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

    /// Returns whether at least one check passed and none failed.
    pub fn is_passed(&self) -> bool {
        self.unreachable.is_none() && self.failures().next().is_none() && self.passed() > 0
    }

    /// Returns the number of checks that passed.
    pub fn passed(&self) -> usize {
        self.results.iter().filter(|result| result.outcome == Outcome::Passed).count()
    }

    /// Returns the number of checks that were not run because the [server](crate::Server) could not simulate the
    /// situation, or does not report the received requests. These checks neither passed nor failed.
    pub fn not_provoked(&self) -> usize {
        let is_open = |outcome: &Outcome| matches!(outcome, Outcome::NotApplicable(reason) if reason == NOT_PROVOKED || reason == NOT_TOLD);
        self.results.iter().filter(|result| is_open(&result.outcome)).count()
    }

    /// Returns the checks that failed, with the reasons.
    pub fn failures(&self) -> impl Iterator<Item = (&'static Check, &str)> {
        self.results.iter().filter_map(|result| match &result.outcome {
            Outcome::Failed(reason) => Some((result.check, reason.as_str())),
            Outcome::Passed | Outcome::NotApplicable(_) => None,
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
        let failed = self.failures().count();
        let skipped = self.results.len() - self.passed() - failed;
        write!(formatter, "{} passed, {failed} failed, {skipped} not applicable", self.passed())?;
        match self.not_provoked() {
            0 => Ok(()),
            open => {
                write!(
                    formatter,
                    ", of which {open} need something that the server cannot simulate or report"
                )
            }
        }
    }
}
