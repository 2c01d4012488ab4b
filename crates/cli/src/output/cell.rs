//! One field of one profile as text, for reading or for a spreadsheet.

use anyprofile::{
    Capabilities, FieldPath, FieldState, Profile,
    profile::{Label, RoleAssignment, ValueRef, ValueType},
};
use serde_json::Value;

/// One field of one profile.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// A value.
    Value(String),
    /// No value, for this reason.
    None(FieldState),
    /// Null in a boolean field: the service does not say true or false. It does not mean false.
    Open,
}

impl Cell {
    /// Returns the text for reading. A reason never looks like a value or another reason.
    pub(crate) fn for_person(&self) -> &str {
        match self {
            // A list without an entry, which is not an absent one.
            Self::Value(text) if text.is_empty() => "(empty)",
            Self::Value(text) => text,
            Self::Open => "(not known)",
            Self::None(FieldState::Null) => "(none)",
            Self::None(FieldState::Unsupported) => "-",
            Self::None(FieldState::Withheld) => "(withheld)",
            Self::None(_) => "?",
        }
    }
}

/// A value that cannot be shown, because it cannot be written as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unshowable;

/// Returns a field of a profile as a cell.
///
/// # Errors
/// [`Unshowable`] if the value cannot be written as JSON.
pub(crate) fn cell_of(
    profile: &Profile,
    path: &FieldPath,
    capabilities: &Capabilities,
) -> Result<Cell, Unshowable> {
    match profile.state(path, capabilities) {
        FieldState::Value => text_of(profile, path).map(Cell::Value).ok_or(Unshowable),
        FieldState::Null if path.value_type() == ValueType::Bool => Ok(Cell::Open),
        state => Ok(Cell::None(state)),
    }
}

/// Returns the value of a field as text.
fn text_of(profile: &Profile, path: &FieldPath) -> Option<String> {
    let value = profile.get(path).into_value()?;
    match &value {
        ValueRef::Text(text) => Some((*text).to_owned()),
        ValueRef::Bool(value) => Some(value.to_string()),
        ValueRef::Time(time) => Some(time.to_string()),
        ValueRef::Id(id) => Some(id.to_string()),
        // A value without a text form is shown as JSON.
        _ => in_words(profile, path).or_else(|| match value.to_json()? {
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }),
    }
}

/// Returns a list as text.
fn in_words(profile: &Profile, path: &FieldPath) -> Option<String> {
    if *path == FieldPath::EMAILS {
        let addresses =
            profile.emails.items().iter().filter_map(|email| email.address.as_deref().into_value());
        return Some(addresses.collect::<Vec<_>>().join(";"));
    }
    if *path == FieldPath::ROLES {
        let roles = profile.roles.items().iter().map(role_in_words).collect::<Option<Vec<_>>>()?;
        return Some(roles.join("; "));
    }
    if *path == FieldPath::LABELS {
        let name = |label: &Label| label.name.value().or(label.id.value()).cloned();
        let labels = profile.labels.items().iter().map(name).collect::<Option<Vec<_>>>()?;
        return Some(list_in_words(&labels));
    }
    None
}

/// Returns a list as one text that `update` can read: with semicolons, or as a JSON array if a name contains a
/// semicolon.
pub(crate) fn list_in_words<T: AsRef<str> + serde::Serialize>(names: &[T]) -> String {
    let is_plain = |name: &T| !name.as_ref().contains(';') && name.as_ref().trim() == name.as_ref();
    let starts_plain = names.first().is_none_or(|name| !name.as_ref().starts_with('['));
    if starts_plain && names.iter().all(is_plain) {
        return names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("; ");
    }
    serde_json::to_string(names).unwrap_or_default()
}

/// Returns the name of a role, and the name or the id of its scope if it has one.
fn role_in_words(assignment: &RoleAssignment) -> Option<String> {
    let role = assignment.role.value()?;
    let name = role.name.value().or(role.id.value())?;
    let place = assignment.scope.value().and_then(|scope| scope.name.value().or(scope.id.value()));
    Some(place.map_or_else(|| name.clone(), |place| format!("{name} ({place})")))
}
