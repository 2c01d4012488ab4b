use std::collections::HashSet;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{VERSION, anthropic, array, ids, send, start};

const MARCH: &[&str] = &["user-profiles-2026-03-24"];
const AUGUST: &[&str] = &["user-profiles-2026-08-18"];
const SEPTEMBER: &[&str] = &["user-profiles-2026-09-04"];
const GENERAL: &[&str] = &[];

/// Returns all pages of a listing.
async fn pages(sandbox: &Sandbox, betas: &[&str], query: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/user_profiles?{query}{cursor}");
        let body = anthropic(sandbox, betas, &path).await.ok();
        pages.push(array(&body["data"]));
        match body["next_page"].as_str() {
            Some(next) => cursor = format!("&page={next}"),
            None => return pages,
        }
        assert!(body.get("next_page").is_some() && pages.len() < 1_000);
    }
}

async fn profiles(sandbox: &Sandbox, betas: &[&str], query: &str) -> Vec<Value> {
    pages(sandbox, betas, query).await.concat()
}

async fn refused(sandbox: &Sandbox, headers: &[(&str, &str)]) -> (u16, String, String) {
    let url = format!("{}/v1/user_profiles", sandbox.description().anthropic.base_url);
    let response = send("GET", &url, headers, "").await;
    let body = response.json();
    assert_eq!(
        (&body["type"], body["request_id"].as_str()),
        (&json!("error"), response.header("request-id"))
    );
    let text = |field: &str| body["error"][field].as_str().unwrap().to_owned();
    (response.status, text("type"), text("message"))
}

#[tokio::test]
async fn the_key_is_taken_from_either_header() {
    let sandbox = start(SandboxOptions::new()).await;
    let anthropic = &sandbox.description().anthropic;
    let (url, key) = (format!("{}/v1/user_profiles", anthropic.base_url), anthropic.api_key.as_str());
    let bearer = format!("Bearer {key}");
    for headers in [
        vec![("X-Api-Key", key)],
        vec![("Authorization", &bearer)],
        vec![("x-api-key", key), ("authorization", &bearer)],
    ] {
        let response = send("GET", &url, &[headers, vec![VERSION]].concat(), "").await;
        response.ok();
        assert!(response.header("request-id").unwrap().starts_with("req_"));
        assert!(response.header("anthropic-organization-id").is_some());
    }
    for headers in
        [vec![], vec![("x-api-key", "x")], vec![("authorization", "Bearer x")], vec![("authorization", key)]]
    {
        let (status, kind, _) = refused(&sandbox, &[headers, vec![VERSION]].concat()).await;
        assert_eq!((status, kind.as_str()), (401, "authentication_error"));
    }
}

#[tokio::test]
async fn headers_that_do_not_make_sense_are_refused() {
    let sandbox = start(SandboxOptions::new()).await;
    let key = ("x-api-key", sandbox.description().anthropic.api_key.as_str());
    let beta = |value| ("anthropic-beta", value);
    for (headers, status) in [
        (vec![key], 400),
        (vec![key, ("anthropic-version", "2020-01-01")], 400),
        (vec![key, VERSION, beta("no date")], 400),
        (vec![key, VERSION, beta("-2026-03-24")], 400),
        (vec![key, VERSION, ("anthropic-workspace-id", "default")], 400),
        (vec![key, VERSION, ("anthropic-workspace-id", "wrkspc_other")], 403),
    ] {
        assert_eq!(refused(&sandbox, &headers).await.0, status, "{headers:?}");
    }
    let (status, kind, message) = refused(&sandbox, &[key, VERSION, beta("user-profiles-2030-01-01")]).await;
    assert_eq!((status, kind.as_str()), (400, "invalid_request_error"));
    assert_eq!(message, "Unexpected value(s) `user-profiles-2030-01-01` for the `anthropic-beta` header.");
    // Betas of other parts of the API are accepted. Of several dates of this part the newest counts: a client that pins one
    // sends it beside the one that it was told.
    for betas in [
        &["made-up-2031-12-24,user-profiles-2026-09-04", "oauth-2025-04-20"][..],
        &["user-profiles-2026-09-04,user-profiles-2026-08-18"],
        &[AUGUST[0], SEPTEMBER[0]],
    ] {
        let listed = anthropic(&sandbox, betas, "/v1/user_profiles?beta=true").await.ok();
        assert!(listed["data"][0].get("external_user_details").is_some(), "{betas:?}");
    }
    let id = anthropic(&sandbox, GENERAL, "/v1/user_profiles")
        .await
        .header("anthropic-workspace-id")
        .unwrap()
        .to_owned();
    let url = format!("{}/v1/user_profiles", sandbox.description().anthropic.base_url);
    send("GET", &url, &[key, VERSION, ("anthropic-workspace-id", &id)], "").await.ok();
}

