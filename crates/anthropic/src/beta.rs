//! The betas of user profiles: which one an account speaks, and what that decides.

use std::sync::Arc;

/// The first published beta of user profiles: `external_id`, `relationship`.
pub const BETA_2026_03_24: &str = "user-profiles-2026-03-24";
/// Adds `access_type` and `external_user_onboarded_at`.
pub const BETA_2026_08_18: &str = "user-profiles-2026-08-18";
/// Replaces `external_id` by `external_user_details`; adds `order_by`.
pub const BETA_2026_09_04: &str = "user-profiles-2026-09-04";

/// The shapes that the API has had, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    March,
    August,
    September,
    GenerallyAvailable,
}

impl Shape {
    /// The shape of a beta. An unknown one is taken as the newest.
    pub(crate) fn of(beta: Option<&str>) -> Self {
        match beta {
            Some(BETA_2026_03_24) => Self::March,
            Some(BETA_2026_08_18) => Self::August,
            Some(BETA_2026_09_04) => Self::September,
            _ => Self::GenerallyAvailable,
        }
    }
}

/// What operations of user profiles need of an account's settings. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Beta {
    name: Option<Arc<str>>,
    is_in_query: bool,
}

impl Beta {
    /// The beta of this name, or the generally available API, which no parameter is sent to.
    pub(crate) fn new(name: Option<&str>, is_in_query: bool) -> Self {
        Self { name: name.map(Arc::from), is_in_query: is_in_query && name.is_some() }
    }

    /// Its name; none of the generally available API.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Which fields and operations there are.
    pub(crate) fn shape(&self) -> Shape {
        Shape::of(self.name())
    }

    /// The value of the query parameter `beta`, where it is sent.
    pub(crate) const fn in_query(&self) -> Option<bool> {
        if self.is_in_query { Some(true) } else { None }
    }
}
