//! Values at places of invented records.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::people::json_of;
use crate::{definition::Scalars, template::set_at};

/// Sets a value at a pointer, also through indices of lists.
pub(super) fn put(record: &mut Value, pointer: &str, value: Value) {
    if pointer.is_empty() {
        *record = value;
        return;
    }
    let tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    let Some(at) =
        tokens.iter().position(|token| !token.is_empty() && token.bytes().all(|it| it.is_ascii_digit()))
    else {
        set_at(record, pointer, value);
        return;
    };
    let joined = |tokens: &[&str]| tokens.iter().fold(String::new(), |place, token| place + "/" + token);
    let (before, after) = (joined(&tokens[..at]), joined(&tokens[at + 1..]));
    let mut element = record.pointer(&format!("{before}/0")).cloned().unwrap_or(Value::Null);
    put(&mut element, &after, value);
    if let Value::Object(fields) = &mut element {
        fields.insert("mock_field".to_owned(), json!(1));
    }
    let index: usize = tokens[at].parse().unwrap_or_default();
    let mut items = vec![element.clone(); index];
    items.push(element);
    if before.is_empty() { *record = items.into() } else { set_at(record, &before, items.into()) }
}

/// Adds an element to the list at a pointer.
pub(super) fn append(record: &mut Value, pointer: &str, mut element: Value) {
    if let Value::Object(fields) = &mut element {
        fields.insert("mock_field".to_owned(), json!(1));
    }
    let mut items = record.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    items.push(element);
    put(record, pointer, items.into());
}

/// Gives an element the values that a rule asks for.
pub(super) fn meet(element: &mut Value, conditions: &BTreeMap<String, Scalars>) {
    for (pointer, values) in conditions {
        if let Some(value) = values.0.first() {
            put(element, pointer, json_of(value));
        }
    }
}
