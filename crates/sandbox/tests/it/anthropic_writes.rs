use std::collections::HashSet;
use std::time::Duration;

use anyprofile_sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::support::{
    anthropic_profiles::{AUGUST, GENERAL, MARCH, PROFILES, SEPTEMBER, all, create, get, refused, update},
    ids, start, write_anthropic,
};

#[tokio::test]
async fn a_created_profile_has_the_fields_of_its_date_and_is_read_in_all_of_them() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let at = "2027-01-15T08:00:00Z";
    for (betas, body, shown) in [
        (
            MARCH,
            json!({"external_id": "ü_1", "name": "N", "metadata": {"plan": "é"}, "relationship": "resold"}),
            json!({"external_id": "ü_1", "name": "N", "metadata": {"plan": "é"}, "relationship": "resold"}),
        ),
        (
            AUGUST,
            json!({"external_id": "ü_1", "access_type": "passthrough", "external_user_onboarded_at": "2027-01-15T10:00:59+02:00"}),
            json!({"external_id": "ü_1", "name": null, "metadata": {}, "access_type": "passthrough",
                "external_user_onboarded_at": "2027-01-15T08:00:59Z"}),
        ),
        (
            SEPTEMBER,
            json!({"name": null, "external_user_details": {"account_status": "active", "country": "XX",
                "email_hash": "h", "entity_type": "business", "name_hash": "n", "onboarded_at": "2024-11-02T08:15:00.25Z",
                "reference_id": "r"}}),
            json!({"name": null, "metadata": {}, "access_type": "application", "external_user_details": {
                "account_status": "active", "country": "XX", "email_hash": "h", "entity_type": "business",
                "name_hash": "n", "onboarded_at": "2024-11-02T08:15:00.250000Z", "reference_id": "r"}}),
        ),
        (
            GENERAL,
            json!({}),
            json!({"name": null, "metadata": {}, "access_type": "application", "enforcement_status": "unrestricted",
                "enforcement_actions": [], "external_user_details": {"account_status": null, "country": null,
                "email_hash": null, "entity_type": null, "name_hash": null, "onboarded_at": null, "reference_id": null}}),
        ),
    ] {
        let response = create(&sandbox, betas, &body).await;
        assert!(response.header("anthropic-workspace-id").is_some());
        let made = response.ok();
        let mut expected = shown;
        for (name, value) in [("type", "user_profile"), ("created_at", at), ("updated_at", at)] {
            expected[name] = value.into();
        }
        expected["id"] = made["id"].clone();
        let (name, value) = match betas {
            GENERAL => ("programs", json!({"cyber": null, "efs": null})),
            _ => ("trust_grants", json!({})),
        };
        expected[name] = value;
        assert_eq!(made, expected);
        assert!(made["id"].as_str().unwrap().starts_with("uprof_01"));
        assert_eq!(get(&sandbox, betas, &made["id"]).await, made);
        assert_eq!(all(&sandbox, betas, "").await[0], made);
        assert_eq!(*all(&sandbox, betas, "order=asc&limit=7").await.last().unwrap(), made);
    }
    // The same value under the names of each date.
    let made = create(
        &sandbox,
        SEPTEMBER,
        &json!({"external_user_details": {"reference_id": "same", "onboarded_at": at}}),
    )
    .await
    .ok();
    assert_eq!(get(&sandbox, MARCH, &made["id"]).await["external_id"], "same");
    assert_eq!(get(&sandbox, MARCH, &made["id"]).await["relationship"], "external");
    assert_eq!(get(&sandbox, AUGUST, &made["id"]).await["external_user_onboarded_at"], at);
}

#[tokio::test]
async fn two_equal_requests_make_two_profiles() {
    let sandbox = start(SandboxOptions::new()).await;
    let body = json!({"external_id": "same", "name": "Same"});
    let first = create(&sandbox, MARCH, &body).await.ok();
    let second = create(&sandbox, MARCH, &body).await.ok();
    assert_ne!(first["id"], second["id"]);
    let found = all(&sandbox, MARCH, "").await;
    assert_eq!(found.iter().filter(|profile| profile["external_id"] == "same").count(), 2);
    assert_eq!(ids(&found).iter().collect::<HashSet<_>>().len(), 22);
}

