//! An OpenAPI document.

use anyprofile_core::{Error, Result};
use serde_json::{Map, Value};

/// How deep references and compositions are followed: a schema may refer to itself.
const DEPTH: usize = 12;

/// The properties of an object, with their schemas.
pub(super) type Properties<'a> = Vec<(&'a str, &'a Value)>;

/// A document of version 2 or 3.
pub(super) struct Document<'a> {
    root: &'a Value,
    paths: &'a Map<String, Value>,
}

/// An operation at a path.
pub(super) struct OperationAt<'a> {
    path: &'a str,
    item: &'a Value,
    operation: &'a Value,
    root: &'a Value,
}

impl<'a> Document<'a> {
    pub(super) fn new(root: &'a Value) -> Result<Self> {
        let is_document = root.get("openapi").is_some() || root.get("swagger").is_some();
        let paths = root.get("paths").and_then(Value::as_object).filter(|_| is_document);
        let paths = paths.ok_or_else(|| {
            Error::config("this is no OpenAPI document")
                .with_hint("give a document with `openapi` or `swagger`, and `paths`, in JSON or YAML")
        })?;
        Ok(Self { root, paths })
    }

    pub(super) fn title(&self) -> &'a str {
        self.root.pointer("/info/title").and_then(Value::as_str).unwrap_or("Acme")
    }

    pub(super) fn version(&self) -> String {
        self.root
            .pointer("/info/version")
            .map(|version| crate::template::text_of(version).into_owned())
            .unwrap_or_default()
    }

    pub(super) fn get(&self, path: &str) -> Option<OperationAt<'a>> {
        let (path, item) = self.paths.get_key_value(path)?;
        let item = self.resolved(item);
        Some(OperationAt { path, item, operation: item.get("get")?, root: self.root })
    }

    /// Returns the paths whose response looks like a list.
    pub(super) fn lists(&self) -> Vec<&'a str> {
        self.paths
            .keys()
            .map(String::as_str)
            .filter(|path| !path.ends_with('}'))
            .filter(|path| {
                let response = self.get(path).and_then(|operation| operation.response());
                let is_list = |schema: &Value| self.items(schema).is_some();
                response.is_some_and(|schema| {
                    is_list(schema) || self.properties(Some(schema)).iter().any(|(_, schema)| is_list(schema))
                })
            })
            .collect()
    }

    /// Returns the operation that reads one record of a list.
    pub(super) fn item_of(&self, list: &str) -> Option<(String, OperationAt<'a>)> {
        let below = |path: &str| -> Option<String> {
            let rest = path.strip_prefix(list)?.strip_prefix('/')?;
            let is_one = rest.starts_with('{') && rest.ends_with('}') && !rest.contains('/');
            is_one.then(|| format!("{list}/{{id}}"))
        };
        // Or one elsewhere: `/users/{name}` for `/admin/users`.
        let elsewhere = |path: &str| -> Option<String> {
            let (before, segment) = path.rsplit_once('/')?;
            let is_one = segment.starts_with('{') && segment.ends_with('}') && !before.contains('{');
            let is_same = before.rsplit('/').next() == list.rsplit('/').next();
            (is_one && is_same).then(|| format!("{before}/{{id}}"))
        };
        let first = |place: &dyn Fn(&str) -> Option<String>| {
            self.paths.keys().find_map(|path| Some((place(path)?, self.get(path)?)))
        };
        first(&below).or_else(|| first(&elsewhere))
    }

    /// Returns the URL of the first server, and its variables with their defaults.
    pub(super) fn server(&self) -> (String, Vec<(String, Option<String>)>) {
        if let Some(host) = self.root.get("host").and_then(Value::as_str) {
            let base = self.root.get("basePath").and_then(Value::as_str).unwrap_or_default();
            return (format!("https://{host}{}", base.trim_end_matches('/')), Vec::new());
        }
        let server = self.root.pointer("/servers/0");
        let url =
            server.and_then(|server| server.get("url")).and_then(Value::as_str).unwrap_or("https://{host}");
        let declared = server.and_then(|server| server.get("variables"));
        let mut url = url.trim_end_matches('/').to_owned();
        if url.starts_with('/') {
            url = format!("https://{{host}}{url}");
        }
        let names: Vec<String> = url.split(['{', '}']).skip(1).step_by(2).map(str::to_owned).collect();
        let variables = names
            .into_iter()
            .map(|name| {
                let default = declared.and_then(|variables| variables.get(&name)?.get("default"));
                (name, default.map(|text| crate::template::text_of(text).into_owned()))
            })
            .collect();
        (url, variables)
    }

    pub(super) fn security_schemes(&self) -> Vec<(&'a str, &'a Value)> {
        let schemes =
            self.root.pointer("/components/securitySchemes").or(self.root.get("securityDefinitions"));
        let schemes = schemes.and_then(Value::as_object).into_iter().flatten();
        schemes.map(|(name, scheme)| (name.as_str(), self.resolved(scheme))).collect()
    }

    /// Follows references.
    pub(super) fn resolved(&self, value: &'a Value) -> &'a Value {
        resolved(self.root, value)
    }

    /// Returns the properties of an object, those of its compositions included.
    pub(super) fn properties(&self, schema: Option<&'a Value>) -> Properties<'a> {
        let mut all = Vec::new();
        if let Some(schema) = schema {
            self.collect(schema, DEPTH, &mut all);
        }
        all
    }

    fn collect(&self, schema: &'a Value, depth: usize, all: &mut Properties<'a>) {
        if depth == 0 {
            return;
        }
        let schema = self.resolved(schema);
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if !all.iter().any(|(known, _)| known == name) {
                all.push((name, self.resolved(property)));
            }
        }
        for composition in ["allOf", "anyOf", "oneOf"] {
            for part in schema.get(composition).and_then(Value::as_array).into_iter().flatten() {
                self.collect(part, depth - 1, all);
            }
        }
    }

    /// Returns the schema of a list's items.
    pub(super) fn items(&self, schema: &'a Value) -> Option<&'a Value> {
        self.resolved(schema).get("items").map(|items| self.resolved(items))
    }

    pub(super) fn is_object(&self, schema: &'a Value) -> bool {
        !self.properties(Some(schema)).is_empty()
    }
}

fn resolved<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..DEPTH {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { break };
        let Some(target) = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) else {
            break;
        };
        value = target;
    }
    value
}

