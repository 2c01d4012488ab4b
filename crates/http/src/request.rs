//! Requests, before they get an origin and a credential.

use std::borrow::Cow;

use anyprofile_core::wire::MOST_RECORDS;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use url::Url;

use crate::{
    Violations,
    multipart::{FormFile, form},
};

/// All characters except the unreserved ones of RFC 3986, because an id may contain anything.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request to a service's API, relative to its base URL. `Debug` shows no content.
///
/// ```
/// use anyprofile_http::Request;
/// use serde_json::json;
///
/// let list = Request::get("list-users").path("/users").query("page", Some(2)).query("search", None::<&str>);
/// // Sending it again has the same effect, so it is repeated if no response came.
/// let update = Request::patch("update-user", &json!({"title": "cto"})).path("/users").segment("ada").idempotent();
/// assert_eq!((list.operation().as_ref(), update.operation().as_ref()), ("list-users", "update-user"));
/// ```
#[derive(Clone)]
pub struct Request {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) idempotent: bool,
    pub(crate) link: Option<Link>,
    /// Whether it names a record or a part of a list: a 404 is then about that, and not about the base URL.
    pub(crate) names_resource: bool,
    pub(crate) most_records: usize,
    path: String,
    query: Vec<(String, String)>,
    invalid: Option<&'static str>,
    /// Why the service does not offer it to the account.
    pub(crate) unsupported: Option<Cow<'static, str>>,
    /// What to do if it is invalid or not supported.
    pub(crate) hint: Option<&'static str>,
    /// The rules of the service that it would break.
    pub(crate) violations: Violations,
}

/// A link of the service that replaces the request's own URL.
#[derive(Clone)]
pub(crate) enum Link {
    /// The link to the next page, to be merged with the query of the request.
    Next(String),
    /// The link to another resource, used unchanged.
    Given(String),
}

/// Shows no link, because a link may contain a signature.
impl std::fmt::Debug for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Next(_) => "Next(..)",
            Self::Given(_) => "Given(..)",
        })
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Request({} {})", self.method, self.operation)
    }
}

impl Request {
    /// Creates a request with this method and no body. Only `GET` is [idempotent](Self::idempotent), unless it is declared.
    pub fn new(operation: impl Into<Cow<'static, str>>, method: Method) -> Self {
        let idempotent = method == Method::GET;
        Self {
            operation: operation.into(),
            method,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            idempotent,
            link: None,
            names_resource: false,
            most_records: MOST_RECORDS,
            path: String::new(),
            query: Vec::new(),
            invalid: None,
            unsupported: None,
            hint: None,
            violations: Violations::new(),
        }
    }

    /// Creates a `GET` request. `operation` is the service's name for the operation.
    pub fn get(operation: impl Into<Cow<'static, str>>) -> Self {
        Self::new(operation, Method::GET)
    }

    /// Creates a `PATCH` request with a JSON body. It is not retried if its outcome is unknown.
    pub fn patch(operation: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        Self::new(operation, Method::PATCH).json(body)
    }

    /// Creates a `PUT` request with a JSON body. It is not retried if its outcome is unknown, because the record may have changed
    /// in between.
    pub fn put(operation: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        Self::new(operation, Method::PUT).json(body)
    }

    /// Creates a `POST` request without a body; [`json`](Self::json) adds one. It is not retried if its outcome is unknown, unless
    /// it is [`idempotent`](Self::idempotent).
    pub fn post(operation: impl Into<Cow<'static, str>>) -> Self {
        Self::new(operation, Method::POST)
    }

    /// Creates a `DELETE` request without a body. It is not retried if its outcome is unknown, unless it is
    /// [`idempotent`](Self::idempotent): a service may report a second one as "not found".
    pub fn delete(operation: impl Into<Cow<'static, str>>) -> Self {
        Self::new(operation, Method::DELETE)
    }

