//! The generated profiles, with the written changes applied to them, in the format of a version.

use serde_json::{Map, Value, json};

use super::change::Change;
use super::headers::Generation;
use crate::clock::{DAY, EPOCH, SECOND, stamp};
use crate::ids::IdSpace;
use crate::people::person;
use crate::rng::{Rng, key};

/// The time between the creation of two profiles, so that the order of creation is exact.
const STEP: i64 = 37 * SECOND;

const FRACTION_DIGITS: [usize; 3] = [0, 3, 6];
pub(super) const DEFAULT_RELATIONSHIP: &str = "external";
pub(super) const DEFAULT_ACCESS_TYPE: &str = "application";
const NEW_STATUS: &str = "unrestricted";
/// The fields of `external_user_details`.
const DETAILS: [&str; 7] =
    ["account_status", "country", "email_hash", "entity_type", "name_hash", "onboarded_at", "reference_id"];

/// Generates the records of one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Records {
    seed: u64,
    ids: IdSpace,
}

impl Records {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, ids: IdSpace::new(seed, "anthropic user profile") }
    }

    pub(super) fn index_of(self, id: &str) -> Option<u64> {
        self.ids.index_of_anthropic(id)
    }

    pub(super) fn id(self, index: u64) -> String {
        self.ids.anthropic(index)
    }

    /// Returns the generated profile with this index.
    pub(super) fn generated(self, index: u64) -> Profile {
        let mut rng = Rng::new(key(&[self.seed, 0x0061_6E74_6872, index]));
        let place = i64::try_from(index).unwrap_or(i64::MAX);
        let created = EPOCH.saturating_add(place.saturating_mul(STEP));
        let created = created.saturating_add(micros_below(&mut rng, STEP));
        let updated = created.saturating_add(micros_below(&mut rng, 20 * DAY));
        let onboarded = created.saturating_sub(micros_below(&mut rng, 200 * DAY));
        Profile {
            index,
            id: self.ids.anthropic(index),
            created,
            updated,
            name: self.generated_name(index).into(),
            relationship: Some(["external", "resold", "internal", "partner"][turn(index, 4)]),
            access_type: access_type(index),
            details: self.details(index, onboarded),
            metadata: metadata(index),
            trust_grants: trust_grants(index),
            enforcement_status: generated_status(index),
            change: Change::default(),
        }
    }

    /// Returns a created profile before anything was written to it.
    pub(super) fn blank(self, index: u64) -> Profile {
        let names = DETAILS.iter().map(|name| ((*name).to_owned(), Value::Null));
        Profile {
            index,
            id: self.ids.anthropic(index),
            created: 0,
            updated: 0,
            name: Value::Null,
            relationship: None,
            access_type: DEFAULT_ACCESS_TYPE,
            details: names.collect(),
            metadata: Map::new(),
            trust_grants: json!({}),
            enforcement_status: NEW_STATUS,
            change: Change::default(),
        }
    }

    /// Returns only the name, which a listing ordered by name needs for every profile.
    pub(super) fn generated_name(self, index: u64) -> Option<String> {
        (index % 8 != 3).then(|| person(self.seed, index).display)
    }

    /// Returns the details. All fields are present; any of them may be null.
    fn details(self, index: u64, onboarded: i64) -> Map<String, Value> {
        let person = person(self.seed, index);
        let hash = |salt: u64| {
            format!("{:016x}{:016x}", key(&[self.seed, salt, index]), key(&[self.seed, salt + 1, index]))
        };
        let unless = |null: bool, value: Value| if null { Value::Null } else { value };
        let statuses = ["active", "active", "suspended", "blocked", "dormant"];
        let entities = ["individual", "business", "non_profit", "government", "cooperative"];
        let values = [
            unless(index % 6 == 5, statuses[turn(index, 5)].into()),
            unless(index % 7 == 2, person.country.into()),
            unless(index % 3 == 1, hash(11).into()),
            unless(index % 8 == 7, entities[turn(index, 5)].into()),
            unless(index % 2 == 1, hash(23).into()),
            unless(index % 5 == 2, stamp(onboarded, 0, "Z").into()),
            reference(index).into(),
        ];
        DETAILS.iter().map(|name| (*name).to_owned()).zip(values).collect()
    }
}

