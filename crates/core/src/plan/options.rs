//! Options of planning and executing a write.

use std::sync::Arc;

use crate::Profile;

/// Options of planning a write.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PlanOptions {
    /// Where the current profile comes from. By default it is read if the plan needs it.
    pub read: PlanRead,
}

/// Where a plan gets the current profile from.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum PlanRead {
    /// The profile is read if that affects what is sent: before an update and before a deactivation, so that
    /// unchanged values are not sent.
    #[default]
    AsNeeded,
    /// The profile is always read, so that the plan can show it.
    Always,
    /// The profile was read before, for example by a listing. Planning sends nothing, unless a provider with a
    /// restricted scope must check whether the profile is in it. Fields that the given profile does not show are not
    /// known.
    Given(Arc<Profile>),
}

impl PlanOptions {
    /// Creates the default options: the profile is read if needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates options that always read the profile.
    pub fn always() -> Self {
        Self { read: PlanRead::Always }
    }

    /// Creates options that use this profile as the current one.
    pub fn given(profile: impl Into<Arc<Profile>>) -> Self {
        Self { read: PlanRead::Given(profile.into()) }
    }
}

/// Options of executing a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecuteOptions {
    /// Whether to read the profile again before writing, and to write nothing if a field that the plan touches has
    /// changed since. A change between this read and the write is detected only by a service whose writes name the version of
    /// the record (SCIM with `ETag`s). The default is `false`.
    pub unchanged: bool,
}

impl ExecuteOptions {
    /// Creates the default options, without a precondition.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`unchanged`](Self::unchanged).
    pub fn with_unchanged(mut self, unchanged: bool) -> Self {
        self.unchanged = unchanged;
        self
    }
}
