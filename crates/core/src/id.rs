//! Ids of profiles: service, account, collection and native id.

use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, de};

/// The characters that are escaped in a printed id: each would end the id, or change its meaning in a shell or a URL.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'\'')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'`');

macro_rules! name_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(transparent))]
        pub struct $name(Arc<str>);

        impl $name {
            /// Creates a name from 1 to 64 of `a`-`z`, `A`-`Z`, `0`-`9`, `.`, `_`, `-`.
            ///
            /// # Errors
            /// [`IdError::Name`] for any other text.
            pub fn new(name: &str) -> Result<Self, IdError> {
                let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
                if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
                    return Err(IdError::Name);
                }
                Ok(Self(name.into()))
            }

            /// Creates a name from a constant of the program.
            ///
            /// # Panics
            /// Panics if the text is not a name; see [`new`](Self::new).
            pub fn from_static(name: &'static str) -> Self {
                #[allow(clippy::expect_used, reason = "the name is a constant of the program, never input")]
                Self::new(name).expect("a name has 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-'")
            }

            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::word::word(deserializer, str::parse)?.map_err(de::Error::custom)
            }
        }
    };
}

name_type! {
    /// The name of a service: one of this project's crates, or of a third party.
    ///
    /// ```
    /// use anyprofile_core::{ProfileId, ServiceName};
    ///
    /// let library = ServiceName::from_static("library");
    /// let id: ProfileId = "library:main/user/ada".parse()?;
    /// assert_eq!(id.service, library);
    /// // A name is a part of printed ids, so it has no spaces.
    /// assert!(ServiceName::new("the library").is_err());
    /// # Ok::<(), anyprofile_core::id::IdError>(())
    /// ```
    ServiceName
}

name_type! {
    /// The name of one account of a service, from the configuration.
    ///
    /// ```
    /// use anyprofile_core::{AccountName, ProfileId};
    ///
    /// let ours: ProfileId = "library:live/user/17".parse()?;
    /// assert_eq!(ours.account, AccountName::from_static("live"));
    /// // The same number in another account of the service is somebody else.
    /// assert!(!ours.is_same_as(&"library:trial/user/17".parse()?));
    /// # Ok::<(), anyprofile_core::id::IdError>(())
    /// ```
    AccountName
}

/// The collection of the service's API that a native id belongs to.
///
/// It is part of the identity, because two collections may use the same native ids. It does not say what the profile
/// is: if a service lists organizations among its users, an organization has the id kind `user`, and its
/// [`Profile::kind`](crate::Profile::kind) is `organization`.
///
/// ```
/// use anyprofile_core::{IdKind, ProfileId};
///
/// const INVITE: IdKind = IdKind::new("invite");
///
/// let id: ProfileId = "library:main/invite/17".parse()?;
/// assert_eq!(id.kind, INVITE);
/// // The user 17 is somebody else.
/// assert!(!id.is_same_as(&"library:main/user/17".parse()?));
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transparent))]
pub struct IdKind(Cow<'static, str>);

impl IdKind {
    /// The service's users.
    pub const USER: Self = Self(Cow::Borrowed("user"));
    /// The service's organizations.
    pub const ORGANIZATION: Self = Self(Cow::Borrowed("organization"));

    /// Creates the name of a collection: 1 to 64 of `a`-`z`, `A`-`Z`, `0`-`9`, `.`, `_`, `-`. The name is not checked
    /// here; a printed id with another name cannot be parsed.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl FromStr for IdKind {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        for known in [Self::USER, Self::ORGANIZATION] {
            if known.as_str() == text {
                return Ok(known);
            }
        }
        let name = ServiceName::new(text)?;
        Ok(Self(Cow::Owned(name.as_str().to_owned())))
    }
}

impl<'de> Deserialize<'de> for IdKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::word::word(deserializer, str::parse)?.map_err(de::Error::custom)
    }
}

/// The identity of a profile.
///
/// Prints and parses as `service:account/kind/native`; characters of `native` that would be ambiguous are
/// percent-encoded. Serializes as an object with these four fields; the printed form is accepted too.
///
/// ```
/// use anyprofile_core::ProfileId;
///
/// let id: ProfileId = "upsun:acme/user/d81c8ee2-44b3-429f-b944-a33ad7437690".parse()?;
/// assert_eq!(id.service, "upsun");
/// assert_eq!(id.native(), "d81c8ee2-44b3-429f-b944-a33ad7437690");
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProfileId {
    /// The service.
    pub service: ServiceName,
    /// The account of the service.
    pub account: AccountName,
    /// The collection that the native id belongs to.
    pub kind: IdKind,
    native: NativeId,
}

/// An id in the service's form: opaque and never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transparent))]
struct NativeId(Box<str>);

impl ProfileId {
    /// Creates an id.
    ///
    /// # Errors
    /// [`IdError::Native`] if `native` is empty, `.`, `..`, longer than 255 bytes, or contains a control character:
    /// such an id would address something else in the path of a URL.
    pub fn new(
        service: ServiceName,
        account: AccountName,
        kind: IdKind,
        native: impl Into<Box<str>>,
    ) -> Result<Self, IdError> {
        let native = native.into();
        if native.is_empty()
            || &*native == "."
            || &*native == ".."
            || native.len() > 255
            || has_control(&native)
        {
            return Err(IdError::Native);
        }
        Ok(Self { service, account, kind, native: NativeId(native) })
    }

