//! Requests that are shown before they are sent.

use std::{borrow::Cow, fmt};

use serde::Serialize;
use serde_json::Value;

/// A request that a plan sends.
///
/// `Debug` shows no body: it holds what is to be written.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlannedRequest {
    /// The HTTP method.
    pub method: Cow<'static, str>,
    /// The URL.
    pub url: String,
    /// The headers that make a difference to what is written, by their names in lower case: not those that every request of
    /// every client has, and no credential.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The JSON body.
    pub body: Option<Value>,
    /// What the body is, where it is no JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_description: Option<String>,
}

impl PlannedRequest {
    /// A request.
    pub fn new(method: impl Into<Cow<'static, str>>, url: impl Into<String>, body: Option<Value>) -> Self {
        Self { method: method.into(), url: url.into(), headers: Vec::new(), body, body_description: None }
    }

    /// Adds a header that makes a difference.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Says what a body is that is no JSON.
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
