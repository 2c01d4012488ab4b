//! Servers that simulate services.

use std::{borrow::Cow, fmt, io};

use anyprofile::async_trait;
use serde_json::{Map, Value};

/// A server that simulates one or several services.
///
/// With `--sandbox` a command uses it, `anyprofile sandbox` serves it to other programs, and `conformance` checks the
/// providers of its services against it.
#[async_trait]
pub trait Sandbox: fmt::Debug + Send + Sync + 'static {
    /// Starts the server on 127.0.0.1.
    ///
    /// # Errors
    /// If it cannot be started, for example if the port is in use.
    async fn start(&self, options: &SandboxOptions) -> io::Result<Box<dyn RunningSandbox>>;

    /// Returns the names that `sandbox --fault` accepts. Default: none.
    fn fault_names(&self) -> Vec<Cow<'static, str>> {
        Vec::new()
    }
}

/// The options of a [`Sandbox`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SandboxOptions {
    /// The port; 0 selects a free port.
    pub port: u16,
    /// The number of profiles of each service.
    pub profiles: u64,
    /// The seed of the generated profiles; the same seed generates the same profiles.
    pub seed: u64,
}

impl Default for SandboxOptions {
    /// Returns any free port, 20 profiles and seed 1.
    fn default() -> Self {
        Self { port: 0, profiles: 20, seed: 1 }
    }
}

/// A running [`Sandbox`]. It stops when it is dropped.
#[async_trait]
pub trait RunningSandbox: fmt::Debug + Send + Sync {
    /// Returns the environment variables that define an account of each service, as the
    /// [descriptors](anyprofile::engine::ServiceDescriptor) name them, with their values.
    fn variables(&self) -> Vec<(String, String)>;

    /// Returns variables of accounts that are used only if `--account` names them, and of settings that are used only
    /// if the environment has them. Default: none.
    fn further_variables(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Returns what `sandbox --json` prints, to be merged with other sandboxes into one object. Default: the
    /// variables.
    fn description(&self) -> Map<String, Value> {
        self.variables().into_iter().map(|(name, value)| (name, value.into())).collect()
    }

    /// Injects a fault, by one of the [names](Sandbox::fault_names).
    fn add_fault(&self, name: &str) {
        let _ = name;
    }

    /// Returns the server of a provider, for `conformance`, or `None` if this sandbox does not simulate its service.
    /// Default: `None`, so that its services are not checked.
    #[cfg(feature = "conformance")]
    fn server(
        &self,
        provider: &dyn anyprofile::ProfileProvider,
    ) -> Option<std::sync::Arc<dyn anyprofile_conformance::Server>> {
        let _ = provider;
        None
    }

    /// Waits until the server stops. Default: forever.
    async fn wait(&self) {
        std::future::pending::<()>().await;
    }
}

/// The running sandboxes. If several define a variable, the first one is used.
#[derive(Debug, Default)]
pub(crate) struct Running(Vec<Box<dyn RunningSandbox>>);

impl Running {
    /// Starts all sandboxes. With a port, each next sandbox uses the next port.
    pub(crate) async fn start(
        sandboxes: &[std::sync::Arc<dyn Sandbox>],
        options: SandboxOptions,
    ) -> io::Result<Self> {
        let mut running = Vec::new();
        for (sandbox, place) in sandboxes.iter().zip(0..) {
            let port = if options.port == 0 { Some(0) } else { options.port.checked_add(place) };
            let port =
                port.ok_or_else(|| io::Error::other("on a port above 65535: choose a lower --port"))?;
            let started = sandbox.start(&SandboxOptions { port, ..options }).await;
            let on_port = |error: io::Error| io::Error::new(error.kind(), format!("on port {port}: {error}"));
            running.push(started.map_err(on_port)?);
        }
        Ok(Self(running))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &dyn RunningSandbox> {
        self.0.iter().map(|running| &**running)
    }

    /// Returns the value of a setting's variable; a further variable is used only if the environment has it.
    pub(crate) fn setting(&self, variable: &str) -> Option<String> {
        match self.variable(variable)? {
            (value, false) => Some(value),
            (_, true) => std::env::var(variable).ok(),
        }
    }

    /// Returns the value of a variable, and whether it is a further one.
    pub(crate) fn variable(&self, name: &str) -> Option<(String, bool)> {
        let value = |variables: Vec<(String, String)>| {
            variables.into_iter().find_map(|(known, value)| (known == name).then_some(value))
        };
        let usual = self.iter().find_map(|running| Some((value(running.variables())?, false)));
        usual.or_else(|| self.iter().find_map(|running| Some((value(running.further_variables())?, true))))
    }
}
