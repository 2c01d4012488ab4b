//! Names of a profile's fields.

use std::{borrow::Cow, fmt, str::FromStr};

use crate::{Error, ErrorKind};
use serde::{Deserialize, Deserializer, Serialize, de};

/// The name of a field: its keys in the serialized profile, joined by dots (`security.mfa_enabled`).
///
/// A service's own fields are below `extension` (`extension.default_catalog`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transparent))]
pub struct FieldPath(Cow<'static, str>);

macro_rules! field_paths {
    ($(#[$meta:meta])* $all:ident { $($name:ident = $path:literal,)+ }) => {
        impl FieldPath {
            $(
                #[doc = concat!("`", $path, "`")]
                pub const $name: Self = Self(Cow::Borrowed($path));
            )+

            $(#[$meta])*
            pub const $all: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

field_paths! {
    /// Every field of a profile but those of the extensions, in the order of their serialization.
    CORE {
        ID = "id",
        KIND = "kind",
        STATUS = "status",
        STATUS_RAW = "status_raw",
        DECLARED_STATUS = "declared_status",
        EXTERNAL_ID = "external_id",
        USERNAME = "username",
        EMAILS = "emails",
        PICTURE = "picture",
        WEBSITE = "website",
        TITLE = "title",
        LOCALE = "locale",
        COUNTRY = "country",
        ROLES = "roles",
        LABELS = "labels",
        METADATA = "metadata",
        GRANTS = "grants",
        CHANGED_BY = "changed_by",
        NAME_DISPLAY = "name.display",
        NAME_GIVEN = "name.given",
        NAME_FAMILY = "name.family",
        ORGANIZATION_NAME = "organization.name",
        ORGANIZATION_LEGAL_NAME = "organization.legal_name",
        ORGANIZATION_KIND = "organization.kind",
        ORGANIZATION_ROLE = "organization.role",
        BILLING_CONTACT = "billing.contact",
        BILLING_VAT_NUMBER = "billing.vat_number",
        BILLING_CURRENCY = "billing.currency",
        BILLING_INVOICED = "billing.invoiced",
        BILLING_ADDRESS = "billing.address",
        ACCESS_OWNER = "access.owner",
        ACCESS_BILLING_ADMIN = "access.billing_admin",
        SECURITY_MFA_ENABLED = "security.mfa_enabled",
        SECURITY_SSO = "security.sso",
        SECURITY_LAST_LOGIN = "security.last_login",
        SECURITY_FIRST_LOGIN = "security.first_login",
        TIMES_CREATED = "times.created",
        TIMES_UPDATED = "times.updated",
    }
}

field_paths! {
    /// The parts of [`BILLING_ADDRESS`](Self::BILLING_ADDRESS), each of which can be read and written by itself.
    BILLING_ADDRESS_PARTS {
        BILLING_ADDRESS_RECIPIENT = "billing.address.recipient",
        BILLING_ADDRESS_STREET_ADDRESS = "billing.address.street_address",
        BILLING_ADDRESS_LOCALITY = "billing.address.locality",
        BILLING_ADDRESS_REGION = "billing.address.region",
        BILLING_ADDRESS_POSTAL_CODE = "billing.address.postal_code",
        BILLING_ADDRESS_COUNTRY = "billing.address.country",
    }
}

impl FieldPath {
    /// A field of a service's extension. `path` starts with `extension.`.
    pub const fn extension(path: &'static str) -> Self {
        Self(Cow::Borrowed(path))
    }

    /// A field that this version does not know, by the service's name.
    pub fn unknown(name: &str) -> Self {
        Self(Cow::Owned(format!("unknown.{name}")))
    }

    /// One pair of the metadata, by its key.
    pub fn metadata(key: &str) -> Self {
        Self(Cow::Owned(format!("metadata.{key}")))
    }

    /// The key, if the path is one pair of the metadata.
    pub fn metadata_key(&self) -> Option<&str> {
        self.0.strip_prefix("metadata.")
    }

    /// The key, if the path is one part of the address.
    pub(crate) fn address_key(&self) -> Option<&str> {
        self.0.strip_prefix("billing.address.")
    }

    /// Whether the field is a point in time.
    pub fn is_time(&self) -> bool {
        let times =
            [Self::TIMES_CREATED, Self::TIMES_UPDATED, Self::SECURITY_LAST_LOGIN, Self::SECURITY_FIRST_LOGIN];
        times.contains(self)
    }

    /// Whether the field is `true` or `false`.
    pub fn is_bool(&self) -> bool {
        let bools = [
            Self::BILLING_INVOICED,
            Self::ACCESS_OWNER,
            Self::ACCESS_BILLING_ADMIN,
            Self::SECURITY_MFA_ENABLED,
            Self::SECURITY_SSO,
        ];
        bools.contains(self)
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
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
            Some(key) if !key.is_empty() => Ok(Self(Cow::Owned(text.to_owned()))),
            _ => Err(FieldPathError(suggestion(text))),
        }
    }
}

/// The field that was probably meant: one that holds the word, or whose last key is the word.
fn suggestion(text: &str) -> Option<&'static str> {
    let word = text.rsplit(['.', '-', ' ']).next().filter(|word| word.len() > 2)?.to_ascii_lowercase();
    let paths = || FieldPath::CORE.iter().chain(FieldPath::BILLING_ADDRESS_PARTS);
    paths()
        .find(|path| path.as_str().rsplit('.').next() == Some(word.as_str()))
        .or_else(|| paths().find(|path| path.as_str().contains(&word)))
        .map(|path| match &path.0 {
            Cow::Borrowed(path) => *path,
            Cow::Owned(_) => "id",
        })
}

impl<'de> Deserialize<'de> for FieldPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::wire::word(deserializer, str::parse)?.map_err(de::Error::custom)
    }
}

/// The text names no field of a profile.
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

impl From<FieldPathError> for Error {
    fn from(error: FieldPathError) -> Self {
        Self::new(ErrorKind::InvalidRequest, error.to_string())
    }
}

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
}