/// A profile, before it is serialized in the format of a version.
#[derive(Debug)]
pub(super) struct Profile {
    index: u64,
    id: String,
    pub(super) created: i64,
    updated: i64,
    name: Value,
    /// `None` if it was never set.
    relationship: Option<&'static str>,
    access_type: &'static str,
    details: Map<String, Value>,
    pub(super) metadata: Map<String, Value>,
    trust_grants: Value,
    pub(super) enforcement_status: &'static str,
    /// The written fields, which are shown even where a generated profile would omit them.
    change: Change,
}

impl Profile {
    /// Applies the written fields to the profile.
    pub(super) fn apply(&mut self, change: &Change) {
        if let Some(name) = &change.name {
            self.name = name.clone();
        }
        self.relationship = change.relationship.or(self.relationship);
        self.access_type = change.access_type.unwrap_or(self.access_type);
        self.details.extend(change.details.clone());
        if let Some(metadata) = &change.metadata {
            self.metadata.clone_from(metadata);
        }
        self.created = change.created.unwrap_or(self.created);
        self.updated = change.updated;
        self.change = change.clone();
    }

    pub(super) fn to_json(&self, generation: Generation, shown: ShownIn) -> Value {
        let index = self.index;
        let is_new = self.change.created.is_some();
        let was_changed = self.change.updated != 0;
        let digits = FRACTION_DIGITS[turn(index, 3)];
        let generated = |micros: i64| stamp(micros, digits, "Z");
        let mut profile = Map::new();
        let mut put = |name: &str, value: Value| drop(profile.insert(name.to_owned(), value));
        put("id", self.id.as_str().into());
        put("type", "user_profile".into());
        put("created_at", if is_new { written(self.created) } else { generated(self.created) }.into());
        put("updated_at", if was_changed { written(self.updated) } else { generated(self.updated) }.into());
        put("metadata", self.metadata.clone().into());
        if generation != Generation::General {
            put("trust_grants", self.trust_grants.clone());
        }
        let detail = |name: &str| self.details.get(name).cloned().unwrap_or_default();
        match generation {
            Generation::March => {
                // The field was added after the date: responses for the first profiles do not contain it.
                if is_new || index % 9 != 5 || self.change.name.is_some() {
                    put("name", self.name.clone());
                }
                if is_new || index % 6 != 4 || self.change.details.contains_key("reference_id") {
                    put("external_id", detail("reference_id"));
                }
                put("relationship", self.relationship.unwrap_or(DEFAULT_RELATIONSHIP).into());
            }
            Generation::August => {
                put("name", self.name.clone());
                put("external_id", detail("reference_id"));
                put("access_type", self.access_type.into());
                put("external_user_onboarded_at", detail("onboarded_at"));
                match self.change.relationship {
                    Some(relationship) => put("relationship", relationship.into()),
                    None if !is_new && index % 4 == 1 => put("relationship", DEFAULT_RELATIONSHIP.into()),
                    None => {}
                }
            }
            Generation::September | Generation::General => {
                put("name", self.name.clone());
                put("access_type", self.access_type.into());
                put("external_user_details", self.details.clone().into());
                if generation == Generation::General {
                    let status = self.enforcement_status;
                    put("enforcement_status", status.into());
                    put("enforcement_actions", enforcement_actions(index, status, self.created));
                    put("programs", programs(if is_new { None } else { Some(index) }, shown));
                }
            }
        }
        if !is_new && index % 7 == 6 {
            put("display_locale", "pt-BR".into());
        }
        Value::Object(profile)
    }
}

/// Where a profile is shown. The general release reports all programs only in the response to a request for one profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShownIn {
    Alone,
    Elsewhere,
}

