//! A server of a sandbox's answers, each made once and kept: it costs little, so that the client is what is waited for.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Write as _},
    net::Ipv4Addr,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use axum::{Router, extract::State, response::Response};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};

use crate::{Outcome, runtime};

/// Serves the pages of a sandbox, each made once and kept.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Serve {
    /// Profiles a service.
    #[arg(long)]
    pub(crate) profiles: u64,
    /// Milliseconds before each response.
    #[arg(long, default_value_t = 0)]
    pub(crate) latency: u64,
    /// Keep no response: make each anew, in little memory.
    #[arg(long)]
    pub(crate) keep_nothing: bool,
}

#[derive(Clone)]
struct Kept {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

struct Shared {
    sandbox: Sandbox,
    options: Serve,
    responses: Mutex<HashMap<String, Kept>>,
}

impl Serve {
    pub(crate) fn run(self) -> Outcome {
        runtime()?.block_on(self.serve())
    }

    async fn serve(self) -> Outcome {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let sandbox = Sandbox::start(SandboxOptions::new().profiles(self.profiles).seed(7)).await?;
        let shared = Shared { sandbox, options: self, responses: Mutex::default() };
        println!("{origin}");
        std::io::stdout().flush()?;
        let app = Router::new().fallback(response).with_state(Arc::new(shared));
        Ok(axum::serve(listener, app).await?)
    }
}

async fn response(State(shared): State<Arc<Shared>>, request: Request<axum::body::Body>) -> Response {
    if shared.options.latency > 0 {
        tokio::time::sleep(Duration::from_millis(shared.options.latency)).await;
    }
    let key = request.uri().to_string();
    let kept = shared.responses.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let kept = match kept {
        Some(kept) => kept,
        None => match made(&shared, request).await {
            Ok(kept) => kept,
            Err(error) => Kept {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                headers: HeaderMap::new(),
                body: error.to_string().into(),
            },
        },
    };
    if kept.status.is_success() && !shared.options.keep_nothing {
        shared.responses.lock().unwrap_or_else(PoisonError::into_inner).insert(key, kept.clone());
    }
    let mut response = Response::new(kept.body.into());
    *response.status_mut() = kept.status;
    *response.headers_mut() = kept.headers;
    response
}

/// What the sandbox answers.
async fn made(shared: &Shared, request: Request<axum::body::Body>) -> Outcome<Kept> {
    let (parts, body) = crate::response::response(&shared.sandbox, request).await?.into_parts();
    let mut headers = parts.headers;
    headers.remove(header::CONTENT_LENGTH);
    Ok(Kept { status: parts.status, headers, body })
}

/// A server in a process of its own, which ends with this value.
pub(crate) struct Running {
    process: Child,
    pub(crate) origin: String,
}

impl Running {
    pub(crate) fn start(options: &Serve) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--profiles", &options.profiles.to_string()]);
        command.args(["--latency", &options.latency.to_string()]);
        command.args(options.keep_nothing.then_some("--keep-nothing"));
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let mut origin = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut origin)?;
        Ok(Self { process, origin: origin.trim().to_owned() })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
