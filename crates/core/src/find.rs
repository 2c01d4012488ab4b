//! Finding a profile by what a person knows of it.

pub(crate) mod look_up;

use std::fmt;

use serde::Serialize;

pub use self::look_up::{find_by_listing, found_or_nobody, look_up};
pub use crate::created::{Candidate, FoundCreated};
use crate::{FieldPath, Profile};

/// What is known of a profile that is looked for. `Debug` shows no content.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindKey {
    /// An e-mail address.
    Email(String),
    /// The name to sign in with.
    Username(String),
    /// The id that we gave the profile.
    ExternalId(String),
    /// The service's id.
    NativeId(String),
}

impl FindKey {
    /// What a text may be: an address if there is an `@` in it, else an id, a user name or an external id.
    pub fn guess(text: &str) -> Vec<Self> {
        if text.contains('@') {
            return vec![Self::Email(text.to_owned())];
        }
        vec![
            Self::NativeId(text.to_owned()),
            Self::Username(text.to_owned()),
            Self::ExternalId(text.to_owned()),
        ]
    }

    /// The field that holds it.
    pub const fn path(&self) -> FieldPath {
        match self {
            Self::Email(_) => FieldPath::EMAILS,
            Self::Username(_) => FieldPath::USERNAME,
            Self::ExternalId(_) => FieldPath::EXTERNAL_ID,
            Self::NativeId(_) => FieldPath::ID,
        }
    }

    /// What it is, for a sentence.
    const fn noun(&self) -> &'static str {
        match self {
            Self::Email(_) => "e-mail address",
            Self::Username(_) => "user name",
            Self::ExternalId(_) => "external id",
            Self::NativeId(_) => "id",
        }
    }

    /// Whether a profile that a service found by it has it: a service may take a user name without regard to case.
    fn is_of(&self, profile: &Profile) -> bool {
        match self {
            Self::Username(name) => {
                profile.username.value().is_some_and(|known| known.eq_ignore_ascii_case(name))
            }
            _ => self.matches(profile),
        }
    }

    /// Whether a profile has it. Addresses are compared without regard to case, everything else to the letter.
    pub fn matches(&self, profile: &Profile) -> bool {
        match self {
            Self::Email(address) => profile.has_email(address),
            Self::Username(name) => profile.username.is_known_to_be(name.as_str()),
            Self::ExternalId(id) => profile.external_id.is_known_to_be(id.as_str()),
            Self::NativeId(id) => profile.id.native() == id,
        }
    }
}

impl fmt::Debug for FindKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FindKey({})", self.path())
    }
}

/// What was found at one account.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found {
    /// The profiles: mostly none or one, but no service enforces that an external id is unique.
    pub profiles: Vec<Profile>,
    /// How it was looked for.
    pub method: FindMethod,
    /// How many requests it took.
    pub requests: u64,
    /// Whether all were read who may have the key. If not, somebody may be there who was not found.
    pub is_complete: bool,
}

/// How a profile was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindMethod {
    /// The service was asked for this very profile.
    LookedUp,
    /// The service was asked to search, and the exact profiles were kept.
    Searched,
    /// All profiles were listed, since the service has nothing better.
    Listed,
    /// The service does not have such a key or does not show it: it could not be asked, which does not mean that
    /// there is nobody.
    Unanswerable,
}

impl Found {
    /// What a look-up gave: somebody, or nobody.
    pub fn looked_up(profile: Option<Profile>) -> Self {
        Self {
            profiles: profile.into_iter().collect(),
            method: FindMethod::LookedUp,
            requests: 1,
            is_complete: true,
        }
    }

    /// Nobody could be asked.
    pub fn unanswerable() -> Self {
        Self { profiles: Vec::new(), method: FindMethod::Unanswerable, requests: 0, is_complete: true }
    }
}
