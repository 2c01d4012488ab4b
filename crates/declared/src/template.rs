//! Texts with names in braces.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Number, Value};

/// A text with names in braces, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A name, and the quote around it, if it is in quotes.
    Name(String, Option<char>),
    /// A value of the profile's record.
    Record(String),
}

/// The values of the names in a template.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Values<'a> {
    pub(crate) variables: Option<&'a BTreeMap<String, String>>,
    pub(crate) id: Option<&'a str>,
    pub(crate) page_size: Option<u32>,
    pub(crate) value: Option<&'a Value>,
    pub(crate) record: Option<&'a Value>,
}

impl<'a> Values<'a> {
    fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        match name {
            "id" => self.id.map(Cow::Borrowed),
            "page_size" => self.page_size.map(|size| Cow::Owned(size.to_string())),
            "value" => self.value.map(text_of),
            name => self.variables?.get(name).map(|value| Cow::Borrowed(value.as_str())),
        }
    }
}

/// Returns a JSON value as the text of a parameter.
pub(crate) fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

impl Template {
    /// Takes a text apart.
    ///
    /// # Errors
    /// What is wrong with it, for an author of a definition.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, found) = rest.split_at(at);
            literal.push_str(before);
            if let Some(after) = found.strip_prefix("{{").or_else(|| found.strip_prefix("}}")) {
                literal.push_str(&found[..1]);
                rest = after;
                continue;
            }
            let Some((name, after)) = found.strip_prefix('{').and_then(|inner| inner.split_once('}')) else {
                return Err("a brace has no partner; write {{ or }} for a brace".to_owned());
            };
            let quote = open_quote(&text[..text.len() - found.len()]).filter(|quote| after.contains(*quote));
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(match name.strip_prefix("record:") {
                // Within quotes that are doubled, a value would have to be escaped twice.
                _ if quote == Some('\'') && text[..text.len() - found.len()].contains("''") => {
                    return Err("a value cannot stand between quotes that are doubled".to_owned());
                }
                Some(_) if quote.is_some() => {
                    return Err("a value of the record cannot stand between quotes".to_owned());
                }
                Some(pointer) => Part::Record(pointer.to_owned()),
                None if is_name(name) => Part::Name(name.to_owned(), quote),
                None => return Err(format!("'{name}' is no name; write {{{{ for a brace")),
            });
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self { parts })
    }

    /// Returns the names, without those of the record.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name, _) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Returns the texts before and after the only name.
    #[cfg(feature = "server")]
    pub(crate) fn around(&self) -> Option<(&str, &str)> {
        match &*self.parts {
            [Part::Name(..) | Part::Record(_)] => Some(("", "")),
            [Part::Text(before), Part::Name(..) | Part::Record(_)] => Some((before, "")),
            [Part::Name(..) | Part::Record(_), Part::Text(after)] => Some(("", after)),
            [Part::Text(before), Part::Name(..) | Part::Record(_), Part::Text(after)] => {
                Some((before, after))
            }
            _ => None,
        }
    }

    /// Returns the names, as they were written.
    fn source(&self) -> String {
        let names = self.parts.iter().filter_map(|part| match part {
            Part::Name(name, ..) => Some(name.clone()),
            Part::Record(pointer) => Some(format!("record:{pointer}")),
            Part::Text(_) => None,
        });
        names.collect()
    }

    /// Returns the pointers into the record.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Record(pointer) => Some(pointer.as_str()),
            _ => None,
        })
    }

    /// Returns the text, if it has no names.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &*self.parts {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Returns the text with the values.
    ///
    /// # Errors
    /// The name that has no value.
    pub(crate) fn render(&self, values: &Values<'_>) -> Result<String, String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Name(name, quote) => {
                    let value = values.get(name).ok_or_else(|| name.clone())?;
                    match quote {
                        Some('"') => text.push_str(&value.replace('\\', "\\\\").replace('"', "\\\"")),
                        Some(_) => text.push_str(&value.replace('\'', "''")),
                        None => text.push_str(&value),
                    }
                }
                Part::Record(pointer) => {
                    let value = values.record.and_then(|record| record.pointer(pointer));
                    let value = value.filter(|value| !value.is_null());
                    text.push_str(&text_of(value.ok_or_else(|| format!("record:{pointer}"))?));
                }
            }
        }
        Ok(text)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// A JSON value whose texts are templates.
