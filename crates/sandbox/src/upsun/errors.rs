//! The formats of Upsun's errors; the fourth is an empty body.

use serde_json::{Map, Value, json};

use super::rules::Refusal;
use crate::exchange::Reply;

const PROBLEM: &str = "application/problem+json";
const UNSUPPORTED: &str = "Unsupported Media Type";
const JSON_ONLY: &str = "The body must be JSON.";

/// Returns an error of the organizations service: `status` is a number, `detail` a string.
pub(super) fn problem(status: u16, title: &str, detail: &str) -> Reply {
    let body = json!({"title": title, "status": status, "detail": detail});
    Reply::text(status, PROBLEM, body.to_string())
}

/// Returns an error of `/profiles`: like [`problem`], with the type that the Drupal module adds.
pub(super) fn hal_problem(status: u16, title: &str, detail: &str) -> Reply {
    let body = json!({"type": "about:blank", "title": title, "status": status, "detail": detail});
    Reply::text(status, "application/problem+json; charset=utf-8", body.to_string())
}

/// Returns a rejected body: `status` is a string, `code` the number, `detail` an object of lists.
pub(super) fn invalid_input(detail: &Map<String, Value>) -> Reply {
    let first = detail.values().find_map(|messages| messages.get(0)).and_then(Value::as_str);
    let body = json!({
        "status": "Invalid input",
        "message": first.unwrap_or("The input is invalid."),
        "code": 400,
        "detail": detail,
        "title": "Bad Request",
    });
    Reply::text(400, PROBLEM, body.to_string())
}

/// Returns an error of the users service: only `error`.
pub(super) fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({"error": message}))
}

/// Returns an error of the members and of project access: only `error`, as problem details.
pub(super) fn member_error(status: u16, message: &str) -> Reply {
    Reply::text(status, PROBLEM, json!({"error": message}).to_string())
}

impl Refusal {
    /// Returns the error in the format of the service of `/profiles`.
    pub(super) fn of_profile(self) -> Reply {
        match self {
            Self::MediaType => hal_problem(415, UNSUPPORTED, JSON_ONLY),
            Self::Fields(errors) => invalid_input(&errors),
        }
    }

    /// Returns the error in the format of the service of `/organizations`.
    pub(super) fn of_organization(self) -> Reply {
        match self {
            Self::MediaType => problem(415, UNSUPPORTED, JSON_ONLY),
            Self::Fields(errors) => invalid_input(&errors),
        }
    }

    /// Returns the error in the format of the service of `/users`: one text for all fields.
    pub(super) fn of_user(self) -> Reply {
        let (status, message) = self.in_one_text();
        error(status, &message)
    }

    /// Does the same in the format of the members.
    pub(super) fn of_member(self) -> Reply {
        let (status, message) = self.in_one_text();
        member_error(status, &message)
    }

    fn in_one_text(self) -> (u16, String) {
        match self {
            Self::MediaType => (415, JSON_ONLY.to_owned()),
            Self::Fields(errors) => {
                let messages = errors.iter().flat_map(|(name, messages)| {
                    let messages = messages.as_array().into_iter().flatten().filter_map(Value::as_str);
                    messages.map(move |message| format!("{name}: {message}"))
                });
                (400, messages.collect::<Vec<_>>().join(" "))
            }
        }
    }
}

/// Returns an error in the format of OAuth.
pub(super) fn oauth(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(status, &json!({"error": error, "error_description": description}))
}

pub(super) fn invalid_token(description: &str) -> Reply {
    oauth(401, "invalid_token", description).header("www-authenticate", "Bearer")
}
