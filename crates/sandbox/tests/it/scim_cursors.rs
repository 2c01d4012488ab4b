use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{array, ids, scim, scim_path, start};

async fn page(sandbox: &Sandbox, query: &str) -> Value {
    scim(sandbox, "GET", &format!("/Users?count=10{query}"), "").await.ok()
}

#[tokio::test]
async fn without_cursors_a_cursor_is_not_implemented() {
    let sandbox = start(SandboxOptions::new()).await;
    for query in ["?cursor", "?cursor=", "?cursor=abc&count=3"] {
        let response = scim(&sandbox, "GET", &format!("/Users{query}"), "").await;
        assert_eq!((response.status, &response.json()["status"]), (501, &json!("501")));
    }
}

#[tokio::test]
async fn cursors_lead_through_the_list_although_it_moves() {
    let sandbox = start(SandboxOptions::new().profiles(35).scim_cursors(true)).await;
    let config = scim(&sandbox, "GET", "/ServiceProviderConfig", "").await.ok();
    assert_eq!(config["pagination"]["defaultPaginationMethod"], "cursor");
    for order in ["", "&sortBy=userName"] {
        let before = page(&sandbox, order).await["totalResults"].as_u64().unwrap();
        let mut seen = Vec::new();
        let mut next = String::new();
        loop {
            let page = page(&sandbox, &format!("&cursor={next}{order}")).await;
            assert!(page.get("startIndex").is_none());
            let records = array(&page["Resources"]);
            if seen.is_empty() {
                // The last of the page goes, and one before it.
                for gone in [&records[9], &records[3]] {
                    assert_eq!(scim(&sandbox, "DELETE", &scim_path(&sandbox, gone), "").await.status, 204);
                }
            }
            seen.extend(records);
            match page["nextCursor"].as_str() {
                Some(cursor) => next = cursor.to_owned(),
                None => break,
            }
        }
        let mut all = ids(&seen);
        all.sort();
        all.dedup();
        // Whoever comes where two went at once may come twice, and nobody is left out.
        assert_eq!(all.len() as u64, before, "{order}");
        assert!(seen.len() - all.len() <= 1);
    }
    let start = page(&sandbox, "&startIndex=2").await;
    assert_eq!((&start["startIndex"], start.get("nextCursor")), (&json!(2), None));
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let sandbox = start(SandboxOptions::new().profiles(35).scim_cursors(true)).await;
    let first = page(&sandbox, "").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    for query in [
        "cursor=x".to_owned(),
        format!("cursor={cursor}x"),
        format!("cursor={cursor}&sortBy=userName"),
        format!("cursor={cursor}&filter=title+pr"),
    ] {
        let response = scim(&sandbox, "GET", &format!("/Users?{query}"), "").await;
        assert_eq!(
            (response.status, &response.json()["scimType"]),
            (400, &json!("invalidCursor")),
            "{query}"
        );
    }
    let response = scim(&sandbox, "GET", "/Users?cursor=&count=101", "").await;
    assert_eq!((response.status, &response.json()["scimType"]), (400, &json!("invalidCount")));
}
