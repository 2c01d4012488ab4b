//! Reading the body of an organization profile's update.

use serde_json::{Map, Value, json};

/// What a writable field must look like.
#[derive(Debug, Clone, Copy)]
enum Rule {
    Text,
    Uri,
    Email,
    CustomerType,
}

const WRITABLE: [(&str, Rule); 7] = [
    ("default_catalog", Rule::Text),
    ("project_options_url", Rule::Uri),
    ("company_name", Rule::Text),
    ("legal_entity_name", Rule::Text),
    ("customer_type", Rule::CustomerType),
    ("vat_number", Rule::Text),
    ("billing_contact", Rule::Email),
];

/// The words of a write and those that a read then gives; the first is spelled as Upsun's API spells it.
const CUSTOMER_TYPES: [(&str, &str); 3] =
    [("indvidual", "individual"), ("company", "corporation"), ("government", "government")];

/// The fields to change, or what is wrong with which field. Keys that are not writable are ignored.
pub(super) fn parse(body: &[u8]) -> Result<Map<String, Value>, Map<String, Value>> {
    let body = match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => body,
        Ok(_) => return Err(one_error("body", "The body must be an object.")),
        Err(_) => return Err(one_error("body", "The body is not valid JSON.")),
    };
    let (mut change, mut errors) = (Map::new(), Map::new());
    for (name, rule) in WRITABLE {
        let Some(value) = body.get(name) else { continue };
        match read(rule, value) {
            Ok(value) => drop(change.insert(name.to_owned(), value.into())),
            Err(message) => errors.extend(one_error(name, message)),
        }
    }
    if errors.is_empty() { Ok(change) } else { Err(errors) }
}

fn read(rule: Rule, value: &Value) -> Result<&str, &'static str> {
    let text = value.as_str().ok_or(if value.is_null() {
        "This value should not be null."
    } else {
        "This value should be of type string."
    })?;
    match rule {
        Rule::Text => Ok(text),
        Rule::Uri => is_uri(text).then_some(text).ok_or("This value is not a valid URI."),
        Rule::Email => is_email(text).then_some(text).ok_or("This value is not a valid e-mail address."),
        Rule::CustomerType => {
            let known = CUSTOMER_TYPES.iter().find(|(written, _)| *written == text);
            known.map(|(_, read)| *read).ok_or("The value you selected is not a valid choice.")
        }
    }
}

fn one_error(name: &str, message: &str) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), json!([message]))])
}

/// RFC 3986 asks for a scheme; what follows may be nearly anything but spaces.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        && !rest.is_empty()
        && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '@';
    !local.is_empty()
        && !domain.is_empty()
        && !local.contains(odd)
        && !domain.contains(odd)
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_checked() {
        assert!(is_uri("https://example.com/options.json") && is_uri("urn:x"));
        assert!(!is_uri("") && !is_uri("options.json") && !is_uri("https:") && !is_uri("https://a b"));
        assert!(is_email("a@example.com") && is_email("ä+b@localhost"));
        assert!(!is_email("") && !is_email("a") && !is_email("@b") && !is_email("a@") && !is_email("a@.b"));
    }

    #[test]
    fn every_wrong_field_is_named_and_unknown_keys_are_not() {
        let body =
            br#"{"company_name": null, "vat_number": 1, "customer_type": "individual", "nonsense": 1}"#;
        let errors = parse(body).expect_err("a refusal");
        assert_eq!(errors.keys().collect::<Vec<_>>(), ["company_name", "customer_type", "vat_number"]);
        assert_eq!(parse(b"{}"), Ok(Map::new()));
        assert!(parse(b"[]").is_err() && parse(b"").is_err());
    }
}
