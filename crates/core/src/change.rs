//! Changes of a profile's fields.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Capabilities, FieldPath, ProfileId, ProviderInfo, Result,
    rules::{pair_violations, refuse, update_violations},
};

/// A change of one field.
///
/// ```
/// use anyprofile_core::{Change, FieldPath, ProfileChange};
///
/// let change = ProfileChange::new().set(FieldPath::TITLE, "cto").clear(FieldPath::WEBSITE);
/// assert_eq!(change.text(&FieldPath::TITLE), Change::Set("cto"));
/// assert_eq!(change.text(&FieldPath::WEBSITE), Change::Clear);
/// assert_eq!(change.text(&FieldPath::COUNTRY), Change::Keep);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Leaves the field unchanged; it is not sent.
    #[default]
    Keep,
    /// Sets the field to this value.
    Set(T),
    /// Removes the value of the field.
    Clear,
}

impl<'a> Change<&'a Value> {
    fn filter_map<U>(self, convert: impl FnOnce(&'a Value) -> Option<U>) -> Change<U> {
        match self {
            Self::Set(value) => convert(value).map_or(Change::Keep, Change::Set),
            Self::Clear => Change::Clear,
            Self::Keep => Change::Keep,
        }
    }
}

impl<T> Change<T> {
    /// Returns whether the field stays unchanged.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Returns the change with a reference to the value.
    pub const fn as_ref(&self) -> Change<&T> {
        match self {
            Self::Keep => Change::Keep,
            Self::Set(value) => Change::Set(value),
            Self::Clear => Change::Clear,
        }
    }

    /// Returns the value to set; `None` if the field stays unchanged or is cleared.
    pub fn into_set(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// Returns the value to set, with `cleared` in place of a clear, such as an empty text or list. `None` if the
    /// field stays unchanged.
    pub fn or_cleared_by(self, cleared: T) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Clear => Some(cleared),
            Self::Keep => None,
        }
    }

    /// Converts the value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Set(value) => Change::Set(convert(value)),
            Self::Clear => Change::Clear,
        }
    }
}

/// Changes of one profile, by field. Fields that are not in it stay unchanged and are not sent.
///
/// `Debug` shows the fields and no values.
///
/// ```
/// use anyprofile_core::{FieldPath, ProfileChange};
///
/// let change = ProfileChange::new()
///     .set(FieldPath::ORGANIZATION_NAME, "Acme")
///     .clear(FieldPath::BILLING_VAT_NUMBER);
/// assert_eq!(change.iter().count(), 2);
/// ```
///
/// Serializes as an object of fields and values; null clears a field.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileChange(BTreeMap<FieldPath, Option<Value>>);

impl ProfileChange {
    /// Creates an empty change.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field. A later change of the same field replaces this one.
    pub fn set(mut self, path: FieldPath, value: impl Into<Value>) -> Self {
        self.0.insert(path, Some(value.into()));
        self
    }

    /// Clears a field. A later change of the same field replaces this one.
    pub fn clear(mut self, path: FieldPath) -> Self {
        self.0.insert(path, None);
        self
    }

    /// Returns the change of a field.
    pub fn get(&self, path: &FieldPath) -> Change<&Value> {
        match self.0.get(path) {
            None => Change::Keep,
            Some(Some(value)) => Change::Set(value),
            Some(None) => Change::Clear,
        }
    }

    /// Returns the change of a text field. A value of another type, which the rules refuse, counts as unchanged.
    pub fn text(&self, path: &FieldPath) -> Change<&str> {
        self.get(path).filter_map(Value::as_str)
    }

    /// Returns the change of a boolean field. A value of another type, which the rules refuse, counts as unchanged.
    pub fn flag(&self, path: &FieldPath) -> Change<bool> {
        self.get(path).filter_map(Value::as_bool)
    }

    /// Returns the change of a field with a list of texts. A value of another type, which the rules refuse, counts as
    /// unchanged.
    pub fn texts(&self, path: &FieldPath) -> Change<Vec<&str>> {
        self.get(path).filter_map(|value| value.as_array()?.iter().map(Value::as_str).collect())
    }

