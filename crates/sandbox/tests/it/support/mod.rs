//! A minimal HTTP client: one connection for each request.

pub(crate) mod anthropic_operations;
pub(crate) mod anthropic_profiles;
pub(crate) mod probely_users;

use std::fmt::Write as _;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");

#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Response {
    /// Checks the status and the code of an error; the code is empty if it has none.
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        let error = &self.json()["error"];
        let kind = match status {
            403 => "permission_error",
            404 => "not_found_error",
            409 => "conflict_error",
            _ => "invalid_request_error",
        };
        assert_eq!(error["type"], kind);
        assert_eq!(error["details"]["error_code"].as_str().unwrap_or_default(), code, "{}", self.text);
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// Returns the body of a success.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }
}

pub(crate) async fn start(options: SandboxOptions) -> Sandbox {
    Sandbox::start(options).await.unwrap()
}

/// Returns the path and query of a link of Upsun's, which has the origin or not.
pub(crate) fn path_of_link<'a>(sandbox: &Sandbox, link: &'a Value) -> &'a str {
    let href = link["href"].as_str().unwrap();
    let path = href.strip_prefix(sandbox.description().upsun.base_url.as_str()).unwrap_or(href);
    assert!(path.starts_with('/'), "{href}");
    path
}

/// Sends a request to an absolute URL.
pub(crate) async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Response {
    try_send(method, url, headers, body.as_bytes()).await.unwrap()
}

