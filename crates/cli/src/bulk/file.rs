//! A file of changes: csv with a column a field, or ndjson with an object a profile.

use std::{collections::HashMap, fmt};

use anyprofile::{FieldPath, ProfileId};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// What is to become of one profile.
#[derive(Debug, PartialEq)]
pub(crate) struct Entry {
    /// The line of the file, from 1.
    pub(crate) line: u64,
    pub(crate) id: ProfileId,
    /// The fields with their new values; `None` clears.
    pub(crate) fields: Vec<(FieldPath, Option<Value>)>,
}

/// Reads a file of changes: ndjson where it starts with `{`, else csv. In csv an empty cell keeps the field as it is, and
/// one that is `null` clears it; in ndjson null clears.
///
/// # Errors
/// Everything that is wrong with the file, a sentence each.
pub(crate) fn read(text: &str, null: Option<&str>) -> Result<Vec<Entry>, Vec<String>> {
    if null == Some("") {
        // An empty cell keeps the field.
        return Err(vec!["what stands for a field to clear cannot be an empty cell".to_owned()]);
    }
    let text = text.trim_start_matches('\u{feff}');
    let (entries, mut problems) =
        if text.trim_start().starts_with('{') { read_ndjson(text) } else { read_csv(text, null) };
    let mut lines: HashMap<ProfileId, u64> = HashMap::new();
    for entry in &entries {
        if let Some(first) = lines.insert(entry.id.clone(), entry.line) {
            problems.push(format!("line {}: the profile is in line {first} already", entry.line));
        }
    }
    if problems.is_empty() { Ok(entries) } else { Err(problems) }
}

fn read_ndjson(text: &str) -> (Vec<Entry>, Vec<String>) {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let Ok(Members(members)) = serde_json::from_str(text) else {
            problems.push(format!("line {line}: this is no JSON object"));
            continue;
        };
        let (ids, object): (Vec<_>, Vec<_>) = members.into_iter().partition(|(name, _)| name == "id");
        let twice = |(place, (name, _)): (usize, &(String, Value))| {
            object[..place].iter().any(|(other, _)| other == name)
        };
        if ids.len() > 1 || object.iter().enumerate().any(twice) {
            problems.push(format!("line {line}: a key is there twice"));
            continue;
        }
        let id = ids.into_iter().next().and_then(|(_, id)| serde_json::from_value::<ProfileId>(id).ok());
        let Some(id) = id else {
            problems.push(format!("line {line}: the id of the profile is missing, or is none"));
            continue;
        };
        let mut fields = Vec::new();
        for (name, value) in object {
            match name.parse::<FieldPath>() {
                Ok(path) => fields.push((path, if value.is_null() { None } else { Some(value) })),
                Err(error) => problems.push(format!("line {line}: {name}: {error}")),
            }
        }
        entries.push(Entry { line, id, fields });
    }
    (entries, problems)
}

/// The members of an object in their order, repeated ones included.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}

fn read_csv(text: &str, null: Option<&str>) -> (Vec<Entry>, Vec<String>) {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    if let Some(problem) = misquoted(text) {
        return (entries, vec![problem]);
    }
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return (entries, vec![error.to_string()]),
    };
    let mut columns: Vec<Option<FieldPath>> = Vec::new();
    let mut id_column = None;
    for (index, name) in header.iter().map(str::trim).enumerate() {
        if name == "id" {
            if id_column.replace(index).is_some() {
                problems.push("the column 'id' is there twice".to_owned());
            }
            columns.push(None);
            continue;
        }
        match name.parse::<FieldPath>() {
            Ok(path) if columns.contains(&Some(path.clone())) => {
                problems.push(format!("the column '{name}' is there twice"));
            }
            Ok(path) => columns.push(Some(path)),
            Err(error) => problems.push(format!("the column '{name}': {error}")),
        }
    }
    let Some(id_column) = id_column else {
        let hint = if text.lines().next().is_some_and(|line| line.contains(';')) {
            "; columns are separated by commas"
        } else {
            ""
        };
        problems.push(format!("there is no column 'id'{hint}"));
        return (entries, problems);
    };
    if !problems.is_empty() {
        return (entries, problems);
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(error.to_string());
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let Some(Ok(id)) = record.get(id_column).map(|id| id.trim().parse::<ProfileId>()) else {
            problems.push(format!("line {line}: the id of the profile is missing, or is none"));
            continue;
        };
        let cells = columns.iter().zip(&record).filter_map(|(path, cell)| Some((path.clone()?, cell)));
        let fields = cells.filter_map(|(path, cell)| match cell {
            cell if Some(cell) == null => Some((path, None)),
            "" => None,
            cell => Some((path, Some(Value::from(without_guard(cell))))),
        });
        entries.push(Entry { line, id, fields: fields.collect() });
    }
    (entries, problems)
}

