//! Reads a file of changes: csv with one column per field, or ndjson with one object per profile.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use anyprofile::{FieldPath, ProfileId};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::{csv_file, entry::BulkEntry};

/// Reads a file of changes: ndjson if it starts with `{`, else csv.
///
/// In csv, an empty cell leaves the field unchanged, and a cell equal to `null` clears it. In ndjson, null clears it.
///
/// # Errors
/// All mistakes of the file, one sentence each.
pub(super) fn read(text: &str, null: Option<&str>) -> Result<Vec<BulkEntry>, Vec<String>> {
    let (entries, mut mistakes) = match text.trim_start().chars().next() {
        Some('{') => read_ndjson(text),
        Some('[') => {
            let how = "write one object per line, as `list -o ndjson` prints it";
            return Err(vec![format!("the file is one JSON document; {how}")]);
        }
        _ => csv_file::read(text, null),
    };
    let mut lines: HashMap<&ProfileId, u64> = HashMap::new();
    for entry in &entries {
        if let Some(first) = lines.insert(&entry.id, entry.line) {
            mistakes.push(format!("line {}: the profile is already in line {first}", entry.line));
        }
    }
    if mistakes.is_empty() { Ok(entries) } else { Err(mistakes) }
}

fn read_ndjson(text: &str) -> (Vec<BulkEntry>, Vec<String>) {
    let (mut entries, mut mistakes) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        match object(line, text) {
            Ok(entry) => entries.push(entry),
            Err(found) => mistakes.extend(found.into_iter().map(|mistake| format!("line {line}{mistake}"))),
        }
    }
    (entries, mistakes)
}

/// Parses one profile, flat or nested as `list -o ndjson` prints it.
fn object(line: u64, text: &str) -> Result<BulkEntry, Vec<String>> {
    let Ok(Members(members)) = serde_json::from_str(text) else {
        return Err(vec![": must be a JSON object".to_owned()]);
    };
    let (ids, object): (Vec<_>, Vec<_>) = members.into_iter().partition(|(name, _)| name == "id");
    let mut flat = Vec::new();
    for (name, value) in object {
        flatten(name, value, &mut flat);
    }
    let mut names = HashSet::new();
    if ids.len() > 1 || !flat.iter().all(|(name, _)| names.insert(name.as_str())) {
        return Err(vec![": a key appears twice".to_owned()]);
    }
    let id = ids.into_iter().next().and_then(|(_, id)| serde_json::from_value::<ProfileId>(id).ok());
    let (mut fields, mut mistakes) = (Vec::new(), Vec::new());
    if id.is_none() {
        mistakes.push(", field 'id': a profile id is required".to_owned());
    }
    for (name, value) in flat {
        match name.parse::<FieldPath>() {
            Ok(path) => fields.push((path, Some(value).filter(|value| !value.is_null()))),
            Err(error) => mistakes.push(format!(", field '{name}': {error}")),
        }
    }
    match id {
        Some(id) if mistakes.is_empty() => Ok(BulkEntry { line, id, fields }),
        _ => Err(mistakes),
    }
}

/// Flattens nested objects into fields such as `name.display`, and omits members about the reading of a profile that
/// are not fields.
fn flatten(name: String, value: Value, flat: &mut Vec<(String, Value)>) {
    let is_about_reading = matches!(name.as_str(), "origin" | "notes" | "unknown" | "raw" | "name.derived");
    let is_group = |name: &str| {
        let mut known = FieldPath::CORE.iter().chain(FieldPath::BILLING_ADDRESS_PARTS);
        let is_in =
            |path: &&FieldPath| path.as_str().strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        matches!(name, "extension" | "metadata") || known.any(|path| is_in(&path))
    };
    match value {
        _ if is_about_reading => {}
        Value::Object(members) if is_group(&name) => {
            for (key, value) in members {
                flatten(format!("{name}.{key}"), value, flat);
            }
        }
        value => flat.push((name, value)),
    }
}

