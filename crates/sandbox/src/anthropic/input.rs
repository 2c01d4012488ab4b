//! Reads the bodies of writes. Each dated version of the API has its own fields, and refuses all others.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::change::Change;
use super::headers::Generation;
use super::records::{DEFAULT_ACCESS_TYPE, DEFAULT_RELATIONSHIP, written};
use crate::clock::SECOND;
use crate::exchange::Call;

const MAX_TEXT: usize = 255;
const MAX_PAIRS: usize = 16;
const MAX_KEY: usize = 64;
const MAX_VALUE: usize = 512;
/// How far ahead of the service's clock a time may be.
const AHEAD: i64 = 60 * SECOND;

const REFERENCE: &str = "reference_id";
const ONBOARDED: &str = "onboarded_at";
const RELATIONSHIPS: [&str; 3] = [DEFAULT_RELATIONSHIP, "resold", "internal"];
const ACCESS_TYPES: [&str; 2] = [DEFAULT_ACCESS_TYPE, "passthrough"];
const ACCOUNT_STATUSES: [&str; 3] = ["active", "suspended", "blocked"];
const ENTITY_TYPES: [&str; 4] = ["individual", "business", "non_profit", "government"];

/// The fields of each date. `relationship` is documented for the first; a client of the second still sends
/// it. The general release is assumed to have the fields of the last date.
const MARCH: [&str; 4] = ["external_id", "metadata", "name", "relationship"];
const AUGUST: [&str; 6] =
    ["access_type", "external_id", "external_user_onboarded_at", "metadata", "name", "relationship"];
const SEPTEMBER: [&str; 4] = ["access_type", "external_user_details", "metadata", "name"];

/// Returns the object of a body, which is required.
pub(super) fn object(call: &Call) -> Result<Map<String, Value>, (u16, &'static str)> {
    if call.header("content-type").is_some() && !call.is_json() {
        return Err((415, "content-type: must be application/json"));
    }
    match serde_json::from_slice(&call.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err((400, "body: must be an object")),
        Err(_) if call.body.is_empty() => Err((400, "body: is required")),
        Err(_) => Err((400, "body: is not valid JSON")),
    }
}

