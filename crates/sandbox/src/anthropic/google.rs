//! The data controls of a profile at Google's cloud: keys for encryption, and buckets for storage.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::records::written;
use crate::clock::{DAY, SECOND};

/// How long a new key or bucket is checked before it is used.
const CHECK: i64 = 60 * SECOND;
/// How long data may need a former key or bucket.
const RETIREMENT: i64 = 30 * DAY;
/// The regions that always have a status.
const REGIONS: [&str; 3] = ["eu", "sg", "us"];

/// What a control is about, which decides the names of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Keys,
    Buckets,
}

/// The data controls of one profile.
#[derive(Debug, Clone)]
pub(super) struct DataControls {
    pub(super) keys: Control,
    pub(super) buckets: Control,
    pub(super) updated: i64,
}

/// The keys or the buckets of all regions.
#[derive(Debug, Clone, Default)]
pub(super) struct Control {
    is_enabled: bool,
    regions: BTreeMap<String, Region>,
    /// With their regions, and the time until data may need them.
    retired: Vec<(String, Value, i64)>,
}

/// The key or bucket of a region.
#[derive(Debug, Clone)]
struct Region {
    wanted: Value,
    /// What is used until the wanted one is checked; null if nothing is.
    former: Value,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Checked since then.
    Checked(i64),
    Failed,
    Suspended,
}

impl Region {
    fn is_active(&self, now: i64) -> bool {
        matches!(self.state, State::Checked(since) if now >= since.saturating_add(CHECK))
    }

    fn effective(&self, now: i64) -> &Value {
        let is_used = self.is_active(now) || matches!(self.state, State::Suspended);
        if is_used { &self.wanted } else { &self.former }
    }
}

impl DataControls {
    /// Returns the controls of a profile that has neither keys nor buckets.
    pub(super) fn off(at: i64) -> Self {
        Self { keys: Control::default(), buckets: Control::default(), updated: at }
    }

    /// Returns the controls of a generated profile. Of four profiles, one has keys and buckets.
    pub(super) fn generate(index: u64, at: i64) -> Self {
        if index % 4 != 2 {
            return Self::off(at);
        }
        let key = |region: &str| json!(format!("ekey_01SANDBox{region}{index}"));
        let bucket = |region: &str| json!({"bucket_name": format!("sandbox-{region}-{index}"), "project_number": "482910044"});
        let region = |wanted, former, state| Region { wanted, former, state };
        let used = State::Checked(at.saturating_sub(CHECK));
        let state = if index % 8 == 2 { used } else { State::Suspended };
        let keys = [
            ("eu", region(key("eu"), Value::Null, state)),
            ("us", region(key("us"), key("old"), State::Failed)),
        ];
        let buckets = [("eu", region(bucket("eu"), Value::Null, State::Failed))];
        Self {
            keys: Control::of(keys, vec![("us".to_owned(), key("older"), at.saturating_add(RETIREMENT))]),
            buckets: Control::of(buckets, Vec::new()),
            updated: at,
        }
    }
}

impl Control {
    fn of<const N: usize>(regions: [(&str, Region); N], retired: Vec<(String, Value, i64)>) -> Self {
        let regions = regions.into_iter().map(|(name, region)| (name.to_owned(), region)).collect();
        Self { is_enabled: true, regions, retired }
    }

    /// Takes all keys or buckets away.
    pub(super) fn disable(&mut self, now: i64) {
        for name in self.regions.keys().cloned().collect::<Vec<_>>() {
            self.set(&name, &Value::Null, now);
        }
        self.is_enabled = false;
    }

    pub(super) fn enable(&mut self) {
        self.is_enabled = true;
    }

    /// Sets the key or bucket of a region; null takes it away. The one in use is used until the new one is
    /// checked.
    pub(super) fn set(&mut self, name: &str, wanted: &Value, now: i64) {
        let before = self.regions.get(name);
        if before.is_some_and(|region| region.wanted == *wanted) {
            return;
        }
        let former = before.map_or(Value::Null, |region| region.effective(now).clone());
        if !former.is_null() {
            self.retired.push((name.to_owned(), former.clone(), now.saturating_add(RETIREMENT)));
        }
        if wanted.is_null() {
            self.regions.remove(name);
        } else {
            let region = Region { wanted: wanted.clone(), former, state: State::Checked(now) };
            self.regions.insert(name.to_owned(), region);
        }
    }

