//! What a review finds.

use std::fmt;

use anyprofile_core::ProfileId;
use serde::{Serialize, Serializer};

use crate::{
    policy::{Check, Exception},
    word::words,
};

words! {
    /// How bad a finding is. The greater one is worse.
    ///
    /// ```
    /// use anyprofile_review::Severity;
    ///
    /// assert!(Severity::High > Severity::Medium);
    /// assert_eq!("critical".parse(), Ok(Severity::Critical));
    /// ```
    pub enum Severity {
        /// Worth a look.
        Low = "low",
        /// To be mended.
        Medium = "medium",
        /// To be mended soon.
        High = "high",
        /// To be mended at once.
        Critical = "critical",
    }
}

words! {
    /// Whether a rule is broken.
    pub enum FindingState {
        /// It is broken, as what the services say proves.
        Violated = "violated",
        /// The services do not say enough to know.
        NotKnown = "not_known",
        /// It is broken, or may be, and the policy allows it until a day.
        Excepted = "excepted",
    }
}

/// One thing that a review found: a rule that is broken, or of which nobody knows. `Debug` shows ids and no names.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The name of the rule.
    pub rule: String,
    /// What the rule checks.
    pub check: Check,
    /// How bad it is.
    pub severity: Severity,
    /// Whether the rule is broken, or that is not known.
    pub state: FindingState,
    /// The account, as `service:account`; `None` if it is about a person of the roster without one.
    pub account: Option<String>,
    /// The profiles that it is about. What is not known for the same reason of several profiles of an account is one finding.
    #[serde(serialize_with = "as_texts")]
    pub profiles: Vec<ProfileId>,
    /// How the person is called: the name of the profile, or of the roster's entry. `None` if it is about several.
    pub name: Option<String>,
    /// What was found, in words, without a name or an address.
    pub message: String,
    /// Why it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<Exception>,
}

/// Writes ids as they are written on a command line, to be handed on.
fn as_texts<S: Serializer>(ids: &[ProfileId], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(ids.iter().map(ToString::to_string))
}

impl fmt::Debug for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, severity, state, account, profiles, message, .. } = self;
        let count = profiles.len();
        write!(formatter, "Finding({severity} {state} {rule}, {account:?}, {count} profiles: {message})")
    }
}
