//! Looks up users by id, e-mail address or username, and the state of the verification of the token's user.

use serde_json::{Value, json};

use super::Upsun;
use super::errors::hal_problem;
use super::store::Store;
use crate::exchange::Reply;
use crate::server::lock;

/// Whether and how the user must be verified. The seed selects one.
const VERIFICATIONS: [(bool, Option<&str>); 5] = [
    (false, None),
    (true, Some("ticket")),
    (true, Some("phone")),
    (true, Some("credit-card")),
    (false, Some("")),
];

impl Upsun {
    /// Returns the index of an existing user.
    pub(super) fn index_of_user(&self, user_id: &str) -> Option<u64> {
        lock(&self.users).index_of(user_id)
    }

    pub(super) fn get_user(&self, user_id: &str) -> Reply {
        self.user_or_nothing(|users| users.index_of(user_id))
    }

    pub(super) fn get_user_by_email(&self, email: &str) -> Reply {
        self.user_or_nothing(|users| users.index_of_email(email))
    }

    pub(super) fn get_user_by_username(&self, username: &str) -> Reply {
        self.user_or_nothing(|users| users.index_of_username(username))
    }

    /// Returns a user. For a user that does not exist, the response has no body.
    fn user_or_nothing(&self, find: impl FnOnce(&Store) -> Option<u64>) -> Reply {
        let users = lock(&self.users);
        find(&users)
            .map_or_else(|| Reply::empty(404), |index| Reply::json(200, &Value::Object(users.user(index))))
    }

    pub(super) fn get_me(&self) -> Reply {
        if let Some(refusal) = self.refuse_without_user() {
            return refusal;
        }
        let mut me = lock(&self.users).me();
        // For some seeds, the record has no links at all.
        if let Some(links) = me.get_mut("_links") {
            self.refer_to_organizations(links, 0);
        }
        Self::hal(&me)
    }

    /// Returns whether the token belongs to the user with this id.
    pub(super) fn is_own(&self, user_id: &str) -> bool {
        !self.token_without_user && self.records.user_id(0) == user_id
    }

    pub(super) fn phone_status(&self) -> Reply {
        let (needed, kind) = self.verification();
        let needed = needed && kind == Some("phone");
        self.refuse_without_user().unwrap_or_else(|| Self::hal(&json!({"verify_phone": needed})))
    }

    pub(super) fn verification_status(&self) -> Reply {
        let (state, kind) = self.verification();
        self.refuse_without_user().unwrap_or_else(|| Self::hal(&json!({"state": state, "type": kind})))
    }

    /// Returns the verification that is still required. A verified phone completes it.
    fn verification(&self) -> (bool, Option<&'static str>) {
        match VERIFICATIONS[usize::try_from(self.records.seed % 5).unwrap_or(0)] {
            (true, Some("phone")) if lock(&self.users).has_phone(0) => (false, None),
            verification => verification,
        }
    }

    fn refuse_without_user(&self) -> Option<Reply> {
        self.token_without_user
            .then(|| hal_problem(403, "Forbidden", "The access token does not belong to a user."))
    }
}
