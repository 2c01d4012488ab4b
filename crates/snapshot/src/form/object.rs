//! JSON objects without empty members.

use serde_json::{Map, Value};

use super::{Form, FormError};

/// A JSON object. What is not known has no member.
#[derive(Debug, Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// Adds a member if there is a value.
    pub(super) fn put(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
    }

    /// Adds a member.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.put(key, Some(value));
    }

    /// Adds an object if it has members.
    pub(super) fn put_object(&mut self, key: &str, object: Self) {
        self.put(key, (!object.is_empty()).then_some(object.0));
    }

    /// Adds a list if it has items.
    pub(super) fn put_list(&mut self, key: &str, items: Vec<Value>) {
        self.put(key, (!items.is_empty()).then_some(items));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the object as a line of text.
    pub(super) fn into_line(self, form: Form) -> Result<String, FormError> {
        let mut line = serde_json::to_string(&self.0).map_err(|_| FormError::Encode(form))?;
        line.push('\n');
        Ok(line)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

/// Returns an object of what is known.
pub(super) fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Object {
    let mut object = Object::default();
    for (key, value) in members {
        object.put(key, value);
    }
    object
}
