use std::time::{Duration, Instant};

use anyprofile_sandbox::{Fault, SandboxOptions};
use serde_json::json;
use tokio::net::TcpStream;

use crate::support::{access_token, anthropic, array, probely, scim, scim_path, send, start, upsun};

#[tokio::test]
async fn the_description_is_the_one_line_that_other_programs_read() {
    let sandbox = start(SandboxOptions::new().profiles(3).seed(9)).await;
    let text = serde_json::to_string(sandbox.description()).unwrap();
    assert!(!text.contains('\n'));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let origins = [
        ("upsun", "base_url"),
        ("upsun", "auth_url"),
        ("probely", "base_url"),
        ("anthropic", "base_url"),
        ("scim", "base_url"),
    ]
    .map(|(service, url)| json[service][url].as_str().unwrap().to_owned());
    // An origin for each, without a path.
    assert!(origins.iter().all(|it| it.strip_prefix("http://127.0.0.1:").unwrap().parse::<u16>().is_ok()));
    assert_eq!(origins.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
    let [upsun, upsun_auth, probely, anthropic, scim] = &origins;
    let expected = json!({
        "upsun": {
            "base_url": upsun,
            "auth_url": upsun_auth,
            "api_token": "sandbox-upsun-api-token",
            "organizations": ["01HSANDB0XACME000000000001", "01HSANDB0XB1RC000000000002", "01HSANDB0XETNA000000000005"],
        },
        "probely": {"base_url": probely, "api_key": "sandbox-probely-api-key"},
        "anthropic": {
            "base_url": anthropic,
            "api_key": "sandbox-anthropic-api-key",
            "admin_api_key": "sandbox-anthropic-admin-key",
            "admin_token": "sandbox-anthropic-admin-token",
            "workspace_id": "wrkspc_01SANDBoxSANDBoxSANDBox1",
        },
        "scim": {"base_url": scim, "token": "sandbox-scim-token"},
        "profiles": 3,
        "seed": 9,
    });
    assert_eq!(json, expected);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let sandbox = start(SandboxOptions::new().profiles(200).seed(seed)).await;
        let token = access_token(&sandbox).await;
        runs.push([
            upsun(&sandbox, &token, "/profiles?page=2").await.json()["profiles"].to_string(),
            upsun(&sandbox, &token, "/users/me").await.text,
            upsun(&sandbox, &token, "/organizations/name=birch/profile").await.text,
            probely(&sandbox, "/users/?length=200").await.text,
            anthropic(&sandbox, &[], "/v1/user_profiles?limit=100").await.text,
            scim(&sandbox, "GET", "/Users?excludedAttributes=meta.location,groups.$ref", "").await.text,
        ]);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].iter().zip(&runs[2]).all(|(one, two)| one != two));
}

#[tokio::test]
async fn a_number_of_profiles_does_not_change_the_profiles() {
    let (few, many) = (start(SandboxOptions::new()).await, start(SandboxOptions::new().profiles(500)).await);
    let page = "/users/?length=18";
    assert_eq!(probely(&few, page).await.ok()["results"], probely(&many, page).await.ok()["results"]);
}

#[tokio::test]
async fn a_page_deep_in_a_huge_listing_costs_no_more_than_the_first() {
    // More than could be stored: it works only if each page is generated when it is requested.
    let sandbox = start(SandboxOptions::new().profiles(10_000_000_000)).await;
    let token = access_token(&sandbox).await;
    let body = upsun(&sandbox, &token, "/profiles?range=100&page=100000000").await.ok();
    let profiles = array(&body["profiles"]);
    assert_eq!((profiles.len(), body["_links"].get("next")), (100, None));
    let id = profiles[99]["id"].as_str().unwrap();
    assert_eq!(upsun(&sandbox, &token, &format!("/profiles/{id}")).await.ok(), profiles[99]);
    let body = probely(&sandbox, "/users/?length=1000&page=9000000").await.ok();
    assert_eq!(array(&body["results"]).len(), 1_000);
    let body = anthropic(&sandbox, &[], "/v1/user_profiles?limit=100").await.ok();
    assert_eq!(array(&body["data"]).len(), 100);
    let body = scim(&sandbox, "GET", "/Users?startIndex=9999999901", "").await.ok();
    let users = array(&body["Resources"]);
    assert_eq!(users.len(), 100);
    assert_eq!(scim(&sandbox, "GET", &scim_path(&sandbox, &users[99]), "").await.ok(), users[99]);
}

