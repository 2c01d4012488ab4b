//! JSON documents, as an array or one per line.

use std::io::Write;

use anyprofile::{Capabilities, Field, FieldPath, Profile};
use serde_json::{Map, Value};

use super::writer::{LeftOut, ProfileWriter};
use crate::exit::Failure;

/// Writes an array, or one document per line.
pub(super) struct JsonWriter<W: Write> {
    out: W,
    fields: Vec<FieldPath>,
    is_array: bool,
    count: u64,
    left_out: LeftOut,
}

impl<W: Write> JsonWriter<W> {
    pub(super) fn array(out: W, fields: Vec<FieldPath>) -> Self {
        Self { out, fields, is_array: true, count: 0, left_out: LeftOut::default() }
    }

    pub(super) fn lines(out: W, fields: Vec<FieldPath>) -> Self {
        Self { out, fields, is_array: false, count: 0, left_out: LeftOut::default() }
    }

    fn document(&self, profile: &Profile) -> serde_json::Result<Vec<u8>> {
        if self.fields.is_empty() {
            serde_json::to_vec(profile)
        } else {
            serde_json::to_vec(&selected(profile, &self.fields)?)
        }
    }
}

impl<W: Write> ProfileWriter for JsonWriter<W> {
    fn write(&mut self, profile: &Profile, _: &Capabilities) -> Result<(), Failure> {
        // Converted as a whole first, so that a failure writes nothing.
        let document = self.document(profile);
        let Some(document) = self.left_out.unless_converted(profile, document) else { return Ok(()) };
        if self.is_array {
            self.out.write_all(if self.count == 0 { b"[\n" } else { b",\n" })?;
        }
        self.out.write_all(&document)?;
        if !self.is_array {
            self.out.write_all(b"\n")?;
        }
        self.count += 1;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> Result<(), Failure> {
        if self.is_array {
            self.out.write_all(if self.count == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        self.flush()
    }

    fn left_out(&self) -> u64 {
        self.left_out.count()
    }
}

/// Returns a profile with only some fields, in the same form. A field that was not sent is omitted.
pub(crate) fn selected(profile: &Profile, fields: &[FieldPath]) -> serde_json::Result<Value> {
    if fields.is_empty() {
        return serde_json::to_value(profile);
    }
    let mut part = Map::new();
    for path in fields {
        let value = match profile.get(path) {
            Field::Value(value) => serde_json::to_value(value)?,
            // A metadata entry that does not exist is known not to, and is no null in the metadata.
            Field::Null if path.metadata_key().is_some() => continue,
            Field::Null => Value::Null,
            Field::Absent => continue,
        };
        let unknown = path.as_str().strip_prefix("unknown.").filter(|key| profile.unknown.get(key).is_some());
        let keys: Vec<&str> = match (path.metadata_key(), unknown) {
            // The key of a metadata entry, and the name of an unknown field, may contain dots.
            (Some(key), _) => vec!["metadata", key],
            (None, Some(name)) => vec!["unknown", name],
            (None, None) => path.as_str().split('.').collect(),
        };
        put(&mut part, &keys, value);
    }
    Ok(Value::Object(part))
}

/// Sets a value at nested keys.
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

#[cfg(test)]
mod tests {
    use anyprofile::{
        FieldState,
        profile::{Extension, ProfileExtension},
    };
    use serde::{Deserialize, Serialize, Serializer, ser};

    use super::*;
    use crate::{
        args::Format,
        output::{CsvOptions, table::TableWriter},
    };

    /// An extension that cannot be written as JSON.
    #[derive(Clone, Deserialize)]
    struct Odd {}

    impl Serialize for Odd {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(ser::Error::custom("ada@example.org is odd"))
        }
    }

    impl ProfileExtension for Odd {
        const SERVICE: &'static str = "probely";

        fn state(&self, key: &str) -> Option<FieldState> {
            (key == "odd").then_some(FieldState::Value)
        }
    }

    fn people() -> Vec<Profile> {
        let mut people: Vec<_> = ["a", "b", "c"]
            .map(|name| Profile::new(format!("probely:eu/user/{name}").parse().unwrap()))
            .into();
        people[1].extension = Some(Extension::new(Odd {}));
        people
    }

    /// Fields of which one profile has a value that cannot be written.
    fn odd() -> Vec<FieldPath> {
        vec![FieldPath::ID, FieldPath::extension("extension.odd")]
    }

    /// Returns what a writer writes, and how many profiles it omits.
    fn written(format: Format) -> (String, u64) {
        let mut out = Vec::new();
        let mut writer: Box<dyn ProfileWriter> = match format {
            Format::Table => {
                Box::new(TableWriter::new(&mut out, &crate::output::Columns::Fields(odd()), Vec::new()))
            }
            Format::Json => Box::new(JsonWriter::array(&mut out, Vec::new())),
            Format::Ndjson => Box::new(JsonWriter::lines(&mut out, Vec::new())),
            Format::Csv => {
                Box::new(super::super::csv::CsvWriter::new(&mut out, odd(), CsvOptions::default()))
            }
        };
        for profile in people() {
            writer.write(&profile, &Capabilities::default()).unwrap();
        }
        writer.finish().unwrap();
        let left_out = writer.left_out();
        drop(writer);
        (String::from_utf8(out).unwrap(), left_out)
    }

    #[test]
    fn a_profile_that_cannot_be_converted_leaves_no_half_line_and_ends_nobody_elses() {
        for format in [Format::Table, Format::Json, Format::Ndjson, Format::Csv] {
            let (text, left_out) = written(format);
            assert_eq!(left_out, 1, "{format:?}");
            assert!(!text.contains("/b") && !text.contains("\"b\""), "{text}");
            match format {
                Format::Table | Format::Csv => assert_eq!(text.lines().count(), 3, "{text}"),
                Format::Json => {
                    assert_eq!(serde_json::from_str::<Vec<Value>>(&text).unwrap().len(), 2);
                }
                Format::Ndjson => {
                    assert_eq!(
                        text.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count(),
                        2
                    );
                    assert_eq!(text.lines().count(), 2);
                }
            }
        }
    }
}
