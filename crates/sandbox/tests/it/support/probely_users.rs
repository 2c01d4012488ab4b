//! Users at Probely: helpers that create, change and list them.

use anyprofile_sandbox::Sandbox;
use serde_json::Value;

use super::{Response, array, probely, write_probely};

pub(crate) async fn listed(sandbox: &Sandbox, list: &str, query: &str) -> Vec<Value> {
    array(&probely(sandbox, &format!("/{list}/?length=1000&{query}")).await.ok()["results"])
}

pub(crate) async fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Response {
    write_probely(sandbox, "POST", path, &body.to_string()).await
}

pub(crate) async fn patch(sandbox: &Sandbox, user: &Value, body: &Value) -> Response {
    write_probely(sandbox, "PATCH", &path_of(user), &body.to_string()).await
}

pub(crate) fn path_of(user: &Value) -> String {
    format!("/users/{}/", user["id"].as_str().unwrap())
}

pub(crate) fn created(response: &Response) -> Value {
    assert_eq!(response.status, 201, "{}", response.text);
    response.json()
}
