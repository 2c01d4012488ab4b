//! The clients and bodies that Upsun's token endpoint accepts.

use anyprofile_sandbox::SandboxOptions;
use serde_json::json;

use crate::support::{exchange, start, upsun};

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
/// `platform-api-user:`, `platform-cli:` and `upsun-cli:`.
const CLIENTS: [&str; 3] =
    ["Basic cGxhdGZvcm0tYXBpLXVzZXI6", "Basic cGxhdGZvcm0tY2xpOg==", "Basic dXBzdW4tY2xpOg=="];

#[tokio::test]
async fn every_official_client_gets_a_token_by_a_form_and_by_json() {
    let sandbox = start(SandboxOptions::new()).await;
    let api_token = sandbox.description().upsun.api_token.clone();
    let form = format!("grant_type=api_token&api_token={api_token}");
    let json = json!({"grant_type": "api_token", "api_token": api_token}).to_string();
    for client in CLIENTS {
        for (kind, body) in [(FORM, &form), (JSON, &json)] {
            let response = exchange(&sandbox, &[("authorization", client), kind], body).await.ok();
            let token = response["access_token"].as_str().unwrap();
            upsun(&sandbox, token, "/users/me").await.ok();
        }
    }
    assert!(!format!("{:?}", sandbox.requests()).contains(&api_token));
    // `other-cli:`, `upsun-cli` without a colon, and `upsun-cli:x`.
    for client in ["Basic b3RoZXItY2xpOg==", "Basic dXBzdW4tY2xp", "Basic dXBzdW4tY2xpOng="] {
        let response = exchange(&sandbox, &[("authorization", client), JSON], &json).await;
        assert_eq!((response.status, &response.json()["error"]), (401, &json!("invalid_client")), "{client}");
    }
}

#[tokio::test]
async fn wrong_json_is_refused_as_a_wrong_form_is() {
    let sandbox = start(SandboxOptions::new()).await;
    for (body, error) in [
        ("", "invalid_request"),
        ("[]", "invalid_request"),
        ("{}", "invalid_request"),
        (r#"{"grant_type":"api_token"}"#, "invalid_request"),
        (r#"{"grant_type":"api_token","api_token":1}"#, "invalid_request"),
        (r#"{"grant_type":"api_token","api_token":"x"}"#, "invalid_grant"),
        (r#"{"grant_type":"password","api_token":"x"}"#, "unsupported_grant_type"),
    ] {
        let response = exchange(&sandbox, &[("authorization", CLIENTS[1]), JSON], body).await;
        assert_eq!((response.status, &response.json()["error"]), (400, &json!(error)), "{body}");
    }
}
