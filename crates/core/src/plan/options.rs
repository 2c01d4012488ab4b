//! How a plan is made, and how it is executed.

use std::sync::Arc;

use crate::Profile;

/// How a plan is made.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PlanOptions {
    /// What is known of the profile as it is. Default: what the plan needs is read.
    pub read: PlanRead,
}

/// Where a plan has the profile from as it is now.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum PlanRead {
    /// It is read where that decides what is sent: before an update and before a deactivation, so that what is so already is
    /// not sent.
    #[default]
    AsNeeded,
    /// It is read in any case, so that the plan can show who is written to.
    Always,
    /// It was read before, as by a listing: the plan sends nothing, unless a provider that is restricted to some profiles has to
    /// check whether this is one of them. What it does not show of a field that is to be written is not known.
    Given(Arc<Profile>),
}

impl PlanOptions {
    /// Reads what is needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the profile in any case.
    pub fn always() -> Self {
        Self { read: PlanRead::Always }
    }

    /// Takes a profile for what there is now.
    pub fn given(profile: impl Into<Arc<Profile>>) -> Self {
        Self { read: PlanRead::Given(profile.into()) }
    }
}

/// How a plan is executed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecuteOptions {
    /// Whether to read the profile once more before writing, and to write nothing if a field that the plan touches is
    /// not what it was when the plan was made. It cannot keep somebody from changing it in between: no service offers
    /// that. Default: no.
    pub unchanged: bool,
}

impl ExecuteOptions {
    /// Without a precondition.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`unchanged`](Self::unchanged).
    pub fn with_unchanged(mut self, unchanged: bool) -> Self {
        self.unchanged = unchanged;
        self
    }
}