#[derive(Clone, Debug)]
pub(crate) enum JsonTemplate {
    Value(Value),
    Text(Template),
    /// `{name:number}`: the value as a number.
    Number(Template),
    /// `{value:json}`, `{record:/pointer:json}`: the value as it is.
    Json(String),
    List(Vec<JsonTemplate>),
    Object(Vec<(String, JsonTemplate)>),
}

impl JsonTemplate {
    /// Takes the texts of a value apart.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub(crate) fn parse(value: &Value) -> Result<Self, String> {
        Ok(match value {
            Value::String(text) => {
                let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
                if let Some(name) = inner.and_then(|name| name.strip_suffix(":number")) {
                    return Template::parse(&format!("{{{name}}}")).map(Self::Number);
                }
                if let Some(name) = inner.and_then(|name| name.strip_suffix(":json")) {
                    return Ok(Self::Json(name.to_owned()));
                }
                let template = Template::parse(text)?;
                match template.literal() {
                    Some(literal) => Self::Value(literal.into()),
                    None => Self::Text(template),
                }
            }
            Value::Array(items) => Self::List(items.iter().map(Self::parse).collect::<Result<_, _>>()?),
            Value::Object(fields) => Self::Object(
                fields
                    .iter()
                    .map(|(key, value)| Ok((key.clone(), Self::parse(value)?)))
                    .collect::<Result<_, String>>()?,
            ),
            other => Self::Value(other.clone()),
        })
    }

    /// Calls a function with each template.
    pub(crate) fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Template)) {
        match self {
            Self::Value(_) | Self::Json(_) => {}
            Self::Text(template) | Self::Number(template) => visit(template),
            Self::List(items) => items.iter().for_each(|item| item.each(visit)),
            Self::Object(fields) => fields.iter().for_each(|(_, value)| value.each(visit)),
        }
    }

    /// Returns the value.
    ///
    /// # Errors
    /// The name that has no value.
    pub(crate) fn render(&self, values: &Values<'_>) -> Result<Value, String> {
        Ok(match self {
            Self::Value(value) => value.clone(),
            Self::Text(template) => template.render(values)?.into(),
            Self::Number(template) => {
                let text = template.render(values)?;
                let number =
                    text.parse::<i64>().map(Number::from).map_err(|_| template.source() + ":number")?;
                Value::Number(number)
            }
            Self::Json(name) => {
                let value = match name.strip_prefix("record:") {
                    Some(pointer) => values.record.and_then(|record| record.pointer(pointer)),
                    None if name == "value" => values.value,
                    None => None,
                };
                value.cloned().ok_or_else(|| name.clone())?
            }
            Self::List(items) => {
                items.iter().map(|item| item.render(values)).collect::<Result<Vec<_>, _>>()?.into()
            }
            Self::Object(fields) => {
                let mut rendered = Map::new();
                for (key, value) in fields {
                    rendered.insert(key.clone(), value.render(values)?);
                }
                Value::Object(rendered)
            }
        })
    }
}

/// Sets a value at a pointer of an object, and creates the objects on the way.
pub(crate) fn set_at(target: &mut Value, pointer: &str, value: Value) {
    let mut here = target;
    for token in pointer.split('/').skip(1) {
        let key = token.replace("~1", "/").replace("~0", "~");
        if !here.is_object() {
            *here = Value::Object(Map::new());
        }
        let Value::Object(fields) = here else { return };
        here = fields.entry(key).or_insert(Value::Null);
    }
    *here = value;
}

