//! Planned requests.

use std::{borrow::Cow, fmt};

use serde::Serialize;
use serde_json::Value;

/// A request of a plan.
///
/// `Debug` does not show the body: it holds the values to write.
///
/// ```
/// use anyprofile_core::plan::PlannedRequest;
/// use serde_json::json;
///
/// let body = json!({"title": "countess"});
/// let request = PlannedRequest::new("PATCH", "https://api.example.com/users/7Qx", Some(body))
///     .with_header("if-match", "\"3\"");
/// // A person sees all of it before it is sent. A log has no values.
/// assert_eq!(request.body, Some(json!({"title": "countess"})));
/// assert_eq!(format!("{request:?}"), "PlannedRequest(PATCH https://api.example.com/users/7Qx)");
/// ```
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlannedRequest {
    /// The HTTP method.
    pub method: Cow<'static, str>,
    /// The URL.
    pub url: String,
    /// The headers that affect the write, by lower-case name. Headers that every request has and credentials are not
    /// included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The JSON body.
    pub body: Option<Value>,
    /// A description of the body if it is not JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_description: Option<String>,
}

impl PlannedRequest {
    /// Creates a request.
    pub fn new(method: impl Into<Cow<'static, str>>, url: impl Into<String>, body: Option<Value>) -> Self {
        Self { method: method.into(), url: url.into(), headers: Vec::new(), body, body_description: None }
    }

    /// Adds a header that affects the write.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the description of a body that is not JSON.
    pub fn with_body_description(mut self, description: impl Into<String>) -> Self {
        self.body_description = Some(description.into());
        self
    }
}

impl fmt::Debug for PlannedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PlannedRequest({} {})", self.method, self.url)
    }
}
