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
const REDACTED: &str = "[redacted]";

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

    /// Returns whether a field is not shown, by its name at the top of a profile or its path.
    pub(super) fn hides(&self, path: &str) -> bool {
        let class = match path.split('.').next().unwrap_or_default() {
            "name" | "nickname" | "username" | "picture" | "photos" => FieldClass::Name,
            "emails" | "phones" | "addresses" | "website" | "billing" => FieldClass::Contact,
            "title" | "organization" | "employee" => FieldClass::Work,
            "metadata" | "extension" | "unknown" | "external_id" | "raw" => FieldClass::Further,
            _ => return false,
        };
        self.0.iter().any(|hidden| *hidden == class || *hidden == FieldClass::All)
    }

    /// Replaces the values that are not shown in a profile as JSON. Null stays null: it says that there is none.
    pub(super) fn apply(&self, profile: &mut Value) {
        for (key, value) in profile.as_object_mut().into_iter().flatten() {
            if self.hides(key) {
                redact(value);
            }
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
        assert!(
            Redaction::new(&[FieldClass::All]).hides("extension.note") && !redaction.hides("extension.note")
        );
    }
}
