//! How a service words its errors.

use std::{borrow::Cow, fmt};

use anyprofile_core::ErrorKind;
use http::HeaderMap;
use serde_json::Value;

/// How a service words its errors: an object, so that it can also be made of what a file says.
pub trait Dialect: fmt::Debug + Send + Sync + 'static {
    /// The headers that may hold the service's id of the request, the best first.
    fn request_id_headers(&self) -> &[Cow<'static, str>];

    /// How the names of the service's own headers begin that say what is left of a quota of requests, in lower case:
    /// `example-quota` for `example-quota-limit`, `-remaining` and `-reset`. Those of the IETF's drafts are read anyway.
    fn quota_headers(&self) -> &[Cow<'static, str>] {
        &[]
    }

    /// Whether an error response has a form that the service documents for the operation. What has another form may
    /// come from something in front of the service, or from another server at a wrong base URL. A web page has none of
    /// a service's forms, and is not asked about.
    fn is_own_form(&self, failure: &Failure<'_>) -> bool;

    /// Reads an error response. What it leaves empty follows from the status.
    fn describe(&self, failure: &Failure<'_>, details: &mut ErrorDetails);

    /// What a response with a success status is: some services report errors with one. Asked before anything is tried again
    /// and before the budget of repetitions counts a success; a failure is then treated, and told, as one of the status that
    /// it stands for. Default: a success.
    fn verdict(&self, success: &Success<'_>) -> SuccessVerdict {
        let _ = success;
        SuccessVerdict::Success
    }
}

/// A response with a success status, before anything is made of it. `Debug` shows no content.
#[non_exhaustive]
pub struct Success<'a> {
    /// The operation, in the service's word for it.
    pub operation: &'a str,
    /// The status, from 200 to 299.
    pub status: u16,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The whole body, decompressed. A page may be large: a look at its beginning costs less than decoding it.
    pub body: &'a [u8],
}

impl fmt::Debug for Success<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Success")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What a response with a success status is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SuccessVerdict {
    /// A success.
    Success,
    /// A failure, as if it had this status: what a status says of whether to ask again, and of whom the failure is about,
    /// holds for it.
    Failure(u16),
}

