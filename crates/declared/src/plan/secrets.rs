//! Checks that a definition holds no secret.

use super::Resolver;
use crate::{
    definition::{Case, RequestTemplate, Rule},
    flaw::Key,
    record::is_around,
};

/// Headers and parameters that hold credentials, by a part of their names.
const SECRET_NAMES: &[&str] = &[
    "authorization",
    "api-key",
    "api_key",
    "apikey",
    "secret",
    "password",
    "cookie",
    "access_token",
    "private-token",
];

/// How credentials of well-known sorts begin.
const SECRET_BEGINNINGS: &[&str] =
    &["Bearer ", "Basic ", "sk_", "sk-", "eyJ", "AIza", "ghp_", "xoxb-", "xoxp-"];

impl Resolver<'_> {
    /// Checks that a header or parameter with the name of a credential has no literal value.
    pub(super) fn check_no_secret(&mut self, key: &Key, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        let is_named = SECRET_NAMES.iter().any(|part| name.contains(part));
        let is_one = SECRET_BEGINNINGS.iter().any(|beginning| value.starts_with(beginning));
        if (is_named || is_one) && !value.is_empty() && !value.contains('{') {
            self.flaws
                .add(key, "a definition holds no secret: name a credential under `auth`, or a variable");
        }
    }

    /// Checks that a request names no secret of the record: a plan would show it.
    pub(super) fn check_shows_no_secret(&mut self, key: &Key, template: &RequestTemplate) {
        let mut texts = vec![template.path.clone()];
        texts.extend(template.headers.values().cloned());
        template.query.values().chain(&template.body).for_each(|value| add_texts(value, &mut texts));
        let named = texts.iter().flat_map(|text| text.split("{record:").skip(1));
        let named = named.filter_map(|rest| rest.split_once('}')).map(|(name, _)| {
            name.strip_suffix(":json").or_else(|| name.strip_suffix(":number")).unwrap_or(name)
        });
        let is_secret = |pointer: &str| {
            let mut secrets = self.definition.secrets.iter();
            secrets.any(|secret| is_around(secret, pointer) || is_around(pointer, secret))
        };
        if let Some(pointer) = named.into_iter().find(|pointer| is_secret(pointer)) {
            self.flaws.add(key, format!("'{pointer}' is a secret, or has one, and a plan would show it"));
        }
    }

    /// Checks that a rule shows no secret. `base` is the place of the element that its places are in, if it is for a list.
    pub(super) fn check_rule_shows_no_secret(&mut self, key: &Key, base: &str, rule: &Rule) {
        let table = &rule.0;
        let mut shown: Vec<String> =
            table.at.0.iter().chain(&table.join).map(|place| format!("{base}{place}")).collect();
        shown.extend(table.pick.iter().map(|pick| format!("{base}{}/*{}", pick.from, pick.at)));
        // What a case compares may be shown as the service's word.
        let shows_its_word = |case: &&Case| {
            case.is.is_some() || !case.one_of.is_empty() || case.contains.is_some() || !case.values.is_empty()
        };
        let words = table.first.iter().filter(shows_its_word).filter_map(|case| case.at.as_ref());
        shown.extend(words.map(|place| format!("{base}{place}")));
        let is_secret = |place: &String| {
            let mut secrets = self.definition.secrets.iter();
            secrets.any(|secret| is_around(secret, place) && is_around(place, secret))
        };
        if let Some(place) = shown.into_iter().find(is_secret) {
            self.flaws.add(
                key,
                format!("'{place}' is a secret, which a profile would show: a rule may only ask whether it is there, in a case with `present` or `non_empty`"),
            );
        }
    }

    /// Checks that a body has no secret at any of its keys.
    pub(super) fn check_body(&mut self, key: &Key, value: &serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    let key = key.then(name.as_str());
                    if let serde_json::Value::String(text) = value {
                        self.check_no_secret(&key, name, text);
                    }
                    self.check_body(&key, value);
                }
            }
            serde_json::Value::Array(items) => {
                items.iter().enumerate().for_each(|(number, item)| self.check_body(&key.then(number), item));
            }
            _ => {}
        }
    }

    /// Checks that a URL has no secret in it.
    pub(super) fn check_url(&mut self, key: &Key, url: &str) {
        let authority =
            url.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
        if authority.contains('@') {
            self.flaws.add(key, "a URL has no user and no password: name a credential under `auth`");
        }
        let query = url.split_once('?').map_or("", |(_, query)| query);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            self.check_no_secret(key, name, value);
        }
    }
}

/// Adds the texts of a value.
fn add_texts(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| add_texts(item, texts)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| add_texts(value, texts)),
        _ => {}
    }
}
