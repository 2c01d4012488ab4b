//! Changes of single attributes (RFC 7644 §3.5.2).

mod change;
mod target;

use serde_json::Value;

use self::change::change;
use self::target::Target;
use super::errors::{Refusal, Result};
use super::input::{check_schema, named_value};
use super::path::{AttributePath, Record};
use super::schema::Kind;

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
    Remove,
}

impl Verb {
    fn named(word: &str) -> Option<Self> {
        // Some clients write the first letter large.
        [("add", Self::Add), ("replace", Self::Replace), ("remove", Self::Remove)]
            .into_iter()
            .find_map(|(known, verb)| known.eq_ignore_ascii_case(word).then_some(verb))
    }
}

/// Returns the record with the changes of a request, of which all are made or none.
pub(super) fn patched(kind: Kind, fields: &Record, body: &Record) -> Result<Record> {
    check_schema(body, PATCH)?;
    let operations = named_value(body, "Operations").and_then(Value::as_array);
    let operations = operations.filter(|operations| !operations.is_empty());
    let operations = operations.ok_or_else(|| syntax("`Operations` must be a list of changes."))?;
    let mut fields = fields.clone();
    for operation in operations {
        let operation = operation.as_object().ok_or_else(|| syntax("An operation must be an object."))?;
        apply(kind, &mut fields, operation)?;
    }
    note_extensions(kind, &mut fields);
    Ok(fields)
}

fn apply(kind: Kind, fields: &mut Record, operation: &Record) -> Result<()> {
    let verb = named_value(operation, "op").and_then(Value::as_str).and_then(Verb::named);
    let verb = verb.ok_or_else(|| syntax("`op` must be `add`, `replace` or `remove`."))?;
    let value = named_value(operation, "value");
    match (named_value(operation, "path"), verb) {
        (Some(Value::String(path)), _) => change(fields, &Target::parse(kind, path)?, verb, value),
        (None | Some(Value::Null), Verb::Remove) => {
            Err(Refusal::invalid("noTarget", "`remove` requires a `path`."))
        }
        (None | Some(Value::Null), _) => {
            let Some(Value::Object(values)) = value else {
                return Err(Refusal::invalid(
                    "invalidValue",
                    "Without a `path`, the value must be an object.",
                ));
            };
            for (name, value) in values {
                // What no schema has is ignored, as in a whole resource.
                let path = AttributePath::parse(kind, name).filter(|path| !is_schemas(path));
                if let Some(path) = path {
                    change(fields, &Target::of(path), verb, Some(value))?;
                }
            }
            Ok(())
        }
        (Some(_), _) => Err(Refusal::invalid("invalidPath", "`path` must be a text.")),
    }
}

fn is_schemas(path: &AttributePath) -> bool {
    path.last().is_some_and(|last| last.name == "schemas")
}

/// Names the extensions that the record has now, if it names its schemas at all.
fn note_extensions(kind: Kind, fields: &mut Record) {
    for extension in kind.extensions() {
        let is_there = fields.contains_key(extension.name);
        let Some(schemas) = fields.get_mut("schemas").and_then(Value::as_array_mut) else { return };
        let is_named = schemas.iter().any(|schema| schema == extension.name);
        if is_there && !is_named {
            schemas.push(extension.name.into());
        } else if !is_there {
            schemas.retain(|schema| schema != extension.name);
        }
    }
}

fn syntax(detail: &str) -> Refusal {
    Refusal::invalid("invalidSyntax", detail)
}
