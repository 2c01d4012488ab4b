//! Phone verification: a code is sent, and sent back.

use serde_json::{Map, Value, json};

use super::Upsun;
use super::errors::error;
use super::rules::{Rule, Writable, read_whole_body};
use super::store::{Changed, Store, Taken};
use super::user_writes::not_allowed;
use super::writable::CHANNELS;
use crate::description::UPSUN_PHONE_CODE;
use crate::exchange::{Call, Reply};
use crate::rng::key;
use crate::server::lock;

const START: [Writable; 2] = [("channel", Rule::Word(&CHANNELS)), ("phone_number", Rule::Filled)];
const CONFIRM: [Writable; 1] = [("code", Rule::Filled)];

impl Upsun {
    pub(super) fn verify_phone_number(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return not_allowed() };
        let fields = match read_whole_body(call, &START) {
            Ok(fields) => fields,
            Err(refusal) => return refusal.of_user(),
        };
        let Some(number) = fields.get("phone_number").and_then(|value| digits(value.as_str()?)) else {
            return error(400, "phone_number: This value is not a valid phone number.");
        };
        match lock(&self.users).start_verification(index, number) {
            Ok(sid) => Reply::json(200, &json!({"sid": sid})),
            Err(Taken) => error(409, "The phone number belongs to another user."),
        }
    }

    pub(super) fn confirm_phone_number(&self, call: &Call, user_id: &str, sid: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return not_allowed() };
        let fields = match read_whole_body(call, &CONFIRM) {
            Ok(fields) => fields,
            Err(refusal) => return refusal.of_user(),
        };
        let mut users = lock(&self.users);
        let Some(number) = users.pending_number(index, sid) else {
            return error(400, "There is no such verification.");
        };
        if fields.get("code").and_then(Value::as_str) != Some(UPSUN_PHONE_CODE) {
            return error(400, "The verification code is wrong.");
        }
        match users.confirm_phone(index, number, &self.now()) {
            Ok(()) => Reply::empty(200),
            Err(Taken) => error(409, "The phone number belongs to another user."),
        }
    }
}

impl Store {
    /// Starts a verification. The previous one of the user becomes invalid.
    fn start_verification(&mut self, index: u64, number: String) -> Result<String, Taken> {
        self.check_phone(index, &number)?;
        self.verifications += 1;
        let (high, low) = (
            key(&[self.records.seed, 1, self.verifications]),
            key(&[self.records.seed, 2, self.verifications]),
        );
        let sid = format!("VE{high:016x}{low:016x}");
        self.changed.entry(index).or_default().pending = Some((sid.clone(), number));
        Ok(sid)
    }

    fn pending_number(&self, index: u64, sid: &str) -> Option<String> {
        let (known, number) = self.changed.get(&index)?.pending.as_ref()?;
        (known == sid).then(|| number.clone())
    }

    fn confirm_phone(&mut self, index: u64, number: String, now: &str) -> Result<(), Taken> {
        self.check_phone(index, &number)?;
        let verified = Map::from_iter([("phone_number_verified".to_owned(), true.into())]);
        let changed = self.lay_over(index, now, verified, Changed::user_mut);
        changed.pending = None;
        let before = changed.phone.replace(number.clone());
        if let Some(before) = before {
            self.phones.remove(&before);
        }
        self.phones.insert(number, index);
        Ok(())
    }

    /// Returns whether this user has a verified phone.
    pub(super) fn has_phone(&self, index: u64) -> bool {
        self.changed.get(&index).is_some_and(|changed| changed.phone.is_some())
    }

    fn check_phone(&self, index: u64, number: &str) -> Result<(), Taken> {
        if self.phones.get(number).is_some_and(|owner| *owner != index) { Err(Taken) } else { Ok(()) }
    }
}

/// Returns the number without formatting. Its format is not published; only what is true of any number is
/// checked.
fn digits(text: &str) -> Option<String> {
    let number: String = text.chars().filter(|c| !" -()./".contains(*c)).collect();
    let digits = number.strip_prefix('+').unwrap_or(&number);
    let fits = (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_by_its_digits() {
        assert_eq!(digits("+47 (22) 00-00.00").as_deref(), Some("+4722000000"));
        assert_eq!(digits("11833").as_deref(), Some("11833"));
        for wrong in ["", "+", "1234", "+12a456", "1234567890123456", "++12345"] {
            assert_eq!(digits(wrong), None, "{wrong}");
        }
    }
}