#[tokio::test]
async fn requests_are_recorded_without_their_credentials() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    upsun(&sandbox, &token, "/profiles?page=2").await.ok();
    probely(&sandbox, "/users/nobody/").await;
    anthropic(&sandbox, &["user-profiles-2026-03-24"], "/v1/user_profiles").await.ok();
    probely(&sandbox, "/nonesuch/").await;
    let description = sandbox.description();
    send("GET", &format!("{}/elsewhere", description.upsun.base_url), &[], "").await;

    let requests = sandbox.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|r| (r.service, r.operation, r.path.as_str(), r.query.as_str(), r.status))
        .collect();
    assert_eq!(
        seen,
        [
            ("upsun-auth", "oauth2-token", "/oauth2/token", "", 200),
            ("upsun", "list-profiles", "/profiles", "page=2", 200),
            ("probely", "users_retrieve", "/users/nobody/", "", 404),
            ("anthropic", "BetaListUserProfiles", "/v1/user_profiles", "", 200),
            ("probely", "unknown", "/nonesuch/", "", 404),
            ("upsun", "unknown", "/elsewhere", "", 404),
        ]
    );
    assert!(requests[3].headers.contains(&("anthropic-beta".into(), "user-profiles-2026-03-24".into())));
    assert!(requests[3].headers.contains(&("x-api-key".into(), "(hidden)".into())));
    let all = format!("{requests:?}");
    for secret in
        [&description.upsun.api_token, &description.probely.api_key, &description.anthropic.api_key, &token]
    {
        assert!(!all.contains(secret.as_str()));
    }
    sandbox.clear_requests();
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_fault_acts_on_its_attempts_and_repeats_exactly() {
    for _ in 0..2 {
        let fault =
            Fault::new("users_list").on_attempts(2..=3).respond(503).header("Retry-After", "7").body("down");
        let sandbox = start(SandboxOptions::new().fault(fault)).await;
        let mut statuses = Vec::new();
        for _ in 0..4 {
            let response = probely(&sandbox, "/users/").await;
            if response.status == 503 {
                assert_eq!((response.header("retry-after"), response.text.as_str()), (Some("7"), "down"));
                assert!(response.header("x-request-id").is_some());
            }
            statuses.push(response.status);
            probely(&sandbox, "/profile/").await.ok();
        }
        assert_eq!(statuses, [200, 503, 503, 200]);
    }
}

#[tokio::test]
async fn an_added_fault_counts_from_then_on_and_can_be_taken_back() {
    let sandbox = start(SandboxOptions::new()).await;
    probely(&sandbox, "/users/").await.ok();
    sandbox.add_fault(Fault::new("users_list").first(1).respond(429));
    assert_eq!(probely(&sandbox, "/users/").await.status, 429);
    probely(&sandbox, "/users/").await.ok();
    sandbox.add_fault(Fault::new("*").respond(500));
    assert_eq!(probely(&sandbox, "/profile/").await.status, 500);
    sandbox.clear_faults();
    probely(&sandbox, "/profile/").await.ok();
}

