//! One request and its response, in the types of the services' modules.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::delivery::Delivery;

/// A request.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// As sent, percent-encoded.
    pub(crate) path: String,
    pub(crate) raw_query: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) request_id: String,
}

impl Call {
    /// Returns a header as text; `None` if it is missing or not text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the credential of the request without its scheme; empty if there is none.
    pub(crate) fn credential(&self) -> &str {
        let value = self.header("x-api-key").or_else(|| self.header("authorization")).unwrap_or_default();
        value.rsplit(' ').next().unwrap_or_default()
    }

    /// Returns whether the content type is JSON or a `+json` type.
    pub(crate) fn is_json(&self) -> bool {
        self.header("content-type").is_some_and(|content_type| {
            let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
        })
    }
}

/// Returns whether a text has the format of an e-mail address. The domain is not checked.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '@';
    !local.is_empty()
        && !domain.is_empty()
        && !local.contains(odd)
        && !domain.contains(odd)
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

/// The decoded parameters of a query or a form, in the order of the request.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let decode =
            |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        )
    }

    /// Returns the last value of a parameter, which most frameworks use if it is repeated.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) delivery: Delivery,
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), delivery: Delivery::Whole }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        let mut reply = Self::empty(status).header("content-type", content_type);
        reply.body = body.into().into_bytes();
        reply
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Changes the delivery of the body. The declared length stays that of the right body.
    pub(crate) fn delivered(mut self, delivery: Delivery) -> Self {
        if delivery != Delivery::Whole {
            self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
            self.headers.push(("content-length".to_owned(), self.body.len().to_string()));
            self.delivery = delivery;
        }
        self
    }

    /// Converts to an HTTP response. A status or header that is invalid in HTTP is omitted, since a fault may
    /// contain one.
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(self.delivery.body(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_and_keeps_repeated_names() {
        let query = Query::parse("filter%5Busername%5D=a%2Bb&x=1&&x=a+b&flag");
        assert_eq!(query.get("filter[username]"), Some("a+b"));
        assert_eq!(query.get("x"), Some("a b"));
        assert_eq!(query.all("x").collect::<Vec<_>>(), ["1", "a b"]);
        assert_eq!(query.get("flag"), Some(""));
        assert_eq!(query.get("y"), None);
    }

    #[test]
    fn the_form_of_an_address_is_checked() {
        assert!(is_email("a@example.com") && is_email("ä+b@localhost"));
        assert!(!is_email("") && !is_email("a") && !is_email("@b") && !is_email("a@") && !is_email("a@.b"));
    }
}
