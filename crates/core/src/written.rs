//! The value of a field in the form in which it is written.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    Capabilities, Field, FieldPath, FieldState, Profile, Timestamp, capabilities::ValueFormat,
    email::is_same_address,
};

/// What a profile shows of a field after a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrittenField {
    /// The value that was written.
    AsWritten,
    /// Another value: the service ignored or changed it.
    Otherwise,
    /// Nothing, so that the result is not known.
    Not,
}

/// Compares a profile with a written value; `then` is `None` if the field was cleared.
pub(crate) fn shown(
    then: Option<&Value>,
    profile: &Profile,
    path: &FieldPath,
    capabilities: &Capabilities,
) -> WrittenField {
    let is_so = match (then, value_of(profile, path, capabilities)) {
        (_, Field::Absent) => return WrittenField::Not,
        (Some(then), Field::Value(now)) => is_same(then, &now, format_of(path, capabilities)),
        (None, Field::Null) => true,
        (None, Field::Value(_)) | (Some(_), Field::Null) => false,
    };
    if is_so { WrittenField::AsWritten } else { WrittenField::Otherwise }
}

/// Returns whether the profile was read from a record that shows the field, and would leave it out without a value.
fn is_absent_when_cleared(path: &FieldPath, profile: &Profile, capabilities: &Capabilities) -> bool {
    let rule = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref());
    rule.is_some_and(|rule| rule.absent_when_cleared)
        && profile.state(path, capabilities) != FieldState::Unsupported
}

/// Returns the format in which a field is written.
pub(crate) fn format_of<'a>(path: &FieldPath, capabilities: &'a Capabilities) -> Option<&'a ValueFormat> {
    capabilities.fields.get(path)?.write.as_ref().map(|rule| &rule.format)
}

