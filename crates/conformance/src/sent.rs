//! The requests that a server reports.

use std::fmt;

/// A request that a [`Server`](crate::Server) received.
///
/// `Debug` shows no header and no body, since they may hold personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentRequest {
    /// The HTTP method.
    pub method: String,
    /// The URL: the origin of the server, and the path and query as received.
    pub url: String,
    /// The headers in the order received, with names in lower case. The value of a header with a credential may be
    /// omitted.
    pub headers: Vec<(String, String)>,
    /// The body as text. For a body that is not text, any non-empty string.
    pub body: String,
    /// Whether the request writes. A `POST` that only reads does not.
    pub is_write: bool,
}

impl SentRequest {
    /// Creates a request without headers and body. It counts as a write unless its method is `GET`, `HEAD` or
    /// `OPTIONS`.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        let method = method.into();
        let is_write = !matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS");
        Self { method, url: url.into(), headers: Vec::new(), body: String::new(), is_write }
    }

    /// Returns the path of the URL, as received.
    pub fn path(&self) -> &str {
        let after_scheme = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let path = after_scheme.find('/').map_or("", |at| &after_scheme[at..]);
        path.split(['?', '#']).next().unwrap_or_default()
    }

    /// Returns the path and the query of the URL, as received.
    #[cfg(feature = "server")]
    pub(crate) fn target(&self) -> &str {
        let after_scheme = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        after_scheme.find('/').map_or("/", |at| &after_scheme[at..])
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

    /// Sets whether the request writes.
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
