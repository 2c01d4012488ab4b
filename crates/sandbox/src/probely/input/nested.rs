//! Reads the parts of a body that are objects: labels, and roles with their scopes.

use serde_json::Value;

use super::MAX_LABEL;
use crate::probely::records::{OWNER, ROLES, TARGETS};
use crate::probely::user::{Role, Scope};

pub(super) fn is_color(color: &str) -> bool {
    color.bytes().all(|b| b.is_ascii_alphanumeric() || b"#_-".contains(&b))
}

pub(super) fn read_label(label: &Value) -> Result<(String, String), String> {
    let color = label.get("color").map_or(Some(""), Value::as_str);
    match (label.get("name").and_then(Value::as_str), color.filter(|color| is_color(color))) {
        (None | Some(""), _) => Err("A label needs a name.".to_owned()),
        (Some(name), _) if name.chars().count() > MAX_LABEL => {
            Err(format!("Ensure a label's name has no more than {MAX_LABEL} characters."))
        }
        (_, None) => Err("A label's color does not match the required pattern.".to_owned()),
        (Some(name), Some(color)) => Ok((name.to_owned(), color.to_owned())),
    }
}

/// Reads a role with its scope.
pub(super) fn read_role(role: &Value, teams: &[(String, String)]) -> Result<Role, String> {
    let (named, scope) = (named_role(&role["role"])?, read_scope(&role["scope"], teams)?);
    Ok(Role { place: 0, named, scope })
}

fn find(
    known: &'static [(&'static str, &'static str)],
    value: &Value,
) -> Option<(&'static str, &'static str)> {
    known.iter().find(|(id, _)| value["id"] == *id).copied()
}

/// Reads the reference to a role. Nothing is published of the response for the owner's role.
pub(super) fn named_role(role: &Value) -> Result<(&'static str, &'static str), &'static str> {
    if role["id"] == OWNER.0 {
        return Err("The owner's role cannot be assigned.");
    }
    find(&ROLES, role).ok_or("There is no such role.")
}

/// Reads a scope: the account, a team, or a target. Other scopes occur in reads, but cannot be written.
pub(super) fn read_scope(scope: &Value, teams: &[(String, String)]) -> Result<Scope, &'static str> {
    // Also the one that the tier does not use. It may be null, as in reads.
    for name in ["team", "target"] {
        let part = scope.get(name).filter(|part| !part.is_null());
        if part.is_some_and(|part| part["id"].as_str().is_none_or(str::is_empty)) {
            return Err("A scope's team and target need an id.");
        }
    }
    let (tier, team, target) = match scope["tier"].as_str() {
        Some("account") => ("account", None, None),
        Some("team") => {
            let team = teams.iter().find(|(id, _)| scope["team"]["id"] == *id);
            let (id, name) = team.ok_or("There is no such team.")?;
            ("team", Some((id.clone().into(), name.clone().into())), None)
        }
        Some("target") => {
            ("target", None, Some(find(&TARGETS, &scope["target"]).ok_or("There is no such target.")?))
        }
        _ => return Err("A role's scope needs a tier: account, team or target."),
    };
    Ok(Scope { tier, team, target })
}
