//! The operations on the data controls of a profile. They are only in a beta.

use serde_json::{Map, Value, json};

use super::errors::Refusal;
use super::google::{Control, DataControls, Kind};
use super::headers::has_beta;
use super::input::object;
use super::records::written;
use super::store::Store;
use super::{Anthropic, success};
use crate::exchange::{Call, Reply};
use crate::rng::key;
use crate::server::lock;

const BETA: &str = "google-managed-data-controls-2026-09-01";

impl Anthropic {
    pub(super) fn get_google_data_controls(&self, call: &Call, id: &str) -> Reply {
        let store = self.read_store();
        let shown = profile(call, &store, id).map(|index| {
            let written = lock(&self.data_controls).get(&index).cloned();
            self.show(id, index, &written.unwrap_or_else(|| unwritten(&store, index)))
        });
        reply(call, shown)
    }

    pub(super) fn update_google_data_controls(&self, call: &Call, id: &str) -> Reply {
        let store = self.read_store();
        let shown = profile(call, &store, id).and_then(|index| {
            let body = object(call)?;
            let (now, mut all) = (self.clock.now(), lock(&self.data_controls));
            let written = all.get(&index).cloned();
            let mut controls = written.unwrap_or_else(|| unwritten(&store, index));
            let (keys, buckets) = (body.get("cmek"), body.get("storage"));
            if keys.is_none() && buckets.is_none() {
                return Err(Refusal::invalid("body: cmek or storage is required"));
            }
            change("cmek", keys, "external_key_ids", is_key, &mut controls.keys, now)?;
            change("storage", buckets, "buckets", is_bucket, &mut controls.buckets, now)?;
            controls.updated = now;
            all.insert(index, controls.clone());
            Ok(self.show(id, index, &controls))
        });
        reply(call, shown)
    }

    fn show(&self, id: &str, index: u64, controls: &DataControls) -> Value {
        let now = self.clock.now();
        json!({
            "type": "google_managed_data_controls",
            "user_profile_id": id,
            "bucket_label_value": format!("anthropic-uprof-{:08x}", key(&[self.seed, 53, index]) >> 32),
            "cmek": controls.keys.show(Kind::Keys, now),
            "storage": controls.buckets.show(Kind::Buckets, now),
            "updated_at": written(controls.updated),
        })
    }
}

fn reply(call: &Call, shown: Result<Value, Refusal>) -> Reply {
    match shown {
        Ok(body) => success(&body),
        Err(refusal) => refusal.reply(call),
    }
}

/// Returns the index of the profile in the path, if the request asks for the beta.
fn profile(call: &Call, store: &Store, id: &str) -> Result<u64, Refusal> {
    if !has_beta(call, BETA) {
        return Err(Refusal::invalid(format!("anthropic-beta: `{BETA}` is required")));
    }
    store.index_of(id).ok_or_else(|| Refusal::not_found("There is no such user profile."))
}

/// Returns the controls of a profile whose controls were never written.
fn unwritten(store: &Store, index: u64) -> DataControls {
    let created = store.profile(index).created;
    if store.is_generated(index) {
        DataControls::generate(index, created)
    } else {
        DataControls::off(created)
    }
}

/// Applies the change of one control, if the body has it. A region that is left out stays as it is.
fn change(
    name: &str,
    value: Option<&Value>,
    values: &str,
    is_right: fn(&Value) -> bool,
    control: &mut Control,
    now: i64,
) -> Result<(), Refusal> {
    let Some(value) = value else { return Ok(()) };
    match value.get("type").and_then(Value::as_str) {
        Some("disabled") => control.disable(now),
        Some("enabled") => {
            let regions = regions(name, values, value.get(values))?;
            if let Some((region, _)) = regions.iter().find(|(_, it)| !it.is_null() && !is_right(it)) {
                return Err(Refusal::invalid(format!("{name}.{values}.{region}: is invalid")));
            }
            control.enable();
            for (region, wanted) in &regions {
                control.set(region, wanted, now);
            }
        }
        _ => return Err(Refusal::invalid(format!("{name}.type: must be `enabled` or `disabled`"))),
    }
    Ok(())
}

fn regions(name: &str, values: &str, value: Option<&Value>) -> Result<Map<String, Value>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(regions)) => Ok(regions.clone()),
        Some(_) => Err(Refusal::invalid(format!("{name}.{values}: must be an object"))),
    }
}

fn is_key(value: &Value) -> bool {
    value.as_str().is_some_and(|id| !id.is_empty())
}

fn is_bucket(value: &Value) -> bool {
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text("bucket_name").is_some() && text("project_number").is_some_and(is_number)
}