/// The members of an object in order, including repeated keys.
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

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "probely:eu/user/ada";

    #[test]
    fn both_formats_say_the_same() {
        let csv =
            format!("id,title,name.display\n{ADA},cto,NULL\nprobely:eu/user/b,,\nprobely:eu/user/c,'=x,\n");
        let entries = read(&csv, Some("NULL")).unwrap();
        let json = format!(
            "{{\"id\":\"{ADA}\",\"title\":\"cto\",\"name.display\":null}}\n\n{{\"id\":\"probely:eu/user/c\",\"title\":\"=x\"}}\n"
        );
        let others = read(&json, None).unwrap();
        let changing = |entries: Vec<BulkEntry>| -> Vec<_> {
            entries.into_iter().filter(|entry| !entry.fields.is_empty()).collect()
        };
        let (entries, others) = (changing(entries), changing(others));
        assert_eq!(entries.len(), 2);
        let of = |entries: &[BulkEntry]| -> Vec<_> {
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
    fn nested_objects_are_read_as_the_listing_prints_them() {
        let nested = format!(
            r#"{{"id":"{ADA}","kind":"human","name":{{"display":"Ada","given":null}},"emails":[{{"address":"a@x"}}],
            "billing":{{"address":{{"locality":"Oslo"}}}},"metadata":{{"cost.centre":"7"}},"extension":{{"trial":{{"active":true}}}},
            "origin":{{"view":"user"}},"notes":[],"unknown":{{"title":1}},"raw":{{}}}}"#
        )
        .replace('\n', " ");
        let flat = format!(
            r#"{{"id":"{ADA}","kind":"human","name.display":"Ada","name.given":null,"emails":[{{"address":"a@x"}}],"billing.address.locality":"Oslo","metadata.cost.centre":"7","extension.trial":{{"active":true}}}}"#
        );
        let entries = read(&nested, None).unwrap();
        assert_eq!(entries, read(&flat, None).unwrap());
        assert_eq!(entries[0].fields.len(), 7);
        let twice = format!(r#"{{"id":"{ADA}","name.display":"Ada","name":{{"display":"Ada"}}}}"#);
        assert_eq!(read(&twice, None).unwrap_err(), ["line 1: a key appears twice"]);
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        assert_eq!(read("name\nx\n", None).unwrap_err().len(), 2);
        assert_eq!(
            read("id,email\n", None).unwrap_err(),
            ["line 1, column 'email': no such field; did you mean 'emails'?"]
        );
        let twice = format!("id,title\n{ADA},a\n{ADA},b\nx,c\n{ADA}\n");
        let mistakes = read(&twice, None).unwrap_err();
        assert_eq!(mistakes.len(), 3, "{mistakes:?}");
        assert!(mistakes.contains(&"line 3: the profile is already in line 2".to_owned()), "{mistakes:?}");
        assert_eq!(
            read("\r\n{\"id\":7}\r\n{\n{\"id\":\"probely:eu/user/a\",\"name\":\"Ada\"}\n[]", None)
                .unwrap_err(),
            [
                "line 2, field 'id': a profile id is required",
                "line 3: must be a JSON object",
                "line 4, field 'name': no such field; did you mean 'name.display'?",
                "line 5: must be a JSON object",
            ]
        );
        let array = read("[{\"id\":7}]", None).unwrap_err();
        assert_eq!(
            array,
            ["the file is one JSON document; write one object per line, as `list -o ndjson` prints it"]
        );
    }
    #[test]
    fn every_member_that_a_listing_prints_is_a_field_or_left_out() {
        let schema = anyprofile::profile_schema();
        let members = |schema: &Value| schema["properties"].as_object().cloned().unwrap_or_default();
        let mut nested = 0;
        for (name, member) in members(&schema) {
            if name == "id" {
                continue;
            }
            let group =
                member["$ref"].as_str().and_then(|place| schema.pointer(place.trim_start_matches('#')));
            let mut flat = Vec::new();
            match group.map(members).filter(|members| !members.is_empty()) {
                Some(members) => {
                    nested += members.len();
                    let inner = members.into_iter().map(|(key, _)| (key, Value::Null)).collect();
                    flatten(name, Value::Object(inner), &mut flat);
                }
                None => flatten(name, Value::Null, &mut flat),
            }
            for (name, _) in flat {
                assert!(name == "extension" || name.parse::<FieldPath>().is_ok(), "{name}");
            }
        }
        assert!(nested > 15, "{nested}");
    }
}