/// Returns the open enforcement actions of a profile with this status.
fn enforcement_actions(index: u64, status: &str, created: i64) -> Value {
    let opened = stamp(created.saturating_add(DAY), 0, "Z");
    let expires = stamp(created.saturating_add(400 * DAY), 0, "Z");
    let action = |kind: &str, reason: &str, action: Value, expires: Value| {
        json!([{
            "id": format!("enac_{index:08}"), "type": kind, "reason": reason, "action": action, "opened_at": opened,
            "expires_at": expires,
        }])
    };
    match status {
        "banned" => action("ban", "high_harm", Value::Null, Value::Null),
        "pending" => action("restriction", "fraud_or_abuse", "verify".into(), Value::Null),
        "restricted" => action("restriction", "usage_policy_violation", Value::Null, expires.clone().into()),
        // Words that are not published yet.
        "throttled" => action("cooldown", "court_order", "call_support".into(), expires.clone().into()),
        _ => json!([]),
    }
}

/// Returns the programs. Elsewhere than alone, the tiers are not reported, one of the programs never is, and an active status may
/// be missing.
fn programs(index: Option<u64>, shown: ShownIn) -> Value {
    let part = |is_active: bool| json!({"status": if is_active { "active" } else { "inactive" }});
    let cyber = |status: &str, tiers: Value, requirements: Value| json!({"status": status, "tiers": tiers, "requirements": requirements});
    let (cyber, efs) = match (index.map(|index| index % 8), shown) {
        (Some(0), ShownIn::Alone) => (
            cyber(
                "active",
                json!({"a": part(true), "b": part(false), "c": part(false)}),
                json!({"data_retention": true, "human_review": false}),
            ),
            json!({"status": "active", "features": {"cmek": part(true), "storage": part(false)}}),
        ),
        (Some(0), ShownIn::Elsewhere) => (cyber("active", json!({}), Value::Null), Value::Null),
        (Some(2), _) => (cyber("pending", json!({}), Value::Null), Value::Null),
        (Some(3), _) => (cyber("rejected", json!({}), Value::Null), Value::Null),
        // Active, which a list does not say.
        (Some(6), ShownIn::Alone) => (
            cyber("active", json!({"a": part(false), "b": part(false), "c": part(false)}), Value::Null),
            Value::Null,
        ),
        _ => (Value::Null, Value::Null),
    };
    json!({"cyber": cyber, "efs": efs})
}

/// Returns the general release's enforcement status of a generated profile.
fn generated_status(index: u64) -> &'static str {
    match index % 10 {
        4 => "pending",
        7 => "restricted",
        9 if index % 20 == 19 => "throttled",
        9 => "banned",
        _ => NEW_STATUS,
    }
}

/// Formats a time that was not generated: with a fraction if it has one.
pub(super) fn written(micros: i64) -> String {
    stamp(micros, if micros % SECOND == 0 { 0 } else { 6 }, "Z")
}

fn reference(index: u64) -> Option<String> {
    // Not unique: the service does not require it.
    let number = if index % 19 == 18 { index - 1 } else { index };
    (index % 6 != 3).then(|| format!("user_{}", number.saturating_add(10_000)))
}

fn access_type(index: u64) -> &'static str {
    match index % 9 {
        2 | 5 => "passthrough",
        8 => "delegated",
        _ => "application",
    }
}

fn metadata(index: u64) -> Map<String, Value> {
    let pairs = match index % 4 {
        1 => Vec::new(),
        2 => vec![("plan", "équipe".to_owned()), ("seat", index.to_string())],
        _ => vec![("plan", "solo".to_owned())],
    };
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn trust_grants(index: u64) -> Value {
    match index % 8 {
        0 => json!({"cyber": {"status": "active"}}),
        2 => json!({"cyber": {"status": "pending"}}),
        3 => json!({"cyber": {"status": "rejected"}}),
        // Neither the grant nor the status is documented.
        6 => json!({"cyber": {"status": "under_review"}, "bio": {"status": "active", "tier": 2}}),
        _ => json!({}),
    }
}

fn micros_below(rng: &mut Rng, limit: i64) -> i64 {
    i64::try_from(rng.below(limit.unsigned_abs())).unwrap_or(0)
}

fn turn(index: u64, every: u64) -> usize {
    usize::try_from(index % every).unwrap_or(0)
}