/// Removes the values at a pointer. A number or `*` in it is each element of a list, and an object in place of the list is its only element.
pub(crate) fn remove_each(target: &mut Value, pointer: &str) {
    let Some(rest) = pointer.strip_prefix('/') else { return };
    let (token, inner) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    match target {
        Value::Array(items) => {
            if inner.is_empty() {
                items.clear();
            } else {
                for item in items {
                    remove_each(item, inner);
                }
            }
        }
        Value::Object(fields) if token == "*" || token.bytes().all(|digit| digit.is_ascii_digit()) => {
            if inner.is_empty() {
                fields.clear();
                return;
            }
            for value in fields.values_mut() {
                remove_each(value, inner);
            }
            remove_each(target, inner);
        }
        Value::Object(_) if inner.is_empty() => remove_at(target, pointer),
        Value::Object(fields) => {
            if let Some(value) = fields.get_mut(&token.replace("~1", "/").replace("~0", "~")) {
                remove_each(value, inner);
            }
        }
        _ => {}
    }
}

/// Returns the quote that is open at the end of a text.
fn open_quote(text: &str) -> Option<char> {
    let (mut open, mut is_escaped) = (None, false);
    for letter in text.chars() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' | '\'' if open.is_none() => open = Some(letter),
            letter if open == Some(letter) => open = None,
            _ => {}
        }
    }
    open
}

pub(crate) fn remove_at(target: &mut Value, pointer: &str) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(fields)) = target.pointer_mut(parent) {
        fields.remove(&key.replace("~1", "/").replace("~0", "~"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str, value: &str) -> Result<String, String> {
        let value = Value::from(value);
        Template::parse(text)?.render(&Values { value: Some(&value), id: Some("7"), ..Values::default() })
    }

    #[test]
    fn names_are_replaced_and_braces_stay() {
        assert_eq!(rendered("/users/{id}?q={{x}}", "").unwrap(), "/users/7?q={x}");
        assert_eq!(rendered("{value}", "a\"b").unwrap(), "a\"b");
        assert_eq!(rendered("{tenant}", ""), Err("tenant".to_owned()));
        assert!(Template::parse("{id").is_err() && Template::parse("{a b}").is_err());
    }

    #[test]
    fn what_is_between_quotes_cannot_leave_them() {
        assert_eq!(rendered(r#"email eq "{value}""#, r#"a" or "x\"#).unwrap(), r#"email eq "a\" or \"x\\""#);
        assert_eq!(rendered("mail eq '{value}'", "o'hara").unwrap(), "mail eq 'o''hara'");
        assert_eq!(rendered("mail eq 'smtp:{value}' or x", "o'hara").unwrap(), "mail eq 'smtp:o''hara' or x");
        assert_eq!(rendered("o'clock {value}", "o'hara").unwrap(), "o'clock o'hara");
        assert!(
            Template::parse("'{record:/a}'").is_err() && Template::parse("'p eq ''x:{value}'''").is_err()
        );
    }

    #[test]
    fn a_body_keeps_numbers_and_values_as_they_are() {
        let template = JsonTemplate::parse(&serde_json::json!({
            "limit": "{page_size:number}", "value": "{value:json}", "text": "{id}", "same": [1, null],
        }))
        .unwrap();
        let value = serde_json::json!(true);
        let values = Values { page_size: Some(50), value: Some(&value), id: Some("7"), ..Values::default() };
        assert_eq!(
            template.render(&values).unwrap(),
            serde_json::json!({"limit": 50, "value": true, "text": "7", "same": [1, null]})
        );
    }

    #[test]
    fn a_value_is_set_at_a_pointer() {
        let mut body = serde_json::json!({"a": 1});
        set_at(&mut body, "/profile/first", "Ada".into());
        set_at(&mut body, "/a~1b", 2.into());
        remove_at(&mut body, "/a");
        assert_eq!(body, serde_json::json!({"profile": {"first": "Ada"}, "a/b": 2}));
    }
}
