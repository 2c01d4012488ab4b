//! Reads the fields of a workspace from a body.

use serde_json::Value;

use super::body::Body;
use super::workspaces::{Geos, Workspace};
use crate::anthropic::errors::Refusal;

const GEOS: [&str; 2] = ["global", "us"];
const WORKSPACE_GEOS: [&str; 1] = ["us"];
const RESIDENCY: &str = "data_residency";

/// Applies all fields but the user profile. An absent field stays as it is, and so does null, but for tags.
pub(super) fn apply(body: &Body, workspace: &mut Workspace) -> Result<(), Refusal> {
    if let Some(name) = body.filled("name")? {
        name.clone_into(&mut workspace.name);
    }
    if let Some(color) = body.text("display_color")? {
        color.clone_into(&mut workspace.color);
    }
    if let Some(key) = body.filled("external_key_id")? {
        workspace.external_key = Some(key.to_owned());
    }
    apply_tags(body, workspace)?;
    match body.field(RESIDENCY) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(_)) => apply_geos(body, &mut workspace.geos),
        Some(_) => Err(Refusal::invalid(format!("{RESIDENCY}: must be an object"))),
    }
}

/// Merges the tags. A tag of null is removed; null instead of the tags removes all of them.
fn apply_tags(body: &Body, workspace: &mut Workspace) -> Result<(), Refusal> {
    let tags = match body.field("tags") {
        None => return Ok(()),
        Some(Value::Null) => {
            workspace.tags.clear();
            return Ok(());
        }
        Some(Value::Object(tags)) => tags,
        Some(_) => return Err(Refusal::invalid("tags: must be an object")),
    };
    for (key, value) in tags {
        match value {
            Value::Null => drop(workspace.tags.remove(key)),
            Value::String(text) => drop(workspace.tags.insert(key.clone(), text.clone())),
            _ => return Err(Refusal::invalid(format!("tags.{key}: must be a string"))),
        }
    }
    Ok(())
}

fn apply_geos(body: &Body, geos: &mut Geos) -> Result<(), Refusal> {
    let inner = |name: &str| body.field(RESIDENCY).and_then(|residency| residency.get(name));
    let wrong = |name: &str, words: &[&str]| {
        Refusal::invalid(format!("{RESIDENCY}.{name}: must be one of {}", words.join(", ")))
    };
    let geo = |value: &Value| GEOS.into_iter().find(|geo| value == geo);
    match inner("allowed_inference_geos") {
        None | Some(Value::Null) => {}
        Some(Value::Array(allowed)) => {
            let allowed: Option<Vec<_>> = allowed.iter().map(geo).collect();
            geos.allowed = Some(allowed.ok_or_else(|| wrong("allowed_inference_geos", &GEOS))?);
        }
        Some(word) if word == "unrestricted" => geos.allowed = None,
        Some(_) => return Err(wrong("allowed_inference_geos", &["unrestricted", "a list of geos"])),
    }
    match inner("default_inference_geo") {
        None | Some(Value::Null) => {}
        Some(word) => geos.default = geo(word).ok_or_else(|| wrong("default_inference_geo", &GEOS))?,
    }
    // There is only one, so that nothing can be changed.
    match inner("workspace_geo") {
        None | Some(Value::Null) => Ok(()),
        Some(word) if WORKSPACE_GEOS.iter().any(|geo| word == geo) => Ok(()),
        Some(_) => Err(wrong("workspace_geo", &WORKSPACE_GEOS)),
    }
}