#[tokio::test]
async fn named_faults_reach_all_three_services() {
    for (name, first, second) in
        [("status-429-once", 200, 429), ("status-503-once", 200, 503), ("html-with-200", 200, 200)]
    {
        let sandbox = start(SandboxOptions::new()).await;
        let token = access_token(&sandbox).await;
        Fault::named(name).unwrap().into_iter().for_each(|fault| sandbox.add_fault(fault));
        for (number, status) in [(1, first), (2, second)] {
            for response in [
                upsun(&sandbox, &token, "/profiles").await,
                probely(&sandbox, "/users/").await,
                anthropic(&sandbox, &[], "/v1/user_profiles").await,
            ] {
                assert_eq!(response.status, status, "{name}");
                let is_page = response.text.starts_with("<!DOCTYPE html>");
                assert_eq!(is_page, name == "html-with-200" && number == 2);
                if status != 200 && response.header("request-id").is_some() {
                    assert_eq!(response.json()["request_id"].as_str(), response.header("request-id"));
                }
            }
        }
    }
}

#[tokio::test]
async fn latency_and_a_delay_add_up() {
    let sandbox = start(SandboxOptions::new().latency(Duration::from_millis(30))).await;
    sandbox.add_fault(Fault::new("profile_list").delay(Duration::from_millis(40)));
    let begun = Instant::now();
    probely(&sandbox, "/profile/").await.ok();
    assert!(begun.elapsed() >= Duration::from_millis(70));
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let sandbox = start(SandboxOptions::new()).await;
    let description = sandbox.description().clone();
    let bearer = format!("Bearer {}", access_token(&sandbox).await);
    let jwt = format!("JWT {}", description.probely.api_key);
    let key = description.anthropic.api_key.as_str();
    for (url, headers, allow) in [
        (
            format!("{}/profiles", description.upsun.base_url),
            vec![("authorization", bearer.as_str())],
            "GET, HEAD",
        ),
        (
            format!("{}/organizations/x/profile", description.upsun.base_url),
            vec![("authorization", bearer.as_str())],
            "GET, HEAD, PATCH",
        ),
        (
            format!("{}/profile/", description.probely.base_url),
            vec![("authorization", jwt.as_str())],
            "GET, HEAD",
        ),
        (
            format!("{}/v1/user_profiles", description.anthropic.base_url),
            vec![("x-api-key", key), ("anthropic-version", "2023-06-01")],
            "GET, HEAD, POST",
        ),
    ] {
        let response = send("DELETE", &url, &headers, "").await;
        assert_eq!((response.status, response.header("allow")), (405, Some(allow)), "{url}");
        let head = send("HEAD", &url, &headers, "").await;
        assert_eq!(head.text, "");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let sandbox = start(SandboxOptions::new()).await;
    let url = format!("{}/oauth2/token", sandbox.description().upsun.auth_url);
    assert_eq!(send("POST", &url, &[], &"x".repeat(1024 * 1024 + 1)).await.status, 413);
}

#[tokio::test]
async fn stopping_and_dropping_close_the_port_even_in_a_long_delay() {
    for drop_it in [true, false] {
        let slow = Fault::new("profile_list").delay(Duration::from_secs(3_600));
        let sandbox = start(SandboxOptions::new().fault(slow)).await;
        let url = format!("{}/profile/", sandbox.description().probely.base_url);
        let address = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let waiting = tokio::spawn(async move { send("GET", &url, &[], "").await.status });
        while sandbox.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(sandbox.requests()[0].status, 0);
        if drop_it {
            drop(sandbox);
        } else {
            tokio::time::timeout(Duration::from_secs(10), sandbox.stop()).await.unwrap();
        }
        assert_eq!(waiting.await.unwrap(), 503);
        let mut tries = 0;
        while TcpStream::connect(&address).await.is_ok() {
            tries += 1;
            assert!(tries < 200, "the port is still open");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn waiting_goes_on_while_the_server_runs() {
    let sandbox = start(SandboxOptions::new()).await;
    assert!(tokio::time::timeout(Duration::from_millis(30), sandbox.wait()).await.is_err());
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let sandbox = start(SandboxOptions::new()).await;
    let port = sandbox.description().probely.base_url.split([':', '/']).nth(4).unwrap().parse().unwrap();
    let second = anyprofile_sandbox::Sandbox::start(SandboxOptions::new().port(port)).await;
    assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}
