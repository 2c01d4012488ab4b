//! Personal data that is hidden, or replaced by pseudonyms, before a snapshot is written.

use std::{fmt, str::FromStr, sync::Arc};

use anyprofile_core::{FieldPath, ListQuery, Profile, ProfileId, Timestamp};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::{
    digest::{digest, hexadecimal},
    error::{Result, SnapshotError},
};

/// A class of the fields of a profile, by what they say about a person.
///
/// Each field is of one class at most. The status, the kind, the roles, groups and times of an account are of none: a review needs them.
///
/// ```
/// use anyprofile_core::FieldPath;
/// use anyprofile_snapshot::FieldClass;
///
/// assert_eq!(FieldClass::of(&FieldPath::EMAILS), Some(FieldClass::Contact));
/// assert_eq!(FieldClass::of(&FieldPath::SECURITY_MFA_ENABLED), Some(FieldClass::Security));
/// assert_eq!(FieldClass::of(&FieldPath::STATUS), None);
/// assert_eq!("free-text".parse(), Ok(FieldClass::FreeText));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FieldClass {
    /// What names a person: names, user names, pictures, external ids, the number of an employee.
    Identifier,
    /// What reaches a person: e-mail and postal addresses, phone numbers, websites, country, locale and time zone.
    Contact,
    /// Second factors, sign-ins.
    Security,
    /// Who pays, and how.
    Billing,
    /// What people write: titles, organizations, labels, metadata, and what a service has beyond the common fields.
    FreeText,
    /// Tokens and keys: their names and times. Their secrets are in no profile.
    Credential,
}

impl FieldClass {
    /// All classes.
    pub const ALL: [Self; 6] =
        [Self::Identifier, Self::Contact, Self::Security, Self::Billing, Self::FreeText, Self::Credential];

    /// Returns the class of a field; `None` if the field says nothing of the person. A field that no class names is free text.
    pub fn of(path: &FieldPath) -> Option<Self> {
        Self::of_path(path.as_str())
    }

    /// Returns the class of a field by its path, or by the first key of it.
    pub fn of_path(path: &str) -> Option<Self> {
        Some(match path.split('.').next().unwrap_or_default() {
            "id" | "kind" | "status" | "status_raw" | "declared_status" | "times" | "access" | "origin"
            | "roles" | "groups" | "entitlements" | "grants" | "notes" => return None,
            "name" | "nickname" | "username" | "picture" | "photos" | "external_id" | "owner"
            | "changed_by" => Self::Identifier,
            "employee" if path == "employee.number" || path == "employee.manager" => Self::Identifier,
            "emails" | "phones" | "addresses" | "website" | "country" | "locale" | "timezone" => {
                Self::Contact
            }
            "security" => Self::Security,
            "billing" => Self::Billing,
            "credentials" => Self::Credential,
            _ => Self::FreeText,
        })
    }

    /// Returns the word for this class, such as `free-text`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Contact => "contact",
            Self::Security => "security",
            Self::Billing => "billing",
            Self::FreeText => "free-text",
            Self::Credential => "credential",
        }
    }
}

impl fmt::Display for FieldClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for FieldClass {
    type Err = UnknownClass;

    fn from_str(text: &str) -> Result<Self, UnknownClass> {
        Self::ALL.into_iter().find(|class| class.as_str() == text).ok_or(UnknownClass)
    }
}

/// A word that names no class of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownClass;

impl fmt::Display for UnknownClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = FieldClass::ALL.map(FieldClass::as_str).join(", ");
        write!(formatter, "expected one of {words}")
    }
}

impl std::error::Error for UnknownClass {}

/// What was hidden or replaced, as the manifest says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Privacy {
    /// The classes whose values are hidden. A text is `[redacted]`; another value is left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<FieldClass>,
    /// The beginning of the SHA-256 of the key of the pseudonyms, by which two snapshots with the same key are known. `None` if there are
    /// no pseudonyms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pseudonym_key: Option<String>,
}

impl Privacy {
    /// Returns whether everything is as the services said it.
    pub fn is_nothing(&self) -> bool {
        self.redacted.is_empty() && self.pseudonym_key.is_none()
    }
}

/// What takes the place of a text.
pub const REDACTED: &str = "[redacted]";

/// The length of the shortest key of pseudonyms, in bytes.
const SHORTEST_KEY: usize = 16;

/// Hides classes of fields, and replaces what names or reaches a person by pseudonyms.
///
/// A pseudonym is an HMAC-SHA-256 (RFC 2104) of the value, as lower-case hexadecimal, cut to 128 bits. The same value has the same
/// pseudonym in every run and every account with the same key, so that persons can still be joined by their addresses. Addresses are
/// compared without the case of their letters.
///
/// ```
/// use anyprofile_core::{Profile, profile::Email};
/// use anyprofile_snapshot::{FieldClass, Hiding};
///
/// let mut ada = Profile::new("probely:eu/user/1".parse()?);
/// ada.name.display = "Ada".into();
/// ada.title = "countess".into();
/// ada.emails = Email::login("Ada@example.com".into());
/// let hiding = Hiding::default().redact([FieldClass::FreeText]).pseudonymize(b"a key of at least 16 bytes")?;
/// let hidden = hiding.profile(ada)?;
/// assert_eq!(hidden.title.value().unwrap(), "[redacted]");
/// assert!(hidden.email().unwrap().starts_with("pseudonym-"));
///
/// let mut elsewhere = Profile::new("upsun:acme/user/7".parse()?);
/// elsewhere.emails = Email::login("ada@example.com".into());
/// assert_eq!(hiding.profile(elsewhere)?.email(), hidden.email());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Hiding {
    privacy: Privacy,
    key: Option<Arc<[u8]>>,
}