    /// Returns the service's name for the operation.
    pub fn operation(&self) -> &Cow<'static, str> {
        &self.operation
    }

    /// Declares that repeating the request has no further effect, whatever its method. A `POST` is then also taken as a read.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Returns whether the request only reads.
    pub(crate) fn reads(&self) -> bool {
        self.idempotent && matches!(self.method, Method::GET | Method::POST)
    }

    /// Declares that the request names a part of a list, such as a numbered page: a 404 then means that this part does not exist.
    /// Without it, a 404 means that the base URL is wrong. [`segment`](Self::segment) names a record and needs no declaration.
    pub fn names_resource(mut self, names_resource: bool) -> Self {
        self.names_resource |= names_resource;
        self
    }

    /// Adds the rules of the service that the request would break. If there are any, planning or sending it fails with all of them,
    /// and nothing is sent.
    pub fn checked(mut self, violations: Violations) -> Self {
        self.violations.extend(violations);
        self
    }

    /// Marks the request as invalid if `condition` holds, with a reason that repeats no value and a hint. Planning or sending it then
    /// fails, and nothing is sent.
    pub fn refused_if(mut self, is_refused: bool, reason: &'static str, hint: Option<&'static str>) -> Self {
        if is_refused {
            self.invalid = Some(reason);
            self.hint = hint;
        }
        self
    }

    /// Marks the operation as one that the service does not offer to the account as it is configured, with a reason and a hint.
    /// Planning or sending it then fails with [`Unsupported`](anyprofile_core::ErrorKind::Unsupported), and nothing is sent.
    pub fn unsupported(mut self, reason: impl Into<Cow<'static, str>>, hint: &'static str) -> Self {
        self.unsupported = Some(reason.into());
        self.hint = Some(hint);
        self
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body = body.into(),
            Err(_) => self.invalid = Some("the body cannot be serialized as JSON"),
        }
        self.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self
    }

    /// Sets a form body (`application/x-www-form-urlencoded`).
    pub fn form<'a>(mut self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body = body.into();
        let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.headers.insert(http::header::CONTENT_TYPE, content_type);
        self
    }

    /// Sets a form body (`multipart/form-data`) whose only part is a file, named `part`. Sending fails if the file has no name or an
    /// invalid media type.
    pub fn form_file(mut self, part: &'static str, file: &FormFile<'_>) -> Self {
        match form(part, file) {
            Ok((content_type, body)) => {
                self.headers.insert(http::header::CONTENT_TYPE, content_type);
                self.body = body;
            }
            Err(reason) => self.invalid = Some(reason),
        }
        self
    }

    /// Appends fixed segments to the path: `/v1/user_profiles`, with a trailing slash if the API has one.
    pub fn path(mut self, path: &str) -> Self {
        self.path.push_str(path);
        self
    }

    /// Appends a segment that is the same for all requests of an account, such as a tenant, percent-encoded. It names no record:
    /// a 404 of a list below it means that the account does not exist there. Sending fails if the segment is empty, `.` or `..`,
    /// which would address another resource.
    ///
    /// A prefix of all paths can also be part of the account's base URL.
    pub fn scope(self, segment: &str) -> Self {
        let names_resource = self.names_resource;
        let mut request = self.segment(segment);
        request.names_resource = names_resource;
        request
    }

    /// Appends a segment that names a record, percent-encoded: a 404 means that the record does not exist. Sending fails if the
    /// segment is empty, `.` or `..`, which would address another resource.
    pub fn segment(mut self, segment: &str) -> Self {
        if matches!(segment, "" | "." | "..") {
            self.invalid = Some("an id must not be empty, '.' or '..', which would address another resource");
        }
        self.names_resource = true;
        self.path.push('/');
        self.path.extend(utf8_percent_encode(segment, SEGMENT));
        self
    }

    /// Appends a segment `name=value`, with the value percent-encoded. Sending fails if the value is empty.
    pub fn named_segment(mut self, name: &'static str, value: &str) -> Self {
        if value.is_empty() {
            self.invalid = Some("a value is required after the '=' in the path");
        }
        self.names_resource = true;
        self.path.push('/');
        self.path.push_str(name);
        self.path.push('=');
        self.path.extend(utf8_percent_encode(value, SEGMENT));
        self
    }

    /// Adds a query parameter, if it has a value.
    pub fn query(mut self, name: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.query.push((name.to_owned(), value.to_string()));
        }
        self
    }

    /// Adds a query parameter once for each value.
    pub fn query_each<S: ToString>(mut self, name: &str, values: impl IntoIterator<Item = S>) -> Self {
        self.query.extend(values.into_iter().map(|value| (name.to_owned(), value.to_string())));
        self
    }

    /// Sets the number of records that the request asks for. A page may have twice as many, and always up to ten thousand. A larger
    /// page is not decoded, because that could take any amount of memory.
    pub fn asking_for(mut self, records: Option<u32>) -> Self {
        let asked = records.and_then(|records| usize::try_from(records).ok()).unwrap_or_default();
        self.most_records = MOST_RECORDS.max(asked.saturating_mul(2));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Replaces the path by the link that the last page returned, and merges the query.
    pub fn follow(mut self, next_link: Option<&str>) -> Self {
        self.link = next_link.map(|link| Link::Next(link.to_owned()));
        self
    }

    /// Replaces the URL by a link that the service returned. Its query is sent unchanged, because it may be signed. Its origin must
    /// be trusted, and its path must be the path of this request. The query of the request is not sent.
    pub fn given_link(mut self, link: &str) -> Self {
        self.link = Some(Link::Given(link.to_owned()));
        self
    }

    /// Returns the URL relative to `base`, before a link replaces it.
    pub(crate) fn url(&self, base: &Url) -> Result<Url, &'static str> {
        if let Some(invalid) = self.invalid {
            return Err(invalid);
        }
        let mut url = base.clone();
        // Not `Url::join`, which drops the last segment of a base without a trailing slash.
        url.set_path(&format!("{}{}", base.path().trim_end_matches('/'), self.path));
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: &str, request: &Request) -> String {
        request.url(&Url::parse(base).unwrap()).unwrap().into()
    }

    #[test]
    fn a_base_with_and_without_a_slash_keeps_its_path() {
        let request = || Request::get("x").path("/users").segment("a").path("/");
        for base in ["https://x/api", "https://x/api/"] {
            assert_eq!(url(base, &request()), "https://x/api/users/a/");
        }
        assert_eq!(url("https://x", &request()), "https://x/users/a/");
    }

    #[test]
    fn an_id_stays_one_segment() {
        let path = |id| url("https://x", &Request::get("x").path("/users").segment(id));
        assert_eq!(path("-_a"), "https://x/users/-_a");
        assert_eq!(path("a/../b?c#d%"), "https://x/users/a%2F..%2Fb%3Fc%23d%25");
        assert_eq!(path("name=acme"), "https://x/users/name%3Dacme");
        assert_eq!(path("%2e%2e"), "https://x/users/%252e%252e");
        for id in ["", ".", ".."] {
            assert!(Request::get("x").segment(id).url(&Url::parse("https://x").unwrap()).is_err());
        }
    }

    #[test]
    fn only_what_reads_may_be_repeated_unless_it_is_said_so() {
        assert!(Request::get("x").idempotent);
        assert!(!Request::patch("x", &()).idempotent);
        assert!(!Request::put("x", &()).idempotent);
        assert!(!Request::post("x").idempotent);
        assert!(!Request::delete("x").idempotent);
        let check = Request::post("x").idempotent();
        assert!(check.idempotent && check.method == Method::POST && check.body.is_empty());
        assert!(check.headers.is_empty());
    }

    #[test]
    fn a_body_is_sent_as_json_and_only_where_there_is_one() {
        for (request, method) in [
            (Request::patch("x", &[1]), Method::PATCH),
            (Request::put("x", &[1]), Method::PUT),
            (Request::post("x").json(&[1]), Method::POST),
        ] {
            assert_eq!((&request.method, &request.body[..]), (&method, &b"[1]"[..]));
            assert_eq!(request.headers["content-type"], "application/json");
        }
        let request = Request::delete("x");
        assert!(request.method == Method::DELETE && request.body.is_empty() && request.headers.is_empty());
    }

    #[test]
    fn debug_shows_no_link() {
        for request in [
            Request::get("x").given_link("/ref/users?sig=secret"),
            Request::get("x").follow(Some("?page=secret")),
        ] {
            assert!(!format!("{request:?}").contains("secret"));
        }
    }

    #[test]
    fn brackets_and_repeated_keys_are_encoded_once() {
        let request = Request::get("x")
            .path("/p")
            .query("filter[username]", Some("a b&c"))
            .query("absent", None::<&str>)
            .query_each("label", ["x", "y"]);
        assert_eq!(url("https://x", &request), "https://x/p?filter%5Busername%5D=a+b%26c&label=x&label=y");
    }

    #[test]
    fn a_form_says_what_it_is_and_one_that_cannot_be_is_refused() {
        let file = FormFile::new("a.png", "image/png", b"\xff");
        let form = Request::post("x").path("/p").form_file("file", &file);
        let content_type = form.headers["content-type"].to_str().unwrap();
        assert!(content_type.starts_with("multipart/form-data; boundary=anyprofile-"), "{content_type}");
        assert!(!form.idempotent && !format!("{form:?}").contains("a.png"));
        assert_eq!(url("https://x", &form), "https://x/p");
        let nameless = Request::post("x").form_file("file", &FormFile { name: "", ..file });
        assert!(nameless.url(&Url::parse("https://x").unwrap()).is_err());
    }
}