impl<'a> OperationAt<'a> {
    pub(super) fn path(&self) -> &'a str {
        self.path
    }

    /// Returns the name of the operation; the path in words if it has none.
    pub(super) fn name(&self) -> String {
        let named = self.operation.get("operationId").and_then(Value::as_str).filter(|name| !name.is_empty());
        named.map_or_else(|| format!("get {}", self.path), str::to_owned)
    }

    /// Returns the parameters of the query.
    pub(super) fn parameters(&self) -> Vec<&'a Value> {
        let lists = [self.item.get("parameters"), self.operation.get("parameters")];
        lists
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
            .map(|parameter| resolved(self.root, parameter))
            .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("query"))
            .collect()
    }

    /// Returns the response of a success.
    fn success(&self) -> Option<&'a Value> {
        let responses = self.operation.get("responses")?.as_object()?;
        let (_, response) = responses.iter().find(|(status, _)| status.starts_with('2'))?;
        Some(resolved(self.root, response))
    }

    /// Returns the schema of a success.
    pub(super) fn response(&self) -> Option<&'a Value> {
        self.schema(self.success()?)
    }

    /// Returns the names of the headers of a success.
    pub(super) fn headers(&self) -> Vec<&'a str> {
        let headers = self.success().and_then(|response| response.get("headers")?.as_object());
        headers.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// Returns the schema of a failure.
    pub(super) fn failure(&self) -> Option<&'a Value> {
        let responses = self.operation.get("responses")?.as_object()?;
        let is_failure = |status: &str| status.starts_with('4') || status == "default";
        responses
            .iter()
            .filter(|(status, _)| is_failure(status))
            .find_map(|(_, response)| self.schema(resolved(self.root, response)))
    }

    fn schema(&self, response: &'a Value) -> Option<&'a Value> {
        let of_content = || {
            let content = response.get("content")?.as_object()?;
            let (_, media) = content.iter().find(|(name, _)| name.contains("json"))?;
            media.get("schema")
        };
        response.get("schema").or_else(of_content).map(|schema| resolved(self.root, schema))
    }
}
