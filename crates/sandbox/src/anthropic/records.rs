//! The profiles, generated, and written in the shape of a generation.

use serde_json::{Map, Value, json};

use super::headers::Generation;
use crate::clock::{DAY, EPOCH, SECOND, stamp};
use crate::ids::IdSpace;
use crate::people::person;
use crate::rng::{Rng, key};

/// Each profile is made this long after the one before, so that the order of creation is exact.
const STEP: i64 = 37 * SECOND;

const FRACTION_DIGITS: [usize; 3] = [0, 3, 6];

/// Makes the records of one seed.
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

    /// The name that a profile is ordered by.
    pub(super) fn name(self, index: u64) -> Option<String> {
        Self::has_name(index).then(|| person(self.seed, index).display)
    }

    pub(super) fn has_name(index: u64) -> bool {
        index % 8 != 3
    }

    /// The word of the general release for how a profile may be used.
    pub(super) fn enforcement_status(index: u64) -> &'static str {
        match index % 10 {
            4 => "pending",
            7 => "restricted",
            9 => "banned",
            _ => "unrestricted",
        }
    }

    pub(super) fn profile(self, index: u64, generation: Generation) -> Value {
        let mut rng = Rng::new(key(&[self.seed, 0x0061_6E74_6872, index]));
        let place = i64::try_from(index).unwrap_or(i64::MAX);
        let created = EPOCH.saturating_add(place.saturating_mul(STEP));
        let created = created.saturating_add(micros_below(&mut rng, STEP));
        let updated = created.saturating_add(micros_below(&mut rng, 20 * DAY));
        let onboarded = created.saturating_sub(micros_below(&mut rng, 200 * DAY));
        let digits = FRACTION_DIGITS[usize::try_from(index % 3).unwrap_or(0)];

        let mut profile = Map::new();
        let mut put = |name: &str, value: Value| drop(profile.insert(name.to_owned(), value));
        put("id", self.ids.anthropic(index).into());
        put("type", "user_profile".into());
        put("created_at", stamp(created, digits, "Z").into());
        put("updated_at", stamp(updated, digits, "Z").into());
        put("metadata", metadata(index));
        put("trust_grants", trust_grants(index));
        let reference = reference(index);
        let onboarded = (index % 5 != 2).then(|| stamp(onboarded, 0, "Z"));
        match generation {
            Generation::March => {
                // The field is younger than the date: the first profiles were answered without it.
                if index % 9 != 5 {
                    put("name", self.name(index).into());
                }
                if index % 6 != 4 {
                    put("external_id", reference.into());
                }
                put("relationship", ["external", "resold", "internal", "partner"][turn(index, 4)].into());
            }
            Generation::August => {
                put("name", self.name(index).into());
                put("external_id", reference.into());
                put("access_type", access_type(index).into());
                put("external_user_onboarded_at", onboarded.into());
                if index % 4 == 1 {
                    put("relationship", "external".into());
                }
            }
            Generation::September | Generation::General => {
                put("name", self.name(index).into());
                put("access_type", access_type(index).into());
                put("external_user_details", self.details(index, reference.as_deref(), onboarded.as_deref()));
                if generation == Generation::General {
                    let status = Self::enforcement_status(index);
                    put("enforcement_status", status.into());
                    let actions =
                        if status == "unrestricted" { json!([]) } else { json!([{"type": "review"}]) };
                    put("enforcement_actions", actions);
                }
            }
        }
        if index % 7 == 6 {
            put("display_locale", "pt-BR".into());
        }
        Value::Object(profile)
    }

    /// Every field is there; any of them may be null.
    fn details(self, index: u64, reference: Option<&str>, onboarded: Option<&str>) -> Value {
        let person = person(self.seed, index);
        let hash = |salt: u64| {
            format!("{:016x}{:016x}", key(&[self.seed, salt, index]), key(&[self.seed, salt + 1, index]))
        };
        let unless = |null: bool, value: Value| if null { Value::Null } else { value };
        let statuses = ["active", "active", "suspended", "blocked", "dormant"];
        let entities = ["individual", "business", "non_profit", "government", "cooperative"];
        json!({
            "account_status": unless(index % 6 == 5, statuses[turn(index, 5)].into()),
            "country": unless(index % 7 == 2, person.country.into()),
            "email_hash": unless(index % 3 == 1, hash(11).into()),
            "entity_type": unless(index % 8 == 7, entities[turn(index, 5)].into()),
            "name_hash": unless(index % 2 == 1, hash(23).into()),
            "onboarded_at": onboarded,
            "reference_id": reference,
        })
    }
}

fn reference(index: u64) -> Option<String> {
    // Not unique: the service does not ask for that.
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

fn metadata(index: u64) -> Value {
    match index % 4 {
        1 => json!({}),
        2 => json!({"plan": "équipe", "seat": index.to_string()}),
        _ => json!({"plan": "solo"}),
    }
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
