//! Personal data that the agent is not shown, by class of field.

use anyprofile::snapshot::{FieldClass, Hiding, REDACTED};
use serde_json::Value;

/// The classes that are not shown.
#[derive(Clone, Debug)]
pub(super) struct Redaction(Hiding);

impl Redaction {
    pub(super) fn new(classes: &[FieldClass]) -> Self {
        Self(Hiding::default().redact(classes.iter().copied()))
    }

    /// Returns whether everything is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.0.privacy().is_nothing()
    }

    /// Replaces the values that are not shown in a profile as JSON.
    pub(super) fn apply(&self, profile: &mut Value) {
        self.0.json(profile);
    }

    /// Replaces what is not shown of the value of one field. Null stays null: it says that there is none.
    pub(super) fn apply_to(&self, path: &str, value: &mut Value) {
        if !self.0.field(path, value) {
            *value = REDACTED.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn classes_are_replaced_and_null_stays_null() {
        let redaction = Redaction::new(&[FieldClass::Identifier, FieldClass::Contact]);
        let mut profile = json!({
            "id": "x", "name": {"display": "Ada", "given": null},
            "emails": [{"address": "ada@example.com", "primary": true}], "title": "cto", "website": null,
        });
        redaction.apply(&mut profile);
        let expected = json!({
            "id": "x", "name": {"display": "[redacted]", "given": null},
            "emails": [{"address": "[redacted]", "primary": true}], "title": "cto", "website": null,
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
        let mut invoiced = json!(true);
        Redaction::new(&[FieldClass::Billing]).apply_to("billing.invoiced", &mut invoiced);
        assert_eq!(invoiced, json!(REDACTED));
    }

    #[test]
    fn what_no_class_names_is_free_text() {
        for path in ["extension.note", "a field of tomorrow", "title"] {
            let mut value = json!("secret");
            Redaction::new(&[FieldClass::FreeText]).apply_to(path, &mut value);
            assert_eq!(value, json!(REDACTED), "{path}");
        }
    }
}
