//! Writes of users: single attributes where the server changes them, else the whole user.

use anyprofile_core::{FieldPath, Profile, ProfileChange, ProfileId, Result, Write};
use anyprofile_engine::{Action, Basis};
use anyprofile_http::Caller;
use serde_json::{Map, Value};

use super::{
    Prepared, USER,
    changes::{changes, replaced},
};
use crate::{
    config::Patching,
    discovery::Features,
    map::ScimExtension,
    operations,
    wire::{PatchOperation, PatchRequest},
};

/// The name of the user's record in the basis of a write.
const RECORD: &str = "user";
/// The name of the version of the record in the basis of a write.
const VERSION: &str = "version";

/// The warning of a write that no version protects.
const UNCONDITIONAL: &str = "the record has no version, so a change that is made meanwhile is overwritten";

/// The warning of a replacement.
const REPLACED: &str =
    "the user is replaced as a whole: attributes that the server does not show may be removed";
/// The warning of a replacement that no version protects.
const REPLACED_UNCONDITIONALLY: &str = "the user is replaced as a whole: attributes that the server does not show may be \
                                        removed, and a change that is made meanwhile is overwritten";

/// Reads what the write depends on: the user's record, or its version alone.
pub(super) async fn basis(
    caller: &Caller,
    write: &Write,
    current: Option<&Profile>,
    features: &Features,
) -> Result<Basis> {
    let basis = Basis::default();
    let Some(id) = write.id() else { return Ok(basis) };
    let needs_record = needs_record(write, features);
    if !needs_record && !features.etag {
        return Ok(basis);
    }
    let shown = current.and_then(|current| current.extension_as::<ScimExtension>()?.version.value().cloned());
    // The plan compares the write with the record of this version.
    if let (false, Some(version)) = (needs_record, &shown) {
        return basis.with(VERSION, version);
    }
    let record = caller.call(&operations::get_user(id.native())).await?;
    let basis = match shown.as_ref().or(record.meta.value().and_then(|meta| meta.version.value())) {
        Some(version) => basis.with(VERSION, version)?,
        None => basis,
    };
    basis.with(RECORD, &record)
}

/// Returns whether the write sets an address.
fn has_address(change: &ProfileChange) -> bool {
    change.text(&FieldPath::EMAILS).into_set().is_some()
}

/// Returns whether the write replaces the user as a whole, or changes one address of it.
fn needs_record(write: &Write, features: &Features) -> bool {
    match write {
        Write::Update { change, .. } => is_replacement(write, features) || has_address(change),
        _ => is_replacement(write, features),
    }
}

/// Returns whether the write replaces the user as a whole.
fn is_replacement(write: &Write, features: &Features) -> bool {
    match write {
        Write::Update { change, .. } => change.iter().any(|(field, _)| replaces(field, features)),
        Write::Deactivate { .. } => replaces(&FieldPath::STATUS, features),
        _ => false,
    }
}

/// Returns whether a change of the field replaces the user as a whole.
pub(super) fn replaces(field: &FieldPath, features: &Features) -> bool {
    match features.patch {
        Patching::All => false,
        Patching::Active => *field != FieldPath::STATUS,
        Patching::None => true,
    }
}

pub(super) fn action(caller: &Caller, write: &Write, basis: &Basis, prepared: &Prepared) -> Result<Action> {
    let Prepared { features, attributes, capabilities } = prepared;
    let current = if needs_record(write, features) { basis.get(RECORD)? } else { Value::Null };
    let version: Option<String> = basis.get(VERSION).ok().filter(|_| features.etag);
    let version = version.as_deref();
    let change_user = |id: &ProfileId, changes: &[PatchOperation]| -> Result<Action> {
        let native = id.native();
        let operation = if is_replacement(write, features) {
            operations::replace_user(native, &replaced(&current, changes, attributes)?, version)
        } else {
            operations::patch_user(native, &PatchRequest::new(changes.to_vec()), version)
        };
        Ok(Action::shows(USER.asked(operation, id)))
    };
    let action = match write {
        Write::Create { draft } => {
            let empty = Value::Object(Map::new());
            let input = replaced(&empty, &changes(draft.fields(), &empty, attributes), attributes)?;
            Action::shows(USER.of(operations::create_user(&input)))
        }
        Write::Update { id, change } => change_user(id, &changes(change, &current, attributes))?,
        Write::Deactivate { id } => {
            let change = ProfileChange::new().set(FieldPath::STATUS, "suspended");
            change_user(id, &changes(&change, &current, attributes))?
        }
        Write::Delete { id } => Action::accepted(operations::delete_user(id.native(), version), id),
        other => return Err(other.unsupported(caller.info(), capabilities)),
    };
    let warning = match (is_replacement(write, features), version) {
        (true, None) => Some(REPLACED_UNCONDITIONALLY),
        (true, Some(_)) => Some(REPLACED),
        (false, None) if features.etag && write.id().is_some() => Some(UNCONDITIONAL),
        (false, _) => None,
    };
    Ok(match warning {
        Some(warning) => action.with_warning(warning),
        None => action,
    })
}