    pub(super) fn show(&self, kind: Kind, now: i64) -> Value {
        let retired: Vec<Value> = self.retired.iter().map(|retired| show_retired(kind, retired)).collect();
        let (list, values) = match kind {
            Kind::Keys => ("retired_keys", "external_key_ids"),
            Kind::Buckets => ("retired_buckets", "buckets"),
        };
        if !self.is_enabled {
            return json!({"type": "disabled", list: retired});
        }
        let wanted = |(name, region): (&String, &Region)| (name.clone(), show_wanted(kind, &region.wanted));
        let current = |(name, region): (&String, &Region)| (name.clone(), show_status(kind, region, now));
        let unset = REGIONS.iter().map(|name| ((*name).to_owned(), not_configured(kind)));
        let statuses: Map<String, Value> = unset.chain(self.regions.iter().map(current)).collect();
        json!({
            "type": "enabled",
            values: self.regions.iter().map(wanted).collect::<Map<_, _>>(),
            "status": statuses,
            list: retired,
        })
    }
}

fn show_wanted(kind: Kind, wanted: &Value) -> Value {
    match kind {
        Kind::Keys => wanted.clone(),
        Kind::Buckets => json!({
            "bucket_name": wanted["bucket_name"],
            "project_number": wanted["project_number"],
            "project_id": null,
            "location": null,
            "kms_key_name": null,
        }),
    }
}

fn show_retired(kind: Kind, (region, former, expires): &(String, Value, i64)) -> Value {
    let mut shown = match kind {
        Kind::Keys => json!({"external_key_id": former}),
        Kind::Buckets => former.clone(),
    };
    shown["region"] = region.as_str().into();
    shown["expires_at"] = written(*expires).into();
    shown
}

fn effective_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Keys => "effective_external_key_id",
        Kind::Buckets => "effective_bucket",
    }
}

fn not_configured(kind: Kind) -> Value {
    json!({"type": "not_configured", effective_name(kind): null})
}

fn show_status(kind: Kind, region: &Region, now: i64) -> Value {
    let word = match region.state {
        _ if region.is_active(now) => "active",
        State::Checked(_) => "pending",
        State::Failed => "failed",
        State::Suspended => "suspended",
    };
    let mut status = json!({"type": word, effective_name(kind): region.effective(now)});
    let (name, failure, success) = match kind {
        Kind::Keys => ("error", json!("the key is disabled"), Value::Null),
        Kind::Buckets => {
            let check = |check: &str, role: Value, message: &str| json!({"check": check, "role": role, "message": message});
            let failures = json!([
                check("grant_mismatch", "ingest".into(), "the ingest account may not write"),
                // Not published.
                check("clock_skew", Value::Null, "the clocks differ"),
            ]);
            ("failed_checks", failures, json!([]))
        }
    };
    match region.state {
        State::Suspended => {}
        State::Failed => status[name] = failure,
        State::Checked(since) => {
            status[name] = success;
            if region.is_active(now) {
                status["validated_at"] = written(since.saturating_add(CHECK)).into();
                if kind == Kind::Keys {
                    status["last_checked_at"] = Value::Null;
                }
            }
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_is_used_after_its_check_and_the_former_one_is_retired() {
        let mut keys = Control::default();
        keys.enable();
        keys.set("eu", &json!("a"), 0);
        assert_eq!(keys.show(Kind::Keys, 0)["status"]["eu"]["type"], "pending");
        keys.set("eu", &json!("b"), CHECK);
        let shown = keys.show(Kind::Keys, CHECK);
        assert_eq!(shown["status"]["eu"]["effective_external_key_id"], "a");
        assert_eq!(shown["retired_keys"][0]["external_key_id"], "a");
        keys.set("eu", &json!("b"), CHECK);
        assert_eq!(keys.show(Kind::Keys, 2 * CHECK)["status"]["eu"]["effective_external_key_id"], "b");
        keys.disable(2 * CHECK);
        let shown = keys.show(Kind::Keys, 2 * CHECK);
        assert_eq!(
            (&shown["type"], shown["retired_keys"].as_array().map(Vec::len)),
            (&json!("disabled"), Some(2))
        );
    }
}
