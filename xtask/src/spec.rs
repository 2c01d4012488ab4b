//! OpenAPI documents, as far as the chores need them.

use std::{fmt, fs, path::Path};

use serde::Deserialize;
use serde_json::Value;

/// The methods that an operation can have.
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// The `POST`s that change nothing.
const READING_POSTS: &[&str] =
    &["get-current-user-verification-status", "get-current-user-verification-status-full"];

/// A service that there is a client of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Service {
    Upsun,
    Probely,
    Anthropic,
}

impl Service {
    pub(crate) const ALL: &[Self] = &[Self::Upsun, Self::Probely, Self::Anthropic];

    /// The name of its crate's folder, and of its feature.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Upsun => "upsun",
            Self::Probely => "probely",
            Self::Anthropic => "anthropic",
        }
    }

    /// Its name for people.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Upsun => "Upsun",
            Self::Probely => "Probely",
            Self::Anthropic => "Anthropic",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.title())
    }
}

/// A document that the chores know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Upsun,
    Probely,
    /// User profiles under the dated betas.
    AnthropicBetas,
    /// The generally available API of user profiles, and the Admin API.
    Anthropic,
}

impl Source {
    pub(crate) const ALL: &[Self] = &[Self::Upsun, Self::Probely, Self::AnthropicBetas, Self::Anthropic];

    pub(crate) const fn service(self) -> Service {
        match self {
            Self::Upsun => Service::Upsun,
            Self::Probely => Service::Probely,
            Self::AnthropicBetas | Self::Anthropic => Service::Anthropic,
        }
    }

    /// An operation that no other document has.
    const fn mark(self) -> &'static str {
        match self {
            Self::Upsun => "list-profiles",
            Self::Probely => "users_list",
            Self::AnthropicBetas => "BetaListUserProfiles",
            Self::Anthropic => "retrieve_organization",
        }
    }

    /// Whether its names of operations are the service's own. The others are those of whoever wrote the document.
    pub(crate) const fn names_operations(self) -> bool {
        !matches!(self, Self::Anthropic)
    }
}

/// An operation of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) id: String,
    /// In lower case.
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) is_deprecated: bool,
}

impl Operation {
    /// The method, in upper case, and the path.
    pub(crate) fn request(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Whether it changes nothing.
    pub(crate) fn is_read(&self) -> bool {
        self.method == "get" || READING_POSTS.contains(&self.id.as_str())
    }
}

/// A document.
#[derive(Debug)]
pub(crate) struct Spec {
    /// The service; none for one of the catalog.
    pub(crate) source: Option<Source>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) document: Value,
}

impl Spec {
    /// Reads a document from a file.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let named = |error: &dyn fmt::Display| format!("{}: {error}", file.display());
        let text = fs::read_to_string(file).map_err(|error| named(&error))?;
        Self::parse(&text).map_err(|error| named(&error))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Self::of(serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?)
    }

    /// One of the services that have a crate.
    pub(crate) fn of(document: Value) -> Result<Self, String> {
        let operations = operations_of(&document)?;
        let has = |id: &str| operations.iter().any(|operation| operation.id == id);
        let source = Source::ALL.iter().find(|source| has(source.mark()));
        let source = *source.ok_or("none of the services has these operations")?;
        Ok(Self { source: Some(source), operations, document })
    }

    /// One of a service of the catalog.
    pub(crate) fn of_catalog(document: Value) -> Result<Self, String> {
        Ok(Self { source: None, operations: operations_of(&document)?, document })
    }

    /// The operation that a request is of: where several paths fit, the one that leaves least open.
    pub(crate) fn operation_of(&self, method: &str, path: &str) -> Option<&Operation> {
        let of_method = self.operations.iter().filter(|operation| operation.method == method);
        let fitting = of_method.filter_map(|operation| Some((fit(&operation.path, path)?, operation)));
        fitting.max_by_key(|(literal, _)| *literal).map(|(_, operation)| operation)
    }
}

