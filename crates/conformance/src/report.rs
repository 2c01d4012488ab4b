//! What was found.

use std::fmt;

use anyprofile_core::{Error, ProviderInfo};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::checks::Check;

/// Why a check was not made that needs a disturbance.
pub(crate) const NOT_PROVOKED: &str = "the server cannot provoke it";

/// Why a check was not made that needs to know what was sent.
pub(crate) const NOT_TOLD: &str = "the server does not tell what was sent";

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The provider does what is asked.
    Passed,
    /// It does not; why, in words without personal data.
    Failed(String),
    /// It could not be checked: the provider does not offer it, or the server cannot provoke it.
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

/// A failure of the provider where none was expected.
impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self::Failed(format!("unexpected: {error}"))
    }
}

/// A check and what it found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CheckResult {
    /// The check.
    pub check: &'static Check,
    /// What it found.
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

/// What was found of a provider. `Display` names what failed, or says that nothing did.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The provider; `None` if there was none to be had.
    pub provider: Option<ProviderInfo>,
    /// What each check found.
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

    /// Whether nothing failed, and something passed.
    pub fn is_passed(&self) -> bool {
        self.unreachable.is_none() && self.failures().next().is_none() && self.passed() > 0
    }

    /// How many checks passed.
    pub fn passed(&self) -> usize {
        self.results.iter().filter(|result| result.outcome == Outcome::Passed).count()
    }

    /// How many checks were not made since the [server](crate::Server) could not provoke what they are about, or does not tell
    /// what was sent: they are open, and not passed.
    pub fn not_provoked(&self) -> usize {
        let is_open = |outcome: &Outcome| matches!(outcome, Outcome::NotApplicable(reason) if reason == NOT_PROVOKED || reason == NOT_TOLD);
        self.results.iter().filter(|result| is_open(&result.outcome)).count()
    }

    /// The checks that failed, and why.
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
            writeln!(formatter, "{} failed: {reason}\n  it is to prove that {}", check.id, check.proves)?;
        }
        let failed = self.failures().count();
        let skipped = self.results.len() - self.passed() - failed;
        write!(formatter, "{} passed, {failed} failed, {skipped} not applicable", self.passed())?;
        match self.not_provoked() {
            0 => Ok(()),
            open => {
                write!(
                    formatter,
                    ", {open} of these since the server cannot provoke or tell what they are about"
                )
            }
        }
    }
}
