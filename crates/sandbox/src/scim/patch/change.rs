//! Makes one change.

use serde_json::Value;

use super::Verb;
use super::target::Target;
use crate::scim::errors::{Refusal, Result};
use crate::scim::filter::Filter;
use crate::scim::input::{accept_all, accept_one};
use crate::scim::path::Record;
use crate::scim::schema::{Attribute, Data};

type Path<'a> = &'a [&'static Attribute];

pub(super) fn change(fields: &mut Record, target: &Target, verb: Verb, value: Option<&Value>) -> Result<()> {
    let path = target.path.attributes();
    if path.iter().any(|attribute| attribute.is_read_only || attribute.name == "schemas") {
        return Err(Refusal::invalid("mutability", "The attribute is read only."));
    }
    if verb != Verb::Remove && value.is_none() {
        return Err(Refusal::invalid("invalidValue", "`add` and `replace` require a value."));
    }
    // A value of null is none (RFC 7643 §2.5).
    let verb = if value.is_some_and(Value::is_null) { Verb::Remove } else { verb };
    step(fields, path, target.filter.as_ref(), verb, value)
}

/// Changes what is at the end of a path.
fn step(
    holder: &mut Record,
    path: Path<'_>,
    filter: Option<&Filter>,
    verb: Verb,
    value: Option<&Value>,
) -> Result<()> {
    match path {
        [] => Ok(()),
        [attribute] if filter.is_none() => set(holder, attribute, verb, value),
        [attribute, rest @ ..] if attribute.is_multi => each(holder, attribute, rest, filter, verb, value),
        [attribute, rest @ ..] => {
            let mut parts = match holder.remove(attribute.name) {
                Some(Value::Object(parts)) => parts,
                _ => Record::new(),
            };
            let result = step(&mut parts, rest, None, verb, value);
            if !parts.is_empty() {
                holder.insert(attribute.name.to_owned(), parts.into());
            }
            result
        }
    }
}

/// Changes the values of an attribute that a filter selects, or a part of each.
fn each(
    holder: &mut Record,
    attribute: &'static Attribute,
    rest: Path<'_>,
    filter: Option<&Filter>,
    verb: Verb,
    value: Option<&Value>,
) -> Result<()> {
    let mut all = match holder.get(attribute.name) {
        Some(Value::Array(all)) => all.clone(),
        _ => Vec::new(),
    };
    let is_meant = |value: &Value| {
        value.as_object().is_some_and(|parts| filter.is_none_or(|filter| filter.accepts(parts)))
    };
    if !all.iter().any(is_meant) {
        return match verb {
            Verb::Remove => Ok(()),
            _ => Err(Refusal::invalid("noTarget", "No value meets the filter.")),
        };
    }
    let becomes_primary = value == Some(&Value::Bool(true)) && rest.iter().any(|part| part.name == "primary");
    let mut kept = Vec::new();
    for mut one in all.drain(..) {
        let is_meant = is_meant(&one);
        match one.as_object_mut() {
            Some(parts) if is_meant => {
                match (rest, verb) {
                    ([], Verb::Remove) => continue,
                    ([], _) => replace_parts(parts, attribute, verb, value)?,
                    _ => step(parts, rest, None, verb, value)?,
                }
                if !parts.is_empty() {
                    kept.push(one);
                }
            }
            Some(parts) if becomes_primary && parts.contains_key("primary") => {
                parts.insert("primary".to_owned(), false.into());
                kept.push(one);
            }
            _ => kept.push(one),
        }
    }
    if kept.is_empty() {
        holder.remove(attribute.name);
    } else {
        holder.insert(attribute.name.to_owned(), kept.into());
    }
    Ok(())
}

/// Sets the parts of one of several values: all of them, or those that are named.
fn replace_parts(
    parts: &mut Record,
    attribute: &'static Attribute,
    verb: Verb,
    value: Option<&Value>,
) -> Result<()> {
    let new = accept_one(attribute, value.unwrap_or(&Value::Null))?;
    if verb == Verb::Replace {
        parts.clear();
    }
    if let Some(Value::Object(new)) = new {
        parts.extend(new);
    }
    Ok(())
}

/// Changes an attribute of a record, or of a part of it.
fn set(holder: &mut Record, attribute: &'static Attribute, verb: Verb, value: Option<&Value>) -> Result<()> {
    match (verb, value) {
        (Verb::Remove, _) if attribute.is_required => {
            return Err(Refusal::invalid("mutability", "The attribute is required."));
        }
        // RFC 7644 knows no value here. Clients that send one mean these values alone, and most servers obey.
        (Verb::Remove, Some(Value::Array(values))) if attribute.is_multi && !values.is_empty() => {
            let gone = accept_all(attribute, values)?;
            let mut rest = values_of(holder, attribute);
            rest.retain(|value| !gone.iter().any(|gone| is_same(gone, value)));
            put(holder, attribute, rest);
        }
        (Verb::Remove, _) => drop(holder.remove(attribute.name)),
        (_, None) => {}
        (_, Some(value)) if attribute.is_multi => {
            let new = match value {
                Value::Array(values) => accept_all(attribute, values)?,
                single => accept_one(attribute, single)?.into_iter().collect(),
            };
            let mut all = if verb == Verb::Add { values_of(holder, attribute) } else { Vec::new() };
            add(&mut all, new);
            put(holder, attribute, all);
        }
        (_, Some(Value::Object(parts))) if attribute.data == Data::Complex => {
            // Parts that are not named stay (RFC 7644 §3.5.2.3).
            for (name, value) in parts {
                let part = attribute.parts.iter().find(|part| part.name.eq_ignore_ascii_case(name));
                if let Some(part) = part.filter(|part| !part.is_read_only) {
                    let verb = if value.is_null() { Verb::Remove } else { verb };
                    step(holder, &[attribute, part], None, verb, Some(value))?;
                }
            }
        }
        (_, Some(value)) => {
            if let Some(value) = accept_one(attribute, value)? {
                holder.insert(attribute.name.to_owned(), value);
            }
        }
    }
    Ok(())
}

fn values_of(holder: &Record, attribute: &Attribute) -> Vec<Value> {
    holder.get(attribute.name).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn put(holder: &mut Record, attribute: &Attribute, values: Vec<Value>) {
    if values.is_empty() {
        holder.remove(attribute.name);
    } else {
        holder.insert(attribute.name.to_owned(), values.into());
    }
}

/// Adds values that are not there yet. A new primary value takes the place of the former one.
fn add(all: &mut Vec<Value>, new: Vec<Value>) {
    let has_primary = new.iter().any(|value| value["primary"] == true);
    for value in new {
        if all.iter().any(|known| *known == value || is_same_member(known, &value)) {
            continue;
        }
        if has_primary && value["primary"] == true {
            for known in all.iter_mut().filter(|known| known["primary"] == true) {
                known["primary"] = false.into();
            }
        }
        all.push(value);
    }
}

/// Returns whether two values are of the same member of a group, whose kind need not be said.
fn is_same_member(one: &Value, other: &Value) -> bool {
    let is_member = |value: &Value| matches!(value["type"].as_str(), None | Some("User" | "Group"));
    is_member(one) && is_member(other) && one["primary"].is_null() && one["value"] == other["value"]
}

/// Returns whether a value is the one that is named.
fn is_same(named: &Value, value: &Value) -> bool {
    let agrees = |part: &str| named[part].is_null() || value[part].is_null() || named[part] == value[part];
    named["value"] == value["value"] && agrees("type")
}
