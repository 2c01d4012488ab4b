//! A document as Prism serves it.

use serde_json::{Map, Value};

/// A document with bodies of requests that take no other keys than the documented ones. Without that Prism would take
/// any, and nobody would hear of one that is misspelt.
pub(crate) fn strict_bodies(document: &Value) -> Value {
    let mut document = document.clone();
    let whole = document.clone();
    let items = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in items.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let Some(body) = operation.get_mut("requestBody") else { continue };
        *body = resolved(&whole, body).clone();
        let contents = body["content"].as_object_mut().into_iter().flat_map(Map::values_mut);
        for schema in contents.filter_map(|content| content.get_mut("schema")) {
            *schema = strict(&whole, schema, true, &mut Vec::new());
        }
    }
    document
}

/// A schema with its references resolved, whose objects have no other keys than those that it names. The parts of an
/// `allOf` name some of the keys each, so they are left open. `within` has the references that lead here: a schema that
/// is part of itself is resolved once.
fn strict<'a>(document: &'a Value, schema: &'a Value, closes: bool, within: &mut Vec<&'a str>) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        if within.contains(&reference) {
            return schema.clone();
        }
        within.push(reference);
        let target = strict(document, resolved(document, schema), closes, within);
        within.pop();
        return target;
    }
    let Some(members) = schema.as_object() else { return schema.clone() };
    let mut part = |part, closes| strict(document, part, closes, within);
    let mut stricter = Map::new();
    for (key, member) in members {
        let member = match (key.as_str(), member) {
            ("properties", Value::Object(properties)) => {
                properties.iter().map(|(key, property)| (key.clone(), part(property, true))).collect()
            }
            ("items" | "additionalProperties", Value::Object(_)) => part(member, true),
            ("allOf", Value::Array(parts)) => parts.iter().map(|it| part(it, false)).collect(),
            ("anyOf" | "oneOf", Value::Array(parts)) => parts.iter().map(|it| part(it, closes)).collect(),
            _ => member.clone(),
        };
        stricter.insert(key.clone(), member);
    }
    let names_keys =
        stricter.get("properties").is_some_and(|it| it.as_object().is_some_and(|it| !it.is_empty()));
    let is_open = stricter.get("additionalProperties").is_none_or(|it| *it == true);
    if closes && names_keys && is_open {
        stricter.insert("additionalProperties".to_owned(), false.into());
    }
    Value::Object(stricter)
}

/// What a reference leads to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

/// The text of a document, in which Prism finds each operation.
///
/// Where a request fits several paths with a variable in them, Prism takes the last one: as documents are written,
/// `/users/email=…` would be taken for the user with that id.
pub(crate) fn text(document: &Value) -> String {
    let mut paths: Vec<_> = document["paths"].as_object().into_iter().flatten().collect();
    // The path that leaves least open comes last. A `Value` sorts its keys, so the text is put together here.
    paths.sort_by_key(|(path, _)| literal_length(path));
    let paths = object(paths.iter().map(|(path, item)| (path.as_str(), item.to_string())));
    let members = document.as_object().into_iter().flatten().filter(|(key, _)| *key != "paths");
    let members = members.map(|(key, value)| (key.as_str(), value.to_string()));
    object(members.chain([("paths", paths)]))
}

/// A JSON object of these members.
fn object<'a>(members: impl Iterator<Item = (&'a str, String)>) -> String {
    let members: Vec<_> = members.map(|(key, value)| format!("{}:{value}", Value::from(key))).collect();
    format!("{{{}}}", members.join(","))
}

/// How much of a path is prescribed.
fn literal_length(path: &str) -> usize {
    path.split('{')
        .enumerate()
        .map(|(place, part)| match (place, part.split_once('}')) {
            (0, _) | (_, None) => part.len(),
            (_, Some((_, behind))) => behind.len(),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::spec::{Spec, tests::SMALL};

    #[test]
    fn what_leaves_most_open_is_served_last() {
        let document = Spec::parse(SMALL).unwrap().document;
        let text = text(&document);
        let place = |path: &str| text.find(&format!("\"{path}\":")).unwrap();
        assert!(place("/users/{user_id}") < place("/users/email={email}"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
        assert_eq!(literal_length("/a/{b}/c={d}e"), 7);
    }

    #[test]
    fn bodies_of_requests_take_no_other_keys_than_the_documented_ones() {
        let document = json!({
            "paths": {"/a": {"parameters": [], "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/schemas/Body"}}}},
                "responses": {"200": {"schema": {"$ref": "#/schemas/Body"}}},
            }}},
            "schemas": {
                "Body": {"properties": {
                    "rows": {"type": "array", "items": {"properties": {"x": {}}}},
                    "pairs": {"additionalProperties": {"type": "string"}},
                    "open": {"properties": {}, "additionalProperties": true},
                    "parts": {"allOf": [{"properties": {"y": {}}}, {"properties": {"z": {}}}]},
                    "again": {"$ref": "#/schemas/Body"},
                }},
            },
        });
        let edited = strict_bodies(&document);
        let body = &edited["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["additionalProperties"], false);
        let properties = &body["properties"];
        assert_eq!(
            properties["rows"]["items"],
            json!({"properties": {"x": {}}, "additionalProperties": false})
        );
        assert_eq!(properties["pairs"]["additionalProperties"], json!({"type": "string"}));
        assert_eq!(properties["open"]["additionalProperties"], true);
        assert_eq!(properties["parts"]["allOf"][1], json!({"properties": {"z": {}}}));
        // A schema that is part of itself.
        assert_eq!(properties["again"], json!({"$ref": "#/schemas/Body"}));
        // What Prism answers with is as it was.
        let responses = |document: &Value| document["paths"]["/a"]["post"]["responses"].clone();
        assert_eq!(responses(&edited), responses(&document));
    }
}
