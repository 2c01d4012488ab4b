//! End users at Anthropic: the dates of the API, and helpers that create, change and read profiles.

use anyprofile_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Response, anthropic, array, write_anthropic};

pub(crate) const MARCH: &[&str] = &["user-profiles-2026-03-24"];
pub(crate) const AUGUST: &[&str] = &["user-profiles-2026-08-18"];
pub(crate) const SEPTEMBER: &[&str] = &["user-profiles-2026-09-04"];
pub(crate) const GENERAL: &[&str] = &[];
pub(crate) const PROFILES: &str = "/v1/user_profiles";

pub(crate) async fn create(sandbox: &Sandbox, betas: &[&str], body: &Value) -> Response {
    write_anthropic(sandbox, betas, "POST", PROFILES, &body.to_string()).await
}

pub(crate) async fn update(sandbox: &Sandbox, betas: &[&str], id: &Value, body: &Value) -> Response {
    let path = format!("{PROFILES}/{}", id.as_str().unwrap());
    write_anthropic(sandbox, betas, "POST", &path, &body.to_string()).await
}

pub(crate) async fn get(sandbox: &Sandbox, betas: &[&str], id: &Value) -> Value {
    anthropic(sandbox, betas, &format!("{PROFILES}/{}", id.as_str().unwrap())).await.ok()
}

pub(crate) async fn all(sandbox: &Sandbox, betas: &[&str], query: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let body = anthropic(sandbox, betas, &format!("{PROFILES}?{query}{cursor}")).await.ok();
        found.extend(array(&body["data"]));
        match body["next_page"].as_str() {
            Some(next) => cursor = format!("&page={next}"),
            None => return found,
        }
    }
}

/// Checks a refusal and returns its message.
pub(crate) fn refused(response: &Response) -> String {
    let body = response.json();
    assert_eq!((response.status, &body["error"]["type"]), (400, &json!("invalid_request_error")), "{body}");
    assert_eq!(
        (&body["type"], body["request_id"].as_str()),
        (&json!("error"), response.header("request-id"))
    );
    body["error"]["message"].as_str().unwrap().to_owned()
}
