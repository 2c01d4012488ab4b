//! Reads resources from requests.

use serde_json::Value;

use super::errors::{Refusal, Result};
use super::path::Record;
use super::schema::{Attribute, Data, Kind, named};
use crate::exchange::Call;

/// Returns the body of a request, which must be an object.
pub(super) fn object(call: &Call) -> Result<Record> {
    if !call.is_json() {
        return Err(Refusal::new(415, "The body must be `application/scim+json`."));
    }
    match serde_json::from_slice(&call.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(Refusal::invalid("invalidSyntax", "The body must be an object.")),
        Err(_) => Err(Refusal::invalid("invalidSyntax", "The body is not valid JSON.")),
    }
}

/// Checks that a body names the schema of what it is.
pub(super) fn check_schema(body: &Record, schema: &str) -> Result<()> {
    let schemas = named_value(body, "schemas").and_then(Value::as_array);
    let is_named = |known: &Value| known.as_str().is_some_and(|known| known.eq_ignore_ascii_case(schema));
    if schemas.is_some_and(|schemas| schemas.iter().any(is_named)) {
        return Ok(());
    }
    Err(Refusal::invalid("invalidSyntax", format!("`schemas` must name {schema}.")))
}

/// Returns the value of a name in any case.
pub(super) fn named_value<'a>(body: &'a Record, name: &str) -> Option<&'a Value> {
    body.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Reads a resource to create, or to replace another one. What the service sets itself and what it does not know
/// are ignored (RFC 7644 §3.3).
pub(super) fn resource(kind: Kind, body: &Record) -> Result<Record> {
    check_schema(body, kind.schema())?;
    let mut fields = Record::new();
    for (name, value) in body {
        let Some(attribute) = named(kind.all(), name) else { continue };
        if attribute.is_read_only || attribute.name == "schemas" {
            continue;
        }
        if let Some(value) = accept(attribute, value)? {
            fields.insert(attribute.name.to_owned(), value);
        }
    }
    let mut schemas = vec![kind.schema()];
    schemas.extend(kind.extensions().iter().map(|it| it.name).filter(|name| fields.contains_key(*name)));
    fields.insert("schemas".to_owned(), schemas.into());
    Ok(fields)
}

/// Checks a record before it is stored.
pub(super) fn check(kind: Kind, fields: &Record) -> Result<()> {
    for attribute in kind.attributes() {
        let value = fields.get(attribute.name);
        if attribute.is_required && value.and_then(Value::as_str).is_none_or(|text| text.trim().is_empty()) {
            return Err(invalid(attribute, "is required"));
        }
        let values = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if values.iter().filter(|value| value["primary"] == true).count() > 1 {
            return Err(invalid(attribute, "must have one primary value"));
        }
    }
    Ok(())
}

fn invalid(attribute: &Attribute, rule: &str) -> Refusal {
    Refusal::invalid("invalidValue", format!("'{}' {rule}.", attribute.name))
}

/// Reads the value of an attribute; `None` if it has none.
pub(super) fn accept(attribute: &Attribute, value: &Value) -> Result<Option<Value>> {
    if !attribute.is_multi || value.is_null() {
        return accept_one(attribute, value);
    }
    let Some(values) = value.as_array() else { return Err(invalid(attribute, "must be a list")) };
    let values = accept_all(attribute, values)?;
    Ok((!values.is_empty()).then(|| values.into()))
}

/// Reads several values of an attribute.
pub(super) fn accept_all(attribute: &Attribute, values: &[Value]) -> Result<Vec<Value>> {
    values.iter().filter_map(|value| accept_one(attribute, value).transpose()).collect()
}

/// Reads one value of an attribute.
pub(super) fn accept_one(attribute: &Attribute, value: &Value) -> Result<Option<Value>> {
    match (attribute.data, value) {
        (_, Value::Null) => Ok(None),
        (Data::Complex, Value::Object(parts)) => {
            let mut accepted = Record::new();
            for (name, value) in parts {
                let part = named(attribute.parts.iter(), name).filter(|part| !part.is_read_only);
                if let Some(part) = part
                    && let Some(value) = accept(part, value)?
                {
                    accepted.insert(part.name.to_owned(), value);
                }
            }
            Ok((!accepted.is_empty()).then(|| accepted.into()))
        }
        (Data::Complex, _) => Err(invalid(attribute, "must be an object")),
        (Data::Flag, Value::Bool(_)) => Ok(Some(value.clone())),
        (Data::Flag, _) => Err(invalid(attribute, "must be true or false")),
        (_, Value::String(_)) => Ok(Some(value.clone())),
        _ => Err(invalid(attribute, "must be a text")),
    }
}
