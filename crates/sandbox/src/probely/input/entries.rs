//! Reads the bodies of labels, teams and role assignments.

use serde_json::{Map, Value};

use super::nested::{is_color, named_role, read_scope};
use super::{BLANK, MAX_LABEL, NULL, REQUIRED, Reader};
use crate::exchange::{Call, Reply};
use crate::probely::user::Scope;
use crate::probely::{detail, field_errors};

/// The fields of a role assignment in a body.
#[derive(Debug, Clone, Default)]
pub(in crate::probely) struct AssignmentDraft {
    /// The id of the user.
    pub(in crate::probely) user: Option<String>,
    pub(in crate::probely) role: Option<(&'static str, &'static str)>,
    pub(in crate::probely) scope: Option<Scope>,
}

/// A part of a bulk change of role assignments.
#[derive(Debug, Clone)]
pub(in crate::probely) enum Step {
    Create(AssignmentDraft),
    /// Replaces the assignment with this id.
    Update(String, AssignmentDraft),
    /// Deletes the assignment with this id.
    Delete(String),
}

impl Reader {
    /// Reads a label's name and color. `needs_color` says whether both are required.
    pub(in crate::probely) fn label(
        &mut self,
        needs_name: bool,
        needs_color: bool,
    ) -> (Option<String>, Option<String>) {
        for (name, is_needed) in [("name", needs_name), ("color", needs_color)] {
            if is_needed {
                self.require(name);
            }
        }
        let name = self.text("name", MAX_LABEL);
        let color = self.text_or_empty("color").filter(|color| {
            let is_color = is_color(color);
            if !is_color {
                self.refuse("color", "This value does not match the required pattern.");
            }
            is_color
        });
        (name, color)
    }

    /// Reads a team's name and description.
    pub(in crate::probely) fn team(&mut self, needs_name: bool) -> (Option<String>, Option<String>) {
        if needs_name {
            self.require("name");
        }
        (self.text("name", usize::MAX), self.text_or_empty("description"))
    }

    /// Reads a role assignment. `is_whole` says whether all fields are required.
    pub(in crate::probely) fn assignment(&mut self, is_whole: bool) -> AssignmentDraft {
        for name in ["user", "role", "scope"] {
            match self.body.get(name) {
                None if is_whole => self.refuse(name, REQUIRED),
                Some(Value::Null) => self.refuse(name, NULL),
                _ => {}
            }
        }
        let field = |name: &str| self.body.get(name).filter(|value| !value.is_null()).cloned();
        let (user, role, scope) = (field("user"), field("role"), field("scope"));
        let user = user.and_then(|user| {
            let id = user["id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned);
            if id.is_none() {
                self.refuse("user", BLANK);
            }
            id
        });
        let role =
            role.and_then(|role| named_role(&role).map_err(|message| self.refuse("role", message)).ok());
        let scope = scope.and_then(|scope| {
            let scope = read_scope(&scope, &self.teams);
            scope.map_err(|message| self.refuse("scope", message)).ok()
        });
        AssignmentDraft { user, role, scope }
    }

    fn text_or_empty(&mut self, name: &str) -> Option<String> {
        match self.body.get(name)? {
            Value::String(text) => return Some(text.clone()),
            Value::Null => self.refuse(name, NULL),
            _ => self.refuse(name, "Not a valid string."),
        }
        None
    }
}

/// Reads a bulk change: an array of assignments for one action, or an object with an array for each.
pub(in crate::probely) fn bulk_steps(
    call: &Call,
    action: Option<&str>,
    teams: &[(String, String)],
) -> Result<Vec<Step>, Reply> {
    let Ok(body) = serde_json::from_slice::<Value>(&call.body) else {
        return Err(detail(400, "JSON parse error."));
    };
    let Some(action) = action else {
        let Value::Object(mut body) = body else {
            return Err(non_field("Invalid data. Expected a dictionary."));
        };
        let mut steps = Vec::new();
        for action in ["create", "update", "delete"] {
            if let Some(items) = body.remove(action) {
                steps.extend(steps_of(items, action, teams)?);
            }
        }
        return Ok(steps);
    };
    steps_of(body, action, teams)
}

fn steps_of(items: Value, action: &str, teams: &[(String, String)]) -> Result<Vec<Step>, Reply> {
    let Value::Array(items) = items else {
        return Err(non_field("Expected a list of items."));
    };
    items.into_iter().map(|item| step(item, action, teams)).collect()
}

fn step(item: Value, action: &str, teams: &[(String, String)]) -> Result<Step, Reply> {
    let Value::Object(body) = item else {
        return Err(non_field("Invalid data. Expected a dictionary."));
    };
    let mut reader = Reader { body, teams: teams.to_vec(), errors: Map::new() };
    let id = if action == "create" { String::new() } else { reader.required_text("id") };
    let draft = if action == "delete" { AssignmentDraft::default() } else { reader.assignment(true) };
    reader.finish(match action {
        "create" => Step::Create(draft),
        "update" => Step::Update(id, draft),
        _ => Step::Delete(id),
    })
}

fn non_field(message: &str) -> Reply {
    field_errors(Map::from_iter([("non_field_errors".to_owned(), serde_json::json!([message]))]))
}
