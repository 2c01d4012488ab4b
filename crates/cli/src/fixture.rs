//! A fixture server as a sandbox.

use std::{borrow::Cow, fmt, future::Future, io, pin::Pin, sync::Arc};

use anyprofile::{ProfileProvider, async_trait};
use anyprofile_conformance::{FixtureServer, Server};

use crate::sandbox::{RunningSandbox, Sandbox, SandboxOptions};

type Starting = Pin<Box<dyn Future<Output = io::Result<FixtureServer>> + Send>>;

/// A [`FixtureServer`] of one service as a sandbox, for `--sandbox`, `sandbox` and `conformance`.
///
/// ```no_run
/// # use anyprofile_conformance::FixtureServer;
/// use anyprofile_cli::FixtureSandbox;
///
/// # fn routes() -> axum::Router { axum::Router::new() }
/// let sandbox = FixtureSandbox::new("library", |options| FixtureServer::start(options.port, routes()))
///     .with_base_url("LIBRARY_URL")
///     .with_credential("LIBRARY_API_KEY", "sandbox-key");
/// ```
pub struct FixtureSandbox {
    service: Cow<'static, str>,
    start: Box<dyn Fn(SandboxOptions) -> Starting + Send + Sync>,
    base_urls: Vec<String>,
    variables: Vec<(String, String)>,
}

impl FixtureSandbox {
    /// Creates a sandbox of this service, with a function that starts its server.
    pub fn new<F>(
        service: impl Into<Cow<'static, str>>,
        start: impl Fn(SandboxOptions) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = io::Result<FixtureServer>> + Send + 'static,
    {
        let start = Box::new(move |options| Box::pin(start(options)) as Starting);
        Self { service: service.into(), start, base_urls: Vec::new(), variables: Vec::new() }
    }

    /// Sets the environment variable that holds the server's base URL.
    pub fn with_base_url(mut self, variable: impl Into<String>) -> Self {
        self.base_urls.push(variable.into());
        self
    }

    /// Sets the environment variable of a credential, and the value that the server accepts. The value is not secret:
    /// `anyprofile sandbox` prints it.
    pub fn with_credential(self, variable: impl Into<String>, secret: impl Into<String>) -> Self {
        self.with_setting(variable, secret)
    }

    /// Sets the environment variable of another setting, such as a tenant, and its value at the server.
    pub fn with_setting(mut self, variable: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push((variable.into(), value.into()));
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
        let urls = self.base_urls.iter().map(|variable| (variable.clone(), base_url.clone()));
        let variables = urls.chain(self.variables.iter().cloned()).collect();
        Ok(Box::new(Started { service: self.service.clone(), server: Arc::new(server), variables }))
    }
}

#[derive(Debug)]
struct Started {
    service: Cow<'static, str>,
    server: Arc<FixtureServer>,
    variables: Vec<(String, String)>,
}

#[async_trait]
impl RunningSandbox for Started {
    fn variables(&self) -> Vec<(String, String)> {
        self.variables.clone()
    }

    fn server(&self, provider: &dyn ProfileProvider) -> Option<Arc<dyn Server>> {
        (provider.info().service.as_str() == self.service)
            .then(|| Arc::clone(&self.server) as Arc<dyn Server>)
    }
}