impl fmt::Debug for Hiding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hiding").field("privacy", &self.privacy).finish_non_exhaustive()
    }
}

impl Hiding {
    /// Hides the values of fields of these classes. The id of a profile is kept: without it, no two snapshots can be compared.
    pub fn redact(mut self, classes: impl IntoIterator<Item = FieldClass>) -> Self {
        self.privacy.redacted.extend(classes);
        self.privacy.redacted.sort_unstable();
        self.privacy.redacted.dedup();
        self
    }

    /// Replaces what names or reaches a person: the native part of ids, the texts of [`FieldClass::Identifier`], [`FieldClass::Contact`] and
    /// [`FieldClass::Billing`], e-mail addresses wherever they are, and what a service has beyond the common fields.
    ///
    /// # Errors
    /// [`SnapshotError::Refused`] if the key has fewer than 16 bytes: it could be guessed.
    pub fn pseudonymize(mut self, key: &[u8]) -> Result<Self> {
        if key.len() < SHORTEST_KEY {
            return Err(SnapshotError::Refused(format!(
                "the key of the pseudonyms has {} bytes, and needs at least {SHORTEST_KEY}; `openssl rand -hex 32` makes one",
                key.len()
            )));
        }
        let mut name = digest(key);
        name.truncate(16);
        self.privacy.pseudonym_key = Some(name);
        self.key = Some(key.into());
        Ok(self)
    }

    /// Returns what is hidden and replaced, as the manifest says it.
    pub const fn privacy(&self) -> &Privacy {
        &self.privacy
    }

    /// Returns a profile without what is hidden.
    ///
    /// # Errors
    /// [`SnapshotError::Refused`] if the profile cannot be written as JSON.
    pub fn profile(&self, profile: Profile) -> Result<Profile> {
        if self.privacy.is_nothing() {
            return Ok(profile);
        }
        let failed = |_| SnapshotError::Refused("a profile cannot be written as JSON".to_owned());
        let id = self.id(&profile.id);
        let mut value = serde_json::to_value(&profile).map_err(failed)?;
        self.json(&mut value);
        let mut hidden: Profile = serde_json::from_value(value).map_err(failed)?;
        hidden.id = id;
        Ok(hidden)
    }

    /// Returns an id with a pseudonym, if there are pseudonyms.
    pub fn id(&self, id: &ProfileId) -> ProfileId {
        if self.key.is_none() {
            return id.clone();
        }
        let native = self.pseudonym(&id.to_string());
        ProfileId::new(id.service.clone(), id.account.clone(), id.kind.clone(), native)
            .unwrap_or_else(|_| id.clone())
    }

    /// Returns a query without the values that are hidden.
    pub fn query(&self, mut query: ListQuery) -> ListQuery {
        if self.privacy.is_nothing() {
            return query;
        }
        // A condition may compare any field, and a search finds names and addresses.
        query.filter.condition = None;
        let hidden =
            |text: String| if self.key.is_some() { self.pseudonym(&text) } else { REDACTED.to_owned() };
        let is_of_person =
            self.hides(FieldClass::Contact) || self.hides(FieldClass::Identifier) || self.key.is_some();
        if is_of_person {
            query.filter.email = query.filter.email.map(hidden);
            query.search = query.search.map(hidden);
            query.member_of = query.member_of.map(|id| self.id(&id));
        }
        query
    }

    /// Replaces what is hidden in a profile as JSON, or in some of its fields. The id is kept.
    pub fn json(&self, profile: &mut Value) {
        if let Some(fields) = profile.as_object_mut() {
            // What the service sent as it sent it cannot be hidden in parts.
            fields.remove("raw");
            self.fields(fields, "");
        }
    }

    /// Replaces the value of one field, by its path, such as `security.last_login`. Null stays null: it says that there is none. Returns
    /// whether there is still a value: what is hidden and no text goes.
    pub fn field(&self, path: &str, value: &mut Value) -> bool {
        path == "id" || self.replace(path, value)
    }

    /// Returns whether there is still a value.
    fn replace(&self, path: &str, value: &mut Value) -> bool {
        let class = FieldClass::of_path(path);
        if class.is_some_and(|class| self.hides(class)) {
            return redact(value);
        } else if self.key.is_some() && names_people(path, class) {
            self.each_text(value);
        } else {
            self.addresses(value);
        }
        true
    }

