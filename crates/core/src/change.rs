//! What is to be written.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Capabilities, FieldPath, ProfileId, ProviderInfo, Result,
    rules::{pair_violations, refuse, update_violations},
};

/// What is to become of one field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is, and is not sent.
    #[default]
    Keep,
    /// It gets this value.
    Set(T),
    /// It is to have no value any more.
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
    /// Whether the field stays as it is.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The same change with a reference to the value.
    pub const fn as_ref(&self) -> Change<&T> {
        match self {
            Self::Keep => Change::Keep,
            Self::Set(value) => Change::Set(value),
            Self::Clear => Change::Clear,
        }
    }

    /// The value that the field is to get; none where it stays or is cleared.
    pub fn into_set(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// The value that the field is to get, where one stands for none: an empty text or list.
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

/// Changes to one profile, by field. A field that is not named is kept, and not sent.
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
/// It serializes as an object of the fields and their values, null for a field that is to be cleared.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileChange(BTreeMap<FieldPath, Option<Value>>);

impl ProfileChange {
    /// No change.
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

    /// What is to become of a field.
    pub fn get(&self, path: &FieldPath) -> Change<&Value> {
        match self.0.get(path) {
            None => Change::Keep,
            Some(Some(value)) => Change::Set(value),
            Some(None) => Change::Clear,
        }
    }

    /// What is to become of a field that holds a text. A value of another type, which the rules refuse, is kept.
    pub fn text(&self, path: &FieldPath) -> Change<&str> {
        self.get(path).filter_map(Value::as_str)
    }

    /// What is to become of a field that is true or false. A value of another type, which the rules refuse, is kept.
    pub fn flag(&self, path: &FieldPath) -> Change<bool> {
        self.get(path).filter_map(Value::as_bool)
    }

    /// What is to become of a field that holds a list of texts. A value of another type, which the rules refuse, is kept.
    pub fn texts(&self, path: &FieldPath) -> Change<Vec<&str>> {
        self.get(path).filter_map(|value| value.as_array()?.iter().map(Value::as_str).collect())
    }

    /// The fields that change.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldPath, Change<&Value>)> {
        self.0.iter().map(|(path, value)| (path, value.as_ref().map_or(Change::Clear, Change::Set)))
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the changes against what the service can write, before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if profiles of this id's kind cannot be updated at
    /// all, [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) with every violation in
    /// [`Error::field_errors`](crate::Error::field_errors) otherwise.
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
            writable(FieldPath::ORGANIZATION_KIND, ValueFormat::OneOf(vec!["company"].into())),
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
        assert!(error.message().contains("cannot be empty"), "{error}");
    }
}
