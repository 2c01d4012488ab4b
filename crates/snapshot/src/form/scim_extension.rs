//! Our extension of a SCIM user: what RFC 7643 has no attribute for.

use anyprofile_core::{FieldPath, FieldState};
use serde_json::{Map, Value};

use super::{loss::LossReport, object::Object, reader::Reader};

/// The schema of the extension.
pub(super) const URN: &str = "urn:ietf:params:scim:schemas:extension:anyprofile:1.0:User";

/// Returns the extension. The name of an attribute is the path of the field in the profile, in camel case: `securityMfaEnabled`.
///
/// Attributes are flat, and names are fixed: RFC 7643, section 2.3.8, has no complex value inside another, and section 2.1 no name with a
/// dot. So a group's fields are attributes of their own, and `states` lists paths as values.
pub(super) fn extension(reader: &mut Reader<'_>, loss: &mut LossReport) -> Object {
    let id = &reader.profile.id;
    let mut extension = Object::default();
    extension.set("service", id.service.as_str());
    extension.set("account", id.account.as_str());
    extension.set("collection", id.kind.as_str());
    if reader.profile.name.derived.is_known_to_be(&true) {
        extension.set("nameDerived", true);
    }
    let paths: Vec<_> = reader.unused().collect();
    for path in paths {
        let mut value = reader.json(path).map(|value| attribute(path, value));
        if value.as_mut().is_some_and(has_repeated_primary) {
            loss.alter(
                path.as_str(),
                "the first that is marked as the primary one keeps the mark, and no other",
            );
        }
        extension.put(&camel_case(path.as_str()), value);
    }
    extension.put_object("states", states(reader));
    extension
}

/// Returns the paths of the fields that the service reports as null or as an empty list, does not show to this credential, or does not
/// have. A field that is neither here nor has a value was not sent.
fn states(reader: &Reader<'_>) -> Object {
    let mut states = Object::default();
    for state in [FieldState::Null, FieldState::Withheld, FieldState::Unsupported] {
        let is_so = |path: &&FieldPath| reader.profile.state(path, reader.capabilities) == state;
        let paths = FieldPath::CORE.iter().filter(is_so).map(|path| path.as_str().into());
        states.put_list(state.as_str(), paths.collect());
    }
    // SCIM has no way to tell an empty list from one that was not sent: section 2.5.
    let is_empty = |path: &&FieldPath| reader.is_empty(path);
    states.put_list(
        "empty",
        FieldPath::CORE.iter().filter(is_empty).map(|path| path.as_str().into()).collect(),
    );
    states
}

/// Returns the value of a field as that of an attribute.
fn attribute(path: &FieldPath, value: Value) -> Value {
    match value {
        // The keys are the customer's, and no names of attributes.
        Value::Object(pairs) if [FieldPath::METADATA, FieldPath::GRANTS].contains(path) => {
            let pair = |(name, value): (String, Value)| {
                Value::Object(Map::from_iter([("name".to_owned(), name.into()), ("value".to_owned(), value)]))
            };
            Value::Array(pairs.into_iter().map(pair).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(complex).collect()),
        value => complex(value),
    }
}

/// Takes `primary: true` from all values of an attribute but the first that has it, which RFC 7643, section 2.4, asks for. Returns whether
/// there was another.
fn has_repeated_primary(value: &mut Value) -> bool {
    let items = value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
    let marked = items.filter(|item| item.get("primary") == Some(&Value::Bool(true)));
    let removed = marked.skip(1).map(|item| item.remove("primary"));
    removed.count() > 0
}

/// Returns a value whose parts have no parts: those of an inner object get its name in front, as `scopeTier`. The role of an assignment,
/// whose parts are the value's own, does not.
fn complex(value: Value) -> Value {
    let Value::Object(fields) = value else { return value };
    let mut flat = Map::new();
    for (key, value) in fields {
        match value {
            Value::Object(inner) => {
                let prefix = if key == "role" { String::new() } else { format!("{key}_") };
                flat.extend(
                    inner.into_iter().map(|(part, value)| (camel_case(&format!("{prefix}{part}")), value)),
                );
            }
            value => {
                flat.insert(camel_case(&key), value);
            }
        }
    }
    Value::Object(flat)
}

/// Returns a path or a key as the name of an attribute.
fn camel_case(text: &str) -> String {
    let mut words = text.split(['.', '_']);
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_name_of_an_attribute() {
        assert_eq!(camel_case("security.mfa_enabled"), "securityMfaEnabled");
        assert_eq!(camel_case("status"), "status");
        let names: std::collections::BTreeSet<_> =
            FieldPath::CORE.iter().map(|path| camel_case(path.as_str())).collect();
        assert_eq!(names.len(), FieldPath::CORE.len(), "no two fields share a name");
        for name in ["service", "account", "collection", "states", "nameDerived"] {
            assert!(!names.contains(name), "{name}");
        }
    }

    #[test]
    fn no_value_is_inside_another() {
        let roles = serde_json::json!([{ "role": { "id": "r1" }, "scope": { "tier": "team", "id": "t1" } }]);
        let flat = serde_json::json!([{ "id": "r1", "scopeTier": "team", "scopeId": "t1" }]);
        assert_eq!(attribute(&FieldPath::ROLES, roles), flat);
    }
}
