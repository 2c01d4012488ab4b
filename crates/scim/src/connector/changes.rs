//! The changes of a user's attributes, one by one and as the whole user.

use anyprofile_core::{Error, ErrorKind, FieldPath, ProfileChange, Result};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::{
    discovery::UserAttributes,
    wire::{Flag, PatchOperation, USER_SCHEMA, UserInput},
};

/// The attributes of texts, by the fields of the profile.
const TEXTS: &[(FieldPath, &str)] = &[
    (FieldPath::EXTERNAL_ID, "externalId"),
    (FieldPath::USERNAME, "userName"),
    (FieldPath::NAME_DISPLAY, "displayName"),
    (FieldPath::NAME_GIVEN, "name.givenName"),
    (FieldPath::NAME_FAMILY, "name.familyName"),
    (FieldPath::NAME_MIDDLE, "name.middleName"),
    (FieldPath::NAME_PREFIX, "name.honorificPrefix"),
    (FieldPath::NAME_SUFFIX, "name.honorificSuffix"),
    (FieldPath::NAME_FORMATTED, "name.formatted"),
    (FieldPath::NICKNAME, "nickName"),
    (FieldPath::TITLE, "title"),
    (FieldPath::TIMEZONE, "timezone"),
];

/// Returns the changes of attributes.
pub(super) fn changes(
    change: &ProfileChange,
    current: &Value,
    attributes: &UserAttributes,
) -> Vec<PatchOperation> {
    let mut operations = Vec::new();
    if let Some(status) = change.text(&FieldPath::STATUS).into_set() {
        operations.push(PatchOperation::replace("active", status == "active"));
    }
    for (path, attribute) in TEXTS {
        let text = change.text(path).map(|text| Some(text.to_owned())).or_cleared_by(None);
        match text {
            Some(Some(text)) => operations.push(PatchOperation::replace(*attribute, text)),
            Some(None) => operations.push(PatchOperation::remove(*attribute)),
            None => {}
        }
    }
    if let Some(address) = change.text(&FieldPath::EMAILS).into_set() {
        operations.push(new_address(address, current, attributes));
    }
    operations
}

/// Returns the change of the address to write to. The others stay.
fn new_address(address: &str, current: &Value, attributes: &UserAttributes) -> PatchOperation {
    let mut all = current["emails"].as_array().cloned().unwrap_or_default();
    let is_main = |email: &Value| Flag::deserialize(&email["primary"]).is_ok_and(|flag| flag.0);
    let is_same = |email: &Value| {
        email["value"].as_str().is_some_and(|known| known.trim().eq_ignore_ascii_case(address.trim()))
    };
    // Without a main one, the first is shown as the address.
    let main = all.iter().position(is_main).or((!all.is_empty()).then_some(0));
    match (all.iter().position(is_same), main) {
        // The user has the address: it becomes the main one.
        (Some(known), _) => {
            for (number, email) in all.iter_mut().enumerate() {
                if let Some(email) = email.as_object_mut()
                    && (number == known || email.contains_key("primary"))
                {
                    email.insert("primary".to_owned(), (number == known).into());
                }
            }
        }
        (None, Some(main)) => {
            if let Some(email) = all[main].as_object_mut() {
                email.insert("value".to_owned(), address.into());
                // It shows the former address.
                email.remove("display");
            }
        }
        (None, None) => all.push(json!(attributes.main_value("emails", address, "work"))),
    }
    PatchOperation::replace("emails", all)
}

/// Returns the whole user with the changes in it. A new user is an empty one that is changed.
pub(super) fn replaced(
    current: &Value,
    operations: &[PatchOperation],
    attributes: &UserAttributes,
) -> Result<UserInput> {
    let Value::Object(mut record) = current.clone() else {
        return Err(unreadable());
    };
    for operation in operations {
        match operation.path.split_once('.') {
            Some((parent, key)) => {
                let mut part = match take(&mut record, parent) {
                    Some(Value::Object(part)) => part,
                    _ => Map::new(),
                };
                set(&mut part, key, operation.value.as_ref());
                record.insert(parent.to_owned(), Value::Object(part));
            }
            None => set(&mut record, &operation.path, operation.value.as_ref()),
        }
    }
    // The server sets these, and a password that it shows is none.
    record.retain(|key, _| {
        let is_set_by_server =
            ["meta", "groups", "password"].iter().any(|name| key.eq_ignore_ascii_case(name));
        !is_set_by_server && attributes.is_sent(key)
    });
    let mut text = |key: &str| match take(&mut record, key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (id, user_name) = (text("id"), text("userName"));
    let user_name = user_name.ok_or_else(unreadable)?;
    let mut input = UserInput::new(user_name);
    input.id = id;
    if let Some(Value::Array(schemas)) = take(&mut record, "schemas") {
        let schemas = schemas.iter().filter_map(Value::as_str).map(str::to_owned);
        input.schemas.extend(schemas.filter(|schema| schema != USER_SCHEMA));
    }
    // Some servers leave the schemas out of the record.
    let extensions = record.keys().filter(|key| key.starts_with("urn:") && !input.schemas.contains(key));
    let extensions: Vec<_> = extensions.cloned().collect();
    input.schemas.extend(extensions);
    input.further = record.into_iter().collect();
    Ok(input)
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Decode, "nothing was sent: the user's record has no user name that can be read")
}

/// Sets or removes an attribute. Case does not count in its name (RFC 7643 §2.1).
fn set(record: &mut Map<String, Value>, key: &str, value: Option<&Value>) {
    take(record, key);
    if let Some(value) = value {
        record.insert(key.to_owned(), value.clone());
    }
}

/// Takes an attribute out of a record.
fn take(record: &mut Map<String, Value>, key: &str) -> Option<Value> {
    let known = record.keys().find(|known| known.eq_ignore_ascii_case(key)).cloned()?;
    record.remove(&known)
}
