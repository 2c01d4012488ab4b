use anyprofile_sandbox::{Fault, NamedFault, Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, array, ids, scim, scim_path, scim_with, start};

async fn with_fault(name: &str) -> Sandbox {
    let sandbox = start(SandboxOptions::new().profiles(40)).await;
    let named = NamedFault::all().find(|fault| fault.name == name).unwrap();
    sandbox.add_fault(named.of("scim").unwrap());
    sandbox
}

async fn page(sandbox: &Sandbox, start: u64) -> Value {
    scim(sandbox, "GET", &format!("/Users?startIndex={start}&count=10"), "").await.ok()
}

fn numbers(page: &Value) -> [u64; 4] {
    let number = |name: &str| page[name].as_u64().unwrap();
    let records = array(&page["Resources"]).len() as u64;
    [number("totalResults"), number("startIndex"), number("itemsPerPage"), records]
}

#[tokio::test]
async fn pages_have_the_numbers_that_the_fault_says() {
    for (name, second) in [
        ("page-shorter-than-asked", [40, 11, 5, 5]),
        ("page-size-echoed", [40, 11, 10, 5]),
        ("start-index-ignored", [40, 1, 10, 10]),
        ("total-of-the-page", [10, 11, 10, 10]),
        ("person-inserted", [41, 11, 10, 10]),
        ("pages-empty-for-ever", [40, 11, 0, 0]),
        ("record-left-out-once", [40, 11, 10, 9]),
    ] {
        let sandbox = with_fault(name).await;
        page(&sandbox, 1).await;
        assert_eq!(numbers(&page(&sandbox, 11).await), second, "{name}");
        assert!(sandbox.strikes()[0] > 0, "{name}");
    }
}

#[tokio::test]
async fn the_last_page_leads_on_where_empty_pages_are_behind_it() {
    let sandbox = with_fault("pages-empty-behind-the-last").await;
    assert_eq!(numbers(&page(&sandbox, 31).await), [41, 31, 10, 10]);
    assert_eq!(numbers(&page(&sandbox, 41).await), [41, 41, 0, 0]);
    assert_eq!(numbers(&page(&sandbox, 42).await), [42, 42, 0, 0]);
}

#[tokio::test]
async fn who_is_inserted_moves_everybody() {
    let sandbox = with_fault("person-inserted").await;
    let first = ids(&array(&page(&sandbox, 1).await["Resources"]));
    let second = ids(&array(&page(&sandbox, 11).await["Resources"]));
    assert_eq!(second[0], first[9]);
    let now = array(&page(&sandbox, 1).await["Resources"]);
    assert_eq!((&now[0]["displayName"], &ids(&now)[1..]), (&json!("Inserted 0"), &first[..9]));
}

#[tokio::test]
async fn who_is_left_out_is_on_no_page() {
    let sandbox = with_fault("record-left-out-once").await;
    let whole = ids(&array(&page(&sandbox, 1).await["Resources"]));
    let mut seen = whole.clone();
    let mut start = 11;
    while start <= 40 {
        let records = ids(&array(&page(&sandbox, start).await["Resources"]));
        start += records.len() as u64;
        seen.extend(records);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 39);
}

async fn patch(sandbox: &Sandbox, headers: &[(&str, &str)], user: &Value, operation: Value) -> Response {
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
    scim_with(sandbox, headers, ["PATCH", &scim_path(sandbox, user), &body.to_string()]).await
}

#[tokio::test]
async fn a_change_ends_as_the_fault_says() {
    let title = json!({"op": "replace", "path": "title", "value": "Baker"});
    let active = json!({"op": "replace", "value": {"active": false}});
    for (name, operation, status, is_made) in [
        ("patch-without-effect", &title, 200, false),
        ("patch-no-content", &title, 204, true),
        ("patch-active-only", &title, 400, false),
        ("patch-active-only", &active, 200, true),
        ("patch-unsupported", &title, 501, false),
        ("if-match-stale", &title, 412, false),
    ] {
        let sandbox = with_fault(name).await;
        let before = array(&page(&sandbox, 1).await["Resources"]).remove(0);
        let version = before["meta"]["version"].as_str().unwrap();
        let response = patch(&sandbox, &[("if-match", version)], &before, operation.clone()).await;
        assert_eq!(response.status, status, "{name}");
        if status == 200 {
            assert_eq!(response.json() == before, !is_made, "{name}");
        }
        assert_eq!(response.text.is_empty(), status == 204);
        assert_eq!(sandbox.requests()[1].took_effect, is_made, "{name}");
        sandbox.clear_faults();
        assert_eq!(array(&page(&sandbox, 1).await["Resources"])[0] != before, is_made, "{name}");
    }
    // Without a version there is none that could be stale.
    let sandbox = with_fault("if-match-stale").await;
    let user = array(&page(&sandbox, 1).await["Resources"]).remove(0);
    patch(&sandbox, &[], &user, title).await.ok();
}

#[tokio::test]
async fn a_refusal_of_a_fault_has_the_form_of_the_service() {
    let sandbox = start(SandboxOptions::new()).await;
    for fault in Fault::named("status-503").unwrap() {
        sandbox.add_fault(fault);
    }
    scim(&sandbox, "GET", "/Users", "").await.ok();
    let response = scim(&sandbox, "GET", "/Users", "").await;
    assert_eq!(response.header("content-type"), Some("application/scim+json"));
    let error = response.json();
    assert_eq!(
        (&error["status"], &error["schemas"][0]),
        (&json!("503"), &json!("urn:ietf:params:scim:api:messages:2.0:Error"))
    );
}

#[tokio::test]
async fn cursors_that_are_declared_and_not_there_are_refused() {
    let sandbox = with_fault("cursor-unsupported").await;
    assert_eq!(scim(&sandbox, "GET", "/ServiceProviderConfig", "").await.ok()["pagination"]["cursor"], true);
    assert_eq!(scim(&sandbox, "GET", "/Users?cursor=", "").await.status, 501);
}
