//! A service that misreads a request.

use anyprofile_sandbox::{Fault, NamedFault, Sandbox, SandboxOptions};
use serde_json::Value;

use crate::support::{access_token, anthropic, array, probely, start, upsun, write_probely};

async fn ids(sandbox: &Sandbox) -> Vec<String> {
    let page = probely(sandbox, "/users/?length=1000").await.ok();
    array(&page["results"]).iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn another_profile_is_read_and_written_than_the_path_names_and_the_response_is_about_that_one() {
    let sandbox = start(SandboxOptions::new().profiles(20)).await;
    let ids = ids(&sandbox).await;
    for service in ["upsun", "probely", "anthropic"] {
        sandbox.add_fault(Fault::new("*").at_service(service).for_another_profile());
    }
    let read = probely(&sandbox, &format!("/users/{}/", ids[3])).await.ok();
    assert_eq!(read["id"], ids[4].as_str());
    let last = probely(&sandbox, &format!("/users/{}/", ids[17])).await.ok();
    assert_eq!(last["id"], ids[1].as_str(), "the key's own user comes last");
    let written = write_probely(&sandbox, "PATCH", &format!("/users/{}/", ids[3]), r#"{"name":"X"}"#).await;
    assert_eq!((written.ok()["id"].as_str(), sandbox.requests().len()), (Some(ids[4].as_str()), 4));

    let token = access_token(&sandbox).await;
    let page = upsun(&sandbox, &token, "/profiles").await.ok();
    let somebody = &page["profiles"][3];
    let other = |user: &Value| user["id"] == page["profiles"][4]["id"];
    for path in [
        format!("/users/{}", somebody["id"].as_str().unwrap()),
        format!("/users/email={}", somebody["email"].as_str().unwrap()),
        format!("/users/username={}", somebody["username"].as_str().unwrap()),
        format!("/profiles/{}", somebody["id"].as_str().unwrap()),
    ] {
        assert!(other(&upsun(&sandbox, &token, &path).await.ok()), "{path}");
    }
    let me = upsun(&sandbox, &token, "/users/me").await.ok();
    assert_eq!(me["id"], page["profiles"][0]["id"], "this path names nobody");
    let page = anthropic(&sandbox, &[], "/v1/user_profiles").await.ok();
    let [one, other] = [0, 1].map(|place| page["data"][place]["id"].as_str().unwrap().to_owned());
    let read = anthropic(&sandbox, &[], &format!("/v1/user_profiles/{other}")).await.ok();
    assert_eq!(read["id"], one.as_str(), "the newest come first");
    assert_eq!(sandbox.strikes(), [4, 3, 1]);
}

#[tokio::test]
async fn a_person_is_swapped_for_another_when_the_first_page_was_read() {
    let sandbox = start(SandboxOptions::new().profiles(20).fixed_clock(1_800_000_000)).await;
    let before = ids(&sandbox).await;
    for service in ["upsun", "probely"] {
        let fault = NamedFault::all().find(|fault| fault.name == "person-swapped").unwrap();
        sandbox.add_fault(fault.of(service).unwrap());
    }
    assert_eq!(ids(&sandbox).await, before, "the first request");
    let page = probely(&sandbox, "/users/?length=1000").await;
    assert_eq!(page.header("date"), Some("Fri, 15 Jan 2027 08:00:01 GMT"));
    let page = page.ok();
    let after = array(&page["results"]);
    assert_eq!((page["count"].as_u64(), after.len()), (Some(18), 18));
    assert_eq!((after[1]["id"].as_str(), after[0]["id"].as_str()), (Some(&*before[2]), Some(&*before[0])));
    assert_eq!(after[17]["changed"].as_str().map(|time| &time[..19]), Some("2027-01-15T08:00:00"));
    assert!(!before.contains(&after[17]["id"].as_str().unwrap().to_owned()));
    assert_eq!(probely(&sandbox, &format!("/users/{}/", before[1])).await.status, 404);

    let token = access_token(&sandbox).await;
    let first = upsun(&sandbox, &token, "/profiles?range=100").await.ok();
    let second = upsun(&sandbox, &token, "/profiles?range=100").await.ok();
    assert_eq!((second["count"].as_u64(), &second["profiles"][1]), (Some(20), &first["profiles"][2]));
    let gone = first["profiles"][1]["id"].as_str().unwrap();
    assert_eq!(upsun(&sandbox, &token, &format!("/users/{gone}")).await.status, 404);
    let new = second["profiles"][19]["id"].as_str().unwrap();
    let user = upsun(&sandbox, &token, &format!("/users/{new}")).await.ok();
    assert_eq!(user["id"], new);
    assert_eq!(sandbox.strikes(), [1, 1]);
}

#[tokio::test]
async fn a_query_is_read_otherwise_than_it_was_sent() {
    let sandbox = start(SandboxOptions::new().profiles(40)).await;
    let count =
        async |query: &str| probely(&sandbox, &format!("/users/?{query}")).await.ok()["count"].as_u64();
    let (active, inactive, all) = (count("active=true").await, count("active=false").await, count("").await);
    assert!(active != inactive && active != all);
    for (name, seen) in [("filter-inverted", inactive), ("filter-ignored", all)] {
        sandbox.clear_faults();
        let fault = NamedFault::all().find(|fault| fault.name == name).unwrap();
        sandbox.add_fault(fault.of("probely").unwrap());
        assert_eq!(count("active=true&length=7").await, seen, "{name}");
        assert_eq!(count("length=7").await, all, "{name}");
        assert_eq!(sandbox.strikes(), [1], "{name}");
        // The log contains what was sent.
        assert_eq!(sandbox.requests().pop().unwrap().query, "length=7");
    }
}