/// A dialect that is known when the program is built: two functions, and the names of headers.
///
/// ```
/// use std::borrow::Cow;
///
/// use anyprofile_http::StaticDialect;
///
/// /// Errors are `{"problem": "…"}`.
/// const DIALECT: StaticDialect = StaticDialect::new(
///     |failure| failure.text("/problem").is_some(),
///     |failure, details| details.service_message = failure.texts("/problem"),
/// )
/// .with_request_id_headers(&[Cow::Borrowed("x-request-id")]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StaticDialect {
    request_id_headers: &'static [Cow<'static, str>],
    quota_headers: &'static [Cow<'static, str>],
    is_own_form: fn(&Failure<'_>) -> bool,
    describe: fn(&Failure<'_>, &mut ErrorDetails),
}

impl StaticDialect {
    /// Creates a dialect of the functions for [`Dialect::is_own_form`] and [`Dialect::describe`]. It has no headers of its own.
    pub const fn new(
        is_own_form: fn(&Failure<'_>) -> bool,
        describe: fn(&Failure<'_>, &mut ErrorDetails),
    ) -> Self {
        Self { request_id_headers: &[], quota_headers: &[], is_own_form, describe }
    }

    /// Sets [`Dialect::request_id_headers`].
    #[must_use]
    pub const fn with_request_id_headers(mut self, names: &'static [Cow<'static, str>]) -> Self {
        self.request_id_headers = names;
        self
    }

    /// Sets [`Dialect::describe`], for a dialect that is made of another.
    #[must_use]
    pub const fn with_description(mut self, describe: fn(&Failure<'_>, &mut ErrorDetails)) -> Self {
        self.describe = describe;
        self
    }

    /// Sets [`Dialect::quota_headers`].
    #[must_use]
    pub const fn with_quota_headers(mut self, prefixes: &'static [Cow<'static, str>]) -> Self {
        self.quota_headers = prefixes;
        self
    }
}

impl Dialect for StaticDialect {
    fn request_id_headers(&self) -> &[Cow<'static, str>] {
        self.request_id_headers
    }

    fn quota_headers(&self) -> &[Cow<'static, str>] {
        self.quota_headers
    }

    fn is_own_form(&self, failure: &Failure<'_>) -> bool {
        (self.is_own_form)(failure)
    }

    fn describe(&self, failure: &Failure<'_>, details: &mut ErrorDetails) {
        (self.describe)(failure, details);
    }
}

/// The error bodies of a token endpoint (RFC 6749 §5.2).
pub const TOKEN_DIALECT: StaticDialect = StaticDialect::new(|failure| failure.text("/error").is_some(), |failure, details| {
        details.code = failure.text("/error").map(str::to_owned);
        details.service_message = failure.text("/error_description").map(str::to_owned);
        // Without a body a 401 has its general meaning. Of other forms the token endpoint is not known.
        let is_oauth = failure.text("/error").is_some();
        if (matches!(failure.status, 400 | 401) && is_oauth) || (failure.status == 401 && failure.is_empty) {
            details.kind = Some(ErrorKind::Unauthenticated);
            details.message = Some("the service refuses the API token".into());
            details.hint = Some("check that it is an API token of this service that was not deleted; an access token is something else".into());
        }
    },).with_request_id_headers(&[Cow::Borrowed("x-request-id")]);

/// A response whose status is no success. `Debug` shows no content.
#[non_exhaustive]
pub struct Failure<'a> {
    /// The operation, in the service's word for it.
    pub operation: &'a str,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, where it is JSON.
    pub json: Option<Value>,
    /// Whether there is no body, or white space alone.
    pub is_empty: bool,
    /// Whether the body is HTML: something in front of the service answered.
    pub is_html: bool,
}

impl<'a> Failure<'a> {
    pub(crate) fn new(operation: &'a str, status: u16, headers: &'a HeaderMap, body: &[u8]) -> Self {
        let body = without_byte_order_mark(body);
        Self {
            operation,
            status,
            headers,
            json: serde_json::from_slice(body).ok(),
            is_empty: body.trim_ascii().is_empty(),
            is_html: is_html(headers, body),
        }
    }

    /// A text of the body, by its JSON pointer (RFC 6901).
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.json.as_ref()?.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
    }

    /// The texts of the body at a JSON pointer: a text, or all texts of a list or an object, in their order, with
    /// semicolons between.
    pub fn texts(&self, pointer: &str) -> Option<String> {
        fn gather<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
            match value {
                Value::String(text) if !text.is_empty() => texts.push(text),
                Value::Array(values) => values.iter().for_each(|value| gather(value, texts)),
                Value::Object(fields) => fields.values().for_each(|value| gather(value, texts)),
                _ => {}
            }
        }
        let mut texts = Vec::new();
        gather(self.json.as_ref()?.pointer(pointer)?, &mut texts);
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}

/// A body without the byte order mark that some servers put in front of JSON.
pub(crate) fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Whether a response is a web page, whatever its status says. What looks like JSON is none, even where it is declared as
/// a page: frameworks do so by default.
pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    match without_byte_order_mark(body).trim_ascii_start().first() {
        Some(b'<') => return true,
        Some(b'{' | b'[') => return false,
        _ => {}
    }
    headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/html"))
}

/// What an error response says. `Debug` shows no content.
#[derive(Default)]
#[non_exhaustive]
pub struct ErrorDetails {
    /// The kind, where it is another than the status's.
    pub kind: Option<ErrorKind>,
    /// What went wrong, in our words.
    pub message: Option<Cow<'static, str>>,
    /// What to do next.
    pub hint: Option<Cow<'static, str>>,
    /// The service's code.
    pub code: Option<String>,
    /// The service's words.
    pub service_message: Option<String>,
    /// The service's words about fields.
    pub field_errors: Vec<(String, String)>,
    /// The service's id of the request, where it stands in the body.
    pub request_id: Option<String>,
}

