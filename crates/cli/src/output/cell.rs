//! One field of one profile, for a person or a spreadsheet.

use anyprofile::{Capabilities, FieldPath, FieldState, Label, Profile, RoleAssignment};
use serde_json::Value;

/// One field of one profile.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// There is a value.
    Value(String),
    /// There is none, for this reason.
    None(FieldState),
    /// Whether it is so was left open: null where true or false could stand, which is no "no".
    Open,
}

impl Cell {
    /// For a person: a reason is never mistaken for a value or another reason.
    pub(crate) fn for_person(&self) -> &str {
        match self {
            Self::Value(text) => text,
            Self::Open => "(not known)",
            Self::None(FieldState::Null) => "(none)",
            Self::None(FieldState::Unsupported) => "-",
            Self::None(FieldState::Withheld) => "(withheld)",
            Self::None(_) => "?",
        }
    }
}

/// A field of a profile. `json` is the profile as JSON.
pub(crate) fn cell_of(
    profile: &Profile,
    json: &Value,
    path: &FieldPath,
    capabilities: &Capabilities,
) -> Cell {
    let state = profile.state(path, capabilities);
    match (state, path.as_str()) {
        (FieldState::Value, "id") => Cell::Value(profile.id.to_string()),
        (FieldState::Value, "emails") => {
            let addresses = profile.emails.items().iter().filter_map(|email| email.address.value());
            Cell::Value(addresses.cloned().collect::<Vec<_>>().join(";"))
        }
        (FieldState::Value, "roles") => {
            let roles = profile.roles.items().iter().map(role_in_words).collect::<Option<Vec<_>>>();
            // What cannot be said in words is shown as it is.
            roles
                .map_or_else(|| Cell::Value(json["roles"].to_string()), |roles| Cell::Value(roles.join("; ")))
        }
        (FieldState::Value, "labels") => {
            let name = |label: &Label| label.name.value().or(label.id.value()).cloned();
            let labels = profile.labels.items().iter().map(name).collect::<Option<Vec<_>>>();
            labels.map_or_else(
                || Cell::Value(json["labels"].to_string()),
                |labels| Cell::Value(list_in_words(&labels)),
            )
        }
        (FieldState::Value, path) => match path.split('.').try_fold(json, |json, key| json.get(key)) {
            Some(value) => Cell::Value(text_of(value)),
            None => Cell::None(FieldState::Absent),
        },
        (FieldState::Null, _) if path.is_bool() => Cell::Open,
        (state, _) => Cell::None(state),
    }
}

/// A list as one text, as `update` reads it: with semicolons, or as a JSON array where a name would be taken for several.
pub(crate) fn list_in_words<T: AsRef<str> + serde::Serialize>(names: &[T]) -> String {
    let is_plain = |name: &T| !name.as_ref().contains(';') && name.as_ref().trim() == name.as_ref();
    let starts_plain = names.first().is_none_or(|name| !name.as_ref().starts_with('['));
    if starts_plain && names.iter().all(is_plain) {
        return names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("; ");
    }
    serde_json::to_string(names).unwrap_or_default()
}

/// A role in words: its name, and where it holds if that is not everywhere.
fn role_in_words(assignment: &RoleAssignment) -> Option<String> {
    let role = assignment.role.value()?;
    let name = role.name.value().or(role.id.value())?;
    let place = assignment.scope.value().and_then(|scope| scope.name.value());
    Some(place.map_or_else(|| name.clone(), |place| format!("{name} ({place})")))
}

/// Plain where it is plain, else compact JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
