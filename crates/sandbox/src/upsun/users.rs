//! Looks up users by id, e-mail address or username, and returns the records that only users have.

use serde_json::{Value, json};

use super::Upsun;
use super::errors::{error, hal_problem};
use super::records::Times;
use super::store::Store;
use crate::exchange::Reply;
use crate::people::person;
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
        match self.refuse_without_user() {
            Some(refusal) => refusal,
            None => Self::hal(&lock(&self.users).me()),
        }
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

    pub(super) fn list_connections(&self, user_id: &str) -> Reply {
        match self.index_of_user(user_id) {
            Some(index) => Reply::json(200, &Value::Array(self.connections(index))),
            None => error(403, "The user's connections may not be read."),
        }
    }

    pub(super) fn get_connection(&self, user_id: &str, provider: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else {
            return error(403, "The user's connections may not be read.");
        };
        let found = self.connections(index).into_iter().find(|known| known["provider"] == provider);
        found.map_or_else(|| Reply::empty(404), |connection| Reply::json(200, &connection))
    }

    fn connections(&self, index: u64) -> Vec<Value> {
        let person = person(self.records.seed, index);
        let times = Times::of(self.records.seed, index);
        let count = usize::try_from(index % 4).unwrap_or(0);
        let all = [
            json!({
                "provider": "google",
                "provider_type": "google",
                "is_mandatory": false,
                "subject": format!("1621840835{index:09}"),
                "email_address": person.email,
                "created_at": times.created(),
                "updated_at": times.updated(),
            }),
            // An unset address, and no value that says whether it is mandatory.
            json!({
                "provider": "github",
                "provider_type": "github",
                "subject": index.to_string(),
                "email_address": "",
                "created_at": times.created(),
                "updated_at": null,
            }),
            json!({
                "provider": "acme-inc-oidc",
                "provider_type": "okta",
                "is_mandatory": true,
                "subject": person.username,
                "created_at": times.created(),
                "updated_at": times.updated(),
            }),
        ];
        // The first person has every type.
        all.into_iter().take(if index == 0 { 3 } else { count }).collect()
    }

    pub(super) fn list_api_tokens(&self, user_id: &str) -> Reply {
        match self.api_tokens(user_id) {
            Ok(tokens) => Reply::json(200, &Value::Array(tokens)),
            Err(refusal) => refusal,
        }
    }

    pub(super) fn get_api_token(&self, user_id: &str, token_id: &str) -> Reply {
        let tokens = match self.api_tokens(user_id) {
            Ok(tokens) => tokens,
            Err(refusal) => return refusal,
        };
        let found = tokens.into_iter().find(|token| token["id"] == token_id);
        found.map_or_else(|| Reply::empty(404), |token| Reply::json(200, &token))
    }

    /// Returns the API tokens of a user. Only the user's own are readable, and the secret was shown only
    /// once.
    fn api_tokens(&self, user_id: &str) -> Result<Vec<Value>, Reply> {
        if self.token_without_user || self.records.user_id(0) != user_id {
            return Err(error(403, "Only one's own API tokens may be read."));
        }
        let ids = crate::ids::IdSpace::new(self.records.seed, "upsun api token");
        let token = |number: u64, name: &str| {
            let times = Times::of(self.records.seed, number);
            json!({
                "id": ids.uuid(number),
                "name": name,
                "mfa_on_creation": number == 0,
                "created_at": times.created(),
                "updated_at": times.updated(),
            })
        };
        let mut tokens = vec![token(0, "CI"), token(1, "Größenprüfung"), token(2, "")];
        tokens[0]["last_used_at"] = Times::of(self.records.seed, 0).updated().into();
        tokens[1]["last_used_at"] = Value::Null;
        Ok(tokens)
    }
}