    fn hides(&self, class: FieldClass) -> bool {
        self.privacy.redacted.contains(&class)
    }

    /// Replaces the values of the fields of a profile; of a group, those of each of its fields.
    fn fields(&self, fields: &mut Map<String, Value>, group: &str) {
        let is_group =
            |key: &str| group.is_empty() && FieldPath::CORE.iter().any(|path| path.group() == Some(key));
        fields.retain(|key, value| {
            if let (true, Value::Object(inner)) = (is_group(key), &mut *value) {
                self.fields(inner, key);
                return true;
            }
            let path = if group.is_empty() { key.clone() } else { format!("{group}.{key}") };
            self.field(&path, value)
        });
    }

    /// Replaces all texts.
    fn each_text(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields.iter_mut() {
                    if !is_sort(key) {
                        self.each_text(value);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.each_text(item)),
            Value::String(text) => *text = self.pseudonym(text),
            _ => {}
        }
    }

    /// Hides or replaces texts that look like an e-mail address, wherever they stand: services have them as names of tokens and labels.
    fn addresses(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|value| self.addresses(value)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.addresses(item)),
            Value::String(text) if text.contains('@') => *text = self.text(text),
            _ => {}
        }
    }

    /// Hides or replaces a text that may reach a person.
    fn text(&self, text: &str) -> String {
        if self.hides(FieldClass::Contact) {
            REDACTED.to_owned()
        } else if self.key.is_some() {
            self.pseudonym(text)
        } else {
            text.to_owned()
        }
    }

    fn pseudonym(&self, text: &str) -> String {
        let Some(key) = &self.key else { return text.to_owned() };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return REDACTED.to_owned() };
        mac.update(text.trim().to_lowercase().as_bytes());
        format!("pseudonym-{}", hexadecimal(&mac.finalize().into_bytes()[..16]))
    }
}

/// Returns whether a key of a part says of what sort it is, such as the purpose of an address. That names nobody.
fn is_sort(key: &str) -> bool {
    matches!(key, "purpose" | "kind" | "primary" | "verified")
}

/// Returns whether the texts of a field may name or reach a person. What a service has beyond the common fields may hold anything.
fn names_people(path: &str, class: Option<FieldClass>) -> bool {
    let is_of_person =
        matches!(class, Some(FieldClass::Identifier | FieldClass::Contact | FieldClass::Billing));
    is_of_person
        || ["extension", "unknown", "metadata"].iter().any(|root| path.split('.').next() == Some(root))
}

/// Replaces a value that is hidden. A text stays a text, and null stays null. Returns false for anything else: it must go.
fn redact(value: &mut Value) -> bool {
    match value {
        Value::Null => true,
        // A time stays one, or goes.
        Value::String(text) if text.parse::<Timestamp>().is_ok() => false,
        Value::String(text) => {
            REDACTED.clone_into(text);
            true
        }
        Value::Object(fields)
            if fields.values().any(|it| it.is_string() || it.is_object() || it.is_array()) =>
        {
            redact_fields(fields);
            true
        }
        Value::Array(items) if items.iter().any(|it| it.is_object() || it.is_string()) => {
            // An item of which everything is hidden still counts.
            items.retain_mut(|item| match item {
                Value::Object(fields) => {
                    redact_fields(fields);
                    true
                }
                item => redact(item),
            });
            true
        }
        _ => false,
    }
}

fn redact_fields(fields: &mut Map<String, Value>) {
    fields.retain(|key, value| is_sort(key) || redact(value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::planted;

    #[test]
    fn every_profile_is_one_when_everything_is_hidden() {
        let (_, rows) = planted().unwrap();
        let key = b"a key of at least 16 bytes";
        for hiding in [
            Hiding::default().redact(FieldClass::ALL),
            Hiding::default().pseudonymize(key).unwrap(),
            Hiding::default().redact([FieldClass::Contact]).pseudonymize(key).unwrap(),
        ] {
            for row in &rows {
                let hidden = hiding.profile(row.profile.clone()).unwrap();
                assert_eq!(hidden.emails.items().len(), row.profile.emails.items().len());
                let text = serde_json::to_string(&hidden).unwrap();
                assert!(!text.contains("ada@example.com") && !text.contains("\\u0000"), "{text}");
            }
        }
    }

    #[test]
    fn an_item_that_is_hidden_still_counts_and_a_text_without_a_class_is_kept() {
        let hiding = Hiding::default().redact([FieldClass::Contact, FieldClass::Security]);
        let mut profile = serde_json::json!({
            "emails": [{"address": "ada@example.com", "primary": true}, {"primary": false, "order": 1}, {"address": null}],
            "security": {"last_login": "2026-01-31T12:00:00Z", "mfa_methods": ["totp"], "sso": true},
            "title": "\u{0}",
        });
        hiding.json(&mut profile);
        let expected = serde_json::json!({
            "emails": [{"address": "[redacted]", "primary": true}, {"primary": false}, {"address": null}],
            "security": {"mfa_methods": ["[redacted]"]},
            "title": "\u{0}",
        });
        assert_eq!(profile, expected);
    }
}
