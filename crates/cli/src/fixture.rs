//! A fixture server as a sandbox.

use std::{fmt, future::Future, io, pin::Pin, sync::Arc};

use anyprofile::{ProfileProvider, async_trait};
use anyprofile_conformance::{FixtureServer, Server};

use crate::sandbox::{RunningSandbox, Sandbox, SandboxOptions};

type Starting = Pin<Box<dyn Future<Output = io::Result<FixtureServer>> + Send>>;

/// A [`FixtureServer`] of one service as a sandbox: `--sandbox`, `sandbox` and `conformance` have it.
///
/// ```no_run
/// # use anyprofile_conformance::FixtureServer;
/// use anyprofile_cli::FixtureSandbox;
///
/// # fn routes() -> axum::Router { axum::Router::new() }
/// let sandbox = FixtureSandbox::new("library", |options| FixtureServer::start(options.port, routes()))
///     .with_base_url("LIBRARY_URL")
///     .with_credential("LIBRARY_API_KEY", "the key that lets somebody in");
/// ```
pub struct FixtureSandbox {
    service: &'static str,
    start: Box<dyn Fn(SandboxOptions) -> Starting + Send + Sync>,
    base_urls: Vec<&'static str>,
    variables: Vec<(&'static str, String)>,
}

impl FixtureSandbox {
    /// A sandbox of this service, and how its server is started.
    pub fn new<F>(service: &'static str, start: impl Fn(SandboxOptions) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = io::Result<FixtureServer>> + Send + 'static,
    {
        let start = Box::new(move |options| Box::pin(start(options)) as Starting);
        Self { service, start, base_urls: Vec::new(), variables: Vec::new() }
    }

    /// Names the environment variable that has the server's base URL for accounts that the environment names.
    pub fn with_base_url(mut self, variable: &'static str) -> Self {
        self.base_urls.push(variable);
        self
    }

    /// Names the environment variable of a credential, and the one that the server takes. It opens no other door, and
    /// `anyprofile sandbox` prints it.
    pub fn with_credential(mut self, variable: &'static str, secret: &'static str) -> Self {
        self.variables.push((variable, secret.to_owned()));
        self
    }

    /// Names the environment variable of another setting, such as a tenant, and the value that the server has.
    pub fn with_setting(mut self, variable: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((variable, value.into()));
        self
    }
}

impl fmt::Debug for FixtureSandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FixtureSandbox({})", self.service)
    }
}

#[async_trait]
impl Sandbox for FixtureSandbox {
    async fn start(&self, options: &SandboxOptions) -> io::Result<Box<dyn RunningSandbox>> {
        let server = (self.start)(*options).await?;
        let base_url = server.base_url();
        let urls = self.base_urls.iter().map(|variable| ((*variable).to_owned(), base_url.clone()));
        let others = self.variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let variables = urls.chain(others).collect();
        Ok(Box::new(Started { service: self.service, server: Arc::new(server), variables }))
    }
}

#[derive(Debug)]
struct Started {
    service: &'static str,
    server: Arc<FixtureServer>,
    variables: Vec<(String, String)>,
}

#[async_trait]
impl RunningSandbox for Started {
    fn variables(&self) -> Vec<(String, String)> {
        self.variables.clone()
    }

    fn server(&self, provider: &dyn ProfileProvider) -> Option<Arc<dyn Server>> {
        (provider.info().service == self.service).then(|| Arc::clone(&self.server) as Arc<dyn Server>)
    }
}
