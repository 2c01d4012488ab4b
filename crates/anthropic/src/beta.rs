//! The betas of user profiles, and what the beta of an account decides.

use std::sync::Arc;

use anyprofile_http::HeaderValue;

/// The header that carries the betas of a request.
pub(crate) const BETA_HEADER: &str = "anthropic-beta";

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

/// The settings of an account that the operations need. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Beta {
    name: Option<Arc<str>>,
    is_in_query: bool,
    /// The betas of the account other than the one of user profiles.
    others: Arc<[String]>,
}

impl Beta {
    /// Creates the settings of a beta, or of the generally available API, which gets no query parameter. `others`
    /// are the further betas of the account.
    pub(crate) fn new(name: Option<&str>, is_in_query: bool, others: &[String]) -> Self {
        Self {
            name: name.map(Arc::from),
            is_in_query: is_in_query && name.is_some(),
            others: each_once(others.iter().flat_map(|betas| betas.split(','))).map(str::to_owned).collect(),
        }
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

    /// Returns the betas of the account other than the one of user profiles.
    pub(crate) fn others(&self) -> &[String] {
        &self.others
    }

    /// Returns all betas of the account, each once; `None` if it has none.
    pub(crate) fn header(&self) -> Option<String> {
        let own = self.others.iter().map(String::as_str).chain(self.name());
        let betas: Vec<_> = each_once(own).collect();
        (!betas.is_empty()).then(|| betas.join(","))
    }

    /// Returns the betas of one operation, together with those of the account other than the one of user profiles. The
    /// header of a request replaces that of the account.
    pub(crate) fn header_of(&self, betas: &[&'static str]) -> HeaderValue {
        let fallback = || HeaderValue::from_static(betas.last().copied().unwrap_or_default());
        let all = self.others.iter().map(String::as_str).chain(betas.iter().copied());
        let joined = each_once(all).collect::<Vec<_>>().join(",");
        // An account whose betas are not allowed in a header is refused when the client is created.
        HeaderValue::try_from(joined).unwrap_or_else(|_| fallback())
    }
}

/// Returns the betas that are not empty, each once.
fn each_once<'a>(betas: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let mut seen: Vec<&str> = Vec::new();
    betas.map(str::trim).filter(move |beta| {
        let is_new = !beta.is_empty() && !seen.contains(beta);
        if is_new {
            seen.push(beta);
        }
        is_new
    })
}
