//! A web service in front of the accounts, with errors mapped to statuses: only the service's own "not found" is a 404.

use std::sync::Arc;

use anyprofile::{Accounts, Directory, Error, ErrorKind, ListQuery, ProfileProviderExt as _, Result};
use anyprofile_sandbox::{Sandbox, SandboxOptions};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// An error of the library as a response. Its message has no personal data and no secret.
struct Failure(Error);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self.0.kind() {
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::InvalidRequest | ErrorKind::Unsupported | ErrorKind::Config => StatusCode::BAD_REQUEST,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::RateLimited => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
            // What the service refuses us is not the caller's fault.
            _ => StatusCode::BAD_GATEWAY,
        };
        (status, Json(json!({ "error": self.0.to_string() }))).into_response()
    }
}

async fn show(State(directory): State<Arc<Directory>>, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = id.parse().map_err(|_| Failure(Error::new(ErrorKind::InvalidRequest, "that is no id")))?;
    let profile = directory.get(&id).await.map_err(Failure)?;
    Ok(Json(profile).into_response())
}

/// Requests a path, as a browser would; returns the status line.
async fn request(address: std::net::SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response.lines().next().unwrap_or_default().to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(5)).await?;
    let accounts = Accounts::from_variables(|name| sandbox.description().variable(name).map(str::to_owned))?;
    let directory = Arc::new(Directory::new(accounts.connect()?));

    let routes = Router::new().route("/profiles/{*id}", get(show)).with_state(Arc::clone(&directory));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move { axum::serve(listener, routes).await });

    let scim = directory.provider_named("scim").ok_or("the sandbox has SCIM")?;
    let somebody = scim.list_all(ListQuery::new().with_limit(1)).await?.profiles;
    let id = somebody.first().map(|profile| profile.id.to_string()).ok_or("nobody is there")?;
    for path in [id.as_str(), "scim:scim/user/nobody", "scim:elsewhere/user/x", "nonsense"] {
        println!("{path}: {}", request(address, &format!("/profiles/{path}")).await?);
    }
    server.abort();
    Ok(())
}
