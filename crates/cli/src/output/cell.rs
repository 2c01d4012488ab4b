//! One field of one profile, for a person or a spreadsheet.

use anyprofile::{
    Capabilities, FieldPath, FieldState, Profile,
    profile::{Label, RoleAssignment, ValueRef, ValueType},
};
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

/// A value that cannot be shown: it has no form as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unshowable;

/// A field of a profile.
///
/// # Errors
/// [`Unshowable`] if there is a value and it has no form as JSON.
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

/// The value of a field as one text.
fn text_of(profile: &Profile, path: &FieldPath) -> Option<String> {
    let value = profile.get(path).into_value()?;
    match &value {
        ValueRef::Text(text) => Some((*text).to_owned()),
        ValueRef::Bool(value) => Some(value.to_string()),
        ValueRef::Time(time) => Some(time.to_string()),
        ValueRef::Id(id) => Some(id.to_string()),
        // What cannot be said in words is shown as it is.
        _ => in_words(profile, path).or_else(|| match value.to_json()? {
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }),
    }
}

/// A list in words.
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
