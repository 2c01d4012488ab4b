//! The betas of user profiles, and what the beta of an account decides.

use std::sync::Arc;

/// The first published beta of user profiles: `external_id`, `relationship`.
pub const BETA_2026_03_24: &str = "user-profiles-2026-03-24";
/// The beta that adds `access_type` and `external_user_onboarded_at`.
pub const BETA_2026_08_18: &str = "user-profiles-2026-08-18";
/// The beta that replaces `external_id` with `external_user_details`, and adds `order_by`.
pub const BETA_2026_09_04: &str = "user-profiles-2026-09-04";

/// The versions of the API, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    March,
    August,
    September,
    GenerallyAvailable,
}

impl Shape {
    /// Returns the version of a beta. An unknown beta counts as the newest version.
    pub(crate) fn of(beta: Option<&str>) -> Self {
        match beta {
            Some(BETA_2026_03_24) => Self::March,
            Some(BETA_2026_08_18) => Self::August,
            Some(BETA_2026_09_04) => Self::September,
            _ => Self::GenerallyAvailable,
        }
    }
}

/// The settings of an account that the operations of user profiles need. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Beta {
    name: Option<Arc<str>>,
    is_in_query: bool,
}

impl Beta {
    /// Creates the settings of a beta, or of the generally available API, which gets no query parameter.
    pub(crate) fn new(name: Option<&str>, is_in_query: bool) -> Self {
        Self { name: name.map(Arc::from), is_in_query: is_in_query && name.is_some() }
    }

    /// Returns the name; `None` for the generally available API.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the version, which decides the fields and operations.
    pub(crate) fn shape(&self) -> Shape {
        Shape::of(self.name())
    }

    /// Returns the value of the query parameter `beta`, if it is sent.
    pub(crate) const fn in_query(&self) -> Option<bool> {
        if self.is_in_query { Some(true) } else { None }
    }
}
