//! The second factor of the token's user: the enrollment of an authenticator app, and the recovery codes.
//!
//! Other users' second factors cannot be read or changed: their secrets are only theirs. A generated user with
//! `mfa_enabled` has enrolled an app before.

use serde_json::{Map, Value, json};

use super::Upsun;
use super::errors::error;
use super::rules::{Rule, Writable, read_whole_body};
use super::store::{Changed, Store};
use crate::description::UPSUN_PASSCODE;
use crate::exchange::{Call, Reply};
use crate::rng::{Rng, key};
use crate::server::lock;

const CONFIRM: [Writable; 2] = [("secret", Rule::Filled), ("passcode", Rule::Filled)];
/// The alphabet of secrets of authenticator apps (RFC 4648).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SECRET_LENGTH: usize = 32;
/// The number of recovery codes. It is not published.
const CODES: u64 = 10;
/// A picture of one dot. A client can decode it, but no app can read a secret from it.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg==";

/// How often the token's user enrolled, and got recovery codes.
///
/// Secrets and codes are not stored: they follow from these numbers.
#[derive(Debug, Default)]
pub(super) struct SecondFactor {
    enrollments: u64,
    code_lists: u64,
}

impl SecondFactor {
    /// Returns the secret of the next enrollment. It stays the same until it is confirmed.
    fn secret(&self, seed: u64) -> String {
        let mut rng = Rng::new(key(&[seed, 0x746F_7470, self.enrollments]));
        (0..SECRET_LENGTH).map(|_| char::from(*rng.pick(BASE32))).collect()
    }

    /// Returns new recovery codes.
    fn new_codes(&mut self, seed: u64) -> Value {
        self.code_lists += 1;
        let mut rng = Rng::new(key(&[seed, 0x636F_6465, self.code_lists]));
        let codes = (0..CODES).map(|_| format!("{:05}-{:05}", rng.below(100_000), rng.below(100_000)));
        json!({"recovery_codes": codes.collect::<Vec<_>>()})
    }
}

impl Upsun {
    /// Returns the secret to enroll an app with. The document has no body for the conflict.
    pub(super) fn get_totp(&self, user_id: &str) -> Reply {
        if !self.is_own(user_id) {
            return not_own();
        }
        let users = lock(&self.users);
        if users.has_second_factor(0) {
            return Reply::empty(409);
        }
        let user = users.user(0);
        let text = |name: &str| user.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let enrollment = json!({
            "issuer": "https://auth.example.com",
            "account_name": text("email").or_else(|| text("username")),
            "secret": lock(&self.second_factor).secret(self.records.seed),
            "qr_code": PICTURE,
        });
        Reply::json(200, &enrollment)
    }

    /// Completes the enrollment. The user has a second factor from here on.
    pub(super) fn confirm_totp(&self, call: &Call, user_id: &str) -> Reply {
        if !self.is_own(user_id) {
            return not_own();
        }
        let body = match read_whole_body(call, &CONFIRM) {
            Ok(body) => body,
            Err(refusal) => return refusal.of_user(),
        };
        let is = |name: &str, expected: &str| body.get(name).is_some_and(|value| *value == expected);
        let mut users = lock(&self.users);
        let mut factor = lock(&self.second_factor);
        if users.has_second_factor(0) {
            return error(409, "The user has a second factor already.");
        }
        if !is("secret", &factor.secret(self.records.seed)) {
            return error(400, "secret: This is not the secret of the enrollment.");
        }
        if !is("passcode", UPSUN_PASSCODE) {
            return error(400, "passcode: The passcode is wrong.");
        }
        factor.enrollments += 1;
        users.set_second_factor(0, true, &self.now());
        Reply::json(200, &factor.new_codes(self.records.seed))
    }

    pub(super) fn withdraw_totp(&self, user_id: &str) -> Reply {
        if !self.is_own(user_id) {
            return not_own();
        }
        let mut users = lock(&self.users);
        if !users.has_second_factor(0) {
            return Reply::empty(404);
        }
        users.set_second_factor(0, false, &self.now());
        Reply::empty(204)
    }

    pub(super) fn recreate_recovery_codes(&self, user_id: &str) -> Reply {
        if !self.is_own(user_id) {
            return not_own();
        }
        if !lock(&self.users).has_second_factor(0) {
            return Reply::empty(404);
        }
        Reply::json(201, &lock(&self.second_factor).new_codes(self.records.seed))
    }
}

impl Store {
    /// Returns whether a user has a second factor. A user without the field has none.
    pub(super) fn has_second_factor(&self, index: u64) -> bool {
        self.user(index).get("mfa_enabled") == Some(&Value::Bool(true))
    }

    fn set_second_factor(&mut self, index: u64, has_one: bool, now: &str) {
        let change = Map::from_iter([("mfa_enabled".to_owned(), has_one.into())]);
        self.lay_over(index, now, change, Changed::user_mut);
    }
}

fn not_own() -> Reply {
    error(403, "Only one's own second factor may be read and changed.")
}
