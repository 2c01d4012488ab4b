use std::collections::HashSet;
use std::time::Duration;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, exchange, ids, send, shows_every_state, start, upsun};

const ACME: &str = "01HSANDB0XACME000000000001";
const BASIC: (&str, &str) = ("Authorization", "Basic cGxhdGZvcm0tYXBpLXVzZXI6");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

async fn patch(sandbox: &Sandbox, organization: &str, body: &str) -> Response {
    let url = format!("{}/organizations/{organization}/profile", sandbox.description().upsun.base_url);
    let authorization = format!("Bearer {}", access_token(sandbox).await);
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    send("PATCH", &url, &headers, body).await
}

async fn all_profiles(profiles: u64) -> Vec<Value> {
    let sandbox = start(SandboxOptions::new().profiles(profiles).upsun_max_page_size(1_000)).await;
    let token = access_token(&sandbox).await;
    array(&upsun(&sandbox, &token, &format!("/profiles?range={profiles}")).await.ok()["profiles"])
}

#[tokio::test]
async fn an_api_token_is_exchanged_for_a_new_access_token_each_time() {
    let sandbox = start(SandboxOptions::new().token_lifetime(Duration::from_secs(60))).await;
    let form = format!("grant_type=api_token&api_token={}", sandbox.description().upsun.api_token);
    let response = exchange(&sandbox, &[BASIC, FORM], &form).await.ok();
    assert_eq!(response["expires_in"], 60);
    assert_eq!(response["access_token"].as_str().unwrap().split('.').count(), 3);
    assert_ne!(response["access_token"], access_token(&sandbox).await);
}

#[tokio::test]
async fn the_token_endpoint_refuses_what_oauth_refuses() {
    let sandbox = start(SandboxOptions::new()).await;
    let right = format!("grant_type=api_token&api_token={}", sandbox.description().upsun.api_token);
    let wrong_client = ("Authorization", "Basic cGxhdGZvcm0tYXBpLXVzZXI6eA==");
    let json_body = ("Content-Type", "application/json");
    for (headers, form, status, error) in [
        (vec![FORM], right.as_str(), 401, "invalid_client"),
        (vec![wrong_client, FORM], &right, 401, "invalid_client"),
        (vec![BASIC, FORM], "grant_type=api_token&api_token=x", 400, "invalid_grant"),
        (vec![BASIC, FORM], "grant_type=api_token", 400, "invalid_request"),
        (vec![BASIC, FORM], "grant_type=password&username=x", 400, "unsupported_grant_type"),
        (vec![BASIC, FORM], "", 400, "invalid_request"),
        (vec![BASIC, json_body], &right, 400, "invalid_request"),
        (vec![BASIC, ("Content-Type", "text/plain")], &right, 400, "invalid_request"),
    ] {
        let response = exchange(&sandbox, &headers, form).await;
        assert_eq!((response.status, &response.json()["error"]), (status, &json!(error)), "{form}");
    }
    let wrong = exchange(&sandbox, &[BASIC, FORM], "grant_type=api_token&api_token=x").await.json();
    assert!(wrong["error_description"].as_str().unwrap().contains("API token"));
}

#[tokio::test]
async fn an_access_token_is_refused_once_it_has_expired_or_was_never_issued() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    upsun(&sandbox, &token, "/users/me").await.ok();
    sandbox.advance_clock(Duration::from_secs(899));
    upsun(&sandbox, &token, "/users/me").await.ok();
    sandbox.advance_clock(Duration::from_secs(2));
    for token in [token.as_str(), "x", "a.b.c", "sandbox-upsun-api-token"] {
        let response = upsun(&sandbox, token, "/users/me").await;
        assert_eq!((response.status, response.header("www-authenticate")), (401, Some("Bearer")));
        assert_eq!(response.json()["error"], "invalid_token");
    }
    let url = format!("{}/profiles", sandbox.description().upsun.base_url);
    assert_eq!(send("GET", &url, &[], "").await.status, 401);
    upsun(&sandbox, &access_token(&sandbox).await, "/users/me").await.ok();
}

#[tokio::test]
async fn every_profile_is_on_exactly_one_page() {
    let sandbox = start(SandboxOptions::new().profiles(57)).await;
    let token = access_token(&sandbox).await;
    let mut seen = Vec::new();
    for page in 1..=6 {
        let response = upsun(&sandbox, &token, &format!("/profiles?page={page}&range=10")).await;
        assert_eq!(response.header("content-type"), Some("application/hal+json; charset=utf-8"));
        let body = response.ok();
        assert_eq!(body["count"], 57);
        let links = &body["_links"];
        assert_eq!(links["self"]["title"], "Self");
        assert_eq!((links.get("previous").is_some(), links.get("next").is_some()), (page > 1, page < 6));
        seen.extend(ids(&array(&body["profiles"])));
    }
    assert_eq!((seen.len(), seen.iter().collect::<HashSet<_>>().len()), (57, 57));
    let after = upsun(&sandbox, &token, "/profiles?page=7&range=10").await.ok();
    assert_eq!((after["profiles"].clone(), after["_links"].get("next")), (json!([]), None));
}

