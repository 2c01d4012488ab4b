//! What a server tells of the requests that came to it.

use std::fmt;

/// A request that came to a [`Server`](crate::Server).
///
/// `Debug` shows no header and no body: they may hold what is personal.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentRequest {
    /// The HTTP method.
    pub method: String,
    /// The URL: the origin of the server, the path and the query as they came.
    pub url: String,
    /// The headers in the order in which they came, their names in lower case. The value of one that holds a credential need
    /// not be told.
    pub headers: Vec<(String, String)>,
    /// The body as text; of one that is no text, anything that is not empty.
    pub body: String,
    /// Whether it writes, or would. A `POST` that only reads does not.
    pub is_write: bool,
}

impl SentRequest {
    /// Creates a request without headers and body. It writes unless the method is one that only reads (`GET`, `HEAD`,
    /// `OPTIONS`).
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        let method = method.into();
        let is_write = !matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS");
        Self { method, url: url.into(), headers: Vec::new(), body: String::new(), is_write }
    }

    /// The path of the URL, as it came.
    pub fn path(&self) -> &str {
        let behind_scheme = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let path = behind_scheme.find('/').map_or("", |at| &behind_scheme[at..]);
        path.split(['?', '#']).next().unwrap_or_default()
    }

    /// Adds a header, with its name in lower case.
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// Sets the body.
    pub fn with_body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets whether it writes.
    pub fn with_write(mut self, is_write: bool) -> Self {
        self.is_write = is_write;
        self
    }
}

impl fmt::Debug for SentRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SentRequest({} {})", self.method, self.url)
    }
}
