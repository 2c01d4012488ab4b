//! Finding profiles by a key.

pub(crate) mod look_up;

use std::fmt;

use serde::Serialize;

pub use self::look_up::{find_by_listing, find_in_collections, found_or_nobody, look_up};
pub use crate::created::{Candidate, FoundCreated};
use crate::{FieldPath, Profile};

/// A key to find profiles by. `Debug` shows no content.
///
/// ```
/// use anyprofile_core::FindKey;
///
/// // What a person typed may be an address or a user name.
/// let keys = FindKey::guess("ada@example.org");
/// assert!(keys.contains(&FindKey::Email("ada@example.org".to_owned())));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindKey {
    /// An e-mail address.
    Email(String),
    /// A user name.
    Username(String),
    /// The id that the customer gave the profile.
    ExternalId(String),
    /// The service's id.
    NativeId(String),
}

impl FindKey {
    /// Returns the keys that a text may be: an address or a user name if it contains an `@`; otherwise an id, a user name or an
    /// external id.
    pub fn guess(text: &str) -> Vec<Self> {
        if text.contains('@') {
            return vec![Self::Email(text.to_owned()), Self::Username(text.to_owned())];
        }
        vec![
            Self::NativeId(text.to_owned()),
            Self::Username(text.to_owned()),
            Self::ExternalId(text.to_owned()),
        ]
    }

    /// Returns the field that the key is compared with.
    pub const fn path(&self) -> FieldPath {
        match self {
            Self::Email(_) => FieldPath::EMAILS,
            Self::Username(_) => FieldPath::USERNAME,
            Self::ExternalId(_) => FieldPath::EXTERNAL_ID,
            Self::NativeId(_) => FieldPath::ID,
        }
    }

    /// Returns a noun for the key, for messages.
    const fn noun(&self) -> &'static str {
        match self {
            Self::Email(_) => "e-mail address",
            Self::Username(_) => "user name",
            Self::ExternalId(_) => "external id",
            Self::NativeId(_) => "id",
        }
    }

    /// Returns whether a profile that the service found has the key. A service may ignore the case of user names.
    fn is_of(&self, profile: &Profile) -> bool {
        match self {
            Self::Username(name) => {
                profile.username.value().is_some_and(|known| known.eq_ignore_ascii_case(name))
            }
            _ => self.matches(profile),
        }
    }

    /// Returns whether a profile has the key. Addresses are compared without regard to case, all other keys exactly.
    pub fn matches(&self, profile: &Profile) -> bool {
        match self {
            Self::Email(address) => profile.has_email(address),
            // Services compare user names without case (RFC 7643 §4.1.1), or have them in lower case.
            Self::Username(name) => {
                profile.username.value().is_some_and(|known| known.to_lowercase() == name.to_lowercase())
            }
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

/// The profiles that were found at one account.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FindKey, ProfileProvider};
///
/// let found = provider.find_by(&FindKey::Email("grace@example.org".to_owned())).await?;
/// match (found.profiles.as_slice(), found.is_complete) {
///     ([], true) => println!("nobody has this address"),
///     ([], false) => println!("nobody was found, and somebody may have been missed"),
///     (profiles, _) => println!("{} profiles have it", profiles.len()),
/// }
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found {
    /// The profiles. Mostly none or one; no service enforces that an external id is unique.
    pub profiles: Vec<Profile>,
    /// How the profiles were searched.
    pub method: FindMethod,
    /// The number of requests that the search took.
    pub requests: u64,
    /// Whether all profiles that may have the key were read. If not, a matching profile may have been missed.
    pub is_complete: bool,
}

/// How profiles were searched.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FindKey, ProfileProvider, find::FindMethod};
///
/// let found = provider.find_by(&FindKey::Email("grace@example.org".to_owned())).await?;
/// // Nobody was found. Was anybody asked?
/// let said = match found.method {
///     FindMethod::Unanswerable => "not known: the service cannot be searched by an address",
///     FindMethod::Listed => "nobody on the whole list has the address",
///     _ => "the service knows nobody with the address",
/// };
/// assert_eq!(said, "the service knows nobody with the address");
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindMethod {
    /// By a direct lookup at the service.
    LookedUp,
    /// By the service's search; only exact matches were kept.
    Searched,
    /// By listing all profiles, because the service has no better way.
    Listed,
    /// Not at all: the service does not have such a key or does not show it. This does not mean that no profile
    /// matches.
    Unanswerable,
}

impl Found {
    /// Creates the result of a lookup, with one profile or none.
    pub fn looked_up(profile: Option<Profile>) -> Self {
        Self {
            profiles: profile.into_iter().collect(),
            method: FindMethod::LookedUp,
            requests: 1,
            is_complete: true,
        }
    }

    /// Creates the result for a key that this service cannot be searched by.
    pub fn unanswerable() -> Self {
        Self { profiles: Vec::new(), method: FindMethod::Unanswerable, requests: 0, is_complete: true }
    }
}
