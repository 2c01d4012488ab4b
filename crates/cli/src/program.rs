//! The program: its services and sandboxes.

use std::{borrow::Cow, sync::Arc};

use crate::sandbox::Sandbox;
use anyprofile::Services;

/// The command with your own services and sandboxes.
///
/// ```no_run
/// use anyprofile::Services;
/// use anyprofile_cli::{Program, Sandbox};
///
/// fn program(sandbox: impl Sandbox) -> Program {
///     Program::new(Services::builtin()).named("directory").with_sandbox(sandbox)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    name: Cow<'static, str>,
    version: Cow<'static, str>,
    services: Services,
    sandboxes: Vec<Arc<dyn Sandbox>>,
}

impl Default for Program {
    /// Creates a program without services.
    fn default() -> Self {
        Self {
            name: Cow::Borrowed("anyprofile"),
            version: Cow::Borrowed(env!("CARGO_PKG_VERSION")),
            services: Services::none(),
            sandboxes: Vec::new(),
        }
    }
}

impl Program {
    /// Creates the command `anyprofile` with these services. The feature `sandbox` adds the embedded sandbox, for the
    /// services among them that it simulates.
    pub fn new(services: Services) -> Self {
        let program = Self { services, ..Self::default() };
        #[cfg(feature = "sandbox")]
        let program = program.with_sandbox(crate::embedded::Embedded);
        program
    }

    /// Sets the name of the command, as its help shows it.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the version, such as `env!("CARGO_PKG_VERSION")` of your program. Default: the version of this crate.
    pub fn with_version(mut self, version: impl Into<Cow<'static, str>>) -> Self {
        self.version = version.into();
        self
    }

    /// Adds a server that simulates services.
    pub fn with_sandbox(mut self, sandbox: impl Sandbox) -> Self {
        self.sandboxes.push(Arc::new(sandbox));
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    pub(crate) fn sandboxes(&self) -> &[Arc<dyn Sandbox>] {
        &self.sandboxes
    }
}