#[tokio::test]
async fn the_next_link_forgets_the_query_and_is_now_a_path_now_a_url() {
    let sandbox = start(SandboxOptions::new().profiles(30)).await;
    let token = access_token(&sandbox).await;
    let base = &sandbox.description().upsun.base_url;
    let first = upsun(&sandbox, &token, "/profiles?range=10").await.ok();
    assert_eq!(first["_links"]["next"]["href"], format!("{base}/profiles?page=2"));
    assert!(first["_links"]["curies"].is_array());
    let second = upsun(&sandbox, &token, "/profiles?range=10&page=2").await.ok();
    assert_eq!(second["_links"]["next"]["href"], "/profiles?page=3");
}

#[tokio::test]
async fn page_sizes_have_a_default_and_a_limit() {
    let sandbox = start(SandboxOptions::new().profiles(300).upsun_page_size(7)).await;
    let token = access_token(&sandbox).await;
    for (query, length) in [("", 7), ("?range=40", 40), ("?range=1000", 100)] {
        let body = upsun(&sandbox, &token, &format!("/profiles{query}")).await.ok();
        assert_eq!(array(&body["profiles"]).len(), length);
    }
    for query in ["page=0", "page=x", "range=0", "range=-1", "filter%5Bnonsense%5D=1"] {
        let response = upsun(&sandbox, &token, &format!("/profiles?{query}")).await;
        assert_eq!((response.status, &response.json()["status"]), (400, &json!(400)), "{query}");
    }
}

#[tokio::test]
async fn profiles_are_found_by_username_and_by_id() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let profiles = array(&upsun(&sandbox, &token, "/profiles").await.ok()["profiles"]);
    let wanted = &profiles[13];
    let username = wanted["username"].as_str().unwrap();
    for filter in ["filter[username]", "filter%5Busername%5D", "filter[username][value]"] {
        let body = upsun(&sandbox, &token, &format!("/profiles?{filter}={username}")).await.ok();
        assert_eq!((&body["count"], &body["profiles"]), (&json!(1), &json!([wanted])));
    }
    let none = upsun(&sandbox, &token, "/profiles?filter[username]=nobody-3").await.ok();
    assert_eq!((&none["count"], &none["profiles"]), (&json!(0), &json!([])));
    let id = wanted["id"].as_str().unwrap();
    assert_eq!(upsun(&sandbox, &token, &format!("/profiles/{id}")).await.ok(), *wanted);
    for unknown in ["nobody", "d81c8ee2-44b3-429f-b944-a33ad7437690"] {
        assert_eq!(upsun(&sandbox, &token, &format!("/profiles/{unknown}")).await.status, 404);
    }
}

#[tokio::test]
async fn the_first_twenty_profiles_show_every_variation() {
    let profiles = all_profiles(20).await;
    for field in ["display_name", "picture", "company_type", "company_name", "company_role", "website_url"] {
        assert_eq!(shows_every_state(&profiles, field), [true; 4], "{field}");
    }
    assert_eq!(shows_every_state(&profiles, "email"), [true, false, true, true]);
    let texts = |field: &str| -> Vec<String> {
        profiles.iter().filter_map(|profile| profile[field].as_str().map(str::to_owned)).collect()
    };
    let created = texts("created_at");
    assert!(created.iter().any(|time| time == "0001-01-01T00:00:00Z"));
    let digits = |time: &String| {
        time.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count())
    };
    assert_eq!(created.iter().map(digits).collect::<HashSet<_>>(), HashSet::from([0, 3, 5, 6]));
    assert!(created.iter().any(|time| time.ends_with("+00:00")));
    assert!(texts("customer_type").contains(&"non_profit".to_owned()));
    assert!(texts("company_type").contains(&"worker-cooperative".to_owned()));
    assert!(profiles.iter().any(|profile| profile.get("ui_contrast").is_some()));
    let trials: Vec<Option<&Value>> = profiles.iter().map(|profile| profile.get("current_trial")).collect();
    assert!(trials.contains(&None) && trials.contains(&Some(&Value::Null)));
    assert!(trials.iter().flatten().any(|trial| trial.is_array()));
    assert!(
        trials
            .iter()
            .flatten()
            .any(|trial| trial["spend"]["amount"].is_string() && trial["spend"]["currency"] == "EUR")
    );
    assert!(
        trials
            .iter()
            .flatten()
            .any(|trial| trial["spend"]["amount"] == 30 && trial["spend"]["currency_code"] == "USD")
    );
    assert!(texts("display_name").iter().any(|name| !name.is_ascii()));
}

