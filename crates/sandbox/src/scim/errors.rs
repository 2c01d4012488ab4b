//! Errors (RFC 7644 §3.12).

use serde_json::json;

use super::MEDIA_TYPE;
use crate::exchange::Reply;

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    /// The `scimType`, which only some errors have.
    kind: Option<&'static str>,
    detail: String,
}

pub(super) type Result<T> = std::result::Result<T, Refusal>;

impl Refusal {
    pub(super) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, kind: None, detail: detail.into() }
    }

    /// Returns a refusal with the status 400 and a `scimType`.
    pub(super) fn invalid(kind: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: Some(kind), ..Self::new(400, detail) }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "The resource does not exist.")
    }

    pub(super) fn taken(attribute: &str) -> Self {
        Self { status: 409, ..Self::invalid("uniqueness", format!("Another resource has this {attribute}.")) }
    }

    pub(super) fn reply(&self) -> Reply {
        let mut body = json!({"schemas": [ERROR], "status": self.status.to_string(), "detail": self.detail});
        if let Some(kind) = self.kind {
            body["scimType"] = kind.into();
        }
        let reply = Reply::text(self.status, MEDIA_TYPE, body.to_string());
        if self.status == 401 { reply.header("www-authenticate", "Bearer realm=\"scim\"") } else { reply }
    }
}
