//! `anyprofile update`

use anyprofile::{
    Capabilities, FieldPath, PlanOptions, ProfileChange, ProfileId, Write, capabilities::ValueFormat,
};
use serde_json::Value;

use super::own::OwnProfiles;
use crate::{
    args::{Changes, Global, Update},
    exit::{Exit, Failure},
    session::Session,
    writes::write_one,
};

pub(crate) async fn run(global: &Global, update: Update) -> Result<Exit, Failure> {
    if let Some(file) = &update.changes.from {
        return super::update_many::run(global, &update, file).await;
    }
    let id = one_id(&update.changes)?;
    if update.journal.is_some() {
        return Err(Failure::Usage("--journal requires --from".to_owned()));
    }
    let session = Session::start_for(global, id).await?;
    let provider = session.provider_of(id)?;
    let change = change_of(&update.changes, provider.capabilities())?;
    // Checks the change locally before anything is sent, then reads the profile.
    let write = Write::update(id.clone(), change);
    let plan = provider.plan(&write, &PlanOptions::new()).await?;
    if !plan.is_settled() {
        OwnProfiles::at(&session, [id]).await.warn(id);
    }
    write_one(global, &update.confirm, provider.as_ref(), &plan).await
}

/// Returns the id of the one profile to update.
pub(super) fn one_id(changes: &Changes) -> Result<&ProfileId, Failure> {
    if changes.csv_null.is_some() {
        return Err(Failure::Usage("--csv-null requires --from".to_owned()));
    }
    let no_id = || Failure::Usage("a profile id is required, or --from FILE for several profiles".to_owned());
    changes.id.as_ref().ok_or_else(no_id)
}

/// Returns the requested change, with values in the types of their fields.
pub(super) fn change_of(changes: &Changes, capabilities: &Capabilities) -> Result<ProfileChange, Failure> {
    let mut change = ProfileChange::new();
    for (path, text) in &changes.set {
        if changes.clear.contains(path) || !change.get(path).is_keep() {
            return Err(Failure::Usage(format!("{path} is named more than once")));
        }
        change = change.set(path.clone(), value_of(path, text, capabilities));
    }
    for path in &changes.clear {
        change = change.clear(path.clone());
    }
    if change.is_empty() {
        return Err(Failure::Usage("nothing to change: use --set FIELD=VALUE or --clear FIELD".to_owned()));
    }
    Ok(change)
}

/// Returns a value in the type of its field. A list is separated by semicolons, or a JSON array.
pub(super) fn value_of(path: &FieldPath, text: &str, capabilities: &Capabilities) -> Value {
    let format = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref()).map(|rule| &rule.format);
    match (format, text) {
        (Some(ValueFormat::Bool), "true") => Value::Bool(true),
        (Some(ValueFormat::Bool), "false") => Value::Bool(false),
        (Some(ValueFormat::Names { .. } | ValueFormat::Roles { .. }), text) => list_of(text),
        _ => Value::String(text.to_owned()),
    }
}

/// Parses a list. A text that starts like a JSON array but is not one stays a text, which is rejected later.
fn list_of(text: &str) -> Value {
    if text.starts_with('[') {
        let array = serde_json::from_str::<Value>(text).ok().filter(Value::is_array);
        return array.unwrap_or_else(|| Value::from(text));
    }
    text.split(';').map(str::trim).collect()
}