impl fmt::Debug for Failure<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Failure")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("is_html", &self.is_html)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ErrorDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ErrorDetails")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl ErrorDetails {
    /// Takes messages about a field: a text, or a list of texts.
    pub fn field(&mut self, name: &str, messages: &Value) {
        match messages {
            Value::Array(messages) => messages.iter().for_each(|message| self.field(name, message)),
            Value::String(message) => self.field_errors.push((name.to_owned(), message.clone())),
            Value::Null => {}
            other => self.field_errors.push((name.to_owned(), other.to_string())),
        }
    }
}

/// The kind of failure that a status stands for, with what it means and what to do.
pub(crate) fn by_status(status: u16) -> (ErrorKind, &'static str, Option<&'static str>) {
    match status {
        401 => (
            ErrorKind::Unauthenticated,
            "the service refuses the credential",
            Some("check the credential of this account, and that it is for this service and region"),
        ),
        402 => (
            ErrorKind::PermissionDenied,
            "the service refuses because of billing",
            Some("look at the account's billing"),
        ),
        403 => (
            ErrorKind::PermissionDenied,
            "the credential may not do this",
            Some("give the credential the permission, or use another one"),
        ),
        404 | 410 => (
            ErrorKind::NotFound,
            "not found, or not visible to this credential",
            Some("check the id and the account"),
        ),
        408 => (ErrorKind::Timeout, "the service gave up waiting", Some("try again")),
        409 | 412 => (
            ErrorKind::Conflict,
            "the request does not fit the present state",
            Some("read it again, then decide"),
        ),
        425 => (ErrorKind::Upstream, "the service is not ready to act on it yet", Some("try again")),
        429 => (ErrorKind::RateLimited, "too many requests", Some("wait, or ask for less at once")),
        499 => (ErrorKind::Cancelled, "the service says that the request was given up", Some("try again")),
        504 => (ErrorKind::Timeout, "the service did not answer in time", Some("try again later")),
        501 | 505 | 506 | 510 => (
            ErrorKind::Upstream,
            "the service does not support such a request",
            Some("check the base URL, and what stands between here and the service"),
        ),
        511 => (
            ErrorKind::Upstream,
            "the network asks for a sign-in before anything gets through",
            Some("open any web page in a browser, sign in to the network, and try again"),
        ),
        500..=599 => (ErrorKind::Upstream, "the service failed", Some("try again later")),
        300..=399 => (
            ErrorKind::Decode,
            "the service redirects where a response was expected",
            Some("check the base URL"),
        ),
        _ => (ErrorKind::InvalidRequest, "the service refuses the request", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_kind() {
        for (status, kind) in [
            (400, ErrorKind::InvalidRequest),
            (401, ErrorKind::Unauthenticated),
            (402, ErrorKind::PermissionDenied),
            (404, ErrorKind::NotFound),
            (409, ErrorKind::Conflict),
            (413, ErrorKind::InvalidRequest),
            (422, ErrorKind::InvalidRequest),
            (429, ErrorKind::RateLimited),
            (431, ErrorKind::InvalidRequest),
            (499, ErrorKind::Cancelled),
            (500, ErrorKind::Upstream),
            (504, ErrorKind::Timeout),
            (529, ErrorKind::Upstream),
            (999, ErrorKind::InvalidRequest),
        ] {
            assert_eq!(by_status(status).0, kind, "{status}");
        }
    }

    #[test]
    fn a_web_page_is_recognized_by_its_type_or_its_first_letter() {
        let html =
            HeaderMap::from_iter([(http::header::CONTENT_TYPE, "Text/HTML; charset=utf-8".parse().unwrap())]);
        assert!(is_html(&html, b""));
        assert!(is_html(&HeaderMap::new(), b" \n<!DOCTYPE html>"));
        assert!(is_html(&HeaderMap::new(), b"\xef\xbb\xbf<html>"));
        for body in [&b"{}"[..], b" [1]", b"\xef\xbb\xbf{\"results\":[]}"] {
            assert!(!is_html(&HeaderMap::new(), body));
            assert!(!is_html(&html, body), "JSON that is declared as a page is JSON");
        }
    }
}
