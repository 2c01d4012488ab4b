//! Names of a profile's fields.

use std::{
    borrow::Cow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{profile::ValueType, profile::table::Known};

/// The path of a field: its keys in the serialized profile, joined by dots (`security.mfa_enabled`).
///
/// The fields of a service's extension start with `extension.` (`extension.default_catalog`).
///
/// If this version does not know a field, `Debug` shows only what [`redacted`](Self::redacted) returns.
///
/// ```
/// use anyprofile_core::FieldPath;
///
/// let path: FieldPath = "security.mfa_enabled".parse()?;
/// assert_eq!(path, FieldPath::SECURITY_MFA_ENABLED);
/// // A name that does not exist is an error, which may know the right one.
/// assert!("last_login".parse::<FieldPath>().unwrap_err().to_string().contains("security.last_login"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct FieldPath(pub(crate) Repr);

/// How a path is stored.
#[derive(Clone)]
pub(crate) enum Repr {
    /// A field of the core model.
    Known(Known),
    /// A field below `extension.`, `unknown.` or `metadata.`.
    Named(Cow<'static, str>),
}

impl FieldPath {
    /// Creates the path of a field of a service's extension. `path` must start with `extension.`.
    pub const fn extension(path: &'static str) -> Self {
        Self(Repr::Named(Cow::Borrowed(path)))
    }

    /// Creates the path of a field that this version does not know, by the service's name for it.
    pub fn unknown(name: &str) -> Self {
        Self(Repr::Named(Cow::Owned(format!("unknown.{name}"))))
    }

    /// Creates the path of one metadata pair, by its key.
    pub fn metadata(key: &str) -> Self {
        Self(Repr::Named(Cow::Owned(format!("metadata.{key}"))))
    }

    /// Returns the key if this is the path of a metadata pair.
    pub fn metadata_key(&self) -> Option<&str> {
        self.as_str().strip_prefix("metadata.")
    }

    /// Returns the key if this is the path of a part of the billing address.
    pub(crate) fn address_key(&self) -> Option<&str> {
        self.as_str().strip_prefix("billing.address.")
    }

    /// Returns the type of the field's value.
    pub fn value_type(&self) -> ValueType {
        match &self.0 {
            Repr::Known(known) => known.entry().value_type,
            Repr::Named(_) if self.metadata_key().is_some() => ValueType::Text,
            Repr::Named(_) => ValueType::Json,
        }
    }

    /// Returns the group of the field: `security` for `security.mfa_enabled`; `None` if it has no group.
    pub fn group(&self) -> Option<&str> {
        self.as_str().split_once('.').map(|(group, _)| group)
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Known(known) => known.entry().text,
            Repr::Named(text) => text,
        }
    }

    /// Returns the path in a form that is safe for errors and logs. The name of a field that this version does not
    /// know comes from the service and may be anything, even a person's address. It is left out unless it is an
    /// identifier (1 to 64 ASCII letters, digits, `_`, `-` and `.`).
    pub fn redacted(&self) -> &str {
        match self.as_str().strip_prefix("unknown.") {
            Some(name) if !is_identifier(name) => "unknown.…",
            _ => self.as_str(),
        }
    }
}

impl PartialEq for FieldPath {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Known(one), Repr::Known(two)) => one == two,
            _ => self.as_str() == other.as_str(),
        }
    }
}

impl Eq for FieldPath {}

impl Hash for FieldPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for FieldPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Orders paths by their text.
impl Ord for FieldPath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Serialize for FieldPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Debug for FieldPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("FieldPath").field(&self.redacted()).finish()
    }
}

/// Returns whether a name from a service has the form of an identifier, and so may appear in a log.
pub(crate) fn is_identifier(name: &str) -> bool {
    /// In characters.
    const LONGEST: usize = 64;

    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=LONGEST).contains(&name.len()) && name.bytes().all(is_plain)
}

impl fmt::Display for FieldPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for FieldPath {
    type Err = FieldPathError;

    fn from_str(text: &str) -> Result<Self, FieldPathError> {
        let mut known = Self::CORE.iter().chain(Self::BILLING_ADDRESS_PARTS);
        if let Some(known) = known.find(|path| path.as_str() == text) {
            return Ok(known.clone());
        }
        let key = ["extension.", "unknown.", "metadata."].iter().find_map(|prefix| text.strip_prefix(prefix));
        match key {
            Some(key) if !key.is_empty() => Ok(Self(Repr::Named(Cow::Owned(text.to_owned())))),
            _ => Err(FieldPathError(suggestion(text))),
        }
    }
}

/// Names that other programs use for a person's fields.
const OTHER_NAMES: &[(&str, FieldPath)] = &[
    ("name", FieldPath::NAME_DISPLAY),
    ("full_name", FieldPath::NAME_DISPLAY),
    ("display_name", FieldPath::NAME_DISPLAY),
    ("first_name", FieldPath::NAME_GIVEN),
    ("given_name", FieldPath::NAME_GIVEN),
    ("last_name", FieldPath::NAME_FAMILY),
    ("family_name", FieldPath::NAME_FAMILY),
    ("surname", FieldPath::NAME_FAMILY),
    ("mail", FieldPath::EMAILS),
    ("e_mail", FieldPath::EMAILS),
    ("address", FieldPath::EMAILS),
    ("role", FieldPath::ROLES),
    ("label", FieldPath::LABELS),
    ("mfa", FieldPath::SECURITY_MFA_ENABLED),
    ("job_title", FieldPath::TITLE),
    ("language", FieldPath::LOCALE),
    ("changed", FieldPath::TIMES_UPDATED),
    ("modified", FieldPath::TIMES_UPDATED),
    ("phone", FieldPath::PHONES),
    ("group", FieldPath::GROUPS),
    ("time_zone", FieldPath::TIMEZONE),
    ("nick_name", FieldPath::NICKNAME),
    ("employee_number", FieldPath::EMPLOYEE_NUMBER),
    ("manager", FieldPath::EMPLOYEE_MANAGER),
];

