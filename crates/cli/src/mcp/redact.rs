//! Personal data that the agent is not shown, by class of field.

use clap::ValueEnum;
use serde_json::Value;

/// A class of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FieldClass {
    /// Names, user names and pictures.
    Name,
    /// Addresses of e-mail and post, phone numbers, websites.
    Contact,
    /// Title, organization and employment.
    Work,
    /// What services send beyond the common fields: metadata, extensions, unknown fields, external ids.
    Further,
    /// All of these.
    All,
}

/// What takes the place of a value.
pub(super) const REDACTED: &str = "[redacted]";

/// The classes that are not shown.
#[derive(Clone, Debug)]
pub(super) struct Redaction(Vec<FieldClass>);

impl Redaction {
    pub(super) fn new(classes: &[FieldClass]) -> Self {
        Self(classes.to_vec())
    }

    /// Returns whether everything is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a field is not shown, by its name at the top of a profile or its path. A field that no class names is a further one.
    pub(super) fn hides(&self, path: &str) -> bool {
        let classes: &[FieldClass] = match path.split('.').next().unwrap_or_default() {
            "id" | "kind" | "status" | "status_raw" | "declared_status" | "security" | "times" | "access"
            | "origin" | "roles" | "groups" => return false,
            "name" | "nickname" | "username" | "picture" | "photos" => &[FieldClass::Name],
            "emails" | "phones" | "addresses" | "website" | "billing" | "country" | "locale" | "timezone" => {
                &[FieldClass::Contact]
            }
            "title" | "organization" | "employee" => &[FieldClass::Work],
            // People: a name and an address.
            "owner" | "changed_by" => &[FieldClass::Name, FieldClass::Contact],
            _ => &[FieldClass::Further],
        };
        self.0.iter().any(|hidden| *hidden == FieldClass::All || classes.contains(hidden))
    }

    /// Returns whether e-mail addresses are not shown, wherever they stand.
    fn hides_addresses(&self) -> bool {
        self.0.iter().any(|hidden| matches!(hidden, FieldClass::Contact | FieldClass::All))
    }

    /// Replaces the values that are not shown in a profile as JSON.
    pub(super) fn apply(&self, profile: &mut Value) {
        for (key, value) in profile.as_object_mut().into_iter().flatten() {
            self.apply_to(key, value);
        }
    }

    /// Replaces what is not shown of the value of one field. Null stays null: it says that there is none.
    pub(super) fn apply_to(&self, path: &str, value: &mut Value) {
        if self.hides(path) {
            redact(value);
        } else if self.hides_addresses() && path != "id" {
            redact_addresses(value);
        }
    }
}

/// Replaces a value; of a group of fields, each.
fn redact(value: &mut Value) {
    match value {
        Value::Null => {}
        Value::Object(fields) => fields.values_mut().for_each(redact),
        value => *value = REDACTED.into(),
    }
}

/// Replaces texts that look like an e-mail address: services have them as user names, and in fields of their own.
fn redact_addresses(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(redact_addresses),
        Value::Array(items) => items.iter_mut().for_each(redact_addresses),
        Value::String(text) if text.contains('@') => *value = REDACTED.into(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn classes_are_replaced_and_null_stays_null() {
        let redaction = Redaction::new(&[FieldClass::Name, FieldClass::Contact]);
        let mut profile = json!({
            "id": "x", "name": {"display": "Ada", "given": null}, "emails": [{"address": "ada@example.com"}],
            "title": "cto", "website": null,
        });
        redaction.apply(&mut profile);
        let expected = json!({
            "id": "x", "name": {"display": "[redacted]", "given": null}, "emails": "[redacted]",
            "title": "cto", "website": null,
        });
        assert_eq!(profile, expected);
    }

    #[test]
    fn an_address_is_hidden_wherever_it_stands_also_in_one_field() {
        let contact = Redaction::new(&[FieldClass::Contact]);
        let mut user_name = json!("ada@example.com");
        contact.apply_to("username", &mut user_name);
        let mut nothing = Value::Null;
        contact.apply_to("emails", &mut nothing);
        let mut title = json!("cto");
        contact.apply_to("title", &mut title);
        assert_eq!((user_name, nothing, title), (json!(REDACTED), Value::Null, json!("cto")));
    }

    #[test]
    fn what_no_class_names_is_hidden_with_everything() {
        let all = Redaction::new(&[FieldClass::All]);
        for path in ["extension.note", "owner", "changed_by", "a field of tomorrow"] {
            assert!(all.hides(path), "{path}");
        }
        for path in ["id", "status", "security.last_login", "security.mfa"] {
            assert!(!all.hides(path), "{path}");
        }
        assert!(!Redaction::new(&[FieldClass::Name]).hides("extension.note"));
    }
}