    /// Returns the id in the service's form.
    pub fn native(&self) -> &str {
        &self.native.0
    }

    /// Returns whether both ids name the same profile: the same collection of the same account, and the same native
    /// id. UUIDs are compared without regard to case, because services write them in either ([RFC 9562, section
    /// 4](https://www.rfc-editor.org/rfc/rfc9562#section-4)).
    pub fn is_same_as(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.native(), other.native());
        let is_same_native =
            ours == theirs || is_uuid(ours) && is_uuid(theirs) && ours.eq_ignore_ascii_case(theirs);
        let place = |id: &Self| (id.service.clone(), id.account.clone(), id.kind.clone());
        is_same_native && place(self) == place(other)
    }
}

/// Returns whether a text has the form of a UUID with hyphens.
fn is_uuid(text: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// Returns whether a text has a control character.
fn has_control(text: &str) -> bool {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte);
    !text.bytes().all(is_plain) && text.chars().any(char::is_control)
}

impl fmt::Display for ProfileId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let native = utf8_percent_encode(self.native(), ESCAPED);
        write!(formatter, "{}:{}/{}/{native}", self.service, self.account, self.kind)
    }
}

impl FromStr for ProfileId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (service, rest) = text.split_once(':').ok_or(IdError::Form)?;
        let mut parts = rest.splitn(3, '/');
        let (Some(account), Some(kind), Some(native)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(IdError::Form);
        };
        let native = percent_decode_str(native).decode_utf8().map_err(|_| IdError::Native)?;
        Self::new(service.parse()?, account.parse()?, kind.parse()?, native.into_owned())
    }
}

impl<'de> Deserialize<'de> for ProfileId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Printed(String),
            Parts { service: ServiceName, account: AccountName, kind: IdKind, native: String },
        }
        match Form::deserialize(deserializer)? {
            Form::Printed(text) => text.parse(),
            Form::Parts { service, account, kind, native } => Self::new(service, account, kind, native),
        }
        .map_err(de::Error::custom)
    }
}

/// The error for a text that is not an id. It does not repeat the text.
///
/// ```
/// use anyprofile_core::{ProfileId, id::IdError};
///
/// assert_eq!("ada".parse::<ProfileId>(), Err(IdError::Form));
/// assert_eq!("the library:main/user/ada".parse::<ProfileId>(), Err(IdError::Name));
/// // It would lead to another resource in the path of a URL.
/// assert_eq!("library:main/user/..".parse::<ProfileId>(), Err(IdError::Native));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdError {
    /// The text does not have four parts.
    Form,
    /// A service, account or kind is not a valid name.
    Name,
    /// The native part is not a valid native id.
    Native,
}

impl fmt::Display for IdError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Form => {
                "an id must have the form service:account/kind/native, such as example:acme/user/d81c8ee2"
            }
            Self::Name => "a name must be 1 to 64 letters, digits, '.', '_' or '-'",
            Self::Native => {
                "a native id must be 1 to 255 bytes without control characters, and not '.' or '..'"
            }
        })
    }
}

impl std::error::Error for IdError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(native: &str) -> Result<ProfileId, IdError> {
        let name = ServiceName::new("probely")?;
        ProfileId::new(name, AccountName::new("eu")?, IdKind::USER, native)
    }

    #[test]
    fn ids_that_would_change_a_path_are_refused() {
        for native in ["", ".", "..", "a\nb", &"x".repeat(256)] {
            assert_eq!(id(native), Err(IdError::Native), "{native:?}");
        }
    }

    #[test]
    fn a_leading_dash_and_underscores_are_ordinary() {
        assert_eq!(id("-sDw5iRCtV_Y").unwrap().to_string(), "probely:eu/user/-sDw5iRCtV_Y");
    }

    #[test]
    fn only_a_uuid_is_the_same_one_in_the_other_case() {
        let is_same = |one: &str, other: &str| id(one).unwrap().is_same_as(&id(other).unwrap());
        let uuid = "d81c8ee2-44b3-429f-b944-a33ad7437690";
        assert!(is_same(uuid, &uuid.to_uppercase()) && is_same("Ab", "Ab"));
        assert!(!is_same("Ab", "ab") && !is_same(uuid, "d81c8ee2-44b3-429f-b944-a33ad7437691"));
        let elsewhere: ProfileId = "probely:us/user/Ab".parse().unwrap();
        assert!(!elsewhere.is_same_as(&id("Ab").unwrap()));
    }

    #[test]
    fn both_json_forms_are_read() {
        let object = r#"{"service":"probely","account":"eu","kind":"user","native":"a/b"}"#;
        let id: ProfileId = serde_json::from_str(object).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), object);
        let printed: ProfileId = serde_json::from_str(r#""probely:eu/user/a%2Fb""#).unwrap();
        assert_eq!(printed, id);
    }

    #[test]
    fn what_is_no_id_says_what_an_id_looks_like() {
        assert_eq!("d81c".parse::<ProfileId>(), Err(IdError::Form));
        assert_eq!("upsun:a b/user/x".parse::<ProfileId>(), Err(IdError::Name));
    }

    proptest::proptest! {
        #[test]
        fn a_printed_id_parses_back(native in "[^\\p{Cc}]{1,40}") {
            proptest::prop_assume!(native.len() <= 255 && native != "." && native != "..");
            let id = id(&native).unwrap();
            proptest::prop_assert_eq!(id.to_string().parse::<ProfileId>().unwrap(), id);
        }
    }
}
