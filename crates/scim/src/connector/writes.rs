//! Writes of users: single attributes where the server changes them, else the whole user.

use std::sync::OnceLock;

use anyprofile_core::{
    Capabilities, Error, ErrorKind, FieldPath, Profile, ProfileChange, ProfileId, Result, Write,
};
use anyprofile_engine::{Action, Basis};
use anyprofile_http::Caller;
use serde_json::{Map, Value, json};

use super::USER;
use crate::{
    discovery::{Features, UserAttributes},
    map::ScimExtension,
    operations,
    wire::{PatchOperation, PatchRequest, USER_SCHEMA, UserInput},
};

/// The name of the user's record in the basis of a write.
const RECORD: &str = "user";
/// The name of the record's version in the basis of a write that needs no more of it.
const VERSION: &str = "version";
/// The name of the attributes that the server has in the basis of a write.
const ATTRIBUTES: &str = "attributes";

/// The warning of a write that no version protects.
const UNCONDITIONAL: &str = "the record has no version, so a change that is made meanwhile is overwritten";

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

/// Reads what the write depends on: the user's record or its version, and the attributes that the server has.
pub(super) async fn basis(
    caller: &Caller,
    write: &Write,
    current: Option<&Profile>,
    features: &Features,
    known: &OnceLock<UserAttributes>,
) -> Result<Basis> {
    let mut basis = Basis::default();
    if has_address(write) {
        if known.get().is_none() {
            // Another write may have been first, with the same answer.
            let _ = known.set(UserAttributes::discover(caller).await?);
        }
        basis = basis.with(ATTRIBUTES, &known.get())?;
    }
    match write.id() {
        Some(id) if needs_record(write, features) => {
            let record = caller.call(&operations::get_user(id.native())).await?;
            basis.with(RECORD, &record)
        }
        Some(id) if features.etag => {
            let extension = current.and_then(Profile::extension_as::<ScimExtension>);
            let mut version = extension.and_then(|it| it.version.value().cloned());
            if version.is_none() {
                let record = caller.call(&operations::get_user(id.native())).await?;
                version = record.meta.into_value().and_then(|meta| meta.version.into_value());
            }
            basis.with(VERSION, &version)
        }
        _ => Ok(basis),
    }
}

/// Returns whether the write sets an address, which has only the parts that the server has.
fn has_address(write: &Write) -> bool {
    let fields = match write {
        Write::Create { draft } => draft.fields(),
        Write::Update { change, .. } => change,
        _ => return false,
    };
    fields.text(&FieldPath::EMAILS).into_set().is_some()
}

/// Returns whether the write replaces the user as a whole, or changes one address of it.
fn needs_record(write: &Write, features: &Features) -> bool {
    match write {
        Write::Update { .. } => !features.patch || has_address(write),
        Write::Deactivate { .. } => !features.patch,
        _ => false,
    }
}

pub(super) fn action(
    caller: &Caller,
    write: &Write,
    basis: &Basis,
    features: &Features,
    capabilities: &Capabilities,
) -> Result<Action> {
    let current = if needs_record(write, features) { basis.get(RECORD)? } else { Value::Null };
    let attributes = if has_address(write) { basis.get(ATTRIBUTES)? } else { UserAttributes::default() };
    let version: Option<String> = match write.id() {
        None => None,
        Some(_) if !features.etag => None,
        Some(_) if needs_record(write, features) => current["meta"]["version"].as_str().map(str::to_owned),
        Some(_) => basis.get(VERSION)?,
    };
    let version = version.as_deref();
    let action = match write {
        Write::Create { draft } => {
            let empty = Value::Object(Map::new());
            let input = replaced(&empty, &changes(draft.fields(), &empty, &attributes))?;
            Action::shows(USER.of(operations::create_user(&input)))
        }
        Write::Update { id, change } => {
            update(id, &changes(change, &current, &attributes), &current, version, features)?
        }
        Write::Deactivate { id } => {
            let change = ProfileChange::new().set(FieldPath::STATUS, "suspended");
            update(id, &changes(&change, &current, &attributes), &current, version, features)?
        }
        Write::Delete { id } => Action::accepted(operations::delete_user(id.native(), version), id),
        other => return Err(other.unsupported(caller.info(), capabilities)),
    };
    let is_unconditional = features.etag && version.is_none() && write.id().is_some();
    Ok(if is_unconditional { action.with_warning(UNCONDITIONAL) } else { action })
}

fn update(
    id: &ProfileId,
    operations: &[PatchOperation],
    current: &Value,
    version: Option<&str>,
    features: &Features,
) -> Result<Action> {
    let native = id.native();
    Ok(Action::shows(if features.patch {
        let patch = PatchRequest::new(operations.to_vec());
        USER.asked(operations::patch_user(native, &patch, version), id)
    } else {
        let input = replaced(current, operations)?;
        USER.asked(operations::replace_user(native, &input, version), id)
    }))
}

/// Returns the changes of attributes.
fn changes(change: &ProfileChange, current: &Value, attributes: &UserAttributes) -> Vec<PatchOperation> {
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
    let emails = current["emails"].as_array().map(Vec::as_slice).unwrap_or_default();
    let main = emails.iter().position(|email| email["primary"] == true).or((emails.len() == 1).then_some(0));
    let mut all = emails.to_vec();
    match main.and_then(|main| all.get_mut(main)).and_then(Value::as_object_mut) {
        Some(email) => {
            email.insert("value".to_owned(), address.into());
            // It shows the former address.
            email.remove("display");
        }
        None => all.push(json!(attributes.main_value("emails", address, "work"))),
    }
    PatchOperation::replace("emails", all)
}

/// Returns the whole user with the changes in it. A new user is an empty one that is changed.
fn replaced(current: &Value, operations: &[PatchOperation]) -> Result<UserInput> {
    let Value::Object(mut record) = current.clone() else {
        return Err(unreadable());
    };
    for operation in operations {
        match operation.path.split_once('.') {
            Some((parent, key)) => {
                let mut part = match record.remove(parent) {
                    Some(Value::Object(part)) => part,
                    _ => Map::new(),
                };
                set(&mut part, key, operation.value.as_ref());
                record.insert(parent.to_owned(), Value::Object(part));
            }
            None => set(&mut record, &operation.path, operation.value.as_ref()),
        }
    }
    // The server sets these.
    for key in ["meta", "groups"] {
        record.remove(key);
    }
    let mut text = |key: &str| match record.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (id, user_name) = (text("id"), text("userName"));
    let user_name = user_name.ok_or_else(unreadable)?;
    let mut input = UserInput::new(user_name);
    input.id = id;
    if let Some(Value::Array(schemas)) = record.remove("schemas") {
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

/// Sets or removes an attribute.
fn set(record: &mut Map<String, Value>, key: &str, value: Option<&Value>) {
    match value {
        Some(value) => record.insert(key.to_owned(), value.clone()),
        None => record.remove(key),
    };
}
