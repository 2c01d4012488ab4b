//! One field of one profile, for a person or a spreadsheet.

use anyprofile::{Capabilities, FieldPath, FieldState, Profile};
use serde_json::Value;

/// One field of one profile.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// There is a value.
    Value(String),
    /// There is none, for this reason.
    None(FieldState),
}

impl Cell {
    /// For a person: a reason is never mistaken for a value or another reason.
    pub(crate) fn for_person(&self) -> &str {
        match self {
            Self::Value(text) => text,
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
        (FieldState::Value, path) => match path.split('.').try_fold(json, |json, key| json.get(key)) {
            Some(value) => Cell::Value(text_of(value)),
            None => Cell::None(FieldState::Absent),
        },
        (state, _) => Cell::None(state),
    }
}

/// Plain where it is plain, else compact JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
