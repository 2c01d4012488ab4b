//! What the document says of an operation.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use serde_json::Value;

use crate::{Broken, fields};

/// An operation.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    /// Query parameters, by their names.
    pub(crate) query: BTreeMap<String, Parameter>,
    /// Headers, in lower case.
    pub(crate) headers: Vec<String>,
    /// The fields of the body.
    pub(crate) fields: BTreeSet<String>,
    /// The named examples of a success.
    pub(crate) examples: Vec<String>,
    /// The statuses of the failures.
    pub(crate) failures: Vec<u16>,
    /// Whether the path has a variable.
    pub(crate) names_a_record: bool,
}

/// A query parameter.
#[derive(Debug, Default)]
pub(crate) struct Parameter {
    /// The keys that it can have, if it is an object.
    keys: Vec<String>,
    /// The numbers that it can be, if it is one.
    numbers: Option<RangeInclusive<u64>>,
}

impl Operation {
    /// The parameter that a pair of a query is of: `filter[status]` for `filter[status][in]=active`. None if there is
    /// no such parameter, or it cannot have the value.
    pub(crate) fn parameter_of<'a>(&self, (key, value): (&'a str, &str)) -> Option<&'a str> {
        if let Some(parameter) = self.query.get(key) {
            // The mock server checks it too, but for names with brackets.
            let numbers = parameter.numbers.as_ref();
            let fits =
                numbers.is_none_or(|numbers| value.parse().is_ok_and(|value| numbers.contains(&value)));
            return fits.then_some(key);
        }
        let (name, inner) = key.strip_suffix(']')?.rsplit_once('[')?;
        self.query.get(name)?.keys.iter().any(|known| known == inner).then_some(name)
    }
}

/// The operations of a document, by their ids.
pub(crate) fn operations(text: &str) -> Result<BTreeMap<String, Operation>, Broken> {
    let document: Value = serde_json::from_str(text)?;
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(described) = item.get(method) else { continue };
            let id = described["operationId"].as_str().ok_or("an operation has no id")?;
            let mut operation = Operation { names_a_record: path.contains('{'), ..Operation::default() };
            let parameters =
                [&item["parameters"], &described["parameters"]].into_iter().filter_map(Value::as_array);
            for parameter in parameters.flatten().map(|parameter| resolved(&document, parameter)) {
                operation.add_parameter(&document, parameter);
            }
            let contents = described["requestBody"]["content"].as_object().into_iter().flatten();
            for (_, content) in contents {
                operation.fields.extend(fields::documented(&content["schema"]));
            }
            for (status, response) in described["responses"].as_object().into_iter().flatten() {
                operation.add_response(status, resolved(&document, response));
            }
            operations.insert(id.to_owned(), operation);
        }
    }
    Ok(operations)
}

impl Operation {
    fn add_parameter(&mut self, document: &Value, parameter: &Value) {
        let name = parameter["name"].as_str().unwrap_or_default();
        match parameter["in"].as_str() {
            Some("query") => {
                let is_object = parameter["style"] == "deepObject";
                let schema = resolved(document, &parameter["schema"]);
                let keys = schema["properties"].as_object().filter(|_| is_object).into_iter().flatten();
                let keys = keys.map(|(key, _)| key.clone()).collect();
                let bound = |name: &str| schema[name].as_u64();
                let numbers = bound("minimum").unwrap_or(0)..=bound("maximum").unwrap_or(u64::MAX);
                let numbers = (schema["type"] == "integer").then_some(numbers);
                self.query.insert(name.to_owned(), Parameter { keys, numbers });
            }
            Some("header") => self.headers.push(name.to_ascii_lowercase()),
            _ => {}
        }
    }

    fn add_response(&mut self, status: &str, response: &Value) {
        match status.parse() {
            Ok(200..300) => {
                let contents = response["content"].as_object().into_iter().flatten();
                let examples = contents.filter_map(|(_, content)| content["examples"].as_object());
                self.examples.extend(examples.flatten().map(|(name, _)| name.clone()));
            }
            Ok(status) if status >= 400 => self.failures.push(status),
            _ => {}
        }
    }
}

/// What a reference leads to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}