/// A quote that the reader of csv would take kindly: one that is never closed takes the rows behind it into its cell, and
/// what stands behind a closing one is added to the cell.
fn misquoted(text: &str) -> Option<String> {
    enum At {
        Start,
        Plain,
        Quoted { since: usize },
        Closing { since: usize },
    }
    let (mut at, mut line) = (At::Start, 1);
    for c in text.chars() {
        at = match (at, c) {
            (At::Start, '"') => At::Quoted { since: line },
            (At::Quoted { since }, '"') => At::Closing { since },
            (At::Closing { since }, '"') | (At::Quoted { since }, _) => At::Quoted { since },
            (_, ',' | '\n' | '\r') => At::Start,
            (At::Closing { .. }, _) => {
                return Some(format!("line {line}: something stands behind a closing quote in its cell"));
            }
            (At::Start | At::Plain, _) => At::Plain,
        };
        line += usize::from(c == '\n');
    }
    match at {
        At::Quoted { since } => Some(format!("line {since}: a quote is never closed")),
        _ => None,
    }
}

/// A cell as it was before we guarded it against being taken for a formula.
fn without_guard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if crate::output::is_formula(rest) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "probely:eu/user/ada";

    #[test]
    fn both_formats_say_the_same() {
        let csv = format!(
            "\u{feff}id,title,name.display\n{ADA},cto,NULL\nprobely:eu/user/b,,\nprobely:eu/user/c,'=x,\n"
        );
        let entries = read(&csv, Some("NULL")).unwrap();
        let json = format!(
            "{{\"id\":\"{ADA}\",\"title\":\"cto\",\"name.display\":null}}\n\n{{\"id\":\"probely:eu/user/c\",\"title\":\"=x\"}}\n"
        );
        let others = read(&json, None).unwrap();
        let changing = |entries: Vec<Entry>| -> Vec<_> {
            entries.into_iter().filter(|entry| !entry.fields.is_empty()).collect()
        };
        let (entries, others) = (changing(entries), changing(others));
        assert_eq!(entries.len(), 2);
        let of = |entries: &[Entry]| -> Vec<_> {
            let sorted = |fields: &[(FieldPath, Option<Value>)]| {
                let mut fields = fields.to_vec();
                fields.sort_by(|one, other| one.0.cmp(&other.0));
                fields
            };
            entries.iter().map(|entry| (entry.id.clone(), sorted(&entry.fields))).collect()
        };
        assert_eq!(of(&entries), of(&others));
        assert_eq!((entries[1].line, others[1].line), (4, 3));
    }

    #[test]
    fn a_quote_that_is_not_closed_takes_no_row_with_it() {
        let wrong =
            |cell: &str| read(&format!("id,title\n{ADA},{cell}\nprobely:eu/user/b,x\n"), None).unwrap_err();
        assert_eq!(wrong("\"foo"), ["line 2: a quote is never closed"]);
        assert_eq!(wrong("\"foo\"x\"bar\""), ["line 2: something stands behind a closing quote in its cell"]);
        for fine in ["\"a \"\"b\"\"\"", "\"two\nlines, and a comma\"", "a\"b", "\"\""] {
            read(&format!("id,title\n{ADA},{fine}\r\nprobely:eu/user/b,x"), None).unwrap();
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        assert_eq!(read("name\nx\n", None).unwrap_err().len(), 2);
        assert_eq!(
            read("id,email\n", None).unwrap_err(),
            ["the column 'email': no such field; did you mean 'emails'?"]
        );
        let twice = format!("id,title\n{ADA},a\n{ADA},b\nx,c\n{ADA}\n");
        let problems = read(&twice, None).unwrap_err();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems.contains(&"line 3: the profile is in line 2 already".to_owned()), "{problems:?}");
        assert_eq!(
            read("{\"id\":7}\n{\n{\"id\":\"probely:eu/user/a\",\"name\":{}}", None).unwrap_err().len(),
            3
        );
    }
}
