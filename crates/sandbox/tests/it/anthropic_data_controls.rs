use std::time::Duration;

use anyprofile_sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::support::{anthropic, array, ids, start, write_anthropic};

const BETA: &[&str] = &["user-profiles-2026-09-04", "google-managed-data-controls-2026-09-01"];
const PROFILES: &str = "/v1/user_profiles";

fn path(id: &str) -> String {
    format!("{PROFILES}/{id}/providers/google/data_controls")
}

#[tokio::test]
async fn generated_controls_show_every_state_and_need_the_beta() {
    let sandbox = start(SandboxOptions::new()).await;
    let mut states = std::collections::BTreeSet::new();
    let profiles = ids(&array(&anthropic(&sandbox, &[], PROFILES).await.ok()["data"]));
    for id in &profiles {
        let shown = anthropic(&sandbox, BETA, &path(id)).await.ok();
        assert_eq!(
            (&shown["user_profile_id"], &shown["type"]),
            (&json!(id), &json!("google_managed_data_controls"))
        );
        states.insert(shown["cmek"]["type"].to_string());
        let regions = shown["cmek"]["status"].as_object().cloned().unwrap_or_default();
        states.extend(regions.values().map(|region| region["type"].to_string()));
    }
    assert_eq!(
        states.iter().map(|state| state.trim_matches('"')).collect::<Vec<_>>(),
        ["active", "disabled", "enabled", "failed", "not_configured", "suspended"]
    );
    anthropic(&sandbox, &[], &path(&profiles[0])).await.refused(400, "");
    anthropic(&sandbox, &BETA[..1], &path(&profiles[0])).await.refused(400, "");
    anthropic(&sandbox, BETA, &path("uprof_01nobody")).await.refused(404, "");
    // A new profile has none.
    for _ in 0..4 {
        let new = write_anthropic(&sandbox, &[], "POST", PROFILES, "{}").await.ok();
        let shown = anthropic(&sandbox, BETA, &path(new["id"].as_str().unwrap())).await.ok();
        assert_eq!((&shown["cmek"]["type"], &shown["updated_at"]), (&json!("disabled"), &new["created_at"]));
    }
}

#[tokio::test]
async fn a_key_is_checked_before_it_is_used_and_null_takes_it_away() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let id = ids(&array(&anthropic(&sandbox, &[], PROFILES).await.ok()["data"])).remove(0);
    let change =
        async |body: Value| write_anthropic(&sandbox, BETA, "POST", &path(&id), &body.to_string()).await;
    let keys = json!({"cmek": {"type": "enabled", "external_key_ids": {"eu": "ekey_1", "us": "ekey_2"}}});
    let shown = change(keys).await.ok();
    let eu = &shown["cmek"]["status"]["eu"];
    assert_eq!((&eu["type"], &eu["effective_external_key_id"]), (&json!("pending"), &Value::Null));
    assert_eq!(shown["storage"], json!({"type": "disabled", "retired_buckets": []}));
    sandbox.advance_clock(Duration::from_secs(60));
    let shown = anthropic(&sandbox, BETA, &path(&id)).await.ok();
    let eu = &shown["cmek"]["status"]["eu"];
    assert_eq!((&eu["type"], &eu["effective_external_key_id"]), (&json!("active"), &json!("ekey_1")));
    let shown = change(json!({"cmek": {"type": "enabled", "external_key_ids": {"eu": null}}})).await.ok();
    assert_eq!(shown["cmek"]["external_key_ids"], json!({"us": "ekey_2"}));
    assert_eq!(shown["cmek"]["status"]["eu"]["type"], "not_configured");
    assert_eq!(shown["cmek"]["retired_keys"][0]["external_key_id"], "ekey_1");
    let bucket = json!({"bucket_name": "acme-eu", "project_number": "482910044"});
    let buckets = json!({"storage": {"type": "enabled", "buckets": {"eu": bucket}}});
    let shown = change(buckets).await.ok();
    assert_eq!(shown["storage"]["buckets"]["eu"]["bucket_name"], "acme-eu");
    for wrong in [
        json!({}),
        json!({"cmek": null}),
        json!({"cmek": {"type": "x"}}),
        json!({"cmek": {"type": "disabled"}, "storage": {"type": "enabled", "buckets": {"eu": {"bucket_name": "b", "project_number": "x"}}}}),
        json!({"cmek": {"type": "enabled", "external_key_ids": ["x"]}}),
    ] {
        change(wrong).await.refused(400, "");
    }
    assert_eq!(anthropic(&sandbox, BETA, &path(&id)).await.ok(), shown, "a refused change changes nothing");
    assert_eq!(change(json!({"cmek": {"type": "disabled"}})).await.ok()["cmek"]["type"], "disabled");
}