#[tokio::test]
async fn the_current_user_is_the_first_profile() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let user = upsun(&sandbox, &token, "/users/me").await.ok();
    let first = upsun(&sandbox, &token, "/profiles?range=1").await.ok()["profiles"][0].clone();
    for field in ["id", "email", "username"] {
        assert_eq!(user[field], first[field]);
    }
    for field in [
        "deactivated",
        "namespace",
        "email_verified",
        "first_name",
        "last_name",
        "picture",
        "company",
        "website",
        "country",
        "created_at",
        "updated_at",
        "phone_number_verified",
        "mfa_enabled",
        "sso_enabled",
    ] {
        assert!(user.get(field).is_some(), "{field}");
    }
    let missing = upsun(&sandbox, &token, "/users/nobody").await;
    assert_eq!((missing.status, missing.text.as_str()), (404, ""));
}

#[tokio::test]
async fn a_token_without_a_user_has_no_current_user() {
    let sandbox = start(SandboxOptions::new().upsun_token_without_user(true)).await;
    let response = upsun(&sandbox, &access_token(&sandbox).await, "/users/me").await;
    assert_eq!(response.status, 403);
    assert!(response.json()["error"].is_string());
}

#[tokio::test]
async fn an_organization_profile_is_read_by_id_and_by_name() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let profile = upsun(&sandbox, &token, &format!("/organizations/{ACME}/profile")).await.ok();
    assert_eq!((&profile["type"], profile["id"].as_str().unwrap().len()), (&json!("organization"), 36));
    for path in ["/organizations/name=acme/profile", "/organizations/name%3Dacme/profile"] {
        assert_eq!(upsun(&sandbox, &token, path).await.ok(), profile);
    }
    for id in &sandbox.description().upsun.organizations {
        upsun(&sandbox, &token, &format!("/organizations/{id}/profile")).await.ok();
    }
}

#[tokio::test]
async fn organizations_out_of_reach_response_problems() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    for (name, status, title) in [
        ("cedar", 403, "This organization profile has moved to the billing profile."),
        ("dune", 403, "Forbidden"),
        ("nonesuch", 404, "Not Found"),
    ] {
        let response = upsun(&sandbox, &token, &format!("/organizations/name={name}/profile")).await;
        assert_eq!(
            (response.status, response.header("content-type")),
            (status, Some("application/problem+json"))
        );
        assert_eq!((&response.json()["title"], &response.json()["status"]), (&json!(title), &json!(status)));
        assert!(response.json()["detail"].is_string());
    }
}

#[tokio::test]
async fn an_update_changes_what_is_sent_and_nothing_else() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let token = access_token(&sandbox).await;
    let path = format!("/organizations/{ACME}/profile");
    let before = upsun(&sandbox, &token, &path).await.ok();
    sandbox.advance_clock(Duration::from_secs(10));
    let body = r#"{"company_name":"Ğ","customer_type":"indvidual","vat_number":"","nonsense":7,"id":"x"}"#;
    let after = patch(&sandbox, ACME, body).await.ok();
    let mut expected = before.clone();
    expected["company_name"] = "Ğ".into();
    expected["customer_type"] = "individual".into();
    expected["vat_number"] = "".into();
    expected["updated_at"] = "2027-01-15T08:00:10.000000Z".into();
    assert_eq!(after, expected);
    assert_eq!(upsun(&sandbox, &token, &path).await.ok(), expected);
    assert_eq!(patch(&sandbox, ACME, "{}").await.ok(), expected);
    let company = patch(&sandbox, ACME, r#"{"customer_type":"company"}"#).await.ok();
    assert_eq!((&company["customer_type"], &company["company_name"]), (&json!("corporation"), &json!("Ğ")));
}

#[tokio::test]
async fn a_wrong_update_names_the_fields_and_changes_nothing() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let path = format!("/organizations/{ACME}/profile");
    let before = upsun(&sandbox, &token, &path).await.ok();
    for (body, field) in [
        (r#"{"company_name":null}"#, "company_name"),
        (r#"{"company_name":"x","vat_number":1}"#, "vat_number"),
        (r#"{"billing_contact":"nobody"}"#, "billing_contact"),
        (r#"{"billing_contact":""}"#, "billing_contact"),
        (r#"{"project_options_url":"options.json"}"#, "project_options_url"),
        (r#"{"customer_type":"individual"}"#, "customer_type"),
        ("[]", "body"),
        ("{", "body"),
    ] {
        let response = patch(&sandbox, ACME, body).await;
        let error = response.json();
        assert_eq!(
            (response.status, &error["code"], &error["title"]),
            (400, &json!(400), &json!("Bad Request"))
        );
        assert!(error["status"].is_string() && error["detail"][field][0].is_string(), "{body}: {error}");
    }
    assert_eq!(upsun(&sandbox, &token, &path).await.ok(), before);
    for (id, status) in [
        ("name=acme", 404),
        ("01HSANDB0XZZZZ000000000009", 404),
        ("01HSANDB0XCEDR000000000003", 403),
        ("01HSANDB0XDVNE000000000004", 403),
    ] {
        assert_eq!(patch(&sandbox, id, r#"{"company_name":"x"}"#).await.status, status, "{id}");
    }
}
