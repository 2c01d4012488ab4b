//! Users at Probely: how they are made, changed and listed.

use anyprofile_sandbox::Sandbox;
use serde_json::Value;

use super::{Answer, array, probely, write_probely};

pub(crate) async fn listed(sandbox: &Sandbox, list: &str, query: &str) -> Vec<Value> {
    array(&probely(sandbox, &format!("/{list}/?length=1000&{query}")).await.ok()["results"])
}

pub(crate) async fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Answer {
    write_probely(sandbox, "POST", path, &body.to_string()).await
}

pub(crate) async fn patch(sandbox: &Sandbox, user: &Value, body: &Value) -> Answer {
    write_probely(sandbox, "PATCH", &path_of(user), &body.to_string()).await
}

pub(crate) fn path_of(user: &Value) -> String {
    format!("/users/{}/", user["id"].as_str().unwrap())
}

pub(crate) fn created(response: &Answer) -> Value {
    assert_eq!(response.status, 201, "{}", response.text);
    response.json()
}
