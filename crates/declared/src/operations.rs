//! The requests of a definition, with their templates taken apart.

use anyprofile_core::Result;
use anyprofile_http::{HeaderName, HeaderValue, Request};
use serde_json::Value;

use crate::{
    definition::{Method, RequestTemplate},
    template::{JsonTemplate, Template, Values, text_of},
};

/// A request of a definition.
#[derive(Clone, Debug)]
pub(crate) struct RequestPlan {
    operation: String,
    method: http_method::Method,
    path: Vec<Segment>,
    query: Vec<(String, Vec<Template>)>,
    headers: Vec<(HeaderName, Template)>,
    body: Option<JsonTemplate>,
    is_repeatable: bool,
    content_type: Option<HeaderValue>,
}

mod http_method {
    pub(super) use anyprofile_http::http::Method;
}

/// A segment of a path, behind a slash.
#[derive(Clone, Debug)]
struct Segment {
    text: Template,
    /// Whether it names a record.
    names_record: bool,
}

/// What goes into a request besides its template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Additions {
    /// Parameters of the query, which replace those of the template.
    pub(crate) query: Vec<(String, Vec<String>)>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// The body instead of that of the template.
    pub(crate) body: Option<Value>,
    /// The path instead of that of the template.
    pub(crate) path: Option<String>,
    /// Whether it writes: it is then never repeated by itself.
    pub(crate) writes: bool,
}

impl RequestPlan {
    /// Takes a request apart.
    ///
    /// # Errors
    /// The key of the request, and what is wrong with it.
    pub(crate) fn new(
        template: &RequestTemplate,
        content_type: Option<&str>,
    ) -> Result<Self, (Vec<String>, String)> {
        let at = |key: &[&str], message: String| (key.iter().map(|key| (*key).to_owned()).collect(), message);
        if !template.path.starts_with('/') {
            return Err(at(&["path"], "the path begins with '/'".to_owned()));
        }
        let mut path = Vec::new();
        for segment in segments(&template.path) {
            let text = Template::parse(segment).map_err(|message| at(&["path"], message))?;
            let names_record =
                text.names().any(|name| matches!(name, "id" | "value")) || text.pointers().next().is_some();
            path.push(Segment { text, names_record });
        }
        let mut query = Vec::new();
        for (name, value) in &template.query {
            let values = match value {
                Value::Array(values) => values.iter().collect(),
                value => vec![value],
            };
            let parse = |value: &&Value| {
                Template::parse(&text_of(value)).map_err(|message| at(&["query", name], message))
            };
            query.push((name.clone(), values.iter().map(parse).collect::<Result<_, _>>()?));
        }
        let mut headers = Vec::new();
        for (name, value) in &template.headers {
            let header: HeaderName =
                name.parse().map_err(|_| at(&["headers", name], "it is no name of a header".to_owned()))?;
            headers
                .push((header, Template::parse(value).map_err(|message| at(&["headers", name], message))?));
        }
        let body = template
            .body
            .as_ref()
            .map(JsonTemplate::parse)
            .transpose()
            .map_err(|message| at(&["body"], message))?;
        Ok(Self {
            operation: template.operation.clone(),
            method: match template.method {
                Method::Get => http_method::Method::GET,
                Method::Post => http_method::Method::POST,
                Method::Put => http_method::Method::PUT,
                Method::Patch => http_method::Method::PATCH,
                Method::Delete => http_method::Method::DELETE,
            },
            path,
            query,
            headers,
            body,
            is_repeatable: template.repeatable,
            content_type: content_type.and_then(|text| HeaderValue::from_str(text).ok()),
        })
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        self.is_repeatable
    }

    pub(crate) fn operation(&self) -> &str {
        &self.operation
    }

    /// Returns all templates, for checks.
    pub(crate) fn templates(&self) -> Vec<&Template> {
        let mut all: Vec<&Template> = self.path.iter().map(|segment| &segment.text).collect();
        all.extend(self.query.iter().flat_map(|(_, values)| values));
        all.extend(self.headers.iter().map(|(_, value)| value));
        if let Some(body) = &self.body {
            body.each(&mut |template| all.push(template));
        }
        all
    }

    /// Returns the body of the template.
    ///
    /// # Errors
    /// The name that has no value.
    pub(crate) fn body(&self, values: &Values<'_>) -> Result<Option<Value>, String> {
        self.body.as_ref().map(|body| body.render(values)).transpose()
    }

    /// Returns whether it needs the profile's record.
    pub(crate) fn needs_record(&self) -> bool {
        let has_pointer = self.templates().iter().any(|template| template.pointers().next().is_some());
        has_pointer || self.body.as_ref().is_some_and(has_json_of_record)
    }

    /// Builds the request.
    pub(crate) fn request(&self, values: &Values<'_>, additions: Additions) -> Request {
        let mut request = Request::new(self.operation.clone(), self.method.clone());
        let mut missing = None;
        let mut render = |template: &Template| match template.render(values) {
            Ok(text) => text,
            Err(name) => {
                missing = Some(name);
                String::new()
            }
        };
        if let Some(path) = &additions.path {
            request = request.path(path);
        }
        for segment in self.path.iter().filter(|_| additions.path.is_none()) {
            request = match segment.text.literal() {
                Some(literal) => request.path("/").path(literal),
                None if segment.names_record => request.segment(&render(&segment.text)),
                None => request.scope(&render(&segment.text)),
            };
        }
        for (name, templates) in &self.query {
            if additions.query.iter().any(|(replaced, _)| replaced == name) {
                continue;
            }
            for template in templates {
                // A 404 is then about the record that the parameter names.
                let names_record = template.names().any(|name| name == "id" || name == "value");
                request = request.query(name, Some(render(template))).names_resource(names_record);
            }
        }
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(&render(value)) {
                request = request.header(name.clone(), value);
            }
        }
        let body = match additions.body {
            Some(body) => Some(body),
            None => self.body.as_ref().and_then(|body| match body.render(values) {
                Ok(body) => Some(body),
                Err(name) => {
                    missing = Some(name);
                    None
                }
            }),
        };
        for (name, values) in additions.query {
            request = request.query_each(&name, values);
        }
        for (name, value) in additions.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &body {
            request = request.json(body);
            if let Some(content_type) = &self.content_type {
                request = request.header(anyprofile_http::header::CONTENT_TYPE, content_type.clone());
            }
        }
        if self.is_repeatable && !additions.writes {
            request = request.idempotent();
        }
        request.refused_if(
            missing.is_some(),
            "a value that the request needs is not known",
            Some("read the profile, and look for the field that the definition names in the request"),
        )
    }
}

/// Returns the segments of a path. A slash between braces is part of a name: `{record:/id}`.
fn segments(path: &str) -> Vec<&str> {
    let (mut all, mut from, mut is_name) = (Vec::new(), 1, false);
    for (at, letter) in path.char_indices().skip(1) {
        match letter {
            '{' => is_name = true,
            '}' => is_name = false,
            '/' if !is_name => {
                all.push(&path[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    all.push(&path[from..]);
    all
}

fn has_json_of_record(body: &JsonTemplate) -> bool {
    match body {
        JsonTemplate::Json(name) => name.starts_with("record:"),
        JsonTemplate::List(items) => items.iter().any(has_json_of_record),
        JsonTemplate::Object(fields) => fields.iter().any(|(_, value)| has_json_of_record(value)),
        _ => false,
    }
}
