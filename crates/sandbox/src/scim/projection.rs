//! Which attributes a response has (RFC 7644 §3.9).

use serde_json::Value;

use super::errors::{Refusal, Result};
use super::path::{AttributePath, Record};
use super::schema::{Attribute, Kind};

/// The attributes that are asked for, or those that are left out. Names that no schema has are ignored.
#[derive(Debug, Default)]
pub(super) struct Projection {
    only: Option<Vec<AttributePath>>,
    without: Vec<AttributePath>,
}

impl Projection {
    /// Reads the parameters, each a list of names between commas.
    pub(super) fn parse(kind: Kind, only: Option<&str>, without: Option<&str>) -> Result<Self> {
        let paths = |names: &str| -> Vec<AttributePath> {
            names.split(',').filter_map(|name| AttributePath::parse(kind, name.trim())).collect()
        };
        let only = only.filter(|names| !names.trim().is_empty());
        if only.is_some() && without.is_some_and(|names| !names.trim().is_empty()) {
            let rule = "`attributes` and `excludedAttributes` exclude each other.";
            return Err(Refusal::invalid("invalidValue", rule));
        }
        Ok(Self { only: only.map(paths), without: without.map(paths).unwrap_or_default() })
    }

    pub(super) fn show(&self, record: Record) -> Value {
        let mut shown = match &self.only {
            None => record,
            Some(paths) => {
                let mut shown = Record::new();
                for (name, value) in &record {
                    // What no schema names cannot be asked for.
                    let is_always = matches!(name.as_str(), "id" | "schemas");
                    if is_always {
                        shown.insert(name.clone(), value.clone());
                    }
                }
                for path in paths {
                    copy(&record, &mut shown, path.attributes());
                }
                shown
            }
        };
        for path in &self.without {
            remove(&mut shown, path.attributes());
        }
        shown.into()
    }
}

/// Copies what is at the end of a path, with what is on the way to it.
fn copy(from: &Record, to: &mut Record, path: &[&Attribute]) {
    let [first, rest @ ..] = path else { return };
    let Some(value) = from.get(first.name) else { return };
    let copied = match (rest, value) {
        ([], _) => value.clone(),
        (_, Value::Object(parts)) => {
            let mut copied = to.get(first.name).and_then(Value::as_object).cloned().unwrap_or_default();
            copy(parts, &mut copied, rest);
            copied.into()
        }
        (_, Value::Array(values)) => {
            let before = to.get(first.name).and_then(Value::as_array).cloned().unwrap_or_default();
            let copied = values.iter().enumerate().filter_map(|(place, value)| {
                let mut copied = before.get(place).and_then(Value::as_object).cloned().unwrap_or_default();
                copy(value.as_object()?, &mut copied, rest);
                Some(Value::Object(copied))
            });
            copied.collect()
        }
        _ => value.clone(),
    };
    to.insert(first.name.to_owned(), copied);
}

fn remove(record: &mut Record, path: &[&Attribute]) {
    match path {
        [] => {}
        [last] if last.is_always_returned => {}
        [last] => drop(record.remove(last.name)),
        [first, rest @ ..] => match record.get_mut(first.name) {
            Some(Value::Object(parts)) => remove(parts, rest),
            Some(Value::Array(values)) => {
                for parts in values.iter_mut().filter_map(Value::as_object_mut) {
                    remove(parts, rest);
                }
            }
            _ => {}
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(only: Option<&str>, without: Option<&str>) -> Value {
        let record = json!({
            "id": "1", "schemas": [], "userName": "ada", "name": {"givenName": "Ada", "familyName": "L"},
            "emails": [{"value": "a", "type": "work"}, {"value": "b", "type": "home"}], "tea": "black",
        });
        let record = record.as_object().cloned().expect("a record");
        Projection::parse(Kind::User, only, without).expect("a projection").show(record)
    }

    #[test]
    fn only_what_is_asked_for_is_shown() {
        let expected = json!({
            "id": "1", "schemas": [], "name": {"givenName": "Ada"},
            "emails": [{"value": "a", "type": "work"}, {"value": "b", "type": "home"}],
        });
        assert_eq!(shown(Some("NAME.givenName, emails.value,emails.type,nobody,title"), None), expected);
    }

    #[test]
    fn what_is_excluded_is_left_out_but_for_the_id() {
        let expected = json!({
            "id": "1", "schemas": [], "userName": "ada", "name": {"givenName": "Ada"},
            "emails": [{"value": "a"}, {"value": "b"}], "tea": "black",
        });
        assert_eq!(shown(None, Some("id,schemas,name.familyName,emails.type")), expected);
    }

    #[test]
    fn both_at_once_are_refused() {
        assert!(Projection::parse(Kind::User, Some("title"), Some("name")).is_err());
        assert!(Projection::parse(Kind::User, Some(""), Some("name")).is_ok());
    }
}