    /// Returns the fields that change.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldPath, Change<&Value>)> {
        self.0.iter().map(|(path, value)| (path, value.as_ref().map_or(Change::Clear, Change::Set)))
    }

    /// Returns whether no field changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the changes against the service's rules, before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if profiles of this kind of id cannot be updated.
    /// Otherwise [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), with every violation in
    /// [`Error::field_errors`](crate::Error::field_errors).
    pub fn check(&self, id: &ProfileId, info: &ProviderInfo, capabilities: &Capabilities) -> Result<()> {
        capabilities.operations.update.check(info, "update", id)?;
        let mut violations = update_violations(self, &id.kind, capabilities);
        violations.extend(pair_violations(self, None, capabilities));
        refuse("update", info, violations)
    }
}

impl fmt::Debug for ProfileChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = formatter.debug_map();
        for (path, change) in self.iter() {
            map.entry(
                &path.as_str(),
                &format_args!("{}", if change == Change::Clear { "Clear" } else { "Set" }),
            );
        }
        map.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ErrorKind, IdKind,
        capabilities::{FieldSpec, Support, ValueFormat, WriteRule},
    };

    const ORGANIZATIONS: &[IdKind] = &[IdKind::ORGANIZATION];

    fn check(change: &ProfileChange, id: &str) -> Result<()> {
        let writable =
            |path, format| FieldSpec::read(path, "x").writable(WriteRule::set_only(ORGANIZATIONS, format));
        let mut capabilities = Capabilities::default();
        capabilities.operations.update = Support::For(ORGANIZATIONS.to_vec());
        capabilities.fields = [
            FieldSpec::read(FieldPath::STATUS, "x"),
            writable(FieldPath::ORGANIZATION_NAME, ValueFormat::Text { max_characters: Some(4) }),
            writable(FieldPath::BILLING_CONTACT, ValueFormat::Email),
            writable(FieldPath::WEBSITE, ValueFormat::Uri),
            writable(FieldPath::ORGANIZATION_KIND, ValueFormat::one_of(["company"])),
            writable(FieldPath::BILLING_INVOICED, ValueFormat::Bool),
        ]
        .into_iter()
        .collect();
        let info = ProviderInfo::new("upsun".parse()?, "acme".parse()?, "Upsun", "https://x.test");
        change.check(&id.parse()?, &info, &capabilities)
    }

    #[test]
    fn all_violations_are_named_at_once_and_no_value_is_repeated() {
        let change = ProfileChange::new()
            .set(FieldPath::ORGANIZATION_NAME, "ÄÖÜßx")
            .set(FieldPath::BILLING_CONTACT, "@secret")
            .set(FieldPath::WEBSITE, "/secret")
            .set(FieldPath::ORGANIZATION_KIND, "secret")
            .set(FieldPath::BILLING_INVOICED, "secret")
            .set(FieldPath::STATUS, "secret")
            .set(FieldPath::LOCALE, "secret");
        let error = check(&change, "upsun:acme/organization/x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.field_errors().len(), 7);
        assert!(!format!("{error}{error:?}{:?}", error.field_errors()).contains("secret"));
    }

    #[test]
    fn lengths_are_in_characters() {
        let change = ProfileChange::new().set(FieldPath::ORGANIZATION_NAME, "ÄÖÜß");
        assert!(check(&change, "upsun:acme/organization/x").is_ok());
    }

    #[test]
    fn an_id_of_another_kind_and_an_undocumented_clear_are_refused() {
        let change = ProfileChange::new().clear(FieldPath::BILLING_CONTACT);
        let error = check(&change, "upsun:acme/user/x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let error = check(&change, "upsun:acme/organization/x").unwrap_err();
        assert!(error.message().contains("cannot be cleared"), "{error}");
        let change = ProfileChange::new().set(FieldPath::ORGANIZATION_NAME, "");
        let error = check(&change, "upsun:acme/organization/x").unwrap_err();
        assert!(error.message().contains("must not be empty"), "{error}");
    }
}
