//! Links for somebody to enroll with.

use std::fmt;

use crate::Timestamp;

/// A link for somebody to enroll with. **The link is a credential**: whoever holds it can enroll until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enrollment {
    /// The link.
    pub url: SecretLink,
    /// When it stops working; `None` where the service does not say it in a form that is known.
    pub expires_at: Option<Timestamp>,
}

impl Enrollment {
    /// A link and its end.
    pub fn new(url: impl Into<String>, expires_at: Option<Timestamp>) -> Self {
        Self { url: SecretLink(url.into()), expires_at }
    }
}

/// A link that is a secret: neither `Debug` nor serde shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretLink(String);

impl SecretLink {
    /// The link itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretLink(..)")
    }
}
