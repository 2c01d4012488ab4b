use anyprofile_sandbox::{Sandbox, SandboxOptions};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::support::{Response, array, ids, scim, start};

/// Whether a user is wanted.
type Test<'a> = Box<dyn Fn(&Value) -> bool + 'a>;

async fn filtered(sandbox: &Sandbox, filter: &str, more: &str) -> Response {
    let filter = utf8_percent_encode(filter, NON_ALPHANUMERIC);
    scim(sandbox, "GET", &format!("/Users?filter={filter}{more}"), "").await
}

async fn all(sandbox: &Sandbox) -> Vec<Value> {
    array(&scim(sandbox, "GET", "/Users", "").await.ok()["Resources"])
}

#[tokio::test]
async fn a_filter_finds_exactly_those_who_meet_it() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let all = all(&sandbox).await;
    let name = all[7]["userName"].as_str().unwrap();
    let address = all[2]["emails"][1]["value"].as_str().unwrap();
    let type_of = |user: &Value| user["userType"].as_str().map(str::to_owned);
    let since = all[30]["meta"]["lastModified"].as_str().unwrap();
    let cases: [(String, Test<'_>); 6] = [
        (format!("userName eq {}", json!(name.to_uppercase())), Box::new(move |it| it["userName"] == name)),
        (format!("emails.value eq {}", json!(address.to_uppercase())), {
            let address = address.to_owned();
            Box::new(move |it| {
                it["emails"].as_array().is_some_and(|all| all.iter().any(|email| email["value"] == *address))
            })
        }),
        (
            "emails[type eq \"home\" and not (primary eq true)]".to_owned(),
            Box::new(|it| {
                let is_home = |email: &Value| email["type"] == "home" && email["primary"] != true;
                it["emails"].as_array().is_some_and(|all| all.iter().any(is_home))
            }),
        ),
        (
            "USERTYPE eq \"employee\" or usertype sw \"C\"".to_owned(),
            Box::new(move |it| type_of(it).is_some()),
        ),
        ("not (userType pr)".to_owned(), Box::new(|it| it["userType"].is_null())),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber pr".to_owned(),
            Box::new(|it| {
                it["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["employeeNumber"].is_string()
            }),
        ),
    ];
    for (filter, is_wanted) in cases {
        let page = filtered(&sandbox, &filter, "").await.ok();
        let wanted: Vec<Value> = all.iter().filter(|user| is_wanted(user)).cloned().collect();
        assert!(!wanted.is_empty(), "{filter}");
        assert_eq!(ids(&array(&page["Resources"])), ids(&wanted), "{filter}");
        assert_eq!(page["totalResults"], wanted.len());
    }
    let changed = filtered(&sandbox, &format!("meta.lastModified ge \"{since}\""), "").await.ok();
    let changed = ids(&array(&changed["Resources"]));
    assert!(changed.contains(&ids(&all)[30]) && changed.len() < all.len());
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_refused() {
    let sandbox = start(SandboxOptions::new()).await;
    for filter in ["", "userName", "nobody eq \"x\"", "userName like \"x\"", "(title pr", "active gt true"] {
        let response = filtered(&sandbox, filter, "").await;
        assert_eq!(response.status, 400, "{filter}");
        assert_eq!(response.json()["scimType"], "invalidFilter", "{filter}");
    }
}

#[tokio::test]
async fn pages_of_a_filter_and_an_order_hold_everybody_once() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let mut seen = Vec::new();
    for start in (1..=60).step_by(7) {
        let more = format!("&sortBy=displayName&sortOrder=descending&count=7&startIndex={start}");
        seen.extend(array(&filtered(&sandbox, "userName pr", &more).await.ok()["Resources"]));
    }
    let name = |user: &Value| user["displayName"].as_str().filter(|it| !it.is_empty()).map(str::to_lowercase);
    let names: Vec<_> = seen.iter().map(name).collect();
    let nameless = names.iter().take_while(|name| name.is_none()).count();
    assert_eq!(names.iter().filter(|name| name.is_none()).count(), nameless);
    assert!(names[nameless..].is_sorted_by(|one, other| one >= other));
    let mut all = ids(&seen);
    all.sort();
    all.dedup();
    assert_eq!((all.len(), nameless), (60, 9));
}

#[tokio::test]
async fn times_are_ordered_as_times_and_not_as_texts() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let sorted = array(&scim(&sandbox, "GET", "/Users?sortBy=META.created", "").await.ok()["Resources"]);
    let digits: Vec<_> =
        sorted.iter().map(|it| it["meta"]["created"].as_str().unwrap()[..19].to_owned()).collect();
    assert!(digits.is_sorted());
}

#[tokio::test]
async fn a_search_is_a_list_by_a_body() {
    let sandbox = start(SandboxOptions::new().profiles(60)).await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "active eq true",
        "attributes": ["userName", "title"], "startIndex": 3, "count": 4, "sortBy": "userName",
    });
    let found = scim(&sandbox, "POST", "/Users/.search", &body.to_string()).await.ok();
    let query = "&attributes=userName,title&startIndex=3&count=4&sortBy=userName";
    assert_eq!(found, filtered(&sandbox, "active eq true", query).await.ok());
    assert_eq!(array(&found["Resources"]).len(), 4);
    assert!(sandbox.requests().iter().all(|request| !request.write));
    assert_eq!(scim(&sandbox, "POST", "/Users/.search", "{}").await.json()["scimType"], "invalidSyntax");
}

#[tokio::test]
async fn a_write_is_visible_in_filters_and_orders_at_once() {
    let sandbox = start(SandboxOptions::new().profiles(30)).await;
    let filter = "displayName sw \"zzz\"";
    assert_eq!(filtered(&sandbox, filter, "").await.ok()["totalResults"], 0);
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "new", "displayName": "ZZZ top",
    });
    assert_eq!(scim(&sandbox, "POST", "/Users", &body.to_string()).await.status, 201);
    assert_eq!(filtered(&sandbox, filter, "").await.ok()["Resources"][0]["userName"], "new");
}