/// Returns whether a field is about the profile itself, and not about its organization, its billing contact, its owner or
/// manager, or the person who changed the record.
fn is_own(path: &FieldPath) -> bool {
    let others = ["organization.", "billing.", "changed_by", "owner", "employee.manager"];
    !others.iter().any(|other| path.as_str().starts_with(other))
}

/// Returns the field that was probably meant: one that other programs call by this name, one whose last key is the
/// word, or one that contains the word. A field that is not the profile's own is suggested only if its last key is
/// the word.
fn suggestion(text: &str) -> Option<&'static str> {
    let whole = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let word = whole.rsplit('.').next().filter(|word| word.len() > 2)?;
    let paths = || FieldPath::CORE.iter().chain(FieldPath::BILLING_ADDRESS_PARTS);
    let is_last_key = |path: &&FieldPath| path.as_str().rsplit('.').next() == Some(word);
    let is_known_to_others = |(name, _): &&(&str, FieldPath)| *name == word;
    let path = OTHER_NAMES.iter().find(is_known_to_others).map(|(_, path)| path);
    path.or_else(|| paths().filter(|path| is_own(path)).find(is_last_key))
        .or_else(|| paths().filter(|path| is_own(path)).find(|path| path.as_str().contains(word)))
        // The billing contact is another person.
        .or_else(|| paths().find(is_last_key).filter(|path| **path != FieldPath::BILLING_CONTACT))
        .and_then(|path| match &path.0 {
            Repr::Known(known) => Some(known.entry().text),
            Repr::Named(_) => None,
        })
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for FieldPath {
    fn schema_name() -> Cow<'static, str> {
        "FieldPath".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "The name of a field: its keys in the serialized profile, joined by dots (`security.mfa_enabled`).",
        })
    }
}

impl<'de> Deserialize<'de> for FieldPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::word::word(deserializer, str::parse)?.map_err(de::Error::custom)
    }
}

/// The error for a text that is not the path of a field.
///
/// ```
/// use anyprofile_core::FieldPath;
///
/// let error = "mfa".parse::<FieldPath>().unwrap_err();
/// assert_eq!(error.to_string(), "no such field; did you mean 'security.mfa_enabled'?");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldPathError(Option<&'static str>);

impl fmt::Display for FieldPathError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(path) => write!(formatter, "no such field; did you mean '{path}'?"),
            None => formatter.write_str("no such field"),
        }
    }
}

impl std::error::Error for FieldPathError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_and_extension_paths_parse_and_others_get_a_hint() {
        assert_eq!("billing.contact".parse(), Ok(FieldPath::BILLING_CONTACT));
        assert_eq!("extension.new_ui".parse::<FieldPath>().unwrap().as_str(), "extension.new_ui");
        let error = "vat_number".parse::<FieldPath>().unwrap_err();
        assert_eq!(error.to_string(), "no such field; did you mean 'billing.vat_number'?");
        let error = "email".parse::<FieldPath>().unwrap_err();
        assert_eq!(error.to_string(), "no such field; did you mean 'emails'?");
        assert_eq!("zz".parse::<FieldPath>().unwrap_err().to_string(), "no such field");
    }

    #[test]
    fn a_field_of_somebody_else_is_not_suggested() {
        for (text, meant) in [
            ("name", Some("name.display")),
            ("Name", Some("name.display")),
            ("display name", Some("name.display")),
            ("first_name", Some("name.given")),
            ("mail", Some("emails")),
            ("e-mail", Some("emails")),
            ("role", Some("roles")),
            ("Title", Some("title")),
            ("mfa_enabled", Some("security.mfa_enabled")),
            ("last_login", Some("security.last_login")),
            ("address", Some("emails")),
            ("legal_name", Some("organization.legal_name")),
            ("postal_code", Some("billing.address.postal_code")),
            ("contact", None),
            ("company", None),
            ("changed", Some("times.updated")),
            ("department", Some("employee.department")),
            ("phone", Some("phones")),
        ] {
            assert_eq!(suggestion(text), meant, "{text}");
        }
    }

    #[test]
    fn the_name_of_an_unknown_field_is_shown_in_logs_if_it_cannot_be_a_person() {
        for (name, shown) in [
            ("new_ui", "unknown.new_ui"),
            ("a-b.c9", "unknown.a-b.c9"),
            ("ada@example.org", "unknown.…"),
            ("Ada Lovelace", "unknown.…"),
            ("Zoë", "unknown.…"),
            ("", "unknown.…"),
        ] {
            let path = FieldPath::unknown(name);
            assert_eq!(path.redacted(), shown);
            assert_eq!(format!("{path:?}"), format!("FieldPath({shown:?})"));
        }
        assert_eq!(FieldPath::unknown(&"x".repeat(65)).redacted(), "unknown.…");
        assert_eq!(FieldPath::metadata("Cost centre").redacted(), "metadata.Cost centre");
    }
}