/// Sends any bytes; returns `None` if the connection is closed without a response.
pub(crate) async fn try_send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Response> {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    write!(request, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut response = Vec::new();
    // A reset counts as an end.
    let read = stream.read_to_end(&mut response).await;
    if response.is_empty() {
        return None;
    }
    read.unwrap();
    let response = String::from_utf8(response).unwrap();
    let (head, text) = response.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Some(Response { status, headers, text: text.to_owned() })
}

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");

/// Sends a write to Upsun with a JSON body.
pub(crate) async fn write_upsun(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Response {
    let url = format!("{}{path}", sandbox.description().upsun.base_url);
    let authorization = format!("Bearer {}", access_token(sandbox).await);
    send(method, &url, &[("authorization", &authorization), JSON], body).await
}

/// Sends a write to Probely with a JSON body.
pub(crate) async fn write_probely(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Response {
    let probely = &sandbox.description().probely;
    let authorization = format!("JWT {}", probely.api_key);
    let headers = [("authorization", authorization.as_str()), JSON];
    send(method, &format!("{}{path}", probely.base_url), &headers, body).await
}

/// Sends a write to Anthropic with a JSON body.
pub(crate) async fn write_anthropic(
    sandbox: &Sandbox,
    betas: &[&str],
    method: &str,
    path: &str,
    body: &str,
) -> Response {
    let key = sandbox.description().anthropic.api_key.as_str();
    to_anthropic(sandbox, ("x-api-key", key), betas, [method, path, body]).await
}

/// Sends a write to Anthropic with the admin key.
pub(crate) async fn write_admin(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Response {
    let key = sandbox.description().anthropic.admin_api_key.as_str();
    to_anthropic(sandbox, ("x-api-key", key), &[], [method, path, body]).await
}

/// Sends a request to Anthropic with the OAuth token, which the whole Admin API accepts, and with betas.
pub(crate) async fn with_token(
    sandbox: &Sandbox,
    betas: &[&str],
    method: &str,
    path: &str,
    body: &str,
) -> Response {
    let bearer = format!("Bearer {}", sandbox.description().anthropic.admin_token);
    to_anthropic(sandbox, ("authorization", &bearer), betas, [method, path, body]).await
}

async fn to_anthropic(
    sandbox: &Sandbox,
    credential: (&str, &str),
    betas: &[&str],
    [method, path, body]: [&str; 3],
) -> Response {
    let mut headers = vec![credential, VERSION, JSON];
    headers.extend(betas.iter().map(|beta| ("anthropic-beta", *beta)));
    let base_url = &sandbox.description().anthropic.base_url;
    send(method, &format!("{base_url}{path}"), &headers, body).await
}

/// Returns a member of Upsun's without the link to the user, which a list has in one place for all its members.
pub(crate) fn as_listed(mut member: Value) -> Value {
    let link = member["_links"].as_object_mut().and_then(|links| links.remove("ref:users:0"));
    assert!(link.is_some(), "{member}");
    member
}

/// Returns the path of a record in a list.
pub(crate) fn path_of(list: &str, record: &Value) -> String {
    format!("{list}/{}", record["id"].as_str().unwrap())
}

const BASIC: (&str, &str) = ("Authorization", "Basic cGxhdGZvcm0tYXBpLXVzZXI6");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

pub(crate) async fn exchange(sandbox: &Sandbox, headers: &[(&str, &str)], form: &str) -> Response {
    send("POST", &format!("{}/oauth2/token", sandbox.description().upsun.auth_url), headers, form).await
}

/// Returns a new access token.
pub(crate) async fn access_token(sandbox: &Sandbox) -> String {
    let form = format!("grant_type=api_token&api_token={}", sandbox.description().upsun.api_token);
    let response = exchange(sandbox, &[BASIC, FORM], &form).await.ok();
    assert_eq!(response["token_type"], "bearer");
    response["access_token"].as_str().unwrap().to_owned()
}

pub(crate) async fn upsun(sandbox: &Sandbox, token: &str, path: &str) -> Response {
    let url = format!("{}{path}", sandbox.description().upsun.base_url);
    send("GET", &url, &[("Authorization", &format!("Bearer {token}"))], "").await
}

pub(crate) async fn probely(sandbox: &Sandbox, path: &str) -> Response {
    let probely = &sandbox.description().probely;
    let authorization = format!("JWT {}", probely.api_key);
    send("GET", &format!("{}{path}", probely.base_url), &[("Authorization", &authorization)], "").await
}

/// Returns the headers with these betas, or without the header if there are none.
pub(crate) async fn anthropic(sandbox: &Sandbox, betas: &[&str], path: &str) -> Response {
    let anthropic = &sandbox.description().anthropic;
    let mut headers = vec![("x-api-key", anthropic.api_key.as_str()), VERSION];
    headers.extend(betas.iter().map(|beta| ("anthropic-beta", *beta)));
    send("GET", &format!("{}{path}", anthropic.base_url), &headers, "").await
}

/// Returns the headers with the admin key.
pub(crate) async fn anthropic_admin(sandbox: &Sandbox, path: &str) -> Response {
    let anthropic = &sandbox.description().anthropic;
    let headers = [("x-api-key", anthropic.admin_api_key.as_str()), VERSION];
    send("GET", &format!("{}{path}", anthropic.base_url), &headers, "").await
}

/// Counts how often a field is a value, null, absent and empty.
pub(crate) fn shows_every_state(records: &[Value], field: &str) -> [bool; 4] {
    let some = |test: &dyn Fn(Option<&Value>) -> bool| records.iter().any(|record| test(record.get(field)));
    [
        some(&|value| value.is_some_and(|value| !value.is_null() && value != "")),
        some(&|value| value.is_some_and(Value::is_null)),
        some(&|value| value.is_none()),
        some(&|value| value.is_some_and(|value| value == "")),
    ]
}

pub(crate) fn array(value: &Value) -> Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no array: {value}")).clone()
}

pub(crate) fn ids(records: &[Value]) -> Vec<String> {
    records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// Sends a request to SCIM. A body is sent with its media type.
pub(crate) async fn scim(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Response {
    scim_with(sandbox, &[], [method, path, body]).await
}

/// Sends a request to SCIM with further headers.
pub(crate) async fn scim_with(
    sandbox: &Sandbox,
    headers: &[(&str, &str)],
    [method, path, body]: [&str; 3],
) -> Response {
    let service = &sandbox.description().scim;
    let authorization = format!("Bearer {}", service.token);
    let mut all = vec![("authorization", authorization.as_str())];
    all.extend(headers);
    if !body.is_empty() {
        all.push(("content-type", "application/scim+json"));
    }
    send(method, &format!("{}{path}", service.base_url), &all, body).await
}

/// Returns the path of a user or group.
pub(crate) fn scim_path(sandbox: &Sandbox, record: &Value) -> String {
    let location = record["meta"]["location"].as_str().unwrap();
    location.strip_prefix(&sandbox.description().scim.base_url).unwrap().to_owned()
}
