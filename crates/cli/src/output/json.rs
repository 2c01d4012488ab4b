//! JSON documents and JSON lines.

use std::io::Write;

use anyprofile::{Capabilities, FieldPath, Profile};
use serde_json::{Map, Value};

use super::ProfileWriter;
use crate::exit::Failure;

/// Writes an array, or a document a line.
pub(super) struct JsonWriter<W: Write> {
    out: W,
    fields: Vec<FieldPath>,
    is_array: bool,
    count: u64,
}

impl<W: Write> JsonWriter<W> {
    pub(super) fn array(out: W, fields: Vec<FieldPath>) -> Self {
        Self { out, fields, is_array: true, count: 0 }
    }

    pub(super) fn lines(out: W, fields: Vec<FieldPath>) -> Self {
        Self { out, fields, is_array: false, count: 0 }
    }
}

impl<W: Write> ProfileWriter for JsonWriter<W> {
    fn write(&mut self, profile: &Profile, _: &Capabilities) -> Result<(), Failure> {
        if self.is_array {
            self.out.write_all(if self.count == 0 { b"[\n" } else { b",\n" })?;
        }
        if self.fields.is_empty() {
            serde_json::to_writer(&mut self.out, profile)?;
        } else {
            serde_json::to_writer(&mut self.out, &selected(profile, &self.fields)?)?;
        }
        if !self.is_array {
            self.out.write_all(b"\n")?;
        }
        self.count += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        if self.is_array {
            self.out.write_all(if self.count == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        self.out.flush()?;
        Ok(())
    }
}

/// The profile with nothing but some fields, in the same form; a field that was not sent is left out.
pub(crate) fn selected(profile: &Profile, fields: &[FieldPath]) -> Result<Value, Failure> {
    let whole = serde_json::to_value(profile)?;
    if fields.is_empty() {
        return Ok(whole);
    }
    let mut part = Map::new();
    for path in fields {
        let keys: Vec<&str> = path.as_str().split('.').collect();
        if let Some(value) = keys.iter().try_fold(&whole, |json, key| json.get(key)) {
            put(&mut part, &keys, value.clone());
        }
    }
    Ok(Value::Object(part))
}

/// Puts a value below nested keys.
fn put(object: &mut Map<String, Value>, keys: &[&str], value: Value) {
    match keys {
        [] => {}
        [key] => {
            object.insert((*key).to_owned(), value);
        }
        [group, rest @ ..] => {
            let inner = object.entry(*group).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}