/// Returns whether two values of a format are equal. Times may differ in notation, e-mail addresses in case, and
/// lists in order. All other texts are compared exactly.
pub(crate) fn is_same(one: &Value, other: &Value, format: Option<&ValueFormat>) -> bool {
    if one == other {
        return true;
    }
    match format {
        Some(ValueFormat::Time) => {
            let time = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
            matches!((time(one), time(other)), (Some(one), Some(other)) if one == other)
        }
        Some(ValueFormat::Email) => {
            matches!((one.as_str(), other.as_str()), (Some(one), Some(other)) if is_same_address(one, other))
        }
        Some(ValueFormat::Names { .. } | ValueFormat::Roles { .. }) => match (names(one), names(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        },
        Some(ValueFormat::Lines { .. }) => {
            let lines = |value: &Value| -> Option<Vec<String>> {
                Some(value.as_str()?.lines().map(|line| line.trim().to_owned()).collect())
            };
            matches!((lines(one), lines(other)), (Some(one), Some(other)) if one == other)
        }
        _ => false,
    }
}

/// Returns the value in a form in which equal values are identical texts.
pub(crate) fn canonical(value: &Field<Value>, path: &FieldPath, capabilities: &Capabilities) -> Field<Value> {
    let Field::Value(value) = value else { return value.clone() };
    let text = |text: String| Field::Value(Value::from(text));
    match (format_of(path, capabilities), value.as_str()) {
        (Some(ValueFormat::Time), Some(time)) => match time.parse::<Timestamp>() {
            Ok(time) => text(time.to_string()),
            Err(_) => Field::Value(value.clone()),
        },
        (Some(ValueFormat::Email), Some(address)) => text(address.trim().to_ascii_lowercase()),
        (Some(ValueFormat::Lines { .. }), Some(lines)) => {
            text(lines.lines().map(str::trim).collect::<Vec<_>>().join("\n"))
        }
        (Some(ValueFormat::Names { .. } | ValueFormat::Roles { .. }), None) => match names(value) {
            Some(names) => Field::Value(names.into_iter().collect()),
            None => Field::Value(value.clone()),
        },
        _ => Field::Value(value.clone()),
    }
}

fn names(value: &Value) -> Option<BTreeSet<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// Returns the field of the record that a write changes, in the form in which it is written: the primary e-mail
/// address, the names of labels and the references of roles. Values of other records and derived values do not count.
pub(crate) fn value_of(profile: &Profile, path: &FieldPath, capabilities: &Capabilities) -> Field<Value> {
    if *path == FieldPath::EMAILS
        && let Some(address) = profile.email()
    {
        return Field::Value(address.into());
    }
    if let Some(names) = names_of(profile, path) {
        return match (format_of(path, capabilities), &names[..]) {
            (_, []) => Field::Null,
            (Some(ValueFormat::OneOf(_)), [name]) => Field::Value(name.as_str().into()),
            _ => Field::Value(names.into()),
        };
    }
    let Some(value) = profile.value(path) else {
        let is_null = profile.is_null(path) || is_absent_when_cleared(path, profile, capabilities);
        return if is_null { Field::Null } else { Field::Absent };
    };
    // The first record in the field table owns the field.
    let views: Vec<_> = profile.origin.iter().flat_map(crate::profile::Origin::views).collect();
    let sources = capabilities.fields.get(path).map_or(&[][..], |spec| &spec.sources);
    let owner = sources.iter().filter_map(|source| source.view.as_ref()).find(|view| views.contains(view));
    match (owner, profile.origin_of(path)) {
        (Some(owner), Some(from)) if owner != from => {
            let origin = profile.origin.as_ref();
            let is_null = origin.is_some_and(|origin| origin.view == *owner && origin.null.contains(path));
            if is_null { Field::Null } else { Field::Absent }
        }
        _ => Field::Value(value),
    }
}

/// Returns the names of a field that is written as a list; `None` for another field, or if it is absent.
fn names_of(profile: &Profile, path: &FieldPath) -> Option<Vec<String>> {
    // An item without a name never equals a value that can be written.
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
    fn times_and_lists_are_compared_by_what_they_mean_and_texts_to_the_letter() {
        let text = ValueFormat::Text { max_characters: None };
        let lists = ValueFormat::Names { max_characters: None };
        let [noon, same] = [json!("2026-01-31T12:00:00Z"), json!("2026-01-31T13:00:00+01:00")];
        assert!(is_same(&noon, &same, Some(&ValueFormat::Time)));
        assert!(!is_same(&noon, &same, Some(&text)) && !is_same(&noon, &same, None));
        assert!(is_same(&json!(["a", "b"]), &json!(["b", "a"]), Some(&lists)));
        assert!(!is_same(&json!(["a", "b"]), &json!(["b", "a"]), None));
        assert!(!is_same(&json!(["a"]), &json!(["a", "b"]), Some(&lists)));
        assert!(!is_same(&json!(["a", 1]), &json!(["a"]), Some(&lists)));
        assert!(!is_same(&json!("a"), &json!("b"), Some(&text)));
        let mut capabilities = Capabilities::default();
        let format = |format| crate::capabilities::WriteRule::set_only(&[], format);
        capabilities.fields = [
            crate::capabilities::FieldSpec::read(FieldPath::LABELS, "x").writable(format(lists.clone())),
            crate::capabilities::FieldSpec::read(FieldPath::EMAILS, "x").writable(format(ValueFormat::Email)),
            crate::capabilities::FieldSpec::read(FieldPath::EXTERNAL_ID, "x")
                .writable(format(ValueFormat::Time)),
        ]
        .into_iter()
        .collect();
        for (path, one, other) in [
            (FieldPath::LABELS, json!(["a", "b"]), json!(["b", "a"])),
            (FieldPath::EMAILS, json!("Ana@X.org"), json!("ana@x.org")),
            (FieldPath::EXTERNAL_ID, noon.clone(), same.clone()),
        ] {
            let [one, other] = [one, other].map(|it| canonical(&Field::Value(it), &path, &capabilities));
            assert_eq!(one, other, "{path}");
        }
        let [upper, lower] = [json!("Ana@X.org"), json!("ana@x.org")];
        assert!(is_same(&upper, &lower, Some(&ValueFormat::Email)) && !is_same(&upper, &lower, Some(&text)));
    }
}
