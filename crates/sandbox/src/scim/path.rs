//! Names of attributes in filters, orders, selections and changes (RFC 7644 §3.10).

use serde_json::{Map, Value};

use super::schema::{Attribute, Data, Kind, named};

/// The fields of a record.
pub(super) type Record = Map<String, Value>;

/// An attribute or a part of one: the attributes on the way to it, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttributePath(Vec<&'static Attribute>);

impl AttributePath {
    /// Reads a name such as `name.givenName`, which may begin with the URN of its schema. Returns `None` if no
    /// schema has it.
    pub(super) fn parse(kind: Kind, text: &str) -> Option<Self> {
        for extension in kind.extensions() {
            if let Some(rest) = after_urn(text, extension.name) {
                let mut path = vec![extension];
                if !rest.is_empty() {
                    path.extend(Self::below(extension.parts, rest)?.0);
                }
                return Some(Self(path));
            }
        }
        let text = after_urn(text, kind.schema()).unwrap_or(text);
        let (first, rest) = text.split_once('.').map_or((text, None), |(first, rest)| (first, Some(rest)));
        let attribute = named(kind.all(), first)?;
        let mut path = vec![attribute];
        if let Some(rest) = rest {
            path.extend(Self::below(attribute.parts, rest)?.0);
        }
        Some(Self(path))
    }

    /// Reads a name within an attribute.
    pub(super) fn below(parts: &'static [Attribute], text: &str) -> Option<Self> {
        let mut path = Vec::new();
        let mut parts = parts;
        for name in text.split('.') {
            let part = named(parts.iter(), name)?;
            path.push(part);
            parts = part.parts;
        }
        Some(Self(path))
    }

    pub(super) fn attributes(&self) -> &[&'static Attribute] {
        &self.0
    }

    /// Returns the attribute that the path ends at.
    pub(super) fn last(&self) -> Option<&'static Attribute> {
        self.0.last().copied()
    }

    /// Adds the part that stands for a value of the attribute, if the attribute has parts: `emails` is compared by
    /// its values.
    pub(super) fn into_value(mut self) -> Self {
        if let Some(last) = self.last()
            && last.data == Data::Complex
            && let Some(value) = named(last.parts.iter(), "value")
        {
            self.0.push(value);
        }
        self
    }

    /// Returns all values in a record, those of lists one by one.
    pub(super) fn values<'a>(&self, record: &'a Record) -> Vec<&'a Value> {
        let mut names = self.0.iter().map(|attribute| attribute.name);
        let mut values: Vec<&Value> =
            names.next().and_then(|name| record.get(name)).into_iter().flat_map(each).collect();
        for name in names {
            values = values.into_iter().filter_map(|value| value.get(name)).flat_map(each).collect();
        }
        values.retain(|value| !value.is_null());
        values
    }
}

/// Returns the elements of a list, or the value itself.
fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}

/// Returns what follows a URN and a colon, or nothing if the text is the URN.
fn after_urn<'a>(text: &'a str, urn: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(urn.len())?;
    if !start.eq_ignore_ascii_case(urn) {
        return None;
    }
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(':') }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(record: &Value, path: &str) -> Vec<Value> {
        let path = AttributePath::parse(Kind::User, path).expect("a known attribute");
        path.values(record.as_object().expect("a record")).into_iter().cloned().collect()
    }

    #[test]
    fn a_name_is_found_in_any_case_and_behind_its_urn() {
        let record = json!({
            "userName": "ada", "name": {"givenName": "Ada"}, "emails": [{"value": "a"}, {"value": "b"}, {}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "7"}},
        });
        assert_eq!(values(&record, "USERNAME"), ["ada"]);
        assert_eq!(values(&record, "urn:ietf:params:scim:schemas:core:2.0:User:name.givenname"), ["Ada"]);
        assert_eq!(values(&record, "emails.value"), ["a", "b"]);
        let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager.value";
        assert_eq!(values(&record, manager), ["7"]);
        assert!(values(&record, "title").is_empty());
    }

    #[test]
    fn what_no_schema_has_is_not_found() {
        for unknown in ["", "nobody", "name.", "name.first", "urn:x:userName", "emails.value.x"] {
            assert_eq!(AttributePath::parse(Kind::User, unknown), None, "{unknown}");
        }
        assert_eq!(AttributePath::parse(Kind::Group, "userName"), None);
    }
}
