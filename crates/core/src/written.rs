//! What a service shows of a field, in the form that it is written in.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{Capabilities, Field, FieldPath, Profile, Timestamp, ValueFormat};

/// Whether a profile shows a field otherwise than it was to be; `None` is a field that was to be cleared.
pub(crate) fn differs(
    then: Option<&Value>,
    shown: &Profile,
    path: &FieldPath,
    capabilities: &Capabilities,
) -> bool {
    match (then, value_of(shown, path, capabilities)) {
        (Some(then), Field::Value(now)) => !is_same(then, &now),
        (None, Field::Value(_)) | (Some(_), _) => true,
        (None, Field::Null | Field::Absent) => false,
    }
}

/// Whether two values are one; a time may be written in several ways, and a list is in no order.
pub(crate) fn is_same(one: &Value, other: &Value) -> bool {
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let names = |value: &Value| {
        let names: Option<BTreeSet<_>> = value.as_array()?.iter().map(Value::as_str).collect();
        names.map(|names| names.into_iter().map(str::to_owned).collect::<BTreeSet<_>>())
    };
    one == other
        || matches!((time(one), time(other)), (Some(one), Some(other)) if one == other)
        || matches!((names(one), names(other)), (Some(one), Some(other)) if one == other)
}

/// What the record that is written says of a field, in the form that it is written in: of the addresses, the primary
/// one; of labels and roles, their names. What another record says, or what we put together, is not what is written.
pub(crate) fn value_of(profile: &Profile, path: &FieldPath, capabilities: &Capabilities) -> Field<Value> {
    if *path == FieldPath::EMAILS
        && let Some(address) = profile.email()
    {
        return Field::Value(address.into());
    }
    if let Some(names) = names_of(profile, path) {
        let format = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref()).map(|it| &it.format);
        return match (format, &names[..]) {
            (_, []) => Field::Null,
            (Some(ValueFormat::OneOf(_)), [name]) => Field::Value(name.as_str().into()),
            _ => Field::Value(names.into()),
        };
    }
    let Some(value) = profile.value(path) else {
        return if profile.is_null(path) { Field::Null } else { Field::Absent };
    };
    // The record that the table names first is the one that has the field.
    let views: Vec<_> = profile.origin.iter().flat_map(crate::Origin::views).collect();
    let sources = capabilities.fields.get(path).map_or(&[][..], |spec| &spec.sources);
    let owner = sources.iter().filter_map(|source| source.view.as_ref()).find(|view| views.contains(view));
    match (owner, profile.origin_of(path)) {
        (Some(owner), Some(from)) if owner != from => Field::Null,
        _ => Field::Value(value),
    }
}

/// The names of what is written as a list; `None` where it is no list, or one that was not sent.
fn names_of(profile: &Profile, path: &FieldPath) -> Option<Vec<String>> {
    // What has no name is something else than all that can be written.
    let unnamed = || "?".to_owned();
    if *path == FieldPath::LABELS {
        let labels = profile.labels.value()?.iter();
        return Some(labels.map(|label| label.name.value().cloned().unwrap_or_else(unnamed)).collect());
    }
    if *path == FieldPath::ROLES {
        let roles = profile.roles.value()?.iter();
        return Some(roles.map(|role| role.reference().unwrap_or_else(unnamed)).collect());
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_and_lists_are_compared_by_what_they_mean() {
        assert!(is_same(&json!("2026-01-31T12:00:00Z"), &json!("2026-01-31T13:00:00+01:00")));
        assert!(is_same(&json!(["a", "b"]), &json!(["b", "a"])));
        assert!(!is_same(&json!(["a"]), &json!(["a", "b"])));
        assert!(!is_same(&json!(["a", 1]), &json!(["a"])));
        assert!(!is_same(&json!("a"), &json!("b")));
    }
}
