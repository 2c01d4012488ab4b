//! The API tokens of the token's user: three from the start, and the created ones.
//!
//! A created token can be exchanged for access tokens until it is deleted. The token of the sandbox's
//! description is none of the listed ones, so that no client can lock itself out.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Upsun;
use super::errors::error;
use super::records::Times;
use super::rules::{Rule, Writable, read_whole_body};
use crate::exchange::{Call, Reply};
use crate::ids::{IdSpace, base58};
use crate::rng::key;
use crate::server::lock;

const TOKEN: [Writable; 1] = [("name", Rule::Text)];
/// The names of the tokens that exist from the start.
const NAMES: [&str; 3] = ["CI", "Größenprüfung", ""];

/// The API tokens. Their secrets are not stored: each follows from the number of its token.
#[derive(Debug)]
pub(super) struct ApiTokens {
    seed: u64,
    created: Vec<Created>,
    /// The numbers of the deleted tokens.
    deleted: BTreeSet<usize>,
}

/// A created token.
#[derive(Debug)]
struct Created {
    name: String,
    with_mfa: bool,
    at: String,
    last_used: Option<String>,
}

impl ApiTokens {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, created: Vec::new(), deleted: BTreeSet::new() }
    }

    /// Returns whether a secret is that of a created token, and records its use.
    pub(super) fn accept(&mut self, secret: &str, now: &str) -> bool {
        let mut numbers = self.numbers();
        let found = numbers.find(|number| *number >= NAMES.len() && self.secret(*number) == secret);
        drop(numbers);
        match found.and_then(|number| self.created.get_mut(number - NAMES.len())) {
            Some(created) => {
                created.last_used = Some(now.to_owned());
                true
            }
            None => false,
        }
    }

    /// Creates a token and returns its number, unless another one has the name. That names are unique is
    /// inferred: the API documents a conflict, and a token has nothing else that could be in one.
    fn create(&mut self, name: &str, with_mfa: bool, now: &str) -> Option<usize> {
        if self.all().iter().any(|token| token["name"] == name) {
            return None;
        }
        let (name, at) = (name.to_owned(), now.to_owned());
        self.created.push(Created { name, with_mfa, at, last_used: None });
        Some(NAMES.len() + self.created.len() - 1)
    }

    /// Deletes a token. Returns whether there was one with this id.
    fn delete(&mut self, id: &str) -> bool {
        let number = self.numbers().find(|number| self.id(*number) == id);
        number.is_some_and(|number| self.deleted.insert(number))
    }

    fn all(&self) -> Vec<Value> {
        self.numbers().map(|number| self.token(number)).collect()
    }

    /// Returns the numbers of the tokens that are not deleted, in the order of the list.
    fn numbers(&self) -> impl Iterator<Item = usize> + use<'_> {
        (0..NAMES.len() + self.created.len()).filter(|number| !self.deleted.contains(number))
    }

    fn id(&self, number: usize) -> String {
        IdSpace::new(self.seed, "upsun api token").uuid(wide(number))
    }

    fn secret(&self, number: usize) -> String {
        let half = |part: u64| u128::from(key(&[self.seed, 0x0061_7069_746F_6B65, part, wide(number)]));
        format!("sandbox-upsun-{}", base58((half(1) << 64) | half(2), 22))
    }

    /// Returns a token as it is read: without its secret.
    fn token(&self, number: usize) -> Value {
        let id = self.id(number);
        if let Some(created) = number.checked_sub(NAMES.len()).and_then(|place| self.created.get(place)) {
            return json!({
                "id": id,
                "name": created.name,
                "mfa_on_creation": created.with_mfa,
                "created_at": created.at,
                "updated_at": created.at,
                "last_used_at": created.last_used,
            });
        }
        let times = Times::of(self.seed, wide(number));
        let mut token = json!({
            "id": id,
            "name": NAMES.get(number),
            "mfa_on_creation": number == 0,
            "created_at": times.created(),
            "updated_at": times.updated(),
        });
        match number {
            0 => token["last_used_at"] = times.updated().into(),
            1 => token["last_used_at"] = Value::Null,
            _ => {}
        }
        token
    }
}

impl Upsun {
    pub(super) fn list_api_tokens(&self, user_id: &str) -> Reply {
        if !self.is_own(user_id) {
            return not_own();
        }
        Reply::json(200, &Value::Array(lock(&self.tokens.of_api).all()))
    }

    pub(super) fn get_api_token(&self, user_id: &str, token_id: &str) -> Reply {
        if !self.is_own(user_id) {
            return not_own();
        }
        let found = lock(&self.tokens.of_api).all().into_iter().find(|token| token["id"] == token_id);
        found.map_or_else(|| Reply::empty(404), |token| Reply::json(200, &token))
    }

    /// Creates a token. This is the only response with its secret.
    pub(super) fn create_api_token(&self, call: &Call, user_id: &str) -> Reply {
        if !self.is_own(user_id) {
            return not_own();
        }
        let body = match read_whole_body(call, &TOKEN) {
            Ok(body) => body,
            Err(refusal) => return refusal.of_user(),
        };
        let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
        let with_mfa = lock(&self.users).has_second_factor(0);
        let mut tokens = lock(&self.tokens.of_api);
        let Some(number) = tokens.create(name, with_mfa, &self.now()) else {
            return error(409, "Another API token has this name.");
        };
        let mut token = tokens.token(number);
        token["token"] = tokens.secret(number).into();
        Reply::json(201, &token)
    }

    /// Deletes a token. The access tokens that it was exchanged for stay valid until they expire.
    pub(super) fn delete_api_token(&self, user_id: &str, token_id: &str) -> Reply {
        if !self.is_own(user_id) {
            return not_own();
        }
        Reply::empty(if lock(&self.tokens.of_api).delete(token_id) { 204 } else { 404 })
    }
}

fn not_own() -> Reply {
    error(403, "Only one's own API tokens may be read and changed.")
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
