//! Servers that stand in for services.

use std::{borrow::Cow, fmt, io};

use anyprofile::async_trait;
use serde_json::{Map, Value};

/// A server that stands in for a service, or for several: with `--sandbox` a command speaks to it, `anyprofile sandbox`
/// serves it to other programs, and `conformance` checks its services' providers at it.
#[async_trait]
pub trait Sandbox: fmt::Debug + Send + Sync + 'static {
    /// Starts it on 127.0.0.1.
    ///
    /// # Errors
    /// If it cannot be started, such as on a port that is taken.
    async fn start(&self, options: &SandboxOptions) -> io::Result<Box<dyn RunningSandbox>>;

    /// The names that `sandbox --fault` takes. Default: none.
    fn fault_names(&self) -> Vec<Cow<'static, str>> {
        Vec::new()
    }
}

/// How a [`Sandbox`] is started.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SandboxOptions {
    /// The port; 0 takes any free one.
    pub port: u16,
    /// How many profiles each service has.
    pub profiles: u64,
    /// What the profiles are made from: the same seed gives the same ones.
    pub seed: u64,
}

impl Default for SandboxOptions {
    /// Any free port, 20 profiles, seed 1.
    fn default() -> Self {
        Self { port: 0, profiles: 20, seed: 1 }
    }
}

/// A [`Sandbox`] that was started. It runs as long as it is held.
#[async_trait]
pub trait RunningSandbox: fmt::Debug + Send + Sync {
    /// The environment variables that make an account of each of its services: those of the
    /// [descriptors](anyprofile::engine::ServiceDescriptor), with their values.
    fn variables(&self) -> Vec<(String, String)>;

    /// Further variables, for accounts that are used only where `--account` names them, and for settings that count only
    /// where the environment has them. Default: none.
    fn further_variables(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// What `sandbox --json` prints of it, to be put in one object with those of other sandboxes. Default: the variables.
    fn description(&self) -> Map<String, Value> {
        self.variables().into_iter().map(|(name, value)| (name, value.into())).collect()
    }

    /// Lets something go wrong, by one of the [names](Sandbox::fault_names).
    fn add_fault(&self, name: &str) {
        let _ = name;
    }

    /// The server behind a provider, for `conformance`; `None` if the provider's service is not its. Default: `None`, and
    /// then its services are not checked.
    #[cfg(feature = "conformance")]
    fn server(
        &self,
        provider: &dyn anyprofile::ProfileProvider,
    ) -> Option<std::sync::Arc<dyn anyprofile_conformance::Server>> {
        let _ = provider;
        None
    }

    /// Waits until it serves no more. Default: for ever.
    async fn wait(&self) {
        std::future::pending::<()>().await;
    }
}

/// The variables of several sandboxes, of which the first that has one counts.
#[derive(Debug, Default)]
pub(crate) struct Running(Vec<Box<dyn RunningSandbox>>);

impl Running {
    /// Starts all of them. With a port, each has the one after the one before.
    pub(crate) async fn start(
        sandboxes: &[std::sync::Arc<dyn Sandbox>],
        options: SandboxOptions,
    ) -> io::Result<Self> {
        let mut running = Vec::new();
        for (sandbox, place) in sandboxes.iter().zip(0..) {
            let port = if options.port == 0 { Some(0) } else { options.port.checked_add(place) };
            let port = port.ok_or_else(|| io::Error::other("there is no port behind 65535"))?;
            let started = sandbox.start(&SandboxOptions { port, ..options }).await;
            let on_port = |error: io::Error| io::Error::new(error.kind(), format!("on port {port}: {error}"));
            running.push(started.map_err(on_port)?);
        }
        Ok(Self(running))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &dyn RunningSandbox> {
        self.0.iter().map(|running| &**running)
    }

    /// The value of a setting's variable: one that is further counts only as the environment has it.
    pub(crate) fn setting(&self, variable: &str) -> Option<String> {
        match self.variable(variable)? {
            (value, false) => Some(value),
            (_, true) => std::env::var(variable).ok(),
        }
    }

    /// The value of a variable, and whether it is a further one.
    pub(crate) fn variable(&self, name: &str) -> Option<(String, bool)> {
        let value = |variables: Vec<(String, String)>| {
            variables.into_iter().find_map(|(known, value)| (known == name).then_some(value))
        };
        let usual = self.iter().find_map(|running| Some((value(running.variables())?, false)));
        usual.or_else(|| self.iter().find_map(|running| Some((value(running.further_variables())?, true))))
    }
}