#[tokio::test]
async fn every_profile_is_on_exactly_one_page_in_both_orders() {
    let sandbox = start(SandboxOptions::new().profiles(47)).await;
    let down = pages(&sandbox, MARCH, "").await;
    assert_eq!(down.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 7]);
    let down = down.concat();
    let up = profiles(&sandbox, MARCH, "order=asc&limit=10").await;
    assert_eq!(ids(&down).iter().collect::<HashSet<_>>().len(), 47);
    assert_eq!(down.iter().rev().cloned().collect::<Vec<_>>(), up);
    let created: Vec<&str> =
        up.iter().map(|profile| &profile["created_at"].as_str().unwrap()[..19]).collect();
    assert!(created.is_sorted(), "{created:?}");
    let whole = anthropic(&sandbox, MARCH, "/v1/user_profiles?limit=47").await.ok();
    assert!(whole["next_page"].is_null() && whole.get("next_page").is_some());
}

#[tokio::test]
async fn the_limit_may_change_along_a_cursor_and_the_order_may_not() {
    let sandbox = start(SandboxOptions::new().profiles(30)).await;
    let first = anthropic(&sandbox, SEPTEMBER, "/v1/user_profiles?limit=5").await.ok();
    let next = first["next_page"].as_str().unwrap();
    assert!(next.starts_with("page_"));
    let rest = anthropic(&sandbox, SEPTEMBER, &format!("/v1/user_profiles?limit=100&page={next}")).await.ok();
    assert_eq!(array(&rest["data"]).len(), 25);
    for query in [
        format!("order=asc&page={next}"),
        format!("order_by=name&page={next}"),
        format!("page={next}x"),
        "page=".to_owned(),
        "page=2".to_owned(),
        "limit=0".to_owned(),
        "limit=101".to_owned(),
        "limit=x".to_owned(),
        "order=up".to_owned(),
        "order_by=updated_at".to_owned(),
        "enforcement_status=banned".to_owned(),
    ] {
        let response = anthropic(&sandbox, SEPTEMBER, &format!("/v1/user_profiles?{query}")).await;
        assert_eq!(
            (response.status, &response.json()["error"]["type"]),
            (400, &json!("invalid_request_error")),
            "{query}"
        );
    }
}

#[tokio::test]
async fn order_by_is_younger_than_the_first_two_dates() {
    let sandbox = start(SandboxOptions::new()).await;
    for betas in [MARCH, AUGUST] {
        assert_eq!(anthropic(&sandbox, betas, "/v1/user_profiles?order_by=created_at").await.status, 400);
    }
    for betas in [SEPTEMBER, GENERAL] {
        anthropic(&sandbox, betas, "/v1/user_profiles?order_by=created_at").await.ok();
    }
}

#[tokio::test]
async fn the_nameless_are_last_in_both_directions() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    for order in ["asc", "desc"] {
        let found = profiles(&sandbox, SEPTEMBER, &format!("order_by=name&order={order}&limit=7")).await;
        assert_eq!(ids(&found).iter().collect::<HashSet<_>>().len(), 60);
        let sorted_by: Vec<Option<String>> =
            found.iter().map(|profile| profile["name"].as_str().map(str::to_ascii_lowercase)).collect();
        let (named, nameless) = sorted_by.split_at(sorted_by.iter().flatten().count());
        assert!(!nameless.is_empty() && nameless.iter().all(Option::is_none));
        assert!(if order == "asc" { named.is_sorted() } else { named.iter().rev().is_sorted() });
    }
}

