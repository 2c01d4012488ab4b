//! Changes of a user, the user's e-mail address and password.

use serde_json::Value;

use super::Upsun;
use super::errors::error;
use super::rules::{Refusal, Rule, Writable, read_body, read_whole_body};
use super::store::Taken;
use super::writable::USER;
use crate::exchange::{Call, Reply};
use crate::server::lock;

const EMAIL: [Writable; 1] = [("email_address", Rule::Email)];

impl Upsun {
    pub(super) fn update_user(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return not_allowed() };
        let change = match read_body(call, &USER) {
            Ok(change) => change,
            Err(refusal) => return refusal.of_user(),
        };
        let mut users = lock(&self.users);
        match users.write_user(index, change, &self.now()) {
            Ok(()) => Reply::json(200, &Value::Object(users.user(index))),
            Err(errors) => Refusal::Fields(errors).of_user(),
        }
    }

    /// Requests a change of the e-mail address. The service sends a message to the new address, and changes
    /// it when it is confirmed. Here it is confirmed at once, or never.
    pub(super) fn reset_email(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return not_allowed() };
        let fields = match read_whole_body(call, &EMAIL) {
            Ok(fields) => fields,
            Err(refusal) => return refusal.of_user(),
        };
        let email = fields.get("email_address").and_then(Value::as_str).unwrap_or_default();
        let mut users = lock(&self.users);
        let done = if self.emails_stay {
            users.check_email(index, email)
        } else {
            users.confirm_email(index, email, &self.now())
        };
        match done {
            Ok(()) => Reply::empty(204),
            Err(Taken) => error(409, "The e-mail address belongs to another user."),
        }
    }

    /// Requests a password reset. Its only visible effect is the response: the rest is a message.
    pub(super) fn reset_password(&self, user_id: &str) -> Reply {
        match self.index_of_user(user_id) {
            Some(_) => Reply::empty(204),
            None => not_allowed(),
        }
    }
}

/// Returns the error for unknown users. For these operations 403 is documented, and 404 is not.
pub(super) fn not_allowed() -> Reply {
    error(403, "The user may not be changed.")
}