fn operations_of(document: &Value) -> Result<Vec<Operation>, String> {
    let paths = document["paths"].as_object().ok_or("no OpenAPI document: it has no paths")?;
    let mut operations = Vec::new();
    for (path, item) in paths {
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            let id = operation["operationId"]
                .as_str()
                .ok_or_else(|| format!("{method} {path} has no operationId"))?;
            operations.push(Operation {
                id: id.to_owned(),
                method: (*method).to_owned(),
                path: path.clone(),
                is_deprecated: operation["deprecated"] == true,
            });
        }
    }
    Ok(operations)
}

/// How many characters of a path a template prescribes; `None` if the path does not fit it.
fn fit(template: &str, path: &str) -> Option<usize> {
    let (templates, segments): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if templates.len() != segments.len() {
        return None;
    }
    let mut literal = 0;
    for (template, segment) in templates.into_iter().zip(segments) {
        let segment = decoded(segment);
        let variable = template.split_once('{').zip(template.rsplit_once('}'));
        let fits = if let Some(((before, _), (_, behind))) = variable {
            literal += before.len() + behind.len();
            let inner = segment.strip_prefix(before).and_then(|segment| segment.strip_suffix(behind));
            inner.is_some_and(|inner| !inner.is_empty())
        } else {
            literal += template.len();
            segment == template
        };
        if !fits {
            return None;
        }
    }
    Some(literal)
}

/// A segment of a path without percent-encoding.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [byte, behind @ ..] = rest {
        let code = behind.first_chunk::<2>().and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        let (byte, behind) = match (byte, code) {
            (b'%', Some(code)) => (code, &behind[2..]),
            _ => (*byte, behind),
        };
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const SMALL: &str = r#"{"paths": {
        "/profiles": {"get": {"operationId": "list-profiles"}, "parameters": []},
        "/users/{user_id}": {
            "get": {"operationId": "get-user"},
            "patch": {"operationId": "update-user"}
        },
        "/users/me": {"get": {"operationId": "get-current-user"}},
        "/users/email={email}": {"get": {"operationId": "get-user-by-email-address"}},
        "/me/phone": {"post": {"operationId": "get-current-user-verification-status"}}
    }}"#;

    #[test]
    fn a_request_is_of_the_operation_that_leaves_least_open() {
        let spec = Spec::parse(SMALL).unwrap();
        assert_eq!(spec.source, Some(Source::Upsun));
        let of = |method, path| spec.operation_of(method, path).map(|operation| operation.id.as_str());
        assert_eq!(of("get", "/users/me"), Some("get-current-user"));
        assert_eq!(of("get", "/users/0b5a"), Some("get-user"));
        assert_eq!(of("patch", "/users/me"), Some("update-user"));
        assert_eq!(of("get", "/users/email%3Dada%40example.com"), Some("get-user-by-email-address"));
        assert_eq!(of("get", "/users/email=ada%40example.com"), Some("get-user-by-email-address"));
        assert_eq!(of("get", "/users/email="), Some("get-user"));
        for (method, path) in
            [("get", "/users/"), ("get", "/users/a/b"), ("delete", "/users/me"), ("get", "/")]
        {
            assert_eq!(of(method, path), None, "{method} {path}");
        }
    }

    #[test]
    fn reads_are_told_from_writes() {
        let spec = Spec::parse(SMALL).unwrap();
        let writes: Vec<_> = spec.operations.iter().filter(|operation| !operation.is_read()).collect();
        assert_eq!(writes.len(), 1);
        assert_eq!(writes[0].id, "update-user");
    }

    #[test]
    fn what_is_no_document_of_a_service_is_said_to_be_none() {
        for (text, reason) in [
            ("[", "no JSON"),
            ("{}", "no paths"),
            (r#"{"paths": {"/a": {"get": {}}}}"#, "get /a has no operationId"),
            (r#"{"paths": {"/a": {"get": {"operationId": "x"}}}}"#, "none of the services"),
        ] {
            let error = Spec::parse(text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn percent_signs_that_encode_nothing_stay() {
        assert_eq!(decoded("a%2Fb%zz%4"), "a/b%zz%4");
    }
}