#[tokio::test]
async fn each_date_refuses_the_fields_of_the_others() {
    let sandbox = start(SandboxOptions::new()).await;
    let made = create(&sandbox, GENERAL, &json!({})).await.ok();
    for (field, value, known) in [
        ("external_id", json!("x"), [true, true, false, false]),
        ("relationship", json!("internal"), [true, true, false, false]),
        ("access_type", json!("application"), [false, true, true, true]),
        ("external_user_onboarded_at", json!("2024-11-02T08:15:00Z"), [false, true, false, false]),
        ("external_user_details", json!({}), [false, false, true, true]),
        ("name", json!("x"), [true; 4]),
        ("metadata", json!({}), [true; 4]),
        ("nonsense", json!(1), [false; 4]),
        ("trust_grants", json!({}), [false; 4]),
        ("id", json!("x"), [false; 4]),
    ] {
        for (betas, known) in [MARCH, AUGUST, SEPTEMBER, GENERAL].into_iter().zip(known) {
            let body = json!({field: value});
            for response in
                [create(&sandbox, betas, &body).await, update(&sandbox, betas, &made["id"], &body).await]
            {
                if known {
                    response.ok();
                } else {
                    assert!(refused(&response).starts_with(&format!("{field}: ")), "{field} {betas:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn limits_are_counted_in_characters_and_every_mistake_is_told() {
    let sandbox = start(SandboxOptions::new()).await;
    let made = create(&sandbox, SEPTEMBER, &json!({})).await.ok();
    let pairs =
        |count: usize| (0..count).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>();
    let with_pair = |key: &str, value: Value| json!({"metadata": {key: value}});
    let details = |name: &str, value: Value| json!({"external_user_details": {name: value}});
    let (most, over) = ("é".repeat(255), "é".repeat(256));
    for (body, path) in [
        (json!({"name": most}), None),
        (json!({"name": over}), Some("name")),
        (json!({"name": ""}), Some("name")),
        (json!({"name": 1}), Some("name")),
        (json!({"metadata": pairs(16)}), None),
        (json!({"metadata": pairs(17)}), Some("metadata")),
        (with_pair(&"é".repeat(64), json!("v")), None),
        (with_pair(&"é".repeat(65), json!("v")), Some("metadata")),
        (with_pair("k", json!("é".repeat(512))), None),
        (with_pair("k", json!("é".repeat(513))), Some("metadata.k")),
        (with_pair("k", json!("")), Some("metadata.k")),
        (with_pair("k", json!(null)), Some("metadata.k")),
        (with_pair("k", json!(1)), Some("metadata.k")),
        (json!({"metadata": null}), Some("metadata")),
        (json!({"metadata": []}), Some("metadata")),
        (json!({"access_type": null}), Some("access_type")),
        (json!({"access_type": "delegated"}), Some("access_type")),
        (json!({"external_user_details": null}), Some("external_user_details")),
        (json!({"external_user_details": []}), Some("external_user_details")),
        (details("country", json!("us")), Some("external_user_details.country")),
        (details("country", json!("USA")), Some("external_user_details.country")),
        (details("country", json!("ÄÖ")), Some("external_user_details.country")),
        (details("account_status", json!("dormant")), Some("external_user_details.account_status")),
        (details("entity_type", json!("")), Some("external_user_details.entity_type")),
        (details("email_hash", json!(most)), None),
        (details("email_hash", json!(over)), Some("external_user_details.email_hash")),
        (details("name_hash", json!("")), Some("external_user_details.name_hash")),
        (details("reference_id", json!(over)), Some("external_user_details.reference_id")),
        (details("reference_id", json!(null)), Some("external_user_details.reference_id")),
        (details("account_status", json!(null)), Some("external_user_details.account_status")),
        (details("onboarded_at", json!(null)), Some("external_user_details.onboarded_at")),
        (details("onboarded_at", json!("2024-11-02")), Some("external_user_details.onboarded_at")),
        (details("onboarded_at", json!("2024-11-02T08:15:00")), Some("external_user_details.onboarded_at")),
        (details("nonsense", json!("x")), Some("external_user_details.nonsense")),
    ] {
        let response = create(&sandbox, SEPTEMBER, &body).await;
        match path {
            None => drop(response.ok()),
            Some(path) => assert!(refused(&response).starts_with(&format!("{path}: ")), "{}", response.text),
        }
    }
    let message = refused(&create(&sandbox, MARCH, &json!({"name": "", "external_id": over, "x": 1})).await);
    assert_eq!(message.split("; ").count(), 3, "{message}");
    for (body, what) in [("", "body: "), ("[]", "body: "), ("null", "body: "), ("{", "body: ")] {
        for path in [PROFILES.to_owned(), format!("{PROFILES}/{}", made["id"].as_str().unwrap())] {
            let response = write_anthropic(&sandbox, MARCH, "POST", &path, body).await;
            assert!(refused(&response).starts_with(what));
        }
    }
}

#[tokio::test]
async fn a_time_may_be_a_minute_ahead_of_the_sandbox_s_clock() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let body = |at: &str| json!({"external_user_onboarded_at": at});
    create(&sandbox, AUGUST, &body("2027-01-15T08:01:00Z")).await.ok();
    let message = refused(&create(&sandbox, AUGUST, &body("2027-01-15T08:01:00.000001Z")).await);
    assert!(message.contains("1 minute"), "{message}");
    sandbox.advance_clock(Duration::from_secs(1));
    create(&sandbox, AUGUST, &body("2027-01-15T08:01:00.000001Z")).await.ok();
}

#[tokio::test]
async fn an_update_merges_and_moves_the_time() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let body = json!({"name": "A", "metadata": {"a": "1", "b": "2"}, "external_user_details": {"country": "NO", "reference_id": "r"}});
    let made = create(&sandbox, SEPTEMBER, &body).await.ok();
    sandbox.advance_clock(Duration::from_millis(1_500));
    let id = &made["id"];
    let change = json!({
        "metadata": {"a": "", "b": "3", "c": "4", "none": ""},
        "access_type": "passthrough",
        "external_user_details": {"country": "SE", "account_status": "suspended"},
    });
    let after = update(&sandbox, SEPTEMBER, id, &change).await.ok();
    let mut expected = made.clone();
    expected["metadata"] = json!({"b": "3", "c": "4"});
    expected["access_type"] = "passthrough".into();
    expected["external_user_details"]["country"] = "SE".into();
    expected["external_user_details"]["account_status"] = "suspended".into();
    expected["updated_at"] = "2027-01-15T08:00:01.500000Z".into();
    assert_eq!(after, expected);
    assert_eq!(get(&sandbox, SEPTEMBER, id).await, expected);
    assert_eq!(all(&sandbox, SEPTEMBER, "").await[0], expected);
    // Fields that are not sent stay unchanged, also the time.
    sandbox.advance_clock(Duration::from_secs(1));
    assert_eq!(update(&sandbox, SEPTEMBER, id, &json!({})).await.ok(), expected);
    // The number of entries is limited, and removed entries make room.
    let fill: serde_json::Map<_, _> = (0..14).map(|n| (format!("k{n}"), json!("v"))).collect();
    update(&sandbox, MARCH, id, &json!({"metadata": fill})).await.ok();
    assert!(
        refused(&update(&sandbox, MARCH, id, &json!({"metadata": {"more": "v"}})).await)
            .starts_with("metadata: ")
    );
    let swapped = update(&sandbox, MARCH, id, &json!({"metadata": {"more": "v", "b": ""}})).await.ok();
    assert_eq!(swapped["metadata"].as_object().unwrap().len(), 16);
    // Null clears what the schema allows to be null, and is refused where the reference says so.
    let taken =
        update(&sandbox, MARCH, id, &json!({"name": null, "external_id": null, "relationship": null}))
            .await
            .ok();
    assert_eq!(
        [&taken["name"], &taken["external_id"], &taken["relationship"]],
        [&json!(null), &json!(null), &json!("external")]
    );
    assert_eq!(
        update(&sandbox, SEPTEMBER, id, &json!({"access_type": null})).await.ok()["access_type"],
        "application"
    );
    for (betas, body) in [
        (AUGUST, json!({"external_user_onboarded_at": null})),
        (SEPTEMBER, json!({"external_user_details": {"country": null}})),
        (SEPTEMBER, json!({"metadata": {"b": null}})),
    ] {
        refused(&update(&sandbox, betas, id, &body).await);
    }
}

#[tokio::test]
async fn a_generated_profile_is_changed_under_every_date() {
    let sandbox = start(SandboxOptions::new()).await;
    for profile in all(&sandbox, MARCH, "order=asc").await {
        let id = &profile["id"];
        let mut expected = profile.clone();
        let change = json!({"name": "New", "external_id": "new", "relationship": "internal"});
        expected.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let after = update(&sandbox, MARCH, id, &change).await.ok();
        expected["updated_at"] = after["updated_at"].clone();
        assert_ne!(after["updated_at"], profile["updated_at"]);
        assert_eq!((&after, &get(&sandbox, MARCH, id).await), (&expected, &expected));
        assert_eq!(get(&sandbox, AUGUST, id).await["relationship"], "internal");
        let details = get(&sandbox, SEPTEMBER, id).await["external_user_details"].clone();
        assert_eq!((details.as_object().unwrap().len(), &details["reference_id"]), (7, &json!("new")));
    }
}

#[tokio::test]
async fn names_are_ordered_as_they_are_now() {
    let sandbox = start(SandboxOptions::new()).await;
    let by_name = "order_by=name&limit=6";
    let first = all(&sandbox, SEPTEMBER, &format!("{by_name}&order=asc")).await[0].clone();
    update(&sandbox, SEPTEMBER, &first["id"], &json!({"name": null})).await.ok();
    assert_eq!(all(&sandbox, SEPTEMBER, by_name).await.len(), 20);
    let made = create(&sandbox, SEPTEMBER, &json!({"name": "!"})).await.ok();
    let up = all(&sandbox, SEPTEMBER, &format!("{by_name}&order=asc")).await;
    let down = all(&sandbox, SEPTEMBER, &format!("{by_name}&order=desc")).await;
    assert_eq!((up.len(), down.len(), &up[0]["id"]), (21, 21, &made["id"]));
    for listing in [up, down] {
        let names: Vec<_> = listing.iter().map(|profile| profile["name"].as_str()).collect();
        let count = names.iter().flatten().count();
        assert!(names[..count].iter().all(Option::is_some));
        assert!(ids(&listing[count..]).contains(&first["id"].as_str().unwrap().to_owned()));
    }
}
