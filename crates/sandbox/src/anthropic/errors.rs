//! The errors of the service, in one envelope.

use std::borrow::Cow;

use serde_json::json;

use crate::exchange::{Call, Reply};

/// A refused request.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    message: Cow<'static, str>,
    /// The `error.details.error_code`, which most errors do not have.
    code: Option<&'static str>,
}

impl Refusal {
    pub(super) fn new(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), code: None }
    }

    pub(super) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, message)
    }

    pub(super) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(404, message)
    }

    pub(super) fn with_code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    pub(super) fn reply(&self, call: &Call) -> Reply {
        let kind = match self.status {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            409 => "conflict_error",
            _ => "invalid_request_error",
        };
        let mut body = json!({
            "type": "error",
            "error": {"type": kind, "message": self.message},
            "request_id": call.request_id,
        });
        // An error without a code has no details.
        if let Some(code) = self.code {
            body["error"]["details"] = json!({"error_code": code});
        }
        Reply::json(self.status, &body)
    }
}

impl From<(u16, &'static str)> for Refusal {
    fn from((status, message): (u16, &'static str)) -> Self {
        Self::new(status, message)
    }
}

/// Returns an error without a code.
pub(super) fn error(call: &Call, status: u16, message: &str) -> Reply {
    Refusal::new(status, message.to_owned()).reply(call)
}
