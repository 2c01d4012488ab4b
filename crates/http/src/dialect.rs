//! How a service reports errors.

use std::{borrow::Cow, fmt};

use anyprofile_core::ErrorKind;
use http::HeaderMap;
use serde_json::Value;

/// How a service reports errors. It is a trait object, so that a dialect can also be built from a file.
///
/// ```
/// use std::borrow::Cow;
///
/// use anyprofile_core::ErrorKind;
/// use anyprofile_http::{Dialect, ErrorDetails, Failure, Success, SuccessVerdict};
///
/// /// Errors are `{"problem": "…", "code": "…"}`, also with the status 200.
/// #[derive(Debug)]
/// struct Library;
///
/// impl Dialect for Library {
///     fn request_id_headers(&self) -> &[Cow<'static, str>] {
///         &[Cow::Borrowed("x-request-id")]
///     }
///
///     fn is_own_form(&self, failure: &Failure<'_>) -> bool {
///         failure.text("/problem").is_some()
///     }
///
///     fn describe(&self, failure: &Failure<'_>, details: &mut ErrorDetails) {
///         details.service_message = failure.texts("/problem");
///         details.code = failure.texts("/code");
///         if failure.text("/code") == Some("no-such-reader") {
///             details.kind = Some(ErrorKind::NotFound);
///         }
///     }
///
///     fn verdict(&self, success: &Success<'_>) -> SuccessVerdict {
///         if success.body.starts_with(br#"{"problem""#) { SuccessVerdict::Failure(400) } else { SuccessVerdict::Success }
///     }
/// }
/// ```
pub trait Dialect: fmt::Debug + Send + Sync + 'static {
    /// Returns the names of the headers that may have the service's request id, in order of preference.
    fn request_id_headers(&self) -> &[Cow<'static, str>];

    /// Returns the prefixes of the service's own rate-limit headers, in lower case: `example-quota` for
    /// `example-quota-limit`, `-remaining` and `-reset`. The headers of the IETF drafts are always read.
    fn quota_headers(&self) -> &[Cow<'static, str>] {
        &[]
    }

    /// Returns whether an error response has a form that the service documents for the operation. A response of another form may
    /// come from a proxy or gateway, or from another server at a wrong base URL. It is not called for web pages, which never have
    /// a form of the service.
    fn is_own_form(&self, failure: &Failure<'_>) -> bool;

    /// Reads an error response into `details`. Fields that stay empty are derived from the status.
    fn describe(&self, failure: &Failure<'_>, details: &mut ErrorDetails);

    /// Returns whether a response with a success status is a success: some services report errors with status 200. It is called
    /// before the decision to retry, and before the retry budget counts a success. A failure is handled and reported like a response
    /// with the status that it names. Default: a success.
    fn verdict(&self, success: &Success<'_>) -> SuccessVerdict {
        let _ = success;
        SuccessVerdict::Success
    }
}

/// A response with a success status, before it is decoded. `Debug` shows no content.
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes(r#"{"problem":"no such user"}"#)))
/// #     }
/// # }
/// # use std::borrow::Cow;
/// use anyprofile_http::{Dialect, ErrorDetails, Failure, Success, SuccessVerdict};
///
/// #[derive(Debug)]
/// struct Library;
///
/// impl Dialect for Library {
///     /// A user that does not exist is reported with the status 200.
///     fn verdict(&self, success: &Success<'_>) -> SuccessVerdict {
///         let is_missing = success.operation == "get-user" && success.body.starts_with(br#"{"problem""#);
///         if is_missing { SuccessVerdict::Failure(404) } else { SuccessVerdict::Success }
///     }
/// #     fn request_id_headers(&self) -> &[Cow<'static, str>] { &[] }
/// #     fn is_own_form(&self, failure: &Failure<'_>) -> bool { failure.text("/problem").is_some() }
/// #     fn describe(&self, _: &Failure<'_>, _: &mut ErrorDetails) {}
///     // …
/// }
/// # fn client() -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory));
/// #     HttpClient::new(info, credential, HeaderMap::new(), Library, options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # let client = client()?;
///
/// let error = client.send(Request::get("get-user").path("/users").segment("ada")).await.unwrap_err();
/// assert_eq!(error.kind(), anyprofile_core::ErrorKind::NotFound);
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
pub struct Success<'a> {
    /// The service's name for the operation.
    pub operation: &'a str,
    /// The status, from 200 to 299.
    pub status: u16,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The whole body, decompressed. It may be large: to look at its start is cheaper than to decode it.
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

/// Whether a response with a success status is a success.
///
/// ```
/// use anyprofile_http::SuccessVerdict;
///
/// /// During maintenance the service sends a notice with the status 200.
/// fn verdict(body: &[u8]) -> SuccessVerdict {
///     if body == b"maintenance" { SuccessVerdict::Failure(503) } else { SuccessVerdict::Success }
/// }
///
/// assert_eq!(verdict(b"maintenance"), SuccessVerdict::Failure(503));
/// assert_eq!(verdict(b"[]"), SuccessVerdict::Success);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SuccessVerdict {
    /// It is a success.
    Success,
    /// It is a failure, and is handled as if the response had this status.
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

/// The dialect of a token endpoint (RFC 6749 §5.2) that takes a service's API token.
pub const TOKEN_DIALECT: StaticDialect = StaticDialect::new(is_oauth, |failure, details| {
    describe_token_error(
        failure,
        details,
        "the service refuses the API token",
        "check that the API token exists at this service; an access token is not an API token",
    );
})
.with_request_id_headers(&[Cow::Borrowed("x-request-id")]);

/// The dialect of a token endpoint (RFC 6749 §5.2) for OAuth clients.
pub(crate) const CLIENT_DIALECT: StaticDialect = StaticDialect::new(is_oauth, |failure, details| {
    describe_token_error(
        failure,
        details,
        "the token endpoint refuses the client",
        "check the client's id, its secret or key, and the scope; the client must be allowed to get tokens for itself",
    );
})
.with_request_id_headers(&[Cow::Borrowed("x-request-id")]);

fn is_oauth(failure: &Failure<'_>) -> bool {
    failure.text("/error").is_some()
}

fn describe_token_error(
    failure: &Failure<'_>,
    details: &mut ErrorDetails,
    message: &'static str,
    hint: &'static str,
) {
    details.code = failure.text("/error").map(str::to_owned);
    details.service_message = failure.text("/error_description").map(str::to_owned);
    // Without a body a 401 has its general meaning. Of other forms the token endpoint is not known.
    let is_oauth = is_oauth(failure);
    if (matches!(failure.status, 400 | 401) && is_oauth) || (failure.status == 401 && failure.is_empty) {
        details.kind = Some(ErrorKind::Unauthenticated);
        details.message = Some(message.into());
        details.hint = Some(hint.into());
    }
}

/// A response whose status is not a success. `Debug` shows no content.
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         let body = r#"{"problems":["the address is taken","the name is too long"],"code":"taken"}"#;
/// #         Ok(http::Response::builder().status(409).body(ResponseBody::from_bytes(body)).unwrap())
/// #     }
/// # }
/// # fn client(dialect: StaticDialect) -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory));
/// #     HttpClient::new(info, credential, HeaderMap::new(), dialect, options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// use anyprofile_http::{Request, StaticDialect};
///
/// // Errors are `{"problems": ["…"], "code": "…"}`. Anything else is from a gateway.
/// let dialect = StaticDialect::new(
///     |failure| failure.text("/code").is_some(),
///     |failure, details| {
///         details.code = failure.texts("/code");
///         details.service_message = failure.texts("/problems");
///     },
/// );
/// # let client = client(dialect)?;
/// let error = client.send(Request::get("list-users").path("/users")).await.unwrap_err();
/// assert_eq!((error.status(), error.code()), (Some(409), Some("taken")));
/// assert_eq!(error.service_message(), Some("the address is taken; the name is too long"));
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
pub struct Failure<'a> {
    /// The service's name for the operation.
    pub operation: &'a str,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, if it is JSON.
    pub json: Option<Value>,
    /// Whether the body is empty or only white space.
    pub is_empty: bool,
    /// Whether the body is HTML, which means that a proxy or gateway responded.
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

    /// Returns the string at a JSON pointer (RFC 6901) of the body, if it is not empty.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.json.as_ref()?.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
    }

    /// Returns the strings at a JSON pointer of the body: one string, or all strings of a list or an object in their order, joined by
    /// semicolons.
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

/// Returns the body without the byte order mark that some servers put before JSON.
pub(crate) fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Returns whether a response is a web page, whatever its status. A body that looks like JSON is not, even if its content type is
/// `text/html`, which is the default of some frameworks.
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

/// The details of an error response. `Debug` shows no content.
///
/// ```
/// use anyprofile_core::ErrorKind;
/// use anyprofile_http::ErrorDetails;
/// use serde_json::json;
///
/// // What a dialect makes of `{"email": ["is taken"], "name": "is too long"}`.
/// let mut details = ErrorDetails::default();
/// details.kind = Some(ErrorKind::Conflict);
/// for (name, messages) in [("email", json!(["is taken"])), ("name", json!("is too long"))] {
///     details.field(name, &messages);
/// }
/// assert_eq!(details.field_errors[0], ("email".to_owned(), "is taken".to_owned()));
/// assert_eq!(details.field_errors[1], ("name".to_owned(), "is too long".to_owned()));
/// ```
#[derive(Default)]
#[non_exhaustive]
pub struct ErrorDetails {
    /// The kind of error, if it is not the one of the status.
    pub kind: Option<ErrorKind>,
    /// What went wrong, in the words of this library.
    pub message: Option<Cow<'static, str>>,
    /// What to do next.
    pub hint: Option<Cow<'static, str>>,
    /// The error code of the service.
    pub code: Option<String>,
    /// The message of the service.
    pub service_message: Option<String>,
    /// The messages of the service about single fields: name and message.
    pub field_errors: Vec<(String, String)>,
    /// The service's request id, if it is in the body.
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
    /// Adds messages about a field: a string, or a list of strings.
    pub fn field(&mut self, name: &str, messages: &Value) {
        match messages {
            Value::Array(messages) => messages.iter().for_each(|message| self.field(name, message)),
            Value::String(message) => self.field_errors.push((name.to_owned(), message.clone())),
            Value::Null => {}
            other => self.field_errors.push((name.to_owned(), other.to_string())),
        }
    }
}

/// Returns the kind of error that a status stands for, with a message and a hint.
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
            "the request conflicts with the current state of the profile",
            Some("read the profile again, then decide"),
        ),
        425 => {
            (ErrorKind::Upstream, "the service is not ready to process the request yet", Some("try again"))
        }
        429 => (ErrorKind::RateLimited, "too many requests", Some("wait, or ask for less at once")),
        499 => {
            (ErrorKind::Cancelled, "the service reports that the request was cancelled", Some("try again"))
        }
        504 => (ErrorKind::Timeout, "the service did not respond in time", Some("try again later")),
        501 | 505 | 506 | 510 => (
            ErrorKind::Upstream,
            "the service does not support such a request",
            Some("check the base URL, and any proxy or gateway in front of the service"),
        ),
        511 => (
            ErrorKind::Upstream,
            "the network requires a sign-in",
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
