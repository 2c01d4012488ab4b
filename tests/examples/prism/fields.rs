//! The fields of bodies, by their paths: `labels.name` is that of each label.

use std::collections::BTreeSet;

use serde_json::Value;

/// The fields that a schema without references has. The keys of pairs are not among them.
pub(crate) fn documented(schema: &Value) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    collect_documented(schema, "", &mut fields);
    fields
}

fn collect_documented(schema: &Value, above: &str, fields: &mut BTreeSet<String>) {
    for part in ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten() {
        collect_documented(part, above, fields);
    }
    if let Some(item) = schema.get("items") {
        collect_documented(item, above, fields);
    }
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let field = below(above, key);
        collect_documented(property, &field, fields);
        fields.insert(field);
    }
}

/// The fields that a body has: JSON, or a form.
pub(crate) fn sent(body: &[u8]) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    match serde_json::from_slice(body) {
        Ok(body) => collect_sent(&body, "", &mut fields),
        Err(_) => fields.extend(parts(&String::from_utf8_lossy(body))),
    }
    fields
}

fn collect_sent(value: &Value, above: &str, fields: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_sent(item, above, fields)),
        Value::Object(members) => {
            for (key, value) in members {
                let field = below(above, key);
                collect_sent(value, &field, fields);
                fields.insert(field);
            }
        }
        _ => {}
    }
}

/// The names of a form's parts.
fn parts(form: &str) -> impl Iterator<Item = String> {
    let names = form.split("form-data; name=\"").skip(1);
    names.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned())
}

fn below(above: &str, key: &str) -> String {
    if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") }
}

/// A body with all fields. Of several values of one field the last one is in it.
pub(crate) fn whole<B: Clone>(empty: &B, fields: &[fn(&mut B)]) -> B {
    let mut body = empty.clone();
    for set in fields {
        set(&mut body);
    }
    body
}

/// A body with all fields, and bodies with each of them alone.
pub(crate) fn bodies<B: Clone>(empty: &B, fields: &[fn(&mut B)]) -> Vec<B> {
    std::iter::once(fields).chain(fields.chunks(1)).map(|fields| whole(empty, fields)).collect()
}
