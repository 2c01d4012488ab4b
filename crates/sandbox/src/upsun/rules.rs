//! Reads the body of an update: its allowed fields, and their formats.
//!
//! `null` is always refused: its effect is not documented, and no type of the API allows it. An empty text is
//! a text like any other, so it is refused where a format is required. Fields that an operation does not have
//! are ignored.

use serde_json::{Map, Value, json};

use crate::exchange::{Call, is_email};

/// The format of a writable field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    Text,
    /// A text that is not empty.
    Filled,
    Uri,
    Email,
    /// A country code. The API requires two characters; that they are letters is inferred.
    Country,
    Flag,
    List,
    /// A password: it must be a text, and is not stored.
    Secret,
    /// A list of these words.
    Words(&'static [&'static str]),
    /// One of these words. Reads return the word next to it.
    Word(&'static [(&'static str, &'static str)]),
}

/// A field that an operation can write.
pub(super) type Writable = (&'static str, Rule);

const NO_CHOICE: &str = "The value you selected is not a valid choice.";

/// The errors by field.
pub(super) type Errors = Map<String, Value>;

/// The reason why a body is refused.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// The content type is not JSON.
    MediaType,
    Fields(Errors),
}

/// Returns the fields to change, without secrets.
pub(super) fn read_body(call: &Call, writable: &[Writable]) -> Result<Map<String, Value>, Refusal> {
    if !call.is_json() {
        return Err(Refusal::MediaType);
    }
    parse(&call.body, writable).map_err(Refusal::Fields)
}

/// Does the same for a body in which every field is required.
pub(super) fn read_whole_body(call: &Call, writable: &[Writable]) -> Result<Map<String, Value>, Refusal> {
    let fields = read_body(call, writable)?;
    let missing = writable.iter().filter(|(name, _)| !fields.contains_key(*name));
    let errors: Errors = missing.flat_map(|(name, _)| one_error(name, "This value is required.")).collect();
    if errors.is_empty() { Ok(fields) } else { Err(Refusal::Fields(errors)) }
}

fn parse(body: &[u8], writable: &[Writable]) -> Result<Map<String, Value>, Errors> {
    let body = match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => body,
        Ok(_) => return Err(one_error("body", "The body must be an object.")),
        Err(_) => return Err(one_error("body", "The body is not valid JSON.")),
    };
    let (mut change, mut errors) = (Map::new(), Map::new());
    for (name, rule) in writable {
        let Some(value) = body.get(*name) else { continue };
        match read(*rule, value) {
            Ok(_) if matches!(rule, Rule::Secret) => {}
            Ok(value) => drop(change.insert((*name).to_owned(), value)),
            Err(message) => errors.extend(one_error(name, message)),
        }
    }
    if errors.is_empty() { Ok(change) } else { Err(errors) }
}

fn read(rule: Rule, value: &Value) -> Result<Value, &'static str> {
    let text = match rule {
        _ if value.is_null() => return Err("This value should not be null."),
        Rule::Flag => {
            return value.is_boolean().then(|| value.clone()).ok_or("This value should be of type bool.");
        }
        Rule::List => {
            return value.is_array().then(|| value.clone()).ok_or("This value should be of type array.");
        }
        Rule::Words(words) => {
            let parts = value.as_array().ok_or("This value should be of type array.")?;
            let are_known = parts.iter().all(|part| words.iter().any(|word| part == word));
            return if are_known { Ok(value.clone()) } else { Err(NO_CHOICE) };
        }
        _ => value.as_str().ok_or("This value should be of type string.")?,
    };
    let (fits, message) = match rule {
        Rule::Text | Rule::Flag | Rule::List | Rule::Words(_) => (true, ""),
        Rule::Filled | Rule::Secret => (!text.is_empty(), "This value should not be blank."),
        Rule::Uri => (is_uri(text), "This value is not a valid URI."),
        Rule::Email => (is_email(text), "This value is not a valid e-mail address."),
        Rule::Country => (is_country(text), "This value is not a valid country."),
        Rule::Word(words) => {
            let known = words.iter().find(|(written, _)| *written == text);
            return known.map(|(_, read)| Value::from(*read)).ok_or(NO_CHOICE);
        }
    };
    if fits { Ok(text.into()) } else { Err(message) }
}

pub(super) fn one_error(name: &str, message: &str) -> Errors {
    Map::from_iter([(name.to_owned(), json!([message]))])
}

/// RFC 3986 requires a scheme; almost any text without spaces may follow.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        && !rest.is_empty()
        && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Rule = Rule::Word(&[("indvidual", "individual"), ("light", "light")]);

    #[test]
    fn each_rule_takes_its_own() {
        for (rule, good, bad) in [
            (Rule::Text, vec![json!(""), json!("Ğ")], vec![json!(1), json!(true), json!([])]),
            (Rule::Filled, vec![json!("a")], vec![json!("")]),
            (
                Rule::Uri,
                vec![json!("https://example.com/options.json"), json!("urn:x")],
                vec![json!(""), json!("options.json"), json!("https:"), json!("https://a b")],
            ),
            (Rule::Email, vec![json!("a@example.com")], vec![json!(""), json!("a")]),
            (
                Rule::Country,
                vec![json!("NO"), json!("eu")],
                vec![json!(""), json!("FRA"), json!("1Ä"), json!("É")],
            ),
            (Rule::Flag, vec![json!(true), json!(false)], vec![json!("true"), json!(1)]),
            (Rule::List, vec![json!([])], vec![json!({}), json!("")]),
            (
                Rule::Words(&["a", "b"]),
                vec![json!([]), json!(["b", "a"])],
                vec![json!("a"), json!(["a", "c"]), json!([1])],
            ),
            (WORDS, vec![json!("light")], vec![json!("individual"), json!("")]),
        ] {
            for value in good {
                assert_eq!(read(rule, &value), Ok(value.clone()), "{rule:?}");
            }
            for value in bad.into_iter().chain([Value::Null]) {
                assert!(read(rule, &value).is_err(), "{rule:?} {value}");
            }
        }
        assert_eq!(read(WORDS, &json!("indvidual")), Ok(json!("individual")));
    }

    #[test]
    fn every_wrong_field_is_named_and_unknown_keys_are_not() {
        const FIELDS: [Writable; 4] =
            [("a", Rule::Text), ("b", Rule::Text), ("c", Rule::Email), ("password", Rule::Secret)];
        let errors = parse(br#"{"a": null, "b": 1, "c": "x", "d": 1}"#, &FIELDS).expect_err("a refusal");
        assert_eq!(errors.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(parse(br#"{"password": "x", "d": 1}"#, &FIELDS), Ok(Map::new()));
        assert!(parse(br#"{"password": ""}"#, &FIELDS).is_err());
        assert!(parse(b"[]", &FIELDS).is_err() && parse(b"", &FIELDS).is_err());
    }
}
