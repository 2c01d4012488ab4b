//! What came of a plan.

use std::fmt;

use crate::{Error, FieldPath, Profile, Result, enrollment::Enrollment};

/// What came of one request of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepOutcome {
    /// It was made: the service says so.
    Made,
    /// It was not made.
    NotMade,
    /// No response came that says whether it was made.
    Unknown,
    /// It was not sent: one before it was not made, or is not known to have been.
    NotBegun,
}

/// What the service answered to one request of a plan.
#[derive(Clone)]
#[non_exhaustive]
pub enum Receipt {
    /// It accepted it, and shows nothing.
    Accepted,
    /// It shows the profile as it then is.
    Shows(Box<Profile>),
    /// It made a link to enroll with.
    Enrollment(Enrollment),
}

impl fmt::Debug for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Accepted => "Accepted",
            Self::Shows(_) => "Shows",
            Self::Enrollment(_) => "Enrollment",
        })
    }
}

/// What became of a plan, of which something was sent, or nothing had to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Executed {
    /// What came of each request, in the order of [`Plan::requests`](crate::Plan::requests); one outcome for a provider that sends none. None where
    /// everything was so already.
    pub steps: Vec<StepOutcome>,
    /// The profile as the service shows it after the write, where it does.
    pub profile: Option<Profile>,
    /// The link that was made to enroll with.
    pub enrollment: Option<Enrollment>,
    /// The fields that the service accepted and shows otherwise: it ignored them or changed them.
    pub ignored: Vec<FieldPath>,
    /// The fields that the service accepted and does not show: whether they are as they were to be is not known.
    pub unshown: Vec<FieldPath>,
    /// What went wrong. Its [`effect`](Error::effect) says what was made all the same.
    pub error: Option<Error>,
}

impl Executed {
    /// The same, or what went wrong.
    ///
    /// # Errors
    /// What went wrong.
    pub fn into_result(self) -> Result<Self> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// Whether everything was so already, and nothing was sent.
    pub fn is_settled(&self) -> bool {
        self.steps.is_empty() && self.error.is_none()
    }

    /// Whether something was written, or may have been.
    pub fn may_have_taken_effect(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, StepOutcome::Made | StepOutcome::Unknown))
    }
}