/// Reads fields and collects their errors.
pub(super) struct Reader<'a> {
    generation: Generation,
    now: i64,
    /// The metadata that an update is merged into.
    before: Option<&'a Map<String, Value>>,
    errors: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn of_create(generation: Generation, now: i64) -> Self {
        Self { generation, now, before: None, errors: Vec::new() }
    }

    pub(super) fn of_update(generation: Generation, now: i64, before: &'a Map<String, Value>) -> Self {
        Self { generation, now, before: Some(before), errors: Vec::new() }
    }

    /// Returns the change, or all errors in one message.
    pub(super) fn read(mut self, body: &Map<String, Value>) -> Result<Change, String> {
        let known: &[&str] = match self.generation {
            Generation::March => &MARCH,
            Generation::August => &AUGUST,
            Generation::September | Generation::General => &SEPTEMBER,
        };
        let mut change = Change::default();
        for (name, value) in body {
            if known.contains(&name.as_str()) {
                self.read_field(name, value, &mut change);
            } else if MARCH.iter().chain(&AUGUST).chain(&SEPTEMBER).any(|other| other == name) {
                self.refuse(name, "not known to this `anthropic-beta`");
            } else {
                self.refuse(name, "there is no such field");
            }
        }
        if self.errors.is_empty() { Ok(change) } else { Err(self.errors.join("; ")) }
    }

    fn read_field(&mut self, name: &str, value: &Value, change: &mut Change) {
        match name {
            // That null clears these two is inferred: it is allowed, but its effect is not published.
            "name" if value.is_null() => change.name = Some(Value::Null),
            "external_id" if value.is_null() => put(change, REFERENCE, Some(Value::Null)),
            "name" => change.name = self.text(name, value),
            "external_id" => put(change, REFERENCE, self.text(name, value)),
            "relationship" => change.relationship = self.word(name, value, &RELATIONSHIPS),
            "access_type" => change.access_type = self.word(name, value, &ACCESS_TYPES),
            "metadata" => change.metadata = self.metadata(value),
            "external_user_onboarded_at" => put(change, ONBOARDED, self.time(name, value)),
            _ => self.details(name, value, change),
        }
    }

    fn details(&mut self, parent: &str, value: &Value, change: &mut Change) {
        let Some(details) = value.as_object() else { return self.refuse(parent, "must be an object") };
        for (name, value) in details {
            let path = format!("{parent}.{name}");
            let read = match name.as_str() {
                "account_status" => self.one_of(&path, value, &ACCOUNT_STATUSES).map(Value::from),
                "entity_type" => self.one_of(&path, value, &ENTITY_TYPES).map(Value::from),
                "country" => self.country(&path, value),
                ONBOARDED => self.time(&path, value),
                "email_hash" | "name_hash" | REFERENCE => self.text(&path, value),
                _ => {
                    self.refuse(&path, "there is no such field");
                    None
                }
            };
            put(change, name, read);
        }
    }

    fn refuse(&mut self, name: &str, message: &str) {
        self.errors.push(format!("{name}: {message}"));
    }

    /// Reads a text of 1 to 255 Unicode characters. The service does not say how it counts.
    fn text(&mut self, name: &str, value: &Value) -> Option<Value> {
        match value.as_str() {
            Some(text) if (1..=MAX_TEXT).contains(&text.chars().count()) => return Some(text.into()),
            Some(_) => self.refuse(name, &format!("must have 1 to {MAX_TEXT} characters")),
            None => self.refuse(name, "must be a string"),
        }
        None
    }

    /// Reads one of these words. In an update, null means the first, which is the default. This is inferred.
    fn word(&mut self, name: &str, value: &Value, words: &[&'static str]) -> Option<&'static str> {
        if value.is_null() && self.before.is_some() {
            return words.first().copied();
        }
        self.one_of(name, value, words)
    }

    fn one_of(&mut self, name: &str, value: &Value, words: &[&'static str]) -> Option<&'static str> {
        let found = words.iter().find(|word| value == **word).copied();
        if found.is_none() {
            self.refuse(name, &format!("must be one of {}", words.join(", ")));
        }
        found
    }

    fn country(&mut self, name: &str, value: &Value) -> Option<Value> {
        let fits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        if value.as_str().is_some_and(fits) {
            return Some(value.clone());
        }
        self.refuse(name, "must be two upper-case letters");
        None
    }

    fn time(&mut self, name: &str, value: &Value) -> Option<Value> {
        match value.as_str().and_then(instant) {
            None => self.refuse(name, "must be a complete timestamp"),
            Some(at) if at > self.now.saturating_add(AHEAD) => {
                self.refuse(name, "must be no more than 1 minute ahead");
            }
            Some(at) => return Some(written(at).into()),
        }
        None
    }

    /// Returns the complete new metadata: the sent entries are merged into the existing ones, and entries
    /// with an empty value are removed. In a creation, an empty value is an error.
    fn metadata(&mut self, value: &Value) -> Option<Map<String, Value>> {
        let Some(pairs) = value.as_object() else {
            self.refuse("metadata", "must be an object");
            return None;
        };
        let errors = self.errors.len();
        let least = usize::from(self.before.is_none());
        for (key, value) in pairs {
            if key.chars().count() > MAX_KEY {
                self.refuse("metadata", &format!("a key must have at most {MAX_KEY} characters"));
            }
            match value.as_str().map(|text| text.chars().count()) {
                Some(length) if (least..=MAX_VALUE).contains(&length) => {}
                Some(_) => {
                    self.refuse(
                        &format!("metadata.{key}"),
                        &format!("must have {least} to {MAX_VALUE} characters"),
                    );
                }
                None => self.refuse(&format!("metadata.{key}"), "must be a string"),
            }
        }
        let mut merged = self.before.cloned().unwrap_or_default();
        merged.extend(pairs.clone());
        merged.retain(|_, value| value != "");
        if pairs.len() > MAX_PAIRS || merged.len() > MAX_PAIRS {
            self.refuse("metadata", &format!("must have at most {MAX_PAIRS} pairs"));
        }
        (self.errors.len() == errors).then_some(merged)
    }
}

fn put(change: &mut Change, name: &str, value: Option<Value>) {
    change.details.extend(value.map(|value| (name.to_owned(), value)));
}

/// Reads an RFC 3339 time with seconds and offset, in microseconds.
fn instant(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let offset = time.find(['Z', 'z', '+', '-'])?;
    let complete = date.len() == 10 && time.get(..8)?.matches(':').count() == 2 && offset >= 8;
    let zone = &time[offset..];
    let zoned = zone.eq_ignore_ascii_case("z") || (zone.len() == 6 && zone.as_bytes()[3] == b':');
    if !complete || !zoned {
        return None;
    }
    text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_complete() {
        assert_eq!(instant("1970-01-01T00:00:01Z"), Some(SECOND));
        assert_eq!(instant("1970-01-01T02:00:01.5+02:00"), Some(SECOND + SECOND / 2));
        for wrong in [
            "",
            "2024-11-02",
            "2024-11-02T08:15",
            "2024-11-02T08:15Z",
            "2024-11-02T08:15:00",
            "2024-11-02 08:15:00Z",
            "2024-13-02T08:15:00Z",
            "2024-11-02T08:15:00+0100",
            "2024-11-02T08:15:00Z[UTC]",
            "TZ",
        ] {
            assert_eq!(instant(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_in_one_message() {
        let body = json!({"name": "", "relationship": "external", "metadata": {"a": null}, "x": 1});
        let Value::Object(body) = body else { panic!("an object") };
        let message = Reader::of_create(Generation::September, 0).read(&body).expect_err("a refusal");
        for part in ["name: ", "relationship: not known", "metadata.a: ", "x: there is no"] {
            assert!(message.contains(part), "{message}");
        }
    }
}