#[tokio::test]
async fn each_date_has_its_own_shape() {
    let sandbox = start(SandboxOptions::new()).await;
    let shapes: Vec<Vec<Value>> = vec![
        profiles(&sandbox, MARCH, "").await,
        profiles(&sandbox, AUGUST, "").await,
        profiles(&sandbox, SEPTEMBER, "").await,
        profiles(&sandbox, GENERAL, "").await,
    ];
    let some = |shape: usize, field: &str| shapes[shape].iter().any(|profile| profile.get(field).is_some());
    for (field, present) in [
        ("external_id", [true, true, false, false]),
        ("external_user_onboarded_at", [false, true, false, false]),
        ("access_type", [false, true, true, true]),
        ("external_user_details", [false, false, true, true]),
        ("enforcement_status", [false, false, false, true]),
        ("name", [true; 4]),
        ("metadata", [true; 4]),
        ("trust_grants", [true, true, true, false]),
        ("programs", [false, false, false, true]),
    ] {
        assert_eq!([some(0, field), some(1, field), some(2, field), some(3, field)], present, "{field}");
    }
    assert!(shapes[0].iter().all(|profile| profile["relationship"].is_string()));
    for profile in &shapes[2] {
        assert_eq!(profile["external_user_details"].as_object().unwrap().len(), 7);
    }
    assert!(shapes.iter().all(|shape| ids(shape) == ids(&shapes[0])));
}

#[tokio::test]
async fn the_first_twenty_profiles_show_every_variation() {
    let sandbox = start(SandboxOptions::new()).await;
    let (march, september) = (profiles(&sandbox, MARCH, "").await, profiles(&sandbox, SEPTEMBER, "").await);
    let some = |profiles: &[Value], test: &dyn Fn(&Value) -> bool| profiles.iter().any(test);
    assert!(some(&march, &|profile| profile["relationship"] == "partner"));
    assert!(some(&march, &|profile| profile.get("name").is_none()));
    assert!(some(&march, &|profile| profile.get("name").is_some_and(Value::is_null)));
    assert!(some(&march, &|profile| profile.get("external_id").is_none()));
    assert!(some(&march, &|profile| profile.get("external_id").is_some_and(Value::is_null)));
    assert!(some(&march, &|profile| profile["metadata"] == json!({})));
    assert!(some(&march, &|profile| profile["trust_grants"] == json!({})));
    for status in ["active", "pending", "rejected", "under_review"] {
        assert!(some(&march, &|profile| profile["trust_grants"]["cyber"]["status"] == status), "{status}");
    }
    assert!(some(&march, &|profile| profile.get("display_locale").is_some()));
    assert!(some(&september, &|profile| profile["access_type"] == "delegated"));
    for field in [
        "account_status",
        "country",
        "email_hash",
        "entity_type",
        "name_hash",
        "onboarded_at",
        "reference_id",
    ] {
        assert!(some(&september, &|profile| profile["external_user_details"][field].is_null()), "{field}");
        assert!(some(&september, &|profile| profile["external_user_details"][field].is_string()), "{field}");
    }
}

#[tokio::test]
async fn a_profile_is_retrieved_by_its_id_in_the_shape_asked_for() {
    let sandbox = start(SandboxOptions::new()).await;
    for betas in [MARCH, SEPTEMBER] {
        for profile in profiles(&sandbox, betas, "limit=3").await {
            let id = profile["id"].as_str().unwrap();
            assert!(id.starts_with("uprof_01"));
            assert_eq!(anthropic(&sandbox, betas, &format!("/v1/user_profiles/{id}")).await.ok(), profile);
        }
    }
    let missing = anthropic(&sandbox, MARCH, "/v1/user_profiles/uprof_011CZkZCu8hGbp5mYRQgUmz9").await;
    assert_eq!((missing.status, &missing.json()["error"]["type"]), (404, &json!("not_found_error")));
    assert_eq!(missing.json()["request_id"].as_str(), missing.header("request-id"));
}

#[tokio::test]
async fn an_empty_page_can_come_before_the_end_of_the_general_release() {
    let sandbox = start(SandboxOptions::new().profiles(30).anthropic_empty_page(true)).await;
    let lengths = |pages: Vec<Vec<Value>>| pages.iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lengths(pages(&sandbox, GENERAL, "limit=10").await), [10, 0, 10, 10]);
    assert_eq!(lengths(pages(&sandbox, SEPTEMBER, "limit=10").await), [10, 10, 10]);
    let banned = pages(&sandbox, GENERAL, "limit=5&order=asc&enforcement_status%5B%5D=banned").await;
    assert_eq!(lengths(banned.clone()), [0, 0, 1, 0, 0, 0, 1]);
    assert_eq!(pages(&sandbox, GENERAL, "limit=5&order=asc&enforcement_status=banned").await, banned);
    assert!(banned.concat().iter().all(|profile| profile["enforcement_status"] == "banned"));
}
