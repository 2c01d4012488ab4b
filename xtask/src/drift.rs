//! What the OpenAPI document of a service has that our records lack, and the other way round.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    cargo::{Outcome, workspace},
    files::read,
    spec::{Source, Spec},
};

/// docs/drift.toml: which record is read from which schema, and the differences that are known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Baseline {
    /// The records, each of a schema in a document.
    record: Vec<Known>,
}

/// A record and its schema.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// The document: `upsun`, `probely`, `anthropic` or `anthropic_betas`.
    document: String,
    record: String,
    schema: String,
    /// Fields of the schema that the record does not have, each with the reason.
    #[serde(default)]
    only_there: BTreeMap<String, String>,
    /// Fields of the record that the schema does not have, each with the reason.
    #[serde(default)]
    only_here: BTreeMap<String, String>,
}

type Fields = BTreeSet<String>;

/// Compares the names of fields of the records of the documents' services with those of the documents. Types and words are not
/// compared. Each difference must be explained in docs/drift.toml, and each explanation must still be needed.
///
/// # Errors
/// The differences that are not explained, and the explanations that explain nothing.
pub(crate) fn run(specs: &[std::path::PathBuf]) -> Outcome {
    let root = workspace()?.root;
    let file = root.join("docs/drift.toml");
    let text = read(&file)?;
    let baseline: Baseline = toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    let (mut found, mut compared, mut explained) = (Vec::new(), 0, 0);
    for path in specs {
        let spec = Spec::read(path)?;
        let source = spec.source.ok_or("the document is of no service that has a crate")?;
        let document = name_of(source);
        let records = records(&root.join("crates").join(source.service().name()).join("src/wire"))?;
        for known in baseline.record.iter().filter(|known| known.document == document) {
            let place = format!("{document}: {} of the schema {}", known.record, known.schema);
            let Some(here) = records.get(&known.record) else {
                found.push(format!("{place}: there is no such record any more"));
                continue;
            };
            let there = properties(&spec.document, &known.schema);
            if there.is_empty() {
                found.push(format!("{place}: the document has no such schema any more"));
                continue;
            }
            compared += 1;
            for (fields, others, reasons, where_to) in [
                (&there, here, &known.only_there, "the record lacks"),
                (here, &there, &known.only_here, "the document lacks"),
            ] {
                let differing: Fields = fields.difference(others).cloned().collect();
                for field in &differing {
                    match reasons.get(field) {
                        Some(reason) => {
                            explained += 1;
                            println!("{place}: {where_to} {field}: {reason}");
                        }
                        None => found.push(format!("{place}: {where_to} {field}")),
                    }
                }
                for field in reasons.keys().filter(|field| !differing.contains(*field)) {
                    found.push(format!("{place}: the explanation for {field} explains nothing any more"));
                }
            }
        }
    }
    if compared == 0 {
        return Err("docs/drift.toml has no record of these documents".to_owned());
    }
    println!("{compared} records compared, {explained} differences explained, {} not", found.len());
    if found.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nread the field, or explain in docs/drift.toml why it is not read", found.join("\n")))
}

const fn name_of(source: Source) -> &'static str {
    match source {
        Source::Upsun => "upsun",
        Source::Probely => "probely",
        Source::AnthropicBetas => "anthropic_betas",
        Source::Anthropic => "anthropic",
    }
}

/// Returns the fields of each record, by the names that the service sends.
fn records(folder: &Path) -> Result<BTreeMap<String, Fields>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut records = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let text = fs::read_to_string(entry.map_err(failed)?.path()).map_err(failed)?;
        read_records(&text, &mut records);
    }
    Ok(records)
}

/// Reads the records of a file: each is in an `open_record!`, with one field a line, and `name: Type = "sent"` for another name.
fn read_records(text: &str, records: &mut BTreeMap<String, Fields>) {
    let mut record: Option<(String, Fields)> = None;
    let mut is_inside = false;
    for line in text.lines() {
        match line.trim() {
            "open_record! {" => is_inside = true,
            _ if line == "}" => is_inside = false,
            line if is_inside && line.starts_with("pub struct ") => {
                let name = line.trim_start_matches("pub struct ").trim_end_matches(" {").to_owned();
                record = Some((name, Fields::new()));
            }
            "}" => records.extend(record.take()),
            line => {
                let Some((_, fields)) = &mut record else { continue };
                let is_field = |name: &str| {
                    name.starts_with(|first: char| first.is_ascii_lowercase())
                        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
                };
                let Some((name, kind)) = line.split_once(": ") else { continue };
                let sent = kind.split_once(" = \"").and_then(|(_, sent)| sent.split_once('"'));
                let sent = sent.map_or(name, |(sent, _)| sent);
                if is_field(name) {
                    fields.insert(sent.to_owned());
                }
            }
        }
    }
}

/// Returns the properties of a schema, those of the schemas that it consists of included.
fn properties(document: &Value, name: &str) -> Fields {
    let mut fields = Fields::new();
    collect(document, &document["components"]["schemas"][name], &mut vec![name.to_owned()], &mut fields);
    fields
}

fn collect(document: &Value, schema: &Value, seen: &mut Vec<String>, fields: &mut Fields) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        if !seen.iter().any(|known| known == name) {
            seen.push(name.to_owned());
            collect(document, &document["components"]["schemas"][name], seen, fields);
        }
        return;
    }
    fields.extend(
        schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys().cloned()),
    );
    for parts in ["allOf", "anyOf", "oneOf"] {
        for part in schema[parts].as_array().into_iter().flatten() {
            collect(document, part, seen, fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_fields_of_a_record_are_read_by_the_names_that_are_sent() {
        let text = "open_record! {\n    /// A user: a person.\n    pub struct User {\n        /// The id: opaque.\n        \
                    id: OpaqueId,\n        /// The type.\n        record_type: String = \"type\",\n    }\n\n    \
                    pub struct Team {\n        name: String,\n    }\n}\n";
        let mut records = BTreeMap::new();
        read_records(text, &mut records);
        let names = |record: &str| records[record].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!((names("User"), names("Team")), (vec!["id", "type"], vec!["name"]));
    }

    #[test]
    fn a_schema_has_what_its_parts_have() {
        let document = json!({"components": {"schemas": {
            "Base": {"properties": {"id": {}}},
            "User": {"allOf": [{"$ref": "#/components/schemas/Base"}], "properties": {"name": {}}},
        }}});
        assert_eq!(properties(&document, "User").into_iter().collect::<Vec<_>>(), ["id", "name"]);
    }
}
