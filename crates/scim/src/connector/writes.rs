//! Writes of users: single attributes where the server changes them, else the whole user.

use std::sync::OnceLock;

use anyprofile_core::{Capabilities, FieldPath, ProfileChange, ProfileId, Result, Write};
use anyprofile_engine::{Action, Basis};
use anyprofile_http::Caller;
use serde_json::{Map, Value};

use super::{
    USER,
    changes::{changes, replaced},
};
use crate::{
    config::Patching,
    discovery::{Features, UserAttributes},
    operations,
    wire::{PatchOperation, PatchRequest},
};

/// The name of the user's record in the basis of a write.
const RECORD: &str = "user";
/// The name of the attributes that the server has in the basis of a write.
const ATTRIBUTES: &str = "attributes";

/// The warning of a write that no version protects.
const UNCONDITIONAL: &str = "the record has no version, so a change that is made meanwhile is overwritten";

/// Reads what the write depends on: the user's record, and the attributes that the server has.
pub(super) async fn basis(
    caller: &Caller,
    write: &Write,
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

/// Returns whether the write replaces the user as a whole, names the version of the record, or changes one address of it.
fn needs_record(write: &Write, features: &Features) -> bool {
    match write {
        Write::Update { .. } | Write::Deactivate { .. } => {
            replaces(write, features) || features.etag || has_address(write)
        }
        Write::Delete { .. } => features.etag,
        _ => false,
    }
}

/// Returns whether the write replaces the user as a whole.
fn replaces(write: &Write, features: &Features) -> bool {
    match features.patch {
        Patching::All => false,
        Patching::Active => match write {
            Write::Update { change, .. } => change.iter().any(|(field, _)| *field != FieldPath::STATUS),
            _ => false,
        },
        Patching::None => true,
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
    let version = current["meta"]["version"].as_str().filter(|_| features.etag);
    let change_user = |id: &ProfileId, changes: &[PatchOperation]| -> Result<Action> {
        let native = id.native();
        let operation = if replaces(write, features) {
            operations::replace_user(native, &replaced(&current, changes)?, version)
        } else {
            operations::patch_user(native, &PatchRequest::new(changes.to_vec()), version)
        };
        Ok(Action::shows(USER.asked(operation, id)))
    };
    let action = match write {
        Write::Create { draft } => {
            let empty = Value::Object(Map::new());
            let input = replaced(&empty, &changes(draft.fields(), &empty, &attributes))?;
            Action::shows(USER.of(operations::create_user(&input)))
        }
        Write::Update { id, change } => change_user(id, &changes(change, &current, &attributes))?,
        Write::Deactivate { id } => {
            let change = ProfileChange::new().set(FieldPath::STATUS, "suspended");
            change_user(id, &changes(&change, &current, &attributes))?
        }
        Write::Delete { id } => Action::accepted(operations::delete_user(id.native(), version), id),
        other => return Err(other.unsupported(caller.info(), capabilities)),
    };
    let is_unconditional = features.etag && version.is_none() && write.id().is_some();
    Ok(if is_unconditional { action.with_warning(UNCONDITIONAL) } else { action })
}
