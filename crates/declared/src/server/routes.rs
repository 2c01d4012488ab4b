//! Which request of a definition a request is.

use axum::http::{Method, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::{
    definition::{self, RequestTemplate},
    template::{Template, text_of},
};

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    List { collection: usize, part: usize },
    Filter { collection: usize, name: String },
    Total { collection: usize },
    Get { get: usize },
    Current,
    Find { key: &'static str },
    Record { record: usize },
    Join { join: usize },
    Action { name: String },
    Update { update: usize },
    Field { update: usize, path: String },
}

/// A request of the definition.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) purpose: Purpose,
    pub(super) template: RequestTemplate,
    pub(super) segments: Vec<Template>,
}

/// What was found in a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Matched {
    pub(super) id: Option<String>,
    pub(super) value: Option<String>,
    pub(super) literals: usize,
}

impl Route {
    pub(super) fn matched(
        &self,
        method: &Method,
        path: &str,
        query: &[(String, String)],
        body: &Value,
    ) -> Option<Matched> {
        let wanted = match self.template.method {
            definition::Method::Get => Method::GET,
            definition::Method::Post => Method::POST,
            definition::Method::Put => Method::PUT,
            definition::Method::Patch => Method::PATCH,
            definition::Method::Delete => Method::DELETE,
        };
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        if *method != wanted || segments.len() != self.segments.len() {
            return None;
        }
        let mut matched = Matched::default();
        for (template, segment) in self.segments.iter().zip(segments) {
            let segment = percent_decode_str(segment).decode_utf8_lossy();
            matched.take(template, &segment)?;
        }
        for (name, value) in &self.template.query {
            let values = match value {
                Value::Array(values) => values.iter().map(text_of).collect(),
                value => vec![text_of(value)],
            };
            let sent: Vec<&String> =
                query.iter().filter(|(known, _)| known == name).map(|(_, value)| value).collect();
            for (place, value) in values.iter().enumerate() {
                let template = Template::parse(value).ok()?;
                // Where a filter replaces a parameter, the request is still the list's.
                let sent = sent.get(place)?;
                matched.take(&template, sent)?;
            }
        }
        if let Some(template) = &self.template.body {
            matched.take_json(template, body)?;
        }
        Some(matched)
    }
}

impl Matched {
    /// Takes the values of a template out of a text; `None` if the text is another one.
    pub(super) fn take(&mut self, template: &Template, text: &str) -> Option<()> {
        if let Some(literal) = template.literal() {
            if literal != text {
                return None;
            }
            self.literals += 2;
            return Some(());
        }
        let names: Vec<&str> = template.names().collect();
        let (before, after) = template.around()?;
        let inner = text.strip_prefix(before)?.strip_suffix(after)?;
        if !before.is_empty() || !after.is_empty() {
            self.literals += 1;
        }
        match names.first() {
            Some(&"id") => self.id = Some(inner.to_owned()),
            Some(&"value") => self.value = Some(inner.to_owned()),
            _ => {}
        }
        // A value of the record names the profile, too.
        if names.is_empty() {
            self.id.get_or_insert_with(|| inner.to_owned());
        }
        Some(())
    }

    /// Takes the values of a part of a body; returns whether it is that part.
    pub(super) fn take_value(&mut self, template: &Value, sent: &Value) -> bool {
        self.take_json(template, sent).is_some()
    }

    fn take_json(&mut self, template: &Value, body: &Value) -> Option<()> {
        match (template, body) {
            (Value::Object(fields), Value::Object(sent)) => {
                for (key, value) in fields {
                    self.take_json(value, sent.get(key)?)?;
                }
                Some(())
            }
            (Value::Array(items), Value::Array(sent)) => {
                for (item, sent) in items.iter().zip(sent) {
                    self.take_json(item, sent)?;
                }
                Some(())
            }
            (Value::String(text), sent) if text.contains('{') => {
                let bare = text.replace(":number}", "}").replace(":json}", "}");
                let template = Template::parse(&bare).ok()?;
                self.take(&template, &text_of(sent))
            }
            (template, sent) => (template == sent).then_some(()),
        }
    }
}

/// Returns the parameters of a query, decoded.
pub(super) fn query_of(uri: &Uri) -> Vec<(String, String)> {
    let query = uri.query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

pub(super) fn split(path: &str) -> Vec<String> {
    let (mut all, mut current, mut is_name) = (Vec::new(), String::new(), false);
    for letter in path.chars().skip(1) {
        match letter {
            '/' if !is_name => all.push(std::mem::take(&mut current)),
            letter => {
                is_name = (is_name || letter == '{') && letter != '}';
                current.push(letter);
            }
        }
    }
    all.push(current);
    all
}
